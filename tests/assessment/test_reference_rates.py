"""What reference networks say of cameras: against networks made by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from drawn_trips import networks

from toolkit.assessment import reference_rates
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import TIERS
from toolkit.optics.camera_draws import CameraDraws
from toolkit.streets.reference_trips import INNER_SHARE, N_NODES, OUTER_M, WIDTH_DEG

AS_OF = dt.date(2026, 11, 23)
D = 50


def city(**changes):
    values = load_assumptions(changes=changes)
    return make_inputs(Question("dawei", AS_OF, assumptions=values, n_draws=D).load())


def one_type(outer_m, inner_m, width_deg, n_draws=D):
    shape = (n_draws, len(TIERS), 1)
    return CameraDraws(
        share=np.ones((n_draws, 1)), hfov_deg=np.full((n_draws, 1), width_deg),
        height_m=np.full((n_draws, 1), 5.0), inner_m=np.full(shape, inner_m),
        outer_m=np.full(shape, outer_m), availability=np.full(n_draws, 0.5), type_ids=("one",),
    )  # fmt: skip


def nodes(weight):
    return weight.reshape(-1, len(OUTER_M), len(INNER_SHARE), len(WIDTH_DEG))


def test_a_measured_ring_is_taken_as_it_is():
    found = nodes(reference_rates.ring_weights(one_type(OUTER_M[3], OUTER_M[3] / 2, 50.0), 0))
    assert found[:, 3, 2, 2] == pytest.approx(np.ones(D))
    assert found.sum() == pytest.approx(D)


def test_between_measured_rings_a_camera_is_split():
    far = 0.25 * OUTER_M[3] + 0.75 * OUTER_M[4]
    found = nodes(reference_rates.ring_weights(one_type(far, 0.6 * far, 75.0), 1))[0]
    assert found.sum() == pytest.approx(1.0)
    outer, inner, width = (found.sum(axis=axes) for axes in ((1, 2), (0, 2), (0, 1)))
    assert outer @ OUTER_M == pytest.approx(far)
    assert inner @ INNER_SHARE == pytest.approx(0.6)
    assert width @ WIDTH_DEG == pytest.approx(75.0)


def test_cameras_without_a_ring_count_nowhere_and_small_rings_less():
    assert not reference_rates.ring_weights(one_type(np.nan, np.nan, 50.0), 0).any()
    small = reference_rates.ring_weights(one_type(OUTER_M[0] / 4, 0.0, 50.0), 0)
    assert small.sum(axis=1) == pytest.approx(np.full(D, 0.25))
    able = city().cameras
    for t in range(len(TIERS)):
        total = reference_rates.ring_weights(able, t).sum(axis=1)
        assert (total <= able.able_share()[:, t] + 1e-9).all()


def test_alike_networks_give_what_they_show():
    inputs = replace(city(), cameras=one_type(40.0, 10.0, 100.0))
    rates = reference_rates.rates_of(inputs, networks(2.0, 2.0, 2.0), np.zeros(D))
    share = 100.0 / 360.0
    limit = inputs.assumptions.draw("trips.facing_within_deg", inputs.design) / 60.0
    for tier, of_side in (("seen", 1.0), ("face", 0.5), ("plate", 0.75)):
        scale = np.ones(D) if tier == "seen" else np.minimum(of_side * limit, 1.0)
        expected = np.repeat((2.0 * share * scale)[:, None], 2, axis=1)
        assert rates.cameras[:, :, TIERS.index(tier)] == pytest.approx(expected)
    # Sites near: as many as would be met if the cameras looked everywhere.
    assert rates.near[:, :, 0] == pytest.approx(np.full((D, 2), 2.0))
    assert (rates.near >= rates.cameras).all()


def test_buildings_take_their_share_and_give_none():
    inputs = replace(city(), cameras=one_type(40.0, 10.0, 100.0))
    free = reference_rates.rates_of(inputs, networks(1.0, 1.0), np.zeros(D))
    half = reference_rates.rates_of(inputs, networks(1.0, 1.0, left=(0.5, 0.5)), np.zeros(D))
    more = reference_rates.rates_of(inputs, networks(1.0, 1.0, left=(2.0, 2.0)), np.zeros(D))
    assert half.cameras == pytest.approx(0.5 * free.cameras)
    assert more.cameras == pytest.approx(free.cameras)


def test_networks_that_differ_or_are_foreign_widen_the_draws():
    inputs = replace(city(), cameras=one_type(40.0, 10.0, 100.0))

    def spread(reference, added_sd):
        rates = reference_rates.rates_of(inputs, reference, np.full(D, added_sd))
        return np.log(rates.cameras[:, 0, 0]).std()

    assert spread(networks(1.0, 1.0, 1.0), 0.0) == pytest.approx(0.0, abs=1e-9)
    assert spread(networks(0.7, 1.0, 1.4), 0.0) > 0.3
    assert spread(networks(1.0, 1.0, 1.0), 0.3) > 0.3


def test_of_two_cameras_at_a_site_both_look_along_the_street_and_of_three_one():
    inputs = city(**{"sites.bearing_along": 0.8})
    for per_site, part in ((1.0, 1.0), (1.0001, 1.0)):
        one = replace(inputs, per_site=np.full(D, per_site))
        assert reference_rates.along_share(one) == pytest.approx(np.full(D, 0.8 * part), abs=1e-3)
    many = reference_rates.along_share(replace(inputs, per_site=np.full(D, 2.5)))
    assert (many < 0.8).all()
    assert (many > 0.4).all()


def test_a_tier_that_nothing_can_serve_meets_nothing():
    inputs = replace(city(), cameras=one_type(np.nan, np.nan, 100.0))
    rates = reference_rates.rates_of(inputs, networks(1.0, 2.0), np.zeros(D))
    assert not rates.cameras.any()
    assert not rates.near.any()


def test_the_spread_between_trips_follows_the_rule_of_sides():
    reference = networks(1.0, 1.0, 1.0)
    ratio = np.array(reference.ratio)
    ratio[:, :, TIERS.index("face"), 1] = 1.9
    reference = replace(reference, ratio=ratio)
    for side, expected in ((1, 1.9), (3, 1.0), (0, 1.0)):
        inputs = city(**{"trips.face_side": side})
        rates = reference_rates.rates_of(inputs, reference)
        assert rates.ratio[1, :, :, TIERS.index("face")] == pytest.approx(np.full((D, 2), expected))


def test_shapes():
    rates = reference_rates.rates_of(city(), networks(1.0, 1.2))
    assert rates.cameras.shape == (D, 2, len(TIERS))
    assert rates.ratio.shape == rates.inverse_shape.shape == (3, D, 2, len(TIERS))
    assert rates.placement.shape == rates.placement_by_district.shape == (D, 2, len(TIERS))
    assert reference_rates.ring_weights(city().cameras, 0).shape == (D, N_NODES)
