"""Cameras placed once: against the closed form, exact shapes and the rules of sampling."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from drawn_grid import REACH_M, cameras, town
from hypothesis import given, settings
from hypothesis import strategies as st
from proportional import proportional_prob
from scipy import optimize
from scipy.spatial.distance import pdist

from toolkit.assessment.sums import Sums
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS
from toolkit.engine import closed_form, pairs_by_point, placement, sight, views, workers
from toolkit.engine.kernels import placement as kernels
from toolkit.engine.kernels.placement import scale_to
from toolkit.engine.site_chance import SiteChance


def standing_share(prob, design, **options):
    """Return how often each site stands."""
    standing = placement.place_sites(
        SiteChance.of_table(np.tile(prob[:, None], design.n_draws)), design, **options
    )
    return np.bincount(standing.site, minlength=len(prob)) / design.n_draws


def by_draw(standing):
    """Return the sites of each draw."""
    return np.split(standing.site, standing.first[1:-1])


class TestSites:
    def test_140_of_154_groups_are_occupied(self):
        design = Design(20, 0)
        prob = np.tile(proportional_prob(np.ones(154), 140)[:, None], 20)
        standing = placement.place_sites(SiteChance.of_table(prob), design)
        drawn = by_draw(standing)
        assert len(drawn) == 20
        for chosen in drawn:
            assert len(chosen) == len(set(chosen.tolist())) == 140

    @pytest.mark.parametrize("independent", [False, True])
    def test_each_group_is_drawn_with_its_probability(self, independent):
        n_draws = 4000
        prob = np.array([0.9, 0.5, 0.1, 0.3, 0.2, 0.7, 0.8, 0.25, 0.25, 0.0, 1.0])
        share = standing_share(prob, Design(n_draws, 1), independent=independent)
        assert share[9] == 0
        assert share[10] == 1
        error = (share - prob)[:9] / np.sqrt(prob * (1 - prob) / n_draws)[:9]
        assert np.abs(error).max() < 4

    def test_a_number_between_two_is_rounded_either_way(self):
        design = Design(2000, 3)
        prob = np.full(20, 0.12)  # 2.4 sites
        standing = placement.place_sites(
            SiteChance.of_table(np.tile(prob[:, None], design.n_draws)), design
        )
        number = np.diff(standing.first)
        assert set(number.tolist()) == {2, 3}
        assert number.mean() == pytest.approx(2.4, abs=0.04)

    def test_nothing_to_place(self):
        for n in (0, 3):
            standing = placement.place_sites(SiteChance.of_table(np.zeros((n, 2))), Design(2, 0))
            assert standing.first.tolist() == [0, 0, 0]

    def test_more_sites_keep_those_that_stood(self):
        # One seed, one rank per site: what is added does not move the others.
        few, many = (
            placement.place_sites(SiteChance.of_table(np.full((500, 8), p)), Design(8, 5))
            for p in (0.05, 0.08)
        )
        for fewer, more in zip(by_draw(few), by_draw(many), strict=True):
            assert set(fewer.tolist()) < set(more.tolist())

    @given(seed=st.integers(0, 1000), spacing=st.floats(1.0, 60.0))
    @settings(max_examples=20, deadline=None)
    def test_no_two_sites_stand_nearer_than_the_spacing(self, seed, spacing):
        rng = np.random.default_rng(seed)
        xy = rng.uniform(0, 500, (200, 2))
        chance = SiteChance.of_table(np.full((200, 3), 0.3))
        design = Design(3, seed)
        plain = placement.place_sites(chance, design)
        spaced = placement.place_sites(chance, design, spacing_m=spacing, xy_m=xy)
        for chosen, without in zip(by_draw(spaced), by_draw(plain), strict=True):
            assert len(chosen) <= len(without)
            assert pdist(xy[chosen]).min(initial=np.inf) >= spacing
            # Nothing that would fit was left out.
            if len(chosen) < len(without):
                left = np.setdiff1d(np.arange(200), chosen)
                gap = np.hypot(*(xy[left, None] - xy[chosen]).transpose(2, 0, 1)).min(axis=1)
                assert (gap < spacing).all()

    def test_a_spacing_of_nothing_changes_nothing(self):
        chance = SiteChance.of_table(np.full((100, 4), 0.2))
        xy = np.random.default_rng(0).uniform(0, 500, (100, 2))
        one = placement.place_sites(chance, Design(4, 1))
        other = placement.place_sites(chance, Design(4, 1), spacing_m=1e-9, xy_m=xy)
        np.testing.assert_array_equal(one.site, other.site)


class TestDistricts:
    """Eight districts of 60 sites each."""

    n_draws = 3000
    district = np.repeat(np.arange(8), 60)

    def chance(self, shape, prob=0.05):
        n_sites = len(self.district)
        return SiteChance.of_classes(
            np.full((1, self.n_draws), prob), np.zeros(n_sites, np.int64), np.ones(n_sites),
            np.full(self.n_draws, prob * n_sites), district=self.district,
            cluster_size=np.full(self.n_draws, shape),
        )  # fmt: skip

    def by_district(self, shape, prob=0.05):
        standing = placement.place_sites(self.chance(shape, prob), Design(self.n_draws, 2))
        draw = np.repeat(np.arange(self.n_draws), np.diff(standing.first))
        table = np.zeros((self.n_draws, 8))
        np.add.at(table, (draw, self.district[standing.site]), 1)
        return table

    @pytest.mark.parametrize("shape", [0.3, 1.0, 4.0])
    def test_districts_differ_as_their_factors_say(self, shape):
        prob = 0.02
        table = self.by_district(shape, prob)
        n, total = 8, prob * 480
        assert table.sum(axis=1).mean() == pytest.approx(total, rel=0.01)
        np.testing.assert_allclose(table.mean(axis=0), total / n, rtol=0.12)
        # Variance of a number: binomial, and the share of a district, that of a beta variate.
        between = (n - 1) / (n * shape + 1) * (total / n) ** 2
        # At most one site a place holds the largest numbers back a little.
        within = total / n * (1 - 1 / n) * (1 - (n - 1) / (n * shape + 1) / (n - 1))
        assert table.var(axis=0).mean() == pytest.approx(between + within, rel=0.15)

    def test_the_smaller_the_shape_the_more_some_districts_have(self):
        spread = [self.by_district(shape).var(axis=0).mean() for shape in (0.3, 1.0, 4.0, np.inf)]
        assert spread == sorted(spread, reverse=True)

    @pytest.mark.parametrize("shape", [0.3, 1.0, 4.0])
    def test_the_closed_form_is_the_mean_of_the_simulation(self, shape):
        # A point that sees six sites of one district and three of the next.
        chance = self.chance(shape)
        sees = np.r_[0:6, 60:63]
        standing = placement.place_sites(chance, Design(self.n_draws, 7))
        draw = np.repeat(np.arange(self.n_draws), np.diff(standing.first))
        hit = np.zeros(self.n_draws, bool)
        hit[draw[np.isin(standing.site, sees)]] = True
        rows = pairs_by_point.PointRows(
            np.array([0, len(sees)]), sees.astype(np.int32), np.full(len(sees), 10, np.int16),
            np.zeros(len(sees), np.int16),
        )  # fmt: skip
        table = views.view_table(cameras(hfov=360.0), np.ones(1), reach_m=REACH_M)
        one = SiteChance(
            chance.factor[:, :1], chance.alone[:, :1], chance.mean_size, chance.site_class,
            chance.size, chance.district, chance.cluster_size[:1], chance.joint_size[:1],
            chance.n_sites[:1],
        )  # fmt: skip
        exact = float(closed_form.closed_form(rows, one, table)[0, 0, 0])
        error = np.sqrt(exact * (1 - exact) / self.n_draws)
        # 0.01 for a gamma factor in place of a beta share of a fixed number.
        assert abs(hit.mean() - exact) < 3 * error + 0.01
        apart = 1 - 0.95 ** len(sees)
        assert exact < apart


class TestSimulation:
    @pytest.mark.parametrize("hfov", [60.0, 200.0])
    def test_agrees_with_the_closed_form(self, hfov):
        n_draws = 1500
        pairs, rows, points, prob = town(n_draws)
        drawn = cameras(n_draws, hfov=hfov, ring=(5.0, 45.0), working=0.7, share=(0.6, 0.4))
        mean = np.full(n_draws, 2.0)
        one = views.view_table(
            cameras(1, hfov=hfov, ring=(5.0, 45.0), working=0.7, share=(0.6, 0.4)),
            mean[:1], reach_m=REACH_M,
        )  # fmt: skip
        exact = closed_form.closed_form(rows, prob[:, :1].astype(np.float32), one)[:, 0, 0]
        expected = float(points.length @ exact / points.length.sum())
        none = np.zeros(len(prob), dtype=np.int64)
        share = placement.simulate(
            pairs, prob, none, np.full(len(prob), np.nan), drawn, mean, points.length,
            Design(n_draws, 4), independent=True,
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
            placement.simulate(
                pairs, prob, none, nowhere, drawn, mean, points.length, design, independent=how
            ).share[:, 0]
            for how in (False, True)
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
        share = placement.simulate(
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
        share = placement.simulate(
            pairs, np.ones((1, 1)), np.array([1]), np.array([axis]), drawn, np.ones(1),
            np.ones(len(points)), Design(1, 0), fixed_width_deg=np.array([width]),
        ).share[0, 0]  # fmt: skip
        sector = width / 360 * np.pi * (40.0**2 - 12.0**2) / 120.0**2
        # Bearings are kept in steps of 1.4 degrees, at both edges; 3 standard errors of 20,000.
        step = views.BEARING_STEP_DEG * (width < 360)
        error = step / 360 * np.pi * (40.0**2 - 12.0**2) / 120.0**2
        assert share == pytest.approx(sector, abs=error + 3 * np.sqrt(sector / 20_000))
        rows = pairs_by_point.point_rows(
            pairs, len(points), np.ones(1, dtype=np.int64), np.array([axis]), np.array([width])
        )
        table = views.view_table(drawn, np.ones(1), reach_m=REACH_M, codes=rows.codes)
        exact = closed_form.closed_form(rows, np.ones((1, 1), np.float32), table)[:, 0, 0]
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

    def test_a_ring_is_a_disc_on_open_ground(self):
        rng = np.random.default_rng(2)
        points = rng.uniform(-60, 60, (6000, 2))
        pairs = sight.build_sight(
            np.zeros((1, 2)), points, np.empty(0, dtype=object), reach_m=REACH_M
        )
        share = placement.simulate(
            pairs, np.ones((1, 1)), np.array([1]), np.full(1, np.nan),
            cameras(hfov=360.0, ring=(12.0, 40.0)), np.ones(1), np.ones(len(points)), Design(1, 0),
        ).share  # fmt: skip
        distance = np.hypot(*points.T)
        assert share[0, 0] == pytest.approx(((distance >= 12) & (distance < 40)).mean(), abs=5e-4)


RINGS = (
    # Of three types, by tier; None where the type is not able.
    ((2.0, 50.0), (2.0, 35.0), (2.0, 20.0), (4.0, 18.0), None),
    ((0.0, 45.0), (0.0, 20.0), (0.0, 12.0), None, None),
    ((5.0, 55.0), (5.0, 40.0), (5.0, 33.0), (8.0, 30.0), (10.0, 22.0)),
)


def three_types(n_draws):
    """Return draws of three types that differ in what they are able to do."""
    ring = np.array([[r or (np.nan, np.nan) for r in of_type] for of_type in RINGS])
    inner, outer = ring.transpose(2, 1, 0)
    return dataclasses.replace(
        cameras(n_draws, working=0.7, share=(0.5, 0.3, 0.2)),
        hfov_deg=np.tile([70.0, 360.0, 45.0], (n_draws, 1)),
        inner_m=np.tile(inner, (n_draws, 1, 1)),
        outer_m=np.tile(outer, (n_draws, 1, 1)),
    )


def without_overlap(placed, total_m):
    """Return the covered length of cameras placed once, and how many would do without overlap."""
    covered_m = placed.share * total_m
    sums = Sums(covered_m, covered_m, placed.alone_m, covered_m, {}, {}, 1.0, placed.n_able)
    return covered_m, sums.without_overlap(covered_m)


def covers(pairs, pair, ring, axis_deg, width_deg, height_m):
    """Return whether a camera covers the point of one line of sight."""
    bearing = pairs.bearing[pair] * views.BEARING_STEP_DEG
    off = abs((bearing - axis_deg + 180.0) % 360.0 - 180.0)
    near_enough = ring[0] <= pairs.distance_cm[pair] / 100.0 < ring[1]
    return near_enough and off <= width_deg / 2 and pairs.height_dm[pair] <= height_m * 10.0


@pytest.fixture(scope="module")
def counted():
    """Return what `simulate` found and, by brute force, what is alone, together, and able."""
    n_draws = 12
    pairs, _rows, points, prob = town(n_draws)
    drawn, design = three_types(n_draws), Design(n_draws, 3)
    none, nowhere = np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan)
    mean, chance = np.full(n_draws, 1.8), SiteChance.of_table(prob)
    placed = placement.simulate(pairs, chance, none, nowhere, drawn, mean, points.length, design)
    standing = placement.place_sites(chance, design)
    working = placement.equip(standing, none, nowhere, nowhere, drawn, mean)
    alone, together, able = (np.zeros((n_draws, len(TIERS))) for _ in range(3))
    for d, t in np.ndindex(alone.shape):
        covered = np.zeros(len(points.length), bool)
        for c in range(working.first[d], working.first[d + 1]):
            kind, site = working.kind[c], working.site[c]
            ring = RINGS[kind][t]
            if ring is None:
                continue
            able[d, t] += 1
            aim = working.axis_deg[c], drawn.hfov_deg[d, kind], drawn.height_m[d, kind]
            for pair in range(pairs.start[site], pairs.start[site + 1]):
                if covers(pairs, pair, ring, *aim):
                    alone[d, t] += points.length[pairs.point[pair]]
                    covered[pairs.point[pair]] = True
        together[d, t] = points.length[covered].sum()
    return placed, alone, together, able, points.length.sum()


class TestWithoutOverlap:
    """Against each camera and each point taken one at a time."""

    def test_every_figure_is_that_of_brute_force(self, counted):
        placed, alone, together, able, total_m = counted
        np.testing.assert_array_equal(placed.n_able, able)
        np.testing.assert_allclose(placed.alone_m, alone, rtol=1e-9)
        np.testing.assert_allclose(placed.share * total_m, together, rtol=1e-9)

    def test_all_are_able_to_see_and_fewer_at_each_better_tier(self, counted):
        able = counted[3].sum(axis=0)
        assert able[0] == able[1] == able[2] > able[3] > able[4] > 0

    @pytest.mark.parametrize("t", range(len(TIERS)), ids=TIERS)
    def test_there_are_at_most_the_able_ones(self, counted, t):
        placed, alone, together, able, total_m = counted
        found = without_overlap(placed, total_m)[1][:, t]
        assert (found <= able[:, t]).all()
        has = alone[:, t] > 0
        assert has.any()
        one_m = alone[has, t] / able[has, t]
        np.testing.assert_allclose(found[has], together[has, t] / one_m, rtol=1e-9)
        assert (found[~has] == 0).all()

    def test_a_placed_site_stands_for_more_and_a_mapped_one_for_itself(self):
        n_draws = 6
        pairs, _rows, points, prob = town(n_draws)
        n_sites = len(prob)
        mapped = np.arange(n_sites) >= n_sites - 3
        chance = SiteChance.of_classes(
            prob[:-3], np.arange(n_sites - 3), np.ones(n_sites - 3), prob[:-3].sum(axis=0),
            n_certain=3,
        )  # fmt: skip
        count, nowhere = mapped.astype(np.int64), np.full(n_sites, np.nan)
        stands_for = np.linspace(0.7, 1.5, n_draws)
        drawn, mean, design = three_types(n_draws), np.full(n_draws, 1.8), Design(n_draws, 3)
        asked = pairs, chance, count, nowhere, drawn, mean, points.length, design
        one, other = placement.simulate(*asked), placement.simulate(*asked, stands_for=stands_for)
        standing = placement._with_certain(
            placement.place_sites(chance, design), np.flatnonzero(mapped).astype(np.int32)
        )
        working = placement.equip(standing, count, nowhere, nowhere, drawn, mean)
        for d, t in np.ndindex(other.n_able.shape):
            able = 0.0
            for c in range(working.first[d], working.first[d + 1]):
                if RINGS[working.kind[c]][t] is not None:
                    able += 1.0 if mapped[working.site[c]] else stands_for[d]
            assert other.n_able[d, t] == pytest.approx(able)
        np.testing.assert_array_equal(one.share, other.share)
        np.testing.assert_array_equal(one.alone_m, other.alone_m)

    def test_one_camera_is_one_where_it_is_able_and_none_elsewhere(self):
        n_draws = 12
        pairs, _rows, points, prob = town(n_draws)
        site = int(np.argmax(np.diff(pairs.start)))
        there = np.zeros_like(prob)
        there[site] = 1.0
        placed = placement.simulate(
            pairs, there, (there[:, 0] > 0).astype(np.int64), np.full(len(prob), np.nan),
            three_types(n_draws), np.ones(n_draws), points.length, Design(n_draws, 3),
        )  # fmt: skip
        covered_m, found = without_overlap(placed, points.length.sum())
        assert set(placed.n_able.ravel()) == {0, 1}
        assert (placed.n_able[covered_m > 0] == 1).all()
        np.testing.assert_allclose(found, covered_m > 0, rtol=1e-12)
        assert (covered_m[:, 0] > 0).any()
        assert not (covered_m[:, 0] > 0).all()


def drawn_rows(rng, n_sites, n_pairs, n_points):
    """Lines of sight of some sites at random, by metres in each row."""
    rows = [np.sort(rng.integers(0, 9000, n_pairs) // 100) for _ in range(n_sites)]
    return kernels.PairsBySite(
        np.arange(n_sites + 1) * n_pairs,
        np.concatenate([rng.permutation(n_points)[:n_pairs] for _ in rows]).astype(np.int32),
        (np.concatenate(rows) * 100 + rng.integers(0, 100, n_sites * n_pairs)).astype(np.uint16),
        rng.integers(0, 256, n_sites * n_pairs).astype(np.uint8),
        rng.choice([0, 0, 30, 80], n_sites * n_pairs).astype(np.uint8),
    )


def covered_draw_by_draw(cameras, rings, pairs, length_m, n_tiers):
    """Return union and sum of what cameras cover, camera by camera and pair by pair."""
    n_draws = len(cameras.first) - 1
    union, single = np.zeros((n_draws, n_tiers)), np.zeros((n_draws, n_tiers))
    for d in range(n_draws):
        hit = np.zeros((len(length_m), n_tiers), dtype=bool)
        for c in range(cameras.first[d], cameras.first[d + 1]):
            y, s = cameras.kind[c], cameras.site[c]
            width = cameras.width_deg[c]
            width = rings.hfov_deg[d, y] if np.isnan(width) else width
            half = np.float32(width / 2.0 / 360.0 * 256)
            axis = np.float32(cameras.axis_deg[c] / 360.0 * 256 % 256)
            for k in range(pairs.start[s], pairs.start[s + 1]):
                off = abs(np.float32(pairs.bearing[k]) - axis)
                off = min(off, np.float32(256) - off)
                if off > half or pairs.height_dm[k] > rings.height_dm[d, y]:
                    continue
                for t in range(n_tiers):
                    near, far = (np.float32(e[d, t, y]) for e in (rings.inner_cm, rings.outer_cm))
                    if near <= np.float32(pairs.distance_cm[k]) < far:
                        p = pairs.point[k]
                        single[d, t] += length_m[p]
                        union[d, t] += 0.0 if hit[p, t] else length_m[p]
                        hit[p, t] = True
    return union, single


@pytest.mark.parametrize("seed", range(3))
def test_many_draws_at_once_cover_what_each_covers_to_the_bit(seed):
    rng = np.random.default_rng(seed)
    n_draws, n_types, n_sites, n_points = 2 * kernels.DRAWS_IN_BITS + 3, 3, 40, 90
    pairs = drawn_rows(rng, n_sites, 70, n_points)
    shape = (n_draws, len(TIERS), n_types)
    none = rng.random(shape) < 0.3
    inner = rng.uniform(0, 4000, shape)
    rings = kernels.Rings(
        rng.choice([3.0, 60.0, 359.9, 360.0], shape[::2]) * rng.uniform(0.99, 1.0, shape[::2]),
        rng.uniform(20, 90, shape[::2]),
        np.where(none, np.inf, inner),
        np.where(none, 0.0, inner + rng.uniform(0, 8000, shape)),
    )
    n_cameras = rng.integers(0, 9, n_draws)
    first = np.concatenate([[0], np.cumsum(n_cameras)])
    site = [np.sort(rng.integers(0, n_sites, n)) for n in n_cameras]
    n = int(first[-1])
    cameras = kernels.Cameras(
        first,
        np.concatenate(site).astype(np.int32),
        rng.integers(0, n_types, n),
        np.where(rng.random(n) < 0.3, rng.integers(0, 8, n) * 45.0, rng.uniform(0, 700, n)),
        np.where(rng.random(n) < 0.3, rng.choice([1.40625, 45.0, 360.0], n), np.nan),
    )
    length_m = rng.uniform(0, 5, n_points)
    union, single = np.zeros((n_draws, len(TIERS))), np.zeros((n_draws, len(TIERS)))
    workers.over(
        kernels.cover, workers.even_borders(n_draws, kernels.DRAWS_IN_BITS), cameras, rings, pairs,
        length_m, union, single,
    )  # fmt: skip
    expected = covered_draw_by_draw(cameras, rings, pairs, length_m, len(TIERS))
    assert (expected[0] > 0).any()
    np.testing.assert_array_equal(union, expected[0])
    np.testing.assert_array_equal(single, expected[1])


@pytest.mark.parametrize("spread", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("part", [0.001, 0.3, 0.9, 0.999])
def test_the_scale_makes_chances_add_up_whatever_rates_there_are(spread, part):
    rng = np.random.default_rng(5)
    rate, count = np.exp(spread * rng.normal(size=300)), rng.integers(1, 40, 300).astype(float)
    wanted = part * count.sum()
    exact = optimize.brentq(lambda s: float(-np.expm1(-s * rate) @ count) - wanted, 0.0, 1e9)
    found = workers.run(scale_to, wanted, rate, count)
    assert found == pytest.approx(exact, rel=1e-8)
