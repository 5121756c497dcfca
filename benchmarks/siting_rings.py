"""Street covered by known or placed cameras, with rings of the central assumptions.

Lists of cameras hold no lenses, no heights and few directions. So cameras, known and placed, get
the same equipment: types by their central shares, each type's rings at the middle of every
assumption, directions from `toolkit.optics.facing` where a list has none. All work, and nothing
stands between camera and street: the lists come without buildings. What differs is where cameras
stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS, Tier
from toolkit.optics import facing
from toolkit.optics.camera_draws import draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.known_city import CityPair
from toolkit.siting.weights import WeightDraws

RING_TIERS: Final[tuple[Tier, ...]] = ("seen", "recognised")
MOST_PER_SITE: Final = 6
_TURN_DEG: Final = 360.0


@dataclass(frozen=True)
class CentralOptics:
    """Rings of each type of camera, at the middle of every assumption.

    Attributes
    ----------
    share, hfov_deg
        Of the types, shape (Y,).
    inner_m, outer_m
        Rings by `RING_TIERS`, NaN where empty, shape (T, Y).
    turn_prob
        Where the first camera of a site looks from its street, see `bearings.turn_prob`.
    """

    share: FloatArray
    hfov_deg: FloatArray
    inner_m: FloatArray
    outer_m: FloatArray
    turn_prob: FloatArray


@dataclass(frozen=True)
class Cameras:
    """Cameras with a position and a direction.

    Attributes
    ----------
    xy_m, axis_deg, kind
        Position, direction clockwise from north, type; shapes (N, 2), (N,), (N,).
    """

    xy_m: FloatArray
    axis_deg: FloatArray
    kind: IntArray


@dataclass(frozen=True)
class _Middle(Design):
    """Design with every column at its middle."""

    def column(self, name: str) -> FloatArray:
        del name
        return np.full(self.n_draws, 0.5)


def central_optics(assumptions: AssumptionSet) -> CentralOptics:
    """Return the optics of a set at the middle of each assumption, for brands not stated."""
    catalogue = load_catalogue()
    middle = _Middle(1, 0)
    cameras = draw_cameras(catalogue, assumptions, middle, brand=None, n_variants=1)
    shares = catalogue.mix(None).shares
    at = [TIERS.index(tier) for tier in RING_TIERS]
    return CentralOptics(
        np.array([shares[name] for name in cameras.type_ids]),
        cameras.hfov_deg[0],
        cameras.inner_m[0][at],
        cameras.outer_m[0][at],
        facing.draw_turns(assumptions, middle)[0],
    )


def equip(
    xy_m: FloatArray,
    site: IntArray,
    street_deg: FloatArray,
    optics: CentralOptics,
    rng: np.random.Generator,
    known_deg: FloatArray | None = None,
) -> Cameras:
    """Give cameras a type and a direction.

    Parameters
    ----------
    xy_m, site, street_deg
        Position, index of the site and bearing of the street of each camera, shapes (N, 2), (N,),
        (N,); sites are numbered from 0.
    optics
        What there is.
    rng
        Of the draws.
    known_deg
        Directions that are known, NaN elsewhere, shape (N,).
    """
    count = np.bincount(site)
    order = np.argsort(site, kind="stable")
    rank = np.empty(len(site), dtype=np.int64)
    rank[order] = np.arange(len(site)) - np.repeat(np.cumsum(count) - count, count)
    steps = rng.choice(len(optics.turn_prob), size=len(count), p=optics.turn_prob)
    turn = (steps + rng.random(len(count))) * _TURN_DEG / len(optics.turn_prob)
    axis = street_deg + turn[site] + _TURN_DEG * rank / count[site]
    if known_deg is not None:
        axis = np.where(np.isfinite(known_deg), known_deg, axis)
    kind = rng.choice(len(optics.share), size=len(site), p=optics.share / optics.share.sum())
    return Cameras(xy_m, axis % _TURN_DEG, kind.astype(np.int64))


def covered(tree: cKDTree, cameras: Cameras, optics: CentralOptics) -> BoolArray:
    """Return which points of a tree lie in the ring of a camera, shape (T, P)."""
    xy = np.asarray(tree.data)
    out = np.zeros((len(RING_TIERS), len(xy)), dtype=np.bool_)
    reach = np.nan_to_num(optics.outer_m, nan=0.0).max(axis=0)[cameras.kind]
    near = tree.query_ball_point(cameras.xy_m, reach)
    number = np.array([len(n) for n in near], dtype=np.int64)
    if not number.sum():
        return out
    point = np.concatenate([np.asarray(n, dtype=np.int64) for n in near if n])
    camera = np.repeat(np.arange(len(number)), number)
    step = xy[point] - cameras.xy_m[camera]
    far = np.hypot(step[:, 0], step[:, 1])
    bearing = np.degrees(np.arctan2(step[:, 0], step[:, 1]))
    off = np.abs((bearing - cameras.axis_deg[camera] + _TURN_DEG / 2) % _TURN_DEG - _TURN_DEG / 2)
    kind = cameras.kind[camera]
    ahead = off <= optics.hfov_deg[kind] / 2
    for t in range(len(RING_TIERS)):
        # Comparisons with NaN, an empty ring, are false.
        inside = ahead & (far >= optics.inner_m[t, kind]) & (far <= optics.outer_m[t, kind])
        out[t, point[inside]] = True
    return out


def true_share(
    pair: CityPair, inside: BoolArray, optics: CentralOptics, design: Design
) -> FloatArray:
    """Return the share of street that known cameras cover, equipped once per draw, shape (D, T).

    Parameters
    ----------
    pair
        Streets and cameras.
    inside
        The street points that count, shape (P,); cameras whose nearest point is among them count.
    optics, design
        Equipment and its draws.
    """
    rng = design.generator("siting.rings.truth")
    here = inside[pair.nearest]
    xy, at = pair.camera_xy_m[here], pair.nearest[here]
    site = regression.site_of(xy)
    street = _street_deg(pair.points.heading_rad[at])
    tree, length = cKDTree(pair.points.xy_m[inside]), pair.points.length_m[inside]
    known = pair.direction_deg[here]
    out = [
        covered(tree, equip(xy, site, street, optics, rng, known), optics) @ length
        for _ in range(design.n_draws)
    ]
    return np.asarray(np.array(out) / length.sum(), dtype=float)


def placed_share(
    ground: simulate.Ground,
    drawn: WeightDraws,
    n_sites: FloatArray,
    per_site: FloatArray,
    offset_m: FloatArray,
    optics: CentralOptics,
    design: Design,
) -> FloatArray:
    """Return the share of street that cameras at placed sites cover, per draw, shape (D, T).

    Parameters
    ----------
    ground, drawn, n_sites, offset_m, design
        See `siting_coverage.place`.
    per_site
        Mean number of cameras at a site, shape (D,): one and a Poisson number more.
    optics
        Equipment.
    """
    rng = design.generator("siting.rings.placed")
    tree, length = cKDTree(ground.xy_m), ground.length_m
    out = np.empty((design.n_draws, len(RING_TIERS)))
    for d, (xy, chosen) in enumerate(
        simulate.place_sites(ground, drawn, n_sites, offset_m, design)
    ):
        more = rng.poisson(max(per_site[d] - 1.0, 0.0), len(xy))
        count = np.minimum(1 + more, MOST_PER_SITE)
        site = np.repeat(np.arange(len(xy)), count)
        street = _street_deg(ground.heading_rad[chosen])[site]
        out[d] = covered(tree, equip(xy[site], site, street, optics, rng), optics) @ length
    return np.asarray(out / length.sum(), dtype=float)


def _street_deg(heading_rad: FloatArray) -> FloatArray:
    return np.asarray(90.0 - np.degrees(heading_rad), dtype=float)
