"""Measure questions on routes, places and vehicles in a large city, with networkx and shapely next.

The city is the centre of Helsinki in copies that short streets join at their seams. Everything is
measured after an assessment's own work is done: streets, lines of sight and placements are there.

    python -m benchmarks.threats [--copies 42] [--trips 40] [--routes 1000]

Times are wall times of one process; the figures are printed as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import shapely
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
from toolkit.streets.schema import LAYERS, PackLayers
from toolkit.threats import place, route, scores, vehicles
from toolkit.threats.city import PlacedCity, open_city
from toolkit.threats.travel import Travel

DAY: Final = dt.date(2026, 1, 1)
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


def join_copies(name: str, home: Path, n: int) -> None:
    """Add short streets between neighbouring copies of a pack."""
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
    frames = {layer: getattr(pack, layer) for layer in LAYERS}
    frames["streets"] = pd.concat([streets, more], ignore_index=True).to_crs(4326)
    manifest = pack.manifest.model_copy(update={"parts": {}})
    write_pack(home / FOLDER / name, manifest, PackLayers(**frames))


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


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of some work."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


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
    path_s = seconds(lambda: way.extend(nx.dijkstra_path(whole, start, end)))
    line = shapely.LineString(graph.xy_m[way])
    radius_m = float(np.nanmean(city.cameras.outer_m[:, TIERS.index("seen")]))
    at = city.scene.site_xy_m
    standing = city.standing_at(np.arange(len(at)), YARDSTICK_PLACEMENTS)

    def one(k: int) -> float:
        sites = standing.site[standing.first[k] : standing.first[k + 1]]
        discs = np.asarray(shapely.buffer(shapely.points(at[sites]), radius_m), dtype=object)
        near = shapely.STRtree(discs).query(line, predicate="intersects")
        return float(line.intersection(shapely.union_all(discs[near])).length)

    cover_s = seconds(lambda: [one(k) for k in range(YARDSTICK_PLACEMENTS)])
    return path_s, cover_s / YARDSTICK_PLACEMENTS


def measure(n_copies: int, n_trips: int, n_routes: int) -> dict[str, float]:
    """Return all figures."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        name, km = copies(n_copies, Path(home))
        join_copies(name, Path(home), n_copies)
        question = Question(name, DAY, count=CAMERAS)
        city_s = seconds(lambda: open_city(question))
        city = open_city(question)
        before_gb = peak_gb()
        graph = city.graph("foot")
        ends = random_ends(city, graph, n_trips, TRIP_M)

        def with_alternatives(k: int, travel: Travel) -> None:
            route.route(question, between=[tuple(p) for p in ends[k]], travel=travel, detour=1.5)

        # The first call compiles, and makes what follows from the city alone.
        for travel in (Travel(), Travel(tier="seen")):
            with_alternatives(0, travel)
        one, every = (
            [seconds(partial(with_alternatives, k, travel)) for k in range(n_trips)]
            for travel in (Travel(tier="seen"), Travel())
        )
        many = routes_of(city, n_routes)
        tier_s = seconds(
            lambda: scores.score(city, many, tiers=("seen",), along=False, most=PLACEMENTS)
        )
        many_s = seconds(lambda: scores.score(city, many, along=False, most=PLACEMENTS))
        middle = tuple(city.lonlat(graph.xy_m.mean(axis=0, keepdims=True))[0])
        place_s = min(seconds(lambda: place.place(question, middle, 120.0)) for _ in range(3))
        gates_s = min(seconds(lambda: vehicles._part(city, "car")) for _ in range(2))  # noqa: SLF001
        path_s, cover_s = yardstick(city, ends[0])
        return {
            "copies": float(n_copies),
            "street_km": km,
            "arcs": float(len(graph.tail)),
            "points": float(len(city.scene.points.length)),
            "placing_s": city_s,
            "route_one_tier_median_s": float(np.median(one)),
            "route_one_tier_p95_s": float(np.quantile(one, 0.95)),
            "route_all_tiers_median_s": float(np.median(every)),
            "route_all_tiers_p95_s": float(np.quantile(every, 0.95)),
            "routes": float(len(many)),
            "routes_mean_m": float(many.length_m.mean()),
            "routes_one_tier_s": tier_s,
            "routes_all_tiers_s": many_s,
            "place_s": place_s,
            "gates": float(city.graph("car").leads_on.sum()),
            "vehicles_car_s": gates_s,
            "more_mb": (peak_gb() - before_gb) * _MB,
            "networkx_path_s": path_s,
            "shapely_one_placement_s": cover_s,
            "shapely_all_placements_s": cover_s * city.n_placements,
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=42)
    parser.add_argument("--trips", type=int, default=40)
    parser.add_argument("--routes", type=int, default=1000)
    options = parser.parse_args()
    found = measure(options.copies, options.trips, options.routes)
    print(json.dumps({k: float(f"{v:.4g}") for k, v in found.items()}, indent=2))


if __name__ == "__main__":
    main()
