"""Assumption sets as files: write as TOML, save under a new name, compare."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from toolkit.assumptions.sets import DEFAULT_SET, FOLDER, NAME, AssumptionSet
from toolkit.assumptions.value import Assumption
from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.escape import plain
from toolkit.base.toml_files import toml_table

_FIELDS: Final = tuple(Assumption.model_fields)
_COMPARED: Final = ("value", "low", "high", "distribution", "layer", "unit", "source", "reason")
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
)
"""Device names that Windows reserves, with any extension (Microsoft, "Naming Files")."""
_HEADING: Final = """\
# An assumption set of your own. docs/generated/assumptions.md explains the fields.
# Change what you want to change, and write the source and the reason of it. Tables that you leave
# as they are may be deleted: they are then taken from the set that "from" names.
"""


def to_toml(values: AssumptionSet, *, name: str | None = None, base: str = DEFAULT_SET) -> str:
    """Return the text of a file with every table of a set.

    Parameters
    ----------
    values
        The set, with the user's changes.
    name
        Name of the set in the file; that of `values` by default.
    base
        Name of the set that provides the tables which a user deletes from the file.
    """
    own = name or values.name
    title = values.title if own == values.name else f"{own}, from {values.name}"
    if values.changed:
        title = f"{own}, {values.name} with {len(values.changed)} changed"
    head = {
        "name": own,
        "title": title,
        "label": values.label,
        "about": values.about or None,
        "from": base,
    }
    tables = [
        toml_table("[[assumption]]", {field: getattr(item, field) for field in _FIELDS})
        for item in values.items
    ]
    return _HEADING + "\n".join([toml_table("", head), *tables])


def save_new(name: str, text: str) -> Path:
    """Save the text of a set as a new file of the user's own and return its path.

    Raises
    ------
    InputDataError
        If the name is not valid, or a set of that name exists: nothing is overwritten.
    """
    if not NAME.fullmatch(name) or name in _DEVICES:
        msg = (
            f"{toml_files.shown_value(name)} cannot name a set. Use small letters, digits and "
            "hyphens, such as my-city."
        )
        raise InputDataError(msg)
    if store.find(f"{FOLDER}/{name}.toml") is not None:
        msg = f"There is an assumption set {name!r} already. Choose another name."
        raise InputDataError(msg)
    path = store.home_dir() / FOLDER / f"{name}.toml"
    store.write_text(path, text)
    return path


@dataclass(frozen=True)
class Difference:
    """One field in which two sets differ; None where a set lacks the key."""

    key: str
    field: str
    first: str | float | None
    second: str | float | None


def differences(first: AssumptionSet, second: AssumptionSet) -> tuple[Difference, ...]:
    """Return every field in which two sets differ, sorted by key."""
    found = []
    for key in sorted({item.key for item in (*first.items, *second.items)}):
        one, other = first.get(key), second.get(key)
        for field in _COMPARED:
            values = tuple(getattr(side, field) if side else None for side in (one, other))
            if values[0] != values[1]:
                found.append(Difference(key, field, *values))
    return tuple(found)


def shown(value: str | float | None) -> str:
    """Return a value as shown in a table."""
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float | int) else plain(value)
