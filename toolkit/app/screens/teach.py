"""Page Teach: an exercise for groups, and what one camera can do."""

from __future__ import annotations

import streamlit as st

from toolkit.app import markup, widgets
from toolkit.app.exercise import page
from toolkit.app.screens import camera
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show one part of the page at a time: the exercise computes a city."""
    markup.show(lang, markup.tag("h1", tr("Teach", lang)))
    part = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("What to teach", lang)),
        {
            "exercise": escape.markdown(tr("Exercise for groups", lang)),
            "camera": escape.markdown(tr("What one camera can do", lang)),
        },
        name="teach_part",
        lang=lang,
        required=True,
        label_visibility="collapsed",
    )
    (page if part == "exercise" else camera).show(lang)
