"""How and when somebody travels."""

from __future__ import annotations

import pytest
from app_screens import part

from toolkit.base.terms import LANGUAGES, Language


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_choice_is_shared_by_the_pages(lang: Language) -> None:
    script = (
        "import streamlit as st\n"
        "from toolkit.app.threats import travelling\n"
        f"st.session_state['found'] = travelling.choose({lang!r})\n"
        f"travelling.concerned('plate', st.session_state['found'][0], {lang!r})\n"
    )
    page = part(script)
    assert page.session_state["found"] == ("foot", "day")
    assert len(page.info) == 1
    page.segmented_control(key=f"travel_mode:{lang}").set_value("motorcycle").run()
    page.segmented_control(key=f"travel_when:{lang}").set_value("night").run()
    assert page.session_state["found"] == ("motorcycle", "night")
    assert not page.info
