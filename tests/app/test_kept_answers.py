"""Answers are made once for all sessions, and anew where the question is another."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from invented import layers_of
from made import report_on

from toolkit.app import kept_answers
from toolkit.app.side_panel import Choice
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.streets.cities import find_city

CHOICE = Choice(
    lang="en",
    city=find_city("dawei"),
    tier="seen",
    status="installed",
    count=None,
    as_of=dt.date(2026, 11, 1),
)
QUESTION = Question("dawei", CHOICE.as_of)


def test_the_tier_and_the_language_ask_no_other_question() -> None:
    first = kept_answers.estimate(CHOICE, load_assumptions())
    again = kept_answers.estimate(
        dataclasses.replace(CHOICE, tier="plate", lang="my"), load_assumptions()
    )
    assert again.assessment is first.assessment
    assert again.key == first.key
    assert {claim.city for claim in first.claims} == {"dawei"}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "planned"},
        {"count": (40.0, 90.0)},
        {"as_of": dt.date(2026, 11, 2)},
        {"city": find_city("sittwe")},
    ],
)
def test_another_question_has_another_answer(change: dict[str, object]) -> None:
    first = kept_answers.estimate(CHOICE, load_assumptions())
    other = kept_answers.estimate(dataclasses.replace(CHOICE, **change), load_assumptions())
    assert other.assessment is not first.assessment
    assert other.key != first.key


def test_a_map_is_drawn_once_for_a_tier_and_a_language() -> None:
    made = kept_answers.Estimate(QUESTION, "kept", report_on(layers_of()), ())
    page = kept_answers.map_page(made, "seen", "en")
    assert kept_answers.map_page(made, "seen", "en") is page
    assert kept_answers.map_page(made, "face", "en") != page
    assert kept_answers.map_page(made, "seen", "my") != page


def test_there_is_no_map_without_layers() -> None:
    made = kept_answers.Estimate(QUESTION, "none", report_on(None), ())
    with pytest.raises(ValueError, match="no streets are installed"):
        kept_answers.map_page(made, "seen", "en")
