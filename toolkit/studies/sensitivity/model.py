"""The model as a function of a design: share of street length by row and tier.

The same stages as an assessment, in the same order: `toolkit.assessment.inputs.make_inputs`,
siting, sight, exposure. Only a stratified sample of street points is evaluated, because a
sensitivity analysis needs tens of thousands of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np

from toolkit.assessment import reference_cover
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.on_city_level import CORE_RADII_KM
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.outcome import M_PER_KM
from toolkit.assessment.question import Loaded
from toolkit.assessment.site_plan import chance_of_sites, mapped_share, reducing_of, share_inside
from toolkit.assessment.sums import rows_and_views
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.record import Record
from toolkit.base.terms import TIERS, Progress
from toolkit.engine import closed_form, pairs_by_point
from toolkit.engine.scene import Scene
from toolkit.engine.views import BIN_M, CANDIDATE, view_table
from toolkit.siting import candidates, coverage
from toolkit.streets import reference_networks
from toolkit.streets.pack import Pack
from toolkit.streets.reference_networks import VIEW_BIN_M
from toolkit.studies.sensitivity.design import BOUNDARY_COLUMN, GivenDesign

SAMPLE_POINTS: Final = 2_000
"""Street points of the stratified sample. On the demonstration's streets the sampled share is
within 3 % of the share over all points."""
MOST_BOUNDARIES: Final = 3
"""Most boundaries compared: each needs lines of sight of its own."""
_RINGS: Final = 3
"""Strata by distance from the centre, of equal street length."""
_CHUNK: Final = 256
"""Rows evaluated at once: their view table fits into the memory of an old laptop."""


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
        Called with the completed share of rows.

    Returns
    -------
    share
        Shape (D, T), averaged over the placement of cameras.
    """
    choice = np.zeros(design.n_draws, dtype=np.int64)
    if len(options) > 1:
        place = np.floor(design.column(BOUNDARY_COLUMN) * len(options)).astype(np.int64)
        choice = np.minimum(place, len(options) - 1)
    share = np.empty((design.n_draws, len(TIERS)))
    done = 0
    drawn: Inputs | None = None
    for k, option in enumerate(options):
        if option.pack is not None or drawn is None:
            drawn = make_inputs(_with_streets(loaded, option.pack), design)
        sampled = None if option.pack is None else _open(drawn, n_points)
        mine = np.flatnonzero(choice == k)
        for begin in range(0, len(mine), _CHUNK):
            rows = mine[begin : begin + _CHUNK]
            part = _part(drawn, rows)
            if sampled is not None:
                share[rows] = _on_sample(part, sampled)
            elif option.radius_km is not None:
                share[rows] = _on_disc(part, option.radius_km)
            done += len(rows)
            if progress is not None:
                progress(done / design.n_draws)
    return share


def _with_streets(loaded: Loaded, pack_id: str | None) -> Loaded:
    """Return the inputs of the same question with other streets of the city."""
    if loaded.manifest is None or loaded.manifest.id == pack_id:
        return loaded
    return replace(loaded.question, pack=pack_id).load()


def _part(inputs: Inputs, rows: IntArray) -> Inputs:
    """Return the inputs of some rows only."""
    if not isinstance(inputs.design, GivenDesign):
        # An ordinary design cannot be split: it is evaluated whole.
        if len(rows) != inputs.design.n_draws:
            msg = f"{len(rows)} rows of an ordinary design of {inputs.design.n_draws} draws"
            raise ValueError(msg)
        return inputs
    # Every array of the cameras has a row for each draw: all must be taken, or these draws would be
    # paired with values of the first ones.
    drawn = {field.name: getattr(inputs.cameras, field.name) for field in fields(inputs.cameras)}
    taken: dict[str, Any] = {
        name: value[rows] for name, value in drawn.items() if isinstance(value, np.ndarray)
    }
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
        cameras=replace(inputs.cameras, **taken),
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
    rows: pairs_by_point.PointRows
    weight: FloatArray


def _open(inputs: Inputs, n_points: int) -> _Sampled:
    pack, scene = scene_of(inputs.loaded)
    classes = candidates.road_classes(pack.streets["highway"].tolist(), inputs.loaded.model)
    sample = stratified_sample(strata(scene, classes), scene.points.length, n_points)
    rows = scene.rows.take(sample.point)
    kinds, view = np.unique(rows.view, return_inverse=True)
    return _Sampled(
        pack=pack,
        scene=scene,
        reducing=reducing_of(inputs),
        rows=replace(rows, view=view.astype(np.int16), codes=rows.codes[kinds]),
        weight=sample.weight_m / sample.weight_m.sum(),
    )


def _on_sample(inputs: Inputs, on: _Sampled) -> FloatArray:
    """Return the expected share of street length inside a boundary, shape (D, T)."""
    in_scope = mapped_share(inputs) * on.scene.n_mapped * on.reducing
    inside = share_inside(inputs, on.pack).drawn
    chance = chance_of_sites(inputs, on.scene, in_scope, inside)
    rows, views = rows_and_views(inputs, on.scene, on.rows)
    prob = closed_form.closed_form(rows, chance, views)
    return np.asarray(np.einsum("p,ptd->dt", on.weight, prob), dtype=float)


# --- no streets -----------------------------------------------------------------------------


def _on_disc(inputs: Inputs, radius_km: float) -> FloatArray:
    """Return the expected share of street length in a disc around the centre, shape (D, T).

    The reported cameras are in the disc, or spread over the township, or between the two on the log
    scale, as in `toolkit.assessment.site_plan.share_inside` for streets.
    """
    design, values = inputs.design, inputs.assumptions
    known = inputs.loaded.networks
    # In the bins of street in view, as the estimate itself.
    (views,) = view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=values.value("optics.max_range_m"),
        codes=np.array([CANDIDATE]),
        bin_m=VIEW_BIN_M,
    )
    area = np.pi * values.draw("city.township_radius_km", design) ** 2
    in_disc = np.minimum(np.pi * radius_km**2 / area, 1.0)
    inside = in_disc ** (1.0 - values.draw("city.core_allocation", design))
    disc_m = (
        reference_networks.draw_density(known, values, design) * np.pi * radius_km**2 * M_PER_KM
    )
    return reference_cover.covered_share(
        reference_cover.draw_view_curve(known, values, design),
        np.repeat(views, round(VIEW_BIN_M / BIN_M), axis=0),
        sites_per_m=inputs.n_cameras
        * inside
        / inputs.per_site
        / disc_m
        * coverage.draw_ratio(values, design),
        stretch_m=values.value("sites.stretch_m"),
    )
