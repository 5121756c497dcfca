"""GIS file formats as foreign tables: bytes in, columns out."""
