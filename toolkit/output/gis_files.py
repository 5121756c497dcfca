"""GIS files of layers: GeoPackage, GeoJSON, GeoParquet.

Coordinates are longitude and latitude, WGS84. The same layers and metadata give the same bytes; a
file is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import pyarrow.parquet as pq
import pyogrio

from toolkit.base import store
from toolkit.base.errors import UsageError
from toolkit.output.qgis_styles import Style

SUFFIXES: Final = (".geojson", ".gpkg", ".parquet")
SEVERAL: Final = ".gpkg"
"""Suffix of the one format that holds several layers."""

Frames = Mapping[str, gpd.GeoDataFrame]
"""Frames in EPSG:4326, by the names of their layers."""
Metadata = Mapping[str, Any]

_gdal_date: Final = threading.Lock()
"""Held while GDAL is told the date of a file: its options are those of the whole process."""
_TABLES: Final = """
CREATE TABLE gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
    mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
    min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT INTO gpkg_extensions (table_name, extension_name, definition, scope) VALUES
    ('gpkg_data_columns', 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write'),
    ('gpkg_data_column_constraints', 'gpkg_schema',
     'http://www.geopackage.org/spec121/#extension_schema', 'read-write');
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT, f_table_schema TEXT,
    f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME)
"""
"""Tables that say what columns hold, and how QGIS draws layers."""


@dataclass(frozen=True)
class Told:
    """What a file says of one of its layers.

    Attributes
    ----------
    description
        What it holds.
    columns
        What each column holds.
    styles
        Its styles, the default first.
    """

    description: str
    columns: Mapping[str, str]
    styles: tuple[Style, ...]


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


def write_layers(
    layers: Frames, metadata: Metadata, path: Path, told: Mapping[str, Told] | None = None
) -> None:
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
    told
        What a GeoPackage says of a layer and how QGIS draws it, by the name of the layer.

    Raises
    ------
    UsageError
        If the format is not known, or holds one layer only.
    """
    check_layers(path, layers)
    with store.replacing(path) as temporary:
        match path.suffix.lower():
            case ".geojson":
                _geojson(layers, metadata, temporary)
            case ".gpkg":
                _geopackage(layers, metadata, temporary, told or {})
            case _:
                _geoparquet(layers, metadata, temporary)


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


def _geopackage(layers: Frames, metadata: Metadata, path: Path, told: Mapping[str, Told]) -> None:
    with _gdal_date:
        _write_geopackage(layers, metadata, path, told)


def _write_geopackage(
    layers: Frames, metadata: Metadata, path: Path, told: Mapping[str, Told]
) -> None:
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
            _tell(made, {name: told[name] for name in layers if name in told}, day)
            path.write_bytes(made.read_bytes())
    except (*_WRITE_ERRORS, sqlite3.Error) as error:
        msg = "the GeoPackage could not be written whole. Make room on the disk"
        raise OSError(msg) from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _tell(path: Path, told: Mapping[str, Told], day: dt.date) -> None:
    """Write what layers and columns hold (OGC 12-128r19, annex F.9), and the styles of QGIS."""
    if not told:
        return
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        for statement in _TABLES.split(";"):
            base.execute(statement)
        for name, one in told.items():
            (geometry,) = base.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
            ).fetchone()
            base.execute(
                "UPDATE gpkg_contents SET description = ? WHERE table_name = ?",
                (one.description, name),
            )
            base.executemany(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, NULL, ?, NULL, NULL)",
                [(name, column, column, text) for column, text in one.columns.items()],
            )
            base.executemany(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, "
                "owner, ui, update_time) VALUES ('', '', ?, ?, ?, ?, '', ?, ?, '', NULL, ?)",
                [
                    (name, geometry, style.name, style.qml, number == 0, style.description,
                     f"{day.isoformat()}T00:00:00.000Z")
                    for number, style in enumerate(one.styles)
                ],
            )  # fmt: skip
        base.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, "
            "last_change) VALUES ('layer_styles', 'attributes', 'layer_styles', "
            "'Styles of the layers, as QGIS reads them', ?)",
            (f"{day.isoformat()}T00:00:00.000Z",),
        )


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
