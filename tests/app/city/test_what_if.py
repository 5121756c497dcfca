"""What follows on the streets in a case: chosen live, said with each figure, never called true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from app_screens import map_of, opened, panel_of
from banned_words import banned_words
from small_city import install
from streamlit.testing.v1 import AppTest

from toolkit.app.city import what_if
from toolkit.app.kept_answers import Case
from toolkit.base import egress
from toolkit.base.escape import markdown
from toolkit.base.terms import LANGUAGES, TIERS, Language
from toolkit.language.translate import tr
from toolkit.output import conditions
from toolkit.streets.cities import find_city

WHERE, COUNT = "what_if_where:dawei", "what_if_count:dawei"


@pytest.fixture(autouse=True)
def streets(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install streets of Dawei, and stand in for the launcher."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)
    install(home, "dawei-streets", city="dawei")


def page(lang: Language = "en", **chosen: object) -> AppTest:
    found = opened(**{"city": "dawei", "lang": lang, **chosen})
    assert not found.exception
    return found


def colours(found: AppTest) -> Any:
    data = map_of(found)
    assert data is not None
    return data["figures"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_case_recolours_the_map_and_each_sentence_says_so(lang: Language) -> None:
    found = page(lang)
    before, panel = colours(found), panel_of(found, "seen")
    seen = {before}
    for where in ("core", "township"):
        found.segmented_control(key=f"{WHERE}:{lang}").set_value(where).run()
        found.segmented_control(key=f"{COUNT}:{lang}").set_value(500).run()
        seen.add(colours(found))
        name = conditions.case_on_streets(where, 500, lang)  # type: ignore[arg-type]
        assert all(panel_of(found, tier).startswith(name) for tier in TIERS)
        assert any(markdown(name) in one.value for one in found.info)
        assert tr("The number is assumed, not reported.", lang) in panel_of(found, "seen")
        assert banned_words(panel_of(found, "seen")) == []
    assert len(seen) == 3
    found.button(key="what-if-back").click().run()
    assert colours(found) == before
    assert panel_of(found, "seen") == panel
    assert not found.info


def test_an_own_number_counts_once_it_is_given() -> None:
    found = page(**{COUNT: -1})
    assert not found.info
    found.number_input(key="what_if_own:dawei").set_value(700).run()
    assert any("700 cameras" in one.value for one in found.info)


def test_a_case_is_of_one_city_and_of_the_page_map_alone() -> None:
    found = page(**{COUNT: 500})
    assert found.info
    found.selectbox(key="city:en").set_value("helsinki-centre").run()
    assert not any("500" in one.value for one in found.info)


def test_where_the_made_up_cameras_are_is_no_question() -> None:
    found = page(city="helsinki-centre")
    keys = [str(one.key) for one in found.segmented_control]
    assert not any(key.startswith("what_if_where") for key in keys)
    assert any(key.startswith("what_if_count") for key in keys)


def test_nothing_is_assumed_before_a_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    import streamlit as st

    from toolkit.app.bar import Choice

    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    choice = Choice("en", find_city("dawei"), "seen", "installed", None, None)  # type: ignore[arg-type]
    assert what_if.chosen(choice) is None
    state[WHERE] = "core"
    assert what_if.chosen(choice) == Case("core", None)
    state[COUNT] = 200
    assert what_if.chosen(choice) == Case("core", 200)
