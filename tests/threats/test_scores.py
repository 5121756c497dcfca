"""Scores of routes: the same with few sites as with all, and figures made of them."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city
from hypothesis import given
from hypothesis import strategies as st

from toolkit.base.terms import TIERS
from toolkit.language.quantities import quantity_text
from toolkit.routes import search
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.meetings import meet
from toolkit.routes.route import Routes, joined
from toolkit.routes.spots import spots
from toolkit.threats import scores

MANY = 100_000


def some_routes(city, n=3, mode="foot"):
    """Return some shortest ways between random places."""
    graph = city.graph(mode)
    rng = np.random.default_rng(4)
    found = []
    while len(found) < n:
        ends = spots(city.streets(mode), graph.xy_m[rng.integers(0, graph.n_nodes, 2)])
        if np.hypot(*(ends[0].xy_m - ends[1].xy_m)) < 300.0:
            continue
        way = search.shortest(graph, *ends)
        found.append(route_of_match(Match((way.stretch,), 0.0), graph, city.scene.points))
    return joined(found)


def test_sites_that_see_a_route_give_what_all_sites_give():
    city = threat_city.city()
    routes = some_routes(city)
    found = scores.score(city, routes)
    at = city.placed_at(np.arange(len(city.scene.site_xy_m)))
    _, single = scores._singles(routes, along=True)
    met, _ = meet(
        routes, single, city.scene.points, city.scene.lines_of_sight, at.placed, at.cameras,
        at.facing, width_deg=at.width_deg, weight=at.weight, keep=False,
    )  # fmt: skip
    np.testing.assert_allclose(found.cameras, met.cameras, rtol=1e-5)
    np.testing.assert_array_equal(found.sites, met.sites)
    np.testing.assert_array_equal(found.in_view, met.weeks)
    assert 0 < found.sites[:, 1].mean() < found.sites[:, 0].mean()


def test_one_tier_alone_is_the_same_and_the_others_are_left_out():
    city = threat_city.city()
    routes = some_routes(city)
    every, one = scores.score(city, routes), scores.score(city, routes, tiers=("face",))
    t = TIERS.index("face")
    np.testing.assert_array_equal(every.cameras[:, t], one.cameras[:, t])
    np.testing.assert_array_equal(every.in_view[:, t], one.in_view[:, t])
    assert one.cameras[:, :t].sum() == 0


def test_a_point_is_in_view_exactly_where_a_camera_has_the_route():
    city = threat_city.city()
    found = scores.score(city, some_routes(city))
    for k in range(3):
        for tier in ("seen", "face", "plate"):
            in_view, length_m = found.along(tier, k)
            np.testing.assert_array_equal(in_view.any(axis=1), found.at_least(1, tier, k))
            assert length_m.sum() > 250.0


def test_metres_in_view_and_the_longest_stretch_are_those_of_the_points():
    city = threat_city.city()
    found = scores.score(city, some_routes(city))
    for tier in ("seen", "plate"):
        in_view, length_m = found.along(tier, 1)
        seen_m, longest_m = found.metres(tier, 1)
        np.testing.assert_allclose(seen_m, in_view @ length_m, atol=1e-9)
        for row, longest in zip(in_view[:50], longest_m[:50], strict=True):
            runs = np.split(np.where(row, 0.0, length_m), np.flatnonzero(row))
            assert longest == pytest.approx(max(run.sum() for run in runs))


def test_points_add_up_to_the_length_of_the_route():
    city = threat_city.city()
    routes = some_routes(city)
    found = scores.score(city, routes, along=False)
    np.testing.assert_allclose(np.bincount(routes.route, found.length_m), routes.length_m)


def test_a_product_over_points_is_far_off():
    """One camera has many points of a route in view: their chances must never be multiplied."""
    city = threat_city.city()
    found = scores.score(city, some_routes(city))
    for k in range(3):
        in_view, _ = found.along("identified", k)
        product = 1.0 - np.prod(1.0 - in_view.mean(axis=0))
        figure = scores.probability(found.at_least(1, "identified", k), city.n_draws)
        exact = float(found.at_least(1, "identified", k).mean())
        assert figure.mid == pytest.approx(exact, abs=1e-5)
        assert product - exact > 0.02


@pytest.mark.slow
def test_2400_placements_agree_with_a_hundred_thousand():
    few, many = threat_city.city(2_400, n_draws=200), threat_city.city(MANY, n_draws=200)
    routes = some_routes(few, 6)
    one, other = (scores.score(c, routes, along=False) for c in (few, many))
    by_round = one.sites.reshape(12, 200, len(TIERS), -1)
    for n_sites in (1, 2):
        hits = (by_round >= n_sites).mean(axis=1)
        error = hits.std(axis=0, ddof=1) / np.sqrt(12)
        gap = hits.mean(axis=0) - (other.sites >= n_sites).mean(axis=0)
        assert np.abs(gap).max() < 0.03
        z = gap / np.maximum(error, 2e-3)
        assert np.sqrt((z**2).mean()) < 2.0
    mean, expected = one.cameras.mean(axis=0), other.cameras.mean(axis=0)
    np.testing.assert_allclose(mean, expected, rtol=0.05, atol=0.02)
    for a, b in ((0, 1), (2, 3), (4, 5)):
        pairs = [scores.paired(s.cameras[:, 0, a], s.cameras[:, 0, b]) for s in (one, other)]
        assert pairs[0].fewer == pytest.approx(pairs[1].fewer, abs=0.02)
        assert pairs[0].more == pytest.approx(pairs[1].more, abs=0.02)


class TestFigures:
    def test_the_interval_is_over_draws_without_the_noise_of_placements(self):
        rng = np.random.default_rng(0)
        n_draws, n_rounds = 2_000, 12
        truth = rng.beta(3.0, 7.0, n_draws)
        hits = rng.random((n_rounds, n_draws)) < truth
        found = scores.probability(hits.ravel(), n_draws)
        naive = np.quantile(hits.mean(axis=0), [0.05, 0.95])
        low, high = np.quantile(truth, [0.05, 0.95])
        assert found.mid == pytest.approx(truth.mean(), abs=0.01)
        assert found.low == pytest.approx(low, abs=0.02)
        assert found.high == pytest.approx(high, abs=0.03)
        assert naive[1] - naive[0] > 1.3 * (high - low)

    def test_the_expectation_of_an_amount_has_its_interval_over_draws(self):
        rng = np.random.default_rng(1)
        n_draws, n_rounds = 2_000, 12
        truth = rng.gamma(4.0, 2.0, n_draws)
        amounts = rng.poisson(truth, (n_rounds, n_draws)).astype(float)
        found = scores.expected(amounts.ravel(), n_draws, "cameras")
        low, high = np.quantile(truth, [0.05, 0.95])
        assert found.mid == pytest.approx(truth.mean(), rel=0.02)
        assert found.low == pytest.approx(low, rel=0.1)
        assert found.high == pytest.approx(high, rel=0.1)

    @given(st.integers(1, 4), st.lists(st.booleans(), min_size=12, max_size=12))
    def test_a_probability_never_leaves_its_range(self, n_draws, hits):
        found = scores.probability(np.array(hits), n_draws if len(hits) % n_draws == 0 else 1)
        assert 0.0 <= found.low <= found.mid <= found.high <= 1.0


class TestPaired:
    def test_placements_are_compared_one_by_one(self):
        pair = scores.paired(np.array([0.0, 2.0, 1.0, 5.0]), np.array([1.0, 2.0, 1.0 + 1e-9, 4.0]))
        assert (pair.fewer, pair.same, pair.more) == (0.25, 0.5, 0.25)

    @given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 1000))
    def test_tenths_add_up_to_ten(self, a, b, c):
        total = a + b + c
        pair = scores.Paired(a / total, b / total, c / total)
        assert sum(pair.in_tenths) == 10
        assert np.abs(np.array(pair.in_tenths) / 10 - [a / total, b / total, c / total]).max() < 0.1

    @pytest.mark.parametrize(("fewer", "more", "better"), [(0.6, 0.3, True), (0.5, 0.3, False)])
    def test_small_differences_are_none(self, fewer, more, better):
        assert scores.Paired(fewer, 1 - fewer - more, more).better is better


def test_several_routes_can_be_one():
    one = Routes(np.array([0, 2]), np.array([3, 4]), np.ones(2, bool), np.array([10.0]))
    both = scores.one_of([one, one])
    assert len(both) == 1
    assert both.point.tolist() == [3, 4, 3, 4]
    assert both.length_m.tolist() == [20.0]


@pytest.mark.parametrize(
    ("holds", "few", "many"),
    [
        (True, "97 % to over 99 % (middle over 99 %)", "over 99 %"),
        (False, "under 1 % to 3 % (middle under 1 %)", "under 1 %"),
    ],
)
def test_what_held_in_every_placement_is_not_certain(holds: bool, few: str, many: str) -> None:
    assert quantity_text(scores.held(np.full(100, holds)), "en") == few
    assert quantity_text(scores.probability(np.full(2400, holds), 200), "en") == many


def test_the_range_of_a_share_of_placements_holds_that_of_ever_more() -> None:
    rng = np.random.default_rng(0)
    inside = []
    for share in rng.uniform(0.05, 0.95, 2000):
        found = scores.held(rng.random(100) < share)
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= share <= found.high)
    assert 0.88 < np.mean(inside) < 0.92
