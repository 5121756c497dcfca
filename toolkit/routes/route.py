"""Routes as sets of directed street points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.routes.graph import Graph
from toolkit.streets.street_points import LinePieces


@dataclass(frozen=True, eq=False)
class Routes:
    """K routes, each a list of street points and the direction in which they are passed.

    Attributes
    ----------
    start
        Row starts, shape (K + 1,).
    point
        Street points, shape (N,).
    forward
        Whether each is passed along its street as drawn, shape (N,).
    length_m
        Length of each route, shape (K,).
    """

    start: IntArray
    point: IntArray
    forward: BoolArray
    length_m: FloatArray

    def __len__(self) -> int:
        """Return the number of routes."""
        return len(self.length_m)

    @property
    def route(self) -> IntArray:
        """Route of each point, shape (N,)."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def first(self, n: int | None) -> Routes:
        """Return the first routes, all if no number is given."""
        n = len(self) if n is None else min(n, len(self))
        end = self.start[n]
        return Routes(self.start[: n + 1], self.point[:end], self.forward[:end], self.length_m[:n])


def routes_of(graph: Graph, points: LinePieces, arcs: Sequence[IntArray]) -> Routes:
    """Return the routes that consist of whole arcs.

    Parameters
    ----------
    graph
        The street graph.
    points
        Street points; those of a street follow one another along it.
    arcs
        Arcs of each route, in order.
    """
    n_arcs = np.array([len(a) for a in arcs], dtype=np.int64)
    arc = np.concatenate([np.empty(0, np.int64), *arcs])
    street, forward = graph.street[arc], graph.forward[arc]
    first, number = points_of_streets(points, street)
    # Points of each arc, in the order of travel.
    within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    along = np.repeat(forward, number)
    last = np.repeat(number, number) - 1
    point = np.repeat(first, number) + np.where(along, within, last - within)
    route = np.repeat(np.arange(len(arcs)), n_arcs)
    count = np.bincount(route, weights=number, minlength=len(arcs)).astype(np.int64)
    return Routes(
        start=np.concatenate([[0], np.cumsum(count)]),
        point=point,
        forward=along,
        length_m=np.asarray(np.bincount(route, graph.length_m[arc], len(arcs)), dtype=float),
    )


def points_of_streets(points: LinePieces, street: IntArray) -> tuple[IntArray, IntArray]:
    """Return the first point and the number of points of each of some streets."""
    first, number = points.rows
    # Streets after the last with a point have none.
    inside = street < len(first)
    at = np.where(inside, street, 0)
    if not len(first):
        return np.zeros_like(street), np.zeros_like(street)
    return np.where(inside, first[at], 0), np.where(inside, number[at], 0)


def joined(parts: Sequence[Routes]) -> Routes:
    """Return the routes of several sets, one after the other."""
    offsets = np.cumsum([0, *(len(part.point) for part in parts)])
    starts = [part.start[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
    return Routes(
        start=np.concatenate([*starts, offsets[-1:]]),
        point=np.concatenate([part.point for part in parts]),
        forward=np.concatenate([part.forward for part in parts]),
        length_m=np.concatenate([part.length_m for part in parts]),
    )
