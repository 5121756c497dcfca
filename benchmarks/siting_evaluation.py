"""Cross-validate the siting model on cities with known cameras.

Within a city (five folds of blocks), transfer to a city left out, coverage by city and by tile,
log score, reliability. Writes ``figures.json``, ``tables.md`` and maps. Under ten minutes on two
cores; the same bytes each time.

    python -m benchmarks.siting_evaluation DIR --out docs/generated/siting

DIR holds NAME_streets.* and NAME_cameras.* pairs; the centre of Helsinki is added from the
project. Lists that ``lists.toml`` says are not fitted test the model fitted to the others.
Blocks are 1 km, and 500 m in a city of fewer than ten blocks of 1 km: the centre of Helsinki has
four, with 93 % of its cameras in one.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks import siting_maps, siting_ratio, siting_rings, siting_tables, siting_within
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.cli.siting import pairs_in, places_of
from toolkit.siting import coverage as coverage_ratio
from toolkit.siting.profiles import Prior, Profiles, from_json, load_lists, load_prior
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.fit import KnownCity, fit_profiles, fit_shared, prepare_city
from toolkit.siting.validation.known_city import CityPair, make_pair, pack_files, read_files
from toolkit.siting.validation.score import (
    Classed,
    capture,
    classed,
    covered_share,
    draw_weights,
    figures,
    site_numbers,
)
from toolkit.siting.weights import Operators, WeightDraws, mixture_of
from toolkit.streets.pack import open_pack

FOLDS: Final = 5
SMALL_BLOCK_M: Final = 500.0
LEAST_BLOCKS: Final = 10
BOOTSTRAPS: Final = 1000
TILE_M: Final = 1500.0
LEAST_IN_TILE: Final = 15
N_DRAWS: Final = 200
N_TRUTHS: Final = 20
"""Number of draws of the lenses, heights and directions that no list states."""
SEED: Final = 0
DEMONSTRATION: Final = "helsinki_centre"
# Weights of the yardstick's "both" score: class lift plus 1.2 exp(-distance / 20 m), and its
# smoothing of shares by 1 %.
JUNCTION_LIFT, JUNCTION_FADE_M, JUNCTION_CAP_M, SMOOTHING = 1.2, 20.0, 200.0, 0.01


@dataclass(frozen=True)
class MeasuredCity:
    """City with the inputs of the model and of the yardstick."""

    name: str
    pair: CityPair
    known: KnownCity
    block: IntArray
    junction_m: FloatArray
    road: NDArray[np.str_]
    """Value of ``highway`` of each point, links as the roads that they join."""
    around: FloatArray
    """See `siting_within.surroundings`."""


def city_of(
    name: str, layers: StreetLayers, camera_xy_m: FloatArray, direction_deg: FloatArray
) -> MeasuredCity:
    """Prepare a city."""
    pair = make_pair(layers, camera_xy_m, direction_deg)
    xy = pair.points.xy_m
    block = regression.block_index(xy)
    if block.max() + 1 < LEAST_BLOCKS:
        block = regression.block_index(xy, SMALL_BLOCK_M)
    plain = np.array([value.removesuffix("_link") for value in layers.highway])
    road = plain[pair.points.line]
    return MeasuredCity(
        name,
        pair,
        prepare_city(name, pair),
        block,
        _junction_m(layers.lines, xy),
        road,
        siting_within.surroundings(layers, pair.points.line, xy, pair.points.length_m),
    )


def _junction_m(lines: NDArray[np.object_], xy_m: FloatArray) -> FloatArray:
    """Return the distance to the nearest junction of three ends, as the yardstick measures it."""
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)])
    place, count = np.unique(np.round(ends, 1), axis=0, return_counts=True)
    return np.asarray(cKDTree(place[count >= 3]).query(xy_m)[0], dtype=float)  # noqa: PLR2004


def baselines(city: MeasuredCity, delivered: Sequence[MeasuredCity]) -> dict[str, FloatArray]:
    """Return the scores of the yardstick; class lifts come from the other delivered cities."""
    lifts: dict[str, list[float]] = {}
    for one in delivered:
        if one.name == city.name:
            continue
        length, at = one.pair.points.length_m, one.road[one.pair.nearest]
        for name in np.unique(one.road):
            share = length[one.road == name].sum() / length.sum()
            ratio = ((at == name).mean() + SMOOTHING) / (share + SMOOTHING)
            lifts.setdefault(str(name), []).append(float(np.log(ratio)))
    known = {name: float(np.mean(values)) for name, values in lifts.items()}
    names, of = np.unique(city.road, return_inverse=True)
    by_class = np.array([known.get(str(name), 0.0) for name in names])[of.reshape(-1)]
    return {
        "class": by_class,
        "junction": -np.minimum(city.junction_m, JUNCTION_CAP_M),
        "both": by_class + JUNCTION_LIFT * np.exp(-city.junction_m / JUNCTION_FADE_M),
    }


def within(
    city: MeasuredCity, others: Sequence[MeasuredCity], prior: Prior
) -> tuple[FloatArray, FloatArray]:
    """Return the log lift of each point from fits on the other folds of blocks.

    From the columns of a profile alone, and with the surroundings on top.
    """
    start = fit_shared([one.known.fit for one in others], prior).beta
    return siting_within.folded_lift(city.known.fit, siting_fold(city), start, prior, city.around)


def siting_fold(city: MeasuredCity) -> IntArray:
    """Return the fold of each point: blocks are assigned in random order."""
    order = np.random.default_rng(SEED).permutation(city.block.max() + 1)
    return np.asarray(order[city.block] % FOLDS, dtype=np.int64)


def ranks(score: FloatArray, city: MeasuredCity) -> FloatArray:
    """Return the share of street that scores below each camera, ties half; its mean is the AUC."""
    weight, at = city.pair.points.length_m, score[city.pair.nearest]
    order = np.argsort(score, kind="stable")
    below = np.r_[0.0, np.cumsum(weight[order])] / weight.sum()
    sides = [below[np.searchsorted(score[order], at, side)] for side in ("left", "right")]
    return np.asarray(np.mean(sides, axis=0), dtype=float)


def bootstrap(difference: FloatArray, block: IntArray) -> tuple[float, float, float]:
    """Return mean and 90 % interval of a difference per camera, by a bootstrap of blocks."""
    groups = np.unique(block, return_inverse=True)[1].reshape(-1)
    total, number = np.bincount(groups, weights=difference), np.bincount(groups)
    rng = np.random.default_rng(SEED)
    pick = rng.integers(len(total), size=(BOOTSTRAPS, len(total)))
    drawn = total[pick].sum(axis=1) / number[pick].sum(axis=1)
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(difference.mean()), float(high)


def ahead(lift: FloatArray, baseline: FloatArray, city: MeasuredCity) -> dict[str, float]:
    """Return the gain of a score in rank over a baseline, with a bootstrap interval of blocks."""
    found = bootstrap(ranks(lift, city) - baseline, city.block[city.pair.nearest])
    return dict(zip(("low", "mid", "high"), found, strict=True))


def winkler(low: float, high: float, truth: float, level: float = 0.9) -> float:
    """Return the interval score (Gneiting and Raftery 2007): width plus penalty for a miss."""
    fine = 2 / (1 - level)
    return high - low + fine * max(low - truth, 0.0) + fine * max(truth - high, 0.0)


def coverage(
    city: MeasuredCity,
    profiles: Profiles,
    values: AssumptionSet,
    drawn: WeightDraws,
    of: IntArray,
    optics: siting_rings.CentralOptics,
) -> list[dict[str, Any]]:
    """Return intervals of coverage for the city and each tile, siting against uniform."""
    points, pair = city.pair.points, city.pair
    tile = regression.block_index(points.xy_m, TILE_M)
    places = [("city", np.ones(len(tile), dtype=np.bool_))]
    found = np.bincount(tile[pair.nearest], minlength=tile.max() + 1)
    places += [(f"tile {t}", tile == t) for t in np.flatnonzero(found >= LEAST_IN_TILE)]
    flat = WeightDraws(np.ones_like(drawn.weight), drawn.uniform_share, drawn.cluster_size)
    design = Design(N_DRAWS, SEED)
    ratio = coverage_ratio.draw_ratio(values, design)
    seen = simulate.covered(points.xy_m, pair.camera_xy_m)
    out = []
    for label, inside in places:
        ground = ground_of(city, of, inside)
        here = pair.camera_xy_m[inside[pair.nearest]]
        total = ground.length_m.sum()
        truth = float(ground.length_m[seen[inside]].sum() / total)
        sites = len(regression.distinct_sites(here))
        numbers = site_numbers(len(here), sites, profiles, design)
        row: dict[str, Any] = {"place": label, "cameras": len(here), "sites": sites, "truth": truth}
        seen_by = siting_rings.true_share(pair, inside, optics, Design(N_TRUTHS, SEED))
        row["rings"] = {
            tier: {"truth": [float(v) for v in seen_by[:, t]]}
            for t, tier in enumerate(siting_rings.RING_TIERS)
        }
        for key, number in numbers.items():
            for model, weights in (("siting", drawn), ("uniform", flat)):
                share = covered_share(ground, weights, number, profiles, values, design)
                low, mid, high = (float(v) for v in np.quantile(share, [0.05, 0.5, 0.95]))
                row[f"{key.removeprefix('from_')} {model}"] = {
                    "low": low,
                    "mid": mid,
                    "high": high,
                    "holds": low <= truth <= high,
                    "winkler": winkler(low, high, truth),
                }
        unknown = simulate.cameras_per_site(
            (
                profiles.prior.settings["cameras_per_site_low"],
                profiles.prior.settings["cameras_per_site_high"],
            ),
            design,
        )
        known = np.full(N_DRAWS, len(here) / sites)
        for (given, number, each), (model, weights) in itertools.product(
            (
                ("sites", numbers["from_sites"], known),
                ("sites alone", numbers["from_sites"], unknown),
                ("cameras", numbers["from_cameras"], unknown),
            ),
            (("siting", drawn), ("uniform", flat)),
        ):
            placed = np.maximum(np.round(number * ratio), 1.0)
            share = siting_rings.placed_share(
                ground, weights, placed, each, profiles.offset_m, optics, design
            )
            for t, one in enumerate(row["rings"].values()):
                one[f"{given} {model}"] = held(share[:, t], one["truth"])
        out.append(row)
    return out


def ground_of(
    city: MeasuredCity, of: IntArray, inside: NDArray[np.bool_] | None = None
) -> simulate.Ground:
    """Return the street points of a city, or some of them, as one tile; `of` are their classes."""
    points = city.pair.points
    kept = np.ones(len(of), dtype=np.bool_) if inside is None else inside
    return simulate.Ground(
        points.xy_m[kept],
        points.heading_rad[kept],
        points.length_m[kept],
        of[kept],
        np.zeros(int(kept.sum()), dtype=np.int64),
    )


def held(share: FloatArray, truths: Sequence[float]) -> dict[str, Any]:
    """Return the interval, and how often it holds what known cameras cover once equipped.

    ``holds`` is the measure. ``holds_mean`` says whether it holds the mean over equipments, which
    is easier.
    """
    low, mid, high = (float(v) for v in np.quantile(share, [0.05, 0.5, 0.95]))
    return {
        "low": low,
        "mid": mid,
        "high": high,
        "holds": float(np.mean([low <= truth <= high for truth in truths])),
        "holds_mean": low <= float(np.mean(truths)) <= high,
        "winkler": float(np.mean([winkler(low, high, truth) for truth in truths])),
    }


def reliability(lift: FloatArray, city: MeasuredCity, bins: int = 10) -> list[dict[str, float]]:
    """Return expected and true sites by tenth of street length, ordered by expectation."""
    length, sites = city.pair.points.length_m, city.known.fit.sites
    order = np.argsort(lift, kind="stable")
    share = np.cumsum(length[order]) / length.sum()
    tenth = np.minimum((share * bins).astype(int), bins - 1)
    expected = np.bincount(tenth, weights=(lift * length)[order], minlength=bins)
    expected *= sites.sum() / expected.sum()
    found = np.bincount(tenth, weights=sites[order], minlength=bins)
    return [{"expected": float(e), "found": float(f)} for e, f in zip(expected, found, strict=True)]


def cluster_sizes(
    city: MeasuredCity, lifts: Mapping[str, FloatArray]
) -> dict[str, dict[str, float | None]]:
    """Return the size of the gamma factor of blocks of 1 km, given each of several lifts.

    None where blocks vary no more than by chance.
    """
    fit, out = city.known.fit, {}
    found = np.bincount(fit.block, weights=fit.sites).astype(float)
    estimates = (regression.likely_cluster_size, regression.cluster_size)
    for name, lift in lifts.items():
        expected = np.bincount(fit.block, weights=lift * fit.length_m).astype(float)
        expected *= fit.sites.sum() / expected.sum()
        sizes = (size(expected, found) for size in estimates)
        finite = [size if np.isfinite(size) else None for size in sizes]
        out[name] = dict(zip(("likelihood", "moments"), finite, strict=True))
    return out


@dataclass(frozen=True)
class LeftOut:
    """A model fitted to other cities, drawn for one city."""

    profiles: Profiles
    groups: Classed
    drawn: WeightDraws


def left_out(
    city: MeasuredCity, others: Sequence[MeasuredCity], prior: Prior, values: AssumptionSet
) -> LeftOut:
    """Fit the model to other cities and draw the weights of one city."""
    profiles = from_json(fit_profiles([one.known for one in others], prior), prior)
    groups = classed(city.pair.points.code, city.pair.points.length_m)
    operators = Operators(profiles, mixture_of(profiles, None))
    return LeftOut(profiles, groups, draw_weights(operators, groups, values, Design(N_DRAWS, SEED)))


def tested(
    city: MeasuredCity, model: LeftOut, values: AssumptionSet, optics: siting_rings.CentralOptics
) -> dict[str, Any]:
    """Return the figures of a city that the model has not seen."""
    pair, of = city.pair, model.groups.of
    return {
        "cameras": len(pair.camera_xy_m),
        "sites": int(city.known.fit.sites.sum()),
        "street_km": float(pair.points.length_m.sum()) / 1e3,
        "transfer": figures(model.drawn.weight, model.groups, of[pair.nearest]),
        "coverage": coverage(city, model.profiles, values, model.drawn, of, optics),
        "ratio": siting_ratio.measure(
            pair,
            ground_of(city, of),
            model.drawn,
            model.profiles.offset_m,
            Design(N_DRAWS, SEED),
        ),
    }


def evaluate(
    cities: Sequence[MeasuredCity], checks: Sequence[MeasuredCity], prior: Prior
) -> dict[str, Any]:
    """Return all figures.

    Parameters
    ----------
    cities
        Cities to which the model is fitted; each is tested by the model of the others.
    checks
        Cities tested by the model of all `cities`.
    prior
        Prior.
    """
    delivered = [one for one in cities if one.name != DEMONSTRATION]
    values = load_assumptions()
    optics = siting_rings.central_optics(values)
    fitted: dict[str, Any] = {}
    for city in cities:
        start = time.monotonic()
        others = [one for one in cities if one is not city]
        scores = baselines(city, delivered)
        base = {name: ranks(score, city) for name, score in scores.items()}
        best = max(base, key=lambda name: float(base[name].mean()))
        lift_profile, lift_in = within(city, others, prior)
        model = left_out(city, others, prior, values)
        mean = model.drawn.weight.mean(axis=0)[model.groups.of]
        share = prior.settings["uniform_low"]
        mixed_in = share + (1 - share) * np.exp(lift_in)
        shared = fit_shared([one.known.fit for one in others], prior)
        own = regression.fit([city.known.fit], prior_mean=shared.beta, prior_sd=prior.between_sd)
        code, length = city.known.fit.code, city.known.fit.length_m
        one = tested(city, model, values, optics)
        one["transfer"] |= {"reliability": reliability(mean, city)}
        fitted[city.name] = one | {
            # Of the street point nearest to each camera, by length alone.
            "uniform_log_score": float(
                np.log(
                    city.pair.points.length_m[city.pair.nearest] / city.pair.points.length_m.sum()
                ).mean()
            ),
            "blocks": int(city.block.max()) + 1,
            "baseline_auc": {name: float(r.mean()) for name, r in base.items()},
            "best_baseline": best,
            "within": {
                "auc": float(ranks(lift_in, city).mean()),
                "auc_profile": float(ranks(lift_profile, city).mean()),
                "capture10": capture(
                    lift_in, city.pair.points.length_m, lift_in[city.pair.nearest]
                ),
                "log_score": float(np.log(mixed_in[city.pair.nearest]).mean()),
                "ahead_of_best": ahead(lift_in, base[best], city),
                "ahead_of_best_profile": ahead(lift_profile, base[best], city),
                "reliability": reliability(mixed_in, city),
            },
            "districts": int(city.known.fit.block.max()) + 1,
            "cluster_size": cluster_sizes(
                city,
                {
                    "length": np.ones(len(code)),
                    "left out": np.exp(regression.log_lift(shared.beta, code, length)),
                    "folds": np.exp(lift_profile),
                    "own": np.exp(regression.log_lift(own.beta, code, length)),
                },
            ),
            "_mean": mean,
        }
        sys.stderr.write(f"{city.name}: {time.monotonic() - start:.0f} s\n")
    tests = {
        city.name: tested(city, left_out(city, cities, prior, values), values, optics)
        for city in checks
    }
    rows = {name: one["ratio"] for name, one in (fitted | tests).items()}
    between = {
        label: siting_ratio.between({name: rows[name] for name in names})
        for label, names in (("fitted", fitted), ("all", rows))
    }
    return {"fitted": fitted, "checks": tests, "ratio": between}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the evaluation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    cities = [
        city_of(name, *read_files(streets, cameras, places_of(name, streets)))
        for name, streets, cameras in pairs_in(options.folder)
    ]
    lists = load_lists()
    checks = [one for one in cities if one.name in lists and not lists[one.name].fitted]
    cities = [one for one in cities if one.name not in {c.name for c in checks}]
    cities.append(city_of(DEMONSTRATION, *pack_files(open_pack("helsinki-centre"))))
    found = evaluate(cities, checks, load_prior())
    options.out.mkdir(parents=True, exist_ok=True)
    siting_maps.draw(cities, found["fitted"], options.out)
    for one in found["fitted"].values():
        del one["_mean"]
    store.write_bytes(options.out / "figures.json", store.canonical_json(found) + b"\n")
    text = siting_tables.document(found)
    store.write_text(options.out / "tables.md", text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
