"""Upper bound for models: what the cameras of a city predict of its other blocks.

The profile alone is fitted to the other folds of blocks, and together with it what surrounds each
piece of street at several distances. The surroundings are of use within one city only. Carried
from city to city they made the mean worse, so no profile has them (docs/evaluation/siting.md).
"""

from __future__ import annotations

import itertools
import warnings
from typing import Final

import numpy as np
import shapely
import statsmodels.api as sm
from scipy.signal import oaconvolve
from scipy.spatial import cKDTree
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting import design_matrix
from toolkit.siting.features import CLASSES, class_index
from toolkit.siting.profiles import Prior
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.validation import regression
from toolkit.siting.validation.regression import FitCity
from toolkit.streets import street_points

RADII_M: Final = (50.0, 100.0, 200.0, 400.0, 800.0, 1500.0)
CELLS_PER_RADIUS: Final = 4
PIECE_M: Final = 10.0
AROUND_SD: Final = 0.2
"""Prior spread of the log lift of one standard deviation of a surrounding."""
LEAST_M: Final = 10.0
"""Added before the logarithm, which is not defined where there is no street."""
LEAST_SPREAD: Final = 1e-6
ROUND_M: Final = 0.1
"""Sums are rounded to this, so that the order of summation makes no difference."""
ARMS: Final = (1, 3, 4)
"""Dead ends, forks, and crossroads of four arms or more."""
NODE_REACH_M: Final = 20.0
"""Scale of nearness to a node, 1/e at this distance: the spacing of cameras of one site."""
MANY_LANES: Final = 3
"""More than one each way."""


def surroundings(
    layers: StreetLayers, line: IntArray, xy_m: FloatArray, length_m: FloatArray
) -> FloatArray:
    """Return how much street and how many junctions lie around points, standardised.

    Parameters
    ----------
    layers
        The streets.
    line, xy_m, length_m
        Line of each point, the points, and the length each stands for, shapes (P,), (P, 2), (P,).

    Returns
    -------
    around
        Logs of all street, main street, street for service and on foot, and ends of streets within
        each of `RADII_M`, how near the nearest node of each of `ARMS` is, and what else is known
        (see `_known_of`); mean 0 and variance 1 by length, shape (P, 4 R + 3 to 4 R + 7).
    """
    along = street_points.cut(layers.lines, PIECE_M)
    road = class_index(layers.highway)[along.line]
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(layers.lines, k)) for k in (0, -1)])
    counted = (
        (along.xy, along.length),
        (along.xy, along.length * (road <= CLASSES.index("secondary"))),
        (along.xy, along.length * (road >= CLASSES.index("service"))),
        # An end counts like a street point.
        (ends, np.full(len(ends), PIECE_M)),
    )
    around = np.column_stack(
        [
            np.log(within_radius(where, much, xy_m, radius_m) + LEAST_M)
            for (where, much), radius_m in itertools.product(counted, RADII_M)
        ]
        + [np.exp(-far_m / NODE_REACH_M) for far_m in _to_nodes(ends, xy_m)]
        + _known_of(layers, line, xy_m)
    )
    around -= np.average(around, axis=0, weights=length_m)
    spread = np.sqrt(np.average(around**2, axis=0, weights=length_m))
    # Columns that do not vary hold rounding errors only.
    varies = spread > LEAST_SPREAD
    return np.asarray(np.where(varies, around / np.where(varies, spread, 1.0), 0.0), dtype=float)


def _known_of(layers: StreetLayers, line: IntArray, xy_m: FloatArray) -> list[FloatArray]:
    """Return what is known of one-way streets, lanes and lights, shape (P,) each.

    One way or not; number of lanes known or not, and `MANY_LANES` or more or not; the log of the
    distance to the nearest lights. What is not known of a city is left out.
    """
    known: list[FloatArray] = []
    if layers.oneway is not None:
        known.append(layers.oneway[line].astype(float))
    if layers.lanes is not None:
        lanes = layers.lanes[line]
        known += [np.isfinite(lanes).astype(float), (lanes >= MANY_LANES).astype(float)]
    if layers.signal_xy_m is not None:
        known.append(np.log(cKDTree(layers.signal_xy_m).query(xy_m)[0] + NODE_REACH_M))
    return known


def _to_nodes(ends_m: FloatArray, xy_m: FloatArray) -> list[FloatArray]:
    """Return the distance of points to the nearest node of each of `ARMS`, shape (P,) each.

    Infinite where there is none. A node is where ends of streets lie together.
    """
    place, arms = np.unique(np.round(ends_m / ROUND_M).astype(np.int64), axis=0, return_counts=True)
    arms = np.minimum(arms, ARMS[-1])
    far = []
    for number in ARMS:
        nodes = place[arms == number] * ROUND_M
        found = cKDTree(nodes).query(xy_m)[0] if len(nodes) else np.full(len(xy_m), np.inf)
        far.append(np.asarray(found, dtype=float))
    return far


def within_radius(
    where_m: FloatArray, amount: FloatArray, xy_m: FloatArray, radius_m: float
) -> FloatArray:
    """Add up amounts within about a radius of points, on a grid of a quarter of it, shape (P,)."""
    step = radius_m / CELLS_PER_RADIUS
    low = np.minimum(where_m.min(axis=0), xy_m.min(axis=0))
    cell, at = (np.floor((xy - low) / step).astype(np.int64) for xy in (where_m, xy_m))
    shape = np.maximum(cell.max(axis=0), at.max(axis=0)) + 1
    grid = np.zeros(tuple(shape))
    np.add.at(grid, tuple(cell.T), amount)
    reach = np.arange(-CELLS_PER_RADIUS, CELLS_PER_RADIUS + 1)
    disc = (reach[:, None] ** 2 + reach**2 <= CELLS_PER_RADIUS**2).astype(float)
    near = oaconvolve(grid, disc, mode="same")[tuple(at.T)]
    return np.asarray(np.maximum(np.round(near / ROUND_M) * ROUND_M, 0.0), dtype=float)


def folded_lift(
    fit: FitCity, fold: IntArray, start: FloatArray, prior: Prior, around: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the log lift of each point from a fit on the other folds, shapes (P,), (P,).

    Parameters
    ----------
    fit
        The city.
    fold
        Of each point, shape (P,).
    start
        Coefficients the fit is shrunk to, shape (K,).
    prior
        Spread between cities.
    around
        See `surroundings`.

    Returns
    -------
    profile, with_surroundings
        From the columns of a profile alone, and from these and the surroundings together.
    """
    profile, everything = np.zeros(len(fold)), np.zeros(len(fold))
    columns = design_matrix.design(fit.code)
    varies = np.ptp(columns, axis=0) > 0
    together = np.hstack([(columns * prior.between_sd)[:, varies], around * AROUND_SD])
    shared = regression.log_lift(start, fit.code, fit.length_m)
    for f in np.unique(fold):
        others, here = fold != f, fold == f
        seen = regression.fit([fit.part(others)], prior_mean=start, prior_sd=prior.between_sd)
        profile[here] = regression.log_lift(seen.beta, fit.code, fit.length_m)[here]
        params = _fit_together(fit.part(others), shared[others], together[others])
        everything[here] = shared[here] + together[here] @ params
    return profile, everything - np.log(_mean(np.exp(everything), fit.length_m))


def _mean(value: FloatArray, length_m: FloatArray) -> float:
    return float(np.average(value, weights=length_m))


def _fit_together(city: FitCity, lift: FloatArray, columns: FloatArray) -> FloatArray:
    """Return the log lift of each column, all with a prior spread of one, shape (M,)."""
    offset = lift + np.log(city.length_m)
    offset += np.log(city.sites.sum() / np.exp(offset).sum())
    full = np.column_stack([np.ones(len(offset)), columns])
    model = sm.GLM(city.sites, full, family=sm.families.Poisson(), offset=offset)
    penalty = np.r_[0.0, np.ones(columns.shape[1])] / model.nobs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        params = model.fit_regularized(alpha=penalty, L1_wt=0.0).params
    return np.asarray(params, dtype=float)[1:]
