"""`compare`: the difference between two assessments of one city."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, Final

from toolkit.base.errors import InputDataError, ToolkitError, UsageError
from toolkit.cli.common import (
    OK,
    SCOPES,
    Commands,
    busy,
    check_seed,
    local_path,
    print_json_text,
    print_lines,
    question_of,
)

if TYPE_CHECKING:
    from toolkit.assessment.model import Assessment
    from toolkit.assumptions.sets import AssumptionSet
    from toolkit.studies.comparison import Comparison, Difference

_MOST_BYTES: Final = 1 << 26
"""Far above the size of an assessment."""
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")


def register(commands: Commands) -> None:
    """Add the command of this module."""
    compare = commands.add_parser(
        "compare", help="what changed between two assessments, and whether it exceeds its interval"
    )
    form = "CITY@SET, with :planned or :YYYY-MM-DD or both, or a file of assess --json"
    compare.add_argument("a", metavar="A", help=form)
    compare.add_argument("b", metavar="B", help="the same")
    compare.add_argument("--json", action="store_true", help="the whole comparison as JSON")
    compare.add_argument(
        "--out",
        metavar="FILE",
        type=local_path,
        help="difference on each street, .geojson, .gpkg or .parquet",
    )
    both = compare.add_argument_group("for both sides, where they are computed here")
    both.add_argument("--set", metavar="KEY=VALUE", action="append", default=[])
    both.add_argument("--scope", choices=SCOPES, help="by default as reported")
    both.add_argument("--count", metavar="LOW:HIGH", help="your own number of cameras")
    both.add_argument("--as-of", metavar="YYYY-MM-DD", help="today by default")
    both.add_argument("--seed", type=int, default=0)
    compare.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> int:
    from toolkit.output import exports, gis_files
    from toolkit.studies import comparison

    if options.out is not None:
        gis_files.check_suffix(options.out)
        if any(_is_file(text) for text in (options.a, options.b)):
            msg = (
                "--out writes the difference on each street, which a file of figures does not "
                "hold. Give both sides as CITY@SET."
            )
            raise UsageError(msg)
    check_seed(options.seed)
    (a, set_a), (b, set_b) = (side(text, options) for text in (options.a, options.b))
    sets = (set_a, set_b) if set_a and set_b else None
    found = comparison.compare(a, b, sets=sets)
    if options.out is not None:
        with busy("Writing the difference on each street ..."):
            exports.write_differences(a, b, found, options.out)
    if options.json:
        print_json_text(found.to_json())
    else:
        print_lines(*_lines(found, a.city.name.en))
    return OK


def _is_file(text: str) -> bool:
    return text.lower().endswith(".json")


def side(text: str, options: argparse.Namespace) -> tuple[Assessment, AssumptionSet | None]:
    """Read or compute one side of a comparison; its assumption set where it was computed.

    Raises
    ------
    UsageError
        If it cannot be read as a side.
    """
    from toolkit.assessment.assess import assess

    if _is_file(text):
        found = _read(text)
        return found, _set_of(found)
    city, at, rest = text.partition("@")
    name, status, day = _split(rest)
    if not city or not at or not name:
        msg = (
            f"{text!r} is no side of a comparison. Give CITY@SET, such as yangon@central, "
            "yangon@central:planned or yangon@central:2023-01-31, or a .json file that assess "
            "--json has written."
        )
        raise UsageError(msg)
    asked = {"assumptions": name, "status": status or "installed", "observed": (), "profile": None}
    given = vars(options) | ({"as_of": day} if day else {})
    question = question_of(city, argparse.Namespace(**(given | asked)))
    with busy(f"Estimating {text} ...") as progress:
        return assess(question, progress=progress), question.assumptions


def _split(rest: str) -> tuple[str, str | None, str | None]:
    """Return set, status and date of a side; a set may be a file whose path holds colons."""
    from toolkit.base.terms import STATUSES

    status = day = None
    while True:
        name, colon, end = rest.rpartition(":")
        if colon and status is None and end in STATUSES:
            status = end
        elif colon and day is None and _DAY.fullmatch(end):
            day = end
        else:
            return rest, status, day
        rest = name


def _read(text: str) -> Assessment:
    from pydantic import ValidationError

    from toolkit.assessment.model import SCHEMA, Assessment
    from toolkit.base import store

    path = store.local_file(text)
    if path.stat().st_size > _MOST_BYTES:
        msg = f"{path.name}: it is larger than {_MOST_BYTES >> 20} MB, so it is no assessment."
        raise InputDataError(msg)
    try:
        return Assessment.from_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        msg = (
            f"{path.name} is not an assessment of the form {SCHEMA} ({where}: {first['msg']}; "
            f"{error.error_count()} in all). Write it again with assess --json."
        )
        raise InputDataError(msg) from None


def _set_of(found: Assessment) -> AssumptionSet | None:
    """Return the set with which an assessment was made, if it is here and still the same."""
    from toolkit.assumptions.sets import NAME, load_assumptions

    if not NAME.fullmatch(found.assumptions.name):  # a text from a file names no other file
        return None
    try:
        values = load_assumptions(found.assumptions.name, found.assumptions.changed)
    except ToolkitError:
        return None
    return values if values.sha256 == found.assumptions.sha256 else None


def _lines(found: Comparison, city: str) -> list[str]:
    """Return the comparison as lines of text."""
    from toolkit.assumptions import files
    from toolkit.language import quantities, words

    out = [f"{city}: B against A"]
    for letter, side in (("A", found.a), ("B", found.b)):
        sources = "; ".join(dict.fromkeys(f"{s.publisher} ({s.date})" for s in side.sources))
        out += [
            (
                f"{letter}: set {side.assumptions}, {side.status}, {side.as_of.isoformat()}, "
                f"seed {side.seed}, {side.n_draws} draws"
            ),
            f"  boundary: {side.boundary.note}",
            f"  mapped: {side.mapped}; completeness: "
            + quantities.quantity_text(side.completeness, "en"),
            f"  sources: {sources}",
        ]
    out += ["", "What changed:" if found.changes else "No input changed."]
    out += [f"  {c.what}: {c.a or 'none'} -> {c.b or 'none'}" for c in found.changes]
    if found.assumptions is None and any(c.what == "assumptions_sha256" for c in found.changes):
        out.append("  which assumptions differ is not known: a set of that hash is not here")
    if found.assumptions:
        out.append("Assumptions that differ:")
        out += [
            f"  {c.key}, {c.field}: {files.shown(c.a)} -> {files.shown(c.b)}"
            for c in found.assumptions
        ]
    out += ["", "Difference, with its 90 % interval:"]
    out.append(f"Cameras of the reported system: {_words(found.cameras)}")
    for tier, part in found.tiers.items():
        one, other = part.threshold_px_m
        needed = f"{one:g}" if one == other else f"{one:g} in A, {other:g} in B"
        out.append(f"{words.tier_name(tier, 'en')} (from {needed} pixels per m)")
        out.append(f"  street covered: {_words(part.length_km)}")
        if part.share_of_length.difference.known:
            out.append(f"  share of street length: {_words(part.share_of_length)}")
            out.append(f"  ground along streets: {_words(part.area_km2)}")
            out.append(f"  able cameras needed without overlap: {_words(part.effective_cameras)}")
        if part.trip_at_least_one.difference.known:
            out.append(f"  ordinary trips that pass one: {_words(part.trip_at_least_one)}")
    out.append("")
    out += [f"- {note.text}" for note in found.notes]
    out += [f"- {text}" for text in found.limits]
    return out


def _words(difference: Difference) -> str:
    from toolkit.language import quantities

    text = quantities.difference_text(difference.difference, "en")
    if difference.exceeds is None or difference.difference.low == difference.difference.high == 0:
        return text
    verdict = "more than its uncertainty" if difference.exceeds else "within its uncertainty"
    return f"{text}: {verdict}"
