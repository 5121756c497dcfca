"""Pairs of nearby geometries, in bounded number.

A bulk query of a search tree returns all pairs at once: for a hundred thousand lines in one place,
ten thousand million of them, which no street network needs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import IntArray
from toolkit.base.errors import InputDataError

_AT_ONCE: Final = 500_000
"""Maximum target number of pairs of one query: 8 MB."""
_FREE: Final = 100_000
"""Pairs allowed in any case, however few geometries there are."""
_PORTION: Final = 5
"""Target number of pairs of one query, in pairs allowed in any case."""
_GROWTH: Final = 8
"""Maximum growth of a portion from one query to the next."""
_SPARE: Final = 64
"""Safety factor for portions denser than those before."""
_FREE_CROSSINGS: Final = 20
"""Crossings of an outline with itself that are repaired in any case. Slips of a mapper make one or
two; a repair takes a millisecond for each, and more with their number."""
_CORNERS_PER_CROSSING: Final = 10
_MAX_CROSSINGS: Final = 300
_FREE_CONTACTS: Final = 10_000
_CONTACTS_EACH: Final = 40


def near_pairs(
    name: str,
    tree: shapely.STRtree,
    queries: NDArray[Any],
    *,
    max_each: int,
    free: int | None = None,
    **how: Any,  # noqa: ANN401
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield the pairs of ``tree.query(queries, **how)`` in portions.

    Parameters
    ----------
    name
        Name of the file, for messages.
    tree
        Index of the geometries to find.
    queries
        Geometries to query with.
    max_each
        Maximum number of pairs per query geometry, on average.
    free
        Pairs allowed in any case; None for 100,000.

    Yields
    ------
    queries, found
        Indices of the pairs of one portion.

    Raises
    ------
    InputDataError
        If there are more pairs.
    """
    free = _FREE if free is None else free
    at_once = min(_AT_ONCE, _PORTION * free)
    size = max(1, at_once // max(1, len(tree)))
    # In random order each portion is a sample of the whole; portions grow while they are sparse.
    order = np.random.default_rng(0).permutation(len(queries))
    start, seen = 0, 0
    while start < len(queries):
        rows = order[start : start + size]
        found = tree.query(queries[rows], **how)
        seen += found.shape[1]
        start += len(rows)
        if seen > free + max_each * start:
            msg = (
                f"{name}: there are too many lines on top of one another for streets. Is it the "
                "layer of streets?"
            )
            raise InputDataError(msg)
        yield rows[found[0]], found[1]
        each = max(1.0, found.shape[1] / len(rows))
        size = int(max(1, min(_GROWTH * size, at_once / (_SPARE * each))))


def is_tangled(shapes: Any) -> bool:  # noqa: ANN401
    """Return whether outlines cross so often that to repair them would take without bound.

    Parameters
    ----------
    shapes
        Polygon or multipolygon, or an array of them.
    """
    rings = shapely.get_rings(shapely.get_parts(shapely.get_parts(shapes)))
    points, ring = shapely.get_coordinates(rings, return_index=True)
    sides = np.stack([points[:-1], points[1:]], axis=1)[ring[1:] == ring[:-1]]
    segments = np.asarray(shapely.linestrings(sides), dtype=object)
    most = min(_MAX_CROSSINGS, _FREE_CROSSINGS + len(sides) // _CORNERS_PER_CROSSING)
    bounds: dict[str, Any] = {"max_each": _CONTACTS_EACH, "free": _FREE_CONTACTS}
    found = 0
    try:
        # Rings within one another, by their boxes.
        for _ in near_pairs("", shapely.STRtree(rings), rings, **bounds):
            pass
        for a, b in near_pairs(
            "", shapely.STRtree(segments), segments, predicate="intersects", **bounds
        ):
            ahead = a < b
            one, other = sides[a[ahead]][:, :, None], sides[b[ahead]][:, None, :]
            found += int((~(one == other).all(axis=3).any(axis=(1, 2))).sum())
            if found > most:
                return True
    except InputDataError:
        return True
    return False
