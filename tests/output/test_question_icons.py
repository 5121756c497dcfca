"""Pictures of the five questions."""

from __future__ import annotations

from pages import elements

from toolkit.base.terms import TIERS
from toolkit.output import question_icons


def test_each_question_has_a_picture_of_its_own_without_words() -> None:
    drawn = {tier: question_icons.draw(tier) for tier in TIERS}
    assert len(set(drawn.values())) == len(TIERS)
    for svg in drawn.values():
        assert {one.tag for one in elements(svg)} <= {"svg", "path", "circle", "rect"}
        assert elements(svg)[0].attributes["aria-hidden"] == "true"
        assert elements(svg)[0].text == ""


def test_a_copier_keeps_it() -> None:
    for tier in TIERS:
        colors = {one.attributes.get("fill") for one in elements(question_icons.draw(tier))}
        assert colors <= {None, "none", "#1a1a1a"}
