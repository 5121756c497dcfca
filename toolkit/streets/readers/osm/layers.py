"""Layers of a pack from the data collected around a place, clipped to its boundary."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from toolkit.streets.readers.background import background_of
from toolkit.streets.readers.extract import (
    Extract,
    area_km2_of,
    frame_of,
    manifest_figures,
    metric_crs_of,
    polygonal,
)
from toolkit.streets.readers.osm import tags
from toolkit.streets.readers.osm.background_tags import COAST, Feature
from toolkit.streets.readers.osm.region import NEVER, Limits, Region, Ways, counted, ways_near
from toolkit.streets.readers.topology import split
from toolkit.streets.schema import CRS, PackLayers, conform, empty_layer

_GRID: Final = split.UNITS_PER_DEGREE


def extract_of(
    region: Region, boundary: BaseGeometry, kind: str, *, stamp: str, sha256: str
) -> Extract | None:
    """Return the layers of a region inside a boundary, None if it has no street there.

    Parameters
    ----------
    region
        Collected data; its limits contain the boundary.
    boundary
        Polygon in EPSG:4326 to which everything is clipped; buildings across it are kept whole.
    kind
        Kind of boundary, for its layer.
    stamp
        Time of the data as in the header of the file, or "".
    sha256
        Hash of the file.
    """
    shapely.prepare(boundary)
    limits = limits_of(boundary)
    counts: dict[str, int | float] = dict(counted(region, limits))
    ways = ways_near(region, limits)
    metric_crs = metric_crs_of(boundary)
    streets, broken = _streets(region, ways, boundary, metric_crs)
    counts |= broken
    if not len(streets):
        return None
    junctions = split.junctions_of(streets)
    signals = gpd.GeoSeries(_inside(boundary, region.signals), crs=CRS)
    flags, unplaced = split.assign_signals(junctions, signals, metric_crs)
    counts |= {"signals": len(signals), "signals_unplaced": unplaced}
    buildings, dropped, repaired = _buildings(region, boundary, limits)
    for what, number in (("buildings_dropped", dropped), ("buildings_repaired", repaired)):
        counts[what] = counts.get(what, 0) + number
    background, over = background_of(_background_rows(region), boundary, _coast(region))
    if over:
        counts["background_left_out"] = over
    layers = PackLayers(
        streets=streets,
        junctions=conform("junctions", junctions.assign(signals=flags)),
        buildings=buildings,
        places=_places(region, ways, boundary),
        cameras=_cameras(region, buildings, boundary),
        boundary=frame_of("boundary", [{"kind": kind, "geometry": boundary}]),
        background=background,
    )
    absent = {
        "missing_buildings": buildings.empty,
        "missing_places": layers.places.empty,
        "missing_signals": signals.empty,
    }
    counts |= {name: 1 for name, gone in absent.items() if gone}
    return Extract(
        layers=layers,
        counts=manifest_figures(layers, counts),
        metric_crs=metric_crs,
        area_km2=area_km2_of(boundary),
        osm_timestamp=_timestamp(stamp, region.newest),
        sha256=sha256,
    )


def limits_of(boundary: BaseGeometry) -> Limits:
    """Return the bounding box of a polygon in EPSG:4326, in 1e-7 degrees."""
    west, south, east, north = shapely.bounds(boundary)
    return (
        int(np.floor(west * _GRID)), int(np.floor(south * _GRID)),
        int(np.ceil(east * _GRID)), int(np.ceil(north * _GRID)),
    )  # fmt: skip


def street_box(region: Region) -> BaseGeometry | None:
    """Return the bounding box of the streets of a region in EPSG:4326, None if it has none."""
    x, y = np.array(region.ways.x), np.array(region.ways.y)
    here = x != split.MISSING
    if not here.any():
        return None
    ends = np.array([x[here].min(), y[here].min(), x[here].max(), y[here].max()])
    return shapely.box(*(ends / _GRID))


def _timestamp(stamp: str, newest: dt.datetime) -> str | None:
    try:
        time = dt.datetime.fromisoformat(stamp) if stamp else newest
    except ValueError:
        time = newest
    if time <= NEVER:
        return None
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _inside(boundary: BaseGeometry, points: list[Any]) -> list[Any]:
    return [p for p, held in zip(points, shapely.covers(boundary, points), strict=True) if held]


def _streets(
    region: Region, ways: Ways, boundary: BaseGeometry, metric_crs: str
) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    counts = {"ways": len(ways)}
    if not len(ways):
        return empty_layer("streets"), counts
    pieces, broken = split.split_ways(ways.nodes)
    pieces = split.clip_pieces(pieces, boundary)
    if not len(pieces):
        return empty_layer("streets"), counts | broken
    used, row = np.unique(ways.kinds[pieces.way], return_inverse=True)
    by_kind = pd.DataFrame([tags.street_values(region.table.rows[k]) for k in used], dtype=object)
    columns = {name: by_kind[name].to_numpy()[row] for name in by_kind.columns}
    against = columns.pop("against").astype(bool)
    counts["oneway_other_way"] = int(columns.pop("other_way").sum())
    way_ids = ways.ids[pieces.way]
    lines = np.where(against, shapely.reverse(pieces.lines), pieces.lines)
    frame = gpd.GeoDataFrame(
        {
            "street_id": split.street_ids(pieces, way_ids),
            "osm_way_id": way_ids,
            "ordinal": pieces.ordinal,
            "u": np.where(against, pieces.v, pieces.u),
            "v": np.where(against, pieces.u, pieces.v),
            **columns,
            "length_m": np.round(split.lengths_m(lines), 3),
        },
        geometry=lines,
        crs=CRS,
    )
    frame["carriageway"] = split.carriageways(frame, metric_crs)
    return conform("streets", frame), counts | broken


def _buildings(
    region: Region, boundary: BaseGeometry, limits: Limits
) -> tuple[gpd.GeoDataFrame, int, int]:
    """Return footprints that intersect the boundary, and the numbers dropped and repaired."""
    kept = region.buildings
    west, south, east, north = limits
    ids, cut = np.array(kept.ids, dtype=np.int64), np.array(kept.cut, dtype=bool)
    x, y = np.array(kept.x, dtype=np.int64), np.array(kept.y, dtype=np.int64)
    ends = np.array(kept.ends, dtype=np.int64)
    starts = np.concatenate([[0], ends])[:-1]
    rows = region.blocks
    blocks = np.array([b["geometry"] for b in rows], dtype=object)
    met = shapely.intersects(boundary, blocks)
    frames = [pd.DataFrame([row for row, inside in zip(rows, met, strict=True) if inside])]
    dropped = repaired = 0
    if len(ids):
        # Closed ways near the boundary that no relation of the region replaces.
        near = ~np.isin(ids, np.array(sorted(region.outlines), dtype=np.int64))
        for axis, low, high in ((x, west, east), (y, south, north)):
            near &= np.minimum.reduceat(axis, starts) <= high
            near &= np.maximum.reduceat(axis, starts) >= low
        # Their rings as polygons, repaired where invalid.
        at = np.repeat(near, ends - starts)
        ring = np.repeat(np.arange(near.sum()), (ends - starts)[near])
        corners = np.column_stack([x[at], y[at]]) / _GRID
        rings = shapely.linearrings(corners, indices=ring)
        shapes: NDArray[np.object_] = np.atleast_1d(np.asarray(shapely.polygons(rings)))
        valid: NDArray[np.bool_] = shapely.is_valid(shapes) & (shapely.area(shapes) > 0)
        for k in np.flatnonzero(~valid):
            shapes[k] = polygonal(shapes[k])
        there = ~shapely.is_missing(shapes)
        held: NDArray[np.bool_] = there & shapely.intersects(boundary, shapes)
        dropped = int((~there).sum())
        repaired = int((held & (cut[near] | ~valid)).sum())
        frames.append(
            pd.DataFrame({
                "osm_id": [f"way/{k}" for k in ids[near][held]],
                "height_m": np.array(kept.height_m)[near][held],
                "levels": np.array(kept.levels)[near][held],
                "geometry": shapes[held],
            })
        )  # fmt: skip
    table = pd.concat([f for f in frames if len(f)]) if any(map(len, frames)) else None
    if table is None:
        return empty_layer("buildings"), dropped, repaired
    frame = gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)
    return conform("buildings", frame), dropped, repaired


def _background_rows(region: Region) -> list[dict[str, Any]]:
    """Return lines, areas and points of the background as rows of its layer."""
    rows = list(region.sights)
    for number, feature, line in _ground_lines(region):
        if feature.kind == COAST:
            continue
        shape = shapely.Polygon(line.coords) if feature.shape == "area" else line
        rows.append(feature.row(f"way/{number}", shape))
    return rows


def _coast(region: Region) -> list[BaseGeometry]:
    return [line for _, feature, line in _ground_lines(region) if feature.kind == COAST]


def _ground_lines(region: Region) -> Iterator[tuple[int, Feature, BaseGeometry]]:
    ground, start = region.ground, 0
    for number, end, feature in zip(ground.ids, ground.ends, ground.features, strict=True):
        xy = np.column_stack([ground.x[start:end], ground.y[start:end]]) / _GRID
        yield number, feature, shapely.LineString(xy)
        start = end


def _places(region: Region, ways: Ways, boundary: BaseGeometry) -> gpd.GeoDataFrame:
    rows = region.places
    held = shapely.covers(boundary, [row["geometry"] for row in rows])
    drivable = np.array([tags.street_use(values)[0] for values in region.table.rows], dtype=bool)
    gates = [row["gate_at"] for row in rows if row["gate_at"] is not None]
    driven = set()
    if gates and len(ways):
        of_drive = np.repeat(drivable[ways.kinds], np.diff(ways.nodes.offsets))
        driven = set(np.intersect1d(gates, ways.nodes.refs[of_drive]).tolist())
    return frame_of(
        "places",
        [
            row
            for row, inside in zip(rows, held, strict=True)
            if inside and (row["gate_at"] is None or row["gate_at"] in driven)
        ],
    )


def _cameras(
    region: Region, buildings: gpd.GeoDataFrame, boundary: BaseGeometry
) -> gpd.GeoDataFrame:
    points = [c["geometry"] for c in region.cameras]
    held = shapely.covers(boundary, points)
    inside = set()
    if points and len(buildings):
        inside = set(shapely.STRtree(buildings.geometry.to_numpy()).query(points, "within")[0])
    return frame_of(
        "cameras",
        [{**row, "in_building": i in inside} for i, row in enumerate(region.cameras) if held[i]],
    )
