"""Streets in GIS tables and in graphs, brought to OpenStreetMap tags."""
