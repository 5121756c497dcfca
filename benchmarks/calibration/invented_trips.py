"""Truths of trips in invented cities: cameras placed once, met on a sample of trips.

Written from docs/method/method.md in plain numpy, apart from the compiled loops that it is compared
with: each camera has some street points in view, and a trip meets it if it passes one of them with
the side to the camera that the tier needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks.calibration.invented_truth import InventedCity, Setting, View
from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.terms import TIERS, USUAL_MODE, Mode, Tier
from toolkit.routes.route import Routes
from toolkit.routes.trips import Trips
from toolkit.streets.street_points import LinePieces

FIGURES: Final = (
    "cameras",
    "at_least_one",
    "at_least_two_sites",
    "week_five_destinations",
    "week_commuter",
)
"""Fields of `toolkit.assessment.trips.TripDraws`."""
PROBABILITIES: Final = FIGURES[1:]
_TWO_SITES: Final = 2


@dataclass(frozen=True)
class Sides:
    """Side of a traveller that each tier needs: 0 any, 1 front, 2 rear, 3 front or rear.

    `within_deg` is the widest angle from straight ahead, or behind, at which it can be read.
    """

    rule: Mapping[Tier, int]
    within_deg: float


def sides_of(setting: Setting) -> Sides:
    """Return the true sides of a city."""
    rule: dict[Tier, int] = {
        tier: round(setting.values.value(f"trips.{tier}_side")) for tier in ("face", "plate")
    }
    return Sides(rule, setting.draw("trips.facing_within_deg"))


def passed(routes: Routes, n_points: int) -> BoolArray:
    """Return whether each route passes each point along the street, and against it, (K, 2, P)."""
    found = np.zeros((len(routes), 2, n_points), dtype=bool)
    found[routes.route, np.where(routes.forward, 0, 1), routes.point] = True
    return found


def figures(
    city: InventedCity,
    views: Sequence[View],
    samples: Mapping[Mode, Trips],
    sides: Sides,
    stands_for: float,
) -> FloatArray:
    """Return the true figures of trips by the usual mode of each tier, shape (T, `FIGURES`).

    Parameters
    ----------
    city, views
        The city, and its cameras.
    samples
        Trips by mode.
    sides
        Side that each tier needs.
    stands_for
        Number of cameras of the city for which each one at a candidate site stands.
    """
    points, n_candidates = city.scene.points, len(city.scene.groups.size_m)
    masks = {
        mode: tuple(passed(routes, len(points.length)) for routes in (one.trips, one.weeks))
        for mode, one in samples.items()
    }
    found = np.zeros((len(TIERS), len(FIGURES)))
    for t, tier in enumerate(TIERS):
        trips, weeks = masks[USUAL_MODE[tier]]
        cameras, met = np.zeros(len(trips)), np.zeros(len(weeks), dtype=bool)
        at_site: dict[int, BoolArray] = {}
        for view in views:
            shown = _shown(view, t, points, sides.rule.get(tier, 0), sides.within_deg)
            by_trip, by_week = (_meets(view, shown, routes) for routes in (trips, weeks))
            cameras += by_trip * (stands_for if view.site < n_candidates else 1.0)
            met |= by_week
            at_site[view.site] = at_site.get(view.site, False) | by_trip
        sites = np.sum(list(at_site.values()), axis=0) if at_site else np.zeros(len(trips))
        # Trips there and back between the same places follow one another.
        commuting = (sites >= 1).reshape(-1, 2).any(axis=1)
        found[t] = (
            cameras.mean(), (sites >= 1).mean(), (sites >= _TWO_SITES).mean(),
            met.mean(), commuting.mean(),
        )  # fmt: skip
    return found


def _shown(view: View, t: int, points: LinePieces, rule: int, within_deg: float) -> BoolArray:
    """Return which points in the ring show the side asked for, along the street and against it.

    Shape (2, N).
    """
    heading = 90.0 - np.degrees(points.heading_rad[view.point])
    to_camera = view.bearing_deg + 180.0
    off = np.abs((heading - to_camera + 180.0) % 360.0 - 180.0)
    ahead = np.stack([off, 180.0 - off])
    front, rear = ahead <= within_deg, 180.0 - ahead <= within_deg
    side = (np.ones_like(front), front, rear, front | rear)[rule]
    return np.asarray(side & view.in_ring[t])


def _meets(view: View, shown: BoolArray, routes: BoolArray) -> BoolArray:
    """Return which routes pass a point that is shown, shape (K,)."""
    if not shown.any():
        return np.zeros(len(routes), dtype=bool)
    return np.asarray((routes[:, :, view.point] & shown).any(axis=(1, 2)))
