"""`app`: open the app in the browser of this machine."""

from __future__ import annotations

import argparse

from toolkit.cli.common import OK, Commands, messages


def register(commands: Commands) -> None:
    """Add the command of this module."""
    app = commands.add_parser("app", help="open the app in the browser of this machine")
    app.add_argument("--port", type=int)
    app.set_defaults(run=_app)


def _app(options: argparse.Namespace) -> int:
    from toolkit.app.serve import start

    messages.print("Starting the app ...")
    start(options.port, open_browser=True)
    return OK
