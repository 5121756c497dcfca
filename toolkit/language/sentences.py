"""What imports say, in the language of a page: errors and progress, raised in English elsewhere.

A sentence comes from a process of its own, or from a package below this one, with its values
already in it. So its English text is compared with the templates of the catalogue that have the
context "sentence", which `scripts/update_messages.py` takes from the code: what stands in place of
a field is a value, and is looked up again, since reasons are sentences too.
"""

from __future__ import annotations

import functools
import re
import string
from dataclasses import dataclass
from typing import Final

from toolkit.language import translate
from toolkit.language.translate import SOURCE_LANGUAGE, in_numerals, tr

CONTEXT: Final = "sentence"
"""Context of the templates in the catalogue."""
MOST_CHARACTERS: Final = 8000
"""Longest text that is looked up: an error with a line for each of a hundred problems. A template
takes time in proportion to the text, and there are some hundreds."""
_DEEPEST: Final = 6
"""Levels of values in values: the longest chain is progress of a fetch, its wait, and the reason
for that."""
_MOST_ITEMS: Final = 50
_MOST_HEAD: Final = 80
"""Characters before a colon that can be a name with a sentence of its own after it."""
_FULL_STOP: Final = "\u104b"
"""Of Burmese, the only language with translations."""
_FIGURE: Final = re.compile(r"[0-9][0-9,.]*%?", re.ASCII)

FROM_THE_SYSTEM: Final = (
    "No space left on device",
    "Permission denied",
    "Read-only file system",
    "Input/output error",
    "No such file or directory",
    "Is a directory",
    "Disk quota exceeded",
    "Cannot allocate memory",
    "unexpected end of data",
)
"""Reasons that the system gives, in the words of Linux and macOS, and Python's of a table that is
cut short. Those of other libraries are in brackets in a sentence, and stay English."""
ALONE: Final = ("row", "none")
"""Words that stand alone in a field."""


@dataclass(frozen=True)
class _Template:
    """A sentence with fields: the fixed texts before, between and after them."""

    fixed: tuple[str, ...]
    translation: str

    def values(self, text: str) -> list[str] | None:
        """Return what stands in the fields, each as short as can be; None if it does not fit."""
        first, *others = self.fixed
        if not others:
            return [] if text == first else None
        *middle, last = others
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        found, at = [], len(first)
        for part in middle:
            next_at = text.find(part, at, end)
            if next_at < 0:
                return None
            found.append(text[at:next_at])
            at = next_at + len(part)
        return [*found, text[at:end]]


def in_language(text: str, lang: str) -> str | None:
    """Return an error or a progress message in a language.

    Parameters
    ----------
    text
        The English text, a sentence or one in each line.
    lang
        One of `LANGUAGES`.

    Returns
    -------
    str or None
        The text with its figures in the digits of `translate.use_numerals`; names of files and
        other values are as they were. None where the catalogue has no such sentence.

    Examples
    --------
    >>> in_language("streets.zip is empty. Copy it again.", "en")
    'streets.zip is empty. Copy it again.'
    >>> in_language("Nobody says this.", "my") is None
    True
    """
    if lang == SOURCE_LANGUAGE:
        return text
    return _line(text, lang, 0) if len(text) <= MOST_CHARACTERS else None


def or_english(text: str, lang: str) -> str:
    """Return a text as `in_language`, in English where it has no translation."""
    return text if (found := in_language(text, lang)) is None else found


def details(text: str, lang: str) -> str:
    """Return a text as `in_language`, in English after words that say so where it has none."""
    found = in_language(text, lang)
    if found is not None:
        return found
    return tr("Details, in English: {detail}", lang).format(detail=text)


@functools.cache
def _templates(lang: str) -> tuple[_Template, ...]:
    """Return the templates of a language, those with the most fixed text first."""
    made = []
    for english, translation in translate.messages_of(CONTEXT, lang).items():
        parsed = list(string.Formatter().parse(english))
        fixed = [literal for literal, _, _, _ in parsed]
        if parsed and parsed[-1][1] is not None:
            fixed.append("")
        made.append(_Template(tuple(fixed), translation))
    return tuple(sorted(made, key=lambda one: -sum(map(len, one.fixed))))


def _found(text: str, lang: str, depth: int) -> str | None:
    """Return the translation of a text, None if there is none."""
    if depth > _DEEPEST:
        return None
    if "\n" in text:
        lines = [_line(line, lang, depth + 1) for line in text.split("\n")[:_MOST_ITEMS]]
        known = [line for line in lines if line is not None]
        if len(known) == text.count("\n") + 1:
            return "\n".join(known)
    found = _whole(text, lang, depth)
    if found is None and text.endswith("."):
        # Reasons have no full stop, as parts of a sentence, and get one where they stand alone.
        found = _whole(text[:-1], lang, depth)
        return None if found is None else f"{found}{_FULL_STOP}"
    return found


def _line(line: str, lang: str, depth: int) -> str | None:
    """Return the translation of a line, also behind a dash or a name."""
    mark = "- " if line.startswith("- ") else ""
    found = _found(line.removeprefix(mark), lang, depth) or _named(line, lang, depth)
    return None if found is None else mark + found


def _named(text: str, lang: str, depth: int) -> str | None:
    """Return the translation of a sentence after a name and a colon."""
    head, colon, rest = text.partition(": ")
    if not colon or len(head) > _MOST_HEAD:
        return None
    found = _found(rest, lang, depth + 1)
    return None if found is None else f"{head}: {found}"


def _whole(text: str, lang: str, depth: int) -> str | None:
    """Return the translation of a text by the template that fits.

    Of several it is the one whose own words begin first: others fit a sentence within it.
    """
    best: tuple[_Template, list[str]] | None = None
    least = len(text) + 1
    for template in _templates(lang):
        values = template.values(text)
        if values is None:
            continue
        before = 0 if template.fixed[0] else len(values[0])
        if before < least:
            best, least = (template, values), before
    if best is None:
        return None
    template, values = best
    shown = [_value(value, lang, depth + 1) for value in values]
    return in_numerals(template.translation).format(*shown)


def _value(value: str, lang: str, depth: int) -> str:
    """Return what is put in place of a field: translated if it can be."""
    if _FIGURE.fullmatch(value):
        return in_numerals(value)
    items = value.split(", ")
    if 1 < len(items) <= _MOST_ITEMS:
        found = [_found(item, lang, depth) for item in items]
        if None not in found:
            return ", ".join(map(str, found))
    one = _found(value, lang, depth)
    if one is None:
        one = _named(value, lang, depth)
    return value if one is None else one
