"""A large city for benchmarks: the centre of Helsinki laid out in tiles.

Not a map of anywhere: it has the density and the shapes of a real centre, many times over, and is
never shown. Streets, houses and sites of neighbouring tiles touch, so lines of sight run across.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.arrays import FloatArray, GeometryArray
from toolkit.engine import footprints, sight
from toolkit.siting import candidates, inclusion
from toolkit.siting.surroundings import pack_layers
from toolkit.streets import street_points
from toolkit.streets.pack import open_pack

PACK = "helsinki-centre"
COLUMNS, ROWS = 7, 6
"""Tiles of the large city: about 300,000 street segments, 780,000 points, 330,000 sites."""
POINT_SPACING_M = 5.0
STRETCH_M = 10.5
"""Shorter than the toolkit's 20 m, so that there are as many sites as streets and houses allow."""


@dataclass(frozen=True)
class TiledCity:
    """Points, candidate sites and houses, in metres.

    Attributes
    ----------
    point_xy, street
        Street points, shape (P, 2), and the street of each; those of a street follow one another.
    groups
        Candidate sites, district by district.
    district
        Index of the district of each site.
    buildings, top_m
        Footprints and their heights, NaN where not known.
    length_m
        Street length, all tiles.
    n_edges
        Straight street segments, all tiles.
    """

    point_xy: FloatArray
    street: NDArray[np.int64]
    groups: candidates.Candidates
    district: NDArray[np.int64]
    buildings: NDArray[np.object_]
    top_m: FloatArray
    length_m: float
    n_edges: int

    @property
    def site_xy(self) -> FloatArray:
        """Where candidate sites stand, shape (G, 2)."""
        return self.groups.xy_m

    @cached_property
    def ranked(self) -> inclusion.Ranked:
        """Return the groups in order of class and size, kept: no assumption moves them."""
        return inclusion.ranked(self.groups)


def tiled_city(
    columns: int = COLUMNS, rows: int = ROWS, *, spacing_m: float = POINT_SPACING_M
) -> TiledCity:
    """Lay out the pack in so many tiles."""
    pack, values, model = open_pack(PACK), load_assumptions(), candidates.load_siting()
    crs = pack.manifest.crs

    def metric(frame: gpd.GeoDataFrame) -> GeometryArray:
        return np.asarray(frame.geometry.to_crs(crs).array, dtype=object)

    lines, houses = metric(pack.streets), metric(pack.buildings)
    top_m = (
        pack.buildings["height_m"]
        .fillna(pack.buildings["levels"] * values.value("sites.level_height_m"))
        .to_numpy(dtype=float)
    )
    junctions = pack.junctions
    crossing = junctions["drive_degree"].to_numpy() >= 3  # noqa: PLR2004 - a junction
    junction_xy = shapely.get_coordinates(metric(junctions[crossing]))
    groups = candidates.candidates(
        lines,
        candidates.road_classes(pack.streets["highway"].tolist(), model),
        pack.streets["lanes"].astype("Float64").to_numpy(dtype=float, na_value=np.nan),
        junction_xy_m=junction_xy,
        stretch_m=STRETCH_M,
        model=model,
    )
    groups = candidates.with_features(groups, pack_layers(pack))
    site_xy = footprints.place_sites(groups.xy_m, groups.centre_xy_m, houses)
    points = street_points.cut(lines, spacing_m)
    low, high = np.split(np.asarray(shapely.total_bounds(lines)), 2)
    shifts = [np.array([c, r]) * (high - low) - low for c in range(columns) for r in range(rows)]
    n = len(shifts)
    xy = np.vstack([points.xy + s for s in shifts])
    street = np.concatenate([points.line + k * len(lines) for k in range(n)])
    # Streets along the curve, so that the points of a street stay together.
    first = np.flatnonzero(np.diff(street, prepend=-1))
    rank = np.empty(len(first), np.int64)
    rank[sight.morton_order(xy[first])] = np.arange(len(first))
    of_street = np.repeat(rank, np.diff(np.append(first, len(street))))
    order = np.argsort(of_street, kind="stable")
    sites = np.vstack([site_xy + s for s in shifts])
    cell = np.floor(sites / values.value("sites.district_m")).astype(np.int64)
    cells, of_cell = np.unique(cell, axis=0, return_inverse=True)
    place = np.empty(len(cells), np.int64)
    place[sight.morton_order(cells.astype(float) * 1e3)] = np.arange(len(cells))
    along = sight.morton_order(sites)
    along = along[np.argsort(place[of_cell.ravel()[along]], kind="stable")]
    return TiledCity(
        point_xy=xy[order],
        street=of_street[order],
        groups=candidates.Candidates(
            sites,
            sites,
            np.tile(groups.size_m, n),
            np.tile(groups.line, n),
            np.tile(groups.at_junction, n),
            np.tile(groups.street_deg, n),
            np.tile(groups.weight_class, n),
            groups.class_code,
        ).take(along),
        district=place[of_cell.ravel()[along]],
        buildings=np.concatenate([shapely.transform(houses, s.__add__) for s in shifts]),
        top_m=np.tile(top_m, n),
        length_m=float(shapely.length(lines).sum()) * n,
        n_edges=int((shapely.get_num_coordinates(lines) - 1).sum()) * n,
    )
