"""Page Vehicles: trips past plate readers, and how well people can be followed."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, markup
from toolkit.app.threats import answers, opened_city, travelling
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.output import threat_words
from toolkit.threats.vehicles import vehicles


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang, question=False)
    with bar.only_of(choice):
        title = tr("Vehicles", lang)
        made = opened_city.open_for(choice, title, lang)
        if made is None:
            return
        markup.show(lang, markup.tag("h1", title), markup.tag("p", _what(lang)))
        with st.container(horizontal=True, vertical_alignment="bottom", key="not-printed-vehicles"):
            when = travelling.choose_when(lang)
            planned = st.toggle(
                escape.markdown(tr("Following with planned cameras as well", lang)),
                key="vehicles_planned",
            )
        found = answers.kept(
            answers.VEHICLES,
            (made.key, when, planned),
            lambda: vehicles(made.question, when=when, with_planned=planned),
            lang,
        )
        if found is not None:
            answers.show(found, threat_words.vehicle_lines(found, lang), lang)


def _what(lang: Language) -> str:
    return tr(
        "Shares of all trips in the city, of nobody in particular: how many have their plates "
        "read, and how many people could be followed.",
        lang,
    )
