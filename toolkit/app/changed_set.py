"""Changed assumptions are announced on every page, with a way back."""

from __future__ import annotations

from typing import Final

import streamlit as st

from toolkit.assumptions.sets import DEFAULT_SET, AssumptionSet, load_assumptions
from toolkit.base.escape import markdown
from toolkit.base.terms import Language
from toolkit.language.translate import ngettext, tr

SET_KEY: Final = "assumption_set"
"""Name of the chosen set in ``st.session_state``."""
CHANGES_KEY: Final = "assumption_changes"
"""Changed values by key in ``st.session_state``."""
_ROUND: Final = "assumption_round"


def state() -> tuple[str, dict[str, float]]:
    """Return name and changes of the chosen set."""
    name = st.session_state.get(SET_KEY, DEFAULT_SET)
    return name, dict(st.session_state.get(CHANGES_KEY, {}))


def chosen() -> AssumptionSet:
    """Return the chosen set with its changes; the central one before any choice.

    Raises
    ------
    ToolkitError
        If the set no longer exists, or cannot be used.
    """
    return load_assumptions(*state())


def resets() -> int:
    """Return how often the changes were undone: part of the sliders' keys, which start anew."""
    return int(st.session_state.get(_ROUND, 0))


def undo() -> None:
    """Undo all changes."""
    st.session_state[CHANGES_KEY] = {}
    st.session_state[_ROUND] = resets() + 1


def announce(lang: Language) -> None:
    """Say that values are changed, or that another set is used; nothing otherwise."""
    name, changes = state()
    n_changed = len(changes)
    if not n_changed and name == DEFAULT_SET:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="changed_set"):
        st.warning(markdown(_words(name, n_changed, lang)))
        st.button(markdown(tr("Back to the usual assumptions", lang)), key="back", on_click=_back)


def _words(name: str, n_changed: int, lang: Language) -> str:
    if not n_changed:
        text = tr("The figures use the assumption set {name}.", lang)
        return text.format(name=name)
    return ngettext(
        "You changed {n} assumption: these are not the usual figures.",
        "You changed {n} assumptions: these are not the usual figures.",
        n_changed,
        lang,
    ).format(n=n_changed)


def _back() -> None:
    undo()
    st.session_state[SET_KEY] = DEFAULT_SET
    # The list of sets follows.
    for key in [key for key in st.session_state if str(key).startswith("assumption_set_choice")]:
        del st.session_state[key]
