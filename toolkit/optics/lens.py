"""Formulas of one lens: pixel density, fields of view, and the ring that it serves on the ground.

Pixel density on axis at slant distance s is K/s with K = f * R_h / w_s (focal length, horizontal
pixels, sensor width). The ring is where the density suffices and the target is inside the vertical
field of view. Plane trigonometry throughout; thresholds are parameters (`toolkit.optics.thresholds`
has published ones).

**Off axis.** For a target that faces the lens, the density at slant distance s is K/s at every
angle for an equidistant lens, and K/(s * cos^2) for a rectilinear one, which enlarges the edges.
K/s is therefore exact or conservative; real wide-angle lenses are between the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from toolkit.base.arrays import FloatArray
from toolkit.base.terms import FULL_CIRCLE_DEG

Projection = Literal["rectilinear", "equidistant", "panorama"]
"""Mapping of angle to pixels. A panorama is stitched from several lenses: pixels are proportional
to the angle, as for an equidistant lens, and K follows from the field of view, not the pixel pitch.
"""

Value = FloatArray | float
_RIGHT_ANGLE_DEG: Final = 90.0
_MIN_CAP_DEG: Final = 1e-9
"""Keeps the tangent of a tilt cap above zero."""


def pixel_constant(focal_mm: Value, width_px: Value, sensor_width_mm: Value) -> FloatArray:
    """Return the pixel constant K; K over slant distance in metres is the density on axis.

    Examples
    --------
    >>> float(pixel_constant(4.0, 2560, 5.12))
    2000.0
    """
    return np.asarray(np.asarray(focal_mm, dtype=float) * width_px / sensor_width_mm)


def pixel_constant_of_field(width_px: Value, hfov_deg: Value, projection: Projection) -> FloatArray:
    """Return the pixel constant K from a published horizontal field of view.

    Rectilinear: R / (2 tan(HFOV/2)); otherwise R / HFOV in radians. For five of six lenses on data
    sheets the latter agrees with the pixel pitch within 10 %; the former is 8 to 28 % too low.
    """
    angle = np.deg2rad(np.asarray(hfov_deg, dtype=float))
    if projection == "rectilinear":
        return np.asarray(width_px / (2 * np.tan(angle / 2)), dtype=float)
    return np.asarray(width_px / angle, dtype=float)


def field_of_view_deg(
    extent_px: Value, constant_px: Value, projection: Projection | str
) -> FloatArray:
    """Return the angle that `extent_px` pixels subtend about the axis, in degrees.

    Rectilinear: 2 atan(extent / 2K); otherwise extent / K radians, which agrees better with
    published fields of view of wide-angle lenses.

    Examples
    --------
    >>> round(float(field_of_view_deg(2560, 2000.0, "rectilinear")), 1)
    65.2
    """
    constant = np.asarray(constant_px, dtype=float)
    if projection == "rectilinear":
        return np.asarray(np.rad2deg(2 * np.arctan(extent_px / (2 * constant))), dtype=float)
    return np.asarray(np.minimum(np.rad2deg(extent_px / constant), FULL_CIRCLE_DEG))


def off_axis_ratio(angle_deg: Value, projection: Projection) -> FloatArray:
    """Return the ratio of pixel density off axis to that on axis at the same slant distance.

    For a target that faces the lens; see the module docstring.
    """
    angle = np.deg2rad(np.asarray(angle_deg, dtype=float))
    if projection == "rectilinear":
        return np.asarray(1 / np.cos(angle) ** 2, dtype=float)
    return np.ones_like(angle)


def ground_m(slant_m: Value, drop_m: Value) -> FloatArray:
    """Return the horizontal distance at a slant distance; 0 where it is less than the drop."""
    slant = np.asarray(slant_m, dtype=float)
    return np.asarray(np.sqrt(np.maximum(slant**2 - np.asarray(drop_m) ** 2, 0.0)), dtype=float)


@dataclass(frozen=True)
class RingBounds:
    """Bounds of a ring on the ground, as horizontal distances in metres.

    Attributes
    ----------
    cap_m
        Distance from which the view is not too steep.
    picture_near_m, picture_far_m
        Distances at which the lower edge of the picture meets the target and the upper edge
        leaves it; 0 and infinite for a ring without an aim.
    density_m
        Distance up to which the pixel density suffices.
    light_m
        Distance up to which the light suffices; infinite by day.
    range_m
        Distance beyond which nothing is counted.
    aimed
        Whether an aim was given. A ring without one is where the camera *could* serve a target if
        it pointed there: enough to say "not excluded", and for nothing else.
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
        """Inner and outer radius; both NaN where the ring is empty (inner >= outer)."""
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
    """Return the bounds of the ring on the ground in which a camera serves a target.

    Parameters
    ----------
    constant_px
        K of the lens, see `pixel_constant`.
    threshold_px_m
        Minimum pixel density.
    height_m
        Height of the lens above the ground.
    target_low_m, target_high_m
        Heights that the target spans; any part of it inside the vertical field counts.
    aim_m
        Ground distance at which the axis passes the top of the target; None if unknown or if the
        camera can point anywhere: a "could cover" ring, bounded by density, light and tilt only.
    vertical_fov_deg
        Vertical field of view.
    tilt_cap_deg
        Steepest usable view of the top of the target.
    max_range_m
        Horizontal distance beyond which nothing is counted.
    slant_limit_m
        Slant distance beyond which the light does not suffice, see `night_slant_m`.

    Examples
    --------
    A face at 1.6 m, matched from 250 pixels per metre by a camera on a 5 m pole:

    >>> bounds = ring_bounds(2000.0, 250.0, 5.0, target_low_m=1.6, target_high_m=1.6,
    ...                      aim_m=6.0, vertical_fov_deg=40.0, tilt_cap_deg=45.0)
    >>> [round(float(end), 1) for end in bounds.ends_m]
    [3.4, 7.2]
    """
    height = np.asarray(height_m, dtype=float)
    drop_top = np.asarray(np.abs(height - target_high_m))
    # 1. Density and tilt cap, both at the top of the target.
    slant = np.asarray(constant_px, dtype=float) / np.asarray(threshold_px_m, dtype=float)
    cap = np.minimum(np.asarray(tilt_cap_deg, dtype=float), _RIGHT_ANGLE_DEG)
    steepest = drop_top / np.tan(np.deg2rad(np.maximum(cap, _MIN_CAP_DEG)))
    # 2. Edges of the picture, if the aim is known.
    near, far = np.zeros_like(drop_top), np.full_like(drop_top, np.inf)
    if aim_m is not None:
        half = np.deg2rad(np.asarray(vertical_fov_deg, dtype=float)) / 2
        axis = np.arctan2(height - target_high_m, np.asarray(aim_m, dtype=float))
        near = _distance_at(np.asarray(height - target_high_m), np.asarray(axis + half))
        # The target leaves the upper edge of the picture with its lowest part.
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


def aim_at_height_m(
    aim_face_m: Value, height_m: Value, face_m: float, target_m: float
) -> FloatArray:
    """Return the ground distance at which the axis passes a target height.

    The axis passes face height at `aim_face_m`. The lens is above face height, so the axis points
    down and meets a plate, which is lower, farther away.
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
    """Return the slant distance up to which a camera serves a tier under its own light, in metres.

    Parameters
    ----------
    constant_px, threshold_px_m
        As for `ring_bounds`.
    ir_claim_m
        Published range of the infrared light.
    ir_claim_share
        Share of that range at which the light suffices in practice.
    kept_share
        Share of the reach that is left for a tier that works badly under such light (faces).
    """
    optical = np.asarray(constant_px, dtype=float) / np.asarray(threshold_px_m, dtype=float)
    lit = np.asarray(ir_claim_share, dtype=float) * ir_claim_m
    return np.asarray(np.minimum(optical, lit) * kept_share, dtype=float)


def _distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return the distance at which a ray has dropped by `drop_m`; 0 below the camera."""
    steep = depression_rad >= np.pi / 2
    below = (depression_rad <= 0) | (drop_m <= 0)
    usable = np.where(steep | below, np.pi / 4, depression_rad)
    return np.asarray(np.where(steep | below, 0.0, drop_m / np.tan(usable)))


def _far_distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return the distance at which a ray has dropped by `drop_m`; infinite if it never does."""
    level = depression_rad <= 0
    usable = np.where(level, np.pi / 4, depression_rad)
    return np.asarray(np.where(level, np.inf, np.maximum(drop_m, 0.0) / np.tan(usable)))
