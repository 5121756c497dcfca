"""Page Vehicles: trips past plate readers, and how well people can be followed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import bar, markup
from toolkit.app.threats import answers, opened_city, travelling
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.language.sentences import details
from toolkit.language.translate import tr
from toolkit.output import threat_words
from toolkit.threats.districts import District, parse_district
from toolkit.threats.vehicles import vehicles

_MOST_CHARACTERS: Final = 1000
"""Longest list of districts: some thirty."""


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
        districts = _ask_districts(lang)
        if districts is None:
            return
        found = answers.kept(
            answers.VEHICLES,
            (made.key, when, planned, districts),
            lambda: vehicles(made.loaded, when=when, with_planned=planned, districts=districts),
            lang,
        )
        if found is not None:
            answers.show(found, threat_words.vehicle_lines(found, lang), lang)


def _ask_districts(lang: Language) -> tuple[District, ...] | None:
    """Return the districts that are named; None with the reason if one is wrong."""
    typed = st.text_area(
        escape.markdown(
            tr("Districts of your own: latitude, longitude, radius in m, one a line", lang)
        ),
        max_chars=_MOST_CHARACTERS,
        height=70,
        placeholder="16.78,96.15,800",
        key="vehicles_districts",
    )
    rows = [row for row in typed.splitlines() if row.strip()]
    try:
        return tuple(parse_district(row, f"District {k}") for k, row in enumerate(rows, start=1))
    except ToolkitError as error:
        st.error(escape.markdown(details(str(error), lang)))
        return None


def _what(lang: Language) -> str:
    return tr(
        "Shares of all trips in the city, of nobody in particular: how many have their plates "
        "read, and how many people could be followed.",
        lang,
    )
