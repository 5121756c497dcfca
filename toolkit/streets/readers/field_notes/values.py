"""Parsing of the cells of field notes: positions, dates, directions and words.

Burmese digits, decimal commas and degree signs are accepted. Anything else is rejected with a
reason; nothing is guessed.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from toolkit.base.clean_text import clean_text
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.base.toml_files import shown_value
from toolkit.base.zawgyi import REFUSAL, is_zawgyi
from toolkit.streets.readers.field_notes import plus_codes
from toolkit.streets.readers.osm import camera_tags

if TYPE_CHECKING:
    import pyproj

NEAR_KM: Final = 100.0
"""A position farther from the city than this is a mistake: the widest of the ten territories is
about 100 km across (Naypyidaw, 7,000 km2)."""
_M_PER_KM: Final = 1000.0
_LAT_LIMIT_DEG: Final = 90.0
_LON_LIMIT_DEG: Final = 180.0
_SIXTIETHS: Final = 60
_MAX_CELL: Final = 200

_DIGITS: Final = str.maketrans("၀၁၂၃၄၅၆၇၈၉", "0123456789")
_WA: Final = re.compile(r"(?<=[0-9.,])ဝ|ဝ(?=[0-9.,])")
"""The letter wa, which looks like the Burmese zero and is often typed instead."""
_NUMBER: Final = re.compile(r"[+-]?\d{1,6}(?:\.\d{0,15})?", re.ASCII)
_ANGLE: Final = re.compile(
    r"([NSEW])?([+-]?\d{1,3}(?:\.\d{0,15})?)°?"
    r"(?:(\d{1,2}(?:\.\d{0,10})?)['′’])?(?:(\d{1,2}(?:\.\d{0,10})?)(?:[\"″”]|''))?([NSEW])?",
    re.ASCII,
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ][\d:.,]+Z?)?", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)

_KINDS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(("", "unknown", "camera", "cctv", "?", "ကင်မရာ"), ("unknown", "camera")),
    **dict.fromkeys(("fixed", "bullet", "static", "ပုံသေ"), ("fixed", "camera")),
    **dict.fromkeys(("dome", "လုံးဝန်း"), ("dome", "camera")),
    **dict.fromkeys(
        ("panning", "ptz", "turning", "rotating", "panoramic", "လှည့်"), ("panning", "camera")
    ),
    **dict.fromkeys(
        ("alpr", "anpr", "lpr", "plate", "plate reader", "number plate", "ယာဉ်နံပါတ်"),
        ("unknown", "ALPR"),
    ),
}
"""Kind of camera and type of device by word, as in the layer of cameras."""
_STATUSES: Final[dict[str, str]] = {
    **dict.fromkeys(("", "present", "yes", "there", "ရှိ", "ရှိသည်"), "present"),
    **dict.fromkeys(("gone", "removed", "no", "not there", "မရှိ", "မရှိတော့"), "gone"),
    **dict.fromkeys(("unsure", "maybe", "?", "မသေချာ"), "unsure"),
}
_BURMESE_POINTS: Final = (
    ("အရှေ့မြောက်", "NE"), ("အရှေ့တောင်", "SE"), ("အနောက်တောင်", "SW"), ("အနောက်မြောက်", "NW"),
    ("မြောက်", "N"), ("အရှေ့", "E"), ("တောင်", "S"), ("အနောက်", "W"), ("ဘက်", ""),
)  # fmt: skip
"""Compass points, longer words first; the last word means "side"."""


class UnreadableError(Exception):
    """Cell that cannot be parsed; the message gives the reason."""

    def __init__(self, reason: str, column: str = "") -> None:
        super().__init__(reason)
        self.column = column


class ColumnProblem(NamedTuple):
    """Problem of one column of a row."""

    column: str
    reason: str


def normalized(text: str) -> str:
    """Return a text with Western digits, single spaces and limited length.

    Examples
    --------
    >>> normalized(" ၁၆.၄၉ ")
    '16.49'
    """
    digits = " ".join(text[:_MAX_CELL].split()).translate(_DIGITS)
    return _WA.sub("0", digits)


def _comma_as_point(text: str) -> str:
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def number(text: str) -> float | None:
    """Parse a number; None for an empty cell.

    Raises
    ------
    UnreadableError
        If it is not a number.
    """
    plain = _comma_as_point(normalized(text)).removesuffix("°").strip()
    if not plain:
        return None
    if not _NUMBER.fullmatch(plain):
        msg = f"{shown_value(text)} is not a number"
        raise UnreadableError(msg)
    return float(plain)


# --- positions ------------------------------------------------------------------------------


def position(
    lat: str, lon: str, both: str, near: tuple[float, float] | None
) -> tuple[float, float]:
    """Parse the position of a note as latitude and longitude.

    Parameters
    ----------
    lat, lon
        Cells of the two columns, or empty.
    both
        Cell of the column "position": two numbers or a plus code; used if the others are empty.
    near
        Latitude and longitude of the city, degrees.

    Raises
    ------
    UnreadableError
        If there is none, or it is out of range, swapped, or far from the city.
    """
    if normalized(lat) or normalized(lon):
        column = "lat"
        found = (_angle(lat, "lat", "NS"), _angle(lon, "lon", "EW"))
    elif normalized(both):
        column = "position"
        found = _pair(both, near)
    else:
        msg = "there is no position"
        raise UnreadableError(msg, "position")
    reason = _wrong_place(*found, near)
    if reason:
        raise UnreadableError(reason, column)
    return found


def _angle(text: str, column: str, letters: str) -> float:
    plain = _comma_as_point(normalized(text)).upper().replace(" ", "")
    match = _ANGLE.fullmatch(plain)
    if match is None:
        msg = f"{shown_value(text)} is not a coordinate" if plain else "it is empty"
        raise UnreadableError(msg, column)
    letter = match[1] or match[5] or letters[0]
    if letter not in letters or (match[1] and match[5]):
        msg = f"{shown_value(text)} looks swapped with the other coordinate"
        raise UnreadableError(msg, column)
    degrees = abs(float(match[2]))
    minutes, seconds = float(match[3] or 0), float(match[4] or 0)
    value = degrees + (minutes + seconds / _SIXTIETHS) / _SIXTIETHS
    negative = match[2].startswith("-") != (letter == letters[1])
    if max(minutes, seconds) >= _SIXTIETHS:
        msg = f"{shown_value(text)} has 60 or more minutes or seconds"
        raise UnreadableError(msg, column)
    return -value if negative else value


def _pair(text: str, near: tuple[float, float] | None) -> tuple[float, float]:
    plain = normalized(text).strip("()[] ").removeprefix("geo:")
    if plus_codes.is_plus_code(plain):
        found = plus_codes.decode(plain, near)
        if found is None:
            msg = f"{shown_value(text)} is a short plus code. Write the whole code"
            raise UnreadableError(msg, "position")
        return found
    for parts in _halves(plain):
        if len(parts) == 2 and all(_ANGLE.fullmatch(_tight(p)) for p in parts):  # noqa: PLR2004
            return (_angle(parts[0], "position", "NS"), _angle(parts[1], "position", "EW"))
    msg = f"{shown_value(text)} is not a position such as 16.49050, 97.62820"
    raise UnreadableError(msg, "position")


def _tight(text: str) -> str:
    return _comma_as_point(text).upper().replace(" ", "")


def _halves(plain: str) -> list[list[str]]:
    """Return possible splits of a pair, the least ambiguous first (``16,49; 97,62``)."""
    commas = plain.split(",")
    ways = [plain.split(";"), plain.split(", "), re.split(r"(?<=[NSns]) *,? *", plain, maxsplit=1)]
    if len(commas) == 2:  # noqa: PLR2004
        ways.append(commas)
    if len(commas) == 4:  # noqa: PLR2004 - 16,49,97,62
        ways.append([",".join(commas[:2]), ",".join(commas[2:])])
    return [[part.strip() for part in way] for way in (*ways, plain.split())]


def _wrong_place(lat: float, lon: float, near: tuple[float, float] | None) -> str | None:
    """Return the problem of a position, or None."""
    swapped = abs(lon) <= _LAT_LIMIT_DEG and abs(lat) <= _LON_LIMIT_DEG
    if near is not None and swapped and _km(near, (lon, lat)) <= NEAR_KM < _km(near, (lat, lon)):
        return f"{lat:g}, {lon:g}: latitude and longitude look swapped"
    if abs(lat) > _LAT_LIMIT_DEG or abs(lon) > _LON_LIMIT_DEG:
        hint = "; latitude and longitude look swapped" if swapped and near is None else ""
        return f"{lat:g}, {lon:g} is out of range (90, 180){hint}"
    if lat == lon == 0:
        return "0, 0 is what a phone writes when it does not know where it is"
    if near is not None and _km(near, (lat, lon)) > NEAR_KM:
        return f"{lat:g}, {lon:g} is {_km(near, (lat, lon)):,.0f} km from the city"
    return None


def _km(a: tuple[float, float], b: tuple[float, float]) -> float:
    if abs(b[0]) > _LAT_LIMIT_DEG:
        return math.inf
    return float(_wgs84().inv(a[1], a[0], b[1], b[0])[2]) / _M_PER_KM


@cache
def _wgs84() -> pyproj.Geod:
    import pyproj

    return pyproj.Geod(ellps="WGS84")


# --- words, numbers, dates ------------------------------------------------------------------


def _word(text: str) -> str:
    return " ".join(normalized(text).casefold().replace("_", " ").replace("-", " ").split())


def kind(text: str) -> tuple[str, str]:
    """Parse the kind of camera; return kind and type of device."""
    found = _KINDS.get(_word(text))
    if found is None:
        msg = f"{shown_value(text)} is none of fixed, dome, panning, plate, unknown"
        raise UnreadableError(msg)
    return found


def status(text: str) -> str:
    """Parse the status: ``present`` (also for an empty cell), ``gone`` or ``unsure``."""
    found = _STATUSES.get(_word(text))
    if found is None:
        msg = f"{shown_value(text)} is none of present, gone, unsure"
        raise UnreadableError(msg)
    return found


def free_text(text: str) -> str | None:
    """Return a text as it is stored; None for an empty one.

    Raises
    ------
    UnreadableError
        If it is Zawgyi.
    """
    if is_zawgyi(text[:_MAX_CELL]):
        raise UnreadableError(REFUSAL)
    return clean_text(text)


def height_m(text: str) -> float:
    """Parse a height given in metres or feet; return metres, NaN for an empty cell."""
    plain = _comma_as_point(normalized(text))
    if not plain:
        return math.nan
    height = camera_tags.height_m(plain)
    if math.isnan(height):
        msg = f"{shown_value(text)} is not a height of up to {camera_tags.MAX_CAMERA_HEIGHT_M:g} m"
        raise UnreadableError(msg)
    return height


def width_deg(text: str) -> float:
    """Parse the width of a field of view in degrees; NaN for an empty cell."""
    width = number(text)
    if width is None:
        return math.nan
    if not 0 < width <= FULL_CIRCLE_DEG:
        msg = f"{shown_value(text)} is not an angle above 0 and up to 360 degrees"
        raise UnreadableError(msg)
    return width


def views(text: str, width: float) -> tuple[tuple[float, float], ...]:
    """Parse the directions of a note; return direction and width of each view.

    Parameters
    ----------
    text
        Cell of the column "direction".
    width
        Width in degrees from its own column, or NaN.

    Returns
    -------
    views
        At least one pair (direction, width) in degrees: (NaN, NaN) if unknown, (NaN, 360) for a
        camera with a view all round.
    """
    plain = re.sub(r"(?<=\d),(?=\d)", ".", normalized(text))
    for burmese, point in _BURMESE_POINTS:
        plain = plain.replace(burmese, point)
    found = camera_tags.parse_directions(plain)
    if found.unreadable or found.relative:
        msg = f"{shown_value(text)} is not a direction such as 90, NE or 60-120"
        raise UnreadableError(msg)
    if not found.views:
        if math.isnan(width) or width == FULL_CIRCLE_DEG:
            return ((math.nan, width),)
        msg = "there is a width and no direction"
        raise UnreadableError(msg)
    stated = [known for _, known in found.views if not math.isnan(known)]
    if stated and not math.isnan(width) and any(known != width for known in stated):
        msg = (
            f"{shown_value(text)} gives a width of {stated[0]:g} degrees, the next column {width:g}"
        )
        raise UnreadableError(msg)
    if width == FULL_CIRCLE_DEG:
        return ((math.nan, width),)
    return tuple((axis, width if math.isnan(known) else known) for axis, known in found.views)


def seen_on(text: str, as_of: dt.date) -> str | None:
    """Parse the date a camera was seen, as ``YYYY-MM-DD``; None for an empty cell.

    A time of day is dropped.
    """
    plain = normalized(text)
    if not plain:
        return None
    first, last = _YEAR_FIRST.fullmatch(plain), _YEAR_LAST.fullmatch(plain)
    if first:
        year, month, day = (int(first[k]) for k in (1, 2, 3))
    elif last:
        day, month, year = (int(last[k]) for k in (1, 2, 3))
        if "/" in plain and day != month and max(day, month) <= 12:  # noqa: PLR2004
            msg = f"{shown_value(text)} can be read in two ways. Write {year}-MM-DD"
            raise UnreadableError(msg)
        if "/" in plain and month > 12:  # noqa: PLR2004
            day, month = month, day
    else:
        msg = f"{shown_value(text)} is not a date such as 2026-03-31"
        raise UnreadableError(msg)
    try:
        found = dt.date(year, month, day)
    except ValueError:
        msg = f"{shown_value(text)} is no date of the calendar"
        raise UnreadableError(msg) from None
    if found > as_of:
        msg = f"{shown_value(text)} lies in the future"
        raise UnreadableError(msg)
    return found.isoformat()
