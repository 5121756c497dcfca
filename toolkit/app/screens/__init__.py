"""Pages other than that of a city, each with `show`. Never changes the figures by itself.

Not called "pages": Streamlit would list a folder of that name next to `main.py` in the side panel.

streets        import of streets and field notes
cameras        what one camera can do
assumptions    every assumption, to be changed
"""
