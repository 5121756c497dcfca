"""The design of draws: stratified, seeded, and stable when other quantities come and go."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from toolkit.base.draws import Design, triangular


def test_each_stratum_holds_one_draw():
    column = Design(50, 7).column("a")
    assert sorted(np.floor(column * 50).astype(int)) == list(range(50))


def test_a_column_depends_on_seed_and_name_only():
    design = Design(20, 0)
    first = design.column("a")
    design.column("b")
    np.testing.assert_array_equal(first, design.column("a"))
    assert not np.array_equal(first, design.column("b"))
    assert not np.array_equal(first, Design(20, 1).column("a"))


def test_columns_are_not_correlated():
    design = Design(2000, 0)
    assert abs(np.corrcoef(design.column("a"), design.column("b"))[0, 1]) < 0.07


@pytest.mark.parametrize("mode", [1.0, 1.7, 4.0])
def test_a_triangle_is_that_of_scipy_to_the_bit(mode):
    prob = np.concatenate([[0.0, 1.0], Design(1000, 0).column("a")])
    known = stats.triang.ppf(prob, (mode - 1.0) / 3.0, 1.0, 3.0)
    np.testing.assert_array_equal(triangular(prob, 1.0, mode, 4.0), known)
