"""Page Map: the city, its layers, and what an ordinary trip meets."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, my_notes, start
from toolkit.app.city import map_view
from toolkit.app.map import component
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import tr
from toolkit.streets.pack import find_pack_for


def show(lang: Language) -> None:
    """Show the page. With streets the map has the questions itself, so that it can switch alone."""
    on_map = has_streets()
    choice = bar.choose(
        lang, question=not on_map, last=lambda: start.link("hand-out", tr("Print", lang))
    )
    if on_map and not my_notes.are_open():
        markup.show_paper("map")
    with st.container(key="announced"):
        component.announce(choice.city.id)
    with bar.only_of(choice):
        with st.spinner(escape.markdown(tr("Estimating …", lang))):
            made = kept_answers.estimate(choice, changed_set.chosen())
        if my_notes.are_open():
            my_notes.show(made, lang, has_streets=on_map)
            return
        if choice.city.demonstration and not on_map:
            markup.show(lang, markup.tag("p", words.demonstration(lang), kind="banner"))
        map_view.show(made, choice.tier, lang)


def has_streets() -> bool:
    """Return whether streets of the chosen city are installed."""
    city = bar.known_cities().get(bar.chosen_city())
    return city is not None and bool(city.pack or find_pack_for(city.id))
