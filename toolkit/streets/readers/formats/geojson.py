"""GeoJSON, parsed feature by feature from its text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard
from toolkit.streets.readers.guard import ForeignTable, Layer

_SPACE: Final = re.compile(r"[ \t\n\r]*", re.ASCII)


def layers(path: Path, wanted: Collection[str]) -> list[Layer]:
    """Return the only layer of a GeoJSON file, which may mix lines, areas and points.

    Parameters
    ----------
    path
        File checked by `guard.plain_file`.
    wanted
        Names of properties to keep, in lower case.
    """
    return [Layer(path.stem, None, lambda: _load(path, wanted))]


def _no_number(name: str) -> float:
    msg = f"{name} is no number in JSON"
    raise ValueError(msg)


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)


def _load(path: Path, wanted: Collection[str]) -> ForeignTable:
    with guard.reading(path, "GeoJSON", ValueError, TypeError, StopIteration):
        text = path.read_bytes().decode("utf-8-sig")
        geometry: list[BaseGeometry | None] = []
        columns: dict[str, list[Any]] = {}
        crs: Any = None
        made = ForeignTable(path.stem, np.empty(0, dtype=object), columns)
        points = 0
        for key, value in _members(text):
            if key == "crs":
                crs = value
            if key != "features":
                continue
            shape = _shape(value.get("geometry") if isinstance(value, dict) else None)
            made.counts["geometry_unreadable"] += shape is None and _has_shape(value)
            _take(value, columns, len(geometry), wanted)
            geometry.append(shape)
            points += 0 if shape is None else int(shapely.get_num_coordinates(shape))
            guard.check_rows(path, len(geometry), points)
    for values in columns.values():
        values.extend([None] * (len(geometry) - len(values)))
    array = np.empty(len(geometry), dtype=object)
    array[:] = geometry
    return guard.in_degrees(
        path, ForeignTable(path.stem, array, columns, made.counts), _crs(path, crs)
    )


def _members(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the members of a JSON object; the items of "features" one by one."""
    at = _expect(text, _skip(text, 0), "{")
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        if not isinstance(key, str):
            msg = "a name is missing"
            raise ValueError(msg)  # noqa: TRY004
        at = _expect(text, _skip(text, at), ":")
        if key == "features" and text[at] == "[":
            at = _skip(text, at + 1)
            while text[at] != "]":
                value, at = _DECODER.raw_decode(text, at)
                yield key, value
                at = _after(text, at, "]")
            at += 1
        elif key == "features":
            msg = '"features" is no list'
            raise ValueError(msg)
        else:
            value, at = _DECODER.raw_decode(text, at)
            yield key, value
        at = _after(text, at, "}")


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    at = match.end() if match else at
    if at >= len(text):
        msg = "the text ends too early"
        raise ValueError(msg)
    return at


def _expect(text: str, at: int, sign: str) -> int:
    if text[at] != sign:
        msg = f"{sign!r} is missing"
        raise ValueError(msg)
    return _skip(text, at + 1)


def _after(text: str, at: int, end: str) -> int:
    """Return the position of the next member, or of the end of the list or object."""
    at = _skip(text, at)
    return at if text[at] == end else _expect(text, at, ",")


def _has_shape(feature: Any) -> bool:  # noqa: ANN401
    return not isinstance(feature, dict) or feature.get("geometry") is not None


def _take(
    feature: Any,  # noqa: ANN401
    columns: dict[str, list[Any]],
    row: int,
    wanted: Collection[str],
) -> None:
    if not isinstance(feature, dict):
        return
    properties = feature.get("properties")
    values = dict(properties) if isinstance(properties, dict) else {}
    values.setdefault("id", feature.get("id"))
    for key, value in values.items():
        name = key.lower()
        if name in wanted and value is not None:
            column = columns.setdefault(name, [])
            column.extend([None] * (row - len(column)))
            column[row:] = [value]


def _shape(content: Any) -> BaseGeometry | None:  # noqa: ANN401
    """Return the geometry of a feature, None if it is missing, broken or of another type."""
    make = _MAKERS.get(str(content.get("type"))) if isinstance(content, dict) else None
    try:
        return None if make is None else make(content["coordinates"])
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, ShapelyError):
        return None


def _points(listed: Any) -> NDArray[np.float64]:  # noqa: ANN401
    """Return longitude and latitude, dropping heights and further ordinates."""
    points = np.array([(float(p[0]), float(p[1])) for p in listed], dtype=np.float64)
    if not np.isfinite(points).all():
        msg = "a coordinate is not finite"
        raise ValueError(msg)
    return points


def _line(listed: Any) -> shapely.LineString:  # noqa: ANN401
    return shapely.LineString(_points(listed))


def _polygon(rings: Any) -> shapely.Polygon:  # noqa: ANN401
    return shapely.Polygon(_points(rings[0]), [_points(r) for r in rings[1:]])


_MAKERS: Final[dict[str, Callable[[Any], BaseGeometry]]] = {
    "Point": lambda place: shapely.Point(_points([place])[0]),
    "MultiPoint": lambda places: shapely.MultiPoint(_points(places)),
    "LineString": _line,
    "MultiLineString": lambda parts: shapely.MultiLineString([_line(p) for p in parts]),
    "Polygon": _polygon,
    "MultiPolygon": lambda parts: shapely.MultiPolygon([_polygon(p) for p in parts]),
}


def _crs(path: Path, content: Any) -> pyproj.CRS:  # noqa: ANN401
    """Return the CRS: WGS84 by RFC 7946, or one named as in the GeoJSON of 2008."""
    if content is None:
        return guard.crs_of_text(path, "EPSG:4326")
    properties = content.get("properties") if isinstance(content, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if not isinstance(name, str):
        msg = (
            f"{path.name} names its coordinate system by a link or not at all. Save it in "
            "longitude and latitude, WGS84 (EPSG:4326)."
        )
        raise InputDataError(msg)
    return guard.crs_of_text(path, name)
