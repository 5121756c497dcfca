"""How likely a site covers a point at a distance: fields, rings, numbers of cameras."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from drawn_grid import REACH_M, cameras

from toolkit.base.terms import TIERS
from toolkit.engine.views import (
    CANDIDATE,
    IN_FIELD,
    MAX_PER_SITE,
    N_VIEWS,
    TURNING,
    candidate_views,
    directed_view,
    mapped_view,
    per_site_prob,
    view_table,
    view_tables,
)


def views(n_per_site=1.0, **options):
    return view_table(cameras(**options), np.array([n_per_site]), reach_m=REACH_M)


class TestCandidateViews:
    """The row of the table that a city without streets needs, without compiled loops."""

    @pytest.mark.parametrize("n_draws", [1, 40])
    def test_they_are_the_row_of_the_table(self, n_draws):
        rng = np.random.default_rng(5)
        shape = (n_draws, len(TIERS), 4)
        inner_m = np.where(rng.random(shape) < 0.2, np.nan, rng.uniform(0, 30, shape))
        drawn = replace(
            cameras(n_draws, share=(0.4, 0.3, 0.2, 0.1)),
            hfov_deg=np.where(
                rng.random(shape[::2]) < 0.2, 360.0, rng.uniform(20, 130, shape[::2])
            ),
            inner_m=inner_m,
            outer_m=inner_m + rng.uniform(0, 90, shape),
            availability=rng.uniform(0.4, 1.0, n_draws),
        )
        mean = rng.uniform(0.8, 3.0, n_draws)
        row = view_table(drawn, mean, reach_m=REACH_M, codes=np.array([CANDIDATE]))[0]
        # Alone, or with rows by the street, for which more is drawn.
        whole = view_table(drawn, mean, reach_m=REACH_M)[CANDIDATE]
        np.testing.assert_array_equal(row, whole)
        found = candidate_views(drawn, mean, reach_m=REACH_M)
        assert found.max() > 0.1
        np.testing.assert_allclose(found, row, atol=1e-6)

    def test_wider_bins_cover_nearly_the_same(self):
        drawn = cameras(2, share=(0.6, 0.4), hfov=80.0, ring=(3.0, 41.5))
        fine, coarse = (
            candidate_views(drawn, np.full(2, 2.0), reach_m=REACH_M, bin_m=m) for m in (1.0, 5.0)
        )
        np.testing.assert_allclose(5 * coarse.sum(axis=0), fine.sum(axis=0), rtol=0.01)


class TestViewTable:
    def test_equal_variants_are_as_good_as_one(self):
        rng = np.random.default_rng(8)
        inner_m = rng.uniform(0, 20, (3, len(TIERS), 2))
        whole = replace(
            cameras(3, share=(0.7, 0.3), working=0.8),
            hfov_deg=np.array([[90.0, 360.0]] * 3),
            height_m=rng.uniform(3, 8, (3, 2)),
            inner_m=inner_m,
            outer_m=inner_m + rng.uniform(0, 50, inner_m.shape),
        )
        split = replace(
            whole,
            **{
                name: np.repeat(getattr(whole, name), 4, axis=-1)
                for name in ("hfov_deg", "height_m", "inner_m", "outer_m")
            },
            share=np.repeat(whole.share / 4, 4, axis=1),
        )
        codes = np.arange(N_VIEWS * 14)
        one, other = (
            view_table(drawn, np.full(3, 1.9), reach_m=REACH_M, codes=codes)
            for drawn in (whole, split)
        )
        assert one.max() > 0.5
        np.testing.assert_allclose(other, one, atol=1e-6)

    def test_over_a_roof_only_the_cameras_high_enough_count(self):
        drawn = replace(
            cameras(1, share=(0.5, 0.3, 0.2), hfov=360.0), height_m=np.array([[4.0, 5.2, 6.0]])
        )
        for least_dm, share in ((0, 1.0), (40, 1.0), (45, 0.5), (50, 0.5), (55, 0.2), (65, 0.0)):
            code = IN_FIELD + N_VIEWS * (1 + least_dm // 5)
            found = view_table(drawn, np.ones(1), reach_m=REACH_M, codes=np.array([code]))
            assert found[0, 20, 0, 0] == pytest.approx(share, abs=1e-6)

    def test_both_cases_at_once_are_the_tables_of_each(self):
        drawn = replace(
            cameras(20, share=(0.5, 0.3, 0.2), working=0.7, hfov=80.0),
            height_m=np.linspace(3, 8, 60).reshape(20, 3),
        )
        mean, codes = np.linspace(1.0, 2.5, 20), np.arange(N_VIEWS * 12)
        both = view_tables(drawn, mean, reach_m=REACH_M, codes=codes)
        all_work = replace(drawn, availability=np.ones(20))
        for found, one in zip(both, (drawn, all_work), strict=True):
            expected = view_table(one, mean, reach_m=REACH_M, codes=codes)
            assert expected.any()
            np.testing.assert_array_equal(found, expected)

    def test_one_camera_covers_its_field_inside_its_ring(self):
        table = views(hfov=90.0, ring=(10.0, 30.5))
        one = table[mapped_view(np.array([1]))[0], :, 0, 0]
        np.testing.assert_allclose(one[10:30], 0.25, atol=1e-6)
        assert (one[:10] == 0).all()
        assert one[30] == pytest.approx(0.125)  # half of that metre lies inside the ring
        assert (one[31:] == 0).all()

    @pytest.mark.parametrize(
        ("hfov", "n", "working", "expected"),
        [
            (90, 2, 1.0, 0.5),
            (90, 4, 1.0, 1.0),
            (180, 2, 1.0, 1.0),
            (180, 2, 0.5, 0.5),
            (360, 1, 1.0, 1.0),
            (360, 2, 0.5, 0.75),
            (270, 2, 1.0, 1.0),
            (120, 2, 0.5, 1 / 3),
            (60, 6, 0.25, 0.25),
        ],
    )
    def test_cameras_of_one_site_look_in_distinct_directions(self, hfov, n, working, expected):
        table = views(hfov=hfov, working=working)
        assert table[n, 20, 0, 0] == pytest.approx(expected, abs=1e-6)

    def test_a_candidate_site_mixes_over_its_number_of_cameras(self):
        table = view_table(cameras(hfov=90.0), np.array([2.0]), reach_m=REACH_M)
        prob = per_site_prob(np.array([2.0]))[0]
        assert prob.sum() == pytest.approx(1)
        by_number = [table[n, 20, 0, 0] for n in range(1, MAX_PER_SITE + 1)]
        assert table[CANDIDATE, 20, 0, 0] == pytest.approx(prob @ by_number, abs=1e-6)

    def test_the_mean_number_of_cameras_is_what_was_asked_for(self):
        mean = np.array([1.0, 1.5, 2.0, 2.63])
        prob = per_site_prob(mean)
        found = prob @ np.arange(1, MAX_PER_SITE + 1)
        np.testing.assert_allclose(found, mean, rtol=0.02)

    def test_an_empty_ring_covers_nothing(self):
        table = views(ring=(np.nan, np.nan))
        assert (table == 0).all()

    def test_a_known_direction_across_north_keeps_its_sector(self):
        # Axis 350 degrees, field 60: from 320 across north to 20 degrees.
        bearing = np.arange(0.0, 360.0, 1.5)
        table = views(hfov=60.0)
        found = table[directed_view(bearing - 350.0), 20, 0, 0]
        off = np.abs((bearing - 350.0 + 180) % 360 - 180)
        assert (found[off < 28] == 1).all()
        assert (found[off > 32] == 0).all()
        assert found.sum() * 1.5 == pytest.approx(60, abs=3)

    def test_a_camera_that_turns_is_one_of_the_types_that_turn(self):
        drawn = cameras(hfov=90.0, ring=(0.0, 50.0), working=0.5, share=(0.75, 0.25))
        drawn.hfov_deg[0, 1] = 360.0
        drawn.outer_m[0, :, 1] = 20.0
        table = view_table(drawn, np.array([1.0]), reach_m=REACH_M)
        np.testing.assert_allclose(table[TURNING, :20, 0, 0], 0.5, atol=1e-6)
        assert (table[TURNING, 20:, 0, 0] == 0).all()

    def test_without_types_that_turn_a_turning_camera_is_any(self):
        table = views(hfov=90.0, working=0.5)
        np.testing.assert_allclose(table[TURNING, :50, 0, 0], 0.5, atol=1e-6)
