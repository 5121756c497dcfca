"""Plans: the chance that they have been carried out, and what they add."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from made_claims import FIXED, Fixed, make

from toolkit.base.draws import Design
from toolkit.evidence import announced
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Setting
from toolkit.evidence.installed import Part

DESIGN = Design(500, 0)
DAY = dt.date(2022, 7, 11)


def setting(years=0.0, assumptions=FIXED):
    day = DAY + dt.timedelta(days=365.25 * years)
    return Setting(day, DESIGN, assumptions, CityFigures(), ())


def test_the_chance_rises_with_the_age_up_to_that_of_ever():
    claim = make(status="tender")
    known = Fixed(installed_prob__tender=0.8, installed_prob__years=3.0)
    found = [
        announced.carried_out_prob(claim, setting(years, known))[0] for years in (0, 1, 3, 9, 90)
    ]
    expected = 0.8 * (1 - np.exp(-np.array([0, 1, 3, 9, 90]) / 3))
    assert found == pytest.approx(expected, abs=0.001)
    undated = make(status="tender", said="unknown")
    assert announced.carried_out_prob(undated, setting(0, known)) == pytest.approx(
        np.full(500, 0.8)
    )


def test_nothing_announced_has_no_chance():
    assert announced.if_built([make(low=5)], setting()) is None


def plan(draws, built, *, total=False):
    claim = make(low=1, status="planned")
    return announced.Plan(claim, np.array(draws, float), np.array(built), total)


def test_what_was_carried_out_is_a_part_of_the_growth():
    today, then = np.array([100.0, 150.0, 400.0]), np.array([100.0, 100.0, 100.0])
    more = plan([200, 200, 200], [False, True, True])
    assert announced.matured(today, then, [more]).tolist() == [100, 300, 400]
    # Two of different origins add up; a total is reached once.
    other = plan([50, 50, 50], [False, True, False])
    assert announced.matured(today, then, [more, other]).tolist() == [100, 350, 400]
    total = plan([500, 500, 90], [True, False, True], total=True)
    assert announced.matured(today, then, [total]).tolist() == [500, 150, 400]


def test_what_was_not_is_still_to_come():
    today = np.array([100.0, 150.0])
    more, total = plan([200, 200], [False, True]), plan([120, 500], [False, False], total=True)
    assert announced.with_plans(today, [more]).tolist() == [300, 150]
    assert announced.with_plans(today, [total]).tolist() == [120, 500]


def test_plans_of_one_origin_are_one_and_mature_together():
    stock = Part(np.full(500, 300.0), (make("stock", low=300),), "point")
    claims = [
        make("a", low=100, kind="increment", status="planned", origins=["o"]),
        make("b", low=90, kind="increment", status="planned", origins=["o"]),
        make("c", low=700, status="planned", origins=["o"]),
        make("old", low=50, kind="increment", status="planned", said="2019"),
    ]
    now = setting(2.0)
    newer = announced.plans_since(claims, stock, now)
    assert {c.id for c in newer} == {"a", "b", "c"}
    total, increment = announced.numbered(newer, stock, now)
    assert (total.total, total.claim.id) == (True, "c")
    assert (increment.total, increment.claim.id) == (False, "a")
    assert np.array_equal(total.built, increment.built)
    assert increment.draws == pytest.approx(np.full(500, 100.0))
