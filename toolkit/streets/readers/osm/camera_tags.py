"""Interpretation of the tags of surveillance cameras: pure rules, without files or geometry.

The rules follow the OpenStreetMap wiki ("Tag:man_made=surveillance", "Key:surveillance",
"Key:surveillance:type", "Key:camera:type", "Key:camera:direction", "Key:direction",
"Key:check_date"; read November 2026). ``docs/reference/city-packs.md`` has them as tables.
Field notes (`toolkit.streets.readers.field_notes`) use the same rules for directions and heights.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from toolkit.base.clean_text import clean_text
from toolkit.base.terms import FULL_CIRCLE_DEG

Tags = Mapping[str, str]

MAX_CAMERA_HEIGHT_M: Final = 200.0
"""A greater height is a tagging error: masts of street cameras have 3 to 30 m."""
_MAX_DIRECTIONS: Final = 16
_METRES_PER_FOOT: Final = 0.3048  # international foot, 1959
_MAX_TILT_DEG: Final = 90.0

_POINTS: Final = (
    "n", "nne", "ne", "ene", "e", "ese", "se", "sse", "s", "ssw", "sw", "wsw", "w", "wnw", "nw",
    "nnw",
)  # fmt: skip
"""The sixteen compass points, clockwise from north."""
_LETTERS: Final = {"n": "north", "e": "east", "s": "south", "w": "west"}
_WORDS: Final = {
    spelling: point
    for point in _POINTS
    for words in [[_LETTERS[letter] for letter in point]]
    for parts in (words, ["".join(words)], [*words[:1], *filter(None, ["".join(words[1:])])])
    for spelling in ["-".join(parts)]
}
"""Names such as "north-northeast", whose hyphen is not that of a range ("N-E")."""
_RELATIVE: Final = frozenset({"forward", "forwards", "backward", "backwards", "both"})
_ANGLE: Final = r"\d{1,3}(?:\.\d{1,6})?"
_SINGLE: Final = re.compile(rf"-?{_ANGLE}", re.ASCII)
_PLAIN_FORMS: Final = (
    ("°", ""), ("º", ""), ("degrees", ""), ("deg", ""), ("–", "-"), ("—", "-"), ("\u2212", "-"),
)  # fmt: skip
_MAX_ITEM: Final = 64
"""Maximum length of a list item; "north-northeast - east-southeast" has 32 characters."""

_METRES: Final = re.compile(r"(\d{1,4}(?:\.\d{1,6})?) ?(?:m|metre|metres|meter|meters)?", re.ASCII)
_FEET: Final = re.compile(
    r"(\d{1,4}(?:\.\d{1,6})?) ?(?:'|ft|feet|foot)"
    r"(?: ?(\d{1,2}(?:\.\d{1,6})?) ?(?:\"|in|inch|inches)?)?",
    re.ASCII,
)
_TILT: Final = re.compile(rf"[-+]?({_ANGLE}) ?°?", re.ASCII)
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?", re.ASCII)

_KINDS: Final[dict[str, str]] = {
    **dict.fromkeys(("fixed", "static", "bullet"), "fixed"),
    "dome": "dome",
    **dict.fromkeys(
        ("panning", "pan", "ptz", "rotating", "moving", "panoramic", "fisheye", "360"), "panning"
    ),
}
_CAMERA_DEVICES: Final[dict[str, str]] = {
    **dict.fromkeys(("camera", "cameras", "cctv", "video", "webcam", "yes"), "camera"),
    **dict.fromkeys(
        (
            "alpr", "anpr", "lpr", "license_plate_reader", "licence_plate_reader",
            "number_plate_reader",
        ),
        "ALPR",
    ),
}  # fmt: skip
_OTHER_DEVICES: Final[dict[str, str]] = {
    **dict.fromkeys(("guard", "guards", "security", "security_guard", "patrol"), "guard"),
    **dict.fromkeys(
        ("gunshot_detector", "gunshot", "gunshot_detection", "shotspotter"), "gunshot_detector"
    ),
    **dict.fromkeys(("microphone", "audio", "sound"), "microphone"),
    **dict.fromkeys(("bluetooth", "wifi", "wi_fi", "imsi_catcher"), "radio"),
}
_SURVEILLANCE: Final[dict[str, str]] = {
    **dict.fromkeys(("public", "street", "traffic", "road", "town"), "public"),
    **dict.fromkeys(("outdoor", "outside"), "outdoor"),
    **dict.fromkeys(("indoor", "inside"), "indoor"),
}
_AS_ZONE: Final = frozenset({"traffic", "street", "road", "town"})
"""Values of ``surveillance:zone`` often tagged under ``surveillance``."""
_NOT_INDOOR: Final = frozenset({"no", "outdoor"})


@dataclass(frozen=True)
class Directions:
    """Directions of view of a camera.

    Attributes
    ----------
    views
        Pairs of centre (degrees clockwise from north, [0, 360)) and width (degrees, (0, 360]).
        The width is NaN where only a direction is given, the centre is NaN for a full circle.
    relative
        Number of items such as "forward", which refer to a street, not to north.
    unreadable
        Number of further items that could not be parsed.
    """

    views: tuple[tuple[float, float], ...] = ()
    relative: int = 0
    unreadable: int = 0


@dataclass(frozen=True)
class CameraReading:
    """Interpretation of one ``man_made=surveillance`` object.

    Attributes
    ----------
    rows
        One row per direction, with the columns of the layer "cameras" except ``osm_id`` and
        ``in_building``; none unless it is an outdoor camera.
    counts
        Numbers left out or not understood, by figure of the manifest.
    """

    rows: tuple[dict[str, Any], ...]
    counts: dict[str, int]


def read_object(tags: Tags) -> CameraReading | None:
    """Interpret the tags of any object; None if it has nothing to do with cameras.

    Only ``man_made=surveillance`` makes a camera. Speed cameras (``highway=speed_camera``)
    photograph speeding vehicles only: they are counted and left out, unless they have that tag,
    too.
    """
    if tags.get("man_made") == "surveillance":
        return read_camera(tags)
    if tags.get("highway") == "speed_camera":
        return CameraReading((), {"speed_cameras_left_out": 1})
    return None


def read_camera(tags: Tags) -> CameraReading:
    """Interpret the tags of an object with ``man_made=surveillance``."""
    device = surveillance_type(tags)
    if device not in {"camera", "ALPR"}:
        return CameraReading((), {"cameras_other_dropped": 1, f"cameras_other_dropped_{device}": 1})
    where = camera_surveillance(tags)
    if where == "indoor":
        return CameraReading((), {"cameras_indoor_dropped": 1})
    seen = directions(tags)
    row = {
        "kind": camera_kind(tags),
        "surveillance": where,
        "surveillance_type": device,
        "zone": _zone(tags),
        "mount": clean_text(tags.get("camera:mount")),
        "height_m": height_m(tags.get("height")),
        "tilt_deg": tilt_deg(tags),
        "operator": clean_text(tags.get("operator")),
        "brand": clean_text(tags.get("brand") or tags.get("manufacturer")),
        "manufacturer": clean_text(tags.get("manufacturer")),
        "model": clean_text(tags.get("model")),
        "check_date": check_date(tags),
        "fixme": clean_text(tags.get("fixme")),
    }
    return CameraReading(
        tuple(
            {**row, "direction_deg": middle, "width_deg": width}
            for middle, width in seen.views or ((math.nan, math.nan),)
        ),
        {
            "camera_directions_relative": seen.relative,
            "camera_directions_unreadable": seen.unreadable,
        },
    )


def _items(value: str | None) -> list[str]:
    """Split a list with semicolons into items in lower case with underscores."""
    parts = (value or "").lower().split(";")[:_MAX_DIRECTIONS]
    return ["_".join(part.replace("-", " ").split()) for part in parts if part.strip()]


def camera_kind(tags: Tags) -> str:
    """Return ``fixed``, ``dome``, ``panning`` or ``unknown``: the first known item of a list.

    "Panning" covers all cameras with a view all round, turning or panoramic. ``revolving=yes``,
    an older tag, counts as panning where ``camera:type`` is missing.
    """
    items = _items(tags.get("camera:type"))
    known = next((_KINDS[item] for item in items if item in _KINDS), None)
    if known is not None:
        return known
    return "panning" if not items and tags.get("revolving") == "yes" else "unknown"


def camera_surveillance(tags: Tags) -> str | None:
    """Return ``public``, ``outdoor``, ``indoor``, or None where not tagged in a usable way.

    The most public item of a list counts. ``indoor=yes`` counts where ``surveillance`` is not
    usable.
    """
    found = {
        _SURVEILLANCE[item] for item in _items(tags.get("surveillance")) if item in _SURVEILLANCE
    }
    for value in ("public", "outdoor", "indoor"):
        if value in found:
            return value
    inside = tags.get("indoor", "no").strip().lower() not in _NOT_INDOOR
    return "indoor" if inside or tags.get("location") == "indoor" else None


def surveillance_type(tags: Tags) -> str:
    """Return the type of a surveillance device.

    Without ``surveillance:type`` a device is assumed to be a camera, as most are. In a list, a
    plate reader takes precedence over a camera, and a camera over anything else.

    Returns
    -------
    device
        ``camera``, ``ALPR``, ``guard``, ``gunshot_detector``, ``microphone``, ``radio`` or
        ``unknown`` (any other value).
    """
    items = _items(tags.get("surveillance:type"))
    if not items:
        return "camera"
    found = {_CAMERA_DEVICES[item] for item in items if item in _CAMERA_DEVICES}
    if found:
        return "ALPR" if "ALPR" in found else "camera"
    return next((_OTHER_DEVICES[item] for item in items if item in _OTHER_DEVICES), "unknown")


def _zone(tags: Tags) -> str | None:
    zone = clean_text(tags.get("surveillance:zone"))
    if zone is not None:
        return zone
    return next((i for i in _items(tags.get("surveillance")) if i in _AS_ZONE), None)


def height_m(value: str | None) -> float:
    """Parse a height given in metres (``4``, ``4.5 m``) or feet (``13 ft``, ``16'6"``).

    Returns
    -------
    height_m
        NaN if it is missing, malformed, 0, or above `MAX_CAMERA_HEIGHT_M`.
    """
    text = (value or "").strip().lower()[:_MAX_ITEM]
    feet = _FEET.fullmatch(text)
    metres = _METRES.fullmatch(text)
    if feet:
        height = (float(feet[1]) + float(feet[2] or 0) / 12) * _METRES_PER_FOOT
    elif metres:
        height = float(metres[1])
    else:
        return math.nan
    return height if 0 < height <= MAX_CAMERA_HEIGHT_M else math.nan


def tilt_deg(tags: Tags) -> float:
    """Return ``camera:angle`` as degrees below the horizon, from 0 to 90; NaN if unknown.

    Mappers tag a camera tilted down by 15 degrees as 15 or as -15. Street cameras do not look at
    the sky, so both mean the same.
    """
    match = _TILT.fullmatch((tags.get("camera:angle") or "").strip()[:_MAX_ITEM])
    angle = float(match[1]) if match else math.nan
    return angle if angle <= _MAX_TILT_DEG else math.nan


def check_date(tags: Tags) -> str | None:
    """Return the latest of ``check_date`` and ``survey:date``, such as 2024, 2024-05, 2024-05-31.

    Invalid dates are ignored.
    """
    found = [tags.get(key, "").strip() for key in ("check_date", "survey:date")]
    return max((value for value in found if _is_date(value)), default=None)


def _is_date(value: str) -> bool:
    match = _DATE.fullmatch(value)
    if match is None:
        return False
    try:
        dt.date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return False
    return True


def directions(tags: Tags) -> Directions:
    """Return the directions of view of a camera.

    ``camera:direction`` takes precedence over ``direction``, which counts only where the former is
    missing or unreadable.
    """
    first = parse_directions(tags.get("camera:direction"))
    if first.views:
        return first
    second = parse_directions(tags.get("direction"))
    return Directions(
        second.views, first.relative + second.relative, first.unreadable + second.unreadable
    )


def parse_directions(value: str | None) -> Directions:
    """Parse a list of directions with semicolons.

    Accepted are degrees clockwise from north (``90``, ``90.5°``, ``-45``; within -360 to 360), the
    sixteen compass points as letters or words (``NE``, ``north-east``), and ranges of two of these,
    clockwise from the first to the second (``239-284``, ``350-10`` across north, ``NW-NE``). Two
    different names of north make a full circle (``0-360``).

    Examples
    --------
    >>> parse_directions("NE;350-10").views
    ((45.0, nan), (0.0, 20.0))
    """
    items = [item for item in (value or "").split(";") if item.strip()]
    views: list[tuple[float, float]] = []
    relative = 0
    unreadable = len(items[_MAX_DIRECTIONS:])
    for item in items[:_MAX_DIRECTIONS]:
        text = _plain(item)
        view = _view(text)
        if text in _RELATIVE:
            relative += 1
        elif view is None:
            unreadable += 1
        elif view not in views:
            views.append(view)
    return Directions(tuple(views), relative, unreadable)


def _plain(item: str) -> str:
    text = "".join(item[: 2 * _MAX_ITEM].lower().split()) if len(item) <= 2 * _MAX_ITEM else ""
    for sign, plain in _PLAIN_FORMS:
        text = text.replace(sign, plain)
    return text if len(text) <= _MAX_ITEM else ""


def _view(text: str) -> tuple[float, float] | None:
    """Return centre and width of one item in plain form, None if it cannot be parsed."""
    single = _angle_deg(text)
    if single is not None:
        return _normalized_deg(single), math.nan
    # Any hyphen but a leading minus may be that of the range: "north-east-south".
    for at in (k for k, sign in enumerate(text) if sign == "-" and k):
        start, end = _angle_deg(text[:at]), _angle_deg(text[at + 1 :])
        if start is None or end is None or end < 0:
            continue
        width = (end - start) % FULL_CIRCLE_DEG
        if width:
            return _normalized_deg(start + width / 2), width
        return (_normalized_deg(start), math.nan) if end == start else (math.nan, FULL_CIRCLE_DEG)
    return None


def _normalized_deg(angle_deg: float) -> float:
    """Return an angle in [0, 360); rounding must not lift it to 360 itself."""
    turned = angle_deg % FULL_CIRCLE_DEG
    return turned if turned < FULL_CIRCLE_DEG else 0.0


def _angle_deg(text: str) -> float | None:
    point = _WORDS.get(text, text)
    if point in _POINTS:
        return _POINTS.index(point) * FULL_CIRCLE_DEG / len(_POINTS)
    if not _SINGLE.fullmatch(text):
        return None
    angle = float(text)
    return angle if abs(angle) <= FULL_CIRCLE_DEG else None
