"""What a group says of an address: a class, or a number."""

from __future__ import annotations

import pytest
from app_screens import part
from streamlit.testing.v1 import AppTest

from toolkit.app.exercise import answers
from toolkit.app.exercise.rounds import Round
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.studies.exercise import CLASS_CHANCE

SCRIPT = """
import streamlit as st
from toolkit.app.exercise import answers
answers.ask(st.session_state["exercise"], 1, "A", {lang!r})
"""


def asked(lang: Language = "en", **more: object) -> AppTest:
    page = part(SCRIPT.format(lang=lang), exercise=Round("one"), **more)
    assert not page.exception
    return page


def said(page: AppTest) -> dict[str, float]:
    found = page.session_state["exercise"].said
    return {tier: p for (_, at, tier), p in found.items() if at == "A"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_question_has_the_classes_with_their_numbers(lang: Language) -> None:
    texts = answers.class_texts(lang)
    assert ["10" in texts[0], "30" in texts[1], "60" in texts[3]] == [True] * 3
    assert len(set(texts)) == len(CLASS_CHANCE)
    assert len(asked(lang).segmented_control) == len(TIERS)


def test_a_class_stands_for_its_chance_and_can_be_taken_back() -> None:
    page = asked()
    page.segmented_control[0].set_value(1).run()
    assert said(page) == {"seen": CLASS_CHANCE[1]}
    page.segmented_control[0].set_value(None).run()
    assert said(page) == {}


def test_a_number_stays_as_exact_as_it_was_among_classes() -> None:
    page = asked(exercise_number=True)
    page.number_input[3].set_value(45).run()
    assert said(page) == {"face": 0.45}
    page.toggle[0].set_value(False).run()
    assert said(page) == {"face": 0.45}
    page.segmented_control[3].set_value(0).run()
    assert said(page) == {"face": CLASS_CHANCE[0]}
