"""The map of a city, with the panel next to it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import kept_answers, markup, start
from toolkit.app.city import cases, panel
from toolkit.app.kept_answers import Case, Estimate
from toolkit.app.map import component
from toolkit.app.my_cities import bring_in
from toolkit.assessment.layers import Layers
from toolkit.assessment.model import Assessment, CityPart
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Question
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language.translate import tr
from toolkit.streets.cities import City
from toolkit.streets.pack import find_pack_for

LONG_KM: Final = 100.0
"""Length of streets from which figures take several seconds, so that the streets come first."""
_STREETS: Final = "map-streets"
"""Key of the hash of the streets that have figures on the map of the page."""


def streets_first(question: Question, city: City, tier: Tier, lang: Language) -> bool:
    """Show the streets of a city alone, if its figures are still to be made and take long.

    Parameters
    ----------
    question
        What the figures will answer.
    city, tier, lang
        The city, the tier asked for and the language.

    Returns
    -------
    shown
        Whether they are shown. Then the figures are to be made, and the page is to run again: a map
        is mounted once in a run.
    """
    pack = question.load().pack
    if pack is None or kept_answers.is_kept(question):
        return False
    if component.KEY in st.session_state and st.session_state.get(_STREETS) == pack.sha256:
        return False  # they are on the map already, with older figures
    if pack.streets["length_m"].sum() < LONG_KM * M_PER_KM:
        return False
    component.show_streets(city, pack, tier, lang, panel=panel.before(city, lang))
    return True


def make_layers(made: Estimate, lang: Language) -> Layers | None:
    """Make the layers with all that the map shows of them, and say so; None without streets."""
    with st.spinner(escape.markdown(tr("Drawing the map …", lang))):
        layers = layers_of(made.assessment)
        if layers is not None and layers.captures is not None:
            layers.captures()  # what takes longest
    return layers


def show(made: Estimate, tier: Tier, lang: Language, *, case: Case | None = None) -> None:
    """Show the map, of a case if one is chosen; without streets say why there is none."""
    assessment = made.assessment
    layers = make_layers(made, lang)
    if layers is None:
        _show_without(made, tier, lang)
        return
    component.show(
        assessment,
        tier,
        lang,
        answer=made.key,
        panel=panel.texts(made, lang, case),
        on_tier=_keep_tier,
    )
    st.session_state[_STREETS] = assessment.inputs.pack_sha256


def _show_without(made: Estimate, tier: Tier, lang: Language) -> None:
    """Show the panel, and in place of the map circles, and what would bring the map."""
    panel_at, place = st.columns(2, gap="large")
    with panel_at:
        panel.show(made, tier, lang)
        chosen = cases.choose(made, lang)
    with place:
        if chosen is not None:
            cases.show(chosen, tier, lang)
        markup.show(lang, markup.tag("p", no_map(made.assessment, lang)))
        offer_streets(made.assessment.city, lang)


def has_streets(city: City | CityPart) -> bool:
    """Return whether streets of a city are installed."""
    return bool(getattr(city, "pack", None) or find_pack_for(city.id))


def offer_streets(city: City | CityPart, lang: Language) -> None:
    """Show the button that leads to where the street map of a city can be added."""
    with st.container(key="not-printed"):
        label = tr("Add the map of {city}", lang)
        label = label.format(city=city.name.in_language(lang))
        if st.button(escape.markdown(label), key="add-map"):
            bring_in.want(city.id)
            start.go("cities")


def no_map(assessment: Assessment, lang: Language) -> str:
    """Return why there is no map, and where the figures come from."""
    return tr(
        "Without streets of {city}, figures borrow those of other cities.",
        lang,
    ).format(city=assessment.city.name.in_language(lang))


def _keep_tier(tier: Tier) -> None:
    """Take the question chosen on the map for the choice of the bar."""
    st.session_state["tier"] = tier


def layers_of(assessment: Assessment) -> Layers | None:
    """Return the layers, None without streets.

    Where figures are from a sample, make them now and show the progress.
    """
    if assessment.sample is None:
        return assessment.layers
    bar = st.progress(0.0)
    try:
        return assessment.make_layers(bar.progress)
    finally:
        bar.empty()
