"""`link`: whether cameras can tie two routes, or two people at a place, to one another."""

from __future__ import annotations

import argparse

from toolkit.base.errors import UsageError
from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    busy,
    print_json_text,
    print_lines,
    question_of,
)
from toolkit.cli.typed import HINT, Typed, add_out, add_travel, travel_of, write_out


def register(commands: Commands) -> None:
    """Add the command of this module."""
    link = commands.add_parser(
        "link", help="whether cameras can tie two routes to one another", description=HINT
    )
    link.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    link.add_argument(
        "--track", metavar="FILE|-", action="append", default=[], help="GPX or GeoJSON; give two"
    )
    link.add_argument("--at", metavar="LAT,LON|-|@FILE", help="two people at a place instead")
    link.add_argument("--radius-m", metavar="M", type=float, default=100.0, help="with --at")
    link.add_argument(
        "--window-min", metavar="M", type=float, required=True, help="longest time between records"
    )
    link.add_argument("--json", action="store_true", help="the answer as JSON")
    add_out(link)
    add_travel(link)
    add_common(link)
    link.set_defaults(run=_link)


def _link(options: argparse.Namespace) -> int:
    from toolkit.output import threat_words
    from toolkit.threats import linking

    if bool(options.at) == bool(options.track):
        msg = "Give two tracks, or a place with --at."
        raise UsageError(msg)
    typed = Typed()
    at = typed.place(options.at, "The place") if options.at else None
    tracks = [typed.track(name) for name in options.track]
    question = question_of(options.city, options)
    window_min, travel = options.window_min, travel_of(options)
    with busy(f"Placing the cameras of {options.city} and comparing ..."):
        if at is None:
            found = linking.link(question, tracks, window_min=window_min, travel=travel)
        else:
            found = linking.link_at(
                question, at, options.radius_m, window_min=window_min, travel=travel
            )
    write_out(found, options.out)
    if options.json:
        return print_json_text(found.to_json())
    print_lines(
        *threat_words.link_lines(found, "en"),
        "",
        *threat_words.common_lines(found),
    )
    return OK
