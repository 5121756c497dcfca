"""The colour steps of maps: what belongs to each, and that they can be told apart."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from invented import layers_of

from toolkit.base.terms import exposure_class
from toolkit.output import map_scale


def test_every_street_is_in_exactly_one_step() -> None:
    streets = layers_of(201).streets
    chosen = [set(map_scale.streets_of(step, streets, "seen").index) for step in map_scale.STEPS]
    assert sum(len(c) for c in chosen) == len(streets)
    assert set().union(*chosen) == set(streets.index)
    assert all(chosen)


@pytest.mark.parametrize(
    ("low", "mid", "high", "position"),
    [
        (0.5, 0.6, 0.9, 0),
        (0.5, 0.5, 0.5, 0),
        (0.49, 0.6, 0.9, 1),
        (0.0, 0.5, 1.0, 1),
        (0.2, 1.0, 1.0, 1),
        (0.1, 0.49, 0.9, 2),
        (0.0, 0.25, 0.3, 2),
        (0.0, 0.24, 1.0, 3),
        (0.0, 0.0, 0.1, 3),
        (0.0, 0.09, 0.09, 4),
        (0.0, 0.0, 0.0, 4),
        (1.0, 1.0, 1.0, 0),
        (np.nan, np.nan, np.nan, 5),
    ],
)
def test_bounds_of_the_steps(low: float, mid: float, high: float, position: int) -> None:
    frame = gpd.GeoDataFrame(
        {"face_mid": [mid], "face_high": [high], "face_class": [exposure_class(low, high)]},
        geometry=[shapely.LineString([(0, 0), (1, 1)])],
    )
    found = [len(map_scale.streets_of(step, frame, "face")) for step in map_scale.STEPS]
    assert found == [int(i == position) for i in range(len(map_scale.STEPS))]


def _lightness(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_steps_differ_in_lightness_and_width_and_unknown_in_kind() -> None:
    *scale, unknown = map_scale.STEPS
    light = [_lightness(step.color) for step in scale]
    assert all(b > a * 1.3 for a, b in itertools.pairwise(light))
    widths = [step.width_px for step in scale]
    assert widths == sorted(widths, reverse=True)
    assert len(set(widths)) == len(widths)
    assert unknown.cls == "unknown"
    assert unknown.dash
    assert not any(step.dash for step in scale)
    red, green, blue = unknown.color[1:3], unknown.color[3:5], unknown.color[5:7]
    assert red == green == blue
