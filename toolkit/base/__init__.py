"""Shared by every stage: errors, files, foreign text, value types, draws. Knows no stage.

errors.ToolkitError          base of every error that is shown to a user
store.find                   a data file: the user's own, else the built-in one
store.replacing              write a file whole or not at all
toml_files.read_table        a TOML file, with the place of each row
toml_files.fail_if_any       raise all problems of a file at once
clean_text.clean_text        text from a foreign file, normalised and cut
zawgyi.unicode_only          Burmese text, refused in the old encoding
escape.html                  text made harmless for HTML; markdown, csv_cell: for those
wkb.read_wkb                 geometry from untrusted well-known binary
egress.forbid_connections    confine this process to this machine
record.Record                base model of everything read from or written to a file
terms.Tier                   the vocabulary: tiers, classes, statuses, names, notes
quantity.Quantity            a figure with its interval
draws.Design                 seeded, named columns of random numbers
collector.paused             no search for garbage while geometries are made in bulk
lru_cache.LruCache           a small cache that threads share
"""
