"""Clustering of sites by district: operators favour some districts and avoid others.

Each district of a city has a factor on its sites, gamma distributed with mean one (a shared
frailty); the smaller its shape, the stronger the clustering. Given the factors, sites are
independent, so the probability that none of several sites exists is a product over districts of
(1 + L/k)^-k, with L the hazard of the district's sites and k the shape (the Laplace transform of
the gamma distribution; Cook and Johnson 1981). Marginal probabilities of single sites are
unchanged.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design

ALWAYS: Final = 0.99
"""A site more probable than this at a factor of one is taken to exist whatever the factor is."""
_MIN_REST: Final = 1e-9
_MIN_FACTOR: Final = 1e-9
"""Lower bound, so that no district is excluded with certainty."""
CURVE_NODES: Final = 513
"""Nodes of `miss_curve` over the fourth root of the probability, interpolated linearly."""


def districts(xy_m: FloatArray, district_m: float) -> tuple[IntArray, NDArray[np.int64]]:
    """Return the square districts that hold points, and the district of each point.

    Parameters
    ----------
    xy_m
        Metric coordinates, shape (G, 2).
    district_m
        Side of a district, metres.

    Returns
    -------
    cells, index
        Column and row of each district in the metric grid, shape (A, 2); district index of each
        point, shape (G,).
    """
    cell = np.floor(xy_m / district_m).astype(np.int64).reshape(-1, 2)
    cells, index = np.unique(cell, axis=0, return_inverse=True)
    return cells, np.asarray(index).ravel()


def shape_among(shape: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the shape of the factors given a fixed number of sites in the city.

    More sites in one district then mean fewer in others: among n equal districts the share of one
    is beta distributed, and its ratio to the mean has variance (n - 1) / (n k + 1), not 1 / k. A
    single district has all the sites, whatever its factor.

    Parameters
    ----------
    shape
        Shape of the factors of independent districts, shape (D,).
    expected
        Expected sites per district, shape (A, D); n is their effective number (Kish 1965).
    """
    total = expected.sum(axis=0)
    square = (expected**2).sum(axis=0)
    n = np.divide(total**2, square, out=np.ones_like(total), where=square > 0)
    rest = np.maximum(n - 1.0, 0.0)
    among: FloatArray = np.full_like(n, np.inf)
    np.divide(n * shape + 1.0, rest, out=among, where=rest > _MIN_REST)
    return among


def district_factors(design: Design, shape: FloatArray, n_districts: int) -> FloatArray:
    """Draw the factor of each district, mean one, shape (D, A).

    The underlying uniform variate belongs to draw and district, whatever the shape (common random
    numbers).
    """
    from scipy import special

    u = design.generator("district factors").random((design.n_draws, n_districts))
    finite = np.isfinite(shape)
    factor = np.ones_like(u)
    k = shape[finite, None]
    factor[finite] = special.gammaincinv(k, u[finite]) / k
    return np.maximum(factor, _MIN_FACTOR)


def prob_at_unit_factor(
    prob: FloatArray, shape: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the conditional probability at a factor of one for which the marginal is `prob`.

    Parameters
    ----------
    prob
        Marginal probability that a site exists, shape (..., D).
    shape
        Shape of the factors, infinite for none, shape (D,).

    Returns
    -------
    given, alone
        Probability given a factor of one; and whether the site is independent of the factor
        because that probability exceeds `ALWAYS` (`given` is then `prob`).
    """
    finite = np.isfinite(shape)
    k = np.where(finite, shape, 1.0)
    with np.errstate(divide="ignore", over="ignore"):
        hazard = k * ((1.0 - prob) ** (-1.0 / k) - 1.0)
    given = np.where(finite, -np.expm1(-hazard), prob)
    alone = (given > ALWAYS) & finite & (prob > 0)
    return np.where(alone, prob, given), alone


def miss_curve(shape: FloatArray) -> NDArray[np.float32]:
    """Tabulate the probability that no site of a district exists, over that at a factor of one.

    Parameters
    ----------
    shape
        Shape of the factors, infinite for none, shape (D,).

    Returns
    -------
    curve
        Over the fourth root of the conditional probability, from 0 to 1 in equal steps, shape
        (D, `CURVE_NODES`).
    """
    miss = (np.arange(CURVE_NODES) / (CURVE_NODES - 1)) ** 4
    with np.errstate(divide="ignore"):
        hazard = -np.log(miss)
    finite = np.isfinite(shape)
    k = np.where(finite, shape, 1.0)[:, None]
    return np.where(finite[:, None], (1.0 + hazard / k) ** -k, miss).astype(np.float32)
