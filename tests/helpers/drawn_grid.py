"""A grid of streets with blocks of houses, and cameras with known rings."""

from __future__ import annotations

import numpy as np
import shapely
from proportional import proportional_prob

from toolkit.base.terms import TIERS
from toolkit.engine import pairs_by_point, sight
from toolkit.optics.camera_draws import CameraDraws
from toolkit.siting import candidates
from toolkit.streets import street_points

N_TIERS = len(TIERS)
REACH_M = 60.0


def cameras(n_draws=1, *, hfov=90.0, ring=(0.0, 50.0), working=1.0, share=(1.0,), height=5.0):
    """Return camera draws with the same rings in every draw and tier."""
    n_types = len(share)
    shape = (n_draws, N_TIERS, n_types)
    return CameraDraws(
        share=np.tile(share, (n_draws, 1)),
        hfov_deg=np.full((n_draws, n_types), hfov),
        height_m=np.full((n_draws, n_types), height),
        inner_m=np.full(shape, ring[0]),
        outer_m=np.full(shape, ring[1]),
        availability=np.full(n_draws, working),
        type_ids=tuple(str(k) for k in range(n_types)),
    )


def town(n_draws, *, turn_deg=0.0, shift=(0.0, 0.0), scale=1.0, buildings=True):
    """Return lines of sight of a grid of streets with blocks of houses."""
    lines = [shapely.LineString([(x, 0), (x, 300)]) for x in range(0, 301, 60)]
    lines += [shapely.LineString([(0, y), (300, y)]) for y in range(0, 301, 60)]
    blocks = [
        shapely.box(x + 12, y + 12, x + 48, y + 48) for x in range(0, 300, 60)
        for y in range(0, 300, 60)
    ]  # fmt: skip
    angle = np.deg2rad(turn_deg)
    matrix = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def move(shapes):
        return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy @ matrix + shift)

    streets = move(lines)
    points = street_points.cut(streets, 5.0 * scale)
    found = candidates.candidates(
        streets, np.full(len(lines), 2), np.full(len(lines), 4 / 3.25 * 2 * scale),
        junction_xy_m=np.empty((0, 2)),
        stretch_m=20.0 * scale, model=candidates.load_siting(),
    )  # fmt: skip
    pairs = sight.build_sight(
        found.xy_m, points.xy, move(blocks) if buildings else np.empty(0, dtype=object),
        reach_m=REACH_M * scale,
    )  # fmt: skip
    n_sites = len(found.size_m)
    rows = pairs_by_point.point_rows(
        pairs, len(points.xy), np.zeros(n_sites, dtype=np.int64), np.full(n_sites, np.nan)
    )
    prob = np.tile(proportional_prob(found.size_m, 12)[:, None], (1, n_draws))
    return pairs, rows, points, prob
