"""From sight, rings and siting to probabilities: closed form, and simulation as its reference.

A point is exposed if any camera of the system has it in its ring. Groups hold at most one site
each, so the chance is 1 - prod(1 - pi_g * v_g): pi_g that group g holds a site, v_g that one
site's cameras have the point in their rings. Everything is given one draw of the ignorance
layer at a time; no probability is averaged before the product.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.quantity import INTERVAL
from toolkit.base.terms import TIERS
from toolkit.engine import workers
from toolkit.engine.sight import BEARING_STEPS, CM_PER_M, Sight
from toolkit.optics import facing
from toolkit.optics.camera_draws import CameraDraws
from toolkit.siting import districts

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.exposure import Chances, PairsByPoint


BIN_M: Final = 1.0
"""Rings are tabulated in distance bins of this width; a bin counts by the part inside the ring."""
MAX_PER_SITE: Final = 6
"""Cameras per site are cut off here (less than 1 in 100 sites at the highest assumed mean)."""
_OFFSET_STEPS: Final = facing.STEPS
"""Steps of 3 degrees over which the rotation of a site is averaged; 1 to 6 divide it."""
_HALF_CIRCLE: Final = _OFFSET_STEPS // 2
_FULL_CIRCLE_DEG: Final = 360.0

# Rows of the view table: a candidate, mapped sites of 1 to 6 cameras, offsets of one camera, one
# camera whose field is known, one that turns, and candidates by the angle to their street.
CANDIDATE: Final = 0
"""Row of the view table for a site that may stand there: number and bearings unknown."""
IN_FIELD: Final = 1 + MAX_PER_SITE + _HALF_CIRCLE
"""Row for one camera whose field is known and holds the point: only its ring is uncertain."""
TURNING: Final = IN_FIELD + 1
"""Row for one camera that is known to turn: all directions, and one of the types that turn."""
BY_STREET: Final = TURNING + 1
"""First of the rows for a site that may stand there, by the angle of the point to its street."""
N_VIEWS: Final = BY_STREET + facing.FOLDS
HEIGHT_STEP_M = 0.5
"""Least camera heights are rounded down to steps of this size: a roof hides a little less."""
_HEIGHT_STEP_DM = 5
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
        `CANDIDATE`, `mapped_view`, `directed_view`, `IN_FIELD`, `TURNING` or `BY_STREET` and the
        class of angle, shape (N,).
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

    Cameras of one site look in evenly spaced directions with a random common turn, of which more
    is known where the street is; each has a
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
    from toolkit.engine.kernels import exposure as kernels

    codes = np.arange(N_VIEWS) if codes is None else codes
    bands, band = np.unique(codes // N_VIEWS, return_inverse=True)
    row_of = np.full((len(bands), N_VIEWS), -1, dtype=np.int64)
    row_of[band, codes % N_VIEWS] = np.arange(len(codes))
    working = cameras.availability if availability is None else availability
    turns = cameras.turns
    if turns is None:
        turns = np.full((len(working), facing.STEPS), 1.0 / facing.STEPS)
    # Allocated here: numpy asks the system for large pages, compiled loops do not.
    table = np.zeros((len(codes), math.ceil(reach_m / BIN_M), len(TIERS), len(working)), np.float32)
    types = kernels.CameraTypes(
        np.ascontiguousarray(cameras.share * working[:, None]),
        np.ascontiguousarray(cameras.height_m),
        np.ascontiguousarray(cameras.hfov_deg),
        np.nan_to_num(cameras.inner_m, nan=np.inf),
        np.nan_to_num(cameras.outer_m, nan=0.0),
        per_site_prob(mean_per_site),
        facing.facing_prob(turns),
    )
    workers.over(
        kernels.fill_views,
        workers.even_borders(len(working), _DRAWS_TOGETHER),
        types,
        np.maximum(bands - 1, 0) * HEIGHT_STEP_M,
        row_of,
        kernels.ViewRows(1 + MAX_PER_SITE, IN_FIELD, TURNING, BY_STREET),
        BIN_M,
        table,
    )
    return table


_DRAWS_TOGETHER: Final = 16
"""Draws in one line of a processor's cache (64 bytes of 4)."""


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

    def seen_by(self, height_m: FloatArray) -> PointRows:
        """Return the same rows with one kind of view for all that cameras cannot tell apart.

        A roof that every camera looks over is as none, and behind one that no camera looks over
        nothing is seen, from whichever angle. The table of views is then a fraction as large.

        Parameters
        ----------
        height_m
            Heights of all cameras the table will be made for, in any shape.
        """
        least_m = np.maximum(self.codes // N_VIEWS - 1, 0) * HEIGHT_STEP_M
        lower = np.searchsorted(np.sort(height_m, axis=None), least_m)
        view = np.where(lower == height_m.size, 0, self.codes % N_VIEWS)
        # Codes ascend, so the first of a kind is that of the lowest roof.
        _, first, row = np.unique(view + N_VIEWS * lower, return_index=True, return_inverse=True)
        return replace(
            self, view=row.reshape(-1).astype(np.int16)[self.view], codes=self.codes[first]
        )


def point_rows(
    sight: Sight,
    n_points: int,
    site_view: IntArray,
    site_axis_deg: FloatArray,
    site_width_deg: FloatArray | None = None,
    site_street_deg: FloatArray | None = None,
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
    site_street_deg
        Direction of the street of candidates, NaN where it says nothing, shape (G,); by default
        everywhere.
    """
    from toolkit.engine.kernels import exposure as kernels

    unknown = np.full(len(site_view), np.nan)
    width = unknown if site_width_deg is None else site_width_deg
    street = unknown if site_street_deg is None else site_street_deg
    codes = np.empty(len(sight.point), np.int16)
    found = np.zeros(N_VIEWS * (2 + _MOST_DM // _HEIGHT_STEP_DM), np.bool_)
    for first in range(0, sight.n_sites, _BLOCK_SITES):
        block = slice(first, first + _BLOCK_SITES)
        views = _views_by_bearing(
            site_view[block], site_axis_deg[block], width[block], street[block]
        )
        workers.over(
            kernels.code_pairs,
            workers.even_borders(len(views), _CHUNK_SITES),
            sight.start[first : first + _BLOCK_SITES + 1],
            sight.bearing,
            sight.height_dm,
            views,
            N_VIEWS,
            _HEIGHT_STEP_DM,
            codes,
            found,
        )
    start, site, bins, view = workers.run(
        kernels.by_point,
        sight.start,
        sight.point,
        sight.distance_cm,
        codes,
        np.cumsum(found) - 1,
        n_points,
        math.ceil(sight.reach_m / BIN_M) - 1,
        CM_PER_M * BIN_M,
    )
    return PointRows(start, site, bins, view, np.flatnonzero(found))


_BLOCK_SITES = 4096
_CHUNK_SITES = 512
_MOST_DM = 255


def _views_by_bearing(
    view: IntArray, axis_deg: FloatArray, width_deg: FloatArray, street_deg: FloatArray
) -> NDArray[np.int16]:
    """Return the row of the view table of each site by the bearing of the point, -1 outside.

    Arguments as `point_rows`; shape (G, `BEARING_STEPS`).
    """
    bearing = np.arange(BEARING_STEPS) * BEARING_STEP_DEG
    table = np.repeat(view[:, None], BEARING_STEPS, axis=1)
    directed = ~np.isnan(axis_deg)
    table[directed] = directed_view(bearing - axis_deg[directed, None])
    by_street = (view == CANDIDATE) & ~directed & ~np.isnan(street_deg)
    table[by_street] = BY_STREET + facing.fold_of(bearing, street_deg[by_street, None])
    known = ~np.isnan(width_deg)
    turns = width_deg[known, None] >= _FULL_CIRCLE_DEG
    away = np.abs((bearing - axis_deg[known, None] + 180.0) % 360.0 - 180.0)
    # Not-a-number compares false: without an axis no direction is outside.
    outside = away > known_width(width_deg)[known, None] / 2
    table[known] = np.where(outside, -1, np.where(turns, TURNING, IN_FIELD))
    return table.astype(np.int16)


CERTAIN: Final = 1e30
"""Factor of sites that exist for certain: finite, so that a size of nothing still gives nothing."""


@dataclass(frozen=True)
class SiteChance:
    """The chance that each site exists, per draw, and which sites are favoured together.

    Few classes and one size a site stand for a table of sites and draws, which in a large city
    would not fit into memory: the chance is min(1, factor of the class * size), in a district of
    mean favour.

    Attributes
    ----------
    factor
        Shape (C, D), float32.
    alone
        Where sites of a class exist whatever their district, shape (C, D).
    mean_size
        Mean size of the sites of each class, shape (C,).
    site_class
        Row of `factor` of each site, shape (G,).
    size
        Shape (G,), float32.
    district
        Index of the district of each site, -1 for sites that exist for certain, shape (G,).
    cluster_size, joint_size
        Shape of the district factors, infinite for none, shape (D,), as drawn and among a fixed
        number of sites; see `toolkit.siting.districts`.
    n_sites
        Number of sites among those that are not certain, shape (D,).
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
    ) -> SiteChance:
        """Make it of the chances over all districts, and append certain sites.

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
            Shape of the factors of independent districts, shape (D,); by default no clustering.
        n_certain
            So many sites more exist for certain.
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
            cells = np.zeros((int(district.max(initial=0)) + 1, n_classes))
            np.add.at(cells, (district[size > 0], site_class[size > 0]), 1.0)
            shape = districts.shape_among(cluster_size, cells @ prob)
        given, alone = districts.hidden_chance(prob, shape)
        kept = alone | np.isinf(shape)
        within = np.where(kept, np.minimum(factor, CERTAIN), given / mean[:, None])
        certain = (n_certain > 0) * 1
        return cls(
            # Draws side by side in memory, whichever way the factors came: the loops run over them.
            factor=np.ascontiguousarray(
                np.vstack([within, np.full((certain, n_draws), CERTAIN)]), dtype=np.float32
            ),
            alone=np.ascontiguousarray(np.vstack([alone, np.ones((certain, n_draws), bool)])),
            mean_size=np.concatenate([mean, np.ones(certain)]),
            site_class=np.concatenate([site_class, np.full(n_certain, n_classes)]).astype(np.int32),
            size=np.concatenate([size, np.ones(n_certain)]).astype(np.float32),
            district=np.concatenate([district, np.full(n_certain, -1)]).astype(np.int32),
            cluster_size=cluster_size,
            joint_size=shape,
            n_sites=n_sites,
        )

    @classmethod
    def of_table(cls, prob: FloatArray | Float32Array) -> SiteChance:
        """Make it of a table of probabilities, shape (G, D), without clustering."""
        table = np.asarray(prob, dtype=float)
        n_sites = len(table)
        return cls.of_classes(table, np.arange(n_sites), np.ones(n_sites), table.sum(axis=0))

    def hazard(self) -> FloatArray:
        """Return the hazard per unit of size in a district of mean favour, shape (C, D)."""
        prob = np.minimum(self.factor * self.mean_size[:, None], _MOST_PROB)
        return np.asarray(-np.log1p(-prob) / self.mean_size[:, None])

    def curve(self) -> Float32Array:
        """Return `clustering.joint_curve` of each draw, or nothing where no draw clusters."""
        if np.isinf(self.joint_size).all():
            return np.empty((0, 0), np.float32)
        return districts.joint_curve(self.joint_size)


_MOST_PROB: Final = 1 - 1e-12
"""Sites that exist for certain come up before all others."""


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
    if views.shape[2:] == (len(TIERS), 1):
        return _closed_form_once(rows, chance, views)
    from toolkit.engine.kernels import exposure as kernels

    n_points = len(rows.start) - 1
    out = np.empty((n_points, *views.shape[2:]), np.float32)
    borders = workers.even_borders(n_points, _points_at_once(views))
    workers.over(kernels.exposed, borders, *_asked(rows, chance, views), out)
    return out


def _points_at_once(views: Float32Array) -> int:
    """Return how many points a chunk has, so that what is found of them stays in the cache."""
    return max(min(_CHUNK_VALUES // max(math.prod(views.shape[2:]), 1), _CHUNK_POINTS), 1)


_CHUNK_VALUES: Final = 65_536
_CHUNK_POINTS: Final = 1024


def covered_length(
    rows: PointRows, chance: SiteChance, views: Float32Array, length_m: FloatArray
) -> FloatArray:
    """Return the length times the probability of `closed_form`, over all points, shape (D, T).

    Parameters
    ----------
    rows, chance, views
        As for `closed_form`.
    length_m
        Of each point, shape (P,).
    """
    from toolkit.engine.kernels import exposure as kernels

    borders = workers.even_borders(len(rows.start) - 1, kernels.POINTS_TOGETHER)
    parts = np.zeros((len(borders) - 1, *views.shape[2:]))
    asked = _asked(rows, chance, views)
    workers.over(kernels.covered_length, borders, *asked, length_m, parts)
    # In the order of the points, whichever thread had which.
    return np.asarray(np.sum(parts, axis=0).T)


def _closed_form_once(rows: PointRows, chance: SiteChance, views: Float32Array) -> Float32Array:
    """Return `closed_form` of one draw, where sites and not draws are what to be quick about."""
    from toolkit.engine.kernels import exposure as kernels

    prob = np.minimum(chance.factor[chance.site_class, 0] * chance.size, np.float32(1.0))
    out = np.empty((len(rows.start) - 1, len(TIERS)), np.float32)
    workers.over(
        kernels.exposed_once,
        workers.even_borders(len(out), _CHUNK_POINTS_ONCE),
        kernels.PairsByPoint(rows.start, rows.site, rows.bin, rows.view),
        prob,
        np.where(chance.alone[chance.site_class, 0], np.int32(-1), chance.district),
        chance.curve(),
        np.ascontiguousarray(views).reshape(-1),
        views.shape[1],
        int(_last_bins(views).max()),
        out,
    )
    return out[:, :, None]


_CHUNK_POINTS_ONCE: Final = 16_384


def _asked(
    rows: PointRows, chance: SiteChance, views: Float32Array
) -> tuple[PairsByPoint, Chances, Float32Array, IntArray]:
    """Return what the compiled loops over many draws ask of pairs, sites and views."""
    from toolkit.engine.kernels import exposure as kernels

    some, every = chance.alone.any(axis=1), chance.alone.all(axis=1)
    chances = kernels.Chances(
        chance.factor,
        chance.alone,
        np.add(some, every, dtype=np.int64),
        chance.site_class,
        chance.size,
        chance.district,
        chance.curve(),
    )
    pairs = kernels.PairsByPoint(rows.start, rows.site, rows.bin, rows.view)
    return pairs, chances, views, _last_bins(views)


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
    from toolkit.engine.kernels import exposure as kernels

    first = np.flatnonzero(np.diff(street, prepend=-1))
    begin = np.concatenate([first, [len(street)]])
    low, mid, high = (np.zeros((len(street), views.shape[2])) for _ in range(3))
    means = np.zeros((len(first), *views.shape[2:]), np.float32)
    # A street is in one chunk, and a chunk ends with the street that fills it.
    full = np.arange(0, len(street), _points_at_once(views))
    borders = np.unique([*np.searchsorted(first, full), len(first)]).tolist()
    workers.over(
        kernels.summarise, borders, begin, *_asked(rows, chance, views), length_m, INTERVAL[0],
        (low, mid, high, means),
    )  # fmt: skip
    group_mean = np.full((n_streets, *means.shape[1:]), np.nan, np.float32)
    group_mean[street[first]] = means
    return PointSummary(low, mid, np.maximum(mid, high), group_mean)


def _last_bins(views: Float32Array) -> IntArray:
    """Return the last distance bin of each tier in which anything is seen, -1 where none is."""
    some = np.asarray(views.any(axis=3).any(axis=0))
    return np.array([int(np.flatnonzero(seen).max(initial=-1)) for seen in some.T])
