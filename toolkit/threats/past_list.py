"""The answer for a track past cameras of a list, without any street network.

Cameras are of the assumed mix, at their stated heights. With ranges, stated in the list or given
for all, each row is a disc instead, in which people are seen; all else would be a guess on top.
"""

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
from toolkit.optics.one_camera import HEIGHT_M
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
HEIGHT_STEP_M: Final = 0.25
"""Steps to which stated heights are rounded down: a lower camera has faces from nearer by."""
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
    rows
        Whether any camera of a row of the list has, shape (Q, R), rows as they are numbered.
    """

    inside: listed.Inside
    cameras: BoolArray
    rows: BoolArray


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
        Range of the cameras of which the list states none, in all directions, instead of what
        cameras of the assumed mix can do: the figures are then exact, and only of the tier
        ``seen``. Ranges in the list do the same.

    Raises
    ------
    UsageError
        If the radius, the tier or the time cannot be used.
    InputDataError
        If the list is empty, or states ranges that cannot be used.
    """
    if not len(cameras.lonlat):
        msg = "The list has no camera. Add a row for each."
        raise InputDataError(msg)
    travel = travel or Travel()
    discs_m = _discs_m(cameras, travel, radius_m)
    exact = discs_m is not None
    said = ["route_list_only", "route_no_promise"]
    at: Callable[[Tier], Callable[[int], listed.Views]]
    if discs_m is None:
        at = _Drawn.of(cameras, assumptions, seed, travel.when).at
        said += ["wide_setting", *(["daylight"] if travel.when == "day" else [])]
    else:
        discs = _discs(discs_m)
        cameras, at = cameras.one_a_row(), lambda _: discs
    tiers: tuple[Tier, ...] = ("seen",) if exact else travel.tiers
    plane = listed.plane_of(np.concatenate([*track.lines, cameras.lonlat]))
    pieces = listed.pieces_of([np.column_stack(plane.transform(*line.T)) for line in track.lines])
    xy = np.column_stack(plane.transform(*cameras.lonlat.T))
    n_draws, rounds = (1, 1) if exact else (N_DRAWS, N_ROUNDS)
    numbers, row = np.unique(cameras.row, return_inverse=True)
    parts, mapped = {}, {}
    for name in tiers:
        found = _found(pieces, xy, row, at(name), n_draws * rounds)
        parts[name] = _tier(found, pieces, n_draws, travel.trips)
        mapped[name] = found.rows
    said += [f"track_{name}" for name in track.counts]
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
        warnings=notes.notes(said),
        limits=words.limits("en"),
        sources=(),
        basis="mapped_cameras",
        length_m=round(pieces.total_m, 1),
        unknown_share=0.0,
        off_streets_m=0.0,
        tiers=parts,
        mapped=_mapped(mapped, numbers, n_draws),
    )


def _discs_m(
    cameras: listed.CameraPoints, travel: Travel, radius_m: float | None
) -> FloatArray | None:
    """Return the range of each row; None if none is stated, and the mix says what cameras can do.

    Errors as `route_past`.
    """
    if radius_m is not None and not 0.0 < radius_m <= MOST_RADIUS_M:
        msg = f"The radius must be above 0 and at most {MOST_RADIUS_M:g} m."
        raise UsageError(msg)
    cameras = cameras.one_a_row()
    stated = ~np.isnan(cameras.radius_m)
    if radius_m is None and not stated.any():
        return None
    found = np.where(stated, cameras.radius_m, np.nan if radius_m is None else radius_m)
    if np.isnan(found).any():
        msg = (
            f"Row {cameras.row[np.isnan(found)][0]} of the list states no radius, and row "
            f"{cameras.row[stated][0]} does. Give the range of all that state none (--radius-m), "
            "or take the column out: cameras are then of the assumed mix."
        )
        raise InputDataError(msg)
    if found.max() > MOST_RADIUS_M:
        msg = (
            f"Row {cameras.row[found.argmax()]} of the list states a radius of {found.max():,.0f} "
            f"m; at most {MOST_RADIUS_M:g} m are used. Change it, or take the column out."
        )
        raise InputDataError(msg)
    if travel.tier not in {None, "seen"} or travel.when != "day":
        what = f"the tier {travel.tier}" if travel.tier not in {None, "seen"} else "the night"
        msg = (
            f"A radius says within which people are seen, and nothing of {what}. Leave that out, "
            "or leave out the radius, in the list too: cameras are then of the assumed mix."
        )
        raise UsageError(msg)
    return found


@dataclass(frozen=True, eq=False)
class _Drawn:
    """Types, directions and states of the cameras of a list in each variant, shape (Q, N).

    `cameras` are the same draws at each stated height, and `drawn_as` which of them is each
    camera's, shape (N,).
    """

    cameras: tuple[CameraDraws, ...]
    drawn_as: IntArray
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
        heights, drawn_as = _heights(cameras.height_m)
        catalogue = load_catalogue()
        every = tuple(
            draw_cameras(catalogue, values, design, brand=None, named={}, height_m=height_m)
            for height_m in heights
        )
        # The mix, the fields of view and the share working do not depend on the height.
        drawn = every[0]
        n, q = len(cameras.lonlat), N_DRAWS * N_ROUNDS
        draw = np.arange(q) % N_DRAWS
        rng = design.generator("listed cameras")
        kind_u, axis_u, luck = rng.random((3, q, n))
        pans = cameras.width_deg >= FULL_CIRCLE_DEG
        turning = np.where(drawn.hfov_deg >= FULL_CIRCLE_DEG, drawn.share, 0.0)
        turning = np.where(turning.any(axis=1, keepdims=True), turning, drawn.share)
        kind = np.empty((q, n), dtype=np.int64)
        # One that pans is of a type that does, as in a city.
        for which, share in ((~pans, drawn.share), (pans, turning)):
            total = np.cumsum(share, axis=1)
            for d in range(N_DRAWS):
                some = np.ix_(np.arange(d, q, N_DRAWS), which)
                kind[some] = np.searchsorted(total[d] / total[d, -1], kind_u[some])
        hfov = np.take_along_axis(drawn.hfov_deg[draw], kind, axis=1)
        axis = np.where(np.isnan(cameras.axis_deg), axis_u * FULL_CIRCLE_DEG, cameras.axis_deg)
        return cls(
            cameras=every,
            drawn_as=drawn_as,
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
        kind, cameras = self.kind[:, k], self.cameras[self.drawn_as[k]]
        inner = cameras.inner_m[draw, t, kind]
        outer = np.where(self.works[:, k], cameras.outer_m[draw, t, kind], np.nan)
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


def _heights(height_m: FloatArray) -> tuple[list[float | None], IntArray]:
    """Return the different heights, None where not known, and which of them each camera has."""
    steps = np.floor(np.clip(height_m, *HEIGHT_M) / HEIGHT_STEP_M) * HEIGHT_STEP_M
    found, which = np.unique(steps, return_inverse=True)
    return [None if np.isnan(value) else float(value) for value in found], which


def _discs(radius_m: FloatArray) -> Callable[[int], listed.Views]:
    return lambda k: listed.Views.disc(float(radius_m[k]))


def _found(
    pieces: listed.Pieces,
    xy: FloatArray,
    row: IntArray,
    views_of: Callable[[int], listed.Views],
    n_variants: int,
) -> _Found:
    """Return what is in view; `row` is the row of each camera, numbered from 0."""
    seen = np.zeros((n_variants, len(xy)), dtype=bool)
    rows = np.zeros((n_variants, int(row.max()) + 1), dtype=bool)
    parts = []
    for k, place in enumerate(xy):
        inside = listed.in_view(pieces, place, views_of(k))
        seen[inside.variant, k] = True
        rows[inside.variant, row[k]] = True
        parts.append(inside)
    return _Found(listed.union_of(parts, pieces.total_m), seen, rows)


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
        at_least_two_sites=scores.probability(found.rows.sum(axis=1) >= 2, n_draws),  # noqa: PLR2004
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


def _mapped(
    found: dict[Tier, BoolArray], numbers: IntArray, n_draws: int
) -> tuple[model.MappedCamera, ...]:
    """Return the rows of the list whose cameras may have the track in view, in their order."""
    any_tier = np.logical_or.reduce([seen.any(axis=0) for seen in found.values()])
    return tuple(
        model.MappedCamera(
            ids=(str(numbers[k]),),
            in_view={tier: scores.probability(seen[:, k], n_draws) for tier, seen in found.items()},
        )
        for k in np.flatnonzero(any_tier).tolist()
    )
