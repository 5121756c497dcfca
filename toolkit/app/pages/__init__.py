"""Pages other than that of a city, each with `show`. Never changes the figures by itself.

streets        import of streets and field notes
cameras        what one camera can do
assumptions    every assumption, to be changed
"""
