"""Check the rule from claims to counts on reports about known numbers of cameras.

A true number is drawn, cameras are added and taken down over time, and a report is written as
sources write them: rounded down, "over", "hundreds", of one make, of one year, old
(`benchmarks.calibration.known_numbers`). The tool gets the report only. The 90 % interval should
then hold the true number in 85 to 95 of 100 cases, for each form of report and each age.

``python -m benchmarks.calibration.counts`` writes docs/generated/calibration-counts.md; with
``--cases N`` other than the usual number nothing is written, and the tables go to the screen.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.calibration import known_numbers
from benchmarks.calibration.known_numbers import AS_OF, BANDS, CONSTANTS, FORMS, Case, World
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.evidence.count import count_draws

DOCUMENT: Final = (
    Path(__file__).resolve().parents[2] / "docs" / "generated" / "calibration-counts.md"
)
CASES: Final = 2_000
"""Cases of each form and band of ages."""
CASES_ELSEWHERE: Final = 60
"""Cases of each form and band in each of the other worlds."""
DRAWS: Final = 200
_DESIGNS: Final = 64
"""Seeds used in turn, so that the noise of few draws is independent between most cases."""


@dataclass(frozen=True)
class Outcome:
    """Interval of a case."""

    case: Case
    low: float
    high: float

    @property
    def held(self) -> bool:
        """Whether the 90 % interval holds the true number."""
        return self.low <= self.case.truth <= self.high


def outcomes(
    cases: int, assumptions: AssumptionSet, seed: int = 0, world: World | None = None
) -> list[Outcome]:
    """Draw cases of each form and band, and estimate the number from each report.

    Parameters
    ----------
    cases
        Number for each form and band.
    world
        Constants of the invented world; the central ones by default.
    """
    rng = np.random.default_rng(seed)
    world = world or known_numbers.central_world()
    found = []
    for form in FORMS:
        for band in BANDS:
            for number, case in enumerate(known_numbers.make_cases(form, band, cases, world, rng)):
                draws = count_draws(
                    case.claims,
                    as_of=AS_OF,
                    design=Design(DRAWS, number % _DESIGNS),
                    assumptions=assumptions,
                )
                low, high = np.quantile(draws.installed, (0.05, 0.95))
                found.append(Outcome(case, float(low), float(high)))
    return found


def held_share(found: Sequence[Outcome]) -> float:
    """Return the share of intervals that hold the true number."""
    return sum(o.held for o in found) / len(found)


def of_cell(
    found: Sequence[Outcome], form: str | None = None, band: tuple[float, float] | None = None
) -> list[Outcome]:
    """Return the outcomes of one form, one band of ages, or both."""
    return [
        o
        for o in found
        if form in (None, o.case.form) and (band is None or band[0] <= o.case.age_years < band[1])
    ]


def _cell(found: Sequence[Outcome]) -> str:
    """Return the shares held, below and above, such as "88 (2/10)"."""
    below = sum(o.case.truth < o.low for o in found) / len(found)
    above = sum(o.case.truth > o.high for o in found) / len(found)
    return f"{100 * held_share(found):.0f} ({100 * below:.0f}/{100 * above:.0f})"


def _width(found: Sequence[Outcome]) -> str:
    return f"{float(np.median([o.high / o.low for o in found])):.1f}"


def _table(rows: Callable[[str | None, tuple[float, float] | None], str]) -> list[str]:
    """Return a table of forms over bands of ages."""
    heads = [f"{low:g} to {high:g} years" for low, high in BANDS]
    lines = [
        f"| reports | {' | '.join(heads)} | all ages |",
        f"| --- |{' --- |' * (len(BANDS) + 1)}",
    ]
    for form in (*FORMS, None):
        cells = [rows(form, band) for band in (*BANDS, None)]
        lines.append(f"| {form or 'all'} | {' | '.join(cells)} |")
    return lines


def table(found: Sequence[Outcome]) -> list[str]:
    """Return the table of what the intervals hold: forms over bands of ages."""
    return _table(lambda form, band: _cell(of_cell(found, form, band)))


def widths(found: Sequence[Outcome]) -> list[str]:
    """Return the table of the median of the upper end over the lower one."""
    return _table(lambda form, band: _width(of_cell(found, form, band)))


def other_worlds(cases: int, assumptions: AssumptionSet) -> list[str]:
    """Return a table of what the intervals hold where a constant is at an end of its range."""
    lines = ["| constant | low end | high end |", "| --- | --- | --- |"]
    for name, constant in CONSTANTS.items():
        cells = []
        for value in (constant.low, constant.high):
            world = {**known_numbers.central_world(), name: value}
            cells.append(f"{value:g}: {_cell(outcomes(cases, assumptions, world=world))}")
        lines.append(f"| {constant.says} | {' | '.join(cells)} |")
    return lines


def _constants() -> list[str]:
    """Return the table of the constants of the invented world."""
    lines = ["| constant | value | range | unit | source |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {c.says} | {c.value:g} | {c.low:g} to {c.high:g} | {c.unit} | {c.source} |"
        for c in CONSTANTS.values()
    ]
    return lines


_DOCUMENT = """# Calibration of counts

Written by `python -m benchmarks.calibration.counts`; do not edit. The rule:
[counts](../method/counts.md).

{cases:,} known numbers of cameras for each form of report and band of ages; the tool gets only
the report. Share of the true numbers that lie in the 90 % interval of the installed count, and in
brackets below it and above it, in per cent. Each form and each band should have 85 to 95.

{held}

How wide it is: the upper end over the lower one, median.

{widths}

## Other worlds

The same where one constant of the invented world is at an end of its range, all forms and ages
together ({elsewhere:,} cases each).

{worlds}

## How the reports are made

{constants}

"Over" is rounded down to one digit, "at least" to two; "hundreds" where it fits; exact and "about"
(the nearest round number) are from inside, all others from outsiders; two over: two outsiders who
do not know of one another. Before the coup: reported later than it holds. Flow: what was put up
within a year, in hundreds where that fits. Each age of a band alike.

This checks the rule against sources as they are assumed to write: no city has both a report and a
full count. The real figures there are: [back-tests](../evaluation/back-tests.md).
"""


def document(found: Sequence[Outcome], worlds: Sequence[str]) -> str:
    """Return the text of docs/generated/calibration-counts.md."""
    cells = len(FORMS) * len(BANDS)
    return _DOCUMENT.format(
        cases=len(found) // cells,
        held="\n".join(table(found)),
        widths="\n".join(widths(found)),
        elsewhere=CASES_ELSEWHERE * cells,
        worlds="\n".join(worlds),
        constants="\n".join(_constants()),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the calibration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=CASES, help="cases of each form and band")
    options = parser.parse_args(arguments)
    assumptions = load_assumptions()
    found = outcomes(options.cases, assumptions)
    print("\n".join([*table(found), "", *widths(found)]))
    if options.cases == CASES:
        worlds = other_worlds(CASES_ELSEWHERE, assumptions)
        store.write_text(DOCUMENT, document(found, worlds))
        print("\n".join(["", *worlds]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
