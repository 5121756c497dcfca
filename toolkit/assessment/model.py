"""The data model of an assessment: one JSON schema, rendered by every output.

`Assessment` is the whole answer for one city. Its JSON form is the interface to other programs; the
layers of the map (`Layers`) are kept with it in memory and are never part of the JSON.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

from pydantic import Field, PrivateAttr

from toolkit.assessment.layers import Layers, LazyLayers
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.quantity import Quantity
from toolkit.base.record import Record
from toolkit.base.terms import (
    Allocation,
    Basis,
    Boundary,
    Mode,
    Names,
    Note,
    Progress,
    SourceRef,
    Status,
    Tier,
)

SCHEMA: Final = "camera-exposure.assessment/3"


class CityPart(Record):
    """The city of an assessment."""

    id: str
    name: Names
    boundary: Boundary


class AssumptionsPart(Record):
    """The assumption set, and what the user changed in it."""

    name: str
    sha256: str
    changed: dict[str, float]

    @classmethod
    def of(cls, values: AssumptionSet) -> AssumptionsPart:
        """Return the part of a set."""
        return cls(name=values.name, sha256=values.sha256, changed=dict(values.changed))


class InputsPart(Record):
    """Hashes of what went in, and the operator profile if only one was asked for."""

    evidence_sha256: str
    pack_sha256: str | None
    siting_sha256: str
    siting_profile: str | None = None
    siting_cities: tuple[str, ...] = ()
    """Names of the cities to which the profiles in use were fitted; empty if not recorded."""


class ObservationPart(Record):
    """A count along a way, as it was used."""

    walked_km: float
    seen: int
    recall: Quantity
    where: str
    streets: str
    date: dt.date | None


class CountingValue(Record):
    """What one more hour of counting would narrow, before anybody has counted."""

    narrowing: Quantity
    """Share by which the 90 % interval of the count becomes narrower; `mid` is the mean."""
    text: str


class CameraCount(Record):
    """How many cameras of the reported system there are in one status."""

    count: Quantity
    """At least the mapped cameras."""
    entered: Quantity | None = None
    """The user's own number, if it replaces the reports; `count` is higher if more are mapped."""
    mapped: int
    completeness: Quantity
    per_km: Quantity
    """Cameras per km of street inside the boundary."""
    claims: tuple[str, ...]
    contradictions: tuple[tuple[str, ...], ...]
    stale: bool
    rule: str
    """One sentence: how the count is derived from the claims."""
    observations: tuple[ObservationPart, ...] = ()
    """Counts made in the streets that have updated the count."""
    value_of_counting: CountingValue | None = None


class CamerasPart(Record):
    """Counts per status."""

    installed: CameraCount
    planned: CameraCount


class Ring(Record):
    """Where on the ground one camera can serve a tier, over cameras of the assumed mix."""

    inner: Quantity
    outer: Quantity
    empty_share: Quantity
    """Share of cameras whose ring is empty: they cannot serve the tier at any distance."""


class Shares(Record):
    """Share of the street length inside the boundary."""

    expected: Quantity
    """Ignorance only: mean over the placement of cameras."""
    realised: Quantity
    """Ignorance and placement: what a surveyor would measure."""
    everything_on: Quantity
    """As `expected`, if every camera works."""


class Total(Record):
    """A total of the city, as `Shares` without the case that everything works."""

    expected: Quantity
    realised: Quantity


class DrawPair(Record):
    """One total in each draw: averaged over placement, and with the cameras placed once."""

    expected: tuple[float, ...]
    realised: tuple[float, ...]


class DrawsPart(Record):
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
    """Street length of which shares are taken; None where no streets are installed."""
    trip_at_least_one: dict[Tier, tuple[float, ...]] = Field(default_factory=dict)
    """Share of ordinary trips by the usual mode that pass a camera, where it is known."""


class Case(Record):
    """One named case: a stated area, a stated allocation of the reported cameras."""

    id: str
    radius_km: float | None
    """Radius of the disc; None where the area is the boundary of installed streets."""
    allocation: Allocation
    length_km: Quantity
    """Street length inside the disc or boundary."""
    share_of_length: Quantity


class TripIfAllWork(Record):
    """The main figures of a trip if every camera works."""

    cameras: Quantity
    at_least_one: Quantity


class Trip(Record):
    """Cameras met on ordinary trips by one mode, with the cameras placed once per draw.

    Intervals are over draws and placements, never over trips; a probability has the mean as its
    middle. A probability is the share of trips, or of homes.
    """

    mode: Mode
    length_km: Quantity
    """Length inside the boundary: the middle trip, and trips of which one in twenty is shorter or
    longer."""
    cameras: Quantity
    """Mean number of distinct cameras that are able at the tier and have the trip in view."""
    cameras_1_in_20: Quantity
    """Number that one trip in twenty exceeds: the spread between trips."""
    at_least_one: Quantity
    at_least_two_sites: Quantity
    week_five_destinations: Quantity
    """At least one in a week: from one home to five places and back."""
    week_commuter: Quantity
    """The same on one route, there and back: the same cameras stand there each day."""
    if_all_work: TripIfAllWork | None = None
    unknown_share: float | None = None
    """Share of the length that has no answer: underground, or outside the boundary."""

    @classmethod
    def unknown(cls, mode: Mode, why: str) -> Trip:
        """Return a trip of which nothing is known, with the reason."""
        chance = Quantity.unknown("probability", why)
        return cls(
            mode=mode,
            length_km=Quantity.unknown("km", why),
            cameras=Quantity.unknown("cameras", why),
            cameras_1_in_20=Quantity.unknown("cameras", why),
            at_least_one=chance,
            at_least_two_sites=chance,
            week_five_destinations=chance,
            week_commuter=chance,
        )


class ShortTrip(Record):
    """The main figures of `Trip`, by the usual mode of the tier."""

    mode: Mode
    cameras: Quantity
    at_least_one: Quantity

    @classmethod
    def unknown(cls, mode: Mode, why: str) -> ShortTrip:
        """Return a trip of which nothing is known, with the reason."""
        return cls(
            mode=mode,
            cameras=Quantity.unknown("cameras", why),
            at_least_one=Quantity.unknown("probability", why),
        )


class ShortTier(Record):
    """The main figures of one tier under a condition.

    Intervals of street length are as of `Shares.expected`.
    """

    trip: ShortTrip
    cameras_able: Quantity
    length_km: Quantity
    share_of_length: Quantity


class IfCount(Record):
    """What follows if the city has exactly so many cameras of the reported system."""

    count: int
    tiers: dict[Tier, ShortTier]


class IfWhere(Record):
    """What follows if the cameras are spread over a stated area only.

    Attributes
    ----------
    radius_km
        Radius of the area around the centre; None for the boundary of installed streets, and for
        the township, whose radius is an assumption.
    street_km
        Street length of which shares are taken.
    """

    radius_km: float | None
    street_km: Quantity
    tiers: dict[Tier, ShortTier]


class NightPart(Record):
    """The main figures of a tier at night, from the same draws and placements as those by day.

    Comparable with `TierPart` figure by figure, and never averaged with it.
    """

    ring_m: Ring
    trip: ShortTrip
    cameras_able: Quantity
    length_km: Quantity
    share_of_length: Total


class TierPart(Record):
    """All figures of one tier."""

    threshold_px_m: float
    ring_m: Ring
    trip: Trip
    """By the usual mode of the tier."""
    trips: dict[Mode, Trip] = Field(default_factory=dict)
    """By every mode, where trips are estimated."""
    capture_points: Quantity
    """Sites with at least one working camera that is able at the tier."""
    cameras_able: Quantity
    length_km: Quantity
    share_of_length: Shares
    area_km2: Total
    """Ground along the covered streets, `zones.STRIP_M` to both sides, overlaps counted once."""
    effective_cameras: Total
    """Number of cameras that would cover as much without overlap: each covers as much as a working
    camera that is able at this tier covers by itself, on average. At most the number of those."""
    switched_on: Quantity | None = None
    """Face and plate only: probability that the software is in use. Never multiplied in."""
    unknown_share: float | None
    """Share of the street length for which the model has no answer."""
    cases: tuple[Case, ...] = ()
    """Where the report does not say which area it counts."""
    night: NightPart | None = None
    """The same at night, where it was asked for; else left out of the JSON."""


class IfBuilt(Record):
    """What follows if announced cameras were installed.

    Attributes
    ----------
    nothing_installed
        Probability that none of them was; a judgement, never multiplied into a figure.
    claim
        Id of the claim of the most advanced announcement.
    assumption, judged_by
        The assumption that holds the probability, and its source.
    cameras, tiers
        The count and the figures, as where cameras are reported to be installed.
    """

    nothing_installed: Quantity
    claim: str
    assumption: str
    judged_by: str
    cameras: CameraCount
    tiers: dict[Tier, TierPart]


class ThreatPart(Record):
    """A use of cameras that is reported for the city; see `toolkit.evidence.threats`."""

    id: str
    answered_by: str | None = None
    """Tier whose figures answer it in part; None if nothing here models it."""


class SamplePart(Record):
    """The sample of street points on which totals were taken."""

    points: int
    of: int
    """Street points for which the model has an answer."""
    error_share: float
    """Half the width of a 95 % interval of a share of street length, from the sampling alone, for
    the tier where it is largest."""


class Assessment(Record):
    """The answer for one city; see the module docstring."""

    schema_: Literal["camera-exposure.assessment/3"] = Field(default=SCHEMA, alias="schema")
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
    if_count: tuple[IfCount, ...] = ()
    """Round numbers within the interval of the count."""
    per_100_cameras: dict[Tier, Quantity] | None = None
    """Covered street length in km of 100 cameras, where it is proportional to their number: without
    installed streets, whose views could overlap."""
    if_centre: IfWhere | None = None
    """If all cameras are in the centre; with installed streets, inside their boundary."""
    if_spread: IfWhere | None = None
    """If they are spread over the built-up township."""
    if_built: IfBuilt | None = None
    """Where installed cameras are asked for, and only talks, a tender or a plan are reported. The
    count and the tiers are then not known, and the draws are those if they were installed."""
    draws: DrawsPart
    threats: tuple[ThreatPart, ...] = ()
    """What the cameras are reported to be used for."""
    sample: SamplePart | None = None
    """None where totals use all street points. Layers always do."""
    missing: tuple[Note, ...]
    warnings: tuple[Note, ...]
    limits: tuple[str, ...]
    sources: tuple[SourceRef, ...]

    _layers: Layers | LazyLayers | None = PrivateAttr(default=None)

    @property
    def layers(self) -> Layers | None:
        """Layers of the map; None where no streets are installed, or after reading JSON.

        Made at the first request, see `LazyLayers`.
        """
        return self.make_layers(lambda _: None)

    def make_layers(self, progress: Progress) -> Layers | None:
        """Return `layers`, and report progress while they are made."""
        kept = self._layers
        return kept.get(progress) if isinstance(kept, LazyLayers) else kept

    def with_layers(self, layers: Layers | LazyLayers | None) -> Assessment:
        """Return the same assessment with these layers."""
        copy = self.model_copy()
        copy._layers = layers  # noqa: SLF001
        return copy

    @property
    def shown_tiers(self) -> dict[Tier, TierPart]:
        """The figures to be shown: those if it was built, where nothing else is known."""
        return self.tiers if self.if_built is None else self.if_built.tiers

    @property
    def mapped(self) -> Quantity:
        """Mapped cameras of the reported system; without a map nobody knows of any, or of none."""
        if not self.counted.mapped and self.inputs.pack_sha256 is None:
            return Quantity.unknown("cameras", str(self.counted.completeness.why))
        return Quantity.exactly(self.counted.mapped, "cameras")

    @property
    def counted(self) -> CameraCount:
        """The count of the status asked for, as `shown_tiers`."""
        if self.if_built is not None:
            return self.if_built.cameras
        return self.cameras.installed if self.status == "installed" else self.cameras.planned

    def to_json(self) -> str:
        """Return the JSON text: the same bytes for the same inputs, ending in a line feed."""
        data = self.model_dump(mode="json", by_alias=True)
        if data["sample"] is None:
            del data["sample"]
        return store.canonical_json(_without_empty(data)).decode() + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Assessment:
        """Read what `to_json` wrote.

        Raises
        ------
        pydantic.ValidationError
            If the text does not follow the schema.
        """
        return cls.model_validate_json(text)


def _without_empty(value: Any) -> Any:  # noqa: ANN401
    """Return JSON data without keys that say nothing: a `why`, an `error`, `night` or `values`."""
    if isinstance(value, dict):
        return {
            k: _without_empty(v)
            for k, v in value.items()
            if not ((k in {"why", "error", "night"} and v is None) or (k == "values" and not v))
        }
    if isinstance(value, list):
        return [_without_empty(v) for v in value]
    return value
