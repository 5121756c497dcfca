"""Rows and indices of Sobol: those of SALib."""

from __future__ import annotations

import numpy as np
import pytest
from SALib.analyze import sobol as salib_analysis
from SALib.sample import sobol as salib_sample

from toolkit.studies.sensitivity import sobol

GROUP = [0, 1, 1, 2, 3, 3, 3]
PROBLEM = {
    "num_vars": len(GROUP),
    "names": [f"x{k}" for k in range(len(GROUP))],
    "groups": [f"g{k}" for k in GROUP],
    "bounds": [[0.0, 1.0]] * len(GROUP),
}


@pytest.mark.parametrize("seed", [0, 7])
def test_the_rows_are_those_of_salib_to_the_bit(seed):
    theirs = salib_sample.sample(PROBLEM, 64, calc_second_order=False, scramble=True, seed=seed)
    np.testing.assert_array_equal(sobol.sample(GROUP, 64, seed=seed), theirs)


def test_the_indices_and_their_intervals_are_those_of_salib():
    x = sobol.sample(GROUP, 128, seed=3)
    # The last group does nothing, so its indices are zero without any interval.
    output = 5.0 + x[:, 0] ** 2 + 2 * x[:, 1] * x[:, 3] + x[:, 2]
    theirs = salib_analysis.analyze(
        PROBLEM, output, calc_second_order=False, num_resamples=50, conf_level=0.9, seed=4
    )
    found = sobol.estimate(output, 4, n_resamples=50, confidence=0.9, seed=4)
    for name, ours in zip(("S1", "S1_conf", "ST", "ST_conf"), found, strict=True):
        np.testing.assert_allclose(ours, theirs[name], rtol=1e-12, atol=1e-14)
    assert [values[3] for values in found] == [0.0, 0.0, 0.0, 0.0]
    assert (found[2][:3] > 0.0).all()
