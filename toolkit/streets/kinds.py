"""Kinds of files of streets, without the readers of them, which take a second to load."""

from __future__ import annotations

from typing import Final

ENDINGS: Final = (
    ".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2", ".osm.xml", ".osm.xml.gz", ".osm.xml.bz2",
    ".zip", ".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".shp", ".graphml",
)  # fmt: skip
"""Endings of the names of files that are read, finished packs (``.zip``) among them."""
