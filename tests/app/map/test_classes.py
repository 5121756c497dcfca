"""Classes of the map: value-suppressing, and told apart without colour."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from invented import layers_of

from toolkit.app.map import classes
from toolkit.assessment.street_captures import StreetCaptures
from toolkit.base.terms import TIERS

NAN = np.nan


@pytest.mark.parametrize(
    ("chance", "wanted"),
    [
        ((0.0, 0.05, 0.2), 0), ((0.0, 0.1, 0.2), 1), ((0.1, 0.3, 0.5), 2), ((0.5, 0.6, 0.9), 3),
        ((0.9, 1.0, 1.0), 3), ((0.0, 0.2, 0.5), 4), ((0.1, 0.49, 0.9), 4), ((0.1, 0.5, 0.9), 5),
        ((NAN, NAN, NAN), 6), ((0.0, 0.0, 0.0), 0),
    ],
)  # fmt: skip
def test_a_wide_range_has_two_steps_a_narrow_one_four(
    chance: tuple[float, float, float], wanted: int
) -> None:
    assert classes.class_of(np.array([chance])).tolist() == [wanted]


def test_steps_are_the_bounds_of_their_classes() -> None:
    for low, high in itertools.pairwise((0.0, *classes.EDGES, 1.0)):
        (cls,) = classes.class_of(np.array([[low, (low + high) / 2, low]]))
        step = classes.STEPS[cls]
        assert ((step.at_least or 0.0), (step.below or 1.0)) == (low, high)
        assert not step.wide
    assert classes.STEPS[classes.NO_DATA] == classes.STEPS[-1]
    assert [step.wide for step in classes.STEPS].count(True) == 2


def luminance(color: str) -> float:
    """Return the relative luminance (WCAG 2.2)."""
    parts = (int(color[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def test_steps_differ_without_colour() -> None:
    looks = [(s.wide, s.dash is not None, s.width_px) for s in classes.STEPS]
    assert len(set(looks)) == len(looks)
    for wide in (False, True):
        steps = [s for s in classes.STEPS if s.wide == wide and s.dash is None]
        light = [luminance(step.color) for step in steps]
        assert light == sorted(light, reverse=True)
        assert all((a + 0.05) / (b + 0.05) > 1.35 for a, b in itertools.pairwise(light))
        widths = [step.width_px for step in steps]
        assert widths == sorted(widths)


def test_cameras_that_work_at_points_are_taken_along_whole_streets() -> None:
    layers = layers_of(6)
    along = np.tile([0.2, 0.3, 0.4], (6, 1))
    captures = StreetCaptures(np.zeros(6, dtype=np.int64), {"face": along, "plate": along / 2})
    layers = type(layers)(**{**vars(layers), "captures": lambda: captures})
    found = classes.of_layers(layers)
    assert found.cls.shape == (5, 6)
    assert found.percent.shape == (5, 3, 6)
    by_tier = dict(zip(TIERS, found.percent.tolist(), strict=True))
    assert by_tier["face"] == [[20] * 6, [30] * 6, [40] * 6]
    assert by_tier["plate"] == [[10] * 6, [15] * 6, [20] * 6]
    mean = layers.streets["seen_mid"].to_numpy()
    assert by_tier["seen"][1][:-1] == np.rint(100 * mean[:-1]).tolist()
    assert by_tier["seen"][1][-1] == classes.UNKNOWN


def test_ends_are_rounded_outwards() -> None:
    layers = layers_of(4)
    streets = layers.streets.assign(seen_low=0.129, seen_mid=0.131, seen_high=0.1301)
    found = classes.of_layers(type(layers)(**{**vars(layers), "streets": streets}))
    assert found.percent[0, :, 0].tolist() == [12, 13, 14]
