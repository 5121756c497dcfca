"""Ways between two places: the shortest, and the whole front of length against another criterion.

Both criteria add up along the arcs, so the front is exact: no way within the detour is shorter and
no worse in the second criterion. What does not add up, such as the number of distinct cameras, is
found by scoring ways of the front, never by this search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.errors import InputDataError
from toolkit.engine import workers
from toolkit.engine.sight import morton_order
from toolkit.routes.graph import Graph, way_back
from toolkit.routes.matching import Stretch
from toolkit.routes.spots import Spot

if TYPE_CHECKING:  # numba takes half a second to import
    from toolkit.engine.kernels.fronts import Search

_SHORTEN: Final = 0.995
"""Least ratio of the length of an arc to the distance of its ends: arcs are measured on the
ellipsoid, positions in a projection of another scale (to 0.1 %), and vertices are rounded."""
_ROUNDING: Final = 1e-12
_MOST_LABELS: Final = 8_000_000
"""Labels of a search: about 100 MB. Fronts of trips to 3 km need half of it at most."""
_NO_WAY: Final = (
    "No way inside the boundary leads from the first place to the second on streets open to this "
    "mode of travel. Give other places, or another mode."
)


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
    """All ways of a front, the shortest first.

    Attributes
    ----------
    start
        Row starts of the ways in `arcs`, shape (W + 1,).
    arcs
        Arcs of each, in order.
    part
        Part of each of these that is travelled: less than one at the ends.
    length_m, cost
        Totals of both criteria, shape (W,).
    ends
        The places.
    complete
        Whether the search came to its end.
    """

    start: IntArray
    arcs: IntArray
    part: FloatArray
    length_m: FloatArray
    cost: FloatArray
    ends: tuple[Spot, Spot]
    complete: bool

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.length_m)

    def way(self, k: int) -> Way:
        """Return one of the ways."""
        arcs = self.arcs[self.start[k] : self.start[k + 1]]
        return Way(_stretch(arcs, *self.ends), float(self.length_m[k]), float(self.cost[k]))

    @property
    def ways(self) -> tuple[Way, ...]:
        """All of them."""
        return tuple(map(self.way, range(len(self))))

    def total(self, cost: FloatArray) -> FloatArray:
        """Return the total of any cost of whole arcs, of each way, shape (W,)."""
        return np.asarray(np.add.reduceat(cost[self.arcs] * self.part, self.start[:-1]))


@dataclass(frozen=True, eq=False)
class _Part:
    """Arcs on ways between two spots within a detour, with a node for each of these.

    `arc` is the arc of the graph of each arc here, in the order of their tails, and `share` the
    part of it that is travelled; `back` are the same arcs in the order of their heads. `to_end_m`
    is the length from each node to the end. `source` and `target` are the nodes of the spots.
    """

    tail: IntArray
    head: IntArray
    arc: IntArray
    share: FloatArray
    back: IntArray
    to_end_m: FloatArray
    source: int
    target: int

    def searches(
        self, length_m: FloatArray, costs: Sequence[FloatArray], most_m: float, most_labels: int
    ) -> list[Search]:
        """Return the searches of the fronts of length against other costs of each arc."""
        from toolkit.engine.kernels import fronts as kernels

        back, nodes = self.back, np.arange(self.target + 2)
        start = np.searchsorted(self.tail, nodes).astype(np.int64)
        back_start = np.searchsorted(self.head[back], nodes).astype(np.int64)
        ends = self.source, self.target
        dead = workers.run(kernels.dead_ends, start, self.head, back_start, self.tail[back], *ends)
        return [
            kernels.Search(
                kernels.Arcs(start, self.head, length_m, cost), dead, back_start, self.tail[back],
                cost[back], self.to_end_m, most_m, most_labels, *ends,
            )
            for cost in costs
        ]  # fmt: skip


def _stretch(arcs: IntArray, start: Spot, end: Spot) -> Stretch:
    return Stretch(
        arcs,
        float(start.at_m[start.arc == arcs[0]][0]),
        float(end.at_m[end.arc == arcs[-1]][0]),
    )


@dataclass(frozen=True, eq=False)
class _Reached:
    """Nodes on ways between two spots.

    `to_end_m` and `before` are what `kernels.reach` returns, and `direct` the arcs with both spots,
    as their rows of the start and of the end.
    """

    to_end_m: FloatArray
    before: IntArray
    shortest_m: float
    direct: tuple[tuple[int, int], ...]
    from_start_m: FloatArray


def _reached(graph: Graph, start: Spot, end: Spot, detour: float) -> _Reached:
    """Return the nodes on all ways within a detour, with the length from each to the end."""
    from toolkit.engine.kernels import fronts as kernels

    direct = tuple(
        (i, k)
        for i, (a, at) in enumerate(zip(start.arc.tolist(), start.at_m, strict=True))
        for k, (b, to) in enumerate(zip(end.arc.tolist(), end.at_m, strict=True))
        if a == b and to >= at
    )
    straight_m = np.hypot(*(graph.xy_m - start.xy_m).T) * _SHORTEN
    rows = graph.entering
    goal = kernels.Goal(
        graph.head[start.arc],
        graph.length_m[start.arc] - start.at_m,
        straight_m,
        min((float(end.at_m[k] - start.at_m[i]) for i, k in direct), default=np.inf),
    )
    to_end_m, before, shortest_m = workers.run(
        kernels.reach, rows.start, rows.to, rows.length_m, graph.tail[end.arc], end.at_m, goal,
        detour * (1.0 + _ROUNDING),
    )  # fmt: skip
    if np.isinf(shortest_m):
        raise InputDataError(_NO_WAY)
    return _Reached(to_end_m, before, float(shortest_m), direct, straight_m)


def _part(graph: Graph, start: Spot, end: Spot, detour: float) -> _Part:
    """Return the arcs of all ways between two spots within a detour."""
    reached = _reached(graph, start, end, detour)
    most_m = reached.shortest_m * detour * (1.0 + _ROUNDING)
    # 1. Nodes and arcs that no way makes too long; node n is the start and n + 1 the end.
    nodes = np.flatnonzero(reached.from_start_m + reached.to_end_m <= most_m)
    # Neighbours on the ground are neighbours in memory.
    nodes = nodes[morton_order(graph.xy_m[nodes])]
    number = np.full(graph.n_nodes, -1)
    number[nodes] = np.arange(len(nodes))
    rows, n = graph.leaving, len(nodes)
    count = rows.start[nodes + 1] - rows.start[nodes]
    at = np.repeat(rows.start[nodes] - (np.cumsum(count) - count), count) + np.arange(count.sum())
    from_m = np.repeat(reached.from_start_m[nodes], count)
    kept = from_m + rows.length_m[at] + reached.to_end_m[rows.to[at]] <= most_m
    kept &= number[rows.to[at]] >= 0
    tail, at = np.repeat(np.arange(n), count)[kept], at[kept]
    # 2. Parts of arcs from the first spot, and to the second.
    extra = [(n, n + 1, a, _share(graph, a, end.at_m[k] - start.at_m[i]))
             for i, k in reached.direct for a in (int(start.arc[i]),)]  # fmt: skip
    for a, at_m in zip(start.arc.tolist(), start.at_m, strict=True):
        extra.append((n, int(number[graph.head[a]]), a, _share(graph, a, graph.length_m[a] - at_m)))
    for b, to_m in zip(end.arc.tolist(), end.at_m, strict=True):
        extra.append((int(number[graph.tail[b]]), n + 1, b, _share(graph, b, to_m)))
    extra = [row for row in extra if row[0] >= 0 and row[1] >= 0]
    more = np.array([row[:3] for row in extra], dtype=np.int64).reshape(-1, 3).T
    tail = np.concatenate([tail, more[0]])
    order = np.argsort(tail, kind="stable")
    head = np.concatenate([number[rows.to[at]], more[1]])[order]
    return _Part(
        tail[order],
        head,
        np.concatenate([rows.arc[at], more[2]])[order],
        np.concatenate([np.ones(len(at)), [row[3] for row in extra]])[order],
        np.argsort(head, kind="stable"),
        np.concatenate([reached.to_end_m[nodes], [reached.shortest_m, 0.0]]),
        n,
        n + 1,
    )


def _share(graph: Graph, arc: int, used_m: float) -> float:
    """Return the part of an arc that some metres are."""
    return float(used_m) / max(float(graph.length_m[arc]), _ROUNDING)


def fronts(
    graph: Graph,
    costs: Sequence[FloatArray],
    start: Spot,
    end: Spot,
    *,
    detour: float,
    most_labels: int = _MOST_LABELS,
) -> list[Front]:
    """Return the whole front of length against each of some criteria that add up.

    Parameters
    ----------
    graph
        Streets open to the mode; parallel arcs are all considered.
    costs
        Criteria of each arc, not negative, each of shape (A,). A part of an arc has that part of
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
    """
    from toolkit.engine.kernels import fronts as kernels

    part = _part(graph, start, end, detour)
    most_m = float(part.to_end_m[part.source]) * detour * (1.0 + _ROUNDING)
    length_m = graph.length_m[part.arc] * part.share
    own = [cost[part.arc] * part.share for cost in costs]
    searches = part.searches(length_m, own, most_m, most_labels)
    found: list[Any] = [None] * len(costs)
    # The criteria are searched side by side.
    workers.over(kernels.all_fronts, range(len(costs) + 1), searches, found)
    return [
        Front(
            begin,
            part.arc[rows],
            part.share[rows],
            np.asarray(np.add.reduceat(length_m[rows], begin[:-1])),
            np.asarray(np.add.reduceat(cost[rows], begin[:-1])),
            (start, end),
            bool(complete),
        )
        for cost, (begin, rows, complete) in zip(own, found, strict=True)
    ]


def front(
    graph: Graph,
    cost: FloatArray,
    start: Spot,
    end: Spot,
    *,
    detour: float,
    most_labels: int = _MOST_LABELS,
) -> Front:
    """Return the whole front of length against one other criterion; see `fronts`.

    Examples
    --------
    >>> from toolkit import open_pack
    >>> from toolkit.routes.graph import street_graph
    >>> from toolkit.routes.spots import spots, street_index
    >>> pack = open_pack("helsinki-centre")
    >>> lines = pack.streets.geometry.to_crs(pack.manifest.crs).to_numpy()
    >>> graph = street_graph(pack.streets, lines, "foot")
    >>> ends = spots(street_index(graph, lines), graph.xy_m[[10, 800]])
    >>> found = front(graph, graph.length_m**0.5, *ends, detour=1.2)
    >>> found.complete, found.ways[0].length_m <= found.ways[-1].length_m
    (True, True)
    """
    return fronts(graph, [cost], start, end, detour=detour, most_labels=most_labels)[0]


def shortest(graph: Graph, start: Spot, end: Spot) -> Way:
    """Return the shortest way from one place to another; its second criterion is zero.

    Raises
    ------
    InputDataError
        If there is none.
    """
    reached = _reached(graph, start, end, 1.0)
    whole_m = [float(end.at_m[k] - start.at_m[i]) for i, k in reached.direct]
    if whole_m and min(whole_m) <= reached.shortest_m:
        i, k = reached.direct[int(np.argmin(whole_m))]
        arcs = start.arc[i : i + 1]
        return Way(Stretch(arcs, float(start.at_m[i]), float(end.at_m[k])), min(whole_m), 0.0)
    # 1. The arc by which to leave, and the arcs from there on.
    head = graph.head[start.arc]
    left_m = graph.length_m[start.arc] - start.at_m
    first = int(np.argmin(left_m + reached.to_end_m[head]))
    chain, node = [int(start.arc[first])], int(head[first])
    rows = graph.entering
    while (k := int(reached.before[node])) >= 0:
        chain.append(int(rows.arc[k]))
        node = int(graph.head[chain[-1]])
    # 2. The arc on which the end lies.
    last = np.flatnonzero(graph.tail[end.arc] == node)
    last = last[np.argmin(end.at_m[last])]
    arcs = np.array([*chain, int(end.arc[last])], dtype=np.int64)
    stretch = Stretch(arcs, float(start.at_m[first]), float(end.at_m[last]))
    return Way(stretch, reached.shortest_m, 0.0)


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
