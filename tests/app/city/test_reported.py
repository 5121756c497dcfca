"""What stands behind the figures: claims, what contradicts them, warnings, limits, inputs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from invented import HOSTILE, layers_of
from made import claim_of, other_claim, report_on
from pages import elements

from toolkit.app import kept_answers
from toolkit.app.city import reported
from toolkit.assessment.model import Assessment, ThreatPart
from toolkit.assessment.question import Question
from toolkit.base.terms import LANGUAGES, Language, Note
from toolkit.evidence.claim import Claim
from toolkit.evidence.threats import load_threats
from toolkit.language import notes, words
from toolkit.streets.cities import City, find_city

CITY = find_city("dawei")


@pytest.fixture
def page(shown: dict[str, list[Any]]) -> Any:
    """Give a function that shows the part and returns its HTML."""

    def show(
        assessment: Assessment,
        lang: Language = "en",
        claims: tuple[Claim, ...] = (claim_of(), other_claim()),
        city: City = CITY,
    ) -> str:
        loaded = replace(Question("dawei", assessment.as_of).load(), claims=claims)
        made = kept_answers.Estimate(loaded, "reported", assessment)
        reported.show(made, city, lang)
        (html,) = shown["html"]
        shown["html"].clear()
        return str(html)

    return show


def text_of(html: str) -> str:
    return elements(html)[0].text


def test_claims_that_figures_rest_on_come_first_and_others_are_folded_up(page: Any) -> None:
    html = page(report_on(layers_of()))
    folded = [e.text for e in elements(html) if e.tag == "details"]
    assert html.index("Over 200") < html.index("<details>")
    assert "Fifty cameras stand in Testville." in folded[0]
    assert "Over 200" not in folded[0]
    codes = [e.text for e in elements(html) if e.tag == "code"]
    assert codes == ["testville-stock", "testville-other"]


def test_contradictions_are_shown_in_words(page: Any) -> None:
    said = "Fifty cameras stand in Testville. ⇄ Over 200 cameras stand in Testville."
    assert said in text_of(page(report_on(layers_of())))
    alone = page(report_on(layers_of(), (claim_of(),)), claims=(claim_of(),))
    assert "contradict each other" not in alone


@pytest.mark.parametrize("lang", LANGUAGES)
def test_threats_come_before_the_claims_with_what_answers_them(page: Any, lang: Language) -> None:
    parts = tuple(ThreatPart(id=t.id, answered_by=t.answered_by) for t in load_threats())
    html = page(report_on(layers_of()).model_copy(update={"threats": parts}), lang)
    shown = text_of(html)
    assert all(t.says.in_language(lang) in shown for t in load_threats())
    assert html.index("<strong>") < html.index("testville-stock")
    assert load_threats()[0].name.in_language(lang) not in text_of(page(report_on(layers_of())))


def test_orders_to_owners_have_a_group_of_their_own(page: Any) -> None:
    order = other_claim(scope="compelled_private", status="ordered", topic="presence")
    html = page(report_on(layers_of(), (claim_of(),)), claims=(claim_of(), order))
    (folded,) = [e.text for e in elements(html) if e.tag == "details" and order.says in e.text]
    assert folded.startswith("Private cameras that owners were ordered to put up")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_limits_and_the_hash_are_there_in_each_language(page: Any, lang: Language) -> None:
    found = report_on(layers_of())
    told = text_of(page(found, lang))
    assert all(limit in told for limit in words.limits(lang))
    assert found.assumptions.sha256[:12] in told
    for note in (*found.missing, *found.warnings):
        assert notes.text(note.id, lang) in told


def test_a_note_of_another_version_keeps_its_own_words(page: Any) -> None:
    later = report_on(layers_of()).model_copy(
        update={"warnings": (Note(id="of_next_year", text="Something new."),)}
    )
    html = page(later, "my")
    assert '<span lang="en">Something new.</span>' in html


def test_only_a_city_without_streets_is_told_how_to_install_them(page: Any) -> None:
    assert "How to install streets" not in page(report_on(layers_of()))
    html = page(report_on(None))
    (steps,) = [e for e in elements(html) if e.tag == "ol"]
    assert all(step in steps.text for step in words.install_steps("en"))


def test_a_town_of_nearly_the_same_name_is_told(page: Any) -> None:
    city = find_city("mawlamyine")
    assert city.traps
    told = text_of(page(report_on(None), city=city))
    assert all(trap.says in told for trap in city.traps)


def test_hostile_claims_stay_text(page: Any) -> None:
    claim = claim_of(says=HOSTILE, note=HOSTILE)
    html = page(report_on(layers_of(), (claim,)), claims=(claim,))
    assert "alert(1)" in text_of(html)
    assert "<img" not in html
    assert "\u202e" not in html
