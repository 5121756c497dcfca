"""Regression of the siting model on cities with known cameras.

Sites per metre of street are Poisson with a log-linear mean (statsmodels), shrunk towards what
cities have in common. A city is one draw from its operator's cities: its standard errors (sandwich,
clustered by 1 km block) state how well that city is known, not how the next one will be, so the
spread carried forward is that between cities.
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
"""Sites of a district then vary by at most a tenth beyond chance: no clustering in effect."""
_UNIFORM_GRID: Final = np.round(np.arange(0.0, 0.51, 0.01), 2)


@dataclass(frozen=True)
class FitCity:
    """Street points of a city with the number of sites at each.

    Attributes
    ----------
    name
        Name of the city.
    code, length_m
        Class index and length of each point, shape (P,).
    block
        Index of the 1 km block of each, shape (P,).
    sites
        Number of distinct sites at each point, shape (P,).
    """

    name: str
    code: IntArray
    length_m: FloatArray
    block: IntArray
    sites: IntArray

    def part(self, keep: NDArray[np.bool_]) -> FitCity:
        """Return the points where `keep` is true."""
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
        Coefficients, shape (K,), in the order of `design_matrix.COLUMNS`.
    se
        Standard errors clustered by block (sandwich), shape (K,).
    """

    beta: FloatArray
    se: FloatArray


def block_index(xy_m: FloatArray, block_m: float = BLOCK_M) -> IntArray:
    """Return the index of the square block of each point, shape (P,)."""
    cell = np.floor((xy_m - xy_m.min(axis=0)) / block_m).astype(np.int64)
    flat = cell[:, 0] * (cell[:, 1].max() + 1) + cell[:, 1]
    return np.unique(flat, return_inverse=True)[1].reshape(-1).astype(np.int64)


def site_of(xy_m: FloatArray, within_m: float = SITE_M) -> IntArray:
    """Return the site of each camera: connected components within `within_m`, shape (N,)."""
    pairs = cKDTree(xy_m).query_pairs(within_m, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy_m), len(xy_m))
    )
    return np.asarray(sparse.csgraph.connected_components(graph, directed=False)[1], dtype=np.int64)


def distinct_sites(xy_m: FloatArray, within_m: float = SITE_M) -> FloatArray:
    """Return the centres of sites, see `site_of`, shape (S, 2)."""
    if not len(xy_m):
        return np.empty((0, 2))
    label = site_of(xy_m, within_m)
    size = np.bincount(label)
    return np.column_stack([np.bincount(label, weights=xy_m[:, k]) / size for k in (0, 1)])


def fit_city(name: str, points: StreetPoints, camera_xy_m: FloatArray) -> FitCity:
    """Prepare a city for the fit: each distinct site counts at its nearest street point."""
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
        Cities, each with its own intercept.
    prior_mean, prior_sd
        Normal prior of each coefficient, shape (K,).
    equal
        Whether cities have equal weight, however many cameras they have.
    """
    # 1. Stack the cities: an intercept column for each, then the columns of the model.
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
    # Columns in units of their prior spread: a single penalty, and well-conditioned steps.
    full = np.hstack([own, x * prior_sd])
    n_own = len(rows)
    penalty = np.concatenate([np.zeros(n_own), np.full(x.shape[1], 1.0)])
    # 2. Maximise the penalised likelihood.
    model = sm.GLM(y, full, family=sm.families.Poisson(), offset=offset, freq_weights=weight)
    with warnings.catch_warnings():
        # The optimiser stops at its numerical precision, at a gradient of about 1e-5.
        warnings.simplefilter("ignore", ConvergenceWarning)
        params = np.asarray(
            model.fit_regularized(alpha=penalty / model.nobs, L1_wt=0.0).params, dtype=float
        )
    # 3. Standard errors: sandwich with residuals summed by block.
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
    """Sum points by class and block, which is lossless for Poisson counts."""
    pair = np.column_stack([city.block, city.code])
    found, index = np.unique(pair, axis=0, return_inverse=True)
    index = index.reshape(-1)
    length = np.bincount(index, weights=city.length_m).astype(float)
    sites = np.bincount(index, weights=city.sites.astype(float)).astype(float)
    x = design_matrix.design(found[:, 1])
    base = np.log(np.maximum(length, _MIN_RATE)) + x @ prior_mean
    # Start near the right intercept.
    base += np.log(max(sites.sum(), 0.5) / np.exp(base).sum())
    return _Rows(x, sites, base, found[:, 0])


def log_lift(beta: FloatArray, code: IntArray, length_m: FloatArray) -> FloatArray:
    """Return the log density at each point relative to the mean metre of street."""
    log_weight = design_matrix.design(code) @ beta
    log_weight = log_weight - log_weight.max()
    mean = float(np.sum(np.exp(log_weight) * length_m) / length_m.sum())
    return np.asarray(log_weight - np.log(mean), dtype=float)


def uniform_share(lift: FloatArray, sites: FloatArray) -> float:
    """Return the share of sites proportional to length alone, by maximum likelihood.

    Parameters
    ----------
    lift
        Density at each point relative to the mean, from a fit to other data, shape (P,).
    sites
        Number of sites at each, shape (P,).
    """
    at = np.flatnonzero(sites)
    mixed = _UNIFORM_GRID[:, None] + (1 - _UNIFORM_GRID)[:, None] * lift[at]
    return float(_UNIFORM_GRID[int(np.argmax(np.log(np.maximum(mixed, _MIN_RATE)) @ sites[at]))])


def cluster_size(expected: FloatArray, found: FloatArray) -> float:
    """Return the shape k of the gamma factor of blocks, by moments; infinite without clustering.

    Parameters
    ----------
    expected, found
        Sites per block, fitted and observed, shape (B,).
    """
    excess = float(np.sum((found - expected) ** 2 - expected))
    return float(np.sum(expected**2)) / excess if excess > 0 else float("inf")


def likely_cluster_size(expected: FloatArray, found: FloatArray) -> float:
    """Return the shape k by maximum likelihood: sites per block are negative binomial.

    The moment estimate of `cluster_size` depends on the few blocks with most sites; here every
    block counts, including those without a site. Infinite without clustering.

    Parameters
    ----------
    expected, found
        Sites per block, fitted and observed, shape (B,).
    """
    mean = np.maximum(expected, _MIN_RATE)

    def loss(log_size: float) -> float:
        size = np.exp(log_size)
        return -float(stats.nbinom.logpmf(found, size, size / (size + mean)).sum())

    best = float(optimize.minimize_scalar(loss, bounds=_LOG_SIZE, method="bounded").x)
    return float(np.exp(best)) if best < np.log(_NO_CLUSTERS) else float("inf")
