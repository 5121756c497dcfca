"""Map of one tier, and the table that says the same."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import kept_answers, markup
from toolkit.app.city import figures
from toolkit.app.kept_answers import Estimate
from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base.terms import Tier
from toolkit.language import notes
from toolkit.language.translate import Language, tr
from toolkit.output.report import tables

_HEIGHT_PX: Final = 600
"""With the sentence above it, the map fits on a screen 768 pixels high."""


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the map and its table; for a city without streets say why there is none.

    The map is a self-contained page in a frame. The browser keeps it while its bytes stay the
    same.
    """
    assessment = made.assessment
    layers = _layers(assessment)
    if layers is None:
        markup.show(
            lang,
            markup.tag("h2", tr("No map", lang)),
            markup.tag("p", notes.text("no_streets", lang)),
        )
        return
    name = tables.tier_head(tier, lang)
    markup.show(lang, markup.tag("h2", tr("Map: {tier}", lang).format(tier=name)))
    st.iframe(
        kept_answers.map_page(made, tier, lang),
        height=_HEIGHT_PX,
        alt=tr("Map: {tier}", lang).format(tier=name) + ". " + _same(lang),
    )
    markup.show(
        lang,
        markup.tag("p", _same(lang), kind="small"),
        figures.steps_table(assessment, layers, tier, lang),
        markup.tag("p", figures.foot_text(made, lang), kind="foot"),
    )


def _layers(assessment: Assessment) -> Layers | None:
    """Return the layers; where figures are from a sample, make them now and show the progress."""
    if assessment.sample is None:
        return assessment.layers
    bar = st.progress(0.0)
    try:
        return assessment.make_layers(bar.progress)
    finally:
        bar.empty()


def _same(lang: Language) -> str:
    return tr("The table below the map says the same as the map.", lang)
