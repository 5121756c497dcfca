"""Reader of lists of cameras on a map: CSV or GeoJSON, checked row by row.

Columns: ``lat``, ``lon`` (degrees, WGS84; in GeoJSON the point), and, as far as known,
``direction`` (degrees clockwise from north, or a point of the compass; several with ";"),
``height`` (m), ``radius`` (m, the camera's own), ``kind`` (fixed, dome, panning). The keys of
OpenStreetMap, ``camera:direction`` and ``camera:type``, are accepted as well.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, get_args

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.fixed_rules.sets import CameraKind

_MOST_BYTES: Final = 100_000_000
_MOST_SHOWN: Final = 20
_MOST_DIRECTIONS: Final = 16
_MOST_HEIGHT_M: Final = 200.0
"""Masts of street cameras are 3 to 30 m high; a greater height is an error."""
_MOST_RADIUS_M: Final = 10_000.0
_COMPASS: Final = (
    "n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw",
    "nnw",
)  # fmt: skip
_NAMES: Final = {
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude"),
    "direction": ("direction", "camera:direction"),
    "height": ("height",),
    "radius": ("radius",),
    "kind": ("kind", "camera:type"),
}
_KINDS: Final[dict[str, CameraKind]] = {name: name for name in get_args(CameraKind)}
_NOT_WGS84: Final = "the coordinates are not longitude and latitude. Save it in WGS84."

Cells = Mapping[str, object]


@dataclass(frozen=True)
class ListedCamera:
    """One camera of a list.

    Attributes
    ----------
    row
        Number in the list, from 1.
    lon, lat
        Degrees, WGS84.
    directions_deg
        Clockwise from north; empty if unknown.
    height_m, radius_m
        As stated, or None.
    """

    row: int
    lon: float
    lat: float
    directions_deg: tuple[float, ...] = ()
    height_m: float | None = None
    radius_m: float | None = None
    kind: CameraKind = "fixed"


@dataclass(frozen=True)
class CameraList:
    """List of cameras and the hash of its file."""

    cameras: tuple[ListedCamera, ...]
    sha256: str


def read_cameras(name: str | Path) -> CameraList:
    """Read a list of cameras.

    Raises
    ------
    InputDataError
        If the file cannot be used: all problems at once, each with its row and column.
    """
    path = store.local_file(name)
    shown = path.name
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".geojson", ".json"}:
        msg = f"{shown} is neither .csv nor .geojson. Save the list as one of these."
        raise InputDataError(msg)
    if path.stat().st_size > _MOST_BYTES:
        msg = f"{shown} is larger than {_MOST_BYTES // 1_000_000} MB. Cut it into parts."
        raise InputDataError(msg)
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{shown} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        raise InputDataError(msg) from error
    rows = _csv_rows(text, shown) if suffix == ".csv" else _geojson_rows(text, shown)
    problems: list[str] = []
    cameras = [
        camera
        for number, cells in enumerate(rows, start=1)
        if (camera := _camera(number, cells, shown, problems)) is not None
    ]
    if len(problems) > _MOST_SHOWN:
        more = len(problems) - _MOST_SHOWN
        problems = [*problems[:_MOST_SHOWN], f"and {more} more problems of this kind."]
    if not problems and not cameras:
        problems = [f"{shown}: it has no camera. Add a row for each."]
    toml_files.fail_if_any(problems, f"The list {shown}")
    return CameraList(tuple(cameras), store.sha256_bytes(data))


def _csv_rows(text: str, shown: str) -> Iterator[Cells]:
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        reader.fieldnames = names
        twice = sorted({name for name in names if names.count(name) > 1})
        absent = [field for field in ("lat", "lon") if not set(_NAMES[field]).intersection(names)]
        if absent or twice:
            what = f"has no column {' and '.join(absent)}" if absent else f"has {twice[0]!r} twice"
            msg = f"{shown}, row of headings: it {what}. Mend that row."
            raise InputDataError(msg)
        yield from reader
    except csv.Error as error:
        msg = f"{shown}, line {reader.line_num}: {error}. Mend the quotes there."
        raise InputDataError(msg) from error


def _geojson_rows(text: str, shown: str) -> Iterator[Cells]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{shown} is not JSON: {error}. Export it again."
        raise InputDataError(msg) from error
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        msg = f"{shown} is not a GeoJSON FeatureCollection. Export it as one."
        raise InputDataError(msg)
    named = json.dumps(data.get("crs", "CRS84"))
    if "CRS84" not in named and "4326" not in named:
        msg = f"{shown}: {_NOT_WGS84}"
        raise InputDataError(msg)
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        place = geometry.get("coordinates") if isinstance(geometry, dict) else None
        cells = {
            str(k).strip().lower(): v
            for k, v in (properties if isinstance(properties, dict) else {}).items()
        }
        if kind == "Point" and isinstance(place, list) and len(place) >= 2:  # noqa: PLR2004
            yield {**cells, "lon": place[0], "lat": place[1]}
        else:
            yield {"geometry": kind}


class _WrongCellError(ValueError):
    """Cell that cannot be read; the message says why."""


def _camera(number: int, cells: Cells, shown: str, problems: list[str]) -> ListedCamera | None:
    """Return one row; None where there are problems, which are added to the list."""
    place = f"{shown}, row {number}"
    if "geometry" in cells and "lat" not in cells:
        problems.append(f"{place}: it is no point. A camera needs one.")
        return None
    found: dict[str, Any] = {}
    for field, names in _NAMES.items():
        raw = next((cells[n] for n in names if cells.get(n) not in (None, "")), None)
        try:
            found[field] = _READERS[field](raw)
        except _WrongCellError as error:
            problems.append(f"{place}, {field}: {error}, and it is {toml_files.shown_value(raw)}.")
    if len(found) < len(_NAMES):
        return None
    return ListedCamera(
        row=number,
        lon=found["lon"],
        lat=found["lat"],
        directions_deg=found["direction"],
        height_m=found["height"],
        radius_m=found["radius"],
        kind=found["kind"],
    )


def _number(raw: object, low: float, high: float, unit: str) -> float:
    try:
        value = float(str(raw).strip()) if not isinstance(raw, bool) else math.nan
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        msg = f"it must be a number from {low:g} to {high:g} {unit}"
        raise _WrongCellError(msg)
    return value


def _directions(raw: object) -> tuple[float, ...]:
    if raw is None:
        return ()
    parts = [part.strip().lower() for part in str(raw).split(";") if part.strip()]
    if not parts or len(parts) > _MOST_DIRECTIONS:
        msg = f"it must hold 1 to {_MOST_DIRECTIONS} directions"
        raise _WrongCellError(msg)
    step = FULL_CIRCLE_DEG / len(_COMPASS)
    found = []
    for part in parts:
        if part in _COMPASS:
            found.append(_COMPASS.index(part) * step)
            continue
        try:
            found.append(_number(part.rstrip("°"), -180.0, FULL_CIRCLE_DEG, "degrees") % 360.0)
        except _WrongCellError as error:
            msg = f"{error}, or a point of the compass such as NE; for a range give its middle"
            raise _WrongCellError(msg) from error
    return tuple(dict.fromkeys(found))


def _radius(raw: object) -> float | None:
    value = None if raw is None else _number(raw, 0.0, _MOST_RADIUS_M, "m")
    if value == 0:
        msg = "it must be above 0 m"
        raise _WrongCellError(msg)
    return value


def _kind(raw: object) -> CameraKind:
    if raw is None:
        return "fixed"
    kind = _KINDS.get(str(raw).strip().lower())
    if kind is None:
        msg = f"it must be one of {', '.join(_KINDS)}"
        raise _WrongCellError(msg)
    return kind


_READERS: Final = {
    "lat": lambda raw: _number(raw, -90.0, 90.0, "degrees"),
    "lon": lambda raw: _number(raw, -180.0, 180.0, "degrees"),
    "direction": _directions,
    "height": lambda raw: None if raw is None else _number(raw, 0.0, _MOST_HEIGHT_M, "m"),
    "radius": _radius,
    "kind": _kind,
}
