"""Page Hand-out: what will be printed, the trainer's own advice, and one button."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.base.zawgyi import REFUSAL, is_zawgyi
from toolkit.language.translate import tr
from toolkit.output import report
from toolkit.output.report import hand_out, map_svg

_MOST_ADVICE: Final = 600
"""Characters of advice that fit the sheet."""
_PREVIEW_PX: Final = 1180
"""Height of one A4 page at the width of the preview."""


def show(lang: Language) -> None:
    """Show the page. The advice is kept nowhere but in the sheet."""
    choice = bar.choose(lang)
    markup.show_paper("sheet")
    markup.show(lang, markup.tag("h1", tr("Hand-out", lang)))
    with bar.only_of(choice), st.spinner(escape.markdown(tr("Estimating …", lang))):
        made = kept_answers.estimate(choice, changed_set.chosen())
        advice = st.text_area(
            escape.markdown(tr("Your own advice, printed on the sheet and kept nowhere", lang)),
            max_chars=_MOST_ADVICE,
            key="advice",
            persist_state="session",
        )
        if is_zawgyi(advice):
            st.error(escape.markdown(REFUSAL))
            advice = ""
        layers = made.assessment.layers
        sheet = hand_out.render(
            made.assessment,
            claims=made.claims,
            valid_until=report.valid_until(made.assessment, made.question.assumptions),
            drawing=map_svg.draw(layers) if layers is not None else None,
            tier=choice.tier,
            advice=advice,
            lang=lang,
        )
        st.download_button(
            escape.markdown(tr("Save the sheet, to be opened and printed", lang)),
            data=sheet,
            file_name=report.file_name(made.assessment, lang, detail="handout"),
            mime="text/html",
            on_click="ignore",
            type="primary",
            key="save-sheet",
        )
        st.iframe(sheet, height=_PREVIEW_PX, alt=tr("Preview of the sheet", lang))
