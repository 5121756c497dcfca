"""The city of a page on routes, places or vehicles: its estimate, or what is missing for one."""

from __future__ import annotations

import streamlit as st

from toolkit.app import changed_set, kept_answers, markup
from toolkit.app.bar import Choice
from toolkit.app.city import map_view
from toolkit.app.kept_answers import Estimate
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr


def open_for(choice: Choice, title: str, lang: Language) -> Estimate | None:
    """Return the estimate; without streets say that they are missing, and offer to add them."""
    if not map_view.has_streets(choice.city):
        missing = tr("This page needs a street map of the city.", lang)
        markup.show(lang, markup.tag("h1", title), markup.tag("p", missing))
        map_view.offer_streets(choice.city, lang)
        return None
    with st.spinner(escape.markdown(tr("Estimating …", lang))):
        made = kept_answers.estimate(choice, changed_set.chosen())
        map_view.layers_of(made.assessment)
    return made
