"""The way through the street graph that a drawn or recorded line follows.

A hidden Markov model (Newson and Krumm 2009, "Hidden Markov map matching through noise and
sparseness", ACM SIGSPATIAL): at places along the line the streets nearby are candidates, likelier
the nearer they are; from one place to the next those ways are likelier that are about as long as
the line. Places are taken at equal steps of the line, so vertices added to it change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.sparse import csgraph

from toolkit.base.arrays import BoolArray, FloatArray, GeometryArray, IntArray
from toolkit.engine import workers
from toolkit.routes.graph import Graph, part_of, way_back
from toolkit.routes.route import Routes, points_of_streets
from toolkit.streets.street_points import LinePieces

STEP_M: Final = 20.0
"""Distance of places along the line."""
REACH_M: Final = 50.0
"""Streets further from a place are no candidates."""
_NOISE_M: Final = 10.0
"""Standard deviation of a place from the street it is on: of a phone in a street with houses."""
_DETOUR_M: Final = 10.0
"""Scale of the difference of the way through the streets and the straight line."""
_SLACK_M: Final = 200.0
"""Ways from one place to the next that are longer by more than this are not looked for."""
_AROUND_M: Final = REACH_M + _SLACK_M
"""Streets farther from the line are never used."""
_BACK_M: Final = 5.0
"""Noise may put a place so far behind the one before on the same street."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A part of a line that was matched: whole arcs, but for the ends.

    Attributes
    ----------
    arcs
        Arcs in order, shape (A,).
    first_m, last_m
        Where it begins on the first arc, and ends on the last one, in metres from their tails.
    """

    arcs: IntArray
    first_m: float
    last_m: float


@dataclass(frozen=True, eq=False)
class Match:
    """A line on the street graph.

    Attributes
    ----------
    stretches
        Parts that follow streets, in order; more than one where the line leaves them.
    unmatched_m
        Length of the line away from every street of the graph: nothing is known there.
    """

    stretches: tuple[Stretch, ...]
    unmatched_m: float


@dataclass(frozen=True, eq=False)
class _Candidates:
    """Arcs near one place of the line: arc, metres from its tail, and cost of the distance."""

    arc: IntArray
    at_m: FloatArray
    cost: FloatArray


def match_line(graph: Graph, lines: GeometryArray, line: shapely.LineString) -> Match:
    """Return the way through a graph that follows a line.

    Parameters
    ----------
    graph
        Streets open to the mode; one-ways are respected.
    lines
        All streets as metric lines, by row, shape (S,).
    line
        The line in the same metric CRS, in the direction of travel.

    Examples
    --------
    >>> from toolkit import open_pack
    >>> from toolkit.routes.graph import street_graph
    >>> pack = open_pack("helsinki-centre")
    >>> lines = pack.streets.geometry.to_crs(pack.manifest.crs).to_numpy()
    >>> graph = street_graph(pack.streets, lines, "foot")
    >>> found = match_line(graph, lines, lines[graph.street[graph.length_m.argmax()]])
    >>> len(found.stretches), found.unmatched_m
    (1, 0.0)
    """
    # No way that is looked for leads farther away; searches then cost as much in any city.
    around = np.zeros(len(lines), dtype=bool)
    around[shapely.STRtree(lines).query(line, predicate="dwithin", distance=_AROUND_M)] = True
    graph, whole = part_of(graph, around)
    places, step_m = _places(line)
    if not len(graph.tail):
        return Match((), line.length)
    near = _near(graph, lines, places)
    stretches: list[Stretch] = []
    unmatched_m, first = 0.0, 0
    while first < len(places):
        if not len(near[first].arc):
            unmatched_m += step_m if first else 0.0
            first += 1
            continue
        stretch, end = _follow(graph, places, near, first)
        stretches.append(Stretch(whole[stretch.arcs], stretch.first_m, stretch.last_m))
        # The step to the next place follows no street.
        unmatched_m += step_m if end < len(places) and len(near[end].arc) else 0.0
        first = end
    return Match(tuple(stretches), unmatched_m)


def route_of_match(match: Match, graph: Graph, points: LinePieces) -> Routes:
    """Return the street points of a match as one route; those outside its ends are left out."""
    parts = [_points_of(stretch, graph, points) for stretch in match.stretches]
    point = np.concatenate([np.empty(0, np.int64), *(part[0] for part in parts)])
    return Routes(
        start=np.array([0, len(point)]),
        point=point,
        forward=np.concatenate([np.empty(0, bool), *(part[1] for part in parts)]),
        length_m=np.array([sum(part[2] for part in parts)], dtype=float),
    )


def _places(line: shapely.LineString) -> tuple[FloatArray, float]:
    """Return places at equal steps along a line, both ends among them, and the step."""
    n = max(1, round(line.length / STEP_M))
    whole = np.full(n + 1, line, dtype=object)
    at = shapely.line_interpolate_point(whole, np.arange(n + 1) / n, normalized=True)
    return shapely.get_coordinates(at), line.length / n


def _near(graph: Graph, lines: GeometryArray, places: FloatArray) -> list[_Candidates]:
    """Return the candidates of each place."""
    streets = np.unique(graph.street)
    spots = np.asarray(shapely.points(places), dtype=object)
    tree = shapely.STRtree(lines[streets])
    place, row = tree.query(spots, predicate="dwithin", distance=REACH_M)
    street = streets[row]
    off_m = np.asarray(shapely.distance(spots[place], lines[street]), dtype=float)
    # Lengths of a graph are on the ellipsoid, so that places are kept as a share of the street.
    share = np.asarray(
        shapely.line_locate_point(lines[street], spots[place], normalized=True), dtype=float
    )
    order = np.argsort(graph.street, kind="stable")
    begin = np.searchsorted(graph.street[order], street, side="left")
    end = np.searchsorted(graph.street[order], street, side="right")
    found = []
    # Places ascend in the answer of the tree.
    border = np.searchsorted(place, np.arange(len(places) + 1))
    for k in range(len(places)):
        of = np.arange(border[k], border[k + 1])
        count = end[of] - begin[of]
        arc = np.concatenate(
            [np.empty(0, np.int64), *(order[begin[i] : end[i]] for i in of)]
        ).astype(np.int64)
        along = np.repeat(share[of], count)
        along = np.where(graph.forward[arc], along, 1.0 - along)
        cost = 0.5 * (np.repeat(off_m[of], count) / _NOISE_M) ** 2
        found.append(_Candidates(arc, along * graph.length_m[arc], cost))
    return found


@dataclass(frozen=True, eq=False)
class _Step:
    """From one place to the next: the best candidate before each, and the longest way between."""

    best: IntArray
    limit_m: float


def _follow(
    graph: Graph, places: FloatArray, near: list[_Candidates], first: int
) -> tuple[Stretch, int]:
    """Return the likeliest way from a place on, and the first place that it does not reach."""
    from toolkit.engine.kernels import fronts as kernels

    cost, rows = near[first].cost, graph.leaving
    steps: list[_Step] = []
    end = first + 1
    while end < len(places) and len(near[end].arc):
        before, after = near[end - 1], near[end]
        # 1. Lengths of all ways from a candidate to one at the next place.
        straight_m = float(np.hypot(*(places[end] - places[end - 1])))
        tails, row = np.unique(graph.head[before.arc], return_inverse=True)
        heads, column = np.unique(graph.tail[after.arc], return_inverse=True)
        limit_m = straight_m + _SLACK_M
        distance = workers.run(
            kernels.near_costs, rows.start, rows.to, rows.length_m, tails, heads, limit_m
        )
        left = graph.length_m[before.arc] - before.at_m
        way_m = left[:, None] + distance[row][:, column] + after.at_m[None, :]
        on = after.at_m[None, :] - before.at_m[:, None]
        same = (before.arc[:, None] == after.arc[None, :]) & (on >= -_BACK_M)
        way_m = np.where(same, np.maximum(on, 0.0), way_m)
        # 2. The likeliest candidate before each.
        total = cost[:, None] + np.abs(way_m - straight_m) / _DETOUR_M
        best = total.argmin(axis=0)
        found = total[best, np.arange(len(best))] + after.cost
        if not np.isfinite(found).any():
            break
        cost = found
        steps.append(_Step(best, limit_m))
        end += 1
    # 3. Back from the likeliest end.
    state = int(cost.argmin())
    last = near[end - 1]
    chain, last_m = [int(last.arc[state])], float(last.at_m[state])
    for k in range(len(steps) - 1, -1, -1):
        before, after, step = near[first + k], near[first + k + 1], steps[k]
        previous = int(step.best[state])
        on_m = float(after.at_m[state] - before.at_m[previous])
        if before.arc[previous] != after.arc[state] or on_m < -_BACK_M:
            tail = int(graph.tail[after.arc[state]])
            _, node_before = csgraph.dijkstra(
                graph.arcs.length_m,
                indices=[int(graph.head[before.arc[previous]])],
                limit=step.limit_m,
                return_predecessors=True,
            )
            nodes = way_back(node_before[0], tail)
            between = graph.arcs.along(nodes[::-1])
            chain += [*between[::-1].tolist(), int(before.arc[previous])]
        state = previous
    first_m = float(near[first].at_m[state])
    return Stretch(np.array(chain[::-1], dtype=np.int64), first_m, last_m), end


def _points_of(
    stretch: Stretch, graph: Graph, points: LinePieces
) -> tuple[IntArray, BoolArray, float]:
    """Return the points of a stretch, their direction, and its length."""
    point, forward = [], []
    length_m = graph.length_m[stretch.arcs]
    first, number = points_of_streets(points, graph.street[stretch.arcs])
    for k, arc in enumerate(stretch.arcs):
        at = np.arange(number[k])
        middle_m = (at + 0.5) * length_m[k] / number[k]
        begin = stretch.first_m if k == 0 else 0.0
        end = stretch.last_m if k == len(stretch.arcs) - 1 else length_m[k]
        at = at[(middle_m >= begin) & (middle_m <= end)]
        along = bool(graph.forward[arc])
        point.append(first[k] + (at if along else number[k] - 1 - at))
        forward.append(np.full(len(at), along))
    whole_m = float(length_m.sum() - stretch.first_m - (length_m[-1] - stretch.last_m))
    return np.concatenate(point), np.concatenate(forward), whole_m
