"""Trips between parts of a city, and over its gates: a seeded sample of anybody's, nobody's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.base.terms import Mode
from toolkit.routes.graph import Graph
from toolkit.routes.route import Routes, joined, routes_of
from toolkit.routes.trips import Search
from toolkit.threats.city import PlacedCity
from toolkit.threats.tracks import parse_place

N_TRIPS: Final = 200
"""Trips of each kind: a share of them has a standard error of about 0.03."""
_AT_ONCE: Final = 10
"""Homes with the same random factors on streets."""
_SECTORS: Final = 4
_CENTRE_SHARE: Final = 1 / 3
"""Share of the streets, the nearest to the middle, that are the centre."""


@dataclass(frozen=True)
class District:
    """A district that a user names by a disc."""

    lonlat: tuple[float, float]
    radius_m: float


def parse_district(text: str, what: str = "The district") -> District:
    """Return the district of ``LAT,LON,RADIUS_M``.

    Raises
    ------
    InputDataError
        If it is not three numbers in range.

    Examples
    --------
    >>> parse_district("16.78, 96.15, 800")
    District(lonlat=(96.15, 16.78), radius_m=800.0)
    """
    middle, _, radius = text.rpartition(",")
    try:
        radius_m = float(radius)
    except ValueError:
        radius_m = 0.0
    if not 0.0 < radius_m < np.inf:
        msg = f"{what} must be latitude, longitude and radius in m, such as 16.78,96.15,800."
        raise InputDataError(msg)
    return District(parse_place(middle, what), radius_m)


@dataclass(frozen=True, eq=False)
class Sample:
    """Trips between parts of a city, and into and out of it over its gates.

    Attributes
    ----------
    into, out_of, between
        Routes; None where there are none.
    n_gates
        Streets that leave the boundary.
    """

    into: Routes | None
    out_of: Routes | None
    between: Routes | None
    n_gates: int


def sample(city: PlacedCity, mode: Mode) -> Sample:
    """Return the sample of a mode, made once for a city.

    Homes are as likely as there is street at them, gates and other parts alike. Routes are the
    shortest under random factors on the length of streets, at most `trips.longest_detour` times the
    shortest.
    """
    found: Sample = city.keep(("district trips", mode), lambda: _sample(city, mode))
    return found


def _sample(city: PlacedCity, mode: Mode) -> Sample:
    graph = city.graph(mode)
    gates = np.flatnonzero(graph.leads_on)
    none = Sample(None, None, None, len(gates))
    if not len(graph.tail):
        return none
    rng = Design(1, city.inputs.question.seed).generator(f"district trips.{mode}")
    parts = parts_of(graph)
    homes = _nodes(graph, rng, N_TRIPS, np.ones(graph.n_nodes, bool))
    others = np.array([_other(graph, rng, parts, home) for home in homes.tolist()])
    gate = rng.choice(gates, N_TRIPS) if len(gates) else None
    into: list[IntArray] = []
    out_of: list[IntArray] = []
    between: list[IntArray] = []
    for first in range(0, N_TRIPS, _AT_ONCE):
        here = homes[first : first + _AT_ONCE]
        ways = Search(graph, city.habits(mode), rng, here, np.inf)
        for k, home in enumerate(here.tolist()):
            other = int(others[first + k])
            if other != home and np.isfinite(ways.there.distance[k, other]):
                between.append(ways.way(k, other, there=True))
            if gate is None or (target := int(gate[first + k])) == home:
                continue
            if np.isfinite(ways.there.distance[k, target]):
                out_of.append(ways.way(k, target, there=True))
            if np.isfinite(ways.back.distance[k, target]):
                into.append(ways.way(k, target, there=False))
    points = city.scene.points

    def routes(arcs: list[IntArray]) -> Routes | None:
        return routes_of(graph, points, arcs) if arcs else None

    return Sample(routes(into), routes(out_of), routes(between), len(gates))


def parts_of(graph: Graph) -> IntArray:
    """Return the part of the city of each node: the centre, or one of four around it.

    The centre is the third of the streets nearest to the middle.
    """
    weight = np.maximum(graph.node_m, 1e-9)
    middle = np.average(graph.xy_m, axis=0, weights=weight)
    offset = graph.xy_m - middle
    away = np.hypot(*offset.T)
    order = np.argsort(away, kind="stable")
    part = np.cumsum(weight[order]) / weight.sum()
    centre = np.zeros(len(away), dtype=bool)
    centre[order[part <= _CENTRE_SHARE]] = True
    # The sectors look north, east, south and west.
    turn = (np.degrees(np.arctan2(offset[:, 0], offset[:, 1])) + 45.0) % 360.0
    return np.where(centre, _SECTORS, (turn // (360.0 / _SECTORS)).astype(int))


def between_districts(
    city: PlacedCity, mode: Mode, districts: Sequence[District]
) -> list[Routes | None]:
    """Return trips between each district and the rest of the city, in both directions.

    Parameters
    ----------
    city
        The city.
    mode
        Mode of travel.
    districts
        Discs.

    Raises
    ------
    InputDataError
        If a disc has no street that is open to the mode.
    """
    graph = city.graph(mode)
    rng = Design(1, city.inputs.question.seed).generator(f"named districts.{mode}")
    found: list[Routes | None] = []
    for number, district in enumerate(districts, start=1):
        xy = city.xy_m(np.array([district.lonlat], dtype=float))[0]
        inside = np.hypot(*(graph.xy_m - xy).T) <= district.radius_m
        if not inside.any() or inside.all():
            msg = (
                f"District {number} holds no street of this city that is open to this mode of "
                "travel, or all of them. Give another place or radius."
            )
            raise InputDataError(msg)
        arcs: list[IntArray] = []
        n_homes = N_TRIPS // 2
        homes = _nodes(graph, rng, n_homes, inside)
        others = _nodes(graph, rng, n_homes, ~inside)
        for first in range(0, n_homes, _AT_ONCE):
            here = homes[first : first + _AT_ONCE]
            ways = Search(graph, city.habits(mode), rng, here, np.inf)
            for k in range(len(here)):
                other = int(others[first + k])
                if np.isfinite(ways.there.distance[k, other]):
                    arcs.append(ways.way(k, other, there=True))
                if np.isfinite(ways.back.distance[k, other]):
                    arcs.append(ways.way(k, other, there=False))
        found.append(routes_of(graph, city.scene.points, arcs) if arcs else None)
    return found


def _nodes(graph: Graph, rng: np.random.Generator, n: int, among: BoolArray) -> IntArray:
    """Return random nodes, as likely as there is street at them."""
    weight: FloatArray = np.where(among, np.maximum(graph.node_m, 1e-9), 0.0)
    return rng.choice(graph.n_nodes, n, p=weight / weight.sum())


def _other(graph: Graph, rng: np.random.Generator, parts: IntArray, home: int) -> int:
    """Return a random node in another part of the city."""
    elsewhere = parts != parts[home]
    if not elsewhere.any():
        return home
    return int(_nodes(graph, rng, 1, elsewhere)[0])


def all_of(*routes: Routes | None) -> Routes | None:
    """Return the routes of several samples as one."""
    known = [one for one in routes if one is not None]
    return joined(known) if known else None
