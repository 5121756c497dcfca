"""Counts of cameras in the street, and how they update the number of cameras.

"Walked 5 km, saw 3" is weak evidence: a walker overlooks cameras, cameras are clustered, and the
length of street over which they are spread is itself uncertain. The number seen is negative
binomial with mean

    N / (km of street they are spread over) * lift of the streets walked * km walked * recall

and size `observation.cluster_size` per block of 1 km. The prior of N is weighted by that
likelihood, averaged over all other uncertain quantities (``docs/method/counts.md``,
"Observations"). Seeing none makes small numbers more likely, never certain.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Annotated, Final, Literal

import numpy as np
from pydantic import Field

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Assumptions

Where = Literal["pack", "core", "township"]
"""Streets of which the route is a sample: the installed ones, those of the core of the city, or
those of the built-up township."""
Streets = Literal["any", "main", "local"]

_N_GRID: Final = 2_000
"""Points of the grid of probabilities on which the posterior is computed."""
_MAX_NUISANCE: Final = 1_000
"""Maximum number of draws over which a likelihood is averaged; an assessment has fewer."""
_DAYS_PER_YEAR = 365.25
JUNCTIONS_COUNTED: Final = 10
"""Main junctions that can be counted in an hour."""


class Observation(Record):
    """A count of cameras along a route, with no location finer than the kind of area.

    Attributes
    ----------
    walked_km
        Length of street inspected, each street once.
    seen
        Cameras seen that may belong to the reported system.
    recall
        Share of cameras noticed, if known; else `observation.recall`.
    where
        Streets of which the route is a sample; None for the installed streets, or else the core.
    streets
        Kind of street walked.
    date
        Day of the count; None for the day of the assessment.
    """

    walked_km: Annotated[float, Field(gt=0, le=10_000)]
    seen: Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
    recall: Annotated[float, Field(gt=0, le=1)] | None = None
    where: Where | None = None
    streets: Streets = "any"
    date: dt.date | None = None


def problems_of_date(observation: Observation, today: dt.date) -> list[str]:
    """Return a problem if a count was made after `today`: it would not be used until then."""
    if observation.date is None or observation.date <= today:
        return []
    return [f"date: {observation.date} lies in the future. Correct the date."]


def usable_observations(
    observations: Sequence[Observation], as_of: dt.date, most_years: float
) -> tuple[Observation, ...]:
    """Return the observations made by `as_of` and at most `most_years` before it."""
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
    """Return draws of a count updated by observations, in the order of the draws, shape (D,).

    The prior is the empirical quantile function of the draws; each draw is moved to the posterior
    quantile of its own rank. So the count stays within the range that the claims allow, and
    comparisons keep their common random numbers.

    Parameters
    ----------
    count
        Cameras, shape (D,).
    observations
        At least one.
    figures
        Street length and junctions of the city.
    assumptions
        ``observation.*`` and ``city.*``.
    design
        The design of `count`.

    Raises
    ------
    InputDataError
        If an observation needs streets that are not installed, or no number of cameras that the
        claims allow fits what was seen.
    """
    # The average needs no more draws than this, and a larger table would not fit into memory.
    kept = slice(None, None, max(1, -(-design.n_draws // _MAX_NUISANCE)))
    means = [_mean_per_camera(o, figures, assumptions, design)[kept] for o in observations]
    sizes = [cluster_size(max(o.walked_km, 1.0), assumptions, design)[kept] for o in observations]
    probability = (np.arange(_N_GRID) + 0.5) / _N_GRID
    grid = quantiles_of(count, probability)
    log_like = np.zeros((_N_GRID, len(sizes[0])))
    for observation, mean, size in zip(observations, means, sizes, strict=True):
        log_like += log_prob_of_count(observation.seen, np.outer(grid, mean), size)
    weight = mean_likelihood(log_like)
    if not weight.sum() > 0:
        msg = (
            "No number of cameras that the report or your own range allows fits what was seen. "
            "Check the counted numbers, or give another number of cameras."
        )
        raise InputDataError(msg)
    return moved_to_posterior(count, weight)


def _mean_per_camera(
    observation: Observation, figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return the expected number seen per camera of the city, shape (D,)."""
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
    # Nobody can walk more street than there is.
    walked = np.minimum(observation.walked_km, street_km)
    return np.asarray(lift * walked / street_km * recall, dtype=float)


def _street_km(
    where: Where | None, figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return the length of street over which the cameras are spread, in km, shape (D,)."""
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


def share_at_junctions(
    figures: CityFigures, assumptions: Assumptions, design: Design
) -> FloatArray:
    """Return the share of the cameras at the `JUNCTIONS_COUNTED` main junctions, shape (D,)."""
    junctions = figures.junctions
    if junctions is None:
        street_km = _street_km(None, figures, assumptions, design)
        junctions = street_km * assumptions.draw("observation.junctions_per_km", design)
    lift = np.exp(assumptions.draw("observation.log_lift_signal", design))
    others = np.maximum(junctions - JUNCTIONS_COUNTED, 0.0)
    at_ten = JUNCTIONS_COUNTED * lift / (JUNCTIONS_COUNTED * lift + others)
    return np.asarray(assumptions.draw("city.junction_site_share", design) * at_ten, dtype=float)


def cluster_size(blocks: float, assumptions: Assumptions, design: Design) -> FloatArray:
    """Return the size of the negative binomial for a number of 1 km blocks, shape (D,)."""
    return assumptions.draw("observation.cluster_size", design) * blocks


def log_prob_of_count(seen: float, mean: FloatArray, size: FloatArray) -> FloatArray:
    """Return the log probability of the negative binomial; minus infinity if impossible."""
    from scipy import special

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


def mean_likelihood(log_like: FloatArray) -> FloatArray:
    """Return the likelihood of each row, averaged over columns and scaled to at most 1."""
    top = log_like.max()
    if not np.isfinite(top):
        return np.zeros(len(log_like))
    return np.asarray(np.exp(log_like - top).mean(axis=1), dtype=float)


def quantiles_of(count: FloatArray, probability: FloatArray) -> FloatArray:
    """Return quantiles of draws, interpolated in the logarithm and within their range."""
    ordered = np.sort(count)
    n = len(ordered)
    none = int(np.searchsorted(ordered, 0.0, side="right"))
    if none == n:
        return np.zeros_like(probability)
    at = (np.arange(none, n) + 0.5) / n
    values = np.exp(np.interp(probability, at, np.log(ordered[none:])))
    values = np.clip(values, ordered[none], ordered[-1])
    return np.where(probability < none / n, 0.0, values)


def moved_to_posterior(count: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the quantile of the weighted prior at the rank of each draw, shape (D,)."""
    edges = np.linspace(0.0, 1.0, len(weight) + 1)
    reached = np.concatenate([[0.0], np.cumsum(weight)]) / weight.sum()
    rank = np.empty(len(count))
    rank[np.argsort(count, kind="stable")] = (np.arange(len(count)) + 0.5) / len(count)
    return quantiles_of(count, np.interp(rank, reached, edges))
