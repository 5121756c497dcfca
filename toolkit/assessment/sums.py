"""Sums over the street points of a city; those of its tiles add up to those of the city.

The number of sites and the chance of each hold for the whole city and are computed before, see
`toolkit.assessment.site_plan`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.site_plan import SitePlan
from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import TIERS, Allocation
from toolkit.engine import closed_form, pairs_by_point, placement
from toolkit.engine.scene import Scene
from toolkit.engine.views import BIN_M, view_table, view_tables
from toolkit.siting import coverage

tables: Final[LruCache[tuple[Float32Array, Float32Array]]] = LruCache(1)
"""View tables as it is and if every camera works, by all they follow from: no number of cameras."""
_MOST_KEPT_MB: Final = 256.0
_MB: Final = 1e6


@dataclass(frozen=True)
class Sums:
    """Sums over street points, each of shape (D, T) in metres unless said otherwise.

    Attributes
    ----------
    expected_m
        Covered street length, averaged over placement.
    realised_m
        The same with the cameras placed once per draw.
    alone_m
        Sum of the lengths that each working camera covers by itself.
    everything_m
        Covered length of the sample if every camera works.
    cases_m
        Covered length of the sample in each case.
    if_count_m
        The same for each of some numbers of cameras.
    sample_m
        Length of the points of the sample.
    n_able
        Number of able working cameras of the whole city, see `placement.Placed`: the same in
        every tile.
    """

    expected_m: FloatArray
    realised_m: FloatArray
    alone_m: FloatArray
    everything_m: FloatArray
    cases_m: dict[Allocation, FloatArray]
    if_count_m: dict[int, FloatArray]
    sample_m: float
    n_able: FloatArray

    def without_overlap(self, length_m: FloatArray) -> FloatArray:
        """Return the number of cameras that would cover a length without overlap, shape (D, T).

        That is the length over the mean length that one working camera covers by itself. Only
        cameras that are able at the tier count: the others cover nothing and would lower the mean.
        For cameras placed once the result cannot exceed their number. For a length averaged over
        placement it could, if the few cameras placed cover little, so it is capped.

        Parameters
        ----------
        length_m
            Covered street length, shape (D, T).
        """
        one_m = np.divide(
            self.alone_m, self.n_able, out=np.zeros_like(self.alone_m), where=self.n_able > 0
        )
        number = np.divide(length_m, one_m, out=np.zeros_like(length_m), where=one_m > 0)
        return np.minimum(number, self.n_able)


def add_up(
    inputs: Inputs,
    scene: Scene,
    plan: SitePlan,
    sample: IntArray,
    cameras: placement.Working | None = None,
) -> tuple[Sums, closed_form.PointSummary]:
    """Evaluate the points of a scene: sums over them, and the summary of each.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    scene
        A city or a tile of it, with all sites of the city.
    plan
        Chance of each site of the whole city.
    sample
        Points of the scene in the sample of the city.
    cameras
        All cameras of the plan, placed once per draw, if they are at hand.
    """
    rows, (views, every_view) = _rows_and_both_views(inputs, scene)
    line, n_streets = scene.points.line, len(scene.lines)
    summary = closed_form.summarise(rows, plan.chance, views, scene.points.length, line, n_streets)
    street_m = np.bincount(line, weights=scene.points.length, minlength=n_streets)
    counted_m = np.where(scene.street_known, street_m, 0.0)
    counts = counted_m > 0  # a street without points has no mean
    expected_m = np.einsum("s,std->dt", counted_m[counts], summary.group_mean[counts])
    placed = _placed(inputs, scene, plan, cameras)
    return _sums(scene, plan, sample, rows, views, every_view, expected_m, placed), summary


def add_up_totals(
    inputs: Inputs,
    scene: Scene,
    plan: SitePlan,
    sample: IntArray,
    cameras: placement.Working | None = None,
) -> Sums:
    """Return only the sums of `add_up`, faster: no point is summarised."""
    rows, (views, every_view) = _rows_and_both_views(inputs, scene)
    counted_m = np.where(scene.street_known[scene.points.line], scene.points.length, 0.0)
    expected_m = closed_form.covered_length(rows, plan.chance, views, counted_m)
    placed = _placed(inputs, scene, plan, cameras)
    return _sums(scene, plan, sample, rows, views, every_view, expected_m, placed)


def add_up_main(inputs: Inputs, scene: Scene, plan: SitePlan) -> tuple[FloatArray, FloatArray]:
    """Return `expected_m` and `realised_m` of `add_up` alone."""
    rows, views = rows_and_views(inputs, scene)
    counted_m = np.where(scene.street_known[scene.points.line], scene.points.length, 0.0)
    expected_m = closed_form.covered_length(rows, plan.chance, views, counted_m)
    placed, known_m = _placed(inputs, scene, plan)
    return expected_m, placed.share * known_m


def rows_and_views(
    inputs: Inputs, scene: Scene, rows: pairs_by_point.PointRows | None = None
) -> tuple[pairs_by_point.PointRows, Float32Array]:
    """Return pairs of a scene as the drawn cameras see them, and their view table.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    scene
        The scene.
    rows
        Some of its pairs; all by default.
    """
    rows = (scene.rows if rows is None else rows).seen_by(inputs.cameras.height_m)
    reach_m = scene.lines_of_sight.reach_m
    return rows, view_table(inputs.cameras, inputs.per_site, reach_m=reach_m, codes=rows.codes)


def _rows_and_both_views(
    inputs: Inputs, scene: Scene
) -> tuple[pairs_by_point.PointRows, tuple[Float32Array, Float32Array]]:
    """Return pairs of a scene, and their view tables as it is and if every camera works.

    The last tables are kept, unless they are large.
    """
    rows, reach_m = scene.rows.seen_by(inputs.cameras.height_m), scene.lines_of_sight.reach_m

    def make() -> tuple[Float32Array, Float32Array]:
        return view_tables(inputs.cameras, inputs.per_site, reach_m=reach_m, codes=rows.codes)

    n_values = len(rows.codes) * math.ceil(reach_m / BIN_M) * len(TIERS) * inputs.design.n_draws
    if 2 * n_values * np.float32().itemsize > _MOST_KEPT_MB * _MB:
        return rows, make()
    key = _key_of_tables(inputs, reach_m, rows.codes)
    if key not in tables:
        tables.clear()  # before the next are made, so that never both are in memory
    return rows, tables.get(key, make)


def _key_of_tables(inputs: Inputs, reach_m: float, codes: IntArray) -> str:
    """Return a hash of all that the view tables follow from."""
    cameras = inputs.cameras
    read = [
        cameras.share, cameras.hfov_deg, cameras.height_m, cameras.inner_m, cameras.outer_m,
        cameras.availability, inputs.per_site, codes, np.array(reach_m),
    ]  # fmt: skip
    if cameras.turns is not None:
        read.append(cameras.turns)
    key = hashlib.sha256()
    for array in read:
        key.update(repr(array.shape).encode())
        key.update(np.ascontiguousarray(array).tobytes())
    return key.hexdigest()


def _sums(
    scene: Scene,
    plan: SitePlan,
    sample: IntArray,
    rows: pairs_by_point.PointRows,
    views: Float32Array,
    every_view: Float32Array,
    expected_m: FloatArray,
    placed_on: tuple[placement.Placed, float],
) -> Sums:
    """Evaluate the cases, and return all sums."""
    length = scene.points.length
    placed, known_m = placed_on
    on_sample = rows.take(sample)
    covered_m = partial(closed_form.covered_length, on_sample, length_m=length[sample])
    return Sums(
        expected_m=expected_m,
        realised_m=placed.share * known_m,
        alone_m=placed.alone_m,
        everything_m=covered_m(plan.chance, every_view),
        cases_m={a: covered_m(c, views) for a, c in plan.cases.items()},
        if_count_m={n: covered_m(c, views) for n, c in plan.if_count.items()},
        sample_m=float(length[sample].sum()),
        n_able=placed.n_able,
    )


def _placed(
    inputs: Inputs, scene: Scene, plan: SitePlan, cameras: placement.Working | None = None
) -> tuple[placement.Placed, float]:
    """Place the cameras once per draw; return also the street length with an answer, in metres."""
    sites = scene.sites
    known_m = np.where(scene.point_known, scene.points.length, 0.0)
    placed = placement.simulate(
        scene.lines_of_sight,
        plan.chance,
        sites.n_cameras,
        sites.axis_deg,
        inputs.cameras,
        inputs.per_site,
        known_m,
        inputs.design,
        fixed_width_deg=sites.width_deg,
        street_deg=sites.street_deg,
        spacing_m=inputs.assumptions.value("sites.spacing_m"),
        xy_m=scene.groups.xy_m,
        stands_for=1.0 / coverage.draw_ratio(inputs.assumptions, inputs.design),
        placed=cameras,
    )
    return placed, float(known_m.sum())


def total(parts: Sequence[Sums]) -> Sums:
    """Add up the sums of the tiles of a city."""
    return Sums(
        expected_m=np.sum([p.expected_m for p in parts], axis=0),
        realised_m=np.sum([p.realised_m for p in parts], axis=0),
        alone_m=np.sum([p.alone_m for p in parts], axis=0),
        everything_m=np.sum([p.everything_m for p in parts], axis=0),
        cases_m={a: np.sum([p.cases_m[a] for p in parts], axis=0) for a in parts[0].cases_m},
        if_count_m={
            n: np.sum([p.if_count_m[n] for p in parts], axis=0) for n in parts[0].if_count_m
        },
        sample_m=float(np.sum([p.sample_m for p in parts])),
        n_able=parts[0].n_able,
    )
