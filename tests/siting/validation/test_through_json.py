from __future__ import annotations

import json

import numpy as np
import pytest
import shapely

from toolkit.siting.validation import through_json


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, np.nan], [-0.0, 1e300]]),
        np.array([True, False]),
        np.array([2**62, -1]),
        np.empty((0, 2)),
    ],
)
def test_arrays_go_through_json_unchanged(array: np.ndarray) -> None:
    given = json.loads(json.dumps(through_json.packed(array)))
    found = through_json.unpacked(given)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array, strict=True)


def test_lines_and_other_values_too() -> None:
    lines = shapely.linestrings([[[0, 0], [1, 1.25]], [[5, 5], [6, 7]]])
    given = json.loads(json.dumps(through_json.packed(lines)))
    assert shapely.equals_exact(through_json.unpacked(given), lines).all()
    for value in (None, ["primary", ""], {"without_length": 3}, 7):
        assert through_json.unpacked(through_json.packed(value)) == value


@pytest.mark.parametrize(
    "given",
    [
        {"type": "object", "shape": [1], "data": ""},
        {"type": "float64", "shape": [2], "data": "AAAAAAAA8D8="},
        {"type": "float64", "shape": [1], "data": "?"},
    ],
)
def test_an_array_that_is_none_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"array|reshape|base64|Only"):
        through_json.unpacked(given)
