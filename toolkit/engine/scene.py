"""What does not change with most assumptions: points, sites and lines of sight of one city.

A scene follows from a city pack, the siting geometry and a few definitions (length of a stretch,
range). It is built once per city and shared; counts, optics and weights are applied to it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.spatial import cKDTree

from toolkit.base import collector, store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.terms import FULL_CIRCLE_DEG, Progress, part_of
from toolkit.engine import footprints, pairs_by_point, sight, sight_cache, views, zones
from toolkit.siting import candidates, districts, inclusion
from toolkit.siting.named_places import in_places
from toolkit.siting.surroundings import lanes_of, metric_xy, pack_layers
from toolkit.streets import street_points
from toolkit.streets.pack import Pack

POINT_SPACING_M: Final = 5.0
"""Length of street that a point stands for; more in a very large city."""
_GEOMETRY_SHARE: Final = 0.4
"""Share of the work after which points and sites are there, and lines of sight begin."""
MOST_POINTS: Final = 200_000
"""Points that fit, with all draws, into the memory of an old laptop: 1,000 km at 5 m."""
_JUNCTION_DEGREE: Final = 3
"""Least number of streets for vehicles that meet at a junction."""


class SiteFields(NamedTuple):
    """What is known of the cameras at each site, candidates first, each of shape (G + M,).

    Attributes
    ----------
    n_cameras
        Cameras of a mapped site, 0 for a candidate.
    axis_deg, width_deg
        Known axis and known width of the field of view of a single mapped camera, else NaN.
    street_deg
        Direction of the street of a candidate, else NaN.
    """

    n_cameras: IntArray
    axis_deg: FloatArray
    width_deg: FloatArray
    street_deg: FloatArray


@dataclass(frozen=True)
class MappedSites:
    """Sites of mapped cameras outdoors.

    Attributes
    ----------
    xy_m
        Position of each site, shape (M, 2).
    count
        Number of cameras of each site, shape (M,).
    axis_deg, width_deg
        Known axis and known width of the field of view, NaN where not known, shape (M,). Only of a
        site with one camera can they be known.
    n_indoor
        Number of cameras left out because they lie deep inside a building.
    site_of
        Site of each row of the frame that the sites were made of, shape (R,): -1 for a camera left
        out. Several directions of one panning camera are rows of one site.
    """

    xy_m: FloatArray
    count: IntArray
    axis_deg: FloatArray
    width_deg: FloatArray
    n_indoor: int
    site_of: IntArray


@dataclass(frozen=True)
class SceneGeometry:
    """Streets, street points, sites and buildings of a city, in its metric CRS.

    Attributes
    ----------
    lines
        Streets as metric lines, shape (S,).
    points
        Street points, street by street.
    point_known
        Whether the model has an answer at the point: not below ground or inside a building.
    groups
        Candidate groups.
    group_free
        Whether a group has no mapped site of its own, shape (G,).
    group_district
        Index of the district of each group, ascending, shape (G,).
    mapped
        Sites of mapped cameras: those of the pack and of the user's field notes, see
        `toolkit.streets.mapped_cameras`.
    site_xy_m
        Positions of all sites, the candidates first, shape (G + M, 2).
    buildings, top_m
        Footprints and their heights, NaN where not known, shape (B,).
    spacing_m
        Length of street that a point stands for.
    sight_key
        Whatever determines the sites, the points and the heights: the cache key of sight.
    """

    lines: NDArray[np.object_]
    points: street_points.LinePieces
    point_known: NDArray[np.bool_]
    groups: candidates.Candidates
    group_free: NDArray[np.bool_]
    group_district: IntArray
    mapped: MappedSites
    site_xy_m: FloatArray
    buildings: NDArray[np.object_]
    top_m: FloatArray
    spacing_m: float
    sight_key: dict[str, str | float | int]

    @property
    def n_mapped(self) -> int:
        """Number of mapped cameras outdoors."""
        return int(self.mapped.count.sum())

    @cached_property
    def sites(self) -> SiteFields:
        """What is known of the cameras at each site."""
        n_groups, n_mapped = len(self.group_free), len(self.mapped.count)
        unknown = np.full(n_groups, np.nan)
        return SiteFields(
            np.concatenate([np.zeros(n_groups, dtype=np.int64), self.mapped.count]),
            np.concatenate([unknown, self.mapped.axis_deg]),
            np.concatenate([unknown, self.mapped.width_deg]),
            np.concatenate([self.groups.street_deg, np.full(n_mapped, np.nan)]),
        )

    @cached_property
    def street_known(self) -> NDArray[np.bool_]:
        """Whether the model has an answer anywhere on a street, shape (S,)."""
        known = np.zeros(len(self.lines), dtype=bool)
        known[self.points.line[self.point_known]] = True
        return known

    @cached_property
    def ranked(self) -> inclusion.Ranked:
        """The groups that may still hold a site, in order of class and size."""
        return inclusion.ranked(self.groups, self.group_free)

    @cached_property
    def ground_m2(self) -> float:
        """Ground along the streets that have an answer, see `zones.street_area_m2`."""
        return zones.street_area_m2(self.lines[self.street_known])


@dataclass(frozen=True)
class Scene(SceneGeometry):
    """A city, or a tile of it, with its lines of sight.

    Attributes
    ----------
    lines_of_sight
        Pairs of site and point, by site.
    """

    lines_of_sight: sight.Sight

    @cached_property
    def rows(self) -> pairs_by_point.PointRows:
        """The same pairs by point: of a large city only its map needs them, not its totals."""
        sites = self.sites
        return pairs_by_point.point_rows(
            self.lines_of_sight,
            len(self.points.xy),
            np.where(sites.n_cameras > 0, views.mapped_view(sites.n_cameras), views.CANDIDATE),
            sites.axis_deg,
            sites.width_deg,
            sites.street_deg,
        )


def point_spacing_m(total_m: float) -> float:
    """Return the length of street that one point stands for, for a total street length."""
    return max(POINT_SPACING_M, total_m / MOST_POINTS)


@collector.paused()
def build_scene(  # noqa: PLR0913
    pack: Pack,
    model: candidates.SitingModel,
    *,
    mapped: gpd.GeoDataFrame | None = None,
    stretch_m: float,
    reach_m: float,
    level_height_m: float,
    district_m: float,
    person_height_m: float,
    progress: Progress = lambda _: None,
) -> Scene:
    """Build the scene of a pack, with lines of sight from the cache if they are there.

    Parameters
    ----------
    pack, model, mapped, stretch_m, level_height_m, district_m
        See `build_geometry`.
    reach_m
        Longest line of sight that is kept, in metres.
    person_height_m
        Height of the target seen over roofs: the top of a standing person.
    progress
        Called with the share of the work that is done.
    """
    geometry = build_geometry(
        pack,
        model,
        mapped=mapped,
        stretch_m=stretch_m,
        level_height_m=level_height_m,
        district_m=district_m,
    )
    pairs = sight_cache.cached_sight(
        geometry.sight_key,
        geometry.site_xy_m,
        geometry.points.xy,
        geometry.buildings,
        reach_m=reach_m,
        top_m=geometry.top_m,
        target_m=person_height_m,
        progress=part_of(progress, _GEOMETRY_SHARE, 1.0),
    )
    return with_sight(geometry, pairs)


def build_geometry(
    pack: Pack,
    model: candidates.SitingModel,
    *,
    mapped: gpd.GeoDataFrame | None = None,
    stretch_m: float,
    level_height_m: float,
    district_m: float,
) -> SceneGeometry:
    """Build a scene without lines of sight.

    Parameters
    ----------
    pack
        Streets, buildings, junctions, places and mapped cameras.
    model
        Geometry of siting.
    mapped
        Cameras known one by one, see `mapped_cameras.cameras_for`; by default those of the pack.
    stretch_m
        Length of street that holds at most one site.
    level_height_m
        Height of a level of a building whose levels are known and whose height is not.
    district_m
        Side of the square districts in which sites cluster.
    """
    crs = pack.manifest.crs
    lines, buildings = _metric(pack.streets, crs), _metric(pack.buildings, crs)
    top_m = pack.buildings["height_m"].fillna(pack.buildings["levels"] * level_height_m)
    # Below ground there are no candidate sites and no answer.
    cover = pack.streets["cover"].fillna("").to_numpy()
    open_air = ~np.isin(cover, ("tunnel", "underground", "indoor"))
    spacing_m = point_spacing_m(float(shapely.length(lines).sum()))
    # Near in memory what is near on the ground, so that loops stay in the processor's cache.
    order = sight.morton_order(middles(lines))
    points = street_points.cut(lines[order], spacing_m)
    points = replace(points, line=order[points.line])

    groups, group_district = _candidate_groups(pack, model, lines, open_air, stretch_m, district_m)
    group_xy = footprints.place_sites(groups.xy_m, groups.centre_xy_m, buildings)
    # A mapped camera takes the place of the nearest candidate.
    sites = mapped_sites(pack.cameras if mapped is None else mapped, crs, buildings, model)
    free = np.ones(len(group_xy), dtype=bool)
    if len(sites.xy_m) and len(group_xy):
        distance, nearest = cKDTree(groups.centre_xy_m).query(sites.xy_m)
        free[np.asarray(nearest)[distance <= model.mapped_site_m]] = False
    return SceneGeometry(
        lines=lines,
        points=points,
        point_known=open_air[points.line],
        groups=groups,
        group_free=free,
        group_district=group_district,
        mapped=sites,
        site_xy_m=np.vstack([group_xy, sites.xy_m]),
        buildings=buildings,
        top_m=top_m.to_numpy(dtype=float),
        spacing_m=spacing_m,
        sight_key={
            "pack": pack.sha256,
            # Field notes add to the sites of a pack, and may change while it stays.
            "mapped": store.sha256_bytes(sites.xy_m.astype("<f8").tobytes()),
            "siting": model.sha256,
            "stretch_m": stretch_m,
            "spacing_m": spacing_m,
            "level_height_m": level_height_m,
            # Sites are in the order of districts.
            "district_m": district_m,
        },
    )


def _candidate_groups(
    pack: Pack,
    model: candidates.SitingModel,
    lines: NDArray[np.object_],
    open_air: NDArray[np.bool_],
    stretch_m: float,
    district_m: float,
) -> tuple[candidates.Candidates, IntArray]:
    """Return candidate groups above ground, sorted by district, and the district of each."""
    streets, crs = pack.streets, pack.manifest.crs
    crossing = pack.junctions["drive_degree"].to_numpy() >= _JUNCTION_DEGREE
    groups = candidates.candidates(
        lines[open_air],
        candidates.road_classes(streets["highway"].tolist(), model)[open_air],
        lanes_of(streets)[open_air],
        junction_xy_m=metric_xy(pack.junctions[crossing], crs),
        stretch_m=stretch_m,
        model=model,
    )
    # District by district, so that the sites that a point sees are sorted by district.
    cells, of_cell = districts.districts(groups.centre_xy_m, district_m)
    rank = np.empty(len(cells), dtype=np.int64)
    rank[sight.morton_order(cells.astype(float) * district_m)] = np.arange(len(cells))
    order = sight.morton_order(groups.xy_m)
    order = order[np.argsort(rank[of_cell[order]], kind="stable")]
    groups, group_district = groups.take(order), rank[of_cell[order]]
    # Candidates were made of the streets above ground: number their streets among all again.
    groups = replace(groups, line=np.flatnonzero(open_air)[groups.line])
    named = in_places(model.named_places, groups.centre_xy_m, crs)
    return candidates.with_features(groups, pack_layers(pack), named), group_district


def with_sight(geometry: SceneGeometry, pairs: sight.Sight) -> Scene:
    """Add lines of sight between all sites and the points of a scene."""
    parts = {item.name: getattr(geometry, item.name) for item in fields(SceneGeometry)}
    return Scene(**parts, lines_of_sight=pairs)


def _metric(layer: gpd.GeoDataFrame, crs: str) -> NDArray[np.object_]:
    return np.asarray(layer.geometry.to_crs(crs).array, dtype=object)


def middles(lines: NDArray[np.object_]) -> FloatArray:
    """Return the middle of each line, shape (S, 2)."""
    half = shapely.line_interpolate_point(lines, 0.5, normalized=True)
    return np.asarray(shapely.get_coordinates(half), dtype=float).reshape(-1, 2)


def mapped_sites(
    cameras: gpd.GeoDataFrame,
    crs: str,
    buildings: NDArray[np.object_],
    model: candidates.SitingModel,
) -> MappedSites:
    """Return the sites of mapped cameras.

    A camera whose direction or width of field is known is a site of its own; others within
    `mapped_site_m` of each other are joined to one site.
    """
    xy, outdoors = _in_front_of_walls(metric_xy(cameras, crs), buildings, model)
    axis, width, camera = _fields(cameras)
    first = camera == np.arange(len(camera))
    n_indoor = int((first & ~outdoors).sum())
    kept = first & outdoors
    xy, axis, width = xy[kept], axis[kept], width[kept]
    alone = ~np.isnan(axis) | ~np.isnan(width)
    joined_xy, joined_count, joined_site = _join(xy[~alone], model.mapped_site_m)
    unknown = np.full(len(joined_xy), np.nan)
    site = np.empty(len(xy), dtype=np.int64)
    site[~alone] = joined_site
    site[alone] = len(joined_xy) + np.arange(alone.sum())
    site_of = np.full(len(camera), -1)
    site_of[kept] = site
    return MappedSites(
        xy_m=np.vstack([joined_xy, xy[alone]]),
        count=np.concatenate([joined_count, np.ones(int(alone.sum()), dtype=np.int64)]),
        axis_deg=np.concatenate([unknown, axis[alone]]),
        width_deg=np.concatenate([unknown, width[alone]]),
        n_indoor=n_indoor,
        site_of=site_of[camera],
    )


def pack_sites(pack: Pack, model: candidates.SitingModel) -> gpd.GeoDataFrame:
    """Return the sites of a pack's own mapped cameras, without the user's field notes.

    Returns
    -------
    geopandas.GeoDataFrame
        Points in EPSG:4326 with `n_cameras`, `axis_deg` and `width_deg`, NaN where unknown.
    """
    crs = pack.manifest.crs
    found = mapped_sites(pack.cameras, crs, _metric(pack.buildings, crs), model)
    return gpd.GeoDataFrame(
        {"n_cameras": found.count, "axis_deg": found.axis_deg, "width_deg": found.width_deg},
        geometry=gpd.points_from_xy(*found.xy_m.T),
        crs=crs,
    ).to_crs(pack.cameras.crs)


def _fields(cameras: gpd.GeoDataFrame) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return axis and width of field of each row, and the row that stands for its camera.

    A panning camera covers all directions, so a mapped direction says nothing unless the range
    over which it pans is mapped, too. Several such directions of one object are one camera.
    """
    axis = cameras["direction_deg"].to_numpy(dtype=float, na_value=np.nan).copy()
    width = cameras["width_deg"].to_numpy(dtype=float, na_value=np.nan).copy()
    turning = (cameras["kind"] == "panning").to_numpy() & np.isnan(width)
    axis[turning], width[turning] = np.nan, FULL_CIRCLE_DEG
    axis[width >= FULL_CIRCLE_DEG] = np.nan
    camera = np.arange(len(cameras))
    _, first, number = np.unique(
        cameras["osm_id"].to_numpy(dtype=str)[turning], return_index=True, return_inverse=True
    )
    camera[turning] = np.flatnonzero(turning)[first[number]]
    return axis, width, camera


def _join(xy: FloatArray, site_m: float) -> tuple[FloatArray, IntArray, IntArray]:
    """Join points within `site_m`; a joined site lies at its first camera.

    Returns
    -------
    xy, count
        Position and number of points of each site.
    site
        Site of each point.
    """
    if not len(xy):
        none = np.empty(0, dtype=np.int64)
        return np.empty((0, 2)), none, none
    pairs = cKDTree(xy).query_pairs(site_m, output_type="ndarray")
    graph = sparse.coo_array(
        (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(xy), len(xy))
    )
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    _, first, site, count = np.unique(
        label, return_index=True, return_inverse=True, return_counts=True
    )
    return xy[first], count.astype(np.int64), site.astype(np.int64)


def _in_front_of_walls(
    xy: FloatArray, buildings: NDArray[np.object_], model: candidates.SitingModel
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Move points in front of the nearest wall; those deep inside a footprint are not outdoors."""
    inside = footprints.containing_building(xy, buildings)
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
