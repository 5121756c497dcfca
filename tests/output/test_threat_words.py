"""Answers in words, in both languages: no promise, and every sentence translated."""

from __future__ import annotations

import pytest
import threat_city
from banned_words import banned_words

from toolkit.base.quantity import Quantity
from toolkit.language.translate import has_burmese
from toolkit.output import threat_words
from toolkit.threats import model
from toolkit.threats.linking import link_at
from toolkit.threats.place import place
from toolkit.threats.route import route
from toolkit.threats.travel import Travel
from toolkit.threats.vehicles import vehicles


def lines(lang):
    """Return all that is said of every kind of answer."""
    question = threat_city.question()
    between = [threat_city.START, threat_city.END]
    found = route(question, between=between, travel=Travel("car", trips=5), detour=1.5)
    return [
        *threat_words.route_lines(found, lang),
        *threat_words.place_lines(
            place(question, threat_city.PLACE, 100.0, Travel(tier="face")), lang
        ),
        *threat_words.link_lines(
            link_at(question, threat_city.PLACE, 80.0, window_min=5, travel=Travel(tier="face")),
            lang,
        ),
        *threat_words.vehicle_lines(vehicles(question, with_planned=True), lang),
    ]


@pytest.mark.parametrize("lang", ["en", "my"])
def test_no_line_promises_anything(lang):
    said = lines(lang)
    text = "\n".join(said)
    assert banned_words(text) == []
    assert "unwatched" not in text
    assert len(said) > 60
    if lang == "my":
        for line in said:
            assert not line.strip() or has_burmese(line) or line.startswith("  node/"), line
    else:
        assert "not known to be watched" in text


@pytest.mark.parametrize(
    ("fewer", "more", "ending"),
    [(0.6, 0.2, "more in 2"), (0.4, 0.3, "no difference"), (0.1, 0.6, "more in 6")],
)
def test_small_differences_are_said_to_be_none(fewer, more, ending):
    same = 1 - fewer - more
    pair = model.Compared(
        in_ten=(round(fewer * 10), round(same * 10), round(more * 10)), fewer=fewer, same=same,
        more=more, better=fewer - more >= 0.3,
    )  # fmt: skip
    assert threat_words.compared_text(pair, "en").endswith(ending)


def test_cameras_are_whole():
    found = Quantity.of(0.2, 1.2, 3.998, "cameras")
    assert threat_words._cameras(found, "en") == "0 to 4 cameras (middle 1)"
