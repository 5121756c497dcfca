"""The answer in one sentence, the trip first, and what is said right below it."""

from __future__ import annotations

import pytest
from banned_words import banned_words
from invented import layers_of, with_tier
from made import report_on
from made_trips import if_where, trip_of, with_trips

from toolkit.app.city import answer
from toolkit.assessment.model import SamplePart
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, TIERS, Tier
from toolkit.output import conditions, trip_words


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (12.0, 35.0, "Along 12 to 35 km (middle 24) of street,"),
        (0.0, 20.4, "Along up to 20 km of street, perhaps hardly any, people"),
        (0.0, 0.04, "Along under 0.1 km of street,"),
    ],
)
def test_without_trips_the_sentence_leads_with_kilometres(
    low: float, high: float, told: str
) -> None:
    length = Quantity.of(low, (low + high) / 2, high, "km")
    found = with_tier(length, Quantity.of(0.0, 0.001, 0.02, "share"))
    assert answer.sentence(found, "seen", "en").startswith(told)
    # Of faces and plates a length never stands first.
    plate = answer.sentence(found, "plate", "en")
    assert plate.startswith("A plate reader is a point")
    assert told[1:].partition(",")[0] in plate


@pytest.mark.parametrize("tier", TIERS)
def test_the_trip_stands_first_and_streets_come_after_it(tier: Tier) -> None:
    found = with_trips(report_on(layers_of()), trip_of())
    assert answer.sentence(found, tier, "en") == trip_words.headline(found, tier, "en")
    lines = answer.more(found, tier, "en")
    rest = trip_words.sentences(found, tier, "en")[1:]
    assert lines[: len(rest)] == rest
    assert lines[len(rest)].startswith("Of the streets: ")
    assert "of the street length" in lines[len(rest)]


def test_without_streets_kilometres_follow_the_trip() -> None:
    found = with_trips(report_on(None), trip_of())
    assert [line for line in answer.more(found, "seen", "en") if line.startswith("In kilometres")]
    untold = answer.more(report_on(None), "seen", "en")
    assert untold == ["What an ordinary trip passes is not known: invented"]


def test_both_areas_are_said_of_the_tier_that_is_shown() -> None:
    found = with_trips(report_on(None), trip_of())
    found = found.model_copy(
        update={
            "if_centre": if_where(2.0, (0.2, 0.4, 0.8)),
            "if_spread": if_where(None, (0.0, 0.1, 0.3)),
        }
    )
    lines = answer.more(found, "plate", "en")
    assert conditions.where(found, "en", ("plate",))[0] in lines
    assert not set(conditions.where(found, "en", ("seen",))) & set(lines)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_words_on_a_sample_promise_nothing(lang: str) -> None:
    text = answer.sample_text(SamplePart(points=20_000, of=150_000, error_share=0.0064), lang)
    assert not banned_words(text)
    assert "0.64" in text
