"""The map of what differs: its classes, their lengths, and what it is made of."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from invented import layers_of

from toolkit.base.terms import LANGUAGES, Language
from toolkit.output.report import difference_svg

SVG = "{http://www.w3.org/2000/svg}"
TITLE = "<script>alert(1)</script> & more"


@pytest.fixture
def found():
    """Give four streets, one of each kind of change."""
    layers = layers_of(4)
    changes = ["more", "less", "within", "unknown"]
    return layers, layers.streets.assign(seen_change=changes)


def test_each_kind_of_change_has_a_look_of_its_own(found) -> None:
    layers, streets = found
    root = ET.fromstring(difference_svg.draw(layers, streets, "seen", TITLE))  # noqa: S314
    drawn = [path for path in root.iter(f"{SVG}path") if "stroke-width" in path.attrib]
    colors = [path.attrib["stroke"] for path in drawn]
    for look in difference_svg.LOOKS:
        assert look.color in colors
    # Told apart without colour: by width, by a hollow, by dashes.
    (more,) = [p for p in drawn if p.attrib["stroke"] == "#7a0c2e"]
    (within,) = [p for p in drawn if p.attrib["stroke"] == "#b8a06a"]
    assert float(more.attrib["stroke-width"]) > 2 * float(within.attrib["stroke-width"])
    assert colors.count("#ffffff") == 1
    (unknown,) = [p for p in drawn if p.attrib["stroke"] == "#7a7a7a"]
    assert "stroke-dasharray" in unknown.attrib
    # The last lies on top.
    assert colors[-1] == "#7a0c2e"


def test_a_kind_that_no_street_has_is_not_drawn(found) -> None:
    layers, streets = found
    drawn = difference_svg.draw(layers, streets.assign(seen_change="within"), "seen", TITLE)
    assert "#7a0c2e" not in drawn
    assert drawn.count("#b8a06a") == 1


def test_its_title_is_text_and_nothing_is_asked_for(found) -> None:
    layers, streets = found
    drawn = difference_svg.draw(layers, streets, "seen", TITLE)
    assert "<script" not in drawn
    assert ET.fromstring(drawn).findtext(f"{SVG}title") == TITLE  # noqa: S314
    assert "href" not in drawn


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_legend_has_every_kind_with_its_length(found, lang: Language) -> None:
    _, streets = found
    rows = difference_svg.legend(streets, "seen", lang)
    assert [look.change for look, _ in rows] == ["more", "less", "within", "unknown"]
    for (look, text), change in zip(rows, streets["seen_change"], strict=True):
        assert look.change == change
        km = streets.loc[streets["seen_change"] == change, "length_m"].sum() / 1000
        assert f"{km:.1f}" in text
        ET.fromstring(difference_svg.sample(look))  # noqa: S314
