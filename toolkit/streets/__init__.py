"""Streets of a city: find, read, check, keep and open them. Never computes exposure.

cities.find_city, load_cities              city of a name; all known cities
boundary.parse_boundary                    requested boundary of a city
install.import_file                        import of a street file as city packs
pack_zip.import_pack, export_pack          packs as zip files
pack.open_pack, list_packs, find_pack_for  installed packs
pack.verify_pack                           problems of an installed pack
pack.Pack.to_osmnx                         streets as a graph of OSMnx
stored_notes.import_cameras                import of field notes
mapped_cameras.cameras_for                 mapped cameras with field notes
street_points.cut                          equal pieces of lines
reference_networks.load_networks           networks that stand for cities without streets
reference_trips.load_trips                 how often trips there meet a camera
"""
