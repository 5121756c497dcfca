"""Closed form and simulation against results worked out by hand, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_grid import REACH_M, cameras, town
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.base.terms import TIERS
from toolkit.engine import closed_form, pairs_by_point, sight, site_chance
from toolkit.engine.views import (
    BEARING_STEP_DEG,
    CANDIDATE,
    IN_FIELD,
    view_table,
)
from toolkit.streets import street_points


def views(n_per_site=1.0, **options):
    return view_table(cameras(**options), np.array([n_per_site]), reach_m=REACH_M)


def rows_of(site_lists):
    """Return rows of points that see the sites of each list at 10 m."""
    start = np.cumsum([0, *(len(s) for s in site_lists)])
    site = np.array([s for sites in site_lists for s in sites], dtype=np.int32)
    return pairs_by_point.PointRows(
        start, site, np.full(len(site), 10, np.int16), np.zeros(len(site), np.int16)
    )


class TestClosedForm:
    def test_a_site_whose_ring_is_empty_covers_no_point(self):
        table = views(ring=(np.nan, np.nan))
        prob = closed_form.closed_form(rows_of([[0]]), np.ones((1, 1), np.float32), table)
        assert (prob == 0).all()

    def test_two_discs_at_one_site_count_once(self):
        # 200 cameras that look all round, two at each of 100 sites, each site in view with
        # probability 0.005.
        table = views(2.0, hfov=360.0)
        prob = np.full((100, 1), 0.005, np.float32)
        found = closed_form.closed_form(rows_of([list(range(100))]), prob, table)[0, 0, 0]
        assert found == pytest.approx(0.394, abs=0.001)
        assert pytest.approx(0.633, abs=0.001) == 1 - (1 - 0.005) ** 200

    def test_groups_multiply_and_points_do_not_share(self):
        table = views(hfov=180.0)
        prob = np.array([[0.5], [1.0]], np.float32)
        found = closed_form.closed_form(rows_of([[0], [0, 1], []]), prob, table)[:, 0, 0]
        np.testing.assert_allclose(found, [0.25, 1 - 0.75 * 0.5, 0.0], atol=1e-6)

    @given(
        prob=st.lists(st.floats(0, 1), min_size=2, max_size=8),
        which=st.integers(0, 1),
        more=st.floats(0, 1),
    )
    @settings(max_examples=30)
    def test_more_cameras_never_lower_exposure(self, prob, which, more):
        table = views(hfov=120.0)
        rows = rows_of([list(range(len(prob)))])
        before = np.array(prob, np.float32)[:, None]
        after = before.copy()
        after[which] = np.maximum(after[which], np.float32(more))
        low = closed_form.closed_form(rows, before, table)
        high = closed_form.closed_form(rows, after, table)
        assert (high >= low - 1e-6).all()


class TestFields:
    def test_a_field_narrower_than_a_step_of_bearing_still_holds_something(self):
        angle = np.deg2rad(np.arange(0.0, 360, 0.25))
        points = 30 * np.column_stack([np.sin(angle), np.cos(angle)])
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        for axis in np.arange(0.0, 3.0, 0.2):
            rows = pairs_by_point.point_rows(
                pairs, len(points), np.ones(1, dtype=np.int64), np.array([axis]), np.array([0.1])
            )
            assert 0 < rows.start[-1] <= 2 * (BEARING_STEP_DEG / 0.25 + 1)

    def test_a_known_width_with_many_types_works_by_the_share_that_reaches(self):
        # Two types, half each: both reach 30 m, one 50 m; a share of 0.8 works.
        drawn = cameras(1, hfov=20.0, working=0.8, share=(0.5, 0.5))
        drawn.outer_m[:, :, 1] = 30.0
        table = view_table(drawn, np.ones(1), reach_m=REACH_M)
        found = table[IN_FIELD, :, 0, 0]
        np.testing.assert_allclose(found[:30], 0.8, atol=1e-6)
        np.testing.assert_allclose(found[30:50], 0.4, atol=1e-6)
        assert (found[50:] == 0).all()


@pytest.mark.parametrize(
    "change",
    [{"turn_deg": 37.0}, {"shift": (5000.0, -800.0)}, {"scale": 0.5}],
    ids=["turned", "moved", "scaled"],
)
def test_moving_turning_and_scaling_change_nothing(change):
    def mean(scale=1.0, **options):
        _, rows, points, prob = town(1, scale=scale, **options)
        table = view_table(
            cameras(hfov=120.0, ring=(6.0 * scale, 40.0 * scale)),
            np.array([2.0]), reach_m=REACH_M * scale,
        )  # fmt: skip
        exact = closed_form.closed_form(rows, prob.astype(np.float32), table)[:, 0, 0]
        return points.length @ exact / points.length.sum()

    # Scaled down, a distance bin of 1 m is twice as coarse; the kerb moves by rounding only.
    assert mean(**change) == pytest.approx(mean(), rel=0.01)


def test_removing_walls_never_lowers_exposure():
    table = views(hfov=120.0)
    with_walls, without = (town(1, buildings=b) for b in (True, False))
    low, high = (
        closed_form.closed_form(rows, prob.astype(np.float32), table)[:, 0, 0]
        for _, rows, _, prob in (with_walls, without)
    )
    assert (high >= low - 1e-6).all()
    assert high.mean() > low.mean() + 0.01


def test_summaries_of_streets_are_length_means_of_their_points():
    _, rows, points, prob = town(3)
    prob = prob * np.array([0.5, 1.0, 0.2])
    table = view_table(cameras(3, hfov=120.0), np.full(3, 2.0), reach_m=REACH_M)
    exact = closed_form.closed_form(rows, prob.astype(np.float32), table)
    n_streets = int(points.line.max()) + 1
    found = closed_form.summarise(
        rows, prob.astype(np.float32), table, points.length, points.line, n_streets
    )
    for street in (0, n_streets - 1):
        here = points.line == street
        np.testing.assert_allclose(
            found.group_mean[street],
            np.einsum("p,ptd->td", points.length[here], exact[here]) / points.length[here].sum(),
            rtol=1e-4,
        )
    np.testing.assert_allclose(found.mid, exact.mean(axis=2), atol=1e-6)
    assert (found.low <= found.mid + 1e-6).all()
    assert (found.mid <= found.high + 1e-6).all()


def test_rows_of_some_points_are_the_rows_of_all():
    _, rows, _, prob = town(1)
    table = views(hfov=120.0)
    everything = closed_form.closed_form(rows, prob.astype(np.float32), table)
    some = np.array([5, 2, 40, 41])
    np.testing.assert_array_equal(
        closed_form.closed_form(rows.take(some), prob.astype(np.float32), table), everything[some]
    )


@given(seed=st.integers(0, 500), shape=st.sampled_from([0.1, 0.5, 4.0, np.inf]))
@settings(max_examples=20, deadline=None)
def test_one_draw_by_itself_is_the_same_as_among_others(seed, shape):
    rng = np.random.default_rng(seed)
    _, rows, _, prob = town(1)
    n_sites = len(prob)
    prob = np.clip(rng.gamma(0.4, 0.5, (n_sites, 1)), 0, 1) * np.ones((1, 2))
    chance = site_chance.SiteChance.of_classes(
        prob, np.arange(n_sites), np.ones(n_sites), prob.sum(axis=0),
        district=np.sort(rng.integers(0, 4, n_sites)), cluster_size=np.full(2, shape),
    )  # fmt: skip
    single = site_chance.SiteChance.of_classes(
        prob[:, :1], np.arange(n_sites), np.ones(n_sites), prob[:, :1].sum(axis=0),
        district=chance.district, cluster_size=np.full(1, shape),
    )  # fmt: skip
    mean = np.array([2.0, 2.0])
    both = closed_form.closed_form(
        rows,
        chance,
        view_table(
            cameras(2, hfov=120.0, ring=(3.0, 40.0)), mean, reach_m=REACH_M, codes=rows.codes
        ),
    )
    one = closed_form.closed_form(
        rows,
        single,
        view_table(
            cameras(1, hfov=120.0, ring=(3.0, 40.0)), mean[:1], reach_m=REACH_M, codes=rows.codes
        ),
    )
    np.testing.assert_allclose(one[..., 0], both[..., 0], atol=2e-6)
    np.testing.assert_allclose(both[..., 1], both[..., 0], atol=1e-7)
    assert one.max() > 0.1


@pytest.mark.parametrize("width_m", [0.3, 1.0, 2.5])
def test_a_ring_thinner_than_the_spacing_of_points_is_right_in_the_mean(width_m):
    # One long street, 5 m points, sites at 4 m beside it: a ring crosses the street twice.
    rng = np.random.default_rng(3)
    n_sites, inner = 600, 20.0
    points = street_points.cut(
        np.array([shapely.LineString([(0, 0), (10_000, 0)])], dtype=object), 5.0
    )
    site_xy = np.column_stack([rng.uniform(100, 9_900, n_sites), np.full(n_sites, 4.0)])
    pairs = sight.build_sight(site_xy, points.xy, np.empty(0, dtype=object), reach_m=REACH_M)
    drawn = cameras(hfov=360.0, ring=(inner, inner + width_m))
    table = view_table(drawn, np.ones(1), reach_m=REACH_M)[CANDIDATE, :, 0, 0]
    bins = np.minimum(pairs.distance_cm // 100, len(table) - 1)
    covered = np.add.reduceat(table[bins] * points.length[pairs.point], pairs.start[:-1])
    exact = 2 * (np.sqrt((inner + width_m) ** 2 - 16.0) - np.sqrt(inner**2 - 16.0))
    # One site may have two points of 5 m in the ring, or none.
    assert np.abs(covered - exact).max() <= 10.0
    assert covered.mean() == pytest.approx(exact, abs=4 * covered.std() / np.sqrt(n_sites))
    assert covered.std() / np.sqrt(n_sites) < 0.1 * exact


def test_totals_alone_are_those_of_the_closed_form():
    rng = np.random.default_rng(6)
    n_points, n_sites, n_draws = 150, 40, 5
    start = np.sort(rng.integers(0, 900, n_points + 1))
    start[0], start[-1] = 0, 900
    table = rng.random((2, 6, len(TIERS), n_draws)).astype(np.float32)
    rows = pairs_by_point.PointRows(
        start,
        rng.integers(0, n_sites, 900).astype(np.int32),
        rng.integers(0, 6, 900).astype(np.int16),
        rng.integers(0, 2, 900).astype(np.int16),
        np.arange(2),
    )
    chance = site_chance.SiteChance.of_table(rng.random((n_sites, n_draws)) * 0.2)
    length = rng.random(n_points)
    found = closed_form.covered_length(rows, chance, table, length)
    prob = closed_form.closed_form(rows, chance, table)
    np.testing.assert_allclose(found, np.einsum("p,ptd->dt", length, prob), rtol=1e-5)
