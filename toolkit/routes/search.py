"""Ways between two places: the shortest, and the whole front of length against another criterion.

Both criteria add up along the arcs, so the front is exact: no way within the detour is shorter and
no worse in the second criterion. What does not add up, such as the number of distinct cameras, is
found by scoring ways of the front, never by this search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from toolkit.base.arrays import FloatArray, GeometryArray, IntArray
from toolkit.base.errors import InputDataError
from toolkit.engine import workers
from toolkit.routes.graph import Graph, way_back
from toolkit.routes.matching import Stretch

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.fronts import Arcs

REACH_M: Final = 200.0
"""Farthest that a place may lie from a street: a large compound or a field at the edge of town."""
_SHORTEN: Final = 0.995
"""Least ratio of the length of an arc to the distance of its ends: arcs are measured on the
ellipsoid, positions in a projection of another scale (to 0.1 %), and vertices are rounded."""
_SLACK_M: Final = 1000.0
"""Added to the first bound on the length of a way, for rivers and railways between near places."""
_MOST_WINDING: Final = 2.0
"""First guess of the length of the shortest way over the straight line."""
_ROUNDING: Final = 1e-12
_MOST_LABELS: Final = 4_000_000
"""Labels of a search: about 200 MB. Fronts of trips to 3 km need a tenth."""
_NO_WAY: Final = (
    "No way inside the boundary leads from the first place to the second on streets open to this "
    "mode of travel. Give other places, or another mode."
)


@dataclass(frozen=True, eq=False)
class Spot:
    """A place on a street of a graph.

    Attributes
    ----------
    arc
        Arcs that pass it, shape (K,).
    at_m
        Metres from the tail of each, shape (K,).
    off_m
        Distance from the place named to the street.
    xy_m
        Position on the street, shape (2,).
    """

    arc: IntArray
    at_m: FloatArray
    off_m: float
    xy_m: FloatArray


@dataclass(frozen=True, eq=False)
class Way:
    """A way from one spot to another.

    Attributes
    ----------
    stretch
        Its arcs, and where it begins and ends on the first and the last.
    length_m, cost
        Totals of both criteria.
    """

    stretch: Stretch
    length_m: float
    cost: float


@dataclass(frozen=True, eq=False)
class Front:
    """All ways of a front, the shortest first, and whether the search came to its end."""

    ways: tuple[Way, ...]
    complete: bool


def spot(
    graph: Graph, lines: GeometryArray, xy_m: Sequence[float] | FloatArray, *, what: str = "A place"
) -> Spot:
    """Return the nearest place on a street of a graph.

    Parameters
    ----------
    graph
        Streets open to the mode.
    lines
        All streets as metric lines, by row, shape (S,).
    xy_m
        Position in the same CRS.
    what
        Subject of the error: the place.

    Raises
    ------
    InputDataError
        If no street of the graph is within `REACH_M`.
    """
    return spots(graph, lines, np.asarray(xy_m, dtype=float).reshape(1, 2), what=what)[0]


def spots(
    graph: Graph, lines: GeometryArray, xy_m: FloatArray, *, what: str = "A place"
) -> list[Spot]:
    """Return the nearest place on a street for each of some positions, shape (K, 2); see `spot`."""
    streets = np.unique(graph.street)
    points = np.asarray(shapely.points(xy_m), dtype=object)
    tree = shapely.STRtree(lines[streets])
    row, off_m = tree.query_nearest(
        points, max_distance=REACH_M, return_distance=True, all_matches=False
    )
    if len(row[0]) < len(points):
        msg = (
            f"{what} is more than {REACH_M:.0f} m from every street that is open to this mode "
            "of travel. Give a place on a street inside the boundary of the city."
        )
        raise InputDataError(msg)
    found = []
    for k in range(len(points)):
        street = int(streets[row[1][k]])
        share = float(shapely.line_locate_point(lines[street], points[k], normalized=True))
        arc = np.flatnonzero(graph.street == street)
        along = np.where(graph.forward[arc], share, 1.0 - share)
        at = shapely.line_interpolate_point(lines[street], share, normalized=True)
        found.append(
            Spot(arc, along * graph.length_m[arc], float(off_m[k]), shapely.get_coordinates(at)[0])
        )
    return found


@dataclass(frozen=True, eq=False)
class _Part:
    """Arcs of a graph near two spots, with a node for each of these.

    `arc` is the arc of the graph of each arc here, `arcs` are the criteria in rows, and `back` the
    same with heads and tails changed. `source` and `target` are the nodes of the spots.
    """

    arc: IntArray
    arcs: Arcs
    back: Arcs
    source: int
    target: int


def _part(graph: Graph, cost: FloatArray, start: Spot, end: Spot, most_m: float) -> _Part:
    """Return the arcs of all ways between two spots that are no longer than a length."""
    # 1. Nodes from which the straight lines to both spots are no longer.
    around = np.hypot(*(graph.xy_m - start.xy_m).T) + np.hypot(*(graph.xy_m - end.xy_m).T)
    inside = around * _SHORTEN <= most_m
    number = np.cumsum(inside) - 1
    arc = np.flatnonzero(inside[graph.tail] & inside[graph.head])
    n = int(inside.sum())
    tail, head = number[graph.tail[arc]], number[graph.head[arc]]
    part = np.ones(len(arc))
    # 2. Parts of arcs from the first spot, and to the second.
    length_m = graph.length_m
    extra: list[tuple[int, int, int, float]] = []
    for a, at in zip(start.arc.tolist(), start.at_m.tolist(), strict=True):
        if inside[graph.head[a]]:
            extra.append((n, int(number[graph.head[a]]), a, 1.0 - at / max(length_m[a], _ROUNDING)))
        for b, to in zip(end.arc.tolist(), end.at_m.tolist(), strict=True):
            if a == b and to >= at:
                extra.append((n, n + 1, a, (to - at) / max(length_m[a], _ROUNDING)))
    for b, to in zip(end.arc.tolist(), end.at_m.tolist(), strict=True):
        if inside[graph.tail[b]]:
            extra.append((int(number[graph.tail[b]]), n + 1, b, to / max(length_m[b], _ROUNDING)))
    if extra:
        more = np.array([row[:3] for row in extra], dtype=np.int64).T
        tail, head = np.concatenate([tail, more[0]]), np.concatenate([head, more[1]])
        arc = np.concatenate([arc, more[2]])
        part = np.concatenate([part, np.array([row[3] for row in extra])])
    first, second = length_m[arc] * part, cost[arc] * part
    order = np.argsort(tail, kind="stable")
    back = np.argsort(head, kind="stable")
    return _Part(
        arc[order],
        _rows(tail[order], head[order], first[order], second[order], n + 2),
        _rows(head[back], tail[back], first[back], second[back], n + 2),
        n,
        n + 1,
    )


def _rows(tail: IntArray, head: IntArray, first: FloatArray, second: FloatArray, n: int) -> Arcs:
    from toolkit.engine.kernels import fronts as kernels

    start = np.searchsorted(tail, np.arange(n + 1)).astype(np.int64)
    return kernels.Arcs(start, np.ascontiguousarray(head), first, second)


def _least(arcs: Arcs, cost: FloatArray, source: int) -> FloatArray:
    from toolkit.engine.kernels import fronts as kernels

    return np.asarray(workers.run(kernels.least_cost, arcs.start, arcs.head, cost, source))


def _reached(
    graph: Graph, cost: FloatArray, start: Spot, end: Spot, detour: float
) -> tuple[_Part, FloatArray]:
    """Return the arcs of all ways within a detour, and the length from each node to the end."""
    straight_m = float(np.hypot(*(end.xy_m - start.xy_m)))
    most_m = detour * (_MOST_WINDING * straight_m + _SLACK_M)
    while True:
        part = _part(graph, cost, start, end, most_m)
        to_end_m = _least(part.back, part.back.first, part.target)
        shortest_m = float(to_end_m[part.source])
        if np.isinf(shortest_m) and np.isinf(most_m):
            raise InputDataError(_NO_WAY)
        # What was found is a way, so that no shorter one leaves the ellipse of that length.
        if shortest_m * detour <= most_m:
            return part, to_end_m
        most_m = shortest_m * detour


def front(
    graph: Graph,
    cost: FloatArray,
    start: Spot,
    end: Spot,
    *,
    detour: float,
    most_labels: int = _MOST_LABELS,
) -> Front:
    """Return the whole front of length against another criterion that adds up.

    Parameters
    ----------
    graph
        Streets open to the mode; parallel arcs are all considered.
    cost
        Second criterion of each arc, not negative, shape (A,). A part of an arc has that part of
        its cost.
    start, end
        The places.
    detour
        Longest way, over the shortest.
    most_labels
        Limit of the work; a front that is not complete says so.

    Raises
    ------
    InputDataError
        If no way leads from one place to the other.

    Examples
    --------
    >>> from toolkit import open_pack
    >>> from toolkit.routes.graph import street_graph
    >>> pack = open_pack("helsinki-centre")
    >>> lines = pack.streets.geometry.to_crs(pack.manifest.crs).to_numpy()
    >>> graph = street_graph(pack.streets, lines, "foot")
    >>> ends = spots(graph, lines, graph.xy_m[[10, 800]])
    >>> found = front(graph, graph.length_m**0.5, *ends, detour=1.2)
    >>> found.complete, found.ways[0].length_m <= found.ways[-1].length_m
    (True, True)
    """
    from toolkit.engine.kernels import fronts as kernels

    part, to_end_m = _reached(graph, cost, start, end, detour)
    to_end = _least(part.back, part.back.second, part.target)
    bounds = kernels.Bounds(
        to_end_m, to_end, float(to_end_m[part.source]) * detour * (1.0 + _ROUNDING), most_labels
    )
    labels, before, arc, complete = workers.run(
        kernels.front, part.arcs, bounds, part.source, part.target
    )
    ways = []
    for label in labels.tolist():
        chain, at = [], label
        while before[at] >= 0:
            chain.append(int(arc[at]))
            at = int(before[at])
        rows = np.array(chain[::-1], dtype=np.int64)
        ways.append(_way(part, rows, start, end))
    return Front(tuple(ways), bool(complete))


def _way(part: _Part, rows: IntArray, start: Spot, end: Spot) -> Way:
    """Return a way from the arcs of a part of a graph."""
    arcs = part.arc[rows]
    first_m = float(start.at_m[start.arc == arcs[0]][0]) if len(arcs) else 0.0
    last_m = float(end.at_m[end.arc == arcs[-1]][0]) if len(arcs) else 0.0
    return Way(
        Stretch(arcs, first_m, last_m),
        float(part.arcs.first[rows].sum()),
        float(part.arcs.second[rows].sum()),
    )


def shortest(graph: Graph, start: Spot, end: Spot) -> Way:
    """Return the shortest way from one place to another.

    Raises
    ------
    InputDataError
        If there is none.
    """
    return front(graph, np.zeros(len(graph.tail)), start, end, detour=1.0).ways[0]


def least_way(graph: Graph, cost: FloatArray, start: int, end: int) -> IntArray:
    """Return the arcs of the way of least cost between two nodes.

    Parameters
    ----------
    graph
        The graph.
    cost
        Cost of each arc, positive, shape (A,).
    start, end
        Nodes.

    Raises
    ------
    InputDataError
        If there is none.
    """
    order = np.lexsort((cost, graph.head, graph.tail))
    tail, head = graph.tail[order], graph.head[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    arc = order[first]
    matrix = sparse.csr_array(
        (cost[arc], (graph.tail[arc], graph.head[arc])), shape=(graph.n_nodes, graph.n_nodes)
    )
    distance, before = csgraph.dijkstra(matrix, indices=[start], return_predecessors=True)
    if not np.isfinite(distance[0, end]):
        raise InputDataError(_NO_WAY)
    nodes = np.array(way_back(before[0], end)[::-1], dtype=np.int64)
    key = graph.tail[arc] * graph.n_nodes + graph.head[arc]
    return np.asarray(arc[np.searchsorted(key, nodes[:-1] * graph.n_nodes + nodes[1:])])
