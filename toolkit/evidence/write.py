"""Add claims and counts to the user's own evidence; nothing in the file is ever changed.

Existing content stays as it is, comments and order included, and new rows are appended. The whole
text is validated before it is written, and it is written atomically.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from toolkit.base import store, toml_files
from toolkit.base.toml_files import toml_table
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import (
    EVIDENCE_FORMAT,
    NATIONAL,
    load_file_claims,
    load_national,
    parse_evidence,
)
from toolkit.evidence.observations import Observation

FOLDER: Final = "evidence"
"""Folder of all evidence of the user's own, below the user's data."""


def own_file(city_id: str) -> Path:
    """Return the path of the user's own evidence about a city, which may not exist yet."""
    return store.home_dir() / FOLDER / f"{city_id}.toml"


def add_claims(city_id: str, claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """Add claims to the user's own file of a city.

    Identical claims are skipped. A claim with the id of a built-in one replaces it.

    Returns
    -------
    added
        The claims that were added; the file is not touched if there are none.

    Raises
    ------
    InputDataError
        If the user's file has a claim of that id with other content, or the evidence would be
        invalid with the new claims; all problems at once, and nothing is written.
    """
    with store.one_writer(FOLDER):
        new, text = check_new(city_id, claims)
        if new:
            store.write_text(own_file(city_id), text)
    return new


def check_new(city_id: str, claims: Sequence[Claim]) -> tuple[tuple[Claim, ...], str]:
    """Return the claims that would be added, and the text of the file with them.

    Raises
    ------
    InputDataError
        As `add_claims`.
    """
    known = {claim.id: claim for claim in load_file_claims(city_id)}
    text = _text_of(own_file(city_id))
    data = tomllib.loads(text)
    own = {str(row.get("id")) for row in data.get("claim", []) if isinstance(row, dict)}
    sources = dict(data.get("source", {}))
    new = tuple(claim for claim in claims if known.get(claim.id) != claim)
    problems: list[str] = []
    parts = [text.rstrip("\n") + "\n" if text else _head(city_id)]
    for claim in new:
        if claim.id in own:
            problems.append(
                f"claim {claim.id}: your own file has one of that id with other content. Give "
                "another id, or mend the file."
            )
        if claim.city != city_id:
            problems.append(f"claim {claim.id}: it is about {claim.city}, not {city_id}.")
        content = claim.source.model_dump(mode="json", exclude={"id"})
        present = sources.get(claim.source.id)
        if present is None:
            sources[claim.source.id] = content
            parts.append(toml_table(f"[source.{claim.source.id}]", content))
        elif {name: str(value) for name, value in present.items()} != content:
            problems.append(
                f"claim {claim.id}: the source {claim.source.id!r} has another publisher, title "
                "or date beside it. Give one of them another id."
            )
        parts.append(toml_table("[[claim]]", _fields(claim)))
    toml_files.fail_if_any(problems, f"The new evidence about {city_id}")
    whole = "\n".join(parts)
    if new:
        _check(city_id, whole, known)
    return new, whole


def add_observation(city_id: str, observation: Observation) -> None:
    """Add a count along a way to the user's own file of a city.

    Raises
    ------
    InputDataError
        If the existing file cannot be used; nothing is written.
    """
    with store.one_writer(FOLDER):
        store.write_text(own_file(city_id), _with_observation(city_id, observation))


def remove_all() -> int:
    """Delete all evidence and counts of the user's own, and return the number of files.

    Raises
    ------
    InputDataError
        See `store.remove_own`.
    """
    return store.remove_own(FOLDER)


def _with_observation(city_id: str, observation: Observation) -> str:
    """Return the text of the user's file with one more count, validated."""
    text = _text_of(own_file(city_id))
    known = {claim.id: claim for claim in load_file_claims(city_id)}
    fields = observation.model_dump(mode="json", exclude_defaults=True)
    parts = [
        text.rstrip("\n") + "\n" if text else _head(city_id),
        toml_table("[[observation]]", _plain_numbers(fields)),
    ]
    whole = "\n".join(parts)
    _check(city_id, whole, known)
    return whole


def _check(city_id: str, text: str, known: Mapping[str, Claim]) -> None:
    """Validate the whole text of a file before it is written."""
    shown = f"evidence/{city_id}.toml (your own, with the new rows)"
    table = toml_files.TomlFile(shown=shown, data=tomllib.loads(text), text=text)
    others = set(known)
    if city_id != NATIONAL:
        others |= {claim.id for claim in load_national()}
    parse_evidence(table, others)


def _text_of(path: Path) -> str:
    """Return the text of the user's file, which must be TOML; empty if there is no file."""
    if not path.is_file():
        return ""
    return toml_files.read_table(path, f"evidence/{path.name} (your own)").text


def _head(city_id: str) -> str:
    return f'format = "{EVIDENCE_FORMAT}"\ncity = "{city_id}"\n'


def _fields(claim: Claim) -> dict[str, object]:
    """Return the fields of a ``[[claim]]`` table, without defaults."""
    data = claim.model_dump(mode="json", exclude_defaults=True, exclude={"city", "source"})
    return {**_plain_numbers(data), "source": claim.source.id}


def _plain_numbers(value: Any) -> Any:  # noqa: ANN401
    """Return a value with whole numbers as integers: 400 instead of 400.0."""
    if isinstance(value, dict):
        return {name: _plain_numbers(inner) for name, inner in value.items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value
