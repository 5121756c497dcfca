"""GIS files of layers: GeoPackage, GeoJSON, GeoParquet.

Coordinates are longitude and latitude, WGS84. The same layers and metadata give the same bytes; a
file is written whole or not at all.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio

from toolkit.base import store
from toolkit.base.errors import UsageError

SUFFIXES: Final = (".geojson", ".gpkg", ".parquet")
SEVERAL: Final = ".gpkg"
"""Suffix of the one format that holds several layers."""

Frames = Mapping[str, gpd.GeoDataFrame]
"""Frames in EPSG:4326, by the names of their layers."""
Metadata = Mapping[str, Any]

_WRITE_ERRORS: Final = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FeatureError,
)


def check_suffix(path: Path) -> None:
    """Check the suffix of a file.

    Raises
    ------
    UsageError
        If it is not one of `SUFFIXES`.
    """
    if path.suffix.lower() not in SUFFIXES:
        msg = f"--out {path.name!r}: end it with one of {', '.join(SUFFIXES)}."
        raise UsageError(msg)


def check_layers(path: Path, names: Collection[str]) -> None:
    """Check that the format of a file can hold some layers.

    Raises
    ------
    UsageError
        If it is not known, or holds one layer only.
    """
    check_suffix(path)
    suffix = path.suffix.lower()
    if len(names) != 1 and suffix != SEVERAL:
        msg = (
            f"--out {path.name!r}: a {suffix} file holds one layer, and {len(names)} are asked "
            f"for ({', '.join(names)}). Name one with --layer, or write a {SEVERAL} file."
        )
        raise UsageError(msg)


def write_layers(layers: Frames, metadata: Metadata, path: Path) -> None:
    """Write layers with their metadata.

    Parameters
    ----------
    layers
        Frames in EPSG:4326 by the name of the layer.
    metadata
        Kept in the file as JSON. ``as_of`` is the date that a GeoPackage gets, and
        ``attribution`` a member of its own of a GeoJSON file.
    path
        File, its suffix one of `SUFFIXES`; its folder is made if it is not there.

    Raises
    ------
    UsageError
        If the format is not known, or holds one layer only.
    """
    check_layers(path, layers)
    writers = {".geojson": _geojson, ".gpkg": _geopackage, ".parquet": _geoparquet}
    with store.replacing(path) as temporary:
        writers[path.suffix.lower()](layers, metadata, temporary)


def _geojson(layers: Frames, metadata: Metadata, path: Path) -> None:
    (frame,) = layers.values()
    # Keep columns without any value: their names are part of the schema.
    collection = json.loads(frame.to_json(na="null", drop_id=True))
    data = {
        "type": "FeatureCollection",
        "attribution": metadata["attribution"],
        "metadata": metadata,
        "features": collection["features"],
    }
    path.write_bytes(store.canonical_json(data) + b"\n")


def _geopackage(layers: Frames, metadata: Metadata, path: Path) -> None:
    day = dt.date.fromisoformat(str(metadata["as_of"]))
    # The format holds the time of the last change, which would differ at each writing.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{day.isoformat()}T00:00:00.000Z"})
    text = store.canonical_json(metadata).decode()
    try:
        # GDAL takes the format from the suffix, which the temporary file lacks.
        with store.scratch(path.parent) as folder:
            made = folder / "layers.gpkg"
            for number, (name, frame) in enumerate(layers.items()):
                pyogrio.write_dataframe(
                    frame,
                    made,
                    layer=name,
                    driver="GPKG",
                    append=number > 0,
                    layer_metadata={"metadata": text},
                )
            _check_written(layers, made)
            path.write_bytes(made.read_bytes())
    except _WRITE_ERRORS as error:
        msg = "the GeoPackage could not be written whole: is the disk full?"
        raise OSError(msg) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _check_written(layers: Frames, path: Path) -> None:
    """Raise an error if a layer lacks rows: GDAL does not report errors on closing a file."""
    for name, frame in layers.items():
        if pyogrio.read_info(path, layer=name, force_feature_count=True)["features"] != len(frame):
            msg = f"layer {name} lacks rows"
            raise pyogrio.errors.DataSourceError(msg)


def _geoparquet(layers: Frames, metadata: Metadata, path: Path) -> None:
    (frame,) = layers.values()
    frame.to_parquet(path, index=False, compression="zstd")
    table = pq.read_table(path)
    more = {**(table.schema.metadata or {}), b"metadata": store.canonical_json(metadata)}
    pq.write_table(table.replace_schema_metadata(more), path, compression="zstd")
