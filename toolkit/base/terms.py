"""Vocabulary of the model: tiers, exposure classes, statuses, names and notes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Literal, Self, get_args

from pydantic import ConfigDict, Field, model_validator

from toolkit.base.record import Record

Tier = Literal["seen", "recognised", "identified", "face", "plate"]
"""What a camera's picture is good enough for."""

TIERS: tuple[Tier, ...] = ("seen", "recognised", "identified", "face", "plate")

NESTED_TIERS: tuple[tuple[Tier, Tier], ...] = (
    ("recognised", "seen"),
    ("identified", "recognised"),
    ("face", "recognised"),
)
"""Pairs of a tier and one that it implies: no figure of the first exceeds that of the second."""

SWITCHED_TIERS: tuple[Tier, ...] = ("face", "plate")
"""Tiers whose figures hold only if the software for them is switched on."""

ExposureClass = Literal["likely", "possible", "not_excluded", "unknown"]

EXPOSURE_CLASSES: tuple[ExposureClass, ...] = ("likely", "possible", "not_excluded", "unknown")
"""Classes of a place by its interval; see `exposure_class`."""

LIKELY_LOW = 0.5
"""Least low end of the probability in the class "likely"."""

POSSIBLE_HIGH = 0.1
"""Least high end of the probability in the class "possible"."""

Basis = Literal["streets", "city_level"]
"""Whether figures rest on the streets of the city, or on street networks of other cities."""

Status = Literal["installed", "planned"]

STATUSES: tuple[Status, ...] = ("installed", "planned")

Allocation = Literal["core", "township"]
"""Area over which the cameras of a city-level case are spread: the core or the township."""

ALLOCATIONS: tuple[Allocation, ...] = ("core", "township")

Where = Literal["core", "township", "open"]
"""Where cameras are taken to be, as if it were known: `open` for one of both, nobody knows which.
"""

Mode = Literal["foot", "motorcycle", "car"]
"""How a person travels."""

MODES: tuple[Mode, ...] = get_args(Mode)

USUAL_MODE: Final[dict[Tier, Mode]] = {
    "seen": "foot",
    "recognised": "foot",
    "identified": "foot",
    "face": "foot",
    "plate": "motorcycle",
}
"""Mode by which each tier is told first."""


def modes_of(tier: Tier) -> tuple[Mode, ...]:
    """Return the modes by which a tier concerns people: on foot nobody has a number plate."""
    return tuple(mode for mode in MODES if not (tier == "plate" and mode == "foot"))


FULL_CIRCLE_DEG: Final = 360.0


Language = Literal["en", "my"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)


class Names(Record):
    """A name by language code: the English one, and any other that is known."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, str]

    en: str

    if TYPE_CHECKING:

        def __init__(self, *, en: str, **others: str) -> None:
            """Accept any language code; the signature that pydantic makes has fields only."""

    @model_validator(mode="after")
    def _known_languages(self) -> Self:
        unknown = sorted(set(self.__pydantic_extra__) - set(LANGUAGES))
        if unknown:
            msg = f"{', '.join(unknown)}: names can be given in {', '.join(LANGUAGES)}"
            raise ValueError(msg)
        return self

    def in_language(self, lang: str) -> str:
        """Return the name in a language, in English where none is known in it."""
        return self.en if lang == "en" else self.__pydantic_extra__.get(lang, self.en)

    def in_all_languages(self) -> tuple[str, ...]:
        """Return the name in every language it is known in, English first."""
        return (self.en, *self.__pydantic_extra__.values())


class Boundary(Record):
    """What is meant by "the city" in every share of this assessment."""

    kind: str
    length_km: float | None
    area_km2: float | None
    note: str


class Note(Record):
    """A warning with a stable id.

    Attributes
    ----------
    values
        Figures in the text, by name: shares.
    """

    id: str
    text: str
    values: dict[str, float] = Field(default_factory=dict)


class SourceRef(Record):
    """Where a figure comes from."""

    id: str
    publisher: str
    date: str


Progress = Callable[[float], object]
"""Callback that takes the share of the work done, 0 to 1."""


def part_of(progress: Progress, first: float, end: float) -> Progress:
    """Return the progress of one part of some work, which is the whole's from `first` to `end`."""
    return lambda done: progress(first + (end - first) * done)


StepProgress = Callable[[str, float | None], None]
"""Callback that takes the current step, and the share of it done, None if unknown."""


def no_progress(_sentence: str, _share: float | None) -> None:
    """Report no progress: the default of a `StepProgress`."""


def exposure_class(low: float, high: float) -> ExposureClass:
    """Return the class of a place from the interval of its probability of exposure.

    Parameters
    ----------
    low, high
        Ends of the interval, 0 to 1; NaN where there are no data.

    Examples
    --------
    >>> exposure_class(0.6, 0.9), exposure_class(0.0, 0.05), exposure_class(0.0, math.nan)
    ('likely', 'not_excluded', 'unknown')
    """
    if math.isnan(low) or math.isnan(high):
        return "unknown"
    if low >= LIKELY_LOW:
        return "likely"
    return "possible" if high >= POSSIBLE_HIGH else "not_excluded"
