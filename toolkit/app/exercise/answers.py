"""Boxes in which a group says how exposed an invented address is, by class or by number."""

from __future__ import annotations

import streamlit as st

from toolkit.app.exercise.rounds import Round
from toolkit.app.map.classes import EDGES
from toolkit.base import escape
from toolkit.base.terms import TIERS, Language, Tier
from toolkit.language import quantities, words
from toolkit.language.translate import tr
from toolkit.studies.exercise import CLASS_CHANCE

_PER_CENT = 100.0
_STEP_PERCENT = 5


def class_texts(lang: Language) -> tuple[str, ...]:
    """Return the classes by their numbers, as the legend of the map has them."""
    low, mid, high = (quantities.share(edge, lang) for edge in EDGES)
    return (
        tr("under {high}", lang).format(high=low),
        tr("{low} to {high}", lang).format(low=low, high=mid),
        tr("{low} to {high}", lang).format(low=mid, high=high),
        tr("{low} or more", lang).format(low=high),
    )


def ask(this: Round, group: int, letter: str, lang: Language) -> None:
    """Show a box for each question and keep what the group says."""
    asked = tr("Address {letter}: how likely is each of these, by the reported cameras?", lang)
    st.write(escape.markdown(asked.format(letter=letter)))
    by_number = st.toggle(escape.markdown(tr("Say it as a number", lang)), key="exercise_number")
    for tier in TIERS:
        said = _ask_tier(this, group, letter, tier, lang, by_number=by_number)
        if said is None:
            this.said.pop((group, letter, tier), None)
        else:
            this.said[group, letter, tier] = said


def _ask_tier(
    this: Round, group: int, letter: str, tier: Tier, lang: Language, *, by_number: bool
) -> float | None:
    """Return the chance that a group says, or None."""
    label = escape.markdown(words.tier_name(tier, lang))
    known = this.said.get((group, letter, tier))
    key = f"exercise:{this.number}:{group}:{letter}:{tier}"
    if by_number:
        percent = st.number_input(
            f"{label}, %",
            min_value=0,
            max_value=int(_PER_CENT),
            value=None if known is None else round(known * _PER_CENT),
            step=_STEP_PERCENT,
            key=f"{key}:number",
        )
        return None if percent is None else percent / _PER_CENT
    texts = class_texts(lang)
    chosen = st.segmented_control(
        label,
        range(len(texts)),
        format_func=lambda k: escape.plain(texts[k]),
        default=_class_of(known),
        key=f"{key}:class:{lang}",
    )
    if chosen is None:
        return None
    # A number that was said before stays as exact as it was.
    return known if known is not None and _class_of(known) == chosen else CLASS_CHANCE[chosen]


def _class_of(chance: float | None) -> int | None:
    return None if chance is None else sum(chance >= edge for edge in EDGES)
