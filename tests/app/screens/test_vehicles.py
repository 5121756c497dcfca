"""Page Vehicles: figures of the whole city, and what is out of scope."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_screens import map_of, opened, screen, words_of
from banned_words import banned_words
from private_values import kept_in, open_files

from toolkit.base import store
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language import notes
from toolkit.language.translate import tr


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_city_in_words_and_no_map(lang: Language) -> None:
    page = screen("vehicles", lang, city="helsinki-centre")
    assert not page.exception
    text = words_of(page)
    assert tr("by motorcycle", lang) in text
    assert notes.text("vehicles_interception", lang) in text
    assert not banned_words(text)
    assert map_of(page) is None


def test_districts_of_ones_own_and_what_is_wrong_with_them() -> None:
    page = screen("vehicles", city="helsinki-centre", vehicles_districts="60.1699,24.9414,300")
    assert "trips to and from district 1" in words_of(page)
    page.text_area(key="vehicles_districts").set_value("60.1699,24.9414,300\nhere").run()
    assert "District 2 must be latitude, longitude and radius" in page.error[0].value


def test_a_city_without_streets_leads_to_where_they_are_added() -> None:
    page = screen("vehicles", city="dawei", pages=opened(city="dawei").session_state["pages"])
    assert "needs a street map" in words_of(page)
    assert page.button(key="add-map").label == "Add the map of Dawei"


def test_nothing_of_a_district_is_on_the_disk_in_a_log_or_in_the_address(
    home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    page = screen("vehicles", city="helsinki-centre", vehicles_districts="60.16991,24.94143,317")
    assert "trips to and from district 1" in words_of(page)
    traces = [b"60.16991", b"24.94143"]
    assert kept_in([home, store.cache_dir(), tmp_path], traces) == []
    kept = [*open_files(), caplog.text, str(dict(page.query_params))]
    assert not any(trace.decode() in text for trace in traces for text in kept)
