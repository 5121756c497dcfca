"""Compiled loops of `toolkit.engine.footprints`."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

ROUNDING = 4e-16
"""Bound of the error of a cross product over the sum of its terms: 3.4e-16 (Shewchuk 1997, Adaptive
precision floating-point arithmetic, bound A of the orientation test)."""


class Cells(NamedTuple):
    """Square cells into which points are sorted, row by row from the corner (`x0`, `y0`)."""

    start: NDArray[np.int64]
    x0: float
    y0: float
    n_columns: int
    n_rows: int
    cell_m: float
    margin_m: float


@helper
def cells_between(low, high, corner, cells, n_cells):
    """Return the first and last cell along one axis that an interval touches."""
    first = math.floor((low - corner - cells.margin_m) / cells.cell_m)
    last = math.floor((high - corner + cells.margin_m) / cells.cell_m)
    return max(first, 0), min(last, n_cells - 1)


@helper
def inside_of(x, y, first, end, begin, finish):
    """Return 1 if a point lies inside a ring of edges, 0 if outside, -1 if rounding may decide."""
    odd = 0
    for e in range(first, end):
        ax, ay, bx, by = begin[e, 0], begin[e, 1], finish[e, 0], finish[e, 1]
        if (ay > y) != (by > y):
            # On which side of the edge: the sign of a cross product.
            left, right = (ax - x) * (by - y), (ay - y) * (bx - x)
            turn = left - right
            if abs(turn) <= ROUNDING * (abs(left) + abs(right)):
                return -1
            odd ^= (turn > 0.0) == (by > ay)
        elif ay == y or by == y:  # noqa: PLR1714 - perhaps on a corner
            return -1
    return odd


@kernel
def find_houses(xy, cells, bounds, edge_start, begin, finish, inside, doubtful):
    """Find the lowest building around each point, and the points of which rounding may decide."""
    x, y = xy[0], xy[1]
    # Lowest last, so that it remains.
    for building in range(len(bounds) - 1, -1, -1):
        west, south, east, north = bounds[building]
        if not west <= east:  # no corners
            continue
        i0, i1 = cells_between(west, east, cells.x0, cells, cells.n_columns)
        j0, j1 = cells_between(south, north, cells.y0, cells, cells.n_rows)
        first, end = edge_start[building], edge_start[building + 1]
        if i1 < i0:
            continue
        for j in range(j0, j1 + 1):
            row = j * cells.n_columns
            for k in range(cells.start[row + i0], cells.start[row + i1 + 1]):
                if west <= x[k] <= east and south <= y[k] <= north:
                    found = inside_of(x[k], y[k], first, end, begin, finish)
                    if found > 0:
                        inside[k] = building
                    doubtful[k] |= found < 0
