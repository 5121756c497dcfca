"""Read claims from files, and select among them.

Claims are in ``geodata/evidence/``, one file per city and one for the whole country, and in
``evidence/`` among the user's own data. A claim about the country belongs to every city that it
covers. Counts are derived in `toolkit.evidence.count`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict

from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.record import Record
from toolkit.evidence.claim import (
    COUNTRY,
    ID_PATTERN,
    NOWHERE,
    SEPARATE_SCOPES,
    Capability,
    Claim,
    Level,
    RecordId,
    Source,
    problems_of_names,
)
from toolkit.evidence.makers import load_makers
from toolkit.evidence.observations import Observation

EVIDENCE_FORMAT = "camera-exposure.evidence/1"
NATIONAL = "national"
"""City id of claims about the whole country, which reach cities but give no city's count."""

_FOLDER = "evidence"
_TOP_LEVEL = ("format", "city", "cities", "licence", "read_until", "source", "claim", "observation")


class _File(Record):
    model_config = ConfigDict(extra="ignore")

    format: Literal["camera-exposure.evidence/1"]
    city: RecordId
    cities: tuple[RecordId, ...] = ()
    """National file only: the cities of the country, those a claim can cover."""
    read_until: dt.date | None = None


def _own_folder() -> Path:
    return store.home_dir() / _FOLDER


def load_claims(city_id: str, own: Path | None = None) -> tuple[Claim, ...]:
    """Return the claims about one city and those about the country that cover it, sorted by id.

    Parameters
    ----------
    city_id
        Id of a city, see `toolkit.streets.cities.find_city`, or `NATIONAL`.
    own
        Folder with one file per city, used instead of the user's own.

    Returns
    -------
    claims
        Built-in ones and the user's; a user's claim replaces a built-in one of the same id. Those
        about the country have `NATIONAL` as their city. Empty if nothing is reported.

    Raises
    ------
    InputDataError
        If a file cannot be used; all problems at once, each with its place.

    Examples
    --------
    >>> sorted({claim.city for claim in load_claims("dawei")})
    ['dawei', 'national']
    """
    if city_id == NATIONAL:
        return load_national(own)
    national, cities = _national(own)
    covering = {c.id: c for c in national if city_id in covered_cities(c, cities)}
    own_claims = _file_claims(city_id, own, {claim.id for claim in national})
    merged = covering | {claim.id: claim for claim in own_claims}
    return tuple(merged[name] for name in sorted(merged))


def load_file_claims(city_id: str, own: Path | None = None) -> tuple[Claim, ...]:
    """Return the claims in the files of one city alone, without those about the country.

    Parameters, order and errors are those of `load_claims`.
    """
    if city_id == NATIONAL:
        return load_national(own)
    return _file_claims(city_id, own, {claim.id for claim in load_national(own)})


def load_national(own: Path | None = None) -> tuple[Claim, ...]:
    """Return the claims about the whole country, sorted by id; see `load_claims`."""
    return _national(own)[0]


def national_cities(own: Path | None = None) -> tuple[str, ...]:
    """Return the ids of the cities of the country, as the national files list them, sorted."""
    return tuple(sorted(_national(own)[1]))


def covered_cities(claim: Claim, cities: Iterable[str]) -> frozenset[str]:
    """Return the cities that a claim is about.

    Parameters
    ----------
    claim
        A claim about a city or about the country.
    cities
        The cities of the country.
    """
    if claim.city != NATIONAL:
        return frozenset({claim.city})
    if claim.covers == (NOWHERE,):
        return frozenset()
    return frozenset(cities if claim.covers in ((), (COUNTRY,)) else claim.covers)


def of_reported_system(claims: Iterable[Claim], scope: str | None = None) -> tuple[Claim, ...]:
    """Return the claims that may set a city's count, in the order given.

    Left out are claims about the whole country, and those about cameras that owners were ordered
    to put up, registers and checkpoints; unless `scope` is one of these, which is then alone.

    Parameters
    ----------
    claims
        Claims about one city.
    scope
        Whose cameras are counted; None for the reported system.
    """
    local = (claim for claim in claims if claim.city != NATIONAL)
    if scope in SEPARATE_SCOPES:
        return tuple(claim for claim in local if claim.scope == scope)
    return tuple(claim for claim in local if claim.scope not in SEPARATE_SCOPES)


def _national(own: Path | None) -> tuple[tuple[Claim, ...], frozenset[str]]:
    """Return the claims about the country, sorted by id, and the cities of the country."""
    problems: list[str] = []
    merged, cities = _merged(NATIONAL, own, problems)
    problems.extend(_problems_of_references(merged, set(merged)))
    problems.extend(_problems_of_covers(merged.values(), cities))
    toml_files.fail_if_any(problems, "The evidence about the country")
    return tuple(merged[name] for name in sorted(merged)), frozenset(cities)


def _file_claims(city_id: str, own: Path | None, others: set[str]) -> tuple[Claim, ...]:
    """Return the claims of one city, which may refer to `others`, sorted by id."""
    problems: list[str] = []
    merged, _ = _merged(city_id, own, problems)
    problems.extend(_problems_of_references(merged, {*merged, *others}))
    toml_files.fail_if_any(problems, f"The evidence about {city_id}")
    return tuple(merged[name] for name in sorted(merged))


def _merged(
    city_id: str, own: Path | None, problems: list[str]
) -> tuple[dict[str, Claim], set[str]]:
    """Return claims and listed cities of the built-in and the user's file; add to `problems`."""
    if not re.fullmatch(ID_PATTERN, city_id):
        msg = f"{toml_files.shown_value(city_id)} is not the id of a city. Look it up first."
        raise InputDataError(msg)
    merged: dict[str, Claim] = {}
    cities: set[str] = set()
    folders = ((store.builtin_dir() / _FOLDER, "built in"), (own or _own_folder(), "your own"))
    for folder, owner in folders:
        path = folder / f"{city_id}.toml"
        if path.is_file():
            table = toml_files.read_table(path, f"evidence/{city_id}.toml ({owner})")
            cities.update(_cities_of(table))
            merged |= {claim.id: claim for claim in _claims_of(table, problems)}
            if table.data.get("city") not in (city_id, None):
                problems.append(
                    f"{table.shown}, city: it is {toml_files.shown_value(table.data['city'])} in "
                    f"the file of {city_id}. Rename the file or mend the city."
                )
    return merged, cities


def _cities_of(table: toml_files.TomlFile) -> tuple[str, ...]:
    """Return the cities that a national file lists; a wrong list is a problem of its head."""
    listed = table.data.get("cities", ())
    return tuple(str(name) for name in listed) if isinstance(listed, list) else ()


def _problems_of_covers(claims: Iterable[Claim], cities: Iterable[str]) -> list[str]:
    """Return a problem for each city under `covers` that no national file lists."""
    known = sorted(cities)
    return [
        f"claim {claim.id}, covers: {toml_files.shown_value(name)} is not among the cities of "
        f"the file. {toml_files.near(name, known)}"
        for claim in claims
        for name in claim.covers
        if name not in known and name not in (COUNTRY, NOWHERE)
    ]


def read_until(own: Path | None = None) -> dt.date:
    """Return the day until which reports were read: the later one of the two national files.

    Parameters
    ----------
    own
        See `load_claims`.

    Raises
    ------
    InputDataError
        If a file cannot be used, or neither has the day.
    """
    problems: list[str] = []
    days = []
    for folder in (store.builtin_dir() / _FOLDER, own or _own_folder()):
        path = folder / f"{NATIONAL}.toml"
        if path.is_file():
            table = toml_files.read_table(path, f"evidence/{path.name}")
            head = toml_files.parsed(_File, table.data, table.shown, problems)
            days += [head.read_until] if head and head.read_until else []
    toml_files.fail_if_any(problems, "The evidence about the country")
    if not days:
        msg = f"evidence/{NATIONAL}.toml has no read_until. Add the day, such as 2026-11-29."
        raise InputDataError(msg)
    return max(days)


def built_in_claims(city_id: str) -> tuple[Claim, ...]:
    """Return the built-in claims about one city, without the user's own, in the order of the file.

    Raises
    ------
    InputDataError
        If the file cannot be used.
    """
    path = store.builtin_dir() / _FOLDER / f"{city_id}.toml"
    return _kept_claims(path, path.stat().st_mtime_ns) if path.is_file() else ()


@lru_cache(maxsize=64)
def _kept_claims(path: Path, changed_ns: int) -> tuple[Claim, ...]:
    """Return the claims of a file; `changed_ns` makes a changed one be read again."""
    del changed_ns
    return read_claims(path)


def load_observations(city_id: str, own: Path | None = None) -> tuple[Observation, ...]:
    """Return the user's own counts in the streets of a city, in the order of the file.

    Parameters
    ----------
    city_id, own
        See `load_claims`.

    Raises
    ------
    InputDataError
        If the user's file cannot be used; all problems at once, each with its place.
    """
    path = (own or _own_folder()) / f"{city_id}.toml"
    if not re.fullmatch(ID_PATTERN, city_id) or not path.is_file():
        return ()
    table = toml_files.read_table(path, f"evidence/{city_id}.toml (your own)")
    problems: list[str] = []
    found = _observations_of(table, problems)
    toml_files.fail_if_any(problems, f"The evidence about {city_id}")
    return found


def parse_evidence(table: toml_files.TomlFile, others: Iterable[str]) -> tuple[Claim, ...]:
    """Validate a table of evidence as a whole and return its claims, in its order.

    Parameters
    ----------
    table
        The parsed file.
    others
        Ids of claims outside the table that it may refer to.

    Raises
    ------
    InputDataError
        If it cannot be used; all problems at once, each with its place.
    """
    problems: list[str] = []
    claims = _claims_of(table, problems)
    merged = {claim.id: claim for claim in claims}
    problems.extend(_problems_of_references(merged, {*merged, *others}))
    toml_files.fail_if_any(problems, table.shown)
    return claims


def read_claims(path: Path) -> tuple[Claim, ...]:
    """Read one file of claims on its own, in its order.

    Raises
    ------
    InputDataError
        If it cannot be used; all problems at once, each with its place.
    """
    table = toml_files.read_table(store.local_file(path), path.name)
    problems: list[str] = []
    claims = _claims_of(table, problems)
    toml_files.fail_if_any(problems, table.shown)
    return claims


def _claims_of(table: toml_files.TomlFile, problems: list[str]) -> tuple[Claim, ...]:
    """Return the claims of one file; add to `problems`."""
    problems.extend(toml_files.unknown_keys(table, _TOP_LEVEL))
    head = toml_files.parsed(_File, table.data, table.shown, problems)
    city = head.city if head else "unknown"
    if head and head.cities and city != NATIONAL:
        problems.append(f"{table.shown}, cities: only the file of {NATIONAL} has it. Leave it out.")
    sources = _sources_of(table, problems)
    makers = load_makers()
    claims: dict[str, Claim] = {}
    for index, row in enumerate(toml_files.rows_of(table, "claim", problems)):
        place = table.place("claim", index, row)
        if not isinstance(row, dict):
            problems.append(f"{place}: a claim is a table of fields. Write it as [[claim]].")
            continue
        filled: dict[str, object] = {"city": city, **row}
        named = row.get("source")
        if isinstance(named, str):
            # A source that is unknown, or already reported as invalid, must not hide the other
            # problems of the claim: a placeholder lets the rest be validated.
            if named not in sources:
                shown = toml_files.shown_value(named)
                problems.append(
                    f"{place}, source: no [source] table is called {shown}. "
                    f"{toml_files.near(named, sources)}"
                )
            placeholder = {"id": "stand-in", "publisher": "?", "title": "?", "date": "unknown"}
            filled["source"] = sources.get(named) or placeholder
        claim = toml_files.parsed(Claim, filled, place, problems)
        if claim is None:
            continue
        if claim.id in claims:
            problems.append(f"{place}, id: it stands twice in this file. Give another id.")
        if claim.city != city:
            problems.append(f"{place}, city: it is not that of the file, {city}. Leave it out.")
        if claim.covers and claim.city != NATIONAL:
            problems.append(f"{place}, covers: only a claim about the country has it.")
        problems.extend(f"{place}, {problem}" for problem in problems_of_names(claim, makers))
        claims[claim.id] = claim
    _observations_of(table, problems)
    return tuple(claims.values())


def _observations_of(table: toml_files.TomlFile, problems: list[str]) -> tuple[Observation, ...]:
    """Return the ``[[observation]]`` rows of one file; add to `problems`."""
    rows = toml_files.rows_of(table, "observation", problems)
    found = (
        toml_files.parsed(Observation, row, table.place("observation", i, row), problems)
        for i, row in enumerate(rows)
    )
    return tuple(observation for observation in found if observation is not None)


def _sources_of(table: toml_files.TomlFile, problems: list[str]) -> dict[str, Source | None]:
    """Return the ``[source.ID]`` tables by id, None for an invalid one."""
    rows = table.data.get("source", {})
    if not isinstance(rows, dict):
        problems.append(f"{table.shown}: write each source as a table, [source.NAME].")
        return {}
    return {
        name: toml_files.parsed(
            Source,
            {"id": name} | row if isinstance(row, dict) else row,
            f"{table.shown}, source.{name}",
            problems,
        )
        for name, row in rows.items()
    }


def _problems_of_references(claims: Mapping[str, Claim], known: set[str]) -> list[str]:
    """Return a problem for each reference to an unknown claim, and for each cycle."""
    problems: list[str] = []
    for claim in claims.values():
        for field in ("supersedes", "contradicts"):
            problems.extend(
                f"claim {claim.id}, {field}: no claim has the id {name!r}. "
                f"{toml_files.near(name, known)}"
                for name in getattr(claim, field)
                if name not in known
            )
        seen, front = set(), set(claim.supersedes)
        while front:
            seen |= front
            front = {n for f in front if f in claims for n in claims[f].supersedes} - seen
        if claim.id in seen:
            problems.append(f"claim {claim.id}, supersedes: it comes back to itself. Break it up.")
    return problems


def known_by(claims: Iterable[Claim], as_of: dt.date) -> tuple[Claim, ...]:
    """Return the claims that had certainly been made by a date, sorted by id.

    A claim of unknown date is kept: it is listed, but never gives a count.
    """
    kept = [c for c in claims if c.said.latest is None or c.said.latest <= as_of]
    return tuple(sorted(kept, key=lambda c: c.id))


def not_superseded(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return the claims that no other of `claims` supersedes, sorted by id."""
    everything = sorted(claims, key=lambda c: c.id)
    replaced = {name for claim in everything for name in claim.supersedes}
    return tuple(claim for claim in everything if claim.id not in replaced)


def private_cameras_ordered(claims: Iterable[Claim], as_of: dt.date) -> bool:
    """Return whether owners are known by a date to have been ordered to put up cameras."""
    return any(claim.scope == "compelled_private" for claim in known_by(claims, as_of))


def contradictions(claims: Iterable[Claim]) -> tuple[tuple[str, ...], ...]:
    """Return the pairs of ids of contradicting claims, both among `claims`, sorted."""
    everything = tuple(claims)
    present = {claim.id for claim in everything}
    pairs = {
        (min(claim.id, other), max(claim.id, other))
        for claim in everything
        for other in claim.contradicts
        if other in present
    }
    return tuple(sorted(pairs))


TIER_CAPABILITY: dict[Literal["face", "plate"], Capability] = {
    "face": "face_recognition",
    "plate": "plate_reading",
}
"""Capability on which the figures of a tier rest."""


def capability_level(
    claims: Iterable[Claim], *, as_of: dt.date | None = None
) -> dict[Literal["face", "plate"], Literal["city", "programme", "denied", "none"]]:
    """Return the level at which face recognition and plate reading are reported for a city.

    Parameters
    ----------
    claims
        Claims about the city.
    as_of
        Date after which claims are ignored; None for no such date.

    Returns
    -------
    level
        ``city``: reported for this city, as installed or in its tender; ``programme``: reported
        for the programme it belongs to, or only announced for the city; ``denied``: only denied;
        ``none``: not mentioned. A denial never cancels a report. Claims about the country count
        like those about the city, unless they deny; those about registers and private cameras do
        not.
    """
    known = not_superseded(claims if as_of is None else known_by(claims, as_of))
    # A maker's denial for the whole country is none for this city.
    everything = [
        claim
        for claim in known
        if claim.scope not in SEPARATE_SCOPES
        and not (claim.city == NATIONAL and claim.level == "denied")
    ]

    def best(capability: Capability) -> Literal["city", "programme", "denied", "none"]:
        levels = {_effective_level(c) for c in everything if capability in c.capability}
        for level in ("city", "programme", "denied"):
            if level in levels:
                return level
        return "none"

    return {tier: best(capability) for tier, capability in TIER_CAPABILITY.items()}


def _effective_level(claim: Claim) -> Level | None:
    """Return the level of a claim; a mere announcement for a city counts as programme."""
    if claim.level == "city" and claim.status in ("planned", "talks"):
        return "programme"
    return claim.level


def evidence_sha256(claims: Iterable[Claim]) -> str:
    """Return the SHA-256 of the content of claims, whatever their order."""
    rows = sorted((c.model_dump(mode="json") for c in claims), key=lambda row: str(row["id"]))
    return store.sha256_bytes(store.canonical_json(rows))
