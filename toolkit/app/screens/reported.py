"""Page Reported: what is claimed, by whom, how old it is, what contradicts it, and the threats."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup
from toolkit.app.city import reported
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang, question=False)
    markup.show(lang, markup.tag("h1", tr("What is reported", lang)))
    with bar.only_of(choice), st.spinner(escape.markdown(tr("Estimating …", lang))):
        made = kept_answers.estimate(choice, changed_set.chosen())
        reported.show(made, choice.city, lang)
