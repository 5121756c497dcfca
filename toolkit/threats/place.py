"""A gathering place or a house: the cameras on the ways to it, and ways that share no street."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from toolkit.assessment.question import Loaded, Question
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.routes import search, spots
from toolkit.routes.graph import Graph, part_of
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.meetings import meet_working
from toolkit.routes.route import Routes, joined, routes_of
from toolkit.threats import answer, model, scores
from toolkit.threats.alternatives import compared
from toolkit.threats.city import PlacedCity, open_city
from toolkit.threats.travel import Travel

FROM_M: Final = 500.0
"""Radius of the circle from which approaches are followed: six minutes on foot."""
DISC_M: Final = (100.0, 150.0)
"""Least and greatest disc about the place to which separate approaches lead. A single point would
have as many as the streets at its door, mostly two."""
RADIUS_M: Final = (10.0, 400.0)
"""Least and greatest radius that a user can give."""
MOST_APPROACHES: Final = 20
MOST_ENTRANCES: Final = 3
_OTHER_SIDE_DEG: Final = 45.0
"""Entrances lie in directions that differ by at least this much."""
FLOW_PLACEMENTS: Final = 100
"""Placements in which separate approaches are counted: a share of them has a standard error of at
most 0.05."""
_AROUND_M: Final = 100.0
"""Streets beyond the circle that are kept, so that approaches begin outside it."""


@dataclass(frozen=True, eq=False)
class _Around:
    """Streets around a place.

    Attributes
    ----------
    graph, streets
        The streets, a part of those of the city.
    centre
        Position of the place, shape (2,).
    entry
        Arcs that enter the circle.
    bearing_deg
        Direction from the place to each entry.
    """

    graph: Graph
    streets: spots.StreetIndex
    centre: FloatArray
    entry: IntArray
    bearing_deg: FloatArray


def place(
    question: Question | Loaded,
    at: tuple[float, float],
    radius_m: float,
    travel: Travel | None = None,
) -> model.PlaceAnswer:
    """Return which cameras may record the ways to a place.

    Parameters
    ----------
    question
        The city, the date and the assumptions, or what was loaded for them.
    at
        Longitude and latitude.
    radius_m
        Radius of the place: streets of other entrances lie within it.
    travel
        See `toolkit.threats.route.route`.

    Raises
    ------
    UsageError
        If the radius or the tier cannot be used.
    InputDataError
        If no street is near, or none leads there.
    NotFoundError
        If the city is not known, or no streets are installed.

    Examples
    --------
    >>> import datetime as dt
    >>> question = Question("helsinki-centre", dt.date(2026, 11, 23), n_draws=20)
    >>> found = place(question, (24.9414, 60.1699), 100.0, Travel(tier="face"))
    >>> 1 <= len(found.tiers["face"].approaches) <= MOST_APPROACHES
    True
    """
    if not RADIUS_M[0] <= radius_m <= RADIUS_M[1]:
        msg = f"The radius of the place must be from {RADIUS_M[0]:g} to {RADIUS_M[1]:g} m."
        raise UsageError(msg)
    travel = travel or Travel()
    return answer_of(
        open_city(question, when=travel.when, small_plates=travel.small_plates),
        at,
        radius_m,
        travel,
    )


def answer_of(
    city: PlacedCity, at: tuple[float, float], radius_m: float, travel: Travel
) -> model.PlaceAnswer:
    """Return the answer for a place in an open city; see `place`."""
    mode, tiers = travel.mode, travel.tiers
    xy = city.xy_m(np.array([at], dtype=float))[0]
    around = _around(city, mode, xy)
    door = spots.spot(around.streets, xy, what="The place")
    ways, kept = _ways(city, around, door)
    others = _entrances(city, around, door, radius_m)
    routes = [ways, _last_street(city, around.graph, door, radius_m)]
    sides = []
    for direction, spot in others:
        found, _ = _ways(city, around, spot)
        if len(found):
            sides.append((direction, len(found)))
            routes.append(found)
    first = np.cumsum([0, *map(len, routes)])
    found_all = scores.score(city, joined(routes), tiers=tiers, along=False)
    recorded = arcs_recorded(city, around.graph, tiers, FLOW_PLACEMENTS)
    disc_m = float(np.clip(radius_m, *DISC_M))
    made = _Made(city, around, kept, found_all, first, recorded, disc_m, tuple(sides))
    return model.PlaceAnswer(
        **answer.head(city, mode, travel.when, notes_of=("place_registers", "place_flow")),
        radius_m=radius_m,
        from_m=FROM_M,
        tiers={tier: _tier(made, tier) for tier in tiers},
    )


@dataclass(frozen=True, eq=False)
class _Made:
    """What the figures of all tiers are made of.

    Attributes
    ----------
    kept
        Entries that have a way to the door.
    found
        Scores of the ways, of the last street, and of the ways to each other entrance.
    first
        First route of each of these.
    recorded
        Whether each arc is recorded, shape (P, T, A).
    sides
        Direction and number of ways of each other entrance.
    """

    city: PlacedCity
    around: _Around
    kept: IntArray
    found: scores.Scores
    first: IntArray
    recorded: BoolArray
    disc_m: float
    sides: tuple[tuple[model.Compass, int], ...]


def _tier(made: _Made, tier: Tier) -> model.PlaceTier:
    n, found, t = made.city.n_draws, made.found, TIERS.index(tier)
    hits = found.sites[:, t] >= 1
    ways = hits[:, : made.first[1]]
    share = ways.mean(axis=1)
    return model.PlaceTier(
        arrivals=scores.probability(share, n),
        any_arrival=scores.probability(np.asarray(ways.any(axis=1)), n),
        every_arrival=scores.probability(np.asarray(ways.all(axis=1)), n),
        last_street=scores.probability(hits[:, made.first[1]], n),
        approaches=_approaches(made, tier),
        separate=_separate(made, t),
        entrances=tuple(
            model.Entrance(
                direction=direction,
                arrivals=scores.probability(there.mean(axis=1), n),
                compared=compared(there.mean(axis=1), share),
            )
            for k, (direction, _) in enumerate(made.sides)
            for there in (hits[:, made.first[k + 2] : made.first[k + 3]],)
        ),
        switched_on=answer.switched_on(made.city, tier),
    )


def _approaches(made: _Made, tier: Tier) -> tuple[model.Approach, ...]:
    """Return the ways clockwise from north: in the order of directions, not of exposure."""
    n, found = made.city.n_draws, made.found
    bearing = made.around.bearing_deg[made.kept]
    return tuple(
        model.Approach(
            direction=compass(float(bearing[k])),
            length_m=round(float(found.length_m[found.start[k] : found.start[k + 1]].sum()), 1),
            at_least_one=scores.probability(found.at_least(1, tier, int(k)), n),
            cameras=scores.realised(found.counts(tier, int(k)), "cameras"),
        )
        for k in np.argsort(bearing, kind="stable")
    )


def _separate(made: _Made, t: int) -> model.Separate:
    graph, centre = made.around.graph, made.around.centre
    away = np.hypot(*(graph.xy_m - centre).T)
    source, sink = away >= FROM_M, away <= made.disc_m
    source |= graph.leads_on & ~sink
    free = np.ones(len(graph.tail), dtype=bool)
    whole = separate_ways(graph, free, source, sink)
    counts = np.array(
        [separate_ways(graph, ~taken, source, sink) for taken in made.recorded[:, t]], dtype=float
    )
    return model.Separate(
        number=Quantity.from_amounts(counts, "count"),
        none=scores.held(counts == 0),
        of=whole,
        placements=len(counts),
    )


def separate_ways(graph: Graph, free: BoolArray, source: BoolArray, sink: BoolArray) -> int:
    """Return the number of ways that share no street: the maximum flow over free arcs.

    Parameters
    ----------
    graph
        The streets.
    free
        Whether each arc can be used, shape (A,).
    source, sink
        Nodes where ways begin, and where they end, shape (N,).
    """
    # All sources are one node, and all sinks another.
    n = graph.n_nodes
    node = np.where(source, n, np.where(sink, n + 1, np.arange(n)))
    tail, head = node[graph.tail], node[graph.head]
    used = free & (tail != head) & (tail != n + 1) & (head != n)
    ones = np.ones(int(used.sum()), dtype=np.int32)
    # Parallel arcs add up.
    capacity = sparse.csr_array((ones, (tail[used], head[used])), shape=(n + 2, n + 2))
    capacity.sum_duplicates()
    return int(csgraph.maximum_flow(capacity.astype(np.int32), n, n + 1).flow_value)


def arcs_recorded(city: PlacedCity, graph: Graph, tiers: Sequence[Tier], most: int) -> BoolArray:
    """Return whether any working camera has each arc in view, shape (P, T, A).

    Parameters
    ----------
    city
        The city.
    graph
        Some of its streets.
    tiers
        Tiers that are asked for.
    most
        Number of placements.
    """
    points = city.scene.points
    arcs = routes_of(graph, points, [np.array([a]) for a in range(len(graph.tail))])
    parts = city.parts_at(np.unique(arcs.point), most, tiers=tiers)
    return meet_working(arcs.first(0), arcs, points, parts).weeks


def _around(city: PlacedCity, mode: Mode, xy: FloatArray) -> _Around:
    """Return the streets around a place, and where they enter the circle."""
    near = np.zeros(len(city.lines), dtype=bool)
    index = city.streets(mode)
    found = index.tree.query(shapely.Point(xy), predicate="dwithin", distance=FROM_M + _AROUND_M)
    near[index.streets[found]] = True
    graph, _ = part_of(city.graph(mode), near)
    if not len(graph.tail):
        msg = (
            f"No street that is open to this mode of travel is within {FROM_M:.0f} m of the place. "
            "Give a place inside the boundary of the city."
        )
        raise InputDataError(msg)
    away = np.hypot(*(graph.xy_m - xy).T)
    inwards = (away[graph.tail] >= FROM_M) & (away[graph.head] < FROM_M)
    # Where the boundary is nearer than the circle, ways begin there.
    inwards |= graph.leads_on[graph.tail] & (away[graph.tail] < FROM_M)
    entry = np.flatnonzero(inwards)
    offset = graph.xy_m[graph.tail[entry]] - xy
    bearing = np.degrees(np.arctan2(offset[:, 0], offset[:, 1])) % 360.0
    order = np.argsort(bearing, kind="stable")
    if len(order) > MOST_APPROACHES:  # evenly around the place
        order = order[np.linspace(0, len(order), MOST_APPROACHES, endpoint=False).astype(int)]
    streets = spots.street_index(graph, city.lines)
    return _Around(graph, streets, xy, entry[order], bearing[order])


def _ways(city: PlacedCity, around: _Around, door: spots.Spot) -> tuple[Routes, IntArray]:
    """Return the shortest way from each entry to a door, and the entries that have one."""
    graph = around.graph
    ways, kept = [], []
    for k, arc in enumerate(around.entry.tolist()):
        start = spots.Spot(np.array([arc]), np.zeros(1), 0.0, graph.xy_m[graph.tail[arc]])
        try:
            way = search.shortest(graph, start, door)
        except InputDataError:
            continue
        ways.append(route_of_match(Match((way.stretch,), 0.0), graph, city.scene.points))
        kept.append(k)
    if not ways:
        msg = "No street leads to the place from outside by this mode of travel."
        raise InputDataError(msg)
    return joined(ways), np.array(kept, dtype=np.int64)


def _last_street(city: PlacedCity, graph: Graph, door: spots.Spot, radius_m: float) -> Routes:
    """Return the street at the door, in both directions, within the radius."""
    points = city.scene.points
    street = graph.street[door.arc[0]]
    reach_m = max(radius_m, DISC_M[0])
    point = np.flatnonzero(
        (points.line == street) & (np.hypot(*(points.xy - door.xy_m).T) <= reach_m)
    )
    both = np.repeat(point, 2)
    return Routes(
        np.array([0, len(both)]),
        both,
        np.tile([True, False], len(point)),
        np.array([float(points.length[point].sum())]),
    )


def _entrances(
    city: PlacedCity, around: _Around, door: spots.Spot, radius_m: float
) -> list[tuple[model.Compass, spots.Spot]]:
    """Return places on other streets within the radius, in other directions than the door."""
    graph, lines = around.graph, city.lines
    streets = np.unique(graph.street)
    centre = shapely.Point(around.centre)
    off = shapely.distance(lines[streets], centre)
    near = streets[np.argsort(off, kind="stable")]
    near = near[: int((off <= radius_m).sum())]
    taken = [_bearing(door.xy_m - around.centre)]
    found: list[tuple[model.Compass, spots.Spot]] = []
    for street in near.tolist():
        if street == graph.street[door.arc[0]] or len(found) == MOST_ENTRANCES:
            continue
        at = shapely.get_coordinates(shapely.shortest_line(centre, lines[street]))[1]
        bearing = _bearing(at - around.centre)
        if any(abs((bearing - b + 180.0) % 360.0 - 180.0) < _OTHER_SIDE_DEG for b in taken):
            continue
        taken.append(bearing)
        found.append((compass(bearing), spots.on_street(around.streets, street, centre, 0.0)))
    return found


def _bearing(offset: FloatArray) -> float:
    return float(np.degrees(np.arctan2(offset[0], offset[1])) % 360.0)


def compass(bearing_deg: float) -> model.Compass:
    """Return the point of the compass of a direction.

    Examples
    --------
    >>> compass(350.0), compass(95.0)
    ('N', 'E')
    """
    names: tuple[model.Compass, ...] = get_args(model.Compass)
    return names[round(bearing_deg / (360.0 / len(names))) % len(names)]
