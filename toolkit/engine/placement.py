"""Cameras placed once per draw: what a surveyor would find if the draw were the truth.

The reference for totals. It respects a fixed number of sites, at most one site per group, clusters
in districts, and a least distance between sites, none of which a product of probabilities can.
Every random number belongs to a draw, a site and a use, whatever else is drawn: two assessments
with one seed differ only by what was changed (common random numbers), and a part of a city gives
the same cameras as the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.engine import workers
from toolkit.engine.sight import CM_PER_M, Sight
from toolkit.engine.site_chance import SiteChance
from toolkit.engine.views import known_width, per_site_prob
from toolkit.optics.camera_draws import CameraDraws
from toolkit.siting.districts import district_factors

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.placement import ClassInDistrict, PairsBySite, Rings

_CHUNK_DRAWS: Final = 8
"""Draws that a worker thread takes at once."""
_DM_PER_M: Final = 10.0
_LEAST_M: Final = 1e-9
"""Least total length, so that a share of no street is zero."""


@dataclass(frozen=True)
class Placed:
    """Totals of cameras placed once per draw.

    Attributes
    ----------
    share
        Share of the length that any camera covers, shape (D, T).
    alone_m
        Sum of the lengths that each working camera covers by itself, shape (D, T).
    n_able
        Number of working cameras that are able, shape (D, T): their type has a ring at that tier,
        whatever blocks the view. The rule is that of `CameraDraws.able_share`. Those of candidates
        count as many as they stand for.
    """

    share: FloatArray
    alone_m: FloatArray
    n_able: FloatArray


@dataclass(frozen=True)
class Standing:
    """The sites that exist in each draw.

    Attributes
    ----------
    first
        Row starts, shape (D + 1,).
    site
        Sites of each draw, ascending, shape (N,).
    keys
        Random key of each draw, shape (D,).
    """

    first: IntArray
    site: NDArray[np.int32]
    keys: NDArray[np.uint64]


@dataclass(frozen=True)
class Working:
    """Working cameras, one row per camera.

    Attributes
    ----------
    first
        Row starts of the draws, shape (D + 1,).
    site, kind, axis_deg
        Site, type and axis of each camera; those of a site follow one another.
    luck
        Random number in (0, 1) of each camera, which works if it is below the share working.
    """

    first: IntArray
    site: NDArray[np.int32]
    kind: IntArray
    axis_deg: FloatArray
    luck: FloatArray

    @property
    def draw(self) -> IntArray:
        """Draw of each camera, shape (N,)."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))

    def with_share(self, share_working: FloatArray) -> Working:
        """Return the cameras of a share of them, shape (D,): what `equip` lists with that share."""
        works = self.luck < share_working[self.draw]
        return Working(
            np.concatenate([[0], np.cumsum(works)])[self.first],
            self.site[works],
            self.kind[works],
            self.axis_deg[works],
            self.luck[works],
        )


def random_keys(design: Design) -> NDArray[np.uint64]:
    """Return the random key of each draw, from which all chances of a site follow, shape (D,)."""
    return design.generator("placement").integers(2**63, size=design.n_draws, dtype=np.uint64)


def place_sites(
    chance: SiteChance,
    design: Design,
    *,
    independent: bool = False,
    spacing_m: float = 0.0,
    xy_m: FloatArray | None = None,
) -> Standing:
    """Draw the candidate sites that exist.

    Each district gets a factor and each candidate a random rank, lower where it is more likely;
    those of lowest rank exist. This is Pareto order sampling (Rosen 1997), which fixes the number
    of sites and keeps the chance of each, with an error that falls as the number grows.

    Parameters
    ----------
    chance
        Chance of each candidate; certain sites are left out, see `simulate`.
    design
        Draws and seed.
    independent
        Whether sites are independent, without a fixed number or clusters: the case in which the
        closed form is exact.
    spacing_m
        Least distance between two sites in metres; a candidate too near a chosen site is passed
        over. If no more fit, there are fewer sites than wanted.
    xy_m
        Positions of candidates in metres, shape (G, 2); needed for a spacing.
    """
    from toolkit.engine.kernels import placement as kernels

    n_draws = design.n_draws
    keys = random_keys(design)
    rounding = design.generator("placement rounding").random(n_draws)
    candidate = np.flatnonzero(chance.district >= 0)
    n_sites = len(candidate)
    hazard = np.ascontiguousarray(chance.hazard().T)
    site_class = np.ascontiguousarray(chance.site_class[candidate])
    size = np.ascontiguousarray(chance.size[candidate], dtype=float)
    if independent:
        room = n_sites
        wanted = np.full(n_draws, n_sites)
    else:
        wanted = np.floor(np.minimum(chance.n_sites, (size > 0).sum()) + rounding).astype(np.int64)
        room = int(wanted.max(initial=0))
    out = np.zeros((n_draws, room), np.int32)
    n_out = np.zeros(n_draws, np.int64)
    borders = workers.even_borders(n_draws, _CHUNK_DRAWS)
    if independent:
        workers.over(
            kernels.choose_independently, borders, keys, hazard, site_class, size, out, n_out
        )
    else:
        district = np.ascontiguousarray(chance.district[candidate])
        n_districts = int(district.max(initial=0)) + 1
        workers.over(
            kernels.choose,
            borders,
            kernels.Candidates(
                keys,
                hazard,
                district_factors(design, chance.cluster_size, n_districts),
                np.ascontiguousarray(chance.alone.T),
                site_class,
                size,
                district,
            ),
            _classes_in_districts(site_class, district, size, hazard.shape[1], n_districts),
            wanted,
            spacing_m,
            None if xy_m is None else xy_m[candidate],
            out,
            n_out,
        )
    first = np.concatenate([[0], np.cumsum(n_out)])
    chosen = out[np.arange(room) < n_out[:, None]]
    return Standing(first, candidate[chosen].astype(np.int32), keys)


def _classes_in_districts(
    site_class: NDArray[np.int32],
    district: NDArray[np.int32],
    size: FloatArray,
    n_classes: int,
    n_districts: int,
) -> ClassInDistrict:
    """Return summed size and number of sites of each class in each district where it occurs.

    Classes are many and most of them occur in few districts.
    """
    from toolkit.engine.kernels.placement import ClassInDistrict

    cell, n_cells = site_class.astype(np.int64) * n_districts + district, n_classes * n_districts
    total = np.bincount(cell, size, n_cells)
    count = np.bincount(cell[size > 0], minlength=n_cells)
    used = np.flatnonzero(count)
    of_class, of_district = np.divmod(used, n_districts)
    return ClassInDistrict(
        of_class, of_district, total[used].astype(float), count[used].astype(float)
    )


def equip(
    standing: Standing,
    fixed_count: IntArray,
    fixed_axis_deg: FloatArray,
    fixed_width_deg: FloatArray,
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    street_deg: FloatArray | None = None,
    *,
    share_working: FloatArray | None = None,
) -> Working:
    """Draw the cameras of each site and keep those that work; arguments as `simulate`.

    `share_working`, shape (D,), replaces that of the cameras: with ones, all are kept.
    """
    from toolkit.engine.kernels import placement as kernels

    turns = np.where(cameras.hfov_deg >= FULL_CIRCLE_DEG, cameras.share, 0.0)
    turns = np.where(turns.any(axis=1, keepdims=True), turns, cameras.share)
    n_draws = len(standing.keys)
    street, looks = np.full(len(fixed_count), np.nan), np.ones((n_draws, 1))
    if street_deg is not None and cameras.turns is not None:
        street, looks = np.ascontiguousarray(street_deg), _cumulative(cameras.turns)
    borders = workers.even_borders(n_draws, _CHUNK_DRAWS)
    asked = (
        kernels.Chosen(standing.keys, standing.first, standing.site),
        kernels.Fixed(
            np.ascontiguousarray(fixed_count),
            np.ascontiguousarray(fixed_axis_deg),
            fixed_width_deg >= FULL_CIRCLE_DEG,
            street,
        ),
        kernels.Equipment(
            np.cumsum(per_site_prob(mean_per_site), axis=1),
            np.ascontiguousarray(cameras.availability if share_working is None else share_working),
            _cumulative(cameras.share),
            _cumulative(turns),
            looks,
        ),
    )
    # The first pass counts the working cameras, the second lists them.
    first = np.zeros(n_draws + 1, np.int64)
    for keep in (False, True):
        site = np.empty(first[-1], np.int32)
        kind = np.empty(first[-1], np.int64)
        axis, luck = np.empty(first[-1]), np.empty(first[-1])
        n_working = np.zeros(n_draws, np.int64)
        workers.over(
            kernels.equip, borders, *asked, keep, first, site, kind, axis, luck, n_working
        )  # fmt: skip
        first[1:] = np.cumsum(n_working)
    return Working(first, site, kind, axis, luck)


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
    street_deg: FloatArray | None = None,
    independent: bool = False,
    spacing_m: float = 0.0,
    xy_m: FloatArray | None = None,
    stands_for: FloatArray | None = None,
    placed: Working | None = None,
) -> Placed:
    """Place cameras once per draw and measure the covered share of street length.

    Parameters
    ----------
    sight
        Pairs by site.
    chance
        Chance that each site exists, or a table of it, shape (G, D).
    fixed_count
        Number of cameras of mapped sites, 0 for candidates, shape (G,).
    fixed_axis_deg
        Axis of mapped cameras with a known direction, else NaN, shape (G,).
    cameras, mean_per_site
        Draws of types and of cameras per site.
    length_m
        Length of each street point, shape (P,); 0 for points that do not count.
    design
        Draws and seed.
    fixed_width_deg
        Width of the field of view of mapped cameras where it is known, else NaN, shape (G,); by
        default of none. Where it is not known, it is that of the type drawn.
    street_deg
        Direction of the street of candidates, NaN where it is not used, shape (G,); by default
        nowhere used.
    independent, spacing_m, xy_m
        See `place_sites`.
    stands_for
        Number of sites of the city for which each candidate that exists stands, shape (D,), see
        `toolkit.siting.coverage`; by default one.
    placed
        All cameras, working or not, that `equip` draws for the same arguments, if at hand.
    """
    from toolkit.engine.kernels import placement as kernels

    if not isinstance(chance, SiteChance):
        chance = SiteChance.of_table(chance)
    width = np.full(len(fixed_count), np.nan) if fixed_width_deg is None else fixed_width_deg
    if placed is None:
        standing = standing_sites(
            chance, design, independent=independent, spacing_m=spacing_m, xy_m=xy_m
        )
        working = equip(
            standing, fixed_count, fixed_axis_deg, width, cameras, mean_per_site, street_deg
        )
    else:
        working = placed.with_share(cameras.availability)
    n_draws, n_tiers = cameras.inner_m.shape[:2]
    union, alone_m = np.zeros((n_draws, n_tiers)), np.zeros((n_draws, n_tiers))
    workers.over(
        kernels.cover,
        workers.even_borders(n_draws, kernels.DRAWS_IN_BITS),
        kernels.Cameras(
            working.first,
            working.site,
            working.kind,
            working.axis_deg,
            known_width(width)[working.site],
        ),
        rings_of(cameras),
        pairs_by_site(sight),
        length_m,
        union,
        alone_m,
    )
    share = union / max(length_m.sum(), _LEAST_M)
    counts = None if stands_for is None else (chance.district >= 0, stands_for)
    return Placed(share, alone_m, _count_able(working, cameras, counts))


def rings_of(cameras: CameraDraws) -> Rings:
    """Return rings as the compiled loops take them; an empty one holds no distance."""
    from toolkit.engine.kernels import placement as kernels

    return kernels.Rings(
        cameras.hfov_deg,
        cameras.height_m * _DM_PER_M,
        np.nan_to_num(cameras.inner_m, nan=np.inf) * CM_PER_M,
        np.nan_to_num(cameras.outer_m, nan=0.0) * CM_PER_M,
    )


def pairs_by_site(sight: Sight) -> PairsBySite:
    """Return lines of sight as the compiled loops take them."""
    from toolkit.engine.kernels import placement as kernels

    return kernels.PairsBySite(
        sight.start, sight.point, sight.distance_cm, sight.bearing, sight.height_dm
    )


def _count_able(
    working: Working,
    cameras: CameraDraws,
    counts: tuple[NDArray[np.bool_], FloatArray] | None,
) -> FloatArray:
    """Return the number of working cameras whose type has a ring, shape (D, T).

    `counts` are which sites are candidates, and how many sites each of them stands for.
    """
    n_draws, n_types = cameras.share.shape
    draw = working.draw
    number = None if counts is None else np.where(counts[0][working.site], counts[1][draw], 1.0)
    by_type = np.bincount(draw * n_types + working.kind, number, minlength=n_draws * n_types)
    has_ring = np.isfinite(cameras.inner_m)
    able = np.where(has_ring, by_type.reshape(n_draws, 1, n_types), 0.0)
    return np.asarray(able.sum(axis=2))


def standing_sites(
    chance: SiteChance,
    design: Design,
    *,
    independent: bool = False,
    spacing_m: float = 0.0,
    xy_m: FloatArray | None = None,
) -> Standing:
    """Return the sites of `place_sites`, and after them those that are certain."""
    drawn = place_sites(chance, design, independent=independent, spacing_m=spacing_m, xy_m=xy_m)
    return _with_certain(drawn, np.flatnonzero(chance.district < 0).astype(np.int32))


def _with_certain(standing: Standing, certain: NDArray[np.int32]) -> Standing:
    """Append the certain sites to the sites of every draw."""
    n_draws = len(standing.keys)
    n_drawn = np.diff(standing.first)
    first = standing.first + np.arange(n_draws + 1) * len(certain)
    site = np.empty(first[-1], np.int32)
    drawn = np.arange(len(standing.site)) + np.repeat(np.arange(n_draws) * len(certain), n_drawn)
    site[drawn] = standing.site
    site[(first[1:, None] - len(certain) + np.arange(len(certain))).ravel()] = np.tile(
        certain, n_draws
    )
    return Standing(first, site, standing.keys)


def _cumulative(share: FloatArray) -> FloatArray:
    """Return cumulative shares that end at one, shape of `share`."""
    total = np.cumsum(share, axis=1)
    return np.asarray(total / total[:, -1:])
