"""Page What this cannot tell you: what the estimate covers and does not, at equal length.

And what stays on this computer, and what a search of it would find.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from toolkit.app import forget, markup
from toolkit.base.terms import Language
from toolkit.language import words
from toolkit.language.translate import tr


def show(lang: Language) -> None:
    """Show the page."""
    markup.show(lang, markup.tag("h1", tr("What this can and cannot tell you", lang)))
    _side_by_side(
        (tr("It tells you", lang), covers(lang)),
        (tr("It does not tell you", lang), words.limits(lang)),
        lang,
    )
    markup.show(lang, markup.tag("h2", tr("If this computer is searched", lang)))
    _side_by_side(
        (tr("A search would find", lang), found_by_search(lang)),
        (tr("A search would not find", lang), not_found_by_search(lang)),
        lang,
    )
    forget.show(lang)


def covers(lang: Language) -> tuple[str, ...]:
    """Return what the estimate covers, as sentences."""
    return (
        tr(
            "How many of ten ordinary trips pass a camera of the reported system that can see, "
            "recognise or identify people, match faces or read number plates.",
            lang,
        ),
        tr(
            "How sure that is: each figure has a range, and nine times in ten the truth should "
            "lie inside it if the assumptions hold.",
            lang,
        ),
        tr(
            "What it rests on: who reported how many cameras, when, and what contradicts it.",
            lang,
        ),
        tr("What it depends on most, and what would change it.", lang),
        tr("What follows from another number of cameras, or if planned ones are built.", lang),
    )


def found_by_search(lang: Language) -> tuple[str, ...]:
    """Return what a search of this computer would find, as sentences."""
    return (
        tr("This program, and the street maps that you added.", lang),
        tr("Cameras you noted and reports you added, until you remove them.", lang),
        tr(
            "Files that you saved or printed, wherever your browser put them; its history shows "
            "that a page on this computer was opened.",
            lang,
        ),
        tr("Intermediate results that show which cities were opened.", lang),
    )


def not_found_by_search(lang: Language) -> tuple[str, ...]:
    """Return what is kept nowhere, as sentences."""
    return (
        tr(
            "Your own number of cameras, what you saw walking, and what you typed in a search.",
            lang,
        ),
        tr("Which question, street or place you looked at.", lang),
        tr("The advice that you wrote for a hand-out, unless you saved the sheet.", lang),
        tr("Assumptions that you changed, unless you saved them as a file.", lang),
    )


def _side_by_side(
    left: tuple[str, Sequence[str]], right: tuple[str, Sequence[str]], lang: Language
) -> None:
    for column, (head, lines) in zip(st.columns(2), (left, right), strict=True):
        with column:
            markup.show(
                lang,
                markup.tag("h3", head),
                markup.listing(markup.text(line) for line in lines),
            )
