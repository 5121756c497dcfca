"""Cameras met on ordinary trips over installed streets, and the points at which they capture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeAlias, TypeVar

import numpy as np

from toolkit.assessment.inputs import Inputs
from toolkit.assessment.model import IfCount, IfWhere, ShortTrip, Trip, TripIfAllWork
from toolkit.assessment.outcome import M_PER_KM, Outcome
from toolkit.assessment.question import Loaded
from toolkit.assessment.site_plan import SitePlan
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.lru_cache import LruCache
from toolkit.base.quantity import Quantity
from toolkit.base.terms import MODES, TIERS, USUAL_MODE, Allocation, Mode, Progress, Tier, modes_of
from toolkit.engine import placement
from toolkit.engine.scene import Scene, SceneGeometry
from toolkit.engine.site_chance import SiteChance
from toolkit.language import notes
from toolkit.routes import graph, meetings, trips
from toolkit.routes.habits import Habits, habits, side_rules
from toolkit.routes.route import Routes, joined
from toolkit.siting import coverage
from toolkit.streets.pack import Pack

N_SHORT_TRIPS: Final = 100
"""Trips of the sample by which conditional answers are given."""
_ONE_IN_TWENTY: Final = 0.95

IfCondition = TypeVar("IfCondition", IfCount, IfWhere)

samples: Final[LruCache[trips.Trips | None]] = LruCache(6, wait=True)

Placing: TypeAlias = tuple[placement.Working, FloatArray]
"""All cameras placed once per draw, and the number for which each stands."""


@dataclass(frozen=True)
class TripDraws:
    """Figures of ordinary trips at one tier, one per draw, each of shape (D,).

    Attributes
    ----------
    met
        Cameras met on the trips and weeks of one mode.
    t
        Index of the tier.
    """

    met: meetings.Met
    t: int

    @property
    def cameras(self) -> FloatArray:
        """Mean number of cameras met on a trip."""
        return np.asarray(self.met.cameras[:, self.t].mean(axis=1), dtype=float)

    @property
    def at_least_one(self) -> FloatArray:
        """Share of trips that meet a camera."""
        return np.asarray((self.met.sites[:, self.t] >= 1).mean(axis=1))

    @property
    def at_least_two_sites(self) -> FloatArray:
        """Share of trips that meet cameras at two sites."""
        return np.asarray((self.met.sites[:, self.t] >= 2).mean(axis=1))  # noqa: PLR2004

    @property
    def week_five_destinations(self) -> FloatArray:
        """Share of homes with a camera on any of the ways to five destinations and back."""
        return np.asarray(self.met.weeks[:, self.t].mean(axis=1))

    @property
    def week_commuter(self) -> FloatArray:
        """Share of homes with a camera on the way to one destination or back."""
        sites = self.met.sites[:, self.t]
        # Trips there and back between the same places follow one another.
        return np.asarray((sites >= 1).reshape(len(sites), -1, 2).any(axis=2).mean(axis=1))


def facing(inputs: Inputs) -> meetings.Facing:
    """Return the side of a traveller that each tier needs."""
    values = inputs.assumptions
    within_deg = values.draw("trips.facing_within_deg", inputs.design)
    return meetings.Facing(side_rules(values), within_deg)


def sampled(
    loaded: Loaded, pack: Pack, scene: Scene, progress: Progress = lambda _: None
) -> dict[Mode, trips.Trips]:
    """Return the ordinary trips of a city by mode, without modes that have no streets.

    The last samples are kept; `progress` is called with the share done.
    """
    values, seed = loaded.question.assumptions, loaded.question.seed
    found: dict[Mode, trips.Trips] = {}
    for k, mode in enumerate(MODES):
        ways = habits(values, mode)
        key = store.canonical_json([loaded.key("scene"), seed, vars(ways)]).decode()

        def make(ways: Habits = ways, k: int = k) -> trips.Trips | None:
            def say(done: float) -> None:
                progress((k + done) / len(MODES))

            return sample_of(pack, scene, ways, seed=seed, progress=say)

        one = samples.get(key, make)
        if one is not None:
            found[mode] = one
    progress(1.0)
    return found


def sample_of(
    pack: Pack,
    scene: Scene,
    ways: Habits,
    *,
    seed: int,
    n_homes: int = trips.N_HOMES,
    progress: Progress = lambda _: None,
) -> trips.Trips | None:
    """Sample the ordinary trips of a city by one mode; arguments as `trips.sample_trips`."""
    return trips.sample_trips(
        graph.street_graph(pack.streets, scene.lines, ways.mode),
        scene.points,
        pack.boundary.geometry.to_crs(pack.manifest.crs).union_all(),
        ways,
        seed=seed,
        n_homes=n_homes,
        progress=progress,
    )


def all_trips(
    inputs: Inputs,
    pack: Pack,
    scene: Scene,
    chance: SiteChance,
    placing: Placing | None = None,
    progress: Progress = lambda _: None,
) -> tuple[dict[Tier, dict[Mode, Trip]], FloatArray]:
    """Place the cameras once per draw and count those met on ordinary trips, by tier and mode.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    pack, scene
        Streets, and all points and lines of sight on them.
    chance
        Chance of each site of the whole city.
    placing
        What `place_all` returns for these, if it is at hand.
    progress
        Called with the share of the trips that are sampled.

    Returns
    -------
    found
        The figures.
    share
        Share of trips by the usual mode that pass a camera, per draw, shape (D, T); NaN where that
        mode has no streets.
    """
    by_mode = sampled(inputs.loaded, pack, scene, progress)
    as_it_is, if_all_work = met_on_trips(inputs, scene, chance, by_mode, placing)
    found: dict[Tier, dict[Mode, Trip]] = {}
    for t, tier in enumerate(TIERS):
        found[tier] = {
            mode: _trip(sample, scene, as_it_is[mode], if_all_work[mode], t)
            for mode, sample in by_mode.items()
            if mode in modes_of(tier)
        }
    share = np.full((inputs.design.n_draws, len(TIERS)), np.nan)
    for t, tier in enumerate(TIERS):
        if USUAL_MODE[tier] in as_it_is:
            share[:, t] = TripDraws(as_it_is[USUAL_MODE[tier]], t).at_least_one
    return found, share


def short_trips(
    inputs: Inputs, pack: Pack, scene: Scene, chance: SiteChance, n_trips: int | None = None
) -> dict[Tier, ShortTrip]:
    """Return the main figures of trips by the usual modes.

    Parameters
    ----------
    inputs, pack, scene, chance
        As `all_trips`.
    n_trips
        How many trips of each mode, the first of the sample; all by default.
    """
    wanted = set(USUAL_MODE.values())
    by_mode = {
        mode: _first(sample, n_trips)
        for mode, sample in sampled(inputs.loaded, pack, scene).items()
        if mode in wanted
    }
    as_it_is, _ = met_on_trips(inputs, scene, chance, by_mode, all_work=False)
    return {
        tier: short_trip(mode, as_it_is[mode], t)
        if mode in as_it_is
        else ShortTrip.unknown(mode, notes.text("no_streets_for_mode"))
        for t, (tier, mode) in enumerate(USUAL_MODE.items())
    }


# What follows is kept, so that the same routes are the same values in the next answer, too.


@lru_cache(maxsize=8)
def _first(sample: trips.Trips, n_trips: int | None) -> trips.Trips:
    """Return the first trips of a sample, without weeks."""
    return replace(sample, trips=sample.trips.first(n_trips), weeks=sample.weeks.first(0))


@lru_cache(maxsize=4)
def _routes(samples: tuple[trips.Trips, ...]) -> tuple[Routes, Routes]:
    """Return the trips and the weeks of several samples, one after the other."""
    return joined([one.trips for one in samples]), joined([one.weeks for one in samples])


def with_trips(
    inputs: Inputs,
    outcome: Outcome,
    pack: Pack,
    scene: Scene,
    plan: SitePlan,
    placing: Placing | None = None,
    progress: Progress = lambda _: None,
) -> Outcome:
    """Return an outcome on installed streets with its trips; the last two as in `all_trips`.

    Conditional answers rest on `N_SHORT_TRIPS` trips.
    """
    found, share = all_trips(inputs, pack, scene, plan.chance, placing, progress)
    none = notes.text("no_streets_for_mode")
    tiers = {
        tier: part.model_copy(
            update={
                "trip": found[tier].get(mode := USUAL_MODE[tier]) or Trip.unknown(mode, none),
                "trips": found[tier],
            }
        )
        for tier, part in outcome.tiers.items()
    }

    def short(chance: SiteChance, part: IfCondition) -> IfCondition:
        trips_of = short_trips(inputs, pack, scene, chance, N_SHORT_TRIPS)
        short_tiers = {
            tier: one.model_copy(update={"trip": trips_of[tier]})
            for tier, one in part.tiers.items()
        }
        return part.model_copy(update={"tiers": short_tiers})

    def where(case: Allocation, part: IfWhere | None) -> IfWhere | None:
        return None if part is None else short(plan.cases[case], part)

    return replace(
        outcome,
        tiers=tiers,
        trip_share=share,
        if_count=tuple(short(plan.if_count[one.count], one) for one in outcome.if_count),
        if_centre=where("core", outcome.if_centre),
        if_spread=where("township", outcome.if_spread),
    )


def short_trip(mode: Mode, met: meetings.Met, t: int) -> ShortTrip:
    """Return the main figures of one tier."""
    drawn = TripDraws(met, t)
    return ShortTrip(
        mode=mode,
        cameras=Quantity.from_amounts(drawn.cameras, "cameras"),
        at_least_one=Quantity.from_probabilities(drawn.at_least_one),
    )


def place_all(
    inputs: Inputs,
    geometry: SceneGeometry,
    chance: SiteChance,
    share_working: FloatArray | None = None,
) -> Placing:
    """Place all cameras, working or not; return also the number for which each stands.

    `share_working`, shape (D,), keeps only those that work if so many do.
    """
    sites, design = geometry.sites, inputs.design
    standing = placement.standing_sites(
        chance,
        design,
        spacing_m=inputs.assumptions.value("sites.spacing_m"),
        xy_m=geometry.groups.xy_m,
    )
    placed = placement.equip(
        standing,
        sites.n_cameras,
        sites.axis_deg,
        sites.width_deg,
        inputs.cameras,
        inputs.per_site,
        sites.street_deg,
        share_working=np.ones(design.n_draws) if share_working is None else share_working,
    )
    stands_for = 1.0 / coverage.draw_ratio(inputs.assumptions, design)
    candidate = chance.district[placed.site] >= 0
    return placed, np.where(candidate, stands_for[placed.draw], 1.0)


def met_on_trips(
    inputs: Inputs,
    scene: Scene,
    chance: SiteChance,
    by_mode: Mapping[Mode, trips.Trips],
    placing: Placing | None = None,
    *,
    all_work: bool = True,
) -> tuple[dict[Mode, meetings.Met], dict[Mode, meetings.Met]]:
    """Place the cameras once per draw and count those met on the trips of all modes.

    Parameters
    ----------
    inputs
        Evidence and optics, drawn.
    scene
        All points and lines of sight of the city.
    chance
        Chance of each site of the whole city.
    by_mode
        Samples of trips.
    placing
        See `all_trips`.
    all_work
        Whether what is met if all cameras work is wanted, too.

    Returns
    -------
    as_it_is, if_all_work
        By mode, with the cameras that work, and with all: without draws, if not wanted.
    """
    if not by_mode:
        return {}, {}
    working = None if all_work else inputs.cameras.availability
    placed, weight = placing or place_all(inputs, scene, chance, working)
    both = meetings.meet(
        *_routes(tuple(by_mode.values())),
        scene.points,
        scene.lines_of_sight,
        placed,
        inputs.cameras,
        facing(inputs),
        width_deg=scene.sites.width_deg,
        weight=weight,
        all_work=all_work,
    )
    ends = np.cumsum([0, *(len(sample.trips) for sample in by_mode.values())])
    homes = np.cumsum([0, *(len(sample.weeks) for sample in by_mode.values())])
    as_it_is, if_all_work = (
        {
            mode: meetings.Met(
                met.cameras[..., ends[k] : ends[k + 1]],
                met.sites[..., ends[k] : ends[k + 1]],
                met.weeks[..., homes[k] : homes[k + 1]],
            )
            for k, mode in enumerate(by_mode)
        }
        for met in both
    )
    return as_it_is, if_all_work


def _trip(
    sample: trips.Trips, scene: Scene, met: meetings.Met, if_all_work: meetings.Met, t: int
) -> Trip:
    """Return the figures of one tier and mode."""
    drawn, everything = TripDraws(met, t), TripDraws(if_all_work, t)
    known_m, total_m = _answered_m(sample, scene)
    return Trip(
        mode=sample.mode,
        length_km=Quantity.from_draws(sample.trips.length_m / M_PER_KM, "km").model_copy(
            update={"error": None}
        ),
        cameras=Quantity.from_amounts(drawn.cameras, "cameras"),
        cameras_1_in_20=Quantity.from_amounts(
            np.quantile(met.cameras[:, t], _ONE_IN_TWENTY, axis=1, method="inverted_cdf"), "cameras"
        ),
        at_least_one=Quantity.from_probabilities(drawn.at_least_one),
        at_least_two_sites=Quantity.from_probabilities(drawn.at_least_two_sites),
        week_five_destinations=Quantity.from_probabilities(drawn.week_five_destinations),
        week_commuter=Quantity.from_probabilities(drawn.week_commuter),
        if_all_work=TripIfAllWork(
            cameras=Quantity.from_amounts(everything.cameras, "cameras"),
            at_least_one=Quantity.from_probabilities(everything.at_least_one),
        ),
        unknown_share=float(f"{1 - known_m / total_m:.3g}") if total_m else None,
    )


def _answered_m(sample: trips.Trips, scene: Scene) -> tuple[float, float]:
    """Return the length of trips with an answer, and with the parts underground or outside."""
    at = sample.trips.point
    length_m = scene.points.length[at]
    inside_m = float(length_m.sum())
    known_m = float(length_m[scene.point_known[at]].sum())
    return known_m, inside_m + float(sample.beyond_m.sum())


def capture_points(inputs: Inputs, placing: Placing) -> FloatArray:
    """Return the number of sites with a working camera that is able, shape (D, T)."""
    placed, weight = placing
    draw, cameras = placed.draw, inputs.cameras
    works = placed.luck < cameras.availability[draw]
    has_ring = np.isfinite(cameras.inner_m)
    # Cameras of a site follow one another.
    new = np.ones(len(draw), dtype=bool)
    new[1:] = (placed.site[1:] != placed.site[:-1]) | (draw[1:] != draw[:-1])
    first: IntArray = np.flatnonzero(new)
    found = np.zeros((inputs.design.n_draws, len(TIERS)))
    if not len(first):
        return found
    for t in range(len(TIERS)):
        able = np.logical_or.reduceat(works & has_ring[draw, t, placed.kind], first)
        counted = np.where(able, weight[first], 0.0)
        found[:, t] = np.bincount(draw[first], weights=counted, minlength=len(found))
    return found
