"""Data collected around a place in one pass over an OpenStreetMap file, as arrays.

This module knows neither files nor boundaries. Coordinates are in 1e-7 degrees; storage is compact,
because ten cities of a country are collected at once.
"""

from __future__ import annotations

import datetime as dt
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import IntArray
from toolkit.streets import schema
from toolkit.streets.readers.osm import tags
from toolkit.streets.readers.osm.background_tags import Feature
from toolkit.streets.readers.topology import split

Limits = tuple[int, int, int, int]
"""West, south, east, north in 1e-7 degrees."""
NEVER: Final = dt.datetime.fromtimestamp(0, dt.UTC)
"""Time of an object that has none in the file."""
_NO_INTS: Final = np.empty(0, dtype=np.int64)
_STREET_KEYS: Final = (
    "highway", "name", "name:en", "name:my", "lanes", *tags.ONEWAY_KEYS, "junction", "bridge",
    "tunnel", "covered", "indoor", "location", "layer", "access", "vehicle", "motor_vehicle",
    "motorcar", "motorcycle", "motorroad", "foot",
)  # fmt: skip


@dataclass
class TagTable:
    """Distinct sets of street tags of a file, each stored once."""

    rows: list[dict[str, str]] = field(default_factory=list)
    _index: dict[tuple[str | None, ...], int] = field(default_factory=dict)

    def number(self, values: Mapping[str, str]) -> int:
        """Return the row of these tags, appending them if new."""
        key = tuple(values.get(k) for k in _STREET_KEYS)
        at = self._index.setdefault(key, len(self.rows))
        if at == len(self.rows):
            self.rows.append({k: v for k, v in zip(_STREET_KEYS, key, strict=True) if v})
        return at


@dataclass
class Shapes:
    """Concatenated lines or rings: the vertices of shape k end before ``ends[k]``."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    x: array[int] = field(default_factory=lambda: array("i"))
    y: array[int] = field(default_factory=lambda: array("i"))

    def add(self, number: int, x: Sequence[int], y: Sequence[int]) -> None:
        """Add one shape."""
        self.ids.append(number)
        self.x.extend(x)
        self.y.extend(y)
        self.ends.append(len(self.x))


@dataclass
class Buildings(Shapes):
    """Footprints of one closed ring, with height and levels, NaN if unknown."""

    height_m: array[float] = field(default_factory=lambda: array("d"))
    levels: array[float] = field(default_factory=lambda: array("d"))
    cut: array[int] = field(default_factory=lambda: array("b"))
    """1 where corners are missing."""


@dataclass
class Ground(Shapes):
    """Lines and rings of the background."""

    features: list[Feature] = field(default_factory=list)


@dataclass
class Region:
    """Data collected around one place.

    Attributes
    ----------
    limits
        Box outside which nothing is collected; None for no limits.
    table
        Street tags of the file, shared by all regions.
    ways, refs, kinds
        Street ways, the ids of their nodes, and their rows in the table.
    buildings
        Footprints of closed ways.
    blocks
        Footprints of relations, as rows.
    outlines
        Closed ways that are outlines of a relation of this region.
    signals, places, cameras
        Points, as rows.
    ground, sights
        Background: lines and rings of ways; points and relations, as rows.
    noted
        Positions of objects left out or repaired, by count.
    newest
        Time of the newest edit among the objects collected.
    """

    limits: Limits | None
    table: TagTable
    ways: Shapes = field(default_factory=Shapes)
    refs: array[int] = field(default_factory=lambda: array("q"))
    kinds: array[int] = field(default_factory=lambda: array("i"))
    buildings: Buildings = field(default_factory=Buildings)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    outlines: set[int] = field(default_factory=set)
    signals: list[shapely.Point] = field(default_factory=list)
    places: list[dict[str, Any]] = field(default_factory=list)
    cameras: list[dict[str, Any]] = field(default_factory=list)
    ground: Ground = field(default_factory=Ground)
    sights: list[dict[str, Any]] = field(default_factory=list)
    noted: dict[str, tuple[array[int], array[int]]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    newest: dt.datetime = NEVER

    def note(self, what: str, x: int, y: int, times: int = 1) -> None:
        """Count an object left out or repaired at a position."""
        places = self.noted.setdefault(what, (array("i"), array("i")))
        for axis, value in zip(places, (x, y), strict=True):
            axis.extend([value] * times)

    def meets(self, west: int, south: int, east: int, north: int) -> bool:
        """Return whether a box intersects the limits."""
        if self.limits is None:
            return True
        left, bottom, right, top = self.limits
        return east >= left and west <= right and north >= bottom and south <= top


@dataclass(frozen=True)
class Ways:
    """Street ways of a region near a boundary, as arrays.

    Attributes
    ----------
    nodes
        Nodes, for `split.split_ways`.
    ids
        OpenStreetMap ids, shape (W,).
    kinds
        Row of each in the table of tags, shape (W,).
    """

    nodes: split.WayNodes
    ids: IntArray
    kinds: NDArray[np.int32]

    def __len__(self) -> int:
        """Return the number of ways."""
        return len(self.ids)


def ways_near(region: Region, limits: Limits | None) -> Ways:
    """Return the ways of a region whose bounding box intersects a box."""
    ends = np.frombuffer(region.ways.ends, dtype=np.int64) if region.ways.ends else _NO_INTS
    offsets = np.concatenate([[0], ends])
    x, y = (np.array(axis, dtype=np.int64) for axis in (region.ways.x, region.ways.y))
    refs = np.array(region.refs, dtype=np.int64)
    ids = np.array(region.ways.ids, dtype=np.int64)
    kinds = np.array(region.kinds, dtype=np.int32)
    nodes = split.WayNodes(offsets=offsets, refs=refs, x=x, y=y)
    if limits is None or not len(ids):
        return Ways(nodes, ids, kinds)
    west, south, east, north = limits
    missing = x == split.MISSING
    near = np.ones(len(ids), dtype=bool)
    for axis, low, high in ((x, west, east), (y, south, north)):
        least = np.minimum.reduceat(axis, offsets[:-1])
        most = np.maximum.reduceat(np.where(missing, -split.MISSING, axis), offsets[:-1])
        near &= (least <= high) & (most >= low)
    kept = np.repeat(near, np.diff(offsets))
    sizes = np.diff(offsets)[near]
    nodes = split.WayNodes(
        offsets=np.concatenate([[0], np.cumsum(sizes)]), refs=refs[kept], x=x[kept], y=y[kept]
    )
    return Ways(nodes, ids[near], kinds[near])


def drive_segments(region: Region) -> NDArray[np.float64]:
    """Return the straight segments of the through streets of a region, degrees, shape (N, 4).

    Columns are longitude and latitude of both ends. Through streets are open to cars and neither
    service roads nor tracks; covered ones are left out.
    """
    through = np.array([_is_through(values) for values in region.table.rows], dtype=bool)
    return segments_of(region, through)


def segments_of(region: Region, kinds: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
    """Return the straight segments of the streets of a region, as `drive_segments`.

    Parameters
    ----------
    region
        Collected data.
    kinds
        Whether to take streets with the tags of each row of the table; None takes all.
    """
    ways = ways_near(region, None)
    if not len(ways):
        return np.empty((0, 4))
    nodes = ways.nodes
    way = np.repeat(np.arange(len(ways)), np.diff(nodes.offsets))
    here = nodes.x != split.MISSING
    joined = (way[1:] == way[:-1]) & here[1:] & here[:-1]
    if kinds is not None:
        joined &= kinds[ways.kinds[way[1:]]]
    at = np.flatnonzero(joined)
    both = [nodes.x[at], nodes.y[at], nodes.x[at + 1], nodes.y[at + 1]]
    return np.column_stack(both) / split.UNITS_PER_DEGREE


def _is_through(values: Mapping[str, str]) -> bool:
    drive = tags.street_use(values)[0] and values["highway"] in schema.THROUGH_ROADS
    return drive and tags.cover(values) is None


def counted(region: Region, limits: Limits | None) -> Counter[str]:
    """Return the numbers of objects left out inside a box, by count."""
    counts = Counter(region.counts)
    for what, axes in region.noted.items():
        x, y = (np.array(axis) for axis in axes)
        inside = np.ones(len(x), dtype=bool)
        if limits is not None:
            west, south, east, north = limits
            inside = (x >= west) & (x <= east) & (y >= south) & (y <= north)
        counts[what] += int(inside.sum())
    return counts
