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


def test_metres_and_counts_are_whole():
    part = model.RouteTier.model_construct(
        cameras=Quantity.of(0, 1, 4, "cameras"),
        at_least_one=Quantity.of(0.1, 0.4, 0.8, "probability"),
        at_least_two_sites=Quantity.of(0.0, 0.1, 0.2, "probability"),
        in_view_m=Quantity.of(0.0, 0.02, 11.3, "m"),
        in_view_share=Quantity.of(0.0, 0.0, 0.1, "share"),
        longest_not_known_to_be_watched_m=Quantity.of(97.7, 97.7, 97.7, "m"),
        sections=[
            model.Section(from_m=0.0, to_m=97.7, in_view=Quantity.of(0.1, 0.4, 0.8, "probability")),
            model.Section(from_m=97.7, to_m=150.0, in_view=Quantity.exactly(0.1, "probability")),
        ],
        repeated=None,
        switched_on=None,
    )
    text = "\n".join(threat_words.tier_lines(part, "en"))
    assert "metres in view: 0 to 12 (middle 0)" in text
    assert "not known to be watched: 97 to 98 (middle 98)" in text
    assert "likeliest between 0 m and 98 m from the start" in text


def test_routes_that_nobody_is_said_to_read_are_not_said_to_be_open():
    said = threat_words.vehicle_lines(vehicles(threat_city.question()), "en")
    at = [k for k, line in enumerate(said) if "no reader of this estimate reads" in line]
    assert at
    for k in at:
        assert "." not in said[k]  # whole routes
        assert "never means not watched" in said[k + 1]


@pytest.mark.parametrize(("share", "n_lines"), [(1.0, 5), (0.4, 4)])
def test_routes_that_share_a_street_are_said_to(share, n_lines):
    mix = model.Mix.model_construct(
        trips=10,
        routes=3,
        at_least_one_of_mix=Quantity.exactly(0.5, "probability"),
        at_least_one_of_one=Quantity.exactly(0.4, "probability"),
        cameras_of_mix=Quantity.exactly(3, "cameras"),
        cameras_of_one=Quantity.exactly(2, "cameras"),
        at_one_place_of_mix=share,
        at_one_place_of_one=1.0,
    )
    assert len(threat_words._mix(mix, "en")) == n_lines
