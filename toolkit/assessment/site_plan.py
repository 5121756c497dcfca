"""Number of sites in a city, and the chance that each candidate holds one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from toolkit.assessment.conditional import round_counts
from toolkit.assessment.inputs import Inputs
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.terms import ALLOCATIONS, Allocation
from toolkit.engine import site_chance
from toolkit.engine.scene import SceneGeometry
from toolkit.siting import coverage, inclusion, weights
from toolkit.streets.mapped_cameras import PRIVATE_GROUND
from toolkit.streets.pack import Pack

_DAYS_PER_YEAR: Final = 365.25
_SAMPLE_POINTS: Final = 4_000
"""Street points on which the "everything works" figure and the cases are evaluated."""


@dataclass(frozen=True)
class SitePlan:
    """Chance of each site of a city, and the numbers behind it.

    Attributes
    ----------
    chance
        Chance of each site, candidates first, then mapped ones.
    cases
        The same under each reading of the report; empty if it has only one.
    if_count
        The same for each of some numbers of cameras in the whole city.
    in_scope
        Number of mapped cameras that belong to the reported ones, shape (D,).
    inside_share
        Share of the reported cameras inside the boundary, shape (D,).
    inside_cases
        The same in each case.
    n_cameras
        Number of cameras inside the boundary, shape (D,).
    reducing
        Share of mapped cameras that can belong to the reported ones.
    sample
        Points on which cases are evaluated: a systematic sample of those with an answer.
    total_m, known_m
        Street length inside the boundary, and the part of it with an answer.
    """

    chance: site_chance.SiteChance
    cases: dict[Allocation, site_chance.SiteChance]
    if_count: dict[int, site_chance.SiteChance]
    in_scope: FloatArray
    inside_share: FloatArray
    inside_cases: Mapping[Allocation, FloatArray]
    n_cameras: FloatArray
    reducing: float
    sample: IntArray
    total_m: float
    known_m: float


def reducing_of(inputs: Inputs) -> float:
    """Return the share of mapped cameras that can belong to the reported ones."""
    return reducing_share(
        inputs.loaded.counted_cameras(),
        as_of=inputs.question.as_of,
        public_only=inputs.counts.scope == "public",
        brands=_counted_brands(inputs),
        stale_years=inputs.assumptions.value("sites.mapped_stale_years"),
    )


def chance_of_sites(
    inputs: Inputs,
    geometry: SceneGeometry,
    in_scope: FloatArray,
    inside_share: FloatArray,
    *,
    n_cameras: FloatArray | float | None = None,
    like: site_chance.SiteChance | None = None,
) -> site_chance.SiteChance:
    """Return the chance that each site of a city exists.

    The number of sites is that of placed ones that cover as much street, see
    `toolkit.siting.coverage`.

    Parameters
    ----------
    in_scope
        Number of mapped cameras that belong to the reported ones, shape (D,).
    inside_share
        Share of the reported cameras inside the boundary, shape (D,).
    n_cameras
        Cameras of the whole city; those of the evidence by default.
    like
        Chances of the same sites, with which memory is shared.
    """
    design, values = inputs.design, inputs.assumptions
    whole = inputs.n_cameras if n_cameras is None else n_cameras
    n_here = np.maximum(whole * inside_share, in_scope)
    # So many placed sites cover what the sites of the city cover.
    n_sites = (n_here - in_scope) / inputs.per_site * coverage.draw_ratio(values, design)
    factor = inclusion.inclusion_factor(
        weights.weights_of(inputs.loaded.operators, geometry.groups, values, design),
        n_sites,
        geometry.ranked,
    )
    size_m = np.where(geometry.group_free, geometry.groups.size_m, 0.0)
    # Those mapped cameras that count exist, whoever runs them; the scope only says how many of them
    # are reported.
    return site_chance.SiteChance.of_classes(
        factor.T,
        geometry.groups.weight_class,
        size_m,
        np.minimum(n_sites, (size_m > 0).sum()),
        district=geometry.group_district,
        cluster_size=values.draw("sites.cluster_size", design)
        * inputs.loaded.operators.cluster_factor,
        n_certain=len(geometry.mapped.count),
        like=like,
    )


def plan_sites(inputs: Inputs, pack: Pack, geometry: SceneGeometry) -> SitePlan:
    """Distribute the reported cameras over the sites of a whole city."""
    length, known = geometry.points.length, geometry.point_known
    reducing = reducing_of(inputs)
    in_scope = mapped_share(inputs) * geometry.n_mapped * reducing
    inside = share_inside(inputs, pack)
    among = np.flatnonzero(known)
    chance = chance_of_sites(inputs, geometry, in_scope, inside.drawn)
    return SitePlan(
        chance=chance,
        cases={
            reading: chance_of_sites(inputs, geometry, in_scope, share, like=chance)
            for reading, share in inside.cases.items()
        },
        if_count={
            n: chance_of_sites(
                inputs, geometry, in_scope, inside.drawn, n_cameras=float(n), like=chance
            )
            for n in round_counts(np.maximum(inputs.n_cameras, in_scope))
        },
        in_scope=in_scope,
        inside_share=inside.drawn,
        inside_cases=inside.cases,
        n_cameras=np.maximum(inputs.n_cameras * inside.drawn, in_scope),
        reducing=reducing,
        sample=among[systematic(len(among))],
        total_m=float(length.sum()),
        known_m=float(length[known].sum()),
    )


def systematic(n_points: int) -> IntArray:
    """Return the points on which cases are evaluated: every k-th of `n_points`."""
    return np.arange(0, n_points, max(1, n_points // _SAMPLE_POINTS))


def reducing_share(
    cameras: gpd.GeoDataFrame,
    *,
    as_of: dt.date,
    public_only: bool,
    brands: frozenset[str],
    stale_years: float,
) -> float:
    """Return the share of mapped cameras that can belong to the reported ones.

    Only these reduce the number still to be placed; all mapped cameras stay in place. Excluded are
    cameras last checked too long ago, cameras mapped as watching private ground if the report
    counts public ones, and cameras of another brand than the one counted.

    Parameters
    ----------
    cameras
        Layer "cameras", with or without field notes.
    as_of
        Date of the assessment.
    public_only
        Whether the report counts only public cameras.
    brands
        Brands that were counted; empty if the report does not say.
    stale_years
        Age in years at which a check is too old. A camera without a date counts as fresh.
    """
    if cameras.empty:
        return 1.0
    # A date without day or month is read as its first day.
    checked = pd.to_datetime(cameras["check_date"], errors="coerce", format="ISO8601")
    oldest = pd.Timestamp(as_of) - pd.Timedelta(days=stale_years * _DAYS_PER_YEAR)
    left_out = (checked < oldest).to_numpy(dtype=bool, copy=True)
    if public_only:
        left_out |= cameras["surveillance"].isin(PRIVATE_GROUND).to_numpy(dtype=bool)
    if brands:
        named = cameras["brand"].fillna("").str.casefold()
        ours = {brand.casefold() for brand in brands}
        left_out |= ((named != "") & ~named.isin(ours)).to_numpy(dtype=bool)
    return float(1.0 - left_out.mean())


def _counted_brands(inputs: Inputs) -> frozenset[str]:
    """Return the brands to which the counted figures are limited; empty if to none."""
    used = set(inputs.counts.claims_installed)
    figures = [c.quantity for c in inputs.loaded.claims if c.id in used and c.quantity is not None]
    brands = {figure.brand for figure in figures}
    return frozenset(b for b in brands if b) if None not in brands else frozenset()


def mapped_share(inputs: Inputs) -> FloatArray:
    """Return the share of mapped cameras that belong to the reported system, shape (D,)."""
    if inputs.counts.scope == "all":
        return np.ones(inputs.design.n_draws)
    return inputs.assumptions.draw("sites.mapped_in_scope", inputs.design)


@dataclass(frozen=True)
class ShareInside:
    """Share of the reported cameras inside the boundary, each of shape (D,).

    A report rarely says which area it counts.

    Attributes
    ----------
    drawn
        Between the two cases on the log scale, by `city.core_allocation`.
    cases
        `core`: all cameras are inside. `township`: they are spread over the streets of the
        built-up township, which contains the boundary and is as dense. Empty if the number is
        about the boundary itself.
    """

    drawn: FloatArray
    cases: Mapping[Allocation, FloatArray]


def share_inside(inputs: Inputs, pack: Pack) -> ShareInside:
    """Return the share of the reported cameras inside the boundary, by reading of the report.

    The user's own number and the demonstration's are about the boundary itself, unless the question
    says where cameras are: then its number is that of the whole city, too. Where it names one of
    the cases there is no other.
    """
    design, values = inputs.design, inputs.assumptions
    everything = np.ones(design.n_draws)
    area_km2, where = pack.manifest.boundary.area_km2, inputs.question.where
    is_inside = inputs.loaded.city.demonstration or (inputs.counts.user_range and where is None)
    if is_inside or not area_km2:
        return ShareInside(everything, {})
    township_km2 = np.pi * values.draw("city.township_radius_km", design) ** 2
    township = np.minimum(area_km2 / township_km2, 1.0)
    cases: dict[Allocation, FloatArray] = {"core": everything, "township": township}
    if where in ALLOCATIONS:
        return ShareInside(cases[where], {})
    drawn = township ** (1.0 - values.draw("city.core_allocation", design))
    return ShareInside(drawn, cases)
