"""The rule from claims to counts, on reports about known numbers."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration import counts as calibrate
from benchmarks.calibration.known_numbers import BANDS, FORMS
from toolkit.assumptions.sets import load_assumptions


@pytest.fixture(scope="module")
def some():
    return calibrate.outcomes(10, load_assumptions(), seed=1)


def test_every_form_and_band_has_its_cases(some):
    assert len(some) == 10 * len(FORMS) * len(BANDS)
    for form in FORMS:
        for band in BANDS:
            assert len(calibrate.of_cell(some, form, band)) == 10
    assert len(calibrate.of_cell(some)) == len(some)


def test_a_cell_states_what_is_held_and_missed(some):
    text = calibrate.document(some, ["| none |"])
    below = np.mean([o.case.truth < o.low for o in some])
    above = np.mean([o.case.truth > o.high for o in some])
    assert calibrate.held_share(some) == pytest.approx(1 - below - above)
    assert f"{100 * (1 - below - above):.0f} ({100 * below:.0f}/{100 * above:.0f})" in text
    # Two tables of forms over bands, with a row for all forms.
    assert text.count("| all |") == 2


@pytest.mark.slow
def test_the_document_is_that_of_this_rule():
    assumptions = load_assumptions()
    found = calibrate.outcomes(calibrate.CASES, assumptions)
    worlds = calibrate.other_worlds(calibrate.CASES_ELSEWHERE, assumptions)
    text = calibrate.DOCUMENT.read_text(encoding="utf-8")
    assert text == calibrate.document(found, worlds), "run: python -m benchmarks.calibration.counts"
