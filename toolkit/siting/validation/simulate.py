"""Simulation of the street length covered by a given number of sites.

The reference for totals: sites are placed by draws of the weights, at most one per street piece,
clustered by district, and at distances from the street observed in other cities.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.spatial import cKDTree

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.siting.validation.regression import block_index
from toolkit.siting.weights import WeightDraws

DISC_M: Final = 25.0
_TINY: Final = 1e-300
"""Lower bound of factors and weights, to avoid division by zero."""


@dataclass(frozen=True)
class Ground:
    """Street pieces on which sites are placed and coverage is measured.

    Attributes
    ----------
    xy_m, heading_rad, length_m
        Centre, mathematical angle and length of each piece, shapes (P, 2), (P,), (P,).
    class_of
        Column of the drawn weights for each piece, shape (P,).
    tile
        Index of the tile of each piece, shape (P,).
    """

    xy_m: FloatArray
    heading_rad: FloatArray
    length_m: FloatArray
    class_of: IntArray
    tile: IntArray


def covered(xy_m: FloatArray, site_xy_m: FloatArray, disc_m: float = DISC_M) -> NDArray[np.bool_]:
    """Return whether each point has a site within the disc, shape (P,)."""
    out = np.zeros(len(xy_m), dtype=np.bool_)
    if len(site_xy_m):
        far = cKDTree(site_xy_m).query(xy_m, distance_upper_bound=disc_m)[0]
        out[np.isfinite(far)] = True
    return out


def cameras_per_site(per_site: tuple[float, float], design: Design) -> FloatArray:
    """Draw the mean number of cameras per site, log-uniform between low and high, shape (D,)."""
    column = design.column("siting.cameras_per_site")
    return np.asarray(stats.loguniform.ppf(column, *per_site), dtype=float)


def sites_from_cameras(n_cameras: int, per_site: tuple[float, float], design: Design) -> FloatArray:
    """Draw the number of sites of a number of cameras, shape (D,)."""
    return np.maximum(np.round(n_cameras / cameras_per_site(per_site, design)), 1.0)


def covered_length_m(
    ground: Ground,
    drawn: WeightDraws,
    n_sites: FloatArray,
    offset_m: FloatArray,
    design: Design,
    *,
    disc_m: float = DISC_M,
) -> FloatArray:
    """Return the street length covered per draw and tile, shape (D, T).

    Parameters
    ----------
    ground
        Street pieces.
    drawn
        Weights by class, and the shape of the district factor.
    n_sites
        Number of sites, shape (D,).
    offset_m
        Quantiles of the distance from camera to street, one row per city, shape (N, Q).
    design
        Draws.
    disc_m
        Radius covered by a site.
    """
    n_tiles = int(ground.tile.max()) + 1
    tree = cKDTree(ground.xy_m)
    out = np.zeros((design.n_draws, n_tiles))
    for d, (site, _) in enumerate(place_sites(ground, drawn, n_sites, offset_m, design)):
        seen = np.zeros(len(ground.length_m), dtype=np.bool_)
        for near in tree.query_ball_point(site, disc_m):
            seen[near] = True
        out[d] = np.bincount(ground.tile[seen], weights=ground.length_m[seen], minlength=n_tiles)
    return out


def place_sites(
    ground: Ground, drawn: WeightDraws, n_sites: FloatArray, offset_m: FloatArray, design: Design
) -> Iterator[tuple[FloatArray, IntArray]]:
    """Place sites once per draw; parameters as for `covered_length_m`.

    Yields
    ------
    site_xy_m, chosen
        Sites of the draw and their street pieces, shapes (S, 2), (S,).
    """
    rng = design.generator("siting.place")
    district = block_index(ground.xy_m)
    n_districts = int(district.max()) + 1
    shares = np.linspace(0.0, 1.0, offset_m.shape[1])
    for d in range(design.n_draws):
        k = float(drawn.cluster_size[d])
        factor = np.maximum(rng.gamma(k, 1 / k, n_districts), _TINY)
        weight = drawn.weight[d, ground.class_of] * ground.length_m * factor[district]
        n = int(min(n_sites[d], len(weight)))
        # The n smallest exponential waiting times are a weighted sample without replacement.
        wait = rng.exponential(size=len(weight)) / np.maximum(weight, _TINY)
        chosen = np.argpartition(wait, n - 1)[:n]
        row = offset_m[rng.integers(len(offset_m))]
        off = np.interp(rng.random(n), shares, row) * rng.choice((-1.0, 1.0), n)
        angle = ground.heading_rad[chosen]
        offset = np.column_stack([-np.sin(angle), np.cos(angle)]) * off[:, None]
        yield ground.xy_m[chosen] + offset, chosen
