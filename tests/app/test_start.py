"""The three steps that a new user is shown."""

from __future__ import annotations

import pytest
from app_screens import html_of, map_of, words_of
from banned_words import banned_words
from running import SLOW_S
from streamlit.testing.v1 import AppTest

from toolkit.app import serve
from toolkit.base import egress
from toolkit.base.terms import LANGUAGES
from toolkit.streets.cities import load_cities


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


def at(**asked: str) -> AppTest:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    for key, value in asked.items():
        page.query_params[key] = value
    return page.run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_before_a_city_is_chosen_no_figure_is_shown(lang: str) -> None:
    page = at(lang=lang)
    assert not page.exception
    assert 'class="answer"' not in html_of(page)
    shown = page.pills(key="start_city").options
    assert len(shown) == len([c for c in load_cities() if not c.demonstration])
    assert page.button(key="start:map").disabled
    assert banned_words(words_of(page)) == []


def test_three_taps_lead_to_the_map_of_the_city_and_question() -> None:
    page = at()
    page.pills(key="start_city").set_value("dawei").run()
    page.segmented_control(key="tier:en").set_value("plate").run()
    page.button(key="start:map").click().run()
    assert not page.exception
    assert page.selectbox(key="city:en").value == "dawei"
    assert page.segmented_control(key="tier:en").value == "plate"
    assert 'class="answer"' in html_of(page)


def test_the_practice_city_is_one_tap_and_says_what_it_is() -> None:
    page = at()
    page.button(key="start:practise").click().run()
    assert page.selectbox(key="city:en").value == "helsinki-centre"
    data = map_of(page)
    assert data is not None
    assert "made up" in data["banner"]


def test_an_address_that_names_a_city_needs_no_steps() -> None:
    assert at(city="dawei").selectbox(key="city:en").value == "dawei"
    assert len(at(city="<script>").pills) == 1
