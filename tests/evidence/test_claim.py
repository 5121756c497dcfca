from __future__ import annotations

import datetime as dt
import math

import pytest
from made_claims import make
from pydantic import ValidationError

from toolkit.evidence.claim import Figure, When


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2022-07-11", (2022, 7, 11), (2022, 7, 11)),
        ("2022-02", (2022, 2, 1), (2022, 2, 28)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2021-12", (2021, 12, 1), (2021, 12, 31)),
        ("2019", (2019, 1, 1), (2019, 12, 31)),
        (2019, (2019, 1, 1), (2019, 12, 31)),
        (dt.date(2022, 7, 11), (2022, 7, 11), (2022, 7, 11)),
        ("2022-09-30/2023-09-30", (2022, 9, 30), (2023, 9, 30)),
        ("2014/2019", (2014, 1, 1), (2019, 12, 31)),
    ],
)
def test_dates_as_far_as_they_are_known(text, earliest, latest):
    when = When.model_validate(text)
    assert when.earliest == dt.date(*earliest)
    assert when.latest == dt.date(*latest)


def test_a_date_that_is_not_known():
    assert When("unknown").earliest is None
    assert When("unknown").latest is None


@pytest.mark.parametrize(
    "text",
    ["", "2022-7-1", "11.7.2022", "2022-02-30", "0000", "9999-12", "2022/", "/2022", "a/b", "२०२२"],
)
def test_what_is_no_date(text):
    with pytest.raises(ValidationError, match="not a date"):
        When.model_validate(text)


@pytest.mark.parametrize(
    ("fields", "bounds"),
    [
        ({"low": 200, "wording": "over"}, (201, math.inf)),
        ({"low": 300, "wording": "at_least"}, (300, math.inf)),
        ({"low": 335, "wording": "exact"}, (335, 335)),
        ({"low": 900, "wording": "about"}, (850, 950)),
        ({"low": 1250, "wording": "about"}, (1245, 1255)),
        ({"low": 335, "wording": "about"}, (334.5, 335.5)),
        ({"low": 0, "wording": "about"}, (0, 0)),
        ({"low": 200, "high": 999, "wording": "hundreds"}, (200, 999)),
        ({"high": 3000, "wording": "up_to"}, (0, 3000)),
    ],
)
def test_what_a_wording_allows(fields, bounds):
    assert Figure(unit="cameras", kind="stock", **fields).bounds == bounds


@pytest.mark.parametrize("unit", ["cameras", "sites", "cameras_per_km", "share_of_junctions"])
@pytest.mark.parametrize(
    "figure",
    [
        {"low": 0},
        {"low": 0, "wording": "about"},
        {"low": 0, "wording": "at_least"},
        {"high": 0, "wording": "up_to"},
    ],
)
def test_that_there_are_no_cameras_is_no_figure(unit, figure):
    with pytest.raises(ValidationError, match="nobody can know"):
        make(unit=unit, **figure)
    with pytest.raises(ValidationError, match="nobody can know"):
        make(unit=unit, status="planned", **figure)


def test_a_denial_with_its_number_can_be_recorded_and_counts_nothing():
    denial = make(low=0, topic="statement", status=None)
    assert denial.quantity.bounds == (0, 0)


def test_over_none_and_up_to_some_are_figures():
    assert make(low=0, wording="over").quantity.bounds == (1, math.inf)
    assert make(high=3, wording="up_to").quantity.bounds == (0, 3)
    with pytest.raises(ValidationError, match="nobody can know"):
        make(low=0, wording="over", unit="cameras_per_km")
    make(low=0, unit="signals")
