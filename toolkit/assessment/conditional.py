"""Conditional answers: what follows if the number of cameras, or their area, were known.

Where a count is wide, its interval says little. What follows from 200, 500 or 1,000 cameras is
narrower, and whoever learns more can read off the answer. No condition is more likely for being
listed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from toolkit.assessment.model import (
    CameraCount,
    IfCount,
    Shares,
    ShortTier,
    ShortTrip,
    TierPart,
    Total,
    Trip,
)
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import TIERS, USUAL_MODE, Tier
from toolkit.language import notes

_STEPS: Final = (1, 2, 5)
"""Leading digits of round numbers, as of coins."""
_MOST_COUNTS: Final = 3
_BEYOND: Final = 1.2
"""Ratio by which a round number may lie outside the interval: "over 200" has 201 as its low end."""


def round_counts(cameras: FloatArray) -> tuple[int, ...]:
    """Return round numbers over the interval of a count: its ends, and one in the middle.

    Parameters
    ----------
    cameras
        Draws of the count, shape (D,).

    Returns
    -------
    counts
        At most three, ascending; none where the count is known exactly, or nothing is there.

    Examples
    --------
    >>> round_counts(np.geomspace(190.0, 1400.0, 100))
    (200, 500, 1000)
    """
    low, _, high = (float(v) for v in np.quantile(cameras, INTERVAL))
    if not 0 < low < high:
        return ()
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    series = [step * 10**power for power in powers for step in _STEPS]
    inside = [n for n in series if n >= 1 and low / _BEYOND <= n <= high * _BEYOND]
    if len(inside) < _MOST_COUNTS:
        return tuple(int(n) for n in inside)
    middle = math.sqrt(inside[0] * inside[-1])
    between = min(inside[1:-1], key=lambda n: abs(math.log(n / middle)))
    return int(inside[0]), int(between), int(inside[-1])


def short_tiers(
    able: FloatArray,
    covered_km: FloatArray,
    share: FloatArray | None,
    why: str = "",
    *,
    trips: Mapping[Tier, ShortTrip] | None = None,
) -> dict[Tier, ShortTier]:
    """Return the main figures of all tiers under one condition.

    Parameters
    ----------
    able, covered_km, share
        Able cameras, covered street length and its share of the street length, shape (D, T); None
        where a share needs streets.
    why
        Then the reason.
    trips
        Trips of each tier; unknown by default, as in tiles.
    """
    return {
        tier: ShortTier(
            trip=ShortTrip.unknown(USUAL_MODE[tier], notes.text("no_trips_in_tiles"))
            if trips is None
            else trips[tier],
            cameras_able=Quantity.from_draws(able[:, t], "cameras"),
            length_km=Quantity.from_amounts(covered_km[:, t], "km"),
            share_of_length=Quantity.unknown("share", why)
            if share is None
            else Quantity.from_amounts(share[:, t], "share"),
        )
        for t, tier in enumerate(TIERS)
    }


def if_counts(tiers: Mapping[int, dict[Tier, ShortTier]]) -> tuple[IfCount, ...]:
    """Return the answers for each number of cameras, ascending."""
    return tuple(IfCount(count=n, tiers=tiers[n]) for n in sorted(tiers))


def count_not_known(part: CameraCount, why: str) -> CameraCount:
    """Return a count of which nothing can be said, with the reason."""
    return part.model_copy(
        update={
            "count": Quantity.unknown("cameras", why),
            "completeness": Quantity.unknown("share", why),
            "per_km": Quantity.unknown("cameras/km", why),
            "value_of_counting": None,
        }
    )


def tier_not_known(part: TierPart, why: str) -> TierPart:
    """Return a tier of which only what one camera can do is known, with the reason."""
    share, area, cameras = (Quantity.unknown(unit, why) for unit in ("share", "km2", "cameras"))
    return part.model_copy(
        update={
            "trip": Trip.unknown(part.trip.mode, why),
            "trips": {},
            "capture_points": Quantity.unknown("sites", why),
            "cameras_able": cameras,
            "length_km": Quantity.unknown("km", why),
            "share_of_length": Shares(expected=share, realised=share, everything_on=share),
            "area_km2": Total(expected=area, realised=area),
            "effective_cameras": Total(expected=cameras, realised=cameras),
            "cases": (),
        }
    )
