"""What changed between two answers, on paper."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from banned_words import banned_words
from pages import shown

from toolkit.assessment.assess import assess
from toolkit.assessment.model import Assessment
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.errors import InputDataError
from toolkit.base.quantity import Quantity
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language import quantities
from toolkit.output.report import compared, page
from toolkit.studies.comparison import Difference, compare

AS_OF = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def sides() -> tuple[Assessment, Assessment]:
    one = assess("mandalay", as_of=AS_OF, n_draws=40)
    other = assess("mandalay", as_of=AS_OF, n_draws=40, assumptions=load_assumptions("cautious"))
    return one, other


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_sides_each_difference_and_each_changed_assumption_are_shown(
    sides: tuple[Assessment, Assessment], lang: Language
) -> None:
    sets = (load_assumptions(), load_assumptions("cautious"))
    data = compared.document(*sides, lang, sets=sets)
    text = shown(page.of_document(data))
    assert "central" in text
    assert "cautious" in text
    assert banned_words(text) == []
    tables = [one for one in data["blocks"] if one["kind"] == "table"]
    assert len(tables[1]["rows"]) == 1 + len(TIERS)
    assert len(tables[2]["rows"]) == len(TIERS), "ordinary trips"
    found = compare(*sides)
    for row, tier in zip(tables[2]["rows"], TIERS, strict=True):
        change = found.tiers[tier].trip_at_least_one
        assert row[-1] == compared.verdict(change, lang)
        assert row[-2] == quantities.difference_text(change.difference, lang)
        assert change.pairing == "paired"
    assert len(tables[-1]["rows"]) > 5, "each assumption that differs"
    names = [row[0] for row in tables[-1]["rows"]]
    assert len(set(names)) == len(names)
    if lang == "my":
        heads = [one["text"] for one in data["blocks"] if one["kind"] == "heading"]
        assert not [head for head in heads if head.isascii()]
        assert not re.search(r"triangular|fixed|distribution", text)


def test_the_verdict_says_whether_the_interval_leaves_out_zero() -> None:
    def of(low: float, high: float, exceeds: bool | None) -> Difference:
        quantity = Quantity.of(low, (low + high) / 2, high, "km")
        return Difference(difference=quantity, exceeds=exceeds, pairing="paired")

    assert compared.verdict(of(1, 3, exceeds=True), "en") == "more than its uncertainty"
    assert compared.verdict(of(-1, 3, exceeds=False), "en") == "too small to tell"
    assert compared.verdict(of(0, 0, exceeds=False), "en") == "nothing changes"
    unknown = Difference(
        difference=Quantity.unknown("km", "why"), exceeds=None, pairing="not_known"
    )
    assert compared.verdict(unknown, "en") == "not known"


def test_where_streets_are_the_same_each_tier_has_a_map() -> None:
    found = assess("helsinki-centre", as_of=AS_OF, n_draws=40)
    data = compared.document(found, found, "en")
    maps = [one["map"] for one in data["blocks"] if one["kind"] == "map"]
    assert len(maps) == len(TIERS)
    for shown_map in maps:
        assert "Kluuvi" in [name["text"] for name in shown_map["names"]]
        assert shown_map["bar_text"] == "200 m"


def test_two_cities_are_refused(sides: tuple[Assessment, Assessment]) -> None:
    with pytest.raises(InputDataError, match="two cities"):
        compared.document(sides[0], assess("dawei", as_of=AS_OF, n_draws=40), "en")


def test_dates_that_differ_are_said_in_words() -> None:
    a = assess("mandalay", as_of=dt.date(2023, 1, 31), n_draws=40)
    b = assess("mandalay", as_of=AS_OF, n_draws=40, status="planned")
    text = shown(page.of_document(compared.document(a, b, "en")))
    assert "2023-01-31" not in text
    assert "Date of the estimate31 January 202323 November 2026" in text
    assert "CamerasInstalledInstalled and planned" in text
