"""Page Map: the city, its layers, and what an ordinary trip meets."""

from __future__ import annotations

from functools import partial

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, my_notes, start
from toolkit.app.city import map_view, what_if
from toolkit.app.map import component
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr
from toolkit.streets.pack import find_pack_for


def show(lang: Language) -> None:
    """Show the page. With streets the map has the questions itself, so that it can switch alone."""
    on_map = has_streets()
    # The map announces a made-up report above itself.
    shows_map = on_map and not my_notes.are_open()
    choice = bar.choose(
        lang,
        question=not on_map,
        says_made_up=not shows_map,
        last=partial(_end_of_bar, on_map, lang),
    )
    case = what_if.chosen(choice) if shows_map else None
    # At one place, so that the map stays; filled with the figures, which are those of the case.
    case_place = st.container(key="case")
    with st.container(key="announced"):
        if shows_map:
            markup.show_paper("map")
        component.announce(choice.city.id)
    with bar.only_of(choice):
        # At places of their own, so that the map stays; without a gap, which what is done leaves.
        with st.container(gap=None):
            progress_at, map_at = st.container(), st.container()
        values = changed_set.chosen()
        first = False
        if shows_map:
            with map_at:
                question = kept_answers.question_of(choice, values, case=case)
                first = map_view.streets_first(question, choice.city, choice.tier, lang)
        with progress_at, st.spinner(escape.markdown(tr("Estimating …", lang))):
            made = kept_answers.estimate(choice, values, case=case, bar_at=progress_at)
        if first:
            with progress_at:
                map_view.make_layers(made, lang)
            st.rerun()
        if case is not None:
            with case_place:
                what_if.announce(case, choice.city, lang)
        if my_notes.are_open():
            my_notes.show(made, lang, has_streets=on_map)
            return
        with map_at:
            map_view.show(made, choice.tier, lang, case=case)


def _end_of_bar(on_map: bool, lang: Language) -> None:
    """Show what the page has at the end of its bar."""
    city = bar.known_cities().get(bar.chosen_city())
    if on_map and city is not None:
        what_if.choose(city, lang)
    start.link("hand-out", tr("Print", lang))


def has_streets() -> bool:
    """Return whether streets of the chosen city are installed."""
    city = bar.known_cities().get(bar.chosen_city())
    return city is not None and bool(city.pack or find_pack_for(city.id))
