"""`sensitivity`: which assumption matters for one city."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from toolkit.base.terms import Progress
from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    messages,
    print_table,
    printable,
    question_of,
)

if TYPE_CHECKING:
    from toolkit.studies.sensitivity.analysis import Sensitivity


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
    found = _with_progress(
        f"Finding out what matters for {printable(options.city)}",
        lambda progress: sensitivity(question, method=options.method, progress=progress),
    )
    if options.json:
        sys.stdout.write(found.to_json())
        return OK
    from toolkit.language import words as labels
    from toolkit.studies.sensitivity import words

    out = [f"{printable(found.name.en)}, {found.as_of.isoformat()}, cameras {found.status}"]
    out += [printable(line) for line in words.how_made(found, "en")]
    if found.basis == "streets":  # of discs the line above tells
        out += [printable(f"Boundary: {part.note}") for part in found.boundaries]
    sys.stdout.write("\n".join(out) + "\n")
    for tier, part in found.tiers.items():
        sys.stdout.write(f"\n{words.sentence(found, tier, 'en')}\n")
        print_table(
            f"{labels.tier_name(tier, 'en')}: {labels.quantity_text(part.share, 'en')}",
            words.columns(found, "en"),
            [words.row(found, factor, "en") for factor in part.factors if factor.distinguishable],
        )
        beneath = [words.noise(part, "en"), *(words.work_line(w, "en") for w in part.work)]
        sys.stdout.writelines(f"{printable(line)}\n" for line in beneath if line)
    sys.stdout.write("\n" + "\n".join(words.not_varied(found, "en")) + "\n\n")
    banner = (labels.demonstration("en"),) if found.demonstration else ()
    sys.stdout.writelines(f"- {printable(text)}\n" for text in (*banner, *found.limits))
    cited = "; ".join(f"{s.publisher} ({s.date})" for s in found.sources)
    sys.stdout.write(printable(f"Sources: {cited}") + "\n")
    made = f"Assumptions {found.assumptions.name} {found.assumptions.sha256[:12]}"
    sys.stdout.write(printable(made) + "\n")
    return OK


def _with_progress(message: str, work: Callable[[Progress], Sensitivity]) -> Sensitivity:
    """Say what is going on, and how much of it is done."""
    if not messages.is_terminal:
        messages.print(f"{message} ...")
        return work(lambda _done: None)
    with messages.status(f"{message} ...") as status:
        return work(lambda done: status.update(f"{message}: {done:.0%}"))
