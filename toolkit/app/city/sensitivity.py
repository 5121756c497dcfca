"""Sensitivity analysis: made on demand, and cached for all sessions."""

from __future__ import annotations

import streamlit as st

from toolkit.app import markup
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.question import Question
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import tr
from toolkit.output.report.sensitivity import foot, table
from toolkit.studies.sensitivity import chart, words
from toolkit.studies.sensitivity.analysis import Sensitivity, sensitivity


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show a switch and, when it is on, the sentence, the chart and the table of one tier.

    Raises
    ------
    ToolkitError
        As `sensitivity.sensitivity`.
    """
    markup.show(lang, markup.tag("h2", tr("Which assumption matters", lang)))
    asked = st.toggle(
        escape.markdown(
            tr("Find out on what the answer mostly depends (takes up to a minute)", lang)
        ),
        key="sensitivity",
    )
    if not asked:
        return
    with st.spinner(escape.markdown(tr("Finding out what matters …", lang))):
        found = _found(made.key, made.question)
    _show_tier(found, tier, lang)


def _show_tier(found: Sensitivity, tier: Tier, lang: Language) -> None:
    markup.show(lang, markup.tag("p", words.sentence(found, tier, lang), kind="condition"))
    drawn = chart.draw(found, tier, lang)
    if drawn:
        # In an image nothing can run.
        st.image(drawn, width="stretch", alt=words.sentence(found, tier, lang))
    markup.show(
        lang,
        *(markup.tag("p", line, kind="small") for line in words.how_made(found, lang)),
        markup.folded(
            tr("All factors as a table", lang),
            markup.table(table(found, tier, lang)),
            markup.tag("p", foot(found, tier, lang)),
            markup.listing(markup.text(line) for line in words.not_varied(found, lang)),
        ),
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _found(key: str, _question: Question) -> Sensitivity:
    """Return the analysis of a question; `key` is its fingerprint."""
    del key
    return sensitivity(_question)
