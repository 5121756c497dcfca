"""The command line: reads arguments and the clock, calls one function, prints its result.

Data go to stdout, everything else to stderr. Exit code 0, 1 for bad input or data, 2 for wrong
usage or a permission that was not given, 130 when interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, cast

from rich.console import Console
from rich.table import Table

from toolkit import __version__, store
from toolkit._errors import ToolkitError, UsageError

_OK, _BAD_DATA, _INTERRUPTED = 0, 1, 130
_WIDTH_WHEN_PIPED = 160

_messages = Console(stderr=True, highlight=False, markup=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if options.home:
        os.environ[store.HOME_VARIABLE] = options.home
    _messages.quiet = options.quiet
    command = cast("Callable[[argparse.Namespace], int]", options.run)
    try:
        code = command(options)
        sys.stdout.flush()
    except ToolkitError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("Interrupted; nothing half-written is left.", _INTERRUPTED)
    except BrokenPipeError:
        # The reader has gone; point stdout elsewhere, so that closing it stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _OK
    except OSError as error:
        name = f" {error.filename!r}" if error.filename else ""
        return _fail(f"The system refuses{name}: {error.strerror or error}.", _BAD_DATA)
    return code


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"{_printable(message)}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m toolkit",
        description="Estimate where a reported camera system is likely to see, recognise, match "
        "or read. Nothing leaves this machine.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--home", metavar="DIR", help="folder of your own data and caches")
    parser.add_argument("--quiet", action="store_true", help="no progress messages")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    cities = commands.add_parser("cities", help="list the cities that are known")
    cities.add_argument("--json", action="store_true")
    cities.set_defaults(run=_cities)

    assess = commands.add_parser("assess", help="estimate exposure for one city")
    assess.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    assess.add_argument("--json", action="store_true", help="the whole assessment as JSON")
    _add_common(assess)
    assess.set_defaults(run=_assess)

    report = commands.add_parser("report", help="write reports that need no network to be read")
    report.add_argument("cities", metavar="CITY", nargs="*")
    report.add_argument("--all", action="store_true", help="all cities")
    report.add_argument("--out", metavar="DIR", required=True, type=Path)
    report.add_argument("--format", choices=["html"], default="html")
    report.add_argument("--lang", default="en,my", help="languages, such as en,my")
    _add_common(report)
    report.set_defaults(run=_report)

    streets = commands.add_parser("streets", help="streets that are installed")
    actions = streets.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="list installed city packs")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_streets_list)
    verify = actions.add_parser("verify", help="check installed city packs against their hashes")
    verify.add_argument("pack", nargs="?")
    verify.set_defaults(run=_streets_verify)

    app = commands.add_parser("app", help="open the app in the browser of this machine")
    app.add_argument("--port", type=int)
    app.set_defaults(run=_app)

    doctor = commands.add_parser(
        "doctor", help="versions, packs, settings, caches, and what could leave the machine"
    )
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)
    return parser


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Add what changes an assessment."""
    parser.add_argument("--assumptions", metavar="NAME|FILE", default="central")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="fix one assumption"
    )
    parser.add_argument("--status", choices=["installed", "planned"], default="installed")
    parser.add_argument("--scope", choices=["public", "all"], help="by default as reported")
    parser.add_argument("--count", metavar="LOW:HIGH", help="your own number of cameras")
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="today by default")
    parser.add_argument("--seed", type=int, default=0)


def _inputs(options: argparse.Namespace) -> dict[str, Any]:
    """Turn the common options into arguments of `assess`."""
    from toolkit.assumptions import load_assumptions

    if options.seed < 0:
        msg = f"--seed {options.seed}: give a whole number from 0 up."
        raise UsageError(msg)
    return {
        "assumptions": load_assumptions(options.assumptions, _changes(options.set)),
        "status": options.status,
        "scope": options.scope,
        "count": parse_count(options.count) if options.count else None,
        "as_of": _as_of(options.as_of),
        "seed": options.seed,
    }


def parse_count(text: str) -> tuple[float, float]:
    """Read ``LOW:HIGH`` or one number.

    Raises
    ------
    UsageError
        If it is not a range of at least one camera.
    """
    low, _, high = text.partition(":")
    try:
        found = float(low), float(high or low)
    except ValueError:
        found = (math.nan, math.nan)
    if not 1 <= found[0] <= found[1] < math.inf:
        msg = f"--count {text!r}: give a range such as 200:600, or one number, from 1 up."
        raise UsageError(msg)
    return found


def _changes(pairs: Sequence[str]) -> dict[str, float]:
    changes = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        try:
            changes[key.strip()] = float(value)
        except ValueError:
            equals = ""
        if not equals or not math.isfinite(changes[key.strip()]):
            msg = f"--set {pair!r}: give a key and a number, such as optics.height_m=6."
            raise UsageError(msg)
    return changes


def _as_of(text: str | None) -> dt.date:
    if text is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"--as-of {text!r}: give a date such as 2026-11-23."
        raise UsageError(msg) from None


@contextlib.contextmanager
def _busy(message: str) -> Iterator[None]:
    """Say what is going on while it goes on."""
    message = _printable(message)
    if _messages.is_terminal:
        with _messages.status(message):
            yield
    else:
        _messages.print(message)
        yield


def _print_json(value: Any) -> int:  # noqa: ANN401
    sys.stdout.write(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n")
    return _OK


def _print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_WHEN_PIPED
    table = Table(title=title, title_justify="left")
    for name in columns:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(_printable(cell) for cell in row))
    console.print(table)
    return _OK


def _printable(text: str) -> str:
    """Leave out control characters, so that text from data cannot steer a terminal."""
    return "".join(c for c in text if c.isprintable())


def _cities(options: argparse.Namespace) -> int:
    from toolkit.cities import load_cities
    from toolkit.streets import find_pack_for

    cities = load_cities()
    packs = {city.id: city.pack or find_pack_for(city.id) for city in cities}
    if options.json:
        return _print_json(
            [
                {
                    "id": city.id,
                    "name": city.name.model_dump(),
                    "aliases": list(city.aliases),
                    "pack": packs[city.id],
                    "demonstration": city.demonstration,
                }
                for city in cities
            ]
        )
    return _print_table(
        "Cities",
        ("id", "English", "Burmese", "also", "streets"),
        [
            (c.id, c.name.en, c.name.my, ", ".join(c.aliases), packs[c.id] or "none installed")
            for c in cities
        ],
    )


def _assess(options: argparse.Namespace) -> int:
    from toolkit.assessment import assess

    inputs = _inputs(options)
    with _busy(f"Estimating {options.city} ..."):
        found = assess(options.city, **inputs)
    if options.json:
        sys.stdout.write(found.to_json())
        return _OK
    from toolkit import labels
    from toolkit.results import Quantity

    def words(quantity: Quantity) -> str:
        return labels.quantity_text(quantity, "en")

    counts = found.cameras.installed if found.status == "installed" else found.cameras.planned
    out = [
        f"{_printable(found.city.name.en)}, {found.as_of.isoformat()}, cameras {found.status}",
        f"Cameras of the reported system: {words(counts.count)}",
        f"  {counts.rule}",
        f"  mapped: {counts.mapped}; completeness: {words(counts.completeness)}",
        f"Boundary: {_printable(found.city.boundary.note)}",
        "",
    ]
    for tier, part in found.tiers.items():
        out.append(f"{labels.tier_name(tier, 'en')} (from {part.threshold_px_m:g} pixels per m)")
        out.append(f"  street covered: {words(part.length_km)}")
        if part.share_of_length.realised.known:
            out.append(f"  share of street length: {words(part.share_of_length.realised)}")
        out += [
            f"  share of streets within {case.radius_km:g} km of the centre, cameras "
            f"{'all there' if case.allocation == 'core' else 'spread over the township'}: "
            f"{words(case.share_of_length)}"
            for case in part.cases
        ]
        if part.switched_on:
            out.append(f"  if it is on; chance that it is: {words(part.switched_on)}")
    out.append("")
    out += [f"- {note.text}" for note in (*found.missing, *found.warnings)]
    out += [f"- {text}" for text in found.limits]
    out.append(
        "Sources: " + "; ".join(_printable(f"{s.publisher} ({s.date})") for s in found.sources)
    )
    out.append(f"Assumptions {found.assumptions.name} {found.assumptions.sha256[:12]}")
    sys.stdout.write("\n".join(out) + "\n")
    return _OK


def _report(options: argparse.Namespace) -> int:
    from toolkit._text import LANGUAGES
    from toolkit.assessment import assess
    from toolkit.cities import find_city, load_cities
    from toolkit.report import write_report

    languages = tuple(part.strip() for part in options.lang.split(","))
    unknown = [part for part in languages if part not in LANGUAGES]
    if unknown:
        msg = f"--lang {options.lang!r}: give some of {', '.join(LANGUAGES)}."
        raise UsageError(msg)
    if options.all == bool(options.cities):
        msg = "Name the cities of the report, or give --all."
        raise UsageError(msg)
    inputs = _inputs(options)
    chosen = load_cities() if options.all else [find_city(name) for name in options.cities]
    for city in chosen:
        with _busy(f"Writing the report on {city.name.en} ..."):
            found = assess(city.id, **inputs)
            paths = write_report(
                [found], options.out, langs=languages, assumptions=inputs["assumptions"]
            )
        for path in paths:
            sys.stdout.write(f"{path}\n")
    return _OK


def _streets_list(options: argparse.Namespace) -> int:
    from toolkit.streets import list_packs

    packs = list_packs()
    if options.json:
        return _print_json([p.model_dump(mode="json", by_alias=True) for p in packs])
    return _print_table(
        "Installed streets",
        ("pack", "city", "km of street", "km2", "map data of", "licence"),
        [
            (
                p.id,
                p.name.en,
                f"{p.boundary.length_km:.1f}" if p.boundary.length_km is not None else "unknown",
                f"{p.boundary.area_km2:.2f}" if p.boundary.area_km2 is not None else "unknown",
                str(p.source.osm_timestamp or "not stated"),
                p.attribution,
            )
            for p in packs
        ],
    )


def _streets_verify(options: argparse.Namespace) -> int:
    from toolkit.streets import pack_names, verify_pack

    code = _OK
    for name in [options.pack] if options.pack else pack_names():
        problems = verify_pack(name)
        for problem in problems or ["whole"]:
            sys.stdout.write(f"{name}: {problem}\n")
        code = _BAD_DATA if problems else code
    return code


def _app(options: argparse.Namespace) -> int:
    from toolkit.app.serve import start

    _messages.print("Starting the app ...")
    start(options.port, open_browser=True)
    return _OK


def _doctor(options: argparse.Namespace) -> int:
    from toolkit.doctor import examine

    with _busy("Looking at versions, packs, caches and settings ..."):
        found = examine()
    if options.json:
        _print_json(found)
    else:
        for title, rows in found["tables"].items():
            _print_table(title, list(rows[0]), [[str(v) for v in row.values()] for row in rows])
        for problem in found["problems"]:
            sys.stdout.write(f"Problem: {problem}\n")
    return _BAD_DATA if found["problems"] else _OK
