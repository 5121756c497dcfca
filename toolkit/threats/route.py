"""A route that somebody brings: the cameras that may have it in view, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
import shapely.ops

from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Loaded, Question
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.routes import search, spots
from toolkit.routes.graph import Graph
from toolkit.routes.matching import Match, Stretch, match_line, route_of_match
from toolkit.routes.route import Routes
from toolkit.routes.sightings import Passings, sightings
from toolkit.threats import alternatives, answer, model, scores
from toolkit.threats.along import route_along
from toolkit.threats.city import PlacedCity, open_city
from toolkit.threats.figures import tier_of
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

DETOUR: Final = 1.5
"""Longest alternative over the shortest way, by default (as `trips.longest_detour`)."""
MOST_DETOUR: Final = 3.0
_LEAST_KNOWN: Final = 0.005
"""Chances of a mapped camera under this are left out: fewer than 12 of 2,400 placements."""
_OFF_M: Final = 1.0
MOST_TRACK_M: Final = 50_000.0
"""Longest part of a track inside the streets of a city: two hours by motorcycle."""
MOST_WHOLE_M: Final = 1_000_000.0
"""Longest track: a day on the road."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A route on the streets of a city.

    Attributes
    ----------
    match
        Its arcs.
    routes
        Its street points, as one route.
    counts
        What was left out of the track, by the id of the note.
    """

    match: Match
    routes: Routes
    counts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Credit:
    """Whose streets a route follows, and under which licence, as their pack states it."""

    attribution: str
    licence: str


@dataclass(frozen=True, eq=False)
class Routed:
    """An answer, and what is drawn with it.

    Attributes
    ----------
    answer
        The answer.
    lines
        Lines of the route and of its alternatives in degrees.
    sites
        Number of sites with a camera that has the route in view, in the first placement of each
        draw, shape (D,): those of `toolkit.assessment.ten_placements`.
    credit
        What a file of the lines owes to the streets that they follow; None for lines of one's own.
    """

    answer: model.RouteAnswer
    lines: tuple[tuple[FloatArray, ...], ...]
    sites: Mapping[Tier, IntArray]
    credit: Credit | None = None


def on_streets(
    city: PlacedCity,
    mode: Mode,
    *,
    track: Track | None = None,
    between: Sequence[tuple[float, float]] | None = None,
    along: Sequence[str] | None = None,
) -> Asked:
    """Return a route on the streets of a city.

    Parameters
    ----------
    city
        The city.
    mode
        Mode of travel.
    track
        A track in degrees.
    between
        Longitude and latitude of the start and the end, between which the shortest way is taken.
    along
        Names of streets in their order.

    Raises
    ------
    UsageError
        If not exactly one of them is given.
    InputDataError
        If it follows no street of the city.
    """
    if sum(value is not None for value in (track, between, along)) != 1:
        msg = "Give one route: a track, two places, or the names of its streets."
        raise UsageError(msg)
    counts: tuple[str, ...] = ()
    if track is not None:
        match, counts = _of_track(city, mode, track)
    elif along is not None:
        match = Match((route_along(city, mode, along),), 0.0)
    else:
        start, end = ends(city, mode, between or ())
        match = Match((search.shortest(city.graph(mode), start, end).stretch,), 0.0)
    return Asked(match, route_of_match(match, city.graph(mode), city.scene.points), counts)


def ends(
    city: PlacedCity, mode: Mode, between: Sequence[tuple[float, float]]
) -> tuple[spots.Spot, spots.Spot]:
    """Return the places on streets of the two ends of a route; errors as `spots.spot`."""
    xy = city.xy_m(np.array(between, dtype=float))
    streets = city.streets(mode)
    start, end = (
        spots.spot(streets, place, what=what)
        for place, what in zip(xy, ("The start", "The end"), strict=True)
    )
    return start, end


def _of_track(city: PlacedCity, mode: Mode, track: Track) -> tuple[Match, tuple[str, ...]]:
    """Return the way that follows the lines of a track."""
    stretches: list[Stretch] = []
    unmatched_m = 0.0
    graph = city.graph(mode)
    lines = [shapely.LineString(city.xy_m(line)) for line in track.lines]
    _check_length(graph, lines)
    for line in lines:
        found = match_line(graph, city.lines, line)
        stretches += found.stretches
        unmatched_m += found.unmatched_m
    if not stretches:
        msg = (
            "The track follows no street of this city that is open to this mode of travel. Check "
            "the city and the mode, or import the streets of where it leads."
        )
        raise InputDataError(msg)
    notes = [f"track_{name}" for name in track.counts]
    if unmatched_m > _OFF_M:
        notes.append("track_off_streets")
    return Match(tuple(stretches), unmatched_m), tuple(notes)


def _check_length(graph: Graph, lines: Sequence[shapely.LineString]) -> None:
    """Refuse a track that runs to and fro between the streets of a city for too long."""
    if not graph.n_nodes:
        return
    low, high = graph.xy_m.min(axis=0), graph.xy_m.max(axis=0)
    inside_m = sum(shapely.clip_by_rect(line, *low, *high).length for line in lines)
    whole_m = sum(line.length for line in lines)
    if inside_m > MOST_TRACK_M or whole_m > MOST_WHOLE_M:
        msg = (
            f"The track has {whole_m / M_PER_KM:,.0f} km, {inside_m / M_PER_KM:,.0f} of them "
            f"inside this city; at most {MOST_WHOLE_M / M_PER_KM:,.0f} and "
            f"{MOST_TRACK_M / M_PER_KM:,.0f} are followed. Keep the part that is asked for."
        )
        raise InputDataError(msg)


def route(
    question: Question | Loaded,
    *,
    track: Track | None = None,
    between: Sequence[tuple[float, float]] | None = None,
    along: Sequence[str] | None = None,
    travel: Travel | None = None,
    detour: float | None = None,
) -> model.RouteAnswer:
    """Return which cameras may have a route in view, and where.

    Parameters
    ----------
    question
        The city, the date and the assumptions, or what was loaded for them.
    track, between, along
        The route, see `on_streets`.
    travel
        How, when and how often somebody travels, and the tier that is asked for.
    detour
        Longest alternative over the shortest way; None for no alternatives.

    Raises
    ------
    UsageError
        If the route, the travel or the detour cannot be used.
    InputDataError
        If the route follows no street of the city.
    NotFoundError
        If the city is not known, or no streets are installed.

    Examples
    --------
    >>> import datetime as dt
    >>> question = Question("helsinki-centre", dt.date(2026, 11, 23), n_draws=20)
    >>> ends = [(24.9414, 60.1699), (24.9490, 60.1685)]
    >>> found = route(question, between=ends, travel=Travel(tier="seen"))
    >>> found.tiers["seen"].in_view_share.high <= 1.0
    True
    """
    return routed(
        question, track=track, between=between, along=along, travel=travel, detour=detour
    ).answer


def routed(
    question: Question | Loaded,
    *,
    track: Track | None = None,
    between: Sequence[tuple[float, float]] | None = None,
    along: Sequence[str] | None = None,
    travel: Travel | None = None,
    detour: float | None = None,
) -> Routed:
    """Return the answer of `route` together with its lines, for whoever asked to draw them."""
    travel = travel or Travel()
    if detour is not None and not 1.0 <= detour <= MOST_DETOUR:
        msg = f"The detour must be from 1 to {MOST_DETOUR:g} times the shortest way."
        raise UsageError(msg)
    city = open_city(question, when=travel.when, small_plates=travel.small_plates)
    asked = on_streets(city, travel.mode, track=track, between=between, along=along)
    return answer_of(city, asked, travel, detour=detour)


def answer_of(
    city: PlacedCity, asked: Asked, travel: Travel, *, detour: float | None = None
) -> Routed:
    """Return the answer for a route on the streets of an open city; see `route`."""
    mode, tiers, trips = travel.mode, travel.tiers, travel.trips
    point = asked.routes.point
    known = city.scene.point_known[point]
    total_m = float(asked.routes.length_m[0])
    others: model.Alternatives | None = None
    found: scores.Scores | None = None
    matches: tuple[Match, ...] = (asked.match,)
    if detour is not None:
        which = tiers[0] if len(tiers) == 1 else _main_tier(tiers)
        made = alternatives.alternatives(
            city, mode, asked.match, tier=which, detour=detour, trips=trips
        )
        others, matches = made.answer, (asked.match, *made.matches)
        found = made.found if tiers == (which,) else None
    if found is None:
        found = scores.score(city, asked.routes, tiers=tiers)
    length_m = found.length_m[: len(point)]
    said = ["route_no_promise", *asked.counts]
    if trips > 1:
        said.append("route_same_cameras")
    if others is not None:
        said += ["route_best_found", *(["route_mix"] if others.mix else [])]
    found_answer = model.RouteAnswer(
        **answer.head(city, mode, travel.when, notes_of=said),
        basis="streets",
        length_m=round(total_m, 1),
        unknown_share=float(f"{length_m[~known].sum() / total_m:.3g}") if total_m else 0.0,
        off_streets_m=round(asked.match.unmatched_m, 1),
        tiers={tier: tier_of(city, found, 0, tier, trips=trips) for tier in tiers},
        mapped=mapped_cameras(city, asked.routes, tiers),
        alternatives=others,
    )
    return Routed(
        found_answer,
        tuple(drawn(city, mode, match) for match in matches),
        {t: found.sites[: city.n_draws, TIERS.index(t), 0].astype(np.int64) for t in tiers},
        Credit(city.pack.manifest.attribution, city.pack.manifest.licence),
    )


def drawn(city: PlacedCity, mode: Mode, match: Match) -> tuple[FloatArray, ...]:
    """Return the lines of a route in degrees, one for each of its stretches."""
    graph, found = city.graph(mode), []
    for stretch in match.stretches:
        parts = []
        last = len(stretch.arcs) - 1
        for k, arc in enumerate(stretch.arcs.tolist()):
            line, whole_m = city.lines[graph.street[arc]], graph.length_m[arc]
            line = line if graph.forward[arc] else shapely.reverse(line)
            if k in {0, last}:
                begin = stretch.first_m / whole_m if k == 0 and whole_m else 0.0
                end = stretch.last_m / whole_m if k == last and whole_m else 1.0
                line = shapely.ops.substring(line, min(begin, end), end, normalized=True)
            parts.append(shapely.get_coordinates(line))
        xy = np.concatenate(parts)
        # Arcs meet in a point that both have.
        new = np.ones(len(xy), dtype=bool)
        new[1:] = (xy[1:] != xy[:-1]).any(axis=1)
        found.append(city.lonlat(xy[new]))
    return tuple(found)


def _main_tier(tiers: Sequence[Tier]) -> Tier:
    """Return the tier by which alternatives are compared if none is asked for."""
    return "plate" if "plate" in tiers else "seen"


def mapped_cameras(
    city: PlacedCity, routes: Routes, tiers: Sequence[Tier]
) -> tuple[model.MappedCamera, ...]:
    """Return the mapped cameras that may have a route in view, the likeliest first."""
    n_groups = len(city.scene.group_free)
    points = np.unique(routes.point)
    sites = city.sites_of(points)
    sites = sites[sites >= n_groups]
    if not len(sites):
        return ()
    at = city.placed_at(sites, points=points)
    key = np.unique(2 * routes.point + routes.forward)
    passings = Passings(key // 2, (key % 2).astype(bool))
    chance: dict[Tier, FloatArray] = {}
    for tier in tiers:
        seen = sightings(
            passings, city.scene.points, at.sight, at.placed, at.cameras, at.facing, tier,
            width_deg=at.width_deg,
        )  # fmt: skip
        hits = np.zeros((city.n_placements, len(sites)))
        hits[at.placed.draw[seen.camera], at.placed.site[seen.camera]] = 1.0
        chance[tier] = hits
    every = city.keep(("mapped", "ids"), lambda: _ids_of(city))
    names = [every[k] for k in sites - n_groups]
    rows = [
        model.MappedCamera(
            ids=names[k],
            in_view={t: scores.probability(h[:, k], city.n_draws) for t, h in chance.items()},
        )
        for k in range(len(sites))
        if max(float(h[:, k].mean()) for h in chance.values()) > _LEAST_KNOWN
    ]

    def first(row: model.MappedCamera) -> tuple[float, ...]:
        return tuple(-(row.in_view[t].mid or 0.0) for t in TIERS if t in row.in_view)

    return tuple(sorted(rows, key=first))


def _ids_of(city: PlacedCity) -> list[tuple[str, ...]]:
    """Return the ids of the cameras of each mapped site."""
    cameras, mapped = city.loaded.counted_cameras(), city.scene.mapped
    found: list[set[str]] = [set() for _ in mapped.xy_m]
    for k, name in zip(mapped.site_of.tolist(), cameras["osm_id"].astype(str), strict=True):
        if k >= 0:
            found[k].add(name)
    return [tuple(sorted(names)) for names in found]
