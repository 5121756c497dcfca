"""Fronts of two criteria: against full enumeration, and on streets."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_graph import grid, street_layer

from toolkit.base.errors import InputDataError
from toolkit.routes import search
from toolkit.routes.graph import Graph, street_graph
from toolkit.routes.spots import Spot, spot, spots, street_index

N_GRAPHS = 220


def random_graph(seed):
    """Return a graph of a few nodes with parallel arcs and one-ways, and a second criterion."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(5, 9))
    xy = rng.random((n, 2)) * 100.0
    tail, head = np.divmod(
        rng.choice(n * n, size=int(rng.integers(2 * n, 4 * n)), replace=False), n
    )
    loop = tail == head
    tail, head = tail[~loop], head[~loop]
    twice = rng.random(len(tail)) < 0.2
    tail, head = np.concatenate([tail, tail[twice]]), np.concatenate([head, head[twice]])
    straight = np.hypot(*(xy[head] - xy[tail]).T)
    length = straight * rng.uniform(1.0, 2.5, len(tail))
    # Few short ways are good ones, so that fronts are long; some arcs cost nothing.
    cost = np.where(rng.random(len(tail)) < 0.2, 0.0, rng.random(len(tail)) * 2e3 / length)
    order = np.arange(len(tail))
    graph = Graph(
        mode="foot", xy_m=xy, leads_on=np.zeros(n, bool), tail=tail, head=head, street=order,
        forward=np.ones(len(tail), bool), length_m=length,
    )  # fmt: skip
    return graph, cost.astype(float)


def enumerated(graph, cost, start, end, detour):
    """Return the front by listing every way without a repeated node."""
    found = []

    def go_on(node, visited, length, second):
        for a in np.flatnonzero(graph.tail == node):
            to = int(graph.head[a])
            if to in visited:
                continue
            for b, at in zip(end.arc, end.at_m, strict=True):
                part = at / graph.length_m[b]
                if to == graph.tail[b]:
                    found.append(
                        (length + graph.length_m[a] + at, second + cost[a] + cost[b] * part)
                    )
            go_on(to, visited | {to}, length + graph.length_m[a], second + cost[a])

    for a, at in zip(start.arc, start.at_m, strict=True):
        left = 1.0 - at / graph.length_m[a]
        node = int(graph.head[a])
        for b, to in zip(end.arc, end.at_m, strict=True):
            if a == b and to >= at:
                part = (to - at) / graph.length_m[a]
                found.append((to - at, cost[a] * part))
            if node == graph.tail[b]:
                part = to / graph.length_m[b]
                found.append((left * graph.length_m[a] + to, left * cost[a] + cost[b] * part))
        go_on(node, {node}, left * graph.length_m[a], left * cost[a])
    if not found:
        return []
    shortest = min(found)[0]
    kept, least = [], np.inf
    for length, second in sorted(found):
        if length <= shortest * detour + 1e-9 and second < least - 1e-9:
            kept.append((length, second))
            least = second
    return kept


def on_arc(graph, arc, share):
    at = graph.length_m[arc] * share
    ends = graph.xy_m[[graph.tail[arc], graph.head[arc]]]
    return Spot(np.array([arc]), np.array([at]), 0.0, ends[0] + share * (ends[1] - ends[0]))


def test_fronts_are_those_of_full_enumeration():
    n_found = n_many = 0
    for seed in range(N_GRAPHS):
        graph, cost = random_graph(seed)
        rng = np.random.default_rng([seed, 1])
        arcs = rng.integers(0, len(graph.tail), 2)
        start, end = (on_arc(graph, a, s) for a, s in zip(arcs, rng.random(2), strict=True))
        detour = float(rng.choice([1.5, 3.0, 6.0]))
        expected = enumerated(graph, cost, start, end, detour)
        if not expected:
            with pytest.raises(InputDataError, match="No way inside the boundary"):
                search.front(graph, cost, start, end, detour=detour)
            continue
        found = search.front(graph, cost, start, end, detour=detour)
        totals = [(way.length_m, way.cost) for way in found.ways]
        np.testing.assert_allclose(totals, expected, rtol=0, atol=1e-9)
        assert found.complete
        n_found += 1
        n_many += len(expected) > 2
    assert n_found >= 150
    assert n_many >= 20


def test_enough_random_graphs_have_a_way():
    """The test above is about at least 200 graphs in all, ways or none."""
    assert N_GRAPHS >= 200


class TestOnStreets:
    @pytest.fixture(scope="class")
    @classmethod
    def city(cls):
        found = grid(6)
        graph = street_graph(found.streets, found.lines, "foot")
        return street_index(graph, found.lines), graph

    def test_ways_are_whole(self, city):
        streets, graph = city
        start = spot(streets, (30.0, 2.0))
        end = spot(streets, (300.0, 250.0))
        cost = np.random.default_rng(3).random(len(graph.tail)) * 20.0
        front = search.front(graph, cost, start, end, detour=1.5)
        assert len(front.ways) > 1
        for way in front.ways:
            arcs = way.stretch.arcs
            np.testing.assert_array_equal(graph.head[arcs[:-1]], graph.tail[arcs[1:]])
            whole = graph.length_m[arcs].sum() - way.stretch.first_m
            whole -= graph.length_m[arcs[-1]] - way.stretch.last_m
            assert way.length_m == pytest.approx(whole, abs=1e-9)
        lengths = [way.length_m for way in front.ways]
        costs = [way.cost for way in front.ways]
        assert lengths == sorted(lengths)
        assert costs == sorted(costs, reverse=True)
        assert lengths[0] == pytest.approx(270.0 + 250.0)
        assert lengths[-1] <= 1.5 * lengths[0]

    def test_the_shortest_way_within_a_street_stays_on_it(self, city):
        streets, graph = city
        start = spot(streets, (10.0, 0.0))
        end = spot(streets, (35.0, 0.0))
        way = search.shortest(graph, start, end)
        assert way.length_m == pytest.approx(25.0)
        assert len(way.stretch.arcs) == 1
        back = search.shortest(graph, end, start)
        assert back.length_m == pytest.approx(25.0)
        assert back.stretch.arcs[0] != way.stretch.arcs[0]

    def test_a_search_that_was_cut_says_so(self, city):
        streets, graph = city
        start = spot(streets, (0.0, 0.0))
        end = spot(streets, (300.0, 300.0))
        cost = np.random.default_rng(3).random(len(graph.tail))
        assert not search.front(graph, cost, start, end, detour=1.5, most_labels=20).complete


def test_a_way_round_a_river_is_found():
    """Two banks 40 m apart, with the only bridge 4 km away: the first bound is too short."""
    far = 4000.0
    line = shapely.LineString
    frame, lines = street_layer(
        [
            (0, 1, line([(0, 0), (far, 0)])),
            (1, 2, line([(far, 0), (far, 40)])),
            (2, 3, line([(far, 40), (0, 40)])),
        ]
    )
    graph = street_graph(frame, lines, "foot")
    start, end = spots(street_index(graph, lines), np.array([(1.0, 0.0), (1.0, 40.0)]))
    assert search.shortest(graph, start, end).length_m == pytest.approx(2 * (far - 1) + 40)
