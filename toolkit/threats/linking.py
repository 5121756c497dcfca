"""Whether cameras can tie two routes to one another: one camera that records both, or two in turn.

Two people whom one camera records within a short time may be taken for a pair; two cameras whose
records are as far apart in time as the way between them takes may join two routes to one journey.
How likely a tie is real is not computed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from scipy.sparse import csgraph

from toolkit.assessment.question import Loaded, Question
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import Mode, Tier
from toolkit.routes.graph import Graph, part_of
from toolkit.routes.route import Routes, points_of_streets
from toolkit.routes.sightings import Passings, sightings
from toolkit.streets.street_points import LinePieces
from toolkit.threats import answer, model, scores
from toolkit.threats.city import PlacedCity, open_city
from toolkit.threats.route import Asked, on_streets
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

SPEEDS_KM_H: Final[dict[Mode, tuple[float, float]]] = {
    "foot": (3.0, 6.0),
    "motorcycle": (10.0, 40.0),
    "car": (8.0, 40.0),
}
"""Range of the mean speed between two cameras. On foot: slow and brisk walking of adults (Bohannon
and Andrews 2011, Physiotherapy 97:182, 0.9 to 1.5 m/s without halts); vehicles: judgement, from
queues to free streets."""
MOST_WINDOW_MIN: Final = 24 * 60.0
_M_PER_KM, _S_PER_H, _S_PER_MIN = 1000.0, 3600.0, 60.0
_AROUND_M: Final = 600.0
"""Streets farther from both routes are on no way between two cameras on them that is looked for."""
_BLOCK: Final = 256
"""Placements multiplied at once."""


@dataclass(frozen=True, eq=False)
class _Timed:
    """Points of a route in the order of travel, and the second at which each is passed."""

    point: IntArray
    forward: BoolArray
    time_s: FloatArray
    has_times: bool


def link(
    question: Question | Loaded,
    tracks: Sequence[Track],
    *,
    window_min: float,
    travel: Travel | None = None,
) -> model.LinkAnswer:
    """Return whether cameras can tie two tracks to one another.

    Parameters
    ----------
    question
        The city, the date and the assumptions, or what was loaded for them.
    tracks
        Two tracks. With times, those count; otherwise both start at once, and each is travelled at
        the middle of `SPEEDS_KM_H`.
    window_min
        Longest time between the two records, in minutes.
    travel
        See `toolkit.threats.route.route`.

    Raises
    ------
    UsageError
        If there are not two tracks, or the window cannot be used.
    InputDataError
        If a track follows no street of the city.
    NotFoundError
        If the city is not known, or no streets are installed.
    """
    if len(tracks) != 2:  # noqa: PLR2004
        msg = "Give two tracks, one for each route or person."
        raise UsageError(msg)
    _check_window(window_min)
    travel = travel or Travel()
    mode = travel.mode
    city = open_city(question, when=travel.when, small_plates=travel.small_plates)
    asked = [on_streets(city, mode, track=track) for track in tracks]
    timed = [_timed(city, one, track, mode) for one, track in zip(asked, tracks, strict=True)]
    if not all(one.has_times for one in timed):
        timed = [_untimed(city, one, mode) for one in asked]
    notes = dict.fromkeys([*asked[0].counts, *asked[1].counts])
    return _answer(city, timed, window_min, travel, tuple(notes))


def link_at(
    question: Question | Loaded,
    place: tuple[float, float],
    radius_m: float,
    *,
    window_min: float,
    travel: Travel | None = None,
) -> model.LinkAnswer:
    """Return whether one camera can record two people at a place within a time.

    Parameters
    ----------
    question, window_min, travel
        See `link`.
    place
        Longitude and latitude.
    radius_m
        Both pass every street within this distance of it.

    Raises
    ------
    UsageError, InputDataError, NotFoundError
        As `link`.
    """
    _check_window(window_min)
    travel = travel or Travel()
    mode = travel.mode
    city = open_city(question, when=travel.when, small_plates=travel.small_plates)
    xy = city.xy_m(np.array([place], dtype=float))[0]
    points = city.scene.points
    near = np.hypot(*(points.xy - xy).T) <= radius_m
    on_graph = np.zeros(len(city.lines), dtype=bool)
    on_graph[city.graph(mode).street] = True
    point = np.flatnonzero(near & on_graph[points.line])
    if not len(point):
        msg = "No street that is open to this mode of travel is within this distance of the place."
        raise InputDataError(msg)
    both = np.repeat(point, 2)
    one = _Timed(both, np.tile([True, False], len(point)), np.zeros(len(both)), has_times=False)
    return _answer(city, [one, one], window_min, travel, (), at_place=True)


def _check_window(window_min: float) -> None:
    if not 0.0 <= window_min <= MOST_WINDOW_MIN:
        msg = f"The window must be from 0 to {MOST_WINDOW_MIN:.0f} minutes."
        raise UsageError(msg)


def _answer(
    city: PlacedCity,
    timed: Sequence[_Timed],
    window_min: float,
    travel: Travel,
    notes: tuple[str, ...],
    *,
    at_place: bool = False,
) -> model.LinkAnswer:
    mode, tiers = travel.mode, travel.tiers
    window_s = window_min * _S_PER_MIN
    joins = (
        _joins(city, mode, timed[0], timed[1], window_s),
        _joins(city, mode, timed[1], timed[0], window_s),
    )
    found = scores.score(city, _as_routes(timed), tiers=tiers)
    return model.LinkAnswer(
        **answer.head(city, mode, travel.when, notes_of=("link_no_proof", *notes)),
        window_min=window_min,
        speed_km_h=SPEEDS_KM_H[mode],
        timed=all(one.has_times for one in timed),
        at_place=at_place,
        tiers={tier: _tier(city, found, timed, joins, window_s, tier) for tier in tiers},
    )


def _as_routes(timed: Sequence[_Timed]) -> Routes:
    count = [len(one.point) for one in timed]
    return Routes(
        np.concatenate([[0], np.cumsum(count)]),
        np.concatenate([one.point for one in timed]),
        np.concatenate([one.forward for one in timed]),
        np.ones(len(timed)),
    )


def _tier(
    city: PlacedCity,
    found: scores.Scores,
    timed: Sequence[_Timed],
    joins: tuple[BoolArray, BoolArray],
    window_s: float,
    tier: Tier,
) -> model.LinkTier:
    same = same_camera(city, timed, window_s, tier)
    first, second = (found.along(tier, k)[0] for k in (0, 1))
    sequence = in_sequence(first, second, joins[0]) | in_sequence(second, first, joins[1])
    n = city.n_draws
    return model.LinkTier(
        same_camera=scores.probability(same, n),
        in_sequence=scores.probability(sequence, n),
        either=scores.probability(same | sequence, n),
        switched_on=answer.switched_on(city, tier),
    )


def same_camera(
    city: PlacedCity, timed: Sequence[_Timed], window_s: float, tier: Tier
) -> BoolArray:
    """Return whether one camera records both within a time, in each placement, shape (P,)."""
    point = np.concatenate([one.point for one in timed])
    forward = np.concatenate([one.forward for one in timed])
    who = np.repeat([0, 1], [len(one.point) for one in timed])
    time_s = np.concatenate([one.time_s for one in timed])
    key, passing = np.unique(2 * point + forward, return_inverse=True)
    used = np.unique(point)
    at = city.placed_at(city.sites_of(used), points=used)
    seen = sightings(
        Passings(key // 2, (key % 2).astype(bool)), city.scene.points, at.sight, at.placed,
        at.cameras, at.facing, tier, width_deg=at.width_deg,
    )  # fmt: skip
    # 1. One row for each camera and each time that somebody passes what it sees.
    order = np.argsort(passing, kind="stable")
    first = np.searchsorted(passing[order], np.arange(len(key) + 1))
    count = np.diff(first)[seen.passing]
    row = np.repeat(first[seen.passing] - (np.cumsum(count) - count), count)
    row = order[row + np.arange(len(row))]
    camera = np.repeat(seen.camera, count)
    # 2. Sorted by time, the nearest records of the two follow one another.
    by_time = np.lexsort((time_s[row], camera))
    camera, when, person = camera[by_time], time_s[row][by_time], who[row][by_time]
    tied = (camera[1:] == camera[:-1]) & (person[1:] != person[:-1])
    tied &= when[1:] - when[:-1] <= window_s
    hits = np.zeros(city.n_placements, dtype=bool)
    hits[at.placed.draw[camera[1:][tied]]] = True
    return hits


def in_sequence(first: BoolArray, second: BoolArray, joins: BoolArray) -> BoolArray:
    """Return whether any joined pair of points is recorded, in each placement, shape (P,).

    Parameters
    ----------
    first, second
        Whether each point of either route is in view, shapes (P, N) and (P, M).
    joins
        Whether a record of one point and then of the other fits a way between them, (N, M).
    """
    found = np.zeros(len(first), dtype=bool)
    through = joins.astype(np.float32)
    for a in range(0, len(first), _BLOCK):
        some = slice(a, a + _BLOCK)
        reached = first[some].astype(np.float32) @ through > 0
        found[some] = (reached & second[some]).any(axis=1)
    return found


# --- times -----------------------------------------------------------------------------------


def _timed(city: PlacedCity, asked: Asked, track: Track, mode: Mode) -> _Timed:
    """Return the points of a route with the times of its track."""
    lines = [city.xy_m(line) for line in track.lines]
    times = np.concatenate(track.times_s)
    steps = [np.hypot(*np.diff(line, axis=0).T) for line in lines]
    at_m = np.concatenate([np.concatenate([[0.0], s]) for s in steps]).cumsum()
    known = ~np.isnan(times)
    if known.sum() < 2:  # noqa: PLR2004
        return _untimed(city, asked, mode)
    share = _shares(city, asked)
    return _Timed(
        asked.routes.point,
        asked.routes.forward,
        np.interp(share * at_m[-1], at_m[known], times[known]),
        has_times=True,
    )


def _untimed(city: PlacedCity, asked: Asked, mode: Mode) -> _Timed:
    """Return the points of a route that starts at the second 0."""
    speed_m_s = sum(SPEEDS_KM_H[mode]) / 2 * _M_PER_KM / _S_PER_H
    at_m = _shares(city, asked) * float(asked.routes.length_m[0])
    return _Timed(asked.routes.point, asked.routes.forward, at_m / speed_m_s, has_times=False)


def _shares(city: PlacedCity, asked: Asked) -> FloatArray:
    """Return the part of a route before each of its points."""
    length_m = city.scene.points.length[asked.routes.point]
    end = np.cumsum(length_m)
    return np.asarray((end - length_m / 2) / end[-1]) if len(end) else end


def _joins(city: PlacedCity, mode: Mode, one: _Timed, other: _Timed, window_s: float) -> BoolArray:
    """Return which pairs of points fit a way from one route to the other, shape (N, M)."""
    slow, fast = (v * _M_PER_KM / _S_PER_H for v in SPEEDS_KM_H[mode])
    gap_s = other.time_s[None, :] - one.time_s[:, None]
    later = (gap_s >= 0) & (gap_s <= window_s)
    if not later.any():
        return later
    way_m = _ways_m(city, mode, one, other, fast * window_s)
    return np.asarray(later & (gap_s >= way_m / fast) & (gap_s <= way_m / slow))


def _ways_m(city: PlacedCity, mode: Mode, one: _Timed, other: _Timed, most_m: float) -> FloatArray:
    """Return the length of the way from each point of a route to each of another."""
    points = city.scene.points
    xy = points.xy[np.concatenate([one.point, other.point])]
    hull = shapely.convex_hull(shapely.MultiPoint(xy))
    around = np.zeros(len(city.lines), dtype=bool)
    tree = shapely.STRtree(city.lines)
    around[tree.query(hull, predicate="dwithin", distance=_AROUND_M)] = True
    graph, _ = part_of(city.graph(mode), around)
    arc_a, at_a = _on_arcs(graph, points, one)
    arc_b, at_b = _on_arcs(graph, points, other)
    heads, row = np.unique(graph.head[arc_a], return_inverse=True)
    distance = csgraph.dijkstra(graph.arcs.length_m, indices=heads, limit=most_m)
    left = graph.length_m[arc_a] - at_a
    way = left[:, None] + distance[row][:, graph.tail[arc_b]] + at_b[None, :]
    on = at_b[None, :] - at_a[:, None]
    same = (arc_a[:, None] == arc_b[None, :]) & (on >= 0)
    return np.where(same, on, way)


def _on_arcs(graph: Graph, points: LinePieces, timed: _Timed) -> tuple[IntArray, FloatArray]:
    """Return the arc of each point of a route, and metres from its tail."""
    street = points.line[timed.point]
    key = 2 * graph.street + graph.forward
    order = np.argsort(key, kind="stable")
    found = np.searchsorted(key[order], 2 * street + timed.forward)
    arc = order[np.minimum(found, len(order) - 1)]
    # A point that was only passed against a one-way is taken the way that exists.
    against = key[arc] != 2 * street + timed.forward
    found = np.searchsorted(key[order], 2 * street + ~timed.forward)
    arc = np.where(against, order[np.minimum(found, len(order) - 1)], arc)
    _, number = points_of_streets(points, street)
    share = (points.ordinal[timed.point] + 0.5) / number
    share = np.where(graph.forward[arc], share, 1.0 - share)
    return arc, share * graph.length_m[arc]
