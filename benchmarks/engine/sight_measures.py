"""The measurements of lines of sight: the tests alone, and the bands on disk."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from scipy.spatial import cKDTree

from benchmarks.engine.city import TiledCity, tiled_city
from benchmarks.engine.timing import GB, REPEATS, Figures, best, peak_gb
from toolkit.base.arrays import Float32Array
from toolkit.engine import footprints, sight, sight_cache, workers

NEAR_M, FAR_M = 80.0, 250.0
SEED = 3
PAIR_SITES = 20_000
SHAPELY_PAIRS = 200_000


# --- lines of sight -------------------------------------------------------------------------


def lines_of_sight() -> Figures:
    """Test the same pairs with the toolkit, embree and shapely, one thread each.

    Sites and points stand outside buildings and all walls are of unknown height, so that the
    question is the same for all three.
    """
    city = tiled_city()
    outside_site = footprints.containing_building(city.site_xy, city.buildings) < 0
    outside_point = footprints.containing_building(city.point_xy, city.buildings) < 0
    sites, points = city.site_xy[outside_site][:PAIR_SITES], city.point_xy[outside_point]
    origin = points.mean(axis=0)
    tree = cKDTree(points)
    near = tree.query_ball_point(sites, NEAR_M)
    counts = tree.query_ball_point(sites, NEAR_M, return_length=True)
    site, point = np.repeat(np.arange(len(sites)), counts), np.concatenate(near).astype(np.int64)
    arrays = sight.sweep_arrays(sites, points, city.buildings)

    workers.set_threads(1)

    def ours() -> int:
        return int(sum(b[0].sum() for b in sight.sweep(arrays, reach_m=NEAR_M, keep=False)))

    visible = ours()
    own_s = best(ours)
    found: Figures = {
        "pairs": float(len(site)),
        "own_pairs_per_s": len(site) / own_s,
        "own_visible_share": visible / len(site),
    }
    try:
        from embreex import rtcore_scene
        from embreex.mesh_construction import TriangleMesh
    except ImportError:  # no wheel for this machine
        found["embree_pairs_per_s"] = float("nan")
    else:
        walls = sight.make_walls(
            shapely.transform(city.buildings, lambda xy: xy - origin),
            np.full(len(city.buildings), np.nan),
        )
        scene = rtcore_scene.EmbreeScene()
        TriangleMesh(scene, _upright(walls.ends))
        eye = np.column_stack([sites - origin, np.ones(len(sites))]).astype(np.float32)[site]
        aim = np.column_stack([points - origin, np.ones(len(points))]).astype(np.float32)[point]
        ray = aim - eye
        farthest = np.ones(len(ray), np.float32)

        def embree() -> int:
            hit = scene.run(eye, ray, dists=farthest.copy(), query="OCCLUDED")
            return int((hit < 0).sum())

        found["embree_visible_share"] = embree() / len(site)
        found["embree_pairs_per_s"] = len(site) / best(embree)
    few = np.random.default_rng(SEED).choice(len(site), SHAPELY_PAIRS, replace=False)
    sightlines = shapely.linestrings(np.stack([sites[site[few]], points[point[few]]], axis=1))
    building_tree = shapely.STRtree(city.buildings)

    def bulk() -> int:
        return len(np.unique(building_tree.query(sightlines, predicate="intersects")[0]))

    found["shapely_visible_share"] = 1 - bulk() / len(few)
    found["shapely_pairs_per_s"] = len(few) / best(bulk)
    return found


def _upright(ends: Float32Array) -> Float32Array:
    """Return two triangles per wall, tall enough for anything, shape (2 W, 3, 3)."""
    x0, y0, x1, y1 = ends
    low, high = np.full_like(x0, -10.0), np.full_like(x0, 1000.0)
    a, b = np.stack([x0, y0, low], 1), np.stack([x1, y1, low], 1)
    c, d = np.stack([x1, y1, high], 1), np.stack([x0, y0, high], 1)
    return np.ascontiguousarray(
        np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)]), dtype=np.float32
    )


# --- arrays ---------------------------------------------------------------------------------


def near_band() -> Figures:
    """Build the near band onto disk, and test its lines of sight alone."""
    return _band(0.0, NEAR_M)


def far_band() -> Figures:
    """Build the far band onto disk."""
    return _band(NEAR_M, FAR_M)


def _band(beyond_m: float, reach_m: float) -> Figures:
    city = tiled_city()
    before_gb = peak_gb()
    compile_loops()
    band = {"reach_m": reach_m, "beyond_m": beyond_m}
    repeats = 1 if reach_m > NEAR_M else REPEATS
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        pairs = cached(city, beyond_m, reach_m, Path(folder))
        builds = [time.perf_counter() - start]
        peak = peak_gb()
        start = time.perf_counter()
        cached(city, beyond_m, reach_m, Path(folder))
        again_s = time.perf_counter() - start
        size_gb = sum(f.stat().st_size for f in Path(folder).rglob("*.npy")) / GB
        n_pairs = int(pairs.start[-1])
        files_s = best(partial(_write_again, pairs, Path(folder) / "alone"), repeats)
        del pairs

    def grids() -> sight.SweepArrays:
        return sight.sweep_arrays(city.site_xy, city.point_xy, city.buildings, city.top_m)

    def swept(*, keep: bool) -> int:
        return sum(int(block.found.sum()) for block in sight.sweep(ground, **band, keep=keep))

    ground = grids()
    grids_s, tests, rows = best(grids, repeats), [], []
    for again in range(repeats):
        # In turn, so that a busy neighbour hits all.
        tests.append(best(lambda: swept(keep=False), 1))
        rows.append(best(lambda: swept(keep=True), 1))
        if again:
            with tempfile.TemporaryDirectory() as folder:
                builds.append(best(lambda: cached(city, beyond_m, reach_m, Path(folder)), 1))
    return {
        "sites": float(len(city.site_xy)),
        "points": float(len(city.point_xy)),
        "pairs_kept": float(n_pairs),
        "peak_gb": peak,
        "city_alone_gb": before_gb,
        "build_s": min(builds),
        "tests_s": min(tests),
        "rows_s": min(rows) - min(tests),
        "grids_s": grids_s,
        "files_s": files_s,
        "open_again_s": again_s,
        "disk_gb": size_gb,
        "threads": float(workers.n_threads()),
    }


def _write_again(pairs: sight.Sight, folder: Path) -> None:
    """Write the files of pairs that are ready, as one block."""
    arrays = ([np.asarray(getattr(pairs, name))] for name in sight.PAIR_ARRAYS)
    sight_cache.write_blocks(folder, [sight.Block(np.diff(pairs.start), *arrays)])


def compile_loops() -> None:
    """Compile the loops of the sweep."""
    small = tiled_city(1, 1)
    for beyond_m in (0.0, NEAR_M):
        sight.build_sight(
            small.site_xy[:200], small.point_xy, small.buildings, top_m=small.top_m,
            reach_m=NEAR_M + beyond_m, beyond_m=beyond_m,
        )  # fmt: skip


def cached(city: TiledCity, beyond_m: float, reach_m: float, folder: Path) -> sight.Sight:
    """Return the lines of sight of the city, built into a folder if they are not there."""
    return sight_cache.cached_sight(
        {"city": "tiles"}, city.site_xy, city.point_xy, city.buildings,
        reach_m=reach_m, beyond_m=beyond_m, top_m=city.top_m, cache_dir=folder,
    )  # fmt: skip


# --- exposure -------------------------------------------------------------------------------
