"""Page of assumptions: every value with its range, source and reason, to be changed and saved.

The choice is kept in the session only, see `toolkit.app.changed_set`. What each change does to the
answer is shown next to it.
"""

from __future__ import annotations

import math
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from toolkit.app import changed_set, kept_answers, markup, widgets
from toolkit.app.bar import Choice
from toolkit.app.changed_set import CHANGES_KEY, SET_KEY
from toolkit.assessment.model import Assessment
from toolkit.assumptions.files import to_toml
from toolkit.assumptions.sets import (
    DEFAULT_SET,
    MINIMAL,
    AssumptionSet,
    SetFile,
    list_sets,
    load_assumptions,
)
from toolkit.assumptions.value import Assumption
from toolkit.base.errors import ToolkitError
from toolkit.base.escape import markdown, plain
from toolkit.base.terms import Language, Tier
from toolkit.language import assumption_names, notes, quantities, words
from toolkit.language.translate import tr

Places = dict[str, DeltaGenerator]
"""Places on the page, by the keys of changed values."""

_CHOICE_KEY: Final = "assumption_set_choice"
_SLIDER: Final = "assumption_slider"
_STEPS: Final = 50
"""Least number of steps of a slider."""
_DIGITS: Final = 12
"""Significant digits that are kept of a slider's value."""
_MARK: Final = "●"
"""Sign of a changed value."""
_MOST_EFFECTS: Final = 5
"""Changes whose effect alone is computed: each takes as long as an answer."""


def show(lang: Language) -> Places:
    """Show the page; return a place below each changed value, for `show_effects`."""
    markup.show(lang, markup.tag("h1", tr("Assumptions", lang)))
    intro = tr(
        "Everything that is not known stands here with its range, its source and the "
        "reason. A value that you move is fixed where you put it; one that you leave is "
        "drawn from its range. A definition is one value in any case.",
        lang,
    )
    st.write(markdown(intro))
    name = _choose(lang)
    try:
        base = load_assumptions(name)
    except ToolkitError as error:
        st.error(markdown(error))
        return {}
    if base.label == MINIMAL:
        st.warning(markdown(notes.text("minimal_set", lang)))
    if base.about:
        st.caption(markdown(words.built_in(base.about, lang)))
    places: Places = {}
    moved = _sliders(base, places, lang)
    try:
        changed = base.with_changes(moved) if moved else base
    except ToolkitError as error:
        st.error(markdown(error))
        st.info(markdown(tr("Until this is mended, the last values that fit are used.", lang)))
        return {}
    st.session_state[CHANGES_KEY] = moved
    _outcome(base, changed, lang)
    return places


def show_effects(places: Places, choice: Choice, lang: Language) -> None:
    """Show in each place what the change of this value alone does to the answer."""
    name, changes = changed_set.state()
    for key, place in list(places.items())[:_MOST_EFFECTS]:
        if key not in changes:
            continue
        with place, st.spinner(markdown(tr("Estimating …", lang))):
            before, after = (
                kept_answers.estimate(choice, load_assumptions(name, given)).assessment
                for given in ({}, {key: changes[key]})
            )
            text = effect(before, after, choice.tier, lang)
        with place:
            st.caption(markdown(text))


def effect(before: Assessment, after: Assessment, tier: Tier, lang: Language) -> str:
    """Return what a change does to the answer to a question, in one sentence."""
    old, new = (one.shown_tiers[tier].trip.at_least_one for one in (before, after))
    if not (old.known and new.known):
        return tr("This change alone: the share of trips is not known.", lang)
    was, now = quantities.quantity_text(old, lang), quantities.quantity_text(new, lang)
    text = tr("This change alone: {name}, share of trips: {new}; before: {old}.", lang)
    if was == now:
        text = tr("This change alone: {name}, share of trips: {new}, as before.", lang)
    return text.format(name=words.tier_name(tier, lang), old=was, new=now)


def _choose(lang: Language) -> str:
    """Show the list of sets and return the name of the chosen one."""
    sets = {found.name: found for found in list_sets() if found.kind == "probabilistic"}
    before: str = st.session_state.get(SET_KEY, DEFAULT_SET)
    name = widgets.one_of(
        st.selectbox,
        markdown(tr("Set of assumptions", lang)),
        {name: _set_text(found, lang) for name, found in sets.items()},
        name=_CHOICE_KEY,
        lang=lang,
        first=before if before in sets else DEFAULT_SET,
    )
    if name != before:
        st.session_state[CHANGES_KEY] = {}
    st.session_state[SET_KEY] = name
    return name


def _set_text(found: SetFile, lang: Language) -> str:
    title = words.built_in(found.title, lang) or found.name
    yours = tr("your own", lang)
    own = f" ({yours})" if found.own else ""
    return plain(f"{found.name}{own}: {title}")


def _stage_text(stage: str, lang: Language) -> str:
    """Return the name of a stage; its id, the first part of the keys, where it has none."""
    names = {
        "count": tr("Number of cameras", lang),
        "installed_prob": tr("Whether what is announced has been installed", lang),
        "sites": tr("Where cameras stand", lang),
        "optics": tr("What a camera can do", lang),
        "threshold": tr("What counts as seen, recognised, matched, read", lang),
        "switch": tr("Whether face matching and plate reading are in use", lang),
        "city": tr("Cities whose streets are not installed", lang),
        "trips": tr("Ordinary trips", lang),
        "mapped": tr("Mapped cameras", lang),
        "observation": tr("Counts made in the street", lang),
        "report": tr("Reports", lang),
        "export": tr("Files for other programs", lang),
    }
    return names.get(stage, stage)


def _sliders(base: AssumptionSet, places: Places, lang: Language) -> dict[str, float]:
    """Show every value by stage, fill the places, and return the changed values by key."""
    before: dict[str, float] = st.session_state.get(CHANGES_KEY, {})
    moved: dict[str, float] = {}
    for stage in dict.fromkeys(item.stage for item in base.items):
        items = [item for item in base.items if item.stage == stage]
        marked = [item.key for item in items if _current(base, item) != item.value]
        name = _stage_text(stage, lang)
        if marked:
            name = tr("{stage} ({number} changed)", lang).format(stage=name, number=len(marked))
        with st.expander(markdown(name), expanded=bool(marked)):
            for item in items:
                value = _slider(base, item, before, places, lang)
                if value != item.value:
                    moved[item.key] = value
    return moved


def _name(item: Assumption, lang: Language) -> str:
    """Return the name of a value as a heading; its key if it has none."""
    name = assumption_names.name(item.key, lang) or item.key
    return name[0].upper() + name[1:]


def _slider_key(base: AssumptionSet, item: Assumption) -> str:
    return f"{_SLIDER}:{changed_set.resets()}:{base.name}:{item.key}"


def _current(base: AssumptionSet, item: Assumption) -> float:
    """Return the value of a slider, also before it is shown in this run."""
    before: dict[str, float] = st.session_state.get(CHANGES_KEY, {})
    value = st.session_state.get(_slider_key(base, item), before.get(item.key, item.value))
    return float(value)


def _slider(
    base: AssumptionSet,
    item: Assumption,
    before: dict[str, float],
    places: Places,
    lang: Language,
) -> float:
    """Show one value, what is known of it, and a place for its effect; return it."""
    if item.low == item.high:
        st.write(markdown(f"{_name(item, lang)} = {item.value:g} {item.unit}"))
        st.caption(markdown(_known_text(item, lang)))
        return item.value
    step = slider_step(item.low, item.high)
    key = _slider_key(base, item)
    if key not in st.session_state:
        st.session_state[key] = min(max(before.get(item.key, item.value), item.low), item.high)
    mark = f"{_MARK} " if _current(base, item) != item.value else ""
    value = st.slider(
        markdown(f"{mark}{_name(item, lang)} ({item.unit})"),
        min_value=item.low,
        max_value=item.high,
        step=step,
        format=f"%.{max(0, 1 - math.floor(math.log10(step)))}f",
        key=key,
    )
    st.caption(markdown(_known_text(item, lang)))
    if value == item.value:
        return item.value
    changed = tr("{mark} changed; in the set {value}, {drawn}", lang).format(
        mark=_MARK, value=f"{item.value:g}", drawn=_drawn_text(item, lang)
    )
    st.caption(markdown(changed))
    places[item.key] = st.empty()
    return min(max(float(f"{value:.{_DIGITS}g}"), item.low), item.high)


def _known_text(item: Assumption, lang: Language) -> str:
    """Return the range of a value, the reason for it, its source, and its name in files."""
    text = tr("{drawn}. {reason} Source: {source} In files: {key}", lang)
    drawn = _drawn_text(item, lang)
    return text.format(
        drawn=drawn[0].upper() + drawn[1:],
        reason=item.reason,
        source=item.source,
        key=item.key,
    )


def _drawn_text(item: Assumption, lang: Language) -> str:
    """Return the range from which a value is drawn, if it is."""
    if item.distribution == "fixed":
        return tr("one value", lang)
    return tr("drawn from {low} to {high}", lang).format(low=f"{item.low:g}", high=f"{item.high:g}")


def slider_step(low: float, high: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten with `_STEPS` of them in a range."""
    most = (high - low) / _STEPS
    power = 10.0 ** math.floor(math.log10(most))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= most * (1 + 1e-9))


def _outcome(base: AssumptionSet, changed: AssumptionSet, lang: Language) -> None:
    """Show the changes, and the buttons to undo and to save them."""
    markup.show(lang, markup.tag("h2", tr("What is changed", lang)))
    if changed.changed:
        for key, value in changed.changed:
            item = base[key]
            st.write(
                markdown(f"{_MARK} {_name(item, lang)}: {item.value:g} → {value:g} {item.unit}")
            )
    else:
        st.write(markdown(tr("Nothing is changed.", lang)))
    line = tr("Assumptions: {name}, {hash}.", lang)
    st.caption(
        markdown(
            line.format(
                name=words.assumption_set(changed.name, len(changed.changed), lang),
                hash=changed.sha256[:12],
            )
        )
    )
    st.button(
        markdown(tr("Take all changes back", lang)),
        key="assumption_reset",
        on_click=changed_set.undo,
        disabled=not changed.changed,
    )
    suffix = "-changed" if changed.changed else ""
    st.download_button(
        markdown(tr("Keep this set as a file", lang)),
        data=lambda: to_toml(changed, name=f"{base.name}{suffix}"[:64]),
        file_name=f"{base.name}{suffix}.toml",
        mime="application/toml",
        on_click="ignore",
        key="assumption_export",
    )
