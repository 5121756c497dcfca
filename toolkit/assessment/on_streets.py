"""The basis of an assessment where streets are installed: siting, sight, exposure."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache, partial
from typing import Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.layers import Layers, LazyLayers, StreetDetail
from toolkit.assessment.model import Case, SamplePart, Shares, TierPart, Total
from toolkit.assessment.outcome import M2_PER_KM2, M_PER_KM, Outcome, ring, switch
from toolkit.assessment.question import SCENE_VALUES, Loaded
from toolkit.assessment.site_plan import SitePlan, plan_sites, systematic
from toolkit.assessment.sums import Sums, add_up, add_up_totals
from toolkit.base.arrays import Float32Array, IntArray
from toolkit.base.draws import Design
from toolkit.base.lru_cache import LruCache
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Progress, Tier, exposure_class
from toolkit.engine import cells, closed_form, site_chance, zones
from toolkit.engine import sample as street_sample
from toolkit.engine.sample import StreetSample
from toolkit.engine.scene import Frame, Scene, build_scene, pack_sites
from toolkit.engine.views import view_table
from toolkit.optics.camera_draws import threshold_px_m
from toolkit.streets.pack import Pack

scenes: Final[LruCache[Scene]] = LruCache(2)
samples: Final[LruCache[StreetSample]] = LruCache(2)


def scene_of(loaded: Loaded) -> tuple[Pack, Scene]:
    """Return the streets of a question and their scene; the last two scenes are kept.

    Raises
    ------
    NotFoundError
        If no streets are installed.
    """
    pack, mapped = loaded.streets()
    values = loaded.question.assumptions
    given = {name: values.value(key) for name, key in SCENE_VALUES.items()}
    return pack, scenes.get(
        loaded.key("scene"), lambda: build_scene(pack, loaded.model, mapped=mapped, **given)
    )


def _sample_of(loaded: Loaded, pack: Pack, scene: Scene, n_points: int) -> StreetSample:
    return samples.get(
        loaded.key("sample"),
        lambda: street_sample.draw_sample(
            pack,
            scene,
            loaded.model,
            n_points,
            district_m=loaded.question.assumptions.value("sites.district_m"),
            design=Design(1, loaded.question.seed),
        ),
    )


def on_streets(inputs: Inputs) -> Outcome:
    """Run siting, sight and exposure on the installed streets.

    Raises
    ------
    ValueError
        If the sample has no points.
    """
    pack, scene = scene_of(inputs.loaded)
    sample_points = inputs.question.sample_points
    plan = plan_sites(inputs, pack, scene)
    n_known = int(np.count_nonzero(scene.point_known))
    if sample_points is None or sample_points >= n_known:
        sums, summary = add_up(inputs, scene, plan, plan.sample)
        layers = LazyLayers(
            lambda _: _layers(
                pack, scene, summary, _detail(inputs, pack, scene, plan, sums, summary)
            )
        )
        return outcome_of(inputs, pack, scene, plan, sums, layers=layers)
    if sample_points < 1:
        msg = f"A sample of {sample_points} street points is none. Ask for at least one."
        raise ValueError(msg)
    sample = _sample_of(inputs.loaded, pack, scene, sample_points)
    sums = add_up_totals(inputs, sample.scene, plan, systematic(len(sample.point)))

    def make(progress: Progress) -> Layers:
        summary = _summary_of_all(inputs, scene, plan, progress)
        return _layers(pack, scene, summary, _detail(inputs, pack, scene, plan, sums, summary))

    outcome = outcome_of(inputs, pack, scene, plan, sums, layers=LazyLayers(make))
    shares = [tier.share_of_length.realised.mid or 0.0 for tier in outcome.tiers.values()]
    error = max(street_sample.error_share(s, sample_points, n_known) for s in shares)
    return replace(
        outcome,
        sample=SamplePart(points=sample_points, of=n_known, error_share=float(f"{error:.2g}")),
    )


def _detail(
    inputs: Inputs,
    pack: Pack,
    scene: Scene,
    plan: SitePlan,
    sums: Sums,
    summary: closed_form.PointSummary,
) -> StreetDetail:
    """Put together what is behind the layers."""
    return StreetDetail(
        by_street=summary.group_mean,
        ground_km2=scene.ground_m2 / M2_PER_KM2,
        effective_cameras=sums.without_overlap(sums.expected_m),
        cells=partial(_cells, inputs, scene, plan.chance, pack.manifest.crs),
        mapped=pack.cameras,
        sites=partial(pack_sites, pack, inputs.loaded.model),
    )


def _summary_of_all(
    inputs: Inputs, scene: Scene, plan: SitePlan, progress: Progress
) -> closed_form.PointSummary:
    """Return what is shown of each point, worked out some streets at a time."""
    rows = scene.rows.seen_by(inputs.cameras.height_m)
    views = view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=scene.lines_of_sight.reach_m,
        codes=rows.codes,
    )
    line, length = scene.points.line, scene.points.length
    begin = np.flatnonzero(np.diff(line, prepend=-1))
    # Whole streets: the first that begins at or after each multiple of a part.
    wanted = np.arange(_POINTS_AT_A_TIME, len(line), _POINTS_AT_A_TIME)
    cuts = np.unique([0, *np.append(begin, len(line))[np.searchsorted(begin, wanted)], len(line)])
    parts: list[closed_form.PointSummary] = []
    group_mean = np.full((len(scene.lines), len(TIERS), inputs.design.n_draws), np.nan, np.float32)
    for a, b in itertools.pairwise(cuts):
        progress(a / len(line))
        first, last = rows.start[a], rows.start[b]
        streets, street = np.unique(line[a:b], return_inverse=True)
        part = closed_form.summarise(
            replace(
                rows,
                start=rows.start[a : b + 1] - first,
                site=rows.site[first:last],
                bin=rows.bin[first:last],
                view=rows.view[first:last],
            ),
            plan.chance,
            views,
            length[a:b],
            street,
            len(streets),
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


_POINTS_AT_A_TIME: Final = 20_000
"""Points worked out between two words on progress: about a second on an old laptop."""


def outcome_of(
    inputs: Inputs,
    pack: Pack,
    frame: Frame,
    plan: SitePlan,
    sums: Sums,
    *,
    layers: LazyLayers | None,
) -> Outcome:
    """Put the figures of a city together from the sums over its points."""
    values, in_scope = inputs.assumptions, plan.in_scope
    total_m, known_m = plan.total_m, plan.known_m
    expected, realised = sums.expected_m / known_m, sums.realised_m / known_m
    everything = sums.everything_m / sums.sample_m
    cases = {a: case_m / sums.sample_m for a, case_m in sums.cases_m.items()}
    area_km2 = frame.ground_m2 / M2_PER_KM2
    apart_expected = sums.without_overlap(sums.expected_m)
    apart_realised = sums.without_overlap(sums.realised_m)
    able = inputs.cameras.able_share()
    tiers: dict[Tier, TierPart] = {}
    for t, tier in enumerate(TIERS):
        tiers[tier] = TierPart(
            threshold_px_m=threshold_px_m(tier, values),
            ring_m=ring(inputs.cameras, t),
            cameras_able=Quantity.from_draws(plan.n_cameras * able[:, t], "cameras"),
            length_km=Quantity.from_amounts(realised[:, t] * known_m / M_PER_KM, "km"),
            share_of_length=Shares(
                expected=Quantity.from_amounts(expected[:, t], "share"),
                realised=Quantity.from_amounts(realised[:, t], "share"),
                everything_on=Quantity.from_amounts(everything[:, t], "share"),
            ),
            area_km2=Total(
                expected=Quantity.from_amounts(expected[:, t] * area_km2, "km2"),
                realised=Quantity.from_amounts(realised[:, t] * area_km2, "km2"),
            ),
            effective_cameras=Total(
                expected=Quantity.from_amounts(apart_expected[:, t], "cameras"),
                realised=Quantity.from_amounts(apart_realised[:, t], "cameras"),
            ),
            switched_on=switch(inputs, tier),
            unknown_share=float(f"{1 - known_m / total_m:.6g}"),
            cases=tuple(
                Case(
                    id=allocation,
                    radius_km=None,
                    allocation=allocation,
                    length_km=Quantity.exactly(known_m / M_PER_KM, "km"),
                    share_of_length=Quantity.from_amounts(share[:, t], "share"),
                )
                for allocation, share in cases.items()
            ),
        )
    counts = pack.manifest.counts
    missing = [
        name
        for name, lacks in (
            ("no_buildings", pack.buildings.empty),
            ("no_places", pack.places.empty),
            ("no_signals", bool(counts.get("missing_signals"))),
            ("no_classes", bool(counts.get("missing_classes"))),
            ("no_bridges", bool(counts.get("missing_bridges"))),
        )
        if lacks
    ]
    warnings = ["reach_truncated"]
    if cases:
        warnings.append("area_not_stated")
    if plan.reducing < 1:
        warnings.append("mapped_left_out")
    if float(in_scope.max(initial=0.0)) > float(np.quantile(inputs.n_cameras, 0.05)):
        warnings.append("more_mapped_than_reported")
    return Outcome(
        boundary=pack.manifest.boundary,
        tiers=tiers,
        missing=tuple(missing),
        warnings=tuple(warnings),
        mapped=frame.n_mapped,
        mapped_in_scope=in_scope,
        expected_km=expected * known_m / M_PER_KM,
        realised_km=realised * known_m / M_PER_KM,
        counted_km=known_m / M_PER_KM,
        inside_share=plan.inside_share,
        pack=pack,
        make_layers=layers,
    )


def street_figures(
    pack: Pack,
    which: IntArray | slice,
    group_mean: Float32Array,
    street_known: NDArray[np.bool_],
) -> gpd.GeoDataFrame:
    """Put the figures of some streets of a pack beside their geometry; see `results.Layers`.

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
    columns = ["street_id", "name", "name_en", "name_my", "highway", "length_m", "geometry"]
    streets = pack.streets[columns].iloc[which].copy()
    for t, tier in enumerate(TIERS):
        per_draw = np.where(street_known[:, None], group_mean[:, t, :], np.nan)
        low, high = np.quantile(per_draw, (0.05, 0.95), axis=1)
        mid = per_draw.mean(axis=1)
        high = np.maximum(mid, high)
        streets[f"{tier}_low"], streets[f"{tier}_mid"], streets[f"{tier}_high"] = low, mid, high
        streets[f"{tier}_class"] = [exposure_class(a, b) for a, b in zip(low, high, strict=True)]
    return streets


def _cells(
    inputs: Inputs, scene: Scene, chance: site_chance.SiteChance, crs: str, size_m: float
) -> gpd.GeoDataFrame:
    """Return the exposure by cell; the table of views is made again, since it is large to keep."""
    rows = scene.rows.seen_by(inputs.cameras.height_m)
    views = view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=scene.lines_of_sight.reach_m,
        codes=rows.codes,
    )
    return cells.cell_frame(
        scene.points, scene.point_known, rows, chance, views, crs=crs, size_m=size_m
    )


def _layers(
    pack: Pack, scene: Scene, summary: closed_form.PointSummary, detail: StreetDetail
) -> Layers:
    """Put the figures of streets and zones beside their geometry."""
    streets = street_figures(pack, slice(None), summary.group_mean, scene.street_known)
    crs = pack.manifest.crs

    @cache
    def polygons(tier: Tier) -> gpd.GeoDataFrame:
        t = TIERS.index(tier)
        classes = zones.point_classes(summary.low[:, t], summary.high[:, t], scene.point_known)
        return zones.zone_polygons(scene.points, classes, crs)

    cameras = pack.cameras[["osm_id", "kind", "geometry"]].rename(columns={"osm_id": "source_id"})
    return Layers(
        streets=streets,
        zones=polygons,
        cameras=cameras,
        boundary=pack.boundary,
        buildings=pack.buildings[["geometry"]],
        attribution=pack.manifest.attribution,
        detail=detail,
    )
