"""Where the map of a city is on the page."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from invented import layers_of
from made import claim_of, report_on
from pages import elements

from toolkit.app import kept_answers
from toolkit.app.city import map_view, panel
from toolkit.assessment.layers import Layers, LazyLayers
from toolkit.assessment.model import SamplePart
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, Language, Progress


def made(assessment: Any) -> kept_answers.Estimate:
    question = Question("dawei", assessment.as_of)
    return kept_answers.Estimate(question, "map-view", assessment, (claim_of(),))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_map_of_the_tier_has_the_panel(shown: dict[str, list[Any]], lang: Language) -> None:
    estimate = made(report_on(layers_of()))
    map_view.show(estimate, "face", lang)
    ((assessment, tier, mapped, named),) = shown["maps"]
    assert (assessment, tier, mapped) == (estimate.assessment, "face", lang)
    assert named["answer"] == estimate.key
    assert named["panel"] == panel.texts(estimate, lang)
    assert shown["html"] == []
    assert shown["progress"] == []


def test_a_question_chosen_on_the_map_is_the_choice_of_the_page(
    shown: dict[str, list[Any]],
) -> None:
    map_view.show(made(report_on(layers_of())), "seen", "en")
    shown["maps"][0][-1]["on_tier"]("plate")
    assert st.session_state["tier"] == "plate"


def test_without_streets_it_says_why_there_is_none(shown: dict[str, list[Any]]) -> None:
    estimate = made(report_on(None))
    map_view.show(estimate, "seen", "en")
    assert shown["maps"] == []
    beside, place = (elements(html)[0].text for html in shown["html"])
    assert panel.not_counted("en") in beside
    assert map_view.no_map(estimate.assessment, "en") in place


def test_layers_of_a_sample_are_made_now_under_a_bar_that_goes(
    shown: dict[str, list[Any]],
) -> None:
    def make(progress: Progress) -> Layers:
        progress(0.5)
        return layers_of()

    sample = SamplePart(points=100, of=1000, error_share=0.1)
    found = report_on(None).model_copy(update={"basis": "streets", "sample": sample})
    map_view.show(made(found.with_layers(LazyLayers(make))), "seen", "en")
    assert len(shown["maps"]) == 1
    assert shown["progress"] == [0.0, 0.5, "gone"]
