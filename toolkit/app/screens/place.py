"""Page Place: the cameras on the ways to a house or a gathering place."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.app import bar, markup
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component
from toolkit.app.map.drawing import Draw, Place
from toolkit.app.threats import answers, opened_city, travelling
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.sentences import details
from toolkit.language.translate import tr
from toolkit.output import threat_words
from toolkit.threats import tracks
from toolkit.threats.linking import link_at
from toolkit.threats.model import PlaceAnswer
from toolkit.threats.place import RADIUS_M, place
from toolkit.threats.travel import Travel

_MAP: Final = "place_map"
_USUAL_RADIUS_M: Final = 100
"""Radius until another one is given: a block, which has streets on other sides of a house."""
_MOST_CHARACTERS: Final = 60


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang)
    with bar.only_of(choice):
        made = opened_city.open_for(choice, tr("Place", lang), lang)
        if made is None:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", key="not-printed-place"):
            mode, when = travelling.choose(lang)
            radius_m = st.number_input(
                escape.markdown(tr("Radius of the place, m", lang)),
                min_value=int(RADIUS_M[0]),
                max_value=int(RADIUS_M[1]),
                value=_USUAL_RADIUS_M,
                step=10,
                key="place_radius",
                width=190,
            )
        main, side = st.columns([6, 5], gap="medium")
        with side:
            typed, wrong = _ask(lang)
            drawn = component.drawn(_MAP, _draw(made)) or ()
            at = typed if typed or wrong else (drawn[0][0] if drawn else None)
            if at is None:
                answers.forget(answers.PLACE, answers.PLACE_TIED)
                _show_what(lang)
            elif travelling.concerned(choice.tier, mode, lang):
                travel = Travel(mode, when, choice.tier)
                key = (made.key, at, radius_m, travel)
                found = answers.kept(
                    answers.PLACE,
                    key,
                    lambda: place(made.loaded, at, float(radius_m), travel),
                    lang,
                )
                if found is not None:
                    lines = threat_words.place_lines(found, lang)
                    tied = _tied(made, found, at, travel, lang)
                    answers.show(found, [*lines, *tied], lang)
        with main:
            _show_map(made, typed, lang)


def _tied(
    made: Estimate, shown: PlaceAnswer, at: Place, travel: Travel, lang: Language
) -> list[str]:
    """Show whether two people who come here are compared, and return what is said of them."""
    # Not in a row: its long label would be cut off on a phone.
    two = st.toggle(
        escape.markdown(tr("Can cameras link two people who come here?", lang)), key="place_two"
    )
    if not two:
        answers.forget(answers.PLACE_TIED)
        return []
    window_min = travelling.ask_window("place_window", lang)
    radius_m = shown.radius_m
    found = answers.kept(
        answers.PLACE_TIED,
        (made.key, at, radius_m, travel, window_min),
        lambda: link_at(made.loaded, at, radius_m, window_min=window_min, travel=travel),
        lang,
    )
    if found is None:
        return []
    return [
        *threat_words.link_lines(found, lang),
        *threat_words.more_warning_lines(found, shown, lang),
    ]


def _ask(lang: Language) -> tuple[Place | None, bool]:
    """Return the place that is typed, and whether what is typed is none."""
    text = st.text_input(
        escape.markdown(tr("Latitude and longitude, or tap the map", lang)),
        max_chars=_MOST_CHARACTERS,
        placeholder="16.7745,96.1588",
        key="place_at",
    )
    if not text.strip():
        return None, False
    try:
        return tracks.parse_place(text), False
    except ToolkitError as error:
        st.error(escape.markdown(details(str(error), lang)))
        return None, True


def _show_what(lang: Language) -> None:
    what = tr(
        "Give a place: which cameras may record the ways to it. Nothing of it is kept or sent; it "
        "is gone when you close the page.",
        lang,
    )
    markup.show(lang, markup.tag("p", what), markup.tag("p", words.limits(lang)[0], kind="limit"))


def _draw(made: Estimate) -> Draw:
    return Draw("point", f"place:{made.assessment.city.id}", most=1)


def _show_map(made: Estimate, typed: Place | None, lang: Language) -> None:
    """Show streets without colours of their chances; a place that is typed is marked on them."""
    component.announce(made.assessment.city.id)
    component.show(
        made.assessment,
        bar.chosen_tier(),
        lang,
        answer=made.key,
        extras=component.Extras(
            _MAP,
            draw=_draw(made) if typed is None else None,
            pins=[] if typed is None else [(*typed, "●")],
            hidden=True,
            alone=True,
            focus=typed is not None,
        ),
    )
