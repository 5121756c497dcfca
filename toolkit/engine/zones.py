"""Zones: polygons of the places of one class of exposure, for one tier.

A zone is the strip of street along points of one class. Classes do not overlap: where two strips
meet, the ground belongs to the higher class, because a zone must not understate.
"""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base import collector
from toolkit.base.terms import EXPOSURE_CLASSES, LIKELY_LOW, POSSIBLE_HIGH
from toolkit.engine import workers
from toolkit.streets import street_points

STRIP_M: Final = 6.0
"""Half the width of a strip: about the distance from centre line to house front."""
_QUADRANT_SEGMENTS: Final = 2
_SQUARE_M: Final = 800.0
"""Side of the squares in which ground is added up."""
_TOUCHING_M: Final = 1e-6
"""Distance under which two ends are the same place."""
_CRS: Final = "EPSG:4326"


def point_classes(
    low: NDArray[np.float64], high: NDArray[np.float64], known: NDArray[np.bool_]
) -> NDArray[np.str_]:
    """Return the `ExposureClass` of each point, shape (P,).

    Examples
    --------
    >>> import numpy as np
    >>> low, high = np.array([0.7, 0.2, 0.0]), np.array([0.9, 0.8, 0.0])
    >>> point_classes(low, high, np.array([True, True, False])).tolist()
    ['likely', 'possible', 'unknown']
    """
    return np.select(
        [~known, low >= LIKELY_LOW, high >= POSSIBLE_HIGH],
        ["unknown", "likely", "possible"],
        "not_excluded",
    )


def street_area_m2(lines: NDArray[np.object_]) -> float:
    """Return the area within `STRIP_M` of the streets (metric lines), overlaps counted once."""
    ground = shapely.buffer(lines, STRIP_M, quad_segs=_QUADRANT_SEGMENTS)
    if not len(ground):
        return 0.0
    west, south, east, north = shapely.total_bounds(ground)
    # Square by square, side by side: a union of all takes its time for the seams.
    corner = np.stack(
        np.meshgrid(np.arange(west, east, _SQUARE_M), np.arange(south, north, _SQUARE_M)), axis=-1
    ).reshape(-1, 2)
    squares = shapely.box(*corner.T, *(corner + _SQUARE_M).T)
    of, strip = shapely.STRtree(ground).query(squares)
    order = np.lexsort((strip, of))
    used, begin = np.unique(of[order], return_index=True)
    strips = np.split(strip[order], begin[1:])
    area = np.zeros(len(used))

    def add_up(first: int, end: int) -> None:
        for k in range(first, end):
            within = shapely.intersection(shapely.union_all(ground[strips[k]]), squares[used[k]])
            area[k] = shapely.area(within)

    workers.over(add_up, range(len(used) + 1))
    return float(area.sum())


@collector.paused()
def zone_polygons(
    points: street_points.LinePieces, classes: NDArray[np.str_], crs: str
) -> gpd.GeoDataFrame:
    """Return one valid (multi)polygon per class that occurs.

    Parameters
    ----------
    points
        Street points, in metres.
    classes
        Class of each point, see `point_classes`.
    crs
        Metric CRS of the points.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns `exposure_class` and geometry, EPSG:4326; classes do not overlap except by the
        rounding of coordinates.
    """
    first, strips = _strips(points, classes)
    names, shapes = [], []
    taken: shapely.Geometry = shapely.Polygon()
    for name in EXPOSURE_CLASSES:
        members = strips[classes[first] == name]
        if not len(members):
            continue
        # A buffer of each strip and one union is ten times as fast as one buffer of all.
        ground = shapely.union_all(shapely.buffer(members, STRIP_M, quad_segs=_QUADRANT_SEGMENTS))
        shape = shapely.difference(ground, taken)
        if name != EXPOSURE_CLASSES[-1]:
            taken = shapely.union(taken, ground)
        if not shape.is_empty:
            names.append(name)
            shapes.append(shape)
    found = gpd.GeoDataFrame({"exposure_class": names}, geometry=shapes, crs=crs).to_crs(_CRS)
    # Reprojection rounds, and may make rings touch themselves.
    found["geometry"] = [_polygons(shape) for shape in found.geometry.array]
    return found


def _strips(
    points: street_points.LinePieces, classes: NDArray[np.str_]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return runs of pieces that touch one another on a street and are of one class.

    Returns
    -------
    first
        First piece of each run, shape (R,).
    strips
        Lines, shape (R,). Joining pieces halves the work and moves no boundary: they are straight
        on from one another.
    """
    heading = np.column_stack([np.cos(points.heading_rad), np.sin(points.heading_rad)])
    half = points.length[:, None] / 2 * heading
    start, end = points.xy - half, points.xy + half
    joined = (
        (points.line[1:] == points.line[:-1])
        & (classes[1:] == classes[:-1])
        & (np.abs(end[:-1] - start[1:]).max(axis=1) < _TOUCHING_M)
    )
    run = np.concatenate([[0], np.cumsum(~joined)])[: len(classes)]
    first, last = np.flatnonzero(np.diff(run, prepend=-1)), np.flatnonzero(np.diff(run, append=-1))
    # The starts of the pieces of a run, then the end of its last piece.
    xy = np.insert(start, last + 1, end[last], axis=0)
    of = np.repeat(np.arange(len(first)), last - first + 2)
    return first, np.asarray(shapely.linestrings(xy, indices=of), dtype=object)


def snapped_zones(zones: gpd.GeoDataFrame, step_deg: float) -> gpd.GeoDataFrame:
    """Return zones with their coordinates on a grid, valid there, and their area.

    Parameters
    ----------
    zones
        Polygons in EPSG:4326, as `zone_polygons` returns them.
    step_deg
        Spacing of the grid in degrees.

    Returns
    -------
    geopandas.GeoDataFrame
        Multipolygons, without zones that vanish on the grid; `area_m2` is their area on the
        WGS84 ellipsoid.
    """
    import pyproj

    shapes = shapely.set_precision(np.asarray(zones.geometry.array, dtype=object), step_deg)
    found = zones.assign(
        geometry=[
            shapely.orient_polygons(shapely.MultiPolygon(list(shapely.get_parts(shape))))
            for shape in shapes
        ]
    )
    geod = pyproj.Geod(ellps="WGS84")
    found["area_m2"] = [abs(geod.geometry_area_perimeter(shape)[0]) for shape in found.geometry]
    return found[~found.geometry.is_empty].reset_index(drop=True)


def _polygons(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Return the polygons of a shape, made valid; stray lines and points are dropped."""
    parts = shapely.get_parts(shapely.get_parts(shapely.make_valid(shape)))
    return shapely.MultiPolygon([p for p in parts if p.geom_type == "Polygon"])
