"""Fit the siting model to cities whose cameras are known.

Sites per metre of street are Poisson with a log-linear mean (statsmodels), shrunk towards what
all cities have in common. A city is one draw from its operator's cities: its standard errors
(sandwich, by 1 km block) say how well that city is known, not how the next one will be, so the
spread that is kept is the spread between cities.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy import optimize, sparse, stats
from scipy.spatial import cKDTree
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting import design_matrix
from toolkit.siting.features import StreetPoints

BLOCK_M: Final = 1000.0
SITE_M: Final = 20.0
_MIN_RATE: Final = 1e-12
_LOG_SIZE: Final = (np.log(0.01), np.log(1000.0))
_NO_CLUSTERS: Final = 100.0
"""Sites of a district then vary by a tenth beyond chance at most: as good as none."""
_UNIFORM_GRID: Final = np.round(np.arange(0.0, 0.51, 0.01), 2)


@dataclass(frozen=True)
class FitCity:
    """Street points of a city and how many sites stand at each.

    Attributes
    ----------
    name
        Of the city.
    code, length_m
        Class index and length of each point, shape (P,).
    block
        Index of its block of 1 km, shape (P,).
    sites
        Distinct sites at each point, shape (P,).
    """

    name: str
    code: IntArray
    length_m: FloatArray
    block: IntArray
    sites: IntArray

    def part(self, keep: NDArray[np.bool_]) -> FitCity:
        """Return the points for which `keep` is true."""
        return FitCity(
            self.name,
            self.code[keep],
            self.length_m[keep],
            self.block[keep],
            self.sites[keep],
        )


@dataclass(frozen=True)
class Fitted:
    """Coefficients of one city or of several.

    Attributes
    ----------
    beta
        Shape (K,), in the order of `siting_columns.COLUMNS`.
    se
        Sandwich standard errors by block, shape (K,).
    """

    beta: FloatArray
    se: FloatArray


def block_index(xy_m: FloatArray, block_m: float = BLOCK_M) -> IntArray:
    """Return an index of square blocks, shape (P,)."""
    cell = np.floor((xy_m - xy_m.min(axis=0)) / block_m).astype(np.int64)
    flat = cell[:, 0] * (cell[:, 1].max() + 1) + cell[:, 1]
    return np.unique(flat, return_inverse=True)[1].reshape(-1).astype(np.int64)


def site_of(xy_m: FloatArray, within_m: float = SITE_M) -> IntArray:
    """Join cameras nearer than `within_m` to one another; return the site of each, shape (N,)."""
    pairs = cKDTree(xy_m).query_pairs(within_m, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy_m), len(xy_m))
    )
    return np.asarray(sparse.csgraph.connected_components(graph, directed=False)[1], dtype=np.int64)


def distinct_sites(xy_m: FloatArray, within_m: float = SITE_M) -> FloatArray:
    """Return the middles of sites, see `site_of`, shape (S, 2)."""
    if not len(xy_m):
        return np.empty((0, 2))
    label = site_of(xy_m, within_m)
    size = np.bincount(label)
    return np.column_stack([np.bincount(label, weights=xy_m[:, k]) / size for k in (0, 1)])


def fit_city(name: str, points: StreetPoints, camera_xy_m: FloatArray) -> FitCity:
    """Return a city ready to be fitted: each distinct site at its nearest point of street."""
    nearest = cKDTree(points.xy_m).query(distinct_sites(camera_xy_m))[1]
    sites = np.bincount(np.asarray(nearest, dtype=np.int64), minlength=len(points.code))
    return FitCity(name, points.code, points.length_m, block_index(points.xy_m), sites)


def fit(
    cities: Sequence[FitCity],
    *,
    prior_mean: FloatArray,
    prior_sd: FloatArray,
    equal: bool = False,
) -> Fitted:
    """Fit one set of coefficients to one or several cities.

    Parameters
    ----------
    cities
        Each gets its own intercept.
    prior_mean, prior_sd
        Normal prior of each coefficient, shape (K,).
    equal
        Whether each city counts as much as the mean one, however many cameras it has.
    """
    rows = [_rows(city, prior_mean) for city in cities]
    x = np.vstack([r.x for r in rows])
    y = np.concatenate([r.y for r in rows])
    offset = np.concatenate([r.offset for r in rows])
    n_sites = np.array([r.y.sum() for r in rows])
    weight = np.concatenate(
        [np.full(len(r.y), n_sites.mean() / r.y.sum() if equal else 1.0) for r in rows]
    )
    which = np.repeat(np.arange(len(rows)), [len(r.y) for r in rows])
    block = np.concatenate([r.block + 1_000_000 * i for i, r in enumerate(rows)])
    own = (which[:, None] == np.arange(len(rows))).astype(float)
    # Columns in units of their prior spread: one penalty for all, and steps of like size.
    full = np.hstack([own, x * prior_sd])
    n_own = len(rows)
    penalty = np.concatenate([np.zeros(n_own), np.full(x.shape[1], 1.0)])
    model = sm.GLM(y, full, family=sm.families.Poisson(), offset=offset, freq_weights=weight)
    with warnings.catch_warnings():
        # The optimiser stops for lack of precision at a gradient of about 1e-5.
        warnings.simplefilter("ignore", ConvergenceWarning)
        params = np.asarray(
            model.fit_regularized(alpha=penalty / model.nobs, L1_wt=0.0).params, dtype=float
        )
    rate = np.exp(np.clip(full @ params + offset, -50, 50))
    bread = np.linalg.inv((full * (weight * rate)[:, None]).T @ full + np.diag(penalty + 1e-9))
    residual = (weight * (y - rate))[:, None] * full
    groups = np.unique(block, return_inverse=True)[1].reshape(-1)
    by_block = np.zeros((groups.max() + 1, full.shape[1]))
    np.add.at(by_block, groups, residual)
    covariance = bread @ (by_block.T @ by_block) @ bread
    se = np.sqrt(np.maximum(np.diag(covariance)[n_own:], 0.0)) * prior_sd
    return Fitted(prior_mean + params[n_own:] * prior_sd, se)


@dataclass(frozen=True)
class _Rows:
    x: FloatArray
    y: FloatArray
    offset: FloatArray
    block: IntArray


def _rows(city: FitCity, prior_mean: FloatArray) -> _Rows:
    """Add up points of one class and block: a Poisson sum loses nothing by it."""
    pair = np.column_stack([city.block, city.code])
    found, index = np.unique(pair, axis=0, return_inverse=True)
    index = index.reshape(-1)
    length = np.bincount(index, weights=city.length_m).astype(float)
    sites = np.bincount(index, weights=city.sites.astype(float)).astype(float)
    x = design_matrix.design(found[:, 1])
    base = np.log(np.maximum(length, _MIN_RATE)) + x @ prior_mean
    # An intercept near the right one from the start.
    base += np.log(max(sites.sum(), 0.5) / np.exp(base).sum())
    return _Rows(x, sites, base, found[:, 0])


def log_lift(beta: FloatArray, code: IntArray, length_m: FloatArray) -> FloatArray:
    """Return the log of how much more likely a metre at each point is than a mean metre."""
    log_weight = design_matrix.design(code) @ beta
    log_weight = log_weight - log_weight.max()
    mean = float(np.sum(np.exp(log_weight) * length_m) / length_m.sum())
    return np.asarray(log_weight - np.log(mean), dtype=float)


def uniform_share(lift: FloatArray, sites: FloatArray) -> float:
    """Return the share of sites that follow length alone, by most likelihood.

    Parameters
    ----------
    lift
        Density of each point over the mean, from a fit that has not seen it, shape (P,).
    sites
        Sites at each, shape (P,).
    """
    at = np.flatnonzero(sites)
    mixed = _UNIFORM_GRID[:, None] + (1 - _UNIFORM_GRID)[:, None] * lift[at]
    return float(_UNIFORM_GRID[int(np.argmax(np.log(np.maximum(mixed, _MIN_RATE)) @ sites[at]))])


def cluster_size(expected: FloatArray, found: FloatArray) -> float:
    """Return the size k of a gamma factor per block, by moments; infinite where none is needed.

    Parameters
    ----------
    expected, found
        Sites per block by the fit and in truth, shape (B,).
    """
    excess = float(np.sum((found - expected) ** 2 - expected))
    return float(np.sum(expected**2)) / excess if excess > 0 else float("inf")


def likely_cluster_size(expected: FloatArray, found: FloatArray) -> float:
    """Return the size k by most likelihood: sites per block are negative binomial.

    The moments of `cluster_size` hang on the few blocks with most sites; here every block counts,
    those without a site too. Infinite where none is needed.

    Parameters
    ----------
    expected, found
        Sites per block by the fit and in truth, shape (B,).
    """
    mean = np.maximum(expected, _MIN_RATE)

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        return -float(stats.nbinom.logpmf(found, size, size / (size + mean)).sum())

    best = float(optimize.minimize_scalar(loss, bounds=_LOG_SIZE, method="bounded").x)
    return float(np.exp(best)) if best < np.log(_NO_CLUSTERS) else float("inf")
