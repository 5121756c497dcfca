"""The same work as one would do it without the toolkit: networkx and shapely for trips, folium."""

from __future__ import annotations

import datetime as dt
from typing import Final

import folium
import networkx as nx
import numpy as np
import shapely
from scipy.spatial import cKDTree

from benchmarks.engine.timing import Figures, best_cpu
from toolkit.app.map import component, geometry
from toolkit.assessment import trips
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites
from toolkit.base.terms import Mode
from toolkit.engine.placement import place_sites
from toolkit.routes.graph import street_graph
from toolkit.routes.habits import habits

_PACK: Final = "helsinki-centre"
_DAY: Final = dt.date(2026, 1, 1)
_MODE: Final[Mode] = "foot"
REACH_M: Final = 20.0
"""Radius of the discs of shapely, about the outer ring of a usual camera."""
PLACEMENTS: Final = 5
_MB: Final = 1e6


def instead_trips() -> Figures:
    """Find the ways of ordinary trips by networkx, and the sites near them by shapely.

    The toolkit samples the trips, and follows them through 200 placements at five tiers with
    lines of sight and directions; shapely counts sites in plain discs, once a placement.
    """
    inputs = make_inputs(Question(_PACK, _DAY, count=(300, 600)).load())
    pack, scene = scene_of(inputs.loaded)
    plan = plan_sites(inputs, pack, scene)
    by_mode = trips.sampled(inputs.loaded, pack, scene)
    routes = by_mode[_MODE].trips
    one = {_MODE: by_mode[_MODE]}
    _, own_s = best_cpu(lambda: trips.met_on_trips(inputs, scene, plan.chance, one))
    ways = habits(inputs.assumptions, _MODE)
    _, sampling_s = best_cpu(
        lambda: trips.sample_of(pack, scene, ways, seed=0, progress=lambda _: None)
    )

    graph = street_graph(pack.streets, scene.lines, _MODE)
    whole = nx.DiGraph()
    whole.add_weighted_edges_from(
        zip(graph.tail.tolist(), graph.head.tolist(), graph.length_m.tolist(), strict=True)
    )
    nearest = cKDTree(graph.xy_m)
    ends = np.stack([routes.start[:-1], routes.start[1:] - 1])
    _, node = nearest.query(scene.points.xy[routes.point[ends]])
    found: list[list[int]] = []

    def by_networkx() -> None:
        found.clear()
        for a, b in np.asarray(node).T.tolist():
            found.append(nx.dijkstra_path(whole, a, b) if nx.has_path(whole, a, b) else [a, a])

    _, networkx_s = best_cpu(by_networkx, 1)
    lines = shapely.linestrings(
        np.concatenate([graph.xy_m[way if len(way) > 1 else way * 2] for way in found]),
        indices=np.repeat(np.arange(len(found)), [max(len(way), 2) for way in found]),
    )
    standing = place_sites(plan.chance, inputs.design)

    def by_shapely() -> None:
        for k in range(PLACEMENTS):
            sites = standing.site[standing.first[k] : standing.first[k + 1]]
            tree = shapely.STRtree(np.asarray(shapely.points(scene.site_xy_m[sites]), dtype=object))
            tree.query(lines, predicate="dwithin", distance=REACH_M)

    _, shapely_s = best_cpu(by_shapely)
    return {
        "trips": float(len(routes)),
        "own_sampling_cpu_s": sampling_s,
        "networkx_paths_cpu_s": networkx_s,
        "own_200_placements_cpu_s": own_s,
        "shapely_200_placements_cpu_s": shapely_s / PLACEMENTS * inputs.design.n_draws,
    }


def instead_map() -> Figures:
    """Make the streets of a map with their chances for a browser, and by folium's GeoJson."""
    from toolkit import assess

    layers = assess(_PACK, as_of=_DAY).layers
    if layers is None:
        raise RuntimeError
    sizes: dict[str, int] = {}

    def own() -> None:
        sizes["own"] = len(geometry.encode(layers)) + len(component.figures_of(layers))

    streets = layers.streets[["geometry", "name", *(f"{t}_mid" for t in ("seen", "face"))]]

    def by_folium() -> None:
        page = folium.Map(location=[60.17, 24.94], tiles=None)
        folium.GeoJson(
            streets,
            style_function=lambda one: {
                "weight": 1 + 3 * (one["properties"]["seen_mid"] or 0.0),
            },
            tooltip=folium.GeoJsonTooltip(["name", "seen_mid"]),
        ).add_to(page)
        sizes["folium"] = len(page.get_root().render().encode())

    _, own_s = best_cpu(own)
    _, folium_s = best_cpu(by_folium)
    return {
        "streets": float(len(streets)),
        "own_cpu_s": own_s,
        "own_mb": sizes["own"] / _MB,
        "folium_cpu_s": folium_s,
        "folium_mb": sizes["folium"] / _MB,
    }
