"""Truths of trips: small cases by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.calibration import invented_trips as truths
from benchmarks.calibration.invented_truth import View
from toolkit.base.terms import TIERS, USUAL_MODE
from toolkit.routes.route import Routes

# One street to the north, of six points; candidates have the numbers 0 to 9.
POINTS = SimpleNamespace(length=np.full(6, 5.0), heading_rad=np.full(6, np.pi / 2))
CITY = SimpleNamespace(
    scene=SimpleNamespace(points=POINTS, groups=SimpleNamespace(size_m=np.ones(10)))
)
SIDES = truths.Sides({"face": 1, "plate": 3}, 60.0)


def routes(*ways):
    points = [np.array(way) for way, _ in ways]
    return Routes(
        start=np.cumsum([0, *map(len, points)]),
        point=np.concatenate(points),
        forward=np.repeat([forward for _, forward in ways], [len(p) for p in points]),
        length_m=np.array([5.0 * len(p) for p in points]),
    )


# There along the first half, and back; one week over all of it.
SAMPLE = SimpleNamespace(
    trips=routes(([0, 1, 2], True), ([2, 1, 0], False)),
    weeks=routes(([0, 1, 2, 3, 4, 5], True)),
)


def view(site, point, bearing_deg, tiers=TIERS):
    in_ring = np.array([[tier in tiers] for tier in TIERS])
    return View(site, np.array([point]), np.array([bearing_deg]), in_ring)


def found(*views, stands_for=1.0):
    samples = dict.fromkeys(set(USUAL_MODE.values()), SAMPLE)
    figures = truths.figures(CITY, views, samples, SIDES, stands_for)
    return {tier: figures[t] for t, tier in enumerate(TIERS)}


def test_nothing_is_met_without_cameras():
    assert not any(figures.any() for figures in found().values())


def test_a_face_is_seen_by_who_comes_towards_the_camera():
    # The camera stands to the north of point 1, which therefore lies to the south of it.
    met = found(view(0, 1, 180.0))
    np.testing.assert_allclose(met["seen"], [1, 1, 0, 1, 1])
    np.testing.assert_allclose(met["face"], [0.5, 0.5, 0, 1, 1])
    np.testing.assert_allclose(met["plate"], [1, 1, 0, 1, 1])


def test_from_the_side_neither_face_nor_plate_is_met():
    met = found(view(0, 1, 90.0))
    assert met["seen"][0] == 1
    assert not met["face"].any()
    assert not met["plate"].any()


def test_two_cameras_of_a_site_are_one_site():
    np.testing.assert_allclose(found(view(0, 1, 0.0), view(0, 1, 0.0))["seen"], [2, 1, 0, 1, 1])
    np.testing.assert_allclose(found(view(0, 1, 0.0), view(1, 2, 0.0))["seen"], [2, 1, 1, 1, 1])


def test_candidates_stand_for_more_cameras_and_mapped_ones_for_themselves():
    assert found(view(0, 1, 0.0), stands_for=1.5)["seen"][0] == pytest.approx(1.5)
    assert found(view(10, 1, 0.0), stands_for=1.5)["seen"][0] == pytest.approx(1.0)


def test_what_lies_off_the_trips_is_met_by_the_week_alone():
    np.testing.assert_allclose(found(view(0, 4, 0.0))["seen"], [0, 0, 0, 1, 0])
