"""Places, streets and tracks of a user: from an option, a file, or standard input.

A shell keeps what is typed, and other programs of the machine see it, so each can come from a file
or from standard input instead. Nothing of it is printed again.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolkit.base import store
from toolkit.base.errors import InputDataError, UsageError
from toolkit.cli.common import local_path

if TYPE_CHECKING:
    from toolkit.threats.model import Answer
    from toolkit.threats.tracks import Track
    from toolkit.threats.travel import Travel

FROM_STDIN: Final = "-"
FROM_FILE: Final = "@"
HINT: Final = (
    "A shell keeps what is typed in its history, and other programs of this machine can see it "
    "while the command runs. To avoid that, give - and type or pipe the value as a line of "
    "standard input, or @FILE for the text of a file."
)


def add_travel(parser: argparse.ArgumentParser) -> None:
    """Add the options of how and when somebody travels."""
    from toolkit.base.terms import MODES, TIERS

    parser.add_argument("--mode", choices=MODES, default="foot")
    parser.add_argument("--tier", choices=TIERS, help="one tier alone; by default all")
    parser.add_argument("--when", choices=("day", "night"), default="day")


def travel_of(options: argparse.Namespace) -> Travel:
    """Return how somebody travels from the options of `add_travel`.

    Raises
    ------
    UsageError
        If they do not go together.
    """
    from toolkit.threats.travel import Travel

    return Travel(options.mode, options.when, options.tier, getattr(options, "trips", 1))


def add_out(parser: argparse.ArgumentParser) -> None:
    """Add the option of a file for the answer."""
    parser.add_argument("--out", metavar="F.json", type=local_path, help="the answer as a file")


def write_out(answer: Answer, path: Path | None) -> None:
    """Write an answer as JSON, if a file was named.

    Raises
    ------
    UsageError
        If its name does not end in .json.
    """
    if path is None:
        return
    if path.suffix.lower() != ".json":
        msg = "--out: end the name of the file with .json."
        raise UsageError(msg)
    store.write_text(path, answer.to_json())


class Typed:
    """Values of one command; each ``-`` takes the next line of standard input."""

    def text(self, value: str, what: str, *, whole: bool = False) -> str:
        """Return a value, or the text that it stands for.

        Parameters
        ----------
        value
            The option.
        what
            Subject of the error.
        whole
            Whether all of standard input is meant, and not one line.

        Raises
        ------
        InputDataError
            If standard input has no more lines, or the file cannot be read.
        """
        if value == FROM_STDIN:
            read = sys.stdin.read() if whole else sys.stdin.readline()
            if not read.strip():
                msg = f"{what} is missing on standard input. Give it as a line."
                raise InputDataError(msg)
            return read.strip()
        if value.startswith(FROM_FILE):
            from toolkit.threats.tracks import read_text

            text = read_text(value.removeprefix(FROM_FILE)).strip()
            return text if whole else text.splitlines()[0]
        return value

    def place(self, value: str, what: str) -> tuple[float, float]:
        """Return longitude and latitude of a value ``LAT,LON``; errors as `text`."""
        from toolkit.threats.tracks import parse_place

        return parse_place(self.text(value, what), what)

    def streets(self, value: str) -> tuple[str, ...]:
        """Return names of streets; errors as `text`."""
        from toolkit.threats.tracks import parse_streets

        return parse_streets(self.text(value, "The list of streets", whole=True))

    def track(self, value: str) -> Track:
        """Return a track; errors as `toolkit.threats.tracks.read_track`."""
        from toolkit.threats.tracks import read_track

        return read_track(value)
