"""Words of the model that every stage shares: tiers, classes, statuses, names and notes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from toolkit.base.record import Record

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

FULL_CIRCLE_DEG: Final = 360.0


class Names(Record):
    """A name in the languages of the toolkit."""

    en: str
    my: str


class Boundary(Record):
    """What is meant by "the city" in every share of this assessment."""

    kind: str
    length_km: float | None
    area_km2: float | None
    note: str


class Note(Record):
    """A warning with a stable id."""

    id: str
    text: str


class SourceRef(Record):
    """Where a figure comes from."""

    id: str
    publisher: str
    date: str


Progress = Callable[[float], object]
"""Called with the part of a longer piece of work that is done, from 0 to 1."""

StepProgress = Callable[[str, float | None], None]
"""Called with what is being done, and the part of it that is done, None if that is not known."""


def no_progress(_sentence: str, _share: float | None) -> None:
    """Report no progress: the default of a `StepProgress`."""


def exposure_class(low: float, high: float) -> ExposureClass:
    """Return the class of a place from the two ends of its probability.

    Both NaN means that the model has no answer there.
    """
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if low >= LIKELY_LOW:
        return "likely"
    return "possible" if high >= POSSIBLE_HIGH else "not_excluded"
