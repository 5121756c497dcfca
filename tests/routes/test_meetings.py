"""Cameras met on routes: against brute force, against the exact chance, and naive rules."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
from drawn_graph import grid
from drawn_grid import cameras
from exact_routes import chances, shows

from toolkit.base.draws import Design
from toolkit.base.terms import TIERS
from toolkit.engine import placement
from toolkit.engine.site_chance import SiteChance
from toolkit.routes import meetings, trips
from toolkit.routes.graph import street_graph
from toolkit.routes.route import Routes, joined

RINGS = (
    # Of three types, by tier; None where the type is not able.
    ((2.0, 50.0), (2.0, 35.0), (2.0, 20.0), (4.0, 18.0), None),
    ((0.0, 45.0), (0.0, 20.0), (0.0, 12.0), None, None),
    ((5.0, 55.0), (5.0, 40.0), (5.0, 33.0), (8.0, 30.0), (10.0, 32.0)),
)
RULES = {"face": "front", "plate": "front_or_rear"}
MEAN_PER_SITE = 1.8
HABITS = trips.Habits(
    mode="foot", median_m=250.0, log_sd=0.5, shortest_m=60.0, longest_m=700.0,
    route_log_sd=0.3, longest_detour=1.5, directness=1.3,
)  # fmt: skip


def three_types(n_draws, working=0.7):
    ring = np.array([[r or (np.nan, np.nan) for r in of_type] for of_type in RINGS])
    inner, outer = ring.transpose(2, 1, 0)
    return replace(
        cameras(n_draws, working=working, share=(0.5, 0.3, 0.2)),
        hfov_deg=np.tile([70.0, 360.0, 45.0], (n_draws, 1)),
        inner_m=np.tile(inner, (n_draws, 1, 1)),
        outer_m=np.tile(outer, (n_draws, 1, 1)),
    )


@pytest.fixture(scope="module")
def city():
    found = grid(7)
    graph = street_graph(found.streets, found.lines, "foot")
    found.sample = trips.sample_trips(
        graph, found.points, found.boundary, HABITS, seed=2, n_homes=25
    )
    return found


def facing(n_draws, within_deg=60.0, **rules):
    return meetings.Facing({**RULES, **rules}, np.full(n_draws, within_deg))


def placed_in(city, drawn, design, prob, **options):
    """Return all cameras placed, working or not."""
    nowhere = np.full(city.n_sites, np.nan)
    chance = SiteChance.of_table(np.tile(prob[:, None], design.n_draws))
    return placement.equip(
        placement.standing_sites(chance, design, **options),
        np.zeros(city.n_sites, np.int64), nowhere, nowhere, drawn,
        np.full(design.n_draws, MEAN_PER_SITE), share_working=np.ones(design.n_draws),
    )  # fmt: skip


def meet(city, drawn, placed, rules=None, routes=None, **options):
    sample = city.sample
    return meetings.meet(
        sample.trips if routes is None else routes, sample.weeks, city.points, city.pairs,
        placed, drawn, rules or facing(len(drawn.share)),
        width_deg=np.full(city.n_sites, np.nan), **options,
    )  # fmt: skip


def route(routes, k):
    part = slice(routes.start[k], routes.start[k + 1])
    return SimpleNamespace(point=routes.point[part], forward=routes.forward[part])


def brute_force(city, drawn, placed, rules, routes):
    """Return cameras and sites that have each route, one camera, route and point at a time."""
    n_draws = len(placed.first) - 1
    shape = (n_draws, len(TIERS), len(routes))
    found, sites = np.zeros(shape), np.zeros(shape)
    pairs = city.pairs
    for d, (t, tier), k in _all(shape):
        way = route(routes, k)
        passed = list(zip(way.point.tolist(), way.forward.tolist(), strict=True))
        at_sites = set()
        for c in range(placed.first[d], placed.first[d + 1]):
            kind, site = placed.kind[c], placed.site[c]
            if placed.luck[c] >= drawn.availability[d]:
                continue
            seen = {}
            for row in range(pairs.start[site], pairs.start[site + 1]):
                metres = pairs.distance_cm[row] / 100
                inner, outer = drawn.inner_m[d, t, kind], drawn.outer_m[d, t, kind]
                off = abs(pairs.bearing[row] - placed.axis_deg[c] * 256 / 360 % 256)
                off = min(off, 256 - off) * 360 / 256
                over = pairs.height_dm[row] <= drawn.height_m[d, kind] * 10
                if inner <= metres < outer and off <= drawn.hfov_deg[d, kind] / 2 and over:
                    seen[int(pairs.point[row])] = pairs.bearing[row]
            rule = rules.get(tier, "any")
            if any(p in seen and shows(city, p, f, seen[p], rule, 60.0) for p, f in passed):
                found[d, t, k] += 1
                at_sites.add(int(site))
        sites[d, t, k] = len(at_sites)
    return found, sites


def _all(shape):
    for d, t, k in np.ndindex(*shape):
        yield d, (t, TIERS[t]), k


def test_counts_are_those_of_brute_force(city):
    n_draws = 3
    drawn, design = three_types(n_draws), Design(n_draws, 5)
    placed = placed_in(city, drawn, design, np.full(city.n_sites, 0.08))
    some = city.sample.trips.first(10)
    as_it_is, if_all_work = meet(city, drawn, placed, routes=some)
    found, sites = brute_force(city, drawn, placed, RULES, some)
    np.testing.assert_array_equal(as_it_is.cameras, found)
    np.testing.assert_array_equal(as_it_is.sites, sites)
    all_work = replace(drawn, availability=np.ones(n_draws))
    found, sites = brute_force(city, all_work, placed, RULES, some)
    np.testing.assert_array_equal(if_all_work.cameras, found)
    np.testing.assert_array_equal(if_all_work.sites, sites)
    assert (found > sites).any()
    assert found[:, 0].min() < found[:, 0].max()


@pytest.mark.parametrize("n_parts", [1, 7])
def test_those_that_work_are_counted_alike_in_parts_and_in_any_order(city, n_parts):
    n_draws = 30
    drawn, design = three_types(n_draws), Design(n_draws, 5)
    placed = placed_in(city, drawn, design, np.full(city.n_sites, 0.08))
    # Over 64 routes at a site, so that it has more than one word.
    weight = np.where(placed.site % 2, 0.7, 1.0)
    sample = city.sample
    routes = joined([sample.trips, sample.trips])
    assert len(routes) > 64
    whole = meet(city, drawn, placed, routes=routes, weight=weight)[0]
    rng, parts = np.random.default_rng(1), []
    for k in range(n_parts):
        some = rng.permutation(np.flatnonzero(placed.site * n_parts // city.n_sites == k))
        some = some[np.argsort(placed.draw[some], kind="stable")]
        count = np.bincount(placed.draw[some], minlength=n_draws)
        of_part = placement.Working(
            np.concatenate([[0], np.cumsum(count)]), placed.site[some], placed.kind[some],
            placed.axis_deg[some], placed.luck[some],
        )  # fmt: skip
        parts.append(
            meetings.PlacedCameras(
                of_part, weight[some], drawn, facing(n_draws), city.pairs,
                np.full(city.n_sites, np.nan),
            )
        )  # fmt: skip
    found = meetings.meet_working(routes, sample.weeks, city.points, iter(parts))
    np.testing.assert_allclose(found.cameras, whole.cameras, rtol=1e-5)
    np.testing.assert_array_equal(found.sites, whole.sites)
    np.testing.assert_array_equal(found.weeks, whole.weeks)
    assert 0 < whole.weeks.mean() < 1


def test_without_any_part_nothing_can_be_said(city):
    with pytest.raises(ValueError, match="No part"):
        meetings.meet_working(city.sample.trips, city.sample.weeks, city.points, iter(()))


def test_a_week_is_met_if_any_of_its_points_is(city):
    n_draws = 40
    drawn, design = three_types(n_draws), Design(n_draws, 6)
    placed = placed_in(city, drawn, design, np.full(city.n_sites, 0.02))
    sample = city.sample
    as_routes = meet(city, drawn, placed, routes=sample.weeks)[0]
    weeks = meet(city, drawn, placed)[0].weeks
    np.testing.assert_array_equal(weeks, as_routes.sites > 0)
    trips_met = (meet(city, drawn, placed)[0].sites > 0).reshape(n_draws, len(TIERS), -1, 2)
    assert (weeks | ~trips_met.any(axis=3)).all()
    assert 0 < weeks[:, TIERS.index("face")].mean() < 1


class TestExact:
    """10,000 placements of independent sites against the exact chances, for 50 trips."""

    n_draws = 10_000
    prob = 0.015

    @pytest.fixture(scope="class")
    @classmethod
    def both(cls, city):
        drawn, design = three_types(cls.n_draws), Design(cls.n_draws, 8)
        prob = np.full(city.n_sites, cls.prob)
        placed = placed_in(city, drawn, design, prob, independent=True)
        met = meet(city, drawn, placed)[0]
        one = three_types(1)
        none, single, mean = (np.ones((len(TIERS), 50)) for _ in range(3))
        for t, tier in enumerate(TIERS):
            for k in range(50):
                of_sites = np.array(
                    [
                        chances(
                            city, one, MEAN_PER_SITE, route(city.sample.trips, k), site, t,
                            RULES.get(tier, "any"),
                        )
                        for site in range(city.n_sites)
                        if city.near[k, site]
                    ]
                ).reshape(-1, 3)  # fmt: skip
                miss = 1 - cls.prob * (1 - of_sites[:, 0])
                at_site = cls.prob * (1 - of_sites[:, 0])
                none[t, k] = miss.prod()
                single[t, k] = miss.prod() * (at_site / miss).sum()
                mean[t, k] = (cls.prob * of_sites[:, 2]).sum()
        return met, none, single, mean

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def near(cls, city):
        """Leave out sites that see no point of a route: their chance is nil."""
        city.near = np.zeros((50, city.n_sites), dtype=bool)
        site = np.repeat(np.arange(city.n_sites), np.diff(city.pairs.start))
        for k in range(50):
            on_route = np.isin(city.pairs.point, route(city.sample.trips, k).point)
            city.near[k, site[on_route]] = True

    @pytest.mark.parametrize("t", range(len(TIERS)), ids=TIERS)
    def test_at_least_one_and_two_sites_are_exact(self, both, t):
        met, none, single, _ = both
        for found, exact in (
            ((met.sites[:, t] >= 1).mean(axis=0), 1 - none[t]),
            ((met.sites[:, t] >= 2).mean(axis=0), 1 - none[t] - single[t]),
        ):
            z = (found - exact) / np.sqrt(np.maximum(exact * (1 - exact), 1e-9) / self.n_draws)
            assert np.abs(z).max() < 4.5
            assert np.sqrt((z**2).mean()) < 2.0

    @pytest.mark.parametrize("t", range(len(TIERS)), ids=TIERS)
    def test_the_mean_number_of_cameras_is_exact(self, both, t):
        met, _, _, mean = both
        found = met.cameras[:, t]
        error = found.std(axis=0) / np.sqrt(self.n_draws)
        assert (np.abs(found.mean(axis=0) - mean[t]) <= 4.5 * error + 1e-3).all()

    def test_a_product_over_points_is_far_off(self, both, city):
        none = both[1]
        t = TIERS.index("seen")
        point_met = np.zeros(len(city.points.length))
        every = Routes(
            np.arange(len(point_met) + 1), np.arange(len(point_met)),
            np.ones(len(point_met), bool), city.points.length,
        )  # fmt: skip
        n = 500
        drawn = three_types(n)
        placed = placed_in(
            city, drawn, Design(n, 9), np.full(city.n_sites, self.prob), independent=True
        )
        point_met = (meet(city, drawn, placed, routes=every)[0].sites[:, t] > 0).mean(axis=0)
        product = np.array(
            [1 - (1 - point_met[route(city.sample.trips, k).point]).prod() for k in range(50)]
        )
        assert (product - (1 - none[t])).mean() > 0.1

    def test_ten_trips_are_no_ten_draws(self, both):
        met = both[0]
        t = TIERS.index("face")
        one = (met.sites[:, t] > 0).reshape(self.n_draws, -1, 2)
        commuter = one.any(axis=2).mean()
        five = met.weeks[:, t].mean()
        naive = 1 - (1 - one.mean()) ** 10
        assert one.mean() < commuter < five < naive
        assert naive - five > 0.05
        assert naive - commuter > 0.1


class TestRules:
    @pytest.fixture(scope="class")
    @classmethod
    def setting(cls, city):
        n_draws = 200
        drawn, design = three_types(n_draws), Design(n_draws, 4)
        return city, drawn, placed_in(city, drawn, design, np.full(city.n_sites, 0.05))

    def test_a_side_can_be_asked_for_and_none_sees_most(self, setting):
        city, drawn, placed = setting
        t = TIERS.index("face")
        found = {
            rule: meet(city, drawn, placed, facing(len(drawn.share), face=rule))[0].cameras[:, t]
            for rule in meetings.SIDES
        }
        assert (found["any"] >= found["front_or_rear"]).all()
        assert (found["front_or_rear"] >= np.maximum(found["front"], found["rear"])).all()
        both = found["front"].mean() + found["rear"].mean()
        assert 0.2 * found["any"].mean() < found["front"].mean() < 0.8 * found["any"].mean()
        assert both >= found["front_or_rear"].mean()
        # There and back are opposite ways: what is front on one is rear on the other.
        front, rear = (found[r].reshape(len(drawn.share), -1, 2) for r in ("front", "rear"))
        np.testing.assert_array_equal(front[..., 0], rear[..., 1])

    def test_a_wider_angle_never_shows_less(self, setting):
        city, drawn, placed = setting
        narrow, wide = (
            meet(city, drawn, placed, facing(len(drawn.share), angle))[0].cameras
            for angle in (40.0, 90.0)
        )
        assert (wide >= narrow).all()
        assert wide.sum() > narrow.sum()

    def test_one_more_camera_never_lowers_a_figure(self, setting):
        city, drawn, placed = setting
        first, n = placed.first, 20  # the first cameras of each draw left out
        kept = np.concatenate([np.arange(a + min(n, b - a) // 4, b) for a, b in pairwise(first)])
        count = np.bincount(placed.draw[kept], minlength=len(first) - 1)
        fewer = placement.Working(
            np.concatenate([[0], np.cumsum(count)]), placed.site[kept], placed.kind[kept],
            placed.axis_deg[kept], placed.luck[kept],
        )  # fmt: skip
        more, less = meet(city, drawn, placed)[0], meet(city, drawn, fewer)[0]
        assert (more.cameras >= less.cameras).all()
        assert (more.sites >= less.sites).all()
        assert (more.weeks >= less.weeks).all()
        assert more.cameras.sum() > less.cameras.sum()

    def test_all_that_work_are_among_all(self, setting):
        as_it_is, if_all_work = meet(*setting)
        assert (if_all_work.cameras >= as_it_is.cameras).all()
        assert (if_all_work.sites >= as_it_is.sites).all()

    def test_cameras_count_by_weight_and_sites_as_one(self, setting):
        city, drawn, placed = setting
        one, other = (
            meet(city, drawn, placed, weight=np.full(len(placed.site), w))[0] for w in (1.0, 1.5)
        )
        np.testing.assert_allclose(other.cameras, 1.5 * one.cameras, rtol=1e-6)
        np.testing.assert_array_equal(other.sites, one.sites)

    def test_lines_of_sight_are_kept_for_the_next_cameras_unless_they_are_many_or_a_users(
        self, setting, monkeypatch
    ):
        kept = meetings._kept_pairs
        kept.cache_clear()
        first = meet(*setting)
        again = meet(*setting)
        assert (kept.cache_info().misses, kept.cache_info().hits) == (1, 1)
        of_a_user = meet(*setting, keep=False)
        monkeypatch.setattr(meetings, "_MOST_KEPT_PAIRS", 10)
        many = meet(*setting)
        assert (kept.cache_info().misses, kept.cache_info().hits) == (1, 1)
        for other in (again, of_a_user, many):
            np.testing.assert_array_equal(other[0].cameras, first[0].cameras)
            np.testing.assert_array_equal(other[1].weeks, first[1].weeks)

    def test_an_empty_set_of_routes_is_met_by_none(self, setting):
        city, drawn, placed = setting
        empty = np.empty(0, np.int64)
        none = Routes(np.zeros(1, np.int64), empty, empty.astype(bool), empty.astype(float))
        found, _ = meetings.meet(
            none, none, city.points, city.pairs, placed, drawn, facing(len(drawn.share)),
            width_deg=np.full(city.n_sites, np.nan),
        )  # fmt: skip
        assert found.cameras.shape == (len(drawn.share), len(TIERS), 0)
        assert found.weeks.shape == (len(drawn.share), len(TIERS), 0)


def test_neighbours_share_the_routes_of_a_cell():
    # Three points with the routes of words along the street, against it and both.
    count = np.array([1, 0, 1, 1, 0, 1, 2, 0, 1])
    word = np.array([0, 0, 0, 0, 0, 1, 3], np.int32)
    bits = np.array([1, 1, 1, 1, 1, 2, 1], np.uint64)
    start = np.concatenate([[0], np.cumsum(count)])
    cell, begin, words, values = meetings._shared_cells(start, word, bits)
    assert cell.reshape(3, 3)[0].tolist() == cell.reshape(3, 3)[1].tolist()
    assert len(begin) - 1 == len(np.unique(cell)) == 5
    for of, one in enumerate(cell):
        here, shared = slice(start[of], start[of + 1]), slice(begin[one], begin[one + 1])
        assert words[shared].tolist() == word[here].tolist()
        assert values[shared].tolist() == bits[here].tolist()
