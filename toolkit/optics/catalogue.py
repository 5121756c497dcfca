"""Catalogue of camera types, models, and the mixes of types assumed for brands.

Three files: ``camera_types.toml`` (types, every value a range with its source), ``brands.toml``
(shares of types per brand) and ``models.toml`` (models of makers, from their data sheets). A row
of the user's own file replaces the built-in row of the same name, or is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field, model_validator

from toolkit.base import toml_files
from toolkit.base.arrays import FloatArray
from toolkit.base.draws import triangular
from toolkit.base.errors import NotFoundError
from toolkit.base.record import Record
from toolkit.base.terms import FULL_CIRCLE_DEG, Names
from toolkit.base.toml_files import TomlFile
from toolkit.optics.lens import Projection

UNKNOWN_BRAND = "unknown"
"""Key of the mix for brands that are not stated or have no mix."""
TYPES_FILE, BRANDS_FILE, MODELS_FILE = "camera_types.toml", "brands.toml", "models.toml"
TYPES_FORMAT = "camera-exposure.camera-types/1"
BRANDS_FORMAT = "camera-exposure.brands/1"
MODELS_FORMAT = "camera-exposure.models/1"
_SHARE_TOLERANCE = 0.005
"""Tolerance of the sum of the shares of a mix, for rounded shares."""

Kind = Literal["fixed", "varifocal", "ptz", "dome", "panoramic", "face", "plate"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]


class Valued(Record):
    """A triangular range of one value, with its source.

    `low` and `high` may be omitted where the value is certain.
    """

    low: Positive
    value: Positive
    high: Positive
    unit: str = ""
    source: Text

    @model_validator(mode="before")
    @classmethod
    def _exact(cls, row: Any) -> Any:  # noqa: ANN401 - what a file holds
        if isinstance(row, dict) and "value" in row and not {"low", "high"} & set(row):
            return {**row, "low": row["value"], "high": row["value"]}
        return row

    @model_validator(mode="after")
    def _ordered(self) -> Valued:
        if not self.low <= self.value <= self.high:
            msg = f"low <= value <= high does not hold ({self.low}, {self.value}, {self.high})"
            raise ValueError(msg)
        return self

    def quantile(self, probability: FloatArray) -> FloatArray:
        """Return quantiles at each probability, shape as given."""
        if self.low == self.high:
            return np.full_like(probability, self.value)
        return triangular(probability, self.low, self.value, self.high)


class CameraType(Record):
    """One type of camera, with ranges of its uncertain values.

    Attributes
    ----------
    kind
        Kind of camera.
    width_px, height_px
        Resolution. If the width is a range, the aspect ratio is constant.
    focal_mm
        Focal length in use; the wide end for a PTZ camera.
    tele_focal_mm
        Long end of a PTZ camera.
    hfov_deg
        Horizontal field of view, where it does not follow from the lens (stitched panoramas).
    projection
        See `toolkit.optics.lens.Projection`.
    pans
        Whether it turns (PTZ); its ring then covers all directions at its wide setting.
    aim_m
        Ground distance at which the optical axis passes face height, which gives the tilt.
    height_m
        Mounting height; a city's pole height is clipped to this range.
    night_m
        Published range of its own (infrared) light.
    """

    id: Id
    kind: Kind
    name: Names
    projection: Projection
    projection_source: Text
    pans: bool
    width_px: Valued
    height_px: Valued
    sensor_width_mm: Valued
    focal_mm: Valued
    tele_focal_mm: Valued | None = None
    hfov_deg: Valued | None = None
    aim_m: Valued
    height_m: Valued
    night_m: Valued

    @model_validator(mode="after")
    def _agrees(self) -> CameraType:
        problems = []
        if (self.projection == "panorama") != (self.hfov_deg is not None):
            problems.append("a panorama, and nothing else, needs hfov_deg")
        if self.hfov_deg is not None and self.hfov_deg.high > FULL_CIRCLE_DEG:
            problems.append(f"hfov_deg cannot be above {FULL_CIRCLE_DEG:g}")
        if self.tele_focal_mm is not None and self.tele_focal_mm.low < self.focal_mm.high:
            problems.append("tele_focal_mm must not be shorter than focal_mm")
        if self.tele_focal_mm is not None and not self.pans:
            problems.append("only a camera that turns (pans = true) has tele_focal_mm")
        if problems:
            raise ValueError("\n".join(problems))
        return self


class Mix(Record):
    """Shares of camera types assumed for a brand; types not named have no share."""

    title: Text
    shares: Annotated[dict[str, Positive], Field(min_length=1)]
    reason: Text
    source: Text

    @model_validator(mode="after")
    def _whole(self) -> Mix:
        total = sum(self.shares.values())
        if abs(total - 1) > _SHARE_TOLERANCE:
            msg = f"the shares add up to {total:g}, and they must add up to 1"
            raise ValueError(msg)
        return self


class LensField(Record):
    """Published horizontal field of view at one focal length."""

    focal_mm: Positive
    hfov_deg: Annotated[float, Field(gt=0, le=FULL_CIRCLE_DEG)]


class Model(Record):
    """A model of a maker, from its data sheet.

    Attributes
    ----------
    type
        Id of its camera type, which gives aim, height and projection.
    sensor
        Sensor format, such as ``1/2.8``; a key of ``[sensor_width_mm]`` in the file.
    focal_mm
        Focal lengths it is sold with, or the two ends of its zoom.
    zoom
        Whether every focal length between the ends is possible.
    fields
        Published horizontal fields of view, if any.
    night_m
        Published range of its light, if any.
    note
        What was assumed.
    """

    maker: Text
    model: Text
    type: Id
    width_px: Positive
    height_px: Positive
    sensor: Text
    focal_mm: Annotated[tuple[Positive, ...], Field(min_length=1)]
    zoom: bool = False
    fields: tuple[LensField, ...] = ()
    night_m: Positive | None = None
    note: str = ""
    source: Text

    @model_validator(mode="after")
    def _agrees(self) -> Model:
        problems = []
        if list(self.focal_mm) != sorted(set(self.focal_mm)):
            problems.append("focal_mm must rise from the shortest to the longest")
        if self.zoom and len(self.focal_mm) != 2:  # noqa: PLR2004 - both ends
            problems.append("a zoom has two focal lengths, its ends")
        at = {field.focal_mm for field in self.fields}
        if not at <= set(self.focal_mm):
            problems.append("fields name a focal length that focal_mm does not")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def published_hfov_deg(self, focal_mm: float) -> float | None:
        """Return the published horizontal field of view at a focal length, if any."""
        return next((f.hfov_deg for f in self.fields if f.focal_mm == focal_mm), None)


@dataclass(frozen=True)
class Catalogue:
    """Camera types, the mixes per brand, and models.

    Attributes
    ----------
    types
        In the order of the files.
    mixes
        By brand; there is always one for `UNKNOWN_BRAND`.
    models
        In the order of the files.
    sensor_width_mm
        Width of each sensor format.
    """

    types: tuple[CameraType, ...]
    mixes: dict[str, Mix]
    models: tuple[Model, ...]
    sensor_width_mm: dict[str, float]

    def mix(self, brand: str | None) -> Mix:
        """Return the mix of a brand, or that of `UNKNOWN_BRAND`."""
        return self.mixes.get(brand or UNKNOWN_BRAND, self.mixes[UNKNOWN_BRAND])

    def types_of(self, mix: Mix) -> tuple[CameraType, ...]:
        """Return the types with a share in a mix, in the order of the catalogue."""
        return tuple(t for t in self.types if t.id in mix.shares)

    def type_of(self, model: Model) -> CameraType:
        """Return the type of a model."""
        return next(t for t in self.types if t.id == model.type)

    def find(self, name: str) -> CameraType | Model:
        """Return a type by id or kind, or a model by name; case does not matter.

        Raises
        ------
        NotFoundError
            If there is no such type or model.
        """
        wanted = " ".join(name.split()).casefold()
        for camera in self.types:
            if wanted == camera.id:
                return camera
        for model in self.models:
            if wanted in {model.model.casefold(), f"{model.maker} {model.model}".casefold()}:
                return model
        for camera in self.types:
            if wanted == camera.kind:
                return camera
        known = [t.id for t in self.types] + [m.model for m in self.models]
        msg = (
            f"There is no camera type or model {toml_files.shown_value(name)}. "
            f"{toml_files.near(name, known)}"
        )
        raise NotFoundError(msg)


class _Sensors(Record):
    model_config = ConfigDict(extra="ignore")

    sensor_width_mm: dict[Text, Positive] = Field(default_factory=dict)


def load_catalogue() -> Catalogue:
    """Read camera types, mixes and models: the built-in ones and the user's own.

    Raises
    ------
    InputDataError
        If a file does not follow the schema; all problems of all three files at once, each with
        its place.
    """
    problems: list[str] = []
    types: dict[str, CameraType] = {}
    for table in toml_files.own_tables(TYPES_FILE, TYPES_FORMAT, ("type",), problems):
        types |= toml_files.keyed_rows(table, "type", CameraType, "id", problems)
    mixes: dict[str, Mix] = {}
    for table in toml_files.own_tables(BRANDS_FILE, BRANDS_FORMAT, ("mix",), problems):
        mixes |= _mixes(table, types, problems)
    models: dict[str, Model] = {}
    sensors: dict[str, float] = {}
    for table in toml_files.own_tables(
        MODELS_FILE, MODELS_FORMAT, ("model", "sensor_width_mm", "sensor_source"), problems
    ):
        widths = toml_files.parsed(_Sensors, table.data, table.shown, problems)
        sensors |= widths.sensor_width_mm if widths is not None else {}
        found = toml_files.keyed_rows(table, "model", Model, "model", problems)
        problems += [
            f"{table.shown}, model {toml_files.shown_value(name)}, {text}"
            for name, model in found.items()
            for text in _unresolved(model, types, sensors)
        ]
        models |= found
    if UNKNOWN_BRAND not in mixes:
        problems.append(f"{BRANDS_FILE}: [mix.{UNKNOWN_BRAND}] is missing. Add it.")
    toml_files.fail_if_any(problems, "The catalogue of cameras")
    return Catalogue(tuple(types.values()), mixes, tuple(models.values()), sensors)


def _mixes(table: TomlFile, types: dict[str, CameraType], problems: list[str]) -> dict[str, Mix]:
    rows = table.data.get("mix", {})
    if not isinstance(rows, dict):
        problems.append(f"{table.shown}: write each mix as a table, [mix.BRAND].")
        return {}
    found: dict[str, Mix] = {}
    for brand, row in rows.items():
        place = f"{table.shown}, mix.{toml_files.shown_value(brand)[1:-1]}"
        mix = toml_files.parsed(Mix, row, place, problems)
        if mix is None:
            continue
        problems += [
            f"{place}, shares.{toml_files.shown_value(name)[1:-1]}: there is no such camera type. "
            f"{toml_files.near(name, types)}"
            for name in mix.shares
            if name not in types
        ]
        found[brand] = mix
    return found


def _unresolved(
    model: Model, types: dict[str, CameraType], sensors: dict[str, float]
) -> Iterator[str]:
    """Yield the undefined references of a model."""
    if model.type not in types:
        yield f"type: there is no such camera type. {toml_files.near(model.type, types)}"
    if model.sensor not in sensors:
        hint = toml_files.near(model.sensor, sensors)
        yield f"sensor: its width is not in [sensor_width_mm]. {hint}"
