"""Scores of routes: what the placed cameras have in view, and figures with intervals made of it.

A route is a set of cameras. Nothing here multiplies chances along a route: each figure is counted
in each placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from toolkit.base.arrays import BoolArray, Float32Array, FloatArray, IntArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import TIERS, Tier
from toolkit.routes.meetings import meet_working, metres_along
from toolkit.routes.route import Routes, joined
from toolkit.threats.city import PlacedCity

AGGREGATE_ROUNDS: Final = 4
"""Rounds of placements for shares of many trips, which vary little between placements."""
_LEAST_SPREAD: Final = 1e-9
"""Variance below which draws do not differ."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What placed cameras have in view of K routes, in P placements of D draws.

    Attributes
    ----------
    cameras, sites
        Distinct working cameras, by their weight, and sites with any, shape (P, T, K).
    in_view
        Whether each distinct passing is in view, shape (P, T, N).
    passing
        Passing of each point of the routes, in the order of travel.
    start
        Row starts of the routes in `passing`, shape (K + 1,).
    length_m
        Length that each point stands for, in the order of `passing`; of a route they add up to its
        length.
    n_draws
        D.
    """

    cameras: Float32Array
    sites: Float32Array
    in_view: BoolArray
    passing: IntArray
    start: IntArray
    length_m: FloatArray
    n_draws: int

    def at_least(self, n_sites: int, tier: Tier, k: int) -> BoolArray:
        """Return whether at least so many sites have a route in view, shape (P,)."""
        return np.asarray(self.sites[:, TIERS.index(tier), k] >= n_sites)

    def counts(self, tier: Tier, k: int) -> FloatArray:
        """Return the number of distinct cameras that have a route in view, shape (P,)."""
        return np.asarray(self.cameras[:, TIERS.index(tier), k], dtype=float)

    def metres(self, tier: Tier, k: int) -> tuple[FloatArray, FloatArray]:
        """Return metres of a route in view, and its longest stretch that is not, each (P,)."""
        part = slice(self.start[k], self.start[k + 1])
        in_view = self.in_view[:, TIERS.index(tier)]
        return metres_along(in_view, self.passing[part], self.length_m[part])

    def along(self, tier: Tier, k: int) -> tuple[BoolArray, FloatArray]:
        """Return which points of a route are in view, shape (P, N), and the length of each."""
        part = slice(self.start[k], self.start[k + 1])
        return self.in_view[:, TIERS.index(tier), self.passing[part]], self.length_m[part]


def score(
    city: PlacedCity,
    routes: Routes,
    *,
    tiers: Sequence[Tier] = TIERS,
    along: bool = True,
    most: int | None = None,
) -> Scores:
    """Score routes in all placements of a city.

    Parameters
    ----------
    city
        The city.
    routes
        The routes; nothing of them is kept.
    tiers
        Tiers that are asked for; at others nothing is in view.
    along
        Whether each point is wanted; if not, only distinct cameras and sites.
    most
        Number of placements, the first of them; all by default.
    """
    passing, single = _singles(routes, along=along)
    parts = city.parts_at(np.unique(routes.point), most, tiers=tiers)
    met = meet_working(routes, single, city.scene.points, parts)
    return Scores(
        met.cameras,
        met.sites,
        met.weeks,
        passing,
        routes.start,
        _lengths(city, routes),
        city.n_draws,
    )


def _singles(routes: Routes, *, along: bool) -> tuple[IntArray, Routes]:
    """Return the passing of each point of some routes, and each passing as a route."""
    key = 2 * routes.point + routes.forward
    if not along:
        key = key[:0]
    once, passing = np.unique(key, return_inverse=True)
    single = Routes(
        np.arange(len(once) + 1), once // 2, (once % 2).astype(bool), np.zeros(len(once))
    )
    return passing.astype(np.int64), single


def _lengths(city: PlacedCity, routes: Routes) -> FloatArray:
    """Return the length of each point, scaled so that those of a route add up to its length."""
    length_m = city.scene.points.length[routes.point]
    total = np.bincount(routes.route, length_m, len(routes))
    scale = np.divide(routes.length_m, total, out=np.ones(len(routes)), where=total > 0)
    return np.asarray(length_m * scale[routes.route])


def one_of(parts: Sequence[Routes]) -> Routes:
    """Return several routes as one set of points."""
    every = joined(parts)
    return Routes(
        np.array([0, len(every.point)]),
        every.point,
        every.forward,
        np.array([every.length_m.sum()]),
    )


# --- figures ---------------------------------------------------------------------------------


def probability(hits: BoolArray | FloatArray, n_draws: int) -> Quantity:
    """Return a probability, with the interval over draws of the ignorance layer.

    Each draw has a few placements only, whose noise would widen the interval. So the variance
    between draws is estimated without it, and the ends are those of the beta distribution of that
    mean and variance (beta-binomial, method of moments; Kleinman 1973, JASA 68:46).

    Parameters
    ----------
    hits
        Outcome in each placement, 0 to 1, shape (P,).
    n_draws
        D; P is a multiple of it.
    """
    by_round = np.asarray(hits, dtype=float).reshape(-1, n_draws)
    of_draw = by_round.mean(axis=0)
    mean, between = _moments(by_round)
    if between <= _LEAST_SPREAD or not 0.0 < mean < 1.0:
        low = high = mean
    else:
        from scipy import special

        size = mean * (1.0 - mean) / between - 1.0
        a, b = mean * max(size, _LEAST_SPREAD), (1.0 - mean) * max(size, _LEAST_SPREAD)
        low, high = (float(special.betaincinv(a, b, p)) for p in (INTERVAL[0], INTERVAL[2]))
    error = float(of_draw.std() / np.sqrt(n_draws))
    if by_round.size > 1:
        # What held in all placements, or in none, need not hold in the next one.
        error = max(error, 1.0 / by_round.size)
    return _with_error(min(low, mean), mean, max(high, mean), "probability", error)


def held(holds: BoolArray) -> Quantity:
    """Return the share of possible placements in which something holds, one for each draw.

    Its range is that of the share in ever more placements (Wilson, 1927), not one over what is
    unknown: each placement is of another draw, so that both are averaged over. What held in all of
    them, or in none, need not hold in the next one: it is never certain.

    Examples
    --------
    >>> found = held(np.repeat([True, False], [90, 10]))
    >>> found.low, found.mid, found.high
    (0.839644, 0.9, 0.939281)
    """
    n, share = len(holds), float(np.mean(holds))
    z = float(special.ndtri(INTERVAL[-1]))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = min(float(middle - half), share), max(float(middle + half), share)
    found = Quantity.of(low, share, high, "probability")
    error = float(f"{0.5 / n:.2g}")
    return found.model_copy(update={"error": (error, error, error)})


def expected(amounts: FloatArray, n_draws: int, unit: str) -> Quantity:
    """Return the expectation of an amount over placements, with the interval over draws.

    As `probability`, with a gamma distribution.
    """
    by_round = np.asarray(amounts, dtype=float).reshape(-1, n_draws)
    mean, between = _moments(by_round)
    if between <= _LEAST_SPREAD * max(mean, 1.0) ** 2 or mean <= 0.0:
        low = high = mean
    else:
        from scipy import special

        shape, scale = mean**2 / between, between / mean
        low, high = (
            float(special.gammaincinv(shape, p) * scale) for p in (INTERVAL[0], INTERVAL[2])
        )
    error = float(by_round.mean(axis=0).std() / np.sqrt(n_draws))
    return _with_error(min(low, mean), mean, max(high, mean), unit, error)


def _moments(by_round: FloatArray) -> tuple[float, float]:
    """Return the mean, and the variance between draws without that within them."""
    n_rounds = len(by_round)
    of_draw = by_round.mean(axis=0)
    between = float(of_draw.var(ddof=1)) if by_round.shape[1] > 1 else 0.0
    if n_rounds > 1:
        between -= float(by_round.var(axis=0, ddof=1).mean()) / n_rounds
    return float(by_round.mean()), max(between, 0.0)


def _with_error(low: float, mid: float, high: float, unit: str, error: float) -> Quantity:
    whole = Quantity.of(low, mid, high, unit)
    if not error:
        return whole
    rounded = float(f"{error:.2g}")
    return whole.model_copy(update={"error": (rounded, rounded, rounded)})


def realised(amounts: FloatArray, unit: str) -> Quantity:
    """Return an amount with the interval over draws and placements."""
    return Quantity.from_amounts(np.asarray(amounts, dtype=float), unit)


# --- comparison ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Paired:
    """Two routes in the same placements: shares in which the first passes fewer, as many, more."""

    fewer: float
    same: float
    more: float

    @property
    def in_tenths(self) -> tuple[int, int, int]:
        """The shares out of ten placements, which add up to ten (largest remainder)."""
        shares = np.array([self.fewer, self.same, self.more]) * 10.0
        whole = np.floor(shares + _LEAST_SPREAD).astype(int)
        rest = np.argsort(-(shares - whole), kind="stable")
        whole[rest[: 10 - int(whole.sum())]] += 1
        fewer, same, more = (int(n) for n in whole)
        return fewer, same, more

    @property
    def better(self) -> bool:
        """Whether the first passes fewer materially more often than more: by 3 of 10."""
        return self.fewer - self.more >= MATERIAL


MATERIAL: Final = 0.3
"""Least difference of the shares of placements with fewer and with more cameras that is shown as
one. Smaller ones are within what a reader can tell from ten pictures (about one in ten)."""


def paired(first: FloatArray, other: FloatArray) -> Paired:
    """Compare the number of cameras of two routes placement by placement, each of shape (P,)."""
    # Weights of cameras are ratios, whose sums differ in the last digits.
    less, more = first < other - 1e-6, first > other + 1e-6
    return Paired(float(less.mean()), float((~less & ~more).mean()), float(more.mean()))
