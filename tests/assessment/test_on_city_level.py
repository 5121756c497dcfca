"""The estimate without streets: what must hold between its figures, draw by draw."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_city_level import CORE_RADII_KM, Cover, if_within, on_city_level
from toolkit.assessment.question import Question
from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import ALLOCATIONS, NESTED_TIERS, TIERS
from toolkit.siting import coverage

AS_OF = dt.date(2026, 11, 23)


def outcome(**options):
    return on_city_level(make_inputs(Question("dawei", AS_OF, n_draws=60, **options).load()))


@pytest.fixture(scope="module")
def found():
    return outcome(count=(100, 100))


def test_kilometres_are_proportional_to_the_number_of_sites(found):
    doubled = outcome(count=(200, 200))
    np.testing.assert_allclose(doubled.expected_km, 2 * found.expected_km)
    assert doubled.realised_km is doubled.expected_km


def test_the_coverage_of_sites_moves_kilometres_and_not_the_number_of_cameras():
    even, less = (
        outcome(count=(100, 100), assumptions=load_assumptions(changes={coverage.KEY: log_ratio}))
        for log_ratio in (0.0, -0.3)
    )
    np.testing.assert_allclose(less.expected_km, np.exp(-0.3) * even.expected_km)
    for tier, one in less.per_100_cameras.items():
        assert one.mid == pytest.approx(np.exp(-0.3) * even.per_100_cameras[tier].mid, rel=0.01)
    for tier in TIERS:
        assert less.tiers[tier].cameras_able == even.tiers[tier].cameras_able
        for one, other in zip(less.tiers[tier].cases, even.tiers[tier].cases, strict=True):
            assert one.share_of_length.mid < other.share_of_length.mid


def test_what_a_site_covers_is_shared_by_cities_with_the_same_makes_of_cameras():
    def views(city, **options):
        inputs = make_inputs(Question(city, AS_OF, n_draws=30, **options).load())
        return Cover.of(inputs).views

    first = views("dawei")
    assert not first.flags.writeable
    assert views("bagan", count=(5, 9)) is first  # nothing is reported of makes in either
    for other in (
        views("mandalay"),
        views("dawei", seed=1),
        views("dawei", assumptions=load_assumptions(changes={"optics.max_range_m": 60.0})),
        views("dawei", assumptions=load_assumptions(changes={"optics.availability": 0.5})),
    ):
        assert other.shape != first.shape or not np.array_equal(other, first)


def test_a_tier_that_needs_a_better_picture_covers_no_more(found):
    covered = dict(zip(TIERS, found.expected_km.T, strict=True))
    for narrow, wide in NESTED_TIERS:
        assert (covered[narrow] <= covered[wide] + 1e-9).all()
    assert (found.expected_km >= 0).all()


def test_each_case_is_there_and_spreading_the_cameras_lowers_the_share(found):
    for part in found.tiers.values():
        by_case = {(c.radius_km, c.allocation): c for c in part.cases}
        assert by_case.keys() == {(r, a) for r in CORE_RADII_KM for a in ALLOCATIONS}
        for radius in CORE_RADII_KM:
            core, township = (by_case[radius, a] for a in ("core", "township"))
            assert core.length_km == township.length_km
            assert core.share_of_length.mid >= township.share_of_length.mid
        small, large = (by_case[r, "core"] for r in (CORE_RADII_KM[0], CORE_RADII_KM[-1]))
        assert small.share_of_length.mid > large.share_of_length.mid


def test_what_needs_streets_is_unknown_with_the_reason(found):
    assert found.boundary.kind == "none"
    assert found.missing == ("no_streets",)
    assert found.layers is None
    for part in found.tiers.values():
        for figure in (
            part.share_of_length.realised, part.area_km2.expected, part.effective_cameras.realised,
        ):  # fmt: skip
            assert "needs the streets of the city" in figure.why


def test_what_follows_within_each_circle_agrees_with_the_assessment():
    inputs = make_inputs(Question("dawei", AS_OF, n_draws=60, count=(300, 900)).load())
    found, within = on_city_level(inputs), if_within(inputs)
    assert [one.radius_km for one in within] == [*CORE_RADII_KM, None]
    assert within[1] == found.if_centre
    assert within[-1] == found.if_spread
    for tier, part in found.tiers.items():
        known = {c.radius_km: c.share_of_length for c in part.cases if c.allocation == "core"}
        for one in within[:-1]:
            assert one.tiers[tier].share_of_length == known[one.radius_km]
    shares = [one.tiers["seen"].trip.at_least_one.mid for one in within[:-1]]
    assert shares == sorted(shares, reverse=True)
