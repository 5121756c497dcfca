"""Views of sites that may stand somewhere, by numpy alone: no loop is compiled for them."""

from __future__ import annotations

import math

import numpy as np

from toolkit.base.arrays import Float32Array, FloatArray
from toolkit.base.terms import TIERS
from toolkit.engine.views import BIN_M, MAX_PER_SITE, per_site_prob
from toolkit.optics.camera_draws import CameraDraws
from toolkit.optics.facing import STEPS

_HALF_CIRCLE = STEPS // 2


def candidate_views(
    cameras: CameraDraws, mean_per_site: FloatArray, *, reach_m: float
) -> Float32Array:
    """Tabulate the chance that one site's cameras have a point in their rings.

    The same bits as the row `CANDIDATE` of `toolkit.engine.views.view_table`. A city without
    streets needs no other row, and compiled loops take longer to load than this takes to run.

    Parameters
    ----------
    cameras, mean_per_site, reach_m
        See `view_table`.

    Returns
    -------
    views
        Shape (bins, T, D).
    """
    edge_m = np.arange(math.ceil(reach_m / BIN_M) + 1) * BIN_M
    inner, outer = np.nan_to_num(cameras.inner_m, nan=np.inf), np.nan_to_num(cameras.outer_m)
    weight = cameras.share * cameras.availability[:, None]
    per_site = per_site_prob(mean_per_site)
    # Part of each step of offset inside the field of each type, shape (Y, steps, D).
    half_steps = cameras.hfov_deg.T[:, None, :] / 2.0 / 360.0 * STEPS
    field = np.clip(half_steps - np.arange(_HALF_CIRCLE)[:, None], 0.0, 1.0)
    views = np.empty((len(edge_m) - 1, len(TIERS), len(weight)), np.float32)
    for t in range(len(TIERS)):
        # Part of each bin inside the ring of each type, shape (D, Y, bins).
        far = np.minimum(edge_m[1:], outer[:, t, :, None])
        near = np.maximum(edge_m[:-1], inner[:, t, :, None])
        part = np.maximum(far - near, 0.0) / BIN_M
        # Between the edges of rings a bin is as the one before it.
        new = np.ones((len(weight), len(edge_m) - 1), dtype=np.bool_)
        new[:, 1:] = (part[:, :, 1:] != part[:, :, :-1]).any(axis=1)
        d, b = np.nonzero(new)
        cover = np.zeros((_HALF_CIRCLE, len(d)))
        for y in range(weight.shape[1]):
            cover += weight[d, y] * part[d, y, b] * field[y][:, d]
        free = 1.0 - np.concatenate([cover, cover[::-1]])
        mixed = np.zeros(len(d))
        for n in range(1, MAX_PER_SITE + 1):
            seen = 1.0 - np.multiply.reduce(free.reshape(n, STEPS // n, len(d)))
            mixed += per_site[d, n - 1] * seen.sum(axis=0) / (STEPS // n)
        latest = np.cumsum(new) - 1
        views[:, t] = mixed.astype(np.float32)[latest].reshape(new.shape).T
    return views
