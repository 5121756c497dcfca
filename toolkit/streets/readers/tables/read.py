"""Streets from a GeoPackage, a GeoJSON or GeoParquet file, or a shapefile.

``docs/reference/street-files.md`` lists what such a file must have: lines, and a CRS.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers import guard
from toolkit.streets.readers.extract import Extract, polygonal
from toolkit.streets.readers.formats import gdal, geojson, geoparquet
from toolkit.streets.readers.guard import ForeignTable, Layer
from toolkit.streets.readers.osm import camera_tags
from toolkit.streets.readers.osm import tags as rules
from toolkit.streets.readers.osm.file import SUFFIXES as OSM_SUFFIXES
from toolkit.streets.readers.tables import build as street_lines
from toolkit.streets.readers.tables import columns
from toolkit.streets.readers.tables.build import OtherLayers, RawStreets, StreetFile

_READERS: Final[dict[str, tuple[Callable[[Path, Collection[str]], list[Layer]], int]]] = {
    ".gpkg": (gdal.geopackage_layers, guard.MAX_FILE_BYTES),
    ".geojson": (geojson.layers, guard.MAX_TEXT_BYTES),
    ".json": (geojson.layers, guard.MAX_TEXT_BYTES),
    ".parquet": (geoparquet.layers, guard.MAX_FILE_BYTES),
    ".geoparquet": (geoparquet.layers, guard.MAX_FILE_BYTES),
    ".shp": (gdal.shapefile_layers, guard.MAX_UNPACKED_BYTES),
    ".zip": (gdal.shapefile_layers, guard.MAX_UNPACKED_BYTES),
}
SUFFIXES: Final = tuple(_READERS)
"""Suffixes of the files read here."""

_IN_QGIS: Final = " Open it in QGIS and save its lines as GeoPackage, with their classes of road."
_WAYS_OUT: Final = {
    ".kml": _IN_QGIS,
    ".kmz": _IN_QGIS,
    ".gdb": _IN_QGIS,
    ".tab": _IN_QGIS,
    ".dxf": _IN_QGIS,
    ".gpx": " A track shows where somebody went, not streets: take an OpenStreetMap file.",
    ".o5m": " Turn it into .osm.pbf with osmium or osmconvert.",
    ".xml": " If it is OpenStreetMap XML, let its name end in .osm.",
    ".7z": " Unpack it first.",
    ".rar": " Unpack it first.",
    ".gz": " Unpack it first.",
}

_DIRECTION_COLUMNS: Final = frozenset({"camera:direction", "direction"})
_STREET_WORDS: Final = ("street", "road", "edges", "highway", "lines", "ways")
_BUILDING_WORDS: Final = ("building", "footprint")
_CAMERA_WORDS: Final = ("camera", "cctv", "surveillance")
_PLACE_WORDS: Final = (
    "place", "poi", "nodes", "points", "signal", "traffic", "light", "amenit", "barrier", "gate",
    "multipolygons", "transport", "pofw",
)  # fmt: skip
_LINES: Final = (
    shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING,
    shapely.GeometryType.MULTILINESTRING,
)  # fmt: skip
_LINE_NAMES: Final = frozenset({"LineString", "LinearRing", "MultiLineString"})
_AREAS: Final = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
_POINTS: Final = (shapely.GeometryType.POINT,)
_BARRIER: Final = "barrier_gate"
_AT_GATE_DEG: Final = 1e-5
"""Maximum distance (about a metre) of a gate from the street of which it is a node."""
_SIGNAL_KINDS: Final = frozenset({"signal", "signals", "traffic_signals"})


def read_tables(
    path: str | os.PathLike[str],
    *,
    buildings: str | os.PathLike[str] | None = None,
    places: str | os.PathLike[str] | None = None,
    layer: str | None = None,
    boundary: BaseGeometry | None = None,
    progress: StepProgress | None = None,
) -> Extract:
    """Read streets, and any buildings and places, from a GIS file.

    Parameters
    ----------
    path, buildings, places, layer
        As for `load_tables`.
    boundary
        Polygon in EPSG:4326 to which everything is clipped; None takes the bounding box of the
        streets.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If it is not such a file, is damaged, lacks a CRS, or has no street inside the boundary.

    Notes
    -----
    Counts named ``missing_*`` state which layers and columns the file lacks.
    """
    file = load_tables(path, buildings=buildings, places=places, layer=layer, progress=progress)
    return street_lines.build(file, boundary=boundary, progress=progress)


def load_tables(
    path: str | os.PathLike[str],
    *,
    buildings: str | os.PathLike[str] | None = None,
    places: str | os.PathLike[str] | None = None,
    layer: str | None = None,
    progress: StepProgress | None = None,
) -> StreetFile:
    """Read a GIS file, to be clipped to one or several places with `build.build`.

    Parameters
    ----------
    path
        A local ``.gpkg``, ``.geojson``, ``.json``, ``.parquet``, ``.geoparquet`` or ``.shp`` file,
        or a ``.zip`` of shapefiles.
    buildings, places
        Further files of the same formats; by default, layers of the first file with such names.
    layer
        Name of the street layer, if the file has several candidates.
    progress
        Called at each step.

    Raises
    ------
    InputDataError
        If it is not such a file, is damaged, or lacks a CRS.
    """
    say = progress or no_progress
    file, listed = _open(path)
    say(f"Reading {file.name}", None)
    digest = store.sha256_file(file)
    main = _street_layer(file, listed, layer)
    tables = [main.load()]
    for other, words in ((buildings, _BUILDING_WORDS), (places, _PLACE_WORDS)):
        if other is not None:
            tables += [one.load() for one in _open(other)[1]]
        else:
            tables += [
                one.load()
                for one in listed
                if one is not main and one.kind != "line" and _named(one, words)
            ]
    say(f"Sorting {len(tables[0]):,} rows", None)
    counts: Counter[str] = Counter()
    for table in tables:
        counts.update(table.counts)
    street_counts = Counter(tables[0].counts)
    drawn = _drawn(tables[0], counts, street_counts)
    return StreetFile(file.name, digest, drawn, _other_layers(tables, drawn, counts), street_counts)


def read_cameras(
    path: str | os.PathLike[str],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the positions and directions of the cameras in a GIS file.

    Polygons and multipoints count once, at their centroid; lines are left out.

    Returns
    -------
    lon_lat
        Degrees, NaN for rows without a valid position, shape (N, 2).
    direction_deg
        Clockwise from north, from a column ``camera:direction`` or ``direction`` (the first
        readable one of several), NaN where not known, shape (N,).

    Raises
    ------
    InputDataError
        If it is not such a file, has no point, or has several point layers of which not exactly
        one is named after cameras.
    """
    file, listed = _open(path, columns.WANTED | _DIRECTION_COLUMNS)
    points = [one for one in listed if one.kind == "point"]
    called = [one for one in points if any(word in one.name.lower() for word in _CAMERA_WORDS)]
    if len(points) > 1 and len(called) != 1:
        names = ", ".join(repr(one.name[:60]) for one in points[:10])
        msg = (
            f"{file.name} has several layers of points: {names}. Keep only that of the cameras, "
            "or call it cameras."
        )
        raise InputDataError(msg)
    first = called if len(points) > 1 else points
    for layer in (*first, *(one for one in listed if one.kind != "point")):
        table = layer.load()
        rows = [
            i
            for i, shape in enumerate(table.geometry)
            if shape is None or shape.geom_type not in _LINE_NAMES
        ]
        shapes = np.array([table.geometry[i] for i in rows], dtype=object)
        if not shapely.is_missing(shapes).all():
            middles = shapely.centroid(shapes)
            looks = [_direction_deg(_row(table, i)) for i in rows]
            lon_lat = np.column_stack([shapely.get_x(middles), shapely.get_y(middles)])
            return lon_lat, np.array(looks, dtype=float)
    msg = (
        f"{file.name} holds no points on earth. Save the cameras as points, one a row, best in "
        "longitude and latitude (WGS84)."
    )
    raise InputDataError(msg)


def _direction_deg(row: dict[str, Any]) -> float:
    tags = {name: str(row[name]) for name in _DIRECTION_COLUMNS if row.get(name) is not None}
    views = [axis for axis, _ in camera_tags.directions(tags).views if np.isfinite(axis)]
    return views[0] if views else float("nan")


def _not_read(path: Path) -> str:
    """Return why a file is not read, all kinds that are, and the way out for some that are not."""
    kinds = ", ".join((*OSM_SUFFIXES, *SUFFIXES, ".graphml", ".zip of a pack"))
    way_out = _WAYS_OUT.get(path.suffix.lower(), "")
    return f"{path.name} is none of the kinds that are read: {kinds}.{way_out}"


def _open(
    name: str | os.PathLike[str], wanted: Collection[str] = columns.WANTED
) -> tuple[Path, list[Layer]]:
    suffix = Path(os.fspath(name).replace("\0", "")).suffix.lower()
    path = guard.plain_file(name, max_bytes=_READERS.get(suffix, (None, 1 << 62))[1])
    if suffix not in _READERS:
        raise InputDataError(_not_read(path))
    return path, _READERS[suffix][0](path, wanted)


def _named(layer: Layer, words: Sequence[str]) -> bool:
    return any(word in layer.name.lower() for word in words)


def _street_layer(path: Path, listed: list[Layer], name: str | None) -> Layer:
    """Return the street layer: the requested one, the only one, or the one with such a name."""
    fit = [one for one in listed if one.kind in (None, "line")]
    if name is not None:
        fit = [one for one in listed if one.name == name]
    if len(fit) > 1:
        # GDAL names the layers of an extract "lines" and "multilinestrings".
        named = [one for one in fit if one.name.lower() in _STREET_WORDS]
        fit = named if len(named) == 1 else fit
        for word in _STREET_WORDS:
            called = [one for one in fit if word in one.name.lower()]
            if len(called) == 1:
                fit = called
                break
    if len(fit) == 1:
        return fit[0]
    if name is None and listed and not fit:
        msg = f"{path.name} has no layer of lines. Save the streets as lines."
        raise InputDataError(msg)
    names = ", ".join(repr(one.name[:60]) for one in listed[:10]) or "none"
    msg = f"{path.name} has no single layer of streets; its layers: {names}. Keep only that one."
    raise InputDataError(msg)


# --- streets --------------------------------------------------------------------------------


def _row(table: ForeignTable, i: int) -> dict[str, Any]:
    return {name: values[i] for name, values in table.columns.items()}


def _of_kind(table: ForeignTable, kinds: tuple[Any, ...]) -> list[int]:
    return [int(i) for i in np.flatnonzero(np.isin(shapely.get_type_id(table.geometry), kinds))]


def _drawn(table: ForeignTable, counts: Counter[str], street_counts: Counter[str]) -> RawStreets:
    """Return the lines of the street layer; omissions are added to both counters."""
    found = _lines_of(table, own := Counter[str]())
    counts.update(own)
    street_counts.update(own)
    return replace(found, counts=counts)


def _lines_of(table: ForeignTable, counts: Counter[str]) -> RawStreets:
    rows = _of_kind(table, _LINES)
    known = {*rows, *_of_kind(table, _AREAS), *_of_kind(table, _POINTS)}
    present = int((~shapely.is_missing(table.geometry)).sum())
    counts["features_of_other_kinds"] += present - len(known)
    has_ends = all(name in table.columns for name in columns.END_COLUMNS)
    kept, tags, ids, ends = [], [], [], []
    for i in rows:
        row = _row(table, i)
        values, mixed = columns.street_tags(row)
        if "highway" not in values and columns.is_other_feature(row):
            counts["lines_of_other_things"] += 1
            continue
        counts["values_mixed"] += mixed
        number = columns.way_id(row)
        pair = _ends(row) if has_ends else None
        has_ends &= pair is not None
        parts = [p for p in shapely.get_parts(table.geometry[i]) if _has_length(p)]
        counts["lines_without_length"] += not parts
        has_ends &= len(parts) < 2  # noqa: PLR2004
        kept += parts
        tags += [values] * len(parts)
        ids += [number] * len(parts)
        ends += [pair or (0, 0)] * len(parts)
    lines = np.empty(len(kept), dtype=object)
    lines[:] = kept
    counts["lines_without_way_id"] += sum(number == 0 for number in ids)
    return RawStreets(
        lines=lines,
        tags=tags,
        way_ids=np.array(ids, dtype=np.int64),
        ends=np.array(ends, dtype=np.int64).reshape(-1, 2) if has_ends and kept else None,
    )


def _has_length(line: BaseGeometry) -> bool:
    grid = np.round(shapely.get_coordinates(line), 7)
    return len(grid) > 1 and bool((grid != grid[0]).any())


def _ends(row: dict[str, Any]) -> tuple[int, int] | None:
    try:
        u, v = (int(row[name]) for name in columns.END_COLUMNS)
    except (TypeError, ValueError, OverflowError):
        return None
    return (u, v) if max(abs(u), abs(v)) < 1 << 63 else None


# --- buildings, places and signals ----------------------------------------------------------


def _other_layers(
    tables: Sequence[ForeignTable], drawn: RawStreets, counts: Counter[str]
) -> OtherLayers:
    buildings: list[dict[str, Any]] = []
    places: list[dict[str, Any]] = []
    signals: list[BaseGeometry] = []
    for n, table in enumerate(tables):
        called = any(word in table.name.lower() for word in _BUILDING_WORDS)
        shapes, tags, ids = [], [], []
        for i in _of_kind(table, (*_AREAS, *_POINTS)):
            row, shape = _row(table, i), table.geometry[i]
            if called:
                row.pop("type", None)  # of the building, not of a place
            number = columns.way_id(row)
            name = f"way/{number}" if number else f"row/{n}.{i + 1}"
            of_building = columns.building_tags(row)
            if shape.geom_type != "Point" and (called or "building" in of_building):
                shapes.append(shape)
                tags.append(of_building)
                ids.append(name)
            point = shape if shape.geom_type == "Point" else None
            _take_place(row, name, shape if point is None else point, places, signals)
        array = np.empty(len(shapes), dtype=object)
        array[:] = shapes
        buildings += street_lines.shape_rows(array, tags, _different(ids), counts)
    places = _gates_on_streets(places, drawn)
    labels = _different([p["osm_id"] for p in places])
    return OtherLayers(
        buildings=buildings,
        places=[{**p, "osm_id": label} for p, label in zip(places, labels, strict=True)],
        signals=signals,
    )


def _take_place(
    row: dict[str, Any],
    name: str,
    shape: BaseGeometry,
    places: list[dict[str, Any]],
    signals: list[BaseGeometry],
) -> None:
    tags = columns.place_tags(row)
    point = shape if shape.geom_type == "Point" else None
    if point is not None and {tags.get("highway"), tags.get("kind")} & _SIGNAL_KINDS:
        signals.append(point)
        return
    stated = tags.get("kind") in columns.PLACE_KINDS
    kind = tags.get("kind") if stated else rules.place_kind(tags)
    barrier = not stated and rules.is_barrier_gate(tags)
    whole = shape if point is not None else polygonal(shape)
    if kind and whole is not None and (point is not None or not barrier):
        at = point or whole.representative_point()
        place = street_lines.place_row(name, kind, tags.get("name"), at)
        places.append({**place, _BARRIER: barrier})


def _gates_on_streets(places: list[dict[str, Any]], drawn: RawStreets) -> list[dict[str, Any]]:
    """Drop gates by ``barrier`` that are not on a drivable street, as for an extract."""
    gates = [p["geometry"] for p in places if p[_BARRIER]]
    on_street: list[bool] = []
    if gates:
        drive = [_is_driven(tags) for tags in drawn.tags]
        tree = shapely.STRtree(drawn.lines[np.array(drive, dtype=bool)])
        near = tree.query_nearest(gates, max_distance=_AT_GATE_DEG, all_matches=False)[0]
        on_street = np.isin(np.arange(len(gates)), near).tolist()
    held = iter(on_street)
    return [
        {name: value for name, value in p.items() if name != _BARRIER}
        for p in places
        if not p[_BARRIER] or next(held)
    ]


def _is_driven(tags: Mapping[str, str]) -> bool:
    highway = columns.street_class(tags.get("highway"))[0]
    return highway is not None and rules.street_use({**tags, "highway": highway})[0]


def _different(names: Sequence[str]) -> list[str]:
    """Return unique names: repeated ones get a number."""
    seen: Counter[str] = Counter()
    made = []
    for name in names:
        seen[name] += 1
        made.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return made
