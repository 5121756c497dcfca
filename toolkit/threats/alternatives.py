"""Other ways between the ends of a route: what a detour buys, compared in the same placements.

The fronts of length against expected metres in view, and against cameras added street by street,
are exact. Distinct cameras do not add up, so the ways of both fronts are merged and thinned, each
is scored as a set of cameras, and the best of them is the best found, which need not be the best
there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Mode, Tier
from toolkit.routes import criteria, search
from toolkit.routes.graph import Graph
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.route import Routes, joined
from toolkit.routes.search import Way
from toolkit.routes.spots import Spot
from toolkit.threats import model, scores
from toolkit.threats.city import PlacedCity
from toolkit.threats.figures import tier_of

N_CRITERION_DRAWS: Final = 20
"""Draws over which the criteria of the search are averaged: they only lead it."""
MOST_WAYS: Final = 6
"""Ways that are scored and shown, the shortest among them."""
MOST_SHARED: Final = 0.7
"""Part of its length that a way may share with each other way shown."""
MIX_ROUTES: Final = 3
"""Routes of a mix."""
NEAR_ENDS_M: Final = 200.0
"""Places nearer to both ends of a route are passed by every way."""

FoundBy = Literal["length", "metres", "cameras"]


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The answer, the ways themselves in its order, and scores whose first row is the route."""

    answer: model.Alternatives
    matches: tuple[Match, ...]
    found: scores.Scores


@dataclass(frozen=True, eq=False)
class _Candidate:
    """Way k of a front, with its totals of both criteria."""

    front: search.Front
    k: int
    found_by: tuple[FoundBy, ...]
    metres: float
    cameras: float

    @property
    def way(self) -> Way:
        """The way."""
        return self.front.way(self.k)

    @property
    def length_m(self) -> float:
        """Its length."""
        return float(self.front.length_m[self.k])


def criteria_of(city: PlacedCity, tier: Tier) -> criteria.Criteria:
    """Return the criteria of each street, made once for a city."""

    def make() -> criteria.Criteria:
        chance, cameras = criteria.first_draws(
            city.plan.chance, city.inputs.cameras, N_CRITERION_DRAWS
        )
        n = len(cameras.availability)
        return criteria.criteria(
            city.scene, chance, cameras, city.inputs.per_site[:n], city.facing, tier
        )

    found: criteria.Criteria = city.keep(("criteria", tier), make)
    return found


def alternatives(
    city: PlacedCity,
    mode: Mode,
    match: Match,
    *,
    tier: Tier,
    detour: float,
    trips: int = 1,
) -> Alternatives:
    """Return the ways between the ends of a route that differ, compared with the shortest.

    Parameters
    ----------
    city
        The city.
    mode
        Mode of travel.
    match
        The route, of which only the ends count.
    tier
        Tier by which ways are searched and compared.
    detour
        Longest way, over the shortest.
    trips
        How often the route is travelled.

    Raises
    ------
    InputDataError
        If no way leads from one end to the other.
    """
    graph = city.graph(mode)
    start, end = _ends(graph, match)
    metres, cameras = criteria_of(city, tier).of_arcs(graph)
    by_metres, by_cameras = search.fronts(graph, (metres, cameras), start, end, detour=detour)
    candidates = _merged(by_metres, by_cameras, metres, cameras)
    chosen = _thinned(graph, (by_metres, by_cameras), candidates)
    matches = tuple(Match((one.way.stretch,), 0.0) for one in chosen)
    route = route_of_match(match, graph, city.scene.points)
    each = [route_of_match(m, graph, city.scene.points) for m in matches]
    mixed = _mixed(chosen)
    union = scores.one_of([each[k] for k in mixed[: max(min(trips, len(mixed)), 1)]])
    # The route, the ways and the mix meet the same cameras in one pass.
    found = scores.score(city, joined([route, *each, union]), tiers=(tier,))
    ways = [_alternative(city, found, k, chosen, tier, trips) for k in range(len(chosen))]
    best = _best(ways)
    return Alternatives(
        model.Alternatives(
            tier=tier,
            detour=detour,
            on_front=len(candidates),
            complete=by_metres.complete and by_cameras.complete,
            ways=tuple(ways),
            best_found=best,
            none_better=best == 0,
            mix=_mix(found, each, mixed, tier, trips),
        ),
        matches,
        found,
    )


def _ends(graph: Graph, match: Match) -> tuple[Spot, Spot]:
    """Return both ends of a route as places on streets, whatever the direction on the street."""
    first, last = match.stretches[0], match.stretches[-1]
    return (
        _spot(graph, int(first.arcs[0]), first.first_m),
        _spot(graph, int(last.arcs[-1]), last.last_m),
    )


def _spot(graph: Graph, arc: int, at_m: float) -> Spot:
    arcs = np.flatnonzero(graph.street == graph.street[arc])
    whole = graph.length_m[arc]
    at = np.where(graph.forward[arcs] == graph.forward[arc], at_m, whole - at_m)
    share = at_m / whole if whole else 0.0
    ends = graph.xy_m[[graph.tail[arc], graph.head[arc]]]
    return Spot(arcs, at, 0.0, ends[0] + share * (ends[1] - ends[0]))


def _merged(
    by_metres: search.Front, by_cameras: search.Front, metres: FloatArray, cameras: FloatArray
) -> list[_Candidate]:
    """Return the ways of both fronts, each once, the shortest first."""
    found: dict[bytes, _Candidate] = {}
    named: tuple[tuple[FoundBy, search.Front], ...] = (
        ("metres", by_metres), ("cameras", by_cameras),
    )  # fmt: skip
    for name, front in named:
        totals = np.column_stack([front.total(metres), front.total(cameras)]).tolist()
        for k, (in_view, passed) in enumerate(totals):
            arcs = front.arcs[front.start[k] : front.start[k + 1]].tobytes()
            before = found.get(arcs)
            names: tuple[FoundBy, ...] = before.found_by if before else ()
            names = (*names, *(("length",) if k == 0 and "length" not in names else ()), name)
            found[arcs] = _Candidate(front, k, names, in_view, passed)
    return sorted(found.values(), key=lambda one: (one.length_m, one.metres, one.cameras))


def _thinned(
    graph: Graph, fronts: Sequence[search.Front], candidates: Sequence[_Candidate]
) -> list[_Candidate]:
    """Return ways that differ: the shortest, then those with least of either criterion."""
    chosen = [candidates[0]]
    by_metres = sorted(candidates, key=lambda one: (one.metres, one.length_m))
    by_cameras = sorted(candidates, key=lambda one: (one.cameras, one.length_m))
    queue = [one for pair in zip(by_metres, by_cameras, strict=True) for one in pair]
    shared = [_shared(graph, fronts, chosen[0])]
    for one in queue:
        if len(chosen) == MOST_WAYS:
            break
        if all(part[one.front][one.k] <= MOST_SHARED for part in shared):
            chosen.append(one)
            shared.append(_shared(graph, fronts, one))
    return [chosen[0], *sorted(chosen[1:], key=lambda one: one.length_m)]


def _shared(
    graph: Graph, fronts: Sequence[search.Front], one: _Candidate
) -> dict[search.Front, FloatArray]:
    """Return the part of the length of each way of each front that lies on arcs of one way."""
    same = np.zeros(len(graph.length_m))
    arcs = one.way.stretch.arcs
    same[arcs] = graph.length_m[arcs]
    return {front: front.total(same) / np.maximum(front.length_m, 1e-9) for front in fronts}


def _alternative(
    city: PlacedCity,
    found: scores.Scores,
    k: int,
    chosen: Sequence[_Candidate],
    tier: Tier,
    trips: int,
) -> model.Alternative:
    one, shortest = chosen[k], chosen[0]
    return model.Alternative(
        length_m=round(one.length_m, 1),
        longer_share=float(f"{one.length_m / max(shortest.length_m, 1e-9) - 1.0:.3g}"),
        found_by=one.found_by,
        compared=compared(found.counts(tier, k + 1), found.counts(tier, 1)) if k else None,
        tier=tier_of(city, found, k + 1, tier, trips=trips, sections=False),
    )


def compared(cameras: FloatArray, of_first: FloatArray) -> model.Compared:
    """Return one route next to another in the same placements."""
    pair = scores.paired(cameras, of_first)
    return model.Compared(
        in_ten=pair.in_tenths,
        fewer=round(pair.fewer, 4),
        same=round(pair.same, 4),
        more=round(pair.more, 4),
        better=pair.better,
    )


def _best(ways: Sequence[model.Alternative]) -> int:
    """Return the way that passes fewer cameras most often, 0 if none is materially better."""
    best, margin = 0, 0.0
    for k, way in enumerate(ways):
        if way.compared is None or not way.compared.better:
            continue
        found = way.compared.fewer - way.compared.more
        if found > margin:
            best, margin = k, found
    return best


def _mixed(chosen: Sequence[_Candidate]) -> list[int]:
    """Return the ways of a mix: the shortest, and those with fewest cameras street by street."""
    others = sorted(range(1, len(chosen)), key=lambda k: chosen[k].cameras)
    return sorted([0, *others[: MIX_ROUTES - 1]])


def _mix(
    found: scores.Scores, each: Sequence[Routes], mixed: Sequence[int], tier: Tier, trips: int
) -> model.Mix | None:
    """Return a set of routes used in turn next to the shortest used every time."""
    if len(mixed) == 1:
        return None
    n, union = found.n_draws, len(each) + 1
    return model.Mix(
        routes=len(mixed),
        trips=trips,
        at_least_one_of_mix=scores.probability(found.at_least(1, tier, union), n),
        at_least_one_of_one=scores.probability(found.at_least(1, tier, 1), n),
        cameras_of_mix=scores.realised(found.counts(tier, union), "cameras"),
        cameras_of_one=scores.realised(found.counts(tier, 1), "cameras"),
        at_one_place_of_mix=_at_one_place([each[k] for k in mixed]),
        at_one_place_of_one=1.0,
    )


def _at_one_place(routes: Sequence[Routes]) -> float:
    """Return the largest share of some routes that pass any one place away from both ends."""
    inner = []
    for one in routes:
        # Points of a route lie at equal steps, near enough.
        near = min(NEAR_ENDS_M / max(float(one.length_m[0]), 1e-9), 0.5)
        ends = round(len(one.point) * near)
        inner.append(np.unique(one.point[ends : len(one.point) - ends]))
    every = np.concatenate(inner)
    if not len(every):
        return 1.0
    return round(float(np.unique(every, return_counts=True)[1].max()) / len(routes), 3)
