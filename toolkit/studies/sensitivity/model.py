"""The model as a function of a design: share of street length by row and tier.

The same stages as an assessment, in the same order: `toolkit.assessment.inputs.make_inputs`,
siting, sight, exposure. Only a stratified sample of street points is evaluated, because a
sensitivity analysis needs tens of thousands of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from toolkit.assessment import reference_cover
from toolkit.assessment.inputs import Inputs, draw_optics, make_inputs
from toolkit.assessment.on_city_level import CORE_RADII_KM
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Loaded
from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.record import Record
from toolkit.base.terms import TIERS, Progress
from toolkit.engine.views import CANDIDATE, view_table
from toolkit.siting import coverage
from toolkit.streets import reference_networks
from toolkit.streets.reference_networks import VIEW_BIN_M
from toolkit.studies.sensitivity.design import BOUNDARY_COLUMN, GivenDesign, asked_by
from toolkit.studies.sensitivity.other_streets import with_streets

if TYPE_CHECKING:  # a city without streets needs neither geopandas nor what it imports
    from toolkit.engine.pairs_by_point import PointRows
    from toolkit.engine.scene import Scene
    from toolkit.streets.pack import Pack

SAMPLE_POINTS: Final = 2_000
"""Street points of the stratified sample. On the demonstration's streets the sampled share is
within 3 % of the share over all points."""
MOST_BOUNDARIES: Final = 3
"""Most boundaries compared: each needs lines of sight of its own."""
_RINGS: Final = 3
"""Strata by distance from the centre, of equal street length."""
_CHUNK: Final = 256
"""Rows evaluated at once: their view table fits into the memory of an old laptop."""
_VIEWS_TOGETHER: Final = 2048
"""Rows whose cameras are drawn at once without streets: their rings stay in the cache."""
_VIEWS_PART: Final = 0.9
"""Part of the time without streets that the views of cameras take."""


class BoundaryPart(Record):
    """One of the boundaries among which the analysis chose."""

    pack: str | None
    """Id of installed streets with this boundary; None without streets."""
    radius_km: float | None
    """Radius of a disc around the centre; None with streets."""
    note: str


def boundary_options(loaded: Loaded) -> tuple[BoundaryPart, ...]:
    """Return the possible boundaries of a city, smallest first, at most `MOST_BOUNDARIES`.

    With streets, those of its installed packs; without, the discs of an assessment.
    """
    if loaded.manifest is None:
        return tuple(
            BoundaryPart(
                pack=None, radius_km=radius, note=f"Disc of {radius:g} km around the centre."
            )
            for radius in CORE_RADII_KM
        )
    chosen = sorted(
        loaded.boundaries[:MOST_BOUNDARIES], key=lambda m: (m.boundary.area_km2 or 0.0, m.id)
    )
    return tuple(BoundaryPart(pack=m.id, radius_km=None, note=m.boundary.note) for m in chosen)


def expected_shares(
    loaded: Loaded,
    design: Design,
    options: tuple[BoundaryPart, ...],
    *,
    n_points: int = SAMPLE_POINTS,
    progress: Progress | None = None,
) -> FloatArray:
    """Return the expected share of street length for each row of a design.

    Parameters
    ----------
    loaded
        The question and the data.
    design
        D rows; those of a `GivenDesign` are evaluated in chunks.
    options
        See `boundary_options`; if there are several, the column `BOUNDARY_COLUMN` chooses.
    n_points
        Street points of the sample.
    progress
        Called with the completed share of the work.

    Returns
    -------
    share
        Shape (D, T), averaged over the placement of cameras.
    """
    say = progress or (lambda _: None)
    choice = np.zeros(design.n_draws, dtype=np.int64)
    if len(options) > 1:
        place = np.floor(design.column(BOUNDARY_COLUMN) * len(options)).astype(np.int64)
        choice = np.minimum(place, len(options) - 1)
    share = np.empty((design.n_draws, len(TIERS)))
    done, before = 0, 0.0
    discs: _Discs | None = None
    for k, option in enumerate(options):
        evaluate: Callable[[IntArray], FloatArray]
        if option.radius_km is not None:
            discs = discs or _Discs.of(loaded, design, lambda part: say(_VIEWS_PART * part))
            before = _VIEWS_PART
            evaluate = partial(discs.share, radius_km=option.radius_km)
        else:
            evaluate = _open(with_streets(loaded, option.pack), design, n_points).share
        mine = np.flatnonzero(choice == k)
        for begin in range(0, len(mine), _CHUNK):
            rows = mine[begin : begin + _CHUNK]
            share[rows] = evaluate(rows)
            done += len(rows)
            say(before + (1.0 - before) * done / design.n_draws)
    return share


_Made = TypeVar("_Made")


def _once(design: Design, make: Callable[[Design], _Made]) -> tuple[_Made, IntArray]:
    """Make something for the rows of a design that differ in what it asks for, each once.

    Returns
    -------
    made
        Of these rows.
    which
        Which of them each row of the design is, shape (D,).
    """
    if not isinstance(design, GivenDesign):
        return make(design), np.arange(design.n_draws)
    some, which = design.distinct(asked_by(make))
    return make(some), which


def _part(inputs: Inputs, rows: IntArray) -> Inputs:
    """Return the inputs of some rows only."""
    if not isinstance(inputs.design, GivenDesign):
        # An ordinary design cannot be split: it is evaluated whole.
        if len(rows) != inputs.design.n_draws:
            msg = f"{len(rows)} rows of an ordinary design of {inputs.design.n_draws} draws"
            raise ValueError(msg)
        return inputs
    if_built = inputs.counts.if_built
    counts = replace(
        inputs.counts,
        installed=inputs.counts.installed[rows],
        planned=inputs.counts.planned[rows],
        if_built=None if if_built is None else if_built[rows],
    )
    return replace(
        inputs,
        design=inputs.design.rows(rows),
        counts=counts,
        cameras=inputs.cameras.rows(rows),
        per_site=inputs.per_site[rows],
    )


# --- streets --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """Sampled street points and the street length that each represents, shape (P,)."""

    point: IntArray
    weight_m: FloatArray


def stratified_sample(stratum: IntArray, length_m: FloatArray, n_points: int) -> Sample:
    """Sample points from each stratum, in proportion to its length, at equal steps.

    Parameters
    ----------
    stratum
        Stratum of each point, shape (P,); those below zero are left out.
    length_m
        Street length of each point in metres, shape (P,).
    n_points
        Size of the sample; each stratum gets at least one point, and at most all it has.

    Notes
    -----
    Proportional allocation and systematic selection within strata (Cochran, Sampling Techniques,
    1977, chapters 5 and 8). The weight of a point is the length of its stratum over the points
    sampled there, so the weights sum to the whole length.
    """
    total = float(length_m[stratum >= 0].sum())
    chosen, weight = [], []
    for s in np.unique(stratum[stratum >= 0]):
        points = np.flatnonzero(stratum == s)
        edges = np.cumsum(length_m[points])
        n = min(len(points), max(1, round(n_points * float(edges[-1]) / total)))
        ticks = (np.arange(n) + 0.5) / n * edges[-1]
        chosen.append(points[np.minimum(np.searchsorted(edges, ticks), len(points) - 1)])
        weight.append(np.full(n, edges[-1] / n))
    return Sample(np.concatenate(chosen).astype(np.int64), np.concatenate(weight))


def strata(scene: Scene, road_class: IntArray) -> IntArray:
    """Return the stratum of each street point: class of road by distance from the centre.

    Parameters
    ----------
    road_class
        Class of each street, shape (S,).

    Returns
    -------
    stratum
        Shape (P,); -1 where the model has no answer.
    """
    points = scene.points
    middle = np.average(points.xy, axis=0, weights=points.length)
    away = np.hypot(*(points.xy - middle).T)
    ends = np.quantile(
        away,
        np.arange(1, _RINGS) / _RINGS,
        weights=points.length,
        method="inverted_cdf",
    )
    ring = np.searchsorted(ends, away)
    stratum = road_class[points.line] * _RINGS + ring
    return np.where(scene.point_known, stratum, -1).astype(np.int64)


@dataclass(frozen=True)
class _Sampled:
    """The sampled streets of one boundary."""

    pack: Pack
    scene: Scene
    reducing: float
    rows: PointRows
    weight: FloatArray
    inputs: Inputs

    def share(self, rows: IntArray) -> FloatArray:
        """Return the expected share of street length at some rows, shape (N, T)."""
        return _on_sample(_part(self.inputs, rows), self)


def _open(loaded: Loaded, design: Design, n_points: int) -> _Sampled:
    from toolkit.assessment import site_plan
    from toolkit.assessment.on_streets import scene_of
    from toolkit.siting import candidates

    brand, values = make_inputs(loaded, Design(1, 0)).brand, loaded.question.assumptions
    cameras, which = _once(design, lambda some: draw_optics(loaded, values, some, brand))
    inputs = make_inputs(loaded, design, cameras=cameras.rows(which))
    pack, scene = scene_of(inputs.loaded)
    classes = candidates.road_classes(pack.streets["highway"].tolist(), inputs.loaded.model)
    sample = stratified_sample(strata(scene, classes), scene.points.length, n_points)
    rows = scene.rows.take(sample.point)
    kinds, view = np.unique(rows.view, return_inverse=True)
    return _Sampled(
        pack=pack,
        scene=scene,
        reducing=site_plan.reducing_of(inputs),
        rows=replace(rows, view=view.astype(np.int16), codes=rows.codes[kinds]),
        weight=sample.weight_m / sample.weight_m.sum(),
        inputs=inputs,
    )


def _on_sample(inputs: Inputs, on: _Sampled) -> FloatArray:
    """Return the expected share of street length inside a boundary, shape (D, T)."""
    from toolkit.assessment import site_plan
    from toolkit.assessment.sums import rows_and_views
    from toolkit.engine import closed_form

    in_scope = site_plan.mapped_share(inputs) * on.scene.n_mapped * on.reducing
    inside = site_plan.share_inside(inputs, on.pack).drawn
    chance = site_plan.chance_of_sites(inputs, on.scene, in_scope, inside)
    rows, views = rows_and_views(inputs, on.scene, on.rows)
    prob = closed_form.closed_form(rows, chance, views)
    return np.asarray(np.einsum("p,ptd->dt", on.weight, prob), dtype=float)


# --- no streets -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Discs:
    """A city of which streets are known by their density alone, and what its sites cover.

    Attributes
    ----------
    inputs
        Evidence of each row. The cameras are not those of the rows: they are in `views`.
    views, view
        Views of a candidate site, shape (bins, T, V), and which of them each row has, shape (D,).
    curve_m, curve
        The same of the street in view of a site, shape (C, bins) and (D,).
    density, ratio, area_km2, allocation
        Kilometres of street per km2, see `coverage.draw_ratio`, area of the township, and how far
        cameras are in the centre rather than all over it; shape (D,).
    """

    inputs: Inputs
    views: Float32Array
    view: IntArray
    curve_m: FloatArray
    curve: IntArray
    density: FloatArray
    ratio: FloatArray
    area_km2: FloatArray
    allocation: FloatArray

    @classmethod
    def of(cls, loaded: Loaded, design: Design, progress: Progress) -> _Discs:
        """Return the city at the rows of a design."""
        values, known = loaded.question.assumptions, loaded.networks
        one = make_inputs(loaded, Design(1, 0))

        def see(some: Design) -> Float32Array:
            # In the bins of street in view, as the estimate itself.
            table = view_table(
                draw_optics(loaded, values, some, one.brand),
                values.draw("sites.cameras_per_site", some),
                reach_m=values.value("optics.max_range_m"),
                codes=np.array([CANDIDATE]),
                bin_m=VIEW_BIN_M,
            )
            views: Float32Array = table[0]
            return views

        def see_all(rows: Design) -> Float32Array:
            if not isinstance(rows, GivenDesign):
                return see(rows)
            parts: list[Float32Array] = []
            for some in rows.parts(_VIEWS_TOGETHER):
                progress(len(parts) * _VIEWS_TOGETHER / rows.n_draws)
                parts.append(see(some))
            return np.concatenate(parts, axis=-1)

        views, view = _once(design, see_all)
        curve_m, curve = _once(
            design, lambda some: reference_cover.draw_view_curve(known, values, some)
        )
        return cls(
            inputs=make_inputs(loaded, design, cameras=one.cameras),
            views=views,
            view=view,
            curve_m=curve_m,
            curve=curve,
            density=reference_networks.draw_density(known, values, design),
            ratio=coverage.draw_ratio(values, design),
            area_km2=np.pi * values.draw("city.township_radius_km", design) ** 2,
            allocation=values.draw("city.core_allocation", design),
        )

    def share(self, rows: IntArray, radius_km: float) -> FloatArray:
        """Return the expected share of street length in a disc at some rows, shape (N, T).

        The reported cameras are in the disc, or spread over the township, or between the two on the
        log scale, as in `toolkit.assessment.site_plan.share_inside` for streets.
        """
        inputs = self.inputs
        in_disc = np.minimum(np.pi * radius_km**2 / self.area_km2[rows], 1.0)
        inside = in_disc ** (1.0 - self.allocation[rows])
        disc_m = self.density[rows] * np.pi * radius_km**2 * M_PER_KM
        return reference_cover.covered_share(
            self.curve_m[self.curve[rows]],
            self.views[..., self.view[rows]],
            sites_per_m=inputs.n_cameras[rows]
            * inside
            / inputs.per_site[rows]
            / disc_m
            * self.ratio[rows],
            stretch_m=inputs.assumptions.value("sites.stretch_m"),
            bin_m=VIEW_BIN_M,
        )
