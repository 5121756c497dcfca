"""Command line: reads arguments and the clock, calls the library, prints. Never computes a figure.

main               run one command and return its exit code
register           in each module: add its commands to the parser

Exit code 0; 1 for bad input or data, 2 for wrong usage or a permission not given, 130 when
interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn, cast

from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.base.version import __version__
from toolkit.cli import (
    app,
    assess,
    assumptions,
    batch,
    cameras,
    compare,
    doctor,
    evidence,
    export,
    link,
    optics,
    place,
    report,
    route,
    sensitivity,
    siting,
    streets,
    vehicles,
    zones,
)
from toolkit.cli.common import BAD_DATA, INTERRUPTED, OK, local_path, messages, printable

_GROUPS = (
    assess,
    report,
    sensitivity,
    evidence,
    assumptions,
    zones,
    optics,
    siting,
    streets,
    cameras,
    batch,
    app,
    doctor,
    export,
    compare,
    route,
    place,
    link,
    vehicles,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if options.home:
        os.environ[store.HOME_VARIABLE] = str(options.home)
    messages.quiet = options.quiet
    command = cast("Callable[[argparse.Namespace], int]", options.run)
    try:
        code = command(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("Interrupted; nothing half-written is left.", INTERRUPTED)
    except BrokenPipeError:
        # The reader has closed the pipe: redirect stdout, so that closing it raises no error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except (ToolkitError, OSError) as error:
        return failed(error)
    return code


def failed(error: ToolkitError | OSError) -> int:
    """Say what failed, and return the exit code for that."""
    if isinstance(error, ToolkitError):
        return _fail(str(error), error.exit_code)
    name = f" {error.filename!r}" if error.filename else ""
    return _fail(f"The system refuses{name}: {error.strerror or error}.", BAD_DATA)


def _fail(message: str, code: int) -> int:
    # A list of problems has a line for each.
    sys.stderr.write("".join(f"{printable(line)}\n" for line in message.splitlines() or [""]))
    return code


class _Parser(argparse.ArgumentParser):
    """A parser whose errors cannot control the terminal: names of files are among arguments."""

    def error(self, message: str) -> NoReturn:
        super().error(" ".join(printable(line) for line in message.splitlines()))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="camera-exposure",
        description="Estimate where a reported camera system is likely to see, recognise, match "
        "or read. Nothing leaves this machine.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--home", metavar="DIR", type=local_path, help="folder of your own data and caches"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress messages")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    for group in _GROUPS:
        group.register(commands)
    return parser
