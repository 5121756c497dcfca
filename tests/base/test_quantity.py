"""A figure with its interval, and how draws become one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from toolkit.base import quantity


def test_an_unknown_quantity_is_null_with_a_reason_and_never_zero():
    unknown = quantity.Quantity.unknown("share", "no streets")
    assert not unknown.known
    assert unknown.mid is None
    for bad in (
        {"low": None, "mid": None, "high": None},
        {"low": 0.0, "mid": None, "high": 1.0, "why": "half"},
        {"low": 2.0, "mid": 1.0, "high": 3.0},
    ):
        with pytest.raises(ValidationError):
            quantity.Quantity(unit="km", **bad)


def test_draws_become_the_90_percent_interval_and_the_median():
    found = quantity.Quantity.from_draws(np.arange(101.0), "km")
    assert (found.low, found.mid, found.high) == (5.0, 50.0, 95.0)


@pytest.mark.parametrize("n_zero", [0, 3, 50, 51, 60, 80, 100, 101, 400, 940, 990, 1000])
def test_an_amount_that_may_be_zero_has_an_interval_that_holds_90_to_95_of_its_draws(n_zero):
    drawn = np.r_[np.zeros(n_zero), np.linspace(1.0, 2.0, 1000 - n_zero)]
    found = quantity.Quantity.from_amounts(drawn[np.random.default_rng(1).permutation(1000)], "km")
    held = ((found.low <= drawn) & (drawn <= found.high)).mean()
    # A spike may hold more than was asked for.
    assert 0.9 <= held <= max(0.951, n_zero / 1000)
    if n_zero <= 50:
        plain = quantity.Quantity.from_draws(drawn, "km")
        assert (found.low, found.high) == (plain.low, plain.high)
    if n_zero >= 100:
        assert found.low == 0.0
        assert found.high == pytest.approx(np.quantile(drawn, 0.9), rel=1e-5)


def test_the_upper_end_moves_up_with_every_amount_and_never_leaps():
    """One draw after another leaves zero, as with one camera more in each."""
    drawn = np.zeros(1000)
    ends = []
    for k, value in enumerate(np.random.default_rng(7).uniform(1.0, 2.0, 1000)):
        drawn[k] = value
        ends.append(quantity.Quantity.from_amounts(drawn, "km").high)
    steps = np.diff(ends)
    assert steps.min() >= -1e-5
    # As soon as more than the part left out is above zero.
    assert steps[200:].max() < 0.02


@pytest.mark.parametrize("n_one", [0, 3, 50, 60, 80, 100, 400, 890])
@pytest.mark.parametrize("n_zero", [0, 30, 80, 110])
def test_a_probability_that_may_be_none_or_all_holds_at_least_90_of_100_draws(n_zero, n_one):
    drawn = np.r_[np.zeros(n_zero), np.linspace(0.2, 0.8, 1000 - n_zero - n_one), np.ones(n_one)]
    found = quantity.Quantity.from_probabilities(drawn)
    held = ((found.low <= drawn) & (drawn <= found.high)).mean()
    # Two spikes of the same size between 5 and 10 of 100 lie on the edge of both tails.
    assert held >= (0.83 if n_zero == n_one == 80 else 0.9 - 1e-9)
    if min(n_zero, n_one) <= 50:
        # A spike may hold more than was asked for.
        assert held <= max(0.951, n_one / 1000 + 0.05)


def test_the_ends_of_a_probability_mirror_those_of_its_complement():
    drawn = np.r_[np.linspace(0.3, 0.9, 120), np.ones(80)]
    share, other = (quantity.Quantity.from_probabilities(p) for p in (drawn, 1.0 - drawn))
    assert share.high == pytest.approx(1.0 - other.low)
    assert share.low == pytest.approx(1.0 - other.high, abs=1e-5)


def test_the_last_bits_do_not_reach_the_json():
    assert quantity.Quantity.exactly(0.1 + 0.2, "km") == quantity.Quantity.exactly(0.3, "km")


@pytest.mark.parametrize("probability_of", [0, 1, 2])
def test_the_error_is_that_of_the_quantile_over_many_seeds(probability_of):
    rng = np.random.default_rng(3)
    found = [quantity.Quantity.from_draws(rng.lognormal(0.0, 1.0, 400), "km") for _ in range(400)]
    ends = np.array([(q.low, q.mid, q.high) for q in found])[:, probability_of]
    errors = np.array([q.error for q in found])[:, probability_of]
    assert np.median(errors) == pytest.approx(ends.std(), rel=0.15)


def test_a_figure_without_draws_has_no_error():
    assert quantity.Quantity.of(1, 2, 3, "km").error is None
    assert quantity.Quantity.exactly(4.0, "km").error is None
    assert quantity.Quantity.from_draws(np.full(50, 7.0), "km").error is None


@pytest.mark.parametrize("error", [1e-4, 0.013, 0.4, 0.9999, 5.0, 49.9, 50.1, 12_345.0])
def test_a_step_is_a_round_number_of_two_errors_or_more(error):
    step = quantity.printing_step(error)
    assert 2 * error <= step <= 5 * error * (1 + 1e-9)
    assert f"{step:e}"[0] in "125"
    assert f"{step:.10e}"[1:12].strip(".0") == ""


@given(
    st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=60),
    st.lists(st.floats(0.0, 1.0), min_size=1, max_size=9),
)
def test_quantiles_are_those_of_numpy_to_the_last_bit(values, at):
    drawn, ends = np.array(values), np.array(at)
    found = quantity._quantiles(drawn, ends)
    assert found.tolist() == np.quantile(drawn, ends).tolist()
    assert np.isnan(quantity._quantiles(np.append(drawn, np.nan), ends)).all()
