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
from numba import njit
from scipy.spatial import cKDTree

from benchmarks.engine.city import TiledCity, tiled_city
from benchmarks.engine.sight_measures import NEAR_M, cached, compile_loops
from benchmarks.engine.timing import Figures, best
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.engine import closed_form as exposure
from toolkit.engine import (
    pairs_by_point,
    placement,
    sight,
    site_chance,
    workers,
)
from toolkit.engine.views import view_table
from toolkit.optics.camera_draws import draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.siting import inclusion
from toolkit.siting.weights import operators_of, weights_of

N_CAMERAS = 5_000
N_DRAWS = 1_000
SAMPLE_POINTS = 20_000
INTERVAL_DRAWS = 200
SEED = 3
CHUNK_POINTS = 16_384
CHUNK_DRAWS = 8
"""Chunks of the floors, as of the loops that they are compared with."""


def _ready(city: TiledCity, folder: Path) -> tuple[sight.Sight, pairs_by_point.PointRows]:
    pairs = cached(city, 0.0, NEAR_M, folder)
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
    # What is read from files is at hand, as in an answer after a change.
    values, catalogue = load_assumptions(), load_catalogue()

    def changed() -> None:
        again, per = _chance(city, N_CAMERAS * 1.1, design)
        cameras = draw_cameras(catalogue, values, design, brand=None)
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
        cameras = draw_cameras(catalogue, values, many, brand=None)
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
        pairs = cached(city, 0.0, NEAR_M, Path(folder))
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
    compile_loops()
    for number, (columns, rows_) in enumerate([*[(1, 1)] * len(FEW_POINTS), *POINT_TILES]):
        city = tiled_city(columns, rows_)
        if number < len(FEW_POINTS):
            city = _part(city, FEW_POINTS[number])
        key = f"points_{len(city.point_xy)}"
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            pairs = cached(city, 0.0, NEAR_M, Path(folder))
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
