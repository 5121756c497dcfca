"""What does not change while assumptions are turned: points, sites and sight of one city.

A scene follows from a city pack, the siting geometry and a few definitions (length of a stretch,
range). It is built once per city and shared; counts, optics and weights are applied to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from toolkit import exposure, pieces, sight, siting
from toolkit.streets import Pack

POINT_SPACING_M = 5.0
"""Street points stand for this length of street."""
_JUNCTION_DEGREE = 3

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Scene:
    """The fixed part of a city; coordinates in its metric CRS.

    Attributes
    ----------
    lines
        Streets as metric lines, shape (S,).
    points
        Street points, sorted by street.
    point_known
        Whether the model has an answer at the point: not below ground or inside a building.
    groups
        Candidate groups.
    group_free
        Whether a group has no mapped site of its own, shape (G,).
    fixed_count, fixed_axis_deg
        Cameras and known axis of mapped sites, shape (M,).
    fixed_xy_m
        Where mapped sites stand, shape (M, 2).
    n_indoor
        Mapped cameras left out because they stand deep inside a building.
    lines_of_sight
        Pairs of site and point; the G candidates first, then the M mapped sites.
    rows
        The same pairs by point.
    """

    lines: NDArray[np.object_]
    points: pieces.Pieces
    point_known: NDArray[np.bool_]
    groups: siting.Candidates
    group_free: NDArray[np.bool_]
    fixed_count: IntArray
    fixed_axis_deg: FloatArray
    fixed_xy_m: FloatArray
    n_indoor: int
    lines_of_sight: sight.Sight
    rows: exposure.PointRows

    @property
    def n_mapped(self) -> int:
        """Mapped cameras that stand outdoors."""
        return int(self.fixed_count.sum())


def build_scene(
    pack: Pack,
    model: siting.SitingModel,
    *,
    stretch_m: float,
    place_radius_m: float,
    reach_m: float,
) -> Scene:
    """Build the scene of a pack; the lines of sight come from the cache if they are there.

    Parameters
    ----------
    pack
        Streets, buildings, junctions, places and mapped cameras.
    model
        Geometry of siting.
    stretch_m
        Length of street that holds at most one site.
    place_radius_m
        How near a place counts as at it.
    reach_m
        Longest line of sight that is kept.
    """
    crs = pack.manifest.crs
    streets = pack.streets
    lines = _metric(streets, crs)
    buildings = _metric(pack.buildings, crs)
    # Below ground there are no candidate sites and no answer.
    open_air = ~np.isin(streets["cover"].fillna("").to_numpy(), ("tunnel", "underground", "indoor"))
    points = pieces.cut(lines, POINT_SPACING_M)
    known = open_air[points.line]

    junctions = pack.junctions
    crossing = junctions["drive_degree"].to_numpy() >= _JUNCTION_DEGREE
    places = pack.places[pack.places["kind"].isin(sorted(model.place_kinds))]
    groups = siting.candidates(
        lines[open_air],
        siting.road_classes(streets["highway"].tolist(), model)[open_air],
        streets["lanes"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)[open_air],
        junction_xy_m=_xy(junctions[crossing], crs),
        junction_signal=junctions["signals"].to_numpy(dtype=bool)[crossing],
        place_xy_m=_xy(places, crs),
        stretch_m=stretch_m,
        place_radius_m=place_radius_m,
        model=model,
    )
    fixed_xy, fixed_count, fixed_axis, n_indoor = _mapped_sites(pack.cameras, crs, buildings, model)
    group_xy = sight.place_sites(groups.xy_m, groups.centre_xy_m, buildings)
    pairs = sight.cached_sight(
        {
            "pack": pack.sha256,
            "siting": model.sha256,
            "stretch_m": stretch_m,
            "spacing_m": POINT_SPACING_M,
        },
        np.vstack([group_xy, fixed_xy]),
        points.xy,
        buildings,
        reach_m=reach_m,
    )
    n_groups = len(group_xy)
    free = np.ones(n_groups, dtype=bool)
    if len(fixed_xy) and n_groups:
        distance, nearest = cKDTree(groups.centre_xy_m).query(fixed_xy)
        free[np.asarray(nearest)[distance <= model.mapped_site_m]] = False
    view = np.concatenate(
        [
            np.full(n_groups, exposure.CANDIDATE, dtype=np.int64),
            exposure.mapped_view(fixed_count),
        ]
    )
    axis = np.concatenate([np.full(n_groups, np.nan), fixed_axis])
    return Scene(
        lines=lines,
        points=points,
        point_known=known,
        groups=groups,
        group_free=free,
        fixed_count=fixed_count,
        fixed_axis_deg=fixed_axis,
        fixed_xy_m=fixed_xy,
        n_indoor=n_indoor,
        lines_of_sight=pairs,
        rows=exposure.point_rows(pairs, len(points.xy), view, axis),
    )


def _metric(frame: gpd.GeoDataFrame, crs: str) -> NDArray[np.object_]:
    return np.asarray(frame.geometry.to_crs(crs).array, dtype=object)


def _xy(frame: gpd.GeoDataFrame, crs: str) -> FloatArray:
    return np.asarray(shapely.get_coordinates(_metric(frame, crs)), dtype=float).reshape(-1, 2)


def _mapped_sites(
    cameras: gpd.GeoDataFrame,
    crs: str,
    buildings: NDArray[np.object_],
    model: siting.SitingModel,
) -> tuple[FloatArray, IntArray, FloatArray, int]:
    """Return sites of mapped cameras: positions, cameras each, known axes, and how many left out.

    A camera with a known direction is a site of its own; the others are joined if near.
    """
    xy = _xy(cameras, crs)
    xy, outdoors = _in_front_of_walls(xy, buildings, model)
    axis = cameras["direction_deg"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    xy, axis = xy[outdoors], axis[outdoors]
    directed = ~np.isnan(axis)
    joined = _join(xy[~directed], model.mapped_site_m)
    positions = np.vstack([joined[0], xy[directed]])
    count = np.concatenate([joined[1], np.ones(int(directed.sum()), dtype=np.int64)])
    axes = np.concatenate([np.full(len(joined[0]), np.nan), axis[directed]])
    return positions, count, axes, int((~outdoors).sum())


def _join(xy: FloatArray, site_m: float) -> tuple[FloatArray, IntArray]:
    """Join points nearer than `site_m`; a joined site stands where its first camera does."""
    if not len(xy):
        return np.empty((0, 2)), np.empty(0, dtype=np.int64)
    pairs = cKDTree(xy).query_pairs(site_m, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy))
    )
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    _, first, count = np.unique(label, return_index=True, return_counts=True)
    return xy[first], count.astype(np.int64)


def _in_front_of_walls(
    xy: FloatArray, buildings: NDArray[np.object_], model: siting.SitingModel
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Move points inside footprints in front of the nearest wall; mark the deep ones."""
    inside = sight.containing_building(xy, buildings)
    moved = xy.copy()
    outdoors = np.ones(len(xy), dtype=bool)
    for k in np.flatnonzero(inside >= 0):
        wall = shapely.boundary(buildings[inside[k]])
        point = shapely.points(xy[k])
        on_wall = shapely.get_coordinates(
            shapely.line_interpolate_point(wall, shapely.line_locate_point(wall, point))
            if wall.geom_type == "LineString"
            else shapely.get_point(shapely.shortest_line(point, wall), 1)
        )[0]
        depth = float(np.hypot(*(on_wall - xy[k])))
        if depth > model.indoor_depth_m:
            outdoors[k] = False
        elif depth > 0:
            moved[k] = on_wall + (on_wall - xy[k]) / depth * model.wall_gap_m
    return moved, outdoors
