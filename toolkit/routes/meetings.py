"""Which cameras have which route in view, with the cameras placed once per draw.

A camera has a route in view if any of its points lies in the ring and the field of view, above the
roofs between, and shows the side that the tier needs. Districts, a fixed number of sites and the
spacing of cameras at a site come in by themselves; a product over points would count one camera
many times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import AnyFloatArray, BoolArray, Float32Array, FloatArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine import workers
from toolkit.engine.placement import Working, pairs_by_site, rings_of
from toolkit.engine.sight import BEARING_STEPS, Sight
from toolkit.engine.views import known_width
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes.route import Routes
from toolkit.streets.street_points import LinePieces

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels import trips as kernels

SIDES: Final = ("any", "front", "rear", "front_or_rear")
"""Which side of who passes a camera must have, in the order of the compiled loops."""
_CHUNK_DRAWS: Final = 4
"""Draws that a worker thread takes at once."""
_WORD_BITS: Final = 64


@dataclass(frozen=True)
class Facing:
    """The side of a traveller that each tier needs.

    Attributes
    ----------
    rule
        A value of `SIDES` per tier; those not named need none.
    within_deg
        Widest angle between the camera and the direction of travel, or its opposite, at which the
        front, or the rear, can be read, shape (D,).
    """

    rule: Mapping[Tier, str]
    within_deg: FloatArray


@dataclass(frozen=True)
class Met:
    """Cameras that have routes in view, in D draws and T tiers.

    Attributes
    ----------
    cameras
        Number of cameras that have each of K routes in view, by their weight, shape (D, T, K).
    sites
        Number of sites with such a camera, shape (D, T, K).
    weeks
        Whether any camera has each of H weeks in view, shape (D, T, H).
    """

    cameras: Float32Array
    sites: Float32Array
    weeks: BoolArray


def meet(  # noqa: PLR0913
    routes: Routes,
    weeks: Routes,
    points: LinePieces,
    sight: Sight,
    placed: Working,
    cameras: CameraDraws,
    facing: Facing,
    *,
    width_deg: FloatArray,
    weight: AnyFloatArray | None = None,
) -> tuple[Met, Met]:
    """Count the cameras and sites that have each route in view, in each draw.

    Parameters
    ----------
    routes
        Routes for which cameras are counted.
    weeks
        Sets of routes that are met or not.
    points, sight
        Street points of the city, and lines of sight to them.
    placed
        All cameras, working or not, see `placement.equip`.
    cameras
        Draws of camera types.
    facing
        The side that each tier needs.
    width_deg
        Width of the field of view of mapped cameras where it is known, else NaN, by site.
    weight
        Number of cameras for which each stands, shape (N,); by default one.

    Returns
    -------
    as_it_is, if_all_work
        With the cameras that work, and with all.
    """
    from toolkit.engine.kernels import placement as placing
    from toolkit.engine.kernels import trips as kernels

    n_draws, n_tiers = cameras.inner_m.shape[:2]
    n_counted, n_other = (-(-len(r) // _WORD_BITS) for r in (routes, weeks))
    both = tuple(
        kernels.Met(
            np.zeros((n_draws, n_tiers, n_counted * _WORD_BITS), np.float32),
            np.zeros((n_draws, n_tiers, n_counted * _WORD_BITS), np.float32),
            np.zeros((n_draws, n_tiers, n_other), np.uint64),
        )
        for _ in range(2)
    )
    rule = [SIDES.index(facing.rule.get(tier, "any")) for tier in TIERS]
    workers.over(
        kernels.meet,
        workers.even_borders(n_draws, _CHUNK_DRAWS),
        placing.Cameras(
            placed.first, placed.site, placed.kind, placed.axis_deg,
            known_width(width_deg)[placed.site],
        ),
        placed.luck < cameras.availability[placed.draw],
        np.ones(len(placed.site), np.float32) if weight is None else weight.astype(np.float32),
        rings_of(cameras),
        pairs_by_site(sight),
        _by_point(routes, weeks, points),
        kernels.Sides(np.array(rule, np.int64), facing.within_deg / 360.0 * BEARING_STEPS),
        *both,
    )  # fmt: skip
    as_it_is, if_all_work = (
        Met(
            met.cameras[..., : len(routes)],
            met.sites[..., : len(routes)],
            _bits(met.any_camera)[..., : len(weeks)],
        )
        for met in both
    )
    return as_it_is, if_all_work


def _bits(words: NDArray[np.uint64]) -> BoolArray:
    """Return the bits of words, lowest first, along the last axis."""
    as_bytes = np.ascontiguousarray(words.astype("<u8")).view(np.uint8)
    return np.unpackbits(as_bytes, axis=-1, bitorder="little").astype(bool)


def _by_point(routes: Routes, weeks: Routes, points: LinePieces) -> kernels.Routes:
    """Return the routes as bits by street point and direction."""
    from toolkit.engine.kernels import trips as kernels

    n_counted = -(-len(routes) // _WORD_BITS)
    n_words = n_counted + -(-len(weeks) // _WORD_BITS)
    used = np.zeros(len(points.length), dtype=bool)
    used[routes.point] = True
    used[weeks.point] = True
    n_used = int(used.sum())
    row = np.full(len(used), -1, np.int32)
    row[used] = np.arange(n_used, dtype=np.int32)
    mask = np.zeros((n_used, 3, n_words), np.uint64)
    flat = mask.reshape(-1)
    for some, first_word in ((routes, 0), (weeks, n_counted)):
        # One word at a time takes little memory, and one index is quicker than three.
        for first in range(0, len(some), _WORD_BITS):
            start = some.start[first : first + _WORD_BITS + 1]
            part = slice(start[0], start[-1])
            bit = np.repeat(np.arange(len(start) - 1, dtype=np.uint64), np.diff(start))
            column = np.where(some.forward[part], kernels.FORWARD, kernels.BACKWARD)
            at = row[some.point[part]].astype(np.int64) * 3 + column
            at = at * n_words + first_word + first // _WORD_BITS
            np.bitwise_or.at(flat, at, np.uint64(1) << bit)
    mask[:, kernels.EITHER] = mask[:, kernels.FORWARD] | mask[:, kernels.BACKWARD]
    clockwise = 0.25 - points.heading_rad / (2 * np.pi)
    heading = np.floor(clockwise * BEARING_STEPS + 0.5).astype(np.int64) % BEARING_STEPS
    return kernels.Routes(row, mask, n_counted, heading.astype(np.uint8))
