"""The route along named streets, in the order in which they are named."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

import numpy as np

from toolkit.base.arrays import IntArray
from toolkit.base.errors import InputDataError
from toolkit.base.terms import Mode
from toolkit.routes import search
from toolkit.routes.graph import Graph
from toolkit.routes.matching import Stretch
from toolkit.threats.city import PlacedCity

_NAMES: Final = ("name", "name_en", "name_my")
_OFF_STREET: Final = 20.0
"""Cost of a metre away from the named streets, over one on them: short gaps are bridged."""


def route_along(city: PlacedCity, mode: Mode, names: Sequence[str]) -> Stretch:
    """Return the way that follows streets by name, from the far end of the first.

    Between two streets that do not meet, the shortest way is taken. The first and the last are
    followed for their whole length.

    Parameters
    ----------
    city
        The city.
    mode
        Mode of travel.
    names
        Names of streets in any of their languages, whatever their case.

    Raises
    ------
    InputDataError
        If a street is not known, not open to the mode, or the streets are not connected.
    """
    graph = city.graph(mode)
    arcs_of = [_arcs(city, graph, name, k) for k, name in enumerate(names, start=1)]
    # 1. A node of each street by which to go: the middle ones lie on the way by themselves.
    chosen = np.concatenate(arcs_of)
    cost = graph.length_m * _OFF_STREET
    cost[chosen] = graph.length_m[chosen]
    first, last = arcs_of[0], arcs_of[-1]
    begin = _far_end(graph, first, arcs_of[min(1, len(names) - 1)], end=len(names) == 1)
    finish = _far_end(graph, last, arcs_of[max(len(names) - 2, 0)])
    stops = [begin, *(_near_middle(graph, arcs) for arcs in arcs_of[1:-1]), finish]
    whole: list[IntArray] = []
    for a, b in itertools.pairwise(stops):
        if a == b:
            continue
        whole.append(search.least_way(graph, cost, a, b))
    arcs = np.concatenate([np.empty(0, np.int64), *whole])
    if not len(arcs):
        msg = "The named streets have no length here. Name the streets of the route in order."
        raise InputDataError(msg)
    return Stretch(arcs, 0.0, float(graph.length_m[arcs[-1]]))


def _arcs(city: PlacedCity, graph: Graph, name: str, k: int) -> IntArray:
    """Return the arcs of a street by its name."""
    wanted = " ".join(name.split()).casefold()
    streets = city.pack.streets
    same = np.zeros(len(streets), dtype=bool)
    for column in _NAMES:
        same |= (
            streets[column].fillna("").str.split().str.join(" ").str.casefold() == wanted
        ).to_numpy()
    if not same.any():
        msg = f"Street {k} of the route is not known in this city. Write its name as on the map."
        raise InputDataError(msg)
    arcs = np.flatnonzero(same[graph.street])
    if not len(arcs):
        msg = f"Street {k} of the route is not open to this mode of travel."
        raise InputDataError(msg)
    return arcs


def _far_end(graph: Graph, arcs: IntArray, towards: IntArray, *, end: bool = False) -> int:
    """Return the node of a street that is farthest from another, or from its own other end."""
    nodes = np.unique(np.concatenate([graph.tail[arcs], graph.head[arcs]]))
    if towards is arcs:
        middle = graph.xy_m[nodes].mean(axis=0)
        one = nodes[np.argmax(np.hypot(*(graph.xy_m[nodes] - middle).T))]
        if end:
            return int(one)
        return int(nodes[np.argmax(np.hypot(*(graph.xy_m[nodes] - graph.xy_m[one]).T))])
    other = graph.xy_m[np.unique(np.concatenate([graph.tail[towards], graph.head[towards]]))]
    gap = np.hypot(*(graph.xy_m[nodes][:, None, :] - other[None, :, :]).transpose(2, 0, 1))
    return int(nodes[np.argmax(gap.min(axis=1))])


def _near_middle(graph: Graph, arcs: IntArray) -> int:
    nodes = np.unique(np.concatenate([graph.tail[arcs], graph.head[arcs]]))
    middle = graph.xy_m[nodes].mean(axis=0)
    return int(nodes[np.argmin(np.hypot(*(graph.xy_m[nodes] - middle).T))])
