"""Figures of a scored route at one tier."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from toolkit.threats.figures import MOST_SECTIONS, _sections


@pytest.mark.parametrize(
    ("n", "step_m", "sections"), [(10, 5.0, 1), (100, 5.0, 5), (4000, 5.0, 50)]
)
def test_sections_are_equal_and_whole(n, step_m, sections):
    rng = np.random.default_rng(1)
    in_view = rng.random((40, n)) < 0.05
    found = _sections(in_view, np.full(n, step_m), 20)
    assert len(found) == sections <= MOST_SECTIONS
    assert found[0].from_m == 0.0
    assert found[-1].to_m == pytest.approx(n * step_m)
    for one, other in pairwise(found):
        assert one.to_m == other.from_m
    size = n // sections
    assert found[0].in_view.mid == pytest.approx(in_view[:, :size].any(axis=1).mean(), abs=1e-5)


def test_a_route_without_points_has_no_sections():
    assert _sections(np.zeros((4, 0), bool), np.empty(0), 2) == ()
