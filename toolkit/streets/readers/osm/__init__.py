"""OpenStreetMap files and the meaning of their tags. Never uses the network.

file.read_osm, read_regions  extract of one place; data around several places
source.open_osm              files as given and as read: sorted copies, JSON of Overpass
box.whole_box                box at which a file ends
layers.extract_of            layers of a region inside a boundary
tags.street_use, place_kind  use of streets; kinds of places
camera_tags.read_object      surveillance cameras
"""
