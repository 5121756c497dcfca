"""A large city in tiles: each street belongs to one tile, which has all sites within reach.

The sites, the chance of each and the cameras placed once per draw are computed for the whole city
before any line of sight, and are the same in every tile. A tile only adds the lines of sight to the
points of its own streets. A halo as wide as the longest line of sight holds all sites and walls
that matter, so a tile gives the same numbers as the city in one piece.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.on_streets import street_figures
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Loaded
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.sums import Sums, add_up
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.lru_cache import LruCache
from toolkit.engine import cells, sight, sight_cache
from toolkit.engine.scene import Scene, SceneGeometry, build_geometry, middles, with_sight
from toolkit.streets.pack import Pack

HALO_MARGIN_M: Final = 1.0
"""Margin of the halo for the rounding of positions."""


@dataclass(frozen=True)
class TiledCity:
    """Data shared by all tiles of a city.

    Attributes
    ----------
    pack, geometry
        Streets and sites of the whole city.
    origin_m
        Local origin of all lines of sight, shape (2,).
    tile
        Tile of each street, shape (S,).
    """

    pack: Pack
    geometry: SceneGeometry
    origin_m: FloatArray
    tile: IntArray


cities: Final[LruCache[TiledCity]] = LruCache(1)


def open_city(loaded: Loaded, tile_km: float) -> TiledCity:
    """Return the streets and sites of a city, without lines of sight; the last city is kept."""
    return cities.get(f"{loaded.key('scene')} {tile_km}", lambda: _city(loaded, tile_km))


def _city(loaded: Loaded, tile_km: float) -> TiledCity:
    pack, _ = loaded.streets()
    values = loaded.question.assumptions
    geometry = build_geometry(
        pack,
        loaded.model,
        mapped=loaded.counted_cameras(),
        stretch_m=values.value("sites.stretch_m"),
        level_height_m=values.value("sites.level_height_m"),
        district_m=values.value("sites.district_m"),
    )
    return TiledCity(
        pack,
        geometry,
        sight.local_origin(geometry.site_xy_m, geometry.points.xy),
        tile_of_streets(geometry.lines, tile_km),
    )


def tile_of_streets(lines: NDArray[np.object_], tile_km: float) -> IntArray:
    """Return the tile of each street: that of its middle, numbered from the south-west by rows.

    Parameters
    ----------
    lines
        Streets as metric lines, shape (S,).
    tile_km
        Side of the square tiles in km.

    Returns
    -------
    tile
        Number of the tile, shape (S,). Tiles without streets are not numbered.
    """
    return cells.grid(middles(lines), tile_km * M_PER_KM).cell


def n_tiles(pack: Pack, tile_km: float) -> int:
    """Return the number of tiles of a pack."""
    lines = np.asarray(pack.streets.geometry.to_crs(pack.manifest.crs).array, dtype=object)
    return int(tile_of_streets(lines, tile_km).max(initial=-1)) + 1


def tile_scene(
    city: TiledCity, streets: IntArray, *, reach_m: float, person_height_m: float
) -> tuple[Scene, IntArray]:
    """Build the scene of some streets of a city, with all sites of the city.

    Parameters
    ----------
    city
        The whole city.
    streets
        Rows of the streets, ascending, shape (S,).
    reach_m, person_height_m
        See `scene.build_scene`.

    Returns
    -------
    scene
        The streets and their points only. Sites keep their numbers in the city; those out of
        reach have no pairs.
    point
        Number in the city of each point, ascending, shape (P,).
    """
    geometry = city.geometry
    row = np.full(len(geometry.lines), -1, dtype=np.int64)
    row[streets] = np.arange(len(streets))
    point = np.flatnonzero(row[geometry.points.line] >= 0)
    points = geometry.points.take(point)
    points = replace(points, line=row[points.line])
    halo_m = reach_m + HALO_MARGIN_M
    low, high = points.xy.min(axis=0) - halo_m, points.xy.max(axis=0) + halo_m
    site = np.flatnonzero(((geometry.site_xy_m >= low) & (geometry.site_xy_m <= high)).all(axis=1))
    building = shapely.intersects(geometry.buildings, shapely.box(*low, *high))
    pairs = sight_cache.cached_sight(
        {**geometry.sight_key, "streets": store.sha256_bytes(streets.astype("<i8").tobytes())},
        geometry.site_xy_m[site],
        points.xy,
        geometry.buildings[building],
        reach_m=reach_m,
        top_m=geometry.top_m[building],
        target_m=person_height_m,
        origin_m=city.origin_m,
    )
    count = np.zeros(len(geometry.site_xy_m), dtype=np.int64)
    count[site] = np.diff(pairs.start)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    part = replace(
        geometry,
        lines=geometry.lines[streets],
        points=points,
        point_known=geometry.point_known[point],
        buildings=geometry.buildings[building],
        top_m=geometry.top_m[building],
    )
    return with_sight(part, replace(pairs, start=start)), point


def compute_tile(inputs: Inputs, tile: int, tile_km: float) -> tuple[Sums, gpd.GeoDataFrame]:
    """Compute one tile of a city.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    tile
        Number of the tile, see `tile_of_streets`.
    tile_km
        Side of the square tiles in km.

    Returns
    -------
    sums
        Sums over its points, which add up to those of the city.
    streets
        Its streets, as `Layers.streets`.
    """
    city = open_city(inputs.loaded, tile_km)
    values = inputs.assumptions
    streets = np.flatnonzero(city.tile == tile)
    scene, point = tile_scene(
        city,
        streets,
        reach_m=values.value("optics.max_range_m"),
        person_height_m=values.value("optics.person_height_m"),
    )
    plan = plan_sites(inputs, city.pack, city.geometry)
    _, sample, _ = np.intersect1d(point, plan.sample, assume_unique=True, return_indices=True)
    sums, summary = add_up(inputs, scene, plan, sample)
    figures = street_figures(city.pack, streets, summary.group_mean, scene.street_known)
    return sums, figures
