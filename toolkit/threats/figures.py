"""The figures of one scored route at one tier."""

from __future__ import annotations

from typing import Final

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.base.terms import Tier
from toolkit.threats import answer, model, scores
from toolkit.threats.city import PlacedCity

SECTION_M: Final = 100.0
"""Length of the sections in which it is said where along a route cameras are passed: a block."""
MOST_SECTIONS: Final = 50


def tier_of(
    city: PlacedCity,
    found: scores.Scores,
    k: int,
    tier: Tier,
    *,
    trips: int = 1,
    sections: bool = True,
) -> model.RouteTier:
    """Return the figures of one of the scored routes at one tier."""
    seen_m, longest_m = found.metres(tier, k)
    length_m = found.length_m[found.start[k] : found.start[k + 1]]
    total_m = float(length_m.sum())
    share = seen_m / total_m if total_m else np.zeros(len(seen_m))
    counts, n = found.counts(tier, k), found.n_draws
    one = scores.probability(found.at_least(1, tier, k), n)
    return model.RouteTier(
        cameras=scores.realised(counts, "cameras"),
        expected_cameras=scores.expected(counts, n, "cameras"),
        at_least_one=one,
        at_least_two_sites=scores.probability(found.at_least(2, tier, k), n),
        in_view_m=scores.realised(seen_m, "m"),
        in_view_share=scores.realised(np.minimum(share, 1.0), "share"),
        longest_not_known_to_be_watched_m=scores.realised(longest_m, "m"),
        sections=_sections(*found.along(tier, k), n) if sections else (),
        repeated=model.Repeated(
            trips=trips,
            at_least_one=one,
            times_passed=scores.realised(counts * trips, "cameras"),
        ),
        switched_on=answer.switched_on(city, tier),
    )


def _sections(in_view: BoolArray, length_m: FloatArray, n_draws: int) -> tuple[model.Section, ...]:
    """Return equal sections of a route, each with the chance that any of it is in view."""
    end_m = np.cumsum(length_m)
    if not len(end_m):
        return ()
    n = int(np.clip(round(float(end_m[-1]) / SECTION_M), 1, MOST_SECTIONS))
    size_m = float(end_m[-1]) / n
    of = np.minimum(((end_m - length_m / 2) / size_m).astype(int), n - 1)
    found = []
    for k in range(n):
        here = in_view[:, of == k]
        hits = np.asarray(here.any(axis=1))
        found.append(
            model.Section(
                from_m=round(k * size_m, 1),
                to_m=round((k + 1) * size_m, 1),
                in_view=scores.probability(hits, n_draws),
            )
        )
    return tuple(found)
