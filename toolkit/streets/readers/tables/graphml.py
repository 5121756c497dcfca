"""Streets from OSMnx: a GraphML file, or a graph in memory.

OSMnx parses list-like values as Python literals. Here they are split by a pattern, and a file with
a document type or entities is refused.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base import store
from toolkit.base.clean_text import clean_text
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
_CHUNK: Final = 1 << 16
_MAX_VALUE: Final = 1 << 22
"""Maximum length of a value: the WKT of a line of a hundred thousand points."""
_NODE_VALUES: Final = ("x", "y", "highway")
_EDGE_VALUES: Final = frozenset({*columns.WANTED, "geometry", "reversed"}) - {"id", "u", "v"}
_WHOLE: Final = re.compile(r"-?\d{1,18}", re.ASCII)
_LINE: Final = re.compile(r"LINESTRING\s*(?:Z|M|ZM)?\s*\([-+.,\deE\s]+\)", re.ASCII)
_GRAPH: Final = re.compile(rb"<(?:\w+:)?graph[\s/>]")
_CRS: Final = "crs"
_SIGNALS: Final = "traffic_signals"

Values = Mapping[str, object]


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
    (progress or no_progress)(f"Reading {file.name}", None)
    return _street_file(file, store.sha256_file(file), _graph_of(file))


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
    made = _street_file(Path("graph"), "", graph)
    digest = hashlib.sha256()
    for line, tags in sorted(
        (bytes(shapely.to_wkb(line)), repr(sorted(tags.items())))
        for line, tags in zip(made.streets.lines, made.streets.tags, strict=True)
    ):
        digest.update(line + tags.encode())
    whole = StreetFile(made.name, digest.hexdigest(), made.streets, made.others)
    return street_lines.build(whole, boundary=boundary, progress=progress)


def _check_text(file: Path) -> None:
    """Refuse a document of another kind, or with a document type, before it is held in memory."""
    parser = expat.ParserCreate()
    begun: list[str] = []
    parser.StartDoctypeDeclHandler = lambda *_: begun.append("a document type or entities")
    parser.StartElementHandler = lambda tag, _: begun.append(tag.rpartition(":")[2])
    since = 0
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if not begun:
                parser.Parse(chunk, False)
            since = len(chunk) - at if (at := chunk.rfind(b"<")) >= 0 else since + len(chunk)
            if since > _MAX_VALUE:
                msg = f"{file.name} has a value or a tag that is too long. Save it again."
                raise InputDataError(msg)
    if begun[:1] != ["graphml"]:
        what = clean_text(begun[0][:30]) if begun else "nothing"
        msg = f"{file.name} is not a GraphML file of OSMnx: it begins with {what}. Save it again."
        raise InputDataError(msg)


def _graph_of(file: Path) -> Any:  # noqa: ANN401
    """Return the graph that networkx makes of a file, all of its values as they are written."""
    import networkx as nx

    errors = (nx.NetworkXException, SyntaxError, LookupError, ValueError, TypeError)
    with guard.reading(file, "GraphML", expat.ExpatError, *errors):
        _check_text(file)
        graph = nx.read_graphml(file, node_type=str, force_multigraph=True)
    if len(_GRAPH.findall(file.read_bytes())) > 1:
        msg = f"{file.name} has more than one graph. Save the streets alone."
        raise InputDataError(msg)
    guard.check_rows(file, max(graph.number_of_nodes(), graph.number_of_edges()))
    return graph


# --- from values to lines -------------------------------------------------------------------


def _street_file(file: Path, sha256: str, graph: Any) -> StreetFile:  # noqa: ANN401
    counts: Counter[str] = Counter()
    stated = graph.graph.get(_CRS)
    crs = guard.crs_of_text(file, None if stated is None else str(stated))
    nodes = {str(node): _needed(data, _NODE_VALUES) for node, data in graph.nodes(data=True)}
    listed = [(str(u), str(v), _needed(d, _EDGE_VALUES)) for u, v, d in graph.edges(data=True)]
    found = ((node, _position(values)) for node, values in nodes.items())
    places = {node: place for node, place in found if place is not None}
    counts["nodes_without_position"] += len(nodes) - len(places)
    edges = [edge for edge in listed if edge[0] in places and edge[1] in places]
    counts["edges_without_nodes"] += len(listed) - len(edges)
    # Of the two edges of a street, the one in its direction of drawing comes first.
    edges.sort(key=lambda edge: str(edge[2].get("reversed")).lower() == "true")
    shapes = np.empty(len(edges), dtype=object)
    shapes[:] = [_geometry(values, places[u], places[v], counts) for u, v, values in edges]
    shapes = guard.to_degrees(file, shapes, crs, counts)
    points = np.array([shapely.Point(place) for place in places.values()], dtype=object)
    where = dict(zip(places, guard.to_degrees(file, points, crs, Counter()), strict=True))
    ids = _node_ids(where)
    kept = [i for i, shape in enumerate(shapes) if shape is not None and shape.length > 0]
    counts["lines_without_length"] += len(edges) - len(kept)
    some_oneway = any(columns.cell_text(values.get("oneway")) for _, _, values in edges)
    tags = []
    for i in kept:
        values, mixed = columns.street_tags(edges[i][2])
        counts["values_mixed"] += mixed
        if not some_oneway:
            values["oneway"] = "yes" if graph.is_directed() else "no"
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
        point
        for node, point in where.items()
        if point is not None and _SIGNALS in columns.cell_values(nodes[node].get("highway"))
    ]
    return StreetFile(file.name, sha256, drawn, OtherLayers(signals=signals))


def _needed(data: Mapping[str, object], wanted: Collection[str]) -> Values:
    """Return the wanted values, by their names in lower case."""
    return {name.lower(): value for name, value in data.items() if name.lower() in wanted}


def _position(values: Values) -> tuple[float, float] | None:
    try:
        x, y = (float(str(values[name])) for name in ("x", "y"))
    except (KeyError, ValueError):
        return None
    return (x, y) if math.isfinite(x) and math.isfinite(y) else None


def _geometry(
    values: Values, first: tuple[float, float], last: tuple[float, float], counts: Counter[str]
) -> BaseGeometry:
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
    return shapely.LineString([first, last])


def _node_ids(where: Mapping[str, BaseGeometry | None]) -> dict[str, int]:
    """Return the ids of nodes as integers, derived from positions unless all are integers."""
    if all(_WHOLE.fullmatch(node) for node in where):
        return {node: int(node) for node in where}
    placed = {node: point for node, point in where.items() if point is not None}
    drawn = noding.vertices_of(np.array(list(placed.values()), dtype=object))
    ids = map(int, noding.position_ids(drawn.x, drawn.y))
    return dict.fromkeys(where, 0) | dict(zip(placed, ids, strict=True))
