"""GeoParquet, read with pyarrow alone: no pickled types, no pandas metadata."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from toolkit.base.errors import InputDataError
from toolkit.base.wkb import read_wkb
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable, Layer

_MAX_DECLARED_BYTES: Final = 4 << 30
_MAX_RATIO: Final = 500
"""Maximum compression ratio: columns of one repeated value shrink most, geometry hardly."""
_RATIO_FROM_BYTES: Final = 1 << 26
_MAX_GEO_BYTES: Final = 1 << 20
_BATCH: Final = 65_536


def layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the only layer of a GeoParquet file.

    Parameters
    ----------
    path
        File checked by `guard.plain_file`.
    wanted
        Names of columns to load, in lower case.
    """
    return [Layer(path.stem, None, lambda: _load(path, wanted))]


def _load(path: Path, wanted: Collection[str]) -> ForeignTable:
    with (
        guard.reading(path, "GeoParquet", pa.ArrowException, ValueError, KeyError, TypeError),
        pq.ParquetFile(path, memory_map=False) as file,
    ):
        guard.check_rows(path, file.metadata.num_rows)
        geo = _geo(path, file)
        column = geo["primary_column"]
        plain = [
            f.name
            for f in file.schema_arrow
            if f.name != column and f.name.lower() in wanted and _is_plain(f.type)
        ]
        _check_size(path, file, {column, *plain})
        blobs: list[bytes | None] = []
        columns: dict[str, list[Any]] = {name.lower(): [] for name in plain}
        for batch in file.iter_batches(batch_size=_BATCH, columns=[column, *plain]):
            shapes = batch.column(column)
            if not (pa.types.is_binary(shapes.type) or pa.types.is_large_binary(shapes.type)):
                msg = f"{path.name}: its geometry is not WKB. Save it with encoding WKB."
                raise InputDataError(msg)
            blobs += shapes.to_pylist()
            for name in plain:
                columns[name.lower()] += _values(batch.column(name))
            guard.check_rows(path, len(blobs))
        crs = _crs(path, geo["columns"][column])
    geometry, unreadable = read_wkb(blobs)
    made = ForeignTable(path.stem, geometry, columns)
    made.counts["geometry_unreadable"] += unreadable
    guard.check_rows(path, len(blobs), int(np.sum(shapely.get_num_coordinates(geometry))))
    return guard.in_degrees(path, made, crs)


def _is_plain(kind: pa.DataType) -> bool:
    """Return whether a column can be read: scalars, or lists of texts (as OSMnx writes)."""
    return not pa.types.is_nested(kind) or _is_texts(kind)


def _is_texts(kind: pa.DataType) -> bool:
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    return bool(pa.types.is_string(kind.value_type) or pa.types.is_large_string(kind.value_type))


def _values(array: pa.Array) -> list[Any]:
    """Return the values of a column, all None unless numbers, texts, lists of texts or booleans."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    plain = (
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_boolean(kind)
        or pa.types.is_integer(kind) or pa.types.is_floating(kind) or _is_texts(kind)
    )  # fmt: skip
    values: list[Any] = array.to_pylist() if plain else [None] * len(array)
    return values


def _geo(path: Path, file: pq.ParquetFile) -> dict[str, Any]:
    text = (file.schema_arrow.metadata or {}).get(b"geo", b"")[: _MAX_GEO_BYTES + 1]
    geo: Any = json.loads(text) if 0 < len(text) <= _MAX_GEO_BYTES else None
    geo = geo if isinstance(geo, dict) else {}
    column, columns = geo.get("primary_column"), geo.get("columns")
    known = isinstance(column, str) and isinstance(columns, dict) and column in columns
    if not known or column not in file.schema_arrow.names:
        msg = f"{path.name} is Parquet without geometry. Save it again as GeoParquet."
        raise InputDataError(msg)
    if not isinstance(columns[column], dict):
        msg = f"{path.name} does not describe its geometry. Save it again as GeoParquet."
        raise InputDataError(msg)
    return dict(geo)


def _check_size(path: Path, file: pq.ParquetFile, names: set[str]) -> None:
    """Refuse a file whose declared unpacked size is out of proportion."""
    total = 0
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        for i in range(row_group.num_columns):
            chunk = row_group.column(i)
            if chunk.path_in_schema.split(".")[0] in names:
                total += chunk.total_uncompressed_size
    most = min(_MAX_DECLARED_BYTES, max(_RATIO_FROM_BYTES, _MAX_RATIO * path.stat().st_size))
    if not 0 <= total <= most:
        msg = f"{path.name} unpacks to more than {most / 1e6:.0f} MB. It is not read."
        raise InputDataError(msg)


def _crs(path: Path, described: dict[str, Any]) -> pyproj.CRS:
    """Return the CRS: longitude and latitude by the standard where none is given."""
    if "crs" not in described:
        return guard.crs_of_text(path, "EPSG:4326")
    crs = described["crs"]
    if isinstance(crs, dict):
        return guard.crs_of_json(path, crs)
    return guard.crs_of_text(path, crs if isinstance(crs, str) else None)
