"""One camera with every value stated, from a type or model of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from toolkit.base.errors import InputDataError
from toolkit.base.terms import Names
from toolkit.optics.catalogue import CameraType, Catalogue, Kind, Model
from toolkit.optics.lens import (
    Projection,
    field_of_view_deg,
    pixel_constant,
    pixel_constant_of_field,
)

HEIGHT_M: Final = (2.0, 60.0)
"""Heights for which the geometry holds: above every head, up to that of a mast."""
FOCAL_MM: Final = (0.5, 1000.0)
"""Accepted focal lengths."""
AIM_M: Final = (0.5, 2000.0)
"""Accepted ground distances of the aim."""
_TANGENT_LIMIT_DEG: Final = 180.0
"""Field of view from which a rectilinear projection is impossible."""


@dataclass(frozen=True)
class Camera:
    """One camera with every value stated.

    Attributes
    ----------
    published_hfov_deg
        Horizontal field of view on the data sheet for this focal length, if any.
    aim_m
        Ground distance at which the axis passes face height; None for a PTZ camera without a
        stated aim.
    night_m
        Published range of its light.
    sources
        Source of the values, by field.
    """

    name: Names
    kind: Kind
    width_px: float
    height_px: float
    sensor_width_mm: float
    focal_mm: float
    tele_focal_mm: float | None
    published_hfov_deg: float | None
    projection: Projection
    pans: bool
    height_m: float
    aim_m: float | None
    night_m: float
    sources: tuple[tuple[str, str], ...]
    note: str = ""

    @property
    def constant_px(self) -> float:
        """Pixel constant K of the rings: from the pixel pitch, or from the angle of a panorama."""
        if self.projection == "panorama" and self.published_hfov_deg is not None:
            return float(
                pixel_constant_of_field(self.width_px, self.published_hfov_deg, self.projection)
            )
        return float(pixel_constant(self.focal_mm, self.width_px, self.sensor_width_mm))

    @property
    def hfov_deg(self) -> float:
        """Horizontal field of view corresponding to `constant_px`."""
        return float(field_of_view_deg(self.width_px, self.constant_px, self.projection))

    @property
    def vfov_deg(self) -> float:
        """Vertical field of view corresponding to `constant_px`."""
        return float(field_of_view_deg(self.height_px, self.constant_px, self.projection))


@dataclass(frozen=True)
class Constants:
    """Pixel constant K and field of view, computed in each way.

    Attributes
    ----------
    pitch_px, pitch_hfov_deg
        From focal length and pixel pitch, rectilinear; None for a stitched panorama.
    published_hfov_deg
        Horizontal field of view on the data sheet, if any.
    radians_px, tangent_px
        K from the published field of view, equidistant and rectilinear; None where none is
        published, the latter also from 180 degrees on.
    """

    pitch_px: float | None
    pitch_hfov_deg: float | None
    published_hfov_deg: float | None
    radians_px: float | None
    tangent_px: float | None


def camera_of(
    catalogue: Catalogue,
    found: CameraType | Model,
    *,
    height_m: float | None = None,
    focal_mm: float | None = None,
    aim_m: float | None = None,
) -> Camera:
    """Return one camera of a type or model, with stated values replacing its usual ones.

    Raises
    ------
    InputDataError
        If a stated value is impossible for the camera or the geometry; all problems at once.

    Examples
    --------
    >>> from toolkit.optics.catalogue import load_catalogue
    >>> catalogue = load_catalogue()
    >>> camera_of(catalogue, catalogue.find("ptz"), height_m=8.0).height_m
    8.0
    """
    kind = found if isinstance(found, CameraType) else catalogue.type_of(found)
    problems = [
        f"{name} {value:g} {unit} is outside {low:g} to {high:g} {unit}"
        for name, value, unit, (low, high) in (
            ("height", height_m, "m", HEIGHT_M),
            ("focal length", focal_mm, "mm", FOCAL_MM),
            ("aim", aim_m, "m", AIM_M),
        )
        if value is not None and not low <= value <= high
    ]
    if focal_mm is not None:
        if kind.projection == "panorama":
            problems.append("a stitched panorama has no focal length to choose")
        elif isinstance(found, Model) and not _offered(found, focal_mm):
            offered = (" to " if found.zoom else ", ").join(f"{f:g}" for f in found.focal_mm)
            problems.append(f"{found.model} is made with {offered} mm, not {focal_mm:g} mm")
    if problems:
        msg = f"This camera cannot be worked out: {'; '.join(problems)}. Change that."
        raise InputDataError(msg)
    height = kind.height_m.value if height_m is None else height_m
    aim = None if kind.pans else kind.aim_m.value
    aim = aim if aim_m is None else aim_m
    if isinstance(found, Model):
        focal = found.focal_mm[0] if focal_mm is None else focal_mm
        return _of_model(catalogue, found, kind, height, focal, aim)
    fields = ("width_px", "sensor_width_mm", "focal_mm", "aim_m", "height_m", "night_m")
    return Camera(
        name=kind.name,
        kind=kind.kind,
        width_px=kind.width_px.value,
        height_px=kind.height_px.value,
        sensor_width_mm=kind.sensor_width_mm.value,
        focal_mm=kind.focal_mm.value if focal_mm is None else focal_mm,
        tele_focal_mm=None if kind.tele_focal_mm is None else kind.tele_focal_mm.value,
        published_hfov_deg=None if kind.hfov_deg is None else kind.hfov_deg.value,
        projection=kind.projection,
        pans=kind.pans,
        height_m=height,
        aim_m=aim,
        night_m=kind.night_m.value,
        sources=(
            *((name, getattr(kind, name).source) for name in fields),
            ("projection", kind.projection_source),
        ),
    )


def _offered(model: Model, focal_mm: float) -> bool:
    if model.zoom:
        return model.focal_mm[0] <= focal_mm <= model.focal_mm[-1]
    return focal_mm in model.focal_mm


def _of_model(
    catalogue: Catalogue,
    model: Model,
    kind: CameraType,
    height_m: float,
    focal_mm: float,
    aim_m: float | None,
) -> Camera:
    sensor_mm = catalogue.sensor_width_mm[model.sensor]
    published = model.published_hfov_deg(focal_mm)
    projection = kind.projection
    if published is not None and projection != "panorama":
        projection = _nearer(published, model.width_px, focal_mm, sensor_mm)
    title = f"{model.maker} {model.model}"
    return Camera(
        name=Names(en=title, my=title),
        kind=kind.kind,
        width_px=model.width_px,
        height_px=model.height_px,
        sensor_width_mm=sensor_mm,
        focal_mm=focal_mm,
        tele_focal_mm=model.focal_mm[-1] if kind.pans and model.zoom else None,
        published_hfov_deg=published,
        projection=projection,
        pans=kind.pans,
        height_m=height_m,
        aim_m=aim_m,
        night_m=kind.night_m.value if model.night_m is None else model.night_m,
        sources=(
            ("data sheet", model.source),
            ("aim_m", kind.aim_m.source),
            ("height_m", kind.height_m.source),
            *((("night_m", kind.night_m.source),) if model.night_m is None else ()),
        ),
        note=model.note,
    )


def _nearer(published_deg: float, width_px: float, focal_mm: float, sensor_mm: float) -> Projection:
    """Return the projection whose field of view is closer to the published one."""
    constant = pixel_constant(focal_mm, width_px, sensor_mm)
    options: tuple[Projection, ...] = ("rectilinear", "equidistant")
    return min(
        options,
        key=lambda name: abs(float(field_of_view_deg(width_px, constant, name)) - published_deg),
    )


def constants_of(camera: Camera) -> Constants:
    """Return pixel constant and field of view of a camera, computed in each way."""
    stitched = camera.projection == "panorama"
    pitch = (
        None
        if stitched
        else pixel_constant(camera.focal_mm, camera.width_px, camera.sensor_width_mm)
    )
    published = camera.published_hfov_deg
    tangent = (
        None
        if published is None or published >= _TANGENT_LIMIT_DEG
        else float(pixel_constant_of_field(camera.width_px, published, "rectilinear"))
    )
    return Constants(
        pitch_px=None if pitch is None else float(pitch),
        pitch_hfov_deg=None
        if pitch is None
        else float(field_of_view_deg(camera.width_px, pitch, "rectilinear")),
        published_hfov_deg=published,
        radians_px=None
        if published is None
        else float(pixel_constant_of_field(camera.width_px, published, "equidistant")),
        tangent_px=tangent,
    )
