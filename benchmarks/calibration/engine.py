"""Check the whole path, from a report to shares of street, on cities where the truth is known.

For each invented city the unknowns are drawn from the assumptions, cameras are placed once, and a
report is written as a source would write it. The tool gets the report and the streets. Its answer
is compared with the truth: how often the 90 % interval of the realised share holds it, its rank
among the draws (simulation-based calibration: uniform for a correct tool), and whether a share p of
the streets of probability p is covered. Other truths, which violate the assumptions, are tried as
well; they have no pass mark.

The placement of the truth (`place`) is written here in plain numpy, after docs/method/method.md and
not after the engine, so it checks the engine's loops as well. All calls into the engine are in
`answer` and `scene_of`.

``python -m benchmarks.calibration.engine`` writes docs/generated/calibration.md and its plots;
with ``--cities N`` other than the usual number nothing is written, and the tables go to the screen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration import document as shown
from benchmarks.calibration.invented_streets import write_city
from benchmarks.calibration.invented_trips import FIGURES, figures, sides_of
from benchmarks.calibration.invented_truth import (
    VARIANTS,
    InventedCity,
    Report,
    Setting,
    covered,
    draw_ignorance,
    place,
    write_report,
)
from benchmarks.calibration.trips import N_HOMES, TripOutcome, compare
from toolkit.assessment import trips as on_trips
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.on_streets import street_figures
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import SitePlan, plan_sites
from toolkit.assessment.sums import add_up
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.quantity import INTERVAL, upper_prob
from toolkit.base.terms import TIERS, USUAL_MODE, Mode
from toolkit.engine.scene import Scene, build_scene
from toolkit.optics.catalogue import load_catalogue
from toolkit.routes.habits import habits
from toolkit.routes.trips import Trips
from toolkit.siting import candidates, weights
from toolkit.streets.pack import Pack, open_pack

CITIES = 500
NETWORKS = 25
"""Number of street networks; sight does not depend on what is drawn, so cities share them."""
DRAWS = 199
"""200 possible ranks, 10 in each of 20 bins."""
AS_OF = dt.date(2026, 11, 23)
BIN_EDGES = (0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0)
"""Bins of the probability of a street."""
WORKERS = 2
_EXACT = 9
"""Digits that are compared, so that the same cameras in another order tie."""


@dataclass(frozen=True)
class Answer:
    """Answer of the tool for one city.

    Attributes
    ----------
    share
        Realised share per draw, shape (D, T).
    street_prob
        Probability of each street, NaN where there is no answer, shape (S, T).
    trips
        Figures of trips per draw, shape (D, T, F), F over `FIGURES`.
    """

    share: FloatArray
    street_prob: FloatArray
    trips: FloatArray


@dataclass(frozen=True)
class Outcome:
    """Truths of one city against the answer. V runs over `VARIANTS`, T over `TIERS`.

    Attributes
    ----------
    city, style, bounded
        Number of the city, how the report words its figure, and whether the report says that it
        is about just these streets.
    truth
        Realised shares, shape (V, T).
    rank
        How many draws lie below the truth, ties broken by lot, shape (V, T).
    held
        Whether the 90 % interval holds the truth, shape (V, T).
    width, draws_held
        Width of that interval, and the share of the tool's own draws that it holds, shape (T,).
    contrast
        Between the streets of the city: probability times share covered, and probability squared,
        both less their means over the city and weighted by length, shape (V, T, 2).
    bins
        Length, length times probability, and length covered, per bin of street probability, shape
        (V, T, B, 3), in metres.
    trips
        Figures of trips, of the first truth.
    """

    city: int
    style: str
    bounded: bool
    truth: FloatArray
    rank: NDArray[np.int64]
    held: NDArray[np.bool_]
    width: FloatArray
    draws_held: FloatArray
    contrast: FloatArray
    bins: FloatArray
    trips: TripOutcome


# --- the engine, in one place ---------------------------------------------------------------


def pack_id(network: int) -> str:
    """Return the id of the pack of a network."""
    return f"invented-{network}"


def scene_of(network: int) -> tuple[Pack, Scene]:
    """Return the streets of a network, written to the data folder at the first call."""
    folder = store.home_dir() / "packs" / pack_id(network)
    if not folder.exists():
        write_city(network, folder)
    return _scene_of(network, str(folder))


@lru_cache(maxsize=2)
def _scene_of(network: int, folder: str) -> tuple[Pack, Scene]:
    del folder  # part of the key only
    values = load_assumptions()
    pack = open_pack(pack_id(network))
    built = build_scene(
        pack,
        candidates.load_siting(),
        stretch_m=values.value("sites.stretch_m"),
        reach_m=values.value("optics.max_range_m"),
        level_height_m=values.value("sites.level_height_m"),
        district_m=values.value("sites.district_m"),
        person_height_m=values.value("optics.person_height_m"),
    )
    return pack, built


@lru_cache(maxsize=2)
def trips_of(network: int) -> dict[Mode, Trips]:
    """Return a sample of trips on a network by the modes of the headline figures."""
    pack, built = scene_of(network)
    values = load_assumptions()
    found: dict[Mode, Trips] = {}
    for mode in sorted(set(USUAL_MODE.values())):
        ways = habits(values, mode)
        sample = on_trips.sample_of(pack, built, ways, seed=network, n_homes=N_HOMES)
        if sample is None:
            msg = f"Network {network} has no streets by {mode}."
            raise ValueError(msg)
        found[mode] = sample
    return found


def answer(network: int, report: Report, *, seed: int, n_draws: int) -> Answer:
    """Return the answer of the tool to a report and streets."""
    pack, built = scene_of(network)
    loaded = Question(pack_id(network), AS_OF, seed=seed, n_draws=n_draws).load()
    # Of a demonstration all cameras stand inside the boundary; elsewhere the report does not say
    # which area it counts.
    city = loaded.city.model_copy(update={"demonstration": report.bounded})
    loaded = replace(
        loaded, city=city, claims=(report.claim,), operators=weights.operators_of(None)
    )
    inputs = make_inputs(loaded)
    plan = plan_sites(inputs, pack, built)
    sums, summary = add_up(inputs, built, plan, plan.sample)
    streets = street_figures(pack, slice(None), summary.group_mean, built.street_known)
    return Answer(
        share=sums.realised_m / plan.known_m,
        street_prob=np.column_stack([streets[f"{tier}_mid"] for tier in TIERS]),
        trips=_trip_draws(inputs, built, plan, trips_of(network)),
    )


def _trip_draws(
    inputs: Inputs, built: Scene, plan: SitePlan, samples: dict[Mode, Trips]
) -> FloatArray:
    """Return the figures of trips per draw, shape (D, T, F)."""
    met, _ = on_trips.met_on_trips(inputs, built, plan.chance, samples)
    by_tier = [on_trips.TripDraws(met[USUAL_MODE[tier]], t) for t, tier in enumerate(TIERS)]
    drawn = [[getattr(of_tier, figure) for figure in FIGURES] for of_tier in by_tier]
    return np.moveaxis(np.array(drawn), -1, 0)


@cache
def _catalogue():  # type: ignore[no-untyped-def]  # noqa: ANN202 - read once a process
    return load_catalogue()


# --- one city -------------------------------------------------------------------------------


def assess_city(number: int, *, n_draws: int = DRAWS) -> Outcome:
    """Draw one city and its truths, and compare them with the answer of the tool."""
    network = number % NETWORKS
    pack, built = scene_of(network)
    rng = np.random.default_rng([number, 41])
    values = load_assumptions()
    # Seeds of the truths and of the tool do not overlap.
    setting = Setting(values, Design(1, 10_000_000 + number), AS_OF)
    report = write_report(number, setting, rng)
    found = answer(network, report, seed=number, n_draws=n_draws)
    city = InventedCity(built, pack.manifest.boundary.area_km2 or 0.0, report)
    known = built.point_known
    length = np.where(known, built.points.length, 0.0)
    n_streets = len(built.lines)
    street_m = np.bincount(built.points.line, weights=length, minlength=n_streets).astype(float)

    truth = np.empty((len(VARIANTS), len(TIERS)))
    contrast = np.zeros((len(VARIANTS), len(TIERS), 2))
    bins = np.zeros((len(VARIANTS), len(TIERS), len(BIN_EDGES) - 1, 3))
    for v, variant in enumerate(VARIANTS):
        # Common random numbers for all variants, so that only their differences show.
        ignorance = draw_ignorance(city, setting, variant, _catalogue())
        views = place(city, ignorance, np.random.default_rng([number, 43]))
        if v == 0:
            met = figures(
                city, views, trips_of(network), sides_of(setting), 1.0 / ignorance.coverage_ratio
            )
        marked = covered(city, views)
        truth[v] = marked @ length / length.sum()
        for t in range(len(TIERS)):
            hit = np.bincount(
                built.points.line, weights=length * marked[t], minlength=n_streets
            ).astype(float)
            bins[v, t] = _binned(found.street_prob[:, t], street_m, hit)
            contrast[v, t] = _contrast(found.street_prob[:, t], street_m, hit)
    share, true = np.round(found.share, _EXACT), np.round(truth, _EXACT)
    ends = [np.quantile(tier, (INTERVAL[0], upper_prob(tier))) for tier in share.T]
    low, high = np.transpose(ends)
    below = (share[None] < true[:, None]).sum(axis=1)
    ties = (share[None] == true[:, None]).sum(axis=1)
    return Outcome(
        city=number,
        style=report.style,
        bounded=report.bounded,
        truth=truth,
        rank=below + rng.integers(0, ties + 1),
        held=(low <= true) & (true <= high),
        width=high - low,
        draws_held=((low <= share) & (share <= high)).mean(axis=0),
        contrast=contrast,
        bins=bins,
        trips=compare(found.trips, met, np.random.default_rng([number, 47])),
    )


def _binned(prob: FloatArray, street_m: FloatArray, hit_m: FloatArray) -> FloatArray:
    """Return length, length times probability and covered length per bin, shape (B, 3)."""
    known = ~np.isnan(prob)
    which = np.clip(
        np.searchsorted(BIN_EDGES, prob[known], side="right") - 1, 0, len(BIN_EDGES) - 2
    )
    sums = (street_m[known], street_m[known] * prob[known], hit_m[known])
    return np.column_stack(
        [np.bincount(which, weights=s, minlength=len(BIN_EDGES) - 1) for s in sums]
    )


def _contrast(prob: FloatArray, street_m: FloatArray, hit_m: FloatArray) -> FloatArray:
    """Return the covariance of covered length and probability, and the variance of the latter."""
    known = ~np.isnan(prob) & (street_m > 0)
    weight = street_m[known] / street_m[known].sum()
    p, share = prob[known], hit_m[known] / street_m[known]
    p = p - weight @ p
    return np.array([weight @ (p * share), weight @ p**2])


# --- all of them ----------------------------------------------------------------------------


def _some(numbers: Sequence[int], n_draws: int) -> list[Outcome]:
    return [assess_city(number, n_draws=n_draws) for number in numbers]


def outcomes(n_cities: int, *, workers: int = WORKERS, n_draws: int = DRAWS) -> list[Outcome]:
    """Assess cities in parallel processes, by network; yields them as they finish."""
    batches = [list(range(k, n_cities, NETWORKS)) for k in range(min(NETWORKS, n_cities))]
    if workers == 1:
        found = [o for batch in batches for o in _some(batch, n_draws)]
        return sorted(found, key=lambda o: o.city)
    with tempfile.TemporaryDirectory() as home:
        # Read by the child processes: one thread each, and no data of the user.
        os.environ |= {"CAMERA_TOOLKIT_HOME": home, "NUMBA_NUM_THREADS": "1"}
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            jobs = [pool.submit(_some, batch, n_draws) for batch in batches]
            found = []
            for job in as_completed(jobs):
                found += job.result()
                print(f"\r{len(found)} of {n_cities} cities", end="", file=sys.stderr, flush=True)
            print(file=sys.stderr)
    return sorted(found, key=lambda o: o.city)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", type=int, default=CITIES)
    parser.add_argument("--workers", type=int, default=WORKERS)
    options = parser.parse_args(arguments)
    found = outcomes(options.cities, workers=options.workers)
    results = shown.summarise(found, DRAWS)
    if options.cities == CITIES:
        shown.write(results, networks=NETWORKS, draws=DRAWS)
    print("\n".join(shown.tables(results)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
