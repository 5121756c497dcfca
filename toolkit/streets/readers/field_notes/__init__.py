"""Field notes of cameras, from tables and GeoJSON. Never stores them.

read.read_field_notes  field notes of a file
values                 parsing of cells
plus_codes.decode      position of a plus code
"""
