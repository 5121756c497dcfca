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

WIDTH = 5
"""Values of a row of a queue."""


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


class Goal(NamedTuple):
    """Where a search leads: nodes, the cost from each on, and the least cost from any node.

    `ahead` never exceeds the cost of any way, by which the search is led (A*; Hart, Nilsson and
    Raphael 1968). `known` is the cost of a way that passes no node.
    """

    node: NDArray[np.int64]
    more: NDArray[np.float64]
    ahead: NDArray[np.float64]
    known: float


@kernel
def reach(start, to, cost, source, source_cost, goal, detour):
    """Return the least cost from some nodes to all on ways to a goal within a detour.

    Returns
    -------
    found
        Least cost of each node, infinite where none was found; exact on all such ways.
    before
        Element of `to` by which each was reached, -1 at the sources.
    least
        Least cost to the goal.
    """
    found = np.full(len(start) - 1, np.inf)
    before = np.full(len(start) - 1, -1)
    heap = [(0.0, 0.0, 0) for _ in range(0)]
    for i in range(len(source)):
        node = source[i]
        if source_cost[i] < found[node]:
            found[node] = source_cost[i]
            heapq.heappush(heap, (source_cost[i] + goal.ahead[node], source_cost[i], node))
    least = goal.known
    while len(heap) > 0:
        through, total, node = heapq.heappop(heap)
        # Every way that is not found yet is at least as long.
        if through > least * detour:
            break
        if total > found[node]:
            continue
        for i in range(len(goal.node)):
            if goal.node[i] == node:
                least = min(least, total + goal.more[i])
        for k in range(start[node], start[node + 1]):
            new, head = total + cost[k], to[k]
            if new < found[head] and new + goal.ahead[head] <= least * detour:
                found[head] = new
                before[head] = k
                heapq.heappush(heap, (new + goal.ahead[head], new, head))
    return found, before, least


@kernel
def near_costs(start, to, cost, sources, targets, limit):
    """Return the least cost from each of some nodes to each of others, infinite beyond a limit."""
    found = np.full(len(start) - 1, np.inf)
    costs = np.empty((len(sources), len(targets)))
    for i in range(len(sources)):
        found[sources[i]] = 0.0
        heap, reached = [(0.0, sources[i])], [sources[i]]
        while len(heap) > 0:
            total, node = heapq.heappop(heap)
            if total > found[node]:
                continue
            for k in range(start[node], start[node + 1]):
                new = total + cost[k]
                if new < found[to[k]] and new <= limit:
                    if found[to[k]] == np.inf:
                        reached.append(to[k])
                    found[to[k]] = new
                    heapq.heappush(heap, (new, to[k]))
        for j in range(len(targets)):
            costs[i, j] = found[targets[j]]
        for node in reached:
            found[node] = np.inf
    return costs


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


@kernel
def dead_ends(start, head, back_start, back_tail, source, target):
    """Return which nodes no way between two others passes that passes no node twice.

    They have one neighbour, or one besides those that are dead ends themselves.
    """
    dead, waiting = np.zeros(len(start) - 1, np.bool_), list(range(len(start) - 1))
    while len(waiting) > 0:
        node = waiting.pop()
        if dead[node] or node in (source, target):
            continue
        neighbour, more = -1, False
        for k in range(start[node], start[node + 1]):
            if head[k] not in (node, neighbour) and not dead[head[k]]:
                neighbour, more = head[k], neighbour >= 0
                if more:
                    break
        for k in range(back_start[node], back_start[node] if more else back_start[node + 1]):
            if back_tail[k] not in (node, neighbour) and not dead[back_tail[k]]:
                neighbour, more = back_tail[k], neighbour >= 0
                if more:
                    break
        if not more:
            dead[node] = True
            if neighbour >= 0:
                waiting.append(neighbour)
    return dead


@helper
def precedes(queue, one, other):
    """Return whether a row of a queue comes before another: in the order of all its values."""
    one, other = one * WIDTH, other * WIDTH
    for k in range(WIDTH):
        if queue[one + k] != queue[other + k]:
            return queue[one + k] < queue[other + k]
    return False


@helper
def copy_row(queue, to, of):
    """Copy a row of a queue over another."""
    for k in range(WIDTH):
        queue[to * WIDTH + k] = queue[of * WIDTH + k]


@helper
def push(queue, size):
    """Put row 0 into a queue of so many rows, from row 1 on: a heap with up to four below each."""
    at = size + 1
    while at > 1:
        above = (at - 2) // 4 + 1
        if not precedes(queue, 0, above):
            break
        copy_row(queue, at, above)
        at = above
    copy_row(queue, at, 0)


@helper
def drop_first(queue, size):
    """Take the first row out of a queue of so many rows."""
    at = 1
    while True:
        least = 4 * at - 2
        if least >= size:
            break
        for k in range(least + 1, min(least + 4, size)):
            if precedes(queue, k, least):
                least = k
        if not precedes(queue, least, size):
            break
        copy_row(queue, at, least)
        at = least
    copy_row(queue, at, size)


@helper
def longer(values):
    """Return an array of twice the length that begins with the values given."""
    more = np.empty(2 * len(values), values.dtype)
    more[: len(values)] = values
    return more


@helper
def chains(last, before, arc):
    """Return the arcs that lead to each of some labels, one row after the other."""
    start = np.zeros(len(last) + 1, np.int64)
    for i in range(len(last)):
        n, label = 0, last[i]
        while before[label] >= 0:
            n, label = n + 1, before[label]
        start[i + 1] = start[i] + n
    rows = np.empty(start[-1], np.int64)
    for i in range(len(last)):
        k, label = start[i + 1], last[i]
        while before[label] >= 0:
            k -= 1
            rows[k], label = arc[label], before[label]
    return start, rows


@kernel
def front(arcs, dead, bounds, source, target):
    """Return all ways that no other way is better than in both criteria.

    BOA* (Hernandez Ulloa, Yeoh, Baier, Zhang, Suazo and Koenig 2020, "A simple and fast
    bi-objective search algorithm", ICAPS): labels leave the queue in the order of the first
    criterion, so a label is dominated exactly if the second criterion of an earlier one at the node
    is no greater. Nodes that are `dead_ends` have none.

    Returns
    -------
    start, rows
        The arcs of each way, as elements of `arcs`: row starts, and one way after the other, the
        first criterion ascending.
    complete
        Whether the search ended before the most labels were made.
    """
    # Of a label only the one before and the arc between are kept; its costs wait in the queue.
    before, arc = np.empty(1024, np.int32), np.empty(1024, np.int32)
    before[0], arc[0] = -1, -1
    n_labels = 1
    least = np.full(len(arcs.start) - 1, np.inf)
    last, n_ways = np.empty(64, np.int64), 0
    complete = True
    # Rows of both totals to the target, both costs so far, and the label.
    queue, size = np.zeros(1024 * WIDTH), 1
    queue[WIDTH], queue[WIDTH + 1] = bounds.first[source], bounds.second[source]
    while size > 0:
        other_total, one, other = queue[WIDTH + 1], queue[WIDTH + 2], queue[WIDTH + 3]
        label = np.int64(queue[WIDTH + 4])
        drop_first(queue, size)
        size -= 1
        at = source if label == 0 else arcs.head[arc[label]]
        if other >= least[at] or other_total >= least[target]:
            continue
        least[at] = other
        if at == target:
            if n_ways == len(last):
                last = longer(last)
            last[n_ways] = label
            n_ways += 1
            continue
        for k in range(arcs.start[at], arcs.start[at + 1]):
            to = arcs.head[k]
            if dead[to]:
                continue
            first, second = one + arcs.first[k], other + arcs.second[k]
            if first + bounds.first[to] > bounds.most_first or second >= least[to]:
                continue
            if second + bounds.second[to] >= least[target]:
                continue
            if n_labels == bounds.most_labels:
                complete = False
                break
            if n_labels == len(before):
                before, arc = longer(before), longer(arc)
            before[n_labels], arc[n_labels] = label, k
            if (size + 2) * WIDTH > len(queue):
                queue = longer(queue)
            queue[0], queue[1] = first + bounds.first[to], second + bounds.second[to]
            queue[2], queue[3], queue[4] = first, second, n_labels
            push(queue, size)
            size += 1
            n_labels += 1
        if not complete:
            break
    start, rows = chains(last[:n_ways], before, arc)
    return start, rows, complete


class Search(NamedTuple):
    """One front to be found: the arcs by their tails, and the cost of each by its head."""

    arcs: Arcs
    dead: NDArray[np.bool_]
    back_start: NDArray[np.int64]
    back_tail: NDArray[np.int64]
    back_second: NDArray[np.float64]
    to_end_first: NDArray[np.float64]
    most_first: float
    most_labels: int
    source: int
    target: int


def all_fronts(first, end, searches, found):
    """Find some fronts, each after the least cost to its end; plain code for a worker thread."""
    for k in range(first, end):
        one = searches[k]
        second = least_cost(one.back_start, one.back_tail, one.back_second, one.target)
        bounds = Bounds(one.to_end_first, second, one.most_first, one.most_labels)
        found[k] = front(one.arcs, one.dead, bounds, one.source, one.target)


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
