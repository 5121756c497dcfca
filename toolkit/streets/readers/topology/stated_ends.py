"""Lines with stated end nodes, and removal of duplicate lines."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import BoolArray, GeometryArray, IntArray
from toolkit.streets.readers.topology import noding, split
from toolkit.streets.readers.topology.split import Pieces

_SPREAD: Final = 100
"""Maximum distance, in 1e-7 degrees (about a metre), of ends that state the same node."""
_OWN_VOTE: Final = 1.25
"""Vote of the end that matches a line's direction; the other end has 1."""


def pieces_of(lines: GeometryArray, ends: IntArray) -> Pieces | None:
    """Return one piece per line, or None if lines do not end at their stated nodes.

    Parameters
    ----------
    lines
        LineStrings in EPSG:4326, each between its two nodes in either direction.
    ends
        Ids of the two nodes of each, shape (n, 2).
    """
    first, last = _grid_of_ends(lines)
    nodes, index = np.unique(ends, return_inverse=True)
    index = index.reshape(-1, 2)
    places = _node_places(len(nodes), index, first, last)
    at_u, at_v = places[index[:, 0]], places[index[:, 1]]
    ahead = _near(at_u, first) & _near(at_v, last)
    back = _near(at_v, first) & _near(at_u, last) & ~ahead
    if not (ahead | back).all():
        return None
    turned = np.where(back[:, None], ends[:, ::-1], ends)
    n = len(lines)
    return Pieces(np.arange(n), np.zeros(n, np.int64), turned[:, 0], turned[:, 1], lines)


def _grid_of_ends(lines: GeometryArray) -> tuple[IntArray, IntArray]:
    first, last = (shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1))
    units = split.UNITS_PER_DEGREE
    return np.round(first * units).astype(np.int64), np.round(last * units).astype(np.int64)


def _near(places: IntArray, ends: IntArray) -> BoolArray:
    near: BoolArray = (np.abs(places - ends) <= _SPREAD).all(axis=1)
    return near


def _node_places(number: int, index: IntArray, first: IntArray, last: IntArray) -> IntArray:
    """Return the position of each node, shape (number, 2): the end most of its lines share.

    Lines may run in either direction, so both ends of a line vote for both of its nodes.
    """
    u, v = index[:, 0], index[:, 1]
    node = np.concatenate([u, v, u, v])
    xy = np.concatenate([first, last, last, first])
    vote = np.repeat([_OWN_VOTE, 1.0], 2 * len(u))
    place = noding.position_ids(xy[:, 0], xy[:, 1])
    order = np.lexsort((place, node))
    node, place, vote, xy = node[order], place[order], vote[order], xy[order]
    starts = np.flatnonzero(
        np.concatenate([[True], (node[1:] != node[:-1]) | (place[1:] != place[:-1])])
    )
    votes = np.add.reduceat(vote, starts)
    best = starts[np.lexsort((place[starts], votes, node[starts]))]
    last_of_node = np.concatenate([node[best][1:] != node[best][:-1], [True]])
    places = np.zeros((number, 2), dtype=np.int64)
    places[node[best][last_of_node]] = xy[best][last_of_node]
    # The node of a single line is at the end where the line's other node is not.
    alone = np.bincount(index.ravel(), minlength=number) == 1
    for one, other in ((u, v), (v, u)):
        which = alone[one] & ~alone[other]
        at_first = (places[other[which]] == first[which]).all(axis=1)
        places[one[which]] = np.where(at_first[:, None], last[which], first[which])
    both = alone[u] & alone[v]
    places[u[both]], places[v[both]] = first[both], last[both]
    return places


def without_duplicates(
    pieces: Pieces, levels: IntArray, way_ids: IntArray, counts: Counter[str]
) -> tuple[Pieces, NDArray[np.bool_]]:
    """Keep one of several pieces with the same vertices; opposite ones make it two-way.

    Ways with different ids are different streets, as in OpenStreetMap.

    Parameters
    ----------
    pieces
        Street pieces.
    levels
        Level of each way: a bridge above a street is not its duplicate.
    way_ids
        OpenStreetMap id of each way, or 0.
    counts
        ``double_lines`` is increased.

    Returns
    -------
    pieces
        Pieces without duplicates.
    both_ways
        Whether a piece was present in both directions.
    """
    seen: dict[tuple[bytes, int, int], tuple[int, bool]] = {}
    keep = np.zeros(len(pieces), dtype=bool)
    both = np.zeros(len(pieces), dtype=bool)
    for i, line in enumerate(pieces.lines):
        grid = np.round(shapely.get_coordinates(line) * split.UNITS_PER_DEGREE).astype(np.int64)
        ahead, back = grid.tobytes(), grid[::-1].tobytes()
        way = pieces.way[i]
        key = (min(ahead, back), int(levels[way]), int(way_ids[way]))
        first, turned = seen.setdefault(key, (i, ahead > back))
        keep[i] = first == i
        both[first] |= first != i and turned != (ahead > back)
    counts["double_lines"] += int((~keep).sum())
    kept = Pieces(
        way=pieces.way[keep],
        ordinal=pieces.ordinal[keep],
        u=pieces.u[keep],
        v=pieces.v[keep],
        lines=pieces.lines[keep],
    )
    return kept, both[keep]
