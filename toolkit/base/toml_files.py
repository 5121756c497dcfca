"""Read and write TOML files edited by hand; collect every problem of a file with its place.

Whoever fixes a file wants to see all its problems at once, so nothing here stops at the first
one, except for text that is not TOML at all.
"""

from __future__ import annotations

import copy
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from toolkit.base import store
from toolkit.base.errors import InputDataError

MAX_FILE_BYTES = 5_000_000
"""Maximum size of a file. Files of claims or cities have some kilobytes; a file beyond this limit
is a mistake or an attack."""

_SHOWN_CHARACTERS = 60
_MAX_FOUR_DIGITS = 0xFFFF
"""Last code point of the short escape, ``\\uXXXX``."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class TomlFile:
    """One TOML file as read.

    Attributes
    ----------
    shown
        Name of the file in messages, without the user's folder.
    data
        Parsed content.
    text
        Raw text, for line numbers.
    """

    shown: str
    data: dict[str, Any]
    text: str

    def place(self, array: str, index: int, row: object) -> str:
        """Return the place of row `index` of ``[[array]]``: file, line if certain, number, id."""
        starts = _starts(self.text, array)
        rows = self.data.get(array)
        # A heading inside a multi-line string would shift the count: then no line is named.
        sure = isinstance(rows, list) and len(starts) == len(rows)
        line = f" line {starts[index]}," if sure else ""
        name = row.get("id") if isinstance(row, dict) else None
        called = f" ({shown_value(name)})" if name is not None else ""
        return f"{self.shown},{line} {array} {index + 1}{called}"


@lru_cache(maxsize=8)
def _starts(text: str, array: str) -> tuple[int, ...]:
    """Return the line numbers at which the rows of an array begin, cached per file."""
    head = re.compile(rf"\s*\[\[\s*{re.escape(array)}\s*\]\]")
    lines = enumerate(text.splitlines(), start=1)
    return tuple(number for number, line in lines if head.match(line))


def shown_value(value: object) -> str:
    """Return a value as shown in messages: quoted, and no longer than a line.

    Examples
    --------
    >>> shown_value("my-city"), len(shown_value("x" * 500))
    ("'my-city'", 60)
    """
    try:
        text = repr(value)
    except RecursionError:  # dotted keys nest without brackets, deeper than Python can print
        text = "a value nested far too deep"
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 3] + "..."


_DIGITS: Final = re.compile(r"[0-9_]{400}")
_QUOTED: Final = re.compile(r"""\"[^"\n]*\"|'[^'\n]*'""")
_MOST_PARTS: Final = 100
"""Parts of a dotted key. Digits and keys longer than these take a parser longer than their bytes
let expect."""
_BRACKETS: Final = re.compile(
    r"""\"{3}(?:(?!\"{3}).)*+(?:\"{3})?|'{3}(?:(?!'{3}).)*+(?:'{3})?"""
    r"""|"(?:\\.|[^"\\\n])*+"?|'[^'\n]*+'?|#[^\n]*+|[\[\]{}]""",
    re.DOTALL,
)
"""Texts and comments, closed or not so that each character is looked at once, and brackets."""
_DEEPEST: Final = 64


@lru_cache(maxsize=64)
def _has_long_parts(text: str) -> bool:
    """Return whether a number, or what precedes the first equals sign of a line, is very long."""
    if _DIGITS.search(text):
        return True
    keys = (line.partition("=")[0] for line in text.split("\n") if line.count(".") > _MOST_PARTS)
    return any(_QUOTED.sub("q", key).count(".") > _MOST_PARTS for key in keys)


@lru_cache(maxsize=64)
def _is_deep(text: str) -> bool:
    """Return whether arrays and tables are nested deeper than any that is used."""
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(found[0], 0)
        if depth > _DEEPEST:
            return True
    return False


def near(text: str, known: Iterable[str]) -> str:
    """Return a closing sentence for a message: the closest known names, else all of them.

    Examples
    --------
    >>> near("yangn", ["yangon", "dawei"])
    'Did you mean yangon?'
    """
    names = [shown_value(name)[1:-1] for name in sorted(known)]
    close = difflib.get_close_matches(text, names, n=3)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return f"Known are: {', '.join(names)}." if names else "None is known."


def read_table(path: Path, shown: str) -> TomlFile:
    """Read one TOML file.

    Raises
    ------
    InputDataError
        If it cannot be read, is not UTF-8 or not TOML, or exceeds `MAX_FILE_BYTES`.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            msg = f"{shown} is larger than {MAX_FILE_BYTES // 1_000_000} MB. Split or shorten it."
            raise InputDataError(msg)
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{shown} is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        raise InputDataError(msg) from error
    except OSError as error:
        msg = f"{shown} cannot be read ({error.strerror}). Check the file and its permissions."
        raise InputDataError(msg) from error
    if _has_long_parts(text):
        msg = f"{shown} has a number or a key far longer than any that is used. Write plain ones."
        raise InputDataError(msg)
    if _is_deep(text):
        msg = f"{shown} nests its values far too deep. Write plain tables."
        raise InputDataError(msg)
    try:
        data = _parsed(text)
    except ValueError as error:
        msg = f"{shown} is not TOML: {error}. Mend that line and try again."
        raise InputDataError(msg) from error
    return TomlFile(shown=shown, data=data, text=text)


def _parsed(text: str) -> dict[str, Any]:
    """Parse TOML, from a cache where possible: each assessment reads the same few files again."""
    return copy.deepcopy(_parsed_once(text))


@lru_cache(maxsize=64)
def _parsed_once(text: str) -> dict[str, Any]:
    return tomllib.loads(text)


def unknown_keys(table: TomlFile, allowed: Sequence[str]) -> list[str]:
    """Return one problem per top-level key that is not allowed."""
    return [
        f"{table.shown}: {shown_value(key)} is not known here. {near(key, allowed)}"
        for key in table.data
        if key not in allowed
    ]


def rows_of(table: TomlFile, array: str, problems: list[str]) -> list[object]:
    """Return the rows of ``[[array]]``; if it is no array, add that to `problems`."""
    rows = table.data.get(array, [])
    if isinstance(rows, list):
        return rows
    problems.append(f"{table.shown}: write each {array} as a table of its own, [[{array}]].")
    return []


def parsed(model: type[_Model], row: object, place: str, problems: list[str]) -> _Model | None:
    """Validate a row against a model; on failure add its problems and return None."""
    try:
        return model.model_validate(row)
    except ValidationError as error:
        problems.extend(_sentences(error, place, tuple(model.model_fields)))
        return None


def _sentences(error: ValidationError, place: str, fields: Sequence[str]) -> list[str]:
    """Return one sentence per problem of a validation error."""
    found = []
    for item in error.errors(include_url=False):
        where = ".".join(str(part) for part in item["loc"])
        at = f"{place}, {where}" if where else place
        kind, given = item["type"], shown_value(item["input"])
        if kind == "missing":
            found.append(f"{at}: it is missing. Add it.")
        elif kind == "extra_forbidden":
            name = str(item["loc"][-1])
            hint = near(name, fields) if len(item["loc"]) == 1 else "Remove it."
            found.append(f"{at}: there is no such field. {hint}")
        elif kind == "value_error":
            lines = str(item["ctx"]["error"]).splitlines()
            found.extend(f"{at}: {line}" for line in lines)
        else:
            found.append(f"{at}: {item['msg']}, and it is {given}.")
    return found


def fail_if_any(problems: Sequence[str], what: str) -> None:
    """Raise all problems at once.

    Raises
    ------
    InputDataError
        If there are any; the message has one line for each.
    """
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        msg = f"{what} cannot be used: {count}.\n" + "\n".join(f"- {p}" for p in problems)
        raise InputDataError(msg)


def toml_table(heading: str, values: Mapping[str, Any]) -> str:
    """Return one table as TOML text, with non-printable characters escaped.

    Parameters
    ----------
    heading
        Line above it, such as ``[[claim]]``; empty for the head of a file.
    values
        Keys and values. A mapping becomes an inline table; None is omitted.

    Raises
    ------
    TypeError
        If a value has no TOML type.

    Examples
    --------
    >>> print(toml_table("[[claim]]", {"id": "a", "note": None, "quantity": {"low": 200}}), end="")
    [[claim]]
    id = "a"
    quantity = {low = 200}
    """
    import tomlkit

    document = tomlkit.document()
    for key, value in values.items():
        if isinstance(value, Mapping):
            document[key] = tomlkit.inline_table()
            document[key].update(value)
        elif value is not None:
            document[key] = value
    text = f"{heading}\n" if heading else ""
    return text + "".join(map(_escaped_character, tomlkit.dumps(document)))


def _escaped_character(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    code = ord(character)
    return f"\\u{code:04X}" if code <= _MAX_FOUR_DIGITS else f"\\U{code:08X}"


def own_tables(
    name: str, file_format: str, keys: Sequence[str], problems: list[str]
) -> Iterator[TomlFile]:
    """Yield the built-in file and the user's own, if they exist, with top-level keys checked.

    Parameters
    ----------
    name
        File name, the same in both folders.
    file_format
        Required value of the key ``format``.
    keys
        Other top-level keys that are allowed.
    problems
        List to which problems are added.
    """
    for root, owner in ((store.builtin_dir(), "built in"), (store.home_dir(), "your own")):
        path = root / name
        if not path.is_file():
            continue
        table = read_table(path, f"{name} ({owner})")
        problems.extend(unknown_keys(table, ("format", "licence", *keys)))
        given = table.data.get("format")
        if given != file_format:
            problems.append(
                f'{table.shown}, format: it must be "{file_format}", and it is '
                f"{shown_value(given)}."
            )
        yield table


def keyed_rows(
    table: TomlFile, array: str, model: type[_Model], key: str, problems: list[str]
) -> dict[str, _Model]:
    """Return the rows of ``[[array]]`` by key; a duplicate in one file is a problem."""
    found: dict[str, _Model] = {}
    for index, row in enumerate(rows_of(table, array, problems)):
        place = table.place(array, index, row)
        value = parsed(model, row, place, problems)
        if value is None:
            continue
        name = str(getattr(value, key))
        if name in found:
            problems.append(f"{place}, {key}: {shown_value(name)} stands twice. Drop one.")
        found[name] = value
    return found
