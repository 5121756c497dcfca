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
"""Target number of pairs of one query: 8 MB."""
_FREE: Final = 100_000
"""Pairs allowed in any case, however few geometries there are."""
_GROWTH: Final = 8
"""Maximum growth of a portion from one query to the next."""
_SPARE: Final = 64
"""Safety factor for portions denser than those before."""


def near_pairs(
    name: str,
    tree: shapely.STRtree,
    queries: NDArray[Any],
    *,
    max_each: int,
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

    Yields
    ------
    queries, found
        Indices of the pairs of one portion.

    Raises
    ------
    InputDataError
        If there are more pairs.
    """
    size = max(1, _AT_ONCE // max(1, len(tree)))
    # In random order each portion is a sample of the whole; portions grow while they are sparse.
    order = np.random.default_rng(0).permutation(len(queries))
    start, seen = 0, 0
    while start < len(queries):
        rows = order[start : start + size]
        found = tree.query(queries[rows], **how)
        seen += found.shape[1]
        start += len(rows)
        if seen > _FREE + max_each * start:
            msg = (
                f"{name}: there are too many lines on top of one another for streets. Is it the "
                "layer of streets?"
            )
            raise InputDataError(msg)
        yield rows[found[0]], found[1]
        each = max(1.0, found.shape[1] / len(rows))
        size = int(max(1, min(_GROWTH * size, _AT_ONCE / (_SPARE * each))))
