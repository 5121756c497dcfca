"""Page Place: the ways to a place, and nothing of it kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_screens import map_of, opened, screen, words_of
from banned_words import banned_words
from private_values import kept_in, open_files
from streamlit.testing.v1 import AppTest

from toolkit.base import store
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr

AT = "60.1699,24.9414"


def place(lang: Language = "en", at: str = AT, **more: object) -> AppTest:
    page = screen(
        "place", lang, **{"city": "helsinki-centre", "tier": "face", "place_at": at, **more}
    )
    assert not page.exception
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_typed_place_is_answered_and_marked(lang: Language) -> None:
    page = place(lang)
    text = words_of(page)
    assert tr("by approach, chance of at least one camera:", lang) in text
    assert not banned_words(text)
    data = map_of(page)
    assert data is not None
    assert data["pins"][0]["at"] == [24.9414, 60.1699]
    assert data["hidden"]


def test_two_people_who_come_can_be_compared() -> None:
    text = words_of(place(place_two=True))
    assert "Two people at the place, on foot, by day, within 15 minutes" in text
    assert "chance that one camera records both" in text
    assert "no times" not in text


def test_a_place_that_is_taken_away_leaves_no_answer() -> None:
    page = place(place_two=True)
    assert all(name in page.session_state for name in ("place_found", "place_tied"))
    page.text_input(key="place_at").set_value("").run()
    assert not any(name in page.session_state for name in ("place_found", "place_tied"))


def test_a_comparison_that_is_no_longer_asked_for_is_forgotten() -> None:
    page = place(place_two=True)
    page.toggle(key="place_two").set_value(False).run()
    assert "place_found" in page.session_state
    assert "place_tied" not in page.session_state


def test_until_a_place_is_given_the_map_can_be_tapped() -> None:
    page = place(at="")
    data = map_of(page)
    assert data is not None
    assert data["draw"]["kind"] == "point"
    assert data["draw"]["most"] == 1
    assert "Give a place" in words_of(page)


@pytest.mark.parametrize("at", ["somewhere", "24.9,600"])
def test_what_is_no_place_is_said_next_to_the_box(at: str) -> None:
    assert "must be latitude and longitude" in place(at=at).error[0].value


def test_a_place_away_from_all_streets_is_refused() -> None:
    assert "of the place" in place(at="10.0,10.0").error[0].value


def test_a_city_without_streets_leads_to_where_they_are_added() -> None:
    page = screen("place", city="dawei", pages=opened(city="dawei").session_state["pages"])
    assert "needs a street map" in words_of(page)
    assert page.button(key="add-map").label == "Add the map of Dawei"


def test_nothing_of_a_place_is_on_the_disk_in_a_log_or_in_the_address(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    page = place(place_two=True)
    assert "chance that one camera records both" in words_of(page)
    traces = [b"60.1699", b"24.9414"]
    assert kept_in([home, store.cache_dir(), tmp_path], traces) == []
    kept = [*open_files(), caplog.text]
    assert not any(trace.decode() in text for trace in traces for text in kept)
    assert not page.query_params
