"""GIS file formats as foreign tables. Never interprets columns.

Each module has functions that return `guard.Layer` objects to load:

gdal        GeoPackages and shapefiles
geojson     GeoJSON
geoparquet  GeoParquet
arrow       batches of columns, of which the first and the last are made
"""
