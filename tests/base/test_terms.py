"""Words of the model that every stage shares."""

from __future__ import annotations

import math

import pytest

from toolkit.base import terms


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.5, 0.6, "likely"),
        (0.49, 0.99, "possible"),
        (0.0, 0.1, "possible"),
        (0.0, 0.0999, "not_excluded"),
        (math.nan, math.nan, "unknown"),
    ],
)
def test_classes_follow_the_ends_of_the_interval(low, high, expected):
    assert terms.exposure_class(low, high) == expected
