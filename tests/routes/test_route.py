"""Routes as directed street points."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_graph import grid

from toolkit.routes.graph import street_graph
from toolkit.routes.route import joined, routes_of


@pytest.fixture(scope="module")
def city():
    found = grid(3)
    found.graph = street_graph(found.streets, found.lines, "foot")
    return found


def arcs_of(graph, street, forward):
    return np.array(
        [
            int(np.flatnonzero((graph.street == s) & (graph.forward == f))[0])
            for s, f in zip(street, forward, strict=True)
        ]
    )


def test_points_follow_the_direction_of_travel(city):
    arcs = arcs_of(city.graph, [0, 0, 3], [True, False, True])
    found = routes_of(city.graph, city.points, [arcs])
    of = [np.flatnonzero(city.points.line == s) for s in (0, 0, 3)]
    np.testing.assert_array_equal(found.point, np.concatenate([of[0], of[1][::-1], of[2]]))
    assert found.forward.tolist() == [True] * 12 + [False] * 12 + [True] * 12
    assert found.length_m.tolist() == [180.0]


def test_no_arcs_are_no_points(city):
    arcs = [np.empty(0, np.int64), arcs_of(city.graph, [2], [False]), np.empty(0, np.int64)]
    found = routes_of(city.graph, city.points, arcs)
    assert found.start.tolist() == [0, 0, 12, 12]
    assert found.length_m.tolist() == [0.0, 60.0, 0.0]
    assert found.route.tolist() == [1] * 12


def test_sets_are_joined_one_after_the_other(city):
    one = routes_of(city.graph, city.points, [arcs_of(city.graph, [1], [True])])
    two = routes_of(city.graph, city.points, [arcs_of(city.graph, [s], [True]) for s in (4, 5)])
    found = joined([one, two])
    assert len(found) == 3
    assert found.start.tolist() == [0, 12, 24, 36]
    np.testing.assert_array_equal(found.point, np.concatenate([one.point, two.point]))


def test_the_first_of_a_set_are_a_set(city):
    arcs = [arcs_of(city.graph, [s], [True]) for s in (4, 5, 1)]
    whole = routes_of(city.graph, city.points, arcs)
    two = whole.first(2)
    assert two.start.tolist() == [0, 12, 24]
    np.testing.assert_array_equal(two.point, whole.point[:24])
    assert (len(whole.first(None)), len(whole.first(9)), len(whole.first(0))) == (3, 3, 0)
