"""Districts that an operator favours or leaves out: how sites keep together.

Each district of a city has a factor on its sites, gamma distributed with mean one (a shared
frailty); the smaller its shape, the stronger the clustering. Given the factors, sites exist
independently, so the chance that none of several sites exists is a product over districts of
(1 + L/k)^-k, L the hazard of the district's sites and k the shape (the Laplace transform of the
gamma distribution; Cook and Johnson 1981). The chance of each single site stays what it was.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design

ALWAYS: Final = 0.99
"""A site that must exist so surely in a district of mean favour exists whatever the favour is."""
_MIN_REST: Final = 1e-9
_MIN_FACTOR: Final = 1e-9
"""No district is left out for certain."""
CURVE_NODES: Final = 513
"""Nodes of `miss_curve` over the fourth root of the chance; between them it is straight."""


def districts(xy_m: FloatArray, district_m: float) -> tuple[IntArray, NDArray[np.int64]]:
    """Return the corner cell of the square district each point lies in, and its index.

    Parameters
    ----------
    xy_m
        Metric coordinates, shape (G, 2).
    district_m
        Side of a district.

    Returns
    -------
    cells, index
        Column and row of each district in the metric grid, shape (A, 2); index of the district of
        each point, shape (G,).
    """
    cell = np.floor(xy_m / district_m).astype(np.int64).reshape(-1, 2)
    cells, index = np.unique(cell, axis=0, return_inverse=True)
    return cells, np.asarray(index).ravel()


def shape_among(shape: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the shape of the factors where the number of sites of the city is fixed.

    What one district has more, the others have less: among n equal districts the share of one is
    beta distributed, with variance (n - 1) / (n k + 1) of its ratio to the mean instead of 1 / k.
    One district alone has all the sites, whatever its factor.

    Parameters
    ----------
    shape
        Shape of the factors of independent districts, shape (D,).
    expected
        Expected sites of each district, shape (A, D); n is their effective number (Kish 1965).
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

    The number drawn belongs to the draw and the district, whatever the shape is.
    """
    u = design.generator("district factors").random((design.n_draws, n_districts))
    finite = np.isfinite(shape)
    factor = np.ones_like(u)
    k = shape[finite, None]
    factor[finite] = special.gammaincinv(k, u[finite]) / k
    return np.maximum(factor, _MIN_FACTOR)


def prob_at_mean_favour(
    prob: FloatArray, shape: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Return the chance in a district of mean favour that leaves the chance over all at `prob`.

    Parameters
    ----------
    prob
        Chance that a site exists, shape (..., D).
    shape
        Shape of the factors, infinite for none, shape (D,).

    Returns
    -------
    given, alone
        The chance given a factor of one; and where the site exists so surely that the factor is
        taken not to matter (there `given` is `prob`).
    """
    finite = np.isfinite(shape)
    k = np.where(finite, shape, 1.0)
    with np.errstate(divide="ignore", over="ignore"):
        hazard = k * ((1.0 - prob) ** (-1.0 / k) - 1.0)
    given = np.where(finite, -np.expm1(-hazard), prob)
    alone = (given > ALWAYS) & finite & (prob > 0)
    return np.where(alone, prob, given), alone


def miss_curve(shape: FloatArray) -> NDArray[np.float32]:
    """Tabulate the chance that no site of a district exists, from the chance at mean favour.

    Parameters
    ----------
    shape
        Shape of the factors, infinite for none, shape (D,).

    Returns
    -------
    curve
        Over the fourth root of the chance from 0 to 1 in equal steps, shape (D, `CURVE_NODES`).
    """
    miss = (np.arange(CURVE_NODES) / (CURVE_NODES - 1)) ** 4
    with np.errstate(divide="ignore"):
        hazard = -np.log(miss)
    finite = np.isfinite(shape)
    k = np.where(finite, shape, 1.0)[:, None]
    return np.where(finite[:, None], (1.0 + hazard / k) ** -k, miss).astype(np.float32)
