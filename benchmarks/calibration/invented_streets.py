"""Streets of invented cities, for checks that need a known truth.

Each number gives one network: a grid, an irregular net or a long narrow one, with street classes,
junctions with and without traffic lights, houses along the streets, places that reports name, and
in some of them mapped cameras and a tunnel. The same number gives the same city.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Boundary, Names
from toolkit.streets.manifest import ODBL, WRITER, Manifest, PackOrigin
from toolkit.streets.pack import write_pack
from toolkit.streets.schema import PackLayers, empty_layer

CRS = "EPSG:32647"
CORNER_M = (240_000.0, 1_880_000.0)
"""South-west corner of every city, in the metric frame (17 N 96.6 E)."""
SHAPES = ("grid", "irregular", "narrow")
LENGTH_M = (8_000.0, 18_000.0)
"""Approximate length of street, before a share is left out."""
SPACING_M = (60.0, 170.0)
JITTER = 0.12
"""Standard deviation of nodes from the grid, as a share of the spacing."""
LEFT_OUT = (0.03, 0.2)
"""Share of the streets of the full net that do not exist."""
CLASSES = ("primary", "tertiary", "residential", "footway")
CLASS_PROB = (0.12, 0.2, 0.53, 0.15)
SIGNAL_PROB = 0.4
"""Probability of traffic lights where a main street meets another with traffic."""
HOUSE_M = (10.0, 26.0)
"""Length of a house along the street."""
HOUSE_DEPTH_M = 12.0
SETBACK_M = (8.0, 13.0)
"""Distance from the centre line to the wall."""
BUILT = (0.2, 0.9)
"""Share of plots with a house."""
STREET_WIDTH_M = 6.0
"""Least distance of a house from any centre line."""
PLACES = ("police", "market", "religious", "station", "government")
TUNNEL_EVERY, CAMERAS_EVERY = 5, 3
MARGIN_M = 20.0

Edges = list[tuple[int, int, str]]


def write_city(number: int, folder: Path) -> Manifest:
    """Write the pack of an invented city into `folder`, whose name becomes the pack's id."""
    rng = np.random.default_rng([number, 7_501])
    xy, edges = _net(SHAPES[number % len(SHAPES)], rng)
    lines = np.array([shapely.LineString([xy[u], xy[v]]) for u, v, _ in edges], dtype=object)
    length_m = shapely.length(lines)
    area = shapely.convex_hull(shapely.union_all(lines)).buffer(MARGIN_M)
    junctions = _junctions(xy, edges, rng)
    tunnel = np.zeros(len(edges), dtype=bool)
    tunnel[0] = number % TUNNEL_EVERY == 0
    layers = PackLayers(
        streets=_degrees(
            {
                "street_id": [f"s{k}" for k in range(len(edges))],
                "osm_way_id": range(len(edges)),
                "ordinal": 0,
                "u": [e[0] for e in edges],
                "v": [e[1] for e in edges],
                "highway": [e[2] for e in edges],
                "name": None,
                "name_en": None,
                "name_my": None,
                "lanes": np.nan,
                "oneway": False,
                "oneway_motorcycle": False,
                "oneway_foot": False,
                "bridge": False,
                "tunnel": tunnel,
                "cover": ["tunnel" if below else None for below in tunnel],
                "layer": np.where(tunnel, -1, 0),
                "drive": [e[2] != "footway" for e in edges],
                "walk": True,
                "motorcycle": [e[2] != "footway" for e in edges],
                "carriageway": None,
                "length_m": length_m,
            },
            lines,
        ),
        junctions=junctions,
        buildings=_houses(lines, rng),
        places=_places(xy, rng),
        cameras=_cameras(lines, rng) if number % CAMERAS_EVERY == 0 else empty_layer("cameras"),
        boundary=_degrees({"kind": ["invented"]}, [area]),
    )
    name = f"Invented {number}"
    return write_pack(
        folder,
        Manifest(
            id=folder.name,
            name=Names(en=name, my=name),
            city=None,
            demonstration=True,
            banner=Names(en=name, my=name),
            crs=CRS,
            boundary=Boundary(
                kind="invented",
                length_km=float(length_m.sum()) / 1e3,
                area_km2=float(area.area) / 1e6,
                note="Drawn by a generator.",
            ),
            source=PackOrigin(
                name="generator", sha256="0" * 64, osm_timestamp=None, origin="drawn"
            ),
            licence=ODBL,
            attribution="Invented",
            tool=WRITER,
            counts={"street_km": float(length_m.sum()) / 1e3, "drive_junctions": len(junctions)},
        ),
        layers,
    )


def _degrees(columns: dict[str, Any], shapes: Any) -> gpd.GeoDataFrame:  # noqa: ANN401 - geometry
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS).to_crs(4326)


def _net(shape: str, rng: np.random.Generator) -> tuple[FloatArray, Edges]:
    """Return nodes, shape (K, 2), and the streets between them with their class."""
    spacing = float(rng.uniform(*SPACING_M))
    cells = max(float(rng.uniform(*LENGTH_M)) / (2.0 * spacing), 9.0)
    rows = 2 if shape == "narrow" else max(round(np.sqrt(cells)), 3)
    columns = max(round(cells / rows), 3)
    if shape == "irregular":
        xy, pairs = _irregular(rows * columns, spacing, rng)
        kinds = rng.choice(CLASSES, size=len(pairs), p=CLASS_PROB)
        full = [(u, v, str(kind)) for (u, v), kind in zip(pairs, kinds, strict=True)]
    else:
        at = np.array([(i, j) for i in range(columns) for j in range(rows)], dtype=float)
        xy = at * spacing + rng.normal(0.0, JITTER * spacing, at.shape)
        # A street keeps its class from one end of the city to the other.
        along = rng.choice(CLASSES, size=rows, p=CLASS_PROB)
        across = rng.choice(CLASSES, size=columns, p=CLASS_PROB)
        full = [
            (i * rows + j, (i + 1) * rows + j, str(along[j]))
            for i in range(columns - 1)
            for j in range(rows)
        ] + [
            (i * rows + j, i * rows + j + 1, str(across[i]))
            for i in range(columns)
            for j in range(rows - 1)
        ]
    kept = rng.random(len(full)) >= rng.uniform(*LEFT_OUT)
    graph = nx.Graph([(u, v) for (u, v, _), k in zip(full, kept, strict=True) if k])
    town = max(nx.connected_components(graph), key=len)
    edges = [e for e, k in zip(full, kept, strict=True) if k and e[0] in town]
    turn = rng.uniform(0.0, np.pi)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return xy @ matrix + CORNER_M, edges


def _irregular(
    nodes: int, spacing: float, rng: np.random.Generator
) -> tuple[FloatArray, list[tuple[int, int]]]:
    """Return nodes kept apart from one another and the shorter edges of their triangles."""
    side = spacing * np.sqrt(nodes)
    xy = np.empty((0, 2))
    for point in rng.uniform(0.0, side, (40 * nodes, 2)):
        if len(xy) < nodes and (not len(xy) or np.hypot(*(xy - point).T).min() > 0.6 * spacing):
            xy = np.vstack([xy, point])
    triangles = Delaunay(xy).simplices
    pairs = {tuple(sorted((int(t[a]), int(t[b])))) for t in triangles for a, b in _SIDES}
    near = sorted(p for p in pairs if np.hypot(*(xy[p[0]] - xy[p[1]])) < 1.35 * spacing)
    return xy, [(u, v) for u, v in near]


_SIDES = ((0, 1), (1, 2), (0, 2))


def _junctions(xy: FloatArray, edges: Edges, rng: np.random.Generator) -> gpd.GeoDataFrame:
    degree, drive, busy = (np.zeros(len(xy), dtype=int) for _ in range(3))
    for u, v, kind in edges:
        for node in (u, v):
            degree[node] += 1
            drive[node] += kind != "footway"
            busy[node] += kind == "primary"
    found = np.flatnonzero(degree >= 3)  # noqa: PLR2004 - ends that make a junction
    lit = (busy[found] > 0) & (drive[found] > busy[found]) & (rng.random(len(found)) < SIGNAL_PROB)
    columns = {
        "node_id": found,
        "degree": degree[found],
        "drive_degree": drive[found],
        "signals": lit,
    }
    return _degrees(columns, shapely.points(xy[found]))


def _houses(lines: NDArray[np.object_], rng: np.random.Generator) -> gpd.GeoDataFrame:
    built = rng.uniform(*BUILT)
    houses = []
    for line in lines:
        (x, y), (ex, ey) = line.coords
        length = float(line.length)
        ux, uy = (ex - x) / length, (ey - y) / length
        for side in (-1.0, 1.0):
            at = 0.0
            while at < length:
                wide, back = rng.uniform(*HOUSE_M), rng.uniform(*SETBACK_M)
                if rng.random() < built:
                    near, far = side * back, side * (back + HOUSE_DEPTH_M)
                    corners = ((at, near), (at + wide, near), (at + wide, far), (at, far))
                    houses.append(
                        shapely.Polygon(
                            [(x + a * ux - b * uy, y + a * uy + b * ux) for a, b in corners]
                        )
                    )
                at += wide + rng.uniform(0.5, 6.0)
    shapes = np.array(houses, dtype=object)
    tree = shapely.STRtree(lines)
    blocking, _ = tree.query(shapes, predicate="dwithin", distance=STREET_WIDTH_M)
    shapes = np.delete(shapes, np.unique(blocking))
    columns = {
        "osm_id": [f"way/{k}" for k in range(len(shapes))],
        "height_m": np.nan,
        "levels": np.nan,
    }
    return _degrees(columns, shapes)


def _places(xy: FloatArray, rng: np.random.Generator) -> gpd.GeoDataFrame:
    where = rng.choice(len(xy), size=int(rng.integers(2, 6)), replace=False)
    columns = {
        "osm_id": [f"node/{k}" for k in where],
        "kind": rng.choice(PLACES, size=len(where)),
        "name": None,
    }
    return _degrees(columns, shapely.points(xy[where] + rng.uniform(-15.0, 15.0, (len(where), 2))))


def _cameras(lines: NDArray[np.object_], rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Return a few mapped cameras: with a direction, with a width, turning, or without any."""
    n = int(rng.integers(3, 9))
    on = lines[rng.choice(len(lines), size=n, replace=False)]
    along = shapely.line_interpolate_point(on, rng.random(n), normalized=True)
    direction = np.where(rng.random(n) < 0.5, rng.uniform(0.0, 360.0, n), np.nan)  # noqa: PLR2004
    width = np.where(rng.random(n) < 0.3, rng.uniform(30.0, 120.0, n), np.nan)  # noqa: PLR2004
    columns: dict[str, Any] = dict.fromkeys(
        ("zone", "mount", "operator", "brand", "manufacturer", "model", "check_date", "fixme")
    )
    columns |= {
        "osm_id": [f"node/{9_000 + k}" for k in range(n)],
        "kind": rng.choice(["fixed", "dome", "panning"], size=n),
        "surveillance": "public",
        "surveillance_type": "camera",
        "height_m": np.nan,
        "direction_deg": direction,
        "width_deg": np.where(np.isnan(direction), np.nan, width),
        "tilt_deg": np.nan,
        "in_building": False,
    }
    shifted = shapely.get_coordinates(along) + rng.uniform(-4.0, 4.0, (n, 2))
    return _degrees(columns, shapely.points(shifted))
