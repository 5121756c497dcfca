"""The measurements, each a function of its own process; all times are of warm, compiled code.

Every figure that has a bound is a ratio to something measured in the same run on the same work, or
a peak of memory; seconds stand beside it for orientation only.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import shapely
from numba import njit
from scipy.spatial import cKDTree

from benchmarks.engine.city import TiledCity, tiled_city
from benchmarks.engine.timing import GB, REPEATS, Figures, best, peak_gb
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.arrays import Float32Array, FloatArray
from toolkit.base.draws import Design
from toolkit.engine import closed_form as exposure
from toolkit.engine import pairs_by_point, placement, sight, sight_cache, site_chance, workers
from toolkit.engine.views import view_table
from toolkit.optics.camera_draws import draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.siting import inclusion
from toolkit.siting.weights import operators_of, weights_of

NEAR_M, FAR_M = 80.0, 250.0
N_CAMERAS = 5_000
N_DRAWS = 1_000
SAMPLE_POINTS = 20_000
INTERVAL_DRAWS = 200
SEED = 3
PAIR_SITES = 20_000
SHAPELY_PAIRS = 200_000
CHUNK_POINTS = 16_384
CHUNK_DRAWS = 8
"""Chunks of the floors, as of the loops that they are compared with."""


# --- lines of sight -------------------------------------------------------------------------


def lines_of_sight() -> Figures:
    """Test the same pairs with the toolkit, embree and shapely, one thread each.

    Sites and points stand outside buildings and all walls are of unknown height, so that the
    question is the same for all three.
    """
    city = tiled_city()
    outside_site = sight.containing_building(city.site_xy, city.buildings) < 0
    outside_point = sight.containing_building(city.point_xy, city.buildings) < 0
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
    _compile()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        pairs = _cached(city, beyond_m, reach_m, Path(folder))
        build_s = time.perf_counter() - start
        peak = peak_gb()
        start = time.perf_counter()
        _cached(city, beyond_m, reach_m, Path(folder))
        again_s = time.perf_counter() - start
        size_gb = sum(f.stat().st_size for f in Path(folder).rglob("*.npy")) / GB
        n_pairs = int(pairs.start[-1])
        del pairs
    start = time.perf_counter()
    arrays = sight.sweep_arrays(city.site_xy, city.point_xy, city.buildings, city.top_m)
    ground_s = time.perf_counter() - start
    tests_s = best(
        lambda: sum(
            int(b[0].sum())
            for b in sight.sweep(arrays, reach_m=reach_m, beyond_m=beyond_m, keep=False)
        ),
        1 if reach_m > NEAR_M else REPEATS,
    )
    return {
        "sites": float(len(city.site_xy)),
        "points": float(len(city.point_xy)),
        "pairs_kept": float(n_pairs),
        "peak_gb": peak,
        "city_alone_gb": before_gb,
        "build_s": build_s,
        "tests_s": tests_s,
        "grids_s": ground_s,
        "open_again_s": again_s,
        "disk_gb": size_gb,
        "threads": float(workers.n_threads()),
    }


def _compile() -> None:
    small = tiled_city(1, 1)
    for beyond_m in (0.0, NEAR_M):
        sight.build_sight(
            small.site_xy[:200], small.point_xy, small.buildings, top_m=small.top_m,
            reach_m=NEAR_M + beyond_m, beyond_m=beyond_m,
        )  # fmt: skip


def _cached(city: TiledCity, beyond_m: float, reach_m: float, folder: Path) -> sight.Sight:
    return sight_cache.cached_sight(
        {"city": "tiles"}, city.site_xy, city.point_xy, city.buildings,
        reach_m=reach_m, beyond_m=beyond_m, top_m=city.top_m, cache_dir=folder,
    )  # fmt: skip


# --- exposure -------------------------------------------------------------------------------


def _ready(city: TiledCity, folder: Path) -> tuple[sight.Sight, pairs_by_point.PointRows]:
    pairs = _cached(city, 0.0, NEAR_M, folder)
    n = len(city.site_xy)
    return pairs, pairs_by_point.point_rows(
        pairs,
        len(city.point_xy),
        np.zeros(n, np.int64),
        np.full(n, np.nan),
        site_street_deg=city.groups.street_deg,
    )


def _chance(
    city: TiledCity, n_cameras: float, design: Design
) -> tuple[site_chance.SiteChance, FloatArray]:
    """Return the chance of sites for a number of cameras, and cameras per site."""
    values = load_assumptions()
    per_site = values.draw("sites.cameras_per_site", design)
    n_sites = n_cameras / per_site
    weights = weights_of(operators_of(None), city.groups, values, design)
    factor = inclusion.inclusion_factor(weights, n_sites, city.ranked)
    chance = site_chance.SiteChance.of_classes(
        factor.T,
        city.groups.weight_class,
        city.groups.size_m,
        n_sites,
        district=city.district,
        cluster_size=values.draw("sites.cluster_size", design),
    )
    return chance, per_site


@njit(nogil=True)
def read_rows(first, end, start, site, bins, view, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Add up the arrays that the closed form reads: the floor that memory sets."""
    for p in range(first, end):
        total = 0
        for k in range(start[p], start[p + 1]):
            total += site[k] + bins[k] + view[k]
        out[p] = total


def closed_form() -> Figures:
    """All points, all tiers, one draw, against a parallel sum over the arrays read."""
    city = tiled_city()
    with tempfile.TemporaryDirectory() as folder:
        _, rows = _ready(city, Path(folder))
    design = Design(1, SEED)
    chance, per_site = _chance(city, N_CAMERAS, design)
    drawn = draw_cameras(load_catalogue(), load_assumptions(), design, brand=None)
    views = view_table(drawn, per_site, reach_m=NEAR_M, codes=rows.codes)
    out = np.empty(len(rows.start) - 1, np.int64)
    borders = workers.even_borders(len(out), CHUNK_POINTS)
    read = partial(
        workers.over, read_rows, borders, rows.start, rows.site, rows.bin, rows.view, out
    )
    work = partial(exposure.closed_form, rows, chance, views)
    read()
    work()
    # In turn, so that a busy neighbour hits both.
    reads, works = zip(*[(best(read, 1), best(work, 1)) for _ in range(9)], strict=True)
    found: Figures = {
        "pairs": float(rows.start[-1]),
        "read_s": min(reads),
        "closed_form_s": min(works),
    }
    values = load_assumptions()

    def changed() -> None:
        again, per = _chance(city, N_CAMERAS * 1.1, design)
        cameras = draw_cameras(load_catalogue(), values, design, brand=None)
        table = view_table(cameras, per, reach_m=NEAR_M, codes=rows.codes)
        exposure.closed_form(rows, again, table)

    found["changed_central_s"] = best(changed)
    many = Design(INTERVAL_DRAWS, SEED)
    sample = np.sort(
        np.random.default_rng(SEED).choice(len(city.point_xy), SAMPLE_POINTS, replace=False)
    )
    few = rows.take(sample)

    def intervals() -> None:
        again, per = _chance(city, N_CAMERAS * 1.1, many)
        cameras = draw_cameras(load_catalogue(), values, many, brand=None)
        table = view_table(cameras, per, reach_m=NEAR_M, codes=few.codes)
        exposure.summarise(
            few, again, table, np.full(len(sample), 5.0), city.street[sample],
            int(city.street.max()) + 1,
        )  # fmt: skip

    intervals()
    found["changed_intervals_sample_s"] = best(intervals)
    return found


@njit(nogil=True)
def stream(first, end, camera, sites, start, point, cm, bearing, least, hits):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, PLR0913, PLR0917
    """Read the rows of the same sites and mark their points: the floor of any simulation."""
    for d in range(first, end):
        hit = np.zeros(hits, np.uint8)
        for c in range(camera[d], camera[d + 1]):
            for k in range(start[sites[c]], start[sites[c] + 1]):
                hit[point[k]] |= np.uint8((cm[k] & 1) + (bearing[k] & 1) + (least[k] & 1) + 1)


def monte_carlo() -> Figures:
    """Place 5,000 cameras 1,000 times, against reading and marking the rows of the same cameras."""
    city = tiled_city()
    with tempfile.TemporaryDirectory() as folder:
        pairs = _cached(city, 0.0, NEAR_M, Path(folder))
        # In memory, so that no run waits for the disk.
        pairs = sight.Sight(
            np.asarray(pairs.start),
            np.asarray(pairs.point),
            np.asarray(pairs.distance_cm),
            np.asarray(pairs.bearing),
            np.asarray(pairs.height_dm),
            pairs.reach_m,
        )
        design = Design(N_DRAWS, SEED)
        chance, per_site = _chance(city, N_CAMERAS, design)
        drawn = draw_cameras(load_catalogue(), load_assumptions(), design, brand=None)
        n = len(city.site_xy)
        length = np.full(len(city.point_xy), POINT_M)
        placing = best(lambda: placement.place_sites(chance, design))
        equipped = placement.equip(
            placement.place_sites(chance, design), np.zeros(n, np.int64), np.full(n, np.nan),
            np.full(n, np.nan), drawn, per_site, city.groups.street_deg,
        )  # fmt: skip

        def whole() -> None:
            placement.simulate(
                pairs, chance, np.zeros(n, np.int64), np.full(n, np.nan), drawn, per_site,
                length, design, street_deg=city.groups.street_deg,
            )  # fmt: skip

        def floor() -> None:
            workers.over(
                stream, workers.even_borders(N_DRAWS, CHUNK_DRAWS), equipped.first,
                equipped.site, pairs.start, pairs.point, pairs.distance_cm, pairs.bearing,
                pairs.height_dm, len(length),
            )  # fmt: skip

        whole()
        floor()
        floors, wholes = zip(*[(best(floor, 1), best(whole, 1)) for _ in range(3)], strict=True)
    return {
        "cameras_per_draw": float(np.diff(equipped.first).mean()),
        "draws": float(N_DRAWS),
        "floor_s": min(floors),
        "simulate_s": min(wholes),
        "placing_s": placing,
    }


POINT_M = 5.0


def helsinki() -> Figures:
    """Assess the demonstration city with intervals after one assumption has changed."""
    import datetime as dt

    from toolkit import assess

    def run(low: int) -> None:
        assess("helsinki-centre", as_of=dt.date(2026, 1, 1), count=(low, 600))

    run(300)
    return {"changed_s": min(best(partial(run, low), 1) for low in range(301, 306))}


def fingerprint() -> Figures:
    """Name an answer while no file has changed, as the app does at every choice."""
    import datetime as dt

    from toolkit import Question

    question = Question("helsinki-centre", dt.date(2026, 1, 1))
    question.fingerprint()
    return {"unchanged_ms": 1000 * best(question.fingerprint, 20)}


COPIES = 9


def sample_answer() -> Figures:
    """Assess a large city on a sample of its points after its count has changed, as the app does.

    The city is `COPIES` copies of the centre of Helsinki side by side, at the full reach.
    """
    import datetime as dt

    from benchmarks.scale import copies
    from toolkit import assess

    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        name, km = copies(COPIES, Path(home))

        def run(low: int) -> None:
            assess(
                name,
                as_of=dt.date(2026, 1, 1),
                count=(low, 2 * low),
                sample_points=SAMPLE_POINTS,
            )

        run(2_000)
        changed_s = min(best(partial(run, low), 1) for low in range(2_001, 2_009))
    return {"street_km": km, "changed_s": changed_s}


# --- size -----------------------------------------------------------------------------------

POINT_TILES = ((1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (6, 5), (9, 6))
FEW_POINTS = (1_000, 3_000, 10_000)
CAMERAS = (10, 50, 200, 1_000, 5_000, 20_000, 50_000)
SIZE_DRAWS = 50


def sizes() -> Figures:
    """Time sight and exposure over the number of points, and exposure over that of cameras."""
    found: Figures = {}
    design = Design(SIZE_DRAWS, SEED)
    values = load_assumptions()
    drawn = draw_cameras(load_catalogue(), values, design, brand=None)
    _compile()
    for number, (columns, rows_) in enumerate([*[(1, 1)] * len(FEW_POINTS), *POINT_TILES]):
        city = tiled_city(columns, rows_)
        if number < len(FEW_POINTS):
            city = _part(city, FEW_POINTS[number])
        key = f"points_{len(city.point_xy)}"
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            pairs = _cached(city, 0.0, NEAR_M, Path(folder))
            found[f"{key}_sight_s"] = time.perf_counter() - start
            _, rows = _ready(city, Path(folder))
            every = CAMERAS if (columns, rows_) == POINT_TILES[-1] else (None,)
            for cameras in every:
                n_cameras = cameras or city.length_m / 1e3
                chance, per_site = _chance(city, n_cameras, design)
                table = view_table(drawn, per_site, reach_m=NEAR_M, codes=rows.codes)
                length, n_streets = np.full(len(city.point_xy), POINT_M), city.street.max() + 1

                def summarise() -> None:
                    exposure.summarise(rows, chance, table, length, city.street, n_streets)  # noqa: B023

                def simulate() -> None:
                    n = len(city.site_xy)  # noqa: B023
                    placement.simulate(
                        pairs, chance, np.zeros(n, np.int64), np.full(n, np.nan), drawn,  # noqa: B023
                        per_site, length, design, street_deg=city.groups.street_deg,  # noqa: B023
                    )  # fmt: skip

                label = f"cameras_{cameras}" if cameras else key
                found[f"{label}_summarise_s"] = best(summarise, 2)
                found[f"{label}_simulate_s"] = best(simulate, 2)
    return found


def _part(city: TiledCity, n_points: int) -> TiledCity:
    """Return the first so many points along the curve and the sites near them."""
    points = city.point_xy[:n_points]
    away, _ = cKDTree(points).query(city.site_xy, distance_upper_bound=NEAR_M)
    near = np.isfinite(away)
    _, district = np.unique(city.district[near], return_inverse=True)
    return TiledCity(
        points, city.street[:n_points], city.groups.take(np.flatnonzero(near)), district,
        city.buildings, city.top_m, n_points * POINT_M, city.n_edges,
    )  # fmt: skip


# --- threads --------------------------------------------------------------------------------


def four_threads() -> Figures:
    """Assess from four threads at once, as sessions of the app do."""
    import datetime as dt

    from toolkit import assess

    answers: list[float] = []

    def run(low: int) -> None:
        answer = assess("helsinki-centre", as_of=dt.date(2026, 1, 1), count=(low, 900))
        quantity = answer.tiers["seen"].share_of_length.expected
        answers.append(float(quantity.mid or 0.0))

    threads = [threading.Thread(target=run, args=(low,)) for low in (300, 300, 600, 600)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "answers": float(len(answers)),
        "distinct": float(len(set(answers))),
        "threads": float(os.cpu_count() or 1),
    }
