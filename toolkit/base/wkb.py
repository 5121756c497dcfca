"""Well-known binary from files that somebody else made.

GEOS follows collections within collections by calling itself, so that a blob of a megabyte can
end the whole process. Blobs are therefore walked here first: only points, lines and polygons, and
plain lists of these, whose stated sizes add up to the size of the blob, are given to it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_POINT, _LINE, _POLYGON = 1, 2, 3
_LISTS: Final = {4: _POINT, 5: _LINE, 6: _POLYGON}
_NONE: Final = -1
_HEADER: Final = 5
_COUNT: Final = 4
_FLAT: Final = frozenset(
    struct.pack(f"{order}BI", number, kind)
    for number, order in enumerate("><")
    for kind in (_POINT, _LINE, _POLYGON)
)
"""How a blob begins that holds one point, line or polygon."""
_ISO_Z, _ISO_M = (False, True, False, True), (False, False, True, True)
_EWKB_Z, _EWKB_M, _EWKB_SRID = 0x80000000, 0x40000000, 0x20000000


def read_wkb(blobs: Sequence[bytes | None]) -> tuple[NDArray[Any], int]:
    """Return the geometry of blobs, None where one is missing, broken or of another kind.

    Returns
    -------
    geometry
        Points, lines, polygons and lists of these.
    unreadable
        Number of blobs that were given and are left out.
    """
    import shapely

    kept = [blob if blob and _is_plain(blob) else None for blob in blobs]
    geometry = np.empty(len(kept), dtype=object)
    # Coordinates that are no numbers are found, and counted, later.
    with np.errstate(invalid="ignore"):
        geometry[:] = shapely.from_wkb(kept, on_invalid="ignore")
    given = sum(blob is not None for blob in blobs)
    return geometry, given - int((~shapely.is_missing(geometry)).sum())


def all_plain(blobs: Sequence[bytes | None]) -> bool:
    """Return whether blobs can be given to GEOS: none nests. Quick for those that are flat."""
    return all(not blob or blob[:_HEADER] in _FLAT or _is_plain(blob) for blob in blobs)


def _is_plain(blob: bytes) -> bool:
    try:
        return _end(blob, 0, None) == len(blob)
    except (struct.error, IndexError):
        return False


def _end(blob: bytes, at: int, expected: int | None) -> int:
    """Return where the geometry that starts at a place ends.

    Raises IndexError or struct.error if it is none of those kept or says more than there is.
    """
    order = "><"[blob[at]]
    (code,) = struct.unpack_from(f"{order}I", blob, at + 1)
    # Height and measure may be stated in two ways: by flags, and by thousands.
    iso, kind = divmod(code & ~(_EWKB_Z | _EWKB_M | _EWKB_SRID), 1000)
    z, m = _ISO_Z[iso] or bool(code & _EWKB_Z), _ISO_M[iso] or bool(code & _EWKB_M)
    point_bytes = 8 * (2 + z + m)
    at += _HEADER + (_COUNT if code & _EWKB_SRID else 0)
    if expected not in {None, kind}:
        raise IndexError
    if kind == _POINT:
        return at + point_bytes
    (number,) = struct.unpack_from(f"{order}I", blob, at)
    at += _COUNT
    if kind == _LINE:
        return at + point_bytes * int(number)
    if number > len(blob) or (kind != _POLYGON and expected is not None):
        raise IndexError
    for _ in range(number):
        if kind == _POLYGON:
            (points,) = struct.unpack_from(f"{order}I", blob, at)
            at += _COUNT + int(points) * point_bytes
        else:
            at = _end(blob, at, _LISTS.get(kind, _NONE))
    return at
