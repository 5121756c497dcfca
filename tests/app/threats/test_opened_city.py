"""The city of a page: its estimate, or what is missing."""

from __future__ import annotations

import pytest
from app_screens import part, words_of

from toolkit.base.terms import LANGUAGES, Language
from toolkit.language.words import demonstration


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_practice_city_is_open_and_says_that_it_is_made_up(lang: Language) -> None:
    script = (
        "import streamlit as st\n"
        "from toolkit.app import bar\n"
        "from toolkit.app.threats import opened_city\n"
        f"made = opened_city.open_for(bar.choose({lang!r}), 'Title', {lang!r})\n"
        "st.session_state['layers'] = made.assessment.layers is not None\n"
    )
    page = part(script, city="helsinki-centre")
    assert not page.exception
    assert page.session_state["layers"]
    assert demonstration(lang) in words_of(page)
