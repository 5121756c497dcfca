"""Data about a city are kept as they were while no file changed."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from own_evidence import CLAIM, write_evidence

from toolkit.assessment import city_data
from toolkit.assessment.city_data import read_city
from toolkit.assessment.question import Question
from toolkit.base import store
from toolkit.base.errors import InputDataError

CITY = "dawei"
LONG_AGO = (1_700_000_000, 1_700_000_000)


def own_claims(city: str = CITY) -> list[str]:
    return [claim.id for claim in read_city(city, None, None).claims if claim.id == "mine"]


@pytest.fixture
def file(home):
    """Give a file of evidence that has long been there."""
    made = write_evidence(home / "evidence", CITY, CLAIM)
    os.utime(made, LONG_AGO)
    return made


def test_what_was_read_while_a_file_was_away_is_not_kept_for_when_it_is_back(
    file, tmp_path, monkeypatch
):
    away, load = tmp_path / "away.toml", city_data.load_claims

    def without(*given):
        if file.exists():
            file.rename(away)
        return load(*given)

    with monkeypatch.context() as patch:
        patch.setattr(city_data, "load_claims", without)
        assert own_claims() == []
    away.rename(file)  # the same size, time and number as at first
    assert own_claims() == ["mine"]


def test_a_file_that_cannot_be_used_is_an_error_only_if_it_stays(file, monkeypatch):
    text, load = file.read_text(encoding="utf-8"), city_data.load_claims
    store.write_text(file, "not a table")
    with pytest.raises(InputDataError, match="not TOML"):
        own_claims()

    def mended(*given):
        try:
            return load(*given)
        finally:
            store.write_text(file, text)

    # Only once, or the file would change at each reading.
    calls = [mended, load]

    def loaded(*given):
        return calls.pop(0)(*given)

    monkeypatch.setattr(city_data, "load_claims", loaded)
    assert own_claims() == ["mine"]


@pytest.mark.usefixtures("file")
def test_what_is_kept_is_the_same_object():
    assert read_city(CITY, None, None) is read_city(CITY, None, None)
    assert Question(CITY, dt.date(2026, 11, 23)).load().claims is read_city(CITY, None, None).claims
