"""From sight, rings and siting to probabilities: closed form, and simulation as its reference.

A point is exposed if any camera of the system has it in its ring. Groups hold at most one site
each, so the chance is 1 - prod(1 - pi_g * v_g): pi_g that group g holds a site, v_g that one
site's cameras have the point in their rings. Everything is given one draw of the ignorance
layer at a time; no probability is averaged before the product.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from toolkit import _exposure_kernels
from toolkit.draws import Design, FloatArray
from toolkit.optics import CameraDraws
from toolkit.results import INTERVAL
from toolkit.sight import BEARING_STEPS, CM_PER_M, KERNEL_LOCK, Sight

BIN_M = _exposure_kernels.BIN_M
MAX_PER_SITE = _exposure_kernels.MAX_PER_SITE
_OFFSET_STEPS = _exposure_kernels.OFFSET_STEPS
_HALF_CIRCLE = _exposure_kernels.HALF_CIRCLE
_FULL_CIRCLE_DEG = _exposure_kernels.FULL_CIRCLE_DEG

Float32Array = NDArray[np.float32]
IntArray = NDArray[np.int64]

CANDIDATE = 0
"""Row of the view table for a site that may stand there: number and bearings unknown."""
IN_FIELD = _exposure_kernels.IN_FIELD
"""Row for one camera whose field is known and holds the point: only its ring is uncertain."""
TURNING = _exposure_kernels.TURNING
"""Row for one camera that is known to turn: all directions, and one of the types that turn."""
N_VIEWS = _exposure_kernels.N_VIEWS
HEIGHT_STEP_M = 0.5
"""Least camera heights are rounded down to steps of this size: a roof hides a little less."""
_HEIGHT_STEP_DM = 5
_DM_PER_M = 10.0
BEARING_STEP_DEG = 360.0 / BEARING_STEPS
"""Bearings of lines of sight are kept in steps of this size."""


def mapped_view(n_cameras: IntArray) -> IntArray:
    """Return the row of the view table of a mapped site with n cameras, bearings unknown."""
    return np.clip(n_cameras, 1, MAX_PER_SITE)


def directed_view(offset_deg: FloatArray) -> IntArray:
    """Return the row for one camera whose axis is `offset_deg` away from the point."""
    folded = np.abs((np.asarray(offset_deg) + 180.0) % 360.0 - 180.0)
    step = np.minimum((folded / 360.0 * _OFFSET_STEPS).astype(np.int64), _HALF_CIRCLE - 1)
    return 1 + MAX_PER_SITE + step


def view_code(view: IntArray, least_dm: NDArray[np.uint8]) -> IntArray:
    """Return the kind of view of pairs: the row for open sight, and what a roof leaves of it.

    Parameters
    ----------
    view
        `CANDIDATE`, `mapped_view`, `directed_view`, `IN_FIELD` or `TURNING`, shape (N,).
    least_dm
        Least camera height in tenths of a metre, 0 where nothing stands between, shape (N,).
    """
    band = np.where(least_dm > 0, 1 + least_dm.astype(np.int64) // _HEIGHT_STEP_DM, 0)
    return np.asarray(view + N_VIEWS * band)


def known_width(width_deg: FloatArray) -> FloatArray:
    """Return widths as they are used: none is narrower than a step of bearing.

    A narrower one could lie between two steps and hold nothing.
    """
    return np.asarray(np.maximum(width_deg, BEARING_STEP_DEG))  # NaN stays NaN


def per_site_prob(mean_per_site: FloatArray) -> FloatArray:
    """Return the chance of 1 to `MAX_PER_SITE` cameras at a site: 1 + Poisson(mean - 1).

    Returns
    -------
    prob
        Shape (D, MAX_PER_SITE), rows add up to one.
    """
    count = np.arange(MAX_PER_SITE)
    prob = np.asarray(
        stats.poisson.pmf(count[None, :], np.maximum(mean_per_site - 1.0, 0.0)[:, None])
    )
    return np.asarray(prob / prob.sum(axis=1, keepdims=True))


def view_table(
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    *,
    reach_m: float,
    availability: FloatArray | None = None,
    codes: IntArray | None = None,
) -> Float32Array:
    """Tabulate v, the chance that one site's cameras have a point in their rings.

    Cameras of one site look in evenly spaced directions with a random common turn; each has a
    type of its own and works or not on its own, given the share working.

    Parameters
    ----------
    cameras
        Draws of camera types.
    mean_per_site
        Mean cameras per site, shape (D,).
    reach_m
        Length of the table.
    availability
        Share working, shape (D,); that of `cameras` by default.
    codes
        Kinds of view that are wanted, shape (K,), see `view_code`; by default all that have
        nothing between site and point.

    Returns
    -------
    table
        Shape (K, bins, T, D).
    """
    codes = np.arange(N_VIEWS) if codes is None else codes
    bands, band = np.unique(codes // N_VIEWS, return_inverse=True)
    row_of = np.full((len(bands), N_VIEWS), -1, dtype=np.int64)
    row_of[band, codes % N_VIEWS] = np.arange(len(codes))
    working = cameras.availability if availability is None else availability
    n_bins = math.ceil(reach_m / BIN_M)
    with KERNEL_LOCK:
        return np.asarray(
            _exposure_kernels.fill_views(
                np.ascontiguousarray(cameras.share * working[:, None]),
                np.ascontiguousarray(cameras.height_m),
                np.ascontiguousarray(cameras.hfov_deg),
                np.nan_to_num(cameras.inner_m, nan=np.inf),
                np.nan_to_num(cameras.outer_m, nan=0.0),
                per_site_prob(mean_per_site),
                n_bins,
                np.maximum(bands - 1, 0) * HEIGHT_STEP_M,
                row_of,
                len(codes),
            )
        )


@dataclass(frozen=True)
class PointRows:
    """Pairs of street point and site in rows per point: the transpose of `Sight`.

    Attributes
    ----------
    start
        Row starts, shape (P + 1,).
    site, bin, view
        Site, distance bin and row of the view table of each pair.
    codes
        What the rows of the view table are, see `view_code`.
    """

    start: IntArray
    site: NDArray[np.int32]
    bin: NDArray[np.int16]
    view: NDArray[np.int16]
    codes: IntArray = field(default_factory=lambda: np.arange(N_VIEWS))

    def take(self, points: IntArray) -> PointRows:
        """Return the rows of some points only, in that order."""
        counts = self.start[points + 1] - self.start[points]
        start = np.concatenate([[0], np.cumsum(counts)])
        which = np.repeat(self.start[points] - start[:-1], counts) + np.arange(start[-1])
        return PointRows(start, self.site[which], self.bin[which], self.view[which], self.codes)


def point_rows(
    sight: Sight,
    n_points: int,
    site_view: IntArray,
    site_axis_deg: FloatArray,
    site_width_deg: FloatArray | None = None,
) -> PointRows:
    """Sort pairs by point; pairs outside a field that is known are left out.

    Parameters
    ----------
    sight
        Pairs by site.
    n_points
        Number of street points.
    site_view
        Row of the view table of each site, shape (G,).
    site_axis_deg
        Axis of sites with one camera of known direction, NaN elsewhere, shape (G,).
    site_width_deg
        Width of the field of sites with one camera where it is known, NaN elsewhere, shape
        (G,). A full circle is a camera that turns: then all directions are inside.
    """
    counts = np.diff(sight.start)
    site = np.repeat(np.arange(sight.n_sites, dtype=np.int32), counts)
    last_bin = math.ceil(sight.reach_m / BIN_M) - 1
    bins = np.minimum(np.asarray(sight.distance_cm) / CM_PER_M / BIN_M, last_bin).astype(np.int16)
    view = site_view[site].astype(np.int16)
    axis = site_axis_deg[site]
    directed = ~np.isnan(axis)
    if directed.any():
        bearing = np.asarray(sight.bearing)[directed].astype(float) * BEARING_STEP_DEG
        view[directed] = directed_view(bearing - axis[directed]).astype(np.int16)
    point, start = np.asarray(sight.point), np.asarray(sight.start)
    kept = np.arange(len(site), dtype=np.int64)
    if site_width_deg is not None and not np.isnan(site_width_deg).all():
        pairs = np.flatnonzero(~np.isnan(site_width_deg)[site])
        turns = site_width_deg[site[pairs]] >= _FULL_CIRCLE_DEG
        view[pairs] = np.where(turns, TURNING, IN_FIELD)
        bearing = np.asarray(sight.bearing)[pairs].astype(float) * BEARING_STEP_DEG
        away = np.abs((bearing - axis[pairs] + 180.0) % 360.0 - 180.0)
        # Not-a-number compares false: without an axis no pair is outside.
        outside = away > known_width(site_width_deg)[site[pairs]] / 2
        kept = np.delete(kept, pairs[outside])
        point = point[kept]
        start = np.concatenate([[0], np.cumsum(np.bincount(site[kept], minlength=len(counts)))])
    # A compressed transpose: stable, linear, and sites stay in order within a point.
    index = sparse.csr_array(
        (kept + 1, point, start),
        shape=(sight.n_sites, n_points),
    ).tocsc()
    order = index.data - 1
    codes, row = np.unique(
        view_code(view.astype(np.int64), np.asarray(sight.height_dm)), return_inverse=True
    )
    return PointRows(
        index.indptr.astype(np.int64),
        site[order],
        bins[order],
        row[order].astype(np.int16),
        codes,
    )


CERTAIN: Final = 1e30
"""Factor of sites that exist for certain: finite, so that a size of nothing still gives nothing."""


@dataclass(frozen=True)
class SiteChance:
    """The chance that each site exists, per draw: min(1, factor of its class * size).

    Few classes and one size a site stand for a table of sites and draws, which in a large city
    would not fit into memory.

    Attributes
    ----------
    factor
        Shape (C, D), float32.
    site_class
        Row of `factor` of each site, shape (G,).
    size
        Shape (G,), float32.
    """

    factor: Float32Array
    site_class: NDArray[np.int32]
    size: Float32Array

    @classmethod
    def of_table(cls, prob: Float32Array) -> SiteChance:
        """Make it of a table of probabilities, shape (G, D)."""
        return cls(
            np.ascontiguousarray(prob, dtype=np.float32),
            np.arange(len(prob), dtype=np.int32),
            np.ones(len(prob), np.float32),
        )

    def with_certain(self, n_sites: int) -> SiteChance:
        """Return the same with so many sites more that exist for certain."""
        certain = np.full((1, self.factor.shape[1]), CERTAIN, np.float32)
        return SiteChance(
            np.vstack([self.factor, certain]),
            np.concatenate([self.site_class, np.full(n_sites, len(self.factor), np.int32)]),
            np.concatenate([self.size, np.ones(n_sites, np.float32)]),
        )

    def of_draw(self, draw: int) -> FloatArray:
        """Return the probabilities of one draw, shape (G,)."""
        prob = self.factor[self.site_class, draw].astype(float) * self.size
        return np.asarray(np.minimum(prob, 1.0), dtype=float)


def closed_form(
    rows: PointRows, chance: SiteChance | Float32Array, views: Float32Array
) -> Float32Array:
    """Return the probability that a point is exposed, shape (P, T, D).

    Parameters
    ----------
    rows
        Pairs by point.
    chance
        Chance that each site exists, or a table of it, shape (G, D); one for mapped sites.
    views
        See `view_table`.
    """
    if not isinstance(chance, SiteChance):
        chance = SiteChance.of_table(chance)
    with KERNEL_LOCK:
        return np.asarray(
            _exposure_kernels.closed_form(
                rows.start,
                rows.site,
                rows.bin,
                rows.view,
                chance.factor,
                chance.site_class,
                chance.size,
                views,
                _last_bins(views),
            )
        )


@dataclass(frozen=True)
class PointSummary:
    """Exposure of street points over the ignorance layer.

    Attributes
    ----------
    low, mid, high
        5 % quantile, mean and 95 % quantile of the probability of each point, shape (P, T).
    group_mean
        Length mean of the points of each street per draw, shape (S, T, D).
    """

    low: FloatArray
    mid: FloatArray
    high: FloatArray
    group_mean: Float32Array


def summarise(
    rows: PointRows,
    chance: SiteChance | Float32Array,
    views: Float32Array,
    length_m: FloatArray,
    street: IntArray,
    n_streets: int,
) -> PointSummary:
    """Evaluate the closed form on all points and keep what is shown.

    The points of a street must follow one another.
    """
    if not isinstance(chance, SiteChance):
        chance = SiteChance.of_table(chance)
    begin = np.flatnonzero(np.diff(street, prepend=-1))
    with KERNEL_LOCK:
        low, mid, high, means = _exposure_kernels.summarise(
            np.concatenate([begin, [len(street)]]), rows.start, rows.site, rows.bin, rows.view,
            chance.factor, chance.site_class, chance.size, views, _last_bins(views), length_m,
            INTERVAL[0],
        )  # fmt: skip
    group_mean = np.full((n_streets, *means.shape[1:]), np.nan, np.float32)
    group_mean[street[begin]] = means
    return PointSummary(low, mid, np.maximum(mid, high), group_mean)


def _last_bins(views: Float32Array) -> IntArray:
    """Return the last distance bin of each tier in which anything is seen, -1 where none is."""
    some = np.asarray(views.any(axis=3).any(axis=0))
    return np.array([int(np.flatnonzero(seen).max(initial=-1)) for seen in some.T])


@dataclass(frozen=True)
class Placed:
    """Totals of cameras placed once per draw.

    Attributes
    ----------
    share
        Share of the length that any camera covers, shape (D, T).
    alone_m
        Length that each working camera covers by itself, added up, shape (D, T).
    n_working
        Working cameras, shape (D,).
    """

    share: FloatArray
    alone_m: FloatArray
    n_working: IntArray


def sample_sites(prob: FloatArray, rng: np.random.Generator) -> IntArray:
    """Draw which groups hold a site: systematic sampling in random order.

    The number drawn is the sum of `prob`, rounded up or down; each group is drawn with its own
    probability (Madow 1949).
    """
    order = rng.permutation(len(prob))
    edges = np.concatenate([[0.0], np.cumsum(prob[order])])
    ticks = np.arange(rng.random(), edges[-1], 1.0)
    chosen = np.searchsorted(edges, ticks, side="right") - 1
    return np.sort(order[np.minimum(chosen, len(prob) - 1)])


def simulate(  # noqa: PLR0913
    sight: Sight,
    chance: SiteChance | FloatArray,
    fixed_count: IntArray,
    fixed_axis_deg: FloatArray,
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    length_m: FloatArray,
    design: Design,
    *,
    fixed_width_deg: FloatArray | None = None,
    sample: Callable[[FloatArray, np.random.Generator], IntArray] = sample_sites,
) -> Placed:
    """Place cameras once per draw and measure the share of length that is covered.

    This is the placement layer: what a surveyor would find if the draw were the truth.

    Parameters
    ----------
    sight
        Pairs by site.
    chance
        Chance that each site exists, or a table of it, shape (G, D).
    fixed_count
        Cameras of mapped sites, 0 for candidates, shape (G,).
    fixed_axis_deg
        Axis of mapped cameras with a known direction, else NaN, shape (G,).
    cameras, mean_per_site
        Draws of types and of cameras per site.
    length_m
        Length of each street point, shape (P,); 0 for points that do not count.
    design
        Draws and seed.
    fixed_width_deg
        Width of the field of mapped cameras where it is known, else NaN, shape (G,); by default
        none is. Where it is not known, the field is that of the type drawn.
    sample
        Draws which sites exist, from their probabilities; a fixed number of them by default.

    """
    n_types = cameras.share.shape[1]
    per_site = per_site_prob(mean_per_site)
    rng = design.generator("placement")
    width = np.full(len(fixed_count), np.nan) if fixed_width_deg is None else fixed_width_deg
    sites, types, axes, first = [], [], [], [0]
    for d in range(design.n_draws):
        chosen = sample(chance.of_draw(d) if isinstance(chance, SiteChance) else chance[:, d], rng)
        fixed = fixed_count[chosen]
        drawn = 1 + rng.choice(MAX_PER_SITE, size=len(chosen), p=per_site[d])
        count = np.where(fixed > 0, fixed, drawn)
        turn = rng.random(len(chosen)) * 360.0
        camera_site = np.repeat(chosen, count)
        within = np.arange(len(camera_site)) - np.repeat(np.cumsum(count) - count, count)
        axis = np.repeat(turn, count) + within * 360.0 / np.repeat(count, count)
        known = fixed_axis_deg[camera_site]
        axis = np.where(np.isnan(known), axis, known)
        kind = rng.choice(n_types, size=len(camera_site), p=cameras.share[d])
        turning = width[camera_site] >= _FULL_CIRCLE_DEG
        among = np.where(cameras.hfov_deg[d] >= _FULL_CIRCLE_DEG, cameras.share[d], 0.0)
        if turning.any() and among.any():
            kind[turning] = rng.choice(n_types, size=int(turning.sum()), p=among / among.sum())
        works = rng.random(len(camera_site)) < cameras.availability[d]
        sites.append(camera_site[works])
        types.append(kind[works])
        axes.append(axis[works])
        first.append(first[-1] + int(works.sum()))
    standing = np.concatenate(sites)
    with KERNEL_LOCK:
        share, alone_m = _exposure_kernels.simulate(
            np.asarray(first),
            standing,
            np.concatenate(types),
            np.concatenate(axes),
            known_width(width)[standing],
            cameras.hfov_deg,
            cameras.height_m * _DM_PER_M,
            np.nan_to_num(cameras.inner_m, nan=np.inf) * CM_PER_M,
            np.nan_to_num(cameras.outer_m, nan=0.0) * CM_PER_M,
            sight.start,
            sight.point,
            sight.distance_cm,
            sight.bearing,
            sight.height_dm,
            length_m,
        )
    return Placed(share, alone_m, np.diff(np.asarray(first)))
