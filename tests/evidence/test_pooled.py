"""The number of a city without one, from the others: Student's t about their medians."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from made_claims import COUNTED, FIXED, others
from scipy import stats

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.evidence import pooled
from toolkit.evidence.count import count_draws
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Setting
from toolkit.evidence.load import load_claims

DAY = dt.date(2026, 11, 29)
DESIGN = Design(2_000, 3)


def setting(cities=None, as_of=DAY, assumptions=FIXED):
    known = CityFigures(others=others() if cities is None else cities)
    return Setting(as_of, DESIGN, assumptions, known, ())


def test_the_medians_are_those_of_the_counts_of_the_cities():
    central = load_assumptions()
    found = pooled.medians((*others(), load_claims("sittwe"), ()), DAY, central)
    assert tuple(found) == COUNTED
    for city in ("naypyidaw", "mawlamyine"):
        # No plan with a number is known of these two, so the count is the figure's own.
        count = count_draws(load_claims(city), as_of=DAY, design=DESIGN, assumptions=central)
        assert found[city] == pytest.approx(np.median(count.installed), rel=0.03)


def test_a_further_city_is_drawn_from_the_predictive_distribution():
    logs = np.log(list(pooled.medians(others(), DAY, FIXED).values()))
    drawn = np.log(pooled.pooled_draws(setting()))
    scale = logs.std(ddof=1) * np.sqrt(1 + 1 / 6)
    expected = stats.t(5, loc=logs.mean(), scale=scale)
    for prob in (0.05, 0.25, 0.5, 0.9, 0.95):
        assert np.quantile(drawn, prob) == pytest.approx(expected.ppf(prob), abs=0.02)


def test_a_predicted_city_lies_in_the_interval_as_often_as_it_says():
    # Seven cities of one normal distribution: the last lies in the interval from the others.
    rng = np.random.default_rng(0)
    logs = rng.normal(6.0, 1.1, (20_000, 7))
    low, high = stats.t(5).ppf([0.05, 0.95])[:, None] * logs[:, :6].std(axis=1, ddof=1)
    scale, middle = np.sqrt(1 + 1 / 6), logs[:, :6].mean(axis=1)
    inside = (middle + scale * low < logs[:, 6]) & (logs[:, 6] < middle + scale * high)
    assert inside.mean() == pytest.approx(0.9, abs=0.01)


def test_it_is_not_below_every_claim_since_2020():
    low, middle = np.quantile(pooled.pooled_draws(setting()), (0.05, 0.5))
    assert low < 335 < middle


def test_the_day_decides_what_is_known_and_how_old_it_is():
    early, late = (
        pooled.medians(others(), day, FIXED) for day in (dt.date(2022, 8, 1), dt.date(2026, 8, 1))
    )
    assert tuple(early) == tuple(late) == COUNTED
    assert all(late[city] > early[city] for city in COUNTED)
    assert "mawlamyine" not in pooled.medians(others(), dt.date(2022, 7, 1), FIXED)


@pytest.mark.parametrize(
    ("cities", "why"),
    [((), "its country has no counted cities"), (others()[:3], "only 3 other cities")],
)
def test_too_few_cities_lend_no_number(cities, why):
    with pytest.raises(InputDataError, match=why) as caught:
        pooled.pooled_draws(setting(cities))
    assert "--count LOW:HIGH" in str(caught.value)
