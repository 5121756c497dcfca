"""Measure questions on routes, places and vehicles in a large city, with networkx and shapely next.

The city is the centre of Helsinki in copies that short streets join at their seams. Everything is
measured after an assessment's own work is done: streets, lines of sight and placements are there.

    python -m benchmarks.threats [--copies 42] [--trips 40] [--routes 1000]
        [--out docs/generated/threats.md]

Times are processor times of all threads, which other programs hardly change; wall times are given
next to them. Memory is how much higher the peak of the process is than after the assessment. The
figures are printed as JSON, and written as a document with --out.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from benchmarks.engine.timing import peak_gb
from benchmarks.scale import copies
from toolkit.assessment.question import Question
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.routes import search
from toolkit.routes.graph import Graph
from toolkit.routes.matching import Match, route_of_match
from toolkit.routes.route import Routes, joined
from toolkit.routes.spots import spots
from toolkit.streets.pack import FOLDER, open_pack, write_pack
from toolkit.streets.schema import BEYOND, LAYERS, PackLayers
from toolkit.threats import place, route, scores, vehicles
from toolkit.threats.alternatives import criteria_of
from toolkit.threats.city import PlacedCity, open_city
from toolkit.threats.travel import Travel

DAY: Final = dt.date(2026, 1, 1)
GATE_STEP: Final = 1 << 41
"""Between the ids of gates of two copies: twice that of other ids, by which they were raised."""
SEAM_STREETS: Final = 60
"""Streets that join two neighbouring copies."""
TRIP_M: Final = (1500.0, 3000.0)
"""Straight distance of the ends of a trip."""
ROUTE_M: Final = (1200.0, 1800.0)
"""The same for routes of about 2 km."""
CAMERAS: Final = (210.0, 1_400.0)
"""The range of the largest count in Myanmar, that of Yangon (`docs/generated/cities.md`)."""
PLACEMENTS: Final = 2_000
YARDSTICK_PLACEMENTS: Final = 5
_MB: Final = 1e3
_WHOLE: Final = 10.0
"""Figures from here on are shown without decimals in sentences."""


def join_copies(name: str, home: Path, n: int) -> None:
    """Add short streets between neighbouring copies of a pack, and open its outer edge.

    Streets that left a copy lead on where no copy is next to it, and are dead ends elsewhere.
    """
    pack = open_pack(name)
    crs = pack.manifest.crs
    streets = pack.streets.to_crs(crs)
    size = len(streets) // n
    columns = int(np.ceil(np.sqrt(n)))
    ends = shapely.get_coordinates(shapely.get_point(streets.geometry.array, 0))
    node = np.asarray(streets["u"], dtype=np.int64)
    inside = node > 0
    rows: list[dict[str, Any]] = []
    for k in range(n):
        for other in (k + 1 if (k + 1) % columns else -1, k + columns):
            if not 0 <= other < n:
                continue
            here, there = (np.arange(c * size, (c + 1) * size) for c in (k, other))
            here, there = here[inside[here]], there[inside[there]]
            found = cKDTree(ends[there]).query(ends[here])
            off, near = (np.asarray(part) for part in found)
            for i in np.argsort(off)[:SEAM_STREETS].tolist():
                a, b = here[i], there[near[i]]
                row = dict(streets.iloc[a])
                row |= {
                    "street_id": f"seam-{len(rows)}", "u": node[a], "v": node[b],
                    "oneway": False, "drive": True, "walk": True, "motorcycle": True,
                    "geometry": shapely.LineString([ends[a], ends[b]]),
                    "length_m": float(off[i]) + 1e-3,
                }  # fmt: skip
                rows.append(row)
    more = gpd.GeoDataFrame(pd.DataFrame(rows).astype(streets.drop(columns="geometry").dtypes),
                            geometry=[r["geometry"] for r in rows], crs=crs)  # fmt: skip
    for end, column in enumerate(("u", "v")):
        streets[column] = opened(streets, column, end, n, columns)
    frames = {layer: getattr(pack, layer) for layer in LAYERS}
    frames["streets"] = pd.concat([streets, more], ignore_index=True).to_crs(4326)
    manifest = pack.manifest.model_copy(update={"parts": {}})
    write_pack(home / FOLDER / name, manifest, PackLayers(**frames))


def opened(
    streets: gpd.GeoDataFrame, column: str, end: int, n: int, columns: int
) -> NDArray[np.int64]:
    """Return the nodes at one end of all streets, those at the outer edge as gates."""
    size = len(streets) // n
    copy = np.arange(n * size) // size
    at = shapely.get_coordinates(shapely.get_point(streets.geometry.array, -end))
    node = np.asarray(streets[column], dtype=np.int64)
    first = np.asarray(streets[column].iloc[:size] <= BEYOND)[np.arange(n * size) % size]
    low, high = at[:size].min(axis=0), at[:size].max(axis=0)
    # Position within the copy, and the nearest of its sides: west, south, east, north.
    step = np.column_stack([copy % columns, copy // columns])
    shift = at[::size][:n][copy] - at[0]
    off = np.hstack([at - shift - low, high - at + shift])
    side = off.argmin(axis=1)
    edge = np.column_stack(
        [step == 0, np.column_stack([step[:, 0] == columns - 1, copy + columns >= n])]
    )
    outer = first & edge[np.arange(n * size), side]
    closed = first & ~outer & (copy == 0)
    return np.where(outer, node - copy * GATE_STEP, np.where(closed, node + n * GATE_STEP, node))


def random_ends(
    city: PlacedCity, graph: Graph, n: int, between_m: tuple[float, float]
) -> list[FloatArray]:
    """Return ends in degrees of trips that have a way."""
    rng = np.random.default_rng(7)
    found: list[FloatArray] = []
    while len(found) < n:
        pair = rng.integers(0, graph.n_nodes, 2)
        straight = float(np.hypot(*np.diff(graph.xy_m[pair], axis=0)[0]))
        if not between_m[0] < straight < between_m[1]:
            continue
        start, end = spots(city.streets("foot"), graph.xy_m[pair])
        try:
            search.shortest(graph, start, end)
        except InputDataError:  # streets that are connected outside the boundary only
            continue
        found.append(city.lonlat(graph.xy_m[pair]))
    return found


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the processor time and the wall time of some work."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - processor, time.perf_counter() - wall


def least(work: Callable[[], object], n: int) -> tuple[float, float]:
    """Return the least processor time and the least wall time of some runs."""
    processor, wall = zip(*(seconds(work) for _ in range(n)), strict=True)
    return min(processor), min(wall)


def routes_of(city: PlacedCity, n: int) -> Routes:
    """Return the shortest routes between random ends."""
    graph, found = city.graph("foot"), []
    for ends in random_ends(city, graph, n, ROUTE_M):
        start, end = spots(city.streets("foot"), city.xy_m(ends))
        way = search.shortest(graph, start, end)
        found.append(route_of_match(Match((way.stretch,), 0.0), graph, city.scene.points))
    return joined(found)


def yardstick(city: PlacedCity, ends: FloatArray) -> tuple[float, float]:
    """Return seconds of the shortest way by networkx, and of one placement by shapely.

    The metres in view of discs as wide as the mean outer ring, without buildings: less than what
    the toolkit computes.
    """
    graph = city.graph("foot")
    whole = nx.DiGraph()
    whole.add_weighted_edges_from(
        zip(graph.tail.tolist(), graph.head.tolist(), graph.length_m.tolist(), strict=True)
    )
    xy = city.xy_m(ends)
    start, end = (int(np.argmin(np.hypot(*(graph.xy_m - place).T))) for place in xy)
    way: list[int] = []
    path_s, _ = seconds(lambda: way.extend(nx.dijkstra_path(whole, start, end)))
    line = shapely.LineString(graph.xy_m[way])
    radius_m = float(np.nanmean(city.cameras.outer_m[:, TIERS.index("seen")]))
    at = city.scene.site_xy_m
    standing = city.standing_at(np.arange(len(at)), YARDSTICK_PLACEMENTS)

    def one(k: int) -> float:
        sites = standing.site[standing.first[k] : standing.first[k + 1]]
        discs = np.asarray(shapely.buffer(shapely.points(at[sites]), radius_m), dtype=object)
        near = shapely.STRtree(discs).query(line, predicate="intersects")
        return float(line.intersection(shapely.union_all(discs[near])).length)

    cover_s, _ = seconds(lambda: [one(k) for k in range(YARDSTICK_PLACEMENTS)])
    return path_s, cover_s / YARDSTICK_PLACEMENTS


def measure(n_copies: int, n_trips: int, n_routes: int) -> dict[str, float]:
    """Return all figures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        name, km = copies(n_copies, Path(home))
        join_copies(name, Path(home), n_copies)
        question = Question(name, DAY, count=CAMERAS)
        city_s, _ = seconds(lambda: open_city(question))
        city = open_city(question)
        graph = city.graph("foot")
        ends = random_ends(city, graph, n_trips, TRIP_M)
        many = routes_of(city, n_routes)
        before_gb = peak_gb()

        def with_alternatives(k: int, travel: Travel) -> None:
            route.route(question, between=[tuple(p) for p in ends[k]], travel=travel, detour=1.5)

        # The first call compiles, and makes what follows from the city alone.
        for travel in (Travel(), Travel(tier="seen")):
            with_alternatives(0, travel)
        one, every = (
            np.array([seconds(partial(with_alternatives, k, travel)) for k in range(n_trips)]).T
            for travel in (Travel(tier="seen"), Travel())
        )
        route_gb = peak_gb()
        costs = criteria_of(city, "seen").of_arcs(graph)
        places = [spots(city.streets("foot"), city.xy_m(pair)) for pair in ends]
        fronts = [
            seconds(partial(search.fronts, graph, costs, *pair, detour=1.5))[0] for pair in places
        ]
        tier_s, _ = least(
            lambda: scores.score(city, many, tiers=("seen",), along=False, most=PLACEMENTS), 2
        )
        many_s, many_wall_s = least(
            lambda: scores.score(city, many, along=False, most=PLACEMENTS), 2
        )
        many_gb = peak_gb()
        middle = tuple(city.lonlat(graph.xy_m.mean(axis=0, keepdims=True))[0])
        near = place.place(question, middle, 120.0)
        place_s, place_wall_s = least(lambda: place.place(question, middle, 120.0), 3)
        gates_s, gates_wall_s = least(lambda: vehicles._part(city, "car"), 3)  # noqa: SLF001
        path_s, cover_s = yardstick(city, ends[0])
        return {
            "copies": float(n_copies),
            "street_km": km,
            "arcs": float(len(graph.tail)),
            "points": float(len(city.scene.points.length)),
            "mapped_cameras": float(len(city.scene.mapped.xy_m)),
            "placing_s": city_s,
            "route_one_tier_median_s": float(np.median(one[0])),
            "route_one_tier_p95_s": float(np.quantile(one[0], 0.95)),
            "route_one_tier_p95_wall_s": float(np.quantile(one[1], 0.95)),
            "of_it_fronts_median_s": float(np.median(fronts)),
            "of_it_fronts_p95_s": float(np.quantile(fronts, 0.95)),
            "of_it_fronts_most_s": max(fronts),
            "route_all_tiers_median_s": float(np.median(every[0])),
            "route_all_tiers_p95_s": float(np.quantile(every[0], 0.95)),
            "route_all_tiers_p95_wall_s": float(np.quantile(every[1], 0.95)),
            "routes": float(len(many)),
            "routes_mean_m": float(many.length_m.mean()),
            "routes_one_tier_s": tier_s,
            "routes_all_tiers_s": many_s,
            "routes_all_tiers_wall_s": many_wall_s,
            "approaches": float(len(near.tiers["seen"].approaches)),
            "place_s": place_s,
            "place_wall_s": place_wall_s,
            "gates": float(city.graph("car").leads_on.sum()),
            "vehicles_car_s": gates_s,
            "vehicles_car_wall_s": gates_wall_s,
            "more_mb_of_a_route": (route_gb - before_gb) * _MB,
            "more_mb_with_many_routes": (many_gb - before_gb) * _MB,
            "more_mb": (peak_gb() - before_gb) * _MB,
            "networkx_path_s": path_s,
            "shapely_one_placement_s": cover_s,
            "shapely_all_placements_s": cover_s * city.n_placements,
        }


BOUNDS: Final = (
    ("One route with alternatives, one tier, p95", "route_one_tier_p95_s", 1.0, "s"),
    ("The same at all tiers, p95", "route_all_tiers_p95_s", 3.0, "s"),
    ("Routes of 2 km over 2,000 placements, all tiers", "routes_all_tiers_s", 6.0, "s"),
    ("A place with its approaches, all tiers", "place_s", 2.0, "s"),
    ("Cars over all gates", "vehicles_car_s", 2.0, "s"),
    ("Memory on top of an assessment", "more_mb", 500.0, "MB"),
)
"""What is measured, its figure, and the most that it may be."""

DOCUMENT: Final = """# What questions on routes, places and vehicles cost

Written by `python -m benchmarks.threats --out FILE`; do not edit. Processor time of all threads on
a machine with two cores, after an assessment is there and loops are compiled. The city is {copies}
copies of the centre of Helsinki, joined by short streets: {street_km} km, {arcs} directed edges on
foot, {mapped_cameras} mapped cameras (all of them stand in every placement), {gates} gates for
cars. Trips are 1.5 to 3 km, ways up to 1.5 times the shortest; {routes} routes of {routes_mean_m} m
on average; a place with {approaches} approaches.

| what | figure | bound | kept |
|---|--:|--:|---|
{bounds}

A route of the slowest twentieth spends most of its time in the two exact fronts (`of_it_fronts`):
up to four million labels each, of which four in five are extended. Tried: a queue of flat rows
instead of tuples, without dead ends and with nodes numbered by place, which is in and saves a
fifth; labels in the queue by row numbers, and a short queue for the nearest labels alone, which
saved nothing more; labels at crossings alone, which saved another quarter, but took others of the
ways of the same length and the same metres, so that answers changed, and is not in.

One shortest way takes networkx {networkx_path_s} s, and shapely {shapely_one_placement_s} s for
its metres in view in one placement of plain discs: {shapely_all_placements_s} s for all of them.

| all figures | value |
|---|--:|
{rows}
"""


def document(found: Mapping[str, float]) -> str:
    """Return the figures as a document."""
    bounds = "\n".join(
        f"| {what} | {found[key]:.3g} {unit} | {most:g} {unit} | "
        f"{'yes' if found[key] <= most else 'no'} |"
        for what, key, most, unit in BOUNDS
    )
    rows = "\n".join(f"| {key} | {value:.4g} |" for key, value in found.items())
    shown = {k: f"{v:,.0f}" if v >= _WHOLE else f"{v:.2g}" for k, v in found.items()}
    return DOCUMENT.format(bounds=bounds, rows=rows, **shown)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=42)
    parser.add_argument("--trips", type=int, default=40)
    parser.add_argument("--routes", type=int, default=1000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = measure(options.copies, options.trips, options.routes)
    if options.out:
        options.out.write_text(document(found), encoding="utf-8")
    print(json.dumps({k: float(f"{v:.4g}") for k, v in found.items()}, indent=2))


if __name__ == "__main__":
    main()
