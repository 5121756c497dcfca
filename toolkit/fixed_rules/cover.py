"""Ground that listed cameras cover by a set of fixed rules: shapes, their union, streets inside.

Deterministic: a list of cameras and a set of rules give one answer. Shapes are computed in an
equal-area projection centred on the cameras (Lambert azimuthal; Snyder, Map Projections, 1987), so
that areas are exact anywhere and the error of lengths is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import FULL_CIRCLE_DEG
from toolkit.fixed_rules.camera_list import CameraList, ListedCamera
from toolkit.fixed_rules.sets import Occlusion, Rule, RuleSet
from toolkit.streets.pack import Pack

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth (GRS 80; Moritz 2000)."""
WGS84: Final = "EPSG:4326"
BELOW_GROUND: Final = ("tunnel", "underground", "indoor")
"""Values of `cover` of streets that do not count: nobody on them is outdoors."""
_NORTH_STEP_DEG: Final = 1e-4
"""Step along a meridian for the direction of north."""
_TOUCHING_M: Final = 1e-6
"""Walls nearer than this do not block: the camera is mounted on them."""


@dataclass(frozen=True)
class LocalPlane:
    """Equal-area plane centred on some points.

    Attributes
    ----------
    crs
        Projection.
    lon, lat
        Centre in degrees.
    extent_m
        Distance of the farthest point from the centre.
    """

    crs: pyproj.CRS
    lon: float
    lat: float
    extent_m: float

    @property
    def length_error_share(self) -> float:
        """Largest relative error of lengths, at `extent_m`; areas are exact."""
        return 1.0 / math.cos(0.5 * min(self.extent_m / EARTH_RADIUS_M, 3.0)) - 1.0

    def project(self, lonlat: FloatArray) -> FloatArray:
        """Return projected coordinates in metres of points in degrees, shapes (N, 2)."""
        transformer = pyproj.Transformer.from_crs(WGS84, self.crs, always_xy=True)
        return np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))

    def north_rad(self, lonlat: FloatArray) -> FloatArray:
        """Return the bearing of true north in the plane (meridian convergence), shape (N,)."""
        step = np.where(lonlat[:, 1] < 90.0 - 2 * _NORTH_STEP_DEG, 1.0, -1.0)
        ahead = lonlat + np.column_stack([np.zeros(len(lonlat)), step * _NORTH_STEP_DEG])
        along = (self.project(ahead) - self.project(lonlat)) * step[:, None]
        return np.asarray(np.arctan2(along[:, 0], along[:, 1]), dtype=float)


def local_plane(lonlat: FloatArray) -> LocalPlane:
    """Return the plane centred on some points in degrees, shape (N, 2)."""
    lon, lat = np.deg2rad(lonlat).T
    unit = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    middle = unit.mean(axis=0)
    size = float(np.linalg.norm(middle))
    # Points all around the Earth have no middle: take the first of them.
    middle = middle / size if size > 1e-9 else unit[0]  # noqa: PLR2004
    lon_0 = float(np.rad2deg(np.arctan2(middle[1], middle[0])))
    lat_0 = float(np.rad2deg(np.arcsin(np.clip(middle[2], -1.0, 1.0))))
    extent = float(np.arccos(np.clip(unit @ middle, -1.0, 1.0)).max()) * EARTH_RADIUS_M
    crs = pyproj.CRS.from_dict(
        {"proj": "laea", "lat_0": lat_0, "lon_0": lon_0, "datum": "WGS84", "units": "m"}
    )
    return LocalPlane(crs, lon_0, lat_0, extent)


@dataclass(frozen=True)
class Ring:
    """Ground that one camera covers in one zone.

    Attributes
    ----------
    direction_deg
        Direction of a cone; None for a disc.
    own_radius
        Whether the range is the one stated for the camera.
    shape
        Polygon in the plane.
    """

    camera: ListedCamera
    zone: str
    direction_deg: float | None
    range_m: float
    own_radius: bool
    shape: shapely.Geometry


@dataclass(frozen=True)
class ZoneCover:
    """Ground that all cameras cover in one zone.

    Attributes
    ----------
    union
        Ground covered by at least one camera, in the plane.
    union_m2
        Area of `union`.
    sum_m2
        Sum of the areas of all rings, overlaps included.
    effective_cameras
        `union_m2` divided by the area of one disc; None unless all cameras cover the same disc.
    """

    name: str
    union: shapely.Geometry
    union_m2: float
    sum_m2: float
    effective_cameras: float | None


@dataclass(frozen=True)
class Cover:
    """Result for one list and one set of rules.

    Attributes
    ----------
    lonlat
        Cameras of the list in degrees, shape (N, 2).
    n_covering
        Number of cameras that cover anything.
    blocked
        Whether buildings block views.
    """

    plane: LocalPlane
    lonlat: FloatArray
    rings: tuple[Ring, ...]
    zones: tuple[ZoneCover, ...]
    n_cameras: int
    n_directed: int
    n_covering: int
    n_own_radius: int
    blocked: bool


@dataclass(frozen=True)
class StreetCover:
    """Streets of a city inside the covered ground.

    Attributes
    ----------
    length_m
        Length of the streets above ground.
    covered_m
        Length of these inside each zone, in the order of the zones.
    n_inside
        Number of cameras inside the boundary of the streets.
    cameras_per_km
        `n_inside` divided by the length.
    """

    length_m: float
    covered_m: tuple[float, ...]
    n_inside: int

    @property
    def cameras_per_km(self) -> float:
        """Cameras of the list inside the boundary, per km of street."""
        return self.n_inside / (self.length_m / 1000.0)


def cover(cameras: CameraList, rules: RuleSet, pack: Pack | None = None) -> Cover:
    """Return the ground that cameras cover by a set of rules.

    Parameters
    ----------
    cameras
        The list.
    rules
        The set of rules.
    pack
        Streets and buildings of the city; without it no view is blocked.
    """
    lonlat = np.array([(c.lon, c.lat) for c in cameras.cameras], dtype=float)
    plane = local_plane(lonlat)
    xy, north = plane.project(lonlat), plane.north_rad(lonlat)
    walls = None
    if pack is not None and rules.occlusion is not None and len(pack.buildings):
        walls = _walls(np.asarray(pack.buildings.geometry.to_crs(plane.crs).array, dtype=object))
    rings: list[Ring] = []
    for k, camera in enumerate(cameras.cameras):
        rings += _rings(camera, xy[k], float(north[k]), rules, walls)
    zones = tuple(
        _zone_cover(zone.name, [r for r in rings if r.zone == zone.name], cameras, rules)
        for zone in rules.zones
    )
    return Cover(
        plane=plane,
        lonlat=lonlat,
        rings=tuple(rings),
        zones=zones,
        n_cameras=len(cameras.cameras),
        n_directed=sum(bool(c.directions_deg) for c in cameras.cameras),
        n_covering=len({r.camera.row for r in rings}),
        n_own_radius=sum(c.radius_m is not None for c in cameras.cameras),
        blocked=walls is not None,
    )


def _rings(
    camera: ListedCamera, xy: FloatArray, north_rad: float, rules: RuleSet, walls: _Walls | None
) -> list[Ring]:
    """Return the rings of one camera, the widest zone first."""
    rule = rules.rule_for(camera.kind, directed=bool(camera.directions_deg))
    if rule is None or rule.shape == "none":
        return []
    height = rules.height.default_m if camera.height_m is None else camera.height_m
    ranges = [rule.range_m(zone, height, rules.height) for zone in rules.zones]
    if camera.radius_m is not None:
        # The camera's own radius is that of its widest zone; the others stay inside it.
        ranges = [camera.radius_m, *(min(r, camera.radius_m) for r in ranges[1:])]
    axes: tuple[float | None, ...] = camera.directions_deg if rule.shape == "cone" else (None,)
    found = []
    for axis in axes:
        angles = ray_angles_rad(rule, axis, north_rad)
        free = np.full(len(angles), np.inf)
        if walls is not None and rules.occlusion is not None:
            reach = ranges[0] * arc_factor(rule)
            free = walls.free_m(xy, angles, reach, rules.occlusion)
        for zone, range_m in zip(rules.zones, ranges, strict=True):
            length = np.minimum(range_m * arc_factor(rule), free)
            shape = _shape(rule, xy, angles, length)
            own = camera.radius_m is not None
            found.append(Ring(camera, zone.name, axis, range_m, own, shape))
    return found


def ray_angles_rad(rule: Rule, axis_deg: float | None, north_rad: float = 0.0) -> FloatArray:
    """Return the directions of the corners of a shape, clockwise from the plane's north."""
    if axis_deg is None or rule.half_angle_deg is None:
        full = np.linspace(0.0, 2 * np.pi, rule.segments, endpoint=False)
        return np.asarray(full + north_rad, dtype=float)
    half = math.radians(rule.half_angle_deg)
    middle = north_rad + math.radians(axis_deg)
    return np.asarray(np.linspace(middle - half, middle + half, rule.segments + 1), dtype=float)


def arc_factor(rule: Rule) -> float:
    """Return the distance of the corners divided by the range, see `Rule.equal_area`.

    The triangle between two corners has the area 0.5 r^2 sin(step), the sector 0.5 r^2 step.
    """
    if not rule.equal_area:
        return 1.0
    width = FULL_CIRCLE_DEG if rule.half_angle_deg is None else 2 * rule.half_angle_deg
    step = math.radians(width) / rule.segments
    return math.sqrt(step / math.sin(step))


def _shape(
    rule: Rule, xy: FloatArray, angles_rad: FloatArray, length_m: FloatArray
) -> shapely.Geometry:
    corners = xy + length_m[:, None] * np.column_stack([np.sin(angles_rad), np.cos(angles_rad)])
    if rule.shape == "cone":
        corners = np.vstack([xy, corners])
    shape = shapely.Polygon(corners)
    # Rays of no length make edges that run back on themselves.
    return shape if shape.is_valid else shapely.make_valid(shape)


def _zone_cover(name: str, rings: list[Ring], cameras: CameraList, rules: RuleSet) -> ZoneCover:
    shapes = [ring.shape for ring in rings]
    union = shapely.union_all(shapes) if shapes else shapely.Polygon()
    union_m2 = float(shapely.area(union))
    radius = rules.one_disc_m
    same = radius is not None and all(c.radius_m is None for c in cameras.cameras)
    return ZoneCover(
        name=name,
        union=union,
        union_m2=union_m2,
        sum_m2=float(shapely.area(shapes).sum()) if shapes else 0.0,
        effective_cameras=union_m2 / (math.pi * radius**2) if same and radius else None,
    )


@dataclass(frozen=True)
class _Walls:
    """Walls of buildings, indexed by building.

    `segments` holds x1, y1, x2, y2 in metres, those of building b at start[b]:start[b + 1].
    """

    tree: shapely.STRtree
    start: NDArray[np.int64]
    segments: FloatArray

    def free_m(
        self, xy: FloatArray, angles_rad: FloatArray, reach_m: float, occlusion: Occlusion
    ) -> FloatArray:
        """Return the distance of the first wall on each ray; infinite where there is none."""
        near = self.tree.query(shapely.Point(xy), predicate="dwithin", distance=reach_m)
        if not len(near):
            return np.full(len(angles_rad), np.inf)
        rows = np.concatenate([np.arange(self.start[b], self.start[b + 1]) for b in np.sort(near)])
        walls = self.segments[rows] - np.tile(xy, 2)
        return first_hits_m(walls, angles_rad, occlusion.ignore_within_m)


def first_hits_m(walls: FloatArray, angles_rad: FloatArray, ignore_within_m: float) -> FloatArray:
    """Return the distance of the first wall on rays from the origin; infinite where there is none.

    Parameters
    ----------
    walls
        x1, y1, x2, y2 in metres, shape (W, 4).
    angles_rad
        Clockwise from the y axis, shape (R,).
    ignore_within_m
        Walls nearer than this do not block.
    """
    along = np.stack([np.sin(angles_rad), np.cos(angles_rad)])
    across = np.stack([along[1], -along[0]])
    side_a, side_b = walls[:, :2] @ across, walls[:, 2:] @ across
    # A corner belongs to one of its two walls, so that no ray passes between them.
    crossing = (side_a >= 0) != (side_b >= 0)
    wall, ray = np.nonzero(crossing)
    part = side_a[crossing] / (side_a[crossing] - side_b[crossing])
    first = np.einsum("ni,ni->n", walls[wall, :2], along.T[ray])
    second = np.einsum("ni,ni->n", walls[wall, 2:], along.T[ray])
    distance = first + part * (second - first)
    hit = distance >= max(ignore_within_m, _TOUCHING_M)
    found = np.full(len(angles_rad), np.inf)
    np.minimum.at(found, ray[hit], distance[hit])
    return found


def _walls(buildings: NDArray[np.object_]) -> _Walls:
    """Return the walls of (multi)polygons in the plane."""
    parts, of_part = shapely.get_parts(buildings, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    corners, of_corner = shapely.get_coordinates(rings, return_index=True)
    same = of_corner[1:] == of_corner[:-1]
    building = of_part[of_ring][of_corner[:-1][same]]
    segments = np.hstack([corners[:-1], corners[1:]])[same]
    start = np.searchsorted(building, np.arange(len(buildings) + 1))
    return _Walls(shapely.STRtree(buildings), start.astype(np.int64), segments)


def covered_length_m(lines: NDArray[np.object_], ground: shapely.Geometry) -> float:
    """Return the exact length of lines inside some ground, both in the same plane."""
    if shapely.is_empty(ground) or not len(lines):
        return 0.0
    # Part by part, so that each line is cut with the ground near it only.
    parts = shapely.get_parts(ground)
    line, part = shapely.STRtree(parts).query(lines, predicate="intersects")
    return float(shapely.length(shapely.intersection(lines[line], parts[part])).sum())


def cover_streets(found: Cover, pack: Pack) -> StreetCover:
    """Return the length of a city's streets above ground inside the covered ground.

    Each street counts once, also where it has two directions.
    """
    open_air = ~pack.streets["cover"].isin(BELOW_GROUND).to_numpy()
    lines = np.asarray(pack.streets.geometry.to_crs(found.plane.crs).array, dtype=object)[open_air]
    boundary = shapely.union_all(np.asarray(pack.boundary.geometry.array, dtype=object))
    return StreetCover(
        length_m=float(shapely.length(lines).sum()),
        covered_m=tuple(covered_length_m(lines, zone.union) for zone in found.zones),
        n_inside=int(shapely.contains_xy(boundary, found.lonlat).sum()),
    )


FRAME_COLUMNS: Final = (
    "part", "zone", "camera", "kind", "direction_deg", "height_m", "range_m", "own_radius",
    "area_m2",
)  # fmt: skip


def ring_frame(found: Cover) -> gpd.GeoDataFrame:
    """Return rings and unions as rows in EPSG:4326, the widest first, so that all stay visible.

    Columns: ``part`` (ring or union), ``zone``, ``camera`` (row of the list), ``kind``,
    ``direction_deg``, ``height_m``, ``range_m``, ``own_radius``, ``area_m2``.
    """
    order = [zone.name for zone in found.zones]
    rings = sorted(found.rings, key=lambda ring: order.index(ring.zone))
    rows: list[dict[str, object]] = [
        {
            "part": "ring",
            "zone": ring.zone,
            "camera": ring.camera.row,
            "kind": ring.camera.kind,
            "direction_deg": ring.direction_deg,
            "height_m": ring.camera.height_m,
            "range_m": ring.range_m,
            "own_radius": ring.own_radius,
            "area_m2": float(shapely.area(ring.shape)),
        }
        for ring in rings
    ]
    filled = [zone for zone in found.zones if zone.union_m2 > 0]
    rows += [{"part": "union", "zone": z.name, "area_m2": z.union_m2} for z in filled]
    shapes = [*(ring.shape for ring in rings), *(zone.union for zone in filled)]
    frame = gpd.GeoDataFrame(rows, columns=FRAME_COLUMNS, geometry=shapes, crs=found.plane.crs)
    return frame.to_crs(WGS84)
