"""What one camera can do: pixel density, fields of view and rings, and why a ring is empty.

For one camera with stated values; `toolkit.optics.camera_draws` draws the many cameras of a city.
There are three kinds of ring: aimed by day, aimed at night, and "could cover", which is where the
camera could serve a target if it pointed there, and only means "not excluded".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base.arrays import FloatArray
from toolkit.base.quantity import Quantity
from toolkit.base.terms import TIERS, Tier
from toolkit.optics.camera_draws import Target, system_down, targets, threshold_px_m
from toolkit.optics.lens import (
    RingBounds,
    aim_at_height_m,
    field_of_view_deg,
    night_slant_m,
    off_axis_ratio,
    pixel_constant,
    ring_bounds,
)
from toolkit.optics.one_camera import Camera, Constants, constants_of
from toolkit.optics.passing import Passing, make_passing
from toolkit.optics.thresholds import Thresholds

SCHEMA: Final = "camera-exposure.optics/1"
_SIGNIFICANT_DIGITS: Final = 6

Begin = Literal["cap", "picture"]
End = Literal["density", "light", "picture", "range"]


@dataclass(frozen=True)
class Why:
    """Why a ring is empty: its inner bound is not below its outer one.

    Attributes
    ----------
    begins, begins_m
        The inner bound that applies, and its distance.
    ends, ends_m
        The outer bound that applies, and its distance.
    slant_m, drop_m
        Reach of density or light along the line of sight, and height of the lens above the
        target; given where the former is less than the latter.
    """

    begins: Begin
    begins_m: float
    ends: End
    ends_m: float
    slant_m: float | None = None
    drop_m: float | None = None


@dataclass(frozen=True)
class RingRow:
    """The rings of one threshold.

    Attributes
    ----------
    id, name
        Id and name of the threshold.
    tier
        Tier that gives target and tilt cap.
    drop_m
        Height of the lens above the target.
    slant_m, lit_slant_m
        Reach along the line of sight: of the density, and at night of density and light.
    day, night
        Rings with the aim of the camera; all round for a PTZ camera.
    could
        Ring in which it could serve a target if it pointed there, by day.
    source
        Source of the threshold; empty for those of the assumption set.
    """

    id: str
    name: str
    tier: Tier
    threshold_px_m: float
    drop_m: float
    slant_m: float
    lit_slant_m: float
    day: RingBounds
    night: RingBounds
    could: RingBounds
    source: str = ""

    def at(self, *, night: bool) -> RingBounds:
        """Return the ring at night or by day."""
        return self.night if night else self.day

    def why_empty(self, bounds: RingBounds) -> Why | None:
        """Return why a ring of this row is empty, or None if it is not."""
        if ends(bounds) is not None:
            return None
        begin: dict[Begin, FloatArray] = {"cap": bounds.cap_m, "picture": bounds.picture_near_m}
        end: dict[End, FloatArray] = {
            "density": bounds.density_m,
            "light": bounds.light_m,
            "picture": bounds.picture_far_m,
            "range": bounds.range_m,
        }
        begins = max(begin, key=lambda name: float(begin[name]))
        stops = min(end, key=lambda name: float(end[name]))
        slants: dict[End, float] = {"density": self.slant_m, "light": self.lit_slant_m}
        slant = slants.get(stops, np.inf)
        short = slant <= self.drop_m
        return Why(
            begins=begins,
            begins_m=float(begin[begins]),
            ends=stops,
            ends_m=float(end[stops]),
            slant_m=slant if short else None,
            drop_m=self.drop_m if short else None,
        )


@dataclass(frozen=True)
class Sheet:
    """All results for one camera.

    Attributes
    ----------
    night
        Whether the assumptions are those for the night.
    edge_ratio
        Ratio of the density at the edge of the picture to that on axis, for a target that faces
        the lens.
    axis_tilt_deg
        Depression of the optical axis; None without an aim.
    tiers, levels, presets, motorcycles
        Rings for the thresholds of the assumption set, of the editions of the standard (each with
        the name of the level in every edition), of makers, and for number plates of motorcycles.
    editions
        Titles of the editions.
    system_down
        Probability that the whole system of a city is down: shown next to every figure, part of
        none.
    """

    camera: Camera
    assumptions: AssumptionSet
    night: bool
    constants: Constants
    edge_ratio: float
    axis_tilt_deg: float | None
    tiers: tuple[RingRow, ...]
    editions: tuple[str, ...]
    levels: tuple[tuple[RingRow, tuple[str | None, ...]], ...]
    presets: tuple[RingRow, ...]
    motorcycles: tuple[RingRow, ...]
    passing: Passing
    tele: tuple[RingRow, ...]
    system_down: Quantity

    def to_dict(self) -> dict[str, Any]:
        """Return the sheet as plain values for JSON; None where a figure does not apply."""
        camera = self.camera
        return {
            "schema": SCHEMA,
            "camera": {
                "name": camera.name.model_dump(),
                "kind": camera.kind,
                "width_px": camera.width_px,
                "height_px": camera.height_px,
                "sensor_width_mm": camera.sensor_width_mm,
                "focal_mm": camera.focal_mm,
                "tele_focal_mm": camera.tele_focal_mm,
                "height_m": camera.height_m,
                "aim_m": camera.aim_m,
                "axis_tilt_deg": _rounded(self.axis_tilt_deg),
                "projection": camera.projection,
                "pans": camera.pans,
                "night_m": camera.night_m,
                "hfov_deg": _rounded(camera.hfov_deg),
                "vfov_deg": _rounded(camera.vfov_deg),
                "note": camera.note,
                "sources": dict(camera.sources),
            },
            "assumptions": {
                "name": self.assumptions.name,
                "sha256": self.assumptions.sha256,
                "changed": dict(self.assumptions.changed),
            },
            "night": self.night,
            "pixel_constant": {
                "used_px": _rounded(camera.constant_px),
                "pitch_px": _rounded(self.constants.pitch_px),
                "pitch_hfov_deg": _rounded(self.constants.pitch_hfov_deg),
                "published_hfov_deg": self.constants.published_hfov_deg,
                "radians_px": _rounded(self.constants.radians_px),
                "tangent_px": _rounded(self.constants.tangent_px),
            },
            "edge_density_ratio": _rounded(self.edge_ratio),
            "tiers": [_row(row) for row in self.tiers],
            "editions": {
                "titles": list(self.editions),
                "levels": [_row(row) | {"names": list(names)} for row, names in self.levels],
            },
            "presets": [_row(row) for row in self.presets],
            "motorcycles": [_row(row) for row in self.motorcycles],
            "at_one_passing": {
                "face_share": self.passing.face_share.model_dump(),
                "car_plate_share": self.passing.car_share.model_dump(),
                "motorcycle_plate_share": self.passing.motorcycle_share.model_dump(),
                "moment_share": _rounded(self.passing.moment_share),
                "tele_hfov_deg": _rounded(self.passing.tele_hfov_deg),
                "tele_share": _dumped(self.passing.tele_share),
                "tele_here_share": _dumped(self.passing.tele_here_share),
                "tele": [_row(row) for row in self.tele],
                "tiers": [
                    {
                        "tier": row.tier,
                        "in_ring_share": row.in_ring.model_dump(),
                        "zoomed_share": _dumped(row.zoomed),
                    }
                    for row in self.passing.tiers
                ],
            },
            "system_down_prob": self.system_down.model_dump(),
        }


@dataclass(frozen=True)
class SheetTable:
    """A table of texts.

    Attributes
    ----------
    caption, head
        Caption of the table, headings of its columns.
    rows
        The first cell of each row is its heading.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def ends(bounds: RingBounds) -> tuple[float, float] | None:
    """Return inner and outer radius of a ring in metres, or None if it is empty."""
    inner, outer = (float(v) for v in bounds.ends_m)
    return None if np.isnan(inner) else (inner, outer)


def make_sheet(camera: Camera, assumptions: AssumptionSet, thresholds: Thresholds) -> Sheet:
    """Compute all rings of one camera at the central values of an assumption set.

    Parameters
    ----------
    camera
        The camera.
    assumptions
        ``optics.*`` and ``threshold.*``.
    thresholds
        Named densities for comparison.

    Examples
    --------
    >>> from toolkit.assumptions.sets import load_assumptions
    >>> from toolkit.optics.catalogue import load_catalogue
    >>> from toolkit.optics.one_camera import camera_of
    >>> from toolkit.optics.thresholds import load_thresholds
    >>> catalogue = load_catalogue()
    >>> camera = camera_of(catalogue, catalogue.find("ptz"))
    >>> sheet = make_sheet(camera, load_assumptions(), load_thresholds())
    >>> [row.tier for row in sheet.tiers]
    ['seen', 'recognised', 'identified', 'face', 'plate']
    """
    rings = _Rings(camera, assumptions, camera.constant_px, camera.vfov_deg, camera.aim_m)
    tiers = tuple(
        rings.row(f"tier-{tier}", tier, tier, threshold_px_m(tier, assumptions)) for tier in TIERS
    )
    levels = tuple(
        (rings.row(f"level-{px_m:g}", " / ".join(filter(None, names)), "seen", px_m), names)
        for px_m, names in thresholds.side_by_side()
    )
    presets = tuple(
        rings.row(p.id, p.name, p.tier, p.px_m, source=p.source) for p in thresholds.presets
    )
    plate_px_m = threshold_px_m("plate", assumptions)
    size_ratio = assumptions.value("optics.car_plate_width_m") / assumptions.value(
        "optics.motorcycle_plate_width_m"
    )
    script_ratio = assumptions.value("optics.burmese_script_ratio")
    motorcycles = (
        rings.row("motorcycle-size", "size", "plate", plate_px_m * size_ratio),
        rings.row("motorcycle-script", "script", "plate", plate_px_m * size_ratio * script_ratio),
    )
    face_m = rings.targets["face"].high_m
    tilt = (
        None
        if camera.aim_m is None
        else float(np.rad2deg(np.arctan2(camera.height_m - face_m, camera.aim_m)))
    )
    return Sheet(
        camera=camera,
        assumptions=assumptions,
        night=bool(assumptions.value("optics.night")),
        constants=constants_of(camera),
        edge_ratio=float(off_axis_ratio(camera.hfov_deg / 2, camera.projection)),
        axis_tilt_deg=tilt,
        tiers=tiers,
        editions=tuple(e.title for e in thresholds.editions),
        levels=levels,
        presets=presets,
        motorcycles=motorcycles,
        passing=make_passing(camera, assumptions),
        tele=_tele_rows(camera, assumptions),
        system_down=system_down(assumptions),
    )


@dataclass(frozen=True)
class _Rings:
    """The rings of one lens setting of one camera."""

    camera: Camera
    assumptions: AssumptionSet
    constant_px: float
    vfov_deg: float
    aim_m: float | None

    @property
    def targets(self) -> dict[Tier, Target]:
        return targets(self.assumptions)

    def row(self, name: str, label: str, tier: Tier, px_m: float, *, source: str = "") -> RingRow:
        """Return the rings of one threshold."""
        values, target = self.assumptions, self.targets[tier]
        kept = values.value("optics.night_face_share") if tier == "face" else 1.0
        lit = night_slant_m(
            self.constant_px,
            px_m,
            ir_claim_m=self.camera.night_m,
            ir_claim_share=values.value("optics.ir_claim_share"),
            kept_share=kept,
        )
        return RingRow(
            id=name,
            name=label,
            tier=tier,
            threshold_px_m=px_m,
            drop_m=abs(self.camera.height_m - target.high_m),
            slant_m=self.constant_px / px_m,
            lit_slant_m=float(lit),
            day=self._bounds(px_m, target, aimed=True),
            night=self._bounds(px_m, target, aimed=True, slant_limit_m=float(lit)),
            could=self._bounds(px_m, target, aimed=False),
            source=source,
        )

    def _bounds(
        self, px_m: float, target: Target, *, aimed: bool, slant_limit_m: float = np.inf
    ) -> RingBounds:
        values, height = self.assumptions, self.camera.height_m
        aim = None
        if aimed and self.aim_m is not None:
            face_m = self.targets["face"].high_m
            aim = aim_at_height_m(self.aim_m, height, face_m, target.high_m)
        return ring_bounds(
            self.constant_px,
            px_m,
            height,
            target_low_m=target.low_m,
            target_high_m=target.high_m,
            aim_m=aim,
            vertical_fov_deg=self.vfov_deg,
            tilt_cap_deg=90.0 if target.cap_key is None else values.value(target.cap_key),
            max_range_m=values.value("optics.max_range_m"),
            slant_limit_m=slant_limit_m,
        )


def _tele_rows(camera: Camera, assumptions: AssumptionSet) -> tuple[RingRow, ...]:
    """Return the rings of a camera while it is zoomed in; none if it does not zoom."""
    if camera.tele_focal_mm is None:
        return ()
    constant = float(pixel_constant(camera.tele_focal_mm, camera.width_px, camera.sensor_width_mm))
    vfov = float(field_of_view_deg(camera.height_px, constant, "rectilinear"))
    rings = _Rings(camera, assumptions, constant, vfov, None)
    return tuple(
        rings.row(f"tele-{tier}", tier, tier, threshold_px_m(tier, assumptions)) for tier in TIERS
    )


def _dumped(quantity: Quantity | None) -> dict[str, Any] | None:
    return None if quantity is None else quantity.model_dump()


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def _row(row: RingRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "tier": row.tier,
        "threshold_px_m": _rounded(row.threshold_px_m),
        "day": _ring(row, row.day),
        "night": _ring(row, row.night),
        "could_cover": _ring(row, row.could),
        "source": row.source or None,
    }


def _ring(row: RingRow, bounds: RingBounds) -> dict[str, Any]:
    found = ends(bounds)
    if found is not None:
        return {"inner_m": _rounded(found[0]), "outer_m": _rounded(found[1]), "empty": None}
    why = row.why_empty(bounds)
    reason = {} if why is None else {k: _finite(v) for k, v in vars(why).items()}
    return {"inner_m": None, "outer_m": None, "empty": reason}


def _finite(value: object) -> object:
    return (
        _rounded(value)
        if isinstance(value, float) and np.isfinite(value)
        else (value if not isinstance(value, float) else None)
    )
