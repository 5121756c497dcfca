"""The invented numbers and reports, on what their sources say."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration import known_numbers as known

CENTRAL = known.central_world()


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [(263, 1, 200), (263, 2, 260), (999.9, 1, 900), (12, 1, 10), (9.7, 1, 9), (1234, 1, 1000)],
)
def test_numbers_are_rounded_down_as_sources_do(value, digits, expected):
    assert known.rounded_down(value, digits) == expected


def growth(years, n=20_000, active=None, **changes):
    rng = np.random.default_rng(7)
    running = rng.random(n) < CENTRAL["active_at_report"] if active is None else np.full(n, active)
    return known.log_growth(np.full(n, float(years)), running, CENTRAL | changes, rng)


def test_one_programme_adds_so_many_a_year():
    steady = {"goes_on": 1.0, "year_log_sd": 0.0}
    lots = np.exp(growth(1.0, active=True, **steady)) - 1.0
    assert lots.mean() == pytest.approx(CENTRAL["pace"], rel=0.03)
    # Linear: the same draws add as much in each of eight years.
    assert np.exp(growth(8.0, active=True, **steady)) - 1.0 == pytest.approx(8.0 * lots)


def test_without_programmes_the_number_falls_by_what_is_taken_down():
    idle = {"begins": 0.0, "removed": 0.02}
    left = np.exp(growth(2.5, active=False, **idle))
    assert left.max() <= 1.0
    assert left.min() >= 0.96**2 * 0.98 - 1e-9
    assert left.mean() == pytest.approx(0.98**2 * 0.99, abs=0.002)


def test_growth_is_that_of_the_sources():
    two, seven, eight = (np.exp(growth(years)) for years in (2, 7, 8))
    # Yangon grew 3.3 times in two years, the world 4 times in seven.
    assert 0.03 < (two > 3.3).mean() < 0.08
    assert 2.0 < seven.mean() < 4.1
    # It goes on, and nothing grows a hundredfold.
    assert np.median(eight) > 1.4 * np.median(two)
    assert (eight > 100).mean() < 0.001


@pytest.mark.parametrize("form", known.FORMS)
def test_reports_say_what_their_form_is_and_never_more_than_was_there(form):
    rng = np.random.default_rng(5)
    still = CENTRAL | {"pace": 0.0, "removed": 0.0}
    cases = known.make_cases(form, (2.0, 4.0), 60, still, rng)
    assert len(cases) == 60
    for case in cases:
        assert 2.0 <= case.age_years <= 4.0
        assert len(case.claims) == (2 if form == "two over" else 1)
        for claim in case.claims:
            figure = claim.quantity
            if figure.wording != "about":
                assert figure.bounds[0] <= case.truth + 0.5, case
            assert (figure.brand == "Dahua") == form.endswith("one make")
            assert figure.kind == ("flow" if form.startswith("flow") else "stock")
            age = (known.AS_OF - claim.holds_from).days / 365.25
            assert age == pytest.approx(case.age_years, abs=0.01)
            assert (claim.said.earliest > claim.holds_from) == (form == "before the coup")
    if form == "hundreds":
        assert {c.claims[0].quantity.wording for c in cases} == {"hundreds"}


def test_every_constant_has_a_range_about_its_value_and_a_source():
    for name, constant in known.CONSTANTS.items():
        assert constant.low <= constant.value <= constant.high, name
        assert constant.low < constant.high, name
        assert constant.source
        assert constant.unit
