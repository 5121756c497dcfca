"""A session on paper."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from invented import layers_of
from made import claim_of, other_claim, report_on
from made_trips import if_where, trip_of, with_trips

from toolkit.assessment.model import Assessment
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.translate import tr
from toolkit.output.report import hand_out, plan_words, session


def made(found: Assessment, lang: Language = "en") -> list[dict[str, Any]]:
    data = session.document(
        found,
        claims=(claim_of(), other_claim()),
        valid_until=dt.date(2024, 9, 8),
        tier="seen",
        lang=lang,
    )
    blocks: list[dict[str, Any]] = data["blocks"]
    return blocks


def without_streets() -> Assessment:
    ends = {"if_centre": if_where(2.0, (0.2, 0.4, 0.8)), "if_spread": if_where(None, (0, 0.1, 1))}
    return with_trips(report_on(None).model_copy(update=ends), trip_of(at_least_one=(0.2, 0.5, 1)))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_plan_then_page_to_mark_then_page_to_reveal_then_score(lang: Language) -> None:
    for found in (without_streets(), report_on(layers_of())):
        blocks = made(found, lang)
        pages = [one["text"] for one in blocks if one["kind"] == "heading" and one["new_page"]]
        assert pages == [
            tr("To mark, before anything is shown", lang),
            tr("To reveal, after all have marked", lang),
            tr("The five answers", lang),
            tr("Score sheet", lang),
        ]


def test_nothing_of_the_answer_is_on_the_pages_before_it() -> None:
    blocks = made(without_streets())
    reveal = next(
        k for k, one in enumerate(blocks) if one.get("text") == "To reveal, after all have marked"
    )
    before = str(blocks[:reveal])
    sheet = hand_out.rows(without_streets(), "en")
    assert not any(row.headline in before for row in sheet)
    assert not any(row.caption in before for row in sheet)


def test_the_key_has_the_range_of_each_question_and_the_sheet_has_none() -> None:
    blocks = made(without_streets())
    tables = [one for one in blocks if one["kind"] == "table"]
    key, guesses = tables[-2:]
    heads = [one["text"] for one in blocks if one["kind"] == "heading"]
    assert heads.index("Key") > heads.index("To reveal, after all have marked")
    assert [row[1] for row in key["rows"]] == ["2 to 10"] * len(TIERS)
    assert all(cell == "" for row in guesses["rows"] for cell in row[1:])
    assert guesses["room"] > 0


def test_the_parts_add_up_to_the_time_of_the_session() -> None:
    times = plan_words.times("en")
    assert sum(int(short) for _, short, _ in times) == 45
    assert sum(int(long) for _, _, long in times) == 90


def test_the_page_to_reveal_says_that_the_report_is_made_up() -> None:
    blocks = made(without_streets())
    said = [one for one in blocks if "Demonstration" in str(one.get("texts"))]
    assert len(said) == 1
    assert blocks[blocks.index(said[0]) - 1]["text"] == "To reveal, after all have marked"
