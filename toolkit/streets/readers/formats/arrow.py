"""Arrow batches as foreign tables, with bounds on what a few bytes of a file can unpack to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from toolkit.base.errors import InputDataError
from toolkit.base.wkb import read_wkb
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable

BATCH: Final = 16_384
"""Rows of one batch."""
_MAX_TEXT_BYTES: Final = 16_384
"""Maximum bytes kept of a text. Tags as GDAL writes them and lists of OSMnx have some hundreds."""
_FREE_BYTES: Final = 1 << 26
"""Bytes of geometry that any file may have."""
_POINT_BYTES: Final = 16


def table_of(
    path: Path,
    name: str,
    batches: Iterable[pa.RecordBatch],
    geometry: str,
    columns: Mapping[str, str],
    *,
    encoding: str = "utf-8",
) -> ForeignTable:
    """Return a layer from batches; the geometry is still in the coordinates of the file.

    Parameters
    ----------
    path
        File, for messages and for its size.
    name
        Name of the layer.
    batches
        Batches with a column of WKB, plain or encoded by dictionary.
    geometry
        Name of that column.
    columns
        Wanted columns: name in the batches, and name in the result.
    encoding
        Encoding of texts.

    Raises
    ------
    InputDataError
        If there are too many rows or points, or geometry is not WKB.
    """
    blobs: list[bytes | None] = []
    found: dict[str, list[Any]] = {}
    most = max(_FREE_BYTES, guard.MAX_RATIO * path.stat().st_size)
    total = 0
    for batch in batches:
        shapes = batch.column(geometry)
        kind = shapes.type.value_type if pa.types.is_dictionary(shapes.type) else shapes.type
        if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
            msg = f"{path.name}: its geometry is not WKB. Save it with encoding WKB."
            raise InputDataError(msg)
        total += _total_bytes(shapes)
        guard.check_rows(path, len(blobs) + len(batch), total // _POINT_BYTES)
        if total > most:
            raise guard.unpacks_too_far(path, most)
        for column, called in columns.items():
            values = batch.column(column)
            if values.null_count < len(values):
                kept = found.setdefault(called, [])
                kept.extend([None] * (len(blobs) - len(kept)))
                kept += _values(values, encoding)
        blobs += _shared(shapes, lambda array: array.to_pylist())
    shapes, unreadable = read_wkb(blobs)
    rows = {
        called: [*values, *[None] * (len(blobs) - len(values))] for called, values in found.items()
    }
    made = ForeignTable(name, shapes, rows)
    made.counts["geometry_unreadable"] += unreadable
    guard.check_rows(path, len(blobs), int(np.sum(shapely.get_num_coordinates(shapes))))
    return made


def is_plain(kind: pa.DataType) -> bool:
    """Return whether a column can be read: scalars, or lists of texts (as OSMnx writes)."""
    return not pa.types.is_nested(kind) or _is_texts(kind)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))


def _is_texts(kind: pa.DataType) -> bool:
    return _is_list(kind) and _is_text(kind.value_type)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _total_bytes(shapes: pa.Array) -> int:
    """Return the bytes of all values of a column, those of a repeated one each time."""
    lengths = _shared(shapes, lambda array: pc.binary_length(array).to_pylist())
    return sum(length or 0 for length in lengths)


def _shared(array: pa.Array, values: Any) -> list[Any]:  # noqa: ANN401
    """Return the values of a column; a value that a dictionary repeats is held once."""
    if not pa.types.is_dictionary(array.type):
        return list(values(array))
    listed = values(array.dictionary)
    return [None if i is None else listed[i] for i in array.indices.to_pylist()]


def _values(array: pa.Array, encoding: str) -> list[Any]:
    """Return the values of a column, all None unless numbers, texts, lists of texts or booleans."""
    return _shared(array, lambda plain: _plain_values(plain, encoding))


def _plain_values(array: pa.Array, encoding: str) -> list[Any]:
    kind = array.type
    if _is_text(kind):
        as_bytes = pa.large_binary() if pa.types.is_large_string(kind) else pa.binary()
        short = pc.binary_slice(array.cast(as_bytes), 0, _MAX_TEXT_BYTES).to_pylist()
        return [None if b is None else b.decode(encoding, "replace") for b in short]
    if _is_list(kind):
        items, ends = _values(array.values, encoding), array.offsets.to_pylist()
        valid = array.is_valid().to_pylist()
        return [items[ends[i] : ends[i + 1]] if there else None for i, there in enumerate(valid)]
    plain = pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return array.to_pylist() if plain else [None] * len(array)
