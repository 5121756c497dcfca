"""Evaluate the siting model on cities with known cameras, without letting it see what it is asked.

Within a city (five folds of blocks), transfer to a city left out, coverage by city and by tile,
log score, reliability. Writes ``figures.json``, ``tables.md`` and maps. Under ten minutes on two
cores; the same bytes each time.

    python -m benchmarks.siting_evaluation DIR --out docs/generated/siting

DIR holds NAME_streets.* and NAME_cameras.* pairs; the centre of Helsinki is added from the
project. Blocks are 1 km, and 500 m in a city of fewer than ten blocks of 1 km: the centre of
Helsinki has four, with 93 % of its cameras in one.
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

import matplotlib as mpl

from toolkit.base.arrays import FloatArray, IntArray

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks import siting_rings, siting_within
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.cli.siting import pairs_in, places_of
from toolkit.siting.profiles import Prior, Profiles, from_json, load_prior
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.fit import KnownCity, fit_profiles, fit_shared, prepare_city
from toolkit.siting.validation.known_city import CityPair, make_pair, pack_files, read_files
from toolkit.siting.validation.score import capture, classed, covered_share, figures, site_numbers
from toolkit.siting.weights import WeightDraws, draw, mixture_of
from toolkit.streets.pack import open_pack

FOLDS: Final = 5
SMALL_BLOCK_M: Final = 500.0
LEAST_BLOCKS: Final = 10
BOOTSTRAPS: Final = 1000
TILE_M: Final = 1500.0
LEAST_IN_TILE: Final = 15
N_DRAWS: Final = 200
N_TRUTHS: Final = 20
"""How often known cameras are given lenses, heights and directions that no list has."""
SEED: Final = 0
DEMONSTRATION: Final = "helsinki_centre"
HEAD: Final = """\
# Siting tables

Written by `python -m benchmarks.siting_evaluation`; do not edit. What they mean:
[where cameras are](../../evaluation/siting.md). In order: AUC and log score; share of street
within 25 m of a camera, by city and over tiles; coverage by rings of the central set, the same;
size of the factor of districts.
"""
# Weights of the yardstick's "both" score: class lift plus 1.2 exp(-distance / 20 m), and its
# smoothing of shares by 1 %.
JUNCTION_LIFT, JUNCTION_FADE_M, JUNCTION_CAP_M, SMOOTHING = 1.2, 20.0, 200.0, 0.01


@dataclass(frozen=True)
class MeasuredCity:
    """A city with what the model and the yardstick need."""

    name: str
    pair: CityPair
    known: KnownCity
    block: IntArray
    junction_m: FloatArray
    road: NDArray[np.str_]
    """Value of ``highway`` of each point, links as what they link."""
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
    """Return the distance to the nearest place where three ends meet, as the yardstick does."""
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
    """Return the fold of each point: blocks in random order, dealt out."""
    order = np.random.default_rng(SEED).permutation(city.block.max() + 1)
    return np.asarray(order[city.block] % FOLDS, dtype=np.int64)


def ranks(score: FloatArray, city: MeasuredCity) -> FloatArray:
    """Return the share of street that scores below each camera, ties half; AUC is the mean."""
    weight, at = city.pair.points.length_m, score[city.pair.nearest]
    order = np.argsort(score, kind="stable")
    below = np.r_[0.0, np.cumsum(weight[order])] / weight.sum()
    sides = [below[np.searchsorted(score[order], at, side)] for side in ("left", "right")]
    return np.asarray(np.mean(sides, axis=0), dtype=float)


def bootstrap(difference: FloatArray, block: IntArray) -> tuple[float, float, float]:
    """Return mean and 90 % interval of a difference per camera, blocks drawn again."""
    groups = np.unique(block, return_inverse=True)[1].reshape(-1)
    total, number = np.bincount(groups, weights=difference), np.bincount(groups)
    rng = np.random.default_rng(SEED)
    pick = rng.integers(len(total), size=(BOOTSTRAPS, len(total)))
    drawn = total[pick].sum(axis=1) / number[pick].sum(axis=1)
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(difference.mean()), float(high)


def ahead(lift: FloatArray, baseline: FloatArray, city: MeasuredCity) -> dict[str, float]:
    """Return how far the ranks of a score are ahead of those of a baseline, blocks drawn again."""
    found = bootstrap(ranks(lift, city) - baseline, city.block[city.pair.nearest])
    return dict(zip(("low", "mid", "high"), found, strict=True))


def winkler(low: float, high: float, truth: float, level: float = 0.9) -> float:
    """Return the interval score (Gneiting and Raftery 2007): width and a fine for a miss."""
    fine = 2 / (1 - level)
    return high - low + fine * max(low - truth, 0.0) + fine * max(truth - high, 0.0)


def coverage(
    city: MeasuredCity,
    profiles: Profiles,
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
    seen = simulate.covered(points.xy_m, pair.camera_xy_m)
    out = []
    for label, inside in places:
        ground = simulate.Ground(
            points.xy_m[inside],
            points.heading_rad[inside],
            points.length_m[inside],
            of[inside],
            np.zeros(int(inside.sum()), dtype=np.int64),
        )
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
                share = covered_share(ground, weights, number, profiles, design)
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
            share = ring_share(ground, weights, number, each, profiles, optics)
            for t, one in enumerate(row["rings"].values()):
                one[f"{given} {model}"] = held(share[:, t], one["truth"])
        out.append(row)
    return out


def ring_share(
    ground: simulate.Ground,
    drawn: WeightDraws,
    number: FloatArray,
    each: FloatArray,
    profiles: Profiles,
    optics: siting_rings.CentralOptics,
) -> FloatArray:
    """Return the share of street in rings of cameras at placed sites, shape (D, T).

    `number` sites stand with `each` cameras in the mean, shapes (D,), (D,).
    """
    design, settings = Design(N_DRAWS, SEED), profiles.prior.settings
    share = siting_rings.placed_share(
        ground, drawn, number, each, profiles.offset_m, optics, design
    )
    # The discrepancy between cities, as for discs; there is no measured ratio for rings.
    factor = simulate.cover_factor(np.ones(1), settings["cover_log_sd"], design)
    return np.asarray(np.minimum(share * factor[:, None], 1.0), dtype=float)


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


def evaluate(cities: Sequence[MeasuredCity], prior: Prior) -> dict[str, Any]:
    """Return all figures."""
    delivered = [one for one in cities if one.name != DEMONSTRATION]
    optics = siting_rings.central_optics(load_assumptions())
    out: dict[str, Any] = {}
    for city in cities:
        start = time.monotonic()
        others = [one for one in cities if one is not city]
        scores = baselines(city, delivered)
        base = {name: ranks(score, city) for name, score in scores.items()}
        best = max(base, key=lambda name: float(base[name].mean()))
        lift_profile, lift_in = within(city, others, prior)
        fitted = fit_profiles([one.known for one in others], prior)
        profiles = from_json(fitted, prior)
        groups = classed(city.pair.points.code, city.pair.points.length_m)
        drawn = draw(
            profiles,
            mixture_of(profiles, None),
            groups.code,
            groups.length_m,
            Design(N_DRAWS, SEED),
        )
        at = groups.of[city.pair.nearest]
        mean = drawn.weight.mean(axis=0)[groups.of]
        transfer = figures(drawn.weight, groups, at)
        share = prior.settings["uniform_low"]
        mixed_in = share + (1 - share) * np.exp(lift_in)
        shared = fit_shared([one.known.fit for one in others], prior)
        own = regression.fit([city.known.fit], prior_mean=shared.beta, prior_sd=prior.between_sd)
        code, length = city.known.fit.code, city.known.fit.length_m
        out[city.name] = {
            "cameras": len(city.pair.camera_xy_m),
            "sites": int(city.known.fit.sites.sum()),
            "street_km": float(city.pair.points.length_m.sum()) / 1e3,
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
            "transfer": transfer | {"reliability": reliability(mean, city)},
            "coverage": coverage(city, profiles, drawn, groups.of, optics),
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
        }
        out[city.name]["_mean"] = mean
        sys.stderr.write(f"{city.name}: {time.monotonic() - start:.0f} s\n")
    return out


def tables(found: Mapping[str, Any]) -> str:
    """Return the figures as Markdown tables."""
    lines = [
        (
            "| city | class | junction | both | within: profile | ahead of the best (90 %) "
            "| with surroundings | ahead of the best (90 %) "
            "| left out: low - mid - high | log score left out, over uniform | uniform |"
        ),
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        base, auc = one["baseline_auc"], one["transfer"]["auc"]
        alone, both = (one["within"][f"ahead_of_best{k}"] for k in ("_profile", ""))
        log = one["transfer"]["log_score"]
        lines.append(
            f"| {name} | {base['class']:.3f} | {base['junction']:.3f} | {base['both']:.3f} "
            f"| {one['within']['auc_profile']:.3f} | {alone['mid']:+.3f} ({alone['low']:+.3f} to "
            f"{alone['high']:+.3f}) | {one['within']['auc']:.3f} | {both['mid']:+.3f} "
            f"({both['low']:+.3f} to {both['high']:+.3f}) "
            f"| {auc['low']:.3f} - {auc['mid']:.3f} - {auc['high']:.3f} "
            f"| {log['mid']:+.3f} | {one['uniform_log_score']:.2f} |"
        )
    means = {
        k: np.mean([o["baseline_auc"][k] for o in found.values()])
        for k in ("class", "junction", "both")
    }
    alone, inside = (
        np.mean([o["within"][k] for o in found.values()]) for k in ("auc_profile", "auc")
    )
    left = np.mean([o["transfer"]["auc"]["mid"] for o in found.values()])
    log = np.mean([o["transfer"]["log_score"]["mid"] for o in found.values()])
    lines += [
        (
            f"| mean | {means['class']:.3f} | {means['junction']:.3f} | {means['both']:.3f} "
            f"| {alone:.3f} | | {inside:.3f} | | {left:.3f} | {log:+.3f} | |"
        ),
        "",
        "| city | truth | by sites | holds | by cameras | holds |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        row = one["coverage"][0]
        cells = []
        for key in ("sites siting", "cameras siting"):
            got = row[key]
            cells += [f"{got['low']:.4f} - {got['high']:.4f}", "yes" if got["holds"] else "no"]
        lines.append(f"| {name} | {row['truth']:.4f} | {' | '.join(cells)} |")
    lines += [
        "",
        "| given | model | tiles | hold | interval score, tiles | interval score, cities |",
        "|---|---|---|---|---|---|",
    ]
    tiles = [row for one in found.values() for row in one["coverage"][1:]]
    whole = [one["coverage"][0] for one in found.values()]
    for key in ("sites", "cameras"):
        for model in ("siting", "uniform"):
            got = [row[f"{key} {model}"] for row in tiles]
            wide = np.mean([row[f"{key} {model}"]["winkler"] for row in whole])
            lines.append(
                f"| {key} | {model} | {len(got)} | {np.mean([g['holds'] for g in got]):.0%} "
                f"| {np.mean([g['winkler'] for g in got]):.4f} | {wide:.4f} |"
            )
    return "\n".join(lines) + "\n"


RINGS_GIVEN: Final = {
    "sites": "sites and cameras",
    "sites alone": "sites alone",
    "cameras": "cameras alone",
}
"""What is known of the true cameras. Of sites alone and of cameras alone, cameras per site are not
known."""


def ring_tables(found: Mapping[str, Any]) -> str:
    """Return coverage by rings of the central set, by city and over tiles."""
    lines = [
        f"| city | tier | truth | {' | '.join(f'{v} | holds' for v in RINGS_GIVEN.values())} |",
        "|---|---|---|" + "---|---|" * len(RINGS_GIVEN),
    ]
    for name, one in found.items():
        for tier, row in one["coverage"][0]["rings"].items():
            cells = []
            for given in RINGS_GIVEN:
                got = row[f"{given} siting"]
                cells.append(f"{got['low']:.4f} - {got['high']:.4f} | {got['holds']:.0%}")
            lines.append(f"| {name} | {tier} | {np.mean(row['truth']):.4f} | {' | '.join(cells)} |")
    lines += [
        "",
        (
            f"| known | model | tier | cities hold, of {len(found)} | tiles hold "
            "| of means: cities | tiles | interval score, tiles | interval score, cities |"
        ),
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for given, model, tier in itertools.product(
        RINGS_GIVEN, ("siting", "uniform"), siting_rings.RING_TIERS
    ):
        tiles, whole = (
            [row["rings"][tier][f"{given} {model}"]
             for one in found.values() for row in one["coverage"][part]]
            for part in (slice(1, None), slice(1))
        )  # fmt: skip
        lines.append(
            f"| {RINGS_GIVEN[given]} | {model} | {tier} "
            f"| {np.sum([got['holds'] for got in whole]):.2f} "
            f"| {np.mean([got['holds'] for got in tiles]):.0%} "
            f"| {np.sum([got['holds_mean'] for got in whole])} "
            f"| {np.mean([got['holds_mean'] for got in tiles]):.0%} "
            f"| {np.mean([got['winkler'] for got in tiles]):.4f} "
            f"| {np.mean([got['winkler'] for got in whole]):.4f} |"
        )
    return "\n".join(lines) + "\n"


def district_table(found: Mapping[str, Any]) -> str:
    """Return how sites keep together by district, by what is taken as known."""
    given = ("length", "left out", "folds", "own")
    lines = [
        "| city | districts | street length | fit to others | other folds | the city itself |",
        "|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        cells = [
            " (".join(_size(one["cluster_size"][key][how]) for how in ("likelihood", "moments"))
            + ")"
            for key in given
        ]
        lines.append(f"| {name} | {one['districts']} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _size(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"


def draw_maps(cities: Sequence[MeasuredCity], found: Mapping[str, Any], out: Path) -> None:
    """Draw sites per cell, expected for a city left out against real; cells, not places."""
    figure, axes = plt.subplots(2, len(cities), figsize=(3.2 * len(cities), 6.2))
    for column, city in enumerate(cities):
        xy, fit = city.pair.points.xy_m, city.known.fit
        side = regression.BLOCK_M if city.name != DEMONSTRATION else SMALL_BLOCK_M / 2
        cell = np.floor((xy - xy.min(axis=0)) / side).astype(int)
        shape = tuple(cell.max(axis=0) + 1)
        flat = np.ravel_multi_index(tuple(cell.T), shape)
        size = int(np.prod(shape))
        street = np.bincount(flat, weights=fit.length_m, minlength=size)
        expected = np.bincount(
            flat, weights=found[city.name]["_mean"] * fit.length_m, minlength=size
        )
        expected *= fit.sites.sum() / expected.sum()
        true = np.bincount(flat, weights=fit.sites, minlength=size)
        top = float(np.quantile(true[street > 0], 0.98)) or 1.0
        for row, (values, label) in enumerate(((expected, "expected, left out"), (true, "real"))):
            image = np.where(street > 0, values, np.nan).reshape(shape).T
            axis = axes[row, column]
            axis.imshow(image, origin="lower", vmin=0, vmax=max(top, 1.0), cmap="viridis")
            axis.set_title(f"{city.name}\n{label}", fontsize=8)
            axis.set_axis_off()
    figure.suptitle(
        "Sites per cell (1 km; Helsinki 250 m). Streets and cameras: docs/evaluation/siting.md",
        fontsize=8,
    )
    figure.tight_layout()
    figure.savefig(out / "maps.png", dpi=80, metadata={"Software": None})
    plt.close(figure)

    figure, axes = plt.subplots(1, 2, figsize=(8, 4))
    for axis, kind in zip(axes, ("within", "transfer"), strict=True):
        for city in cities:
            rows = found[city.name][kind]["reliability"]
            axis.plot(
                [r["expected"] for r in rows],
                [r["found"] for r in rows],
                "o-",
                ms=3,
                label=city.name,
            )
        edge = [1, 200]
        axis.plot(edge, edge, "k:", lw=0.8)
        axis.set(xscale="symlog", yscale="symlog", xlabel="expected sites", ylabel="real sites")
        axis.set_title(f"{kind}: tenths of street length", fontsize=9)
    axes[0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(out / "reliability.png", dpi=80, metadata={"Software": None})
    plt.close(figure)


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
    cities.append(city_of(DEMONSTRATION, *pack_files(open_pack("helsinki-centre"))))
    found = evaluate(cities, load_prior())
    options.out.mkdir(parents=True, exist_ok=True)
    draw_maps(cities, found, options.out)
    for one in found.values():
        del one["_mean"]
    store.write_bytes(options.out / "figures.json", store.canonical_json(found) + b"\n")
    text = "\n".join([HEAD, tables(found), ring_tables(found), district_table(found)])
    store.write_text(options.out / "tables.md", text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
