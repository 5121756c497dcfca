"""Page For analysts: all figures, what they depend on, assumptions, evidence in, files out."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup
from toolkit.app.city import answer, downloads, figures, sensitivity
from toolkit.app.screens import assumptions, evidence_form
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show the page: one part at a time, since each takes a while."""
    choice = bar.choose(lang)
    with bar.only_of(choice):
        place = st.container()
        parts = {
            "figures": tr("All figures", lang),
            "assumptions": tr("Assumptions", lang),
            "matters": tr("What matters most", lang),
            "evidence": tr("Add a claim", lang),
            "files": tr("Files", lang),
        }
        shown = st.tabs([escape.markdown(name) for name in parts.values()])
        tabs = dict(zip(parts, shown, strict=True))
        before = changed_set.state()
        with tabs["assumptions"]:
            places = assumptions.show(lang)
        if changed_set.state() != before:
            st.rerun()  # so that it is announced before anything is computed with it
        with place, st.spinner(escape.markdown(tr("Estimating …", lang))):
            # After the sliders, so that the sentence holds what was just moved.
            made = kept_answers.estimate(choice, changed_set.chosen())
            sentence = answer.sentence(made.assessment, choice.tier, lang)
            markup.show(lang, markup.tag("p", sentence, kind="answer"))
        assumptions.show_effects(places, choice, lang)
        with tabs["figures"]:
            answer.show(made, choice.tier, lang)
            figures.show(made, choice.tier, lang)
        with tabs["matters"]:
            sensitivity.show(made, choice.tier, lang)
        with tabs["evidence"]:
            evidence_form.show(choice, lang)
        with tabs["files"]:
            downloads.show(made, lang)
