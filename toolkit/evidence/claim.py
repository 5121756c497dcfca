"""The record of one claim: what a source says, in validated fields.

A record holds what a source says and nothing else: no averages, no corrections, no choice between
sources that disagree.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, RootModel, field_validator, model_validator

from toolkit.base.record import Record
from toolkit.base.toml_files import near, shown_value
from toolkit.base.zawgyi import unicode_only
from toolkit.evidence.makers import Maker

MADE_UP_PUBLISHER = "Made-up"
"""Prefix of the publisher of an invented claim, so that it cannot pass for a report."""

_MOST_DATES = 4096
"""Dates whose days are kept at hand: claims are compared with one another."""

ID_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
RecordId = Annotated[str, Field(pattern=ID_PATTERN, max_length=80)]
_Text = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(unicode_only)]
_Number = Annotated[float, Field(ge=0, strict=True)]

Status = Literal["installed", "planned", "tender", "talks", "ordered"]
"""`ordered`: owners were ordered to put up cameras of their own; scope `compelled_private` only."""
Topic = Literal["count", "presence", "capability", "siting", "failure", "supplier", "statement"]
"""Subject of a claim. `count` has a figure; `presence` states that cameras are or will be there;
`statement` is a denial, a fear, a limit of the report, or context."""
Unit = Literal[
    "cameras",
    "sites",
    "signals",
    "townships",
    "cities",
    "bus_lines",
    "officers",
    "cameras_per_km",
    "cameras_per_km2",
    "cameras_per_1000_people",
    "cameras_per_junction",
    "cameras_per_shop",
    "share_of_junctions",
    "kyat",
    "us_dollars",
]
Wording = Literal["exact", "about", "at_least", "over", "up_to", "hundreds", "range"]
Kind = Literal["stock", "flow", "increment"]
"""`stock`: number in place. `flow`: number installed in a period. `increment`: number added."""
Capability = Literal[
    "face_recognition",
    "plate_reading",
    "vehicle_tracking",
    "ptz",
    "wanted_list_alerts",
    "photo_matching",
    "live_watching",
    "power_cut_proof",
]
Level = Literal["city", "programme", "denied"]
"""Whether a capability is claimed for this city or for its programme, or is denied."""
Scope = Literal["public", "private", "all", "compelled_private", "register"]
"""Whose cameras a claim is about. `compelled_private`: cameras that owners were ordered to put up.
`register`: registers of people and checkpoints, which need no camera in the street."""
SEPARATE_SCOPES: Final[tuple[Scope, ...]] = ("compelled_private", "register")
"""Scopes that are shown in groups of their own and never added up with the reported system."""
COUNTRY: Final = "country"
"""Under `covers`: every city that the evidence lists as one of the country."""
NOWHERE: Final = "none"
"""Under `covers`: no city; background."""

COUNTED_UNITS: Final[tuple[Unit, ...]] = (
    "cameras",
    "sites",
    "signals",
    "townships",
    "cities",
    "bus_lines",
    "officers",
)
"""Units counted in whole numbers."""
DENSITY_UNITS: Final[tuple[Unit, ...]] = (
    "cameras_per_km",
    "cameras_per_km2",
    "cameras_per_1000_people",
    "cameras_per_junction",
    "share_of_junctions",
)
"""Units that need a figure of the city, such as its area, to give a count."""
CONTRACT_UNITS: Final[tuple[Unit, ...]] = ("kyat", "us_dollars")
"""Units of contract values."""
_HUNDREDS = (100, 1000)
"""Range of the wording "hundreds", the end excluded."""

_ONE_SIDED_OR_POINT = ("exact", "about", "at_least", "over")
_TWO_SIDED = ("hundreds", "range")


class When(RootModel[str]):
    """A date as precise as known: a day, month or year, two of them with "/", or "unknown".

    Two dates are the ends of an interval: "2022-04-14/2024-04-14" records a report of 14 April
    without a year.

    Examples
    --------
    >>> When("2022-02").latest
    datetime.date(2022, 2, 28)
    """

    model_config = ConfigDict(frozen=True)

    @field_validator("root", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        """Accept the dates and years that TOML writes without quotes."""
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if isinstance(value, int) and not isinstance(value, bool):
            return f"{value:04d}"
        return value

    @field_validator("root")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value != "unknown":
            first, last = _span(value)
            if first > last:
                msg = f"{shown_value(value)} ends before it begins. Turn the two around."
                raise ValueError(msg)
        return value

    @property
    def earliest(self) -> dt.date | None:
        """Earliest possible day, or None if unknown."""
        return None if self.root == "unknown" else _span(self.root)[0]

    @property
    def latest(self) -> dt.date | None:
        """Latest possible day, or None if unknown."""
        return None if self.root == "unknown" else _span(self.root)[1]

    def __str__(self) -> str:
        """Return the text as it was given."""
        return self.root


@functools.lru_cache(maxsize=_MOST_DATES)
def _span(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of the interval that a text states."""
    begin, _, end = text.partition("/") if "/" in text else (text, "", text)
    return _edge(begin, last=False), _edge(end, last=True)


def _edge(text: str, *, last: bool) -> dt.date:
    """Return the first or the last day of a year, month or day."""
    try:
        if re.fullmatch(r"[0-9]{4}", text):
            return dt.date(int(text), 12, 31) if last else dt.date(int(text), 1, 1)
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            first = dt.date(int(text[:4]), int(text[5:]), 1)
            following = (first + dt.timedelta(days=31)).replace(day=1)
            return following - dt.timedelta(days=1) if last else first
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return dt.date.fromisoformat(text)
    except (ValueError, OverflowError):
        pass
    msg = (
        f"{shown_value(text)} is not a date. Write 2022-07-11, 2022-07, 2022, two of them "
        'with "/" between, or "unknown".'
    )
    raise ValueError(msg)


class Figure(Record):
    """A reported number as it was worded.

    Attributes
    ----------
    low, high
        The number as stated ("over 200" has low = 200); both ends only for `range` and
        `hundreds`, `high` alone for `up_to`.
    brand
        The make, if only one make was counted: a lower bound of the total.

    Examples
    --------
    >>> Figure(low=200, unit="cameras", wording="over", kind="stock").bounds
    (201.0, inf)
    >>> Figure(low=900, unit="cameras", wording="about", kind="stock").bounds
    (850.0, 950.0)
    """

    low: _Number | None = None
    high: _Number | None = None
    unit: Unit
    wording: Wording
    kind: Kind
    brand: _Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> Figure:
        problems = []
        if self.wording in _ONE_SIDED_OR_POINT and (self.low is None or self.high is not None):
            problems.append(f"wording {self.wording!r} takes low alone. Give low and no high.")
        if self.wording == "up_to" and (self.high is None or self.low is not None):
            problems.append("wording 'up_to' takes high alone. Give high and no low.")
        if self.wording in _TWO_SIDED:
            if self.low is None or self.high is None:
                problems.append(f"wording {self.wording!r} takes low and high. Give both.")
            elif not 0 < self.low < self.high:
                problems.append("low must be above 0 and below high. Turn them around or mend one.")
        problems += self._problems_of_unit()
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems_of_unit(self) -> list[str]:
        """Return the contradictions between figure and unit."""
        problems = []
        ends = [(name, getattr(self, name)) for name in ("low", "high")]
        given = [(name, value) for name, value in ends if value is not None]
        if self.unit in COUNTED_UNITS:
            problems += [
                f"{name} must be a whole number of {self.unit}, and it is {value:g}."
                for name, value in given
                if value != math.floor(value)
            ]
        if self.unit == "share_of_junctions":
            problems += [
                f"{name} is a share, so it lies from 0 to 1, and it is {value:g}. Write 0.5 for "
                "50 per cent."
                for name, value in given
                if value > 1
            ]
        if self.unit in DENSITY_UNITS and self.kind != "stock":
            problems.append(f"unit {self.unit!r} says how many stand. Give kind 'stock'.")
        if self.wording == "hundreds" and any(
            not _HUNDREDS[0] <= value < _HUNDREDS[1] for _, value in given
        ):
            problems.append("wording 'hundreds' lies within 100 to 999. Mend it or use 'range'.")
        return problems

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest number that the wording allows.

        "Over 200" is 201 or more. "About 900" is what rounds to 900: plus or minus half a unit of
        its last non-zero digit, 850 to 950.
        """
        if self.low is None:
            return 0.0, float(self.high or 0.0)
        if self.wording == "over":
            # Counts continue at the next whole number; densities are continuous.
            counted = self.unit in COUNTED_UNITS
            return (math.floor(self.low) + 1.0 if counted else self.low), math.inf
        if self.wording == "at_least":
            return self.low, math.inf
        if self.wording == "about" and self.low > 0:
            exponent = Decimal(repr(self.low)).normalize().as_tuple().exponent
            half = 0.5 * 10.0 ** int(exponent)
            return self.low - half, self.low + half
        return self.low, self.low if self.high is None else self.high

    @property
    def says_none(self) -> bool:
        """Whether it is a number of cameras or sites, or a density, that may be no other than 0."""
        least, most = self.bounds
        counts_cameras = self.unit in ("cameras", "sites", *DENSITY_UNITS)
        # "Up to 500" means that some are there; any other wording from 0 is drawn as 0.
        return counts_cameras and (most == 0 or (least == 0 and self.wording != "up_to"))


class Source(Record):
    """Publisher, title and date of a source.

    `title` is a description in the toolkit's own words where the heading itself was not read.
    """

    id: RecordId
    publisher: _Text
    title: _Text
    date: When


class Confidence(Record):
    """A grade on the Admiralty scale (source A to F, content 1 to 6), with its reason."""

    grade: Annotated[str, Field(pattern=r"^[A-F][1-6]$")]
    reason: _Text


class Claim(Record):
    """One claim of one source.

    Attributes
    ----------
    says
        The claim as one sentence in the toolkit's own words.
    status
        Status of the cameras; None if the claim is not about the presence of cameras (a denial,
        a supplier, a limit of the report).
    brands
        Makes named in the claim; `quantity.brand` is the one counted.
    covers
        Of a claim about the whole country: ids of the cities it covers, or `COUNTRY` or `NOWHERE`
        alone. Empty is read as `COUNTRY`; a claim about a city has none.
    place
        Part of the city; None for the whole city.
    area
        What the source means by the city, as far as stated.
    area_km2
        Size of that area as stated by the source; turns a density into a count.
    said, valid
        Date of the statement; date for which it is stated to hold.
    via
        Publications that quote it, if the source itself was not read.
    origins
        Ultimate origins of the information. Claims that share an origin are not independent.
    witnesses
        Number of people at the origin who said it.
    supersedes, contradicts
        Ids of claims that this one replaces (which are then unused), or disagrees with (both are
        kept and shown).
    made_up
        True for the invented claims of the demonstration.
    """

    id: RecordId
    city: RecordId
    covers: tuple[RecordId, ...] = ()
    says: _Text
    topic: Topic
    status: Status | None = None
    quantity: Figure | None = None
    brands: tuple[_Text, ...] = ()
    model: _Text | None = None
    suppliers: tuple[_Text, ...] = ()
    capability: tuple[Capability, ...] = ()
    level: Level | None = None
    place: _Text | None = None
    area: _Text | None = None
    area_km2: Annotated[float, Field(gt=0, strict=True)] | None = None
    scope: Scope
    phase: _Text | None = None
    said: When
    said_note: _Text | None = None
    valid: When | None = None
    source: Source
    via: tuple[_Text, ...] = ()
    origins: Annotated[tuple[RecordId, ...], Field(min_length=1)]
    witnesses: Annotated[int, Field(gt=0, strict=True)] | None = None
    confidence: Confidence
    supersedes: tuple[RecordId, ...] = ()
    contradicts: tuple[RecordId, ...] = ()
    made_up: Annotated[bool, Field(strict=True)] = False
    note: _Text | None = None

    @model_validator(mode="after")
    def _fits(self) -> Claim:
        problems = _problems_of_subject(self) + _problems_of_source(self)
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def holds_from(self) -> dt.date | None:
        """Earliest day for which the claim can hold: that of `valid`, else of `said`."""
        return (self.valid or self.said).earliest


def _problems_of_subject(claim: Claim) -> list[str]:
    """Return the contradictions in the content of a claim."""
    problems = []
    if claim.topic in ("count", "presence") and claim.status is None:
        problems.append(f"a claim of topic {claim.topic!r} needs a status. Add it.")
    if claim.topic == "count" and claim.quantity is None:
        problems.append("a claim of topic 'count' needs a quantity. Add it, or use 'presence'.")
    if bool(claim.capability) != (claim.level is not None):
        problems.append("capability and level go together. Give both or neither.")
    if claim.quantity is not None:
        if claim.valid is None:
            problems.append("a quantity needs valid, the date for which it holds. Add it.")
        brand = claim.quantity.brand
        if brand is not None and brand not in claim.brands:
            problems.append(
                f"quantity.brand {shown_value(brand)} is not among brands. Add it there."
            )
        if claim.topic == "count" and claim.quantity.says_none:
            problems.append(
                "a figure of 0 says that there are no cameras, which nobody can know. Give the "
                "smallest number that is reported, or, for a denial, topic 'statement' without "
                "status and figure."
            )
    if claim.status == "ordered" and claim.scope != "compelled_private":
        problems.append("status 'ordered' is for scope 'compelled_private'. Use 'planned'.")
    if len(claim.covers) > 1 and {COUNTRY, NOWHERE} & set(claim.covers):
        problems.append(f"covers: {COUNTRY!r} or {NOWHERE!r} is given alone. Leave out the rest.")
    if claim.area_km2 is not None and claim.area is None:
        problems.append("area_km2 needs area, the words for that area. Add it.")
    said, valid = claim.said.latest, claim.valid.earliest if claim.valid else None
    if claim.status == "installed" and said and valid and valid > said:
        problems.append(f"valid ({claim.valid}) lies after said ({claim.said}). Mend one of them.")
    return problems


def _problems_of_source(claim: Claim) -> list[str]:
    """Return the contradictions in the source and references of a claim."""
    problems = []
    if claim.made_up != claim.source.publisher.startswith(MADE_UP_PUBLISHER):
        problems.append(
            f"made_up is {str(claim.made_up).lower()}, which does not fit the publisher "
            f"{shown_value(claim.source.publisher)}. A made-up claim, and no other, has a "
            f"publisher that begins with {MADE_UP_PUBLISHER!r}."
        )
    said, published = claim.said.earliest, claim.source.date.latest
    if said and published and said > published:
        problems.append(
            f"said ({claim.said}) lies after the date of the source ({claim.source.date}). Mend "
            "one of them."
        )
    for field in (
        "covers", "brands", "suppliers", "capability", "origins", "supersedes", "contradicts"
    ):  # fmt: skip
        doubled = sorted({n for n in getattr(claim, field) if getattr(claim, field).count(n) > 1})
        problems += [f"{field}: {shown_value(n)} stands twice. Leave one out." for n in doubled]
    if claim.id in (*claim.supersedes, *claim.contradicts):
        problems.append("a claim cannot supersede or contradict itself. Take its id out.")
    return problems


def problems_of_names(claim: Claim, makers: Mapping[str, Maker]) -> list[str]:
    """Return a problem for each brand and supplier that is not in the list of makers."""
    problems = []
    for field, kind in (("brands", "brand"), ("suppliers", "supplier")):
        known = [name for name, maker in makers.items() if maker.kind == kind]
        problems += [
            f"{field}: {shown_value(name)} is not in makers.toml. {near(name, known)}"
            for name in getattr(claim, field)
            if name not in known
        ]
    return problems


def problems_of_dates(claim: Claim, today: dt.date) -> list[str]:
    """Return a problem for each date in the future of what has been said, published or installed.

    The dates of a plan may lie in the future.

    Parameters
    ----------
    claim
        The claim.
    today
        The day on which it is added or checked, which no claim knows.
    """
    dates = {"said": claim.said, "source_date": claim.source.date}
    if claim.status == "installed" and claim.valid is not None:
        dates["valid"] = claim.valid
    return [
        f"{field}: {when} lies in the future. Correct the date."
        for field, when in dates.items()
        if when.earliest is not None and when.earliest > today
    ]


_WORDS: Final[dict[Wording, str]] = {
    "exact": "{low}",
    "about": "about {low}",
    "at_least": "at least {low}",
    "over": "over {low}",
    "up_to": "up to {high}",
    "hundreds": "hundreds ({low} to {high})",
    "range": "{low} to {high}",
}


def figure_text(figure: Figure) -> str:
    """Return a figure in English words, such as ``over 200 cameras of Dahua (stock)``."""
    ends = {
        name: "" if end is None else f"{end:,.10g}"
        for name, end in (("low", figure.low), ("high", figure.high))
    }
    unit = figure.unit.replace("_", " ")
    brand = f" of {figure.brand}" if figure.brand else ""
    return f"{_WORDS[figure.wording].format(**ends)} {unit}{brand} ({figure.kind})"
