"""What somebody counted in the streets, and how it updates a number of cameras.

"Walked 5 km, saw 3" is weak news: a walker overlooks cameras, cameras stand in clusters, and how
much street the reported cameras are spread over is itself hardly known. The number seen is taken
as negative binomial with the mean

    N / (km of street they are spread over) * lift of the streets walked * km walked * recall

and the size `observation.cluster_size` for each km block, after which the prior of N is weighed
by that likelihood, averaged over everything else that is not known (docs/method/counts.md,
"Observations"). "Saw none" makes small numbers likelier; it never gives none.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import special

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Assumptions

Where = Literal["pack", "core", "township"]
"""Over which streets the counted way is a sample: the installed ones, the core of the city, or
the built-up township."""
Streets = Literal["any", "main", "local"]

_GRID: Final = 2_000
_MOST_NUISANCE: Final = 1_000
"""Draws over which a likelihood is averaged; an assessment has fewer."""
_COARSE: Final = 400
_OUTCOMES: Final = 25
_NUISANCE: Final = 200
_DAYS_PER_YEAR = 365.25
_JUNCTIONS_COUNTED: Final = 10


class Observation(BaseModel):
    """A count along a way. It holds no place finer than the kind of area.

    Attributes
    ----------
    walked_km
        Length of street looked at, each street once.
    seen
        Cameras seen that may belong to the reported system.
    recall
        Share of the cameras that are noticed, if the user knows it; else `observation.recall`.
    where
        Which streets the way is a sample of; None: the installed streets, or else the core.
    streets
        Kind of street that was walked.
    date
        Day of the count; None: the day of the assessment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    walked_km: Annotated[float, Field(gt=0, le=10_000)]
    seen: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
    recall: Annotated[float, Field(gt=0, le=1)] | None = None
    where: Where | None = None
    streets: Streets = "any"
    date: dt.date | None = None


def usable_observations(
    observations: Sequence[Observation], as_of: dt.date, most_years: float
) -> tuple[Observation, ...]:
    """Return the observations made by a day and not longer ago than `most_years`."""
    return tuple(
        o
        for o in observations
        if o.date is None or 0 <= (as_of - o.date).days <= most_years * _DAYS_PER_YEAR
    )


def updated(
    count: FloatArray,
    observations: Sequence[Observation],
    figures: CityFigures,
    assumptions: Assumptions,
    design: Design,
) -> FloatArray:
    """Return draws of a count after what was seen, shape (D,), in the order of the draws.

    The prior is the quantile function of the draws; each draw moves along it, from its own
    probability to the place where the posterior has that probability. So the smallest and the
    largest number stay what the claims allow, and comparisons keep their common random numbers.

    Parameters
    ----------
    count
        Cameras, shape (D,).

    Raises
    ------
    InputDataError
        If an observation needs streets that are not installed, or no number of cameras that the
        claims allow fits what was seen.
    """
    # What is averaged over needs no more draws than this, and the table would not fit into memory.
    kept = slice(None, None, max(1, -(-design.n_draws // _MOST_NUISANCE)))
    means = [_mean_per_camera(o, figures, assumptions, design)[kept] for o in observations]
    sizes = [_size(max(o.walked_km, 1.0), assumptions, design)[kept] for o in observations]
    probability = (np.arange(_GRID) + 0.5) / _GRID
    grid = _quantiles(count, probability)
    log_like = np.zeros((_GRID, len(sizes[0])))
    for observation, mean, size in zip(observations, means, sizes, strict=True):
        log_like += _log_prob(observation.seen, np.outer(grid, mean), size)
    weight = _averaged(log_like)
    if not weight.sum() > 0:
        msg = (
            "No number of cameras that the report or your own range allows fits what was seen. "
            "Check the counted numbers, or give another --count."
        )
        raise InputDataError(msg)
    return _moved(count, weight)


def _mean_per_camera(
    observation: Observation, figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return how many are expected to be seen for each camera of the city, shape (D,)."""
    draw = assumptions.draw
    recall: FloatArray | float = (
        draw("observation.recall", design) if observation.recall is None else observation.recall
    )
    street_km = _street_km(observation.where, figures, assumptions, design)
    lift: FloatArray | float = 1.0
    if observation.streets != "any":
        share = draw("observation.main_street_share", design)
        main = np.exp(draw("observation.log_lift_main", design))
        lift = (main if observation.streets == "main" else 1.0) / (share * main + 1.0 - share)
    # A walk cannot pass more street than there is.
    walked = np.minimum(observation.walked_km, street_km)
    return np.asarray(lift * walked / street_km * recall, dtype=float)


def _street_km(
    where: Where | None, figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return the length of street over which the cameras are spread, shape (D,)."""
    if figures.street_km is not None and where in (None, "pack", "core"):
        return figures.street_km
    if where == "pack":
        msg = "The streets of this city are not installed. Say where: core or township."
        raise InputDataError(msg)
    if figures.street_km_per_km2 is None:
        msg = "Nothing is known of this city's streets, so a count along them says nothing yet."
        raise InputDataError(msg)
    key = "city.township_radius_km" if where == "township" else "observation.core_radius_km"
    return np.asarray(figures.street_km_per_km2 * np.pi * assumptions.draw(key, design) ** 2)


def _share_at_junctions(
    figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return the share of the cameras that stand at the ten main junctions, shape (D,)."""
    junctions = figures.junctions
    if junctions is None:
        street_km = _street_km(None, figures, assumptions, design)
        junctions = street_km * assumptions.draw("observation.junctions_per_km", design)
    lift = np.exp(assumptions.draw("observation.log_lift_signal", design))
    others = np.maximum(junctions - _JUNCTIONS_COUNTED, 0.0)
    at_ten = _JUNCTIONS_COUNTED * lift / (_JUNCTIONS_COUNTED * lift + others)
    return np.asarray(assumptions.draw("city.junction_site_share", design) * at_ten, dtype=float)


def _size(blocks: float, assumptions: Assumptions, design: Design) -> FloatArray:
    """Return the size of the negative binomial for so many blocks of 1 km, shape (D,)."""
    return assumptions.draw("observation.cluster_size", design) * blocks


def _log_prob(seen: float, mean: FloatArray, size: FloatArray) -> FloatArray:
    """Return the logarithm of the negative binomial; minus infinity where it cannot be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hit = seen * np.log(mean / (mean + size)) if seen else 0.0
    log_prob = (
        special.gammaln(seen + size)
        - special.gammaln(size)
        - math.lgamma(seen + 1.0)
        + size * np.log(size / (size + mean))
        + hit
    )
    return np.asarray(log_prob, dtype=float)


def _averaged(log_like: FloatArray) -> FloatArray:
    """Return the likelihood of each row, averaged over the columns and scaled to at most 1."""
    top = log_like.max()
    if not np.isfinite(top):
        return np.zeros(len(log_like))
    return np.asarray(np.exp(log_like - top).mean(axis=1), dtype=float)


def _quantiles(count: FloatArray, probability: FloatArray) -> FloatArray:
    """Return the quantile function of draws: straight in the logarithm, none below the least."""
    ordered = np.sort(count)
    n = len(ordered)
    none = int(np.searchsorted(ordered, 0.0, side="right"))
    if none == n:
        return np.zeros_like(probability)
    at = (np.arange(none, n) + 0.5) / n
    values = np.exp(np.interp(probability, at, np.log(ordered[none:])))
    values = np.clip(values, ordered[none], ordered[-1])
    return np.where(probability < none / n, 0.0, values)


def _moved(count: FloatArray, weight: FloatArray) -> FloatArray:
    """Return each draw where the weighed prior has its probability, shape (D,)."""
    edges = np.linspace(0.0, 1.0, len(weight) + 1)
    reached = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
    rank = np.empty(len(count))
    rank[np.argsort(count, kind="stable")] = (np.arange(len(count)) + 0.5) / len(count)
    return _quantiles(count, np.interp(rank, reached, edges))


def _width(count: FloatArray) -> float:
    low, high = np.quantile(count, (0.05, 0.95))
    return float(high - low)


def _binned(seen: FloatArray) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Return few results that stand for all, and which of them stands for each draw."""
    cuts = np.unique(np.quantile(seen, (np.arange(_OUTCOMES) + 0.5) / _OUTCOMES, method="nearest"))
    return cuts, np.abs(seen[:, None] - cuts[None, :]).argmin(axis=1)
