"""`report`: hand-outs, sessions, full reports and comparisons as files to print and to pass on."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from toolkit.base.errors import UsageError
from toolkit.cli.assess import add_night
from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    local_path,
    print_lines,
    question_of,
    warn,
)
from toolkit.cli.own_questions import Given, add_own, own_answers, read_own

if TYPE_CHECKING:
    from toolkit.assessment.model import Assessment
    from toolkit.assessment.question import Question
    from toolkit.output.report import Edition
    from toolkit.studies.sensitivity.analysis import Sensitivity


def register(commands: Commands) -> None:
    """Add the command of this module."""
    report = commands.add_parser(
        "report", help="write hand-outs and reports that need no network to be read"
    )
    report.add_argument("cities", metavar="CITY", nargs="*")
    report.add_argument("--all", action="store_true", help="all cities, and a page that lists them")
    report.add_argument(
        "--compare",
        nargs=2,
        metavar=("A", "B"),
        help="what changed between two answers about one city, as in compare",
    )
    report.add_argument("--out", metavar="DIR", required=True, type=local_path)
    add_forms(report)
    report.add_argument(
        "--sensitivity",
        action="store_true",
        help="in full detail: the whole analysis of which assumption matters, not a screening",
    )
    add_common(report)
    add_night(report)
    add_own(report)
    report.set_defaults(run=_report)


def add_forms(parser: argparse.ArgumentParser) -> None:
    """Add the options that say what is written of each city."""
    parser.add_argument(
        "--format", default="pdf,html", help="some of pdf, html, gpkg, csv; by default pdf,html"
    )
    parser.add_argument("--lang", default="en,my", help="languages, such as en,my")
    parser.add_argument(
        "--numerals",
        choices=["western", "burmese"],
        default="western",
        help="digits of the figures in Burmese files",
    )
    parser.add_argument(
        "--detail",
        choices=["handout", "full", "session"],
        default="handout",
        help="a sheet for participants, all for analysts, or a session on paper",
    )


def forms_of(options: argparse.Namespace) -> tuple[tuple[str, ...], Edition]:
    """Return the languages and what is written.

    Raises
    ------
    UsageError
        If an option cannot be read.
    """
    from toolkit.base.terms import LANGUAGES
    from toolkit.output.report import FORMATS, Detail, Edition, Format

    languages = _some(options.lang, "--lang", LANGUAGES)
    formats = _some(options.format, "--format", FORMATS)
    edition = Edition(
        formats=cast(tuple[Format, ...], formats),
        detail=cast(Detail, options.detail),
        numerals=options.numerals,
    )
    return languages, edition


def _report(options: argparse.Namespace) -> int:
    languages, edition = forms_of(options)
    asked = (bool(options.cities), options.all, options.compare is not None)
    if sum(asked) != 1:
        msg = "Name the cities of the report, or give --all, or --compare A B."
        raise UsageError(msg)
    if options.sensitivity and options.detail != "full":
        msg = "--sensitivity is part of a full report: add --detail full."
        raise UsageError(msg)
    given = read_own(options)
    if options.compare:
        return _compared(options, languages, edition)
    return _cities(options, languages, edition, given)


def matters_of(question: Question, edition: Edition, *, whole: bool = False) -> Sensitivity | None:
    """Return which assumption matters, for a full report to be read; None for others.

    A screening, which takes seconds, or the whole analysis.
    """
    from toolkit.studies.sensitivity.analysis import sensitivity

    if edition.detail != "full" or not {"pdf", "html"} & set(edition.formats):
        return None
    return sensitivity(question, method="sobol" if whole else "morris")


def _some(text: str, option: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return names between commas, each once.

    Raises
    ------
    UsageError
        If one is not known.
    """
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if any(name not in known for name in names):
        msg = f"{option} {text!r}: give some of {', '.join(known)}."
        raise UsageError(msg)
    return names


def _cities(
    options: argparse.Namespace, languages: tuple[str, ...], edition: Edition, given: Given | None
) -> int:
    """Write the files on each city as soon as they are made, and at last the index of all."""
    from toolkit.assessment.assess import assess
    from toolkit.assessment.city_data import city_or_pack
    from toolkit.output.report import write_index, write_report
    from toolkit.streets.cities import load_cities

    common = question_of("", options)
    chosen = load_cities() if options.all else [city_or_pack(name) for name in options.cities]
    written: list[Path] = []
    made: dict[str, Assessment] = {}
    without: list[str] = []
    for city in chosen:
        question = replace(common, city=city.id)
        with busy(f"Writing on {city.name.en} ...") as progress:
            found = assess(question, progress=progress)
            matters = matters_of(question, edition, whole=options.sensitivity)
            own = {city.id: own_answers(options, given, question)} if given else None
            paths = write_report(
                [found],
                options.out,
                assumptions=question.assumptions,
                langs=languages,
                edition=edition,
                sensitivities={city.id: matters} if matters else None,
                own=own,
            )
            if found.layers is None:
                without.append(city.name.en)
        # The layers of a city are large, and the index needs its name only.
        made[city.id] = found.with_layers(None)
        written += paths
        print_lines(*map(str, paths))
    if "gpkg" in edition.formats and without:
        warn(f"No streets are installed, so no GeoPackage: {', '.join(without)}.")
    if options.all:
        print_lines(str(write_index(written, made, options.out, numerals=edition.numerals)))
    return OK


def _compared(options: argparse.Namespace, languages: tuple[str, ...], edition: Edition) -> int:
    """Write what changed between two answers."""
    from toolkit.cli.compare import side
    from toolkit.output.report import write_comparison

    (a, first), (b, second) = (side(text, options) for text in options.compare)
    with busy("Writing what changed ..."):
        paths = write_comparison(
            a,
            b,
            options.out,
            langs=languages,
            formats=edition.formats,
            numerals=edition.numerals,
            sets=(first, second) if first and second else None,
        )
    print_lines(*map(str, paths))
    return OK
