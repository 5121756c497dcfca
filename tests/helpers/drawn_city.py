"""A drawn city of square blocks: main streets every fifth, and cameras by a rule."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

from toolkit.siting.features import StreetLayers

CRS = "EPSG:32647"
CORNER_M = (200_000.0, 1_860_000.0)
"""Near Yangon, so that the UTM zone is the one that a reader of files will choose."""


def grid(n=11, block_m=150.0, corner=CORNER_M):
    """Return lines and classes of `n` streets each way, cut at every crossing."""
    lines, highway = [], []
    for i in range(n):
        name = "primary" if i % 5 == 0 else "residential"
        for j in range(n - 1):
            a, b, c = i * block_m, j * block_m, (j + 1) * block_m
            lines += [[(a, b), (a, c)], [(b, a), (c, a)]]
            highway += [name, name]
    moved = [shapely.LineString(np.array(xy) + corner) for xy in lines]
    return np.array(moved, dtype=object), highway


def layers(**more):
    """Return the drawn city as layers."""
    return StreetLayers(*grid(), **more)


def street_frame(**columns):
    """Return the drawn city as a table in UTM."""
    lines, highway = grid()
    return gpd.GeoDataFrame({"highway": highway} | columns, geometry=list(lines), crs=CRS)


def camera_frame(xy_m):
    """Return points as a table in UTM."""
    return gpd.GeoDataFrame(geometry=list(shapely.points(xy_m)), crs=CRS)


def main_crossings(n=11, block_m=150.0):
    """Return the crossings of two main streets, shape (N, 2)."""
    at = np.arange(0, n, 5) * block_m
    x, y = np.meshgrid(at, at)
    return np.column_stack([x.ravel(), y.ravel()]) + CORNER_M
