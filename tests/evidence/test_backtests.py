"""What the rule would have said of figures that are known, without any streets.

These are the few figures of the country that check one another. Some hold and some do not; both
are written down here and in docs/method/counts.md.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from made_claims import others
from proportional import groups_of

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.evidence.count import count_draws
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Setting
from toolkit.evidence.load import load_claims
from toolkit.evidence.pooled import medians, pooled_draws
from toolkit.evidence.words import rule_text
from toolkit.siting.inclusion import inclusion_prob

DESIGN = Design(n_draws=5_000, seed=0)
ENDS = (0.05, 0.95)


@pytest.fixture(scope="module")
def central():
    return load_assumptions()


def known(city, last_year, *ids):
    return [
        claim
        for claim in load_claims(city)
        if claim.said.latest and claim.said.latest.year <= last_year
        if not ids or claim.id in ids
    ]


def interval(draws):
    return tuple(float(v) for v in np.quantile(draws, ENDS))


def test_yangon_2017_has_140_sites_at_154_signals_and_not_92():
    prob = inclusion_prob(np.ones((1, 1)), np.array([140.0]), groups_of(np.ones(154)))
    assert prob.sum() == pytest.approx(140.0)
    # What a formula for few sites among many places would give.
    assert pytest.approx(92, abs=0.5) == 154 * (1 - (1 - 1 / 154) ** 140)


def test_yangon_2017_cameras_per_site_and_what_the_sites_alone_would_give(central):
    assert pytest.approx(2.06, abs=0.005) == 288 / 140
    sites = [
        c.model_copy(update={"place": None})
        for c in known("yangon", 2017, "yangon-2017-signals-sites")
    ]
    found = count_draws(sites, as_of=dt.date(2017, 5, 31), design=DESIGN, assumptions=central)
    assert found.rule_installed == rule_text("sites")
    low, high = interval(found.installed)
    assert low < 225 < high
    assert low < 288 < high


def test_yangon_2019_is_in_the_interval_that_follows_from_2017(central):
    claims = known("yangon", 2017)
    found = count_draws(claims, as_of=dt.date(2019, 6, 30), design=DESIGN, assumptions=central)
    low, high = interval(found.installed)
    assert found.claims_installed == ("yangon-2017-total", "yangon-2017-china-240")
    # No independent check: the fastest growth of the rule was taken from this pair of figures.
    assert low < 2995 < high
    assert float((found.installed < 2995).mean()) == pytest.approx(0.88, abs=0.02)


def test_dawei_of_2015_does_not_foresee_the_programme_of_2022(central):
    claims = known("dawei", 2015)
    then = count_draws(claims, as_of=dt.date(2015, 10, 11), design=DESIGN, assumptions=central)
    low, high = interval(then.installed)
    assert 31 < low < high < 64  # a full count is no bound: some may have been taken down
    later = count_draws(claims, as_of=dt.date(2022, 7, 11), design=DESIGN, assumptions=central)
    # Reported were hundreds: a stock says little of a programme that begins after it.
    low, high = interval(later.installed)
    assert low < 200 < high < 400
    assert float((later.installed >= 200).mean()) == pytest.approx(0.11, abs=0.02)
    assert later.stale_installed


def test_the_failure_of_all_cameras_of_dawei_is_beyond_the_share_that_works(central):
    working = central.draw("optics.availability", DESIGN)
    # All 32 were down at once; the share working never reaches none, so that case stands apart.
    assert working.min() > 0.25
    (failure,) = [c for c in load_claims("dawei") if c.topic == "failure"]
    assert "All 32" in failure.says
    assert 0 < central.value("optics.city_outage_prob") < 1


def test_naypyidaw_335_lies_in_the_range_for_cities_without_a_number(central):
    everything = known("naypyidaw", 2022)
    silent = [c for c in everything if c.source.publisher == "Reuters"]
    found = count_draws(
        silent,
        as_of=dt.date(2022, 7, 12),
        design=DESIGN,
        assumptions=central,
        figures=CityFigures(others=others("naypyidaw")),
    )
    assert found.used_prior
    low, high = interval(found.installed)
    assert low < 335 < high
    # No sharp prediction: the range spans a factor of about 45.
    assert 30 < high / low < 60
    told = count_draws(everything, as_of=dt.date(2022, 7, 12), design=DESIGN, assumptions=central)
    assert np.quantile(told.installed, 0.05) > 335
    assert told.installed.min() > 0.8 * 335  # two years on
    townships = {c.quantity.low for c in everything if c.id == "naypyidaw-hrw-townships"}
    assert townships == {8}
    assert pytest.approx(41.9, abs=0.05) == 335 / 8


def test_mandalay_of_2016_with_its_plans_holds_the_300_of_2021(central):
    claims = known("mandalay", 2016)
    found = count_draws(claims, as_of=dt.date(2021, 2, 1), design=DESIGN, assumptions=central)
    low, high = interval(found.planned)
    assert low < 300 < high
    # So does the installed count, since the plan may have been carried out by then.
    low, high = interval(found.installed)
    assert low < 300 < high
    stock = [claim for claim in claims if claim.status == "installed"]
    without = count_draws(stock, as_of=dt.date(2021, 2, 1), design=DESIGN, assumptions=central)
    assert (found.installed >= without.installed).all()
    assert (without.installed < 300).mean() > (found.installed < 300).mean()


def test_five_of_six_counted_cities_lie_in_the_range_from_the_others(central):
    day = dt.date(2026, 11, 29)
    counted = medians(others(), day, central)
    held = []
    for city, median in counted.items():
        figures = CityFigures(others=others(city))
        setting = Setting(day, DESIGN, central, figures, ())
        low, high = interval(pooled_draws(setting))
        held.append((low < median < high, city))
    assert sorted(city for inside, city in held if not inside) == ["yangon"]
