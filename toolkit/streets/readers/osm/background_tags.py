"""Which OpenStreetMap objects help people to find their way on a map: pure rules.

``docs/reference/city-packs.md`` has the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shapely.geometry.base import BaseGeometry

from toolkit.base.clean_text import clean_text
from toolkit.streets.readers.osm import tags as rules

Shape = Literal["area", "line", "point"]

SHAPES: Final[dict[str, Shape]] = {
    "landmark": "point", "park": "area", "quarter": "point", "railway": "line", "water": "area",
    "waterway": "line",
}  # fmt: skip
"""What each of `schema.BACKGROUND_KINDS` is drawn as."""
COAST: Final = "coast"
"""Kind of lines of ``natural=coastline``: sea lies on their right. No layer has it."""
_NEED_NAMES: Final = frozenset({("landmark", 0), ("landmark", 1), ("waterway", 2)})
"""Kinds and ranks that are of use by their name only; so are all quarters."""
_SIDINGS: Final = "service"
"""Key of tracks of a railway yard, sidings and spurs."""

_RULES: Final[tuple[tuple[str, str, int, str], ...]] = (
    ("place", "quarter", 0, "city town"),
    ("place", "quarter", 1, "suburb borough"),
    ("place", "quarter", 2, "quarter village"),
    ("place", "quarter", 3, "neighbourhood hamlet"),
    ("place", "landmark", 0, "square"),
    ("waterway", "waterway", 0, "river"),
    ("waterway", "waterway", 1, "canal"),
    ("waterway", "waterway", 2, "stream"),
    ("waterway", "water", 0, "riverbank dock"),
    ("natural", "water", 0, "water"),
    ("natural", COAST, 0, "coastline"),
    ("railway", "railway", 0, "rail light_rail subway narrow_gauge monorail"),
    ("railway", "landmark", 0, "station"),
    ("railway", "landmark", 1, "halt"),
    ("aeroway", "landmark", 0, "aerodrome"),
    ("amenity", "landmark", 0, "townhall hospital university marketplace bus_station"),
    ("amenity", "landmark", 1, "place_of_worship monastery college courthouse library theatre"),
    ("amenity", "landmark", 1, "ferry_terminal"),
    ("historic", "landmark", 0, "castle palace fort monument city_gate"),
    ("historic", "landmark", 1, "memorial ruins archaeological_site"),
    ("tourism", "landmark", 0, "museum attraction zoo"),
    ("tourism", "landmark", 1, "viewpoint"),
    ("leisure", "landmark", 0, "stadium"),
    ("leisure", "park", 0, "park nature_reserve garden golf_course common"),
    ("landuse", "water", 0, "reservoir basin"),
    ("landuse", "park", 0, "recreation_ground village_green"),
    ("landuse", "park", 1, "cemetery forest"),
    ("landuse", "landmark", 1, "religious"),
    ("natural", "park", 1, "wood"),
    ("shop", "landmark", 1, "mall"),
)
_FOUND: Final[dict[str, dict[str, tuple[str, int]]]] = {
    key: {
        value: (kind, rank)
        for row_key, kind, rank, values in _RULES
        if row_key == key
        for value in values.split()
    }
    for key in dict.fromkeys(row[0] for row in _RULES)
}

VALUES: Final = {key: tuple(values) for key, values in _FOUND.items()}
"""Values of each key that make an object part of the background."""
_KEYS: Final = frozenset(VALUES)
NODE_KEYS: Final = ("place", "tourism")
WAY_KEYS: Final = ("leisure", "natural", "place", "tourism", "waterway")
AREA_KEYS: Final = ("leisure", "natural", "waterway")
"""Keys of objects of the background, in addition to those of other layers (`tags.KEYS`), by type of
object. Relations are taken as areas only, and not those of islands and districts (``place``)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """What an object is to the background.

    Attributes
    ----------
    kind
        One of `schema.BACKGROUND_KINDS`, or `COAST`.
    rank
        Importance within the kind, from 0.
    name, name_en, name_my
        Names in plain text, None where not known.
    """

    kind: str
    rank: int
    name: str | None
    name_en: str | None
    name_my: str | None

    @property
    def shape(self) -> Shape:
        """What it is drawn as."""
        return "line" if self.kind == COAST else SHAPES[self.kind]

    def row(self, osm_id: str, geometry: BaseGeometry) -> dict[str, Any]:
        """Return a row of the layer "background"."""
        return {
            "osm_id": osm_id, "kind": self.kind, "rank": self.rank, "name": self.name,
            "name_en": self.name_en, "name_my": self.name_my, "geometry": geometry,
        }  # fmt: skip


def feature_of(tags: Mapping[str, str]) -> Feature | None:
    """Return what an object is to the background, None if nothing.

    Examples
    --------
    >>> feature_of({"place": "suburb", "name:en": "Ahlone"})
    Feature(kind='quarter', rank=1, name=None, name_en='Ahlone', name_my=None)
    >>> feature_of({"waterway": "stream"}) is None
    True
    """
    if _KEYS.isdisjoint(tags):
        return None
    found = next(
        (_FOUND[key][tags[key]] for key in _FOUND if key in tags and tags[key] in _FOUND[key]), None
    )
    if found is None:
        return None
    kind, rank = found
    if SHAPES.get(kind) == "line" and (_SIDINGS in tags or rules.cover(tags) is not None):
        return None
    name, name_en, name_my = (clean_text(tags.get(k)) for k in ("name", "name:en", "name:my"))
    if (kind == "quarter" or found in _NEED_NAMES) and not (name or name_en or name_my):
        return None
    return Feature(kind, rank, name, name_en, name_my)
