"""Placements that are looked at: the same cameras as behind the totals."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from toolkit.assessment import ten_placements
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.sums import add_up_totals
from toolkit.base.draws import Design
from toolkit.base.errors import NotFoundError

QUESTION = Question("helsinki-centre", dt.date(2026, 11, 29), n_draws=20)


@pytest.fixture(scope="module")
def inputs():
    return make_inputs(QUESTION.load())


@pytest.fixture(scope="module")
def placed(inputs):
    return ten_placements.place_cameras(inputs)


def test_points_in_view_add_up_to_the_covered_length_of_the_totals(inputs, placed):
    # A few points only: the totals are then those of these points alone.
    scene = placed.scene
    points = np.flatnonzero(scene.point_known)[:: len(scene.point_known) // 40]
    known = np.zeros_like(scene.point_known)
    known[points] = True
    few = replace(scene, point_known=known)
    plan = plan_sites(inputs, placed.pack, scene)
    expected = add_up_totals(inputs, few, plan, points).realised_m
    found = sum(placed.in_view(int(p)) * scene.points.length[p] for p in points)
    assert expected.max() > 0
    # Edges of rings and fields fall on either side by rounding, at a few of 800 pairs.
    differs = np.abs(found - expected) > 1e-6
    assert differs.mean() < 0.02


def test_ten_are_shown_from_few_cameras_to_many_in_no_order(placed):
    n_cameras = np.diff(placed.placed.first)
    shown = n_cameras[placed.shown]
    assert len(set(placed.shown.tolist())) == ten_placements.N_SHOWN
    assert (np.diff(shown) < 0).any()
    assert (np.diff(shown) > 0).any()
    assert abs(np.median(shown) - np.median(n_cameras)) <= np.ptp(n_cameras) / 10


def test_the_same_ten_come_again_and_others_under_another_seed(inputs, placed):
    again = ten_placements.place_cameras(inputs)
    for one, other in zip(placed.lon_lat(), again.lon_lat(), strict=True):
        np.testing.assert_array_equal(one, other)
    n_cameras = np.diff(placed.placed.first)
    assert not np.array_equal(ten_placements.draws_shown(n_cameras, Design(20, 1)), placed.shown)


def test_fewer_draws_than_ten_are_all_shown():
    found = ten_placements.draws_shown(np.array([5, 1, 3]), Design(3, 0))
    assert sorted(found.tolist()) == [0, 1, 2]


def test_guesses_lie_in_the_city_and_are_no_mapped_cameras(placed):
    west, south, east, north = placed.pack.boundary.total_bounds
    mapped = placed.scene.site_xy_m[len(placed.scene.group_free) :]
    for draw, lon_lat in zip(placed.shown, placed.lon_lat(), strict=True):
        assert len(lon_lat) == len(placed.sites(int(draw))) > 0
        assert (
            (lon_lat > [west - 0.01, south - 0.01]) & (lon_lat < [east + 0.01, north + 0.01])
        ).all()
        xy_m = placed.in_metres(lon_lat)
        np.testing.assert_allclose(xy_m, placed.scene.site_xy_m[placed.sites(int(draw))], atol=0.01)
        assert not (np.abs(xy_m[:, None] - mapped).max(axis=2) < 0.01).any()


@pytest.mark.usefixtures("home")
def test_without_streets_there_is_nothing_to_place():
    question = replace(QUESTION, city="mawlamyine")
    with pytest.raises(NotFoundError):
        ten_placements.place_cameras(make_inputs(question.load()))
