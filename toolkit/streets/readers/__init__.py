"""Readers of foreign files as layers of a city pack. Never write packs.

osm.file.read_osm                        OpenStreetMap extract
tables.read.read_tables                  GeoPackage, GeoJSON, GeoParquet, shapefile
tables.graphml.read_graphml, from_graph  graph of OSMnx
overpass.fetch.fetched_file              OpenStreetMap file from an Overpass server
field_notes.read.read_field_notes        cameras noted in the street
extract.Extract                          result of the readers of streets
guard                                    checks of foreign files
"""
