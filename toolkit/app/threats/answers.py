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
from toolkit.output import threat_words
from toolkit.threats.model import Answer

T = TypeVar("T")

_MOST_OPEN: Final = 6
"""Lines below another one that are shown without being asked for."""
_STEP: Final = "  "
"""Indent of a line below the line before it."""


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
    rows: list[tuple[int, str]] = [
        ((len(line) - len(line.lstrip())) // len(_STEP), line.strip()) for line in lines if line
    ]
    at = 0
    while at < len(rows):
        depth, text = rows[at]
        if depth == 0:
            found.append(markup.tag("p", text))
            at += 1
            continue
        end = at
        while end < len(rows) and rows[end][0] > 0:
            end += 1
        found.append(_list(rows[at:end], 1))
        at = end
    return found


def _list(rows: Sequence[tuple[int, str]], depth: int) -> str:
    items: list[str] = []
    at = 0
    while at < len(rows):
        end = at + 1
        while end < len(rows) and rows[end][0] > depth:
            end += 1
        below = _list(rows[at + 1 : end], depth + 1) if end > at + 1 else ""
        many = sum(row[0] == depth + 1 for row in rows[at + 1 : end]) > _MOST_OPEN
        head = rows[at][1]
        items.append(markup.folded(head, below) if many else markup.text(head) + below)
        at = end
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
