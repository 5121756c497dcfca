"""Assumption sets: every uncertain value with its range, unit, layer, source and reason.

A set is a TOML file with one ``[[assumption]]`` table per value. It is read once, checked whole,
and passed on as a frozen value; nothing else in the toolkit holds a setting.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from scipy import stats

from toolkit import store
from toolkit._errors import InputDataError, NotFoundError
from toolkit.draws import Design, FloatArray

DEFAULT_SET = "central"

Layer = Literal["ignorance", "encounter", "definition"]
Distribution = Literal["fixed", "uniform", "loguniform", "triangular", "normal", "lognormal"]

_Z95 = float(stats.norm.ppf(0.95))


class Assumption(BaseModel):
    """One value.

    Attributes
    ----------
    key
        Dotted name, such as ``optics.height_m``.
    value
        Central value: the definition, the mode of a triangle, the median of a (log)normal.
    low, high
        Ends of the range; for ``normal`` and ``lognormal`` the 5 and 95 % points.
    layer
        ``ignorance`` (drawn once per city), ``encounter`` (new at each passing), ``definition``
        (what a word means; shown side by side, never averaged).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    layer: Layer
    unit: str
    value: float
    low: float
    high: float
    distribution: Distribution = "fixed"
    source: str
    reason: str

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        if not self.low <= self.value <= self.high:
            msg = f"low <= value <= high does not hold ({self.low}, {self.value}, {self.high})"
            raise ValueError(msg)
        if self.distribution in ("loguniform", "lognormal") and self.low <= 0:
            msg = f"a {self.distribution} range must be above zero, and low is {self.low}"
            raise ValueError(msg)
        if self.layer == "definition" and self.distribution != "fixed":
            msg = "a definition is not drawn: its distribution must be fixed"
            raise ValueError(msg)
        if not self.source.strip() or not self.reason.strip():
            msg = "source and reason must say something"
            raise ValueError(msg)
        return self

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Return the value at each probability, shape as given."""
        low, mode, high = self.low, self.value, self.high
        if self.distribution == "fixed" or low == high:
            return np.full_like(probability, mode)
        match self.distribution:
            case "uniform":
                values = stats.uniform.ppf(probability, low, high - low)
            case "loguniform":
                values = stats.loguniform.ppf(probability, low, high)
            case "triangular":
                values = stats.triang.ppf(probability, (mode - low) / (high - low), low, high - low)
            case "normal":
                values = stats.norm.ppf(probability, mode, (high - low) / (2 * _Z95))
            case "lognormal":
                spread = np.log(high / low) / (2 * _Z95)
                values = stats.lognorm.ppf(probability, spread, scale=mode)
        return np.asarray(values, dtype=float)


@dataclass(frozen=True)
class AssumptionSet:
    """A checked set of assumptions, with what the user changed in it."""

    name: str
    title: str
    items: tuple[Assumption, ...]
    changed: tuple[tuple[str, float], ...] = ()

    @cached_property
    def _by_key(self) -> dict[str, Assumption]:
        return {item.key: item for item in self.items}

    @cached_property
    def sha256(self) -> str:
        """Hash of every value in force, in key order; comments and order do not matter."""
        rows = sorted((item.model_dump(mode="json") for item in self.items), key=lambda r: r["key"])
        return store.sha256_bytes(store.canonical_json(rows))

    def __getitem__(self, key: str) -> Assumption:
        """Return one assumption.

        Raises
        ------
        NotFoundError
            If the set has no such key.
        """
        try:
            return self._by_key[key]
        except KeyError:
            msg = f"The assumption set {self.name!r} has no key {key!r}."
            raise NotFoundError(msg) from None

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""
        return self[key].value

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return one assumption drawn over the ignorance layer, shape (n_draws,)."""
        return self[key].quantile(design.column(f"assumption:{key}"))

    def with_changes(self, changes: Mapping[str, float]) -> AssumptionSet:
        """Return the set with some values fixed by the user.

        Raises
        ------
        InputDataError
            If a key is unknown or a value lies outside the range of the set; all at once.
        """
        problems = []
        for key, value in sorted(changes.items()):
            known = self._by_key.get(key)
            if known is None:
                problems.append(f"{key}: there is no such assumption")
            elif not known.low <= value <= known.high:
                problems.append(
                    f"{key}: {value:g} is outside {known.low:g} to {known.high:g} {known.unit}"
                )
        if problems:
            msg = f"These changes of the set {self.name!r} cannot be used: " + "; ".join(problems)
            raise InputDataError(msg)
        items = tuple(
            item.model_copy(update={"value": changes[item.key], "distribution": "fixed"})
            if item.key in changes
            else item
            for item in self.items
        )
        merged = dict(self.changed) | dict(changes)
        return AssumptionSet(self.name, self.title, items, tuple(sorted(merged.items())))


def load_assumptions(
    name: str = DEFAULT_SET, changes: Mapping[str, float] | None = None
) -> AssumptionSet:
    """Read a named assumption set, or a file, and apply the user's changes.

    Raises
    ------
    NotFoundError
        If there is no set of that name.
    InputDataError
        If the file or a change cannot be used; all problems at once, with their place.
    """
    if name.endswith(".toml"):
        path = store.local_file(name)
    else:
        found = store.find(f"assumptions/{name}.toml") if name.replace("-", "").isalnum() else None
        if found is None:
            msg = f"There is no assumption set {name!r}. Give {DEFAULT_SET!r} or a .toml file."
            raise NotFoundError(msg)
        path = found
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"{path.name} is not a TOML file: {error}. Mend that line and try again."
        raise InputDataError(msg) from error
    loaded = AssumptionSet(
        name=str(data.get("name", path.stem)),
        title=str(data.get("title", "")),
        items=_items(data.get("assumption"), path.name),
    )
    return loaded.with_changes(changes) if changes else loaded


def _items(rows: object, file_name: str) -> tuple[Assumption, ...]:
    """Check every row of a set and collect all problems before failing."""
    if not isinstance(rows, list) or not rows:
        msg = f"{file_name} has no [[assumption]] tables. Add at least one."
        raise InputDataError(msg)
    items: dict[str, Assumption] = {}
    problems = []
    for number, row in enumerate(rows, start=1):
        key = str(row.get("key", "?")) if isinstance(row, dict) else "?"
        try:
            item = Assumption.model_validate(row)
        except ValidationError as error:
            for found in error.errors():
                place = ".".join(str(p) for p in found["loc"]) or "table"
                problems.append(f"table {number} ({key}), {place}: {found['msg']}")
            continue
        if item.key in items:
            problems.append(f"table {number} ({key}): the key stands twice")
        items[item.key] = item
    if problems:
        msg = f"{file_name} cannot be used. " + "; ".join(problems)
        raise InputDataError(msg)
    return tuple(items.values())
