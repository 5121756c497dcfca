"""The answer of a question on a route, a place or vehicles, in the words of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import streamlit as st

from toolkit.app import markup
from toolkit.base import escape
from toolkit.base.errors import ToolkitError
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.sentences import details
from toolkit.language.translate import tr
from toolkit.output import outline, threat_words
from toolkit.output.outline import Node
from toolkit.threats.model import Answer
from toolkit.threats.route import Routed

T = TypeVar("T")

ROUTE: Final = "route_found"
PLACE: Final = "place_found"
VEHICLES: Final = "vehicles_found"
ROUTE_TIED: Final = "route_tied"
PLACE_TIED: Final = "place_tied"
"""Keys of the last answer of each page, and of what it says of linking, in ``st.session_state``."""

_MOST_OPEN: Final = 6
"""Lines below another one that are shown without being asked for."""


def show(answer: Answer, lines: Sequence[str], lang: Language) -> None:
    """Show the lines of an answer, then its warnings and what it cannot say.

    Parameters
    ----------
    answer
        The answer.
    lines
        What is said of it, from `toolkit.output.threat_words`; indented lines belong to the one
        above them.
    lang
        Language.
    """
    first, *others = (*threat_words.warning_lines(answer, lang), *words.limits(lang))
    markup.show(
        lang,
        *nested(lines),
        markup.tag("p", first, kind="limit"),
        markup.folded(tr("What this does not say", lang), markup.listing(map(markup.text, others))),
    )


def nested(lines: Sequence[str]) -> list[str]:
    """Return lines as paragraphs and, where they are indented, as nested lists.

    Examples
    --------
    >>> nested(["Seen:", "  one", "    more", "End"])
    ['<p>Seen:</p>', '<ul><li>one<ul><li>more</li></ul></li></ul>', '<p>End</p>']
    """
    found: list[str] = []
    for node in outline.outline(lines):
        if node.text:
            found.append(markup.tag("p", node.text))
        if node.below:
            found.append(_list(node.below))
    return found


def _list(nodes: Sequence[Node]) -> str:
    items = []
    for node in nodes:
        below = _list(node.below) if node.below else ""
        many = len(node.below) > _MOST_OPEN
        items.append(markup.folded(node.text, below) if many else markup.text(node.text) + below)
    return markup.listing(items)


def kept(name: str, key: object, make: Callable[[], T], lang: Language) -> T | None:
    """Return an answer, made anew if the question differs; None if there is none, with the reason.

    It is kept in the session alone.

    Parameters
    ----------
    name
        Key of the answer in ``st.session_state``.
    key
        All that the answer follows from.
    make
        Makes it.
    lang
        Language.
    """
    known = st.session_state.get(name)
    if known is not None and known[0] == key:
        found: T = known[1]
        return found
    st.session_state.pop(name, None)
    try:
        with st.spinner(escape.markdown(tr("Placing cameras and following the ways …", lang))):
            made = make()
    except ToolkitError as error:
        st.error(escape.markdown(details(str(error), lang)))
        return None
    st.session_state[name] = (key, made)
    return made


def forget(*names: str) -> None:
    """Forget the answers of a page whose route or place was taken away."""
    for name in names:
        st.session_state.pop(name, None)


def of_session(estimate_key: str) -> tuple[Answer, ...]:
    """Return what was last asked on the pages Route, Place and Vehicles about an estimate."""
    found: list[Answer] = []
    for name in (ROUTE, PLACE, ROUTE_TIED, PLACE_TIED, VEHICLES):
        key, answer = st.session_state.get(name, ((None,), None))
        if answer is not None and key[0] == estimate_key:
            found.append(answer.answer if isinstance(answer, Routed) else answer)
    return tuple(found)
