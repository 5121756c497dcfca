"""The streets of a city as a directed graph for one mode of travel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from toolkit.base.arrays import BoolArray, FloatArray, GeometryArray, Int32Array, IntArray
from toolkit.base.terms import Mode
from toolkit.streets.schema import BEYOND

if TYPE_CHECKING:
    import geopandas as gpd

_USE: Final[dict[Mode, str]] = {"foot": "walk", "motorcycle": "motorcycle", "car": "drive"}
_ONE_WAY: Final[dict[Mode, str]] = {
    "foot": "oneway_foot",
    "motorcycle": "oneway_motorcycle",
    "car": "oneway",
}
"""Columns of the layer "streets"."""


@dataclass(frozen=True, eq=False)
class Graph:
    """Directed graph of N nodes and A arcs; streets meet only where they share a node.

    Attributes
    ----------
    mode
        Mode of travel.
    xy_m
        Position of each node, shape (N, 2).
    leads_on
        Whether streets go on beyond the boundary at a node, shape (N,).
    tail, head
        Nodes of each arc, shape (A,).
    street
        Row of the street of each arc, shape (A,).
    forward
        Whether the arc goes along the street as drawn, shape (A,).
    length_m
        Length of each arc, shape (A,).
    """

    mode: Mode
    xy_m: FloatArray
    leads_on: BoolArray
    tail: IntArray
    head: IntArray
    street: IntArray
    forward: BoolArray
    length_m: FloatArray

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.xy_m)

    @cached_property
    def node_m(self) -> FloatArray:
        """Street length that a node stands for: half of each street that ends there, (N,)."""
        _, once = np.unique(self.street, return_index=True)
        half = self.length_m[once] / 2
        ends = np.concatenate([self.tail[once], self.head[once]])
        return np.asarray(np.bincount(ends, np.tile(half, 2), self.n_nodes), dtype=float)

    @cached_property
    def leaving(self) -> ArcRows:
        """The arcs in rows by their tails."""
        return _rows(self.tail, self.head, self.length_m, self.n_nodes)

    @cached_property
    def entering(self) -> ArcRows:
        """The arcs in rows by their heads."""
        return _rows(self.head, self.tail, self.length_m, self.n_nodes)

    @cached_property
    def arcs(self) -> ArcMatrix:
        """The arcs as a sparse matrix, of parallel ones the shortest."""
        order = np.lexsort((np.arange(len(self.tail)), self.length_m, self.head, self.tail))
        tail, head = self.tail[order], self.head[order]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        arc, n = order[first], self.n_nodes
        start = np.searchsorted(self.tail[arc], np.arange(n + 1))
        length_m = sparse.csr_array((self.length_m[arc], self.head[arc], start), shape=(n, n))
        return ArcMatrix(length_m, arc, self.tail[arc] * n + self.head[arc])


@dataclass(frozen=True, eq=False)
class ArcRows:
    """Arcs in rows by one of their nodes: those of node n are ``start[n]`` to ``start[n + 1]``.

    Attributes
    ----------
    start
        Row starts, shape (N + 1,).
    arc
        Arcs, shape (A,).
    to
        Node at the other end of each.
    length_m
        Length of each.
    """

    start: IntArray
    arc: IntArray
    to: IntArray
    length_m: FloatArray


def _rows(node: IntArray, to: IntArray, length_m: FloatArray, n_nodes: int) -> ArcRows:
    arc = np.argsort(node, kind="stable")
    start = np.searchsorted(node[arc], np.arange(n_nodes + 1)).astype(np.int64)
    return ArcRows(start, arc, to[arc], length_m[arc])


@dataclass(frozen=True, eq=False)
class ArcMatrix:
    """Arcs in the form that scipy searches.

    Attributes
    ----------
    length_m
        Length from row to column, shape (N, N).
    arc
        Arc of each stored element, in the order of ``length_m.data``.
    key
        Row times N plus column of each stored element, ascending.
    """

    length_m: sparse.csr_array
    arc: IntArray
    key: IntArray

    def along(self, nodes: Sequence[int]) -> IntArray:
        """Return the arcs from each node of a way to the next."""
        path = np.array(nodes, dtype=np.int64)
        return self.arc[np.searchsorted(self.key, path[:-1] * self.length_m.shape[0] + path[1:])]


def part_of(graph: Graph, streets: BoolArray) -> tuple[Graph, IntArray]:
    """Return the part of a graph that some streets make, and the arc in the whole of each arc.

    Parameters
    ----------
    graph
        The whole graph; nodes are numbered anew.
    streets
        Whether each street belongs to the part, shape (S,).
    """
    arcs = np.flatnonzero(streets[graph.street])
    used, node = np.unique([graph.tail[arcs], graph.head[arcs]], return_inverse=True)
    tail, head = node.reshape(2, -1)
    part = Graph(
        mode=graph.mode,
        xy_m=graph.xy_m[used],
        leads_on=graph.leads_on[used],
        tail=tail,
        head=head,
        street=graph.street[arcs],
        forward=graph.forward[arcs],
        length_m=graph.length_m[arcs],
    )
    return part, arcs


def way_back(before: Int32Array, node: int) -> list[int]:
    """Return the nodes from one back to where a search began.

    Parameters
    ----------
    before
        Predecessors as `scipy.sparse.csgraph.dijkstra` returns them, shape (N,).
    node
        The node.
    """
    nodes = [node]
    while (tail := before[nodes[-1]]) >= 0:
        nodes.append(int(tail))
    return nodes


def street_graph(streets: gpd.GeoDataFrame, lines: GeometryArray, mode: Mode) -> Graph:
    """Return the graph of the streets that are open to a mode.

    Only arcs are kept on which somebody can come from anywhere and go on anywhere: the largest
    strongly connected part by length, where streets that leave the boundary are connected outside
    it. Otherwise the one-ways that the boundary cuts would be lost.

    Parameters
    ----------
    streets
        Layer "streets" of a pack, S rows.
    lines
        The same streets in a metric CRS, shape (S,).
    mode
        ``foot``, ``motorcycle`` or ``car``.

    Examples
    --------
    >>> from toolkit import open_pack
    >>> pack = open_pack("helsinki-centre")
    >>> lines = pack.streets.geometry.to_crs(pack.manifest.crs).to_numpy()
    >>> graph = street_graph(pack.streets, lines, "foot")
    >>> graph.mode, bool(graph.leads_on.any())
    ('foot', True)
    """
    open_to = np.flatnonzero(streets[_USE[mode]].to_numpy(dtype=bool))
    one_way = _one_way(streets, mode)[open_to]
    ids, node = np.unique(
        streets[["u", "v"]].to_numpy(dtype=np.int64)[open_to], return_inverse=True
    )
    node = node.reshape(-1, 2)
    xy_m = np.zeros((len(ids), 2))
    for end in (-1, 0):
        xy_m[node[:, end]] = shapely.get_coordinates(shapely.get_point(lines[open_to], end))
    length_m = streets["length_m"].to_numpy(dtype=float)[open_to]
    back = ~one_way
    graph = Graph(
        mode=mode,
        xy_m=xy_m,
        leads_on=ids <= BEYOND,
        tail=np.concatenate([node[:, 0], node[back, 1]]),
        head=np.concatenate([node[:, 1], node[back, 0]]),
        street=np.concatenate([open_to, open_to[back]]),
        forward=np.arange(len(open_to) + int(back.sum())) < len(open_to),
        length_m=np.concatenate([length_m, length_m[back]]),
    )
    return largest_part(graph)


def _one_way(streets: gpd.GeoDataFrame, mode: Mode) -> BoolArray:
    column = _ONE_WAY[mode]
    if column in streets.columns:
        return np.asarray(streets[column], dtype=bool)
    if mode == "foot":
        return np.zeros(len(streets), dtype=bool)
    return np.asarray(streets["oneway"], dtype=bool)


def largest_part(graph: Graph) -> Graph:
    """Keep the largest part in which every arc can be reached from and leads to every other."""
    if not len(graph.tail):
        return graph
    # One more node stands for all that lies beyond the boundary.
    n, on = graph.n_nodes, np.flatnonzero(graph.leads_on)
    beyond = np.full(len(on), n)
    tail = np.concatenate([graph.tail, on, beyond])
    head = np.concatenate([graph.head, beyond, on])
    joined = sparse.csr_array((np.ones(len(tail)), (tail, head)), shape=(n + 1, n + 1))
    _, part = csgraph.connected_components(joined, directed=True, connection="strong")
    same = part[graph.tail] == part[graph.head]
    by_part = np.bincount(part[graph.tail[same]], weights=graph.length_m[same], minlength=1)
    kept = np.flatnonzero(same & (part[graph.tail] == by_part.argmax()))
    used, node = np.unique([graph.tail[kept], graph.head[kept]], return_inverse=True)
    tail, head = node.reshape(2, -1)
    return Graph(
        mode=graph.mode,
        xy_m=graph.xy_m[used],
        leads_on=graph.leads_on[used],
        tail=tail,
        head=head,
        street=graph.street[kept],
        forward=graph.forward[kept],
        length_m=graph.length_m[kept],
    )
