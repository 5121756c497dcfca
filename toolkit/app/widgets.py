"""Selection widgets whose choice survives a change of language or page.

The browser remembers a choice by its label, and Streamlit forgets that of a widget that is not
shown. So the choice itself is kept under its name in ``st.session_state``, and each language has
a widget of its own, with the key ``name:lang``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def one_of(
    box: Callable[..., Any],
    label: str,
    labels: Mapping[T, str],
    *,
    name: str,
    lang: str,
    first: T | None = None,
    **more: object,
) -> T:
    """Show a widget and return the chosen option.

    Parameters
    ----------
    box
        Widget: ``st.radio`` or ``st.selectbox``, or that of a container.
    label
        Label of the widget.
    labels
        Label of each option, at least one.
    name
        Key of the choice in ``st.session_state``.
    lang
        Language of the labels.
    first
        Option until the user chooses, and if the former choice is no longer an option; by default
        the first of `labels`.
    more
        Further arguments of the widget.

    Returns
    -------
    T
        Key of `labels`.
    """
    options = tuple(labels)
    if name not in st.session_state or st.session_state[name] not in options:
        st.session_state[name] = first if first in options else options[0]
    key = f"{name}:{lang}"
    # Set in every run: on another page the browser makes the widget anew, and shows the first
    # option unless it is told; what is equal to the state of the other page would not be sent.
    st.session_state[key] = st.session_state[name]
    more |= {"key": key, "on_change": _keep, "args": (name, key)}
    box(label, options, format_func=labels.__getitem__, **more)
    chosen: T = st.session_state[name]
    return chosen


def _keep(name: str, key: str) -> None:
    """Store the choice of the user before the page runs again."""
    st.session_state[name] = st.session_state[key]


def fresh_key(name: str) -> str:
    """Return the key of a widget that is used up, a new one after each call of `renew`."""
    return f"{name}:{st.session_state.get(f'stored:{name}', 0)}"


def renew(name: str) -> None:
    """Use a widget up, such as a place for files: the next run shows an empty one."""
    st.session_state[f"stored:{name}"] = st.session_state.get(f"stored:{name}", 0) + 1
