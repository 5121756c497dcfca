"""Names, scale and north over a map of a page."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import shapely
from hostile_texts import TEXTS
from invented import HOSTILE

from toolkit.assessment.assess import assess
from toolkit.assessment.layers import Layers
from toolkit.base.terms import LANGUAGES, Language
from toolkit.output.report import map_names, map_texts
from toolkit.output.report.map_frame import Frame
from toolkit.output.report.map_names import Kind, Name, Spot

SIZE = (1000, 800)
SHEET = (1330, 2000)
"""Largest map of a hand-out next to its legend, in units of 0.1 mm."""
LONG_M = 200.0
"""Main streets at least as long are to have their names."""
MAIN = ("motorway", "trunk", "primary", "secondary", "tertiary")


def name(text: str, x: int = 500, y: int = 400, kind: Kind = "park", **spot: Any) -> Name:
    return Name(kind, (text, "", ""), (Spot(x, y, **spot),))


def written(*shown: Name, taken: tuple[map_texts.Box, ...] = ()) -> list[str]:
    found = map_texts.placed(shown, "en", SIZE, *taken)
    root = ET.fromstring(map_texts.svg(found))  # noqa: S314 - made here
    texts = ["".join(one.itertext()) for one in root.iter("text")]
    assert texts == [one["text"] for one in found]
    return texts


def test_a_name_that_would_lie_on_one_before_is_left_out() -> None:
    first, same, below = name("Kluuvi"), name("Kamppi", 520, 410), name("Helsinki", 500, 600)
    assert written(first, same, below) == ["Kluuvi", "Helsinki"]
    assert written(same, first, below) == ["Kamppi", "Helsinki"]


def test_a_name_stays_on_the_map_and_out_of_what_is_taken() -> None:
    assert written(name("Kluuvi", 5), name("Kluuvi", 995), name("Kluuvi", 500, 2)) == []
    assert written(name("Kluuvi"), taken=((400.0, 300.0, 600.0, 500.0),)) == []


def test_the_name_of_a_quarter_gives_way_by_some_lines() -> None:
    street, quarter = name("Kluuvikatu"), name("Kluuvi", kind="quarter")
    _, moved = map_texts.placed([street, quarter], "en", SIZE)
    assert moved["x"] == 500
    assert 0 < abs(moved["y"] - 400) < 2.2 * moved["size"] * map_texts._PT * map_texts._LINE


def test_a_street_has_its_name_only_where_it_is_long_enough_at_last_in_smaller_type() -> None:
    def at(room: int) -> list[dict[str, Any]]:
        street = name("Mannerheimintie", kind="street", angle_deg=30.0, room=room)
        return map_texts.placed([street], "en", SIZE)

    assert at(80) == []
    (usual,) = at(900)
    assert usual["angle"] == 30.0
    width = map_texts._width("Mannerheimintie", 400) * map_texts._PT * map_texts._ROOMY
    (smaller,) = at(math.ceil(width * usual["size"]) - 1)
    assert 5.0 <= round(smaller["size"], 1) < usual["size"]


def test_a_landmark_has_a_sign_at_its_place_and_its_name_on_a_side_that_is_free() -> None:
    landmark = name("Ateneum", kind="landmark")
    (right,) = map_texts.placed([landmark], "en", SIZE)
    assert right["dot"] == [500, 400]
    assert right["x"] > 500
    east = (560.0, 300.0, 900.0, 500.0)
    (left,) = map_texts.placed([landmark], "en", SIZE, east)
    assert left["x"] < 500
    (above,) = map_texts.placed([landmark], "en", SIZE, east, (100.0, 398.0, 490.0, 500.0))
    assert (above["x"], above["y"] < 400) == (500, True)
    assert '<circle cx="500" cy="400"' in map_texts.svg([above])


def test_a_street_has_its_name_once_where_there_is_room_first() -> None:
    spots = tuple(Spot(x, y, 0.0, 900) for x, y in ((300, 400), (300, 600), (700, 600)))
    street = Name("street", ("Bulevardi", "", ""), spots)
    found = map_texts.placed([name("Kluuvi", 300), street, street], "en", SIZE)
    assert [(one["text"], one["x"], one["y"]) for one in found[1:]] == [("Bulevardi", 300, 600)]


@pytest.fixture(scope="module")
def helsinki() -> Layers:
    layers = assess("helsinki-centre", as_of=dt.date(2026, 11, 23), n_draws=40).layers
    assert layers is not None
    return layers


def outline(one: dict[str, Any]) -> shapely.Polygon:
    """Return what the letters of a name cover: from their baseline to the height of capitals."""
    high = one["size"] * map_texts._PT
    wide = map_texts._width(one["text"], one["weight"]) * high
    shape = shapely.box(-wide / 2, -0.37 * high, wide / 2, 0.37 * high)
    turned = shapely.affinity.rotate(shape, one["angle"], origin=(0, 0))
    return shapely.affinity.translate(turned, one["x"], one["y"])


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nine_in_ten_main_streets_of_the_practice_city_are_named_and_no_names_overlap(
    helsinki: Layers, lang: Language
) -> None:
    frame = Frame.around(helsinki, SHEET)
    size = (frame.width, frame.height)
    shown = map_names.names(helsinki, frame)
    found = map_texts.placed(shown, lang, size, *map_texts.corners(size, frame.bar))
    streets = helsinki.streets
    main_ones = streets[streets["highway"].str.removesuffix("_link").isin(MAIN)]
    with_ways = streets[streets["highway"].isin(map_names.RANKS)]
    main, every = (
        set(lengths[lengths >= LONG_M].index)
        for lengths in (of.groupby("name")["length_m"].sum() for of in (main_ones, with_ways))
    )
    texts = {one["text"] for one in found}
    named = {
        one.names[0] for one in shown if one.kind == "street" and one.in_language(lang) in texts
    }
    assert len(main) > 10
    assert len(main & named) >= 0.9 * len(main), main - named
    assert len(every) > 2 * len(main)
    assert len(every & named) >= 0.8 * len(every), every - named
    # Other names and landmarks are close to these on all sides.
    assert {"Kaivokatu", "Aleksanterinkatu"} <= named
    shapes = [outline(one) for one in found]
    for one, other in itertools.combinations(range(len(found)), 2):
        both = (found[one]["text"], found[other]["text"])
        assert not shapes[one].intersects(shapes[other]), both
    whole = shapely.box(0, 0, *size)
    assert all(whole.contains(shape) for shape in shapes)
    assert all(round(one["size"], 1) >= 5.0 for one in found)


def test_a_wider_text_takes_more_room() -> None:
    assert map_texts._width("WWWW", 400) > map_texts._width("iiii", 400) > 0
    assert map_texts._width("WWWW", 700) > map_texts._width("WWWW", 400)
    assert map_texts._width("ရန်ကုန်", 400) > 0


@pytest.mark.parametrize("text", [HOSTILE, *TEXTS])
def test_hostile_names_stay_texts(text: str) -> None:
    shown = {
        "svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
        "width": 4000, "height": 800, "bar": 200, "bar_text": text,
        "names": map_texts.placed([name(text, 2000)], "en", (4000, 800)),
    }  # fmt: skip
    root = ET.fromstring(map_texts.lettered(shown))  # noqa: S314 - made here
    kinds = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert kinds <= {"svg", "path", "g", "rect", "text", "circle"}
