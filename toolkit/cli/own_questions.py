"""Own routes, places and vehicles as options of `report`; nothing of them is printed or kept."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import TYPE_CHECKING

from toolkit.base.errors import UsageError
from toolkit.cli.typed import HINT, Typed

if TYPE_CHECKING:
    from toolkit.assessment.question import Question
    from toolkit.threats.model import Answer
    from toolkit.threats.tracks import Track

_FIRST_TWO = 2


@dataclass(frozen=True)
class Given:
    """Routes and places of somebody, read before any answer is made: an error costs no wait."""

    tracks: tuple[Track, ...]
    places: tuple[tuple[float, float], ...]


def add_own(parser: argparse.ArgumentParser) -> None:
    """Add the options of somebody's own questions."""
    from toolkit.base.terms import MODES

    group = parser.add_argument_group(
        "your own questions, in one full report",
        f"Answered as by route, place, link and vehicles, on pages of their own. {HINT}",
    )
    group.add_argument(
        "--route", metavar="FILE|-", action="append", default=[], help="GPX or GeoJSON"
    )
    group.add_argument(
        "--place", metavar="LAT,LON|-|@FILE", action="append", default=[], help="house or place"
    )
    group.add_argument("--radius-m", metavar="M", type=float, default=100.0, help="of each place")
    group.add_argument(
        "--link-min",
        metavar="M",
        type=float,
        help="whether cameras can tie the first two routes within so many minutes",
    )
    group.add_argument("--vehicles", action="store_true", help="trips past plate readers")
    group.add_argument("--mode", choices=MODES, default="foot")
    group.add_argument("--when", choices=("day", "night"), default="day")
    group.add_argument("--trips", metavar="K", type=int, default=1, help="on each route")
    group.add_argument("--alternatives", action="store_true", help="other ways of each route")


def check_own(options: argparse.Namespace) -> bool:
    """Return whether there are own questions.

    Raises
    ------
    UsageError
        If they do not go with the other options.
    """
    asked = bool(options.route or options.place or options.vehicles)
    if options.link_min is not None and len(options.route) < _FIRST_TWO:
        msg = "--link-min ties two routes: give --route twice."
        raise UsageError(msg)
    if asked and (options.detail != "full" or len(options.cities) != 1):
        msg = "Your own questions are part of a full report on one city: CITY --detail full."
        raise UsageError(msg)
    return asked


def read_own(options: argparse.Namespace) -> Given | None:
    """Return the routes and places of the options of `add_own`; None without own questions.

    Raises
    ------
    ToolkitError
        As `check_own`, or if one cannot be read.
    """
    if not check_own(options):
        return None
    typed = Typed()
    return Given(
        tuple(typed.track(value) for value in options.route),
        tuple(typed.place(value, f"Place {k}") for k, value in enumerate(options.place, start=1)),
    )


def own_answers(
    options: argparse.Namespace, given: Given, question: Question
) -> tuple[Answer, ...]:
    """Return the answers to somebody's own questions, in the order of the options.

    Parameters
    ----------
    options
        Options of `add_own`.
    given
        What `read_own` read of them.
    question
        City, date and assumptions of the report.

    Raises
    ------
    ToolkitError
        As the functions of `toolkit.threats`.
    """
    from toolkit.threats import linking
    from toolkit.threats.place import place
    from toolkit.threats.route import DETOUR, route
    from toolkit.threats.travel import Travel
    from toolkit.threats.vehicles import vehicles

    travel = Travel(options.mode, options.when, trips=options.trips)
    detour = DETOUR if options.alternatives else None
    found: list[Answer] = [
        route(question, track=track, travel=travel, detour=detour) for track in given.tracks
    ]
    found += [place(question, at, options.radius_m, travel) for at in given.places]
    if options.link_min is not None:
        pair = given.tracks[:_FIRST_TWO]
        found.append(linking.link(question, pair, window_min=options.link_min, travel=travel))
    if options.vehicles:
        found.append(vehicles(question, when=options.when))
    return tuple(found)
