"""One passing of one camera: what is new at each, and therefore in no figure of a city.

Whether a face or plate is turned to the camera, and where a camera that turns and zooms points
just then. Directions are taken as all alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import INTERVAL, Quantity
from toolkit.base.terms import FULL_CIRCLE_DEG, TIERS, Tier
from toolkit.optics.lens import field_of_view_deg, pixel_constant
from toolkit.optics.one_camera import Camera

_HALF_CIRCLE_DEG: Final = 180.0
_PROB: Final = (np.arange(200) + 0.5) / 200
"""Probabilities at which the factors of a product are evaluated."""


@dataclass(frozen=True)
class TierPassing:
    """How likely one working camera catches somebody at one passing.

    Attributes
    ----------
    in_ring
        Somebody inside its ring, at its wide setting if it zooms.
    zoomed
        Somebody on whom it could zoom in; None if it does not zoom.
    """

    tier: Tier
    in_ring: Quantity
    zoomed: Quantity | None


@dataclass(frozen=True)
class Passing:
    """What varies from one passing to the next; never part of a headline figure.

    Attributes
    ----------
    face_share, car_share, motorcycle_share
        Share of passings with face or plate towards the camera, if all directions are equally
        likely.
    moment_share
        Share of directions in the picture at one moment; None for a fixed camera.
    tele_hfov_deg, tele_share, tele_here_share
        For a camera that zooms: horizontal field of view at the long end, share of time zoomed
        in, and share of time zoomed in on a given place, if all directions are equally likely.
    tiers
        All of this together, by tier.
    """

    face_share: Quantity
    car_share: Quantity
    motorcycle_share: Quantity
    moment_share: float | None
    tele_hfov_deg: float | None
    tele_share: Quantity | None
    tele_here_share: Quantity | None
    tiers: tuple[TierPassing, ...]


def facing_share(cap_deg: FloatArray | float) -> FloatArray:
    """Return the share of all directions within a cap on either side of the camera."""
    return np.asarray(np.asarray(cap_deg, dtype=float) / _HALF_CIRCLE_DEG)


def make_passing(camera: Camera, assumptions: AssumptionSet) -> Passing:
    """Return what one passing of a camera is like.

    Parameters
    ----------
    camera
        The camera.
    assumptions
        ``optics.*_yaw_cap_deg``, ``optics.plate_rear_counts`` and ``optics.ptz_tele_share``.
    """
    rear = assumptions.value("optics.plate_rear_counts")

    def face(prob: FloatArray) -> FloatArray:
        return facing_share(assumptions["optics.face_yaw_cap_deg"].quantile(prob))

    def plate(prob: FloatArray) -> FloatArray:
        return facing_share(assumptions["optics.plate_yaw_cap_deg"].quantile(prob))

    def car(prob: FloatArray) -> FloatArray:
        return np.asarray(np.minimum((1 + rear) * plate(prob), 1.0))

    zooms, hfov, ends = camera.tele_focal_mm is not None, 0.0, np.array(INTERVAL)
    if camera.tele_focal_mm is not None:
        constant = pixel_constant(camera.tele_focal_mm, camera.width_px, camera.sensor_width_mm)
        hfov = float(field_of_view_deg(camera.width_px, constant, "rectilinear"))
    at_once = camera.hfov_deg / FULL_CIRCLE_DEG if camera.pans else 1.0

    def zoomed(prob: FloatArray) -> FloatArray:
        if not zooms:
            return np.zeros_like(prob)
        return assumptions["optics.ptz_tele_share"].quantile(prob)

    tiers = []
    for tier in TIERS:
        turned = {"face": face, "plate": car}.get(tier, np.ones_like)(_PROB)
        wide, here = at_once * (1.0 - zoomed(_PROB)), zoomed(_PROB) * hfov / FULL_CIRCLE_DEG
        tiers.append(
            TierPassing(tier, _product(wide, turned), _product(here, turned) if zooms else None)
        )
    return Passing(
        face_share=_quantity(face(ends)),
        car_share=_quantity(car(ends)),
        motorcycle_share=_quantity(rear * plate(ends)),
        moment_share=at_once if camera.pans else None,
        tele_hfov_deg=hfov if zooms else None,
        tele_share=_quantity(zoomed(ends)) if zooms else None,
        tele_here_share=_quantity(zoomed(ends) * hfov / FULL_CIRCLE_DEG) if zooms else None,
        tiers=tuple(tiers),
    )


def _product(one: FloatArray, other: FloatArray) -> Quantity:
    """Return the product of two independent shares, from values at even probabilities."""
    return _quantity(np.quantile(np.outer(one, other), INTERVAL))


def _quantity(values: FloatArray) -> Quantity:
    low, mid, high = (float(v) for v in values)
    return Quantity.of(low, mid, high, "share")
