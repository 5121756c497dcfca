"""Result of every street reader, and the figures of a manifest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.topology.near import is_tangled
from toolkit.streets.schema import (
    CRS,
    JUNCTION_DEGREE,
    UNKNOWN_CLASS,
    PackLayers,
    conform,
    empty_layer,
)
from toolkit.streets.utm import zone_of

GEOD: Final = pyproj.Geod(ellps="WGS84")
_M2_PER_KM2: Final = 1e6
ALWAYS: Final = (
    "building_relations_incomplete", "buildings_dropped", "buildings_repaired",
    "buildings_without_walls_left_out", "camera_directions_unreadable", "cameras_indoor_dropped",
    "cameras_not_points_dropped", "cameras_other_dropped", "duplicate_ids", "ways_left_out_area",
    "ways_without_nodes",
)  # fmt: skip
"""Counts included in a manifest even if zero."""
ANTIMERIDIAN_DEG: Final = 180.0

_DISC_CORNERS: Final = 180


Extent = Literal["box", "data"]
"""Where an OpenStreetMap file ends: at the box of its header, or with its streets."""


@dataclass(frozen=True)
class FileBox:
    """Box at which a file ends that is taken as a whole.

    Attributes
    ----------
    polygon
        Box in EPSG:4326.
    cut_share
        Share of street length outside the box, which is cut away.
    is_wrong
        Whether the file states another box, which does not fit its streets.
    """

    polygon: BaseGeometry
    cut_share: float = 0.0
    is_wrong: bool = False


@dataclass(frozen=True)
class Extract:
    """Content of a street file, ready to be written as a pack.

    Attributes
    ----------
    layers
        The layers, in EPSG:4326.
    counts
        Figures for the manifest: objects kept, left out and broken.
    metric_crs
        UTM zone as "EPSG:number".
    area_km2
        Area of the boundary on the WGS84 ellipsoid.
    osm_timestamp
        Time of the OpenStreetMap data, UTC; None if unknown.
    sha256
        Hash of the file.
    box
        Box at which the file ends, where an OpenStreetMap file is taken as a whole.
    """

    layers: PackLayers
    counts: dict[str, int | float]
    metric_crs: str
    area_km2: float
    osm_timestamp: str | None
    sha256: str
    box: FileBox | None = None


@dataclass(frozen=True)
class AdminArea:
    """Administrative area that contains a requested point.

    Attributes
    ----------
    name
        Name, or None.
    level
        ``admin_level``.
    osm_id
        "relation/..." or "way/...".
    shape
        Polygon in EPSG:4326.
    """

    name: str | None
    level: int
    osm_id: str
    shape: BaseGeometry


def metric_crs_of(boundary: BaseGeometry) -> str:
    """Return the UTM zone of a geometry in EPSG:4326 as "EPSG:number".

    Raises
    ------
    InputDataError
        If it lies in no zone: beyond 84 degrees north or 80 degrees south.
    """
    zone = zone_of(boundary)
    if zone is None:
        west, south, east, north = shapely.bounds(boundary)
        msg = (
            f"The place between {west:.3f}, {south:.3f} and {east:.3f}, {north:.3f} lies in no "
            "UTM zone. Check whether longitude and latitude are swapped."
        )
        raise InputDataError(msg)
    return zone


def area_km2_of(boundary: BaseGeometry) -> float:
    """Return the area of a polygon in EPSG:4326 on the WGS84 ellipsoid, in square kilometres."""
    area_m2, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(boundary))
    return round(abs(area_m2) / _M2_PER_KM2, 4)


def frame_of(layer: str, rows: Iterable[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return a layer from rows with the layer's columns and ``geometry``."""
    listed = list(rows)
    if not listed:
        return empty_layer(layer)
    return conform(layer, gpd.GeoDataFrame(listed, geometry="geometry", crs=CRS))


def polygonal(shape: BaseGeometry | None) -> BaseGeometry | None:
    """Return the valid polygonal part of a shape, None if it has no area or crosses itself often.

    See Also
    --------
    toolkit.streets.readers.topology.near.is_tangled : how often that is.
    """
    if shape is None or (not shapely.is_valid(shape) and is_tangled(shape)):
        return None
    parts = shapely.get_parts(shapely.make_valid(shape))
    polygons = [
        p
        for part in parts
        for p in shapely.get_parts(part)
        if p.geom_type == "Polygon" and p.area > 0
    ]
    if not polygons:
        return None
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def manifest_figures(
    layers: PackLayers, counts: Mapping[str, int | float]
) -> dict[str, int | float]:
    """Return the figures of a manifest: the counts of the reader, and those of the layers.

    Parameters
    ----------
    layers
        The layers.
    counts
        Objects that the reader left out or found broken; those of `ALWAYS` are included even if
        zero.
    """
    streets, junctions, cameras = layers.streets, layers.junctions, layers.cameras
    length_km = streets["length_m"] / 1000
    unclassed_km = round(float(length_km[streets["highway"] == UNKNOWN_CLASS].sum()), 3)
    return {
        **dict.fromkeys(ALWAYS, 0),
        **counts,
        **({"unclassed_km": unclassed_km} if unclassed_km else {}),
        "streets": len(streets),
        "street_km": round(float(length_km.sum()), 3),
        "drive_km": round(float(length_km[streets["drive"]].sum()), 3),
        "walk_km": round(float(length_km[streets["walk"]].sum()), 3),
        "covered_km": round(float(length_km[streets["tunnel"]].sum()), 3),
        "nodes": len(junctions),
        "junctions": int((junctions["degree"] >= JUNCTION_DEGREE).sum()),
        "drive_junctions": int((junctions["drive_degree"] >= JUNCTION_DEGREE).sum()),
        "signalled_junctions": int(junctions["signals"].sum()),
        "buildings": len(layers.buildings),
        "buildings_with_height": int(layers.buildings["height_m"].notna().sum()),
        "buildings_with_levels": int(layers.buildings["levels"].notna().sum()),
        "places": len(layers.places),
        **({} if layers.background is None else {"background": len(layers.background)}),
        "cameras": int(cameras["osm_id"].nunique()),
        "cameras_in_buildings": int(cameras.loc[cameras["in_building"], "osm_id"].nunique()),
        "cameras_with_direction": int(
            cameras.loc[cameras["direction_deg"].notna(), "osm_id"].nunique()
        ),
    }


def across_antimeridian(what: str) -> InputDataError:
    """Return the error for a shape that crosses the antimeridian."""
    msg = f"{what} crosses the 180 degree meridian. Cut it there, and import both sides apart."
    return InputDataError(msg)


def disc(lon: float, lat: float, radius_m: float) -> BaseGeometry:
    """Return a disc on the WGS84 ellipsoid as a polygon of 180 corners in EPSG:4326.

    Raises
    ------
    InputDataError
        If it crosses the antimeridian or contains a pole.
    """
    bearings = np.linspace(0.0, 360.0, _DISC_CORNERS, endpoint=False)
    x, y, _ = GEOD.fwd(
        np.full(_DISC_CORNERS, lon), np.full(_DISC_CORNERS, lat), bearings,
        np.full(_DISC_CORNERS, radius_m),
    )  # fmt: skip
    # A disc around a pole spans all longitudes, too.
    if np.ptp(x) > ANTIMERIDIAN_DEG:
        what = f"A disc of {radius_m:.0f} m at {lat:.3f}, {lon:.3f}"
        raise across_antimeridian(what)
    return shapely.Polygon(np.column_stack([x, y]))
