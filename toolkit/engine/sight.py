"""Lines of sight between sites and street points, blocked by buildings; once per city.

From each site, the points in reach are sorted by direction, and each wall in reach is tested
against the points in the directions it spans (an angular sweep, in
`toolkit.engine.kernels.sight`). The result is plain arrays, one row per site, sorted by whole
metres of distance. Headings, fields of view and tiers are filters applied later.

A building of known height hides a point only from cameras that are too low: the least camera height
from which the head of a person at the point is in view over every roof between is kept with the
pair. A building of unknown height blocks all.

A wall does not block a pair whose site or point lies inside the same building (a covered passage,
a camera under an arcade): if the map puts them there, the footprint is not solid.

Error bounds, each tested: distances are rounded to 1 cm, bearings to 1.41 degrees with a further
error of up to 0.06; least heights are up to 0.1 m too high; positions in float32 relative to a
local origin are accurate to 2 mm in a city of 40 km.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import Float32Array, FloatArray, Int32Array
from toolkit.engine import footprints, workers

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.sight import PointGrid, WallGrid


CM_PER_M: Final = 100.0
"""Distances are kept in whole centimetres."""
BEARING_STEPS: Final = 256
"""Bearings are kept in steps of 1.41 degrees."""

HIGHEST_CAMERA_M: Final = 20.0
"""Greatest mounting height of a street camera: masts have 3 to 15 m, house walls rarely more. Pairs
that only a higher camera could see are not kept."""

_WALL_PIECE_M: Final = 20.0
"""Longer walls are cut, so that a wall is found from the grid cell of its middle."""
_WALL_CELL_M: Final = 20.0
_BLOCK_SITES: Final = 8192
"""Sites swept between two blocks of output."""
_CHUNK_SITES: Final = 128
"""Sites that a worker thread takes at once."""
_SPARE: Final = 1.2
"""Scratch memory over what the current block needs."""
_HALF_TURN: Final = 2.0
"""Half a turn in diamond angle, which runs from 0 to 4."""
_MORTON_CELL_M: Final = 4.0
_MORTON_STEPS: Final = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)
"""Shifts and masks that spread the bits of a number, so that those of another fit between."""

PAIR_ARRAYS: Final[dict[str, type[np.int32 | np.uint16 | np.uint8]]] = {
    "point": np.int32,
    "distance_cm": np.uint16,
    "bearing": np.uint8,
    "height_dm": np.uint8,
}


@dataclass(frozen=True)
class Walls:
    """Walls of building footprints, sorted by the grid cell of their middle.

    Attributes
    ----------
    ends
        x and y of the first end, then of the second, in metres, shape (4, W).
    building
        Index of the building of each wall, shape (W,).
    top_m
        Height of the building, infinite where not known, shape (W,).
    cell_start
        First wall of each grid cell, row by row.
    origin, shape
        South-west corner of the grid, and its number of columns and rows.
    """

    ends: Float32Array
    building: Int32Array
    top_m: Float32Array
    cell_start: NDArray[np.int64]
    origin: tuple[float, float]
    shape: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Sight:
    """Pairs of site and street point that see each other, one row per site.

    Attributes
    ----------
    start
        Row starts, shape (G + 1,).
    point
        Street point of each pair, sorted by whole metres of distance within a row, shape (N,).
    distance_cm
        Distance in centimetres, rounded, shape (N,).
    bearing
        Bearing from site to point, clockwise from north in `BEARING_STEPS` steps, shape (N,).
    height_dm
        Least camera height in tenths of a metre for a line of sight over the roofs between,
        rounded up; 0 for open sight, shape (N,).
    reach_m
        Longest distance kept, in metres.
    """

    start: NDArray[np.int64]
    point: Int32Array
    distance_cm: NDArray[np.uint16]
    bearing: NDArray[np.uint8]
    height_dm: NDArray[np.uint8]
    reach_m: float

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1


def make_walls(
    buildings: NDArray[np.object_], top_m: FloatArray, origin_m: FloatArray | None = None
) -> Walls:
    """Put the walls of building polygons (metric) into a grid.

    Parameters
    ----------
    buildings
        Footprints.
    top_m
        Height of each, NaN where not known, shape (B,).
    origin_m
        The local origin, subtracted from all corners, shape (2,); none by default.
    """
    return _walls_of(footprints.edges(buildings), top_m, origin_m)


def _walls_of(edges: footprints.Edges, top_m: FloatArray, origin_m: FloatArray | None) -> Walls:
    """Cut edges that are too long, and put them into a grid; arguments as `make_walls`."""
    origin = np.zeros(2) if origin_m is None else origin_m
    begin, end, building = edges.begin - origin, edges.end - origin, edges.building
    n_pieces = np.maximum(1, np.ceil(np.hypot(*(end - begin).T) / _WALL_PIECE_M)).astype(np.int64)
    of_wall = np.repeat(np.arange(len(begin)), n_pieces)
    ordinal = np.arange(len(of_wall)) - np.repeat(np.cumsum(n_pieces) - n_pieces, n_pieces)
    step = (end - begin)[of_wall] / n_pieces[of_wall, None]
    one = begin[of_wall] + step * ordinal[:, None]
    other = np.where((ordinal + 1 == n_pieces[of_wall])[:, None], end[of_wall], one + step)
    middle = (one + other) / 2
    start, order, corner, shape = footprints.by_cell(middle, _WALL_CELL_M)
    ends = np.ascontiguousarray(np.hstack([one, other])[order].T, dtype=np.float32)
    of = building[of_wall[order]]
    top = np.where(np.isnan(top_m), np.inf, top_m)[of] if len(of) else np.empty(0)
    return Walls(ends, of.astype(np.int32), top.astype(np.float32), start, corner, shape)


@dataclass(frozen=True)
class SweepArrays:
    """Sites, points and walls in a local float32 frame, as the sweep takes them.

    Attributes
    ----------
    sites, site_in
        Site points, shape (G, 2), and the building each lies inside or -2, shape (G,).
    points, walls
        Points and walls in their grids.
    """

    sites: Float32Array
    site_in: Int32Array
    points: PointGrid
    walls: WallGrid


def sweep_arrays(
    site_xy_m: FloatArray,
    point_xy_m: FloatArray,
    buildings: NDArray[np.object_],
    top_m: FloatArray | None = None,
    origin_m: FloatArray | None = None,
) -> SweepArrays:
    """Subtract a local origin and sort everything into grids; arguments as `build_sight`."""
    from toolkit.engine.kernels.sight import PointGrid, WallGrid

    origin = local_origin(site_xy_m, point_xy_m) if origin_m is None else origin_m
    edges = footprints.edges(buildings)
    tops = np.full(len(buildings), np.nan) if top_m is None else top_m

    def wall_grid() -> WallGrid:
        walls = _walls_of(edges, tops, origin)
        return WallGrid(
            walls.ends[0],
            walls.ends[1],
            walls.ends[2],
            walls.ends[3],
            walls.building,
            walls.top_m,
            walls.cell_start,
            np.float32(walls.origin[0]),
            np.float32(walls.origin[1]),
            walls.shape[0],
            walls.shape[1],
            np.float32(_WALL_CELL_M),
            np.float32(_WALL_PIECE_M / 2),
        )

    def point_grid() -> PointGrid:
        points = point_xy_m - origin
        start, order, corner, shape = footprints.by_cell(points, footprints.CELL_M)
        x, y = np.ascontiguousarray(points[order].T, dtype=np.float32)
        on_map = (corner[0] + float(origin[0]), corner[1] + float(origin[1]))
        cells = footprints.PointCells(point_xy_m[order], start, on_map, shape)
        return PointGrid(
            x,
            y,
            order.astype(np.int32),
            footprints.in_cells(cells, buildings, edges),
            start,
            np.float32(corner[0]),
            np.float32(corner[1]),
            shape[0],
            shape[1],
            np.float32(footprints.CELL_M),
        )

    def site_in() -> Int32Array:
        found = footprints.containing_building(site_xy_m, buildings, edges)
        # -2 is no building, so that it never matches the -1 of a point outdoors.
        return np.where(found < 0, np.int32(-2), found)

    walls, points, inside = workers.side_by_side(wall_grid, point_grid, site_in)
    sites = np.ascontiguousarray(site_xy_m - origin, dtype=np.float32)
    return SweepArrays(sites, inside, points, walls)


def build_sight(
    site_xy_m: FloatArray,
    point_xy_m: FloatArray,
    buildings: NDArray[np.object_],
    *,
    reach_m: float,
    beyond_m: float = 0.0,
    top_m: FloatArray | None = None,
    target_m: float = 1.7,
    origin_m: FloatArray | None = None,
) -> Sight:
    """Test every pair of site and street point in reach.

    Parameters
    ----------
    site_xy_m, point_xy_m
        Metric coordinates, shapes (G, 2) and (P, 2). A local origin is subtracted before they
        become float32, which would lose half a metre on raw northings. Fastest if neighbours on
        the ground are neighbours in memory, see `morton_order`.
    buildings
        Footprints in the same frame.
    reach_m
        Longest distance kept, up to 655 m.
    beyond_m
        Pairs up to this distance in metres are left out, to add a far band to a near one.
    top_m
        Height of each building, NaN where not known, shape (B,); by default none is known.
    target_m
        Height of the target: the top of a standing person.
    origin_m
        The local origin, shape (2,); by default the centroid of sites and points. Parts of a
        city give the same bits only with the origin of the whole city.
    """
    arrays = sweep_arrays(site_xy_m, point_xy_m, buildings, top_m, origin_m)
    return swept(arrays, reach_m=reach_m, beyond_m=beyond_m, target_m=target_m)


def swept(arrays: SweepArrays, *, reach_m: float, beyond_m: float, target_m: float) -> Sight:
    """Return all pairs of `sweep`; arguments as `build_sight`."""
    blocks = [
        (block.found, *(np.concatenate(pieces) for pieces in block[1:]))
        for block in sweep(arrays, reach_m=reach_m, beyond_m=beyond_m, target_m=target_m)
    ]
    return Sight(
        start=np.concatenate([[0], *(block[0] for block in blocks)]).astype(np.int64).cumsum(),
        **{
            name: np.concatenate([np.empty(0, dtype), *(block[k] for block in blocks)])
            for k, (name, dtype) in enumerate(PAIR_ARRAYS.items(), start=1)
        },
        reach_m=reach_m,
    )


class Block(NamedTuple):
    """Pairs of neighbouring sites: the length of each row, and each array of `Sight` in pieces."""

    found: NDArray[np.int64]
    point: list[Int32Array]
    distance_cm: list[NDArray[np.uint16]]
    bearing: list[NDArray[np.uint8]]
    height_dm: list[NDArray[np.uint8]]


def sweep(
    arrays: SweepArrays,
    *,
    reach_m: float,
    beyond_m: float = 0.0,
    target_m: float = 1.7,
    keep: bool = True,
) -> Iterator[Block]:
    """Yield the pairs in view of blocks of sites.

    The arrays of a block are used again for the block after the next one. With `keep` false the
    lines of sight are only tested and counted, and there are no arrays.
    """
    from toolkit.engine.kernels import sight as kernels

    band = kernels.Band(*map(np.float32, (beyond_m, reach_m, target_m, HIGHEST_CAMERA_M)))
    bearing_of = _bearing_steps(kernels.FINE_BINS)
    # Two in turn, so that one can be written to disk while the other is filled.
    scratches = [[np.empty(0, dtype) for dtype in PAIR_ARRAYS.values()] for _ in range(2)]
    for first in range(0, len(arrays.sites), _BLOCK_SITES):
        sites = arrays.sites[first : first + _BLOCK_SITES]
        start = np.concatenate([[0], np.cumsum(_room_in_reach(sites, arrays.points, band.reach))])
        scratches.reverse()
        scratch = scratches[0]
        if keep and start[-1] > len(scratch[0]):
            # Kept between blocks, with some spare: new memory costs as much as the tests.
            size = int(start[-1] * _SPARE)
            scratch[:] = [np.empty(size, dtype) for dtype in PAIR_ARRAYS.values()]
        found = np.zeros(len(sites), np.int64)
        borders = workers.even_borders(len(sites), _CHUNK_SITES)
        workers.over(
            kernels.sweep, borders, sites, arrays.site_in[first : first + _BLOCK_SITES],
            arrays.points, arrays.walls, band, start, bearing_of, keep, kernels.Pairs(*scratch),  # type: ignore[arg-type]
            found,
        )  # fmt: skip
        # Rows are contiguous within a chunk; between chunks there is unused room.
        length = np.add.reduceat(found, borders[:-1]) * keep
        used = [slice(at, at + n) for at, n in zip(start[borders[:-1]], length, strict=True)]
        yield Block(found, *([array[part] for part in used] for array in scratch))  # type: ignore[arg-type]


def _room_in_reach(sites: Float32Array, points: PointGrid, reach: np.float32) -> NDArray[np.int64]:
    """Return an upper bound of the pairs of each site: the points in the cells in its reach."""
    low, n_cells = np.array([points.x0, points.y0]), np.array([points.n_columns, points.n_rows])
    first = np.maximum(np.floor((sites - reach - low) / points.cell_m), 0).astype(np.int64)
    last = np.minimum(np.floor((sites + reach - low) / points.cell_m), n_cells - 1).astype(np.int64)
    (i0, j0), (i1, j1) = first.T, last.T
    room = np.zeros(len(sites), np.int64)
    for ahead in range(int((j1 - j0).max(initial=-1)) + 1):
        row = np.minimum(j0 + ahead, points.n_rows - 1) * points.n_columns
        among = (j0 + ahead <= j1) & (i0 <= i1)
        begin, end = (row + np.where(among, i, 0) for i in (i0, i1 + 1))
        room += points.cell_start[end] - points.cell_start[begin]
    return room


@cache
def _bearing_steps(n_fine: int) -> NDArray[np.uint8]:
    """Return the bearing step at the middle of each step of the diamond angle."""
    middle = (np.arange(n_fine) + 0.5) / n_fine * 4
    upper = middle < _HALF_TURN
    dx = np.where(upper, 1 - middle, middle - 3)
    dy = np.where(upper, 1 - np.abs(dx), np.abs(dx) - 1)
    turn = np.arctan2(dx, dy) / (2 * np.pi)
    return (np.floor(turn * BEARING_STEPS + 0.5).astype(np.int64) % BEARING_STEPS).astype(np.uint8)


def morton_order(xy_m: FloatArray) -> NDArray[np.int64]:
    """Return the order of points along a Z-order curve (Morton 1966), which keeps neighbours near.

    Ties keep the order given.
    """
    if not len(xy_m):
        return np.empty(0, dtype=np.int64)
    cell = ((xy_m - xy_m.min(axis=0)) / _MORTON_CELL_M).astype(np.uint64)
    for shift, mask in _MORTON_STEPS:
        cell = (cell | (cell << np.uint64(shift))) & np.uint64(mask)
    return np.argsort(cell[:, 0] | (cell[:, 1] << np.uint64(1)), kind="stable")


def local_origin(site_xy_m: FloatArray, point_xy_m: FloatArray) -> FloatArray:
    """Return the centroid of sites and points, subtracted before they become float32."""
    everything = np.vstack([site_xy_m, point_xy_m])
    return everything.mean(axis=0) if len(everything) else np.zeros(2)
