r"""Evidence as a spreadsheet: one row per claim, one column per field.

CSV in UTF-8 with a byte order mark, so that spreadsheets read Burmese. Every text is written so
that no spreadsheet evaluates it (`toolkit.base.escape.csv_cell`), and is read back exactly. Items
of lists are separated by ";". Characters that a cell cannot hold are escaped: "\n", "\u202e",
"\;".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.escape import csv_cell, plain
from toolkit.evidence.claim import Claim, problems_of_names
from toolkit.evidence.makers import load_makers

COLUMNS: Final = (
    "id",
    "city",
    "covers",
    "says",
    "topic",
    "status",
    "low",
    "high",
    "unit",
    "wording",
    "kind",
    "brand",
    "brands",
    "model",
    "suppliers",
    "capability",
    "level",
    "place",
    "area",
    "area_km2",
    "scope",
    "phase",
    "said",
    "said_note",
    "valid",
    "source_id",
    "publisher",
    "title",
    "source_date",
    "via",
    "origins",
    "witnesses",
    "grade",
    "reason",
    "supersedes",
    "contradicts",
    "made_up",
    "note",
)
"""Fields of a claim, including those of its figure, source and grade."""

_QUANTITY = ("low", "high", "unit", "wording", "kind", "brand")
_SOURCE = {"source_id": "id", "publisher": "publisher", "title": "title", "source_date": "date"}
_CONFIDENCE = ("grade", "reason")
_LISTS = (
    "covers",
    "brands",
    "suppliers",
    "capability",
    "via",
    "origins",
    "supersedes",
    "contradicts",
)
_NUMBERS = ("low", "high", "area_km2")
_NESTED = {
    **{f"quantity.{name}": name for name in _QUANTITY},
    **{f"source.{inner}": outer for outer, inner in _SOURCE.items()},
    **{f"confidence.{name}": name for name in _CONFIDENCE},
}
"""Columns by the path of the field in a claim, for fields in nested tables."""
_MAX_ROWS = 20_000
_ESCAPED = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)", re.DOTALL)


def to_csv(claims: Iterable[Claim]) -> bytes:
    """Return claims as the bytes of a CSV file, in the order given."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for claim in claims:
        row = _row(claim)
        writer.writerow([csv_cell(row[name]) for name in COLUMNS])
    return stream.getvalue().encode("utf-8-sig")


def _row(claim: Claim) -> dict[str, str]:
    """Return the text of each column for one claim."""
    data = claim.model_dump(mode="json")
    flat: dict[str, object] = {name: data[name] for name in COLUMNS if name in data}
    quantity = data["quantity"] or {}
    flat |= {name: quantity.get(name) for name in _QUANTITY}
    flat |= {name: data["source"][inner] for name, inner in _SOURCE.items()}
    flat |= {name: data["confidence"][name] for name in _CONFIDENCE}
    return {name: _text(name, flat[name]) for name in COLUMNS}


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list):
        return ";".join(_escaped(str(item)).replace(";", "\\;") for item in value)
    return _escaped(str(value)) if name not in _NUMBERS else str(value)


def _escaped(text: str) -> str:
    """Escape what a cell cannot hold with backslashes; the inverse of `_unescaped`."""
    kept = []
    inner = range(len(text) - len(text.lstrip()), len(text.rstrip()))
    for place, sign in enumerate(text):
        if sign == "\\":
            kept.append("\\\\")
        elif sign == "\n":
            kept.append("\\n")
        elif plain(sign) != sign or place not in inner:
            # Leading and trailing spaces, too: people and programs strip them.
            code = ord(sign)
            kept.append(f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")  # noqa: PLR2004
        else:
            kept.append(sign)
    return "".join(kept)


def _unescaped(text: str) -> str:
    def sign(match: re.Match[str]) -> str:
        code = match[1]
        if code == "n":
            return "\n"
        if code[0] in "uU" and len(code) > 1:
            value = int(code[1:], 16)
            # A number beyond the last code point stays as written.
            return chr(value) if value <= 0x10FFFF else match[0]  # noqa: PLR2004
        return code

    return _ESCAPED.sub(sign, text)


def _without_guard(cell: str) -> str:
    """Remove the apostrophe that `csv_cell` put in front, and no other."""
    return cell[1:] if cell.startswith("'") and csv_cell(cell[1:]) == cell else cell


def _items(text: str) -> list[str]:
    r"""Return the items of a list separated by ";", where "\;" is part of an item."""
    parts = re.findall(r"(?:\\.|[^;\\])+", text, re.DOTALL)
    return [_unescaped(part.strip()) for part in parts if part.strip()]


def read_csv(path: Path) -> tuple[Claim, ...]:
    """Read claims from a CSV file as written by `to_csv`, in its order.

    Columns may be in any order, and empty ones may be missing.

    Raises
    ------
    InputDataError
        If it cannot be used; all problems at once, each with row and column.
    """
    local = store.local_file(path)
    shown = local.name
    if local.stat().st_size > toml_files.MAX_FILE_BYTES:
        msg = f"{shown} is larger than {toml_files.MAX_FILE_BYTES // 1_000_000} MB. Split it."
        raise InputDataError(msg)
    try:
        text = local.read_bytes().decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except UnicodeDecodeError as error:
        msg = f"{shown} is not UTF-8 text (byte {error.start}). Save it as CSV UTF-8."
        raise InputDataError(msg) from error
    except csv.Error as error:
        msg = f"{shown} is not a table of comma-separated values: {error}. Save it again as CSV."
        raise InputDataError(msg) from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        msg = f"{shown} is empty. The first row names the columns: {', '.join(COLUMNS)}."
        raise InputDataError(msg)
    if len(rows) > _MAX_ROWS:
        msg = f"{shown} has more than {_MAX_ROWS:,} rows. Split it."
        raise InputDataError(msg)
    problems: list[str] = []
    head = [name.strip() for name in rows[0]]
    problems += [
        f"{shown}, row 1: there is no column {toml_files.shown_value(name)}. "
        f"{toml_files.near(name, COLUMNS)}"
        for name in head
        if name not in COLUMNS
    ]
    problems += [
        f"{shown}, row 1: the column {name} stands twice. Leave one out."
        for name in sorted({name for name in head if head.count(name) > 1})
    ]
    claims = [] if problems else _claims(rows[1:], head, shown, problems)
    toml_files.fail_if_any(problems, shown)
    return tuple(claims)


def _claims(rows: list[list[str]], head: list[str], shown: str, problems: list[str]) -> list[Claim]:
    """Return the claims of the rows; add to `problems`."""
    makers = load_makers()
    found: dict[str, Claim] = {}
    for number, row in enumerate(rows, start=2):
        given = dict(zip(head, row, strict=False))
        name = _without_guard(given.get("id", "")).strip()
        place = f"{shown}, row {number}" + (f" ({toml_files.shown_value(name)})" if name else "")
        if len(row) > len(head) and any(cell.strip() for cell in row[len(head) :]):
            problems.append(f"{place}: it has more cells than the first row. Mend the commas.")
        claim = claim_of_texts(given, place, problems)
        if claim is None:
            continue
        if claim.id in found:
            problems.append(f"{place}, id: it stands twice in this file. Give another id.")
        problems.extend(f"{place}, {problem}" for problem in problems_of_names(claim, makers))
        found[claim.id] = claim
    return list(found.values())


def claim_of_texts(given: Mapping[str, str], place: str, problems: list[str]) -> Claim | None:
    """Return the claim in the cells of a row; on failure add its problems and return None.

    Parameters
    ----------
    given
        Text of each cell by column; empty or missing for no value.
    place
        Place of the row, for messages.
    problems
        List to which problems are added.
    """
    texts = {name: _without_guard(cell) for name, cell in given.items() if cell.strip()}
    before = len(problems)
    fields: dict[str, object] = {}
    for name, text in texts.items():
        if name in _LISTS:
            fields[name] = _items(text)
        elif name in _NUMBERS or name == "witnesses":
            fields[name] = _number(name, text.strip(), place, problems)
        elif name == "made_up":
            fields[name] = _yes(text, place, problems)
        else:
            fields[name] = _unescaped(text)
    nested: dict[str, object] = {n: v for n, v in fields.items() if n not in _NESTED.values()}
    quantity = {n: fields[n] for n in _QUANTITY if n in fields}
    if quantity:
        nested["quantity"] = quantity
    nested["source"] = {inner: fields[n] for n, inner in _SOURCE.items() if n in fields}
    nested["confidence"] = {n: fields[n] for n in _CONFIDENCE if n in fields}
    found: list[str] = []
    claim = toml_files.parsed(Claim, nested, place, found)
    if len(problems) > before:
        # Consequences of a number that could not be read are not problems of their own.
        found = [problem for problem in found if not problem.startswith(f"{place}, quantity: ")]
    problems.extend(_with_columns(problem, place) for problem in found)
    return claim if len(problems) == before else None


def _with_columns(problem: str, place: str) -> str:
    """Replace the path of a nested field in a problem by its column."""
    for inner, column in _NESTED.items():
        start = f"{place}, {inner}:"
        if problem.startswith(start):
            return f"{place}, {column}:{problem[len(start) :]}"
    return problem


def _number(name: str, text: str, place: str, problems: list[str]) -> float | int | None:
    try:
        return int(text) if name == "witnesses" else float(text)
    except ValueError:
        problems.append(
            f"{place}, {name}: {toml_files.shown_value(text)} is not a number. Write digits, with "
            "a point and without separators."
        )
        return None


def _yes(text: str, place: str, problems: list[str]) -> bool:
    if text.strip().casefold() not in ("yes", "no", "true", "false", "1", "0"):
        problems.append(f"{place}, made_up: write yes, or leave it empty.")
    return text.strip().casefold() in ("yes", "true", "1")
