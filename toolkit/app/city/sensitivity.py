"""Sensitivity analysis: made on demand, and cached for all sessions."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import markup
from toolkit.app.kept_answers import Estimate
from toolkit.base import escape
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import tr
from toolkit.output.report.sensitivity import foot, table
from toolkit.studies.sensitivity import chart, words
from toolkit.studies.sensitivity.analysis import Sensitivity, sensitivity

_found: Final[LruCache[Sensitivity]] = LruCache(4)
_screened: Final[LruCache[Sensitivity]] = LruCache(4)


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
    _show_tier(whole(made, lang), tier, lang)


def whole(made: Estimate, lang: Language) -> Sensitivity:
    """Return the whole analysis, with its progress on the page while it is made.

    Raises
    ------
    ToolkitError
        As `sensitivity.sensitivity`.
    """
    waiting = escape.markdown(tr("Finding out what matters …", lang))
    bar = st.progress(0.0, text=waiting)
    try:
        return _found.get(
            made.key,
            lambda: sensitivity(
                made.loaded, progress=lambda done: bar.progress(min(done, 1.0), text=waiting)
            ),
        )
    finally:
        bar.empty()


def screened(made: Estimate) -> Sensitivity:
    """Return a screening, which takes seconds.

    Raises
    ------
    ToolkitError
        As `sensitivity.sensitivity`.
    """
    return _screened.get(made.key, lambda: sensitivity(made.loaded, method="morris"))


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
