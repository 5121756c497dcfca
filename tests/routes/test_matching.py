"""Lines on the street graph."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_graph import BLOCK_M, grid, street_layer
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.routes.graph import street_graph
from toolkit.routes.matching import match_line, route_of_match
from toolkit.streets import street_points


@pytest.fixture(scope="module")
def city():
    found = grid(6)
    found.graph = street_graph(found.streets, found.lines, "foot")
    return found


def matched(city, xy):
    match = match_line(city.graph, city.lines, shapely.LineString(xy))
    return match, route_of_match(match, city.graph, city.points)


CORNER = np.array([(10.0, 0.0), (120.0, 0.0), (120.0, 180.0), (250.0, 180.0)])


def test_a_line_along_streets_is_those_streets(city):
    match, found = matched(city, CORNER)
    assert len(match.stretches) == 1
    assert match.unmatched_m == 0
    assert found.length_m[0] == pytest.approx(110 + 180 + 130, abs=0.01)
    xy = city.points.xy[found.point]
    on = shapely.distance(shapely.points(xy), shapely.LineString(CORNER))
    assert on.max() < 1e-6
    assert len(set(found.point.tolist())) == len(found.point) == 84
    # In the order and the direction of travel.
    along = shapely.line_locate_point(shapely.LineString(CORNER), shapely.points(xy))
    assert (np.diff(along) > 0).all()


def test_the_way_back_is_the_same_points_the_other_way(city):
    _, there = matched(city, CORNER)
    _, back = matched(city, CORNER[::-1])
    np.testing.assert_array_equal(there.point, back.point[::-1])
    np.testing.assert_array_equal(there.forward, ~back.forward[::-1])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.001, 0.999), max_size=30))
def test_more_vertices_change_nothing(shares):
    city = grid(6)
    city.graph = street_graph(city.streets, city.lines, "foot")
    line = shapely.LineString(CORNER)
    corners = shapely.line_locate_point(line, shapely.points(CORNER), normalized=True)
    at = np.unique([*corners, *shares])
    more = shapely.get_coordinates(shapely.line_interpolate_point(line, at, normalized=True))
    _, one = matched(city, CORNER)
    _, other = matched(city, more)
    np.testing.assert_array_equal(one.point, other.point)
    np.testing.assert_array_equal(one.forward, other.forward)


@pytest.mark.parametrize("seed", range(8))
def test_noise_of_a_phone_changes_nothing_but_the_ends(city, seed):
    line = shapely.segmentize(shapely.LineString(CORNER), 10.0)
    noise = np.random.default_rng(seed).normal(0, 4, (len(line.coords), 2))
    _, plain = matched(city, CORNER)
    _, found = matched(city, np.array(line.coords) + noise)
    differ = set(plain.point.tolist()) ^ set(found.point.tolist())
    ends = np.concatenate([plain.point[:4], plain.point[-4:]])
    near = shapely.distance(
        shapely.points(city.points.xy[sorted(differ)]),
        shapely.MultiPoint(city.points.xy[ends]),
    )
    assert len(differ) <= 6
    assert (near < 25).all()


def test_one_ways_are_respected():
    city = grid(4)
    city.streets["oneway"] = (city.streets["u"] == 0) & (city.streets["v"] == 1)
    city.graph = street_graph(city.streets, city.lines, "car")
    _, along = matched(city, [(0, 0), (0, BLOCK_M)])
    assert along.forward.all()
    assert along.length_m[0] == pytest.approx(BLOCK_M)
    _, against = matched(city, [(0, BLOCK_M), (0, 0)])
    street = int(np.flatnonzero(city.streets["oneway"])[0])
    on_it = (city.points.line[against.point] == street) & ~against.forward
    assert not on_it.any()


def test_a_bridge_is_no_turning():
    low = shapely.LineString([(0, -200), (0, 200)])
    high = shapely.LineString([(-200, 0), (200, 0)])
    loop = shapely.LineString([(0, 200), (200, 200), (200, 0)])
    frame, lines = street_layer([(1, 2, low), (3, 4, high, {"bridge": True}), (2, 4, loop)])
    graph = street_graph(frame, lines, "foot")
    points = street_points.cut(lines, 5.0)
    over = shapely.LineString([(-180, 0), (180, 0)])
    found = route_of_match(match_line(graph, lines, over), graph, points)
    assert set(points.line[found.point].tolist()) == {1}


def test_length_away_from_streets_is_named(city):
    xy = [(0, 0), (60, 0), (60, -400), (120, -400), (120, 0), (240, 0)]
    match, found = matched(city, xy)
    assert len(match.stretches) == 2
    assert 600 < match.unmatched_m < 900
    assert 150 < found.length_m[0] < 320


def test_a_line_far_from_all_streets_has_no_route(city):
    match, found = matched(city, [(2000, 2000), (2500, 2000)])
    assert match.stretches == ()
    assert match.unmatched_m == pytest.approx(500)
    assert len(found.point) == 0
    assert found.length_m.tolist() == [0.0]


def test_a_short_line_is_a_part_of_one_street(city):
    _, found = matched(city, [(20, 0), (33, 0)])
    assert found.length_m[0] == pytest.approx(13)
    assert len(found.point) in {2, 3}
