"""The map of a city, with the foot that every figure has."""

from __future__ import annotations

import streamlit as st

from toolkit.app import markup
from toolkit.app.city import figures
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component
from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language import notes
from toolkit.language.translate import tr
from toolkit.output.report import tables


def show(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the map; for a city without streets say why there is none."""
    assessment = made.assessment
    with st.spinner(escape.markdown(tr("Drawing the map …", lang))):
        layers = _layers(assessment)
        if layers is not None and layers.captures is not None:
            layers.captures()  # what takes longest
    if layers is None:
        markup.show(
            lang,
            markup.tag("h2", tr("No map", lang)),
            markup.tag("p", notes.text("no_streets", lang)),
        )
        return
    name = tables.tier_head(tier, lang)
    markup.show(lang, markup.tag("h2", tr("Map: {tier}", lang).format(tier=name)))
    component.show(assessment, tier, lang, answer=made.key, on_tier=_keep_tier)
    markup.show(lang, markup.tag("p", figures.foot_text(made, lang), kind="foot"))


def _keep_tier(tier: Tier) -> None:
    """Take the question chosen on the map for the choice of the side panel."""
    st.session_state["tier"] = tier


def _layers(assessment: Assessment) -> Layers | None:
    """Return the layers; where figures are from a sample, make them now and show the progress."""
    if assessment.sample is None:
        return assessment.layers
    bar = st.progress(0.0)
    try:
        return assessment.make_layers(bar.progress)
    finally:
        bar.empty()
