"""OpenStreetMap files and the meaning of their tags."""
