"""GeoParquet, read with pyarrow alone: no pickled types, no pandas metadata."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import pyproj

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard
from toolkit.streets.readers.formats import arrow
from toolkit.streets.readers.guard import ForeignTable, Layer

_MAX_DECLARED_BYTES: Final = 4 << 30
_FREE_BYTES: Final = 1 << 26
_FREE_VALUES: Final = 100_000
_BYTES_PER_VALUE: Final = 8
"""A street has a shape of its own, which no encoding brings below this; one row repeated without
end takes none."""
_MAX_GEO_BYTES: Final = 1 << 20
_MAX_FOOTER_BYTES: Final = 8 << 20
"""Maximum size of the description of columns: 200 columns in 200 groups of rows take 4 MB."""
_MAX_LISTED: Final = 20_000
"""Maximum number of columns, and of groups of rows."""


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
    with guard.reading(path, "GeoParquet", pa.ArrowException, ValueError, KeyError, TypeError):
        _check_footer(path)
        with pq.ParquetFile(path, thrift_container_size_limit=_MAX_LISTED) as file:
            metadata, schema = file.metadata, file.schema_arrow
        guard.check_rows(path, metadata.num_rows)
        geo = _geo(path, schema)
        column = geo["primary_column"]
        plain = {
            f.name: f.name.lower()
            for f in schema
            if f.name != column and f.name.lower() in wanted and arrow.is_plain(f.type)
        }
        leaves = _check_size(path, metadata, {column, *plain})
        # What a dictionary repeats is held once: a file of kilobytes can unpack to gigabytes.
        with pq.ParquetFile(path, metadata=metadata, read_dictionary=leaves) as file:
            batches = file.iter_batches(arrow.BATCH, columns=[column, *plain])
            made = arrow.table_of(path, path.stem, batches, column, plain)
        crs = _crs(path, geo["columns"][column])
    return guard.in_degrees(path, made, crs)


def _check_footer(path: Path) -> None:
    """Refuse a file whose description alone takes long to read."""
    whole = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, whole - 8))
        size = int.from_bytes(stream.read(4), "little")
    if _MAX_FOOTER_BYTES < size < whole:
        msg = f"{path.name} has too many columns. Save it again with those of streets."
        raise InputDataError(msg)


def _geo(path: Path, schema: pa.Schema) -> dict[str, Any]:
    text = (schema.metadata or {}).get(b"geo", b"")[: _MAX_GEO_BYTES + 1]
    geo: Any = json.loads(text) if 0 < len(text) <= _MAX_GEO_BYTES else None
    geo = geo if isinstance(geo, dict) else {}
    column, columns = geo.get("primary_column"), geo.get("columns")
    known = isinstance(column, str) and isinstance(columns, dict) and column in columns
    if not known or column not in schema.names:
        msg = f"{path.name} is Parquet without geometry. Save it again as GeoParquet."
        raise InputDataError(msg)
    if not isinstance(columns[column], dict):
        msg = f"{path.name} does not describe its geometry. Save it again as GeoParquet."
        raise InputDataError(msg)
    return dict(geo)


def _check_size(path: Path, metadata: pq.FileMetaData, names: set[str]) -> list[str]:
    """Return the leaves of columns that hold bytes.

    Raises
    ------
    InputDataError
        If the size or the number of values that the file declares is out of proportion.
    """
    total, leaves = 0, set()
    size = path.stat().st_size
    for group in range(metadata.num_row_groups):
        row_group = metadata.row_group(group)
        for i in range(row_group.num_columns):
            chunk = row_group.column(i)
            if chunk.path_in_schema.split(".")[0] in names:
                total += chunk.total_uncompressed_size
                if chunk.physical_type == "BYTE_ARRAY":
                    leaves.add(chunk.path_in_schema)
                if chunk.num_values > max(_FREE_VALUES, size // _BYTES_PER_VALUE):
                    msg = f"{path.name} has more rows than its size can hold. It is not read."
                    raise InputDataError(msg)
    most = min(_MAX_DECLARED_BYTES, max(_FREE_BYTES, guard.MAX_RATIO * size))
    if not 0 <= total <= most:
        raise guard.unpacks_too_far(path, most)
    return sorted(leaves)


def _crs(path: Path, described: dict[str, Any]) -> pyproj.CRS:
    """Return the CRS: longitude and latitude by the standard where none is given."""
    if "crs" not in described:
        return guard.crs_of_text(path, "EPSG:4326")
    crs = described["crs"]
    if isinstance(crs, dict):
        return guard.crs_of_json(path, crs)
    return guard.crs_of_text(path, crs if isinstance(crs, str) else None)
