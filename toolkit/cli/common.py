"""Shared parts of the commands: common options, progress, and printing.

Data go to stdout, everything else to stderr.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import math
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from rich.console import Console
from rich.status import Status
from rich.table import Table

from toolkit.base import store
from toolkit.base.clean_text import NEEDED_FORMAT
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import Progress

if TYPE_CHECKING:
    from toolkit.assessment.question import Question
    from toolkit.evidence.observations import Observation

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands = argparse._SubParsersAction  # noqa: SLF001 - takes no argument at run time

OK, BAD_DATA, INTERRUPTED = 0, 1, 130
SCOPES = ("public", "compelled_private", "all")
_WIDTH_WHEN_PIPED = 160
_NOT_ASCII = re.compile(r"[^\n -~]")
"""Characters that are looked at one by one before they are printed."""


class _Messages(Console):
    """Console whose texts cannot control the terminal, whatever names and data are in them."""

    def print(self, *objects: Any, **options: Any) -> None:  # noqa: ANN401
        super().print(*(_one_text(o) if isinstance(o, str) else o for o in objects), **options)

    def status(self, status: Any, **options: Any) -> Status:  # noqa: ANN401
        return super().status(_one_text(status) if isinstance(status, str) else status, **options)


def _one_text(text: str) -> str:
    return "\n".join(map(printable, text.splitlines()))


messages = _Messages(stderr=True, highlight=False, markup=False, emoji=False)


def local_path(text: str) -> Path:
    """Return the path of an option, refused if it names another machine; nothing is looked up."""
    try:
        return Path(store.checked_name(text))
    except InputDataError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add the options that change an assessment."""
    parser.add_argument("--assumptions", metavar="NAME|FILE", default="central")
    parser.add_argument(
        "--set", metavar="KEY=VALUE", action="append", default=[], help="fix one assumption"
    )
    parser.add_argument("--status", choices=["installed", "planned"], default="installed")
    parser.add_argument("--scope", choices=SCOPES, help="by default as reported")
    parser.add_argument("--count", metavar="LOW:HIGH", help="your own number of cameras")
    parser.add_argument(
        "--observed",
        metavar="KM:SEEN",
        action="append",
        default=[],
        help="what was counted: km of street walked and cameras seen, such as 5:3 or "
        "5:3:township; may be given again",
    )
    parser.add_argument("--profile", metavar="NAME", help="sites as of one kind of operator alone")
    parser.add_argument("--as-of", metavar="YYYY-MM-DD", help="today by default")
    parser.add_argument("--seed", type=int, default=0)


def question_of(city: str, options: argparse.Namespace) -> Question:
    """Return the question about a city that the common options make.

    Raises
    ------
    UsageError
        If an option cannot be read.
    """
    from toolkit.assessment.question import Question
    from toolkit.assumptions.sets import load_assumptions

    check_seed(options.seed)
    return Question(
        city,
        assumptions=load_assumptions(options.assumptions, parse_changes(options.set)),
        status=options.status,
        scope=options.scope,
        count=parse_count(options.count) if options.count else None,
        observations=tuple(parse_observed(text) for text in options.observed),
        profile=options.profile,
        as_of=as_of_date(options.as_of),
        seed=options.seed,
        night=getattr(options, "night", False),
    )


def check_seed(seed: int) -> None:
    """Check a seed.

    Raises
    ------
    UsageError
        If it is negative.
    """
    if seed < 0:
        msg = f"--seed {seed}: give a whole number from 0 up."
        raise UsageError(msg)


def parse_count(text: str) -> tuple[float, float]:
    """Read ``LOW:HIGH`` or one number.

    Raises
    ------
    UsageError
        If it is not a range of at least one camera.

    Examples
    --------
    >>> parse_count("200:600")
    (200.0, 600.0)
    """
    low, _, high = text.partition(":")
    try:
        found = float(low), float(high or low)
    except ValueError:
        found = (math.nan, math.nan)
    if not 1 <= found[0] <= found[1] < math.inf:
        msg = (
            f"--count {text!r}: give a range such as 200:600, or one number, from 1 up. That there "
            "are no cameras is nothing that anybody can know."
        )
        raise UsageError(msg)
    return found


def parse_observed(text: str) -> Observation:
    """Read ``KM:SEEN`` or ``KM:SEEN:WHERE``.

    Raises
    ------
    UsageError
        If it is not a length, a number of cameras and a known kind of area.
    """
    from toolkit.evidence.observations import Observation

    km, _, rest = text.partition(":")
    seen, _, where = rest.partition(":")
    try:
        return Observation.model_validate(
            {"walked_km": float(km), "seen": int(seen), "where": where or None}
        )
    except ValueError:
        msg = (
            f"--observed {text!r}: give km walked and cameras seen, such as 5:3, and if need be "
            "where: 5:3:pack, 5:3:core or 5:3:township."
        )
        raise UsageError(msg) from None


def parse_changes(pairs: Sequence[str]) -> dict[str, float]:
    """Read ``KEY=VALUE`` pairs.

    Raises
    ------
    UsageError
        If one is not a key and a finite number.
    """
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


def as_of_date(text: str | None) -> dt.date:
    """Read a date; today (UTC) by default.

    Raises
    ------
    UsageError
        If it is not a date.
    """
    if text is None:
        return dt.datetime.now(dt.UTC).date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        msg = f"--as-of {text!r}: give a date such as 2026-11-23."
        raise UsageError(msg) from None


@contextlib.contextmanager
def busy(message: str) -> Iterator[Progress]:
    """Show a message while something runs, and in a terminal the share that it says is done."""
    if messages.is_terminal:
        with messages.status(message) as status:
            yield lambda done: status.update(f"{message} {done:.0%}")
    else:
        messages.print(message)
        yield lambda _done: None


def print_json(value: Any) -> int:  # noqa: ANN401
    """Print a value as JSON and return the exit code for that."""
    return print_json_text(json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2) + "\n")


def print_json_text(text: str) -> int:
    """Print JSON, the same values with what could steer a terminal escaped."""
    sys.stdout.write(_NOT_ASCII.sub(lambda found: _in_json(found[0]), text))
    return OK


def _in_json(character: str) -> str:
    if character.isprintable() or character == "\n" or character in NEEDED_FORMAT:
        return character
    if unicodedata.category(character) == "Zs":  # spaces, such as one that does not break
        return character
    return json.dumps(character)[1:-1]


def print_lines(*lines: str) -> None:
    """Print lines of text."""
    sys.stdout.writelines(f"{printable(line)}\n" for line in lines)


def warn(text: str) -> None:
    """Write sentences to stderr, also under ``--quiet``."""
    sys.stderr.write(f"{_one_text(text)}\n")


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Print rows as a table and return the exit code for that."""
    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDTH_WHEN_PIPED
    table = Table(title=printable(title), title_justify="left")
    for name in columns:
        table.add_column(printable(name), overflow="fold")
    for row in rows:
        table.add_row(*(printable(cell) for cell in row))
    console.print(table)
    return OK


def printable(text: str) -> str:
    """Drop control characters, so that text from data cannot control a terminal."""
    return "".join(c for c in text if c.isprintable())
