"""The page Map, as far as no browser is needed: whose job the questions are."""

from __future__ import annotations

import pytest
from app_screens import html_of, map_of, opened, words_of
from streamlit.testing.v1 import AppTest

from toolkit.app.screens import city_map
from toolkit.base import egress
from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.translate import tr
from toolkit.output import circles_svg
from toolkit.streets.cities import find_city


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def questions(page: AppTest) -> int:
    return len([one for one in page.segmented_control if str(one.key).startswith("tier:")])


def test_the_map_has_the_questions_itself_and_a_city_without_one_has_them_in_the_bar() -> None:
    page = opened(city="helsinki-centre")
    data = map_of(page)
    assert data is not None
    assert len(data["tiers"]) == 5
    assert questions(page) == 0
    page.selectbox(key="city:en").set_value("dawei").run()
    assert map_of(page) is None
    assert questions(page) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_without_a_map_there_are_circles_and_a_button_that_leads_to_one(lang: Language) -> None:
    page = opened(city="dawei", lang=lang)
    name = find_city("dawei").name.in_language(lang)
    assert 'class="circles"' in html_of(page)
    assert all(line in words_of(page) for line in circles_svg.legend(lang))
    button = page.button(key="add-map")
    assert button.label == tr("Add the map of {city}", lang).format(city=name)
    button.click().run()
    assert not page.exception
    assert tr("My cities", lang) in words_of(page)


def test_a_city_that_is_not_known_has_no_streets(monkeypatch: pytest.MonkeyPatch) -> None:
    for city, has in (("helsinki-centre", True), ("dawei", False), ("atlantis", False)):
        monkeypatch.setattr(city_map.bar, "chosen_city", lambda city=city: city)
        assert city_map.has_streets() == has
