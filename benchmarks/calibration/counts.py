"""Check the rule from claims to counts on reports about known numbers of cameras.

A true number is drawn, cameras are added over time, and a report is written as sources write
them: rounded down, "over", "hundreds", of one make, old. The tool gets the report only. The 90 %
interval should then hold the true number in 85 to 95 of 100 cases.

``python -m benchmarks.calibration.counts`` writes docs/generated/calibration-counts.md; with
``--cases N`` other than the usual number nothing is written, and the table goes to the screen.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.evidence.claim import Claim
from toolkit.evidence.count import count_draws

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "generated" / "calibration-counts.md"
CASES = 2_000
DRAWS = 200
AS_OF = dt.date(2026, 11, 23)

TRUE_MEDIAN = 200.0
TRUE_RATIO_P95 = 7.5
"""True number when the report is made: lognormal, as figures of other cities lie (32 to 2,995)."""
GROWTH_PER_YEAR = math.log(3.3) / 2.0 / math.log(20.0)
"""Mean yearly growth of the logarithm, exponential: 5 % of cities grow as Yangon did, 2017-19."""
MOST_YEARS = 4.0
"""Reports are up to so many years old, each age alike."""
ONLOOKER_KNOWS = (0.23, 1.0)
"""Share of the cameras that somebody outside knows of (volunteers of Amnesty International)."""
INSIDER_LOG_SD = 0.2
"""How far an official's own figure falls short: two outlets on the same lights, 288 and 225."""
MAKE_SHARE = (0.5, 1.0)
"""Share of the largest make where only that one is counted."""
STYLES = ("over", "at_least", "hundreds", "exact", "about", "one make", "two over")
_Z95 = 1.6448536269514722
_HUNDREDS = (200, 999)


@dataclass(frozen=True)
class Case:
    """One known number and what is reported of it."""

    style: str
    age_years: float
    truth: float
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Outcome:
    """Whether the interval held the number, and how wide it was."""

    case: Case
    low: float
    high: float

    @property
    def held(self) -> bool:
        """Whether the 90 % interval holds the true number."""
        return self.low <= self.case.truth <= self.high


def rounded_down(value: float, digits: int) -> int:
    """Return a number rounded down to so many digits, as "over 200" stands for 263."""
    unit = 10 ** max(math.floor(math.log10(value)) - digits + 1, 0)
    return int(value // unit * unit)


def make_case(rng: np.random.Generator) -> Case:
    """Draw a true number and write the report."""
    spread = math.log(TRUE_RATIO_P95) / _Z95
    at_report = max(math.exp(rng.normal(math.log(TRUE_MEDIAN), spread)), 12.0)
    age_years = float(rng.uniform(0.0, MOST_YEARS))
    truth = at_report * math.exp(rng.exponential(GROWTH_PER_YEAR) * age_years)
    style = str(rng.choice(STYLES))
    reports = 2 if style == "two over" else 1
    said = AS_OF - dt.timedelta(days=round(age_years * 365.25))
    claims = tuple(
        _claim(f"report-{i}", said, _figure(style, at_report, rng)) for i in range(reports)
    )
    return Case(style, age_years, truth, claims)


def _figure(style: str, number: float, rng: np.random.Generator) -> dict[str, object]:
    """Return the figure that one origin gives of a number."""
    inside = math.exp(-abs(rng.normal(0.0, INSIDER_LOG_SD)))
    known = max(number * float(rng.uniform(*ONLOOKER_KNOWS)), 10.0)
    if style == "exact":
        return {"low": max(round(number * inside), 1), "wording": "exact"}
    if style == "about":
        part = number * inside
        unit = 10 ** math.floor(math.log10(part))
        return {"low": max(round(part / unit), 1) * unit, "wording": "about"}
    if style == "hundreds" and _HUNDREDS[0] <= known <= _HUNDREDS[1]:
        return {"low": _HUNDREDS[0], "high": _HUNDREDS[1], "wording": "hundreds"}
    if style == "at_least":
        return {"low": rounded_down(known, 2), "wording": "at_least"}
    figure: dict[str, object] = {"wording": "over"}
    if style == "one make":
        known = max(known * float(rng.uniform(*MAKE_SHARE)), 10.0)
        figure["brand"] = "Dahua"
    # "Over 200" is 201 or more: a number that is round already is not "over" itself.
    return figure | {"low": max(rounded_down(known - 1.0, 1), 1)}


def _claim(name: str, said: dt.date, figure: dict[str, object]) -> Claim:
    brand = figure.get("brand")
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
            "valid": said.isoformat(),
            "source": {"id": name, "publisher": "X", "title": "X", "date": said.isoformat()},
            "origins": [name],
            "confidence": {"grade": "C3", "reason": "A test."},
        }
    )


def outcomes(cases: int, assumptions: AssumptionSet, seed: int = 0) -> list[Outcome]:
    """Draw cases and give each report to the tool."""
    rng = np.random.default_rng(seed)
    found = []
    for number in range(cases):
        case = make_case(rng)
        # Another seed for each, so that the noise of few draws is not the same in all.
        draws = count_draws(
            case.claims, as_of=AS_OF, design=Design(DRAWS, number), assumptions=assumptions
        )
        low, high = np.quantile(draws.installed, (0.05, 0.95))
        found.append(Outcome(case, float(low), float(high)))
    return found


def held_share(found: Sequence[Outcome]) -> float:
    """Return the share of intervals that hold the true number."""
    return sum(o.held for o in found) / len(found)


def _row(name: str, found: Sequence[Outcome]) -> str:
    below = sum(o.case.truth < o.low for o in found) / len(found)
    above = sum(o.case.truth > o.high for o in found) / len(found)
    ratio = float(np.median([o.high / o.low for o in found]))
    return (
        f"| {name} | {len(found):,} | {held_share(found):.0%} | {below:.0%} | {above:.0%} "
        f"| {ratio:.1f} |"
    )


_HEAD = [
    "| reports | cases | held | true number below | above | high over low |",
    "| --- | --- | --- | --- | --- | --- |",
]


def _multiples(found: Sequence[Outcome]) -> list[str]:
    """Return how often an interval from the bound to so many times it would have done."""
    bounds = [
        (max(c.quantity.bounds[0] for c in o.case.claims if c.quantity), o.case.truth)
        for o in found
        if o.case.style in ("over", "at_least", "one make", "two over")
    ]
    lines = ["| upper end | held |", "| --- | --- |"]
    for times in (2, 5, 10):
        share = sum(low <= truth <= times * low for low, truth in bounds) / len(bounds)
        lines.append(f"| {times} times the bound | {share:.0%} |")
    return lines


def table(found: Sequence[Outcome]) -> list[str]:
    """Return the tables of the document."""
    lines = [*_HEAD, _row("all", found)]
    lines += [_row(style, [o for o in found if o.case.style == style]) for style in STYLES]
    lines += [
        _row(f"{year} to {year + 1} years old", [o for o in found if int(o.case.age_years) == year])
        for year in range(int(MOST_YEARS))
    ]
    return [*lines, "", "Plain multiples of a lower bound, on the same reports:", "",
            *_multiples(found)]  # fmt: skip


_DOCUMENT = """# Calibration of counts

Written by `python -m benchmarks.calibration.counts`; do not edit. The rule:
[counts](../method/counts.md).

{cases:,} known numbers of cameras; the tool gets only a report about each. Held: the 90 % interval
of the installed count holds the true number; it should in 85 to 95 of 100 cases.

{table}

Over all reports the rule holds what it should. It is too narrow, and too low, where one make is
counted and the others are many, and for reports of more than two years in growing cities.

## How the reports are made

- True number when the report is made: lognormal, median {median:.0f}, 95 % point {ratio} times
  that, as the figures of other cities lie.
- Growth until the day of the assessment: a yearly rate for each city, exponential, so that 5 % of
  cities grow as fast as Yangon from 2017 to 2019, over the age of the report (each age up to
  {years:.0f} years alike). The rule itself holds growth at two years.
- Somebody outside knows {knows[0]:.0%} to {knows[1]:.0%} of the cameras, each share alike;
  somebody inside falls short by a half-normal logarithm of {inside}.
- "over": rounded down to one digit; "at least": to two; "hundreds": where it fits, else as "over";
  exact and "about" (nearest round number) are from inside; one make: {make[0]:.0%} to
  {make[1]:.0%} of the known ones; two over: two outsiders who do not know of one another.

This checks the rule against sources as they are assumed to write: no city has both a report and a
full count. The real figures there are: [back-tests](../evaluation/back-tests.md).
"""


def document(found: Sequence[Outcome]) -> str:
    """Return the text of docs/generated/calibration-counts.md."""
    return _DOCUMENT.format(
        cases=len(found),
        table="\n".join(table(found)),
        median=TRUE_MEDIAN,
        ratio=TRUE_RATIO_P95,
        years=MOST_YEARS,
        knows=ONLOOKER_KNOWS,
        inside=INSIDER_LOG_SD,
        make=MAKE_SHARE,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES)
    options = parser.parse_args(arguments)
    found = outcomes(options.cases, load_assumptions())
    if options.cases == CASES:
        store.write_text(DOCUMENT, document(found))
    print("\n".join(table(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
