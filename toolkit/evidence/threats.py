"""What cameras are reported to be used for, and which figures answer it.

Threats are in ``geodata/threats.toml``; a file ``threats.toml`` among the user's own data adds to
them, or replaces one of the same id. Each rests on claims and is shown for the cities that these
cover.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from toolkit.base import store, toml_files
from toolkit.base.record import Record
from toolkit.base.terms import Names, Tier
from toolkit.evidence.claim import Claim, RecordId

_FILE = "threats.toml"
_TOP_LEVEL = ("format", "licence", "threat")


class Threat(Record):
    """One use of cameras against people.

    Attributes
    ----------
    name, says
        Name and one sentence by language, in the toolkit's own words.
    claims
        Ids of the claims that it rests on.
    answered_by
        Tier whose figures answer it in part; None if none does.
    asked_on
        Page of the app where a person can ask about it, or the command for it (link); None if
        there is none.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]*$", max_length=40)]
    name: Names
    says: Names
    claims: Annotated[tuple[RecordId, ...], Field(min_length=1)]
    answered_by: Tier | None = None
    asked_on: Literal["route", "place", "vehicles", "link"] | None = None


class _File(Record):
    model_config = ConfigDict(extra="ignore")

    format: Literal["camera-exposure.threats/1"]


def load_threats() -> tuple[Threat, ...]:
    """Return the threats in the order of the file.

    Raises
    ------
    InputDataError
        If a file cannot be used; all problems at once, each with its place.

    Examples
    --------
    >>> [threat.id for threat in load_threats() if threat.answered_by]
    ['vehicles']
    """
    problems: list[str] = []
    merged: dict[str, Threat] = {}
    for root, owner in ((store.builtin_dir(), "built in"), (store.home_dir(), "your own")):
        path = root / _FILE
        if path.is_file():
            table = toml_files.read_table(path, f"{_FILE} ({owner})")
            merged |= _threats_of(table, problems)
    toml_files.fail_if_any(problems, "The list of threats")
    return tuple(merged.values())


def _threats_of(table: toml_files.TomlFile, problems: list[str]) -> dict[str, Threat]:
    """Return the threats of one file by id; add to `problems`."""
    problems.extend(toml_files.unknown_keys(table, _TOP_LEVEL))
    toml_files.parsed(_File, table.data, table.shown, problems)
    found: dict[str, Threat] = {}
    for index, row in enumerate(toml_files.rows_of(table, "threat", problems)):
        place = table.place("threat", index, row)
        threat = toml_files.parsed(Threat, row, place, problems)
        if threat is None:
            continue
        if threat.id in found:
            problems.append(f"{place}, id: there are two of it. Give another id.")
        found[threat.id] = threat
    return found


def threats_for(threats: Iterable[Threat], claims: Iterable[Claim]) -> tuple[Threat, ...]:
    """Return the threats that rest on at least one of some claims, in the order given.

    Parameters
    ----------
    threats
        Threats.
    claims
        Claims about a city, as far as known; those about the country that cover it included.
    """
    known = {claim.id for claim in claims}
    return tuple(threat for threat in threats if known.intersection(threat.claims))
