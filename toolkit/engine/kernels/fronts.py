"""Compiled searches of a street graph: shortest ways, and whole fronts of two criteria."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import heapq
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel


class Arcs(NamedTuple):
    """Arcs in rows by their tail: those of node n are ``start[n]`` to ``start[n + 1]``."""

    start: NDArray[np.int64]
    head: NDArray[np.int64]
    first: NDArray[np.float64]
    second: NDArray[np.float64]


class Bounds(NamedTuple):
    """Least cost of both criteria from each node to the target, and limits of a search.

    `most_first` is the greatest total of the first criterion.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    most_first: float
    most_labels: int


@kernel
def least_cost(start, head, cost, source):
    """Return the least cost from a node to every other (Dijkstra 1959)."""
    found = np.full(len(start) - 1, np.inf)
    found[source] = 0.0
    heap = [(0.0, source)]
    while len(heap) > 0:
        total, node = heapq.heappop(heap)
        if total > found[node]:
            continue
        for k in range(start[node], start[node + 1]):
            new = total + cost[k]
            if new < found[head[k]]:
                found[head[k]] = new
                heapq.heappush(heap, (new, head[k]))
    return found


@helper
def longer(values):
    """Return an array of twice the length that begins with the values given."""
    more = np.empty(2 * len(values), values.dtype)
    more[: len(values)] = values
    return more


@kernel
def front(arcs, bounds, source, target):
    """Return all ways that no other way is better than in both criteria, as labels.

    BOA* (Hernandez Ulloa, Yeoh, Baier, Zhang, Suazo and Koenig 2020, "A simple and fast
    bi-objective search algorithm", ICAPS): labels leave the queue in the order of the first
    criterion, so a label is dominated exactly if the second criterion of an earlier one at the node
    is no greater.

    Returns
    -------
    solutions
        Labels at the target, the first criterion ascending.
    before, arc
        Label before each label, -1 at the source, and the arc between.
    complete
        Whether the search ended before the most labels were made.
    """
    size = 1024
    node, before = np.empty(size, np.int64), np.empty(size, np.int64)
    arc, first, second = np.empty(size, np.int64), np.empty(size), np.empty(size)
    node[0], before[0], arc[0], first[0], second[0] = source, -1, -1, 0.0, 0.0
    n_labels = 1
    least = np.full(len(arcs.start) - 1, np.inf)
    solutions = np.empty(64, np.int64)
    n_solutions = 0
    heap = [(bounds.first[source], bounds.second[source], 0)]
    while len(heap) > 0:
        _, _, label = heapq.heappop(heap)
        at = node[label]
        if second[label] >= least[at] or second[label] + bounds.second[at] >= least[target]:
            continue
        least[at] = second[label]
        if at == target:
            if n_solutions == len(solutions):
                solutions = longer(solutions)
            solutions[n_solutions] = label
            n_solutions += 1
            continue
        for k in range(arcs.start[at], arcs.start[at + 1]):
            to = arcs.head[k]
            one, other = first[label] + arcs.first[k], second[label] + arcs.second[k]
            if one + bounds.first[to] > bounds.most_first or other >= least[to]:
                continue
            if other + bounds.second[to] >= least[target]:
                continue
            if n_labels == bounds.most_labels:
                return solutions[:n_solutions], before, arc, False
            if n_labels == len(node):
                node, before, arc = longer(node), longer(before), longer(arc)
                first, second = longer(first), longer(second)
            node[n_labels], before[n_labels], arc[n_labels] = to, label, k
            first[n_labels], second[n_labels] = one, other
            heapq.heappush(heap, (one + bounds.first[to], other + bounds.second[to], n_labels))
            n_labels += 1
    return solutions[:n_solutions], before, arc, True


class PairsByPoint(NamedTuple):
    """The arrays of `toolkit.engine.pairs_by_point.PointRows`; `row` is its view."""

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    bin: NDArray[np.int16]
    row: NDArray[np.int16]


@kernel
def incidences(first, end, pairs, first_point, n_points, site_prob, views, out):
    """Add up, for some streets, the largest chance that each site has any of its points.

    `views` are chances by view and bin of distance; the points of street k are ``first_point[k]``
    and those after it.
    """
    best = np.zeros(len(site_prob))
    touched = np.empty(len(site_prob), np.int64)
    for k in range(first, end):
        n_touched = 0
        begin = pairs.start[first_point[k]]
        for i in range(begin, pairs.start[first_point[k] + n_points[k]]):
            site, distance = pairs.site[i], pairs.bin[i]
            if distance >= views.shape[1]:
                continue
            value = views[pairs.row[i], distance]
            if value > best[site]:
                if best[site] == 0.0:
                    touched[n_touched] = site
                    n_touched += 1
                best[site] = value
        total = 0.0
        for i in range(n_touched):
            total += best[touched[i]] * site_prob[touched[i]]
            best[touched[i]] = 0.0
        out[k] = total
