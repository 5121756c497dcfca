"""Other ways: found on exact fronts, scored as sets of cameras, compared in the same placements."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import threat_city

from toolkit.routes import search
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.spots import spot as spot_at
from toolkit.threats import alternatives, scores
from toolkit.threats.route import on_streets

BETWEEN = [threat_city.START, threat_city.END]


@pytest.fixture(scope="module")
def made():
    city = threat_city.city(2_400)
    asked = on_streets(city, "foot", between=BETWEEN)
    found = alternatives.alternatives(city, "foot", asked.match, tier="seen", detour=1.5, trips=10)
    return city, asked, found


def test_the_first_way_is_the_shortest_and_the_others_are_within_the_detour(made):
    _, asked, found = made
    ways = found.answer.ways
    assert ways[0].length_m == pytest.approx(float(asked.routes.length_m[0]), abs=0.1)
    assert "length" in ways[0].found_by
    assert ways[0].compared is None
    assert 2 <= len(ways) <= alternatives.MOST_WAYS
    for way in ways[1:]:
        assert ways[0].length_m <= way.length_m <= 1.5 * ways[0].length_m + 0.1
        assert way.longer_share == pytest.approx(way.length_m / ways[0].length_m - 1, abs=0.01)


def test_ways_shown_differ(made):
    city, _, found = made
    graph = city.graph("foot")
    arcs = [match.stretches[0].arcs for match in found.matches]
    for one, other in itertools.combinations(arcs, 2):
        length = graph.length_m[one]
        assert length[np.isin(one, other)].sum() / length.sum() < 0.85


def test_comparisons_are_those_of_the_placements(made):
    city, _, found = made
    routes = [route_of_match(m, city.graph("foot"), city.scene.points) for m in found.matches]
    counts = [scores.score(city, r, along=False).counts("seen", 0) for r in routes]
    for way, cameras in zip(found.answer.ways[1:], counts[1:], strict=True):
        fewer = float((cameras < counts[0] - 1e-6).mean())
        more = float((cameras > counts[0] + 1e-6).mean())
        assert way.compared.fewer == pytest.approx(fewer, abs=1e-3)
        assert way.compared.more == pytest.approx(more, abs=1e-3)
        assert way.compared.better is (fewer - more >= scores.MATERIAL)
        assert sum(way.compared.in_ten) == 10


def test_the_best_found_is_better_or_none_is(made):
    answer = made[2].answer
    better = [k for k, w in enumerate(answer.ways) if w.compared and w.compared.better]
    assert answer.none_better is (not better)
    assert answer.best_found == 0 if not better else answer.best_found in better


def test_fewer_cameras_on_the_front_than_on_the_shortest(made):
    city, asked, _ = made
    graph = city.graph("foot")
    start, end = alternatives._ends(graph, asked.match)
    metres, _ = alternatives.criteria_of(city, "seen").of_arcs(graph)
    front = search.front(graph, metres, start, end, detour=1.5)
    assert front.ways[-1].cost < front.ways[0].cost
    assert front.complete


def test_a_mix_passes_more_cameras_and_is_met_less_often_at_one_place(made):
    mix = made[2].answer.mix
    assert mix.routes >= 2
    assert mix.trips == 10
    assert mix.at_least_one_of_mix.mid >= mix.at_least_one_of_one.mid
    assert mix.cameras_of_mix.mid > mix.cameras_of_one.mid
    assert mix.at_one_place_of_one == 1.0
    assert 1 / mix.routes - 1e-3 <= mix.at_one_place_of_mix <= 1.0


def test_one_trip_uses_one_route_of_the_mix():
    city = threat_city.city(400)
    asked = on_streets(city, "foot", between=BETWEEN)
    found = alternatives.alternatives(city, "foot", asked.match, tier="face", detour=1.3)
    mix = found.answer.mix
    assert mix.at_least_one_of_mix == mix.at_least_one_of_one


def test_a_detour_of_one_leaves_the_shortest():
    city = threat_city.city(400)
    asked = on_streets(city, "car", between=BETWEEN)
    found = alternatives.alternatives(city, "car", asked.match, tier="plate", detour=1.0).answer
    assert len(found.ways) == 1
    assert found.none_better
    assert found.mix is None


def test_ends_in_the_middle_of_a_street_may_be_left_in_either_direction():
    city = threat_city.city(400)
    graph = city.graph("foot")
    spot = spot_at(city.streets("foot"), city.xy_m(np.array([threat_city.START]))[0])
    again = alternatives._spot(graph, int(spot.arc[0]), float(spot.at_m[0]))
    assert again.arc.tolist() == spot.arc.tolist()
    np.testing.assert_allclose(again.at_m, spot.at_m, atol=1e-6)


def test_matches_are_whole(made):
    for match in made[2].matches:
        assert isinstance(match, Match)
        assert match.unmatched_m == 0
