"""What an hour of counting in the street would teach."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sharp_counts import CENTRAL, DESIGN, PRIOR, STREETS, Sharp

from toolkit.assessment.counting import LEAST_INVITED, _number_seen, value_of_counting
from toolkit.language.words import counting_caution


def test_an_hour_at_the_junctions_narrows_a_wide_count_most():
    wide = value_of_counting(PRIOR, STREETS, CENTRAL, DESIGN)
    assert 0 < wide.narrowing.mid < 1
    assert wide.narrowing.low <= wide.narrowing.mid <= wide.narrowing.high
    assert wide.text.startswith("One more hour of counting at the ten main junctions")
    sharp = value_of_counting(PRIOR, STREETS, Sharp(), DESIGN)
    assert sharp.narrowing.mid > wide.narrowing.mid


def test_counting_is_suggested_with_its_caution_and_only_where_it_narrows_something():
    texts = set()
    for count in (PRIOR, np.linspace(300.0, 310.0, DESIGN.n_draws)):
        found = value_of_counting(count, STREETS, CENTRAL, DESIGN)
        suggests = found.narrowing.mid >= LEAST_INVITED
        assert (counting_caution("en") in found.text) == suggests
        assert ("would hardly help" in found.text) != suggests
        texts.add(suggests)
    assert texts == {True, False}


def test_the_value_agrees_with_simulated_counts():
    assumptions = Sharp()
    mean = 0.5 * 10 / 400 * 0.5  # half at junctions, ten of 400, half of them noticed
    rng = np.random.default_rng(1)
    low, high = np.quantile(PRIOR, (0.05, 0.95))
    after_width = []
    for n in rng.choice(PRIOR, 200):
        result = rng.poisson(n * mean)
        weight = stats.poisson.pmf(result, PRIOR * mean)
        ordered = np.argsort(PRIOR)
        reached = np.cumsum(weight[ordered]) / weight.sum()
        a, b = np.interp((0.05, 0.95), reached, PRIOR[ordered])
        after_width.append(b - a)
    expected = 1 - np.mean(after_width) / (high - low)
    found = value_of_counting(PRIOR, STREETS, assumptions, DESIGN).narrowing.mid
    assert found == pytest.approx(expected, abs=0.08)


def test_a_given_number_has_nothing_to_narrow():
    found = value_of_counting(np.full(DESIGN.n_draws, 140.0), STREETS, CENTRAL, DESIGN)
    assert not found.narrowing.known
    assert found.narrowing.why == found.text


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
