"""Draws of a city's cameras: types from the mix of a brand, and their rings per tier.

Formulas are in `toolkit.optics.lens`, the catalogue in `toolkit.optics.catalogue`, thresholds of
standards and makers in `toolkit.optics.thresholds`, and single cameras in `toolkit.optics.sheet`.

Each camera has its own lens, aim and height about the mean of its city, so each type is drawn as a
few equally likely variants, see `toolkit.optics.variants`. The aim is part of the ignorance layer,
so these are rings of aimed cameras. A PTZ camera counts at its wide setting, in all directions.
Whatever varies from one passing to the next (who faces the camera, where a zoomed-in camera points)
is not included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import FULL_CIRCLE_DEG, TIERS, Tier
from toolkit.optics.catalogue import CameraType, Catalogue, Kind, Mix
from toolkit.optics.facing import draw_turns
from toolkit.optics.lens import (
    aim_at_height_m,
    field_of_view_deg,
    night_slant_m,
    pixel_constant,
    pixel_constant_of_field,
    ring_bounds,
)
from toolkit.optics.variants import N_VARIANTS, Variants

NIGHT_KEY: Final = "optics.night"
"""Key of the assumption that is 1 for rings at night."""
_OWN_HEIGHT: Final = ("face", "plate")
"""Kinds of camera that hang at the height of their type, not at that of the poles of the city."""


@dataclass(frozen=True)
class CameraDraws:
    """Draws of cameras over the ignorance layer: Y variants of types, those of a type together.

    Attributes
    ----------
    share
        Shares of variants, shape (D, Y); rows sum to one.
    hfov_deg
        Horizontal field of view in which places count as covered, shape (D, Y): the full circle
        for PTZ cameras.
    height_m
        Height of the lens above the ground, shape (D, Y).
    inner_m, outer_m
        Radii of the rings, shape (D, T, Y), T over `terms.TIERS`; NaN where empty.
    availability
        Share of cameras working, shape (D,).
    type_ids
        Id of the type of each of the Y variants.
    turns
        Direction of the first camera of a site relative to its street, see `facing.turn_prob`,
        shape (D, `facing.N_STEPS`); None for any direction.
    """

    share: FloatArray
    hfov_deg: FloatArray
    height_m: FloatArray
    inner_m: FloatArray
    outer_m: FloatArray
    availability: FloatArray
    type_ids: tuple[str, ...]
    turns: FloatArray | None = None

    def rows(self, which: IntArray) -> CameraDraws:
        """Return some draws, in this order; the same draw may be taken again."""
        # Every array has a row for each draw: one left out would be paired with other draws.
        parts = {field.name: getattr(self, field.name) for field in fields(self)}
        taken: dict[str, Any] = {
            name: value[which] for name, value in parts.items() if isinstance(value, np.ndarray)
        }
        return replace(self, **taken)

    def able_share(self) -> FloatArray:
        """Return the share of cameras whose ring is not empty, shape (D, T)."""
        has_ring = np.isfinite(self.inner_m)
        return np.asarray(np.einsum("dty,dy->dt", has_ring.astype(float), self.share))


@dataclass(frozen=True)
class Target:
    """What has to be in the picture for a tier.

    Attributes
    ----------
    low_m, high_m
        Heights above the ground that it spans.
    cap_key
        Key of the assumption on the steepest usable view; None where any view will do.
    """

    low_m: float
    high_m: float
    cap_key: str | None = None


def targets(assumptions: AssumptionSet) -> dict[Tier, Target]:
    """Return the target of each tier: a whole person, a face, a number plate.

    A face is never above the head, so that exposure never rises from seen to recognised, and from
    there neither to identified nor to face. Those two have no order: a face has a tilt cap.
    """
    person = assumptions.value("optics.person_height_m")
    face = min(assumptions.value("optics.face_height_m"), person)
    plate = assumptions.value("optics.plate_height_m")
    return {
        "seen": Target(0.0, person),
        "recognised": Target(0.0, person),
        "identified": Target(0.0, person),
        "face": Target(face, face, "optics.face_tilt_cap_deg"),
        "plate": Target(plate, plate, "optics.plate_tilt_cap_deg"),
    }


def threshold_px_m(tier: Tier, assumptions: AssumptionSet) -> float:
    """Return the minimum pixel density of a tier, in pixels per metre."""
    return assumptions.value(f"threshold.{tier}_px_m")


def system_down(assumptions: AssumptionSet) -> Quantity:
    """Return the probability that the whole system of a city is down.

    Outages are mostly city-wide (Dawei: all 32 cameras for about six months). The share of
    cameras working, drawn per city, is part of every figure; this probability is not. Multiplied
    in, it would lower every street by the same factor and turn "all or nothing, for months" into
    streets that look a little less watched. Maps therefore hold if the system runs, and this
    probability is shown next to them.
    """
    low, mid, high = assumptions["optics.city_outage_prob"].quantile(np.array(INTERVAL))
    return Quantity.of(float(low), float(mid), float(high), "probability")


def draw_cameras(
    catalogue: Catalogue,
    assumptions: AssumptionSet,
    design: Design,
    *,
    brand: str | None,
    named: Mapping[Kind, str] | None = None,
    n_variants: int = N_VARIANTS,
    height_m: float | None = None,
) -> CameraDraws:
    """Draw mixes, lenses, heights, aims and rings over the ignorance layer.

    Parameters
    ----------
    catalogue
        Types and mixes.
    assumptions
        ``optics.*``, ``threshold.*`` and ``sites.bearing_*``; with ``optics.night`` at 1 the
        rings are those at night.
    design
        Number of draws and seed.
    brand
        Brand of the cameras; None if not stated.
    named
        Kinds of camera that are reported to be among those of the city, with the last part of the
        key ``optics.named_*`` that says how much each report counts; by default none.
    n_variants
        Number of variants of each type.
    height_m
        Height of the lens where it is stated; by default that of the poles of the city. Above the
        range of a type it counts as the upper end: the aims of the type are not those of masts.

    Examples
    --------
    >>> from toolkit.assumptions.sets import load_assumptions
    >>> from toolkit.optics.catalogue import load_catalogue
    >>> drawn = draw_cameras(load_catalogue(), load_assumptions(), Design(8, seed=0), brand=None)
    >>> drawn.outer_m.shape == (8, len(TIERS), len(drawn.type_ids))
    True
    """
    mix = catalogue.mix(brand)
    types = catalogue.types_of(mix)
    weight = _mix_weights(types, mix, assumptions, design, named or {})
    share = _draw_mix(types, weight, design)
    variants = Variants.of(assumptions, design, n_variants)
    # All types share the poles of a city.
    pole_m = assumptions["optics.height_m"].quantile(variants.pole_prob())
    drawn = []
    for camera in types:
        height = _draw_height(camera, variants, pole_m)
        if height_m is not None:
            height = np.full_like(pole_m, min(height_m, camera.height_m.high))
        drawn.append(_draw_type(camera, variants, assumptions, height))
    return CameraDraws(
        share=np.repeat(share / variants.number, variants.number, axis=1),
        hfov_deg=np.hstack([one.hfov_deg for one in drawn]),
        height_m=np.hstack([one.height_m for one in drawn]),
        inner_m=np.concatenate([one.inner_m for one in drawn], axis=2),
        outer_m=np.concatenate([one.outer_m for one in drawn], axis=2),
        availability=assumptions.draw("optics.availability", design),
        type_ids=tuple(t.id for t in types for _ in range(variants.number)),
        turns=draw_turns(assumptions, design),
    )


@dataclass(frozen=True)
class _TypeDraws:
    """Draws of the variants of one type: shapes (D, M), and (D, T, M) for rings."""

    hfov_deg: FloatArray
    height_m: FloatArray
    inner_m: FloatArray
    outer_m: FloatArray


def _draw_type(
    camera: CameraType, variants: Variants, assumptions: AssumptionSet, height: FloatArray
) -> _TypeDraws:
    """Draw lenses, aims and rings of the variants of one type at given heights, shape (D, M)."""
    design, what = variants.design, targets(assumptions)
    lens = _draw_lens(camera, variants)
    inner = np.empty((design.n_draws, len(TIERS), variants.number))
    outer = np.empty_like(inner)
    for t, tier in enumerate(TIERS):
        target = what[tier]
        cap = 90.0 if target.cap_key is None else assumptions.draw(target.cap_key, design)[:, None]
        aim = None
        if not camera.pans:
            aim = aim_at_height_m(lens.aim_face_m, height, what["face"].high_m, target.high_m)
        inner[:, t], outer[:, t] = ring_bounds(
            lens.constant_px,
            threshold_px_m(tier, assumptions),
            height,
            target_low_m=target.low_m,
            target_high_m=target.high_m,
            aim_m=aim,
            vertical_fov_deg=lens.vfov_deg,
            tilt_cap_deg=cap,
            max_range_m=assumptions.value("optics.max_range_m"),
            slant_limit_m=_light_m(tier, lens, camera, variants, assumptions),
        ).ends_m
    return _TypeDraws(lens.hfov_deg, height, inner, outer)


def _draw_height(camera: CameraType, variants: Variants, pole_m: FloatArray) -> FloatArray:
    """Draw the heights of lenses, shape (D, M).

    Cameras for faces and plates are hung where they work; all others hang on the poles that there
    are.
    """
    if camera.kind in _OWN_HEIGHT:
        return camera.height_m.quantile(variants.prob("height", camera.id))
    return np.clip(pole_m, camera.height_m.low, camera.height_m.high)


@dataclass(frozen=True)
class _Lens:
    """Draws of the lens and aim of the variants of one type, all of shape (D, M)."""

    constant_px: FloatArray
    hfov_deg: FloatArray
    vfov_deg: FloatArray
    aim_face_m: FloatArray


def _draw_lens(camera: CameraType, variants: Variants) -> _Lens:
    # The pixel constant follows from the lens, or from a stated field of view (panoramas).
    width = camera.width_px.quantile(variants.prob("width", camera.id))
    if camera.hfov_deg is None:
        constant = pixel_constant(
            camera.focal_mm.quantile(variants.prob("focal", camera.id)),
            width,
            camera.sensor_width_mm.quantile(variants.prob("sensor", camera.id)),
        )
        hfov = field_of_view_deg(width, constant, camera.projection)
    else:
        hfov = camera.hfov_deg.quantile(variants.prob("hfov", camera.id))
        constant = pixel_constant_of_field(width, hfov, camera.projection)
    tall = width * (camera.height_px.value / camera.width_px.value)
    return _Lens(
        constant_px=constant,
        hfov_deg=np.full_like(hfov, FULL_CIRCLE_DEG) if camera.pans else hfov,
        vfov_deg=field_of_view_deg(tall, constant, camera.projection),
        aim_face_m=camera.aim_m.quantile(variants.prob("aim", camera.id)),
    )


def _light_m(
    tier: Tier, lens: _Lens, camera: CameraType, variants: Variants, assumptions: AssumptionSet
) -> FloatArray | float:
    """Return the slant distance that the light reaches, in metres; infinite by day."""
    if not assumptions.value(NIGHT_KEY):
        return np.inf
    kept: FloatArray | float = 1.0
    if tier == "face":
        kept = assumptions.draw("optics.night_face_share", variants.design)[:, None]
    return night_slant_m(
        lens.constant_px,
        threshold_px_m(tier, assumptions),
        ir_claim_m=camera.night_m.quantile(variants.prob("night", camera.id)),
        ir_claim_share=assumptions.draw("optics.ir_claim_share", variants.design)[:, None],
        kept_share=kept,
    )


def _mix_weights(
    types: tuple[CameraType, ...],
    mix: Mix,
    assumptions: AssumptionSet,
    design: Design,
    named: Mapping[Kind, str],
) -> FloatArray:
    """Return the concentration parameters of the mix in cameras, shape (D, Y).

    A reported kind counts as some cameras seen of it, split over the types of that kind.
    """
    shares = np.array([mix.shares[t.id] for t in types])
    weight = shares * assumptions.value("optics.mix_concentration")
    for kind, support in sorted(named.items()):
        of_kind = np.where([t.kind == kind for t in types], shares, 0.0)
        if of_kind.any():
            cameras = assumptions.draw(f"optics.named_{support}", design)[:, None]
            weight = weight + cameras * of_kind / of_kind.sum()
    return np.broadcast_to(weight, (design.n_draws, len(types)))


def _draw_mix(types: tuple[CameraType, ...], weight: FloatArray, design: Design) -> FloatArray:
    """Draw shares of types from a Dirichlet distribution, as normalised gamma variates."""
    from scipy import special

    gammas = np.column_stack(
        [
            special.gammaincinv(weight[:, y], design.column(f"mix:{t.id}"))
            for y, t in enumerate(types)
        ]
    )
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True), dtype=float)
