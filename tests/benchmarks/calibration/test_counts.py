"""The rule from claims to counts, on reports about known numbers."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration import counts as calibrate
from toolkit.assumptions.sets import load_assumptions


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(263, 1, 200), (263, 2, 260), (999.9, 1, 900), (12, 1, 10), (9.7, 1, 9), (1234, 1, 1000)],
)
def test_numbers_are_rounded_down_as_sources_do(value, digits, expected):
    assert calibrate.rounded_down(value, digits) == expected


def test_reports_never_say_more_than_there_is():
    rng = np.random.default_rng(5)
    cases = [calibrate.make_case(rng) for _ in range(150)]
    assert {case.style for case in cases} == set(calibrate.STYLES)
    for case in cases:
        assert len(case.claims) == (2 if case.style == "two over" else 1)
        for claim in case.claims:
            if claim.quantity.wording in ("over", "at_least", "exact", "hundreds"):
                assert claim.quantity.bounds[0] <= case.truth + 0.5, case


def test_a_short_calibration():
    found = calibrate.outcomes(200, load_assumptions(), seed=1)
    assert 0.82 <= calibrate.held_share(found) <= 0.97
    # The rule errs to one side: an interval above the true number is rare.
    assert np.mean([o.case.truth < o.low for o in found]) <= 0.05
    assert "| all | 200 |" in calibrate.document(found)


@pytest.mark.slow
def test_the_90_percent_interval_holds_the_true_number():
    found = calibrate.outcomes(calibrate.CASES, load_assumptions())
    assert 0.85 <= calibrate.held_share(found) <= 0.95
    text = calibrate.DOCUMENT.read_text(encoding="utf-8")
    assert text == calibrate.document(found), "run: python -m benchmarks.calibration.counts"
