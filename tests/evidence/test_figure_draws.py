"""One reported figure as draws, where the answer follows from the formula."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest
from made_claims import FIXED, Fixed, make

from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError
from toolkit.evidence import figure_draws
from toolkit.evidence.densities import CityFigures

DESIGN = Design(n_draws=2000, seed=0)
DAY = dt.date(2022, 7, 11)


def setting(*claims, as_of=DAY, assumptions=FIXED):
    return figure_draws.Setting(as_of, DESIGN, assumptions, CityFigures(), claims)


def test_a_claim_ages_from_its_day_and_fully_without_one():
    claim = make(low=5)
    two_years_on = setting(claim, as_of=dt.date(2023, 7, 11))
    assert setting(claim).age_years(claim) == 0
    assert two_years_on.age_years(claim) == pytest.approx(1, abs=0.01)
    assert two_years_on.aged_share(claim) == pytest.approx(0.5, abs=0.01)
    undated = make(low=5, said="unknown")
    assert setting(undated).age_years(undated) == math.inf
    assert setting(undated).aged_share(undated) == 1
    assert not setting().is_stale([])


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (make(low=200, wording="over"), True),
        (make(low=200), False),
        (make(low=200, brands=["Dahua"]), True),
        (make(low=200, kind="flow"), True),
        (make(low=200, high=900, wording="range"), False),
        (make(high=500, wording="up_to"), False),
    ],
)
def test_a_bound_from_below_is_told_from_a_figure(claim, expected):
    assert figure_draws.is_lower_bound(claim.quantity) is expected


def test_a_bound_of_today_has_its_95_percent_point_at_the_recall():
    claim = make(low=100, wording="at_least")
    drawn = figure_draws.draw_figure(claim, setting(claim))
    assert drawn.min() >= 100
    assert np.quantile(drawn, 0.95) == pytest.approx(430, rel=0.01)
    # As a part it is one, too, whatever its wording.
    part = figure_draws.draw_figure(make(low=100), setting(claim), part=True)
    assert part == pytest.approx(drawn)


def test_a_figure_of_today_without_an_error_of_its_origin_is_that_number():
    claim = make(low=140)
    assert figure_draws.draw_figure(claim, setting(claim)) == pytest.approx(np.full(2000, 140.0))


def test_a_claim_without_a_figure_has_no_draws():
    with pytest.raises(InputDataError, match=r"a has no figure\. Give it a quantity"):
        figure_draws.draw_figure(make(), setting())


def test_origins_are_counted_once_also_through_a_third_claim():
    claims = [make(name, low=100, origins=[name]) for name in "abc"]
    loose = setting(*claims, assumptions=Fixed(count__origin_log_sd=0.2))
    assert figure_draws.independent_origins(claims[0], loose) == 3
    bridge = make("d", low=100, origins=["b", "c"])
    joined = dataclasses.replace(loose, claims=(*claims, bridge))
    assert figure_draws.independent_origins(claims[0], joined) == 2
    other = make("e", low=900, origins=["e"])
    far = dataclasses.replace(loose, claims=(claims[0], other))
    assert figure_draws.independent_origins(claims[0], far) == 1
    against = make("f", low=100, origins=["f"], contradicts=["a"])
    opposed = dataclasses.replace(loose, claims=(claims[0], against))
    assert figure_draws.independent_origins(claims[0], opposed) == 1


def test_figures_of_one_origin_share_a_column():
    one, other = make("a", low=1, origins=["o", "p"]), make("b", low=1, origins=["p"])
    assert figure_draws.origin_column(one, [other]) == figure_draws.COLUMN
    apart = make("c", low=1, origins=["z", "y"])
    assert figure_draws.origin_column(apart, [one, other]) == "count.origin:y"


def test_the_wide_count_has_the_stated_median_and_95_percent_point():
    drawn = figure_draws.wide_prior(setting())
    assert np.quantile(drawn, (0.5, 0.95)) == pytest.approx([200, 1500], rel=0.01)


def test_the_range_of_a_user_is_the_90_percent_interval():
    drawn = figure_draws.user_draws((50, 800), DESIGN)
    assert np.quantile(drawn, (0.05, 0.5, 0.95)) == pytest.approx([50, 200, 800], rel=0.01)
    assert (figure_draws.user_draws((140, 140), DESIGN) == 140).all()


@pytest.mark.parametrize(
    "wrong", [(5, 4), (-1, 4), (0, 4), (math.nan, 4), (1, math.inf), (math.nan, math.nan)]
)
def test_a_range_that_is_none_is_refused(wrong):
    with pytest.raises(InputDataError, match="Give "):
        figure_draws.user_draws(wrong, DESIGN)


@pytest.mark.parametrize("wrong", [(1, 1e10), (1e300, 1e300)])
def test_a_range_beyond_all_cameras_of_the_world_is_refused(wrong):
    with pytest.raises(InputDataError, match="whole world"):
        figure_draws.user_draws(wrong, DESIGN)
