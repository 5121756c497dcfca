"""Which candidate site sees which street point: line of sight against buildings, once per city.

Walls are kept in a uniform grid and each line of sight walks the cells it crosses (Amanatides
and Woo 1987), from sites only to street points in reach. The result is plain arrays, one row per
site, sorted by distance. No heading, field of view or tier enters here: those are filters later.

A wall does not block a pair whose site or point lies inside that wall's building (a covered
passage, a camera under an arcade): the map says they are there, so its footprint is not solid.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit import _sight_kernels, store

VERSION = 1
"""Raised when the arrays of the same inputs change, so that older caches are not used."""

CM_PER_M = 100.0
BEARING_STEPS = 256
"""Distances are kept in whole centimetres, bearings in 256 steps of 1.41 degrees."""

_WALL_CELL_M = 20.0
_POINT_CELL_M = 50.0
_BLOCK_SITES = 2048

KERNEL_LOCK = threading.Lock()
"""Held around every parallel kernel: numba's workqueue layer aborts on concurrent calls."""

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
Int32Array = NDArray[np.int32]


@dataclass(frozen=True)
class Walls:
    """Wall segments of building footprints in a uniform grid.

    Attributes
    ----------
    segments
        x1, y1, x2, y2 in metres, shape (W, 4).
    building
        Building index of each segment, shape (W,).
    cell_start, cell_items
        Segments per grid cell, in compressed rows.
    origin, shape
        Corner of the grid and its number of columns and rows.
    """

    segments: Float32Array
    building: Int32Array
    cell_start: NDArray[np.int64]
    cell_items: Int32Array
    origin: tuple[float, float]
    shape: tuple[int, int]


@dataclass(frozen=True)
class Sight:
    """Pairs of site and street point that see each other, one row per site.

    Attributes
    ----------
    start
        Row starts, shape (G + 1,).
    point
        Street point of each pair, sorted by distance within a row, shape (N,).
    distance_cm
        Distance in centimetres, shape (N,), rounded to the nearest.
    bearing
        Bearing from site to point, clockwise from north in `BEARING_STEPS` steps, shape (N,).
    reach_m
        Pairs farther apart than this are not kept.
    """

    start: NDArray[np.int64]
    point: Int32Array
    distance_cm: NDArray[np.uint16]
    bearing: NDArray[np.uint8]
    reach_m: float

    @property
    def n_sites(self) -> int:
        """Number of sites."""
        return len(self.start) - 1


def make_walls(buildings: NDArray[np.object_]) -> Walls:
    """Put the walls of building polygons (metric, local frame) into a grid."""
    rings, of_building = _rings(buildings)
    coordinates, of_ring = shapely.get_coordinates(rings, return_index=True)
    same = of_ring[1:] == of_ring[:-1]
    segments = np.hstack([coordinates[:-1], coordinates[1:]])[same].astype(np.float32)
    building = of_building[of_ring[:-1][same]].astype(np.int32)
    if not len(segments):
        segments = np.full((1, 4), np.float32(1e9))
        building = np.full(1, -2, dtype=np.int32)
    low = segments.reshape(-1, 2).min(axis=0) - 1.0
    high = segments.reshape(-1, 2).max(axis=0) + 1.0
    nx, ny = (int(v) for v in np.ceil((high - low) / _WALL_CELL_M))
    start, items = _sight_kernels.bin_segments(
        segments, np.float32(low[0]), np.float32(low[1]), nx, ny, np.float32(_WALL_CELL_M)
    )
    return Walls(segments, building, start, items, (float(low[0]), float(low[1])), (nx, ny))


def _rings(buildings: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return all rings of (multi)polygons and the building of each."""
    parts, of_part = shapely.get_parts(buildings, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    return rings, of_part[of_ring]


def containing_building(xy_m: FloatArray, buildings: NDArray[np.object_]) -> Int32Array:
    """Return the index of the building each point lies inside, or -1, shape (P,)."""
    inside = np.full(len(xy_m), -1, dtype=np.int32)
    if len(buildings) and len(xy_m):
        points = shapely.points(xy_m)
        point, building = shapely.STRtree(buildings).query(points, predicate="within")
        # The lowest index where footprints overlap, so that the answer has no order.
        order = np.lexsort((-building, point))
        inside[point[order]] = building[order]
    return inside


def place_sites(
    xy_m: FloatArray, fallback_xy_m: FloatArray, buildings: NDArray[np.object_]
) -> FloatArray:
    """Return sites moved back to the centre line where the kerb would lie inside a building."""
    inside = containing_building(xy_m, buildings) >= 0
    return np.where(inside[:, None], fallback_xy_m, xy_m)


def build_sight(
    site_xy_m: FloatArray,
    point_xy_m: FloatArray,
    buildings: NDArray[np.object_],
    *,
    reach_m: float,
) -> Sight:
    """Test every pair of site and street point in reach.

    Parameters
    ----------
    site_xy_m, point_xy_m
        Metric coordinates, shapes (G, 2) and (P, 2). A local origin is subtracted before they
        become float32, which would lose half a metre on raw northings.
    buildings
        Footprints in the same frame.
    reach_m
        Longest distance kept, up to 655 m.
    """
    origin = _origin(site_xy_m, point_xy_m)
    local = shapely.transform(buildings, lambda xy: xy - origin) if len(buildings) else buildings
    walls = make_walls(local)
    sites = (site_xy_m - origin).astype(np.float32)
    points = (point_xy_m - origin).astype(np.float32)
    site_in = containing_building(site_xy_m, buildings)
    point_in = containing_building(point_xy_m, buildings)
    grid = _point_grid(points)
    reach = np.float32(reach_m)
    counts = []
    parts: list[tuple[Int32Array, NDArray[np.uint16], NDArray[np.uint8]]] = []
    for first in range(0, len(sites), _BLOCK_SITES):
        block = slice(first, first + _BLOCK_SITES)
        with KERNEL_LOCK:
            capacity = _sight_kernels.count_in_reach(sites[block], points, *grid, reach)
            starts = np.concatenate([[0], np.cumsum(capacity)]).astype(np.int64)
            found, point, distance, bearing = _sight_kernels.see_block(
                sites[block], site_in[block], points, point_in, *grid, reach,
                starts, walls.segments, walls.building, walls.cell_start, walls.cell_items,
                np.float32(walls.origin[0]), np.float32(walls.origin[1]),
                walls.shape[0], walls.shape[1], np.float32(_WALL_CELL_M),
            )  # fmt: skip
        kept = np.arange(starts[-1]) - np.repeat(starts[:-1], capacity) < np.repeat(found, capacity)
        parts.append((point[kept], distance[kept], bearing[kept]))
        counts.append(found)
    start = np.concatenate([[0], *counts]).astype(np.int64).cumsum()
    if not parts:
        parts = [(np.empty(0, np.int32), np.empty(0, np.uint16), np.empty(0, np.uint8))]
    return Sight(
        start=start,
        point=np.concatenate([p[0] for p in parts]),
        distance_cm=np.concatenate([p[1] for p in parts]),
        bearing=np.concatenate([p[2] for p in parts]),
        reach_m=reach_m,
    )


def _origin(site_xy_m: FloatArray, point_xy_m: FloatArray) -> FloatArray:
    everything = np.vstack([site_xy_m, point_xy_m])
    return everything.mean(axis=0) if len(everything) else np.zeros(2)


def _point_grid(
    points: Float32Array,
) -> tuple[NDArray[np.int64], Int32Array, np.float32, np.float32, int, int, np.float32]:
    """Sort points into square cells: row starts, items, origin, columns, rows, cell size."""
    low = points.min(axis=0) if len(points) else np.zeros(2, np.float32)
    high = points.max(axis=0) if len(points) else np.zeros(2, np.float32)
    nx, ny = (int(v) for v in np.floor((high - low) / _POINT_CELL_M) + 1)
    column = np.minimum(((points[:, 0] - low[0]) / _POINT_CELL_M).astype(np.int64), nx - 1)
    row = np.minimum(((points[:, 1] - low[1]) / _POINT_CELL_M).astype(np.int64), ny - 1)
    cell = row * nx + column
    items = np.argsort(cell, kind="stable").astype(np.int32)
    start = np.searchsorted(cell[items], np.arange(nx * ny + 1)).astype(np.int64)
    return start, items, low[0], low[1], nx, ny, np.float32(_POINT_CELL_M)


_ARRAYS = ("start", "point", "distance_cm", "bearing")


def cached_sight(
    key_parts: dict[str, str | float | int],
    site_xy_m: FloatArray,
    point_xy_m: FloatArray,
    buildings: NDArray[np.object_],
    *,
    reach_m: float,
    cache_dir: Path | None = None,
) -> Sight:
    """Return the arrays of `build_sight`, kept on disk and opened memory-mapped.

    Parameters
    ----------
    key_parts
        Everything the inputs follow from, such as the hash of the pack; the key of the cache.
    site_xy_m, point_xy_m, buildings, reach_m
        See `build_sight`.
    cache_dir
        Folder of caches; the user's by default.

    Notes
    -----
    A cache that cannot be read is built again; one that cannot be written is done without.
    """
    key = store.sha256_bytes(
        store.canonical_json({**key_parts, "reach_m": reach_m, "version": VERSION})
    )[:32]
    folder = (cache_dir or store.cache_dir()) / "sight" / key
    ready = _open_cached(folder, reach_m, len(site_xy_m))
    if ready is not None:
        return ready
    built = build_sight(site_xy_m, point_xy_m, buildings, reach_m=reach_m)
    try:
        _save(folder, built)
    except OSError:
        return built
    return _open_cached(folder, reach_m, len(site_xy_m)) or built


def _open_cached(folder: Path, reach_m: float, n_sites: int) -> Sight | None:
    """Return the arrays in a folder, or None where they are missing or do not fit."""
    try:
        arrays = [
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        ]
    except (OSError, ValueError):
        return None
    start, point, distance_cm, bearing = arrays
    if len(start) != n_sites + 1 or any(len(row) != start[-1] for row in arrays[1:]):
        return None
    return Sight(start, point, distance_cm, bearing, reach_m)


def _save(folder: Path, built: Sight) -> None:
    """Write the arrays into a temporary folder and rename it, so none is ever half there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".building.", dir=folder.parent))
    try:
        for name in _ARRAYS:
            np.save(temporary / f"{name}.npy", getattr(built, name), allow_pickle=False)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
