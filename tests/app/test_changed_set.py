"""Changed assumptions are said on every page, and can be taken back there."""

from __future__ import annotations

import pytest
from app_screens import part
from streamlit.testing.v1 import AppTest

from toolkit.app.changed_set import CHANGES_KEY, SET_KEY
from toolkit.assumptions.sets import list_sets
from toolkit.base.terms import LANGUAGES, Language

SCRIPT = """
import streamlit as st
from toolkit.app import changed_set
changed_set.announce({lang!r})
st.text(changed_set.chosen().sha256)
"""


def page(lang: Language = "en", **chosen: object) -> AppTest:
    return part(SCRIPT.format(lang=lang), **chosen)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_is_said_of_the_usual_assumptions(lang: Language) -> None:
    assert not page(lang).warning
    assert not page(lang).button


@pytest.mark.parametrize("lang", LANGUAGES)
def test_changed_values_are_counted_and_taken_back(lang: Language) -> None:
    usual = page(lang).text[0].value
    found = page(lang, **{CHANGES_KEY: {"optics.height_m": 6.0}})
    assert "1" in found.warning[0].value
    assert "central" not in found.warning[0].value
    assert found.text[0].value != usual
    found.button(key="back").click().run()
    assert not found.warning
    assert found.text[0].value == usual


def test_another_set_is_named_and_taken_back() -> None:
    other = next(s.name for s in list_sets() if s.kind == "probabilistic" and s.name != "central")
    found = page(**{SET_KEY: other})
    assert other in found.warning[0].value
    found.button(key="back").click().run()
    assert found.session_state[SET_KEY] == "central"
    assert not found.warning
