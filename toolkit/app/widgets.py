"""One choice out of several, which outlives another language and another page.

The browser remembers a choice by the words it is shown in, and Streamlit forgets one whose box is
not shown. So the choice itself lies under its name in ``st.session_state``, and each language has
a box of its own, whose key is ``name:lang``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

T = TypeVar("T")


def box_key(name: str, lang: str) -> str:
    """Return the key of the box that shows a choice in one language."""
    return f"{name}:{lang}"


def one_of(
    box: Callable[..., Any],
    label: str,
    options: Sequence[T],
    *,
    name: str,
    lang: str,
    text: Callable[[T], str],
    first: T | None = None,
    **more: object,
) -> T:
    """Show a box and return the option that is chosen.

    Parameters
    ----------
    box
        What shows the options: ``st.radio`` or ``st.selectbox``, also those of a container.
    label
        What is asked.
    options
        What can be chosen, at least one.
    name
        Where the choice lies in ``st.session_state``.
    lang
        Language of the words.
    text
        Gives the words of an option.
    first
        What is chosen before the user chooses, and if the old choice is no longer an option;
        without it the first option.
    more
        What the box takes besides.

    Returns
    -------
    T
        One of `options`.
    """
    if name not in st.session_state or st.session_state[name] not in options:
        st.session_state[name] = first if first in options else options[0]
    key = box_key(name, lang)
    if key not in st.session_state or st.session_state[key] != st.session_state[name]:
        st.session_state[key] = st.session_state[name]
    box(label, options, format_func=text, key=key, on_change=_keep, args=(name, key), **more)
    chosen: T = st.session_state[name]
    return chosen


def _keep(name: str, key: str) -> None:
    """Take over what the user has chosen, before the page runs anew."""
    st.session_state[name] = st.session_state[key]
