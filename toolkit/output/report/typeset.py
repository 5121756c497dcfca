"""Typeset printed pages as PDF with Typst, from bundled templates and fonts only.

Texts reach a template as data, never as markup. A PDF is tagged (PDF/UA-1), holds its fonts, and
has the date of its figures: the same data give the same bytes. No package is fetched, and no font
or clock of the system is used.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from toolkit.base import escape
from toolkit.language.fonts import ASSETS, PRINTED_FILES
from toolkit.language.translate import unbroken
from toolkit.output.report import svg_texts

if TYPE_CHECKING:
    import typst

TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
STANDARD: Final = "ua-1"
"""PDF/UA-1, ISO 14289-1: read aloud in its order, each picture with a text in its place."""
DRAWN: Final = "svg"
"""Key of drawings, which are made here and stay as they are."""
_LACKING: Final = "\ufffd"
"""Stands for a letter that no bundled font has; else the page could not be made."""


def pdf(template: str, data: Mapping[str, Any], *, day: dt.date) -> bytes:
    """Return a PDF.

    Parameters
    ----------
    template
        Name of a file in `TEMPLATES`.
    data
        What the template shows: texts, numbers, and lists and tables of these. Texts are shown
        literally; what is under `DRAWN` is an SVG whose texts are escaped.
    day
        Date of the document.

    Returns
    -------
    bytes
        The same for the same arguments, on any computer.
    """
    import typst

    made: bytes = typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=_fonts(),
        sys_inputs={"data": json.dumps(_shown({**data, "day": _day(day)}), sort_keys=True)},
        format="pdf",
        pdf_standards=[STANDARD],
        timestamp=int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp()),
    )
    return made


def document(data: Mapping[str, Any], *, day: dt.date) -> bytes:
    """Return a document of `blocks` as a PDF.

    Parameters
    ----------
    data
        Its `lang`, `title`, `banner`, `running` line of the foot, and `blocks`.
    day
        Date of the document.
    """
    return pdf("document.typ", data, day=day)


def printable(text: str) -> str:
    """Return a text as it is printed: without control characters, and units with their numbers.

    Examples
    --------
    >>> printable("cameras at 漢") == "cameras at \N{REPLACEMENT CHARACTER}"
    True
    """
    has = _letters()
    kept = escape.plain(unbroken(text))
    return "".join(sign if ord(sign) in has else _LACKING for sign in kept)


def _shown(value: Any) -> Any:  # noqa: ANN401 - as JSON
    """Return data with all texts as they are printed."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {
            str(key): _drawing(one) if key == DRAWN and isinstance(one, str) else _shown(one)
            for key, one in value.items()
        }
    if isinstance(value, Sequence):
        return [_shown(one) for one in value]
    return value


def _drawing(svg: str) -> dict[str, Any]:
    """Return a drawing, its texts as they are printed."""
    found = svg_texts.taken_out(str(svg))
    for one in found["texts"]:
        one["text"] = printable(one["text"])
    return found


def _day(day: dt.date) -> list[int]:
    return [day.year, day.month, day.day]


@functools.cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[ASSETS / "fonts"]
    )


@functools.cache
def _letters() -> frozenset[int]:
    """Return the code points that some bundled font has."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for name in PRINTED_FILES:
        with TTFont(ASSETS / name, lazy=True) as font:
            found.update(font.getBestCmap())
    return frozenset(found)
