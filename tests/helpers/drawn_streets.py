"""Streets drawn by hand, as the scripts that measure networks read them."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import shapely

UTM = "EPSG:32647"
CORNER = np.array([500_000.0, 1_800_000.0])


def frame(lines, highway) -> gpd.GeoDataFrame:
    moved = [shapely.LineString(np.asarray(line, float) + CORNER) for line in lines]
    highway = [highway] * len(lines) if isinstance(highway, str) else highway
    return gpd.GeoDataFrame({"highway": highway}, geometry=moved, crs=UTM).to_crs(4326)


def grid(size_m: float, step_m: float) -> gpd.GeoDataFrame:
    """A grid of streets, cut at every crossing, half a step away from round coordinates."""
    at = np.arange(step_m / 2, size_m, step_m)
    lines = [[(x, a), (x, b)] for x in at for a, b in itertools.pairwise(at)]
    lines += [[(a, y), (b, y)] for y in at for a, b in itertools.pairwise(at)]
    return frame(lines, "residential")
