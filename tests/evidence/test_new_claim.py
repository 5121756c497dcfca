"""Fields of a new claim: the same for the command line and the app, each with an example."""

from __future__ import annotations

import datetime as dt

import pytest

from toolkit.evidence.new_claim import FIELDS, filled, help_text, new_claim, problems_by_field
from toolkit.evidence.spreadsheet import COLUMNS

TODAY = dt.date(2026, 11, 23)
NEEDED = {field.name: field.example for field in FIELDS if field.needed}
FIGURE = {"status": "installed", "low": "200", "unit": "cameras", "wording": "over",
          "kind": "stock", "valid": "2025-05"}  # fmt: skip


def test_every_column_but_the_city_is_a_field() -> None:
    names = [field.name for field in FIELDS]
    assert len(names) == len(set(names))
    assert {*names, "city"} == set(COLUMNS)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_example_is_accepted(field) -> None:
    fits = {
        "high": {**FIGURE, "wording": "range"}, "brand": {**FIGURE, "brands": "Dahua"},
        "capability": {"level": "city"}, "level": {"capability": "ptz"},
        "area_km2": {"area": "the municipality"}, "made_up": {"publisher": "Made-up"},
        "topic": FIGURE, "low": FIGURE, "unit": FIGURE, "wording": FIGURE, "kind": FIGURE,
    }  # fmt: skip
    given = {**NEEDED, "status": "installed", **fits.get(field.name, {})}
    claim, problems = problems_by_field(
        "dawei", {**given, field.name: field.example}, "en", today=TODAY
    )
    assert problems == {}
    assert claim is not None
    assert field.example in help_text(field)
    assert all(value in help_text(field) for value in field.values) or field.name == "grade"


def test_what_follows_from_other_fields_is_filled_in() -> None:
    found = filled("dawei", {**NEEDED, **FIGURE})
    assert found["id"] == "dawei-some-newspaper-2025-count"
    assert found["origins"] == found["source_id"] == "some-newspaper-2025"
    assert filled("dawei", {"id": "mine", "low": "2"})["id"] == "mine"


def test_each_needed_field_is_missed_under_its_own_name() -> None:
    claim, problems = problems_by_field("dawei", {}, "en", today=TODAY)
    assert claim is None
    assert {name for name in problems if name} == set(NEEDED)


def test_a_make_that_is_not_known_is_a_problem() -> None:
    problems: list[str] = []
    assert (
        new_claim(
            "dawei", {**NEEDED, "status": "installed", "brands": "Dahau"}, problems, today=TODAY
        )
        is None
    )
    assert "Dahua" in problems[0]
    assert problems[0].startswith("the new claim, brands")


def test_zawgyi_is_refused_under_its_field() -> None:
    claim, problems = problems_by_field("dawei", {**NEEDED, "says": "ျမန္မာႏိုင္ငံ"}, "en", today=TODAY)
    assert claim is None
    assert "old Zawgyi encoding" in problems["says"][0]


@pytest.mark.parametrize("name", ["said", "source_date", "valid"])
def test_a_date_in_the_future_is_a_problem_of_its_field(name) -> None:
    ahead = {"said": "2099", "source_date": "2099", "valid": "2099"}
    # What was said later than it was published is a problem of its own.
    late = {name: "2026-11-24"} if name != "said" else {"said": "2026-11-24", "source_date": "2027"}
    unknown = {"said": "unknown"} if name == "valid" else {}
    _, problems = problems_by_field("dawei", {**NEEDED, **FIGURE, **unknown, **late}, "en",
                                    today=TODAY)  # fmt: skip
    assert "lies in the future" in problems[name][0]
    claim, problems = problems_by_field("dawei", {**NEEDED, **FIGURE, **ahead}, "en", today=TODAY)
    assert claim is None
    assert {"said", "source_date", "valid"} == set(problems)


def test_a_plan_may_be_for_a_day_to_come() -> None:
    planned = {**NEEDED, **FIGURE, "status": "planned", "valid": "2031"}
    claim, problems = problems_by_field("dawei", planned, "en", today=TODAY)
    assert problems == {}
    assert claim is not None


def test_this_year_and_today_are_not_in_the_future() -> None:
    this_year = {**NEEDED, "status": "installed", "said": "2026-11-23", "source_date": "2026"}
    assert problems_by_field("dawei", this_year, "en", today=TODAY)[1] == {}
