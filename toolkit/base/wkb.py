"""Well-known binary (WKB) from untrusted files.

GEOS parses nested collections recursively, so a blob of a megabyte can crash the whole process.
Blobs are therefore checked here first: GEOS gets only points, lines, polygons and flat
multi-geometries whose stated sizes add up to the size of the blob.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_POINT, _LINE, _POLYGON = 1, 2, 3
_MULTI: Final = {4: _POINT, 5: _LINE, 6: _POLYGON}
"""Multi-geometries by code, with the code of their members (OGC 06-103r4, table 7)."""
_NO_MEMBER: Final = -1
HEADER_BYTES: Final = 5
"""Byte order and type code."""
_COUNT_BYTES: Final = 4
_FLAT: Final = frozenset(
    struct.pack(f"{order}BI", number, kind)
    for number, order in enumerate("><")
    for kind in (_POINT, _LINE, _POLYGON)
)
"""Headers of blobs that hold a single two-dimensional point, line or polygon."""
_ISO_Z, _ISO_M = (False, True, False, True), (False, False, True, True)
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


def read_wkb(blobs: Sequence[bytes | None]) -> tuple[NDArray[Any], int]:
    """Parse blobs; the geometry is None where one is missing, broken or of another type.

    Returns
    -------
    geometry
        Points, lines, polygons and multi-geometries of these, shape (N,).
    unreadable
        Number of blobs that could not be read, missing ones not counted.

    Examples
    --------
    >>> geometry, unreadable = read_wkb([bytes.fromhex("0101000000" + "00" * 16), b"x", None])
    >>> print(geometry[0], unreadable)
    POINT (0 0) 1
    """
    import shapely

    kept = [blob if blob and _is_plain(blob) else None for blob in blobs]
    geometry = np.empty(len(kept), dtype=object)
    # Coordinates that are NaN or infinite are found and counted later.
    with np.errstate(invalid="ignore"):
        geometry[:] = shapely.from_wkb(kept, on_invalid="ignore")
    given = sum(blob is not None for blob in blobs)
    return geometry, given - int((~shapely.is_missing(geometry)).sum())


def all_flat(headers: Iterable[bytes | None]) -> bool:
    """Return whether all blobs that begin with these headers are safe for GEOS: none is nested."""
    return all(not header or header in _FLAT for header in headers)


def all_plain(blobs: Iterable[bytes | None]) -> bool:
    """Return whether all blobs are safe for GEOS, which is quick where none is nested."""
    return all(not blob or blob[:HEADER_BYTES] in _FLAT or _is_plain(blob) for blob in blobs)


def _is_plain(blob: bytes) -> bool:
    try:
        return _end(blob, 0, None) == len(blob)
    except (struct.error, IndexError):
        return False


def _end(blob: bytes, at: int, expected: int | None) -> int:
    """Return the offset of the end of the geometry that starts at offset `at`.

    Raises IndexError or struct.error if it is of another type or longer than the blob.
    """
    order = "><"[blob[at]]
    (code,) = struct.unpack_from(f"{order}I", blob, at + 1)
    # Z and M are encoded either as flags (EWKB) or as thousands (ISO).
    iso, kind = divmod(code & ~(_EWKB_Z | _EWKB_M | _EWKB_SRID), 1000)
    z, m = _ISO_Z[iso] or bool(code & _EWKB_Z), _ISO_M[iso] or bool(code & _EWKB_M)
    point_bytes = 8 * (2 + z + m)
    at += HEADER_BYTES + (_COUNT_BYTES if code & _EWKB_SRID else 0)
    if expected not in {None, kind}:
        raise IndexError
    if kind == _POINT:
        return at + point_bytes
    (number,) = struct.unpack_from(f"{order}I", blob, at)
    at += _COUNT_BYTES
    if kind == _LINE:
        return at + point_bytes * int(number)
    if number > len(blob) or (kind != _POLYGON and expected is not None):
        raise IndexError
    for _ in range(number):
        if kind == _POLYGON:
            (points,) = struct.unpack_from(f"{order}I", blob, at)
            at += _COUNT_BYTES + int(points) * point_bytes
        else:
            at = _end(blob, at, _MULTI.get(kind, _NO_MEMBER))
    return at
