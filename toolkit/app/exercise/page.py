"""The exercise: marks or chances before the reveal, then the estimate, guesses and the score."""

from __future__ import annotations

import streamlit as st

from toolkit.app import bar, changed_set, kept_answers, markup, widgets
from toolkit.app.city import map_view
from toolkit.app.exercise import answers, notes, rounds, scores
from toolkit.app.exercise.rounds import ADDRESSES, GROUPS, Kind, Round
from toolkit.app.kept_answers import Estimate
from toolkit.app.map import component, guesses
from toolkit.app.map.drawing import Draw
from toolkit.base import escape
from toolkit.base.terms import TIERS, Language
from toolkit.language import words
from toolkit.language.translate import number, tr
from toolkit.streets.cities import load_cities
from toolkit.studies.exercise import MOST_MARKS, NEAR, ground_of, invented_addresses

_MAP = "exercise_map"


def show(lang: Language) -> None:
    """Show the exercise; without a chosen city, or its streets, what would bring it."""
    if not bar.city_is_chosen():
        _ask_city(lang)
        return
    choice = bar.choose(lang, question=False)
    with bar.only_of(choice):
        if not map_view.has_streets(choice.city):
            without = tr("The exercise needs a street map of the city.", lang)
            markup.show(lang, markup.tag("p", without))
            map_view.offer_streets(choice.city, lang)
            _offer_practice(lang)
            return
        with st.spinner(escape.markdown(tr("Estimating …", lang))):
            made = kept_answers.estimate(choice, changed_set.chosen())
            map_view.layers_of(made.assessment)
        main, side = st.columns([7, 3], gap="medium")
        with side:
            _show_notes(lang)
        with main:
            _show_round(made, rounds.current(choice.city.id), lang)


def _ask_city(lang: Language) -> None:
    intro = tr("Choose a city on the page Map first, or practise:", lang)
    markup.show(lang, markup.tag("p", intro))
    _offer_practice(lang)
    _show_notes(lang)


def _offer_practice(lang: Language) -> None:
    practice = next((c for c in load_cities() if c.demonstration), None)
    if practice is None:
        return
    label = tr("Practise with made-up cameras ({city})", lang)
    label = label.format(city=practice.name.in_language(lang))
    if st.button(escape.markdown(label), key="exercise_practise"):
        st.session_state["city"] = practice.id
        st.rerun()


def _show_notes(lang: Language) -> None:
    """Show the facilitator's notes."""
    steps = markup.listing(
        (
            f"{markup.text(what)}<br><em>“{markup.text(say)}”</em>"
            for what, say in notes.facilitator(lang)
        ),
        name="ol",
    )
    with st.container(key="not-printed-notes"):
        markup.show(
            lang,
            markup.tag("h2", tr("For the facilitator", lang)),
            *(markup.tag("p", line, kind="limit") for line in notes.before(lang)),
            steps,
        )


def _show_round(made: Estimate, this: Round, lang: Language) -> None:
    kinds: dict[Kind, str] = {
        "marks": tr("Mark where cameras are", lang),
        "address": tr("How exposed is an address", lang),
    }
    with st.container(key="not-printed-exercise", horizontal=True, vertical_alignment="bottom"):
        kind = widgets.one_of(
            st.segmented_control,
            escape.markdown(tr("What the groups do", lang)),
            {name: escape.markdown(text) for name, text in kinds.items()},
            name="exercise_kind",
            lang=lang,
            required=True,
        )
        group = widgets.one_of(
            st.segmented_control,
            escape.markdown(tr("Group", lang)),
            {g: number(g) for g in GROUPS},
            name="exercise_group",
            lang=lang,
            required=True,
        )
    (_show_marks if kind == "marks" else _show_address)(made, this, group, lang)


def _show_marks(made: Estimate, this: Round, group: int, lang: Language) -> None:
    """Show the map to mark on, or after the reveal the estimate, the guesses and the score."""
    if "marks" in this.revealed:
        placed = kept_answers.placements(made)
        lines = scores.lines_of_marks(this, group, placed, lang)
        marks = [
            (lon, lat, number(k + 1)) for k, ((lon, lat),) in enumerate(this.marks.get(group, ()))
        ]
        _show_map(
            made,
            lang,
            component.Extras(
                _MAP,
                guesses=guesses.data_of(placed, lang, answer=made.key, lines=lines),
                pins=marks,
                alone=True,
            ),
        )
        scores.show_marks(this, placed, ground_of(placed), lang)
        _offer_again(lang)
        return
    if made.assessment.cameras.installed.mapped:
        others = tr("Blue dots are mapped cameras. Mark where you expect others.", lang)
        markup.show(lang, markup.tag("p", others))
    draw = Draw("point", f"{this.number}:{group}", this.marks.get(group, ()), MOST_MARKS)
    drawn = _show_map(made, lang, component.Extras(_MAP, draw=draw, hidden=True))
    if drawn is not None:
        this.marks[group] = drawn
    this.near[group] = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Of 10 cameras, how many stand near your marks?", lang)),
        {share: number(round(10 * share)) for share in NEAR},
        name=f"exercise_near:{this.number}:{group}",
        lang=lang,
        first=this.near_share(group),
        required=True,
    )
    _offer_reveal(this, "marks", lang)


def _show_address(made: Estimate, this: Round, group: int, lang: Language) -> None:
    """Show an invented address and ask about it, or after the reveal the score."""
    placed = kept_answers.placements(made)
    found = invented_addresses(placed, len(ADDRESSES), seed=this.number)
    if not found:
        markup.show(lang, markup.tag("p", tr("No street of this map has a name.", lang)))
        return
    by_letter = dict(zip(ADDRESSES, found, strict=False))
    letter = widgets.one_of(
        st.segmented_control,
        escape.markdown(tr("Invented address", lang)),
        {
            one: escape.plain(f"{one}: {scores.street_of(address, lang)}")
            for one, address in by_letter.items()
        },
        name="exercise_address",
        lang=lang,
        required=True,
    )
    address = by_letter[letter]
    pins = [(*address.lon_lat, letter)]
    if "address" not in this.revealed:
        _show_map(made, lang, component.Extras(_MAP, pins=pins, hidden=True, focus=True))
        answers.ask(this, group, letter, lang)
        _offer_reveal(this, "address", lang)
        return
    in_view = placed.in_view(address.point)
    lines = scores.lines_of_address(letter, in_view, placed, lang)
    _show_map(
        made,
        lang,
        component.Extras(
            _MAP,
            guesses=guesses.data_of(placed, lang, answer=made.key, lines=lines),
            pins=pins,
            alone=True,
            focus=True,
        ),
    )
    scores.show_chances(this, address, letter, in_view, lang)
    _offer_again(lang)


def _show_map(
    made: Estimate, lang: Language, extras: component.Extras
) -> tuple[tuple[tuple[float, float], ...], ...] | None:
    component.announce(made.assessment.city.id)
    return component.show(
        made.assessment, bar.chosen_tier(), lang, answer=made.key, on_tier=_keep_tier, extras=extras
    )


def _keep_tier(tier: str) -> None:
    """Take the question chosen on the map for the choice of the bar."""
    if tier in TIERS:
        st.session_state["tier"] = tier


def _offer_reveal(this: Round, kind: Kind, lang: Language) -> None:
    """Show the button that reveals the estimate, once a group has said something."""
    with st.container(key="not-printed-reveal"):
        if st.button(
            escape.markdown(tr("Reveal the estimate", lang)),
            type="primary",
            disabled=not this.has(kind),
            key="exercise_reveal",
        ):
            this.revealed.add(kind)
            st.rerun()
        markup.show(
            lang,
            markup.tag(
                "p",
                tr(
                    "Nothing is kept: marks and answers are gone when you start again or close the "
                    "page.",
                    lang,
                ),
                kind="small",
            ),
        )


def _offer_again(lang: Language) -> None:
    markup.show(lang, markup.tag("p", words.limits(lang)[0], kind="limit"))
    with st.container(key="not-printed-again"):
        st.button(
            escape.markdown(tr("Start again", lang)),
            key="exercise_again",
            on_click=rounds.start_again,
        )
