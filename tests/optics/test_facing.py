"""Where cameras look: fits to invented directions, and closed form against placed cameras."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_grid import REACH_M, cameras, town

from toolkit.base.draws import Design
from toolkit.engine import closed_form, pairs_by_point, placement, views
from toolkit.optics import facing


def test_angles_to_a_street_are_the_same_for_both_ways():
    direction = np.array([0.0, 180.0, 90.0, 270.0, 45.0, 350.0, 10.0])
    found = facing.angle_to_street_deg(direction, np.zeros(7))
    np.testing.assert_allclose(found, [0, 0, 90, 90, 45, 10, 10])
    np.testing.assert_allclose(facing.angle_to_street_deg(direction + 25, np.full(7, 205.0)), found)
    np.testing.assert_array_equal(
        facing.angle_class(np.array([0.0, 14.0, 16.0, 35.0, 37.0, 90.0]), np.zeros(6)),
        [0, 0, 1, 1, 2, 2],
    )


def test_shares_are_found_again():
    rng = np.random.default_rng(0)
    n = 4000
    kind = rng.choice(3, n, p=[0.55, 0.2, 0.25])
    at = np.choose(kind, [rng.normal(0, 12, n), rng.normal(90, 12, n), rng.uniform(0, 180, n)])
    found = facing.fit(facing.angle_to_street_deg(at, np.zeros(n)))
    assert found.along == pytest.approx(0.55, abs=0.04)
    assert found.across == pytest.approx(0.2, abs=0.04)
    assert found.spread_deg == pytest.approx(12, abs=1.5)


def test_where_the_first_camera_looks_adds_up_and_is_symmetric():
    prob = facing.turn_prob(np.array([0.6, 0.0]), np.array([0.2, 0.0]), np.full(2, 13.0))
    np.testing.assert_allclose(prob.sum(axis=1), 1)
    np.testing.assert_allclose(prob, prob[:, ::-1])
    np.testing.assert_allclose(prob, np.roll(prob, facing.N_STEPS // 2, axis=1))
    np.testing.assert_allclose(prob[1], 1 / facing.N_STEPS)
    middle = (np.arange(facing.N_STEPS) + 0.5) * 3
    near = facing.angle_to_street_deg(middle, np.zeros(facing.N_STEPS)) < 30
    assert prob[0, near].sum() == pytest.approx(0.6 * 0.98 + 0.2 / 3, abs=0.03)


def test_facing_adds_up_and_is_flat_for_any_direction():
    flat = facing.facing_prob(np.full((1, facing.N_STEPS), 1 / facing.N_STEPS))
    np.testing.assert_allclose(flat, 1 / facing.N_STEPS)
    along = facing.turn_prob(np.ones(1), np.zeros(1), np.full(1, 5.0))
    found = facing.facing_prob(along)
    np.testing.assert_allclose(found.sum(axis=2), 1)
    # A point along the street is faced or has its back turned to; one across is beside.
    ahead = [0, 1, 2, 3, 4, 5, -1, -2, -3, -4, -5, -6]
    assert found[0, 0, ahead].sum() > 0.45
    assert found[0, 2, ahead].sum() < 0.01


def looking(n_draws, along, across, **options):
    drawn = cameras(n_draws, **options)
    turns = facing.turn_prob(
        np.full(n_draws, along), np.full(n_draws, across), np.full(n_draws, 12.0)
    )
    return drawn.__class__(**(vars(drawn) | {"turns": turns}))


def test_looking_anywhere_is_what_it_was():
    drawn, codes = looking(1, 0.0, 0.0, hfov=70.0), np.arange(views.N_VIEWS)
    table = views.view_table(drawn, np.array([1.8]), reach_m=REACH_M, codes=codes)
    for fold in range(facing.N_ANGLE_CLASSES):
        np.testing.assert_allclose(table[views.BY_STREET + fold], table[views.CANDIDATE], rtol=1e-4)


def test_the_mean_over_all_directions_does_not_depend_on_where_cameras_look():
    drawn = looking(1, 0.6, 0.15, hfov=70.0)
    table = views.view_table(drawn, np.array([1.0]), reach_m=REACH_M)
    rows = table[views.BY_STREET : views.BY_STREET + facing.N_ANGLE_CLASSES, 10, 0, 0]
    assert rows[0] > rows[1] > rows[2]
    width = np.diff([0.0, *facing.ANGLE_CLASS_EDGES_DEG, 90.0])
    assert rows @ width / 90 == pytest.approx(table[views.CANDIDATE, 10, 0, 0], rel=1e-3)


@pytest.mark.parametrize(("along", "across"), [(0.9, 0.0), (0.0, 0.9), (0.5, 0.2)])
def test_placed_cameras_agree_with_the_closed_form(along, across):
    n_draws = 1500
    pairs, _, points, prob = town(n_draws, buildings=False)
    # Streets of the grid run north and east; sites come line by line.
    street = np.where(np.arange(len(prob)) < len(prob) // 2, 0.0, 90.0)
    rows = pairs_by_point.point_rows(
        pairs, len(points.xy), np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan),
        site_street_deg=street,
    )  # fmt: skip
    options = {"hfov": 60.0, "ring": (5.0, 45.0), "working": 0.7}
    one = views.view_table(
        looking(1, along, across, **options), np.array([1.8]), reach_m=REACH_M, codes=rows.codes
    )
    exact = closed_form.closed_form(rows, prob[:, :1].astype(np.float32), one)[:, 0, 0]
    expected = float(points.length @ exact / points.length.sum())
    share = placement.simulate(
        pairs, prob, np.zeros(len(prob), dtype=np.int64), np.full(len(prob), np.nan),
        looking(n_draws, along, across, **options), np.full(n_draws, 1.8), points.length,
        Design(n_draws, 4), street_deg=street, independent=True,
    ).share[:, 0]  # fmt: skip
    # Three classes of angle stand for all: a few parts in a hundred at the extremes.
    assert share.mean() == pytest.approx(expected, rel=0.04)
    flat = views.view_table(
        looking(1, 0.0, 0.0, **options), np.array([1.8]), reach_m=REACH_M, codes=rows.codes
    )
    anywhere = closed_form.closed_form(rows, prob[:, :1].astype(np.float32), flat)[:, 0, 0]
    level = float(points.length @ anywhere / points.length.sum())
    # Where cameras look matters more than what is left out.
    assert (share.mean() > 1.04 * level) == (along > across)
