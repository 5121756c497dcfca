"""Streets from OSMnx: a GraphML file, or a graph in memory.

OSMnx reads its files with networkx, which holds the whole document and parses list-like values as
Python literals. Here the file is streamed, must have no document type or entities, and lists are
split by a pattern; no graph is built.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers import guard
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.tables import build as street_lines
from toolkit.streets.readers.tables import columns
from toolkit.streets.readers.tables.build import OtherLayers, RawStreets, StreetFile
from toolkit.streets.readers.topology import noding

SUFFIXES: Final = (".graphml",)
"""Suffixes of the files read here."""
_MAX_BYTES: Final = 1 << 30
"""Maximum file size: OSMnx writes about 400 bytes per edge, so some two million edges."""
_CHUNK: Final = 1 << 20
_MAX_TOKEN_BYTES: Final = 1 << 24
"""Maximum length of a tag; expat keeps an unfinished one in memory."""
_MAX_VALUE: Final = 1 << 22
"""Maximum length of a value: the WKT of a line of a hundred thousand points."""
_MAX_DEPTH: Final = 16
_MAX_KEYS: Final = 1000
_NODE_VALUES: Final = ("x", "y", "highway")
_EDGE_VALUES: Final = frozenset({*columns.WANTED, "geometry", "reversed"}) - {"id", "u", "v"}
_WHOLE: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_LINE: Final = re.compile(r"LINESTRING\s*(?:Z|M|ZM)?\s*\([-+.,\deE\s]+\)", re.ASCII)
_CRS: Final = "crs"
_SIGNALS: Final = "traffic_signals"

Values = Mapping[str, object]


@dataclass
class _Found:
    """Content of a graph."""

    directed: bool = True
    crs: str | None = None
    nodes: dict[str, Values] = field(default_factory=dict)
    edges: list[tuple[str, str, Values]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)


def read_graphml(
    path: str | os.PathLike[str],
    *,
    boundary: BaseGeometry | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Read the streets of a GraphML file written by OSMnx.

    Parameters
    ----------
    path
        A local ``.graphml`` file.
    boundary
        Polygon in EPSG:4326 to which everything is clipped; None takes the bounding box of the
        streets.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If it is not a GraphML file, is damaged, lacks a CRS, or has no street inside the
        boundary.
    """
    file = load_graphml(path, progress=progress)
    return street_lines.build(file, boundary=boundary, progress=progress)


def load_graphml(
    path: str | os.PathLike[str], *, progress: StepProgress | None = None
) -> StreetFile:
    """Read a GraphML file, to be clipped to one or several places with `build.build`.

    Raises
    ------
    InputDataError
        If it is not a GraphML file, is damaged, or lacks a CRS.
    """
    file = guard.plain_file(path, max_bytes=_MAX_BYTES)
    reader = _Reader(file)
    with guard.reading(file, "GraphML", expat.ExpatError, ValueError, KeyError):
        reader.read(progress or no_progress)
    return _street_file(file, store.sha256_file(file), reader.found)


def from_graph(
    graph: Any,  # noqa: ANN401
    *,
    boundary: BaseGeometry | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Read the streets of a graph made by OSMnx.

    Parameters
    ----------
    graph
        networkx MultiDiGraph or MultiGraph: nodes with ``x`` and ``y``, edges optionally with
        ``geometry``, ``highway``, ``osmid`` and further OpenStreetMap keys, and a graph attribute
        ``crs``. It is not modified.
    boundary
        Polygon in EPSG:4326 to which everything is clipped; None takes the bounding box of the
        streets.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If it is not such a graph, or has no street inside the boundary.
    """
    if not all(hasattr(graph, name) for name in ("nodes", "edges", "graph", "is_directed")):
        msg = "This is no graph of streets. Give a MultiDiGraph as OSMnx makes it."
        raise InputDataError(msg)
    found = _Found(directed=bool(graph.is_directed()))
    crs = graph.graph.get(_CRS)
    found.crs = None if crs is None else str(crs)
    found.nodes = {str(node): dict(data) for node, data in graph.nodes(data=True)}
    found.edges = [(str(u), str(v), dict(data)) for u, v, data in graph.edges(data=True)]
    made = _street_file(Path("graph"), "", found)
    digest = hashlib.sha256()
    for line, tags in sorted(
        (bytes(shapely.to_wkb(line)), repr(sorted(tags.items())))
        for line, tags in zip(made.streets.lines, made.streets.tags, strict=True)
    ):
        digest.update(line + tags.encode())
    whole = StreetFile(made.name, digest.hexdigest(), made.streets, made.others)
    return street_lines.build(whole, boundary=boundary, progress=progress)


# --- the file -------------------------------------------------------------------------------


class _Reader:
    """Collects nodes and edges of a GraphML file from the events of expat."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found = _Found()
        self._keys: dict[str, str] = {}
        self._path: list[str] = []
        self._values: dict[str, object] = {}
        self._data: str | None = None
        self._text: list[str] = []
        self._length = 0
        self._graphs = 0
        self._open: dict[str, str] = {}

    def read(self, say: StepProgress) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._take
        size, fed = self.file.stat().st_size, 0
        with self.file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > _MAX_TOKEN_BYTES:
                    self._stop("a tag in it does not end")
                say(f"Reading {self.file.name}", fed / size)
        parser.Parse(b"", True)
        if not self._graphs:
            self._stop("there is no graph in it")

    def _stop(self, why: str) -> None:
        msg = f"{self.file.name} is not a GraphML file of OSMnx: {why}. Save it again."
        raise InputDataError(msg)

    def _refuse(self, *_: object) -> None:
        self._stop("it has a document type or entities")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self._path.append(name)
        if len(self._path) > _MAX_DEPTH:
            self._stop("its tags are nested too deep")
        if len(self._path) == 1 and name != "graphml":
            self._stop(f"it begins with {name[:30]!r}")
        if name == "key":
            if len(self._keys) >= _MAX_KEYS:
                self._stop("it has too many keys")
            self._keys[given.get("id", "")] = given.get("attr.name", "").lower()
        elif name == "graph":
            self._graphs += 1
            if self._graphs > 1:
                self._stop("it has more than one graph")
            self.found.directed = given.get("edgedefault") != "undirected"
        elif name in {"node", "edge"}:
            self._values, self._open = {}, given
        elif name == "data":
            self._data, self._text, self._length = self._keys.get(given.get("key", "")), [], 0

    def _take(self, text: str) -> None:
        if self._data is None:
            return
        self._length += len(text)
        if self._length > _MAX_VALUE:
            self._stop("a value in it is too long")
        self._text.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        self._path.pop()
        if name == "data" and self._data is not None:
            self._keep("".join(self._text))
            self._data = None
        elif name == "node":
            node = self._open.get("id", "")
            self.found.counts["duplicate_ids"] += node in self.found.nodes
            self.found.nodes.setdefault(node, self._values)
            guard.check_rows(self.file, len(self.found.nodes))
        elif name == "edge":
            ends = self._open.get("source", ""), self._open.get("target", "")
            self.found.edges.append((*ends, self._values))
            guard.check_rows(self.file, len(self.found.edges))

    def _keep(self, value: str) -> None:
        owner = self._path[-1] if self._path else ""
        name = self._data or ""
        if owner == "graph" and name == _CRS:
            self.found.crs = value
        elif (owner == "node" and name in _NODE_VALUES) or (
            owner == "edge" and name in _EDGE_VALUES
        ):
            self._values[name] = value


# --- from values to lines -------------------------------------------------------------------


def _street_file(file: Path, sha256: str, found: _Found) -> StreetFile:
    counts = found.counts
    crs = guard.crs_of_text(file, found.crs)
    places = {node: _position(values) for node, values in found.nodes.items()}
    counts["nodes_without_position"] += sum(place is None for place in places.values())
    edges = [
        (u, v, values)
        for u, v, values in found.edges
        if places.get(u) is not None and places.get(v) is not None
    ]
    counts["edges_without_nodes"] += len(found.edges) - len(edges)
    # Of the two edges of a street, the one in its direction of drawing comes first.
    edges.sort(key=lambda edge: str(edge[2].get("reversed")).lower() == "true")
    shapes = np.empty(len(edges), dtype=object)
    shapes[:] = [_geometry(values, places[u], places[v], counts) for u, v, values in edges]
    shapes = guard.to_degrees(file, shapes, crs, counts)
    points = np.empty(len(places), dtype=object)
    points[:] = [None if place is None else shapely.Point(place) for place in places.values()]
    points = guard.to_degrees(file, points, crs, Counter())
    where = dict(zip(places, points, strict=True))
    ids = _node_ids(where)
    kept = [i for i, shape in enumerate(shapes) if shape is not None and shape.length > 0]
    counts["lines_without_length"] += len(edges) - len(kept)
    some_oneway = any(columns.cell_text(values.get("oneway")) for _, _, values in edges)
    tags = []
    for i in kept:
        values, mixed = columns.street_tags(edges[i][2])
        counts["values_mixed"] += mixed
        if not some_oneway:
            values["oneway"] = "yes" if found.directed else "no"
        tags.append(values)
    ends = [(ids[edges[i][0]], ids[edges[i][1]]) for i in kept]
    drawn = RawStreets(
        lines=shapes[np.array(kept, dtype=np.int64)],
        tags=tags,
        way_ids=np.array([columns.way_id(edges[i][2]) for i in kept], dtype=np.int64),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2),
        counts=counts,
    )
    signals = [
        where[node]
        for node, values in found.nodes.items()
        if where[node] is not None and _SIGNALS in columns.cell_values(values.get("highway"))
    ]
    return StreetFile(file.name, sha256, drawn, OtherLayers(signals=signals))


def _position(values: Values) -> tuple[float, float] | None:
    try:
        x, y = (float(str(values[name])) for name in ("x", "y"))
    except (KeyError, ValueError):
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _geometry(
    values: Values,
    first: tuple[float, float] | None,
    last: tuple[float, float] | None,
    counts: Counter[str],
) -> BaseGeometry | None:
    """Return the geometry of an edge, by default a straight line between its nodes."""
    given = values.get("geometry")
    if isinstance(given, shapely.LineString):
        return given
    if isinstance(given, str) and given.strip():
        text = given.strip()
        # A single line only: GEOS recurses into nested collections until the process crashes.
        line = shapely.from_wkt(text, on_invalid="ignore") if _LINE.fullmatch(text) else None
        if line is not None:
            return line
        counts["geometry_unreadable"] += 1
    return None if first is None or last is None else shapely.LineString([first, last])


def _node_ids(where: Mapping[str, BaseGeometry | None]) -> dict[str, int]:
    """Return the ids of nodes as integers, derived from positions unless all are integers."""
    if all(_WHOLE.fullmatch(node) for node in where):
        return {node: int(node) for node in where}
    return dict(zip(where, _position_ids(where.values()), strict=True))


def _position_ids(points: Iterable[BaseGeometry | None]) -> list[int]:
    made = []
    for point in points:
        if point is None:
            made.append(0)
            continue
        drawn = noding.vertices_of(np.array([point], dtype=object))
        made.append(int(noding.position_ids(drawn.x, drawn.y)[0]))
    return made
