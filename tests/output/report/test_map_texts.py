"""Names, scale and north over a map of a page."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hostile_texts import TEXTS
from invented import HOSTILE

from toolkit.output.report import map_texts

SIZE = (1000, 800)


def name(text: str, x: int = 500, y: int = 400, **changes: object) -> dict[str, Any]:
    return {"kind": "quarter", "text": text, "x": x, "y": y, "angle": 0.0, "room": 0, **changes}


def written(*shown: dict[str, Any], taken: tuple[map_texts.Box, ...] = ()) -> list[str]:
    root = ET.fromstring(map_texts.names(shown, SIZE, *taken))  # noqa: S314 - made here
    return ["".join(one.itertext()) for one in root.iter("text")]


def test_a_name_that_would_lie_on_one_before_is_left_out() -> None:
    first, same, below = name("Kluuvi"), name("Kamppi", 520, 410), name("Helsinki", 500, 600)
    assert written(first, same, below) == ["Kluuvi", "Helsinki"]
    assert written(same, first, below) == ["Kamppi", "Helsinki"]


def test_a_name_stays_on_the_map_and_out_of_what_is_taken() -> None:
    assert written(name("Kluuvi", 5), name("Kluuvi", 995), name("Kluuvi", 500, 2)) == []
    assert written(name("Kluuvi"), taken=((400.0, 300.0, 600.0, 500.0),)) == []


def test_a_street_has_its_name_only_where_it_is_long_enough() -> None:
    street = {"kind": "street", "angle": 30.0}
    assert written(name("Mannerheimintie", room=80, **street)) == []
    assert written(name("Mannerheimintie", room=900, **street)) == ["Mannerheimintie"]


def test_a_landmark_has_a_sign_at_its_place_and_its_name_to_the_right() -> None:
    drawn = map_texts.names([name("Ateneum", kind="landmark")], SIZE)
    assert '<circle cx="500" cy="400"' in drawn
    (x,) = re.findall(r'<text x="(\d+)"', drawn)
    assert int(x) > 500


def test_a_wider_text_takes_more_room() -> None:
    assert map_texts._width("WWWW", 400) > map_texts._width("iiii", 400) > 0
    assert map_texts._width("WWWW", 700) > map_texts._width("WWWW", 400)
    assert map_texts._width("ရန်ကုန်", 400) > 0


@pytest.mark.parametrize("text", [HOSTILE, *TEXTS])
def test_hostile_names_stay_texts(text: str) -> None:
    shown = {
        "svg": '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>',
        "width": 4000, "height": 800, "bar": 200, "bar_text": text,
        "names": [name(text, 2000)],
    }  # fmt: skip
    root = ET.fromstring(map_texts.lettered(shown))  # noqa: S314 - made here
    kinds = {one.tag.rpartition("}")[2] for one in root.iter()}
    assert kinds <= {"svg", "path", "g", "rect", "text", "circle"}


def test_a_street_has_its_name_once_where_there_is_room_first() -> None:
    street = {"kind": "street", "room": 900}
    taken = name("Kluuvi", 300)
    first, other, third = (
        name("Bulevardi", x, y, **street) for x, y in ((300, 400), (300, 600), (700, 600))
    )
    assert written(taken, first, other, third) == ["Kluuvi", "Bulevardi"]
