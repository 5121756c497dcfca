"""Page Route: the cameras that may have a route of the user's own in view."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import streamlit as st

from toolkit.app import bar, kept_answers, markup
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component, guesses
from toolkit.app.map.drawing import Draw, Place
from toolkit.app.threats import answers, given_route, opened_city, travelling
from toolkit.app.threats.given_route import Given
from toolkit.base import escape
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import number, tr
from toolkit.output import threat_words
from toolkit.threats.route import DETOUR, MOST_DETOUR, Routed, routed
from toolkit.threats.travel import MOST_TRIPS, Travel

_MAP: Final = "route_map"


def show(lang: Language) -> None:
    """Show the page."""
    choice = bar.choose(lang)
    with bar.only_of(choice):
        made = opened_city.open_for(choice, tr("Route", lang), lang)
        if made is None:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", key="not-printed-route"):
            kind = given_route.choose_kind(lang)
            mode, when = travelling.choose(lang)
        main, side = st.columns([6, 5], gap="medium")
        with side:
            given = Given("draw") if kind == "draw" else given_route.ask(kind, lang)
            trips, detour = _ask_more(lang)
        if kind == "draw":
            shapes = component.drawn(_MAP, _draw(made))
            given = given_route.of_shapes(shapes or ())
        found = None
        with side:
            if not given.whole:
                _show_what(lang)
            elif travelling.concerned(choice.tier, mode, lang):
                travel = Travel(mode, when, choice.tier, trips)
                found = _answered(made, given, travel, detour, lang)
            if found is not None:
                answers.show(found.answer, threat_words.route_lines(found.answer, lang), lang)
        with main:
            _show_map(made, kind == "draw", found, lang)


def _ask_more(lang: Language) -> tuple[int, float | None]:
    """Show how often the route is travelled and whether other ways are asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        trips = st.number_input(
            escape.markdown(tr("Trips on this route", lang)),
            min_value=1,
            max_value=MOST_TRIPS,
            value=1,
            key="route_trips",
            width=150,
        )
        others = st.toggle(escape.markdown(tr("Compare other ways", lang)), key="route_others")
        if not others:
            return int(trips), None
        detour = st.number_input(
            escape.markdown(tr("Up to how many times the shortest", lang)),
            min_value=1.0,
            max_value=MOST_DETOUR,
            value=DETOUR,
            step=0.1,
            format="%.1f",
            key="route_detour",
            width=230,
        )
    return int(trips), float(detour)


def _show_what(lang: Language) -> None:
    what = tr(
        "Give a route that you know: which cameras may have it in view, and where along it. "
        "Nothing of it is kept or sent; it is gone when you close the page.",
        lang,
    )
    markup.show(lang, markup.tag("p", what), markup.tag("p", words.limits(lang)[0], kind="limit"))


def _answered(
    made: Estimate, given: Given, travel: Travel, detour: float | None, lang: Language
) -> Routed | None:
    track = None if given.track is None else [line.tobytes() for line in given.track.lines]
    return answers.kept(
        answers.ROUTE,
        (made.key, track, given.along, travel, detour),
        lambda: routed(made.question, **given.arguments(), travel=travel, detour=detour),
        lang,
    )


def _draw(made: Estimate) -> Draw:
    return Draw("line", f"route:{made.assessment.city.id}", most=1)


def _show_map(made: Estimate, drawing: bool, found: Routed | None, lang: Language) -> None:
    """Show streets without colours of their chances, the route on them, and ten guesses."""
    component.announce(made.assessment.city.id)
    flip = None
    if found is not None:
        with st.spinner(escape.markdown(tr("Placing cameras …", lang))):
            flip = guesses.data_of(kept_answers.placements(made), lang, answer=made.key)
    component.show(
        made.assessment,
        bar.chosen_tier(),
        lang,
        answer=made.key,
        extras=component.Extras(
            _MAP,
            draw=_draw(made) if drawing else None,
            guesses=flip,
            ways=() if found is None else [list(map(_line, way)) for way in found.lines],
            pins=_numbers(found),
            hidden=True,
            alone=True,
        ),
    )


def _line(line: Any) -> list[Place]:  # noqa: ANN401 - an array, (N, 2)
    return [(float(lon), float(lat)) for lon, lat in np.round(line, 6)]


def _numbers(found: Routed | None) -> list[tuple[float, float, str]]:
    """Return the number of each other way, as the words have it, in the middle of its line."""
    if found is None:
        return []
    longest = [max(way, key=len) for way in found.lines[1:]]
    return [
        (float(line[len(line) // 2][0]), float(line[len(line) // 2][1]), number(k))
        for k, line in enumerate(longest, start=1)
    ]
