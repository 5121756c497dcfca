"""Scores of the predictions of the siting model on the cameras of a city."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import LANGUAGES
from toolkit.language import words
from toolkit.siting import coverage, weights
from toolkit.siting.profiles import Mixture, Profiles
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.known_city import CityPair
from toolkit.siting.weights import Operators, WeightDraws

N_DRAWS: Final = 200
TOP_SHARE: Final = 0.10
LOW, HIGH = 0.05, 0.95
MIXTURE: Final = "mixture"


@dataclass(frozen=True)
class Classed:
    """Street pieces by class.

    Attributes
    ----------
    code, length_m
        Classes that occur and the street length of each, shape (C,).
    of
        Row of `code` of each piece, shape (P,).
    """

    code: IntArray
    length_m: FloatArray
    of: IntArray


def classed(code: IntArray, length_m: FloatArray) -> Classed:
    """Group pieces by class, so that each class is drawn once."""
    found, of = np.unique(code, return_inverse=True)
    of = of.reshape(-1).astype(np.int64)
    return Classed(found, np.bincount(of, weights=length_m).astype(float), of)


def auc(score: FloatArray, weight: FloatArray, at: FloatArray) -> float:
    """Return the probability that a camera scores above a random metre of street (AUC).

    Ties count half.

    Parameters
    ----------
    score, weight
        Score and street length of classes, shape (C,).
    at
        Scores at the cameras, shape (N,).

    Examples
    --------
    >>> auc(np.array([1.0, 2.0]), np.array([50.0, 50.0]), np.array([2.0]))
    0.75
    """
    order = np.argsort(score, kind="stable")
    ordered = score[order]
    below = np.concatenate([[0.0], np.cumsum(weight[order])]) / weight.sum()
    low = below[np.searchsorted(ordered, at, "left")]
    high = below[np.searchsorted(ordered, at, "right")]
    return float(np.mean((low + high) / 2))


def capture(
    score: FloatArray, weight: FloatArray, at: FloatArray, share: float = TOP_SHARE
) -> float:
    """Return the share of cameras in the top `share` of street length by score.

    Classes at the threshold count by the part that is inside.
    """
    order = np.argsort(-score, kind="stable")
    level, first = np.unique(-score[order], return_index=True)
    length = np.add.reduceat(weight[order], first) / weight.sum()
    before = np.cumsum(length) - length
    inside = np.clip((share - before) / length, 0.0, 1.0)
    return float(np.mean(inside[np.searchsorted(level, -at)]))


def score_pair(
    pair: CityPair,
    profiles: Profiles,
    *,
    profile: str | None = None,
    city: str | None = None,
    n_draws: int = N_DRAWS,
    seed: int = 0,
) -> dict[str, Any]:
    """Score each profile and the mixture on a city.

    Parameters
    ----------
    pair
        Streets and cameras of the city.
    profiles
        Fitted profiles.
    profile
        Name of a single profile; by default all profiles and the mixture.
    city
        City whose mixture to use; by default that of an unknown place.
    n_draws, seed
        Number and seed of the draws.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    """
    design, values = Design(n_draws, seed), load_assumptions()
    groups = classed(pair.points.code, pair.points.length_m)
    asked: dict[str, Mixture] = {}
    if profile is None:
        asked[MIXTURE] = weights.mixture_of(profiles, city)
    for name in profiles.profile if profile is None else (profile,):
        asked[name] = weights.single_profile(profiles, name)
    ground = _ground(pair, groups)
    true_share = _true_share(pair, ground)
    n_sites = len(regression.distinct_sites(pair.camera_xy_m))
    out: dict[str, Any] = {}
    for name, mixture in asked.items():
        drawn = draw_weights(Operators(profiles, mixture, name), groups, values, design)
        out[name] = figures(drawn.weight, groups, groups.of[pair.nearest]) | {
            "coverage": {
                key: _interval_of_coverage(ground, drawn, n, profiles, values, design, true_share)
                for key, n in site_numbers(len(pair.camera_xy_m), n_sites, profiles, design).items()
            }
        }
    return {
        "cameras": len(pair.camera_xy_m),
        "cameras_left_out": pair.n_left_out,
        "cameras_without_place": pair.n_without_place,
        "streets_left_out": sum(pair.streets_left_out.values()),
        "streets_left_out_why": dict(pair.streets_left_out),
        "streets_without_class": pair.n_without_class,
        "layers": {name: dict(one) for name, one in pair.layers.items()},
        "sites": n_sites,
        "street_km": float(pair.points.length_m.sum()) / 1e3,
        "covered_share_true": true_share,
        "disc_m": simulate.DISC_M,
        "draws": n_draws,
        "seed": seed,
        "scores": out,
        "limits": [words.siting_limit(lang, profiles.cities) for lang in LANGUAGES],
    }


def draw_weights(
    operators: Operators, groups: Classed, values: AssumptionSet, design: Design
) -> WeightDraws:
    """Draw the weights of a place, with districts that differ as in an assessment."""
    return weights.draw(
        operators.profiles,
        operators.mixture,
        groups.code,
        groups.length_m,
        design,
        cluster_size=values.draw("sites.cluster_size", design) * operators.cluster_factor,
    )


def figures(weight: FloatArray, groups: Classed, at: IntArray) -> dict[str, dict[str, float]]:
    """Return the scores with their intervals.

    ``mid`` is the score of the mean over draws, which maps show; the interval is the 5 and 95 %
    points over draws, widened to include ``mid``.

    Parameters
    ----------
    weight
        Weight of a metre by class relative to the mean metre, shape (D, C).
    groups
        Classes.
    at
        Row of the class at each camera, shape (N,).
    """
    out = {}
    for name, of in (("auc", auc), ("capture10", capture)):
        by_draw = np.array([of(w, groups.length_m, w[at]) for w in weight])
        mean = weight.mean(axis=0)
        out[name] = _interval(by_draw, of(mean, groups.length_m, mean[at]))
    by_draw = np.log(weight[:, at]).mean(axis=1)
    out["log_score"] = _interval(by_draw, float(np.log(weight.mean(axis=0)[at]).mean()))
    return out


def _interval(by_draw: FloatArray, mid: float) -> dict[str, float]:
    low, high = np.quantile(by_draw, [LOW, HIGH])
    return {"low": float(min(low, mid)), "mid": mid, "high": float(max(high, mid))}


def _ground(pair: CityPair, groups: Classed, tile: IntArray | None = None) -> simulate.Ground:
    points = pair.points
    return simulate.Ground(
        points.xy_m,
        points.heading_rad,
        points.length_m,
        groups.of,
        np.zeros(len(groups.of), dtype=np.int64) if tile is None else tile,
    )


def _true_share(pair: CityPair, ground: simulate.Ground) -> float:
    seen = simulate.covered(ground.xy_m, pair.camera_xy_m)
    return float(ground.length_m[seen].sum() / ground.length_m.sum())


def site_numbers(
    n_cameras: int, n_sites: int, profiles: Profiles, design: Design
) -> dict[str, FloatArray]:
    """Return the number of sites per draw: as observed, and derived from the cameras alone."""
    settings = profiles.prior.settings
    per_site = (settings["cameras_per_site_low"], settings["cameras_per_site_high"])
    return {
        "from_sites": np.full(design.n_draws, float(n_sites)),
        "from_cameras": simulate.sites_from_cameras(n_cameras, per_site, design),
    }


def _interval_of_coverage(
    ground: simulate.Ground,
    drawn: WeightDraws,
    n_sites: FloatArray,
    profiles: Profiles,
    values: AssumptionSet,
    design: Design,
    true_share: float,
) -> dict[str, float | bool]:
    share = covered_share(ground, drawn, n_sites, profiles, values, design)
    low, mid, high = np.quantile(share, [LOW, 0.5, HIGH])
    return {
        "low": float(low),
        "mid": float(mid),
        "high": float(high),
        "holds": bool(low <= true_share <= high),
    }


def covered_share(
    ground: simulate.Ground,
    drawn: WeightDraws,
    n_sites: FloatArray,
    profiles: Profiles,
    values: AssumptionSet,
    design: Design,
) -> FloatArray:
    """Return the share of street length covered, per draw, shape (D,).

    As many sites are placed as cover the same, see `toolkit.siting.coverage`.
    """
    placed = np.maximum(np.round(n_sites * coverage.draw_ratio(values, design)), 1.0)
    metres = simulate.covered_length_m(ground, drawn, placed, profiles.offset_m, design)
    return np.asarray(metres.sum(axis=1) / ground.length_m.sum(), dtype=float)
