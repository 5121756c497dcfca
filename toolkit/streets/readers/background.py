"""Layer "background" of a pack: what helps people to find their way, kept small.

A pack of a whole city is carried on a stick and sent to a browser, so shapes are simplified, small
ones left out, and the numbers bounded. What is left out does not depend on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.streets.readers.extract import polygonal
from toolkit.streets.schema import BACKGROUND, BACKGROUND_KINDS, CRS, conform

MARGIN_M: Final = 100.0
"""Shapes go on by this beyond the boundary, so that none seems to end with the estimate."""
SIMPLIFY_M: Final = 4.0
"""Tolerance of simplified shapes: under two pixels at zoom 16, where single streets are seen."""
MIN_AREA_M2: Final = 2_000.0
"""Water and parks below this are left out: under 20 pixels wide at zoom 16."""
MOST_SHAPES: Final = {
    "landmark": 1_500, "park": 2_000, "quarter": 500, "railway": 3_000, "water": 2_000,
    "waterway": 2_000,
}  # fmt: skip
"""Most rows of each kind, the most important and then the largest first. A city of a million has a
few hundred; the bounds are for extracts of whole countries."""
MOST_POINTS: Final = 30_000
"""Most vertices of each kind: 0.5 MB before compression."""
MOST_COAST_POINTS: Final = 100_000
"""Most vertices of coastlines of which a sea is made: some hundred times those of a port."""
SAME_PLACE_M: Final = {"landmark": 200.0, "quarter": 2_000.0}
"""Points of a kind with equal names within this are one object, mapped as node and as area."""
_COAST_WATER: Final = "sea"
_OFF_DEG: Final = 1e-7
"""Distance at which the side of a coastline is looked at: the precision of OpenStreetMap."""
_DECIMALS: Final = 6
_M_PER_DEG: Final = 111_320.0
_POINT, _AREA = 0, 2
"""Dimensions of shapes."""
_NAMES: Final = ("name", "name_en", "name_my")


def background_of(
    rows: Sequence[dict[str, Any]], boundary: BaseGeometry, coast: Sequence[BaseGeometry] = ()
) -> tuple[gpd.GeoDataFrame | None, int]:
    """Return the layer, None without any row, and the number of rows over its bounds.

    Parameters
    ----------
    rows
        Columns of the layer, with geometry in EPSG:4326.
    boundary
        Polygon in EPSG:4326.
    coast
        Coastlines in EPSG:4326, with the sea on their right.
    """
    listed = [row for row in rows if row["kind"] in BACKGROUND_KINDS] + _sea(coast, boundary)
    if not listed:
        return None, 0
    scale = _m_per_deg(boundary)
    around = shapely.buffer(
        shapely.transform(boundary, lambda xy: xy * scale), MARGIN_M, quad_segs=2
    )
    frame = shapely.transform(around, lambda xy: xy / scale)
    shapes = np.array([row["geometry"] for row in listed], dtype=object)
    shapes = shapely.transform(_clipped(shapes, boundary, frame), lambda xy: xy * scale)
    shapes = _simplified(shapes)
    table = pd.DataFrame([{**row, "geometry": None} for row in listed])
    there = ~shapely.is_missing(shapes)
    if not there.any():
        return None, 0
    found = table[there].assign(geometry=shapes[there]).drop_duplicates("osm_id")
    found, left_out = _bounded(found)
    made = shapely.transform(
        found["geometry"].to_numpy(), lambda xy: np.round(xy / scale, _DECIMALS)
    )
    columns = found.drop(columns="geometry")
    return conform(BACKGROUND, gpd.GeoDataFrame(columns, geometry=made, crs=CRS)), left_out


def _m_per_deg(boundary: BaseGeometry) -> NDArray[np.float64]:
    """Return metres in a degree of longitude and latitude, in the middle of a boundary.

    On a sphere: quicker than a projection, and right to a few per cent even for a country.
    """
    _, south, _, north = shapely.bounds(boundary)
    return _M_PER_DEG * np.array([np.cos(np.radians((south + north) / 2)), 1.0])


def _clipped(
    shapes: NDArray[np.object_], boundary: BaseGeometry, frame: BaseGeometry
) -> NDArray[np.object_]:
    """Return what of each shape lies in the frame, None if nothing of its own kind does."""
    shapely.prepare([boundary, frame])
    found = shapes.copy()
    dimension = shapely.get_dimensions(shapes)
    for k in np.flatnonzero((dimension == _AREA) & ~shapely.is_valid(shapes)):
        found[k] = polygonal(shapes[k])
    # Points beyond the boundary would name what is not on the map.
    held = np.where(
        dimension == _POINT, shapely.covers(boundary, found), shapely.intersects(frame, found)
    )
    found[~held] = None
    for k in np.flatnonzero(held & (dimension != _POINT) & ~shapely.covers(frame, found)):
        part = shapely.intersection(shapely.clip_by_rect(found[k], *frame.bounds), frame)
        found[k] = polygonal(part) if dimension[k] == _AREA else _lines(part)
    return found


def _lines(shape: BaseGeometry) -> BaseGeometry | None:
    """Return the lines of a shape, None without any."""
    lines = [p for p in shapely.get_parts(shape) if p.geom_type == "LineString"]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)


def _simplified(before: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes in metres with fewer vertices, None for areas that are small."""
    # Quicker than keeping the topology, whose breaks are repaired: nothing is measured on them.
    shapes: NDArray[np.object_] = shapely.simplify(before, SIMPLIFY_M, preserve_topology=False)
    area = shapely.get_dimensions(before) == _AREA
    for k in np.flatnonzero(area & ~shapely.is_valid(shapes)):
        shapes[k] = polygonal(shapes[k])
    shapes[area & ~(shapely.area(shapes) >= MIN_AREA_M2)] = None
    return shapes


def _bounded(found: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the most important rows of each kind, and the number of others."""
    shapes = found["geometry"].to_numpy()
    ordered = found.assign(
        size=np.maximum(shapely.area(shapes), shapely.length(shapes)),
        points=shapely.get_num_coordinates(shapes),
    ).sort_values(["kind", "rank", "size", "osm_id"], ascending=[True, True, False, True])
    few = ordered.groupby("kind").cumcount() < ordered["kind"].map(MOST_SHAPES)
    kept = ordered[few]
    kept = kept[kept.groupby("kind")["points"].cumsum() <= MOST_POINTS]
    left_out = len(ordered) - len(kept)
    return kept[~_repeated(kept)].drop(columns=["size", "points"]), left_out


def _repeated(found: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which points repeat one of the same kind and names near them, in metres."""
    again = np.zeros(len(found), dtype=bool)
    shapes = found["geometry"].to_numpy()
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    seen: dict[tuple[object, ...], list[int]] = {}
    for k, key in enumerate(zip(*(found[c].fillna("") for c in ("kind", *_NAMES)), strict=True)):
        reach_m = SAME_PLACE_M.get(str(key[0]))
        if reach_m is None:
            continue
        others = seen.setdefault(key, [])
        again[k] = any(np.hypot(x[k] - x[o], y[k] - y[o]) <= reach_m for o in others)
        if not again[k]:
            others.append(k)
    return again


def _sea(coast: Sequence[BaseGeometry], boundary: BaseGeometry) -> list[dict[str, Any]]:
    """Return the sea inside a boundary as rows, none where the coastlines contradict each other."""
    met = [line for line in coast if boundary.intersects(line)]
    if not met or shapely.get_num_coordinates(met).sum() > MOST_COAST_POINTS:
        return []
    cut = shapely.intersection(met, boundary)
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all([boundary.boundary, *cut])))
    )
    sides = np.zeros((2, len(faces)), dtype=int)
    tree = shapely.STRtree(faces)
    for line in met:
        for side, points in enumerate(_beside(line, boundary)):
            np.add.at(sides[side], tree.query(points, "within")[1], 1)
    right, left = sides
    # Where a coastline breaks off in the source, a face lies on both of its sides.
    water = faces[(right > 0) & (left == 0)]
    return [
        {"osm_id": f"{_COAST_WATER}/{k}", "kind": "water", "rank": 0, "name": None,
         "name_en": None, "name_my": None, "geometry": face}
        for k, face in enumerate(shapely.normalize(water))
    ]  # fmt: skip


def _beside(line: BaseGeometry, boundary: BaseGeometry) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return points right and left of the middles of the sides of a line inside a boundary."""
    xy = shapely.get_coordinates(line)
    step = np.diff(xy, axis=0)
    length = np.hypot(*step.T)
    there = length > 0
    middle, along = (xy[:-1] + xy[1:])[there] / 2, step[there] / length[there, None]
    held = shapely.contains_xy(boundary, *middle.T)
    right = np.column_stack([along[:, 1], -along[:, 0]])[held] * _OFF_DEG
    return shapely.points(middle[held] + right), shapely.points(middle[held] - right)
