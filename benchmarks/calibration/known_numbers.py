"""Invented cities with a known number of cameras, and the reports that sources write about them.

What it draws on: the few numbers reported twice for one city of the country (Yangon, Mandalay,
Dawei), the installed base of the world, studies of what outsiders notice, and the wordings of the
claims in ``geodata/evidence``. Each constant is a field of `World`, with its range and source.

What it does not draw on: the assumptions of the toolkit or its rule. The world here is a state
that lasts and changes: programmes begin, add lots of cameras for some years at a pace of their own
and end; where none is under way, cameras are taken down and not replaced. The rule knows none of
this, only how much a number may have grown by a given age. Both have the same few sources, so that
agreement shows that the rule follows from them, not that the sources are right.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from toolkit.base.arrays import BoolArray, FloatArray
from toolkit.evidence.claim import Claim

AS_OF: Final = dt.date(2026, 11, 23)
FORMS: Final = (
    "over",
    "at least",
    "hundreds",
    "exact",
    "about",
    "one make",
    "two over",
    "before the coup",
    "flow",
    "flow of one make",
)
"""Ways in which a number is reported."""
BANDS: Final = ((0.0, 2.0), (2.0, 4.0), (4.0, 6.0), (6.0, 8.0))
"""Bands of the age of a claim, in years."""
HUNDREDS: Final = (200, 999)
LEAST_CAMERAS: Final = 12.0
"""A smaller system is no news."""
LEAST_KNOWN: Final = 10.0
_DAYS_PER_YEAR = 365.25
_Z95 = 1.6448536269514722


@dataclass(frozen=True)
class Constant:
    """A constant of the invented world: value, unit, range, and source or "judgement"."""

    value: float
    low: float
    high: float
    unit: str
    says: str
    source: str


CONSTANTS: Final[Mapping[str, Constant]] = {
    "true_median": Constant(
        200, 100, 400, "cameras",
        "median of the true number when the report is made, lognormal",
        "figures of cities of the country: 32, 120, 200, 300, 335, 2,995",
    ),
    "true_ratio_p95": Constant(
        7.5, 4, 15, "ratio", "95 % point of that number over its median", "the same figures",
    ),
    "active_at_report": Constant(
        0.7, 0.5, 1.0, "share",
        "cities with a programme under way when the report is made",
        "judgement: reports are written while something is put up",
    ),
    "goes_on": Constant(
        0.75, 0.6, 0.9, "share",
        "programmes that go on for another year",
        "Yangon 2014 to 2019, Mandalay 2013 to 2016: four to five years",
    ),
    "begins": Constant(
        0.2, 0.1, 0.3, "share",
        "cities without a programme where one begins within a year",
        "Dawei 2015 to 2021, Mandalay 2016 to 2019: three to seven years without",
    ),
    "pace": Constant(
        0.5, 0.3, 0.7, "1/year",
        "mean yearly addition of a programme, as a share of what stood when it began; exponential",
        "about 5 % of cities grow 3.3 times in two years, as Yangon 2017 to 2019, and all together "
        "3 times in seven; the world 4 times, 245 million in 2014 (IHS) to 1 billion in 2021 (IHS "
        "Markit)",
    ),
    "year_log_sd": Constant(
        0.5, 0.2, 0.8, "log ratio",
        "spread of one year's addition about that of its programme",
        "judgement; the world's growth fell from 29 % a year (2014 to 2018) to 9 % (to 2021)",
    ),
    "removed": Constant(
        0.02, 0.0, 0.05, "1/year",
        "mean share taken down and not replaced, where no programme is under way; uniform from 0",
        "judgement: in Dawei 32 that failed were still counted, in Mandalay some destroyed",
    ),
    "least_known": Constant(
        0.23, 0.1, 0.4, "share",
        "smallest share of the cameras that an outsider knows of; uniform up to all",
        "Amnesty International, Decode Surveillance NYC methodology, 2022: 23 to 100 %",
    ),
    "inside_log_sd": Constant(
        0.2, 0.1, 0.38, "log ratio",
        "what an official's figure falls short of, half-normal",
        "two outlets on the same lights in Yangon, 288 and 225",
    ),
    "least_make": Constant(
        0.5, 0.3, 0.7, "share",
        "smallest share of the one make that is counted; uniform up to all",
        "Naypyidaw: most of the equipment is of one make (HRW 2021)",
    ),
    "least_flow": Constant(
        0.5, 0.3, 0.7, "share",
        "smallest share of the cameras that were put up in the year reported; uniform up to all",
        "Dawei: 32 before hundreds were put up in a year (0.84 to 0.97)",
    ),
    "reported_after": Constant(
        1.4, 0.5, 2.0, "years",
        "time between the day for which a number holds and the report, where it is reported later",
        "before the coup of February 2021, reported in July 2022 (Reuters)",
    ),
}  # fmt: skip

World = Mapping[str, float]
"""Value of each constant."""


def central_world() -> World:
    """Return the world of the central values."""
    return {name: constant.value for name, constant in CONSTANTS.items()}


@dataclass(frozen=True)
class Case:
    """A known number and the reports about it."""

    form: str
    age_years: float
    truth: float
    claims: tuple[Claim, ...]


def log_growth(
    ages: FloatArray, active: BoolArray, world: World, rng: np.random.Generator
) -> FloatArray:
    """Return the logarithm of the growth over an age, shape (n,).

    A programme adds the same share each year of what there was when it began, so
    that growth is linear while it lasts: exponential growth at the pace of Yangon 2017 to 2019
    would be a hundredfold in eight years, which no source supports.

    Parameters
    ----------
    ages
        Years, shape (n,).
    active
        Whether a programme is under way at the start, shape (n,).
    """
    n = len(ages)
    size = np.ones(n)
    running = active.copy()
    lot = rng.exponential(world["pace"], n)
    removed = rng.uniform(0.0, 2.0 * world["removed"], n)
    spread = world["year_log_sd"]
    for year in range(math.ceil(ages.max()) if n else 0):
        within = np.clip(ages - year, 0.0, 1.0)
        noise = np.exp(spread * rng.standard_normal(n) - 0.5 * spread**2)
        size += np.where(running, lot * noise, -removed * size) * within
        stays = rng.random(n) < np.where(running, world["goes_on"], world["begins"])
        # A new programme has a pace of its own.
        lot = np.where(stays & ~running, rng.exponential(world["pace"], n) * size, lot)
        running = stays
    return np.asarray(np.log(size))


def rounded_down(value: float, digits: int) -> int:
    """Return a number rounded down to some digits, as in "over 200" for 263."""
    unit = 10 ** max(math.floor(math.log10(value)) - digits + 1, 0)
    return int(value // unit * unit)


def make_cases(
    form: str, band: tuple[float, float], n: int, world: World, rng: np.random.Generator
) -> list[Case]:
    """Draw cases of one form and one band of ages.

    Parameters
    ----------
    form
        One of `FORMS`.
    band
        Smallest and largest age of the claims, in years; ages are uniform in between.
    n
        Number of cases.
    """
    cases: list[Case] = []
    while len(cases) < n:
        cases += _some_cases(form, band, max(2 * (n - len(cases)), 20), world, rng)
    return cases[:n]


def _some_cases(
    form: str, band: tuple[float, float], n: int, world: World, rng: np.random.Generator
) -> list[Case]:
    """Draw up to `n` cases: a wording that does not fit a number is not used for it."""
    spread = math.log(world["true_ratio_p95"]) / _Z95
    at_report = world["true_median"] * np.exp(rng.normal(0.0, spread, n))
    at_report = np.maximum(at_report, LEAST_CAMERAS)
    ages = rng.uniform(*band, n)
    flow = form.startswith("flow")
    active = np.ones(n, bool) if flow else rng.random(n) < world["active_at_report"]
    truth = at_report * np.exp(log_growth(ages, active, world, rng))
    counted = at_report.copy()
    if flow:
        counted *= rng.uniform(world["least_flow"], 1.0, n)
    if form.endswith("one make"):
        counted *= rng.uniform(world["least_make"], 1.0, n)
    known = counted * rng.uniform(world["least_known"], 1.0, (2, n))
    inside = counted * np.exp(-np.abs(rng.normal(0.0, world["inside_log_sd"], n)))
    cases = []
    for i in range(n):
        figures = [_figure(form, float(k), float(inside[i])) for k in known[:, i]]
        if form == "hundreds" and figures[0]["wording"] != "hundreds":
            continue
        used = figures if form == "two over" else figures[:1]
        age = float(ages[i])
        claims = tuple(_claim(f"report-{j}", form, age, f, world) for j, f in enumerate(used))
        cases.append(Case(form, age, float(truth[i]), claims))
    return cases


def _figure(form: str, known: float, inside: float) -> dict[str, object]:
    """Return the figure that a source gives: what an outsider or an insider knows, worded."""
    known = max(known, LEAST_KNOWN)
    if form == "exact":
        return {"low": max(round(inside), 1), "wording": "exact"}
    if form == "about":
        unit = 10 ** math.floor(math.log10(inside))
        return {"low": max(round(inside / unit), 1) * unit, "wording": "about"}
    figure: dict[str, object] = {}
    if form.startswith("flow"):
        figure["kind"] = "flow"
    if form.endswith("one make"):
        figure["brand"] = "Dahua"
    if form in ("at least", "before the coup"):
        return figure | {"low": rounded_down(known, 2), "wording": "at_least"}
    if (form == "hundreds" or "kind" in figure) and HUNDREDS[0] <= known <= HUNDREDS[1]:
        return figure | {"low": HUNDREDS[0], "high": HUNDREDS[1], "wording": "hundreds"}
    # "Over 200" is 201 or more: a round number is not "over" itself.
    return figure | {"low": max(rounded_down(known - 1.0, 1), 1), "wording": "over"}


def _claim(name: str, form: str, age: float, figure: dict[str, object], world: World) -> Claim:
    """Return the record of one report."""
    brand = figure.get("brand")
    valid = AS_OF - dt.timedelta(days=round(age * _DAYS_PER_YEAR))
    said = valid
    if form == "before the coup":
        later = dt.timedelta(days=round(world["reported_after"] * _DAYS_PER_YEAR))
        said = min(valid + later, AS_OF)
    return Claim.model_validate(
        {
            "id": name,
            "city": "calibration",
            "says": "A report on a known number.",
            "topic": "count",
            "status": "installed",
            "quantity": {"unit": "cameras", "kind": "stock"} | figure,
            "brands": [brand] if brand else [],
            "scope": "public",
            "said": said.isoformat(),
            "valid": valid.isoformat(),
            "source": {"id": name, "publisher": "X", "title": "X", "date": said.isoformat()},
            "origins": [name],
            "confidence": {"grade": "C3", "reason": "A test."},
        }
    )
