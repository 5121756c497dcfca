"""Page Map: the city, its layers, and what an ordinary trip meets."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, start
from toolkit.app.city import map_view, panel
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang)
    if choice.city.demonstration:
        markup.show(lang, markup.tag("p", words.demonstration(lang), kind="banner"))
    with bar.only_of(choice):
        beside, panel_at = st.columns([0.72, 0.28], gap="small")
        with panel_at, st.spinner(escape.markdown(tr("Estimating …", lang))):
            made = kept_answers.estimate(choice, changed_set.chosen())
            panel.show(made, choice.tier, lang)
            with st.container(horizontal=True, gap=None):
                start.link("hand-out", tr("Print", lang))
                start.link("reported", tr("What this rests on", lang))
                start.link("analysts", tr("All figures", lang))
        with beside:
            map_view.show(made, choice.tier, lang)
