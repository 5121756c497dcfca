"""Parts of the page My cities. Nothing is copied through the browser but small files.

chooser.show      folders and sticks of this computer, one level at a time
bring_in.show     form, progress and result of an import
installed.show    installed streets: show, save, remove, undo
headline.of       what kind of map a pack is, where it is not a whole one
"""
