"""Houses around points: which building each street point and site lies inside.

Many points are looked up in one compiled loop over the houses and the cells of points that they
touch, by the parity of the edges to one side. Where rounding could decide (a point within some
10^-16 of an edge, or at the height of a corner), GEOS decides with its exact predicates: the answer
is its answer everywhere.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, Int32Array
from toolkit.engine import workers

CELL_M: Final = 25.0
"""Side of the cells into which points are sorted."""
_ROUNDING_M: Final = 0.001
"""Margin around the cells of points, for the rounding of their corners."""
_MANY_POINTS: Final = 100_000
"""Fewer are looked up by GEOS: to compile the loop, once on a machine, takes 0.6 s."""
_PREPARED: Final = threading.Lock()
"""Held while prepared footprints are asked: the first time each makes an index, without a lock."""


@dataclass(frozen=True)
class Edges:
    """Edges of footprints, building by building.

    Attributes
    ----------
    begin, end
        Both ends of each edge, shape (E, 2).
    building
        Index of the building of each edge, ascending, shape (E,).
    """

    begin: FloatArray
    end: FloatArray
    building: NDArray[np.int64]


def edges(buildings: NDArray[np.object_]) -> Edges:
    """Return the edges of all rings of (multi)polygons."""
    parts, of_part = shapely.get_parts(buildings, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return Edges(corners[:-1][same], corners[1:][same], of_part[of_ring[ring[:-1][same]]])


def by_cell(
    xy: FloatArray, cell_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], tuple[float, float], tuple[int, int]]:
    """Sort points into square cells; return cell starts, order, corner, columns and rows.

    The cells are row by row from the south-west corner; points of a cell keep their order.
    """
    low = xy.min(axis=0) if len(xy) else np.zeros(2)
    column, row = np.floor((xy - low) / cell_m).astype(np.int64).T.reshape(2, -1)
    nx, ny = (int(column.max()) + 1, int(row.max()) + 1) if len(xy) else (1, 1)
    cell = row * nx + column
    order = np.argsort(cell, kind="stable")
    start = np.searchsorted(cell[order], np.arange(nx * ny + 1)).astype(np.int64)
    return start, order, (float(low[0]), float(low[1])), (nx, ny)


@dataclass(frozen=True)
class PointCells:
    """Points sorted by cell.

    Attributes
    ----------
    xy_m
        Points in the order of `by_cell`, shape (P, 2).
    start, corner, shape
        The cells, from `by_cell` with `CELL_M`, in the frame of the points.
    """

    xy_m: FloatArray
    start: NDArray[np.int64]
    corner: tuple[float, float]
    shape: tuple[int, int]


def containing_building(
    xy_m: FloatArray, buildings: NDArray[np.object_], of: Edges | None = None
) -> Int32Array:
    """Return the index of the building each point lies inside, or -1, shape (P,).

    On its outline a point does not lie inside a building. Where buildings overlap, the lowest index
    counts. The edges of the buildings can be given, if they are known.
    """
    if len(xy_m) < _MANY_POINTS:
        return _exactly(xy_m, buildings)
    start, order, corner, shape = by_cell(xy_m, CELL_M)
    cells = PointCells(xy_m[order], start, corner, shape)
    inside = np.empty(len(xy_m), np.int32)
    inside[order] = in_cells(cells, buildings, of or edges(buildings))
    return inside


def in_cells(cells: PointCells, buildings: NDArray[np.object_], of: Edges) -> Int32Array:
    """Do what `containing_building` does for points sorted by cell."""
    if len(cells.xy_m) < _MANY_POINTS or not len(buildings):
        return _exactly(cells.xy_m, buildings)
    from toolkit.engine.kernels import footprints as kernels

    inside = np.full(len(cells.xy_m), -1, np.int32)
    doubtful = np.zeros(len(cells.xy_m), np.bool_)
    workers.run(
        kernels.find_houses,
        np.ascontiguousarray(cells.xy_m.T),
        kernels.Cells(cells.start, *cells.corner, *cells.shape, CELL_M, _ROUNDING_M),
        shapely.bounds(buildings),
        np.searchsorted(of.building, np.arange(len(buildings) + 1)),
        of.begin,
        of.end,
        inside,
        doubtful,
    )
    doubt = np.flatnonzero(doubtful)
    inside[doubt] = _exactly(cells.xy_m[doubt], buildings)
    return inside


def _exactly(xy_m: FloatArray, buildings: NDArray[np.object_]) -> Int32Array:
    """Do what `containing_building` does by the predicates of GEOS alone."""
    inside = np.full(len(xy_m), -1, dtype=np.int32)
    if len(buildings) and len(xy_m):
        # Query by cells of points: making a million single points takes longer than the query.
        # 1. Pair each cell with the buildings that touch it.
        start, order, corner, (nx, _) = by_cell(xy_m, CELL_M)
        cell = np.flatnonzero(np.diff(start))
        low = np.column_stack([cell % nx, cell // nx]) * CELL_M + corner
        boxes = shapely.box(*(low - _ROUNDING_M).T, *(low + CELL_M + _ROUNDING_M).T)
        near, building = shapely.STRtree(buildings).query(boxes)
        # 2. Expand to pairs of point and building, and keep those in the bounding box.
        first, count = start[cell[near]], np.diff(start)[cell[near]]
        end = np.cumsum(count)
        point = order[np.arange(end[-1] if len(end) else 0) + np.repeat(first - end + count, count)]
        building = np.repeat(building, count)
        x0, y0, x1, y1 = shapely.bounds(buildings)[building].T
        x, y = xy_m[point].T
        close = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
        point, building = point[close], building[close]
        # 3. Test the rest exactly.
        with _PREPARED:
            shapely.prepare(buildings)
            within = shapely.contains_xy(buildings[building], xy_m[point])
        point, building = point[within], building[within]
        # 4. The lowest index where footprints overlap, whatever the order of the pairs.
        order = np.lexsort((-building, point))
        inside[point[order]] = building[order]
    return inside


def place_sites(
    xy_m: FloatArray, fallback_xy_m: FloatArray, buildings: NDArray[np.object_]
) -> FloatArray:
    """Return sites, moved back to the centre line where the kerb lies inside a building."""
    inside = containing_building(xy_m, buildings) >= 0
    return np.where(inside[:, None], fallback_xy_m, xy_m)
