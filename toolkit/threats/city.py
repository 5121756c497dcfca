"""A city with its cameras placed many times, ready for questions on routes and places.

The cameras are placed `N_PLACEMENTS` times in all, as often for each draw of the ignorance layer,
so that any two routes, places or entrances are compared in the same placements. The first round is
the placement behind the figures of the assessment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from toolkit.assessment import trips as assessed_trips
from toolkit.assessment.inputs import Inputs, make_inputs, named_kinds
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Loaded, Question, kept_or_made
from toolkit.assessment.site_plan import SitePlan, plan_sites
from toolkit.base.arrays import FloatArray, GeometryArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import TIERS, Mode, Tier
from toolkit.engine import placement
from toolkit.engine.scene import Scene
from toolkit.engine.sight import Sight
from toolkit.optics.camera_draws import NIGHT_KEY, CameraDraws, draw_cameras
from toolkit.routes.graph import Graph, street_graph
from toolkit.routes.habits import Habits, habits
from toolkit.routes.meetings import Facing, PlacedCameras
from toolkit.routes.spots import StreetIndex, street_index
from toolkit.siting import coverage
from toolkit.streets.pack import Pack

N_PLACEMENTS: Final = 2_400
"""Placements in all: a share of them has a standard error of at most 0.01."""
_ROUND_SEED: Final = 1_000_003
"""Added to the seed for each further round of placements; a prime, so that seeds in use differ."""
_STANDING_AT_ONCE: Final = 500_000
"""Sites over all placements whose cameras are placed at once: about 100 MB."""
_SITES_AT_ONCE: Final = 4096
"""Sites whose lines of sight are looked through at once."""

When = Literal["day", "night"]


@dataclass(frozen=True, eq=False)
class BySite:
    """One round of placements by site: a route needs few sites of a large city.

    Attributes
    ----------
    start
        Row starts of the sites, shape (G + 1,).
    draw
        Draws in which each exists.
    """

    start: IntArray
    draw: NDArray[np.uint16]

    @classmethod
    def of(cls, standing: placement.Standing, n_sites: int) -> BySite:
        """Return the transpose of one round."""
        n = len(standing.keys)
        ones = np.ones(len(standing.site), dtype=np.int8)
        rows = sparse.csr_array((ones, standing.site, standing.first), shape=(n, n_sites))
        columns = rows.tocsc()
        return cls(columns.indptr.astype(np.int64), columns.indices.astype(np.uint16))


@dataclass(frozen=True, eq=False)
class PlacedCity:
    """Streets, sites and placed cameras of one question.

    There are P = R x D placements: row ``r * D + d`` is round r of draw d.

    Attributes
    ----------
    inputs
        Evidence and optics, drawn, by day or at night.
    pack, scene
        The streets, and all points and lines of sight on them.
    plan
        Chance of each site.
    cameras
        Draws of camera types, once for each placement.
    rounds
        Placements by site, for each round.
    keys
        Random key of each placement, shape (P,).
    facing
        Side of a traveller that each tier needs, once for each placement.
    kept
        What `keep` has made.
    """

    inputs: Inputs
    pack: Pack
    scene: Scene
    plan: SitePlan
    cameras: CameraDraws
    rounds: tuple[BySite, ...]
    keys: NDArray[np.uint64]
    facing: Facing
    kept: dict[object, Any] = field(default_factory=dict)

    @property
    def n_draws(self) -> int:
        """Number of draws of the ignorance layer, D."""
        return self.inputs.design.n_draws

    @property
    def n_placements(self) -> int:
        """Number of placements, P."""
        return len(self.keys)

    @property
    def lines(self) -> GeometryArray:
        """All streets as metric lines."""
        return self.scene.lines

    @property
    def loaded(self) -> Loaded:
        """The question and the data."""
        return self.inputs.loaded

    def graph(self, mode: Mode) -> Graph:
        """Return the streets open to a mode."""
        found: Graph = self.keep(
            ("graph", mode), lambda: street_graph(self.pack.streets, self.lines, mode)
        )
        return found

    def streets(self, mode: Mode) -> StreetIndex:
        """Return the streets open to a mode by position."""
        found: StreetIndex = self.keep(
            ("streets", mode), lambda: street_index(self.graph(mode), self.lines)
        )
        return found

    def keep(self, key: object, make: Callable[[], Any]) -> Any:  # noqa: ANN401
        """Return what follows from the city alone, made at the first request.

        Never anything that follows from a route or a place of a user.
        """
        if key not in self.kept:
            self.kept[key] = make()
        return self.kept[key]

    def habits(self, mode: Mode) -> Habits:
        """Return how people travel by a mode."""
        return habits(self.inputs.assumptions, mode)

    @cached_property
    def stands_for(self) -> FloatArray:
        """Cameras for which one at a candidate site stands, shape (P,)."""
        ratio = coverage.draw_ratio(self.inputs.assumptions, self.inputs.design)
        return np.tile(1.0 / ratio, self.n_placements // self.n_draws)

    def xy_m(self, lonlat: FloatArray) -> FloatArray:
        """Return metric positions of points in degrees, shape (N, 2)."""
        from pyproj import Transformer

        to = Transformer.from_crs("EPSG:4326", self.pack.manifest.crs, always_xy=True)
        return np.column_stack(to.transform(lonlat[:, 0], lonlat[:, 1]))

    def lonlat(self, xy_m: FloatArray) -> FloatArray:
        """Return points in degrees of metric positions, shape (N, 2)."""
        from pyproj import Transformer

        to = Transformer.from_crs(self.pack.manifest.crs, "EPSG:4326", always_xy=True)
        return np.column_stack(to.transform(xy_m[:, 0], xy_m[:, 1]))

    def sites_of(self, points: IntArray) -> IntArray:
        """Return the sites that have any of some street points in reach and sight, ascending."""
        rows = self.scene.rows
        count = rows.start[points + 1] - rows.start[points]
        first = np.repeat(rows.start[points] - (np.cumsum(count) - count), count)
        seen = np.zeros(len(self.scene.site_xy_m), dtype=bool)
        seen[rows.site[first + np.arange(len(first))]] = True
        return np.flatnonzero(seen)

    def standing_at(self, sites: IntArray, most: int | None = None) -> placement.Standing:
        """Return which of some sites, ascending, exist in each placement; see `placed_at`."""
        n = self.n_placements if most is None else min(most, self.n_placements)
        site, at = [], []
        for k, by_site in enumerate(self.rounds[: -(-n // self.n_draws)]):
            count = by_site.start[sites + 1] - by_site.start[sites]
            first = np.repeat(by_site.start[sites] - (np.cumsum(count) - count), count)
            draw = by_site.draw[first + np.arange(len(first))].astype(np.int64)
            site.append(np.repeat(sites, count))
            at.append(draw + k * self.n_draws)
        every, where = np.concatenate(site), np.concatenate(at)
        inside = where < n
        every, where = every[inside], where[inside]
        # Sites ascend within each round, and a placement is of one round.
        order = np.argsort(where.astype(np.min_scalar_type(n)), kind="stable")
        return placement.Standing(
            np.concatenate([[0], np.cumsum(np.bincount(where, minlength=n))]).astype(np.int64),
            every[order].astype(np.int32),
            self.keys[:n],
        )

    def placed_at(
        self, sites: IntArray, most: int | None = None, *, points: IntArray | None = None
    ) -> PlacedCameras:
        """Return the working cameras at some sites, the sites numbered among these.

        Parameters
        ----------
        sites
            Sites, ascending, shape (S,).
        most
            Number of placements, the first of them; all by default.
        points
            Street points to which lines of sight are wanted; all by default.
        """
        standing = self.standing_at(sites, most)
        n = len(standing.keys)
        cameras = _first(self.cameras, n)
        fields = self.scene.sites
        placed = placement.equip(
            standing, fields.n_cameras, fields.axis_deg, fields.width_deg, cameras,
            np.tile(self.inputs.per_site, -(-n // self.n_draws))[:n], fields.street_deg,
        )  # fmt: skip
        candidate = self.plan.chance.district[placed.site] >= 0
        weight = np.where(candidate, self.stands_for[placed.draw], 1.0)
        numbered = np.zeros(len(self.scene.site_xy_m), np.int32)
        numbered[sites] = np.arange(len(sites), dtype=np.int32)
        number = numbered[placed.site]
        return PlacedCameras(
            replace(placed, site=number),
            weight,
            cameras,
            Facing(self.facing.rule, self.facing.within_deg[:n]),
            self._sight_of(sites, points),
            fields.width_deg[sites],
        )

    def parts_at(
        self, points: IntArray, most: int | None = None, *, tiers: Sequence[Tier] = TIERS
    ) -> Iterator[PlacedCameras]:
        """Yield the working cameras that may have some street points in view, some at a time.

        Parameters
        ----------
        points
            Street points.
        most
            Number of placements, the first of them; all by default.
        tiers
            Tiers that are asked for; at others the cameras have no ring.
        """
        n = self.n_placements if most is None else min(most, self.n_placements)
        sites = self.sites_of(points)
        count = np.zeros(len(sites), np.int64)
        for by_site in self.rounds[: -(-n // self.n_draws)]:
            count += by_site.start[sites + 1] - by_site.start[sites]
        sites, count = sites[count > 0], count[count > 0]
        part = np.cumsum(count) // _STANDING_AT_ONCE
        for number in range(int(part.max(initial=0)) + 1):
            at = self.placed_at(sites[part == number], n, points=points)
            yield replace(at, cameras=only(at.cameras, tiers))

    def _sight_of(self, sites: IntArray, points: IntArray | None) -> Sight:
        """Return the lines of sight of some sites to some points, the sites numbered anew."""
        whole = self.scene.lines_of_sight
        wanted = np.ones(len(self.scene.points.length), dtype=bool)
        if points is not None:
            wanted[:] = False
            wanted[points] = True
        kept, counts = [np.empty(0, np.int64)], [np.zeros(0, np.int64)]
        # Some sites at a time, so that no copy of all lines of sight is made.
        for first in range(0, len(sites), _SITES_AT_ONCE):
            some = sites[first : first + _SITES_AT_ONCE]
            count = whole.start[some + 1] - whole.start[some]
            start = np.cumsum(count) - count
            pair = np.repeat(whole.start[some] - start, count) + np.arange(count.sum())
            inside = wanted[whole.point[pair]]
            site = np.repeat(np.arange(len(some)), count)[inside]
            kept.append(pair[inside])
            counts.append(np.bincount(site, minlength=len(some)))
        which = np.concatenate(kept)
        return Sight(
            np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
            whole.point[which],
            whole.distance_cm[which],
            whole.bearing[which],
            whole.height_dm[which],
            whole.reach_m,
        )


def _first(cameras: CameraDraws, n: int) -> CameraDraws:
    """Return the draws of the first placements."""
    turns = cameras.turns
    return replace(
        cameras,
        share=cameras.share[:n],
        hfov_deg=cameras.hfov_deg[:n],
        height_m=cameras.height_m[:n],
        inner_m=cameras.inner_m[:n],
        outer_m=cameras.outer_m[:n],
        availability=cameras.availability[:n],
        turns=None if turns is None else turns[:n],
    )


def only(cameras: CameraDraws, tiers: Sequence[Tier]) -> CameraDraws:
    """Return the cameras without rings at other tiers, so that no time is spent on these."""
    if len(tiers) == len(TIERS):
        return cameras
    asked = np.isin(TIERS, tiers)[None, :, None]
    return replace(
        cameras,
        inner_m=np.where(asked, cameras.inner_m, np.nan),
        outer_m=np.where(asked, cameras.outer_m, np.nan),
    )


cities: Final[LruCache[PlacedCity]] = LruCache(4)


def open_city(
    question: Question | Loaded,
    *,
    when: When = "day",
    small_plates: bool = False,
    n_placements: int = N_PLACEMENTS,
) -> PlacedCity:
    """Return a city with its cameras placed; the last few are kept.

    Parameters
    ----------
    question
        The city, the date and the assumptions, or what was loaded for them.
    when
        Whether cameras see as by day or as at night.
    small_plates
        Whether plates are those of motorcycles: smaller, and at the rear only.
    n_placements
        Placements in all: rounded up to whole rounds over all draws.

    Raises
    ------
    NotFoundError
        If the city is not known, or no streets are installed.
    InputDataError, PackError
        If evidence, assumptions or the streets cannot be used.

    Examples
    --------
    >>> import datetime as dt
    >>> question = Question("helsinki-centre", dt.date(2026, 11, 23), n_draws=20)
    >>> city = open_city(question, n_placements=40)
    >>> city.n_draws, city.n_placements
    (20, 40)
    """
    return kept_or_made(
        cities,
        question,
        lambda loaded: place_cameras(loaded, when, small_plates, n_placements),
        f" {when} {small_plates} {n_placements}",
    )


def place_cameras(
    loaded: Loaded,
    when: When = "day",
    small_plates: bool = False,
    n_placements: int = N_PLACEMENTS,
) -> PlacedCity:
    """Place the cameras of a city; arguments and errors as `open_city`."""
    by_day = make_inputs(loaded)
    pack, scene = scene_of(loaded)
    plan = plan_sites(by_day, pack, scene)
    inputs = seen_as(by_day, when, small_plates=small_plates)
    n_rounds = max(-(-n_placements // inputs.design.n_draws), 1)
    spacing_m = inputs.assumptions.value("sites.spacing_m")
    rounds, keys = [], []
    for k in range(n_rounds):
        standing = placement.standing_sites(
            plan.chance,
            Design(inputs.design.n_draws, inputs.design.seed + k * _ROUND_SEED),
            spacing_m=spacing_m,
            xy_m=scene.groups.xy_m,
        )
        rounds.append(BySite.of(standing, len(scene.site_xy_m)))
        keys.append(standing.keys)
    facing = assessed_trips.facing(inputs)
    if small_plates:
        facing = replace(facing, rule={**facing.rule, "plate": "rear"})
    return PlacedCity(
        inputs,
        pack,
        scene,
        plan,
        _tiled(inputs.cameras, n_rounds),
        tuple(rounds),
        np.concatenate(keys),
        Facing(facing.rule, np.tile(facing.within_deg, n_rounds)),
    )


def seen_as(inputs: Inputs, when: When, *, small_plates: bool = False) -> Inputs:
    """Return the same cameras as they see at night, or read the plates of motorcycles.

    The same characters on less width need as many more pixels per metre. What the cameras are and
    where they stand does not change.
    """
    if when == "day" and not small_plates:
        return inputs
    values = inputs.assumptions
    changes = {NIGHT_KEY: 1.0} if when == "night" else {}
    if small_plates:
        ratio = values.value("optics.car_plate_width_m") / values.value(
            "optics.motorcycle_plate_width_m"
        )
        changes["threshold.plate_px_m"] = values.value("threshold.plate_px_m") * ratio
    cameras = draw_cameras(
        inputs.loaded.catalogue,
        values.with_changes(changes),
        inputs.design,
        brand=inputs.brand,
        named=named_kinds(inputs.loaded.claims, inputs.question.as_of),
    )
    return replace(inputs, cameras=cameras)


def _tiled(cameras: CameraDraws, n: int) -> CameraDraws:
    """Return the same draws n times, one after the other."""

    def again(values: FloatArray) -> FloatArray:
        return np.tile(values, (n, *[1] * (values.ndim - 1)))

    return replace(
        cameras,
        share=again(cameras.share),
        hfov_deg=again(cameras.hfov_deg),
        height_m=again(cameras.height_m),
        inner_m=again(cameras.inner_m),
        outer_m=again(cameras.outer_m),
        availability=again(cameras.availability),
        turns=None if cameras.turns is None else again(cameras.turns),
    )
