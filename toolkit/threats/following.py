"""How well a person, a face or a plate can be followed: recorded in two places on one trip.

One figure for the city, and one for each district that the user names. What planned cameras would
add is one figure for the city only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, USUAL_MODE, Mode, Tier
from toolkit.routes.route import Routes
from toolkit.threats import answer, model, scores
from toolkit.threats.city import PlacedCity, When, open_city
from toolkit.threats.districts import District, between_districts, sample

_TWO = 2


def followed(
    city: PlacedCity,
    *,
    when: When,
    districts: Sequence[District] = (),
    with_planned: bool = False,
    tiers: Sequence[Tier],
) -> dict[Tier, model.FollowingTier]:
    """Return the share of trips between districts that are recorded in two places, by tier.

    Parameters
    ----------
    city
        The city.
    when
        By day or at night.
    districts
        Districts named by the user.
    with_planned
        Whether planned cameras are shown as well, for the city only.
    tiers
        Tiers.

    Raises
    ------
    InputDataError
        If a district has no street.
    """
    planned = None
    if with_planned and city.inputs.question.status == "installed":
        planned = open_city(city.inputs.loaded.ask(status="planned"), when=when)
    most = scores.AGGREGATE_ROUNDS * city.n_draws
    found: dict[Tier, model.FollowingTier] = {}
    modes: dict[Mode, list[Tier]] = {}
    for tier in tiers:
        modes.setdefault(USUAL_MODE[tier], []).append(tier)
    for mode, of_mode in modes.items():
        trips = sample(city, mode).between
        if trips is None:
            continue
        named = between_districts(city, mode, districts)
        now = scores.score(city, trips, tiers=of_mode, along=False, most=most)
        later = (
            None
            if planned is None
            else scores.score(planned, trips, tiers=of_mode, along=False, most=most)
        )
        here = [
            None if one is None else scores.score(city, one, tiers=of_mode, along=False, most=most)
            for one in named
        ]
        for tier in of_mode:
            found[tier] = model.FollowingTier(
                city=_followed(now, trips, tier),
                districts=tuple(
                    _followed(one, routes, tier)
                    for one, routes in zip(here, named, strict=True)
                    if one is not None and routes is not None
                ),
                with_planned=None if later is None else _followed(later, trips, tier),
                change=None if later is None else _change(now, later, tier),
                switched_on=answer.switched_on(city, tier),
            )
    return {tier: found[tier] for tier in tiers if tier in found}


def _share(found: scores.Scores, tier: Tier) -> FloatArray:
    """Return the share of trips recorded at two sites, in each placement, shape (P,)."""
    return np.asarray((found.sites[:, TIERS.index(tier)] >= _TWO).mean(axis=1), dtype=float)


def _followed(found: scores.Scores, trips: Routes, tier: Tier) -> model.Followed:
    return model.Followed(
        trips=len(trips), at_two_places=scores.probability(_share(found, tier), found.n_draws)
    )


def _change(now: scores.Scores, later: scores.Scores, tier: Tier) -> Quantity:
    """Return how much larger the share is with planned cameras, in the same draws."""
    n = now.n_draws
    of_draw = (_share(later, tier) - _share(now, tier)).reshape(-1, n).mean(axis=0)
    return Quantity.from_draws(of_draw, "share")
