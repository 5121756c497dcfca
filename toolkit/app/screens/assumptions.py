"""Page of assumptions: every value with its range, source and reason, to be changed and saved.

The choice is kept in the session only, see `toolkit.app.changed_set`.
"""

from __future__ import annotations

import math
from typing import Final

import streamlit as st

from toolkit.app import changed_set, markup, widgets
from toolkit.app.changed_set import CHANGES_KEY, SET_KEY
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
from toolkit.base.terms import Language
from toolkit.language import notes, words
from toolkit.language.translate import tr
from toolkit.studies.sensitivity.words import factor_name

_CHOICE_KEY: Final = "assumption_set_choice"
_SLIDER: Final = "assumption_slider"
_STEPS: Final = 50
"""Least number of steps of a slider."""
_DIGITS: Final = 12
"""Significant digits that are kept of a slider's value."""
_MARK: Final = "●"
"""Sign of a changed value."""


def show(lang: Language) -> None:
    """Show the page."""
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
        return
    if base.label == MINIMAL:
        st.warning(markdown(notes.text("minimal_set", lang)))
    if base.about:
        st.caption(markdown(words.built_in(base.about, lang)))
    moved = _sliders(base, lang)
    try:
        changed = base.with_changes(moved) if moved else base
    except ToolkitError as error:
        st.error(markdown(error))
        st.info(markdown(tr("Until this is mended, the last values that fit are used.", lang)))
        return
    st.session_state[CHANGES_KEY] = moved
    _outcome(base, changed, lang)


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
    own = f" ({tr('your own', lang)})" if found.own else ""
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


def _sliders(base: AssumptionSet, lang: Language) -> dict[str, float]:
    """Show every value by stage and return the changed ones by key."""
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
                value = _slider(base, item, before, lang)
                if value != item.value:
                    moved[item.key] = value
    return moved


def _name(item: Assumption, lang: Language) -> str:
    """Return the name of a value with its key; the key alone where it has no name."""
    name = factor_name(item.key, lang)
    return item.key if name == item.key else f"{name}: {item.key}"


def _slider_key(base: AssumptionSet, item: Assumption) -> str:
    return f"{_SLIDER}:{changed_set.resets()}:{base.name}:{item.key}"


def _current(base: AssumptionSet, item: Assumption) -> float:
    """Return the value of a slider, also before it is shown in this run."""
    before: dict[str, float] = st.session_state.get(CHANGES_KEY, {})
    value = st.session_state.get(_slider_key(base, item), before.get(item.key, item.value))
    return float(value)


def _slider(
    base: AssumptionSet, item: Assumption, before: dict[str, float], lang: Language
) -> float:
    """Show one value and return it."""
    why = tr("{reason} Source: {source}", lang).format(reason=item.reason, source=item.source)
    if item.low == item.high:
        st.write(markdown(f"{_name(item, lang)} = {item.value:g} {item.unit}"))
        st.caption(markdown(why))
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
        help=markdown(why),
    )
    if value == item.value:
        return item.value
    changed = tr("{mark} changed; in the set {value}, {drawn}", lang).format(
        mark=_MARK, value=f"{item.value:g}", drawn=_drawn_text(item, lang)
    )
    st.caption(markdown(changed))
    return min(max(float(f"{value:.{_DIGITS}g}"), item.low), item.high)


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
