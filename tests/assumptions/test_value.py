"""One assumption: its quantiles are those of the distribution it names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats

from toolkit.assumptions.value import Assumption

ROW = {"key": "some.key", "layer": "ignorance", "unit": "m", "source": "s", "reason": "r"}
AT = np.array([0.05, 0.5, 0.95])


def quantile(**values):
    return Assumption(**ROW, **values).quantile(AT)


def test_quantiles_follow_the_named_distribution():
    np.testing.assert_allclose(
        quantile(value=2.0, low=1.0, high=4.0, distribution="loguniform"), np.exp(np.log(4) * AT)
    )
    np.testing.assert_allclose(
        quantile(value=2.5, low=1.0, high=4.0, distribution="normal"), [1, 2.5, 4]
    )
    np.testing.assert_allclose(
        quantile(value=2.0, low=1.0, high=4.0, distribution="lognormal"), [1, 2, 4]
    )
    np.testing.assert_allclose(quantile(value=2.0, low=1.0, high=4.0), 2)
    np.testing.assert_allclose(
        quantile(value=2.0, low=1.0, high=4.0, distribution="uniform"), 1 + 3 * AT
    )
    triangle = quantile(value=2.0, low=1.0, high=4.0, distribution="triangular")
    np.testing.assert_allclose(triangle[1], 4 - np.sqrt(0.5 * 3 * 2))
    np.testing.assert_allclose(triangle, stats.triang.ppf(AT, 1 / 3, 1, 3))


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("uniform", stats.uniform(1.0, 3.0)),
        ("loguniform", stats.loguniform(1.0, 4.0)),
        ("normal", stats.norm(2.5, 3.0 / (2 * stats.norm.ppf(0.95)))),
        ("lognormal", stats.lognorm(np.log(4.0) / (2 * stats.norm.ppf(0.95)), scale=2.0)),
    ],
)
def test_quantiles_are_those_of_scipy_to_the_bit(name, known):
    value = 2.0 if name.startswith("log") else 2.5
    found = Assumption(**ROW, value=value, low=1.0, high=4.0, distribution=name)
    prob = np.random.default_rng(0).random(1000)
    np.testing.assert_array_equal(found.quantile(prob), known.ppf(prob))


@given(
    low=st.floats(0.1, 10),
    width=st.floats(0.1, 10),
    part=st.floats(0, 1),
    name=st.sampled_from(["uniform", "loguniform", "triangular"]),
)
def test_bounded_draws_stay_inside_their_range(low, width, part, name):
    high = low + width
    value = min(max(low + part * width, low), high)
    found = Assumption(**ROW, value=value, low=low, high=high, distribution=name)
    drawn = found.quantile(np.array([1e-9, 0.25, 0.5, 0.75, 1 - 1e-9]))
    assert (drawn >= low - 1e-9).all()
    assert (drawn <= high + 1e-9).all()
    assert (np.diff(drawn) >= 0).all()


def test_every_problem_of_a_value_is_named():
    with pytest.raises(ValidationError) as caught:
        Assumption(
            **ROW | {"layer": "definition", "unit": "share"},
            value=3.0, low=2.0, high=2.0, distribution="normal",
        )  # fmt: skip
    for part in ("low <= value", "between 0 and 1", "not drawn", "low below high"):
        assert part in str(caught.value)


def test_whole_numbers_are_numbers():
    assert Assumption(**ROW, value=2, low=1, high=4).value == 2.0
