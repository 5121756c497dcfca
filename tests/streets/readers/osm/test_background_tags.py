"""Which objects help people to find their way."""

from __future__ import annotations

import pytest

from toolkit.streets.readers.osm import background_tags as background
from toolkit.streets.readers.osm import tags
from toolkit.streets.schema import BACKGROUND_KINDS


@pytest.mark.parametrize(
    ("values", "kind", "rank"),
    [
        ({"natural": "water"}, "water", 0),
        ({"waterway": "riverbank"}, "water", 0),
        ({"landuse": "reservoir"}, "water", 0),
        ({"waterway": "river"}, "waterway", 0),
        ({"waterway": "canal"}, "waterway", 1),
        ({"waterway": "stream", "name": "Ngamoeyeik"}, "waterway", 2),
        ({"leisure": "park"}, "park", 0),
        ({"landuse": "forest"}, "park", 1),
        ({"railway": "light_rail"}, "railway", 0),
        ({"railway": "station", "name:my": "ဘူတာကြီး"}, "landmark", 0),
        ({"amenity": "place_of_worship", "name": "Sule"}, "landmark", 1),
        ({"place": "square", "name": "Mahabandoola"}, "landmark", 0),
        ({"place": "suburb", "name": "Ahlone"}, "quarter", 1),
        ({"place": "village", "name:en": "Thanlyin"}, "quarter", 2),
        ({"natural": "coastline"}, background.COAST, 0),
        # The first that fits: a park that is an attraction is a park.
        ({"leisure": "park", "tourism": "hotel", "name": "A"}, "park", 0),
        ({"natural": "water", "tourism": "attraction", "name": "A"}, "water", 0),
    ],
)
def test_what_is_part_of_it(values: dict[str, str], kind: str, rank: int) -> None:
    found = background.feature_of(values)
    assert found is not None
    assert (found.kind, found.rank) == (kind, rank)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"highway": "residential", "name": "A"},
        {"natural": "tree"},
        {"place": "suburb"},
        {"amenity": "hospital"},
        {"amenity": "hospital", "name": "\u202e\x07"},
        {"waterway": "stream"},
        {"waterway": "ditch", "name": "A"},
        {"waterway": "river", "tunnel": "culvert"},
        {"railway": "rail", "service": "yard"},
        {"railway": "subway", "layer": "-2"},
        {"railway": "abandoned"},
        {"railway": "tram"},
    ],
)
def test_what_is_not(values: dict[str, str]) -> None:
    assert background.feature_of(values) is None


def test_names_are_plain_text() -> None:
    found = background.feature_of(
        {"place": "town", "name": "A\u202e\x09B", "name:en": "x" * 500, "name:my": "လသာ"}
    )
    assert found is not None
    assert (found.name, found.name_en, found.name_my) == ("A B", "x" * 120, "လသာ")


def test_every_key_reaches_the_reader_and_every_kind_the_layer() -> None:
    assert set(background.VALUES) <= {*tags.KEYS, *background.WAY_KEYS}
    assert set(background.NODE_KEYS) <= set(background.WAY_KEYS)
    areas = {key for key, values in background.VALUES.items() for value in values
             if (found := background.feature_of({key: value, "name": "A"}))
             and found.shape == "area"}  # fmt: skip
    assert areas <= {*tags.KEYS, *background.AREA_KEYS}
    assert sorted(background.SHAPES) == sorted(BACKGROUND_KINDS)
