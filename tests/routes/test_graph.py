"""The street graph: one-ways, bridges, dead ends and the boundary."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from drawn_graph import grid, street_layer
from scipy.sparse import csgraph

from toolkit.routes.graph import street_graph, way_back
from toolkit.streets.schema import BEYOND


def line(*xy):
    return shapely.LineString(xy)


def between(graph, start, end):
    """Return the distance between two positions, infinite if there is no way."""
    node = [int(np.flatnonzero((graph.xy_m == xy).all(axis=1))[0]) for xy in (start, end)]
    return csgraph.dijkstra(graph.arcs.length_m, indices=node[0])[node[1]]


class TestModes:
    rows = (
        (1, 2, line((0, 0), (100, 0)), {"oneway": True}),
        (2, 3, line((100, 0), (100, 100)), {"walk": False}),
        (3, 1, line((100, 100), (0, 0)), {"motorcycle": False}),
        (3, 1, line((100, 100), (0, 90), (0, 0))),
    )

    @pytest.mark.parametrize("mode", ["foot", "motorcycle", "car"])
    def test_only_streets_open_to_the_mode_are_arcs(self, mode):
        frame, lines = street_layer(self.rows)
        graph = street_graph(frame, lines, mode)
        column = {"foot": "walk", "motorcycle": "motorcycle", "car": "drive"}[mode]
        assert frame[column].to_numpy()[graph.street].all()

    def test_one_way_binds_vehicles_and_nobody_on_foot(self):
        frame, lines = street_layer(self.rows)
        foot, car = (street_graph(frame, lines, mode) for mode in ("foot", "car"))
        assert between(foot, (100, 0), (0, 0)) == 100
        assert between(car, (0, 0), (100, 0)) == 100
        assert between(car, (100, 0), (0, 0)) == pytest.approx(100 + np.hypot(100, 100))

    def test_columns_by_mode_are_used_where_a_pack_has_them(self):
        frame, lines = street_layer(self.rows)
        frame["oneway_motorcycle"], frame["oneway_foot"] = False, frame["oneway"]
        assert not street_graph(frame, lines, "motorcycle").forward.all()
        foot = street_graph(frame, lines, "foot")
        assert (foot.street == 0).sum() == 0 or foot.forward[foot.street == 0].all()

    def test_of_parallel_streets_the_shorter_is_taken(self):
        frame, lines = street_layer(self.rows)
        assert between(street_graph(frame, lines, "car"), (100, 100), (0, 0)) == pytest.approx(
            np.hypot(100, 100)
        )
        arcs = street_graph(frame, lines, "car").arcs
        pairs = set(zip(*arcs.length_m.nonzero(), strict=True))
        assert len(arcs.arc) == arcs.length_m.nnz == len(pairs)

    def test_half_of_each_street_is_at_each_end(self):
        frame, lines = street_layer(self.rows)
        graph = street_graph(frame, lines, "car")
        assert graph.node_m.sum() == pytest.approx(shapely.length(lines).sum())


def test_a_bridge_meets_the_road_below_nowhere():
    rows = [
        (1, 2, line((0, 0), (100, 0))), (3, 4, line((50, -50), (50, 50)), {"bridge": True}),
        (2, 4, line((100, 0), (50, 50))),
    ]  # fmt: skip
    frame, lines = street_layer(rows)
    graph = street_graph(frame, lines, "foot")
    assert between(graph, (0, 0), (50, -50)) == pytest.approx(100 + np.hypot(50, 50) + 100)


class TestBoundary:
    """A one-way road from one side to the other, with a two-way side street."""

    rows = (
        (BEYOND - 1, 1, line((0, 0), (100, 0)), {"oneway": True}),
        (1, BEYOND - 2, line((100, 0), (200, 0)), {"oneway": True}),
        (1, 2, line((100, 0), (100, 50))),
    )

    def test_one_ways_that_it_cuts_stay(self):
        frame, lines = street_layer(self.rows)
        graph = street_graph(frame, lines, "car")
        assert set(graph.street) == {0, 1, 2}
        assert graph.leads_on.sum() == 2

    def test_without_a_street_that_leads_on_they_are_dead_ends(self):
        rows = [(abs(u) % 1000, abs(v) % 1000, *rest) for u, v, *rest in self.rows]
        frame, lines = street_layer(rows)
        assert set(street_graph(frame, lines, "car").street) == {2}

    def test_no_way_leads_through_the_outside(self):
        frame, lines = street_layer(self.rows)
        graph = street_graph(frame, lines, "car")
        assert between(graph, (200, 0), (0, 0)) == np.inf


def test_of_several_parts_the_longest_is_kept():
    rows = [(1, 2, line((0, 0), (10, 0))), (3, 4, line((50, 0), (150, 0)))]
    frame, lines = street_layer(rows)
    assert set(street_graph(frame, lines, "foot").street) == {1}


def test_no_street_for_a_mode_is_an_empty_graph():
    city = grid(3)
    city.streets["motorcycle"] = False
    graph = street_graph(city.streets, city.lines, "motorcycle")
    assert graph.n_nodes == 0
    assert len(graph.tail) == 0


def test_arcs_along_a_way_are_those_between_its_nodes():
    city = grid(4)
    graph = street_graph(city.streets, city.lines, "foot")
    _, before = csgraph.dijkstra(graph.arcs.length_m, indices=0, return_predecessors=True)
    nodes = way_back(before, graph.n_nodes - 1)
    arcs = graph.arcs.along(nodes[::-1])
    assert nodes[-1] == 0
    assert graph.tail[arcs].tolist() == nodes[:0:-1]
    assert graph.head[arcs].tolist() == nodes[-2::-1]
