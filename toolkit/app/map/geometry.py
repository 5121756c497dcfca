"""Streets, names and background of a pack as one binary, which goes to the browser once.

Format: four bytes with the length of a JSON header, the header, then arrays, each at a multiple of
four bytes. The header says for each array its type, where it begins after the header, and its
number of values. Coordinates are longitude and latitude in steps of `STEP_DEG`. A set of shapes has
the number of points of each shape and all their coordinates; areas are drawn by the non-zero rule,
so holes run the other way round. Unknown sets are left out by the browser.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from toolkit.assessment.layers import Ground
from toolkit.base.clean_text import clean_text
from toolkit.output import map_background as background
from toolkit.streets.schema import ROADS

STEP_DEG: Final = 1e-6
"""About 0.1 m, as in OpenStreetMap's own files to one digit."""
_M_TO_DM: Final = 10.0
_FOOTWAY: Final = len(ROADS)
"""Rank of a street that is not made for driving: below all of `ROADS`."""
_CAMERA: Final = ("osm_id", "kind", "direction_deg", "width_deg", "check_date", "brand", "operator")

_Arrays = dict[str, NDArray[Any]]


def encode(ground: Ground) -> bytes:
    """Return the geometry of a city as one binary; see the module docstring."""
    arrays: _Arrays = {}
    streets = ground.streets
    names, of_street = _names(streets)
    arrays |= _shapes("streets", streets.geometry.to_numpy())
    arrays["streets.name"] = of_street
    arrays["streets.rank"] = streets["highway"].map(_rank).to_numpy(np.uint8)
    arrays["streets.length"] = np.rint(streets["length_m"] * _M_TO_DM).to_numpy(np.uint32)
    whole = np.arange(len(streets)) if ground.whole is None else ground.whole()
    arrays["streets.whole"] = whole.astype(np.uint32)
    for name, frame in (("boundary", ground.boundary), ("buildings", ground.buildings)):
        arrays |= _shapes(f"areas.{name}", _rings(frame))
    header: dict[str, Any] = {"names": names, "bounds": _bounds(ground)}
    if ground.background is not None:
        header["labels"], more = _background(ground.background)
        arrays |= more
    for name, frame, columns in _points(ground):
        kept = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
        arrays |= _shapes(f"points.{name}", shapely.centroid(kept.geometry.to_numpy()))
        header[name] = [
            {c: v for c, v in zip(columns, map(_plain, row), strict=True) if v is not None}
            for row in kept.reindex(columns=list(columns)).itertuples(index=False)
        ]
    return _packed(header, arrays)


def _points(ground: Ground) -> list[tuple[str, gpd.GeoDataFrame, Sequence[str]]]:
    """Return the sets of points, with the columns that the browser shows of each."""
    mapped = ground.cameras.rename(columns={"source_id": "osm_id"})
    found: list[tuple[str, gpd.GeoDataFrame, Sequence[str]]] = [
        ("cameras", mapped if ground.mapped is None else ground.mapped, _CAMERA)
    ]
    if ground.places is not None:
        named = ground.places
        if ground.background is not None:
            named = background.without_repeated_names(named, ground.background)
        found.append(("places", named, ("kind", "name")))
    if ground.signals is not None:
        found.append(("signals", ground.signals, ()))
    return found


def _background(frame: gpd.GeoDataFrame) -> tuple[list[dict[str, Any]], _Arrays]:
    """Return what of the background has a name, and its shapes."""
    rows, points = background.labels(frame)
    arrays = _shapes("points.labels", points)
    for name, kind in background.AREAS.items():
        arrays |= _shapes(f"areas.{name}", _rings(background.of_kind(frame, kind)))
    for name, kind in background.LINES.items():
        lines = shapely.get_parts(background.of_kind(frame, kind).geometry.to_numpy())
        arrays |= _shapes(f"lines.{name}", lines)
    return rows, arrays


def _rank(highway: object) -> int:
    """Return the place of a road in `ROADS`, from the highest class to the lowest."""
    return ROADS.index(str(highway)) if highway in ROADS else _FOOTWAY


def _names(streets: gpd.GeoDataFrame) -> tuple[list[list[str]], NDArray[np.uint32]]:
    """Return all names (own, English, Burmese; empty where not known), and that of each street."""
    table = streets.reindex(columns=list(background.NAMES))
    texts = [
        table[c].map(lambda v: "" if pd.isna(v) else clean_text(str(v))).to_numpy(str)
        for c in background.NAMES
    ]
    codes, found = pd.factorize(pd.MultiIndex.from_arrays(texts), sort=True)
    return [list(map(str, one)) for one in found], codes.astype(np.uint32)


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of a table
    """Return a cell as JSON takes it, None where it is not known."""
    if pd.isna(value):
        return None
    return clean_text(value) if isinstance(value, str) else float(value)


def _rings(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the rings of polygons, outer ones one way round and holes the other."""
    parts = shapely.get_parts(frame.geometry[~frame.geometry.isna()].to_numpy())
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    return np.asarray(shapely.get_rings(shapely.orient_polygons(parts)), dtype=object)


def _shapes(name: str, shapes: NDArray[np.object_]) -> _Arrays:
    """Return the points of each shape and all coordinates."""
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    return {
        f"{name}.lens": np.bincount(index, minlength=len(shapes)).astype(np.uint32),
        f"{name}.xy": np.rint(xy / STEP_DEG).astype(np.int32).ravel(),
    }


def _bounds(ground: Ground) -> list[float]:
    """Return west, south, east and north of the boundary, or of the streets without one."""
    around = ground.boundary if len(ground.boundary) else ground.streets
    return [round(float(v), 6) for v in around.total_bounds]


def _packed(header: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    blobs, at, listed = [], 0, {}
    for name, values in arrays.items():
        blob = values.astype(values.dtype.newbyteorder("<")).tobytes()
        blob += b"\0" * (-len(blob) % 4)
        listed[name] = [str(values.dtype), at, int(values.size)]
        blobs.append(blob)
        at += len(blob)
    text = json.dumps({**header, "arrays": listed}, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 4)
    return struct.pack("<I", len(text)) + text + b"".join(blobs)
