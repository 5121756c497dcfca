"""Streets in GIS tables and graphs, as OpenStreetMap tags. Never evaluates cells as code.

read.read_tables, read_cameras     streets or cameras of a GIS file
graphml.read_graphml, from_graph   streets of a graph of OSMnx
columns.street_tags, street_class  tags and class of a row
build.build                        layers inside a boundary
"""
