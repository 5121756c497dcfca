"""Interpretation of OpenStreetMap tags: pure rules, without files or geometry.

The rules follow the tag descriptions of the OpenStreetMap wiki (pages "Key:highway",
"Key:access", "Key:oneway", "Key:oneway:foot", "Key:tunnel"; read November 2026).
``docs/reference/city-packs.md`` has the tables. Cameras:
`toolkit.streets.readers.osm.camera_tags`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

from toolkit.base.clean_text import clean_text
from toolkit.streets.schema import ROADS

Tags = Mapping[str, str]
Means = Literal["motorcar", "motorcycle", "foot"]

_PATHS: Final = frozenset({
    "pedestrian", "footway", "path", "steps", "cycleway", "bridleway", "trail", "busway",
})  # fmt: skip
HIGHWAYS: Final = frozenset(ROADS) | _PATHS
"""Values of ``highway`` that are kept as streets."""
HIGHWAYS_LEFT_OUT: Final = (
    "platform", "construction", "proposed", "corridor", "elevator", "crossing", "raceway",
    "bus_guideway", "escape", "rest_area", "services",
)  # fmt: skip
"""Values counted by name when left out; any further value is counted as "other"."""

_NO_FOOT: Final = frozenset({"motorway", "motorway_link", "busway"})
_CLOSED: Final = frozenset({
    "no", "private", "agricultural", "forestry", "emergency", "military", "delivery",
    "use_sidepath",
})  # fmt: skip
_OPEN: Final = frozenset({"yes", "permissive", "designated", "official", "public"})
_CONDITIONAL: Final = frozenset({"destination", "customers", "permit"})

_ONEWAY: Final[dict[Means, tuple[str, ...]]] = {
    "motorcar": ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "motorcycle": ("oneway:motorcycle", "oneway:motor_vehicle", "oneway:vehicle", "oneway"),
    "foot": ("oneway:foot",),
}
"""Keys of the one-way rule of each means; the first that is there decides. ``oneway`` is a rule
for vehicles; on footways it is ambiguous, and not taken for one for people on foot."""
ONEWAY_KEYS: Final = tuple(dict.fromkeys(key for keys in _ONEWAY.values() for key in keys))
"""Keys that say in which direction a street may be used."""

_WALL_LESS: Final = frozenset({"no", "roof", "canopy", "carport"})

_NUMBER: Final = re.compile(r"(\d{1,4}(?:\.\d{1,6})?)(?: ?m)?", re.ASCII)
_FEET: Final = re.compile(r"(\d{1,4})(?:'|ft)(?: ?(\d{1,2})(?:\"|in)?)?", re.ASCII)
_LAYER: Final = re.compile(r"-?\d{1,2}", re.ASCII)

_METRES_PER_FOOT: Final = 0.3048  # international foot, 1959
_MAX_LANES: Final = 20
MAX_BUILDING_HEIGHT_M: Final = 850.0
"""A greater height is a tagging error: the tallest building has 828 m (Burj Khalifa, 2010)."""
_MAX_LEVELS: Final = 170.0

PLACES: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("police", "amenity", frozenset({"police"})),
    ("government", "amenity", frozenset({"townhall", "courthouse"})),
    ("government", "office", frozenset({"government"})),
    ("government", "military", frozenset({"office", "barracks", "base"})),
    ("station", "railway", frozenset({"station", "halt"})),
    ("station", "amenity", frozenset({"ferry_terminal"})),
    ("bus_station", "amenity", frozenset({"bus_station"})),
    ("market", "amenity", frozenset({"marketplace"})),
    ("religious", "amenity", frozenset({"place_of_worship", "monastery"})),
    ("religious", "landuse", frozenset({"religious"})),
    ("airport", "aeroway", frozenset({"aerodrome", "terminal"})),
    ("bank", "amenity", frozenset({"bank"})),
    ("toll", "barrier", frozenset({"toll_booth"})),
    ("toll", "highway", frozenset({"toll_gantry"})),
    ("border", "barrier", frozenset({"border_control"})),
    ("gate", "barrier", frozenset({"gate", "lift_gate", "swing_gate", "sally_port"})),
    ("gate", "military", frozenset({"checkpoint"})),
    ("gate", "historic", frozenset({"city_gate"})),
    ("school", "amenity", frozenset({"school", "college", "university"})),
    ("hospital", "amenity", frozenset({"hospital", "clinic"})),
    ("shopping", "shop", frozenset({"mall", "department_store", "supermarket"})),
)
PLACE_KEYS: Final = tuple(sorted({key for _, key, _ in PLACES}))
"""Keys that make an object a place."""
KEYS: Final = tuple(sorted({"highway", "building", "man_made", *PLACE_KEYS}))
"""Keys of all layers but the background."""


def place_kind(tags: Tags) -> str | None:
    """Return the kind of place of an object: the first matching row of `PLACES`, or None.

    Examples
    --------
    >>> place_kind({"amenity": "townhall", "name": "City Hall"})
    'government'
    """
    for kind, key, values in PLACES:
        if tags.get(key) in values:
            return kind
    return None


def is_barrier_gate(tags: Tags) -> bool:
    """Return whether an object is a gate by ``barrier``, which counts only on a drivable street."""
    return place_kind(tags) == "gate" and tags.get("barrier") is not None


def _open_to(tags: Tags, *, own: tuple[str, ...], shared: tuple[str, ...], by_class: bool) -> bool:
    """Evaluate access keys from the most to the least specific.

    A class that is closed by default is opened only by a key of the mode itself: ``access=yes``
    on a footway does not admit cars.
    """
    for key in own:
        value = tags.get(key)
        if value in _CLOSED:
            return False
        if value in _OPEN or (by_class and value in _CONDITIONAL):
            return True
    return by_class and not any(tags.get(key) in _CLOSED for key in shared)


def street_use(tags: Tags) -> tuple[bool, bool, bool]:
    """Return whether the public may drive, walk and ride a motorcycle on a street.

    Parameters
    ----------
    tags
        Tags of a way whose ``highway`` is in `HIGHWAYS`.

    Returns
    -------
    drive, walk, motorcycle
        See the table "Use" in ``docs/reference/city-packs.md``.

    Examples
    --------
    >>> street_use({"highway": "residential", "motor_vehicle": "private"})
    (False, True, False)
    """
    highway = tags.get("highway", "")
    road = highway in ROADS
    foot = highway not in _NO_FOOT and tags.get("motorroad") != "yes"
    motor = ("vehicle", "access")
    return (
        _open_to(tags, own=("motorcar", "motor_vehicle"), shared=motor, by_class=road),
        _open_to(tags, own=("foot",), shared=("access",), by_class=foot),
        _open_to(tags, own=("motorcycle", "motor_vehicle"), shared=motor, by_class=road),
    )


def layer_number(tags: Tags) -> int:
    """Return ``layer`` as an integer; 0 if missing or not an integer."""
    value = tags.get("layer", "0").strip()
    return int(value) if _LAYER.fullmatch(value) else 0


def cover(tags: Tags) -> str | None:
    """Return what covers a street, None under the open sky."""
    tunnel = tags.get("tunnel", "no")
    if tunnel == "building_passage":
        return "building_passage"
    if tunnel != "no":
        return "tunnel"
    if tags.get("covered", "no") != "no":
        return "covered"
    if tags.get("indoor", "no") != "no":
        return "indoor"
    if layer_number(tags) < 0 or tags.get("location") == "underground":
        return "underground"
    return None


def oneway(tags: Tags, means: Means = "motorcar") -> int:
    """Return 1 for one-way as drawn, -1 for one-way against the drawing, 0 for two-way.

    Parameters
    ----------
    tags
        Tags of a way.
    means
        Whom the rule is for.

    Examples
    --------
    >>> one = {"highway": "residential", "oneway": "-1", "oneway:motorcycle": "no"}
    >>> oneway(one), oneway(one, "motorcycle"), oneway(one, "foot")
    (-1, 0, 0)
    """
    value = next((tags[key] for key in _ONEWAY[means] if key in tags), None)
    if value in {"-1", "reverse"}:
        return -1
    if value in {"yes", "true", "1"}:
        return 1
    if value is not None or means == "foot":
        return 0
    round_about = tags.get("junction") in {"roundabout", "circular"}
    return int(round_about or tags.get("highway") == "motorway")


def street_values(values: Tags) -> dict[str, Any]:
    """Return the columns of the layer "streets" that follow from the tags of a way.

    Two further items are no columns: ``against`` is true where cars go one way against the
    direction of drawing, so that the street is to be turned round; ``other_way`` where others go
    one way against that of cars, or of drawing if cars go both ways. They count as going both ways.
    """
    drive, walk, motorcycle = street_use(values)
    way, under = oneway(values), cover(values)
    along = -1 if way < 0 else 1
    others = oneway(values, "motorcycle"), oneway(values, "foot")
    return {
        "highway": values["highway"],
        "name": clean_text(values.get("name")),
        "name_en": clean_text(values.get("name:en")),
        "name_my": clean_text(values.get("name:my")),
        "lanes": lanes(values),
        "oneway": way != 0,
        "oneway_motorcycle": others[0] == along,
        "oneway_foot": others[1] == along,
        "against": way < 0,
        "other_way": -along in others,
        "bridge": is_bridge(values),
        "tunnel": under is not None,
        "cover": under,
        "layer": layer_number(values),
        "drive": drive,
        "walk": walk,
        "motorcycle": motorcycle,
    }


def is_bridge(tags: Tags) -> bool:
    """Return whether a street is on a bridge."""
    return tags.get("bridge", "no") != "no"


def lanes(tags: Tags) -> float:
    """Return the number of lanes, NaN unless tagged as a plain number up to 20."""
    return _within(_number(tags.get("lanes")), _MAX_LANES)


def levels(tags: Tags) -> float:
    """Return the number of storeys of a building, NaN if unknown."""
    return _within(_number(tags.get("building:levels")), _MAX_LEVELS)


def height_m(tags: Tags, *, max_m: float) -> float:
    """Return ``height`` in metres (tagged in metres or feet), NaN if unknown or above `max_m`."""
    value = tags.get("height")
    feet = _FEET.fullmatch(value.strip()) if value else None
    if feet:
        metres = (float(feet[1]) + float(feet[2] or 0) / 12) * _METRES_PER_FOOT
        return _within(metres, max_m)
    return _within(_number(value), max_m)


def _number(value: str | None) -> float:
    match = _NUMBER.fullmatch(value.strip()) if value else None
    return float(match[1]) if match else math.nan


def _within(value: float, most: float) -> float:
    return value if 0 < value <= most else math.nan


def blocks_view(tags: Tags) -> bool:
    """Return whether a building has walls at street level.

    Roofs on posts and underground structures have none; taking them for walls would hide
    cameras that have a street in view.
    """
    return (
        tags.get("building") not in _WALL_LESS
        and layer_number(tags) >= 0
        and tags.get("location") != "underground"
    )
