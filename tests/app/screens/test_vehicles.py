"""Page Vehicles: figures of the whole city, and what is out of scope."""

from __future__ import annotations

import pytest
from app_screens import map_of, opened, screen, words_of
from banned_words import banned_words

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
