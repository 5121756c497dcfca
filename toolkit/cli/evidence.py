"""`evidence`: list, check, add, import and export claims and counts."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from toolkit.base.errors import InputDataError, UsageError
from toolkit.cli.common import (
    OK,
    Commands,
    as_of_date,
    local_path,
    print_json,
    print_lines,
    print_table,
)

if TYPE_CHECKING:
    from toolkit.evidence.claim import Claim

_OBSERVATION = {
    "walked_km": "km of street inspected, each once. Example: 5",
    "seen": "cameras seen that may belong to the reported system. Example: 3",
    "recall": "share of cameras noticed, above 0 to 1, if known. Example: 0.7",
    "where": "what the way is a sample of. One of: pack (installed streets), core, township. "
    "Example: core",
    "streets": "kind of street. One of: any, main, local. Example: main",
    "date": "day of the count; today if left out. Example: 2026-05-02",
}


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    from toolkit.evidence.new_claim import FIELDS, help_text

    evidence = commands.add_parser("evidence", help="what is reported, and what you add to it")
    actions = evidence.add_subparsers(required=True, metavar="ACTION")

    listing = actions.add_parser(
        "list", help="list the claims about a city, those about the country that cover it included"
    )
    listing.add_argument("city", metavar="CITY", help="as for assess, or national")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_list)

    check = actions.add_parser("check", help="check a file of claims, or all evidence")
    check.add_argument("file", metavar="FILE", nargs="?", type=local_path, help=".toml or .csv")
    check.set_defaults(run=_check)

    add = actions.add_parser(
        "add",
        help="add one claim, or what was counted, to your own data",
        description="Add one claim, field by field, or a count along a way (--walked-km and "
        "--seen). It is written to your own data on this machine and nowhere else. A count is "
        "stored without its way: say no more than the kind of area.",
    )
    add.add_argument("city", metavar="CITY", help="as for assess, or national")
    said = add.add_argument_group("a claim", "what a source says; * is needed")
    for field in FIELDS:
        said.add_argument(
            _flag(field.name),
            metavar={"number": "N", "date": "DATE", "choice": "VALUE", "text": "TEXT"}[field.form],
            dest=f"field_{field.name}",
            default="",
            help=f"{'* ' if field.needed else ''}{help_text(field)}".replace("%", "%%"),
        )
    counted = add.add_argument_group("a count along a way", "what you counted yourself")
    for name, text in _OBSERVATION.items():
        counted.add_argument(_flag(name), metavar="VALUE", dest=f"seen_{name}", help=text)
    add.set_defaults(run=_add)

    importing = actions.add_parser("import", help="add the claims of a CSV file to your own data")
    importing.add_argument("file", metavar="FILE.csv", type=local_path)
    importing.set_defaults(run=_import)

    exporting = actions.add_parser("export", help="write claims as a CSV file for a spreadsheet")
    exporting.add_argument("file", metavar="FILE.csv", type=local_path)
    exporting.add_argument("--city", metavar="CITY", help="one city only")
    exporting.set_defaults(run=_export)


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _city_id(text: str) -> str:
    from toolkit.assessment.city_data import city_or_pack
    from toolkit.evidence.load import NATIONAL

    return NATIONAL if text.strip().casefold() == NATIONAL else city_or_pack(text).id


def _all_ids() -> list[str]:
    from toolkit.evidence.load import NATIONAL
    from toolkit.streets.cities import load_cities

    return [*(city.id for city in load_cities()), NATIONAL]


def _list(options: argparse.Namespace) -> int:
    from toolkit.evidence.load import contradictions, load_claims, load_observations

    city_id = _city_id(options.city)
    claims, observations = load_claims(city_id), load_observations(city_id)
    if options.json:
        return print_json(
            {
                "city": city_id,
                "claims": [claim.model_dump(mode="json", exclude_none=True) for claim in claims],
                "contradictions": [list(pair) for pair in contradictions(claims)],
                "observations": [o.model_dump(mode="json") for o in observations],
            }
        )
    print_table(
        f"Claims about {city_id}",
        ("claim", "what it says", "status", "figure", "holds for", "source", "grade"),
        [
            (
                claim.id,
                claim.says,
                claim.status or "",
                _figure(claim),
                str(claim.valid or claim.said),
                f"{claim.source.publisher} ({claim.source.date})",
                claim.confidence.grade,
            )
            for claim in claims
        ],
    )
    for one, other in contradictions(claims):
        print_lines(f"Contradiction: {one} and {other}.")
    for o in observations:
        day = o.date.isoformat() if o.date else "no date"
        print_lines(f"Counted: {o.seen} seen on {o.walked_km:g} km ({day}).")
    return OK


def _figure(claim: Claim) -> str:
    from toolkit.evidence.claim import figure_text

    return figure_text(claim.quantity) if claim.quantity else ""


def _check(options: argparse.Namespace) -> int:
    from toolkit.base import toml_files
    from toolkit.evidence.load import load_file_claims, load_observations, read_claims
    from toolkit.evidence.observations import problems_of_date
    from toolkit.evidence.spreadsheet import read_csv

    if options.file is None:
        problems, found, today = [], 0, as_of_date(None)
        for city_id in _all_ids():
            try:
                claims, seen = load_file_claims(city_id), load_observations(city_id)
                found += len(claims) + len(seen)
                late = _ahead(claims)
                late += [f"a count, {one}" for o in seen for one in problems_of_date(o, today)]
                toml_files.fail_if_any(late, f"The evidence about {city_id}")
            except InputDataError as error:
                problems.append(str(error))
        if problems:
            raise InputDataError("\n".join(problems))
        print_lines(f"All evidence is whole: {found} claims and counts.")
        return OK
    reader = read_csv if options.file.suffix.casefold() == ".csv" else read_claims
    claims = reader(options.file)
    toml_files.fail_if_any(_ahead(claims), options.file.name)
    print_lines(f"The file is whole: {len(claims)} claims.")
    return OK


def _ahead(claims: Iterable[Claim]) -> list[str]:
    """Return a problem for each date of what has been said that lies in the future."""
    from toolkit.evidence.claim import problems_of_dates

    today = as_of_date(None)
    return [f"claim {c.id}, {problem}" for c in claims for problem in problems_of_dates(c, today)]


def _add(options: argparse.Namespace) -> int:
    from toolkit.evidence.new_claim import FIELDS

    city_id = _city_id(options.city)
    seen = {name: getattr(options, f"seen_{name}") for name in _OBSERVATION}
    seen = {name: value for name, value in seen.items() if value is not None}
    fields = {name: getattr(options, f"field_{name}") for name in (f.name for f in FIELDS)}
    fields = {name: text for name, text in fields.items() if text}
    if bool(seen) == bool(fields):
        msg = (
            "Give the fields of a claim (--says, --status, --publisher, ...), or what was counted "
            "(--walked-km and --seen); see evidence add --help."
        )
        raise UsageError(msg)
    return _add_observation(city_id, seen) if seen else _add_claim(city_id, fields)


def _add_observation(city_id: str, seen: dict[str, str]) -> int:
    from toolkit.base import toml_files
    from toolkit.evidence.observations import Observation, problems_of_date
    from toolkit.evidence.write import add_observation

    today = as_of_date(None)
    row: dict[str, object] = {"date": today.isoformat(), **seen}
    problems: list[str] = []
    for name, read in (("walked_km", float), ("recall", float), ("seen", int)):
        if name in seen:
            try:
                row[name] = read(seen[name])
            except ValueError:
                problems.append(
                    f"{_flag(name)}: {toml_files.shown_value(seen[name])} is no number."
                )
    observation = None if problems else toml_files.parsed(Observation, row, "the count", problems)
    if observation is not None:
        problems += [f"the count, {problem}" for problem in problems_of_date(observation, today)]
    toml_files.fail_if_any(problems, "The count")
    if observation is not None:
        add_observation(city_id, observation)
    print_lines(f"Added to your own evidence about {city_id}: what was counted.")
    return OK


def _add_claim(city_id: str, fields: dict[str, str]) -> int:
    from toolkit.base import toml_files
    from toolkit.evidence.new_claim import filled, new_claim
    from toolkit.evidence.write import add_claims

    problems: list[str] = []
    claim = new_claim(city_id, fields, problems, today=as_of_date(None))
    toml_files.fail_if_any(problems, "The new claim")
    added = add_claims(city_id, (claim,)) if claim is not None else ()
    if added:
        print_lines(f"Added to your own evidence about {city_id}: {added[0].id}.")
    else:
        known = filled(city_id, fields)["id"]
        print_lines(f"Nothing added: {known} is known already, word for word.")
    return OK


def _import(options: argparse.Namespace) -> int:
    from toolkit.base import toml_files
    from toolkit.evidence.spreadsheet import read_csv
    from toolkit.evidence.write import add_claims, check_new

    by_city: dict[str, list[Claim]] = {}
    for claim in read_csv(options.file):
        by_city.setdefault(claim.city, []).append(claim)
    known = set(_all_ids())
    problems = _ahead(claim for claims in by_city.values() for claim in claims)
    for city_id, claims in by_city.items():
        if city_id not in known:
            problems.append(
                f"city {toml_files.shown_value(city_id)} is not known. "
                f"{toml_files.near(city_id, known)}"
            )
            continue
        try:
            check_new(city_id, claims)
        except InputDataError as error:
            problems += [line.removeprefix("- ") for line in str(error).splitlines()[1:]]
    # All files or none: nothing is written before every city has been checked.
    toml_files.fail_if_any(problems, options.file.name)
    for city_id, claims in by_city.items():
        added = len(add_claims(city_id, claims))
        print_lines(f"{city_id}: {added} added, {len(claims) - added} known already.")
    return OK


def _export(options: argparse.Namespace) -> int:
    from toolkit.base import store
    from toolkit.evidence.load import load_file_claims
    from toolkit.evidence.spreadsheet import to_csv

    ids = [_city_id(options.city)] if options.city else _all_ids()
    claims = [claim for city_id in ids for claim in load_file_claims(city_id)]
    store.write_bytes(options.file, to_csv(claims))
    print_lines(str(options.file))
    return OK
