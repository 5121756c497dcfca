"""`app` and `doctor`: this machine."""

from __future__ import annotations

import argparse
import sys

from toolkit.cli.common import BAD_DATA, OK, Commands, busy, messages, print_json, print_table


def register(commands: Commands) -> None:
    """Add the commands of this module."""
    app = commands.add_parser("app", help="open the app in the browser of this machine")
    app.add_argument("--port", type=int)
    app.set_defaults(run=_app)

    doctor = commands.add_parser(
        "doctor", help="versions, packs, settings, caches, and what could leave the machine"
    )
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)


def _app(options: argparse.Namespace) -> int:
    from toolkit.app.serve import start

    messages.print("Starting the app ...")
    start(options.port, open_browser=True)
    return OK


def _doctor(options: argparse.Namespace) -> int:
    from toolkit.doctor import examine

    with busy("Looking at versions, packs, caches and settings ..."):
        found = examine()
    if options.json:
        print_json(found)
    else:
        for title, rows in found["tables"].items():
            print_table(title, list(rows[0]), [[str(v) for v in row.values()] for row in rows])
        for problem in found["problems"]:
            sys.stdout.write(f"Problem: {problem}\n")
    return BAD_DATA if found["problems"] else OK
