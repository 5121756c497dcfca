"""A grid of streets with a node at each crossing, as a layer of a pack."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import shapely

from toolkit.engine import sight
from toolkit.streets import street_points

BLOCK_M = 60.0
REACH_M = 60.0


def street_layer(rows):
    """Return a layer "streets" of (u, v, line) with any further columns, and its lines."""
    lines = np.array([row[2] for row in rows], dtype=object)
    more = [row[3] if len(row) > 3 else {} for row in rows]
    plain = {"drive": True, "walk": True, "motorcycle": True, "oneway": False}
    table = [
        {**plain, "u": u, "v": v, **extra} for (u, v, *_), extra in zip(rows, more, strict=True)
    ]
    frame = gpd.GeoDataFrame(table, geometry=lines)
    frame["length_m"] = shapely.length(lines)
    return frame, lines


def grid(n=6, **changes):
    """Return streets, lines, points, sites and lines of sight of n by n crossings.

    `changes` are columns by street, by (u, v). Houses stand in the blocks; a site stands at each
    crossing and in the middle of each street, 4 m off.
    """
    at = {(i, j): i * n + j for i in range(n) for j in range(n)}
    rows = []
    for (i, j), u in at.items():
        for other in ((i + 1, j), (i, j + 1)):
            if other in at:
                ends = np.array([(i, j), other]) * BLOCK_M
                rows.append(
                    (u, at[other], shapely.LineString(ends), changes.get((u, at[other]), {}))
                )
    frame, lines = street_layer(rows)
    points = street_points.cut(lines, 5.0)
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    corner = np.array(list(at)) * BLOCK_M
    site_xy = np.concatenate([corner + 4.0, middle + 4.0])
    blocks = np.array(
        [
            shapely.box(x + 10, y + 10, x + BLOCK_M - 10, y + BLOCK_M - 10)
            for x in np.arange(n - 1) * BLOCK_M
            for y in np.arange(n - 1) * BLOCK_M
        ],
        dtype=object,
    )
    pairs = sight.build_sight(site_xy, points.xy, blocks, reach_m=REACH_M)
    side = (n - 1) * BLOCK_M
    return SimpleNamespace(
        streets=frame, lines=lines, points=points, pairs=pairs, n_sites=len(site_xy),
        boundary=shapely.box(-1, -1, side + 1, side + 1),
    )  # fmt: skip
