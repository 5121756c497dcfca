"""Camera makers and local suppliers: names, and what is reported about them.

Capabilities of makers' cameras are not included: no model in use in the ten cities is known.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from toolkit.base import store, toml_files
from toolkit.base.record import Record

_FILE = "makers.toml"
_TOP_LEVEL = ("format", "licence", "brand", "supplier")
_Text = Annotated[str, Field(min_length=1, max_length=2000)]


class Statement(Record):
    """A statement about a maker or supplier, or by it."""

    says: _Text
    by: Literal["itself", "others"]
    publisher: _Text
    date: _Text
    via: tuple[_Text, ...] = ()


class Maker(Record):
    """A brand, or a supplier that buys from brands.

    Attributes
    ----------
    id
        Name used in claims.
    """

    id: _Text
    kind: Literal["brand", "supplier"]
    name: _Text
    aliases: tuple[_Text, ...] = ()
    statements: tuple[Statement, ...] = ()


class _File(Record):
    model_config = ConfigDict(extra="ignore")

    format: Literal["camera-exposure.makers/1"]


def load_makers() -> dict[str, Maker]:
    """Return makers and suppliers by id: the built-in ones and the user's own.

    Raises
    ------
    InputDataError
        If a file cannot be used; all problems at once, each with its place.
    """
    problems: list[str] = []
    merged: dict[str, Maker] = {}
    for root, owner in ((store.builtin_dir(), "built in"), (store.home_dir(), "your own")):
        path = root / _FILE
        if not path.is_file():
            continue
        table = toml_files.read_table(path, f"{_FILE} ({owner})")
        problems.extend(toml_files.unknown_keys(table, _TOP_LEVEL))
        toml_files.parsed(_File, table.data, table.shown, problems)
        for kind in ("brand", "supplier"):
            rows = table.data.get(kind, {})
            if not isinstance(rows, dict):
                problems.append(f"{table.shown}: write each {kind} as a table, [{kind}.NAME].")
                continue
            for name, row in rows.items():
                place = f"{table.shown}, {kind}.{name}"
                filled = {"id": name, "kind": kind} | row if isinstance(row, dict) else row
                maker = toml_files.parsed(Maker, filled, place, problems)
                if maker is not None:
                    merged[name] = maker
    toml_files.fail_if_any(problems, "The list of makers")
    return merged
