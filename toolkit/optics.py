"""From camera types to rings on the ground, per tier.

Pixel density on axis at slant distance s is K/s with K = f * R_h / w_s (focal length, horizontal
pixels, sensor width). A tier is a threshold of density and a target at some height; its ring is
where the density suffices and the target lies inside the vertical field of view. Sources of the
formulas: IEC 62676-4 for the thresholds; plane trigonometry for the rest, see docs/method.md.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from toolkit import store
from toolkit._errors import InputDataError
from toolkit.assumptions import AssumptionSet
from toolkit.draws import Design, FloatArray
from toolkit.results import TIERS, Tier

UNKNOWN_BRAND = "unknown"
_FULL_CIRCLE_DEG = 360.0

Positive = Annotated[float, Field(gt=0)]


class Range(BaseModel):
    """A triangular range."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    low: Positive
    value: Positive
    high: Positive

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Return the value at each probability."""
        if self.low == self.high:
            return np.full_like(probability, self.value)
        mode = (self.value - self.low) / (self.high - self.low)
        values = stats.triang.ppf(probability, mode, self.low, self.high - self.low)
        return np.asarray(values, dtype=float)


class CameraType(BaseModel):
    """One type of camera, with the ranges of what is not known of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    name: str
    width_px: Positive
    height_px: Positive
    sensor_width_mm: Positive
    focal_mm: Range
    projection: Literal["rectilinear", "equidistant"]
    pans: bool
    aim_m: Range
    source: str


class Mix(BaseModel):
    """Shares of camera types assumed for a brand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    shares: dict[str, Positive]
    reason: str


@dataclass(frozen=True)
class Catalogue:
    """Camera types and the mixes per brand."""

    types: tuple[CameraType, ...]
    mixes: dict[str, Mix]

    def mix(self, brand: str | None) -> Mix:
        """Return the mix of a brand, or the one for brands not stated."""
        return self.mixes.get(brand or UNKNOWN_BRAND, self.mixes[UNKNOWN_BRAND])


@lru_cache(maxsize=1)
def _read_catalogue(data: bytes) -> Catalogue:
    try:
        raw = tomllib.loads(data.decode())
        types = tuple(CameraType.model_validate(row) for row in raw["type"])
        mixes = {name: Mix.model_validate(row) for name, row in raw["mix"].items()}
        catalogue = Catalogue(types, {UNKNOWN_BRAND: mixes[UNKNOWN_BRAND], **mixes})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = f"brands.toml cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error
    known = {t.id for t in types}
    wrong = sorted(name for name, mix in mixes.items() if set(mix.shares) != known)
    if wrong:
        msg = (
            f"brands.toml cannot be used: each mix must give a share for each of {sorted(known)}, "
            f"and {', '.join(wrong)} does not. Mend it or remove your own copy."
        )
        raise InputDataError(msg)
    return catalogue


def load_catalogue() -> Catalogue:
    """Read the camera types and mixes, the user's own file first.

    Raises
    ------
    InputDataError
        If the file does not follow the schema.
    """
    path = store.find("brands.toml")
    if path is None:
        msg = "brands.toml is missing from the data folder. Copy the toolkit again."
        raise InputDataError(msg)
    return _read_catalogue(path.read_bytes())


def pixel_constant(
    focal_mm: FloatArray | float, width_px: float, sensor_width_mm: float
) -> FloatArray:
    """Return K, in pixels: the density on axis is K divided by the slant distance in metres."""
    return np.asarray(focal_mm, dtype=float) * width_px / sensor_width_mm


def field_of_view_deg(
    extent_px: float, constant_px: FloatArray | float, projection: str
) -> FloatArray:
    """Return the angle that `extent_px` pixels span about the axis, in degrees.

    Rectilinear lenses: 2 atan(extent / 2K). Equidistant lenses: extent / K radians, which fits
    published fields of view of wide lenses better.
    """
    constant = np.asarray(constant_px, dtype=float)
    if projection == "equidistant":
        return np.asarray(np.minimum(np.rad2deg(extent_px / constant), _FULL_CIRCLE_DEG))
    return np.asarray(np.rad2deg(2 * np.arctan(extent_px / (2 * constant))), dtype=float)


def ring_m(  # noqa: PLR0913
    constant_px: FloatArray | float,
    threshold_px_m: FloatArray | float,
    height_m: FloatArray | float,
    *,
    target_low_m: float,
    target_high_m: float,
    aim_m: FloatArray | float | None,
    vertical_fov_deg: FloatArray | float,
    tilt_cap_deg: FloatArray | float = 90.0,
    max_range_m: float = np.inf,
) -> tuple[FloatArray, FloatArray]:
    """Return the ring on the ground where a target can be served, as (inner, outer) in metres.

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
        Ground distance at which the axis passes the top of the target; None for a camera that
        can point anywhere (then only density and tilt cap bind: "could cover").
    vertical_fov_deg
        Vertical field of view.
    tilt_cap_deg
        Steepest view on the top of the target.

    Returns
    -------
    inner, outer
        Horizontal distances; the ring is empty where inner >= outer, and then both are NaN.
    """
    height = np.asarray(height_m, dtype=float)
    drop_top = np.abs(height - target_high_m)
    slant = np.asarray(constant_px, dtype=float) / np.asarray(threshold_px_m, dtype=float)
    reach = np.sqrt(np.maximum(slant**2 - drop_top**2, 0.0))
    outer = np.minimum(reach, max_range_m)
    cap = np.minimum(np.asarray(tilt_cap_deg, dtype=float), 90.0)
    with np.errstate(divide="ignore"):
        inner = np.where(cap >= 90.0, 0.0, drop_top / np.tan(np.deg2rad(np.maximum(cap, 1e-9))))  # noqa: PLR2004
    if aim_m is not None:
        half = np.deg2rad(np.asarray(vertical_fov_deg, dtype=float)) / 2
        axis = np.arctan2(height - target_high_m, np.asarray(aim_m, dtype=float))
        inner = np.maximum(inner, _distance_at(height - target_high_m, axis + half))
        # The upper edge of the picture leaves the target where its lowest part does.
        outer = np.minimum(outer, _far_distance_at(height - target_low_m, axis - half))
    empty = ~(inner < outer)
    return np.where(empty, np.nan, inner), np.where(empty, np.nan, outer)


def _distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return where a ray at this depression has dropped by `drop_m`; 0 below the camera."""
    steep = depression_rad >= np.pi / 2
    below = (depression_rad <= 0) | (drop_m <= 0)
    usable = np.where(steep | below, np.pi / 4, depression_rad)
    return np.where(steep | below, 0.0, drop_m / np.tan(usable))


def _far_distance_at(drop_m: FloatArray, depression_rad: FloatArray) -> FloatArray:
    """Return where the upper edge of the picture meets the height; infinite at or above level."""
    level = depression_rad <= 0
    usable = np.where(level, np.pi / 4, depression_rad)
    return np.where(level, np.inf, np.maximum(drop_m, 0.0) / np.tan(usable))


@dataclass(frozen=True)
class CameraDraws:
    """Camera types drawn over the ignorance layer.

    Attributes
    ----------
    share
        Shares of types, shape (D, Y), rows sum to one.
    hfov_deg
        Horizontal field that counts for "has the place in its ring", shape (D, Y): the whole
        circle for cameras that pan.
    inner_m, outer_m
        Rings, shape (D, T, Y); NaN where empty. T runs over `results.TIERS`.
    availability
        Share of cameras working, shape (D,).
    type_ids
        Ids of the Y types.
    """

    share: FloatArray
    hfov_deg: FloatArray
    inner_m: FloatArray
    outer_m: FloatArray
    availability: FloatArray
    type_ids: tuple[str, ...]

    def able_share(self) -> FloatArray:
        """Return the share of cameras whose ring is not empty, shape (D, T)."""
        has_ring = np.isfinite(self.inner_m)
        return np.asarray(np.einsum("dty,dy->dt", has_ring.astype(float), self.share))


def threshold_px_m(tier: Tier, assumptions: AssumptionSet) -> float:
    """Return the least pixel density of a tier."""
    return assumptions.value(f"threshold.{tier}_px_m")


def draw_cameras(
    catalogue: Catalogue, assumptions: AssumptionSet, design: Design, *, brand: str | None
) -> CameraDraws:
    """Draw mixes, heights, aims and rings over the ignorance layer."""
    mix = catalogue.mix(brand)
    share = _draw_mix(catalogue, mix, assumptions.value("optics.mix_concentration"), design)
    height = assumptions.draw("optics.height_m", design)
    face_cap = assumptions.draw("optics.face_tilt_cap_deg", design)
    plate_cap = assumptions.draw("optics.plate_tilt_cap_deg", design)
    person = assumptions.value("optics.person_height_m")
    face = min(assumptions.value("optics.face_height_m"), person)
    plate = assumptions.value("optics.plate_height_m")
    targets: dict[Tier, tuple[float, float, FloatArray | float]] = {
        "seen": (0.0, person, 90.0),
        "recognised": (0.0, person, 90.0),
        "face": (face, face, face_cap),
        "plate": (plate, plate, plate_cap),
    }
    n_types = len(catalogue.types)
    hfov = np.empty((design.n_draws, n_types))
    inner = np.empty((design.n_draws, len(TIERS), n_types))
    outer = np.empty_like(inner)
    for y, camera in enumerate(catalogue.types):
        focal = camera.focal_mm.quantile(design.column(f"focal:{camera.id}"))
        aim_top = camera.aim_m.quantile(design.column(f"aim:{camera.id}"))
        constant = pixel_constant(focal, camera.width_px, camera.sensor_width_mm)
        vfov = field_of_view_deg(camera.height_px, constant, camera.projection)
        hfov[:, y] = (
            _FULL_CIRCLE_DEG
            if camera.pans
            else field_of_view_deg(camera.width_px, constant, camera.projection)
        )
        for t, tier in enumerate(TIERS):
            low, high, cap = targets[tier]
            inner[:, t, y], outer[:, t, y] = ring_m(
                constant,
                threshold_px_m(tier, assumptions),
                height,
                target_low_m=low,
                target_high_m=high,
                # One axis per camera: a plate is below a face, so the aim moves with the height.
                aim_m=None if camera.pans else _aim_for(aim_top, height, face, high),
                vertical_fov_deg=vfov,
                tilt_cap_deg=cap,
                max_range_m=assumptions.value("optics.max_range_m"),
            )
    return CameraDraws(
        share=share,
        hfov_deg=hfov,
        inner_m=inner,
        outer_m=outer,
        availability=assumptions.draw("optics.availability", design),
        type_ids=tuple(t.id for t in catalogue.types),
    )


def _aim_for(
    aim_face_m: FloatArray, height_m: FloatArray, face_m: float, target_m: float
) -> FloatArray:
    """Return where the axis that meets face height at `aim_face_m` meets another height.

    Heights of targets stay below the lens in every set (3.5 m and up), so the axis points down.
    """
    return aim_face_m * (height_m - target_m) / (height_m - face_m)


def _draw_mix(catalogue: Catalogue, mix: Mix, concentration: float, design: Design) -> FloatArray:
    """Draw shares of types from a Dirichlet distribution, as normalised gamma draws."""
    gammas = np.column_stack(
        [
            stats.gamma.ppf(design.column(f"mix:{t.id}"), mix.shares[t.id] * concentration)
            for t in catalogue.types
        ]
    )
    return np.asarray(gammas / gammas.sum(axis=1, keepdims=True), dtype=float)
