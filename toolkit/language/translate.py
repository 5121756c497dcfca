"""Texts in the languages of the toolkit: look-up, plural forms, numbers, dates.

Messages are looked up by their English text in the gettext catalogues of
``toolkit/language/locale``, which `scripts/update_messages.py` updates. Nothing here depends on
the locale of the system, and nothing is installed into builtins.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import gettext
import math
import re
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Final, Literal

from toolkit.base.terms import LANGUAGES, Language

SOURCE_LANGUAGE: Final = "en"
"""Language of the message ids."""
DOMAIN: Final = "toolkit"
"""Name of the catalogues."""
LOCALE_DIR: Final = Path(__file__).resolve().parent / "locale"

LANGUAGE_NAMES: Final[dict[Language, str]] = {"en": "English", "my": "မြန်မာ"}
"""Name of each language in that language, for the language switch."""

_MYANMAR: Final = re.compile("[\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f]")
"""Characters of the blocks Myanmar, Myanmar Extended-B and -A (Unicode 16.0)."""

_BOUND_SPACE: Final = re.compile(
    r"(?<=\d) (?=%|(?:km²|km|m|mm|cameras|camera|sites|MB)(?![\w²])"
    r"|(?:စတုရန်း)?ကီလိုမီတာ|မီတာ|မီလီမီတာ|လုံး|ခု)"
    r"|(?<=\bunder) (?=\d)|(?<=\bover) (?=\d)"
    r"|(?<=\(middle) (?=[+\-\d])|(?<=\(အလယ်ကိန်း) (?=[+\-\d])"
)
"""Spaces at which no line may break: between a number and its unit, "under", "over" or "middle"."""
_NO_BREAK: Final = "\u00a0"
_MOST_KEPT: Final = 8192
"""Messages kept at hand: more than there are, in both languages."""


Numerals = Literal["western", "burmese"]
_numerals: ContextVar[Numerals] = ContextVar("numerals", default="western")
_BURMESE_DIGITS: Final = str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉")
_FIGURE: Final = re.compile(
    r"(\{[^}]*\})|(?<![A-Za-z0-9_./:])(?<![A-Za-z0-9]-)[0-9][0-9,.]*(?![A-Za-z_\-/:0-9])"
)
"""A field of a pattern, or a figure that is no part of a name, an id, a date like 2026-11-01 or an
address."""


def use_numerals(numerals: Numerals) -> None:
    """Choose the digits of Burmese figures, for this thread from here on.

    The default is Western ones: both are read in Myanmar, and tables stay comparable.
    """
    _numerals.set(numerals)


@contextlib.contextmanager
def numerals_of(lang: str, numerals: Numerals | None = None) -> Iterator[None]:
    """Use the digits of the texts of one language inside a with block: English ones are Western.

    Parameters
    ----------
    lang
        Language of all texts that are made inside.
    numerals
        Digits of Burmese figures; None for those of `use_numerals`.
    """
    burmese = numerals or _numerals.get()
    before = _numerals.set("western" if lang == SOURCE_LANGUAGE else burmese)
    try:
        yield
    finally:
        _numerals.reset(before)


def in_numerals(text: str) -> str:
    """Return a text with its figures in the chosen digits; names, ids and fields stay.

    Examples
    --------
    >>> in_numerals("12 of 1,300")
    '12 of 1,300'
    """
    if _numerals.get() == "western":
        return text
    return _FIGURE.sub(lambda m: m[0] if m[1] else m[0].translate(_BURMESE_DIGITS), text)


class _Pattern(str):
    """A Burmese message whose figures, also those put in, have the chosen digits."""

    __slots__ = ()

    def format(self, *args: object, **kwargs: object) -> str:
        return in_numerals(super().format(*args, **kwargs))


def _chosen(message: str, lang: str) -> str:
    if lang == SOURCE_LANGUAGE or _numerals.get() == "western":
        return message
    return _Pattern(in_numerals(message))


@functools.cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; an empty one for English and unknown languages."""
    path = LOCALE_DIR / lang / "LC_MESSAGES" / f"{DOMAIN}.mo"
    if lang not in LANGUAGES or lang == SOURCE_LANGUAGE or not path.is_file():
        return gettext.NullTranslations()
    with path.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def tr(message: str, lang: str) -> str:
    """Return a message in a language.

    Parameters
    ----------
    message
        The English text, as a literal, so that it can be extracted. Values are inserted
        afterwards by name: ``tr("{n} roads", lang).format(n=3)``.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str
        The translation, or the English text where there is none.

    Examples
    --------
    >>> tr("January", "en"), tr("January", "my")
    ('January', 'ဇန်နဝါရီ')
    """
    return _chosen(_looked_up(message, lang), lang) if message else ""


@functools.lru_cache(maxsize=_MOST_KEPT)
def _looked_up(message: str, lang: str) -> str:
    """Return the entry of the catalogue; a page asks for the same hundreds of times."""
    return _catalogue(lang).gettext(message)


def messages_of(context: str, lang: str) -> dict[str, str]:
    """Return the messages of a context and their translations; they are English templates.

    Parameters
    ----------
    context
        Context of the catalogue, which `tr` does not see.
    lang
        One of `LANGUAGES`.
    """
    # gettext has no other way to list what it holds; keys are as in the file: context, EOT, text.
    held = vars(_catalogue(lang)).get("_catalog", {})
    mark = f"{context}\x04"
    return {
        key.removeprefix(mark): text
        for key, text in held.items()
        if isinstance(key, str) and key.startswith(mark)
    }


def marked(message: str) -> str:
    """Return a message unchanged; marks it for extraction, to be translated later by `tr`."""
    return message


def ngettext(singular: str, plural: str, count: int, lang: str) -> str:
    """Return the plural form of a message for a count.

    Parameters
    ----------
    singular, plural
        The English forms.
    count
        Number that selects the form. It is not inserted into the text.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str
        The translation, or the English text where there is none.
    """
    return _chosen(_catalogue(lang).ngettext(singular, plural, count), lang)


def number(value: float, *, decimals: int = 0) -> str:
    """Return a number with thousands separators, the same in every language.

    Its digits are those of `use_numerals`.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Number of digits after the decimal point.

    Examples
    --------
    >>> number(1234.56, decimals=1)
    '1,234.6'
    """
    text = f"{value + 0.0:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")  # no "-0"
    return in_numerals(text)


def significant(value: float, digits: int) -> str:
    """Return a number rounded to significant digits, never in scientific notation.

    Parameters
    ----------
    value
        A finite number.
    digits
        Number of significant digits, at least 1.

    Examples
    --------
    >>> significant(1287, 2)
    '1,300'
    """
    rounded = float(f"{value:.{digits}g}")
    magnitude = math.floor(math.log10(abs(rounded))) if rounded else 0
    decimals = max(0, digits - 1 - magnitude)
    return number(rounded, decimals=decimals)


def date(value: dt.date, lang: str) -> str:
    """Return a date in words, such as ``25 July 2022``."""
    pattern = tr("{day} {month} {year}", lang)
    return pattern.format(day=value.day, month=month_name(value.month, lang), year=value.year)


def month_name(month: int, lang: str) -> str:
    """Return the name of a month, 1 to 12."""
    names = (
        tr("January", lang),
        tr("February", lang),
        tr("March", lang),
        tr("April", lang),
        tr("May", lang),
        tr("June", lang),
        tr("July", lang),
        tr("August", lang),
        tr("September", lang),
        tr("October", lang),
        tr("November", lang),
        tr("December", lang),
    )
    return names[month - 1]


def has_burmese(text: str) -> bool:
    """Return whether a text has characters of the Myanmar blocks, and so needs the bundled font."""
    return _MYANMAR.search(text) is not None


def unbroken(text: str) -> str:
    """Return a text in which no line breaks between a number and its unit.

    For pages only: terminals and other programs get plain spaces.

    Parameters
    ----------
    text
        Any text in one of `LANGUAGES`.

    Returns
    -------
    str
        The text with no-break spaces, in ``12 to 35 km (middle 20)`` for example before ``km``
        and before ``20``.
    """
    return _BOUND_SPACE.sub(_NO_BREAK, text)
