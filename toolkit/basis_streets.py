"""The basis of an assessment where streets are installed: siting, sight, exposure."""

from __future__ import annotations

from functools import cache, lru_cache, partial

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from toolkit import cells, exposure, siting, zones
from toolkit.basis import M2_PER_KM2, M_PER_KM, Inputs, Outcome, ring, switch
from toolkit.basis_sums import SitePlan, Sums, add_up, plan_sites
from toolkit.cameras import cameras_sha256
from toolkit.draws import FloatArray
from toolkit.optics import threshold_px_m
from toolkit.results import (
    TIERS,
    Case,
    Layers,
    Quantity,
    Shares,
    StreetDetail,
    Tier,
    TierPart,
    Total,
    exposure_class,
)
from toolkit.scene import Frame, IntArray, Scene, build_scene, pack_sites
from toolkit.streets import Pack, open_pack, pack_sha256


@lru_cache(maxsize=2)
def _open_scene(  # noqa: PLR0913, PLR0917
    pack_id: str,
    pack_sha256: str,
    siting_sha256: str,
    stretch_m: float,
    reach_m: float,
    level_height_m: float,
    district_m: float,
    person_height_m: float,
    field_notes_sha256: str | None,
) -> tuple[Pack, Scene]:
    """Open a city once and keep the last two; the arguments are all that a scene depends on."""
    del pack_sha256, siting_sha256, field_notes_sha256  # part of the key only
    pack = open_pack(pack_id)
    scene = build_scene(
        pack,
        siting.load_siting(),
        stretch_m=stretch_m,
        reach_m=reach_m,
        level_height_m=level_height_m,
        district_m=district_m,
        person_height_m=person_height_m,
    )
    return pack, scene


def scene_of(inputs: Inputs, pack_id: str) -> tuple[Pack, Scene]:
    """Return the streets of a pack and its scene, built once per city."""
    values = inputs.assumptions
    return _open_scene(
        pack_id,
        pack_sha256(pack_id),
        inputs.model.sha256,
        values.value("sites.stretch_m"),
        values.value("optics.max_range_m"),
        values.value("sites.level_height_m"),
        values.value("sites.district_m"),
        values.value("optics.person_height_m"),
        cameras_sha256(inputs.city.id),
    )


def on_streets(inputs: Inputs, pack_id: str) -> Outcome:
    """Run siting, sight and exposure on the streets of a pack."""
    pack, scene = scene_of(inputs, pack_id)
    plan = plan_sites(inputs, pack, scene)
    sums, summary = add_up(inputs, scene, plan, plan.sample)
    detail = StreetDetail(
        by_street=summary.group_mean,
        ground_km2=scene.ground_m2 / M2_PER_KM2,
        alone_km=sums.one_m / M_PER_KM,
        cells=partial(_cells, inputs, scene, plan.chance, pack.manifest.crs),
        mapped=pack.cameras,
        sites=partial(pack_sites, pack, inputs.model),
    )
    layers = _layers(pack, scene, summary, detail)
    return outcome_of(inputs, pack, scene, plan, sums, layers=layers)


def outcome_of(
    inputs: Inputs,
    pack: Pack,
    frame: Frame,
    plan: SitePlan,
    sums: Sums,
    *,
    layers: Layers | None,
) -> Outcome:
    """Put the figures of a city together from the sums over its points."""
    values, in_scope = inputs.assumptions, plan.in_scope
    total_m, known_m = plan.total_m, plan.known_m
    expected, realised = sums.expected_m / known_m, sums.realised_m / known_m
    everything = sums.everything_m / sums.sample_m
    cases = {a: case_m / sums.sample_m for a, case_m in sums.cases_m.items()}
    area_km2 = frame.ground_m2 / M2_PER_KM2
    one_m = sums.one_m
    able = inputs.cameras.able_share()
    tiers: dict[Tier, TierPart] = {}
    for t, tier in enumerate(TIERS):
        tiers[tier] = TierPart(
            threshold_px_m=threshold_px_m(tier, values),
            ring_m=ring(inputs.cameras, t),
            cameras_able=Quantity.from_draws(plan.n_cameras * able[:, t], "cameras"),
            length_km=Quantity.from_draws(realised[:, t] * known_m / M_PER_KM, "km"),
            share_of_length=Shares(
                expected=Quantity.from_draws(expected[:, t], "share"),
                realised=Quantity.from_draws(realised[:, t], "share"),
                everything_on=Quantity.from_draws(everything[:, t], "share"),
            ),
            area_km2=Total(
                expected=Quantity.from_draws(expected[:, t] * area_km2, "km2"),
                realised=Quantity.from_draws(realised[:, t] * area_km2, "km2"),
            ),
            effective_cameras=Total(
                expected=Quantity.from_draws(
                    _over(expected[:, t] * known_m, one_m[:, t]), "cameras"
                ),
                realised=Quantity.from_draws(
                    _over(realised[:, t] * known_m, one_m[:, t]), "cameras"
                ),
            ),
            switched_on=switch(inputs, tier),
            unknown_share=float(f"{1 - known_m / total_m:.6g}"),
            cases=tuple(
                Case(
                    id=allocation,
                    radius_km=None,
                    allocation=allocation,
                    length_km=Quantity.exactly(known_m / M_PER_KM, "km"),
                    share_of_length=Quantity.from_draws(share[:, t], "share"),
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
        pack=pack,
        layers=layers,
    )


def _over(length_m: FloatArray, one_m: FloatArray) -> FloatArray:
    """Return how many cameras of mean length `one_m` cover `length_m` side by side."""
    return np.divide(length_m, one_m, out=np.zeros_like(length_m), where=one_m > 0)


def street_figures(
    pack: Pack,
    which: IntArray | slice,
    group_mean: exposure.Float32Array,
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
    inputs: Inputs, scene: Scene, chance: exposure.SiteChance, crs: str, size_m: float
) -> gpd.GeoDataFrame:
    """Return the exposure by cell; the table of views is made again, since it is large to keep."""
    views = exposure.view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=scene.lines_of_sight.reach_m,
        codes=scene.rows.codes,
    )
    return cells.cell_frame(
        scene.points, scene.point_known, scene.rows, chance, views, crs=crs, size_m=size_m
    )


def _layers(
    pack: Pack, scene: Scene, summary: exposure.PointSummary, detail: StreetDetail
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
