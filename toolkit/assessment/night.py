"""Figures at night next to those by day, from the same draws and the same placements.

At night a camera serves a tier only as far as its own light reaches, see `toolkit.optics`. What
cameras there are and where they stand is as by day, so that the two differ by the light alone.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from toolkit.assessment.inputs import Inputs, at_night
from toolkit.assessment.model import NightPart, ShortTrip, Total
from toolkit.assessment.outcome import M_PER_KM, Outcome, ring
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Tier
from toolkit.language import notes


def with_night(inputs: Inputs, outcome: Outcome) -> Outcome:
    """Return an outcome with `TierPart.night`.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn, for the day.
    outcome
        The outcome by day.

    Raises as `assess`.
    """
    dark = at_night(inputs)
    expected_km, realised_km, trips = _on_streets(dark) if outcome.pack else _on_city_level(dark)
    n_cameras = inputs.n_cameras
    if outcome.inside_share is not None:
        n_cameras = np.maximum(n_cameras * outcome.inside_share, outcome.mapped_in_scope)
    able = n_cameras[:, None] * dark.cameras.able_share()
    tiers = {
        tier: part.model_copy(
            update={
                "night": NightPart(
                    ring_m=ring(dark.cameras, t),
                    trip=trips[tier],
                    cameras_able=Quantity.from_draws(able[:, t], "cameras"),
                    length_km=Quantity.from_amounts(realised_km[:, t], "km"),
                    share_of_length=Total(
                        expected=_share(expected_km[:, t], outcome.counted_km),
                        realised=_share(realised_km[:, t], outcome.counted_km),
                    ),
                )
            }
        )
        for t, (tier, part) in enumerate(zip(TIERS, outcome.tiers.values(), strict=True))
    }
    return replace(outcome, tiers=tiers)


def _share(length_km: FloatArray, counted_km: float | None) -> Quantity:
    if counted_km is None:
        return Quantity.unknown("share", notes.text("no_streets_share"))
    return Quantity.from_amounts(length_km / counted_km, "share")


def _on_streets(dark: Inputs) -> tuple[FloatArray, FloatArray, dict[Tier, ShortTrip]]:
    """Return covered kilometres, averaged over placement and placed once, and trips."""
    from toolkit.assessment.on_streets import points_of
    from toolkit.assessment.site_plan import plan_sites
    from toolkit.assessment.sums import add_up_main
    from toolkit.assessment.trips import short_trips

    pack, scene, points = points_of(dark.loaded)
    plan = plan_sites(dark, pack, scene)
    expected_m, realised_m = add_up_main(dark, points, plan)
    trips = short_trips(dark, pack, scene, plan.chance)
    return expected_m / M_PER_KM, realised_m / M_PER_KM, trips


def _on_city_level(dark: Inputs) -> tuple[FloatArray, FloatArray, dict[Tier, ShortTrip]]:
    """Return covered kilometres without installed streets, twice, and trips."""
    from toolkit.assessment.on_city_level import covered_km, short_trips

    found = covered_km(dark)
    return found, found, short_trips(dark)
