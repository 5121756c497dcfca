"""What one more hour of counting would narrow: the results that are simulated for it."""

from __future__ import annotations

import numpy as np
from scipy import stats

from toolkit.assessment.counting import _number_seen


def test_numbers_seen_are_quantiles_of_the_negative_binomial():
    rng = np.random.default_rng(0)
    prob, size, mean = (
        rng.random(20_000),
        rng.lognormal(0, 1.5, 20_000),
        rng.lognormal(0, 3, 20_000),
    )
    success = size / (size + mean)
    found = _number_seen(prob, size, success)
    np.testing.assert_array_equal(found, stats.nbinom.ppf(prob, size, success))
    # A number that is as likely as the probability says is its quantile, not the next one.
    edge = stats.nbinom.cdf(np.arange(20.0), 2.5, 0.4)
    np.testing.assert_array_equal(
        _number_seen(edge, np.full(20, 2.5), np.full(20, 0.4)),
        stats.nbinom.ppf(edge, 2.5, 0.4),
    )
