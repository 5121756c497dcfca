"""Assumption sets: whole, checked, hashed, and changed only inside their ranges."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from toolkit import store
from toolkit._errors import InputDataError, NotFoundError
from toolkit.assumptions import Assumption, load_assumptions
from toolkit.draws import Design

ROW = """
[[assumption]]
key = "{key}"
layer = "ignorance"
unit = "m"
value = {value}
low = 1.0
high = 4.0
distribution = "{distribution}"
source = "a source"
reason = "a reason"
"""


def write(name, text):
    path = store.home_dir() / "assumptions" / f"{name}.toml"
    store.write_text(path, text)
    return path


def test_every_value_of_the_central_set_says_why():
    for item in load_assumptions().items:
        assert item.source.strip()
        assert item.reason.strip()
        assert item.low <= item.value <= item.high


def test_quantiles_follow_the_named_distribution():
    at = np.array([0.05, 0.5, 0.95])
    row = {"key": "k", "layer": "ignorance", "unit": "m", "source": "s", "reason": "r"}

    def quantile(**values):
        return Assumption(**row, **values).quantile(at)

    np.testing.assert_allclose(
        quantile(value=2, low=1, high=4, distribution="loguniform"),
        np.exp(np.log(4) * at),
    )
    np.testing.assert_allclose(
        quantile(value=2, low=1, high=4, distribution="normal"),
        stats.norm.ppf(at, 2, 3 / (2 * stats.norm.ppf(0.95))),
    )
    np.testing.assert_allclose(
        quantile(value=2, low=1, high=4, distribution="lognormal"), [1, 2, 4]
    )
    np.testing.assert_allclose(quantile(value=2, low=1, high=4, distribution="fixed"), 2)
    np.testing.assert_allclose(
        quantile(value=2, low=1, high=4, distribution="triangular")[1],
        4 - np.sqrt(0.5 * 3 * 2),
    )


def test_a_change_fixes_one_value_and_moves_the_hash_and_no_other_draw():
    design = Design(32, 1)
    before = load_assumptions()
    after = before.with_changes({"optics.height_m": 6.0})
    assert (after.draw("optics.height_m", design) == 6.0).all()
    assert after.changed == (("optics.height_m", 6.0),)
    assert after.sha256 != before.sha256
    np.testing.assert_array_equal(
        before.draw("optics.availability", design), after.draw("optics.availability", design)
    )


def test_all_bad_changes_are_named_at_once():
    with pytest.raises(InputDataError) as caught:
        load_assumptions(changes={"optics.height_m": 99.0, "no.such": 1.0})
    assert "optics.height_m: 99 is outside 3.5 to 8 m" in str(caught.value)
    assert "no.such: there is no such assumption" in str(caught.value)


def test_the_hash_does_not_depend_on_the_order_of_the_tables():
    first, second = (
        ROW.format(key="a", value=2.0, distribution="uniform"),
        ROW.format(key="b", value=3.0, distribution="uniform"),
    )
    write("one", first + second)
    write("two", second + "# a comment\n" + first)
    assert load_assumptions("one").sha256 == load_assumptions("two").sha256


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("key = ", "not a TOML file"),
        ("name = 'empty'", "no [[assumption]] tables"),
        (ROW.format(key="a", value=9.0, distribution="uniform"), "low <= value <= high"),
        (ROW.format(key="a", value=2.0, distribution="guess"), "distribution"),
        (ROW.format(key="a", value=2.0, distribution="uniform") * 2, "the key stands twice"),
        (ROW.format(key="a", value=2.0, distribution="uniform") + "colour = 1", "colour"),
        (
            ROW.format(key="a", value=2.0, distribution="uniform").replace("a reason", " "),
            "source and reason",
        ),
    ],
)
def test_a_set_that_cannot_be_used_says_where(text, expected):
    write("bad", text)
    with pytest.raises(InputDataError) as caught:
        load_assumptions("bad")
    assert expected in str(caught.value)
    assert "bad.toml" in str(caught.value)


@pytest.mark.parametrize("name", ["nowhere", "../central", "central/../central"])
def test_an_unknown_set_is_not_found(name):
    with pytest.raises(NotFoundError, match="There is no assumption set"):
        load_assumptions(name)
