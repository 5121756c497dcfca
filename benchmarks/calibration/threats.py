"""Calibration of routes in invented cities: how often intervals and comparisons hold.

In each city the number of cameras and everything else that is not known is drawn, and the cameras
are placed once: that is the truth. The answer knows only what the question says. Counted is how
often the 90 % interval of the cameras on a route holds the true number, and that of the difference
of two routes the true difference; and how often a route really passes fewer cameras than another
where the answer gives a certain share of placements.

    python -m benchmarks.calibration.threats [--cities 200]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment.question import Question
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.quantity import INTERVAL, upper_prob
from toolkit.base.terms import TIERS
from toolkit.routes import search
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.route import Routes, joined
from toolkit.routes.spots import spots
from toolkit.threats import scores
from toolkit.threats.city import PlacedCity, place_cameras

CITY: Final = "helsinki-centre"
DAY: Final = dt.date(2026, 1, 1)
N_DRAWS: Final = 50
ROUNDS: Final = 6
COUNTS: Final = (40.0, 600.0)
"""Least and greatest number of cameras that a report gives."""
_TRUTH_SEED: Final = 1_000_000
_LEAST_M: Final = 400.0


@dataclass(frozen=True)
class Case:
    """One city, by tier: whether intervals hold, and the shares said and found.

    Attributes
    ----------
    held, held_difference
        Whether the interval of the cameras, and of the difference, holds the truth.
    said, found
        Shares of placements with fewer, as many and more cameras, and which of them is true.
    """

    held: FloatArray
    held_difference: FloatArray
    said: FloatArray
    found: FloatArray


def holds(drawn: FloatArray, truth: float, *, amount: bool) -> bool:
    """Return whether the 90 % interval of draws holds a true value."""
    high = upper_prob(drawn) if amount else INTERVAL[2]
    ends = np.quantile(drawn, (INTERVAL[0], high), method="inverted_cdf")
    return bool(ends[0] - 1e-6 <= truth <= ends[1] + 1e-6)


def two_routes(city: PlacedCity, rng: np.random.Generator) -> Routes:
    """Return the shortest way between two random places, and another between the same ones."""
    graph = city.graph("foot")
    while True:
        pair = rng.integers(0, graph.n_nodes, 2)
        if np.hypot(*np.diff(graph.xy_m[pair], axis=0)[0]) < _LEAST_M:
            continue
        start, end = spots(city.streets("foot"), graph.xy_m[pair])
        cost = rng.random(len(graph.tail)) * graph.length_m
        try:
            ways = search.front(graph, cost, start, end, detour=1.3).ways
        except InputDataError:  # streets that are connected outside the boundary only
            continue
        if len(ways) > 1:
            return joined(
                [
                    route_of_match(Match((way.stretch,), 0.0), graph, city.scene.points)
                    for way in (ways[0], ways[-1])
                ]
            )


def case(seed: int) -> Case:
    """Return one invented city."""
    rng = np.random.default_rng(seed)
    low = float(np.exp(rng.uniform(*np.log(COUNTS))))
    asked = Question(CITY, DAY, count=(low, 2.0 * low), n_draws=N_DRAWS, seed=seed)
    city = place_cameras(asked.load(), n_placements=N_DRAWS * ROUNDS)
    true = Question(CITY, DAY, count=(low, 2.0 * low), n_draws=1, seed=_TRUTH_SEED + seed)
    truth = place_cameras(true.load(), n_placements=1)
    routes = two_routes(city, rng)
    drawn = scores.score(city, routes, along=False).cameras.astype(float)
    real = scores.score(truth, routes, along=False).cameras[0].astype(float)
    n = len(TIERS)
    held, difference = np.zeros(n), np.zeros(n)
    said, found = np.zeros((n, 3)), np.zeros((n, 3))
    for t in range(n):
        held[t] = holds(drawn[:, t, 1], real[t, 1], amount=True)
        difference[t] = holds(
            drawn[:, t, 1] - drawn[:, t, 0], real[t, 1] - real[t, 0], amount=False
        )
        pair = scores.paired(drawn[:, t, 1], drawn[:, t, 0])
        said[t] = pair.fewer, pair.same, pair.more
        is_so = scores.paired(real[t : t + 1, 1], real[t : t + 1, 0])
        found[t] = is_so.fewer, is_so.same, is_so.more
    return Case(held, difference, said, found)


def summary(cases: list[Case]) -> dict[str, dict[str, float]]:
    """Return, by tier, how often intervals hold, and the shares said and found."""
    table: dict[str, dict[str, float]] = {}
    for t, tier in enumerate(TIERS):
        said = np.mean([one.said[t] for one in cases], axis=0)
        found = np.mean([one.found[t] for one in cases], axis=0)
        table[tier] = {
            "cameras_held": float(np.mean([one.held[t] for one in cases])),
            "difference_held": float(np.mean([one.held_difference[t] for one in cases])),
            **{f"{n}_said": float(v) for n, v in zip(("fewer", "same", "more"), said, strict=True)},
            **{
                f"{n}_found": float(v)
                for n, v in zip(("fewer", "same", "more"), found, strict=True)
            },
        }
    return table


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=200)
    options = parser.parse_args()
    found = summary([case(seed) for seed in range(options.cities)])
    print(
        json.dumps({k: {n: round(x, 3) for n, x in v.items()} for k, v in found.items()}, indent=1)
    )


if __name__ == "__main__":
    main()
