"""Page My cities: import, list and remove streets of cities; add field notes."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, markup, my_notes
from toolkit.app.my_cities import bring_in, installed
from toolkit.base.terms import Language
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show the page: how the last import ended first, so that it is seen."""
    markup.show(lang, markup.tag("h1", tr("My cities", lang)))
    with st.container():
        bring_in.show_progress_or_result(lang)
    # At one place, or it would be made anew in each run, and what the user has opened in it closed.
    with st.container(key=bring_in.BELOW):
        bring_in.show_form(lang)
        installed.show(lang)
        known = bar.known_cities()
        my_notes.show_all(bar.city_names(list(known.values()), lang), lang)
