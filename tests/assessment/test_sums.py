"""Which mapped cameras can be some of the reported ones, and figures made of sums."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from toolkit.assessment.sums import Sums

AS_OF = dt.date(2026, 11, 23)


def sums_of(alone_m, n_able):
    """Return sums of one draw, of which only what cameras cover by themselves matters."""
    table = np.array([alone_m], dtype=float)
    return Sums(table, table, table, table, {}, {}, 1.0, np.array([n_able]))


@pytest.mark.parametrize(
    ("alone_m", "n_able", "covered_m", "expected"),
    [
        (400.0, 4, 400.0, 4.0),  # none overlap
        (400.0, 4, 100.0, 1.0),  # all on one place
        (400.0, 4, 250.0, 2.5),
        (100.0, 1, 100.0, 1.0),
        (100.0, 1, 170.0, 1.0),  # a mean over placements, where the one camera stands badly
        (0.0, 3, 50.0, 0.0),  # walls all round
        (0.0, 0, 0.0, 0.0),
    ],
)
def test_without_overlap_there_are_never_more_than_the_able_ones(
    alone_m, n_able, covered_m, expected
):
    found = sums_of([alone_m] * 4, [n_able] * 4).without_overlap(np.full((1, 4), covered_m))
    np.testing.assert_allclose(found, expected)


def test_each_tier_has_its_own_able_cameras():
    found = sums_of([900.0, 600.0, 100.0, 0.0], [9, 9, 2, 0]).without_overlap(
        np.array([[450.0, 600.0, 100.0, 0.0]])
    )
    np.testing.assert_allclose(found, [[4.5, 9.0, 2.0, 0.0]])
