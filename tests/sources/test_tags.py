from __future__ import annotations

import math

import pytest

from toolkit.sources import tags

NAN = math.nan


def same(a: tuple[tuple[float, float], ...], b: tuple[tuple[float, float], ...]) -> bool:
    return len(a) == len(b) and all(
        x == pytest.approx(y, nan_ok=True) for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize(
    ("value", "pairs", "unreadable"),
    [
        ("90", ((90, NAN),), 0),
        ("90.5°", ((90.5, NAN),), 0),
        ("360", ((0, NAN),), 0),
        ("-45", ((315, NAN),), 0),
        ("NE", ((45, NAN),), 0),
        ("wnw", ((292.5, NAN),), 0),
        ("South", ((180, NAN),), 0),
        ("239-284", ((261.5, 45),), 0),
        ("239 – 284", ((261.5, 45),), 0),
        ("350-10", ((0, 20),), 0),
        ("284-239", ((81.5, 315),), 0),
        ("NW-NE", ((0, 90),), 0),
        ("0-360", ((NAN, 360),), 0),
        ("90-90", ((90, NAN),), 0),
        ("10;190", ((10, NAN), (190, NAN)), 0),
        ("10; 10 ;190", ((10, NAN), (190, NAN)), 0),
        ("10;239-284;E", ((10, NAN), (261.5, 45), (90, NAN)), 0),
        ("10;forward", ((10, NAN),), 1),
        ("nan", (), 1),
        ("inf", (), 1),
        ("400", (), 1),
        ("10-400", (), 1),
        ("10-north-east", (), 1),
        ("1e2", (), 1),
        ("٤٥", (), 1),
        (";;", (), 0),
        ("", (), 0),
    ],
)
def test_directions(value: str, pairs: tuple[tuple[float, float], ...], unreadable: int) -> None:
    got, lost = tags.directions({"camera:direction": value})
    assert same(got, pairs)
    assert lost == unreadable


def test_camera_direction_goes_before_direction() -> None:
    assert tags.directions({"camera:direction": "1", "direction": "2"})[0][0][0] == 1
    assert tags.directions({"direction": "2"})[0][0][0] == 2


def test_a_list_without_end_is_cut_and_counted() -> None:
    pairs, lost = tags.directions({"direction": ";".join(str(i % 360) for i in range(10_000))})
    assert len(pairs) == 16
    assert lost == 10_000 - 16


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
    got = tags.height_m({"height": value}, most_m=200)
    assert got == pytest.approx(metres, nan_ok=True)


def test_lanes_and_levels() -> None:
    assert tags.lanes({"lanes": "2"}) == 2
    assert math.isnan(tags.lanes({"lanes": "2;3"}))
    assert math.isnan(tags.lanes({"lanes": "200"}))
    assert tags.levels({"building:levels": "2.5"}) == 2.5
    assert math.isnan(tags.levels({}))


@pytest.mark.parametrize(
    ("given_tags", "kind"),
    [
        ({"camera:type": "fixed"}, "fixed"),
        ({"camera:type": "Dome; fixed"}, "dome"),
        ({"camera:type": "panning"}, "panning"),
        ({"camera:type": "thermal"}, "unknown"),
        ({"revolving": "yes"}, "panning"),
        ({"camera:type": "fixed", "revolving": "yes"}, "fixed"),
        ({}, "unknown"),
    ],
)
def test_camera_kind(given_tags: dict[str, str], kind: str) -> None:
    assert tags.camera_kind(given_tags) == kind


@pytest.mark.parametrize(
    ("value", "device"),
    [
        (None, "camera"),
        ("camera", "camera"),
        ("ALPR", "ALPR"),
        ("camera;anpr", "ALPR"),
        ("guard", None),
        ("gunshot_detector", None),
    ],
)
def test_surveillance_type(value: str | None, device: str | None) -> None:
    assert tags.surveillance_type({} if value is None else {"surveillance:type": value}) == device


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("2024", "2024"),
        ("2024-05", "2024-05"),
        ("2024-05-31", "2024-05-31"),
        ("2024-13-01", None),
        ("31.05.2024", None),
        ("2024-05-31<b>", None),
    ],
)
def test_check_date(value: str, kept: str | None) -> None:
    assert tags.check_date({"check_date": value}) == kept


def test_every_kind_of_place_can_be_reached() -> None:
    kinds = {
        tags.place_kind({key: value}) for kind, key, values in tags._PLACES for value in values
    }
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
