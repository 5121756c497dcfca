"""The ratio of known to placed sites, in the street that they cover."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.siting import coverage


def test_the_ends_of_the_range_are_quantiles_of_the_logarithm():
    values = load_assumptions()
    item = values[coverage.KEY]
    drawn = np.log(coverage.draw_ratio(values, Design(4000, 0)))
    found = np.quantile(drawn, [0.05, 0.5, 0.95])
    np.testing.assert_allclose(found, [item.low, item.value, item.high], atol=2e-3)


def test_a_fixed_ratio_is_that_of_every_draw():
    values = load_assumptions(changes={coverage.KEY: -0.2})
    assert coverage.draw_ratio(values, Design(5, 3)) == pytest.approx(np.exp(-0.2))
