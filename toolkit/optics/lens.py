"""Formulas of one lens: pixel density, fields of view, and the ring it serves on the ground.

Pixel density on axis at slant distance s is K/s with K = f * R_h / w_s (focal length, horizontal
pixels, sensor width). A ring is where the density suffices and the target lies inside the vertical
field of view. Plane trigonometry throughout; thresholds come from outside
(`toolkit.optics.thresholds`).

**Off axis.** For a target that faces the lens the density at slant distance s is K/s at every
angle of an equidistant lens, and K/(s * cos^2) for a rectilinear one, which draws the edges larger.
So K/s is exact or on the low side; real wide lenses lie between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import FULL_CIRCLE_DEG

Projection = Literal["rectilinear", "equidistant", "panorama"]
"""How angle becomes pixels. A panorama is stitched from several lenses: pixels follow the angle, as
for an equidistant lens, and K follows from the field of view instead of the pixel pitch."""

Value = FloatArray | float
_RIGHT_ANGLE_DEG: Final = 90.0
_SMALLEST_CAP_DEG: Final = 1e-9


def pixel_constant(focal_mm: Value, width_px: Value, sensor_width_mm: Value) -> FloatArray:
    """Return K, in pixels: the density on axis is K divided by the slant distance in metres."""
    return np.asarray(np.asarray(focal_mm, dtype=float) * width_px / sensor_width_mm)


def pixel_constant_of_field(width_px: Value, hfov_deg: Value, projection: Projection) -> FloatArray:
    """Return K, in pixels, from a published horizontal field of view.

    Rectilinear: R / (2 tan(HFOV/2)); otherwise R / HFOV in radians. For five of six lenses on data
    sheets the second agrees with the pixel pitch within 10 %, and the first is 8 to 28 % low.
    """
    angle = np.deg2rad(np.asarray(hfov_deg, dtype=float))
    if projection == "rectilinear":
        return np.asarray(width_px / (2 * np.tan(angle / 2)), dtype=float)
    return np.asarray(width_px / angle, dtype=float)


def field_of_view_deg(
    extent_px: Value, constant_px: Value, projection: Projection | str
) -> FloatArray:
    """Return the angle that `extent_px` pixels span about the axis, in degrees.

    Rectilinear lenses: 2 atan(extent / 2K). Others: extent / K radians, which fits published fields
    of view of wide lenses better.
    """
    constant = np.asarray(constant_px, dtype=float)
    if projection == "rectilinear":
        return np.asarray(np.rad2deg(2 * np.arctan(extent_px / (2 * constant))), dtype=float)
    return np.asarray(np.minimum(np.rad2deg(extent_px / constant), FULL_CIRCLE_DEG))


def off_axis_ratio(angle_deg: Value, projection: Projection) -> FloatArray:
    """Return the density off axis over that on axis at the same slant distance.

    For a target that faces the lens; see the module's text.
    """
    angle = np.deg2rad(np.asarray(angle_deg, dtype=float))
    if projection == "rectilinear":
        return np.asarray(1 / np.cos(angle) ** 2, dtype=float)
    return np.ones_like(angle)


def ground_m(slant_m: Value, drop_m: Value) -> FloatArray:
    """Return the horizontal distance at a slant distance; 0 where it does not span the drop."""
    slant = np.asarray(slant_m, dtype=float)
    return np.asarray(np.sqrt(np.maximum(slant**2 - np.asarray(drop_m) ** 2, 0.0)), dtype=float)


@dataclass(frozen=True)
class RingBounds:
    """What bounds a ring on the ground, in metres.

    Attributes
    ----------
    cap_m
        From here on the view is not too steep.
    picture_near_m, picture_far_m
        Where the lower edge of the picture meets the target, and where the upper one leaves it; 0
        and infinite for a ring without an aim.
    density_m
        The pixel density suffices up to here.
    light_m
        The light suffices up to here; infinite by day.
    range_m
        Nothing is counted beyond.
    aimed
        Whether an aim was given. Without one this is where the camera *could* serve a target if it
        pointed there: good enough to say "not excluded", and for nothing else.
    """

    cap_m: FloatArray
    picture_near_m: FloatArray
    density_m: FloatArray
    light_m: FloatArray
    picture_far_m: FloatArray
    range_m: FloatArray
    aimed: bool

    @property
    def ends_m(self) -> tuple[FloatArray, FloatArray]:
        """Inner and outer radius; the ring is empty where inner >= outer, and then both are NaN."""
        inner = np.maximum(self.cap_m, self.picture_near_m)
        outer = np.minimum(
            np.minimum(self.density_m, self.light_m), np.minimum(self.picture_far_m, self.range_m)
        )
        empty = ~(inner < outer)
        return np.where(empty, np.nan, inner), np.where(empty, np.nan, outer)


def ring_bounds(  # noqa: PLR0913
    constant_px: Value,
    threshold_px_m: Value,
    height_m: Value,
    *,
    target_low_m: float,
    target_high_m: float,
    aim_m: Value | None,
    vertical_fov_deg: Value,
    tilt_cap_deg: Value = _RIGHT_ANGLE_DEG,
    max_range_m: float = np.inf,
    slant_limit_m: Value = np.inf,
) -> RingBounds:
    """Return what bounds the ring on the ground where a target can be served.

    Parameters
    ----------
    constant_px
        K of the lens, see `pixel_constant`.
    threshold_px_m
        Least pixel density.
    height_m
        Height of the lens above the ground.
    target_low_m, target_high_m
        The target spans these heights; any part of it inside the vertical field counts.
    aim_m
        Ground distance at which the axis passes the top of the target; None if it is not known or
        the camera can point anywhere (then only density, light and tilt cap bind: "could cover").
    vertical_fov_deg
        Vertical field of view.
    tilt_cap_deg
        Steepest view on the top of the target.
    max_range_m
        Horizontal distance beyond which nothing is counted.
    slant_limit_m
        Slant distance beyond which the light does not suffice, see `night_slant_m`.
    """
    height = np.asarray(height_m, dtype=float)
    drop_top = np.asarray(np.abs(height - target_high_m))
    slant = np.asarray(constant_px, dtype=float) / np.asarray(threshold_px_m, dtype=float)
    cap = np.minimum(np.asarray(tilt_cap_deg, dtype=float), _RIGHT_ANGLE_DEG)
    steepest = drop_top / np.tan(np.deg2rad(np.maximum(cap, _SMALLEST_CAP_DEG)))
    near, far = np.zeros_like(drop_top), np.full_like(drop_top, np.inf)
    if aim_m is not None:
        half = np.deg2rad(np.asarray(vertical_fov_deg, dtype=float)) / 2
        axis = np.arctan2(height - target_high_m, np.asarray(aim_m, dtype=float))
        near = _distance_at(np.asarray(height - target_high_m), np.asarray(axis + half))
        # The upper edge of the picture leaves the target where its lowest part does.
        far = _far_distance_at(np.asarray(height - target_low_m), np.asarray(axis - half))
    return RingBounds(
        cap_m=np.where(cap >= _RIGHT_ANGLE_DEG, 0.0, steepest),
        picture_near_m=near,
        density_m=ground_m(slant, drop_top),
        light_m=ground_m(slant_limit_m, drop_top),
        picture_far_m=far,
        range_m=np.asarray(max_range_m, dtype=float),
        aimed=aim_m is not None,
    )


def ring_m(  # noqa: PLR0913
    constant_px: Value,
    threshold_px_m: Value,
    height_m: Value,
    *,
    target_low_m: float,
    target_high_m: float,
    aim_m: Value | None,
    vertical_fov_deg: Value,
    tilt_cap_deg: Value = _RIGHT_ANGLE_DEG,
    max_range_m: float = np.inf,
    slant_limit_m: Value = np.inf,
) -> tuple[FloatArray, FloatArray]:
    """Return the ring as (inner, outer) in metres, NaN where it is empty.

    Parameters as for `ring_bounds`, which also says what bounds it and whether it is aimed. With
    ``aim_m=None`` the result is a "could cover" ring and counts for "not excluded" only.
    """
    return ring_bounds(
        constant_px,
        threshold_px_m,
        height_m,
        target_low_m=target_low_m,
        target_high_m=target_high_m,
        aim_m=aim_m,
        vertical_fov_deg=vertical_fov_deg,
        tilt_cap_deg=tilt_cap_deg,
        max_range_m=max_range_m,
        slant_limit_m=slant_limit_m,
    ).ends_m


def aim_at_height_m(
    aim_face_m: Value, height_m: Value, face_m: float, target_m: float
) -> FloatArray:
    """Return where the axis that meets face height at `aim_face_m` meets another height.

    A plate is below a face, so one axis meets it farther away. The lens is above the face, so the
    axis points down.
    """
    height = np.asarray(height_m, dtype=float)
    return np.asarray(aim_face_m * (height - target_m) / (height - face_m), dtype=float)


def night_slant_m(
    constant_px: Value,
    threshold_px_m: Value,
    *,
    ir_claim_m: Value,
    ir_claim_share: Value,
    kept_share: Value = 1.0,
) -> FloatArray:
    """Return the slant distance up to which a camera serves a tier under its own light.

    The smaller of the optical reach and a share of the published range of the light; `kept_share`
    is what of that is left for a tier that works badly under such light (faces).
    """
    optical = np.asarray(constant_px, dtype=float) / np.asarray(threshold_px_m, dtype=float)
    lit = np.asarray(ir_claim_share, dtype=float) * ir_claim_m
    return np.asarray(np.minimum(optical, lit) * kept_share, dtype=float)


def _distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return where a ray at this depression has dropped by `drop_m`; 0 below the camera."""
    steep = depression_rad >= np.pi / 2
    below = (depression_rad <= 0) | (drop_m <= 0)
    usable = np.where(steep | below, np.pi / 4, depression_rad)
    return np.asarray(np.where(steep | below, 0.0, drop_m / np.tan(usable)))


def _far_distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return where the upper edge of the picture meets the height; infinite at or above level."""
    level = depression_rad <= 0
    usable = np.where(level, np.pi / 4, depression_rad)
    return np.asarray(np.where(level, np.inf, np.maximum(drop_m, 0.0) / np.tan(usable)))
