"""Columns of the siting model against levels whose lift can be read off."""

from __future__ import annotations

import numpy as np

from toolkit.siting import design_matrix
from toolkit.siting.features import FEATURES, LAYER_FEATURES, code_of


def code(**levels):
    """Return the code of a point with these levels, of other features the plainest."""
    plain = {"road": "minor", "own": "drive", "junction": "away"}
    chosen = {
        name: levels.get(name, plain.get(name, "none" if "none" in values else values[0]))
        for name, values in FEATURES.items()
    }
    return code_of({n: np.array([FEATURES[n].index(level)]) for n, level in chosen.items()})


def columns(**levels):
    """Return the columns that are not zero, by name."""
    (row,) = design_matrix.design(code(**levels))
    return {n: float(v) for n, v in zip(design_matrix.COLUMNS, row, strict=True) if v}


def difference(**levels):
    """Return what a point with these levels has beside a plain one."""
    plain, found = columns(), columns(**levels)
    names = plain.keys() | found.keys()
    changed = {n: found.get(n, 0.0) - plain.get(n, 0.0) for n in names}
    return {n: v for n, v in changed.items() if v}


def test_a_level_lifts_its_own_column_and_the_common_one():
    assert difference(road="primary") == {"main": 1.0, "road.primary": 1.0}
    assert difference(road="tertiary") == {"main": 0.5, "road.tertiary": 1.0}
    assert difference(road="motorway") == {"road.motorway": 1.0}


def test_the_lift_of_a_junction_fades_with_distance():
    kinds = {level.split("_")[0] for level in FEATURES["junction"] if level != "away"}
    assert "minor" in kinds
    for kind in kinds:
        lifts = []
        for distance in ("12", "30", "60"):
            level = f"{kind}_{distance}"
            found = difference(junction=level)
            assert found.pop(f"junction.{level}") == 1.0
            lifts.append(found.pop("junction"))
            assert found == ({} if kind == "minor" else {"great_junction": lifts[-1]})
        assert lifts == [1.0, 0.4, 0.1]


def test_what_is_not_known_lifts_nothing():
    for name in LAYER_FEATURES:
        if "not_known" in FEATURES[name]:
            found = columns(**{name: "not_known"})
            assert not [n for n in found if n.split(".")[0] == name]


def test_columns_of_layers_are_told_from_those_of_lines():
    of_layers = {n for n, yes in zip(design_matrix.COLUMNS, design_matrix.OF_LAYERS, strict=True)
                 if yes}  # fmt: skip
    assert {n.split(".")[0] for n in of_layers} == set(LAYER_FEATURES)


def test_coefficients_by_column_feature_and_for_the_rest():
    found = dict(
        zip(
            design_matrix.COLUMNS,
            design_matrix.vector({"main": 3.0}, {"road.primary": 2.0, "road": 1.0, "": -1.0}),
            strict=True,
        )
    )
    assert found["main"] == 3.0
    assert found["road.primary"] == 2.0
    assert found["road.tertiary"] == 1.0
    assert found["mains"] == -1.0
