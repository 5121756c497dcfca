"""Noding: adding the vertices at which lines cross or touch.

Drawn or traced street lines cross without a common vertex, or end a few centimetres short of one
another. The missing vertices are inserted on the grid of OpenStreetMap coordinates, so that
`split.split_ways` cuts there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.streets.readers.topology import split
from toolkit.streets.readers.topology.near import near_pairs

SNAP_M: Final = 1.0
"""Snapping distance of an end to another line at the same level: less than the width of any street,
more than the error of digitising on a screen."""
SAME_POINT_M: Final = 0.02
"""Two steps of the grid at the equator: a crossing this near to a vertex is at that vertex."""
PARALLEL_M: Final = 8.0
"""Lines this near to each other may be the same carriageway drawn twice."""
_METRES_PER_DEGREE: Final = 111_195.0  # of a great circle on a sphere of 6,371.0 km
_NEIGHBOURS: Final = 8
_PAIRS_EACH: Final = 40
"""With more neighbours per segment than this, the lines are not a street network."""
_EPSILON: Final = 1e-12


@dataclass(frozen=True)
class Vertices:
    """Vertices of concatenated lines, in 1e-7 degrees."""

    offsets: IntArray
    x: IntArray
    y: IntArray

    @property
    def line(self) -> IntArray:
        """Index of the line of each vertex."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def vertices_of(lines: NDArray[Any]) -> Vertices:
    """Return the vertices of LineStrings in EPSG:4326."""
    points, index = shapely.get_coordinates(lines, return_index=True)
    grid = np.round(points * split.UNITS_PER_DEGREE).astype(np.int64)
    offsets = np.searchsorted(index, np.arange(len(lines) + 1))
    return Vertices(offsets.astype(np.int64), grid[:, 0], grid[:, 1])


def position_ids(x: IntArray, y: IntArray) -> IntArray:
    """Return an integer id for each position, the same in every file.

    Ids exceed 10^18 nearly everywhere, and so are never those of OpenStreetMap nodes.
    """
    half, whole = 180 * split.UNITS_PER_DEGREE, 180 * split.UNITS_PER_DEGREE + 1
    return (x + half) * whole + (y + half // 2) + 1


def node_lines(name: str, drawn: Vertices, levels: IntArray) -> tuple[Vertices, dict[str, int]]:
    """Insert vertices where lines of the same level cross, and where one ends on another.

    Parameters
    ----------
    name
        Name of the file, for messages.
    drawn
        Lines as drawn.
    levels
        Level of each line; lines of different levels pass over each other. Lines with a common
        vertex meet there at any level.

    Returns
    -------
    met
        Lines with the vertices inserted.
    counts
        ``crossings_noded``: crossings without a common vertex; ``touches_noded``: vertices of a
        line on another line; ``ends_joined``: loose ends within `SNAP_M` of another line.
    """
    scale = _scale(drawn)
    moved, joined_to_points = _snap_ends_to_vertices(drawn, levels, scale)
    segments = _Segments.of(moved, levels, scale)
    inserts = [_ends_on_segments(name, moved, segments), _crossings(name, segments)]
    at, share, x, y = (np.concatenate(part) for part in zip(*inserts, strict=True))
    met = [np.unique(position_ids(part[2], part[3])) for part in inserts]
    crossed = np.setdiff1d(met[1], met[0])
    touched = np.intersect1d(crossed, position_ids(moved.x, moved.y))
    return _insert(moved, segments.first[at] + 1, share, x, y), {
        "crossings_noded": len(crossed) - len(touched),
        "touches_noded": len(touched),
        "ends_joined": joined_to_points + len(met[0]),
    }


def _scale(drawn: Vertices) -> FloatArray:
    """Return metres per grid unit, eastward and northward, at the median latitude of the lines."""
    middle = np.radians(np.median(drawn.y) / split.UNITS_PER_DEGREE)
    metres = _METRES_PER_DEGREE / split.UNITS_PER_DEGREE
    return np.array([metres * max(np.cos(middle), 0.01), metres])


def _insert(
    lines: Vertices, before: IntArray, share: FloatArray, x: IntArray, y: IntArray
) -> Vertices:
    order = np.lexsort((share, before))
    before, x, y = before[order], x[order], y[order]
    sizes = np.diff(lines.offsets) + np.bincount(
        np.searchsorted(lines.offsets, before - 1, side="right") - 1,
        minlength=len(lines.offsets) - 1,
    )
    return Vertices(
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.insert(lines.x, before, x),
        np.insert(lines.y, before, y),
    )


def _loose_ends(lines: Vertices) -> IntArray:
    """Return the end vertices of lines whose position no other vertex has."""
    ends = np.unique(np.concatenate([lines.offsets[:-1], lines.offsets[1:] - 1]))
    _, inverse, uses = np.unique(
        position_ids(lines.x, lines.y), return_inverse=True, return_counts=True
    )
    loose: IntArray = ends[uses[inverse[ends]] == 1]
    return loose


def _snap_ends_to_vertices(
    lines: Vertices, levels: IntArray, scale: FloatArray
) -> tuple[Vertices, int]:
    """Move loose ends to a vertex of another line within `SNAP_M`; of two ends, one moves."""
    loose = _loose_ends(lines)
    if not len(loose):
        return lines, 0
    line = lines.line
    points = np.column_stack([lines.x, lines.y]) * scale
    # Each end finds itself; at least two neighbours are queried, which keeps the shape (n, k).
    asked = np.arange(1, max(2, min(_NEIGHBOURS, len(points))) + 1)
    far, near = map(
        np.asarray, cKDTree(points).query(points[loose], k=asked, distance_upper_bound=SNAP_M)
    )
    there = np.isfinite(far)
    near = np.where(there, near, 0)
    there &= line[near] != line[loose][:, None]
    there &= levels[line[near]] == levels[line[loose]][:, None]
    has = there.any(axis=1)
    ends, target = loose[has], near[has, there[has].argmax(axis=1)]
    # Ends near one another all move to one position: that of a fixed vertex, or the lowest end.
    row = np.full(len(points), -1)
    row[ends] = np.arange(len(ends))
    between = row[target] >= 0
    links = coo_array(
        (np.ones(between.sum()), (np.flatnonzero(between), row[target[between]])),
        shape=(len(ends), len(ends)),
    )
    count, group = connected_components(links, directed=False)
    goal = np.full(count, len(points))
    np.minimum.at(goal, group[~between], target[~between])
    lowest = np.full(count, len(points))
    np.minimum.at(lowest, group, ends)
    goal = np.where(goal == len(points), lowest, goal)[group]
    x, y = lines.x.copy(), lines.y.copy()
    x[ends], y[ends] = lines.x[goal], lines.y[goal]
    return Vertices(lines.offsets, x, y), int((goal != ends).sum())


@dataclass(frozen=True)
class _Segments:
    """Straight segments between vertices, in metres."""

    first: IntArray
    """First vertex of each."""
    line: IntArray
    level: IntArray
    begin: FloatArray
    end: FloatArray
    grid: NDArray[np.int64]
    """Ends in grid units, shape (n, 2, 2)."""
    shapes: NDArray[Any]
    scale: FloatArray

    @classmethod
    def of(cls, lines: Vertices, levels: IntArray, scale: FloatArray) -> _Segments:
        line = lines.line
        grid = np.column_stack([lines.x, lines.y])
        first = np.flatnonzero((line[1:] == line[:-1]) & (grid[1:] != grid[:-1]).any(axis=1))
        both = np.stack([grid[first], grid[first + 1]], axis=1)
        metres = both * scale
        return cls(
            first=first,
            line=line[first],
            level=levels[line[first]],
            begin=metres[:, 0],
            end=metres[:, 1],
            grid=both,
            shapes=_array(shapely.linestrings(metres) if len(first) else ()),
            scale=scale,
        )


def _array(shapes: Any) -> NDArray[Any]:  # noqa: ANN401
    return np.asarray(shapes, dtype=object)


_Inserts = tuple[IntArray, FloatArray, IntArray, IntArray]


def _ends_on_segments(name: str, lines: Vertices, segments: _Segments) -> _Inserts:
    """Return each loose end within `SNAP_M` of another line as a vertex of that line."""
    loose = _loose_ends(lines)
    owner = lines.line[loose]
    metres = np.column_stack([lines.x[loose], lines.y[loose]]) * segments.scale
    tree = shapely.STRtree(segments.shapes)
    rows, ats, gaps = [], [], []
    level = np.zeros(len(lines.offsets) - 1, dtype=np.int64)
    level[segments.line] = segments.level
    points = _array(shapely.points(metres) if len(metres) else ())
    for i, s in near_pairs(
        name, tree, points, max_each=_PAIRS_EACH, predicate="dwithin", distance=SNAP_M
    ):
        apart = (segments.line[s] != owner[i]) & (segments.level[s] == level[owner[i]])
        i, s = i[apart], s[apart]  # noqa: PLW2901
        rows.append(i)
        ats.append(s)
        gaps.append(_distance_m(metres[i], segments.begin[s], segments.end[s]))
    row, at = _concatenated(rows), _concatenated(ats)
    gap = np.concatenate([np.empty(0), *gaps])
    nearest = np.lexsort((at, gap, row))
    row, at = row[nearest], at[nearest]
    once = np.ones(len(row), dtype=bool)
    once[1:] = row[1:] != row[:-1]
    row, at = row[once], at[once]
    share = _share(metres[row], segments.begin[at], segments.end[at])
    return at, share, lines.x[loose[row]], lines.y[loose[row]]


def _concatenated(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.empty(0, dtype=np.int64), *parts])


def _share(points: FloatArray, begin: FloatArray, end: FloatArray) -> FloatArray:
    """Return the position of each point projected on its segment, from 0 to 1."""
    along = end - begin
    square = np.maximum((along**2).sum(axis=1), _EPSILON)
    share: FloatArray = np.clip(((points - begin) * along).sum(axis=1) / square, 0, 1)
    return share


def _distance_m(points: FloatArray, begin: FloatArray, end: FloatArray) -> FloatArray:
    share = _share(points, begin, end)
    gap: FloatArray = np.linalg.norm(points - begin - share[:, None] * (end - begin), axis=1)
    return gap


def _crossings(name: str, segments: _Segments) -> _Inserts:
    """Return common points of segments of the same level that are not vertices of both."""
    tree = shapely.STRtree(segments.shapes)
    parts: list[_Inserts] = []
    for a, b in near_pairs(
        name, tree, segments.shapes, max_each=_PAIRS_EACH, predicate="intersects"
    ):
        fits = (a < b) & (segments.level[a] == segments.level[b])
        parts.append(_common(segments, a[fits], b[fits]))
    empty: _Inserts = (
        np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.int64),
    )  # fmt: skip
    at, share, x, y = (np.concatenate(p) for p in zip(empty, *parts, strict=True))
    return at, share, x, y


def _common(segments: _Segments, a: IntArray, b: IntArray) -> _Inserts:
    ends = (segments.grid[a][:, :, None, :] == segments.grid[b][:, None, :, :]).all(axis=3)
    # Segments with a common end have nothing else in common unless they are collinear.
    u, v = segments.end[a] - segments.begin[a], segments.end[b] - segments.begin[b]
    turn = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    long = np.linalg.norm(u, axis=1) * np.linalg.norm(v, axis=1)
    open_pair = ~ends.any(axis=(1, 2)) | (turn <= _EPSILON * np.maximum(long, 1))
    a, b = a[open_pair], b[open_pair]
    shared = shapely.intersection(segments.shapes[a], segments.shapes[b])
    points, pair = shapely.get_coordinates(shared, return_index=True)
    grid = _on_grid(segments, points, a[pair], b[pair])
    at = np.concatenate([a[pair], b[pair]])
    grid = np.concatenate([grid, grid])
    new = (grid[:, None, :] != segments.grid[at]).any(axis=2).all(axis=1)
    at, grid = at[new], grid[new]
    share = _share(grid * segments.scale, segments.begin[at], segments.end[at])
    return at, share, grid[:, 0], grid[:, 1]


def _on_grid(
    segments: _Segments, points: FloatArray, a: IntArray, b: IntArray
) -> NDArray[np.int64]:
    """Round common points to the grid, or to an end of a segment within `SAME_POINT_M`."""
    grid = np.round(points / segments.scale).astype(np.int64)
    for s in (a, b):
        for end in (0, 1):
            corner = segments.grid[s, end]
            near = np.linalg.norm(points - corner * segments.scale, axis=1) <= SAME_POINT_M
            grid[near] = corner[near]
    return grid


# --- duplicate streets ----------------------------------------------------------------------


def parallel_m(name: str, lines: NDArray[Any], u: IntArray, v: IntArray) -> FloatArray:
    """Return the length of lines whose midpoint has another line within `PARALLEL_M`, else 0.

    Lines with a common end node are not compared, since all streets are near at a junction.

    Parameters
    ----------
    name
        Name of the file, for messages.
    lines
        Street pieces in EPSG:4326.
    u, v
        End nodes of the lines.

    Returns
    -------
    length_m
        Metres, shape (n,).
    """
    drawn = vertices_of(lines)
    scale = _scale(drawn)
    metres = shapely.transform(lines, lambda c: c * split.UNITS_PER_DEGREE * scale)
    middles = shapely.line_interpolate_point(metres, 0.5, normalized=True)
    parallel = np.zeros(len(lines), dtype=bool)
    tree = shapely.STRtree(metres)
    for i, j in near_pairs(
        name, tree, middles, max_each=_PAIRS_EACH, predicate="dwithin", distance=PARALLEL_M
    ):
        apart = (u[i] != u[j]) & (u[i] != v[j]) & (v[i] != u[j]) & (v[i] != v[j])
        parallel[i[apart & (i != j)]] = True
    lengths = split.lengths_m(lines)
    return np.where(parallel, lengths, 0.0)
