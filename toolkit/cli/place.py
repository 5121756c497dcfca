"""`place`: the cameras on the ways to a place."""

from __future__ import annotations

import argparse

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
    place = commands.add_parser(
        "place", help="the cameras on the ways to a house or gathering place", description=HINT
    )
    place.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    place.add_argument("--at", metavar="LAT,LON|-|@FILE", required=True)
    place.add_argument("--radius-m", metavar="M", type=float, required=True)
    place.add_argument("--json", action="store_true", help="the answer as JSON")
    add_out(place)
    add_travel(place)
    add_common(place)
    place.set_defaults(run=_place)


def _place(options: argparse.Namespace) -> int:
    from toolkit.output import threat_words
    from toolkit.threats.place import place

    at = Typed().place(options.at, "The place")
    question = question_of(options.city, options)
    with busy(f"Placing the cameras of {options.city} and following the ways ..."):
        found = place(question, at, options.radius_m, travel_of(options))
    write_out(found, options.out)
    if options.json:
        return print_json_text(found.to_json())
    print_lines(*threat_words.place_lines(found, "en"), "", *threat_words.common_lines(found))
    return OK
