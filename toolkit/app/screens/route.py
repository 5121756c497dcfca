"""Page Route: the cameras that may have a route of the user's own in view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import streamlit as st

from toolkit.app import bar, kept_answers, markup
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component, guesses
from toolkit.app.map.drawing import Draw, Place, Shape
from toolkit.app.threats import answers, given_route, opened_city, travelling
from toolkit.app.threats.given_route import Given, Kind
from toolkit.base import escape
from toolkit.base.terms import Language, Tier
from toolkit.language import words
from toolkit.language.translate import number, tr
from toolkit.output import threat_words
from toolkit.threats.linking import link
from toolkit.threats.route import DETOUR, MOST_DETOUR, Routed, routed
from toolkit.threats.tracks import Track
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
            boxes = st.container()
            trips, detour = _ask_more(lang)
            window_min = _ask_window(kind, lang)
        draw = _draw(made, kind, two=window_min is not None)
        shapes = (component.drawn(_MAP, draw) or ()) if draw else ()
        with boxes:
            given, other = _given(kind, shapes, lang, two=window_min is not None)
        found = None
        with side:
            if not given.whole:
                answers.forget(answers.ROUTE, answers.ROUTE_TIED)
                _show_what(lang)
            elif travelling.concerned(choice.tier, mode, lang):
                travel = Travel(mode, when, choice.tier, trips)
                found = _answered(made, given, travel, detour, lang)
                if found is not None:
                    lines = threat_words.route_lines(found.answer, lang)
                    if given.track and other and other.track and window_min is not None:
                        both = (given.track, other.track)
                        lines += _tied(made, found, both, window_min, travel, lang)
                    else:
                        answers.forget(answers.ROUTE_TIED)
                    answers.show(found.answer, lines, lang)
        with main:
            _show_map(made, draw, found, choice.tier, lang)


def _given(
    kind: Kind, shapes: tuple[Shape, ...], lang: Language, *, two: bool
) -> tuple[Given, Given | None]:
    """Return the route, and the second one to link it with."""
    if kind == "draw":
        return given_route.of_shapes(shapes[:1]), given_route.of_shapes(shapes[1:2])
    if kind == "ends":
        return given_route.ask_ends(shapes, lang), None
    given = given_route.ask(kind, lang)
    return given, given_route.ask_file(lang, "second") if two else None


def _ask_window(kind: Kind, lang: Language) -> float | None:
    """Show whether a second route is given to link, and return the longest time between."""
    if kind not in {"draw", "file"}:
        return None
    # Not in a row: its long label would be cut off on a phone.
    two = st.toggle(
        escape.markdown(tr("Can cameras link it with a second route?", lang)), key="route_second"
    )
    if not two:
        return None
    return travelling.ask_window("route_window", lang)


def _tied(
    made: Estimate,
    shown: Routed,
    both: tuple[Track, Track],
    window_min: float,
    travel: Travel,
    lang: Language,
) -> list[str]:
    """Return what is said of two routes that cameras may link."""
    lines = [[line.tobytes() for line in track.lines] for track in both]
    found = answers.kept(
        answers.ROUTE_TIED,
        (made.key, lines, window_min, travel),
        lambda: link(made.loaded, both, window_min=window_min, travel=travel),
        lang,
    )
    if found is None:
        return []
    return [
        *threat_words.link_lines(found, lang),
        *threat_words.more_warning_lines(found, shown.answer, lang),
    ]


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
        (made.key, track, given.along, given.between, travel, detour),
        lambda: routed(made.loaded, **given.arguments(), travel=travel, detour=detour),
        lang,
    )


def _draw(made: Estimate, kind: Kind, *, two: bool) -> Draw | None:
    """Return what may be drawn: the route, both routes, or the ends of one."""
    city = made.assessment.city.id
    if kind == "ends":
        return Draw("point", f"ends:{city}", most=2)
    return Draw("line", f"route:{city}", most=2 if two else 1) if kind == "draw" else None


def _show_map(
    made: Estimate, draw: Draw | None, found: Routed | None, tier: Tier, lang: Language
) -> None:
    """Show streets without colours of their chances, the route on them, and ten guesses."""
    component.announce(made.assessment.city.id)
    flip = None
    if found is not None:
        with st.spinner(escape.markdown(tr("Placing cameras …", lang))):
            placed = kept_answers.placements(made)
            lines = _of_guesses(found, placed.shown.tolist(), tier, lang)
            flip = guesses.data_of(placed, lang, answer=made.key, lines=lines)
    component.show(
        made.assessment,
        bar.chosen_tier(),
        lang,
        answer=made.key,
        extras=component.Extras(
            _MAP,
            draw=draw,
            guesses=flip,
            ways=() if found is None else [list(map(_line, way)) for way in found.lines],
            pins=_numbers(found),
            hidden=True,
            alone=True,
        ),
    )


def _of_guesses(found: Routed, draws: Sequence[int], tier: Tier, lang: Language) -> list[str]:
    """Return at how many places cameras have the route in view, in each guess shown."""
    text = tr(
        "In this guess cameras at {n} places, mapped ones among them, have some of your route in "
        "view ({tier}).",
        lang,
    )
    sites, name = found.sites[tier], words.tier_name(tier, lang)
    return [text.format(n=number(int(sites[draw])), tier=name) for draw in draws]


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
