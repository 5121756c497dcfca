"""Meaning of the columns of street tables and of the attributes of graphs.

Values are translated to OpenStreetMap tags, so that one set of rules
(`toolkit.streets.readers.osm.tags`) decides on use and cover. ``docs/reference/street-files.md``
lists the names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final

from toolkit.base.clean_text import TEXT_LIMIT
from toolkit.streets import schema
from toolkit.streets.readers.osm import tags as rules

STREET_COLUMNS: Final[dict[str, str]] = {
    "highway": "highway", "fclass": "highway", "name": "name", "name:en": "name:en",
    "name_en": "name:en", "name:my": "name:my", "name_my": "name:my", "name_mm": "name:my",
    "lanes": "lanes", **{key: key for key in rules.ONEWAY_KEYS},
    "oneway_motorcycle": "oneway:motorcycle", "oneway_foot": "oneway:foot",
    "junction": "junction", "bridge": "bridge",
    "tunnel": "tunnel", "covered": "covered", "indoor": "indoor", "location": "location",
    "layer": "layer", "access": "access", "vehicle": "vehicle", "motor_vehicle": "motor_vehicle",
    "motorcar": "motorcar", "motorcycle": "motorcycle", "motorroad": "motorroad", "foot": "foot",
    "area": "area", "drive": "motorcar", "walk": "foot",
}  # fmt: skip
"""OpenStreetMap key of each street column. Earlier columns take precedence."""
ID_COLUMNS: Final = ("osm_way_id", "osmid", "osm_id", "way_id", "full_id", "@id", "id")
END_COLUMNS: Final = ("u", "v")
OTHER_COLUMNS: Final = (
    "waterway", "railway", "aerialway", "aeroway", "barrier", "man_made", "boundary", "natural",
    "landuse", "power", "route", "building",
)  # fmt: skip
"""A line without a class but with one of these is not a street."""
EXTRA_COLUMN: Final = "other_tags"
CLASS_COLUMNS: Final = ("fclass", "type")
"""One column for what OpenStreetMap has by many keys: in the shapefiles of Geofabrik and BBBike."""
BUILDING_COLUMNS: Final[dict[str, str]] = {
    "building": "building", "height": "height", "height_m": "height",
    "building:levels": "building:levels", "building_levels": "building:levels",
    "levels": "building:levels", "layer": "layer", "location": "location",
}  # fmt: skip
PLACE_COLUMNS: Final = ("kind", "name", "highway", *rules.PLACE_KEYS)
PLACE_KINDS: Final = frozenset({
    "police", "government", "station", "bus_station", "market", "religious", "airport", "bank",
    "toll", "border", "gate", "school", "hospital", "shopping",
})  # fmt: skip
"""Values of ``kind`` of a place, as in packs."""
WANTED: Final = frozenset({
    *STREET_COLUMNS, *CLASS_COLUMNS, *ID_COLUMNS, *END_COLUMNS, *OTHER_COLUMNS, EXTRA_COLUMN,
    "cover", *BUILDING_COLUMNS, *PLACE_COLUMNS,
})  # fmt: skip
"""All columns that are read."""

_YES_NO: Final = frozenset({
    "bridge", "tunnel", "covered", "indoor", "motorcar", "motorcycle", "foot", *rules.ONEWAY_KEYS,
})  # fmt: skip
_TRUE: Final = {"true": "yes", "t": "yes", "1": "yes"}
_FALSE: Final = {"false": "no", "f": "no", "0": "no"}
_COVER_TAGS: Final = {
    "building_passage": ("tunnel", "building_passage"),
    "tunnel": ("tunnel", "yes"),
    "covered": ("covered", "yes"),
    "indoor": ("indoor", "yes"),
    "underground": ("location", "underground"),
}
_DIRECTIONS: Final = {"F": "yes", "T": "-1", "B": "no"}
"""``oneway`` in the shapefiles of Geofabrik, which have ``fclass``."""
_PLACE_OF_CLASS: Final = {
    **{
        value: (key, value)
        for _, key, values in reversed(rules.PLACES)
        if key in {"aeroway", "amenity", "barrier", "highway", "railway", "shop"}
        for value in values
    },
    "airport": ("aeroway", "aerodrome"), "market_place": ("amenity", "marketplace"),
    "railway_station": ("railway", "station"), "railway_halt": ("railway", "halt"),
    "traffic_signals": ("highway", "traffic_signals"),
}  # fmt: skip
"""Tag of a place for each value of `CLASS_COLUMNS` (Geofabrik, "OpenStreetMap Data in Layered GIS
Format", version 7)."""
_FAITHS: Final = (
    "buddhist", "christian", "hindu", "jewish", "muslim", "shintoist", "sikh", "taoist",
)  # fmt: skip
_IMPORTANCE: Final = (
    *schema.ROADS, "busway", "pedestrian", "footway", "steps", "cycleway", "bridleway", "path",
    "trail",
)  # fmt: skip
"""Order of precedence where a street has several classes."""
_ITEM: Final = re.compile(r"""'([^'\\]{0,500})'|"([^"\\]{0,500})"|([^\s,'"\[\]]{1,500})""")
_MAX_ITEMS: Final = 50
_MAX_LIST: Final = 4000
_PAIR: Final = re.compile(r'"([^"\\]{1,60})"\s*=>\s*"((?:[^"\\]|\\.){0,400})"')
_NUMBER: Final = re.compile(r"(?:w|way/)?(\d{1,18})(?:\.0)?", re.ASCII)


def cell_text(value: object) -> str | None:
    """Return a cell as text, None if it is empty or a null value."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value)[: 8 * TEXT_LIMIT].strip() if not isinstance(value, str) else value.strip()
    return None if text.lower() in {"", "nan", "none", "null", "<na>"} else text


def cell_values(value: object) -> tuple[str, ...]:
    """Return the values of a cell: a scalar, or the items of a list, as OSMnx writes it.

    The text of a list is split by a pattern and never evaluated.

    Examples
    --------
    >>> cell_values("['primary', 'residential']")
    ('primary', 'residential')
    """
    if isinstance(value, list | tuple | set | frozenset):
        found = [cell_text(item) for item in list(value)[:_MAX_ITEMS] if not _nested(item)]
        return tuple(dict.fromkeys(t for t in found if t))
    text = cell_text(value)
    if text is None:
        return ()
    if not (text.startswith("[") and text.endswith("]")):
        return (text[: 8 * TEXT_LIMIT],)
    items = (next(filter(None, m.groups()), "") for m in _ITEM.finditer(text[1:-1][:_MAX_LIST]))
    return tuple(dict.fromkeys(filter(None, map(str.strip, items))))[:_MAX_ITEMS]


def _nested(item: object) -> bool:
    return isinstance(item, list | tuple | set | frozenset | dict)


def street_tags(row: Mapping[str, object]) -> tuple[dict[str, str], bool]:
    """Return the tags of a street, and whether a cell had several values.

    Parameters
    ----------
    row
        Values by column, names in lower case.
    """
    found: dict[str, str] = {}
    mixed = False
    for column, key in STREET_COLUMNS.items():
        if (cell := row.get(column)) is None or key in found:
            continue
        values = cell_values(cell)
        if not values:
            continue
        mixed |= len(values) > 1
        found[key] = _merged_value(key, values)
    for key, value in _pairs(row.get(EXTRA_COLUMN)):
        if key in STREET_COLUMNS.values():
            found.setdefault(key, value)
    kind = (cell_text(row.get("type")) or "").lower()
    if "highway" not in found and (kind in rules.HIGHWAYS or kind in rules.HIGHWAYS_LEFT_OUT):
        found["highway"] = kind
    if row.get("fclass") is not None and found.get("oneway"):
        found["oneway"] = _DIRECTIONS.get(str(row.get("oneway")).strip(), found["oneway"])
    cover = _COVER_TAGS.get(cell_text(row.get("cover")) or "")
    if cover:
        found.pop("tunnel", None)
        found[cover[0]] = cover[1]
    return found, mixed


def _merged_value(key: str, values: tuple[str, ...]) -> str:
    """Return one value for several of a key."""
    if key == "highway":
        # "primary;residential", as OpenStreetMap joins values.
        values = tuple(part.strip() for v in values for part in v.split(";"))
        known = [v for v in _IMPORTANCE if v in values]
        return known[0] if known else values[0]
    if key in {"name", "name:en", "name:my"}:
        return "; ".join(sorted(values))
    if key in _YES_NO:
        plain = sorted({_TRUE.get(v.lower(), _FALSE.get(v.lower(), v)) for v in values})
        return next((v for v in plain if v != "no"), "no")
    return min(values, key=_order)


def _order(value: str) -> tuple[float, str]:
    try:
        number = float(value)
    except ValueError:
        number = math.inf
    return (number if math.isfinite(number) else math.inf, value)


def _pairs(value: object) -> Iterable[tuple[str, str]]:
    text = cell_text(value)
    return () if text is None else _PAIR.findall(text[:_MAX_LIST])


def is_other_feature(row: Mapping[str, object]) -> bool:
    """Return whether a line without a class is a river, a railway or another feature."""
    if any(cell_text(row.get(column)) for column in OTHER_COLUMNS):
        return True
    return any(key in OTHER_COLUMNS for key, _ in _pairs(row.get(EXTRA_COLUMN)))


def street_class(value: str | None) -> tuple[str | None, str | None]:
    """Return the class of a street, and the count to increase.

    Returns
    -------
    highway
        One of `tags.HIGHWAYS`, `schema.UNKNOWN_CLASS`, or None if it is not kept as a street.
    counted
        Name of the count to increase, or None.
    """
    if value is None:
        return schema.UNKNOWN_CLASS, "classes_missing"
    plain = value.strip().lower()
    plain = "track" if plain.startswith("track_grade") else plain
    if plain in rules.HIGHWAYS:
        return plain, None
    if plain in rules.HIGHWAYS_LEFT_OUT:
        return None, f"ways_left_out_{plain}"
    return schema.UNKNOWN_CLASS, "classes_unknown"


def way_id(row: Mapping[str, object]) -> int:
    """Return the OpenStreetMap way id of a street, the lowest of several, 0 if it has none."""
    for column in ID_COLUMNS:
        value = row.get(column)
        if column == "id" and not str(value).startswith("way/"):
            continue
        matches = [_NUMBER.fullmatch(v) for v in cell_values(value)]
        numbers = [int(m[1]) for m in matches if m]
        if numbers and min(numbers) > 0:
            return min(numbers)
    return 0


def building_tags(row: Mapping[str, object]) -> dict[str, str]:
    """Return the tags of a building."""
    found: dict[str, str] = {}
    for column, key in BUILDING_COLUMNS.items():
        value = cell_text(row.get(column))
        if value and key not in found:
            found[key] = value
    for key, value in _pairs(row.get(EXTRA_COLUMN)):
        if key in BUILDING_COLUMNS.values():
            found.setdefault(key, value)
    return found


def place_tags(row: Mapping[str, object]) -> dict[str, str]:
    """Return the tags of a place."""
    values = {key: cell_text(row.get(key)) for key in PLACE_COLUMNS}
    found = {key: value for key, value in values.items() if value}
    for key, value in _pairs(row.get(EXTRA_COLUMN)):
        if key in rules.PLACE_KEYS:
            found.setdefault(key, value)
    for column in CLASS_COLUMNS:
        kind = (cell_text(row.get(column)) or "").lower()
        faith = kind.split("_")[0] in _FAITHS
        tag = ("amenity", "place_of_worship") if faith else _PLACE_OF_CLASS.get(kind)
        if tag is not None:
            found.setdefault(*tag)
    return found
