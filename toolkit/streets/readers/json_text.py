"""JSON read item by item, so that a long list is never held as objects as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_SPACE: Final = re.compile(r"[ \t\n\r]*", re.ASCII)


def _no_number(name: str) -> float:
    msg = f"{name} is no number in JSON"
    raise ValueError(msg)


_DECODER: Final = json.JSONDecoder(parse_constant=_no_number)


def members(text: str, listed: str) -> Iterator[tuple[str, Any]]:
    """Yield the members of a JSON object; the items of one list one by one.

    Parameters
    ----------
    text
        JSON of an object.
    listed
        Name of the list.

    Raises
    ------
    ValueError
        If the text is no such object, or has NaN or Infinity.

    Examples
    --------
    >>> list(members('{"type": "x", "items": [1, [2]]}', "items"))
    [('type', 'x'), ('items', 1), ('items', [2])]
    """
    at = _expect(text, _skip(text, 0), "{")
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        if not isinstance(key, str):
            msg = "a name is missing"
            raise ValueError(msg)  # noqa: TRY004
        at = _expect(text, _skip(text, at), ":")
        if key == listed and text[at] == "[":
            at = _skip(text, at + 1)
            while text[at] != "]":
                value, at = _DECODER.raw_decode(text, at)
                yield key, value
                at = _after(text, at, "]")
            at += 1
        elif key == listed:
            msg = f'"{listed}" is no list'
            raise ValueError(msg)
        else:
            value, at = _DECODER.raw_decode(text, at)
            yield key, value
        at = _after(text, at, "}")


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    at = match.end() if match else at
    if at >= len(text):
        msg = "the text ends too early"
        raise ValueError(msg)
    return at


def _expect(text: str, at: int, sign: str) -> int:
    if text[at] != sign:
        msg = f"{sign!r} is missing"
        raise ValueError(msg)
    return _skip(text, at + 1)


def _after(text: str, at: int, end: str) -> int:
    """Return the position of the next member, or of the end of the list or object."""
    at = _skip(text, at)
    return at if text[at] == end else _expect(text, at, ",")
