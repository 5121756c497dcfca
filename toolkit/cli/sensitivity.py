"""`sensitivity`: the assumptions that matter most for one city."""

from __future__ import annotations

import argparse

from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    print_json_text,
    print_lines,
    print_table,
    printable,
    question_of,
)


def register(commands: Commands) -> None:
    """Add the command of this module."""
    parser = commands.add_parser("sensitivity", help="find out which assumption matters")
    parser.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    parser.add_argument("--method", choices=["sobol", "morris"], default="sobol")
    parser.add_argument("--json", action="store_true", help="the whole analysis as JSON")
    add_common(parser)
    parser.set_defaults(run=_sensitivity)


def _sensitivity(options: argparse.Namespace) -> int:
    from toolkit.studies.sensitivity.analysis import sensitivity

    question = question_of(options.city, options)
    with busy(f"Finding out what matters for {printable(options.city)} ...") as progress:
        found = sensitivity(question, method=options.method, progress=progress)
    if options.json:
        print_json_text(found.to_json())
        return OK
    from toolkit.language.quantities import quantity_text
    from toolkit.language.words import demonstration, tier_name
    from toolkit.studies.sensitivity import words

    print_lines(f"{found.name.en}, {found.as_of.isoformat()}, cameras {found.status}")
    print_lines(*words.how_made(found, "en"))
    if found.basis == "streets":  # the lines above describe discs
        print_lines(*(f"Boundary: {part.note}" for part in found.boundaries))
    for tier, part in found.tiers.items():
        print_lines("", words.sentence(found, tier, "en"))
        print_table(
            f"{tier_name(tier, 'en')}: {quantity_text(part.share, 'en')}",
            words.columns(found, "en"),
            [words.row(found, factor, "en") for factor in part.factors if factor.distinguishable],
        )
        below = (words.noise(part, "en"), *(words.work_line(w, "en") for w in part.work))
        print_lines(*filter(None, below))
    print_lines("", *words.not_varied(found, "en"), "")
    banner = (demonstration("en"),) if found.demonstration else ()
    print_lines(*(f"- {text}" for text in (*banner, *found.limits)))
    print_lines("Sources: " + "; ".join(f"{s.publisher} ({s.date})" for s in found.sources))
    print_lines(f"Assumptions {found.assumptions.name} {found.assumptions.sha256[:12]}")
    return OK
