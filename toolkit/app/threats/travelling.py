"""How and when somebody travels, chosen above an answer."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import widgets
from toolkit.base import escape
from toolkit.base.terms import MODES, Language, Mode, Tier, modes_of
from toolkit.language.translate import tr
from toolkit.output import threat_words
from toolkit.threats.city import When
from toolkit.threats.linking import MOST_WINDOW_MIN

_USUAL_WINDOW_MIN: Final = 15.0
"""Longest time between two records until another one is given."""
_WHENS: tuple[When, ...] = ("day", "night")


def choose(lang: Language) -> tuple[Mode, When]:
    """Show how and when somebody travels, and return it; the pages share the choice."""
    mode = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("How you travel", lang)),
        {one: escape.markdown(threat_words.mode_name(one, lang)) for one in MODES},
        name="travel_mode",
        lang=lang,
        required=True,
    )
    when = choose_when(lang)
    return mode, when


def choose_when(lang: Language) -> When:
    """Show the time of day, and return it."""
    return widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("When", lang)),
        {one: escape.markdown(threat_words.when_name(one, lang)) for one in _WHENS},
        name="travel_when",
        lang=lang,
        required=True,
    )


def concerned(tier: Tier, mode: Mode, lang: Language) -> bool:
    """Return whether a question concerns a mode of travel; if it does not, say so."""
    if mode in modes_of(tier):
        return True
    nobody = tr("Nobody on foot has a number plate. Choose another question, or a vehicle.", lang)
    st.info(escape.markdown(nobody))
    return False


def ask_window(key: str, lang: Language) -> float:
    """Show the longest time between two records that are linked, and return it in minutes."""
    return float(
        st.number_input(
            escape.markdown(tr("Longest time between records, minutes", lang)),
            min_value=0.0,
            max_value=MOST_WINDOW_MIN,
            value=_USUAL_WINDOW_MIN,
            step=5.0,
            format="%.0f",
            key=key,
            width=270,
        )
    )
