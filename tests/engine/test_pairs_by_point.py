"""Pairs of points and sites, point by point."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_grid import REACH_M, cameras

from toolkit.engine import closed_form, pairs_by_point, sight
from toolkit.engine.views import (
    N_VIEWS,
    view_table,
)


def behind_roofs(seed, n_points=40, n_sites=30):
    """Return rows of points that see each site over a roof of its own, or over none."""
    rng = np.random.default_rng(seed)
    least_dm = np.where(
        rng.random((n_sites, n_points)) < 0.3, 0, rng.integers(1, 255, (n_sites, n_points))
    )
    near_m = rng.uniform(3.0, 60.0, (n_sites, n_points))
    pairs = sight.Sight(
        start=np.arange(n_sites + 1) * n_points,
        point=np.tile(np.arange(n_points, dtype=np.int32), n_sites),
        distance_cm=(near_m.ravel() * sight.CM_PER_M).astype(np.uint16),
        bearing=rng.integers(0, 256, n_sites * n_points).astype(np.uint8),
        height_dm=least_dm.ravel().astype(np.uint8),
        reach_m=REACH_M,
    )
    return pairs_by_point.point_rows(
        pairs, n_points, rng.integers(0, 3, n_sites), np.full(n_sites, np.nan)
    )


class TestSeenBy:
    """Kinds of view that no camera's height tells apart are one."""

    @pytest.mark.parametrize("heights_m", [[5.0], [3.62, 7.82], [0.1, 25.4], [2.5, 3.0, 3.01]])
    def test_no_figure_moves(self, heights_m):
        rows = behind_roofs(3)
        n = len(heights_m)
        drawn = replace(cameras(n, hfov=120.0), height_m=np.array(heights_m)[:, None])
        prob = np.full((30, n), 0.2, np.float32)
        mean = np.full(n, 2.0)
        fewer = rows.seen_by(drawn.height_m)
        both = [
            closed_form.closed_form(
                one, prob, view_table(drawn, mean, reach_m=REACH_M, codes=one.codes)
            )
            for one in (rows, fewer)
        ]
        assert len(fewer.codes) < len(rows.codes)
        assert both[0].max() > 0.1
        np.testing.assert_array_equal(both[0], both[1])

    def test_one_height_leaves_open_sight_and_none(self):
        fewer = behind_roofs(3).seen_by(np.full((4, 2), 5.0))
        assert sorted(fewer.codes // N_VIEWS > 0) == [False, False, False, True]
