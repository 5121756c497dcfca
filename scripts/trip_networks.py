"""Ordinary trips and cameras placed at random on the reference street networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from fabric_networks import Lines, Network
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.terms import Mode
from toolkit.engine import footprints, placement, sight
from toolkit.engine.site_chance import SiteChance
from toolkit.optics.camera_draws import CameraDraws
from toolkit.routes import meetings, trips
from toolkit.routes.graph import Graph, largest_part
from toolkit.routes.habits import habits
from toolkit.routes.route import Routes, joined
from toolkit.siting import candidates, districts
from toolkit.streets import street_points
from toolkit.streets.reference_trips import MEASURED_MODES

DISC_RADIUS_M: Final = 4500.0
"""Radius of the measured part of a network: it holds most motorcycle trips."""
POINT_SPACING_M: Final = 5.0
REACH_M: Final = 250.0
"""Longest range that an assumption set may give a camera."""
SEED: Final = 1
_CELL_M: Final = 1000.0
_NODE_DIGITS: Final = 2
"""Ends of lines that agree in centimetres are one node."""


@dataclass(frozen=True, eq=False)
class Region:
    """A part of a network with its candidate sites, lines of sight and ordinary trips.

    Attributes
    ----------
    points
        Street points, P of them.
    groups
        Candidate sites, G of them.
    sight
        Lines of sight from each site.
    site_edge_m, point_edge_m
        Distance from the edge of the region, shapes (G,) and (P,).
    district
        District of each site, shape (G,).
    n_districts
        Area of the region over that of a district.
    trips
        Ordinary trips by mode.
    """

    points: street_points.LinePieces
    groups: candidates.Candidates
    sight: sight.Sight
    site_edge_m: FloatArray
    point_edge_m: FloatArray
    district: NDArray[np.int64]
    n_districts: float
    trips: Mapping[Mode, trips.Trips]

    @property
    def street_km(self) -> float:
        """Street length."""
        return float(self.points.length.sum()) / 1000.0


def graph_of_lines(lines: Lines, mode: Mode) -> Graph:
    """Return the graph of lines that meet at their ends, open to both directions."""
    ends = np.vstack([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)])
    xy_m, node = np.unique(np.round(ends, _NODE_DIGITS), axis=0, return_inverse=True)
    tail, head = node.reshape(2, -1)
    street = np.arange(len(lines))
    length_m = shapely.length(lines)
    return largest_part(
        Graph(
            mode=mode,
            xy_m=xy_m,
            leads_on=np.zeros(len(xy_m), dtype=bool),
            tail=np.concatenate([tail, head]),
            head=np.concatenate([head, tail]),
            street=np.concatenate([street, street]),
            forward=np.arange(2 * len(lines)) < len(lines),
            length_m=np.concatenate([length_m, length_m]),
        )
    )


def densest_disc(lines: Lines, radius_m: float = DISC_RADIUS_M) -> BoolArray:
    """Return which lines have their middle in the disc that holds the most street, shape (S,)."""
    middle = shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True))
    length_m = shapely.length(lines)
    tree = cKDTree(middle)
    centres = np.unique(np.floor(middle / _CELL_M), axis=0) * _CELL_M + _CELL_M / 2
    near = tree.query_ball_point(centres, radius_m)
    best = int(np.argmax([length_m[rows].sum() for rows in near]))
    inside = np.zeros(len(lines), dtype=bool)
    inside[near[best]] = True
    return inside


def make_region(
    network: Network,
    assumptions: AssumptionSet,
    model: candidates.SitingModel,
    *,
    with_buildings: bool = True,
    n_homes: int = trips.N_HOMES,
) -> Region:
    """Make the region of a network: the densest part, its sites and a sample of trips."""
    kept = densest_disc(network.lines)
    lines, highway = network.lines[kept], network.highway[kept]
    points = street_points.cut(lines, POINT_SPACING_M)
    hull = shapely.MultiPoint(points.xy).convex_hull
    junctions = network.junction_xy_m
    junctions = junctions[shapely.contains_xy(hull, junctions)]
    groups = candidates.candidates(
        lines,
        candidates.road_classes(highway.tolist(), model),
        np.full(len(lines), np.nan),
        junction_xy_m=junctions,
        stretch_m=assumptions.value("sites.stretch_m"),
        model=model,
    )
    walls = network.buildings if with_buildings else network.buildings[:0]
    if len(walls):
        walls = walls[shapely.intersects(walls, shapely.buffer(hull, REACH_M))]
    site_xy_m = footprints.place_sites(groups.xy_m, groups.centre_xy_m, network.buildings)
    cells, district = districts.districts(groups.centre_xy_m, assumptions.value("sites.district_m"))
    edge = hull.boundary
    return Region(
        points=points,
        groups=groups,
        sight=sight.build_sight(site_xy_m, points.xy, walls, reach_m=REACH_M),
        site_edge_m=np.asarray(shapely.distance(shapely.points(groups.centre_xy_m), edge)),
        point_edge_m=np.asarray(shapely.distance(shapely.points(points.xy), edge)),
        district=district,
        n_districts=min(float(len(cells)), hull.area / assumptions.value("sites.district_m") ** 2),
        trips={
            mode: sampled
            for mode in MEASURED_MODES
            if (
                sampled := trips.sample_trips(
                    graph_of_lines(lines, mode),
                    points,
                    hull,
                    habits(assumptions, mode),
                    seed=SEED,
                    n_homes=n_homes,
                )
            )
        },
    )


def take_draws(cameras: CameraDraws, draws: IntArray) -> CameraDraws:
    """Return some draws of cameras, which may be repeated, in this order."""
    taken: dict[str, Any] = {
        name: value if name == "type_ids" or value is None else value[draws]
        for name, value in vars(cameras).items()
    }
    return CameraDraws(**taken)


def mixed_size(groups: candidates.Candidates, junction_share: float) -> FloatArray:
    """Return the sizes of groups, scaled to a share of sites at junctions, shape (G,).

    Their sum stays that of the street length.
    """
    size, at = groups.size_m, groups.at_junction
    total, of_junctions = size.sum(), size[at].sum()
    if not of_junctions or of_junctions == total:
        return size
    return np.asarray(
        np.where(
            at,
            size * junction_share * total / of_junctions,
            size * (1 - junction_share) * total / (total - of_junctions),
        )
    )


@dataclass(frozen=True)
class Counted:
    """Sites and cameras met in each draw: trips, commutes there and back, and weeks.

    Attributes
    ----------
    sites
        Number of sites that have each trip in view, by kind of trip, each of shape (D, T, K).
    cameras
        The same of cameras, for single trips, shape (D, T, K).
    able_sites
        Sites with a working camera that is able, shape (D, T).
    """

    sites: Mapping[str, FloatArray]
    cameras: FloatArray
    able_sites: FloatArray


def commutes(sample: Routes) -> Routes:
    """Return trips there and back as one set of points each."""
    pairs = sample.length_m.reshape(-1, 2).sum(axis=1)
    return Routes(sample.start[::2], sample.point, sample.forward, pairs)


@dataclass(frozen=True)
class Placing:
    """Where cameras are placed at random.

    Attributes
    ----------
    sites_per_km, per_site
        Sites per km of street and cameras per site, shape (D,).
    junction_share
        Share of sites at junctions.
    cluster_size
        Shape of the factors of districts, infinite for none, shape (D,).
    """

    sites_per_km: FloatArray
    per_site: FloatArray
    junction_share: float
    cluster_size: FloatArray


def count_met(
    region: Region,
    mode: Mode,
    cameras: CameraDraws,
    facing: meetings.Facing,
    design: Design,
    placing: Placing,
) -> Counted:
    """Place cameras once per draw on a region, and count those met on its trips.

    Parameters
    ----------
    region, mode
        Where, and by which mode.
    cameras, facing
        Draws of cameras and the side that each tier needs.
    design
        Number of draws D and seed.
    placing
        How many and where.
    """
    groups, sample = region.groups, region.trips[mode]
    size = mixed_size(groups, placing.junction_share)
    n_sites = placing.sites_per_km * region.street_km
    chance = SiteChance.of_classes(
        np.broadcast_to(n_sites / size.sum(), (1, design.n_draws)),
        np.zeros(len(size), np.int64),
        size,
        n_sites,
        district=region.district,
        cluster_size=placing.cluster_size,
    )
    nothing = np.full(len(size), np.nan)
    placed = placement.equip(
        placement.standing_sites(chance, design),
        np.zeros(len(size), np.int64),
        nothing,
        nothing,
        cameras,
        placing.per_site,
        groups.street_deg,
    )
    parts = {"trip": sample.trips, "commuter": commutes(sample.trips), "week": sample.weeks}
    none = Routes(np.zeros(1, np.int64), np.empty(0, np.int64), np.empty(0, bool), np.empty(0))
    met, _ = meetings.meet(
        joined(list(parts.values())), none, region.points, region.sight, placed, cameras, facing,
        width_deg=nothing,
    )  # fmt: skip
    ends = np.cumsum([0, *(len(part) for part in parts.values())])
    return Counted(
        sites={
            kind: met.sites[..., ends[k] : ends[k + 1]].astype(float)
            for k, kind in enumerate(parts)
        },
        cameras=met.cameras[..., : ends[1]].astype(float),
        able_sites=_able_sites(placed, cameras),
    )


def _able_sites(placed: placement.Working, cameras: CameraDraws) -> FloatArray:
    """Return the number of sites with a camera that has a ring, shape (D, T)."""
    draw = placed.draw
    able = np.isfinite(cameras.inner_m)[draw, :, placed.kind]
    n_draws, n_tiers = cameras.inner_m.shape[:2]
    found = np.zeros((n_draws, n_tiers))
    # Cameras of a site follow one another.
    new = np.ones(len(draw), dtype=bool)
    new[1:] = (placed.site[1:] != placed.site[:-1]) | (draw[1:] != draw[:-1])
    first = np.flatnonzero(new)
    if len(first):
        some = np.logical_or.reduceat(able, first, axis=0)
        for t in range(n_tiers):
            found[:, t] = np.bincount(draw[first], some[:, t], minlength=n_draws)
    return found
