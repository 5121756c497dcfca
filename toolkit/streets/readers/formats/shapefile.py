"""Shapefiles, as loose files or in one zip.

The format follows the "ESRI Shapefile Technical Description" (July 1998); the attribute table
follows dBASE III. Only files of the same stem are read: ``.shp``, ``.dbf``, ``.prj``, ``.cpg``.
"""

from __future__ import annotations

import codecs
import struct
import zipfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable, Layer

MAGIC: Final = struct.pack(">i", 9994)
ZIP_MAGIC: Final = b"PK"
_MAX_LAYERS: Final = 100
_HEADER_BYTES: Final = 100
_RECORD: Final = struct.Struct(">2i")
_NULL, _POINT, _LINE, _POLYGON = 0, 1, 3, 5
_DIMENSIONS: Final = 10
"""Offset of type codes: +10 for shapes with heights, +20 for those with measures."""
_PARTS: Final = struct.Struct("<2i")
_BOX_BYTES: Final = 32
_FIELD_BYTES: Final = 32
_DELETED: Final = 0x2A
_TEXT_ENCODING: Final = "utf-8"

Fetch = Callable[[str], bytes | None]


def layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the layer of a ``.shp`` file, or the layers of a zip.

    Parameters
    ----------
    path
        File checked by `guard.plain_file`.
    wanted
        Names of columns to load, in lower case; the table truncates names to ten characters.
    """
    if guard.first_bytes(path).startswith(ZIP_MAGIC):
        with guard.open_zip(path) as archive:
            names = [n for n in archive.namelist() if n.lower().endswith(".shp")]
        if not names or len(names) > _MAX_LAYERS:
            msg = f"{path.name} holds {len(names)} shapefiles. Zip the shapefile of streets alone."
            raise InputDataError(msg)
        return [_layer(path, PurePosixPath(n).stem, _from_zip(path, n), wanted) for n in names]
    return [_layer(path, path.stem, _siblings(path), wanted)]


def _layer(path: Path, name: str, fetch: Fetch, wanted: Collection[str]) -> Layer:
    return Layer(name, None, lambda: _load(path, name, fetch, wanted))


def _siblings(path: Path) -> Fetch:
    def fetch(suffix: str) -> bytes | None:
        for candidate in (path.with_suffix(suffix), path.with_suffix(suffix.upper())):
            if suffix == ".shp":
                return path.read_bytes()
            if candidate.is_symlink() or candidate.exists():
                return guard.plain_file(candidate).read_bytes()
        return None

    return fetch


def _from_zip(path: Path, name: str) -> Fetch:
    def fetch(suffix: str) -> bytes | None:
        with guard.open_zip(path) as archive:
            wanted = name.lower()[: -len(".shp")] + suffix
            found = [n for n in archive.namelist() if n.lower() == wanted]
            return guard.unzip(path, archive, found[0]) if found else None

    return fetch


def _load(path: Path, name: str, fetch: Fetch, wanted: Collection[str]) -> ForeignTable:
    with guard.reading(path, "a shapefile", zipfile.BadZipFile, ValueError, LookupError):
        data = fetch(".shp") or b""
        if not data.startswith(MAGIC) or len(data) < _HEADER_BYTES:
            msg = f"{path.name} is not a shapefile. Save it again as one."
            raise InputDataError(msg)
        shapes = list(_shapes(path, data))
        prj = fetch(".prj")
        crs = guard.crs_of_text(path, prj.decode("utf-8", "replace") if prj else None)
        table = fetch(".dbf")
        encoding = _encoding(fetch(".cpg"))
        columns = {} if table is None else _columns(path, table, wanted, encoding)
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = [s for s, _ in shapes]
    # Table rows belong to shapes by position; a short table is padded.
    rows = len(shapes)
    filled = {k: (v + [None] * (rows - len(v)))[:rows] for k, v in columns.items()}
    made = ForeignTable(name, geometry, filled)
    made.counts["geometry_unreadable"] += sum(broken for _, broken in shapes)
    made.counts["table_rows_missing"] += table is None or any(
        len(v) != rows for v in columns.values()
    )
    return guard.in_degrees(path, made, crs)


# --- geometry -------------------------------------------------------------------------------


def _shapes(path: Path, data: bytes) -> Iterator[tuple[Any, bool]]:
    """Yield each shape or None, and whether it is present but unreadable."""
    at, rows, points = _HEADER_BYTES, 0, 0
    while at < len(data):
        if at + _RECORD.size > len(data):
            msg = "a record is cut short"
            raise ValueError(msg)
        _, words = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        end = at + 2 * words
        if words < 2 or end > len(data):  # noqa: PLR2004
            msg = "a record is cut short"
            raise ValueError(msg)
        rows += 1
        (code,) = struct.unpack_from("<i", data, at)
        if code == _NULL:
            yield None, False
        else:
            shape = _shape(data[at:end])
            points += 0 if shape is None else int(shapely.get_num_coordinates(shape))
            yield shape, shape is None
        guard.check_rows(path, rows, points)
        at = end


def _shape(record: bytes) -> Any:  # noqa: ANN401
    (code,) = struct.unpack_from("<i", record)
    kind = code % _DIMENSIONS
    if not 0 < code < 3 * _DIMENSIONS:
        return None
    if kind == _POINT:
        return shapely.Point(struct.unpack_from("<2d", record, 4)) if len(record) >= 20 else None  # noqa: PLR2004
    start = 4 + _BOX_BYTES
    if kind not in {_LINE, _POLYGON} or len(record) < start + _PARTS.size:
        return None
    n_parts, n_points = _PARTS.unpack_from(record, start)
    start += _PARTS.size
    if n_parts < 1 or n_points < n_parts or len(record) < start + 4 * n_parts + 16 * n_points:
        return None
    firsts = np.frombuffer(record, dtype="<i4", count=n_parts, offset=start)
    points = np.frombuffer(record, dtype="<f8", count=2 * n_points, offset=start + 4 * n_parts)
    offsets = np.append(firsts, n_points)
    if firsts[0] != 0 or (np.diff(offsets) < 1).any():
        return None
    parts = np.split(points.reshape(-1, 2), firsts[1:])
    # NaN coordinates are detected and counted by `guard.to_degrees`.
    with np.errstate(invalid="ignore"):
        return _lines(parts) if kind == _LINE else _polygons(parts)


def _lines(parts: list[Any]) -> Any:  # noqa: ANN401
    kept = [p for p in parts if len(p) > 1]
    return shapely.MultiLineString(kept) if kept else None


def _polygons(rings: list[Any]) -> Any:  # noqa: ANN401
    """Return the area of rings by the even-odd rule, whatever their orientation."""
    kept = [shapely.Polygon(r) for r in rings if len(r) > 3 and np.isfinite(r).all()]  # noqa: PLR2004
    if len(kept) == 1:
        return kept[0]
    if not kept or len(kept) > _MAX_LAYERS:
        return None
    whole: Any = kept[0]
    for ring in kept[1:]:
        whole = shapely.symmetric_difference(shapely.make_valid(whole), shapely.make_valid(ring))
    return whole


# --- table ----------------------------------------------------------------------------------


def _encoding(text: bytes | None) -> str:
    named = (text or b"").decode("ascii", "replace").strip().lower()
    if named.isdigit():
        named = {"65001": "utf-8"}.get(named, f"cp{named}")
    try:
        found = codecs.lookup(named or _TEXT_ENCODING)
    except (LookupError, ValueError):
        return _TEXT_ENCODING
    return found.name if getattr(found, "_is_text_encoding", False) else _TEXT_ENCODING


def _columns(
    path: Path, data: bytes, wanted: Collection[str], encoding: str
) -> dict[str, list[Any]]:
    rows, header, size = struct.unpack_from("<IHH", data, 4)
    guard.check_rows(path, rows)
    there = min(rows, (len(data) - header) // size) if size else 0
    fields, at = [], 1
    for start in range(_FIELD_BYTES, header - 1, _FIELD_BYTES):
        if data[start : start + 1] in {b"\r", b""}:
            break
        name = data[start : start + 11].split(b"\0")[0].decode(encoding, "replace").lower()
        fields.append((name, chr(data[start + 11]), at, data[start + 16]))
        at += data[start + 16]
    short = {w[:10]: w for w in wanted}
    columns: dict[str, list[Any]] = {}
    for name, kind, begin, width in fields:
        if name not in short or begin + width > size:
            continue
        starts = range(header, header + there * size, size)
        cells = (
            b"" if data[s] == _DELETED else data[s + begin : s + begin + width] for s in starts
        )
        columns[short[name]] = [_value(cell, kind, encoding) for cell in cells]
    return columns


def _value(cell: bytes, kind: str, encoding: str) -> Any:  # noqa: ANN401
    text = cell.decode(encoding, "replace").strip(" \0")
    if kind == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    return text or None
