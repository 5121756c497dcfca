"""How people travel by each mode, and which side of them a camera must have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Mode, Tier

if TYPE_CHECKING:
    from toolkit.assumptions.sets import AssumptionSet

SIDES: Final = ("any", "front", "rear", "front_or_rear")
"""Which side of who passes a camera must have, in the order of the compiled loops."""
SIDED_TIERS: Final[tuple[Tier, ...]] = ("face", "plate")
"""Tiers that need a side."""
_M_PER_KM: Final = 1000.0


@dataclass(frozen=True)
class Habits:
    """How people travel by one mode.

    Attributes
    ----------
    mode
        Mode of travel.
    median_m, log_sd
        Median of the length of a trip, and standard deviation of its logarithm.
    shortest_m, longest_m
        Shorter and longer trips are not drawn.
    route_log_sd
        Standard deviation of the logarithm of the factors on streets; 0 for shortest routes.
    longest_detour
        Longest route, over the shortest.
    directness
        Shortest route over the straight line, for the part of a trip outside the boundary.
    """

    mode: Mode
    median_m: float
    log_sd: float
    shortest_m: float
    longest_m: float
    route_log_sd: float
    longest_detour: float
    directness: float

    def length_m(self, prob: FloatArray | Sequence[float]) -> FloatArray:
        """Return the length of trips at each probability, shape as given.

        The part of the log-normal distribution between the shortest and the longest trip.
        """
        from scipy import special

        low, high = self._ends()
        between = special.ndtr(low) + np.asarray(prob) * (special.ndtr(high) - special.ndtr(low))
        return np.asarray(self.median_m * np.exp(self.log_sd * special.ndtri(between)))

    def mean_length_m(self) -> float:
        """Return the mean length of a trip.

        Examples
        --------
        >>> walks = Habits("foot", 800.0, 0.5, 1.0, 1e6, 0.0, 1.5, 1.3)
        >>> round(walks.mean_length_m() / (800.0 * math.exp(0.5**2 / 2)), 3)
        1.0
        """
        from scipy import special

        low, high = self._ends()
        moved = special.ndtr(high - self.log_sd) - special.ndtr(low - self.log_sd)
        share = moved / (special.ndtr(high) - special.ndtr(low))
        return float(self.median_m * math.exp(self.log_sd**2 / 2) * share)

    def _ends(self) -> tuple[float, float]:
        """Return the shortest and the longest trip in standard deviations from the median."""
        low, high = (
            math.log(end / self.median_m) / self.log_sd for end in (self.shortest_m, self.longest_m)
        )
        return low, high


def habits(values: AssumptionSet, mode: Mode) -> Habits:
    """Return how people travel by a mode."""

    def of(name: str) -> float:
        return values.value(f"trips.{name}")

    return Habits(
        mode=mode,
        median_m=of(f"{mode}_median_km") * _M_PER_KM,
        log_sd=of(f"{mode}_log_sd"),
        shortest_m=of(f"{mode}_shortest_km") * _M_PER_KM,
        longest_m=of(f"{mode}_longest_km") * _M_PER_KM,
        route_log_sd=of("route_log_sd"),
        longest_detour=of("longest_detour"),
        directness=of("directness"),
    )


def side_rules(values: AssumptionSet) -> dict[Tier, str]:
    """Return the side of a traveller that each tier needs; tiers not named need none."""
    return {tier: SIDES[round(values.value(f"trips.{tier}_side"))] for tier in SIDED_TIERS}
