"""Ordinary trips in words: from invented figures, in both languages."""

from __future__ import annotations

import pytest
from banned_words import banned_words
from invented import layers_of
from made import report_on
from made_trips import trip_of, with_trips

from toolkit.assessment.model import IfBuilt, NightPart, ShortTrip, Total, Trip
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, SWITCHED_TIERS, TIERS
from toolkit.language.translate import has_burmese
from toolkit.output import trip_words


def found_with(trip: Trip, *, streets: bool = True, points=(6.1, 57.0, 208.0)):
    return with_trips(report_on(layers_of() if streets else None), trip, points)


def test_a_walk_is_said_as_a_number_of_cameras_then_as_a_share():
    said = trip_words.sentences(found_with(trip_of()), "seen", "en")
    week = (
        "In a week of walks to five places and back, about 10 of 10 people (9 to 10) pass at least "
        "one; on one walk there and back every day, about 10 of 10 people (9 to 10): the same "
        "cameras are there each day."
    )
    first = (
        "On an ordinary walk of about 0.8 km inside this boundary you pass about 20 cameras of the "
        "reported system that can see you (could be 9 to 55)."
    )
    least = "Of 10 walks about 10 (9 to 10) pass at least one."
    differ = "Walks differ: 1 in 20 passes more than 50."
    unknown = (
        "About 22 % of the way lies underground or outside the boundary: nothing is known there."
    )
    assert said == [first, f"{least} {differ}", unknown, week]


def test_few_cameras_are_said_as_a_share_of_trips():
    found = found_with(trip_of(cameras=(0.02, 0.37, 1.7), at_least_one=(0.022, 0.3, 0.66)))
    said = trip_words.sentences(found, "face", "en")
    assert said[0] == (
        "Of 100 ordinary walks of about 0.8 km inside this boundary about 30 (2 to 66) pass a "
        "camera of the reported system that could match your face, if face recognition is "
        "switched on."
    )
    assert "does not mean that few people are matched" in said[1]
    assert said[-1] == "Places with a working camera that could match faces: about 57 (6 to 210)."
    assert not [text for text in said if "differ" in text]


def test_a_rider_learns_that_a_plate_reader_is_a_point():
    found = found_with(trip_of(cameras=(0.0, 0.4, 2.2), at_least_one=(0.0, 0.37, 0.85)))
    said = trip_words.sentences(found, "plate", "en")
    assert said[0] == (
        "Of 10 ordinary motorcycle rides of about 0.8 km inside this boundary about 4 (perhaps "
        "none, up to 9) pass a camera of the reported system that could read your number plate, "
        "if number plate reading is switched on."
    )
    assert said[1].startswith("A plate reader is a point that can read every plate")
    assert "of rides to five places" in said[3]


def test_many_plate_readers_are_counted():
    said = trip_words.sentences(found_with(trip_of(cameras=(0.4, 3.0, 9.0))), "plate", "en")
    assert "you pass about 3 cameras" in said[0]
    assert "(could be up to 9, or fewer than 1), if number plate reading" in said[0]
    assert "Rides differ: 1 in 20 passes more than 50." in said[1]


@pytest.mark.parametrize("cameras", [(0.0, 0.0, 0.0), (0.0, 0.9, 1.0), (1.0, 1.0, 1.0)])
def test_one_camera_or_none_is_no_headline_count(cameras):
    said = trip_words.headline(found_with(trip_of(cameras=cameras)), "seen", "en")
    assert said.startswith("Of 10 ordinary walks")


def test_nothing_in_all_draws_is_not_said_to_be_none():
    none = trip_of(cameras=(0.0, 0.0, 0.0), at_least_one=(0.0, 0.0, 0.0), in_twenty=0.0)
    said = " ".join(trip_words.sentences(found_with(none, points=(0, 0, 0)), "plate", "en"))
    assert "about 0.8 km inside this boundary fewer than 1 (perhaps none, up to 1) pass" in said
    assert "fewer than 1 of 1,000 people (perhaps nobody, up to 1)" in said
    assert "number plates: perhaps none, up to 1." in said


@pytest.mark.parametrize(
    ("points", "wanted"),
    [((0.3, 4.0, 9.0), "about 4 (perhaps none, up to 9)"), ((2.0, 2.0, 2.0), "plates: 2.")],
)
def test_places_are_never_fewer_than_the_figures(points, wanted):
    found = found_with(trip_of(), points=points)
    assert wanted in trip_words.points(found.tiers["plate"], "plate", "en")[0]
    assert trip_words.points(found.tiers["seen"], "seen", "en") == []


@pytest.mark.parametrize(("share", "said"), [(None, False), (0.004, False), (0.01, True)])
def test_a_way_without_an_answer_is_said_from_one_per_cent(share, said):
    text = " ".join(trip_words.sentences(found_with(trip_of(unknown_share=share)), "seen", "en"))
    assert ("nothing is known there" in text) == said


def test_without_streets_trips_are_where_the_cameras_are():
    said = trip_words.headline(found_with(trip_of(), streets=False), "seen", "en")
    assert "walk of about 0.8 km in the part of the city with the cameras you" in said


def test_a_trip_that_is_not_known_is_said_once_and_never_as_zero():
    found = report_on(layers_of())
    said = trip_words.each_once(found, "en")
    assert not trip_words.known(found)
    assert said["seen"] == ["What an ordinary trip passes is not known: invented"]
    assert said["recognised"] == said["identified"] == []
    for tier in SWITCHED_TIERS:
        assert len(said[tier]) == 1
        assert "little street length does not mean" in said[tier][0]
    assert trip_words.headline(found, "seen", "en") == ""


def test_no_sentence_is_said_twice():
    found = found_with(trip_of())
    said = [text for texts in trip_words.each_once(found, "en").values() for text in texts]
    assert len(said) == len(set(said))
    assert trip_words.known(found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_announced_cameras_are_met_if_they_were_built(lang):
    found = found_with(trip_of())
    built = IfBuilt(
        nothing_installed=Quantity.exactly(0.5, "probability"),
        claim="c",
        assumption="a",
        judged_by="j",
        cameras=found.cameras.installed,
        tiers=found.tiers,
    )
    plain = trip_words.headline(found, "seen", lang)
    said = trip_words.headline(found.model_copy(update={"if_built": built}), "seen", lang)
    assert said.endswith(plain)
    assert said != plain


def test_night_is_said_where_it_is_known():
    part = found_with(trip_of()).tiers["seen"]
    assert trip_words.at_night(part, "en") == ""
    share = Total(expected=part.length_km, realised=part.length_km)
    trip = ShortTrip(mode="foot", cameras=part.trip.cameras, at_least_one=part.trip.at_least_one)
    night = NightPart(
        ring_m=part.ring_m,
        trip=trip,
        cameras_able=part.cameras_able,
        length_km=part.length_km,
        share_of_length=share,
    )
    dark = part.model_copy(update={"night": night})
    assert trip_words.at_night(dark, "en") == "of 10 walks about 10 (9 to 10) pass at least one"
    unknown = night.model_copy(update={"trip": ShortTrip.unknown("foot", "invented")})
    assert trip_words.at_night(part.model_copy(update={"night": unknown}), "en") == ""


def test_a_mean_of_less_than_one_is_not_written_as_none():
    assert trip_words.mean_text(Quantity.of(0, 0, 0, "cameras"), "en") == "under 0.1 cameras"
    assert trip_words.mean_text(Quantity.unknown("cameras", "why"), "en") == "not known: why"


@pytest.mark.parametrize(("length_km", "said"), [(0.004, "0.01"), (1.953, "2"), (3.44, "3.4")])
def test_the_middle_trip_has_one_decimal_at_most(length_km, said):
    trip = trip_of().model_copy(update={"length_km": Quantity.exactly(length_km, "km")})
    assert f"of about {said} km inside" in trip_words.headline(found_with(trip), "seen", "en")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("streets", [True, False])
@pytest.mark.parametrize("cameras", [(9.1, 20.4, 55.0), (0.0, 0.4, 2.2)])
def test_every_sentence_is_in_its_language_without_a_banned_word(lang, streets, cameras):
    for found in (
        found_with(trip_of(cameras=cameras), streets=streets),
        report_on(layers_of() if streets else None),
    ):
        for tier in TIERS:
            for text in trip_words.sentences(found, tier, lang):
                assert has_burmese(text) == (lang == "my")
                assert not banned_words(text)
                assert "{" not in text
                assert "only" not in text.split()
