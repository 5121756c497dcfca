"""Tables that come with the toolkit and that users extend: built-in rows, then the user's own.

A row in the user's folder replaces the built-in one of the same key or is added to them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel

from toolkit.base import store, toml_files
from toolkit.base.toml_files import Table

_Row = TypeVar("_Row", bound=BaseModel)


def files(name: str, file_format: str, keys: Sequence[str], problems: list[str]) -> Iterator[Table]:
    """Give the built-in file and the user's own, those that exist, with their heads checked.

    Parameters
    ----------
    name
        Name of the file, the same in both folders.
    file_format
        What its key ``format`` must be.
    keys
        Other keys that the file may have.
    problems
        Where problems are noted.
    """
    for root, owner in ((store.builtin_dir(), "built in"), (store.home_dir(), "your own")):
        path = root / name
        if not path.is_file():
            continue
        table = toml_files.read_table(path, f"{name} ({owner})")
        problems.extend(toml_files.unknown_keys(table, ("format", "licence", *keys)))
        given = table.data.get("format")
        if given != file_format:
            problems.append(
                f'{table.shown}, format: it must be "{file_format}", and it is '
                f"{toml_files.shown_value(given)}."
            )
        yield table


def keyed_rows(
    table: Table, array: str, model: type[_Row], key: str, problems: list[str]
) -> dict[str, _Row]:
    """Return the rows of ``[[array]]`` by their key; twice in one file is a problem."""
    found: dict[str, _Row] = {}
    for index, row in enumerate(toml_files.rows_of(table, array, problems)):
        place = table.place(array, index, row)
        parsed = toml_files.parsed(model, row, place, problems)
        if parsed is None:
            continue
        name = str(getattr(parsed, key))
        if name in found:
            problems.append(
                f"{place}, {key}: {toml_files.shown_value(name)} stands twice. Drop one."
            )
        found[name] = parsed
    return found
