from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_claims import others
from scipy import stats
from sharp_counts import CENTRAL, DESIGN, PRIOR, STREETS, Sharp

from toolkit.base.errors import InputDataError
from toolkit.evidence.count import count_draws
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.load import load_claims
from toolkit.evidence.observations import (
    Observation,
    problems_of_date,
    updated,
    usable_observations,
)

AS_OF = dt.date(2026, 11, 23)


def after(*observations, prior=PRIOR, figures=STREETS, assumptions=CENTRAL):
    return updated(prior, observations, figures, assumptions, DESIGN)


def seen(km, n, **more):
    return Observation(walked_km=km, seen=n, **more)


def test_the_posterior_is_that_of_a_direct_calculation():
    found = after(seen(10, 8), assumptions=Sharp())
    # 10 of 100 km, recall one half: Poisson with mean N / 20, weighed over the draws themselves.
    weight = stats.poisson.pmf(8, PRIOR / 20)
    mean = float((weight * PRIOR).sum() / weight.sum())
    assert found.mean() == pytest.approx(mean, rel=0.02)
    sd = float(np.sqrt((weight * (PRIOR - mean) ** 2).sum() / weight.sum()))
    assert found.std() == pytest.approx(sd, rel=0.05)


def test_walking_main_streets_counts_for_less_of_the_city():
    # Lift 3 on a quarter of the streets: twice the mean of all streets there, 2/3 elsewhere.
    plain, main, local = (
        after(seen(10, 8, streets=kind), assumptions=Sharp()) for kind in ("any", "main", "local")
    )
    halved = after(seen(20, 8), assumptions=Sharp())
    assert np.median(main) == pytest.approx(np.median(halved), rel=0.02)
    assert np.median(main) < np.median(plain) < np.median(local)


def test_two_walks_say_what_one_of_the_double_length_says_when_nothing_clusters():
    two = after(seen(5, 3), seen(5, 5), assumptions=Sharp())
    assert two == pytest.approx(after(seen(10, 8), assumptions=Sharp()), rel=1e-3)


def test_the_order_of_the_draws_stays():
    found = after(seen(5, 3))
    assert np.array_equal(np.argsort(found, kind="stable"), np.argsort(PRIOR, kind="stable"))


@settings(max_examples=30, deadline=None)
@given(km=st.floats(0.1, 300), recall=st.none() | st.floats(0.05, 1.0))
def test_seeing_none_moves_down_only_and_never_to_nothing(km, recall):
    found = after(seen(km, 0, recall=recall))
    assert (found <= PRIOR * (1 + 1e-9)).all()
    assert found.min() >= PRIOR.min() * (1 - 1e-12)
    assert found.min() > 0


def test_a_bound_of_the_claims_holds_whatever_is_seen():
    claims = load_claims("mawlamyine")
    options = {"as_of": AS_OF, "design": DESIGN, "assumptions": CENTRAL, "figures": STREETS}
    for n in (0, 3, 500):
        found = count_draws(claims, observations=[seen(20, n)], **options)
        assert found.installed.min() >= 201
        assert (found.planned >= found.installed).all()
        assert found.observations == (seen(20, n),)
    few, many = (
        count_draws(claims, observations=[seen(20, n)], **options).installed for n in (0, 200)
    )
    assert np.median(few) < np.median(many)


def test_seeing_some_rules_out_that_there_are_none():
    claims = load_claims("hpa-an")
    figures = replace(STREETS, others=others())
    options = {"as_of": AS_OF, "design": DESIGN, "assumptions": CENTRAL, "figures": figures}
    before = count_draws(claims, **options)
    none, some = (
        count_draws(claims, observations=[seen(5, n)], **options).installed for n in (0, 3)
    )
    assert (some > 0).all()
    assert (before.installed == 0).mean() < (none == 0).mean() < 1


def test_a_longer_walk_says_more():
    widths = []
    for km in (1.0, 10.0, 100.0):
        found = after(seen(km, int(km * 200 / 100 * 0.5)), assumptions=Sharp())
        low, high = np.quantile(found, (0.05, 0.95))
        widths.append(high / low)
    assert widths == sorted(widths, reverse=True)
    assert widths[2] < 0.25 * widths[0]


def test_a_number_that_was_given_exactly_stays():
    given_number = np.full(DESIGN.n_draws, 140.0)
    assert after(seen(5, 3), prior=given_number) == pytest.approx(given_number)


def test_without_streets_the_core_or_the_township_stand_in():
    bare = CityFigures(street_km_per_km2=STREETS.street_km_per_km2)
    core = after(seen(10, 8), figures=bare, assumptions=Sharp())
    township = after(seen(10, 8, where="township"), figures=bare, assumptions=Sharp())
    # The township is four times as large: as many seen there mean more cameras.
    assert np.median(township) > np.median(core)
    assert np.median(core) == pytest.approx(
        np.median(
            after(
                seen(10, 8),
                figures=CityFigures(street_km=np.full(DESIGN.n_draws, 9 * np.pi * 4)),
                assumptions=Sharp(),
            )
        )
    )


@pytest.mark.parametrize(
    ("where", "figures", "part"),
    [
        ("pack", CityFigures(street_km_per_km2=STREETS.street_km_per_km2), "core or township"),
        (None, CityFigures(), "says nothing yet"),
    ],
)
def test_a_walk_needs_streets_of_some_kind(where, figures, part):
    with pytest.raises(InputDataError, match=part):
        after(seen(5, 3, where=where), figures=figures)


def test_what_no_number_fits_is_refused():
    with pytest.raises(InputDataError, match="fits what was seen"):
        after(seen(5, 3), prior=np.zeros(DESIGN.n_draws))


def test_old_and_later_counts_are_left_out():
    day = dt.timedelta(days=1)
    old, kept, later = (
        seen(5, 3, date=AS_OF - 800 * day),
        seen(5, 3, date=AS_OF - 700 * day),
        seen(5, 3, date=AS_OF + day),
    )
    undated = seen(5, 1)
    assert usable_observations((old, kept, later, undated), AS_OF, 2.0) == (kept, undated)


def test_a_count_of_a_day_to_come_is_a_problem():
    today = dt.date(2026, 11, 23)
    for day in (None, today):
        assert problems_of_date(Observation(walked_km=5, seen=3, date=day), today) == []
    ahead = Observation(walked_km=5, seen=3, date=dt.date(2026, 11, 24))
    assert "2026-11-24 lies in the future" in problems_of_date(ahead, today)[0]
