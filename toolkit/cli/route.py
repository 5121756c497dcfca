"""`route`: the cameras that may have a route in view."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from toolkit.base.errors import UsageError
from toolkit.cli.common import (
    OK,
    Commands,
    add_common,
    as_of_date,
    busy,
    check_seed,
    local_path,
    messages,
    parse_changes,
    print_json_text,
    print_lines,
    question_of,
)
from toolkit.cli.typed import HINT, Typed, add_travel, travel_of

if TYPE_CHECKING:
    from toolkit.threats.model import RouteAnswer

_OF_A_CITY: Final[Mapping[str, object]] = {
    "status": "installed",
    "scope": None,
    "count": None,
    "observed": [],
    "profile": None,
    "alternatives": False,
    "detour": 1.5,
}
"""Options that change nothing about a list, and their values where they are not given."""
_OF_THE_MIX: Final[Mapping[str, object]] = {"assumptions": "central", "set": []}
"""Options that change nothing where the range of each camera is stated."""


def register(commands: Commands) -> None:
    """Add the command of this module."""
    route = commands.add_parser(
        "route", help="the cameras that may have a route of yours in view", description=HINT
    )
    route.add_argument("city", metavar="CITY", nargs="?", help="id, alias, Burmese name or pack")
    route.add_argument(
        "--cameras", metavar="FILE", help="a list of cameras (.csv, .geojson) instead of a city"
    )
    route.add_argument(
        "--radius-m",
        metavar="M",
        type=float,
        help="with --cameras: range of those of which the list states none",
    )
    route.add_argument("--track", metavar="FILE|-", help="GPX or GeoJSON")
    route.add_argument("--from", dest="start", metavar="LAT,LON|-|@FILE")
    route.add_argument("--to", dest="end", metavar="LAT,LON|-|@FILE")
    route.add_argument("--along", metavar="'STREET; STREET'|-|@FILE", help="streets in their order")
    route.add_argument("--trips", metavar="K", type=int, default=1, help="how often you travel it")
    route.add_argument(
        "--detour", metavar="RATIO", type=float, default=1.5, help="longest alternative"
    )
    route.add_argument("--alternatives", action="store_true", help="compare other ways")
    route.add_argument(
        "--out", metavar="FILE", type=local_path, help=".geojson or .gpx of the route"
    )
    route.add_argument("--json", action="store_true", help="the answer as JSON")
    add_travel(route)
    add_common(route)
    route.set_defaults(run=_route)


def _route(options: argparse.Namespace) -> int:
    from toolkit.output import route_files
    from toolkit.threats.route import routed

    if options.out is not None:
        route_files.check_suffix(options.out)
    if bool(options.city) == bool(options.cameras):
        msg = "Name a city, or give a list with --cameras."
        raise UsageError(msg)
    if options.radius_m is not None and not options.cameras:
        msg = "--radius-m is the range of cameras of a list. Give one with --cameras, or leave it."
        raise UsageError(msg)
    if options.cameras:
        if options.out is not None:
            msg = "--out writes routes on the streets of a city; a track past a list is your own."
            raise UsageError(msg)
        return _shown(_past_list(options), as_json=options.json)
    typed = Typed()
    track = typed.track(options.track) if options.track else None
    between = None
    if options.start or options.end:
        if not (options.start and options.end):
            msg = "Give both --from and --to."
            raise UsageError(msg)
        between = (typed.place(options.start, "The start"), typed.place(options.end, "The end"))
    along = typed.streets(options.along) if options.along else None
    question = question_of(options.city, options)
    with busy(f"Placing the cameras of {options.city} and scoring the route ..."):
        made = routed(
            question,
            track=track,
            between=between,
            along=along,
            travel=travel_of(options),
            detour=options.detour if options.alternatives else None,
        )
    if options.out is not None:
        route_files.write_route(made, options.out)
        messages.print("The file holds the route: keep or delete it as you would the route itself.")
    return _shown(made.answer, as_json=options.json)


def _past_list(options: argparse.Namespace) -> RouteAnswer:
    from toolkit.assumptions.sets import load_assumptions
    from toolkit.fixed_rules.camera_list import read_cameras
    from toolkit.threats import listed
    from toolkit.threats.past_list import route_past

    if not options.track or options.start or options.end or options.along:
        msg = "With --cameras give the route with --track: there are no streets to follow."
        raise UsageError(msg)
    _refuse(options, _OF_A_CITY, "a list of cameras has no report, operator or streets")
    check_seed(options.seed)
    rows = read_cameras(options.cameras).cameras
    if options.radius_m is not None or any(row.radius_m is not None for row in rows):
        _refuse(options, _OF_THE_MIX, "the cameras have the ranges that are stated for them")
    return route_past(
        listed.of_rows(rows),
        Typed().track(options.track),
        assumptions=load_assumptions(options.assumptions, parse_changes(options.set)),
        as_of=as_of_date(options.as_of),
        seed=options.seed,
        travel=travel_of(options),
        radius_m=options.radius_m,
    )


def _refuse(options: argparse.Namespace, absent: Mapping[str, object], why: str) -> None:
    """Refuse options that would change nothing, as if they had."""
    given = [f"--{name}" for name, value in absent.items() if getattr(options, name) != value]
    if given:
        msg = f"{', '.join(given)}: no effect here, since {why}. Leave out what has none."
        raise UsageError(msg)


def _shown(found: RouteAnswer, *, as_json: bool) -> int:
    from toolkit.output import threat_words

    if as_json:
        return print_json_text(found.to_json())
    print_lines(*threat_words.route_lines(found, "en"), "", *threat_words.common_lines(found))
    return OK
