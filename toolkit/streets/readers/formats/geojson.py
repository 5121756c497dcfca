"""GeoJSON, parsed feature by feature from its text."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from toolkit.base.errors import InputDataError
from toolkit.streets.readers import guard, json_text
from toolkit.streets.readers.guard import ForeignTable, Layer


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


def _load(path: Path, wanted: Collection[str]) -> ForeignTable:
    with guard.reading(path, "GeoJSON", ValueError, TypeError, StopIteration):
        text = path.read_bytes().decode("utf-8-sig")
        geometry: list[BaseGeometry | None] = []
        columns: dict[str, list[Any]] = {}
        crs: Any = None
        made = ForeignTable(path.stem, np.empty(0, dtype=object), columns)
        points = 0
        for key, value in json_text.members(text, "features"):
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


def _polygon(rings: Any) -> shapely.Polygon:  # noqa: ANN401
    return shapely.Polygon(_points(rings[0]), [_points(r) for r in rings[1:]])


_MAKERS: Final[dict[str, Callable[[Any], BaseGeometry]]] = {
    "Point": lambda place: shapely.Point(_points([place])[0]),
    "MultiPoint": lambda places: shapely.MultiPoint(_points(places)),
    "LineString": lambda line: shapely.LineString(_points(line)),
    "MultiLineString": lambda parts: shapely.MultiLineString([_points(p) for p in parts]),
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
