"""Lines of sight by street point, with the row of the view table of each pair."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.engine import workers
from toolkit.engine.sight import BEARING_STEPS, CM_PER_M, Sight
from toolkit.engine.views import (
    _HEIGHT_STEP_DM,
    BEARING_STEP_DEG,
    BIN_M,
    BY_STREET,
    CANDIDATE,
    HEIGHT_STEP_M,
    IN_FIELD,
    N_VIEWS,
    TURNING,
    directed_view,
    known_width,
)
from toolkit.optics import facing

_BLOCK_SITES: Final = 4096
"""Sites whose views by bearing are in memory at once."""
_CHUNK_SITES: Final = 512
"""Sites that a worker thread takes at once."""
_MOST_DM: Final = 255
"""Largest least height of a camera that `Sight` can hold."""


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
        Code of each row of the view table, see `toolkit.engine.views`.
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
        """Return the same pairs with one code for all views that are equal for these cameras.

        A roof that every camera looks over hides nothing, and one that no camera looks over hides
        everything, from any angle. The view table is then a fraction as large.

        Parameters
        ----------
        height_m
            Heights of all cameras of the table, any shape.
        """
        least_m = np.maximum(self.codes // N_VIEWS - 1, 0) * HEIGHT_STEP_M
        lower = np.searchsorted(np.sort(height_m, axis=None), least_m)
        view = np.where(lower == height_m.size, 0, self.codes % N_VIEWS)
        # Codes ascend, so the first of equal views is that of the lowest roof.
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
    """Sort pairs by point, without those outside a known field of view.

    Parameters
    ----------
    sight
        Pairs by site.
    n_points
        Number of street points.
    site_view
        Row of the view table of each site, shape (G,).
    site_axis_deg
        Axis of single cameras of known direction, else NaN, shape (G,).
    site_width_deg
        Width of the field of view of single cameras where it is known, else NaN, shape (G,). A
        full circle is a panning camera, which covers all directions.
    site_street_deg
        Direction of the street of candidates, NaN where it is not used, shape (G,); by default
        nowhere used.
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


def _views_by_bearing(
    view: IntArray, axis_deg: FloatArray, width_deg: FloatArray, street_deg: FloatArray
) -> NDArray[np.int16]:
    """Return the row of the view table by site and bearing of the point, -1 outside the field.

    Arguments as `point_rows`; shape (G, `BEARING_STEPS`).
    """
    bearing = np.arange(BEARING_STEPS) * BEARING_STEP_DEG
    table = np.repeat(view[:, None], BEARING_STEPS, axis=1)
    directed = ~np.isnan(axis_deg)
    table[directed] = directed_view(bearing - axis_deg[directed, None])
    by_street = (view == CANDIDATE) & ~directed & ~np.isnan(street_deg)
    table[by_street] = BY_STREET + facing.angle_class(bearing, street_deg[by_street, None])
    known = ~np.isnan(width_deg)
    turns = width_deg[known, None] >= FULL_CIRCLE_DEG
    away = np.abs((bearing - axis_deg[known, None] + 180.0) % 360.0 - 180.0)
    # NaN compares false: without an axis no direction is outside.
    outside = away > known_width(width_deg)[known, None] / 2
    table[known] = np.where(outside, -1, np.where(turns, TURNING, IN_FIELD))
    return table.astype(np.int16)
