"""Ordinary trips of an assessment on installed streets."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from toolkit.assessment import trips
from toolkit.assessment.assess import assess
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import NESTED_TIERS, TIERS, USUAL_MODE, modes_of
from toolkit.optics.camera_draws import CameraDraws

QUESTION = Question("helsinki-centre", dt.date(2026, 11, 29), n_draws=20)


@pytest.fixture(scope="module")
def answer():
    return assess(QUESTION)


@pytest.fixture(scope="module")
def setting():
    loaded = QUESTION.load()
    inputs = make_inputs(loaded)
    pack, scene = scene_of(loaded)
    return inputs, pack, scene, plan_sites(inputs, pack, scene)


def all_quantities(trip):
    return {
        name: value for name, value in trip
        if name not in {"mode", "if_all_work", "unknown_share"}
    }  # fmt: skip


def test_each_tier_has_its_modes_and_leads_with_the_usual_one(answer):
    for tier, part in answer.tiers.items():
        assert tuple(part.trips) == modes_of(tier)
        assert part.trip == part.trips[USUAL_MODE[tier]]
        assert all(q.known for trip in part.trips.values() for q in all_quantities(trip).values())
    assert "foot" not in answer.tiers["plate"].trips


def test_better_pictures_are_met_no_more_often(answer):
    for better, worse in NESTED_TIERS:
        for mode in ("foot", "motorcycle", "car"):
            one, other = answer.tiers[better].trips[mode], answer.tiers[worse].trips[mode]
            for name, value in all_quantities(one).items():
                bound = getattr(other, name)
                assert value.low <= bound.low
                assert value.mid <= bound.mid
                assert value.high <= bound.high


def test_figures_of_one_tier_agree(answer):
    for part in answer.tiers.values():
        for trip in part.trips.values():
            one, two = trip.at_least_one, trip.at_least_two_sites
            commuter, five = trip.week_commuter, trip.week_five_destinations
            for end in ("low", "mid", "high"):
                found = [getattr(q, end) for q in (two, one, commuter, five)]
                assert found == sorted(found)
                assert getattr(trip.if_all_work.cameras, end) >= getattr(trip.cameras, end)
            assert trip.if_all_work.at_least_one.mid >= one.mid
            # Not at the low end: few trips may meet all cameras that are met.
            assert trip.cameras.mid <= trip.cameras_1_in_20.mid
            # At least one on p of the trips is at least p cameras a trip.
            assert trip.cameras.high >= one.low
            assert 0 < trip.unknown_share < 1


def test_a_probability_has_the_mean_as_its_middle(setting):
    inputs, pack, scene, plan = setting
    found, shares = trips.all_trips(inputs, pack, scene, plan.chance)
    samples = trips.sampled(inputs.loaded, pack, scene)
    met = trips.met_on_trips(inputs, scene, plan.chance, samples)[0]
    t = TIERS.index("plate")
    share = (met["motorcycle"].sites[:, t] >= 1).mean(axis=1)
    assert found["plate"]["motorcycle"].at_least_one.mid == pytest.approx(share.mean(), rel=1e-5)
    assert (shares[:, t] == share).all()
    cameras = met["motorcycle"].cameras[:, t].mean(axis=1)
    median = found["plate"]["motorcycle"].cameras.mid
    assert median == pytest.approx(np.median(cameras), rel=1e-5)


def test_conditional_answers_rise_with_the_number_of_cameras(answer):
    assert len(answer.if_count) >= 2
    for tier in TIERS:
        mids = [one.tiers[tier].trip.cameras.mid for one in answer.if_count]
        assert mids == sorted(mids)
        assert all(one.tiers[tier].trip.mode == USUAL_MODE[tier] for one in answer.if_count)


def test_the_night_has_the_same_trips_in_less_light():
    found = assess(replace(QUESTION, night=True))
    for part in found.tiers.values():
        assert part.night.trip.cameras.mid <= part.trip.cameras.mid + 1e-9
        assert part.night.trip.at_least_one.mid <= part.trip.at_least_one.mid + 1e-9
    assert found.tiers["face"].night.trip.cameras.mid < found.tiers["face"].trip.cameras.mid


def test_the_side_that_is_needed_is_a_switch():
    values = load_assumptions()
    any_side = values.with_changes({"trips.face_side": 0.0, "trips.plate_side": 0.0})
    front = values.with_changes({"trips.plate_side": 1.0})
    plain = assess(QUESTION).tiers
    loose = assess(replace(QUESTION, assumptions=any_side)).tiers
    strict = assess(replace(QUESTION, assumptions=front)).tiers
    assert loose["face"].trip.cameras.mid > plain["face"].trip.cameras.mid
    assert loose["plate"].trip.at_least_one.mid >= plain["plate"].trip.at_least_one.mid
    assert strict["plate"].trip.at_least_one.mid < plain["plate"].trip.at_least_one.mid
    assert loose["seen"].trip == plain["seen"].trip


def test_longer_trips_meet_more():
    longer = load_assumptions().with_changes({"trips.foot_median_km": 1.3})
    one, other = (
        assess(q).tiers["seen"].trip for q in (QUESTION, replace(QUESTION, assumptions=longer))
    )
    assert other.length_km.mid > one.length_km.mid
    assert other.cameras.mid > one.cameras.mid


def test_capture_points_are_sites_with_a_camera_that_is_able(setting):
    inputs, _, scene, plan = setting
    placed, weight = trips.place_all(inputs, scene, plan.chance)
    found = trips.capture_points(inputs, (placed, weight))
    expected = np.zeros_like(found)
    cameras: CameraDraws = inputs.cameras
    for d in range(inputs.design.n_draws):
        of_site = {}
        for c in range(placed.first[d], placed.first[d + 1]):
            if placed.luck[c] < cameras.availability[d]:
                able = np.isfinite(cameras.inner_m[d, :, placed.kind[c]])
                counted = np.where(able, weight[c], 0.0)
                site = int(placed.site[c])
                of_site[site] = np.maximum(of_site.get(site, 0.0), counted)
        expected[d] = np.sum(list(of_site.values()), axis=0)
    np.testing.assert_allclose(found, expected)
    assert (found[:, 0] >= found[:, TIERS.index("plate")]).all()


def test_short_figures_are_those_of_all_trips(setting):
    inputs, pack, scene, plan = setting
    short = trips.short_trips(inputs, pack, scene, plan.chance)
    every, _ = trips.all_trips(inputs, pack, scene, plan.chance)
    for tier, found in short.items():
        whole = every[tier][USUAL_MODE[tier]]
        assert (found.cameras, found.at_least_one) == (whole.cameras, whole.at_least_one)


def test_no_street_for_a_mode_is_said(setting):
    inputs, pack, scene, plan = setting
    closed = replace(pack, streets=pack.streets.assign(motorcycle=False))
    trips.samples._values.clear()
    found = trips.short_trips(inputs, closed, scene, plan.chance)
    assert not found["plate"].cameras.known
    assert "No street" in found["plate"].cameras.why
    assert found["seen"].cameras.known
    every, shares = trips.all_trips(inputs, closed, scene, plan.chance)
    unknown = [USUAL_MODE[tier] == "motorcycle" for tier in TIERS]
    assert (np.isnan(shares).all(axis=0) == unknown).all()
    assert tuple(every["seen"]) == ("foot", "car")
    trips.samples._values.clear()


def test_progress_of_sampling_reaches_one(setting):
    inputs, pack, scene, _ = setting
    trips.samples._values.clear()
    done = []
    trips.sampled(inputs.loaded, pack, scene, done.append)
    assert done == sorted(done)
    assert done[-1] == 1.0
