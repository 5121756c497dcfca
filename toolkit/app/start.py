"""Three steps the first time: choose your city, choose the question, print or show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from toolkit.app import bar, markup
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.streets.cities import load_cities

NEEDS_CITY: Final = frozenset(
    {"map", "hand-out", "route", "place", "vehicles", "reported", "compare", "analysts"}
)
"""Pages about one city: before one is chosen they show the steps."""
_PAGES: Final = "pages"
_WANTED: Final = "start_city"


def keep_pages(pages: Mapping[str, st.Page]) -> None:
    """Keep the pages of this run, so that one can lead to another."""
    st.session_state[_PAGES] = dict(pages)


def link(path: str, label: str) -> None:
    """Show a link to another page of the app."""
    st.page_link(st.session_state[_PAGES][path], label=escape.markdown(label))


def go(path: str) -> None:
    """Go to another page of the app."""
    st.switch_page(st.session_state[_PAGES][path])


def show(lang: Language) -> None:
    """Show the steps; the choice leads to the map or to the hand-out."""
    markup.show(
        lang,
        markup.tag("h1", tr("How exposed are people to reported cameras?", lang)),
        markup.tag("p", _what(lang)),
        markup.tag("h2", tr("1. Choose your city", lang)),
    )
    cities = sorted(
        (c for c in bar.known_cities().values() if not c.demonstration),
        key=lambda c: c.name.in_language(lang),
    )
    names = bar.city_names(cities, lang)
    st.pills(
        escape.markdown(tr("City", lang)),
        list(names),
        format_func=lambda city: escape.markdown(names[city]),
        key=_WANTED,
        label_visibility="collapsed",
    )
    markup.show(lang, markup.tag("h2", tr("2. Choose the question", lang)))
    bar.choose_tier(lang)
    markup.show(lang, markup.tag("h2", tr("3. Show or print", lang)))
    chosen = st.session_state.get(_WANTED)
    with st.container(horizontal=True):
        for path, label in (
            ("map", tr("Show the map", lang)),
            ("hand-out", tr("Print the hand-out", lang)),
        ):
            if st.button(
                escape.markdown(label),
                disabled=chosen is None,
                type="primary" if path == "map" else "secondary",
                key=f"start:{path}",
            ):
                _begin(str(chosen), path)
    practice = next((c for c in load_cities() if c.demonstration), None)
    if practice is not None and st.button(
        escape.markdown(
            tr("Practise with made-up cameras ({city})", lang).format(
                city=practice.name.in_language(lang)
            )
        ),
        type="tertiary",
        key="start:practise",
    ):
        _begin(practice.id, "map")


def _what(lang: Language) -> str:
    return tr(
        "Reports say how many cameras a city has, not where they are. This shows what follows: "
        "how many of ten ordinary trips pass one, how sure that is, and what it rests on. "
        "Nothing leaves this computer.",
        lang,
    )


def _begin(city: str, path: str) -> None:
    st.session_state["city"] = city
    go(path)
