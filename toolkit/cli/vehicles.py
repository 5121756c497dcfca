"""`vehicles`: trips of vehicles past plate readers, and how well people can be followed."""

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
from toolkit.cli.typed import HINT, Typed, add_out, write_out


def register(commands: Commands) -> None:
    """Add the command of this module."""
    vehicles = commands.add_parser(
        "vehicles",
        help="trips of vehicles past plate readers; how well people can be followed",
        description=HINT,
    )
    vehicles.add_argument("city", metavar="CITY", help="id, alias, Burmese name or pack")
    vehicles.add_argument(
        "--district",
        metavar="LAT,LON,RADIUS_M|-|@FILE",
        action="append",
        default=[],
        help="a district by its middle and radius; may be given again",
    )
    vehicles.add_argument(
        "--with-planned", action="store_true", help="following with planned cameras as well"
    )
    vehicles.add_argument("--when", choices=("day", "night"), default="day")
    vehicles.add_argument("--json", action="store_true", help="the answer as JSON")
    add_out(vehicles)
    add_common(vehicles)
    vehicles.set_defaults(run=_vehicles)


def _vehicles(options: argparse.Namespace) -> int:
    from toolkit.output import threat_words
    from toolkit.threats.districts import parse_district
    from toolkit.threats.vehicles import vehicles

    typed, districts = Typed(), []
    for number, value in enumerate(options.district, start=1):
        what = f"District {number}"
        districts.append(parse_district(typed.text(value, what), what))
    question = question_of(options.city, options)
    with busy(f"Placing the cameras of {options.city} and following trips ..."):
        found = vehicles(
            question, when=options.when, districts=districts, with_planned=options.with_planned
        )
    write_out(found, options.out)
    if options.json:
        return print_json_text(found.to_json())
    print_lines(*threat_words.vehicle_lines(found, "en"), "", *threat_words.common_lines(found))
    return OK
