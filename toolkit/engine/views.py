"""Chance that a site covers a point, by distance and by what is known of its cameras."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.terms import FULL_CIRCLE_DEG, TIERS
from toolkit.engine import workers
from toolkit.engine.sight import BEARING_STEPS
from toolkit.optics import facing
from toolkit.optics.camera_draws import CameraDraws

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels import views as kernels

BIN_M: Final = 1.0
"""Rings are tabulated in distance bins of this width; a bin counts by the part inside the ring."""

MAX_PER_SITE: Final = 6
"""Most cameras per site; fewer than 1 in 100 sites have more at the highest assumed mean."""
_OFFSET_STEPS: Final = facing.N_STEPS
"""Steps of 3 degrees over which the rotation of a site is averaged; divisible by 1 to 6."""
_HALF_CIRCLE: Final = _OFFSET_STEPS // 2

# Rows of the view table, in this order: a candidate, mapped sites of 1 to 6 cameras, one camera by
# its offset from the point, one camera with the point in its field, one that pans, and candidates
# by the angle to their street. The code of a view is row + N_VIEWS * band: band 0 is open sight,
# band k > 0 a roof over which a camera looks from (k - 1) * HEIGHT_STEP_M up.
CANDIDATE: Final = 0
"""Row for a candidate site: number and directions of cameras not known."""
IN_FIELD: Final = 1 + MAX_PER_SITE + _HALF_CIRCLE
"""Row for one camera whose known field of view holds the point: only its ring is uncertain."""
TURNING: Final = IN_FIELD + 1
"""Row for one panning camera: all directions, and one of the types that pan."""
BY_STREET: Final = TURNING + 1
"""First row for candidate sites by the angle between the point and their street."""
N_VIEWS: Final = BY_STREET + facing.N_ANGLE_CLASSES
HEIGHT_STEP_M: Final = 0.5
"""Steps to which least camera heights are rounded down: a roof hides a little less."""
_HEIGHT_STEP_DM: Final = 5
BEARING_STEP_DEG: Final = 360.0 / BEARING_STEPS
"""Steps in which bearings of lines of sight are kept."""
_DRAWS_TOGETHER: Final = 16
"""Draws in a line of a processor's cache: 64 bytes of float32."""


def mapped_view(n_cameras: IntArray) -> IntArray:
    """Return the row of a mapped site by its number of cameras, whose directions are not known."""
    return np.clip(n_cameras, 1, MAX_PER_SITE)


def directed_view(offset_deg: FloatArray) -> IntArray:
    """Return the row of one camera whose axis is `offset_deg` away from the point."""
    folded = np.abs((np.asarray(offset_deg) + 180.0) % 360.0 - 180.0)
    step = np.minimum((folded / 360.0 * _OFFSET_STEPS).astype(np.int64), _HALF_CIRCLE - 1)
    return 1 + MAX_PER_SITE + step


def known_width(width_deg: FloatArray) -> FloatArray:
    """Return widths of field no narrower than a step of bearing.

    A narrower field could lie between two steps and hold nothing.
    """
    return np.asarray(np.maximum(width_deg, BEARING_STEP_DEG))  # NaN stays NaN


def per_site_prob(mean_per_site: FloatArray) -> FloatArray:
    """Return the probability of 1 to `MAX_PER_SITE` cameras at a site: 1 + Poisson(mean - 1).

    Returns
    -------
    prob
        Shape (D, MAX_PER_SITE), rows add up to one.
    """
    count = np.arange(MAX_PER_SITE)
    mean = np.maximum(mean_per_site - 1.0, 0.0)[:, None]
    prob = np.exp(special.xlogy(count, mean) - special.gammaln(count + 1) - mean)
    return np.asarray(prob / prob.sum(axis=1, keepdims=True))


def view_table(
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    *,
    reach_m: float,
    codes: IntArray | None = None,
    bin_m: float = BIN_M,
) -> Float32Array:
    """Tabulate v, the chance that the cameras of one site have a point in their rings.

    Cameras of one site face evenly spaced directions with a common rotation, random or by the
    direction of the street where it is known. The type of each and whether it works are
    independent, given the mix and the share working.

    Parameters
    ----------
    cameras
        Draws of camera types.
    mean_per_site
        Mean number of cameras per site, shape (D,).
    reach_m
        Longest distance of the table, in metres.
    codes
        Codes of the views wanted, shape (K,), see the comment on `CANDIDATE`; by default all
        with open sight.
    bin_m
        Width of the bins of distance; a wider one rounds the edges of rings.

    Returns
    -------
    table
        Shape (K, bins, T, D).
    """
    working = cameras.availability[None]
    table: Float32Array = _tables(cameras, mean_per_site, working, reach_m, codes, bin_m)[0]
    return table


def view_tables(
    cameras: CameraDraws, mean_per_site: FloatArray, *, reach_m: float, codes: IntArray
) -> tuple[Float32Array, Float32Array]:
    """Return `view_table` as it is, and if every camera works: quicker than one after the other.

    Parameters
    ----------
    cameras, mean_per_site, reach_m, codes
        See `view_table`.
    """
    working = np.stack([cameras.availability, np.ones_like(cameras.availability)])
    as_it_is, if_all_work = _tables(cameras, mean_per_site, working, reach_m, codes, BIN_M)
    return as_it_is, if_all_work


def _tables(
    cameras: CameraDraws,
    mean_per_site: FloatArray,
    working: FloatArray,
    reach_m: float,
    codes: IntArray | None,
    bin_m: float,
) -> Float32Array:
    """Return `view_table` for each share of cameras working, shape (V, D) to (V, K, bins, T, D)."""
    from toolkit.engine.kernels import views as kernels

    codes = np.arange(N_VIEWS) if codes is None else codes
    bands = np.unique(codes // N_VIEWS)
    n_cases, n_draws = working.shape
    turns = cameras.turns
    if turns is None:
        turns = np.full((n_draws, facing.N_STEPS), 1.0 / facing.N_STEPS)
    # Allocated here: numpy asks the system for large pages, compiled loops do not.
    tables = np.zeros(
        (n_cases, len(codes), math.ceil(reach_m / bin_m), len(TIERS), n_draws), np.float32
    )
    weights = _weights_of_rotations(
        per_site_prob(mean_per_site), _facing(turns, codes), kernels.SUMS * kernels.UNROLLED
    )
    outer = np.nan_to_num(cameras.outer_m, nan=0.0)
    farthest = np.ceil(outer.max(axis=2) / bin_m).astype(np.int64)
    workers.over(
        kernels.fill_views,
        workers.even_borders(n_draws, _DRAWS_TOGETHER),
        _camera_types(cameras, working, np.maximum(bands - 1, 0) * HEIGHT_STEP_M),
        kernels.Rings(
            np.nan_to_num(cameras.inner_m, nan=np.inf),
            outer,
            np.minimum(farthest, tables.shape[2]),
            bin_m,
        ),
        weights,
        _wanted(codes, weights.shape[1] - 1),
        tables,
    )
    return tables


def _camera_types(
    cameras: CameraDraws, working: FloatArray, least_m: FloatArray
) -> kernels.CameraTypes:
    """Return camera types as the compiled loops take them, by the highest roof they look over."""
    from toolkit.engine.kernels import views as kernels

    share = cameras.share * working[:, :, None]
    turns = cameras.hfov_deg >= FULL_CIRCLE_DEG
    roof = np.searchsorted(least_m, cameras.height_m, side="right") - 1
    # Sums in the order of types, as the loops add.
    all_working = np.cumsum(share, axis=2)[:, :, -1]
    all_turning = np.cumsum(np.where(turns, share, 0.0), axis=2)[:, :, -1]
    return kernels.CameraTypes(
        np.ascontiguousarray(share),
        np.ascontiguousarray(all_working),
        np.ascontiguousarray(all_turning),
        np.ascontiguousarray(turns),
        _in_field(cameras.hfov_deg),
        np.argsort(roof, axis=1, kind="stable"),
        np.stack([(roof < h).sum(axis=1) for h in range(len(least_m) + 1)], axis=1),
    )


def _in_field(hfov_deg: FloatArray) -> FloatArray:
    """Return the part of each step of offset inside the field of each type, shape (D, Y, steps).

    Fields are symmetrical, so half of the steps suffice.
    """
    half_steps = hfov_deg[:, :, None] / 2.0 / FULL_CIRCLE_DEG * _OFFSET_STEPS
    inside: FloatArray = half_steps - np.arange(_HALF_CIRCLE)
    return np.clip(inside, 0.0, 1.0, out=inside)


def _wanted(codes: IntArray, n_folds: int) -> kernels.Wanted:
    """Return which results are wanted, and the rows of the table into which they go."""
    from toolkit.engine.kernels import views as kernels

    n_weights = 1 + n_folds
    n_values = n_weights + MAX_PER_SITE
    # Result of each view.
    what = np.empty(N_VIEWS, np.int64)
    what[CANDIDATE] = 0
    what[1 : 1 + MAX_PER_SITE] = n_weights + np.arange(MAX_PER_SITE)
    what[1 + MAX_PER_SITE : IN_FIELD] = n_values + 2 + np.arange(_HALF_CIRCLE)
    what[[IN_FIELD, TURNING]] = n_values, n_values + 1
    what[BY_STREET:] = 1 + np.arange(N_VIEWS - BY_STREET)
    used = np.isin(np.arange(n_values), what[codes % N_VIEWS])
    bands, band = np.unique(codes // N_VIEWS, return_inverse=True)
    n = np.bincount(band, minlength=len(bands))
    row, result = np.zeros((2, len(bands), int(n.max(initial=0))), np.int64)
    for h in range(len(bands)):
        row[h, : n[h]] = np.flatnonzero(band == h)
        result[h, : n[h]] = what[codes[row[h, : n[h]]] % N_VIEWS]
    return kernels.Wanted(used[:n_weights], used[n_weights:], row, result, n)


def _weights_of_rotations(per_site: FloatArray, turns: FloatArray, multiple: int) -> FloatArray:
    """Return the weight of each rotation of sites of n cameras, one block after another.

    Fields are symmetrical, so a rotation and its mirror image are one, and half of them suffice.

    Parameters
    ----------
    per_site
        Chance of 1 to N cameras, shape (D, N).
    turns
        Chance of each step of direction by the angle of the street, shape (D, F, steps).
    multiple
        The number of rotations is a multiple of this; the last are zero.

    Returns
    -------
    weights
        Row 0 for any rotation, row 1 + f for the directions of fold f, shape (D, 1 + F, rotations).
    """
    n_draws, n_folds, n_steps = turns.shape
    halves = [n_steps // n // 2 for n in range(1, per_site.shape[1] + 1)]
    weights = np.zeros((n_draws, 1 + n_folds, -(-sum(halves) // multiple) * multiple))
    first = 0
    for n, half in enumerate(halves, start=1):
        block = weights[:, :, first : first + half]
        share = per_site[:, n - 1, None]
        block[:, 0] = 2.0 * share / (2 * half)
        for begin in range(0, n_steps, 2 * half):
            block[:, 1:] += share[:, None] * turns[:, :, begin : begin + half]
            mirrored = turns[:, :, begin + half : begin + 2 * half]
            block[:, 1:] += share[:, None] * mirrored[:, :, ::-1]
        first += half
    return weights


def _facing(turns: FloatArray, codes: IntArray) -> FloatArray:
    """Return `facing_prob`, without any class of angle where no view wanted is by the street."""
    if (codes % N_VIEWS >= BY_STREET).any():
        return facing.facing_prob(turns)
    return np.empty((len(turns), 0, facing.N_STEPS))


def candidate_views(
    cameras: CameraDraws, mean_per_site: FloatArray, *, reach_m: float, bin_m: float = BIN_M
) -> Float32Array:
    """Tabulate the row `CANDIDATE` of `view_table`, to its rounding.

    A city without streets needs no other row, and compiled loops take longer to load than this
    takes to run.

    Parameters
    ----------
    cameras, mean_per_site, reach_m
        See `view_table`.
    bin_m
        Width of the bins of distance; a wider one rounds the edges of rings.

    Returns
    -------
    views
        Shape (bins, T, D).
    """
    edge_m = np.arange(math.ceil(reach_m / bin_m) + 1) * bin_m
    inner, outer = np.nan_to_num(cameras.inner_m, nan=np.inf), np.nan_to_num(cameras.outer_m)
    weight = cameras.share * cameras.availability[:, None]
    per_site = per_site_prob(mean_per_site)
    # 1. Part of each step of offset inside the field of view of each type; fields are symmetrical.
    field = weight[:, :, None] * _in_field(cameras.hfov_deg)
    views = np.zeros((len(edge_m) - 1, len(TIERS), len(weight)), np.float32)
    for first in range(0, len(weight), _DRAWS_TOGETHER):
        some = slice(first, first + _DRAWS_TOGETHER)
        for t in range(len(TIERS)):
            near, far = inner[some, t, None, :], outer[some, t, None, :]
            n_bins = min(math.ceil(float(far.max()) / bin_m), len(edge_m) - 1)
            # 2. Part of each bin inside the ring of each type, shape (some draws, bins, Y).
            part = np.minimum(edge_m[1 : n_bins + 1, None], far)
            part = np.maximum(part - np.maximum(edge_m[:n_bins, None], near), 0.0) / bin_m
            # 3. Chance that no camera covers the point, by offset, shape (steps, rows): one row
            # for each draw and bin in any ring, next to each other in memory.
            d, b = np.nonzero(part.any(axis=2))
            free = 1.0 - (part @ field[some])[d, b].T
            free = np.concatenate([free, free[::-1]])
            # 4. n cameras at even spacing, averaged over their common rotation and over n. A
            # rotation and its mirror image are alike.
            mixed = np.zeros(len(d))
            for n in range(1, MAX_PER_SITE + 1):
                turn = _OFFSET_STEPS // n
                miss = free[: turn // 2].copy()
                for k in range(1, n):
                    miss *= free[k * turn : k * turn + turn // 2]
                mixed += per_site[first + d, n - 1] * (1.0 - miss.mean(axis=0))
            views[b, t, first + d] = mixed
    return views
