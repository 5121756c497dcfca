"""Sums over the points of a city on installed streets, and what they are taken under.

What holds for a whole city (how many sites there are to place, and how likely each place is to
hold one) is worked out once, before any line of sight. The rest are sums over street points:
those of tiles add up to those of the city (`toolkit.tiles`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from toolkit import exposure, placement, siting, siting_profiles
from toolkit.basis import Inputs
from toolkit.cameras import cameras_for
from toolkit.draws import FloatArray
from toolkit.results import Allocation
from toolkit.scene import Frame, IntArray, Scene
from toolkit.streets import Pack

_DAYS_PER_YEAR: Final = 365.25
_SAMPLE_POINTS = 4_000
"""Points on which the "everything works" figure and the cases are taken."""


@dataclass(frozen=True)
class SitePlan:
    """How likely each place of a city is to hold a site, and what it rests on.

    Attributes
    ----------
    chance
        Chance of each site, candidates first, then the mapped ones.
    cases
        The same under each named reading of the report; empty where there is nothing to read.
    in_scope
        Mapped cameras that are some of the reported ones, shape (D,).
    inside_share
        Share of the reported cameras inside the boundary, shape (D,).
    n_cameras
        Cameras inside the boundary, shape (D,).
    reducing
        Share of mapped cameras that can be some of the reported ones.
    sample
        The points on which cases are taken: a systematic sample of those with an answer.
    total_m, known_m
        Street length inside the boundary, and of it the length with an answer.
    """

    chance: exposure.SiteChance
    cases: dict[Allocation, exposure.SiteChance]
    in_scope: FloatArray
    inside_share: FloatArray
    n_cameras: FloatArray
    reducing: float
    sample: IntArray
    total_m: float
    known_m: float


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
        Length that each working camera covers by itself, added up.
    everything_m
        Covered length of the sample if every camera works.
    cases_m
        Covered length of the sample in each case.
    sample_m
        Length of the points of the sample.
    n_able
        Working cameras of the whole city that are able, a number, see `placement.Placed`: the
        same in every tile.
    """

    expected_m: FloatArray
    realised_m: FloatArray
    alone_m: FloatArray
    everything_m: FloatArray
    cases_m: dict[Allocation, FloatArray]
    sample_m: float
    n_able: IntArray

    def without_overlap(self, length_m: FloatArray) -> FloatArray:
        """Return how many cameras would cover a length if no two overlapped, shape (D, T).

        That is the length over the mean length that one working camera covers by itself. Both
        are about the cameras that are able at the tier: the others cover nothing, and would only
        make the mean shorter. Cameras placed once cannot come to more than there are of them. A
        length averaged over placement could, where the few that were placed stand badly, so no
        draw exceeds their number.

        Parameters
        ----------
        length_m
            Covered street length, shape (D, T).
        """
        one_m = self.alone_m / np.maximum(self.n_able, 1)
        number = np.divide(length_m, one_m, out=np.zeros_like(length_m), where=one_m > 0)
        return np.minimum(number, self.n_able)


def reducing_of(inputs: Inputs, pack: Pack) -> float:
    """Return the share of mapped cameras that can be reported ones, see `reducing_share`."""
    return reducing_share(
        cameras_for(pack),
        as_of=inputs.as_of,
        public_only=inputs.counts.scope == "public",
        brands=_counted_brands(inputs),
        stale_years=inputs.assumptions.value("sites.mapped_stale_years"),
    )


def chance_of_sites(
    inputs: Inputs, frame: Frame, in_scope: FloatArray, inside_share: FloatArray
) -> exposure.SiteChance:
    """Return the chance that each site of a city exists.

    Parameters
    ----------
    in_scope
        Mapped cameras that belong to the reported ones, shape (D,).
    inside_share
        Share of the reported cameras inside the boundary, shape (D,).
    """
    design, values = inputs.design, inputs.assumptions
    n_here = np.maximum(inputs.n_cameras * inside_share, in_scope)
    n_sites = (n_here - in_scope) / inputs.per_site
    factor = siting.inclusion_factor(
        siting_profiles.weights_of(inputs.operators, frame.groups, values, design),
        n_sites,
        frame.ranked,
    )
    size_m = np.where(frame.group_free, frame.groups.size_m, 0.0)
    # Mapped cameras are there, whoever runs them; scope only says how many of the report
    # they are.
    return exposure.SiteChance.of_classes(
        factor.T,
        frame.groups.weight_class,
        size_m,
        np.minimum(n_sites, (size_m > 0).sum()),
        district=frame.group_district,
        cluster_size=values.draw("sites.cluster_size", design) * inputs.operators.cluster_factor,
        n_certain=len(frame.fixed_count),
    )


def plan_sites(inputs: Inputs, pack: Pack, frame: Frame) -> SitePlan:
    """Share the reported cameras out over the sites of a whole city."""
    length, known = frame.points.length, frame.point_known
    reducing = reducing_of(inputs, pack)
    in_scope = mapped_share(inputs) * frame.n_mapped * reducing
    inside = share_inside(inputs, pack)
    among = np.flatnonzero(known)
    return SitePlan(
        chance=chance_of_sites(inputs, frame, in_scope, inside.drawn),
        cases={
            reading: chance_of_sites(inputs, frame, in_scope, share)
            for reading, share in inside.cases.items()
        },
        in_scope=in_scope,
        inside_share=inside.drawn,
        n_cameras=np.maximum(inputs.n_cameras * inside.drawn, in_scope),
        reducing=reducing,
        sample=among[systematic(len(among))],
        total_m=float(length.sum()),
        known_m=float(length[known].sum()),
    )


def systematic(n_points: int) -> IntArray:
    """Return which of so many points the cases are taken on: every so-manieth."""
    return np.arange(0, n_points, max(1, n_points // _SAMPLE_POINTS))


def add_up(
    inputs: Inputs, scene: Scene, plan: SitePlan, sample: IntArray
) -> tuple[Sums, exposure.PointSummary]:
    """Evaluate the points of a scene: the sums over them, and what is shown of each.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    scene
        A city or a tile of it, with all sites of the city.
    plan
        How likely each site of the whole city is.
    sample
        The points of the scene that belong to the sample of the city.
    """
    rows, views = _rows_and_views(inputs, scene)
    line, n_streets = scene.points.line, len(scene.lines)
    summary = exposure.summarise(rows, plan.chance, views, scene.points.length, line, n_streets)
    street_m = np.bincount(line, weights=scene.points.length, minlength=n_streets)
    counted_m = np.where(scene.street_known, street_m, 0.0)
    counts = counted_m > 0  # a street without points has no mean
    expected_m = np.einsum("s,std->dt", counted_m[counts], summary.group_mean[counts])
    return _sums(inputs, scene, plan, sample, rows, views, expected_m), summary


def add_up_totals(inputs: Inputs, scene: Scene, plan: SitePlan, sample: IntArray) -> Sums:
    """Return the sums of `add_up` alone, in less time: no point is summarised."""
    rows, views = _rows_and_views(inputs, scene)
    counted_m = np.where(scene.street_known[scene.points.line], scene.points.length, 0.0)
    expected_m = exposure.covered_length(rows, plan.chance, views, counted_m)
    return _sums(inputs, scene, plan, sample, rows, views, expected_m)


def _rows_and_views(
    inputs: Inputs, scene: Scene
) -> tuple[exposure.PointRows, exposure.Float32Array]:
    rows = scene.rows.seen_by(inputs.cameras.height_m)
    return rows, exposure.view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=scene.lines_of_sight.reach_m,
        codes=rows.codes,
    )


def _sums(
    inputs: Inputs,
    scene: Scene,
    plan: SitePlan,
    sample: IntArray,
    rows: exposure.PointRows,
    views: exposure.Float32Array,
    expected_m: FloatArray,
) -> Sums:
    """Place the cameras once per draw, take the cases, and put the sums together."""
    design, length, n_groups = inputs.design, scene.points.length, len(scene.group_free)
    known_m = np.where(scene.point_known, length, 0.0)
    placed = placement.simulate(
        scene.lines_of_sight,
        plan.chance,
        np.concatenate([np.zeros(n_groups, dtype=np.int64), scene.fixed_count]),
        np.concatenate([np.full(n_groups, np.nan), scene.fixed_axis_deg]),
        inputs.cameras,
        inputs.per_site,
        known_m,
        design,
        fixed_width_deg=np.concatenate([np.full(n_groups, np.nan), scene.fixed_width_deg]),
        street_deg=np.concatenate(
            [scene.groups.street_deg, np.full(len(scene.fixed_count), np.nan)]
        ),
        spacing_m=inputs.assumptions.value("sites.spacing_m"),
        xy_m=scene.groups.xy_m,
    )
    on_sample = rows.take(sample)
    every_view = exposure.view_table(
        inputs.cameras,
        inputs.per_site,
        reach_m=scene.lines_of_sight.reach_m,
        availability=np.ones(design.n_draws),
        codes=rows.codes,
    )
    covered_m = partial(exposure.covered_length, on_sample, length_m=length[sample])
    return Sums(
        expected_m=expected_m,
        realised_m=placed.share * known_m.sum(),
        alone_m=placed.alone_m,
        everything_m=covered_m(plan.chance, every_view),
        cases_m={a: covered_m(c, views) for a, c in plan.cases.items()},
        sample_m=float(length[sample].sum()),
        n_able=placed.n_able,
    )


def total(parts: Sequence[Sums]) -> Sums:
    """Add the sums of the tiles of a city up."""
    return Sums(
        expected_m=np.sum([p.expected_m for p in parts], axis=0),
        realised_m=np.sum([p.realised_m for p in parts], axis=0),
        alone_m=np.sum([p.alone_m for p in parts], axis=0),
        everything_m=np.sum([p.everything_m for p in parts], axis=0),
        cases_m={a: np.sum([p.cases_m[a] for p in parts], axis=0) for a in parts[0].cases_m},
        sample_m=float(np.sum([p.sample_m for p in parts])),
        n_able=parts[0].n_able,
    )


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


def mapped_share(inputs: Inputs) -> FloatArray:
    """Return the share of mapped cameras that belong to the reported system, shape (D,)."""
    if inputs.counts.scope == "all":
        return np.ones(inputs.design.n_draws)
    return inputs.assumptions.draw("sites.mapped_in_scope", inputs.design)


@dataclass(frozen=True)
class ShareInside:
    """Which share of the reported cameras stands inside the boundary, each of shape (D,).

    A report rarely says which area it counts.

    Attributes
    ----------
    drawn
        Between the two cases on the log scale, by `city.core_allocation`.
    cases
        `core`: all cameras stand inside. `township`: they are spread over the streets of the
        built-up township, of which the boundary is a part, taken as dense as the pack. Empty
        where the number is about the boundary itself.
    """

    drawn: FloatArray
    cases: Mapping[Allocation, FloatArray]


def share_inside(inputs: Inputs, pack: Pack) -> ShareInside:
    """Return which share of the reported cameras stands inside the boundary, per reading.

    The user's own number and the demonstration's are about the boundary itself.
    """
    design, values = inputs.design, inputs.assumptions
    everything = np.ones(design.n_draws)
    area_km2 = pack.manifest.boundary.area_km2
    if inputs.city.demonstration or inputs.counts.user_range or not area_km2:
        return ShareInside(everything, {})
    township_km2 = np.pi * values.draw("city.township_radius_km", design) ** 2
    township = np.minimum(area_km2 / township_km2, 1.0)
    drawn = township ** (1.0 - values.draw("city.core_allocation", design))
    return ShareInside(drawn, {"core": everything, "township": township})
