"""Trips without streets: laws of the distribution, and what must hold between figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from drawn_trips import networks
from scipy import stats

from toolkit.assessment import on_city_level, reference_trips
from toolkit.assessment.inputs import at_night, make_inputs
from toolkit.assessment.question import Question
from toolkit.assessment.reference_trips import Trips
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import MODES, NESTED_TIERS, TIERS, USUAL_MODE, modes_of
from toolkit.siting import coverage
from toolkit.streets.reference_trips import KINDS

AS_OF = dt.date(2026, 11, 23)
D = 400


def city(count=(300, 300), changes=None, n_draws=D):
    values = load_assumptions(changes=changes or {})
    question = Question("mawlamyine", AS_OF, assumptions=values, n_draws=n_draws, count=count)
    return make_inputs(question.load())


@pytest.fixture(scope="module")
def known():
    return on_city_level.trips_of(city())


def met_in(trips, area=None, mode="foot", works=None, **options):
    inputs, chances = trips.inputs, trips.chances
    if works is not None:
        chances = reference_trips.chances_of(inputs, trips.rates, works)
    area = trips.areas.between if area is None else area
    return reference_trips.meet(inputs, trips.rates, chances, area, [mode] * len(TIERS), **options)


def still(trips):
    """The same without what varies between placements."""
    rates = replace(trips.rates, placement=0.0 * trips.rates.placement)
    rates = replace(rates, placement_by_district=0.0 * trips.rates.placement_by_district)
    return replace(trips, rates=rates)


@pytest.mark.parametrize("inverse", [0.1, 0.5, 2.0])
@pytest.mark.parametrize("mean", [0.01, 0.5, 4.0])
def test_shares_of_trips_are_those_of_a_negative_binomial_distribution(mean, inverse):
    law = stats.nbinom(1 / inverse, 1 / (1 + mean * inverse))
    m, k = np.array([mean]), np.array([inverse])
    assert reference_trips.share_that_meet(m, k) == pytest.approx(law.sf(0))
    assert reference_trips.share_that_meet_two(m, k) == pytest.approx(law.sf(1))


def test_without_spread_the_distribution_is_that_of_poisson():
    m, none = np.array([0.0, 0.3, 3.0]), np.zeros(3)
    law = stats.poisson(m)
    assert reference_trips.share_that_meet(m, none) == pytest.approx(law.sf(0))
    assert reference_trips.share_that_meet_two(m, none) == pytest.approx(law.sf(1), abs=1e-9)


def test_one_trip_in_twenty_passes_more_than_the_quantile():
    mean = np.array([[0.0, 0.01, 0.2, 2.0, 30.0]])
    inverse = np.full((3, 1, 5), 0.6)
    found = reference_trips.one_in_twenty(
        reference_trips.Met(cameras=2.0 * mean, sites=mean, ratio=inverse, inverse_shape=inverse)
    )[0]
    law = stats.nbinom(1 / 0.6, 1 / (1 + mean[0, 1:] * 0.6))
    assert found[0] == 0.0
    assert found[1:4] == pytest.approx(2.0 * law.ppf(0.95)[:3])
    assert found[4] == pytest.approx(2.0 * law.ppf(0.95)[3], rel=0.01)


def test_twice_the_cameras_are_met_in_the_mean_and_no_trip_fewer(known):
    once, twice = (met_in(known, n_cameras=n) for n in (3e4, 6e4))
    seen = TIERS.index("seen")
    assert twice.cameras[:, seen].mean() == pytest.approx(
        2 * once.cameras[:, seen].mean(), rel=0.02
    )
    assert twice.share("trip")[:, seen].mean() > once.share("trip")[:, seen].mean()


def test_placement_changes_no_mean():
    inputs = city(changes={"sites.cluster_size": 8.0}, n_draws=4000)
    trips = Trips.of(inputs, networks(*np.ones(14)), 2.0)
    for t in range(2):
        placed, even = (
            met_in(one, one.areas.centre).cameras[:, t].mean() for one in (trips, still(trips))
        )
        assert placed == pytest.approx(even, rel=0.05)


def test_between_the_two_cases(known):
    centre, between, spread = (
        met_in(known, area).share("trip")[:, 0].mean()
        for area in (known.areas.centre, known.areas.between, known.areas.spread)
    )
    assert centre > between > spread
    whole = city(changes={"city.core_allocation": 1.0})
    areas = reference_trips.areas_of(whole, on_city_level.CENTRE_RADIUS_KM)
    assert areas.between.inside == pytest.approx(areas.centre.inside)
    assert (areas.spread.street_km >= areas.centre.street_km).all()


def test_all_that_work_meet_no_fewer_and_nested_tiers_hold_in_every_draw(known):
    for mode in MODES:
        met, all_work = met_in(known, mode=mode), met_in(known, mode=mode, works=np.ones(D))
        assert all_work.cameras.mean() > met.cameras.mean()
        shares = [met.share(kind) for kind in KINDS]
        for values in (met.cameras, met.two_sites(), *shares):
            for narrow, wide in NESTED_TIERS:
                assert (values[:, TIERS.index(narrow)] <= values[:, TIERS.index(wide)]).all()
        assert (met.two_sites() <= met.share("trip") + 1e-12).all()
        assert (met.share("week").mean(axis=0) > met.share("trip").mean(axis=0)).all()


def test_the_coverage_of_sites_moves_sites_and_not_cameras():
    even, less = (
        still(on_city_level.trips_of(city(changes={coverage.KEY: ratio}))) for ratio in (0.0, -0.3)
    )
    one, other = met_in(even), met_in(less)
    assert other.sites == pytest.approx(np.exp(-0.3) * one.sites, rel=1e-3)
    assert other.cameras == pytest.approx(one.cameras, rel=1e-3)


def test_no_camera_meets_nobody(known):
    met = met_in(known, n_cameras=0.0)
    assert not met.cameras.any()
    assert not met.share("week").any()
    assert not reference_trips.one_in_twenty(met).any()
    counts = known.inputs.counts
    nothing = replace(known.inputs, counts=replace(counts, installed=np.zeros(D)))
    assert not replace(known, inputs=nothing).capture_points().any()


def test_capture_points_are_sites_with_an_able_camera(known):
    found, inputs = known.capture_points(), known.inputs
    n_sites = np.round(inputs.n_cameras / inputs.per_site)[:, None]
    u = inputs.design.column("fabric:trips placed")[:, None]
    exact = stats.binom(n_sites, known.chances.able).ppf(u)
    few = exact < 30
    assert few.any()
    # Where the probability is at a step, rounding decides.
    assert (found == exact)[few].mean() > 0.999
    assert np.abs(found - exact)[~few].max() <= 1.0
    assert (found <= n_sites).all()


def test_of_the_cameras_of_a_site_any_may_be_able():
    per_site = np.array([[0.5, 0.3, 0.2]])
    prob = np.array([[0.0, 0.4, 1.0]])
    expected = 1 - sum(p * (1 - prob) ** (n + 1) for n, p in enumerate(per_site[0]))
    assert reference_trips._any_of_site(per_site, prob) == pytest.approx(expected)


def test_every_mode_of_a_tier_has_its_trips_and_the_usual_one_is_the_short_one(known):
    (whole, share), short = known.whole(), known.short(known.areas.between)
    for tier, by_mode in whole.items():
        assert tuple(by_mode) == modes_of(tier)
        trip = by_mode[USUAL_MODE[tier]]
        assert (short[tier].mode, short[tier].at_least_one) == (
            USUAL_MODE[tier], trip.at_least_one,
        )  # fmt: skip
        assert short[tier].cameras == trip.cameras
        assert trip.unknown_share is None
        assert trip.length_km.low < trip.length_km.mid < trip.length_km.high
        t = TIERS.index(tier)
        assert share[:, t].mean() == pytest.approx(trip.at_least_one.mid, rel=1e-5)


def test_at_night_fewer_are_met(known):
    by_day = known.short(known.areas.between)
    dark = on_city_level.short_trips(at_night(known.inputs))
    for tier in TIERS:
        assert dark[tier].cameras.mid <= by_day[tier].cameras.mid
