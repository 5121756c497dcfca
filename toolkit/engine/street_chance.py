"""Chance that any point of a street is captured, for cameras that work at points.

A camera that matches faces or reads plates covers a few metres, so the mean over the points of a
street says little of who walks or drives all along it. A product over points would count one
camera many times. So the cameras of every site are drawn, as `placement.equip` draws them, and
whether any of them captures any point of the street is one number per site and draw; the product
over sites and the districts are then those of the closed form.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

import numpy as np

from toolkit.base.arrays import BoolArray, Float32Array, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.engine import closed_form, placement, workers
from toolkit.engine.pairs_by_point import PointRows
from toolkit.engine.sight import CM_PER_M, Sight
from toolkit.engine.site_chance import SiteChance
from toolkit.engine.views import known_width
from toolkit.optics.camera_draws import CameraDraws

if TYPE_CHECKING:
    from toolkit.engine.scene import SiteFields

_CHUNK_PAIRS: Final = 16_384
"""Pairs of street and site in memory at once: 7 MB with 200 draws and two tiers."""
_CHUNK_DRAWS: Final = 4
"""Draws that a worker thread takes at once."""


def capture_prob(
    sight: Sight,
    street: IntArray,
    n_streets: int,
    chance: SiteChance,
    sites: SiteFields,
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    design: Design,
) -> Float32Array:
    """Return the probability that any point of each street is captured, shape (S, T, D).

    Its mean over draws is exact but for their number. In a single draw it holds for the cameras
    drawn there, so its spread over draws is slightly wider than that of the probability itself.

    Parameters
    ----------
    sight
        Pairs of site and point, by site.
    street
        Street of each point, -1 for points that do not count, shape (P,).
    n_streets
        Number of streets.
    chance
        Chance that each site exists.
    sites
        What is known of the cameras of each site.
    cameras
        Draws of camera types; their tiers are those of the result.
    mean_per_site
        Mean number of cameras at a site, shape (D,).
    design
        Draws and seed.
    """
    out = np.zeros((n_streets, cameras.inner_m.shape[1], design.n_draws), np.float32)
    reach_cm = np.nan_to_num(cameras.outer_m, nan=0.0).max(initial=0.0) * CM_PER_M
    kept = np.flatnonzero(np.asarray(sight.distance_cm) <= reach_cm)
    kept = kept[street[np.asarray(sight.point)[kept]] >= 0]
    site = np.searchsorted(np.asarray(sight.start), kept, side="right") - 1
    # Streets in the order of their first sites, which are near in number where they are near on
    # the ground, so that few sites are drawn for more than one chunk.
    of_row = street[np.asarray(sight.point)[kept]]
    first_site = np.full(n_streets, sight.n_sites)
    np.minimum.at(first_site, of_row, site)
    by_place = np.argsort(first_site, kind="stable")
    rank = np.empty_like(by_place)
    rank[by_place] = np.arange(n_streets)
    # Sites ascend within a street, so they are sorted by district as the closed form asks.
    code = rank[of_row] * sight.n_sites + site
    pairs, pair = np.unique(code, return_inverse=True)
    begin = np.searchsorted(pairs, np.arange(n_streets + 1) * sight.n_sites)
    order = np.argsort(pair, kind="stable")
    row_begin = np.searchsorted(pair[order], np.arange(len(pairs) + 1))
    full = np.searchsorted(begin, np.arange(0, len(pairs), _CHUNK_PAIRS))
    for a, b in itertools.pairwise(np.unique([*full, n_streets])):
        p, q = begin[a], begin[b]
        if p == q:
            continue
        some = np.sort(order[row_begin[p] : row_begin[q]])  # by site, then by distance
        hit = _captured(
            sight, kept[some], site[some], pair[some] - p, int(q - p), sites, cameras,
            mean_per_site, design,
        )  # fmt: skip
        # A site that captures a street in no draw changes nothing there: most do not.
        ever = np.flatnonzero(hit.any(axis=(0, 1)))
        number = np.int16 if len(ever) <= np.iinfo(np.int16).max else np.int32
        rows = PointRows(
            np.searchsorted(ever, begin[a : b + 1] - p),
            (pairs[p + ever] % sight.n_sites).astype(np.int32),
            np.zeros(len(ever), np.int16),
            np.arange(len(ever), dtype=number),
        )
        seen = np.ascontiguousarray(hit[:, :, ever].transpose(2, 1, 0), dtype=np.float32)
        out[by_place[a:b]] = closed_form.closed_form(rows, chance, seen[:, None])
    return out


def _captured(  # noqa: PLR0913, PLR0917 - the arrays of a compiled loop
    sight: Sight,
    row: IntArray,
    site: IntArray,
    pair: IntArray,
    n_pairs: int,
    sites: SiteFields,
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    design: Design,
) -> BoolArray:
    """Return whether the cameras of a site capture the street of a pair, shape (D, T, N).

    `row` are lines of sight by site and distance, `site` and `pair` those of each.
    """
    from toolkit.engine.kernels import placement as kernels

    here, local = np.unique(site, return_inverse=True)
    standing = placement.Standing(
        np.arange(design.n_draws + 1) * len(here),
        np.tile(here, design.n_draws).astype(np.int32),
        placement.random_keys(design),
    )
    working = placement.equip(
        standing,
        sites.n_cameras,
        sites.axis_deg,
        sites.width_deg,
        cameras,
        mean_per_site,
        sites.street_deg,
    )
    hit = np.zeros((design.n_draws, cameras.inner_m.shape[1], n_pairs), np.bool_)
    workers.over(
        kernels.captured,
        workers.even_borders(design.n_draws, _CHUNK_DRAWS),
        kernels.Cameras(
            working.first,
            np.searchsorted(here, working.site).astype(np.int32),
            working.kind,
            working.axis_deg,
            known_width(sites.width_deg)[working.site],
        ),
        placement.rings_of(cameras),
        kernels.PairsBySite(
            np.searchsorted(local, np.arange(len(here) + 1)),
            pair.astype(np.int32),
            np.asarray(sight.distance_cm)[row],
            np.asarray(sight.bearing)[row],
            np.asarray(sight.height_dm)[row],
        ),
        hit,
    )
    return hit
