"""A route that somebody brings: the cameras that may have it in view, and where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.spatial import cKDTree

from toolkit.assessment.question import Question
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.routes import search
from toolkit.routes.matching import Match, Stretch, match_line, route_of_match
from toolkit.routes.route import Routes
from toolkit.routes.sightings import Passings, sightings
from toolkit.threats import alternatives, answer, model, scores
from toolkit.threats.along import route_along
from toolkit.threats.city import PlacedCity, When, open_city
from toolkit.threats.tracks import Track

SECTION_M: Final = 100.0
"""Length of the sections in which it is said where along a route cameras are passed: a block."""
MOST_SECTIONS: Final = 50
DETOUR: Final = 1.5
"""Longest alternative over the shortest way, by default (as `trips.longest_detour`)."""
MOST_DETOUR: Final = 3.0
MOST_TRIPS: Final = 1000
_LEAST_KNOWN: Final = 0.005
"""Chances of a mapped camera under this are left out: fewer than 12 of 2,400 placements."""
_OFF_M: Final = 1.0


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
) -> tuple[search.Spot, search.Spot]:
    """Return the places on streets of the two ends of a route; errors as `search.spot`."""
    xy = city.xy_m(np.array(between, dtype=float))
    graph = city.graph(mode)
    start, end = (
        search.spot(graph, city.lines, place, what=what)
        for place, what in zip(xy, ("The start", "The end"), strict=True)
    )
    return start, end


def _of_track(city: PlacedCity, mode: Mode, track: Track) -> tuple[Match, tuple[str, ...]]:
    """Return the way that follows the lines of a track."""
    stretches: list[Stretch] = []
    unmatched_m = 0.0
    for line in track.lines:
        found = match_line(
            city.graph(mode), city.lines, shapely.LineString(city.xy_m(line))
        )
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


def route(
    question: Question,
    *,
    track: Track | None = None,
    between: Sequence[tuple[float, float]] | None = None,
    along: Sequence[str] | None = None,
    mode: Mode = "foot",
    when: When = "day",
    tier: Tier | None = None,
    trips: int = 1,
    detour: float | None = None,
) -> model.RouteAnswer:
    """Return which cameras may have a route in view, and where.

    Parameters
    ----------
    question
        The city, the date and the assumptions.
    track, between, along
        The route, see `on_streets`.
    mode, when
        How and when somebody travels.
    tier
        One tier alone; by default all that concern the mode.
    trips
        How often the route is travelled.
    detour
        Longest alternative over the shortest way; None for no alternatives.

    Raises
    ------
    UsageError
        If the route, the tier, the number of trips or the detour cannot be used.
    InputDataError
        If the route follows no street of the city.
    NotFoundError
        If the city is not known, or no streets are installed.

    Examples
    --------
    >>> import datetime as dt
    >>> question = Question("helsinki-centre", dt.date(2026, 11, 23), n_draws=20)
    >>> ends = [(24.9414, 60.1699), (24.9490, 60.1685)]
    >>> found = route(question, between=ends, tier="seen")
    >>> found.tiers["seen"].in_view_share.high <= 1.0
    True
    """
    _check(trips, detour)
    tiers = answer.tiers_of(mode, tier)
    city = open_city(question, when=when)
    asked = on_streets(city, mode, track=track, between=between, along=along)
    return answer_of(city, asked, mode=mode, when=when, tiers=tiers, trips=trips, detour=detour)


def answer_of(
    city: PlacedCity,
    asked: Asked,
    *,
    mode: Mode,
    when: When,
    tiers: Sequence[Tier],
    trips: int = 1,
    detour: float | None = None,
) -> model.RouteAnswer:
    """Return the answer for a route on the streets of an open city; see `route`."""
    found = scores.score(city, asked.routes)
    point = asked.routes.point
    known = city.scene.point_known[point]
    total_m = float(asked.routes.length_m[0])
    unknown_m = float(found.length_m[~known].sum())
    others = None
    if detour is not None:
        which = tiers[0] if len(tiers) == 1 else _main_tier(tiers)
        others = alternatives.alternatives(
            city, mode, asked.match, tier=which, detour=detour, trips=trips
        ).answer
    said = ["route_no_promise", *asked.counts]
    if trips > 1:
        said.append("route_same_cameras")
    if others is not None:
        said += ["route_best_found", *(["route_mix"] if others.mix else [])]
    return model.RouteAnswer(
        **answer.head(city, mode, when, notes_of=said),
        basis="streets",
        length_m=round(total_m, 1),
        unknown_share=float(f"{unknown_m / total_m:.3g}") if total_m else 0.0,
        off_streets_m=round(asked.match.unmatched_m, 1),
        tiers={tier: tier_of(city, found, 0, tier, trips=trips) for tier in tiers},
        mapped=mapped_cameras(city, asked.routes, tiers),
        alternatives=others,
    )


def _main_tier(tiers: Sequence[Tier]) -> Tier:
    """Return the tier by which alternatives are compared if none is asked for."""
    return "plate" if "plate" in tiers else "seen"


def _check(trips: int, detour: float | None) -> None:
    if not 1 <= trips <= MOST_TRIPS:
        msg = f"The number of trips must be from 1 to {MOST_TRIPS}."
        raise UsageError(msg)
    if detour is not None and not 1.0 <= detour <= MOST_DETOUR:
        msg = f"The detour must be from 1 to {MOST_DETOUR:g} times the shortest way."
        raise UsageError(msg)


def tier_of(
    city: PlacedCity,
    found: scores.Scores,
    k: int,
    tier: Tier,
    *,
    trips: int = 1,
    sections: bool = True,
) -> model.RouteTier:
    """Return the figures of one of the scored routes at one tier."""
    in_view, length_m = found.along(tier, k)
    seen_m = in_view @ length_m
    total_m = float(length_m.sum())
    share = seen_m / total_m if total_m else np.zeros(len(seen_m))
    counts, n = found.counts(tier, k), found.n_draws
    one = scores.probability(found.at_least(1, tier, k), n)
    return model.RouteTier(
        cameras=scores.realised(counts, "cameras"),
        expected_cameras=scores.expected(counts, n, "cameras"),
        at_least_one=one,
        at_least_two_sites=scores.probability(found.at_least(2, tier, k), n),
        in_view_m=scores.realised(seen_m, "m"),
        in_view_share=scores.realised(np.minimum(share, 1.0), "share"),
        longest_not_known_to_be_watched_m=scores.realised(
            scores.longest_stretch_m(in_view, length_m), "m"
        ),
        sections=_sections(in_view, length_m, n) if sections else (),
        repeated=model.Repeated(
            trips=trips,
            at_least_one=one,
            times_passed=scores.realised(counts * trips, "cameras"),
        ),
        switched_on=answer.switched_on(city, tier),
    )


def _sections(in_view: np.ndarray, length_m: FloatArray, n_draws: int) -> tuple[model.Section, ...]:  # type: ignore[type-arg]
    """Return equal sections of a route, each with the chance that any of it is in view."""
    end_m = np.cumsum(length_m)
    if not len(end_m):
        return ()
    n = int(np.clip(round(float(end_m[-1]) / SECTION_M), 1, MOST_SECTIONS))
    size_m = float(end_m[-1]) / n
    of = np.minimum(((end_m - length_m / 2) / size_m).astype(int), n - 1)
    found = []
    for k in range(n):
        here = in_view[:, of == k]
        hits = here.any(axis=1) if here.shape[1] else np.zeros(len(in_view), bool)
        found.append(
            model.Section(
                from_m=round(k * size_m, 1),
                to_m=round((k + 1) * size_m, 1),
                in_view=scores.probability(hits, n_draws),
            )
        )
    return tuple(found)


def mapped_cameras(
    city: PlacedCity, routes: Routes, tiers: Sequence[Tier]
) -> tuple[model.MappedCamera, ...]:
    """Return the mapped cameras that may have a route in view, the likeliest first."""
    n_groups = len(city.scene.group_free)
    sites = city.sites_of(np.unique(routes.point))
    sites = sites[sites >= n_groups]
    if not len(sites):
        return ()
    at = city.placed_at(sites)
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
    names = _ids_of(city, sites - n_groups)
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


def _ids_of(city: PlacedCity, mapped: np.ndarray) -> list[tuple[str, ...]]:  # type: ignore[type-arg]
    """Return the ids of the cameras that were joined to each of some mapped sites."""
    cameras = city.loaded.counted_cameras()
    xy = np.column_stack(
        [(points := cameras.geometry.to_crs(city.pack.manifest.crs)).x, points.y]
    )
    _, nearest = cKDTree(city.scene.mapped.xy_m).query(xy)
    ids = cameras["osm_id"].astype(str).to_numpy()
    return [tuple(sorted(set(ids[nearest == k].tolist()))) for k in mapped]


