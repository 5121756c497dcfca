"""Trips of cars and motorcycles past plate readers: into the city, out of it, and inside it.

Figures are aggregates over trips of nobody in particular. Which route no reader reads is never
said, and whether a vehicle is then stopped is not modelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Loaded, Question
from toolkit.base.arrays import BoolArray
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.routes.graph import Graph
from toolkit.routes.route import Routes, joined
from toolkit.routes.sightings import Passings, sightings
from toolkit.threats import answer, model, scores
from toolkit.threats.city import PlacedCity, When, open_city
from toolkit.threats.districts import District, parts_of, sample
from toolkit.threats.following import followed
from toolkit.threats.place import separate_ways

VEHICLES: Final[tuple[Mode, ...]] = ("motorcycle", "car")
MOST_FLOWS: Final = 100
"""Placements in which separate routes out are counted."""
_CENTRE: Final = 4
"""Number of the part of a city that is its centre, see `districts.parts_of`."""
_ARCS_AT_ONCE: Final = 2_000_000
"""Arcs over all placements of routes out: larger cities are counted in fewer placements."""


def vehicles(
    question: Question | Loaded,
    *,
    when: When = "day",
    districts: Sequence[District] = (),
    with_planned: bool = False,
    tiers: Sequence[Tier] = ("identified", "face", "plate"),
) -> model.VehiclesAnswer:
    """Return how many trips of vehicles are read, and how well people can be followed.

    Parameters
    ----------
    question
        The city, the date and the assumptions, or what was loaded for them.
    when
        By day or at night.
    districts
        Districts for which it is said how well people can be followed.
    with_planned
        Whether that is said with planned cameras as well, for the city only.
    tiers
        Tiers at which people are followed.

    Raises
    ------
    InputDataError
        If a district has no street.
    NotFoundError
        If the city is not known, or no streets are installed.
    """
    cars = open_city(question, when=when)
    small = open_city(question, when=when, small_plates=True)
    by_mode = {mode: _part(small if mode == "motorcycle" else cars, mode) for mode in VEHICLES}
    return model.VehiclesAnswer(
        **answer.head(cars, "car", when, notes_of=("vehicles_interception", "vehicles_plates")),
        longest_detour=cars.habits("car").longest_detour,
        by_mode=by_mode,
        following=followed(
            cars, when=when, districts=districts, with_planned=with_planned, tiers=tiers
        ),
        planned_rule=cars.inputs.counts.rule_planned if with_planned else None,
    )


def _part(city: PlacedCity, mode: Mode) -> model.VehiclesPart:
    trips = sample(city, mode)
    kinds = {"into": trips.into, "out_of": trips.out_of, "between": trips.between}
    return model.VehiclesPart(
        **read(city, kinds),
        routes_out=_routes_out(city, mode),
    )


def read(city: PlacedCity, kinds: Mapping[str, Routes | None]) -> dict[str, model.Read | None]:
    """Return the share of trips of each kind whose plate is read once, and at two sites."""
    found: dict[str, model.Read | None] = dict.fromkeys(kinds)
    known = {name: routes for name, routes in kinds.items() if routes is not None}
    if not known:
        return found
    scored = scores.score(
        city,
        joined(list(known.values())),
        tiers=("plate",),
        along=False,
        most=scores.AGGREGATE_ROUNDS * city.n_draws,
    )
    ends = np.cumsum([0, *map(len, known.values())])
    n = city.n_draws
    for k, (name, routes) in enumerate(known.items()):
        sites = scored.sites[:, TIERS.index("plate"), ends[k] : ends[k + 1]]
        found[name] = model.Read(
            trips=len(routes),
            length_km=Quantity.from_draws(routes.length_m / M_PER_KM, "km").model_copy(
                update={"error": None}
            ),
            at_least_one=scores.probability((sites >= 1).mean(axis=1), n),
            at_least_two_sites=scores.probability((sites >= 2).mean(axis=1), n),  # noqa: PLR2004
        )
    return found


def _routes_out(city: PlacedCity, mode: Mode) -> model.RoutesOut | None:
    """Return how many separate routes from the centre to the gates are unread."""
    graph = city.graph(mode)
    if not graph.leads_on.any():
        return None
    source = (parts_of(graph) == _CENTRE) & ~graph.leads_on
    free = np.ones(len(graph.tail), dtype=bool)
    whole = separate_ways(graph, free, source, graph.leads_on)
    if not whole:
        return None
    most = int(np.clip(_ARCS_AT_ONCE // len(graph.tail), 10, MOST_FLOWS))
    taken = plates_read(city, graph, most)
    counts = np.array(
        [separate_ways(graph, ~row, source, graph.leads_on) for row in taken], dtype=float
    )
    return model.RoutesOut(
        gates=int(graph.leads_on.sum()),
        of=whole,
        unread=Quantity.from_amounts(counts, "count"),
        unread_share=Quantity.from_amounts(counts / whole, "share"),
        none=scores.held(counts == 0),
        placements=len(counts),
    )


def plates_read(city: PlacedCity, graph: Graph, most: int) -> BoolArray:
    """Return whether plates are read anywhere on each arc, in the first placements, (P, A)."""
    points = city.scene.points
    arc_of = np.full((2, len(city.lines)), -1, dtype=np.int64)
    arc_of[graph.forward.astype(int), graph.street] = np.arange(len(graph.tail))
    on_graph = np.asarray((arc_of >= 0).any(axis=0))
    point = np.flatnonzero(on_graph[points.line])
    both, forward = np.repeat(point, 2), np.tile([True, False], len(point))
    arc = arc_of[forward.astype(int), points.line[both]]
    both, forward, arc = both[arc >= 0], forward[arc >= 0], arc[arc >= 0]
    found = np.zeros((min(most, city.n_placements), len(graph.tail)), dtype=bool)
    for at in city.parts_at(point, most, tiers=("plate",)):
        seen = sightings(
            Passings(both, forward), points, at.sight, at.placed, at.cameras, at.facing, "plate",
            width_deg=at.width_deg,
        )  # fmt: skip
        found[at.placed.draw[seen.camera], arc[seen.passing]] = True
    return found
