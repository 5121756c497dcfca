"""Closed form and simulation against results worked out by hand, and against each other."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import exposure, pieces, sight, siting
from toolkit.draws import Design
from toolkit.optics import CameraDraws
from toolkit.results import TIERS

N_TIERS = len(TIERS)
REACH_M = 60.0


def cameras(n_draws=1, *, hfov=90.0, ring=(0.0, 50.0), working=1.0, share=(1.0,), height=5.0):
    """Return camera draws with the same rings in every draw and tier."""
    n_types = len(share)
    shape = (n_draws, N_TIERS, n_types)
    return CameraDraws(
        share=np.tile(share, (n_draws, 1)),
        hfov_deg=np.full((n_draws, n_types), hfov),
        height_m=np.full((n_draws, n_types), height),
        inner_m=np.full(shape, ring[0]),
        outer_m=np.full(shape, ring[1]),
        availability=np.full(n_draws, working),
        type_ids=tuple(str(k) for k in range(n_types)),
    )


def views(n_per_site=1.0, **options):
    return exposure.view_table(cameras(**options), np.array([n_per_site]), reach_m=REACH_M)


def rows_of(site_lists):
    """Return rows of points that see the sites of each list at 10 m."""
    start = np.cumsum([0, *(len(s) for s in site_lists)])
    site = np.array([s for sites in site_lists for s in sites], dtype=np.int32)
    return exposure.PointRows(
        start, site, np.full(len(site), 10, np.int16), np.zeros(len(site), np.int16)
    )


class TestViewTable:
    def test_one_camera_covers_its_field_inside_its_ring(self):
        table = views(hfov=90.0, ring=(10.0, 30.5))
        one = table[exposure.mapped_view(np.array([1]))[0], :, 0, 0]
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
        table = exposure.view_table(cameras(hfov=90.0), np.array([2.0]), reach_m=REACH_M)
        prob = exposure.per_site_prob(np.array([2.0]))[0]
        assert prob.sum() == pytest.approx(1)
        by_number = [table[n, 20, 0, 0] for n in range(1, exposure.MAX_PER_SITE + 1)]
        assert table[exposure.CANDIDATE, 20, 0, 0] == pytest.approx(prob @ by_number, abs=1e-6)

    def test_the_mean_number_of_cameras_is_what_was_asked_for(self):
        mean = np.array([1.0, 1.5, 2.0, 2.63])
        prob = exposure.per_site_prob(mean)
        found = prob @ np.arange(1, exposure.MAX_PER_SITE + 1)
        np.testing.assert_allclose(found, mean, rtol=0.02)

    def test_an_empty_ring_covers_nothing(self):
        table = views(ring=(np.nan, np.nan))
        assert (table == 0).all()
        prob = exposure.closed_form(rows_of([[0]]), np.ones((1, 1), np.float32), table)
        assert (prob == 0).all()

    def test_a_known_direction_across_north_keeps_its_sector(self):
        # Axis 350 degrees, field 60: from 320 across north to 20 degrees.
        bearing = np.arange(0.0, 360.0, 1.5)
        table = views(hfov=60.0)
        found = table[exposure.directed_view(bearing - 350.0), 20, 0, 0]
        off = np.abs((bearing - 350.0 + 180) % 360 - 180)
        assert (found[off < 28] == 1).all()
        assert (found[off > 32] == 0).all()
        assert found.sum() * 1.5 == pytest.approx(60, abs=3)

    def test_a_camera_that_turns_is_one_of_the_types_that_turn(self):
        drawn = cameras(hfov=90.0, ring=(0.0, 50.0), working=0.5, share=(0.75, 0.25))
        drawn.hfov_deg[0, 1] = 360.0
        drawn.outer_m[0, :, 1] = 20.0
        table = exposure.view_table(drawn, np.array([1.0]), reach_m=REACH_M)
        np.testing.assert_allclose(table[exposure.TURNING, :20, 0, 0], 0.5, atol=1e-6)
        assert (table[exposure.TURNING, 20:, 0, 0] == 0).all()

    def test_without_types_that_turn_a_turning_camera_is_any(self):
        table = views(hfov=90.0, working=0.5)
        np.testing.assert_allclose(table[exposure.TURNING, :50, 0, 0], 0.5, atol=1e-6)


class TestClosedForm:
    def test_two_discs_at_one_site_count_once(self):
        # 200 cameras that look all round, two at each of 100 sites, each site in view with
        # probability 0.005.
        table = views(2.0, hfov=360.0)
        prob = np.full((100, 1), 0.005, np.float32)
        found = exposure.closed_form(rows_of([list(range(100))]), prob, table)[0, 0, 0]
        assert found == pytest.approx(0.394, abs=0.001)
        assert pytest.approx(0.633, abs=0.001) == 1 - (1 - 0.005) ** 200

    def test_groups_multiply_and_points_do_not_share(self):
        table = views(hfov=180.0)
        prob = np.array([[0.5], [1.0]], np.float32)
        found = exposure.closed_form(rows_of([[0], [0, 1], []]), prob, table)[:, 0, 0]
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
        low = exposure.closed_form(rows, before, table)
        high = exposure.closed_form(rows, after, table)
        assert (high >= low - 1e-6).all()


def town(n_draws, *, turn_deg=0.0, shift=(0.0, 0.0), scale=1.0, buildings=True):
    """Return lines of sight of a grid of streets with blocks of houses."""
    lines = [shapely.LineString([(x, 0), (x, 300)]) for x in range(0, 301, 60)]
    lines += [shapely.LineString([(0, y), (300, y)]) for y in range(0, 301, 60)]
    blocks = [
        shapely.box(x + 12, y + 12, x + 48, y + 48) for x in range(0, 300, 60)
        for y in range(0, 300, 60)
    ]  # fmt: skip
    angle = np.deg2rad(turn_deg)
    matrix = scale * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])

    def move(shapes):
        return shapely.transform(np.array(shapes, dtype=object), lambda xy: xy @ matrix + shift)

    streets = move(lines)
    points = pieces.cut(streets, 5.0 * scale)
    found = siting.candidates(
        streets, np.full(len(lines), 2), np.full(len(lines), 4 / 3.25 * 2 * scale),
        junction_xy_m=np.empty((0, 2)), stretch_m=20.0 * scale,
        model=siting.load_siting(),
    )  # fmt: skip
    pairs = sight.build_sight(
        found.xy_m, points.xy, move(blocks) if buildings else np.empty(0, dtype=object),
        reach_m=REACH_M * scale,
    )  # fmt: skip
    n_sites = len(found.size_m)
    rows = exposure.point_rows(
        pairs, len(points.xy), np.zeros(n_sites, dtype=np.int64), np.full(n_sites, np.nan)
    )
    prob = np.tile(siting.proportional_prob(found.size_m, 12)[:, None], (1, n_draws))
    return pairs, rows, points, prob


class TestSimulation:
    def bernoulli(self, prob, rng):
        return np.flatnonzero(rng.random(len(prob)) < prob)

    @pytest.mark.parametrize("hfov", [60.0, 200.0])
    def test_agrees_with_the_closed_form(self, hfov):
        n_draws = 1500
        pairs, rows, points, prob = town(n_draws)
        drawn = cameras(n_draws, hfov=hfov, ring=(5.0, 45.0), working=0.7, share=(0.6, 0.4))
        mean = np.full(n_draws, 2.0)
        one = exposure.view_table(
            cameras(1, hfov=hfov, ring=(5.0, 45.0), working=0.7, share=(0.6, 0.4)),
            mean[:1], reach_m=REACH_M,
        )  # fmt: skip
        exact = exposure.closed_form(rows, prob[:, :1].astype(np.float32), one)[:, 0, 0]
        expected = float(points.length @ exact / points.length.sum())
        none = np.zeros(len(prob), dtype=np.int64)
        share = exposure.simulate(
            pairs, prob, none, np.full(len(prob), np.nan), drawn, mean, points.length,
            Design(n_draws, 4), sample=self.bernoulli,
        ).share[:, 0]  # fmt: skip
        z = (share.mean() - expected) / (share.std(ddof=1) / np.sqrt(n_draws))
        assert abs(z) < 3.5
        assert expected > 0.05

    def test_a_fixed_number_of_sites_covers_a_little_more(self):
        # At most one site a group and always the same number: never less than independent sites.
        n_draws = 1500
        pairs, _rows, points, prob = town(n_draws)
        none, nowhere = np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan)
        drawn, mean = cameras(n_draws, hfov=200.0), np.full(n_draws, 2.0)
        design = Design(n_draws, 4)
        fixed, free = (
            exposure.simulate(
                pairs, prob, none, nowhere, drawn, mean, points.length, design, sample=how
            ).share[:, 0]
            for how in (exposure.sample_sites, self.bernoulli)
        )
        assert fixed.mean() > free.mean()
        assert fixed.mean() < free.mean() * 1.05
        assert fixed.std() < free.std()

    def test_a_camera_of_known_direction_covers_its_sector_across_north(self):
        angle = np.deg2rad(np.arange(0.25, 360, 0.5))
        points = 30 * np.column_stack([np.sin(angle), np.cos(angle)])
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        share = exposure.simulate(
            pairs, np.ones((1, 1)), np.array([1]), np.array([350.0]), cameras(hfov=60.0),
            np.ones(1), np.ones(len(points)), Design(1, 0),
        ).share  # fmt: skip
        assert share[0, 0] == pytest.approx(60 / 360, abs=2 * 0.7 / 360)

    @pytest.mark.parametrize(
        ("axis", "width"),
        [(350.0, 45.0), (261.5, 45.0), (90.0, 180.0), (10.0, 315.0), (np.nan, 360.0)],
    )
    def test_a_known_width_is_an_exact_sector_whatever_the_lens(self, axis, width):
        # The mix has fields of 60 degrees; the tag says otherwise, and the tag is right.
        rng = np.random.default_rng(5)
        points = rng.uniform(-60, 60, (20_000, 2))
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        drawn = cameras(hfov=60.0, ring=(12.0, 40.0))
        share = exposure.simulate(
            pairs, np.ones((1, 1)), np.array([1]), np.array([axis]), drawn, np.ones(1),
            np.ones(len(points)), Design(1, 0), fixed_width_deg=np.array([width]),
        ).share[0, 0]  # fmt: skip
        sector = width / 360 * np.pi * (40.0**2 - 12.0**2) / 120.0**2
        # Bearings are kept in steps of 1.4 degrees, at both edges; 3 standard errors of 20,000.
        step = exposure.BEARING_STEP_DEG * (width < 360)
        error = step / 360 * np.pi * (40.0**2 - 12.0**2) / 120.0**2
        assert share == pytest.approx(sector, abs=error + 3 * np.sqrt(sector / 20_000))
        rows = exposure.point_rows(
            pairs, len(points), np.ones(1, dtype=np.int64), np.array([axis]), np.array([width])
        )
        table = exposure.view_table(drawn, np.ones(1), reach_m=REACH_M, codes=rows.codes)
        exact = exposure.closed_form(rows, np.ones((1, 1), np.float32), table)[:, 0, 0]
        assert exact.mean() == pytest.approx(share, abs=1e-6)
        bearing = np.rad2deg(np.arctan2(points[:, 0], points[:, 1]))
        distance = np.hypot(*points.T)
        away = np.abs((bearing - np.nan_to_num(axis) + 180) % 360 - 180)
        # Distances are kept in whole centimetres.
        inside = (distance > 12.01) & (distance < 39.99) & (away < width / 2 - step)
        outside = (distance < 11.99) | (distance > 40.01) | (away > width / 2 + step)
        assert (exact[inside] == 1).all()
        assert (exact[outside] == 0).all()
        assert (inside | outside).mean() > 0.98

    def test_a_field_narrower_than_a_step_of_bearing_still_holds_something(self):
        angle = np.deg2rad(np.arange(0.0, 360, 0.25))
        points = 30 * np.column_stack([np.sin(angle), np.cos(angle)])
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        for axis in np.arange(0.0, 3.0, 0.2):
            rows = exposure.point_rows(
                pairs, len(points), np.ones(1, dtype=np.int64), np.array([axis]), np.array([0.1])
            )
            assert 0 < rows.start[-1] <= 2 * (exposure.BEARING_STEP_DEG / 0.25 + 1)

    def test_a_known_width_with_many_types_works_by_the_share_that_reaches(self):
        # Two types, half each: both reach 30 m, one 50 m; a share of 0.8 works.
        drawn = cameras(1, hfov=20.0, working=0.8, share=(0.5, 0.5))
        drawn.outer_m[:, :, 1] = 30.0
        table = exposure.view_table(drawn, np.ones(1), reach_m=REACH_M)
        found = table[exposure.IN_FIELD, :, 0, 0]
        np.testing.assert_allclose(found[:30], 0.8, atol=1e-6)
        np.testing.assert_allclose(found[30:50], 0.4, atol=1e-6)
        assert (found[50:] == 0).all()

    def test_a_ring_is_a_disc_on_open_ground(self):
        rng = np.random.default_rng(2)
        points = rng.uniform(-60, 60, (6000, 2))
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        share = exposure.simulate(
            pairs, np.ones((1, 1)), np.array([1]), np.full(1, np.nan),
            cameras(hfov=360.0, ring=(12.0, 40.0)), np.ones(1), np.ones(len(points)), Design(1, 0),
        ).share  # fmt: skip
        distance = np.hypot(*points.T)
        assert share[0, 0] == pytest.approx(((distance >= 12) & (distance < 40)).mean(), abs=5e-4)

    def test_140_of_154_groups_are_occupied(self):
        rng = np.random.default_rng(0)
        prob = siting.proportional_prob(np.ones(154), 140)
        for _ in range(20):
            chosen = exposure.sample_sites(prob, rng)
            assert len(chosen) == len(set(chosen.tolist())) == 140

    def test_each_group_is_drawn_with_its_probability(self):
        rng = np.random.default_rng(1)
        prob = np.array([0.9, 0.5, 0.1, 0.3, 0.2])
        counts = np.zeros(5)
        for _ in range(4000):
            counts[exposure.sample_sites(prob, rng)] += 1
        error = (counts / 4000 - prob) / np.sqrt(prob * (1 - prob) / 4000)
        assert np.abs(error).max() < 4

    def test_nothing_to_sample(self):
        rng = np.random.default_rng(0)
        assert len(exposure.sample_sites(np.zeros(3), rng)) == 0
        assert len(exposure.sample_sites(np.empty(0), rng)) == 0


@pytest.mark.parametrize(
    "change",
    [{"turn_deg": 37.0}, {"shift": (5000.0, -800.0)}, {"scale": 0.5}],
    ids=["turned", "moved", "scaled"],
)
def test_moving_turning_and_scaling_change_nothing(change):
    def mean(scale=1.0, **options):
        _, rows, points, prob = town(1, scale=scale, **options)
        table = exposure.view_table(
            cameras(hfov=120.0, ring=(6.0 * scale, 40.0 * scale)),
            np.array([2.0]), reach_m=REACH_M * scale,
        )  # fmt: skip
        exact = exposure.closed_form(rows, prob.astype(np.float32), table)[:, 0, 0]
        return points.length @ exact / points.length.sum()

    # Scaled down, a distance bin of 1 m is twice as coarse; the kerb moves by rounding only.
    assert mean(**change) == pytest.approx(mean(), rel=0.01)


def test_removing_walls_never_lowers_exposure():
    table = views(hfov=120.0)
    with_walls, without = (town(1, buildings=b) for b in (True, False))
    low, high = (
        exposure.closed_form(rows, prob.astype(np.float32), table)[:, 0, 0]
        for _, rows, _, prob in (with_walls, without)
    )
    assert (high >= low - 1e-6).all()
    assert high.mean() > low.mean() + 0.01


def test_summaries_of_streets_are_length_means_of_their_points():
    _, rows, points, prob = town(3)
    prob = prob * np.array([0.5, 1.0, 0.2])
    table = exposure.view_table(cameras(3, hfov=120.0), np.full(3, 2.0), reach_m=REACH_M)
    exact = exposure.closed_form(rows, prob.astype(np.float32), table)
    n_streets = int(points.line.max()) + 1
    found = exposure.summarise(
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
    everything = exposure.closed_form(rows, prob.astype(np.float32), table)
    some = np.array([5, 2, 40, 41])
    np.testing.assert_array_equal(
        exposure.closed_form(rows.take(some), prob.astype(np.float32), table), everything[some]
    )
