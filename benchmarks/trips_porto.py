"""Reproduce how many trips in Porto pass a camera, on real streets and with the toolkit's routes.

    python -m benchmarks.trips_porto --data DIR [--out docs/generated/trips-porto.md]

``DIR/streets/porto.osm.pbf`` is an extract of OpenStreetMap. Cameras stand at random street points
and look along their street; every camera is able, works and is switched on; there are no buildings;
to pass through the ring counts, whichever way. Trips are shortest ways between random nodes of the
network for cars inside a disc, each street open both ways. `FOUND` are the shares that another
program found on the same streets, with its own graph, ways and cameras.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
from scipy.sparse import csgraph

from toolkit.base import store
from toolkit.base.arrays import BoolArray, FloatArray, GeometryArray, IntArray
from toolkit.base.terms import TIERS, Tier
from toolkit.engine import sight
from toolkit.engine.placement import Working
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes import meetings
from toolkit.routes.graph import Graph, street_graph, way_back
from toolkit.routes.route import Routes, routes_of
from toolkit.streets import street_points
from toolkit.streets.readers.extract import disc
from toolkit.streets.readers.osm.file import read_osm

FILE: Final = Path("streets", "porto.osm.pbf")
CENTRE: Final = (-8.61, 41.15)
"""Longitude and latitude of the centre of Porto, near the town hall."""
OTHER_CENTRES: Final = ((-8.611, 41.1496), (-8.6291, 41.1579), (-8.62, 41.155))
"""Other points that pass for the centre; that of the other program is not recorded."""
RADIUS_M: Final = 2_000.0
POINT_M: Final = 2.0
"""Length of street that a point stands for: a ring is 9.5 m deep."""
APART_M: Final = (1_500.0, 2_500.0)
"""Straight line between the ends of a trip."""
N_TRIPS: Final = 400
N_PLACEMENTS: Final = 40
MAIN_ROADS: Final = ("trunk", "primary", "secondary", "tertiary")
SEED: Final = 3
_CAMERA_M: Final = 6.0
"""Height of a camera: of no effect without buildings."""
_MARGIN_M: Final = 5.0


@dataclass(frozen=True)
class Setup:
    """Cameras of one kind.

    Attributes
    ----------
    name
        What the table calls them.
    tier
        Tier at which they are able.
    n
        Number of cameras.
    ring_m
        Inner and outer radius.
    width_deg
        Width of the field of view.
    main_roads
        Whether they stand on main roads only.
    """

    name: str
    tier: Tier
    n: int
    ring_m: tuple[float, float]
    width_deg: float
    main_roads: bool


FACE_RING_M: Final = (6.0, 15.5)
FACE_WIDTH_DEG: Final = 33.0
PLATE_RING_M: Final = (17.0, 31.0)
PLATE_WIDTH_DEG: Final = 16.0
SETUPS: Final = (
    Setup("15 face cameras", "face", 15, FACE_RING_M, FACE_WIDTH_DEG, main_roads=False),
    Setup(
        "15 plate cameras, main roads", "plate", 15, PLATE_RING_M, PLATE_WIDTH_DEG, main_roads=True
    ),
    Setup(
        "60 plate cameras, main roads", "plate", 60, PLATE_RING_M, PLATE_WIDTH_DEG, main_roads=True
    ),
)
FOUND: Final = {
    "15 face cameras": (0.0007, 0.20),
    "15 plate cameras, main roads": (0.0010, 0.31),
    "60 plate cameras, main roads": (0.0039, 0.74),
}
"""Share of street length and of trips by it; its other seeds give up to 0.02 more."""
FOUND_KM: Final = 183.0
FOUND_TRIP_KM: Final = 2.6
"""Length of its network, whose centre is not known, and mean length of its trips."""


@dataclass(frozen=True)
class Network:
    """Streets for cars inside the disc, their points, and trips.

    Attributes
    ----------
    points
        Street points of all streets for cars.
    on_network
        Whether each lies on the largest part of the network, shape (P,).
    main
        Whether it lies on a main road of that part, shape (P,).
    trips
        Shortest ways between random nodes.
    """

    points: street_points.LinePieces
    on_network: BoolArray
    main: BoolArray
    trips: Routes

    @property
    def length_m(self) -> float:
        """Length of street of the network."""
        return float(self.points.length[self.on_network].sum())


@dataclass(frozen=True)
class Share:
    """Shares of street length and of trips, means over placements, and standard deviations."""

    street: float
    trips: float
    trips_sd: float


def read(
    data: Path, centre: tuple[float, float] = CENTRE
) -> tuple[gpd.GeoDataFrame, GeometryArray]:
    """Return the streets for cars inside the disc, and their lines in metres."""
    extract = read_osm(data / FILE, boundary=disc(*centre, RADIUS_M))
    streets = extract.layers.streets
    streets = streets[streets["drive"]].reset_index(drop=True)
    return streets, streets.geometry.to_crs(extract.metric_crs).to_numpy()


def network_of(
    streets: gpd.GeoDataFrame, lines: GeometryArray, *, one_ways: bool = False, seed: int = SEED
) -> Network:
    """Return the largest part of the network and trips on it.

    With `one_ways`, trips keep to one-way streets; otherwise every street is open both ways.
    """
    # Ends are numbered anew: none of them leads on outside the disc.
    _, end = np.unique(streets[["u", "v"]].to_numpy(), return_inverse=True)
    end = end.reshape(-1, 2)
    one_way = streets["oneway"] & one_ways
    renamed = streets.assign(u=end[:, 0], v=end[:, 1], oneway=one_way)
    graph = street_graph(renamed, lines, "car")
    points = street_points.cut(lines, POINT_M)
    used = np.zeros(len(streets), dtype=bool)
    used[graph.street] = True
    main = used & streets["highway"].isin(MAIN_ROADS).to_numpy(dtype=bool)
    arcs = ways(graph, np.random.default_rng([seed, 1]))
    return Network(points, used[points.line], main[points.line], routes_of(graph, points, arcs))


def ways(graph: Graph, rng: np.random.Generator, n_trips: int = N_TRIPS) -> list[IntArray]:
    """Return the arcs of the shortest ways between random nodes `APART_M` apart."""
    found: list[IntArray] = []
    while len(found) < n_trips:
        begin, end = rng.integers(graph.n_nodes, size=2)
        apart_m = float(np.hypot(*(graph.xy_m[begin] - graph.xy_m[end])))
        if not APART_M[0] <= apart_m <= APART_M[1]:
            continue
        before = csgraph.dijkstra(graph.arcs.length_m, indices=begin, return_predecessors=True)[1]
        found.append(graph.arcs.along(way_back(before, int(end))[::-1]))
    return found


def place(network: Network, setup: Setup, rng: np.random.Generator) -> tuple[IntArray, FloatArray]:
    """Return the street point and the axis of each camera, shape (`N_PLACEMENTS`, n)."""
    where = np.flatnonzero(network.main if setup.main_roads else network.on_network)
    length = network.points.length[where]
    shape = (N_PLACEMENTS, setup.n)
    point = rng.choice(where, size=shape, p=length / length.sum())
    along = 90.0 - np.degrees(network.points.heading_rad[point])
    return point, (along + 180.0 * rng.integers(2, size=shape)) % 360.0


def share_of(network: Network, setup: Setup, *, seed: int = SEED) -> Share:
    """Return the shares of street and of trips with a camera."""
    point, axis_deg = place(network, setup, np.random.default_rng([seed, 2, setup.n]))
    pairs = sight.build_sight(
        network.points.xy[point.ravel()],
        network.points.xy,
        np.empty(0, dtype=object),
        reach_m=setup.ring_m[1] + _MARGIN_M,
    )
    n_cameras = point.size
    placed = Working(
        first=np.arange(N_PLACEMENTS + 1) * setup.n,
        site=np.arange(n_cameras, dtype=np.int32),
        kind=np.zeros(n_cameras, dtype=np.int64),
        axis_deg=axis_deg.ravel(),
        luck=np.zeros(n_cameras),
    )
    empty = network.trips.first(0)
    met, _ = meetings.meet(
        network.trips, empty, network.points, pairs, placed, _cameras(setup),
        meetings.Facing({}, np.full(N_PLACEMENTS, 180.0)),
        width_deg=np.full(n_cameras, np.nan),
    )  # fmt: skip
    passed = (met.sites[:, TIERS.index(setup.tier)] >= 1).mean(axis=1)
    covered = _covered_m(network, setup, pairs, axis_deg.ravel())
    return Share(
        street=float(covered.mean()) / network.length_m,
        trips=float(passed.mean()),
        trips_sd=float(passed.std(ddof=1)),
    )


def _cameras(setup: Setup) -> CameraDraws:
    """Return one type of camera, able at one tier, in every placement."""
    shape = (N_PLACEMENTS, len(TIERS), 1)
    inner, outer = np.full(shape, np.nan), np.full(shape, np.nan)
    inner[:, TIERS.index(setup.tier)], outer[:, TIERS.index(setup.tier)] = setup.ring_m
    return CameraDraws(
        share=np.ones((N_PLACEMENTS, 1)),
        hfov_deg=np.full((N_PLACEMENTS, 1), setup.width_deg),
        height_m=np.full((N_PLACEMENTS, 1), _CAMERA_M),
        inner_m=inner,
        outer_m=outer,
        availability=np.ones(N_PLACEMENTS),
        type_ids=(setup.name,),
    )


def _covered_m(
    network: Network, setup: Setup, pairs: sight.Sight, axis_deg: FloatArray
) -> FloatArray:
    """Return the length of street in the ring and the field of any camera, by placement."""
    camera = np.repeat(np.arange(len(axis_deg)), np.diff(pairs.start))
    away_m = pairs.distance_cm / sight.CM_PER_M
    bearing = pairs.bearing * 360.0 / sight.BEARING_STEPS
    off = np.abs((bearing - axis_deg[camera] + 180.0) % 360.0 - 180.0)
    inside = (away_m >= setup.ring_m[0]) & (away_m < setup.ring_m[1]) & (off <= setup.width_deg / 2)
    inside &= network.on_network[pairs.point]
    n_points = len(network.points.length)
    placement = camera[inside] // setup.n
    once = np.unique(placement * n_points + pairs.point[inside])
    return np.asarray(
        np.bincount(once // n_points, network.points.length[once % n_points], N_PLACEMENTS)
    )


_DOCUMENT: Final = """# Trips in Porto that pass a camera

Written by `python -m benchmarks.trips_porto --out FILE`; do not edit.

Streets for cars in a disc of 2 km, {n_trips} trips between nodes 1.5 to 2.5 km apart,
{n_placements} placements. Every camera is able, works and is switched on, and looks along its
street; there are no buildings; to pass through the ring counts. "Other": a program with its own
graph, ways and cameras, on {found_km:.0f} km with trips of {found_trip_km:.1f} km.

| centre, streets | km | trip, km | cameras | share of street | other | trips passing one | other |
| --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

± one standard error over placements. The first three rows are what is checked. Neither the centre
of the other program's disc nor what it made of one-way streets is recorded. Its trips are as long
as those on streets open both ways; those that keep to one-way streets are longer and pass more.
"""


def rows(label: str, network: Network, *, seed: int = SEED) -> list[str]:
    """Return the rows of the table for one network."""
    km, trip_km = network.length_m / 1e3, float(network.trips.length_m.mean()) / 1e3
    found = [share_of(network, setup, seed=seed) for setup in SETUPS]
    return [
        f"| {label} | {km:.0f} | {trip_km:.1f} | {setup.name} "
        f"| {share.street:.2%} | {FOUND[setup.name][0]:.2%} | {share.trips:.0%} "
        f"± {share.trips_sd / np.sqrt(N_PLACEMENTS):.1%} | {FOUND[setup.name][1]:.0%} |"
        for setup, share in zip(SETUPS, found, strict=True)
    ]


def document(lines: Sequence[str]) -> str:
    """Return the text of docs/generated/trips-porto.md."""
    return _DOCUMENT.format(
        n_trips=N_TRIPS,
        n_placements=N_PLACEMENTS,
        found_km=FOUND_KM,
        found_trip_km=FOUND_TRIP_KM,
        rows="\n".join(lines),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", metavar="DIR", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", metavar="FILE", type=Path)
    options = parser.parse_args(arguments)
    found: list[str] = []
    for centre, one_ways in (*((c, False) for c in (CENTRE, *OTHER_CENTRES)), (CENTRE, True)):
        network = network_of(*read(options.data, centre), one_ways=one_ways, seed=options.seed)
        label = f"{centre[1]}, {centre[0]}, {'one-ways kept' if one_ways else 'both ways'}"
        found += rows(label, network, seed=options.seed)
    text = document(found)
    if options.out:
        store.write_text(options.out, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
