"""Topology of street networks: noding, splitting and junctions. Never reads files.

noding.node_lines                            vertices where lines cross or touch
stated_ends.pieces_of                        pieces between stated nodes
split.split_ways, clip_pieces                pieces between nodes, inside a boundary
split.junctions_of, assign_signals           junctions and their traffic signals
split.street_ids, lengths_m, carriageways    attributes of pieces
near.near_pairs                              pairs of nearby geometries
near.is_tangled                              outlines that cross too often to be repaired
"""
