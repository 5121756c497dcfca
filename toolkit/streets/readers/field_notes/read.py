"""Field notes: cameras seen in the street, from a spreadsheet or a GeoJSON file.

``docs/guide/field-notes.md`` explains the columns to those who write such a file. A row is used
whole or not at all; problems of rejected rows are listed by row, column and reason. Only the
columns named here are read, and nothing else of the file is kept.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from toolkit.base import store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress
from toolkit.base.toml_files import shown_value
from toolkit.streets.cities import folded
from toolkit.streets.readers.field_notes import values as note_values
from toolkit.streets.readers.field_notes.values import ColumnProblem
from toolkit.streets.schema import CRS, FIELD_NOTES, conform, empty_layer

if TYPE_CHECKING:
    import geopandas as gpd

MAX_BYTES: Final = 20_000_000
MAX_ROWS: Final = 100_000
"""Far more than people note by hand: a larger file is of another kind."""
_ROWS_PER_REPORT: Final = 5_000
_DECIMALS: Final = 5
"""Positions are rounded to 1e-5 degrees, about 1 m, which is better than a phone's accuracy."""
_MAX_SHOWN: Final = 12
_MAX_COLUMNS: Final = 1_000
"""More than any form has; each is looked up and listed."""
_EARTH_RADIUS_M: Final = 6_371_008.8  # mean radius, IUGG
_CROWD_M: Final = 10.0
_MAX_PAIRS: Final = 500_000
"""Maximum pairs of notes within `_CROWD_M`, as of 700 notes at one place. All pairs of later notes
with earlier ones, and with mapped cameras, are compared."""
_MAX_VISITS: Final = 20_000_000
"""Maximum product of notes and days. Cameras are merged day by day."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "lat": ("latitude", "လတ္တီတွဒ်", "လတ္တီကျု"),
    "lon": ("longitude", "lng", "long", "လောင်ဂျီတွဒ်", "လောင်ဂျီကျု"),
    "position": ("coordinates", "lat lon", "location", "plus code", "တည်နေရာ"),
    "kind": ("type", "camera type", "အမျိုးအစား"),
    "direction": ("facing", "bearing", "ဦးတည်ရာ", "မျက်နှာမူရာ"),
    "width": ("width deg", "field of view", "အကျယ်"),
    "height": ("height m", "အမြင့်"),
    "operator": ("run by", "who operates it", "လည်ပတ်သူ"),
    "brand": ("make", "manufacturer", "အမှတ်တံဆိပ်"),
    "seen_on": ("seen", "date", "seen when", "date seen", "ရက်စွဲ", "တွေ့သည့်ရက်"),
    "status": ("still there", "အခြေအနေ"),
    "note": ("notes", "remark", "comment", "မှတ်ချက်"),
}
"""Columns with their alternative headings. Case, spaces and punctuation are ignored."""
_SEPARATORS: Final = {"\t": "tab", ";": "semicolon", ",": "comma"}
_NOT_TEXT: Final = {
    b"PK\x03\x04": "a spreadsheet or an archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed",
    b"\xff\xd8\xff": "a picture",
    b"\x89PNG": "a picture",
}
_WGS84_NAMES: Final = ("CRS84", "EPSG::4326", "EPSG:4326")


class Problem(NamedTuple):
    """Why a row is not used."""

    row: int
    """As a spreadsheet counts: the heading is row 1. In GeoJSON the number of the feature."""
    column: str
    """Heading of the column; empty for the row as a whole."""
    reason: str


@dataclass(frozen=True)
class FieldNotes:
    """Content of a file of field notes.

    Attributes
    ----------
    rows
        Layer "field_notes" of `toolkit.streets.schema`: the columns of cameras, ``seen_on``
        (``YYYY-MM-DD`` or None), ``status`` (``present``, ``gone``, ``unsure``) and ``note``. A
        note with several directions has one row per direction. ``osm_id`` is ``note/`` followed
        by the number of the row.
    problems
        Reasons why rows are rejected.
    ignored_columns
        Unknown headings; the content of these columns is not kept.
    n_notes
        Number of non-empty rows of the file.
    read_as
        How the file was interpreted, in words.
    """

    rows: gpd.GeoDataFrame
    problems: tuple[Problem, ...]
    ignored_columns: tuple[str, ...]
    n_notes: int
    read_as: str


_ReadRow = Callable[[dict[str, str]], tuple[list[dict[str, Any]], list[ColumnProblem]]]


class _Table(NamedTuple):
    """File as rows of text: (number, cells by column, problem of the whole row or None)."""

    rows: Iterator[tuple[int, dict[str, str], str | None]]
    headings: dict[str, str]
    """Heading of each column in the file."""
    ignored: tuple[str, ...]
    read_as: str


def read_field_notes(
    path: str | os.PathLike[str],
    *,
    as_of: dt.date,
    near: tuple[float, float] | None = None,
    progress: StepProgress | None = None,
) -> FieldNotes:
    """Read field notes from a CSV or GeoJSON file.

    Parameters
    ----------
    path
        A local file: ``.csv``, ``.tsv`` or ``.txt`` with a heading, or ``.geojson`` or
        ``.json`` with points.
    as_of
        Date of the assessment; cameras cannot have been seen later.
    near
        Latitude and longitude of the city, degrees. If given, notes more than
        `note_values.NEAR_KM` away are rejected, swapped coordinates are recognised, and short
        plus codes can be decoded.
    progress
        Called every `_ROWS_PER_REPORT` rows.

    Raises
    ------
    InputDataError
        If the file as a whole cannot be used: too large, not text, or no column of positions.
    """
    file = store.local_file(path)
    shown = shown_value(file.name)
    data = _content(file, shown)
    if file.suffix.lower() in {".geojson", ".json"}:
        table = _geojson(data, shown)
    elif file.suffix.lower() in {".csv", ".tsv", ".txt"}:
        table = _csv(data, shown)
    else:
        msg = f"{shown} is neither .csv nor .geojson. Save the notes as one of these."
        raise InputDataError(msg)
    return _notes(table, shown, lambda cells: _row(cells, as_of, near), progress)


def _content(file: Path, shown: str) -> bytes:
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"{shown} cannot be read ({error.strerror}). Check the file and its permissions."
        raise InputDataError(msg) from error
    if len(data) > MAX_BYTES:
        msg = f"{shown} is larger than {MAX_BYTES // 1_000_000} MB. Split it."
        raise InputDataError(msg)
    for start, what in _NOT_TEXT.items():
        if data.startswith(start):
            msg = f"{shown} is {what}, not text. In the spreadsheet choose: save as CSV (UTF-8)."
            raise InputDataError(msg)
    return data


def _notes(table: _Table, shown: str, read: _ReadRow, progress: StepProgress | None) -> FieldNotes:
    import geopandas as gpd

    rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    earlier: dict[tuple[object, ...], int] = {}
    crowd: Counter[tuple[float, float]] = Counter()
    n_notes = 0
    for number, cells, spoilt in table.rows:
        n_notes += 1
        if n_notes > MAX_ROWS:
            msg = f"{shown} has more than {MAX_ROWS} rows. Split it."
            raise InputDataError(msg)
        if progress and n_notes % _ROWS_PER_REPORT == 0:
            progress(f"{n_notes:,} notes read", None)
        found, wrong = ([], [ColumnProblem("", spoilt)]) if spoilt else read(cells)
        first = earlier.setdefault(tuple(repr(row) for row in found), number) if found else number
        if first != number:
            what = f"repeats row {first}. If these are two cameras, let the notes tell them apart"
            found, wrong = [], [ColumnProblem("", what)]
        for row in found[:1]:
            cell = (round(row["geometry"].x, 4), round(row["geometry"].y, 4))  # about 11 m
            crowd[cell] += 1
            if crowd[cell] ** 2 > _MAX_PAIRS:
                raise _crowded(shown)
        rows.extend({**row, "osm_id": f"note/{number}"} for row in found)
        problems.extend(
            Problem(number, table.headings.get(column, column), f"{reason}.")
            for column, reason in wrong
        )
    _check_crowd(rows, shown)
    frame = (
        conform(FIELD_NOTES, gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS))
        if rows
        else empty_layer(FIELD_NOTES)
    )
    return FieldNotes(frame, tuple(problems), table.ignored, n_notes, table.read_as)


def _check_crowd(rows: list[dict[str, Any]], shown: str) -> None:
    """Refuse notes whose comparison with one another would take without bound."""
    import numpy as np
    from scipy.spatial import cKDTree

    if not rows:
        return
    if len(rows) * len({row["seen_on"] for row in rows}) > _MAX_VISITS:
        msg = f"{shown} has {len(rows):,} notes of too many days. Split it."
        raise InputDataError(msg)
    lon_lat = np.radians([(row["geometry"].x, row["geometry"].y) for row in rows])
    across = np.column_stack([np.cos(lon_lat[:, 1]) * f(lon_lat[:, 0]) for f in (np.cos, np.sin)])
    tree = cKDTree(_EARTH_RADIUS_M * np.column_stack([across, np.sin(lon_lat[:, 1])]))
    if int(tree.count_neighbors(tree, _CROWD_M)) > _MAX_PAIRS:
        raise _crowded(shown)


def _crowded(shown: str) -> InputDataError:
    msg = (
        f"{shown} has more notes within {_CROWD_M:.0f} m of one another than there can be "
        "cameras. Do all have the position of one place? Give each its own."
    )
    return InputDataError(msg)


def _row(
    cells: dict[str, str], as_of: dt.date, near: tuple[float, float] | None
) -> tuple[list[dict[str, Any]], list[ColumnProblem]]:
    """Return the layer rows of one note, or all of its problems."""
    import shapely

    problems: list[ColumnProblem] = []

    def cell(column: str, read: Any, *more: Any) -> Any:  # noqa: ANN401
        try:
            return read(cells.get(column, ""), *more)
        except note_values.UnreadableError as error:
            problems.append(ColumnProblem(column, str(error)))
            return None

    try:
        position = note_values.position(
            cells.get("lat", ""), cells.get("lon", ""), cells.get("position", ""), near
        )
    except note_values.UnreadableError as error:
        position = None
        problems.append(ColumnProblem(error.column, str(error)))
    kind = cell("kind", note_values.kind)
    height_m = cell("height", note_values.height_m)
    seen_on = cell("seen_on", note_values.seen_on, as_of)
    status = cell("status", note_values.status)
    width_deg = cell("width", note_values.width_deg)
    texts = {name: cell(name, note_values.free_text) for name in ("operator", "brand", "note")}
    views = cell("direction", note_values.views, math.nan if width_deg is None else width_deg)
    if problems or position is None:
        return [], problems
    lat, lon = (round(value, _DECIMALS) for value in position)
    row = {
        "kind": kind[0],
        "surveillance": None,
        "surveillance_type": kind[1],
        "zone": None,
        "mount": None,
        "height_m": height_m,
        "tilt_deg": math.nan,
        "operator": texts["operator"],
        "brand": texts["brand"],
        "manufacturer": None,
        "model": None,
        "check_date": seen_on,
        "fixme": None,
        "in_building": False,
        "seen_on": seen_on,
        "status": status,
        "note": texts["note"],
        "geometry": shapely.Point(lon, lat),
    }
    return [{**row, "direction_deg": a, "width_deg": w} for a, w in views], []


def _known_columns(
    headings: Iterable[str], shown: str, *, placed: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the heading of each known column, and the unknown headings.

    A column's own name takes precedence over its alternatives, then the order of the file.
    """
    listed = [heading for heading in headings if heading.strip()]
    if len(listed) > _MAX_COLUMNS:
        msg = f"{shown} has {len(listed):,} columns. Keep those of docs/guide/field-notes.md."
        raise InputDataError(msg)
    chosen: dict[str, str] = {}
    for column, others in COLUMNS.items():
        if placed and column in {"lat", "lon", "position"}:
            continue
        for name in (column, *others):
            match = next((h for h in listed if folded(h) == folded(name)), None)
            if match is not None:
                chosen[column] = match
                break
    if not placed and not ({"lat", "lon"} <= chosen.keys() or "position" in chosen):
        found = ", ".join(_heading(h) for h in listed[:_MAX_SHOWN]) or "no heading"
        msg = (
            f"{shown} has no columns 'lat' and 'lon', and none called 'position'. Its first row "
            f"has: {found}. Write the headings of docs/guide/field-notes.md into the first row."
        )
        raise InputDataError(msg)
    ignored = dict.fromkeys(_heading(h) for h in listed if h not in chosen.values())
    return chosen, tuple(ignored)


def _heading(text: str) -> str:
    return clean_text(text) or "(unnamed)"


# --- CSV ------------------------------------------------------------------------------------


def _csv(data: bytes, shown: str) -> _Table:
    text, encoding = _decoded(data, shown)
    named = re.match(r"sep=([\t;,])\r?\n", text)
    first = text.splitlines()[0] if text.strip() else ""
    separator = named[1] if named else max(_SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = enumerate(_lines(reader, shown), start=1)
    if named:
        next(lines, None)
    _, heading = next(lines, (0, []))
    chosen, ignored = _known_columns(heading, shown, placed=False)
    at = {column: heading.index(name) for column, name in chosen.items()}
    return _Table(
        rows=_csv_rows(lines, at, len(heading)),
        headings={column: _heading(name) for column, name in chosen.items()},
        ignored=ignored,
        read_as=f"CSV, {encoding}, {_SEPARATORS[separator]}",
    )


def _lines(reader: Iterator[list[str]], shown: str) -> Iterator[list[str]]:
    number = 0
    try:
        for cells in reader:
            number += 1
            yield cells
    except csv.Error as error:
        msg = (
            f"{shown}, row {number + 1}: {error}. Look for a quotation mark that is not closed, "
            "and save the file again as CSV (UTF-8)."
        )
        raise InputDataError(msg) from error


def _csv_rows(
    lines: Iterator[tuple[int, list[str]]], at: dict[str, int], n_columns: int
) -> Iterator[tuple[int, dict[str, str], str | None]]:
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        spoilt = None
        if any(cell.strip() for cell in cells[n_columns:]):
            spoilt = (
                f"has {len(cells)} cells and the heading {n_columns}. Put texts and numbers with "
                "the separator in them between quotation marks"
            )
        yield number, {c: cells[k] for c, k in at.items() if k < len(cells)}, spoilt


def _decoded(data: bytes, shown: str) -> tuple[str, str]:
    """Decode a file; return its text and the name of its encoding.

    A byte order mark decides; without one, UTF-16 if about every second of the first bytes is
    zero, else UTF-8 if valid, else Windows-1252.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        tries = [("utf-8-sig", "UTF-8")]
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries = [("utf-16", "UTF-16")]
    elif data[:200].count(0) > len(data[:200]) // 3:
        order = "utf-16-le" if data[1:200:2].count(0) >= data[:200:2].count(0) else "utf-16-be"
        tries = [(order, "UTF-16")]
    else:
        tries = [("utf-8", "UTF-8"), ("cp1252", "Windows-1252")]
    for codec, name in tries:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, name
    msg = f"{shown} is not text that can be read. In the spreadsheet choose: save as CSV (UTF-8)."
    raise InputDataError(msg)


# --- GeoJSON --------------------------------------------------------------------------------


def _geojson(data: bytes, shown: str) -> _Table:
    text, encoding = _decoded(data, shown)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{shown} is not whole JSON. Export it again."
        raise InputDataError(msg) from error
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or content.get("type") != "FeatureCollection":
        msg = f"{shown} is not a GeoJSON collection of features. Export the points as GeoJSON."
        raise InputDataError(msg)
    crs = content.get("crs")
    if crs is not None and not any(name in json.dumps(crs) for name in _WGS84_NAMES):
        msg = f"{shown} is not in longitude and latitude. Export it in WGS84 (EPSG:4326)."
        raise InputDataError(msg)
    names = dict.fromkeys(
        name
        for feature in features
        if isinstance(feature, dict) and isinstance(feature.get("properties"), dict)
        for name in feature["properties"]
    )
    chosen, ignored = _known_columns(names, shown, placed=True)
    return _Table(
        rows=_features(features, chosen),
        headings={column: _heading(name) for column, name in chosen.items()},
        ignored=ignored,
        read_as=f"GeoJSON, {encoding}",
    )


def _features(
    features: list[Any], chosen: dict[str, str]
) -> Iterator[tuple[int, dict[str, str], str | None]]:
    for number, feature in enumerate(features, start=1):
        shape = feature.get("geometry") if isinstance(feature, dict) else None
        shape = shape if isinstance(shape, dict) else {}
        place = shape.get("coordinates")
        if shape.get("type") != "Point" or not isinstance(place, list) or len(place) < 2:  # noqa: PLR2004
            yield number, {}, "is not a point. Note each camera as a point"
            continue
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in place[:2]):
            yield number, {}, "has a position that is not two numbers"
            continue
        values = feature.get("properties")
        values = values if isinstance(values, dict) else {}
        cells = {column: values.get(name) for column, name in chosen.items()}
        nested = next((c for c, v in cells.items() if isinstance(v, dict | list)), None)
        if nested is not None:
            yield number, {}, f"has a list or table under {shown_value(chosen[nested])}"
            continue
        texts = {column: "" if v is None else str(v) for column, v in cells.items()}
        yield number, {**texts, "lat": _plain(place[1]), "lon": _plain(place[0])}, None


def _plain(value: float) -> str:
    """Format a number without exponent; infinities and NaN remain words, rejected later."""
    return f"{value:.12f}" if isinstance(value, float) and math.isfinite(value) else str(value)[:40]
