"""The answer for a track past cameras of a list, without any street network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assessment.model import AssumptionsPart
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import BoolArray, FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import FULL_CIRCLE_DEG, TIERS, Tier
from toolkit.base.version import __version__
from toolkit.language import notes, words
from toolkit.optics.camera_draws import NIGHT_KEY, CameraDraws, draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.routes.habits import side_rules
from toolkit.threats import listed, model, scores
from toolkit.threats.city import When
from toolkit.threats.figures import MOST_SECTIONS, SECTION_M
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

N_DRAWS: Final = 200
N_ROUNDS: Final = 4
"""Rounds of types and directions for each draw of what is not known."""
MOST_RADIUS_M: Final = 500.0
_HALF_CIRCLE_DEG: Final = 180.0
_NONE_DEG: Final = -1.0


@dataclass(frozen=True, eq=False)
class _Found:
    """Where a track is in view, for Q variants.

    Attributes
    ----------
    inside
        Union over all cameras.
    cameras
        Whether each camera has any of it in view, shape (Q, N).
    """

    inside: listed.Inside
    cameras: BoolArray


def route_past(
    cameras: listed.CameraPoints,
    track: Track,
    *,
    assumptions: AssumptionSet,
    as_of: dt.date,
    seed: int = 0,
    travel: Travel | None = None,
    radius_m: float | None = None,
) -> model.RouteAnswer:
    """Return which cameras of a list may have a track in view, and where.

    Parameters
    ----------
    cameras
        The list.
    track
        The track in degrees.
    assumptions, as_of, seed
        Set of assumptions, date, and seed of all draws.
    travel
        See `toolkit.threats.route.route`.
    radius_m
        One range for all cameras in all directions, instead of what cameras of the assumed mix can
        do: the figures are then exact, and only of the tier ``seen``.

    Raises
    ------
    UsageError
        If the radius or the tier cannot be used.
    InputDataError
        If the list is empty.
    """
    if not len(cameras.lonlat):
        msg = "The list has no camera. Add a row for each."
        raise InputDataError(msg)
    if radius_m is not None and not 0.0 < radius_m <= MOST_RADIUS_M:
        msg = f"The radius must be above 0 and at most {MOST_RADIUS_M:g} m."
        raise UsageError(msg)
    travel = travel or Travel()
    exact = radius_m is not None
    tiers: tuple[Tier, ...] = ("seen",) if exact else travel.tiers
    plane = listed.plane_of(np.concatenate([*track.lines, cameras.lonlat]))
    pieces = listed.pieces_of([np.column_stack(plane.transform(*line.T)) for line in track.lines])
    xy = np.column_stack(plane.transform(*cameras.lonlat.T))
    n_draws, rounds = (1, 1) if exact else (N_DRAWS, N_ROUNDS)
    views = None if exact else _Drawn.of(cameras, assumptions, seed, travel.when)
    parts, mapped = {}, {}
    for name in tiers:
        views_of = _discs(float(radius_m or 0.0)) if views is None else views.at(name)
        found = _found(pieces, xy, views_of, n_draws * rounds)
        parts[name] = _tier(found, pieces, n_draws, travel.trips)
        mapped[name] = found.cameras
    counts = [f"track_{name}" for name in track.counts]
    return model.RouteAnswer(
        tool=__version__,
        as_of=as_of,
        seed=seed,
        status="installed",
        city=None,
        assumptions=AssumptionsPart.of(assumptions),
        inputs=None,
        mode=travel.mode,
        when=travel.when,
        placements=n_draws * rounds,
        warnings=notes.notes(("route_list_only", "route_no_promise", *counts)),
        limits=words.limits("en"),
        sources=(),
        basis="mapped_cameras",
        length_m=round(pieces.total_m, 1),
        unknown_share=0.0,
        off_streets_m=0.0,
        tiers=parts,
        mapped=_mapped(mapped, n_draws),
    )


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Types, directions and states of the cameras of a list in each variant, shape (Q, N)."""

    cameras: CameraDraws
    facing_deg: FloatArray
    rules: dict[Tier, str]
    kind: IntArray
    axis_deg: FloatArray
    width_deg: FloatArray
    works: BoolArray

    @classmethod
    def of(
        cls, cameras: listed.CameraPoints, values: AssumptionSet, seed: int, when: When
    ) -> _Drawn:
        if when == "night":
            values = values.with_changes({NIGHT_KEY: 1.0})
        design = Design(N_DRAWS, seed)
        drawn = draw_cameras(load_catalogue(), values, design, brand=None, named={})
        n, q = len(cameras.lonlat), N_DRAWS * N_ROUNDS
        draw = np.arange(q) % N_DRAWS
        rng = design.generator("listed cameras")
        kind_u, axis_u, luck = rng.random((3, q, n))
        total = np.cumsum(drawn.share, axis=1)
        kind = np.empty((q, n), dtype=np.int64)
        for d in range(N_DRAWS):
            kind[d::N_DRAWS] = np.searchsorted(total[d] / total[d, -1], kind_u[d::N_DRAWS])
        hfov = np.take_along_axis(drawn.hfov_deg[draw], kind, axis=1)
        axis = np.where(np.isnan(cameras.axis_deg), axis_u * FULL_CIRCLE_DEG, cameras.axis_deg)
        return cls(
            cameras=drawn,
            facing_deg=values.draw("trips.facing_within_deg", design)[draw],
            rules=side_rules(values),
            kind=kind,
            axis_deg=axis,
            width_deg=np.where(np.isnan(cameras.width_deg), hfov, cameras.width_deg),
            works=luck < drawn.availability[draw][:, None],
        )

    def of_tier(self, k: int, tier: Tier) -> tuple[FloatArray, FloatArray]:
        """Return the ring of a camera in each variant."""
        t = TIERS.index(tier)
        draw = np.arange(len(self.kind)) % N_DRAWS
        kind = self.kind[:, k]
        inner = self.cameras.inner_m[draw, t, kind]
        outer = np.where(self.works[:, k], self.cameras.outer_m[draw, t, kind], np.nan)
        return inner, outer

    def at(self, tier: Tier) -> Callable[[int], listed.Views]:
        """Return what each camera can see at one tier."""
        return lambda k: self.views(k, tier)

    def views(self, k: int, tier: Tier) -> listed.Views:
        """Return what a camera can see in each variant."""
        inner, outer = self.of_tier(k, tier)
        rule = self.rules.get(tier, "any")
        every = np.full(len(inner), _HALF_CIRCLE_DEG)
        none = np.full(len(inner), _NONE_DEG)
        front = every if rule == "any" else none
        rear = front
        if rule in {"front", "front_or_rear"}:
            front = self.facing_deg
        if rule in {"rear", "front_or_rear"}:
            rear = self.facing_deg
        return listed.Views(inner, outer, self.axis_deg[:, k], self.width_deg[:, k], front, rear)


def _discs(radius_m: float) -> Callable[[int], listed.Views]:
    disc = listed.Views.disc(radius_m)
    return lambda _: disc


def _found(
    pieces: listed.Pieces, xy: FloatArray, views_of: Callable[[int], listed.Views], n_variants: int
) -> _Found:
    seen = np.zeros((n_variants, len(xy)), dtype=bool)
    parts = []
    for k, place in enumerate(xy):
        inside = listed.in_view(pieces, place, views_of(k))
        seen[inside.variant, k] = True
        parts.append(inside)
    return _Found(listed.union_of(parts, pieces.total_m), seen)


def _tier(found: _Found, pieces: listed.Pieces, n_draws: int, trips: int) -> model.RouteTier:
    n_variants = len(found.cameras)
    total_m = pieces.total_m
    counts = found.cameras.sum(axis=1).astype(float)
    seen_m = np.minimum(listed.lengths(found.inside, n_variants), total_m)
    one = scores.probability(counts >= 1, n_draws)
    return model.RouteTier(
        cameras=scores.realised(counts, "cameras"),
        expected_cameras=scores.expected(counts, n_draws, "cameras"),
        at_least_one=one,
        at_least_two_sites=scores.probability(counts >= 2, n_draws),  # noqa: PLR2004
        in_view_m=scores.realised(seen_m, "m"),
        in_view_share=scores.realised(seen_m / total_m, "share"),
        longest_not_known_to_be_watched_m=scores.realised(
            listed.longest_gap_m(found.inside, n_variants, total_m), "m"
        ),
        sections=_sections(found.inside, n_variants, total_m, n_draws),
        repeated=model.Repeated(
            trips=trips, at_least_one=one, times_passed=scores.realised(counts * trips, "cameras")
        ),
    )


def _sections(
    inside: listed.Inside, n_variants: int, total_m: float, n_draws: int
) -> tuple[model.Section, ...]:
    n = int(np.clip(round(total_m / SECTION_M), 1, MOST_SECTIONS))
    size_m = total_m / n
    rows = []
    for k in range(n):
        here = (inside.to_m > k * size_m) & (inside.from_m < (k + 1) * size_m)
        hits = np.zeros(n_variants, dtype=bool)
        hits[inside.variant[here]] = True
        rows.append(
            model.Section(
                from_m=round(k * size_m, 1),
                to_m=round((k + 1) * size_m, 1),
                in_view=scores.probability(hits, n_draws),
            )
        )
    return tuple(rows)


def _mapped(found: dict[Tier, BoolArray], n_draws: int) -> tuple[model.MappedCamera, ...]:
    """Return the cameras that may have the track in view, by their row in the list."""
    any_tier = np.logical_or.reduce([seen.any(axis=0) for seen in found.values()])
    return tuple(
        model.MappedCamera(
            ids=(str(k + 1),),
            in_view={tier: scores.probability(seen[:, k], n_draws) for tier, seen in found.items()},
        )
        for k in np.flatnonzero(any_tier).tolist()
    )
