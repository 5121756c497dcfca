from __future__ import annotations

import math

import pytest

from toolkit.streets.readers.osm import tags

NAN = math.nan


@pytest.mark.parametrize(
    ("given_tags", "use"),
    [
        ({"highway": "residential"}, (True, True, True)),
        ({"highway": "motorway"}, (True, False, True)),
        ({"highway": "trunk", "motorroad": "yes"}, (True, False, True)),
        ({"highway": "footway"}, (False, True, False)),
        ({"highway": "footway", "access": "yes"}, (False, True, False)),
        ({"highway": "pedestrian", "motor_vehicle": "yes"}, (True, True, True)),
        ({"highway": "pedestrian", "motor_vehicle": "destination"}, (False, True, False)),
        ({"highway": "residential", "motor_vehicle": "destination"}, (True, True, True)),
        ({"highway": "service", "access": "private"}, (False, False, False)),
        ({"highway": "service", "access": "no", "foot": "yes"}, (False, True, False)),
        ({"highway": "primary", "motorcycle": "no"}, (True, True, False)),
        ({"highway": "path", "motorcycle": "yes"}, (False, True, True)),
        ({"highway": "tertiary", "vehicle": "no"}, (False, True, False)),
        ({"highway": "tertiary", "vehicle": "no", "motorcar": "yes"}, (True, True, False)),
        ({"highway": "primary", "access": "no @ (22:00-05:00)"}, (True, True, True)),
        ({"highway": "primary", "foot": "use_sidepath"}, (True, False, True)),
    ],
)
def test_use(given_tags: dict[str, str], use: tuple[bool, bool, bool]) -> None:
    assert tags.street_use(given_tags) == use


@pytest.mark.parametrize(
    ("given_tags", "under"),
    [
        ({}, None),
        ({"tunnel": "no", "layer": "1"}, None),
        ({"tunnel": "yes", "covered": "yes"}, "tunnel"),
        ({"tunnel": "building_passage"}, "building_passage"),
        ({"covered": "arcade"}, "covered"),
        ({"indoor": "yes", "layer": "-1"}, "indoor"),
        ({"layer": "-1"}, "underground"),
        ({"layer": "-1;-2"}, None),
        ({"location": "underground"}, "underground"),
    ],
)
def test_cover(given_tags: dict[str, str], under: str | None) -> None:
    assert tags.cover(given_tags) == under


@pytest.mark.parametrize(
    ("given_tags", "way"),
    [
        ({"oneway": "yes"}, 1),
        ({"oneway": "-1"}, -1),
        ({"oneway": "reversible"}, 0),
        ({"highway": "motorway"}, 1),
        ({"highway": "motorway", "oneway": "no"}, 0),
        ({"junction": "roundabout"}, 1),
        ({}, 0),
    ],
)
def test_oneway(given_tags: dict[str, str], way: int) -> None:
    assert tags.oneway(given_tags) == way
    assert tags.oneway(given_tags, "motorcycle") == way
    assert tags.oneway(given_tags, "foot") == 0


@pytest.mark.parametrize(
    ("given_tags", "ways"),
    [
        ({"oneway": "yes", "oneway:motorcycle": "no"}, (1, 0, 0)),
        ({"oneway": "yes", "oneway:motorcar": "no"}, (0, 1, 0)),
        ({"oneway": "no", "oneway:motor_vehicle": "yes"}, (1, 1, 0)),
        ({"oneway:vehicle": "-1"}, (-1, -1, 0)),
        ({"oneway:vehicle": "-1", "oneway:motor_vehicle": "1"}, (1, 1, 0)),
        ({"highway": "motorway", "oneway:motorcycle": "alternating"}, (1, 0, 0)),
        ({"junction": "roundabout", "oneway:foot": "no"}, (1, 1, 0)),
        ({"oneway": "yes", "oneway:foot": "reverse"}, (1, 1, -1)),
        ({"oneway:foot": "yes", "oneway:bicycle": "yes"}, (0, 0, 1)),
        ({"highway": "footway", "foot": "designated", "oneway": "yes"}, (1, 1, 0)),
    ],
)
def test_each_means_has_its_own_one_way_rule(
    given_tags: dict[str, str], ways: tuple[int, int, int]
) -> None:
    assert tuple(tags.oneway(given_tags, m) for m in ("motorcar", "motorcycle", "foot")) == ways


@pytest.mark.parametrize(
    ("given_tags", "columns"),
    [
        ({}, (False, False, False, False, False)),
        ({"oneway": "yes"}, (True, True, False, False, False)),
        ({"oneway": "-1"}, (True, True, False, True, False)),
        ({"oneway": "-1", "oneway:foot": "-1"}, (True, True, True, True, False)),
        ({"oneway": "-1", "oneway:foot": "yes"}, (True, True, False, True, True)),
        ({"oneway": "yes", "oneway:motorcycle": "-1"}, (True, False, False, False, True)),
        ({"oneway:motorcycle": "-1"}, (False, False, False, False, True)),
        ({"oneway:foot": "yes"}, (False, False, True, False, False)),
    ],
)
def test_columns_of_direction_refer_to_the_street_as_turned_round_for_cars(
    given_tags: dict[str, str], columns: tuple[bool, ...]
) -> None:
    found = tags.street_values({"highway": "residential", **given_tags})
    names = ("oneway", "oneway_motorcycle", "oneway_foot", "against", "other_way")
    assert tuple(found[name] for name in names) == columns


@pytest.mark.parametrize(
    ("value", "metres"),
    [
        ("5", 5),
        ("5.5 m", 5.5),
        ("16'", 16 * 0.3048),
        ("16'6\"", 16.5 * 0.3048),
        ("16 ft", NAN),
        ("16ft", 16 * 0.3048),
        ("0", NAN),
        ("-5", NAN),
        ("1000", NAN),
        ("about 5", NAN),
        ("nan", NAN),
        ("9" * 400, NAN),
        ("٥", NAN),
    ],
)
def test_height(value: str, metres: float) -> None:
    got = tags.height_m({"height": value}, max_m=200)
    assert got == pytest.approx(metres, nan_ok=True)


def test_lanes_and_levels() -> None:
    assert tags.lanes({"lanes": "2"}) == 2
    assert math.isnan(tags.lanes({"lanes": "2;3"}))
    assert math.isnan(tags.lanes({"lanes": "200"}))
    assert tags.levels({"building:levels": "2.5"}) == 2.5
    assert math.isnan(tags.levels({}))


def test_every_kind_of_place_can_be_reached() -> None:
    kinds = {tags.place_kind({key: value}) for kind, key, values in tags.PLACES for value in values}
    assert kinds == {
        "police", "government", "station", "bus_station", "market", "religious", "airport",
        "bank", "gate", "toll", "border", "school", "hospital", "shopping",
    }  # fmt: skip
    assert tags.place_kind({"amenity": "bench"}) is None


def test_what_has_no_walls_blocks_no_view() -> None:
    assert tags.blocks_view({"building": "yes"})
    assert not tags.blocks_view({"building": "roof"})
    assert not tags.blocks_view({"building": "yes", "layer": "-1"})
    assert not tags.blocks_view({"building": "yes", "location": "underground"})
