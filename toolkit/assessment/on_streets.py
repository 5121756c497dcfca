"""Assessment on installed streets: siting, sight, exposure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from toolkit.assessment.conditional import if_counts, short_tiers
from toolkit.assessment.inputs import Inputs
from toolkit.assessment.layers import STREET_COLUMNS, Ground, Layers, LazyLayers, StreetDetail
from toolkit.assessment.model import (
    Case,
    IfWhere,
    SamplePart,
    Shares,
    ShortTier,
    TierPart,
    Total,
)
from toolkit.assessment.outcome import M2_PER_KM2, M_PER_KM, Outcome, no_trip, ring, switch
from toolkit.assessment.question import SCENE_VALUES, Loaded
from toolkit.assessment.site_plan import SitePlan, plan_sites, systematic
from toolkit.assessment.street_captures import StreetCaptures, street_captures
from toolkit.assessment.sums import Sums, add_up, add_up_totals, rows_and_views
from toolkit.assessment.trips import Placing, capture_points, place_all, with_trips
from toolkit.base import collector
from toolkit.base.arrays import Float32Array, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.lru_cache import LruCache
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import (
    EXPOSURE_CLASSES,
    TIERS,
    Allocation,
    Progress,
    Tier,
    exposure_class,
    part_of,
)
from toolkit.engine import cells, closed_form, zones
from toolkit.engine.pairs_by_point import PointRows
from toolkit.engine.sample import StreetSample, draw_sample, error_share
from toolkit.engine.scene import Scene, SceneGeometry, build_scene, pack_sites
from toolkit.optics.camera_draws import threshold_px_m
from toolkit.siting import coverage
from toolkit.streets.map_data import PER_JUNCTIONS, Area, MapData, map_data, reference_range
from toolkit.streets.pack import Pack

_POINTS_PER_PART: Final = 20_000
"""Points summarised between two reports of progress: about a second on an old laptop."""

scenes: Final[LruCache[Scene]] = LruCache(2, wait=True)
samples: Final[LruCache[StreetSample]] = LruCache(2, wait=True)
"""The last scenes and samples. A thread may wait for another one here, since none that holds a turn
asks for the same again, and loops in worker threads ask for none."""
_MOST_KEPT_MB: Final = 64.0
"""Size up to which the exposure of each street per draw is kept with an answer: that of 16,000
streets."""
_MB: Final = 1e6
_measured: Final[LruCache[MapData]] = LruCache(4)
"""How completely the last packs are mapped, by their hash."""


_SCENE_SHARE: Final = 0.55
"""Share of the work after which the scene is there, in a first answer about a large city."""
_TOTALS_SHARE: Final = 0.75
"""The same of totals; what is left are trips."""


def scene_of(loaded: Loaded, progress: Progress = lambda _: None) -> tuple[Pack, Scene]:
    """Return the streets of a question and their scene; the last two are kept.

    `progress` is called with the share of the scene that is done.

    Raises
    ------
    NotFoundError
        If no streets are installed.
    """
    pack, _ = loaded.streets()
    mapped, values = loaded.counted_cameras(), loaded.question.assumptions
    given = {name: values.value(key) for name, key in SCENE_VALUES.items()}
    return pack, scenes.get(
        loaded.key("scene"),
        lambda: build_scene(pack, loaded.model, mapped=mapped, progress=progress, **given),
    )


def points_of(loaded: Loaded) -> tuple[Pack, Scene, Scene]:
    """Return the streets of a question, their scene, and the points on which totals are taken.

    Raises as `scene_of`.
    """
    pack, scene = scene_of(loaded)
    asked = loaded.question.sample_points
    if asked is None or asked >= np.count_nonzero(scene.point_known):
        return pack, scene, scene
    return pack, scene, _sample_of(loaded, pack, scene, asked).scene


def _sample_of(loaded: Loaded, pack: Pack, scene: Scene, n_points: int) -> StreetSample:
    return samples.get(
        loaded.key("sample"),
        lambda: draw_sample(
            pack,
            scene,
            loaded.model,
            n_points,
            district_m=loaded.question.assumptions.value("sites.district_m"),
            design=Design(1, loaded.question.seed),
        ),
    )


@collector.paused()
def on_streets(inputs: Inputs, progress: Progress = lambda _: None) -> Outcome:
    """Run siting, sight and exposure on the installed streets.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    progress
        Called with the share of the work that is done.

    Raises
    ------
    ValueError
        If the sample has no points.
    """
    pack, scene = scene_of(inputs.loaded, part_of(progress, 0.0, _SCENE_SHARE))
    progress(_SCENE_SHARE)
    n_asked = inputs.question.sample_points
    plan = plan_sites(inputs, pack, scene)
    placing = place_all(inputs, scene, plan.chance)
    trips_progress = part_of(progress, _TOTALS_SHARE, 1.0)
    n_known = int(np.count_nonzero(scene.point_known))
    if n_asked is None or n_asked >= n_known:
        sums, summary = add_up(inputs, scene, plan, plan.sample, placing[0])
        layers = LazyLayers(
            lambda _: _layers(inputs, pack, scene, plan, summary, lambda: _effective(sums))
        )
        outcome = outcome_of(inputs, pack, scene, plan, sums, layers=layers, placing=placing)
        progress(_TOTALS_SHARE)
        return with_trips(inputs, outcome, pack, scene, plan, placing, trips_progress)
    if n_asked < 1:
        msg = f"A sample of {n_asked} street points is none. Ask for at least one."
        raise ValueError(msg)
    sample = _sample_of(inputs.loaded, pack, scene, n_asked)
    sums = add_up_totals(inputs, sample.scene, plan, systematic(len(sample.point)), placing[0])

    def make(progress: Progress) -> Layers:
        summary = _summary_of_all(inputs, scene, plan, progress)
        return _layers(inputs, pack, scene, plan, summary, lambda: _effective(sums))

    layers = LazyLayers(make)
    outcome = outcome_of(inputs, pack, scene, plan, sums, layers=layers, placing=placing)
    shares = [tier.share_of_length.realised.mid or 0.0 for tier in outcome.tiers.values()]
    error = max(error_share(s, n_asked, n_known) for s in shares)
    part = SamplePart(points=n_asked, of=n_known, error_share=float(f"{error:.2g}"))
    progress(_TOTALS_SHARE)
    outcome = replace(outcome, sample=part)
    return with_trips(inputs, outcome, pack, scene, plan, placing, trips_progress)


@collector.paused()
def layers_on_streets(inputs: Inputs) -> Outcome:
    """Return what `on_streets` returns without figures: layers, and what is said of them.

    Trips, cases and the placement of cameras, which no layer shows, are not computed.
    """
    pack, scene = scene_of(inputs.loaded)
    plan = plan_sites(inputs, pack, scene)
    # Streets and cells need the same views; they are kept, since an export is soon written.
    seen = cache(partial(rows_and_views, inputs, scene))

    def effective() -> FloatArray:
        return _effective(add_up(inputs, scene, plan, plan.sample)[0])

    def make(progress: Progress) -> Layers:
        summary = _summary_of_all(inputs, scene, plan, progress, seen)
        return _layers(inputs, pack, scene, plan, summary, effective, seen)

    return _without_figures(inputs, pack, scene, plan, LazyLayers(make))


def _effective(sums: Sums) -> FloatArray:
    return sums.without_overlap(sums.expected_m)


def _summary_of_all(
    inputs: Inputs,
    scene: Scene,
    plan: SitePlan,
    progress: Progress,
    seen: Callable[[], tuple[PointRows, Float32Array]] | None = None,
) -> closed_form.PointSummary:
    """Summarise all points, some whole streets at a time.

    `seen` returns what `rows_and_views` does, if it is kept.
    """
    rows, views = rows_and_views(inputs, scene) if seen is None else seen()
    line, length = scene.points.line, scene.points.length
    begin = np.flatnonzero(np.diff(line, prepend=-1))
    # Whole streets: each part ends with the first street that begins at or after its multiple.
    wanted = np.arange(_POINTS_PER_PART, len(line), _POINTS_PER_PART)
    cuts = np.unique([0, *np.append(begin, len(line))[np.searchsorted(begin, wanted)], len(line)])
    parts: list[closed_form.PointSummary] = []
    group_mean = np.full((len(scene.lines), len(TIERS), inputs.design.n_draws), np.nan, np.float32)
    for a, b in itertools.pairwise(cuts):
        progress(a / len(line))
        streets, street = np.unique(line[a:b], return_inverse=True)
        part = closed_form.summarise(
            rows.take(np.arange(a, b)), plan.chance, views, length[a:b], street, len(streets)
        )
        group_mean[streets] = part.group_mean
        parts.append(part)
    progress(1.0)
    return closed_form.PointSummary(
        low=np.concatenate([part.low for part in parts]),
        mid=np.concatenate([part.mid for part in parts]),
        high=np.concatenate([part.high for part in parts]),
        group_mean=group_mean,
    )


def outcome_of(
    inputs: Inputs,
    pack: Pack,
    geometry: SceneGeometry,
    plan: SitePlan,
    sums: Sums,
    *,
    layers: LazyLayers | None,
    placing: Placing | None = None,
) -> Outcome:
    """Return the figures of a city from the sums over its points.

    `placing` is what `place_all` returns for them, if it is at hand.
    """
    known_m, in_scope = plan.known_m, plan.in_scope
    able = inputs.cameras.able_share()

    points = capture_points(inputs, placing or place_all(inputs, geometry, plan.chance))

    def short(n_cameras: FloatArray, covered_m: FloatArray) -> dict[Tier, ShortTier]:
        share = covered_m / sums.sample_m
        return short_tiers(n_cameras[:, None] * able, share * known_m / M_PER_KM, share)

    def if_over(case: Allocation) -> IfWhere | None:
        if case not in sums.cases_m:
            return None
        street_km = Quantity.exactly(known_m / M_PER_KM, "km")
        n_here = np.maximum(inputs.n_cameras * plan.inside_cases[case], in_scope)
        tiers = short(n_here, sums.cases_m[case])
        return IfWhere(radius_km=None, street_km=street_km, tiers=tiers)

    return replace(
        _without_figures(inputs, pack, geometry, plan, layers),
        if_count=if_counts(
            {
                n: short(np.maximum(n * plan.inside_share, in_scope), covered_m)
                for n, covered_m in sums.if_count_m.items()
            }
        ),
        if_centre=if_over("core"),
        if_spread=if_over("township"),
        tiers={tier: _tier_part(inputs, geometry, plan, sums, points, tier) for tier in TIERS},
        expected_km=sums.expected_m / known_m * known_m / M_PER_KM,
        realised_km=sums.realised_m / known_m * known_m / M_PER_KM,
    )


def _without_figures(
    inputs: Inputs,
    pack: Pack,
    geometry: SceneGeometry,
    plan: SitePlan,
    layers: LazyLayers | None,
) -> Outcome:
    """Return what is said of a city besides the figures of tiers and trips."""
    in_scope, counts = plan.in_scope, pack.manifest.counts
    lacks = {
        "no_buildings": pack.buildings.empty,
        "no_places": pack.places.empty,
        "no_signals": counts.get("missing_signals"),
        "no_classes": counts.get("missing_classes"),
        "no_bridges": counts.get("missing_bridges"),
    }
    lacking = [note for note, missing in lacks.items() if missing]
    completeness = _measured.get(pack.sha256, lambda: map_data(pack))
    few = _few(completeness, inputs.loaded.map_reference, lacking)
    n_groups = np.count_nonzero(geometry.group_free)
    n_sites = (plan.n_cameras - in_scope) / inputs.per_site
    most_sites = np.quantile(
        n_sites * coverage.draw_ratio(inputs.assumptions, inputs.design), INTERVAL[2]
    )
    fewest_reported = np.quantile(inputs.n_cameras, INTERVAL[0])
    applies = {
        "reach_truncated": True,
        "area_not_stated": plan.cases,
        "mapped_left_out": plan.reducing < 1,
        "saturated": most_sites >= n_groups,
        "mapped_private": len(inputs.loaded.counted_cameras()) < len(inputs.loaded.streets()[1]),
        "more_mapped_than_reported": in_scope.max(initial=0.0) > fewest_reported,
    }
    return Outcome(
        boundary=pack.manifest.boundary,
        tiers={},
        missing=(*lacking, *few),
        note_values=few,
        warnings=tuple(note for note, holds in applies.items() if holds),
        mapped=geometry.n_mapped,
        mapped_in_scope=in_scope,
        expected_km=np.empty((inputs.design.n_draws, 0)),
        realised_km=np.empty((inputs.design.n_draws, 0)),
        counted_km=plan.known_m / M_PER_KM,
        inside_share=plan.inside_share,
        pack=pack,
        make_layers=layers,
    )


def _few(
    found: MapData, areas: Sequence[Area], missing: Sequence[str]
) -> dict[str, dict[str, float]]:
    """Return the notes on layers that are mapped less completely than in any reference area.

    Each with the share that is mapped, and the range of the reference areas.
    """
    lights = found.lights_per_100_junctions
    shares = {
        "few_buildings": ("no_buildings", "buildings_near", found.buildings_near, 1.0),
        "few_signals": ("no_signals", "lights_per_100_junctions", lights, PER_JUNCTIONS),
        "few_classes": ("no_classes", "classes_known", found.classes_known, 1.0),
    }
    notes_of: dict[str, dict[str, float]] = {}
    for note, (if_none, field, value, whole) in shares.items():
        low, high = reference_range(areas, field)
        if if_none not in missing and value is not None and round(value, 3) < low:
            notes_of[note] = {"share": value / whole, "low": low / whole, "high": high / whole}
    return notes_of


def _tier_part(
    inputs: Inputs,
    geometry: SceneGeometry,
    plan: SitePlan,
    sums: Sums,
    points: FloatArray,
    tier: Tier,
) -> TierPart:
    """Return all figures of one tier; `points` are capture points, shape (D, T)."""
    t, known_m = TIERS.index(tier), plan.known_m
    able = inputs.cameras.able_share()[:, t]
    expected, realised = (m[:, t] / known_m for m in (sums.expected_m, sums.realised_m))
    area_km2 = geometry.ground_m2 / M2_PER_KM2
    return TierPart(
        threshold_px_m=threshold_px_m(tier, inputs.assumptions),
        ring_m=ring(inputs.cameras, t),
        trip=no_trip(tier),
        capture_points=Quantity.from_amounts(points[:, t], "sites"),
        cameras_able=Quantity.from_draws(plan.n_cameras * able, "cameras"),
        length_km=Quantity.from_amounts(realised * known_m / M_PER_KM, "km"),
        share_of_length=Shares(
            expected=Quantity.from_amounts(expected, "share"),
            realised=Quantity.from_amounts(realised, "share"),
            everything_on=Quantity.from_amounts(sums.everything_m[:, t] / sums.sample_m, "share"),
        ),
        area_km2=Total(
            expected=Quantity.from_amounts(expected * area_km2, "km2"),
            realised=Quantity.from_amounts(realised * area_km2, "km2"),
        ),
        effective_cameras=Total(
            expected=Quantity.from_amounts(sums.without_overlap(sums.expected_m)[:, t], "cameras"),
            realised=Quantity.from_amounts(sums.without_overlap(sums.realised_m)[:, t], "cameras"),
        ),
        switched_on=switch(inputs, tier),
        unknown_share=float(f"{1 - known_m / plan.total_m:.6g}"),
        cases=tuple(
            Case(
                id=allocation,
                radius_km=None,
                allocation=allocation,
                length_km=Quantity.exactly(known_m / M_PER_KM, "km"),
                share_of_length=Quantity.from_amounts(case_m[:, t] / sums.sample_m, "share"),
            )
            for allocation, case_m in sums.cases_m.items()
        ),
    )


def street_figures(
    pack: Pack,
    which: IntArray | slice,
    group_mean: Float32Array,
    street_known: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    """Return some streets of a pack with their figures; columns as `Layers.streets`.

    Parameters
    ----------
    pack
        The city.
    which
        Rows of the streets.
    group_mean
        Exposure of each of these streets per draw, shape (S, T, D).
    street_known
        Whether the model has an answer on it, shape (S,).
    """
    streets = pack.streets[[*STREET_COLUMNS]].iloc[which].copy()
    for t, tier in enumerate(TIERS):
        per_draw = np.where(street_known[:, None], group_mean[:, t, :], np.nan)
        low, high = np.quantile(per_draw, (INTERVAL[0], INTERVAL[2]), axis=1)
        mid = per_draw.mean(axis=1)
        high = np.maximum(mid, high)
        streets[f"{tier}_low"], streets[f"{tier}_mid"], streets[f"{tier}_high"] = low, mid, high
        streets[f"{tier}_class"] = [exposure_class(a, b) for a, b in zip(low, high, strict=True)]
    return streets


def _layers(
    inputs: Inputs,
    pack: Pack,
    scene: Scene,
    plan: SitePlan,
    summary: closed_form.PointSummary,
    effective: Callable[[], FloatArray],
    seen: Callable[[], tuple[PointRows, Float32Array]] | None = None,
) -> Layers:
    """Return the layers, with the figures of streets and zones next to their geometry.

    `effective` returns `StreetDetail.effective_cameras`; `seen` as for `_summary_of_all`.
    """
    crs = pack.manifest.crs
    # A large city has hundreds of thousands of points, and hundreds of draws of each street: of
    # neither more is kept than a map shows.
    classes = {
        tier: pd.Categorical(
            zones.point_classes(summary.low[:, t], summary.high[:, t], scene.point_known),
            EXPOSURE_CLASSES,
        )
        for t, tier in enumerate(TIERS)
    }
    small = summary.group_mean.nbytes <= _MOST_KEPT_MB * _MB
    kept = summary.group_mean if small else None

    def exposure() -> Float32Array:
        if kept is not None:
            return kept
        return _summary_of_all(inputs, scene, plan, lambda _: None).group_mean

    @cache
    def polygons(tier: Tier) -> gpd.GeoDataFrame:
        return zones.zone_polygons(scene.points, np.asarray(classes[tier], str), crs)

    def in_cells(size_m: float) -> gpd.GeoDataFrame:
        # Mostly the view table is made again, since it is large to keep.
        rows, views = rows_and_views(inputs, scene) if seen is None else seen()
        return cells.cell_frame(
            scene.points, scene.point_known, rows, plan.chance, views, crs=crs, size_m=size_m
        )

    @cache
    def captures() -> StreetCaptures:
        return street_captures(inputs, pack, scene, plan.chance)

    ground = Ground.of_pack(pack)
    streets = street_figures(pack, slice(None), summary.group_mean, scene.street_known)
    return Layers(
        **{**vars(ground), "streets": streets},
        zones=polygons,
        detail=StreetDetail(
            exposure=exposure,
            ground_km2=scene.ground_m2 / M2_PER_KM2,
            without_overlap=effective,
            cells=in_cells,
            sites=partial(pack_sites, pack, inputs.loaded.model),
        ),
        captures=captures,
    )
