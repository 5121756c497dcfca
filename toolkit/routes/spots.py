"""Places on the streets of a graph: the nearest street to a position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from toolkit.base.arrays import FloatArray, GeometryArray, IntArray
from toolkit.base.errors import InputDataError
from toolkit.routes.graph import Graph

REACH_M: Final = 200.0
"""Farthest that a place may lie from a street: a large compound or a field at the edge of town."""


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
class StreetIndex:
    """The streets of a graph by position; made once for a graph.

    Attributes
    ----------
    graph
        Streets open to a mode.
    lines
        All streets as metric lines, by row, shape (S,).
    streets
        Rows of those of the graph, shape (K,).
    tree
        Their lines, in this order.
    """

    graph: Graph
    lines: GeometryArray
    streets: IntArray
    tree: shapely.STRtree


def street_index(graph: Graph, lines: GeometryArray) -> StreetIndex:
    """Return the streets of a graph by position.

    Parameters
    ----------
    graph
        Streets open to the mode.
    lines
        All streets as metric lines, by row, shape (S,).
    """
    used = np.zeros(len(lines), dtype=bool)
    used[graph.street] = True
    streets = np.flatnonzero(used)
    return StreetIndex(graph, lines, streets, shapely.STRtree(lines[streets]))


def spot(index: StreetIndex, xy_m: Sequence[float] | FloatArray, *, what: str = "A place") -> Spot:
    """Return the nearest place on a street.

    Parameters
    ----------
    index
        The streets.
    xy_m
        Position in the CRS of their lines.
    what
        Subject of the error: the place.

    Raises
    ------
    InputDataError
        If no street is within `REACH_M`.
    """
    return spots(index, np.asarray(xy_m, dtype=float).reshape(1, 2), what=what)[0]


def spots(index: StreetIndex, xy_m: FloatArray, *, what: str = "A place") -> list[Spot]:
    """Return the nearest place on a street for each of some positions, shape (K, 2); see `spot`.

    Examples
    --------
    >>> from toolkit import open_pack
    >>> from toolkit.routes.graph import street_graph
    >>> pack = open_pack("helsinki-centre")
    >>> lines = pack.streets.geometry.to_crs(pack.manifest.crs).to_numpy()
    >>> graph = street_graph(pack.streets, lines, "foot")
    >>> [found.off_m for found in spots(street_index(graph, lines), graph.xy_m[[10, 800]])]
    [0.0, 0.0]
    """
    points = np.asarray(shapely.points(xy_m), dtype=object)
    row, off_m = index.tree.query_nearest(
        points, max_distance=REACH_M, return_distance=True, all_matches=False
    )
    if len(row[0]) < len(points):
        msg = (
            f"{what} is more than {REACH_M:.0f} m from every street that is open to this mode "
            "of travel. Give a place on a street inside the boundary of the city."
        )
        raise InputDataError(msg)
    return [
        on_street(index, int(index.streets[row[1][k]]), points[k], float(off_m[k]))
        for k in range(len(points))
    ]


def on_street(index: StreetIndex, street: int, point: shapely.Point, off_m: float) -> Spot:
    """Return the nearest place to a point on one street, by its row."""
    graph, line = index.graph, index.lines[street]
    share = float(shapely.line_locate_point(line, point, normalized=True))
    arc = np.flatnonzero(graph.street == street)
    along = np.where(graph.forward[arc], share, 1.0 - share)
    at = shapely.line_interpolate_point(line, share, normalized=True)
    return Spot(arc, along * graph.length_m[arc], off_m, shapely.get_coordinates(at)[0])
