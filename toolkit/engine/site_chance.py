"""Probability that each site exists, per draw, by class and size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.siting import districts

CERTAIN: Final = 1e30
"""Factor of sites that exist for certain: finite, so that a size of zero still gives zero."""
_MOST_PROB: Final = 1 - 1e-12
"""Largest chance with a finite hazard: sites that exist for certain come before all others."""


@dataclass(frozen=True)
class SiteChance:
    """Chance that each site exists, per draw, and the clustering of sites in districts.

    In a district of mean intensity it is min(1, factor of the class * size). Few classes and one
    size per site replace a table of sites by draws, which for a large city would not fit into
    memory.

    Attributes
    ----------
    factor
        Chance per unit of size, shape (C, D), float32.
    alone
        Whether the sites of a class exist whatever their district, shape (C, D).
    mean_size
        Mean size of the sites of each class, shape (C,).
    site_class
        Row of `factor` of each site, shape (G,).
    size
        Size of each site, shape (G,), float32.
    district
        Index of the district of each site, -1 for sites that exist for certain, shape (G,).
    cluster_size, joint_size
        Shape parameter of the district factors, infinite for no clustering, as drawn and given
        a fixed number of sites, shape (D,); see `toolkit.siting.districts`.
    n_sites
        Number of sites besides the certain ones, shape (D,).
    """

    factor: Float32Array
    alone: NDArray[np.bool_]
    mean_size: FloatArray
    site_class: NDArray[np.int32]
    size: Float32Array
    district: NDArray[np.int32]
    cluster_size: FloatArray
    joint_size: FloatArray
    n_sites: FloatArray

    @classmethod
    def of_classes(
        cls,
        factor: FloatArray,
        site_class: IntArray,
        size: FloatArray,
        n_sites: FloatArray,
        *,
        district: IntArray | None = None,
        cluster_size: FloatArray | None = None,
        n_certain: int = 0,
        like: SiteChance | None = None,
    ) -> SiteChance:
        """Make it from the chances over all districts, and append certain sites.

        Parameters
        ----------
        factor
            Chance of a site for each unit of size, shape (C, D).
        site_class, size
            Of each site, shape (G,).
        n_sites
            Number of sites, shape (D,).
        district
            Index of the district of each site, shape (G,); one district by default.
        cluster_size
            Shape parameter of independent district factors, shape (D,); by default no clustering.
        n_certain
            Number of sites that exist for certain.
        like
            Chances of the same sites, whose arrays by site are shared.
        """
        n_classes, n_draws = factor.shape
        district = np.zeros(len(size), np.int64) if district is None else district
        per_class = np.bincount(site_class, weights=size, minlength=n_classes)
        n_of_class = np.bincount(site_class[size > 0], minlength=n_classes)
        mean = np.where(n_of_class > 0, per_class / np.maximum(n_of_class, 1), 1.0)
        prob = np.minimum(np.minimum(factor, CERTAIN) * mean[:, None], 1.0)
        shape = np.full(n_draws, np.inf)
        cluster_size = shape if cluster_size is None else cluster_size
        if np.isfinite(cluster_size).any():
            n_districts = int(district.max(initial=0)) + 1
            cell = (district * n_classes + site_class)[size > 0]
            cells = np.bincount(cell, minlength=n_districts * n_classes).astype(float)
            among = cells.reshape(n_districts, n_classes) @ prob
            shape = districts.shape_among(cluster_size, among)
        given, alone = districts.prob_at_unit_factor(prob, shape)
        kept = alone | np.isinf(shape)
        within = np.where(kept, np.minimum(factor, CERTAIN), given / mean[:, None])
        certain = (n_certain > 0) * 1
        by_site = (
            (like.site_class, like.size, like.district)
            if like is not None
            else (
                np.concatenate([site_class, np.full(n_certain, n_classes)]).astype(np.int32),
                np.concatenate([size, np.ones(n_certain)]).astype(np.float32),
                np.concatenate([district, np.full(n_certain, -1)]).astype(np.int32),
            )
        )
        return cls(
            # The loops run over draws: these must be contiguous, whatever the order given.
            factor=np.ascontiguousarray(
                np.vstack([within, np.full((certain, n_draws), CERTAIN)]), dtype=np.float32
            ),
            alone=np.ascontiguousarray(np.vstack([alone, np.ones((certain, n_draws), bool)])),
            mean_size=np.concatenate([mean, np.ones(certain)]),
            site_class=by_site[0],
            size=by_site[1],
            district=by_site[2],
            cluster_size=cluster_size,
            joint_size=shape,
            n_sites=n_sites,
        )

    @classmethod
    def of_table(cls, prob: FloatArray | Float32Array) -> SiteChance:
        """Make it from a table of probabilities, shape (G, D), without clustering."""
        table = np.asarray(prob, dtype=float)
        n_sites = len(table)
        return cls.of_classes(table, np.arange(n_sites), np.ones(n_sites), table.sum(axis=0))

    def hazard(self) -> FloatArray:
        """Return the hazard per unit of size in a district of mean intensity, shape (C, D)."""
        prob = np.minimum(self.factor * self.mean_size[:, None], _MOST_PROB)
        return np.asarray(-np.log1p(-prob) / self.mean_size[:, None])

    def curve(self) -> Float32Array:
        """Return `districts.miss_curve` of each draw; empty where no draw clusters."""
        if np.isinf(self.joint_size).all():
            return np.empty((0, 0), np.float32)
        return districts.miss_curve(self.joint_size)
