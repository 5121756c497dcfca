"""Routes as people bring them: GPX and GeoJSON, places in degrees, and names of streets.

Read from a local file or from standard input, kept in memory, and never written, logged or named in
an error: messages say what is wrong and where in the file, not what is in it.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

import numpy as np

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError

STANDARD_INPUT: Final = "-"
MOST_BYTES: Final = 20_000_000
"""Largest file: a GPX file has 100 to 200 bytes for each point, so some 100,000 of them."""
MOST_POINTS: Final = 200_000
"""Most points of a track: two days at one a second."""
MOST_LINES: Final = 100
"""Parts of a track between gaps: a day with a break every quarter of an hour."""
_CHUNK: Final = 1 << 16
_NUMBER: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)
_MOST_LAT, _MOST_LON = 90.0, 180.0
_MIN_ENDS: Final = 2


@dataclass(frozen=True, eq=False)
class Track:
    """A line, or several with gaps between them, as it was recorded or drawn.

    Attributes
    ----------
    lines
        Longitude and latitude of each line in the direction of travel, shapes (N, 2).
    times_s
        Seconds since 1970 of each point, NaN where it has none, shapes (N,).
    counts
        What was left out or is odd, by its id, with its number.
    """

    lines: tuple[FloatArray, ...]
    times_s: tuple[FloatArray, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_points(self) -> int:
        """Number of points."""
        return sum(len(line) for line in self.lines)


def read_text(name: str) -> str:
    """Return the text of a local file or, for ``-``, of standard input.

    Raises
    ------
    InputDataError
        If it is not a plain local file of UTF-8 text, is empty, or is too large.
    """
    if name == STANDARD_INPUT:
        stream = getattr(sys.stdin, "buffer", sys.stdin)
        data = stream.read(MOST_BYTES + 1)
        shown = "Standard input"
    else:
        path = store.local_file(name)
        shown = "The file"
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b" " * (MOST_BYTES + 1)
    return text_of(data.encode() if isinstance(data, str) else data, shown)


def text_of(data: bytes, shown: str = "The file") -> str:
    """Return the text of a track that is in memory; errors as `read_text`.

    Parameters
    ----------
    data
        The bytes.
    shown
        Subject of the errors.
    """
    if len(data) > MOST_BYTES:
        msg = (
            f"{shown} is larger than {MOST_BYTES // 1_000_000} MB. Keep the part of the track that "
            "is asked for, or record fewer points."
        )
        raise InputDataError(msg)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{shown} is not UTF-8 text (byte {error.start}). Save it as GPX or GeoJSON."
        raise InputDataError(msg) from None
    if not text.strip():
        msg = f"{shown} is empty. Give a track as GPX or GeoJSON."
        raise InputDataError(msg)
    return text


def read_track(name: str | Path) -> Track:
    """Read a track from a local file or, for ``-``, from standard input.

    Parameters
    ----------
    name
        A GPX or GeoJSON file, told apart by what it begins with.

    Raises
    ------
    InputDataError
        If it is neither, or has no line.
    """
    return parse_track(read_text(str(name)))


def parse_track(text: str) -> Track:
    """Read a track from the text of a GPX or GeoJSON file; errors as `read_track`.

    Examples
    --------
    >>> line = '{"type": "LineString", "coordinates": [[96.15, 16.77], [96.16, 16.77]]}'
    >>> parse_track(line).n_points
    2
    """
    begin = text.lstrip()[:1]
    # Each point has a bracket or a tag of its own: counted before anything is parsed.
    _check_number(text.count("[") if begin == "{" else text.count("pt "))
    if begin == "<":
        lines, counts = _gpx(text)
    elif begin == "{":
        lines, counts = _geojson(text)
    else:
        msg = "The track is neither GPX nor GeoJSON. Export it as one of these."
        raise InputDataError(msg)
    return _track(lines, counts)


Line = list[tuple[float, float, float]]
"""Longitude, latitude and time of each point."""


def _track(lines: list[Line], counts: Counter[str]) -> Track:
    """Return a track of the lines that have a length."""
    arrays = [np.array(line, dtype=float).reshape(-1, 3) for line in lines]
    kept = []
    for line in arrays:
        if len(line) < _MIN_ENDS or (line[:, :2] == line[0, :2]).all():
            counts["lines_without_length"] += len(line) > 0
            continue
        kept.append(line)
    if not kept:
        msg = "The track has no line of at least two different points. Export it with its points."
        raise InputDataError(msg)
    if len(kept) > MOST_LINES:
        msg = (
            f"The track has {len(kept):,} parts; at most {MOST_LINES:,} are read. Join them, or "
            "keep the part that is asked for."
        )
        raise InputDataError(msg)
    counts["gaps"] += len(kept) - 1
    for line in kept:
        times = line[:, 2]
        known = times[~np.isnan(times)]
        back = int((np.diff(known) < 0).sum())
        if back:
            counts["times_out_of_order"] += back
            # Which of them are wrong is not known.
            line[:, 2] = np.nan
    return Track(
        tuple(line[:, :2].copy() for line in kept),
        tuple(line[:, 2].copy() for line in kept),
        {name: int(n) for name, n in counts.items() if n},
    )


def _check_number(n_points: int) -> None:
    if n_points > MOST_POINTS:
        msg = (
            f"The track has about {n_points:,} points; at most {MOST_POINTS:,} are read. Record "
            "fewer points, or keep the part that is asked for."
        )
        raise InputDataError(msg)


def _place(lon: object, lat: object) -> tuple[float, float] | None:
    """Return a place in degrees; None if it is none."""
    try:
        x, y = float(str(lon)), float(str(lat))
    except ValueError:
        return None
    good = math.isfinite(x) and math.isfinite(y) and abs(x) <= _MOST_LON and abs(y) <= _MOST_LAT
    return (x, y) if good else None


def _time_s(text: str) -> float:
    try:
        found = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        return math.nan
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.UTC)
    return found.timestamp()


# --- GPX -------------------------------------------------------------------------------------


class _Gpx:
    """Handlers of a parser: tracks, or routes where there is none."""

    def __init__(self) -> None:
        self.tracks: list[Line] = []
        self.routes: list[Line] = []
        self.counts: Counter[str] = Counter()
        self.begun: str | None = None
        self._point: tuple[float, float] | None = None
        self._time: list[str] | None = None

    def start(self, tag: str, values: Mapping[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.begun = self.begun or name
        if name == "trkseg":
            self.tracks.append([])
        elif name == "rte":
            self.routes.append([])
        elif name in {"trkpt", "rtept"}:
            into = self.tracks if name == "trkpt" else self.routes
            self._point = _place(values.get("lon"), values.get("lat"))
            if self._point is None:
                self.counts["points_without_position"] += 1
            elif into:
                into[-1].append((*self._point, math.nan))
        elif name == "time" and self._point is not None:
            self._time = []

    def text(self, text: str) -> None:
        if self._time is not None and sum(map(len, self._time)) < 64:  # noqa: PLR2004
            self._time.append(text)

    def end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "time" and self._time is not None:
            into = self.tracks or self.routes
            if into and into[-1]:
                lon, lat, _ = into[-1][-1]
                into[-1][-1] = (lon, lat, _time_s("".join(self._time)))
            self._time = None
        elif name in {"trkpt", "rtept"}:
            self._point = None


def _refuse_document_type(*_: object) -> None:
    msg = "The GPX file has a document type or entities. Export it again from the recording."
    raise InputDataError(msg)


def _gpx(text: str) -> tuple[list[Line], Counter[str]]:
    found = _Gpx()
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    parser.StartElementHandler = found.start
    parser.EndElementHandler = found.end
    parser.CharacterDataHandler = found.text
    data = text.encode()
    try:
        for at in range(0, len(data), _CHUNK):
            parser.Parse(data[at : at + _CHUNK], False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        msg = f"The GPX file is damaged at line {error.lineno}. Export it again."
        raise InputDataError(msg) from None
    if found.begun != "gpx":
        msg = "The track is XML, but not GPX. Export it as GPX or GeoJSON."
        raise InputDataError(msg)
    tracks = [line for line in found.tracks if line]
    if tracks and any(found.routes):
        found.counts["routes_left_out"] += len(found.routes)
    lines = tracks or [line for line in found.routes if line]
    if not lines:
        msg = "The GPX file has no points of a track or a route. Export it with its points."
        raise InputDataError(msg)
    return lines, found.counts


# --- GeoJSON ---------------------------------------------------------------------------------


def _geojson(text: str) -> tuple[list[Line], Counter[str]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        msg = "The track is not whole JSON. Export it as GeoJSON again."
        raise InputDataError(msg) from None
    lines: list[Line] = []
    counts: Counter[str] = Counter()
    for geometry, times in _geometries(data):
        kind, places = geometry.get("type"), geometry.get("coordinates")
        if kind == "LineString" and isinstance(places, list):
            lines.append(_line(places, times, counts))
        elif kind == "MultiLineString" and isinstance(places, list):
            several = times if _nested(times, len(places)) else [None] * len(places)
            lines += [_line(p, t, counts) for p, t in zip(places, several, strict=True)]
        else:
            counts["other_geometries"] += 1
    if not lines:
        msg = "The GeoJSON file has no line. Give the route as a LineString."
        raise InputDataError(msg)
    return lines, counts


def _nested(times: object, n: int) -> bool:
    return isinstance(times, list) and len(times) == n and all(isinstance(t, list) for t in times)


def _geometries(data: Any) -> list[tuple[Mapping[str, Any], Any]]:  # noqa: ANN401
    """Return each geometry with its times, as many programs write them: ``coordTimes``."""
    kind = data.get("type") if isinstance(data, dict) else None
    if kind == "FeatureCollection":
        features = data.get("features")
        return [one for f in features if isinstance(f, dict) for one in _geometries(f)] if (
            isinstance(features, list)
        ) else []  # fmt: skip
    if kind == "Feature":
        geometry, properties = data.get("geometry"), data.get("properties")
        times = properties.get("coordTimes") if isinstance(properties, dict) else None
        return [(geometry, times)] if isinstance(geometry, dict) else []
    return [(data, None)] if isinstance(data, dict) else []


def _line(places: object, times: object, counts: Counter[str]) -> Line:
    found: Line = []
    rows = places if isinstance(places, list) else []
    stamps = times if isinstance(times, list) and len(times) == len(rows) else [None] * len(rows)
    for place, stamp in zip(rows, stamps, strict=True):
        whole = isinstance(place, list) and len(place) >= _MIN_ENDS
        at = _place(place[0], place[1]) if whole else None
        if at is None:
            counts["points_without_position"] += 1
            continue
        found.append((*at, _time_s(stamp) if isinstance(stamp, str) else math.nan))
    return found


# --- places and streets ----------------------------------------------------------------------


def parse_place(text: str, what: str = "The place") -> tuple[float, float]:
    """Return longitude and latitude of ``LAT,LON``; the order in which maps show them.

    Raises
    ------
    InputDataError
        If it is not two numbers in range.

    Examples
    --------
    >>> parse_place("16.77, 96.15")
    (96.15, 16.77)
    """
    match = _NUMBER.fullmatch(text.strip())
    found = None if match is None else _place(match[2], match[1])
    if found is None:
        msg = f"{what} must be latitude and longitude in degrees, such as 16.7745,96.1588."
        raise InputDataError(msg)
    return found


def parse_streets(text: str) -> tuple[str, ...]:
    """Return names of streets, separated by semicolons or lines.

    Raises
    ------
    InputDataError
        If there is none.

    Examples
    --------
    >>> parse_streets("First Street; Second Street")
    ('First Street', 'Second Street')
    """
    found = tuple(name.strip() for name in re.split(r"[;\n]", text) if name.strip())
    if not found:
        msg = "Name the streets of the route in their order, with semicolons between them."
        raise InputDataError(msg)
    return found
