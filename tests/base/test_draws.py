"""The design of draws: stratified, seeded, and stable when other quantities come and go."""

from __future__ import annotations

import numpy as np

from toolkit.base.draws import Design


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
