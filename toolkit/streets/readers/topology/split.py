"""Street pieces from ways as lists of nodes, and the junctions where they meet.

All data are arrays, because an object for each of the millions of nodes of a country would not fit
in memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString
from shapely.geometry.base import BaseGeometry

from toolkit.base.arrays import BoolArray, FloatArray, GeometryArray, IntArray
from toolkit.base.errors import InputDataError
from toolkit.streets import schema
from toolkit.streets.readers.topology.near import near_pairs
from toolkit.streets.schema import CRS, JUNCTION_DEGREE

GEOD: Final = pyproj.Geod(ellps="WGS84")
UNITS_PER_DEGREE: Final = 10_000_000
"""OpenStreetMap stores coordinates as multiples of 1e-7 degrees."""
MISSING: Final = 2**31 - 1
"""Coordinate of a node that is not in the file."""
_BROKEN_BASE: Final = schema.BEYOND
"""Ids of ends where a way breaks off count down from here."""
_CUT_BASE: Final = -(2**62)
"""Ids of ends at the boundary count down from here."""
_HASH_CHARACTERS: Final = 8
SIGNAL_REACH_M: Final = 25.0
"""Maximum distance of a signal node from its junction: on approach legs signals are mapped at the
stop line (OpenStreetMap wiki, "Tag:highway=traffic_signals", read November 2026)."""
CARRIAGEWAY_REACH_M: Final = 25.0
"""Maximum distance of a separately mapped pavement from its road: half the width of the widest
streets between building lines in the networks of
``docs/method/reference-networks.md``."""
_MAX_ROADS_NEAR: Final = 300
"""Maximum roads within `CARRIAGEWAY_REACH_M` of a street, on average over a file; ten are usual."""
_MAX_CUTS: Final = 20_000_000
"""Maximum product of the points of a street and its crossings of a boundary, each of which is
looked for along the whole: a thousand crossings by a street of twenty thousand points."""
_NOT_ON_THE_SURFACE: Final = ("tunnel", "underground", "indoor")


@dataclass(frozen=True)
class WayNodes:
    """Concatenated nodes of all ways.

    Attributes
    ----------
    offsets
        Way k has the entries from ``offsets[k]`` to ``offsets[k + 1] - 1``.
    refs
        Node ids.
    x, y
        Longitude and latitude in 1e-7 degrees; `MISSING` where the node is not in the file.
    """

    offsets: IntArray
    refs: IntArray
    x: IntArray
    y: IntArray


@dataclass(frozen=True)
class Pieces:
    """Street pieces: parts of ways between two nodes at which streets begin, end or meet.

    Attributes
    ----------
    way
        Index of the way of each piece.
    ordinal
        Position of the piece along its way, from 0, before clipping.
    u, v
        Ids of the end nodes; at or below `schema.BEYOND` where a way breaks off.
    lines
        LineStrings in EPSG:4326, from u to v.
    """

    way: IntArray
    ordinal: IntArray
    u: IntArray
    v: IntArray
    lines: GeometryArray

    def __len__(self) -> int:
        """Return the number of pieces."""
        return len(self.way)


def split_ways(nodes: WayNodes) -> tuple[Pieces, dict[str, int]]:
    """Split ways at every node that occurs more than once, and where nodes are missing.

    Returns
    -------
    pieces
        Pieces of positive length.
    counts
        ``missing_node_refs``, ``ways_broken``, and ``pieces_dropped``: single nodes between
        missing ones, and pieces without length.
    """
    # 1. Drop repeated nodes, and find those that occur more than once.
    way = np.repeat(np.arange(len(nodes.offsets) - 1), np.diff(nodes.offsets))
    repeats = np.zeros(len(way), dtype=bool)
    repeats[1:] = (nodes.refs[1:] == nodes.refs[:-1]) & (way[1:] == way[:-1])
    way, refs = way[~repeats], nodes.refs[~repeats]
    x, y = nodes.x[~repeats], nodes.y[~repeats]
    missing = x == MISSING
    _, inverse, uses = np.unique(refs, return_inverse=True, return_counts=True)
    shared = uses[inverse] > 1

    # 2. Find the first and last vertex of each piece.
    joined = np.zeros(len(way) + 1, dtype=bool)  # joined[i]: vertices i - 1 and i
    joined[1:-1] = (way[1:] == way[:-1]) & ~missing[1:] & ~missing[:-1]
    starts = joined[1:] & (~joined[:-1] | shared)
    ends = joined[:-1] & (~joined[1:] | shared)
    first, last = np.flatnonzero(starts), np.flatnonzero(ends)
    opens, closes = np.ones(len(way), dtype=bool), np.ones(len(way), dtype=bool)
    opens[1:] = closes[:-1] = way[1:] != way[:-1]

    # 3. Build the lines.
    sizes = last - first + 1
    index = np.repeat(np.arange(len(first)), sizes)
    vertex = np.arange(len(index)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + first[index]
    coordinates = np.column_stack([x[vertex], y[vertex]]) / UNITS_PER_DEGREE
    lines = np.empty(len(first), dtype=object)
    if len(first):
        lines[:] = shapely.linestrings(coordinates, indices=index)
    pieces = Pieces(
        way=way[first],
        ordinal=np.arange(len(first)) - np.searchsorted(way[first], way[first]),
        u=_end_ids(refs, shared | opens, first),
        v=_end_ids(refs, shared | closes, last),
        lines=lines,
    )
    lasting = np.asarray(shapely.length(lines) > 0)
    lonely = ~missing & ~joined[1:] & ~joined[:-1]
    counts = {
        "missing_node_refs": int(missing.sum()),
        "ways_broken": len(np.unique(way[missing])),
        "pieces_dropped": int(lonely.sum() + (~lasting).sum()),
    }
    return _select(pieces, lasting), counts


def _end_ids(refs: IntArray, real: BoolArray, at: IntArray) -> IntArray:
    """Return the node ids of piece ends; where a way breaks off, an id of its own.

    Such an end must not be taken for a dead end, and its id is stable across imports.
    """
    return np.where(real[at], refs[at], _BROKEN_BASE - refs[at])


def _select(pieces: Pieces, kept: BoolArray) -> Pieces:
    return Pieces(
        way=pieces.way[kept],
        ordinal=pieces.ordinal[kept],
        u=pieces.u[kept],
        v=pieces.v[kept],
        lines=pieces.lines[kept],
    )


def clip_pieces(pieces: Pieces, boundary: BaseGeometry) -> Pieces:
    """Clip pieces to a polygon.

    Parts of a piece keep its ordinal; ends at the edge get ids of their own.
    """
    shapely.prepare(boundary)
    inside = shapely.covers(boundary, pieces.lines)
    crossing = np.flatnonzero(shapely.intersects(boundary, pieces.lines) & ~inside)
    rows: list[tuple[int, int, int, int]] = []
    lines = []
    for i in crossing:
        line = pieces.lines[i]
        for part in _parts_inside(line, boundary):
            ends = shapely.get_coordinates(part)[[0, -1]]
            whole = shapely.get_coordinates(line)[[0, -1]]
            u = pieces.u[i] if (ends[0] == whole[0]).all() else _cut_id(ends[0])
            v = pieces.v[i] if (ends[1] == whole[1]).all() else _cut_id(ends[1])
            rows.append((int(pieces.way[i]), int(pieces.ordinal[i]), int(u), int(v)))
            lines.append(part)
    kept = _select(pieces, inside)
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return Pieces(
        way=np.concatenate([kept.way, table[:, 0]]),
        ordinal=np.concatenate([kept.ordinal, table[:, 1]]),
        u=np.concatenate([kept.u, table[:, 2]]),
        v=np.concatenate([kept.v, table[:, 3]]),
        lines=np.concatenate([kept.lines, np.array(lines, dtype=object)]),
    )


def _parts_inside(line: LineString, boundary: BaseGeometry) -> list[LineString]:
    """Return the parts of a line inside a polygon, in its direction, rounded to the OSM grid."""
    inside = shapely.contains_xy(boundary, shapely.get_coordinates(line))
    changes = int((inside[1:] != inside[:-1]).sum())
    if changes * len(inside) > _MAX_CUTS:
        msg = (
            f"A street enters or leaves the boundary {changes:,} times. Is it a street? Choose "
            "another boundary, or leave that line out."
        )
        raise InputDataError(msg)
    met = shapely.get_parts(shapely.intersection(line, boundary))
    met = met[shapely.get_type_id(met) == shapely.GeometryType.LINESTRING]
    parts = []
    for part in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(met))):
        at = [shapely.line_locate_point(line, shapely.get_point(part, k)) for k in (0, -1)]
        along = part if at[0] <= at[1] else shapely.reverse(part)
        snapped = np.round(shapely.get_coordinates(along) * UNITS_PER_DEGREE) / UNITS_PER_DEGREE
        on_grid = LineString(snapped)
        if on_grid.length > 0:
            parts.append((min(at), on_grid))
    return [part for _, part in sorted(parts, key=lambda item: item[0])]


def _cut_id(point: FloatArray) -> int:
    digest = hashlib.sha256(_grid_bytes(point)).digest()
    return _CUT_BASE - int.from_bytes(digest[:7], "big")


def _grid_bytes(coordinates: FloatArray) -> bytes:
    return np.round(coordinates * UNITS_PER_DEGREE).astype("<i4").tobytes()


def street_ids(pieces: Pieces, way_ids: IntArray) -> list[str]:
    """Return ``way/ordinal/hash`` of each piece.

    The hash is over the vertices in 1e-7 degrees, as drawn: a piece of unchanged shape keeps it
    when the way is split or another extract is used.
    """
    digests = (
        hashlib.sha256(_grid_bytes(shapely.get_coordinates(line))).hexdigest()[:_HASH_CHARACTERS]
        for line in pieces.lines
    )
    return [
        f"{way}/{ordinal}/{digest}"
        for way, ordinal, digest in zip(way_ids, pieces.ordinal, digests, strict=True)
    ]


def lengths_m(lines: GeometryArray) -> FloatArray:
    """Return the lengths in metres of lines in EPSG:4326, on the WGS84 ellipsoid."""
    if not len(lines):
        return np.empty(0)
    points, index = shapely.get_coordinates(lines, return_index=True)
    _, _, steps = GEOD.inv(points[:-1, 0], points[:-1, 1], points[1:, 0], points[1:, 1])
    within = index[1:] == index[:-1]
    totals = np.bincount(index[1:][within], weights=steps[within], minlength=len(lines))
    return totals.astype(np.float64)


def carriageways(streets: gpd.GeoDataFrame, metric_crs: str) -> NDArray[np.object_]:
    """Return the class of the road that each street belongs to, shape (S,).

    That is the highest class, by `tags.ROADS`, among the drivable streets above ground within
    `CARRIAGEWAY_REACH_M` of the middle of the street, itself included; None where there is none.

    Parameters
    ----------
    streets
        Streets in EPSG:4326 with ``highway``, ``drive`` and ``cover``.
    metric_crs
        Metric CRS of the place.
    """
    lines = streets.geometry.to_crs(metric_crs).to_numpy()
    ranks = streets["highway"].map({value: k for k, value in enumerate(schema.ROADS)})
    drive = streets["drive"].to_numpy(dtype=bool) & ranks.notna().to_numpy()
    rank = ranks.fillna(len(schema.ROADS)).to_numpy(dtype=np.int64)
    best = np.where(drive, rank, len(schema.ROADS))
    roads = np.flatnonzero(drive & ~streets["cover"].isin(_NOT_ON_THE_SURFACE).to_numpy())
    if len(roads):
        middles = shapely.line_interpolate_point(lines, 0.5, normalized=True)
        tree = shapely.STRtree(lines[roads])
        for at, near in near_pairs(
            "The file", tree, middles, max_each=_MAX_ROADS_NEAR, predicate="dwithin",
            distance=CARRIAGEWAY_REACH_M,
        ):  # fmt: skip
            np.minimum.at(best, at, rank[roads[near]])
    return np.array([*schema.ROADS, None], dtype=object)[best]


def junctions_of(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return every end node of street pieces, with the number of pieces that meet there.

    Parameters
    ----------
    streets
        Layer with ``u``, ``v`` and ``drive``. A loop counts twice.
    """
    lines = streets.geometry.to_numpy()
    ends = np.concatenate([streets["u"].to_numpy(), streets["v"].to_numpy()])
    points = np.concatenate([shapely.get_point(lines, 0), shapely.get_point(lines, -1)])
    drive = np.tile(streets["drive"].to_numpy(dtype=bool), 2)
    ids, first, inverse = np.unique(ends, return_index=True, return_inverse=True)
    return gpd.GeoDataFrame(
        {
            "node_id": ids,
            "degree": np.bincount(inverse, minlength=len(ids)),
            "drive_degree": np.bincount(inverse[drive], minlength=len(ids)),
            "signals": np.zeros(len(ids), dtype=bool),
        },
        geometry=points[first],
        crs=CRS,
    )


def assign_signals(
    junctions: gpd.GeoDataFrame, signals: gpd.GeoSeries, metric_crs: str
) -> tuple[BoolArray, int]:
    """Assign each traffic-signal node to one junction within `SIGNAL_REACH_M`.

    That is the nearest junction of drivable streets, else (for crossings between junctions) the
    nearest junction of any streets. Ties are broken by the lowest node id.

    Returns
    -------
    signals
        Whether each junction has a signal.
    unplaced
        Number of signal nodes without a junction in reach.
    """
    flags = np.zeros(len(junctions), dtype=bool)
    left = signals.to_crs(metric_crs).to_numpy()
    points = junctions.geometry.to_crs(metric_crs).to_numpy()
    for column in ("drive_degree", "degree"):
        rows = np.flatnonzero(junctions[column].to_numpy() >= JUNCTION_DEGREE)
        if not len(rows) or not len(left):
            continue
        # Junctions at one point are equally near: the first stands for them.
        _, first = np.unique(shapely.get_coordinates(points[rows]), axis=0, return_index=True)
        rows = rows[np.sort(first)]
        near = shapely.STRtree(points[rows]).query_nearest(left, max_distance=SIGNAL_REACH_M)
        lowest = pd.Series(rows[near[1]]).groupby(near[0]).min()
        flags[lowest.to_numpy()] = True
        left = np.delete(left, lowest.index.to_numpy())
    return flags, len(left)
