from __future__ import annotations

import math

import pytest

from toolkit.streets.readers.osm import tags
from toolkit.streets.readers.tables import columns


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()), (math.nan, ()), ("", ()), ("nan", ()), ("None", ()), (" a ", ("a",)),
        (True, ("True",)), (2.0, ("2",)), (7, ("7",)), (b"x", ("x",)),
        ("['a', 'b', 'a']", ("a", "b")), ("[1, 22, 3.5]", ("1", "22", "3.5")),
        ('["it\'s", \'x\']', ("it's", "x")), (["b", None, "c"], ("b", "c")), ("[]", ()),
        ("[__import__('os').system('x')]", ("__import__(", "os", ").system(", "x", ")")),
        ([["nested"], "d"], ("d",)), ("[not closed", ("[not closed",)),
    ],
)  # fmt: skip
def test_cells_become_texts(value: object, expected: tuple[str, ...]) -> None:
    assert columns.cell_values(value) == expected


def test_of_several_values_one_stands_for_all() -> None:
    row = {
        "highway": "['service', 'primary', 'x']", "lanes": ["4", "2", "n"], "name": "['b', 'a']",
        "bridge": ["no", "viaduct"], "oneway": [False, True],
    }  # fmt: skip
    found, mixed = columns.street_tags(row)
    assert found == {
        "highway": "primary", "lanes": "2", "name": "a; b", "bridge": "viaduct", "oneway": "yes",
    }  # fmt: skip
    assert mixed


@pytest.mark.parametrize("value", [True, "True", "t", 1, "1", "yes", 1.0])
def test_yes_is_written_in_many_ways(value: object) -> None:
    assert columns.street_tags({"bridge": value})[0] == {"bridge": "yes"}


@pytest.mark.parametrize("value", [False, "False", "F", 0, "0", "no"])
def test_no_is_written_in_many_ways(value: object) -> None:
    assert columns.street_tags({"bridge": value})[0] == {"bridge": "no"}


@pytest.mark.parametrize(("value", "expected"), [("F", 1), ("T", -1), ("B", 0)])
def test_directions_as_geofabrik_writes_them(value: str, expected: int) -> None:
    found, _ = columns.street_tags({"fclass": "primary", "oneway": value})
    assert tags.oneway(found) == expected


@pytest.mark.parametrize("value", [False, "no", 0])
def test_one_way_columns_of_a_pack_and_of_openstreetmap_are_the_same(value: object) -> None:
    for mine, key in (("oneway_motorcycle", "oneway:motorcycle"), ("oneway_foot", "oneway:foot")):
        expected = {"oneway": "yes", key: "no"}
        for name in (mine, key):
            assert columns.street_tags({"oneway": True, name: value})[0] == expected
    extra = {"other_tags": '"oneway:motor_vehicle"=>"-1"'}
    assert columns.street_tags(extra)[0] == {"oneway:motor_vehicle": "-1"}


@pytest.mark.parametrize(
    "cover", ["building_passage", "tunnel", "covered", "indoor", "underground"]
)
def test_cover_of_a_pack_comes_back(cover: str) -> None:
    found, _ = columns.street_tags({"highway": "path", "tunnel": True, "cover": cover})
    assert tags.cover(found) == cover


def test_use_of_a_pack_comes_back() -> None:
    found, _ = columns.street_tags(
        {"highway": "footway", "drive": True, "walk": False, "motorcycle": "True"}
    )
    assert tags.street_use(found) == (True, False, True)


def test_other_tags_of_gdal() -> None:
    row = {"highway": None, "other_tags": '"layer"=>"1","bridge"=>"yes","a\\"b"=>"c"'}
    assert columns.street_tags(row)[0] == {"layer": "1", "bridge": "yes"}
    assert not columns.is_other_feature(row)
    assert columns.is_other_feature({"other_tags": '"waterway"=>"river"'})
    assert columns.is_other_feature({"railway": "rail"})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("primary", ("primary", None)), ("Primary ", ("primary", None)),
        ("track_grade3", ("track", None)), (None, ("road", "classes_missing")),
        ("Main Road", ("road", "classes_unknown")),
        ("platform", (None, "ways_left_out_platform")),
    ],
)  # fmt: skip
def test_classes(value: str | None, expected: tuple[str | None, str | None]) -> None:
    assert columns.street_class(value) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"osmid": 12}, 12), ({"osm_id": "12"}, 12), ({"osmid": "[31, 12]"}, 12),
        ({"osmid": 12.0}, 12), ({"full_id": "w12"}, 12), ({"@id": "way/12"}, 12),
        ({"id": "way/12"}, 12), ({"id": 12}, 0), ({"osm_id": "-1"}, 0), ({"osm_id": 0}, 0),
        ({"osm_id": "9" * 40}, 0), ({}, 0), ({"osmid": None, "osm_id": 3}, 3),
    ],
)  # fmt: skip
def test_way_ids(row: dict[str, object], expected: int) -> None:
    assert columns.way_id(row) == expected


def test_kinds_of_places_are_those_of_the_packs() -> None:
    assert {kind for kind, _, _ in tags.PLACES} == columns.PLACE_KINDS
