"""The panel next to the map: short, with what changes how the answer is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from banned_words import banned_words
from invented import HOSTILE, layers_of
from made import claim_of, report_on
from made_trips import trip_of, with_trips
from pages import elements

from toolkit.app import kept_answers
from toolkit.app.city import answer, panel
from toolkit.assessment.model import Assessment, SamplePart
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.evidence.claim import Claim


def made(assessment: Assessment, *claims: Claim) -> kept_answers.Estimate:
    loaded = Question("dawei", assessment.as_of).load()
    loaded = replace(loaded, claims=claims or (claim_of(),))
    return kept_answers.Estimate(loaded, "panel", assessment)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_the_trip_draws_ten_and_says_what_is_not_counted(
    shown: dict[str, list[Any]], lang: Language
) -> None:
    found = with_trips(report_on(None), trip_of())
    panel.show(made(found), "seen", lang)
    (html,) = shown["html"]
    text = elements(html)[0].text
    assert answer.sentence(found, "seen", lang).replace("\xa0", " ") in text.replace("\xa0", " ")
    assert panel.not_counted(lang) in text
    (icons,) = [e for e in elements(html) if e.tag == "img"]
    assert icons.attributes["src"].startswith("data:image/svg+xml;base64,")
    assert banned_words(text) == []


def test_without_trips_there_are_no_icons() -> None:
    found = panel.of_tier(made(report_on(layers_of())), "seen", "en")
    assert found.icons == found.caption == ""
    assert found.answer.startswith("Along ")


def test_the_map_is_given_the_panels_of_all_questions() -> None:
    estimate = made(with_trips(report_on(layers_of()), trip_of()))
    given = panel.texts(estimate, "en")
    assert list(given["tiers"]) == list(TIERS)
    told = given["tiers"]["plate"]["answer"]
    assert told.replace("\xa0", " ") == answer.sentence(estimate.assessment, "plate", "en")
    assert "as of" in given["lines"][0]


def test_a_sample_and_one_kind_of_operator_are_said() -> None:
    base = report_on(layers_of())
    found = base.model_copy(
        update={
            "sample": SamplePart(points=100, of=1000, error_share=0.1),
            "basis": "streets",
            "inputs": base.inputs.model_copy(update={"siting_profile": "plate_gates"}),
        }
    )
    given = panel.texts(made(found), "en")
    assert "sample of 100 of 1,000" in " ".join(given["lines"]).replace("\xa0", " ")
    (condition,) = given["tiers"]["seen"]["conditions"]
    assert "run by one kind of operator" in condition


def test_plans_without_a_number_are_said_to_change_nothing() -> None:
    planned = report_on(None).model_copy(update={"status": "planned"})
    (condition,) = panel.of_tier(made(planned), "seen", "en").conditions
    assert condition.endswith("nothing changes.")


def test_hostile_sources_stay_text(shown: dict[str, list[Any]]) -> None:
    claim = claim_of(says=HOSTILE)
    panel.show(made(report_on(None, (claim,)), claim), "seen", "en")
    assert "<img src=x" not in shown["html"][0]
    assert "<script" not in shown["html"][0]
