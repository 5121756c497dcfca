"""What the user saw on a walk: kept in memory only, said on every page, and taken back.

It is of one city, and of the day for which the answer is to hold.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

import streamlit as st

from toolkit.app import markup
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.evidence.observations import Observation
from toolkit.language import words
from toolkit.language.translate import number, tr

NOTES_OPEN: Final = "notes_open"
"""Whether the page Map shows notes of single cameras, see `toolkit.app.my_notes`."""
_LEAST_KM, _MOST_KM = 0.1, 1000.0
_MOST_SEEN: Final = 100_000


def chosen(city: str, as_of: dt.date) -> tuple[Observation, ...]:
    """Return what was seen in a city; empty unless both numbers are given.

    Parameters
    ----------
    city
        Id of the city.
    as_of
        Day of the walk.
    """
    asked, walked_km, seen = (st.session_state.get(key) for key in _keys(city))
    if not asked or walked_km is None or seen is None:
        return ()
    return (Observation(walked_km=walked_km, seen=int(seen), date=as_of),)


def choose(city: str, lang: Language) -> None:
    """Show the boxes for what was seen, the sentence on looking at cameras first.

    Below them the way to notes of single cameras, which are stored.
    """
    _choose_number(city, lang)
    if st.button(escape.markdown(tr("Note single cameras on the map", lang)), key="notes_open_go"):
        st.session_state[NOTES_OPEN] = True

        st.switch_page(st.session_state["pages"]["map"])


def _choose_number(city: str, lang: Language) -> None:
    asked, walked_km, seen = _keys(city)
    if not st.checkbox(
        escape.markdown(tr("Enter what I saw on a walk", lang)),
        key=asked,
        persist_state="session",
    ):
        return
    kept = tr(
        "The number of cameras then takes it into account. It is never saved, and is gone when you "
        "close the page.",
        lang,
    )
    markup.show(
        lang,
        markup.tag("p", words.counting_caution(lang), kind="limit"),
        markup.tag("p", kept, kind="small"),
    )
    st.number_input(
        escape.markdown(tr("Street walked in the city, in km, each street once", lang)),
        min_value=_LEAST_KM,
        max_value=_MOST_KM,
        value=None,
        step=0.5,
        format="%.1f",
        key=walked_km,
        persist_state="session",
    )
    st.number_input(
        escape.markdown(tr("Cameras seen there; 0 counts, too", lang)),
        min_value=0,
        max_value=_MOST_SEEN,
        value=None,
        step=1,
        format="%d",
        key=seen,
        persist_state="session",
    )


def announce(city: str, as_of: dt.date, lang: Language) -> None:
    """Say what the figures take into account, with a way back; nothing where nothing was seen."""
    for one in chosen(city, as_of):
        with st.container(horizontal=True, vertical_alignment="center", key="what-you-saw"):
            st.info(escape.markdown(sentence(one, lang)))
            st.button(
                escape.markdown(tr("Take it back", lang)),
                key="take-back",
                on_click=_take_back,
                args=(city,),
            )


def sentence(one: Observation, lang: Language) -> str:
    """Return what was seen, and that seeing none does not mean that there are none."""
    walked_km = number(one.walked_km, decimals=1).removesuffix(".0")
    if not one.seen:
        text = tr(
            "You walked {km} km and saw none: fewer cameras are more likely, but there may well be "
            "some.",
            lang,
        )
        return text.format(km=walked_km)
    text = tr(
        "You walked {km} km and saw {seen}: the number of cameras takes that into account.", lang
    )
    return text.format(km=walked_km, seen=number(one.seen))


def _keys(city: str) -> tuple[str, str, str]:
    """Return the names in ``st.session_state``: whether it is given, the length, the number."""
    return f"saw:{city}", f"saw_km:{city}", f"saw_seen:{city}"


def _take_back(city: str) -> None:
    asked, walked_km, seen = _keys(city)
    st.session_state.update({asked: False, walked_km: None, seen: None})
