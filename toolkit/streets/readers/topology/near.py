"""Pairs of things that lie near each other, a bounded number of them.

A search tree answers all questions at once. Where a file has a hundred thousand lines in one
place, that answer has ten thousand million pairs; no street map needs it.
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
"""Pairs that may come of one question: 8 MB."""
_FREE: Final = 100_000
_GROWTH: Final = 8
_SPARE: Final = 64


def near_pairs(
    name: str,
    tree: shapely.STRtree,
    queries: NDArray[Any],
    *,
    max_each: int,
    **how: Any,  # noqa: ANN401
) -> Iterator[tuple[IntArray, IntArray]]:
    """Give the pairs that ``tree.query(queries, **how)`` would give, in portions.

    Parameters
    ----------
    name
        What is named in the error.
    tree
        Shapes to be found.
    queries
        Shapes to be queries for.
    max_each
        How many pairs there may be on average for each shape queries for.

    Yields
    ------
    queries, found
        Indices of the pairs of a portion.

    Raises
    ------
    InputDataError
        If there are more.
    """
    size = max(1, _AT_ONCE // max(1, len(tree)))
    # In mixed order the portions stand for the whole; they grow as long as they turn out sparse.
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
