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
ONE_YEAR_ON = dt.date(2023, 7, 11)


def setting(*claims, as_of=DAY, assumptions=FIXED):
    return figure_draws.Setting(as_of, DESIGN, assumptions, CityFigures(), claims)


def test_a_claim_ages_from_its_day():
    claim = make(low=5)
    assert setting(claim).age_years(claim) == 0
    assert setting(claim, as_of=ONE_YEAR_ON).age_years(claim) == pytest.approx(1, abs=0.01)
    undated = make(low=5, said="unknown")
    assert setting(undated).age_years(undated) == math.inf
    assert not setting().is_stale([])


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (make(low=200, wording="over"), True),
        (make(low=200), False),
        (make(low=200, brands=["Dahua"]), True),
        (make(low=200, kind="flow"), True),
        (make(low=200, high=900, wording="range"), False),
        (make(low=200, high=900, wording="hundreds"), False),
        (make(low=200, high=900, wording="hundreds", brands=["Dahua"]), True),
        (make(high=500, wording="up_to"), False),
    ],
)
def test_a_bound_from_below_is_told_from_a_figure(claim, expected):
    assert figure_draws.is_lower_bound(claim.quantity) is expected


def quantiles(draws, *prob):
    return np.quantile(draws, prob)


def test_a_bound_of_today_is_divided_by_a_uniform_share_that_is_known():
    claim = make(low=100, wording="at_least")
    drawn = figure_draws.draw_figure(claim, setting(claim))
    assert drawn.min() >= 100
    # The share is uniform from 0.23 to 1: its 5 % point is 0.2685, its median 0.615.
    assert quantiles(drawn, 0.5, 0.95) == pytest.approx([100 / 0.615, 100 / 0.2685], rel=0.005)
    # As a part it is one, too, whatever its wording.
    part = figure_draws.draw_figure(make(low=100), setting(claim), part=True)
    assert part == pytest.approx(drawn)


@pytest.mark.parametrize(
    ("changes", "column", "least"),
    [({"brands": ["Dahua"]}, "make", 0.4), ({"kind": "flow"}, "flow", 0.25)],
)
def test_one_make_and_one_year_are_parts_of_the_whole(changes, column, least):
    known = Fixed(**{f"count__least_{column}_share": least})
    claim = make(low=100, **changes)
    drawn = figure_draws.draw_figure(claim, setting(claim, assumptions=known))
    assert drawn == pytest.approx(100 / (1 - (1 - least) * DESIGN.column(f"count.{column}")))
    counted = figure_draws.draw_figure(claim, setting(claim, assumptions=known), whole=False)
    assert counted == pytest.approx(np.full(2000, 100.0))


def test_growth_is_linear_and_goes_on_with_the_age():
    claim = make(low=100)
    ages = [0, 1, 4, 8, 40]
    drawn = [
        figure_draws.growth(claim, setting(claim, as_of=DAY + dt.timedelta(days=365.25 * age)))
        for age in ages
    ]
    yearly = drawn[1] - 1
    for age, found in zip(ages, drawn, strict=True):
        assert found == pytest.approx(1 + age * yearly, rel=0.01)
    # Weibull with the stated median and 95 % point, so also at a third place.
    power = math.log(1.2 / 0.1) / math.log(math.log(20) / math.log(2))
    third = 0.1 * (math.log(10) / math.log(2)) ** power
    expected = np.array([0.1, third, 1.2]) * 365 / 365.25
    assert quantiles(yearly, 0.5, 0.9, 0.95) == pytest.approx(expected, rel=0.02)


def test_nothing_grows_where_the_set_says_so_or_before_the_date():
    claim = make(low=100)
    none = setting(
        claim,
        as_of=ONE_YEAR_ON,
        assumptions=Fixed(count__growth_median=0.0, count__growth_p95=0.0),
    )
    assert (figure_draws.growth(claim, none) == 1).all()
    still = dataclasses.replace(setting(claim, as_of=ONE_YEAR_ON), grows=False)
    assert (figure_draws.growth(claim, still) == 1).all()


def test_of_a_full_count_some_are_taken_down_and_of_a_bound_none():
    given = Fixed(
        count__growth_median=0.0, count__growth_p95=0.0, count__origin_log_sd=0.0,
        count__least_known=1.0, count__removed_per_year=0.02,
    )  # fmt: skip
    full, bound = make(low=300, wording="exact"), make(low=300, wording="over")
    drawn = figure_draws.draw_figure(full, setting(full, as_of=ONE_YEAR_ON, assumptions=given))
    # Each year takes up to twice the mean.
    assert drawn.max() == pytest.approx(300, rel=1e-3)
    assert drawn.min() == pytest.approx(300 * 0.96, rel=1e-3)
    assert drawn.mean() == pytest.approx(300 * 0.98, rel=1e-3)
    kept = figure_draws.draw_figure(bound, setting(bound, as_of=ONE_YEAR_ON, assumptions=given))
    assert kept.min() >= 300
    today = figure_draws.draw_figure(full, setting(full, assumptions=given))
    assert (today == 300).all()


def test_of_hundreds_most_are_a_few_hundred():
    known = Fixed(count__least_known=1.0)
    claim = make(low=200, high=999, wording="hundreds")
    drawn = figure_draws.draw_figure(claim, setting(claim, assumptions=known))
    assert 200 <= drawn.min() < drawn.max() <= 999
    # 1/x is uniform from 1/999 to 1/200.
    assert np.median(drawn) == pytest.approx(2 / (1 / 200 + 1 / 999), rel=0.005)
    ranged = make(low=200, high=999, wording="range")
    drawn = figure_draws.draw_figure(ranged, setting(ranged))
    assert np.median(drawn) == pytest.approx(math.sqrt(200 * 999), rel=0.005)


def test_origins_that_agree_leave_what_they_overlook_alike():
    claims = [make(name, low=100, wording="over", origins=[name]) for name in "abcd"]
    for common, left in ((0.0, 0.25), (0.5, 0.625), (1.0, 1.0)):
        known = Fixed(count__common_share=common)
        alone = np.log(figure_draws.draw_figure(claims[0], setting(claims[0], assumptions=known)))
        four = np.log(figure_draws.draw_figure(claims[0], setting(*claims, assumptions=known)))
        # A quarter of the variance that is not common, in every draw.
        assert (four - math.log(101)) == pytest.approx((alone - math.log(101)) * math.sqrt(left))


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


def test_no_cameras_at_all_is_refused_with_a_reason():
    with pytest.raises(InputDataError, match=r"nobody can know\. Give the smallest number"):
        figure_draws.user_draws((0, 0), DESIGN)


@pytest.mark.parametrize("wrong", [(1, 1e10), (1e300, 1e300)])
def test_a_range_beyond_all_cameras_of_the_world_is_refused(wrong):
    with pytest.raises(InputDataError, match="whole world"):
        figure_draws.user_draws(wrong, DESIGN)
