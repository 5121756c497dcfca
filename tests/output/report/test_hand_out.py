"""The hand-out: one sheet with the five questions, what it rests on, and room for advice."""

from __future__ import annotations

import datetime as dt

import pytest
from banned_words import banned_words
from hostile_texts import TEXTS
from invented import HOSTILE, layers_of
from made import claim_of, report_on
from made_trips import if_where, trip_of, with_trips
from pages import elements

from toolkit.assessment.model import Assessment
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.words import limits, tier_name
from toolkit.output import circles_svg, conditions, trip_words
from toolkit.output.report import hand_out, map_svg

VALID = dt.date(2027, 5, 1)


def sheet(
    found: Assessment, lang: Language = "en", *, advice: str = "", drawn: bool = False
) -> str:
    return hand_out.render(
        found,
        claims=(claim_of(),),
        valid_until=VALID,
        drawing=map_svg.draw(layers_of()) if drawn else None,
        tier="seen",
        advice=advice,
        lang=lang,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_holds_the_five_answers_and_what_may_be_concluded(lang: Language) -> None:
    found = with_trips(report_on(None), trip_of())
    text = elements(sheet(found, lang))[0].text.replace("\xa0", " ")
    for tier in TIERS:
        assert tier_name(tier, lang) in text
        assert trip_words.headline(found, tier, lang).replace("\xa0", " ") in text
    for line in (*hand_out.conclude(lang), *hand_out.not_conclude(lang), *limits(lang)[:2]):
        assert line in text
    assert found.assumptions.sha256[:12] not in text
    assert claim_of().id not in text
    assert banned_words(text) == []


def test_a_map_is_drawn_where_there_are_streets() -> None:
    assert '<svg class="map"' in sheet(report_on(layers_of()), drawn=True)
    assert "no street map of this city" in sheet(report_on(None))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_streets_both_ends_are_drawn_in_the_place_of_the_map(lang: Language) -> None:
    ends = (if_where(2.0, (0.2, 0.4, 0.8)), if_where(None, (0.0, 0.1, 0.3)))
    found = report_on(None).model_copy(update={"if_centre": ends[0], "if_spread": ends[1]})
    html = sheet(found, lang)
    assert html.count('class="circles"') == 2
    text = elements(html)[0].text
    for line in (*circles_svg.legend(lang), *(conditions.case_name(one, lang) for one in ends)):
        assert line in text
    assert banned_words(text) == []
    assert 'class="circles"' not in sheet(report_on(layers_of()), drawn=True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_comes_before_a_map_to_be_moved(lang: Language) -> None:
    assessment = with_trips(report_on(layers_of()), trip_of())
    html = hand_out.interactive(
        assessment,
        claims=(),
        valid_until=VALID,
        tier="seen",
        advice="",
        lang=lang,
    )
    headline = trip_words.headline(assessment, "seen", lang)
    assert headline
    found = [one for one in elements(html) if one.tag == "section"]
    assert [one.attributes["class"] for one in found[:2]] == ["limit main", "live"]
    assert headline.replace("\xa0", " ") in found[0].text
    assert hand_out.rows(assessment, lang)[0].caption.replace("\xa0", " ") in found[0].text


def test_the_last_day_is_said() -> None:
    assert "Valid until 1 May 2027" in sheet(report_on(None)).replace("\xa0", " ")


def test_advice_is_text_in_paragraphs_and_hostile_advice_does_nothing() -> None:
    assert "<p>Leave in pairs.</p>" in sheet(report_on(None), advice="Meet.\n\nLeave in pairs.")
    plain = {one.tag for one in elements(sheet(report_on(None), advice="x"))}
    for text in (HOSTILE, *TEXTS):
        assert {one.tag for one in elements(sheet(report_on(None), advice=text))} == plain
