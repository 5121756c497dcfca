"""Sets of fixed rules, by which others turn a camera on a map into the ground that it covers.

Such a set (``kind = "deterministic"``) has no ranges and no draws. It is a table of rules, of
which the first that fits a camera gives its shape, so that figures of others can be reproduced and
compared. It is never part of an assessment. Schema and sources: ``docs/method/other-models.md``.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

from pydantic import BaseModel, Field, model_validator

from toolkit.assumptions.files import Difference
from toolkit.assumptions.sets import NAME, find_set
from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError
from toolkit.base.escape import plain
from toolkit.base.record import Record
from toolkit.base.toml_files import toml_table

TOP_LEVEL: Final = (
    "kind", "name", "title", "about", "differs", "height", "occlusion", "zone", "rule", "source",
)  # fmt: skip

_WORDS: Final = ("name", "title", "about", "differs", "source")
"""Top-level fields that describe a set and are none of its values."""

CameraKind = Literal["fixed", "dome", "panning"]
CAMERA_KINDS: Final[tuple[CameraKind, ...]] = ("fixed", "dome", "panning")

_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Positive = Annotated[float, Field(gt=0, lt=1e6, strict=True, allow_inf_nan=False)]
_Slug = Annotated[str, Field(pattern=rf"^{NAME.pattern}$")]
_Segments = Annotated[int, Field(ge=3, le=3600, strict=True)]


class Source(Record):
    """Publication of a rule."""

    publisher: _Text
    title: _Text
    date: _Text


class Heights(Record):
    """Treatment of lens heights, in metres above the street.

    Attributes
    ----------
    default_m
        Height of a camera that states none.
    low_m, high_m
        Heights are clipped to this range.
    gain_per_m
        Relative increase of every range per metre of height.
    """

    default_m: _Positive = 5.0
    low_m: Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)] = 0.0
    high_m: _Positive = 1000.0
    gain_per_m: Annotated[float, Field(ge=0, le=10, strict=True, allow_inf_nan=False)] = 0.0

    @model_validator(mode="after")
    def _ordered(self) -> Heights:
        if not self.low_m <= self.default_m <= self.high_m:
            msg = "low_m <= default_m <= high_m does not hold. Mend one of them."
            raise ValueError(msg)
        return self


class Occlusion(Record):
    """Blocking of views by buildings.

    Attributes
    ----------
    ignore_within_m
        Walls nearer than this do not block: the camera is mounted on them.
    """

    ignore_within_m: Annotated[float, Field(ge=0, le=100, strict=True, allow_inf_nan=False)] = 0.0


class Zone(Record):
    """Kind of coverage, such as "recognition".

    Attributes
    ----------
    threshold_px_m
        Least pixel density, for rules with a lens.
    """

    name: _Slug
    threshold_px_m: _Positive | None = None


class Rule(Record):
    """Row of the table: the cameras it applies to, and the shape they cover.

    Attributes
    ----------
    kinds
        Kinds of camera; None for all.
    direction
        Applies to cameras of known direction, of unknown direction, or both (``any``).
    shape
        ``disc``, ``cone`` about the direction, or ``none``: the camera covers nothing.
    half_angle_deg
        Half the width of a cone.
    radius_m, radius_per_height, focal_mm with width_px and sensor_width_mm
        The range: fixed; proportional to the height; or, for each zone, from pixel density:
        range = focal_mm * width_px / (sensor_width_mm * threshold_px_m).
    segments
        Number of segments of the arc; with buildings, also the number of rays.
    equal_area
        Move the corners outwards so that the polygon has the area of the true sector.
    reason
        Why this is the rule.
    """

    kinds: tuple[CameraKind, ...] | None = None
    direction: Literal["known", "unknown", "any"] = "any"
    shape: Literal["disc", "cone", "none"]
    half_angle_deg: Annotated[float, Field(gt=0, lt=180, strict=True)] | None = None
    radius_m: _Positive | None = None
    radius_per_height: _Positive | None = None
    focal_mm: _Positive | None = None
    width_px: _Positive | None = None
    sensor_width_mm: _Positive | None = None
    segments: _Segments = 120
    equal_area: Annotated[bool, Field(strict=True)] = True
    reason: _Text

    @model_validator(mode="after")
    def _fits(self) -> Rule:
        problems = []
        lens = (self.focal_mm, self.width_px, self.sensor_width_mm)
        given = [self.radius_m, self.radius_per_height, next((v for v in lens if v), None)]
        ranges = sum(v is not None for v in given)
        if self.shape == "none":
            if ranges or self.half_angle_deg is not None:
                problems.append("shape none has no range and no angle. Take them out.")
        elif ranges != 1:
            problems.append(
                "give one of radius_m, radius_per_height, or focal_mm with width_px and "
                "sensor_width_mm."
            )
        if any(lens) and not all(lens):
            problems.append("focal_mm, width_px and sensor_width_mm go together. Give all three.")
        if (self.shape == "cone") != (self.half_angle_deg is not None) and self.shape != "none":
            problems.append("half_angle_deg belongs to a cone, and a cone needs it.")
        if self.shape == "cone" and self.direction != "known":
            problems.append('a cone needs direction = "known".')
        if self.kinds is not None and (not self.kinds or len(set(self.kinds)) != len(self.kinds)):
            problems.append("kinds holds none, or one twice. Name each kind once.")
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def by_lens(self) -> bool:
        """Whether ranges follow from a lens, for each zone."""
        return self.focal_mm is not None

    def covers(self, kind: CameraKind, *, directed: bool) -> bool:
        """Return whether the rule applies to a camera."""
        return (self.kinds is None or kind in self.kinds) and (
            self.direction == "any" or (self.direction == "known") == directed
        )

    def range_m(self, zone: Zone, height_m: float, heights: Heights) -> float:
        """Return the range of a zone for a lens height, in metres; 0 for shape ``none``."""
        if self.shape == "none":
            return 0.0
        height = min(max(height_m, heights.low_m), heights.high_m)
        if self.radius_per_height is not None:
            base = self.radius_per_height * height
        elif self.radius_m is not None:
            base = self.radius_m
        else:
            lens = (self.focal_mm, self.width_px, self.sensor_width_mm, zone.threshold_px_m)
            focal, width, sensor, threshold = (float(v or 1.0) for v in lens)
            base = focal * width / (sensor * threshold)
        return base * (1.0 + heights.gain_per_m * height)


class RuleSet(Record):
    """Validated set of fixed rules.

    Attributes
    ----------
    about
        The model that is reproduced.
    differs
        Known differences from the original, and what is not known of it.
    zones
        Kinds of coverage, the widest first.
    """

    kind: Literal["deterministic"]
    name: _Slug
    title: _Text
    about: _Text
    differs: tuple[_Text, ...] = ()
    height: Heights = Heights()
    occlusion: Occlusion | None = None
    zones: Annotated[tuple[Zone, ...], Field(alias="zone", min_length=1)] = (Zone(name="covered"),)
    rules: Annotated[tuple[Rule, ...], Field(alias="rule", min_length=1)]
    sources: Annotated[tuple[Source, ...], Field(alias="source", min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> RuleSet:
        problems = []
        names = [zone.name for zone in self.zones]
        if len(set(names)) != len(names):
            problems.append("zone: two zones have one name. Give another.")
        thresholds = [zone.threshold_px_m for zone in self.zones]
        lenses = any(rule.by_lens for rule in self.rules)
        if lenses:
            numbers = [value for value in thresholds if value is not None]
            if len(numbers) != len(thresholds):
                problems.append("zone: rules with a lens need threshold_px_m in each zone.")
            elif numbers != sorted(set(numbers)):
                problems.append("zone: put the zones from the lowest to the highest threshold.")
        elif len(self.zones) > 1 or thresholds[0] is not None:
            problems.append("zone: without a lens there is one zone, and no threshold_px_m.")
        for kind in CAMERA_KINDS:
            for directed in (True, False):
                if self.rule_for(kind, directed=directed) is None:
                    known = "a known" if directed else "an unknown"
                    problems.append(
                        f"rule: none is for a {kind} camera of {known} direction. Add one, with "
                        'shape = "none" if it covers nothing.'
                    )
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @cached_property
    def sha256(self) -> str:
        """Hash of all values in force, without the texts that describe the set."""
        data = self.model_dump(mode="json", include={"height", "occlusion", "zones", "rules"})
        for rule in data["rules"]:
            del rule["reason"]
        return store.sha256_bytes(store.canonical_json(data))

    def rule_for(self, kind: CameraKind, *, directed: bool) -> Rule | None:
        """Return the first rule that applies to a camera."""
        return next((rule for rule in self.rules if rule.covers(kind, directed=directed)), None)

    @property
    def one_disc_m(self) -> float | None:
        """Radius of the disc if all cameras have the same, else None."""
        radii = {r.radius_m for r in self.rules}
        same = len(self.zones) == 1 and all(r.shape == "disc" for r in self.rules)
        return radii.pop() if same and len(radii) == 1 and not self.height.gain_per_m else None


def load_rules(name: str) -> RuleSet:
    """Read a set of fixed rules by name or from a ``.toml`` file.

    Raises
    ------
    NotFoundError
        If there is no set of that name.
    InputDataError
        If it is a set of ranges, or cannot be used: all problems at once, with their place.
    """
    return read_rules(find_set(name))


def read_rules(path: Path) -> RuleSet:
    """Read the set of fixed rules in a file.

    Raises
    ------
    InputDataError
        As `load_rules`.
    """
    table = toml_files.read_table(path, path.name)
    if table.data.get("kind") != "deterministic":
        msg = (
            f"{table.shown} is a set of ranges for estimates, not of fixed rules "
            '(kind = "deterministic"). Use it with assess, or name another set here.'
        )
        raise InputDataError(msg)
    problems = toml_files.unknown_keys(table, TOP_LEVEL)
    # Row by row first, so that each problem has the line of its table.
    rows: dict[str, type[BaseModel]] = {"rule": Rule, "zone": Zone, "source": Source}
    for array, model in rows.items():
        for index, row in enumerate(toml_files.rows_of(table, array, problems)):
            toml_files.parsed(model, row, table.place(array, index, row), problems)
    found = (
        None if problems else toml_files.parsed(RuleSet, _plain(table.data), table.shown, problems)
    )
    toml_files.fail_if_any(problems, f"The assumption set {table.shown}")
    return cast("RuleSet", found)  # without problems there is one


def to_toml(rules: RuleSet, *, name: str) -> str:
    """Return a set of fixed rules as TOML, under another name."""
    data = rules.model_dump(mode="json", by_alias=True)
    head = {key: data[key] for key in ("kind", "name", "title", "about", "differs")}
    parts = [toml_table("", head | {"name": name}), toml_table("[height]", data["height"])]
    if data["occlusion"] is not None:
        parts.append(toml_table("[occlusion]", data["occlusion"]))
    for array in ("zone", "rule", "source"):
        parts += [toml_table(f"[[{array}]]", row) for row in data[array]]
    return "\n".join(parts)


def _plain(value: Any) -> Any:  # noqa: ANN401
    """Return data with every text made plain, see `escape.plain`."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def differences(first: RuleSet, second: RuleSet) -> tuple[Difference, ...]:
    """Return every value in which two sets of fixed rules differ, with its place in the file."""
    flat = [_flat(rules.model_dump(mode="json", by_alias=True)) for rules in (first, second)]
    return tuple(
        Difference(key, key.rpartition(".")[2], flat[0].get(key), flat[1].get(key))
        for key in sorted({*flat[0], *flat[1]})
        if flat[0].get(key) != flat[1].get(key)
    )


def _flat(value: Any, place: str = "") -> dict[str, Any]:  # noqa: ANN401
    """Return the values of nested tables by their dotted paths, rows counted from 1."""
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = {str(number): item for number, item in enumerate(value, start=1)}.items()
    else:
        return {place: str(value) if isinstance(value, bool) else value}
    found: dict[str, Any] = {}
    for key, item in inner:
        if place or key not in _WORDS:
            found |= _flat(item, f"{place}.{key}" if place else key)
    return found
