"""Which camera has which point of a route in view: one row for each, at one tier.

Counts of many routes are `meetings`, which is faster and lists nothing. This is for what needs the
cameras one by one: those that have two routes, and the times at which they do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine import workers
from toolkit.engine.placement import Working, rings_of
from toolkit.engine.sight import BEARING_STEPS, Sight
from toolkit.engine.views import known_width
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes.habits import SIDES
from toolkit.routes.meetings import Facing, headings, pairs_to
from toolkit.streets.street_points import LinePieces

_CHUNK_DRAWS = 4
"""Draws that a worker thread takes at once."""


@dataclass(frozen=True, eq=False)
class Passings:
    """Street points passed in a direction, each once, shape (N,)."""

    point: IntArray
    forward: BoolArray


@dataclass(frozen=True, eq=False)
class Sightings:
    """Pairs of working camera and passing that it has in view, in the order of the draws.

    Attributes
    ----------
    camera
        Row of `placement.Working`, shape (R,).
    passing
        Index of the passing, shape (R,).
    """

    camera: IntArray
    passing: IntArray


def sightings(
    passings: Passings,
    points: LinePieces,
    sight: Sight,
    placed: Working,
    cameras: CameraDraws,
    facing: Facing,
    tier: Tier,
    *,
    width_deg: FloatArray,
) -> Sightings:
    """Return which working cameras have which passings in view at one tier.

    Parameters
    ----------
    passings
        Points and directions.
    points, sight, placed, cameras, facing, width_deg
        See `meetings.meet`.
    tier
        The tier.
    """
    from toolkit.engine.kernels import placement as placing
    from toolkit.engine.kernels import trips as kernels

    used, row = np.unique(passings.point, return_inverse=True)
    item = np.full((len(used), 2), -1, dtype=np.int64)
    item[row, np.where(passings.forward, kernels.FORWARD, kernels.BACKWARD)] = np.arange(len(row))
    rule = [SIDES.index(facing.rule.get(name, "any")) for name in TIERS]
    n_draws = len(placed.first) - 1
    asked = (
        placing.Cameras(
            placed.first, placed.site, placed.kind, placed.axis_deg,
            known_width(width_deg)[placed.site],
        ),
        placed.luck < cameras.availability[placed.draw],
        rings_of(cameras),
        pairs_to(used, sight, len(points.length)),
        kernels.Passed(item, headings(points, used)),
        kernels.Sides(np.array(rule, np.int64), facing.within_deg / 360.0 * BEARING_STEPS),
        TIERS.index(tier),
    )  # fmt: skip
    start = np.zeros(n_draws + 1, np.int64)
    # The first pass counts, the second lists.
    for keep in (False, True):
        camera, passing = np.empty(start[-1], np.int64), np.empty(start[-1], np.int64)
        count = np.zeros(n_draws, np.int64)
        workers.over(
            kernels.list_in_view, workers.even_borders(n_draws, _CHUNK_DRAWS), *asked, keep,
            start, camera, passing, count,
        )  # fmt: skip
        start[1:] = np.cumsum(count)
    return Sightings(camera, passing)
