"""Ordinary trips: a seeded sample of routes between homes and destinations.

Homes and destinations are as likely as there is street at them; the length of a trip is
log-normal. A trip may leave the boundary where it cuts a street: its part outside has no answer,
and its length is kept apart. Routes are the shortest under random factors on the length of each
street, common to all trips from some homes, and at most `Habits.longest_detour` times the shortest
(Prato 2009, Journal of Choice Modelling 2(1), on stochastic path generation).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from toolkit.base.arrays import FloatArray, Int32Array, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import Mode, Progress
from toolkit.routes.graph import Graph, way_back
from toolkit.routes.habits import Habits
from toolkit.routes.route import Routes, routes_of
from toolkit.streets.street_points import LinePieces

N_HOMES: Final = 200
"""Homes, with two ordinary trips each: a share of trips has a standard error of about 0.03."""
DESTINATIONS: Final = 5
"""Destinations of a week."""
_HOMES_AT_ONCE: Final = 10
"""Homes with the same random factors on streets."""
_DIRECTIONS: Final = 16
_TOLERANCE: Final = 0.1
"""Part of the length drawn by which the way to a destination may differ from it."""
_LEAST_INSIDE: Final = 0.5
"""A trip of which less lies inside the boundary is no trip inside it."""


@dataclass(frozen=True, eq=False)
class Trips:
    """A sample of ordinary trips.

    Attributes
    ----------
    mode
        Mode of travel.
    trips
        Two trips per home, there and back: rows 2 h and 2 h + 1.
    weeks
        Five destinations from each home, there and back, as one set of points; the first
        destination is that of `trips`.
    beyond_m
        Length of each trip outside the boundary, shape (2 H,).
    shortest_m
        Length of the shortest way, for each trip, shape (2 H,).
    """

    mode: Mode
    trips: Routes
    weeks: Routes
    beyond_m: FloatArray
    shortest_m: FloatArray

    @property
    def n_homes(self) -> int:
        """Number of homes."""
        return len(self.weeks)


def sample_trips(
    graph: Graph,
    points: LinePieces,
    boundary: shapely.Geometry,
    habits: Habits,
    *,
    seed: int,
    n_homes: int = N_HOMES,
    progress: Progress = lambda _: None,
) -> Trips | None:
    """Sample ordinary trips; None where the graph has no streets.

    Parameters
    ----------
    graph
        Streets open to the mode.
    points
        Street points of the city.
    boundary
        Polygon of the city in the same metric CRS.
    habits
        Lengths and route choice.
    seed
        Seed of the sample.
    n_homes
        Number of homes.
    progress
        Called with the share done.
    """
    if not len(graph.tail):
        return None
    shapely.prepare(boundary)
    draws = _draws(habits, seed, n_homes)
    by_length = np.cumsum(graph.node_m)
    homes = np.searchsorted(by_length, draws.home * by_length[-1], side="right")
    found = _Found([], [], [], [])
    for first in range(0, n_homes, _HOMES_AT_ONCE):
        group = slice(first, min(first + _HOMES_AT_ONCE, n_homes))
        _add_homes(graph, boundary, habits, draws, homes, group, found)
        progress(group.stop / n_homes)
    return Trips(
        mode=habits.mode,
        trips=routes_of(graph, points, found.trips),
        weeks=routes_of(graph, points, found.weeks),
        beyond_m=np.array(found.beyond_m),
        shortest_m=np.array(found.shortest_m),
    )


@dataclass(frozen=True)
class _Draws:
    """Random numbers of all homes: of the home (H,), then of each destination (H, 5)."""

    home: FloatArray
    length_m: FloatArray
    leaves: FloatArray
    direction: FloatArray
    destination: FloatArray
    factors: np.random.Generator


@dataclass(frozen=True)
class _Found:
    """Arcs of trips and weeks, and lengths of trips, as they are found."""

    trips: list[IntArray]
    weeks: list[IntArray]
    beyond_m: list[float]
    shortest_m: list[float]


def _draws(habits: Habits, seed: int, n_homes: int) -> _Draws:
    rng = Design(1, seed).generator(f"trips.{habits.mode}")
    shape = (n_homes, DESTINATIONS)
    home, uniform = rng.random(n_homes), rng.random((4, *shape))
    length_m = habits.length_m(uniform[0])
    factors = Design(1, seed).generator(f"trips.{habits.mode}.factors")
    return _Draws(home, length_m, uniform[1], uniform[2], uniform[3], factors)


@dataclass(frozen=True)
class _Ways:
    """Ways from or to some homes: distance, and the node before each, shape (H, N)."""

    distance: FloatArray
    before: Int32Array


def _add_homes(
    graph: Graph,
    boundary: shapely.Geometry,
    habits: Habits,
    draws: _Draws,
    homes: IntArray,
    group: slice,
    found: _Found,
) -> None:
    """Add the trips and weeks of some homes."""
    length_m, here = draws.length_m[group], homes[group]
    limit = 2.0 * habits.longest_detour * float(length_m.max())
    ways = Search(graph, habits, draws.factors, here, limit)
    for k, home in enumerate(here):
        week: list[IntArray] = []
        for j in range(DESTINATIONS):
            at = (group.start + k, j)
            target, beyond_m = _destination(graph, boundary, habits, draws, ways, k, int(home), at)
            out, back = ways.way(k, target, there=True), ways.way(k, target, there=False)
            week += [out, back]
            if j == 0:
                found.trips.extend((out, back))
                found.beyond_m.extend((beyond_m, beyond_m))
                found.shortest_m.extend(
                    (ways.there.distance[k, target], ways.back.distance[k, target])
                )
        found.weeks.append(np.concatenate(week))


class Search:
    """Ways between some homes and all nodes in reach: the shortest, and those that people take."""

    def __init__(
        self,
        graph: Graph,
        habits: Habits,
        factors: np.random.Generator,
        homes: IntArray,
        limit: float,
    ) -> None:
        self.graph, self.habits = graph, habits
        matrix = graph.arcs.length_m
        log = factors.standard_normal(int(graph.street.max()) + 1)
        taken = matrix.copy()
        taken.data = matrix.data * np.exp(habits.route_log_sd * log)[graph.street[graph.arcs.arc]]

        def search(costs: sparse.csr_array) -> _Ways:
            distance, before = csgraph.dijkstra(
                costs, indices=homes, limit=limit, return_predecessors=True
            )
            return _Ways(distance, before)

        one_way = abs(matrix - matrix.T).nnz > 0
        self.there, self.taken_there = search(matrix), search(taken)
        self.back, self.taken_back = self.there, self.taken_there
        if one_way:
            self.back, self.taken_back = search(matrix.T.tocsr()), search(taken.T.tocsr())

    def way(self, k: int, target: int, *, there: bool) -> IntArray:
        """Return the arcs from home to a target, or back."""
        taken, shortest = (self.taken_there, self.there) if there else (self.taken_back, self.back)
        arcs = self._arcs(taken.before[k], target, there=there)
        most_m = self.habits.longest_detour * shortest.distance[k, target]
        if self.graph.length_m[arcs].sum() > most_m or not np.isfinite(taken.distance[k, target]):
            arcs = self._arcs(shortest.before[k], target, there=there)
        return arcs

    def _arcs(self, before: Int32Array, target: int, *, there: bool) -> IntArray:
        nodes = way_back(before, target)
        return self.graph.arcs.along(nodes[::-1] if there else nodes)


def _destination(
    graph: Graph,
    boundary: shapely.Geometry,
    habits: Habits,
    draws: _Draws,
    ways: Search,
    k: int,
    home: int,
    at: tuple[int, int],
) -> tuple[int, float]:
    """Return the node where a trip ends or leaves the boundary, and its length beyond."""
    length_m = float(draws.length_m[at])
    there = ways.there.distance[k]
    reached = np.isfinite(there) & np.isfinite(ways.back.distance[k])
    # 1. As much of a circle about the home as lies outside is the chance that the trip leaves.
    angle = (np.arange(_DIRECTIONS) + 0.5) / _DIRECTIONS * 2 * np.pi
    around = graph.xy_m[home] + length_m / habits.directness * np.column_stack(
        [np.cos(angle), np.sin(angle)]
    )
    outside = np.flatnonzero(~shapely.contains_xy(boundary, around))
    exits = np.flatnonzero(graph.leads_on & reached)
    if draws.leaves[at] * _DIRECTIONS < len(outside) and len(exits):
        aim = around[outside[int(draws.direction[at] * len(outside))]]
        rest = habits.directness * np.hypot(*(graph.xy_m[exits] - aim).T)
        exit_ = int(exits[np.argmin(there[exits] + rest)])
        if there[exit_] >= _LEAST_INSIDE * length_m:
            return exit_, max(length_m - float(there[exit_]), 0.0)
    # 2. Otherwise it ends where the way is about as long as drawn, by street length.
    off = np.where(reached, np.abs(there - length_m), np.inf)
    off[home] = np.inf
    near = np.flatnonzero(off <= _TOLERANCE * length_m)
    if not len(near):
        best = int(np.argmin(off))
        return (best, 0.0) if np.isfinite(off[best]) else (home, 0.0)
    by_length = np.cumsum(graph.node_m[near])
    return int(
        near[np.searchsorted(by_length, draws.destination[at] * by_length[-1], side="right")]
    ), 0.0
