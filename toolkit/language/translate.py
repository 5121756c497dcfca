"""Texts in the languages of the toolkit: look-up, plural forms, numbers, dates.

The English text is the key. Catalogues lie in ``toolkit/language/locale``;
`scripts/update_messages.py` makes them. Nothing here depends on the locale of the system, and
nothing is put into builtins.
"""

from __future__ import annotations

import datetime as dt
import functools
import gettext
import math
import re
from pathlib import Path
from typing import Final, Literal, get_args

Language = Literal["en", "my"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
SOURCE_LANGUAGE: Final = "en"
DOMAIN: Final = "toolkit"
LOCALE_DIR: Final = Path(__file__).resolve().parent / "locale"

LANGUAGE_NAMES: Final[dict[Language, str]] = {"en": "English", "my": "မြန်မာ"}
"""Each language's name in itself, for the switch."""

_BURMESE_DIGITS: Final = str.maketrans("0123456789", "၀၁၂၃၄၅၆၇၈၉")
_MYANMAR_BLOCKS: Final = ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))
"""Myanmar, Myanmar Extended-B and -A (Unicode 16.0)."""

_HELD: Final = re.compile(
    r"(?<=\d) (?=%|(?:km²|km|m|mm|cameras|camera|sites|MB)(?![\w²])"
    r"|(?:စတုရန်း)?ကီလိုမီတာ|မီတာ|မီလီမီတာ|လုံး|ခု)"
    r"|(?<=\bunder) (?=\d)|(?<=\bover) (?=\d)"
    r"|(?<=\(middle) (?=[+\-\d])|(?<=\(အလယ်ကိန်း) (?=[+\-\d])"
)
"""Spaces where a line must not end: between a number and its unit or the word that bounds it."""
_NO_BREAK: Final = "\u00a0"


@functools.cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; for English and unknown ones one that changes nothing."""
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
        The English text, written in full where it is used, so that it can be collected.
        Values go in afterwards by name: ``tr("{n} roads", lang).format(n=3)``.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str
        The text, in English where the catalogue has none.
    """
    return _catalogue(lang).gettext(message) if message else ""


def marked(message: str) -> str:
    """Return a message as it is: a mark by which it is collected and translated later with `tr`."""
    return message


def ngettext(singular: str, plural: str, count: int, lang: str) -> str:
    """Return the form of a message that fits a count.

    Parameters
    ----------
    singular, plural
        The English forms.
    count
        What is counted. It is not put into the text.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str
        The text, in English where the catalogue has none.
    """
    return _catalogue(lang).ngettext(singular, plural, count)


def number(value: float, *, decimals: int = 0, burmese_digits: bool = False) -> str:
    """Return a number with separated thousands, the same in every language.

    Parameters
    ----------
    value
        A finite number.
    decimals
        Digits after the point.
    burmese_digits
        Whether to write Burmese digits. Western ones are used everywhere by default: both are
        read in Myanmar, and tables stay comparable.

    Returns
    -------
    str
        The number.
    """
    text = f"{value + 0.0:,.{decimals}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")
    return text.translate(_BURMESE_DIGITS) if burmese_digits else text


def significant(value: float, digits: int, *, burmese_digits: bool = False) -> str:
    """Return a number rounded to so many significant digits, never in powers of ten.

    Parameters
    ----------
    value
        A finite number.
    digits
        Significant digits, at least 1.
    burmese_digits
        As for `number`.

    Returns
    -------
    str
        The number, for example ``1,300`` for 1287 and two digits.
    """
    rounded = float(f"{value:.{digits}g}")
    magnitude = math.floor(math.log10(abs(rounded))) if rounded else 0
    decimals = max(0, digits - 1 - magnitude)
    return number(rounded, decimals=decimals, burmese_digits=burmese_digits)


def date(value: dt.date, lang: str) -> str:
    """Return a date in words.

    Parameters
    ----------
    value
        The date.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str
        For example ``25 July 2022``.
    """
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
    """Return whether a text holds Burmese letters, so that it needs the bundled font."""
    return any(low <= ord(sign) <= high for sign in text for low, high in _MYANMAR_BLOCKS)


def unbroken(text: str) -> str:
    """Return a text in which no line can end between a number and its unit.

    For pages only: what a terminal or another program reads keeps its plain spaces.

    Parameters
    ----------
    text
        Any text in one of `LANGUAGES`.

    Returns
    -------
    str
        The same with spaces that do not break in, for example, ``12 to 35 km (middle 20)``:
        before ``km`` and before ``20``.
    """
    return _HELD.sub(_NO_BREAK, text)
