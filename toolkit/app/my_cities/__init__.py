"""Parts of the page My cities. Nothing is copied through the browser but small files.

chooser.show         folders and sticks of this computer, one level at a time
bring_in.show_form   form, progress and result of an import
over_network.show    consent to ask a map server for one city
fetch_process.fetch  a process of its own that asks it
installed.show       installed streets: show, save, remove, undo
headline.of          what kind of map a pack is, where it is not a whole one
"""
