"""Assumption sets: every uncertain value with its range, unit, layer, source and reason.

A set is a TOML file with one ``[[assumption]]`` table per value. It may extend another set
(``from = "central"``) and then holds only the tables that differ. It is read once, checked as a
whole against the built-in central set, and passed on as a frozen value; there are no settings
anywhere else in the toolkit. Sets of fixed rules, which reproduce other people's methods, have a
schema of their own: `toolkit.fixed_rules.sets`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from toolkit.assumptions.value import Assumption, misfits
from toolkit.base import store, toml_files
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.escape import plain

DEFAULT_SET: Final = "central"
FOLDER: Final = "assumptions"
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
TOP_LEVEL: Final = ("kind", "name", "title", "label", "about", "from", "assumption")

Kind = Literal["probabilistic", "deterministic"]
Label = Literal["minimal"]

MINIMAL: Final[Label] = "minimal"
"""Label of a set of lowest exposure, inherited by every set that extends it."""

_MAX_EXTENDS: Final = 8
"""Maximum length of a chain of sets that extend one another."""


@dataclass(frozen=True)
class AssumptionSet:
    """A validated set of assumptions, with the user's changes.

    Attributes
    ----------
    items
        Assumptions in the order of the files.
    changed
        Keys and values fixed by the user, sorted by key.
    label
        ``minimal`` for a set of lowest exposure: every output must say so.
    extends
        Name of the set that it extends, if any.
    """

    name: str
    title: str
    items: tuple[Assumption, ...]
    changed: tuple[tuple[str, float], ...] = ()
    label: Label | None = None
    about: str = ""
    extends: str | None = None

    @cached_property
    def _by_key(self) -> dict[str, Assumption]:
        return {item.key: item for item in self.items}

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of all values in key order, whatever the order and comments of the files."""
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

    def get(self, key: str) -> Assumption | None:
        """Return one assumption, or None where the set has no such key."""
        return self._by_key.get(key)

    def value(self, key: str) -> float:
        """Return the central value of one assumption."""
        return self[key].value

    def source(self, key: str) -> str:
        """Return the source of one assumption."""
        return self[key].source

    def draw(self, key: str, design: Design) -> FloatArray:
        """Return draws of one assumption over the ignorance layer, shape (n_draws,)."""
        return self[key].quantile(design.column(f"assumption:{key}"))

    def with_changes(self, changes: Mapping[str, float]) -> AssumptionSet:
        """Return the set with some values fixed by the user.

        Raises
        ------
        InputDataError
            If a key is unknown, a value is outside its range, or the values contradict one
            another; all problems at once.
        """
        problems = []
        for key, value in sorted(changes.items()):
            known = self._by_key.get(key)
            if known is None:
                problems.append(
                    f"{toml_files.shown_value(key)}: there is no such assumption. "
                    f"{toml_files.near(key, self._by_key)}"
                )
            elif not known.low <= value <= known.high:
                problems.append(
                    f"{key}: {value:g} is outside {known.low:g} to {known.high:g} {known.unit}"
                )
        items = tuple(
            item.model_copy(update={"value": float(changes[item.key]), "distribution": "fixed"})
            if item.key in changes
            else item
            for item in self.items
        )
        if not problems:
            problems = misfits(items)
        if problems:
            msg = f"These changes of the set {self.name!r} cannot be used: " + "; ".join(problems)
            raise InputDataError(msg)
        merged = dict(self.changed) | {key: float(value) for key, value in changes.items()}
        return AssumptionSet(
            self.name,
            self.title,
            items,
            tuple(sorted(merged.items())),
            self.label,
            self.about,
            self.extends,
        )


@dataclass(frozen=True)
class SetFile:
    """The file of a set that can be referred to by name.

    Attributes
    ----------
    own
        Whether it is the user's own.
    """

    name: str
    kind: Kind
    title: str
    label: str | None
    path: Path
    own: bool


def list_sets() -> tuple[SetFile, ...]:
    """Return all sets that can be referred to by name, probabilistic ones first, sorted by name.

    A user's own set replaces the built-in one of its name. A file that cannot be read is left
    out; `load_assumptions` reports what is wrong with it.
    """
    found: dict[str, SetFile] = {}
    for root, own in ((store.home_dir(), True), (store.builtin_dir(), False)):
        for path in sorted((root / FOLDER).glob("*.toml")):
            if path.stem in found or not NAME.fullmatch(path.stem) or not path.is_file():
                continue
            try:
                data = toml_files.read_table(path, path.name).data
            except InputDataError:
                continue
            kind: Kind = "deterministic" if data.get("kind") == "deterministic" else "probabilistic"
            label = MINIMAL if MINIMAL in (data.get("label"), path.stem) else None
            title = plain(data.get("title", ""))
            found[path.stem] = SetFile(path.stem, kind, title, label, path, own)
    return tuple(sorted(found.values(), key=lambda s: (s.kind != "probabilistic", s.name)))


def find_set(name: str) -> Path:
    """Return the file of a set, given by name or as the path of a ``.toml`` file.

    Raises
    ------
    NotFoundError
        If there is no set of that name; the message lists the known ones.
    InputDataError
        If the path is not that of a plain local file.
    """
    if name.endswith(".toml"):
        return store.local_file(name)
    found = store.find(f"{FOLDER}/{name}.toml") if NAME.fullmatch(name) else None
    if found is None:
        names = ", ".join(known.name for known in list_sets())
        msg = (
            f"There is no assumption set {toml_files.shown_value(name)}. Known are: {names}; "
            "or give a .toml file."
        )
        raise NotFoundError(msg)
    return found


def load_assumptions(
    name: str = DEFAULT_SET, changes: Mapping[str, float] | None = None
) -> AssumptionSet:
    """Read an assumption set and apply the user's changes.

    Parameters
    ----------
    name
        Name of a set, or path of a ``.toml`` file.
    changes
        Values to fix, by key.

    Raises
    ------
    NotFoundError
        If there is no set of that name.
    InputDataError
        If the file or a change cannot be used; all problems at once, each with its place.

    Examples
    --------
    >>> values = load_assumptions("central", {"optics.height_m": 8.0})
    >>> values["optics.height_m"].distribution, values.value("optics.height_m")
    ('fixed', 8.0)
    """
    loaded = read_set(find_set(name))
    return loaded.with_changes(changes) if changes else loaded


def usual_sha256() -> str:
    """Return the SHA-256 of the built-in central set, whatever stands in the user's own folder."""
    return _sha256_of(store.builtin_dir() / FOLDER / f"{DEFAULT_SET}.toml", _reference_file())


@lru_cache(maxsize=1)
def _sha256_of(path: Path, content: bytes) -> str:
    del content  # a changed file is read again
    return read_set(path).sha256


def read_set(path: Path) -> AssumptionSet:
    """Read the set in a file, including what it inherits from the sets that it extends.

    Raises
    ------
    InputDataError
        If it cannot be used; all problems at once, each with its place.
    """
    problems: list[str] = []
    shown = path.name
    found = _read(path, (), problems)
    if not problems:
        reference = _reference()
        missing = [key for key in reference if key not in found.items]
        if missing:
            problems.append(
                f"{shown}: these keys are missing: {', '.join(missing)}. Add a table for each, or "
                f'take them from another set with from = "{DEFAULT_SET}".'
            )
        problems += [f"{shown}: {text}." for text in misfits(found.items.values())]
    toml_files.fail_if_any(problems, f"The assumption set {shown}")
    return AssumptionSet(
        name=found.name,
        title=found.title,
        items=tuple(found.items.values()),
        label=found.label,
        about=found.about,
        extends=found.extends,
    )


class _Head(BaseModel):
    """Top-level keys of a set."""

    model_config = ConfigDict(extra="ignore")

    kind: Literal["probabilistic"] = "probabilistic"
    name: Annotated[str, Field(pattern=rf"^{NAME.pattern}$")] | None = None
    title: Annotated[str, Field(max_length=300)] = ""
    about: Annotated[str, Field(max_length=5000)] = ""
    label: Label | None = None
    from_: Annotated[str, Field(pattern=rf"^{NAME.pattern}$")] | None = Field(
        default=None, alias="from"
    )


@dataclass(frozen=True)
class _Found:
    """A set as far as it could be read; problems are reported separately."""

    name: str
    title: str
    about: str
    label: Label | None
    extends: str | None
    items: dict[str, Assumption]


def _read(path: Path, chain: tuple[Path, ...], problems: list[str]) -> _Found:
    """Read a file, and before it the set that it extends; add to `problems`."""
    table = toml_files.read_table(path, path.name)
    stem = re.sub(r"[^a-z0-9]+", "-", path.stem.lower()).strip("-")[:64].strip("-") or "own"
    if table.data.get("kind") == "deterministic":
        msg = (
            f'{table.shown} is a set of fixed rules (kind = "deterministic"): it has no '
            "probabilities. Use it with the command zones, or name another set here."
        )
        raise InputDataError(msg)
    problems.extend(toml_files.unknown_keys(table, TOP_LEVEL))
    head = toml_files.parsed(_Head, table.data, table.shown, problems) or _Head()
    items, label = {}, head.label
    if head.from_:
        base = _base(head.from_, (*chain, path), table.shown, problems)
        if base is not None:
            items, label = dict(base.items), label or base.label
    name = head.name or stem
    items |= _own_items(table, extends="from" in table.data, problems=problems)
    if MINIMAL in (name, path.stem):
        label = MINIMAL
    return _Found(name, plain(head.title), plain(head.about), label, head.from_, items)


def _base(name: str, chain: tuple[Path, ...], shown: str, problems: list[str]) -> _Found | None:
    """Read the set that a file extends; a user's set may extend the built-in set of its name."""
    places = [root / FOLDER / f"{name}.toml" for root in (store.home_dir(), store.builtin_dir())]
    known = [path for path in places if path.is_file()]
    seen = {path.resolve() for path in chain}
    free = [path for path in known if path.resolve() not in seen]
    if not known:
        names = [found.name for found in list_sets() if found.kind == "probabilistic"]
        problems.append(
            f"{shown}, from: there is no assumption set {name!r}. {toml_files.near(name, names)}"
        )
    elif not free or len(chain) > _MAX_EXTENDS:
        steps = " -> ".join([*(path.stem for path in chain), name])
        problems.append(
            f"{shown}, from: the sets extend one another in a circle or too far ({steps}). Mend it."
        )
    else:
        return _read(free[0], chain, problems)
    return None


def _own_items(
    table: toml_files.TomlFile, *, extends: bool, problems: list[str]
) -> dict[str, Assumption]:
    """Return the assumptions of one file by key, checked against the central set."""
    items, found = _checked_items(table.shown, table.text, extends, _reference_file())
    problems.extend(found)
    return dict(items)


@lru_cache(maxsize=16)
def _checked_items(
    shown: str, text: str, extends: bool, reference: bytes
) -> tuple[tuple[tuple[str, Assumption], ...], tuple[str, ...]]:
    """Return the assumptions in the text of a file by key, and the problems with them.

    Cached: each question, and each run of a page, reads the same files.
    """
    table = toml_files.TomlFile(shown, tomllib.loads(text), text)
    problems: list[str] = []
    rows = toml_files.rows_of(table, "assumption", problems)
    if not rows and not extends:
        problems.append(
            f'{shown}: it has no [[assumption]] tables. Add them, or write from = "{DEFAULT_SET}".'
        )
    items: dict[str, Assumption] = {}
    for index, row in enumerate(rows):
        key = row.get("key") if isinstance(row, dict) else None
        place = table.place("assumption", index, {"id": key})
        item = toml_files.parsed(Assumption, row, place, problems)
        if item is None:
            continue
        if item.key in items:
            problems.append(f"{place}, key: the key stands twice. Leave one of the two out.")
        items[item.key] = item
        problems.extend(_against_reference(item, place, _keys_of(reference)))
    return tuple(items.items()), tuple(problems)


def _reference_file() -> bytes:
    return (store.builtin_dir() / FOLDER / f"{DEFAULT_SET}.toml").read_bytes()


def _reference() -> dict[str, tuple[object, object]]:
    """Return layer and unit of each key of the model, which are those of the central set."""
    return _keys_of(_reference_file())


@lru_cache(maxsize=1)
def _keys_of(data: bytes) -> dict[str, tuple[object, object]]:
    rows = tomllib.loads(data.decode())["assumption"]
    return {row["key"]: (row["layer"], row["unit"]) for row in rows}


def _against_reference(
    item: Assumption, place: str, reference: dict[str, tuple[object, object]]
) -> list[str]:
    """Return the problems of one assumption: an unknown key, another layer or another unit."""
    known = reference.get(item.key)
    if known is None:
        hint = toml_files.near(item.key, reference)
        return [f"{place}, key: there is no assumption {item.key!r} in the central set. {hint}"]
    return [
        f"{place}, {field}: it is {mine!r}, and the model takes {theirs!r}. Write that."
        for field, mine, theirs in (
            ("layer", item.layer, known[0]),
            ("unit", item.unit, known[1]),
        )
        if mine != theirs
    ]
