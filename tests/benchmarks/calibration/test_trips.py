"""Answers on trips against truths: zeros, ones and ties."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration import trips
from benchmarks.calibration.invented_trips import FIGURES
from toolkit.base.terms import TIERS

N_DRAWS = 199
SHAPE = (len(TIERS), len(FIGURES))


def compare(drawn, truth, seed=0):
    whole = np.broadcast_to(np.asarray(drawn)[:, None, None], (N_DRAWS, *SHAPE))
    return trips.compare(whole, np.full(SHAPE, truth), np.random.default_rng(seed))


def test_a_truth_of_zero_is_held_by_an_interval_that_begins_there():
    drawn = np.r_[np.zeros(40), np.linspace(0.1, 0.9, N_DRAWS - 40)]
    assert compare(drawn, 0.0).held.all()
    # Zeros are none of the tail above, so as many draws are left out there.
    assert compare(drawn, 0.0).draws_held == pytest.approx(0.9, abs=0.01)
    ranks = np.array([compare(drawn, 0.0, seed).rank for seed in range(20)])
    assert ranks.min() >= 0
    assert 30 < ranks.max() <= 40


def test_a_share_of_one_is_held_by_an_interval_that_ends_there():
    drawn = np.r_[np.linspace(0.1, 0.9, N_DRAWS - 40), np.ones(40)]
    found = compare(drawn, 1.0)
    shares = np.array([figure != "cameras" for figure in FIGURES])
    assert found.held.all()
    assert found.draws_held[:, shares] == pytest.approx(0.9, abs=0.01)
    # A number of cameras has no upper bound, and one is like any other of them.
    assert found.draws_held[:, ~shares] == pytest.approx(0.95, abs=0.01)


def test_truths_outside_are_below_or_above():
    drawn = np.linspace(0.2, 0.8, N_DRAWS)
    below, above = compare(drawn, 0.1), compare(drawn, 0.9)
    assert not (below.held | above.held).any()
    assert below.below.all()
    assert not above.below.any()
    results = trips.summarise([below, above, compare(drawn, 0.5)], N_DRAWS)
    for share in (results.held, results.below, results.above):
        np.testing.assert_allclose(share, 1 / 3)
    assert len(trips.table(results)) == 2 + len(TIERS) * len(FIGURES)
