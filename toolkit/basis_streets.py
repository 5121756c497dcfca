"""The basis of an assessment where streets are installed: siting, sight, exposure."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from toolkit import exposure, placement, siting, siting_profiles, zones
from toolkit.basis import M2_PER_KM2, M_PER_KM, Inputs, Outcome, ring, switch
from toolkit.cameras import cameras_for, cameras_sha256
from toolkit.draws import FloatArray
from toolkit.optics import threshold_px_m
from toolkit.results import (
    ALLOCATIONS,
    TIERS,
    Allocation,
    Case,
    Layers,
    Quantity,
    Shares,
    Tier,
    TierPart,
    Total,
    exposure_class,
)
from toolkit.scene import Scene, build_scene
from toolkit.streets import Pack, open_pack, pack_sha256

_DAYS_PER_YEAR: Final = 365.25
_SAMPLE_POINTS = 4_000
"""Points on which the "everything works" figure and the cases are taken."""


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


def on_streets(inputs: Inputs, pack_id: str) -> Outcome:
    """Run siting, sight and exposure on the streets of a pack."""
    design, values = inputs.design, inputs.assumptions
    pack, scene = _open_scene(
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
    length = scene.points.length
    known = scene.point_known
    total_m = float(length.sum())
    known_m = float(length[known].sum())

    reducing = reducing_share(
        cameras_for(pack),
        as_of=inputs.as_of,
        public_only=inputs.counts.scope == "public",
        brands=_counted_brands(inputs),
        stale_years=values.value("sites.mapped_stale_years"),
    )
    in_scope = _mapped_share(inputs) * scene.n_mapped * reducing
    inside = share_inside(inputs, pack)
    n_cameras = np.maximum(inputs.n_cameras * inside["drawn"], in_scope)
    weights = siting_profiles.weights_of(inputs.operators, scene.groups, values, design)

    def chance_of_sites(inside_share: FloatArray) -> exposure.SiteChance:
        n_here = np.maximum(inputs.n_cameras * inside_share, in_scope)
        n_sites = (n_here - in_scope) / inputs.per_site
        factor = siting.inclusion_factor(weights, n_sites, scene.groups, scene.group_free)
        # Mapped cameras are there, whoever runs them; scope only says how many of the report
        # they are.
        size_m = np.where(scene.group_free, scene.groups.size_m, 0.0)
        return exposure.SiteChance.of_classes(
            factor.T,
            scene.groups.weight_class,
            size_m,
            np.minimum(n_sites, (size_m > 0).sum()),
            district=scene.group_district,
            cluster_size=values.draw("sites.cluster_size", design),
            n_certain=len(scene.fixed_count),
        )

    chance = chance_of_sites(inside["drawn"])
    n_groups = len(scene.groups.size_m)

    reach = scene.lines_of_sight.reach_m
    views = exposure.view_table(
        inputs.cameras, inputs.per_site, reach_m=reach, codes=scene.rows.codes
    )
    summary = exposure.summarise(
        scene.rows, chance, views, length, scene.points.line, len(scene.lines)
    )
    street_m = np.bincount(scene.points.line, weights=length, minlength=len(scene.lines))
    street_known = np.bincount(scene.points.line[known], minlength=len(scene.lines)) > 0
    counted_m = np.where(street_known, street_m, 0.0)
    expected = np.einsum("s,std->dt", counted_m, np.nan_to_num(summary.group_mean)) / known_m
    placed = placement.simulate(
        scene.lines_of_sight,
        chance,
        np.concatenate([np.zeros(n_groups, dtype=np.int64), scene.fixed_count]),
        np.concatenate([np.full(n_groups, np.nan), scene.fixed_axis_deg]),
        inputs.cameras,
        inputs.per_site,
        np.where(known, length, 0.0),
        design,
        fixed_width_deg=np.concatenate([np.full(n_groups, np.nan), scene.fixed_width_deg]),
        street_deg=np.concatenate(
            [scene.groups.street_deg, np.full(len(scene.fixed_count), np.nan)]
        ),
        spacing_m=values.value("sites.spacing_m"),
        xy_m=scene.groups.xy_m,
    )
    realised = placed.share
    area_km2 = scene.ground_m2 / M2_PER_KM2
    # Mean length of one camera by itself; without any, nothing overlaps.
    one_m = placed.alone_m / np.maximum(placed.n_working, 1)[:, None]
    everything = _expected_on_sample(
        scene,
        chance,
        exposure.view_table(
            inputs.cameras,
            inputs.per_site,
            reach_m=reach,
            availability=np.ones(design.n_draws),
            codes=scene.rows.codes,
        ),
    )
    cases: dict[Allocation, FloatArray] = {}
    if "township" in inside:
        for allocation in ALLOCATIONS:
            at = chance_of_sites(inside[allocation])
            cases[allocation] = _expected_on_sample(scene, at, views)
    able = inputs.cameras.able_share()
    tiers: dict[Tier, TierPart] = {}
    for t, tier in enumerate(TIERS):
        tiers[tier] = TierPart(
            threshold_px_m=threshold_px_m(tier, values),
            ring_m=ring(inputs.cameras, t),
            cameras_able=Quantity.from_draws(n_cameras * able[:, t], "cameras"),
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
    if reducing < 1:
        warnings.append("mapped_left_out")
    if float(in_scope.max(initial=0.0)) > float(np.quantile(inputs.n_cameras, 0.05)):
        warnings.append("more_mapped_than_reported")
    return Outcome(
        boundary=pack.manifest.boundary,
        tiers=tiers,
        missing=tuple(missing),
        warnings=tuple(warnings),
        mapped=scene.n_mapped,
        mapped_in_scope=in_scope,
        expected_km=expected * known_m / M_PER_KM,
        realised_km=realised * known_m / M_PER_KM,
        counted_km=known_m / M_PER_KM,
        pack=pack,
        layers=_layers(pack, scene, summary, street_known),
    )


def _over(length_m: FloatArray, one_m: FloatArray) -> FloatArray:
    """Return how many cameras of mean length `one_m` cover `length_m` side by side."""
    return np.divide(length_m, one_m, out=np.zeros_like(length_m), where=one_m > 0)


def reducing_share(
    cameras: gpd.GeoDataFrame,
    *,
    as_of: dt.date,
    public_only: bool,
    brands: frozenset[str],
    stale_years: float,
) -> float:
    """Return the share of mapped cameras that can be some of the reported ones.

    Only those reduce the number that is still to be placed; all of them stay where they are. Left
    out are cameras last checked too long ago, cameras mapped as watching private ground if the
    report counts public ones, and cameras of another make than the one that was counted.

    Parameters
    ----------
    cameras
        Layer "cameras", with or without field notes.
    as_of
        Date of the assessment.
    public_only
        Whether the report counts public cameras only.
    brands
        Makes that were counted; empty if the report does not say.
    stale_years
        Age at which a check is too old. A camera without a date of check counts as fresh.
    """
    if cameras.empty:
        return 1.0
    # A year or a month alone is read as its first day.
    checked = pd.to_datetime(cameras["check_date"], errors="coerce", format="ISO8601")
    oldest = pd.Timestamp(as_of) - pd.Timedelta(days=stale_years * _DAYS_PER_YEAR)
    left_out = (checked < oldest).to_numpy(dtype=bool, copy=True)
    if public_only:
        left_out |= cameras["surveillance"].eq("outdoor").to_numpy(dtype=bool)
    if brands:
        named = cameras["brand"].fillna("").str.casefold()
        ours = {brand.casefold() for brand in brands}
        left_out |= ((named != "") & ~named.isin(ours)).to_numpy(dtype=bool)
    return float(1.0 - left_out.mean())


def _counted_brands(inputs: Inputs) -> frozenset[str]:
    """Return the makes to which the figures behind the count are bound; empty if to none."""
    used = set(inputs.counts.claims_installed)
    figures = [c.quantity for c in inputs.claims if c.id in used and c.quantity is not None]
    makes = {figure.brand for figure in figures}
    return frozenset(m for m in makes if m) if None not in makes else frozenset()


def _mapped_share(inputs: Inputs) -> FloatArray:
    """Return the share of mapped cameras that belong to the reported system, shape (D,)."""
    if inputs.counts.scope == "all":
        return np.ones(inputs.design.n_draws)
    return inputs.assumptions.draw("sites.mapped_in_scope", inputs.design)


def share_inside(inputs: Inputs, pack: Pack) -> dict[str, FloatArray]:
    """Return which share of the reported cameras stands inside the boundary, per reading.

    A report rarely says which area it counts. `core`: all cameras stand inside. `township`: they
    are spread over the streets of the built-up township, of which the boundary is a part, taken
    as dense as the pack. `drawn`: between the two on the log scale, by `city.core_allocation`.
    The user's own number and the demonstration's are about the boundary itself.
    """
    design, values = inputs.design, inputs.assumptions
    everything = np.ones(design.n_draws)
    area_km2 = pack.manifest.boundary.area_km2
    if inputs.city.demonstration or inputs.counts.user_range or not area_km2:
        return {"drawn": everything}
    township_km2 = np.pi * values.draw("city.township_radius_km", design) ** 2
    township = np.minimum(area_km2 / township_km2, 1.0)
    drawn = township ** (1.0 - values.draw("city.core_allocation", design))
    return {"drawn": drawn, "core": everything, "township": township}


def _expected_on_sample(
    scene: Scene, chance: exposure.SiteChance, views: exposure.Float32Array
) -> FloatArray:
    """Return the expected share of length on a systematic sample of points, shape (D, T)."""
    known = np.flatnonzero(scene.point_known)
    sample = known[:: max(1, len(known) // _SAMPLE_POINTS)]
    prob = exposure.closed_form(scene.rows.take(sample), chance, views)
    weight = scene.points.length[sample]
    return np.asarray(np.einsum("p,ptd->dt", weight, prob) / weight.sum(), dtype=float)


def _layers(
    pack: Pack,
    scene: Scene,
    summary: exposure.PointSummary,
    street_known: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> Layers:
    """Put the figures of streets and zones beside their geometry."""
    columns = ["street_id", "name", "name_en", "name_my", "highway", "length_m", "geometry"]
    streets = pack.streets[columns].copy()
    crs = pack.manifest.crs
    for t, tier in enumerate(TIERS):
        per_draw = np.where(street_known[:, None], summary.group_mean[:, t, :], np.nan)
        low, high = np.quantile(per_draw, (0.05, 0.95), axis=1)
        mid = per_draw.mean(axis=1)
        high = np.maximum(mid, high)
        streets[f"{tier}_low"], streets[f"{tier}_mid"], streets[f"{tier}_high"] = low, mid, high
        streets[f"{tier}_class"] = [exposure_class(a, b) for a, b in zip(low, high, strict=True)]

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
    )
