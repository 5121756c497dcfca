"""The page for analysts: all figures with their foot, assumptions moved in sight of the answer."""

from __future__ import annotations

import re

import pytest
from app_screens import AS_OF, html_of, screen, words_of
from banned_words import banned_words

from toolkit.app import kept_answers
from toolkit.app.city import answer
from toolkit.assessment.assess import assess
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import Language
from toolkit.language import notes
from toolkit.language.quantities import quantity_text
from toolkit.language.words import limits, profile_name, tier_condition


@pytest.mark.parametrize(
    ("city", "tier", "lang"),
    [
        ("helsinki-centre", "seen", "en"), ("helsinki-centre", "face", "my"),
        ("yangon", "plate", "en"), ("dawei", "recognised", "en"), ("yangon", "identified", "my"),
    ],
)  # fmt: skip
def test_all_figures_of_a_question_are_there(city: str, tier: str, lang: Language) -> None:
    found = assess(city, as_of=AS_OF)
    page = screen("analysts", lang, city=city, tier=tier)
    assert not page.exception
    assert not page.error
    words, part = words_of(page), found.shown_tiers[tier]
    assert answer.sentence(found, tier, lang) in words
    for figure in (part.length_km, part.ring_m.outer):
        assert quantity_text(figure, lang) in words
    for case in part.cases:
        assert quantity_text(case.share_of_length, lang) in words
    if part.switched_on is not None:
        assert quantity_text(part.switched_on, lang) in words
        assert tier_condition(tier, lang) in words
    assert limits(lang)[0] in words
    assert html_of(page).count("<table>") >= 3
    assert banned_words(words) == []


def test_every_table_says_for_when_how_complete_and_from_whom() -> None:
    html = html_of(screen("analysts", city="yangon"))
    shown = html.split("<details>")[0]
    # One more is under what is said of trips, which comes first.
    assert shown.count('class="foot"') == shown.count("<table>") + 1 >= 4
    assert shown.index('class="answer"') < shown.index('class="foot"') < shown.index("<table>")
    for foot in re.findall(r'<p class="foot">(.*?)</p>', shown):
        for part in ("as of 1 November 2026", "Completeness", "Boundary", "Sources: &#91;1"):
            assert part in foot


def test_plans_a_sample_and_one_kind_of_operator_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "as if it had been carried out" in words_of(
        screen("analysts", city="yangon", status="planned")
    )
    monkeypatch.setattr(kept_answers, "SAMPLE_POINTS", 2_000)
    kept_answers._made.clear()
    words = words_of(screen("analysts", city="helsinki-centre", profile="plate_gates"))
    kept_answers._made.clear()
    found = assess("helsinki-centre", as_of=AS_OF, profile="plate_gates", sample_points=2_000)
    assert found.sample is not None
    assert answer.sample_text(found.sample, "en") in words
    # Next to the choice, and with the figures.
    assert words.count(notes.text("one_profile")) >= 2
    assert f"run by one kind of operator: {profile_name('plate_gates', '', 'en')}." in words


def test_a_moved_value_changes_the_answer_above_it() -> None:
    page = screen("analysts", city="dawei")
    (slider,) = [s for s in page.slider if s.key.endswith(":optics.availability")]
    slider.set_value(slider.min).run()
    assert not page.exception
    changed = load_assumptions(changes={"optics.availability": slider.min})
    found = assess("dawei", as_of=AS_OF, assumptions=changed)
    assert answer.sentence(found, "seen", "en") in words_of(page)
    captions = " ".join(c.value for c in page.caption).replace("\\", "")
    assert "central, with 1 value changed" in captions
