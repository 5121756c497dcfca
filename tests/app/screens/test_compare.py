"""The page Compare: two sides with the same panel, and one sentence on the difference."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from app_screens import AS_OF, html_of, screen, words_of

from toolkit.app.city import answer
from toolkit.app.screens import compare
from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import list_sets
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language import words
from toolkit.studies import comparison


@pytest.mark.parametrize("lang", LANGUAGES)
def test_installed_and_planned_are_side_by_side(lang: Language) -> None:
    page = screen("compare", lang, city="yangon")
    assert not page.exception
    words = words_of(page)
    for status in ("installed", "planned"):
        found = assess("yangon", as_of=AS_OF, status=status)
        assert answer.sentence(found, "seen", lang) in words
    assert html_of(page).count('class="ct panel"') == 2


def test_nothing_changes_where_nothing_is_planned() -> None:
    words = words_of(screen("compare", city="dawei"))
    assert "How much street is in view: nothing changes." in words


def test_two_dates_keep_the_status_of_the_bar() -> None:
    page = screen("compare", city="yangon", status="planned", compare="date")
    other = AS_OF - dt.timedelta(days=3 * 365)
    assert page.date_input(key="compare_date").value == other
    words = words_of(page)
    for day in (AS_OF, other):
        found = assess("yangon", as_of=day, status="planned")
        assert answer.sentence(found, "seen", "en") in words
    assert "From the first to the second, street in view changes by " in words


def test_two_cities_have_a_place_of_their_own_and_no_difference_of_kilometres() -> None:
    page = screen("compare", city="yangon", compare="city", compare_city="bagan")
    words = words_of(page)
    for city in ("yangon", "bagan"):
        assert answer.sentence(assess(city, as_of=AS_OF), "seen", "en") in words
    assert "How much street is in view" not in words
    assert "from the first to the second" not in words
    assert "st-key-answer-of-yangon-and-bagan" in html_of(page)


def test_two_sets_of_assumptions_are_named() -> None:
    other = next(s.name for s in list_sets() if s.kind == "probabilistic" and s.name != "central")
    changes = {"optics.height_m": 6.0}
    page = screen("compare", city="dawei", compare="set", assumption_changes=changes)
    words = words_of(page)
    assert "central, with 1 value changed" in words
    assert other in words


def test_where_it_differs_is_computed_once_for_all_questions_and_anew_for_other_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    computed: list[object] = []
    original = comparison.difference_layer

    def counted(*sides: Assessment) -> object:
        computed.append(None)
        return original(*sides)

    monkeypatch.setattr(comparison, "difference_layer", counted)
    compare._differences.clear()
    for tier in ("seen", "face"):
        page = screen("compare", city="helsinki-centre", compare="set", tier=tier)
        assert not page.exception
        assert f"Where it differs: {words.tier_name(tier, 'en')}" in words_of(page)
    assert len(computed) == 1
    changes = {"optics.height_m": 6.0}
    screen("compare", city="helsinki-centre", compare="set", assumption_changes=changes)
    assert len(computed) == 2


def test_where_nothing_changes_no_map_says_that_too_little_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(comparison, "difference_layer", None)
    page = screen("compare", city="helsinki-centre", compare="planned")
    assert not page.exception
    assert "nothing changes" in words_of(page)


def test_the_earlier_date_is_first_and_never_before_all_reports() -> None:
    page = screen("compare", city="helsinki-centre", compare="date")
    assert not page.exception
    assert not page.error
    (first, second) = re.findall(r"<h2>(.*?)</h2>", html_of(page))[:2]
    assert "November 2026" in second
    assert first != second


def test_only_the_practice_city_of_two_is_said_to_be_made_up() -> None:
    page = screen("compare", city="dawei", compare="city", compare_city="helsinki-centre")
    text = words_of(page)
    assert text.index("Helsinki") < text.index(words.demonstration("en"))
