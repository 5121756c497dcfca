"""What an assessment says: one model, one JSON schema, rendered by every output.

`Assessment` is the whole answer for one city. Its JSON form is the interface to other programs;
the layers on the map (`Layers`) travel beside it in memory and are never part of the JSON.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from toolkit.base import store

if TYPE_CHECKING:
    import geopandas as gpd

SCHEMA: Final = "camera-exposure.assessment/2"

Tier = Literal["seen", "recognised", "face", "plate"]
TIERS: tuple[Tier, ...] = ("seen", "recognised", "face", "plate")
SWITCHED_TIERS: tuple[Tier, ...] = ("face", "plate")

ExposureClass = Literal["likely", "possible", "not_excluded", "unknown"]
EXPOSURE_CLASSES: tuple[ExposureClass, ...] = ("likely", "possible", "not_excluded", "unknown")
"""Classes of a place (design, "Honesty"): likely if the low end is at least LIKELY_LOW, else
possible if the high end is at least POSSIBLE_HIGH, else not excluded; unknown without data."""
LIKELY_LOW = 0.5
POSSIBLE_HIGH = 0.1

Basis = Literal["streets", "city_level"]
Status = Literal["installed", "planned"]
Allocation = Literal["core", "township"]
ALLOCATIONS: tuple[Allocation, ...] = ("core", "township")
"""Where the cameras of a city-level case stand: all inside the disc, or over the township."""
STATUSES: tuple[Status, ...] = ("installed", "planned")

_SIGNIFICANT_DIGITS = 6
INTERVAL = (0.05, 0.5, 0.95)
"""Probabilities of `low`, `mid` and `high`: a 90 % interval and the median; see `upper_prob`."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _rounded(value: float) -> float:
    """Round to six significant digits, so that the last bits of a sum do not reach the JSON."""
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def rounded_draws(values: np.ndarray[Any, Any]) -> tuple[float, ...]:
    """Return draws as they stand in the JSON, shape (D,)."""
    return tuple(_rounded(float(v)) for v in values)


def upper_prob(amounts: np.ndarray[Any, Any]) -> float:
    """Return the probability at which the 90 % interval of an amount ends.

    0.95, as long as no more than 5 of 100 draws are zero. If more are, the interval begins at zero
    and leaves out nothing below; up to 10 of 100 draws are then left out above instead, as many as
    are zero, so that it holds 90 of 100 again and its end does not leap with one draw.

    Parameters
    ----------
    amounts
        Draws, none below zero, shape (D,).
    """
    tail = 1.0 - INTERVAL[2]
    none = float(np.mean(amounts == 0.0))
    return 1.0 - min(max(none, tail), 2 * tail)


class Quantity(_Model):
    """A figure with its interval, or the reason why there is none. Unknown is never zero."""

    low: float | None
    mid: float | None
    high: float | None
    unit: str
    why: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Quantity:
        values = (self.low, self.mid, self.high)
        if any(v is None for v in values):
            if not (all(v is None for v in values) and self.why):
                msg = "a quantity has all of low, mid and high, or none of them and a reason"
                raise ValueError(msg)
        elif not (values[0] <= values[1] <= values[2]):  # type: ignore[operator]
            msg = f"low <= mid <= high does not hold for {values}"
            raise ValueError(msg)
        return self

    @property
    def known(self) -> bool:
        """Whether there is a figure."""
        return self.mid is not None

    @classmethod
    def of(cls, low: float, mid: float, high: float, unit: str) -> Quantity:
        """Make a quantity of three figures."""
        return cls(low=_rounded(low), mid=_rounded(mid), high=_rounded(high), unit=unit)

    @classmethod
    def exactly(cls, value: float, unit: str) -> Quantity:
        """Make a quantity that has no interval, such as a length that was measured."""
        return cls.of(value, value, value, unit)

    @classmethod
    def from_draws(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Make a quantity of draws: the 5, 50 and 95 % points."""
        low, mid, high = (float(v) for v in np.quantile(np.asarray(values, float), INTERVAL))
        return cls.of(low, mid, high, unit)

    @classmethod
    def from_amounts(cls, values: Sequence[float] | np.ndarray[Any, Any], unit: str) -> Quantity:
        """Make a quantity of draws of an amount that is never below zero, see `upper_prob`."""
        drawn = np.asarray(values, float)
        ends = (INTERVAL[0], INTERVAL[1], upper_prob(drawn))
        low, mid, high = (float(v) for v in np.quantile(drawn, ends))
        return cls.of(low, mid, high, unit)

    @classmethod
    def unknown(cls, unit: str, why: str) -> Quantity:
        """Make a quantity that is not known, with the reason."""
        return cls(low=None, mid=None, high=None, unit=unit, why=why)


class Names(_Model):
    """A name in the languages of the toolkit."""

    en: str
    my: str


class Boundary(_Model):
    """What is meant by "the city" in every share of this assessment."""

    kind: str
    length_km: float | None
    area_km2: float | None
    note: str


class CityPart(_Model):
    """The city of an assessment."""

    id: str
    name: Names
    boundary: Boundary


class AssumptionsPart(_Model):
    """The assumption set, and what the user changed in it."""

    name: str
    sha256: str
    changed: dict[str, float]


class InputsPart(_Model):
    """Hashes of what went in, and the operator profile if only one was asked for."""

    evidence_sha256: str
    pack_sha256: str | None
    siting_sha256: str
    siting_profile: str | None = None
    siting_cities: tuple[str, ...] = ()
    """Names of the cities that the profiles in use were fitted to; none if that was not noted."""


class ObservationPart(_Model):
    """A count along a way, as it was used."""

    walked_km: float
    seen: int
    recall: Quantity
    where: str
    streets: str
    date: dt.date | None


class CountingValue(_Model):
    """What one more hour of counting would narrow, before anybody has counted."""

    narrowing: Quantity
    """Share by which the 90 % interval of the count becomes narrower; `mid` is the mean."""
    text: str


class CameraCount(_Model):
    """How many cameras of the reported system there are in one status."""

    count: Quantity
    mapped: int
    completeness: Quantity
    per_km: Quantity
    """Cameras per km of street inside the boundary."""
    claims: tuple[str, ...]
    contradictions: tuple[tuple[str, ...], ...]
    stale: bool
    rule: str
    """One sentence: how the count follows from the claims."""
    observations: tuple[ObservationPart, ...] = ()
    """What was counted in the streets and has updated the count."""
    value_of_counting: CountingValue | None = None


class CamerasPart(_Model):
    """Counts per status."""

    installed: CameraCount
    planned: CameraCount


class Ring(_Model):
    """Where on the ground one camera can serve a tier, over cameras of the assumed mix."""

    inner: Quantity
    outer: Quantity
    empty_share: Quantity
    """Share of cameras whose ring is empty: they cannot serve the tier at any distance."""


class Shares(_Model):
    """Share of the street length inside the boundary."""

    expected: Quantity
    """Ignorance only: mean over where the cameras may stand."""
    realised: Quantity
    """Ignorance and placement: what a surveyor would measure."""
    everything_on: Quantity
    """As `expected`, if every camera works."""


class Total(_Model):
    """A total of the city, as `Shares` without the case that everything works."""

    expected: Quantity
    realised: Quantity


class DrawPair(_Model):
    """One total in each draw: averaged over placement, and with the cameras placed once."""

    expected: tuple[float, ...]
    realised: tuple[float, ...]


class DrawsPart(_Model):
    """The draws behind the intervals, so that two assessments of one seed can be paired.

    Draw k of one assessment belongs to draw k of another with the same seed and number of draws:
    the same probabilities of every uncertain quantity stand behind both.
    """

    n_draws: int
    cameras: tuple[float, ...]
    """Cameras of the status asked for."""
    length_km: dict[Tier, DrawPair]
    """Covered street length; on city level both are the same."""
    counted_km: float | None
    """Street length that counts as the whole; None where no streets are installed."""


class Case(_Model):
    """One named case: a stated area, a stated allocation of the reported cameras."""

    id: str
    radius_km: float | None
    """Radius of the disc; None where the area is the boundary of installed streets."""
    allocation: Allocation
    length_km: Quantity
    """Street length inside the disc or boundary."""
    share_of_length: Quantity


class TierPart(_Model):
    """All figures of one tier."""

    threshold_px_m: float
    ring_m: Ring
    cameras_able: Quantity
    length_km: Quantity
    share_of_length: Shares
    area_km2: Total
    """Ground along the covered streets, `zones.STRIP_M` to both sides, each place once."""
    effective_cameras: Total
    """Cameras that would cover as much if no two overlapped: each covers what one working camera
    that is able at this tier covers by itself, on average. Never more than work and are able."""
    switched_on: Quantity | None = None
    """Face and plate only: how likely it is that the software is in use. Never multiplied in."""
    unknown_share: float | None
    """Share of the street length for which the model has no answer."""
    cases: tuple[Case, ...] = ()
    """Where the report does not say which area it counts."""


class Note(_Model):
    """A warning with a stable id."""

    id: str
    text: str


class SourceRef(_Model):
    """Where a figure comes from."""

    id: str
    publisher: str
    date: str


@dataclass(frozen=True)
class StreetDetail:
    """What is behind the layers, for exports and comparisons; kept in memory only.

    Attributes
    ----------
    by_street
        Probability of each street per draw, length mean of its points, shape (S, T, D), rows as
        in `Layers.streets`. Means nothing where a street is unknown.
    ground_km2
        Ground along the streets for which the model has an answer.
    effective_cameras
        Cameras that would cover as much if no two overlapped, averaged over placement,
        shape (D, T).
    cells
        Gives the exposure by cell of a grid of that many metres, see `cells.cell_frame`.
    mapped
        Mapped cameras of the pack with all their columns. A user's field notes are not among
        them: they count in the figures, and leave the machine only if asked for.
    sites
        Gives the sites of these cameras as the model uses them: `n_cameras`, `axis_deg`,
        `width_deg` (NaN where unknown), and where they stand.
    """

    by_street: np.ndarray[Any, np.dtype[np.float32]]
    ground_km2: float
    effective_cameras: np.ndarray[Any, np.dtype[np.float64]]
    cells: Callable[[float], gpd.GeoDataFrame]
    mapped: gpd.GeoDataFrame
    sites: Callable[[], gpd.GeoDataFrame]


@dataclass(frozen=True)
class Layers:
    """What is drawn, beside the figures. EPSG:4326; nothing of it is part of the JSON.

    Attributes
    ----------
    streets
        One row per street: `street_id`, `name`, `highway`, `length_m`, geometry, and per tier
        `{tier}_low`, `{tier}_mid`, `{tier}_high` (probabilities, NaN where unknown) and
        `{tier}_class` (an `ExposureClass`).
    zones
        Gives, for a tier, polygons with `exposure_class` that do not overlap; made when asked
        for, since a map of streets does not need them.
    cameras
        Mapped cameras that are drawn: `source_id`, `kind`, geometry.
    boundary
        One polygon.
    buildings
        Footprints, for orientation.
    attribution
        Text that must stand on every map of these layers.
    detail
        What is behind them, per draw; None for layers that were not computed here.
    """

    streets: gpd.GeoDataFrame
    zones: Callable[[Tier], gpd.GeoDataFrame]
    cameras: gpd.GeoDataFrame
    boundary: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    attribution: str
    notes: tuple[str, ...] = field(default=())
    detail: StreetDetail | None = None


Progress = Callable[[float], object]
"""Told which part of a longer piece of work is done, from 0 to 1."""


class LazyLayers:
    """Layers that are made when they are first asked for, and only once."""

    def __init__(self, make: Callable[[Progress], Layers]) -> None:
        """Keep what makes them."""
        self._make = make
        self._made: Layers | None = None
        self._lock = threading.Lock()

    def get(self, progress: Progress = lambda _: None) -> Layers:
        """Return the layers; a second session waits for the first instead of making them too."""
        with self._lock:
            if self._made is None:
                self._made = self._make(progress)
            return self._made


class SamplePart(_Model):
    """The sample of street points on which totals were taken."""

    points: int
    of: int
    """Street points for which the model has an answer."""
    error_share: float
    """Half the width of a 95 % interval of a share of street length, from the sampling alone, for
    the tier where it is largest."""


class Assessment(_Model):
    """The answer for one city; see the module docstring."""

    schema_: Literal["camera-exposure.assessment/2"] = Field(default=SCHEMA, alias="schema")
    tool: str
    as_of: dt.date
    seed: int
    status: Status
    city: CityPart
    basis: Basis
    demonstration: bool
    assumptions: AssumptionsPart
    inputs: InputsPart
    cameras: CamerasPart
    tiers: dict[Tier, TierPart]
    draws: DrawsPart
    sample: SamplePart | None = None
    """Left out where totals were taken on all street points. Layers always are."""
    missing: tuple[Note, ...]
    warnings: tuple[Note, ...]
    limits: tuple[str, ...]
    sources: tuple[SourceRef, ...]

    _layers: Layers | LazyLayers | None = PrivateAttr(default=None)

    @property
    def layers(self) -> Layers | None:
        """What is drawn; None where no streets are installed, or after reading JSON.

        Made now if nobody has asked for them before, see `LazyLayers`.
        """
        kept = self._layers
        return kept.get() if isinstance(kept, LazyLayers) else kept

    def make_layers(self, progress: Progress) -> Layers | None:
        """Return `layers`, and say how far they are while they are made."""
        kept = self._layers
        return kept.get(progress) if isinstance(kept, LazyLayers) else kept

    def with_layers(self, layers: Layers | LazyLayers | None) -> Assessment:
        """Return the same assessment with layers beside it."""
        copy = self.model_copy()
        copy._layers = layers  # noqa: SLF001
        return copy

    def to_json(self) -> str:
        """Return the JSON text: the same bytes for the same inputs, ending in a line feed."""
        data = self.model_dump(mode="json", by_alias=True)
        if data["sample"] is None:
            del data["sample"]
        return store.canonical_json(_without_empty_why(data)).decode() + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Assessment:
        """Read what `to_json` wrote.

        Raises
        ------
        pydantic.ValidationError
            If the text does not follow the schema.
        """
        return cls.model_validate_json(text)


def _without_empty_why(value: Any) -> Any:  # noqa: ANN401
    """Leave out `why` where a figure is known."""
    if isinstance(value, dict):
        return {
            k: _without_empty_why(v) for k, v in value.items() if not (k == "why" and v is None)
        }
    if isinstance(value, list):
        return [_without_empty_why(v) for v in value]
    return value


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of an assessment."""
    return Assessment.model_json_schema(by_alias=True)


def exposure_class(low: float, high: float) -> ExposureClass:
    """Return the class of a place from the two ends of its probability.

    Both NaN means that the model has no answer there.
    """
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if low >= LIKELY_LOW:
        return "likely"
    return "possible" if high >= POSSIBLE_HIGH else "not_excluded"
