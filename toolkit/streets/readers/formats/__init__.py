"""GIS file formats as foreign tables. Never interprets columns.

Each module has a function ``layers(path, wanted)``, which returns `guard.Layer` objects to load:
geopackage, geojson, geoparquet, shapefile.
"""
