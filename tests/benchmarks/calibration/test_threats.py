"""Calibration of routes: the interval holds what it says, in this test in few cities."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration.threats import case, holds, summary
from toolkit.base.terms import TIERS


def test_an_interval_holds_nine_tenths_of_its_own_draws():
    rng = np.random.default_rng(0)
    drawn = rng.poisson(20.0, 4_000).astype(float)
    truths = rng.poisson(20.0, 4_000).astype(float)
    share = np.mean([holds(drawn, value, amount=True) for value in truths])
    assert 0.88 < share < 0.95
    assert not holds(drawn, 200.0, amount=True)


def test_one_city_is_compared_at_every_tier():
    found = summary([case(0)])
    assert list(found) == list(TIERS)
    for row in found.values():
        assert row["fewer_said"] + row["same_said"] + row["more_said"] == pytest.approx(1.0)
        assert {row["fewer_found"], row["same_found"], row["more_found"]} == {0.0, 1.0}


@pytest.mark.slow
def test_intervals_hold_85_to_95_of_100_cities():
    found = summary([case(seed) for seed in range(200)])
    for row in found.values():
        assert 0.85 <= row["cameras_held"] <= 0.95
        assert 0.85 <= row["difference_held"] <= 0.95
        for name in ("fewer", "same", "more"):
            assert row[f"{name}_said"] == pytest.approx(row[f"{name}_found"], abs=0.08)
