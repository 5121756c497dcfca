"""Lengths of trips, against a large sample of the same distribution."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import MODES
from toolkit.routes import habits


@pytest.mark.parametrize("mode", MODES)
def test_the_mean_is_that_of_trips_between_the_shortest_and_the_longest(mode):
    ways = habits.habits(load_assumptions(), mode)
    drawn = ways.median_m * np.exp(
        ways.log_sd * np.random.default_rng(0).standard_normal(1_000_000)
    )
    kept = drawn[(drawn >= ways.shortest_m) & (drawn <= ways.longest_m)]
    assert ways.mean_length_m() == pytest.approx(kept.mean(), rel=0.005)
    assert ways.length_m([0.05, 0.5, 0.95]) == pytest.approx(
        np.quantile(kept, [0.05, 0.5, 0.95]), rel=0.01
    )
    assert ways.length_m([0.0, 1.0]) == pytest.approx([ways.shortest_m, ways.longest_m])


def test_the_side_that_a_tier_needs_is_an_assumption():
    assert habits.side_rules(load_assumptions()) == {"face": "front", "plate": "front_or_rear"}
    other = load_assumptions(changes={"trips.face_side": 0, "trips.plate_side": 2})
    assert habits.side_rules(other) == {"face": "any", "plate": "rear"}
