"""Conditional answers: against the same question with that number of cameras."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pytest

from toolkit.assessment.assess import assess
from toolkit.assessment.conditional import round_counts
from toolkit.assessment.model import Assessment
from toolkit.base.terms import TIERS
from toolkit.evidence.observations import Observation

AS_OF = dt.date(2026, 11, 23)
asked = functools.partial(assess, as_of=AS_OF, n_draws=60)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (201, 1_400, (200, 500, 1_000)),
        (10, 12, (10,)),
        (40, 6_000, (50, 500, 5_000)),
        (0.5, 3, (1, 2)),
        (300, 300, ()),
        (0, 310, ()),
        (26, 39, ()),
    ],
)
def test_round_numbers_cover_the_interval(low, high, expected):
    # Of two draws the quantiles lie between, so the ends are given many times each.
    assert round_counts(np.repeat([low, high], 50).astype(float)) == expected


def test_round_numbers_do_not_depend_on_the_order_of_draws():
    draws = np.random.default_rng(0).lognormal(6, 1, 501)
    assert round_counts(draws) == round_counts(np.sort(draws))


@pytest.fixture(scope="module")
def without_streets():
    return asked("mawlamyine")


def test_without_streets_the_length_is_that_of_hundreds_of_cameras(without_streets):
    assert len(without_streets.if_count) == 3
    for one in without_streets.if_count:
        for tier in TIERS:
            of_hundred = without_streets.per_100_cameras[tier]
            found = one.tiers[tier].length_km
            assert found.mid == pytest.approx(of_hundred.mid * one.count / 100, rel=1e-4)
            assert found.high == pytest.approx(of_hundred.high * one.count / 100, rel=1e-4)
            assert "needs the streets" in one.tiers[tier].share_of_length.why


def test_without_streets_a_given_number_answers_as_its_condition(without_streets):
    one = without_streets.if_count[-1]
    given = asked("mawlamyine", count=(one.count, one.count))
    for tier in TIERS:
        assert given.tiers[tier].length_km == one.tiers[tier].length_km
        assert given.tiers[tier].cameras_able == one.tiers[tier].cameras_able
    assert given.if_count == ()  # nothing is left to be asked


def test_the_centre_is_covered_more_densely_than_the_township(without_streets):
    centre, spread = without_streets.if_centre, without_streets.if_spread
    assert centre.radius_km == pytest.approx(2.0)
    assert spread.radius_km is None
    for tier in TIERS:
        dense, thin = (w.tiers[tier].share_of_length for w in (centre, spread))
        assert dense.mid > thin.mid
        assert dense.high > thin.high
        # Overlap only takes away from what all cameras would cover side by side.
        least = without_streets.tiers[tier].length_km.high
        assert centre.tiers[tier].length_km.high <= least * 1.001


def test_the_centre_is_the_named_case_of_two_kilometres(without_streets):
    for tier in TIERS:
        case = next(c for c in without_streets.tiers[tier].cases if c.id == "core_2km")
        assert without_streets.if_centre.tiers[tier].share_of_length == case.share_of_length
        assert without_streets.if_centre.street_km == case.length_km


def test_on_streets_a_given_number_answers_as_its_condition():
    found = asked("helsinki-centre")
    one = found.if_count[1]
    given = asked("helsinki-centre", count=(one.count, one.count))
    for tier in TIERS:
        short, whole = one.tiers[tier], given.tiers[tier]
        # A condition is evaluated on a sample of the points.
        assert short.share_of_length.mid == pytest.approx(
            whole.share_of_length.expected.mid, rel=0.05
        )
        assert short.share_of_length.high == pytest.approx(
            whole.share_of_length.expected.high, rel=0.05
        )
        assert short.cameras_able == whole.cameras_able
    assert found.per_100_cameras is None  # views overlap, so that it is not proportional
    assert found.if_centre is None  # the demonstration's number is about the boundary itself
    assert found.if_spread is None


def test_without_streets_trips_follow_the_condition(without_streets):
    few, _, many = without_streets.if_count
    for tier, part in without_streets.tiers.items():
        trip = part.trip
        assert part.trips[trip.mode] == trip
        assert part.capture_points.mid <= part.cameras_able.mid
        met = [one.tiers[tier].trip.at_least_one.mid for one in (few, many)]
        assert met[0] < trip.at_least_one.mid < met[1]
        centre, spread = (
            one.tiers[tier].trip.at_least_one.mid
            for one in (without_streets.if_centre, without_streets.if_spread)
        )
        assert spread < trip.at_least_one.mid < centre


def test_what_is_only_announced_is_not_known_and_given_if_it_was_built():
    found = asked("hpa-an", n_draws=400)
    built = found.if_built
    assert not found.cameras.installed.count.known
    assert not any(part.length_km.known for part in found.tiers.values())
    assert built.assumption == "installed_prob.talks"
    assert built.judged_by
    assert 0 < built.nothing_installed.low <= built.nothing_installed.high < 1
    # Never an interval that begins at nothing and is read as none.
    assert built.cameras.count.low > 10
    assert built.tiers["seen"].length_km.low > 0
    # The same figures as of the plan, which is counted as if it were carried out.
    planned = asked("hpa-an", status="planned", n_draws=400)
    assert planned.if_built is None
    for tier in TIERS:
        assert planned.tiers[tier].length_km == built.tiers[tier].length_km
    assert "announced_only" in {note.id for note in found.warnings}


@pytest.mark.parametrize("city", ["mawlamyine", "bagan", "helsinki-centre"])
def test_where_cameras_are_reported_nothing_hangs_on_their_being_built(city):
    found = asked(city, n_draws=20)
    assert found.if_built is None
    assert found.cameras.installed.count.known
    assert found.shown_tiers == found.tiers


def test_the_json_of_an_announcement_comes_back():
    found = asked("hpa-an", n_draws=20)
    assert Assessment.from_json(found.to_json()).to_json() == found.to_json()


def saw(number):
    return Observation(walked_km=5, seen=number, date=dt.date(2026, 11, 1))


def test_who_saw_cameras_is_not_answered_that_nothing_may_be_there():
    found = asked("hpa-an", n_draws=400, observations=(saw(3),))
    assert found.if_built is None
    assert found.cameras.installed.count.low > 0
    assert "announced_only" not in {note.id for note in found.warnings}


def test_who_saw_none_is_answered_that_nothing_is_likelier_and_not_certain():
    before = asked("hpa-an", n_draws=400).if_built.nothing_installed
    after = asked("hpa-an", n_draws=400, observations=(saw(0),)).if_built.nothing_installed
    assert before.low < after.low
    assert before.high < after.high < 1


def test_the_plan_of_a_city_is_no_count_of_installed_cameras():
    found = asked("hpa-an", status="planned", n_draws=60)
    assert not found.cameras.installed.count.known
    assert found.cameras.planned.count.known
    assert all(part.length_km.known for part in found.tiers.values())
