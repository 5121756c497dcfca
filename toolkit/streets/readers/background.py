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

from toolkit.streets.readers.extract import frame_of, polygonal
from toolkit.streets.schema import BACKGROUND, BACKGROUND_KINDS, CRS

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
SAME_PLACE_M: Final = {"landmark": 200.0, "quarter": 2_000.0}
"""Points of a kind with equal names within this are one object, mapped as node and as area."""
_COAST_WATER: Final = "sea"
_OFF_DEG: Final = 1e-7
"""Distance at which the side of a coastline is looked at: the precision of OpenStreetMap."""
_DECIMALS: Final = 6
_NAMES: Final = ("name", "name_en", "name_my")


def background_of(
    rows: Sequence[dict[str, Any]],
    boundary: BaseGeometry,
    metric_crs: str,
    coast: Sequence[BaseGeometry] = (),
) -> tuple[gpd.GeoDataFrame | None, int]:
    """Return the layer, None without any row, and the number of rows over its bounds.

    Parameters
    ----------
    rows
        Columns of the layer, with geometry in EPSG:4326.
    boundary
        Polygon in EPSG:4326.
    metric_crs
        System for lengths and areas, as "EPSG:number".
    coast
        Coastlines in EPSG:4326, with the sea on their right.
    """
    around = gpd.GeoSeries([boundary], crs=CRS).to_crs(metric_crs)
    frame = around.buffer(MARGIN_M, quad_segs=2).to_crs(CRS).iloc[0]
    shapely.prepare(frame)
    listed = [row for row in rows if row["kind"] in BACKGROUND_KINDS]
    listed += _sea(coast, boundary)
    # Points beyond the boundary would name what is not on the map.
    shapes = [_clipped(row["geometry"], boundary, frame) for row in listed]
    table = pd.DataFrame([{**row, "geometry": None} for row in listed])
    kept = np.array([shape is not None for shape in shapes], dtype=bool)
    if not kept.any():
        return None, 0
    found = gpd.GeoDataFrame(
        table[kept], geometry=[shape for shape in shapes if shape is not None], crs=CRS
    ).to_crs(metric_crs)
    found, left_out = _bounded(_simplified(found).drop_duplicates("osm_id"))
    if not len(found):
        return None, left_out
    found = found.to_crs(CRS)
    found.geometry = shapely.transform(found.geometry.to_numpy(), _rounded)
    return frame_of(BACKGROUND, found.to_dict("records")), left_out


def _rounded(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(xy, _DECIMALS)


def _clipped(
    shape: BaseGeometry, boundary: BaseGeometry, frame: BaseGeometry
) -> BaseGeometry | None:
    """Return what of a shape lies in the frame, None if nothing of its own kind does."""
    if shape.geom_type == "Point":
        return shape if boundary.covers(shape) else None
    if not frame.intersects(shape):
        return None
    area = shape.geom_type in {"Polygon", "MultiPolygon"}
    whole = polygonal(shape) if area else shape
    if whole is None:
        return None
    if not frame.covers(whole):
        whole = shapely.intersection(shapely.clip_by_rect(whole, *frame.bounds), frame)
    if area:
        return polygonal(whole)
    lines = [p for p in shapely.get_parts(whole) if p.geom_type == "LineString" and p.length > 0]
    if not lines:
        return None
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)


def _simplified(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows with fewer vertices, without areas that are small, in a metric system."""
    before = found.geometry.to_numpy()
    area = shapely.get_dimensions(before) == 2  # noqa: PLR2004
    # Quicker than keeping the topology, whose breaks are repaired: nothing is measured on them.
    shapes = shapely.simplify(before, SIMPLIFY_M, preserve_topology=False)
    for k in np.flatnonzero(area):
        shapes[k] = polygonal(shapes[k])
    kept = ~shapely.is_missing(shapes) & ~(area & (shapely.area(shapes) < MIN_AREA_M2))
    return found.set_geometry(shapes)[kept]


def _bounded(found: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Return the most important rows of each kind, and the number of others."""
    shapes = found.geometry.to_numpy()
    found = found.assign(
        size=np.maximum(shapely.area(shapes), shapely.length(shapes)),
        points=shapely.get_num_coordinates(shapes),
    ).sort_values(["kind", "rank", "size", "osm_id"], ascending=[True, True, False, True])
    parts = []
    for kind, rows in found.groupby("kind", sort=True):
        few = rows.head(MOST_SHAPES[str(kind)])
        few = few[few["points"].cumsum() <= MOST_POINTS]
        parts.append(few)
    kept = pd.concat(parts)
    left_out = len(found) - len(kept)
    return kept[~_repeated(kept)].drop(columns=["size", "points"]), left_out


def _repeated(found: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    """Return which points repeat one of the same kind and names near them."""
    again = np.zeros(len(found), dtype=bool)
    kinds = found["kind"].to_numpy()
    points = np.array(
        [p.coords[0] if p.geom_type == "Point" else (0.0, 0.0) for p in found.geometry]
    )
    for rows in found.groupby(["kind", *_NAMES], dropna=False).indices.values():
        reach_m = SAME_PLACE_M.get(kinds[rows[0]])
        if reach_m is None:
            continue
        for k, row in enumerate(rows):
            first = rows[:k][~again[rows[:k]]]
            again[row] = bool((np.hypot(*(points[first] - points[row]).T) <= reach_m).any())
    return again


def _sea(coast: Sequence[BaseGeometry], boundary: BaseGeometry) -> list[dict[str, Any]]:
    """Return the sea inside a boundary as rows, none where the coastlines contradict each other."""
    met = [line for line in coast if boundary.intersects(line)]
    if not met:
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
