"""Design matrix of the siting model: the columns to which coefficients belong.

A feature with many levels has a common column and one per level, so that the levels of a city are
correlated: where one class of main street is favoured, so are the others. The log weight of a metre
of street is the linear predictor: the sum of coefficients times columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.siting.features import FEATURES, LAYER_FEATURES, levels_of

_JUNCTION_FADE: Final = {"12": 1.0, "30": 0.4, "60": 0.1}
"""Share of the common junction coefficient at each distance, m; levels may differ."""
_MAIN_LEVELS: Final = {"motorway": 0.0, "primary": 1.0, "secondary": 1.0, "tertiary": 0.5}
"""Common column of main streets."""
_GRADES: Final = {
    "mains": (-1.0, -1 / 3, 1 / 3, 1.0),
    "fabric": (-1.0, -1 / 3, 1 / 3, 1.0),
    "centre": (1.0, 1 / 3, -1 / 3, -1.0),
}


def _columns() -> dict[str, tuple[str, dict[str, float]]]:
    """Return the feature and the value by level of each column."""
    junction = [level.split("_") for level in FEATURES["junction"] if level != "away"]
    at = {f"{kind}_{d}": _JUNCTION_FADE[d] for kind, d in junction}
    found: dict[str, tuple[str, dict[str, float]]] = {
        "main": ("road", dict(_MAIN_LEVELS)),
        "junction": ("junction", at),
        "great_junction": (
            "junction",
            {level: v for level, v in at.items() if not level.startswith("minor")},
        ),
    }
    for name, grades in _GRADES.items():
        found[name] = (name, dict(zip(FEATURES[name], grades, strict=True)))
    for feature, levels in FEATURES.items():
        left_out = {"road": "minor", "own": "drive", "junction": "away"}.get(feature)
        silent = {"not_known", "none", "no", left_out}
        for level in levels:
            if level not in silent:
                found[f"{feature}.{level}"] = (feature, {level: 1.0})
    return found


_BY_NAME: Final = _columns()
COLUMNS: Final = tuple(_BY_NAME)
"""Names of the coefficients, in the order of all arrays of coefficients."""

OF_LAYERS: Final = np.array([feature in LAYER_FEATURES for feature, _ in _BY_NAME.values()])
"""Whether a column is of a layer that many street files lack, shape (K,)."""


def design(code: IntArray) -> FloatArray:
    """Return the design matrix of class indices, shape (C, K)."""
    levels = levels_of(code)
    out = np.empty((len(code), len(COLUMNS)))
    for i, (feature, values) in enumerate(_BY_NAME.values()):
        table = np.array([values.get(level, 0.0) for level in FEATURES[feature]])
        out[:, i] = table[levels[feature]]
    return out


def vector(values: Mapping[str, float], default: Mapping[str, float]) -> FloatArray:
    """Return coefficients by name as an array, shape (K,).

    Parameters
    ----------
    values
        Coefficients by column.
    default
        Coefficients of columns not in `values`: by column, by feature (``road`` for
        ``road.primary``), or under ``""`` for the rest.
    """
    out = [
        values.get(name, default.get(name, default.get(name.split(".")[0], default[""])))
        for name in COLUMNS
    ]
    return np.array(out, dtype=float)
