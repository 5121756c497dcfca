"""Which figure governs the installed count, and which raise it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from made_claims import FIXED, make

from toolkit.base.draws import Design
from toolkit.evidence import installed
from toolkit.evidence.densities import CityFigures
from toolkit.evidence.figure_draws import Setting

DESIGN = Design(300, 0)
DAY = dt.date(2022, 7, 11)


def part(*claims, as_of=DAY, grows=True):
    setting = Setting(as_of, DESIGN, FIXED, CityFigures(), claims, grows)
    return installed.reported_part(claims, setting, "public")


def test_cameras_without_a_number_have_no_count_of_their_own():
    assert part(make()) is None
    assert part() is None
    assert part(make(low=9, status="planned")) is None


def test_the_whole_city_governs_before_a_part_and_a_part_before_sites():
    whole = make("whole", low=10)
    district = make("district", low=40, place="a part")
    sites = make("sites", low=90, unit="sites")
    assert part(sites).rule == "sites"
    assert part(sites, district).rule == "part"
    found = part(sites, district, whole)
    assert (found.rule, found.claims[0].id) == ("point", "whole")
    assert found.draws.min() >= 90


def test_without_growth_it_is_the_count_of_the_date_of_the_claim():
    claim = make(low=100)
    later = dt.date(2026, 7, 11)
    assert (part(claim, as_of=later, grows=False).draws == 100).all()
    assert (part(claim, as_of=later).draws > 100).all()


def test_what_is_said_of_a_later_day_is_not_there_yet():
    ahead = make(low=900, valid="2023", status="planned").model_copy(update={"status": "installed"})
    setting = Setting(DAY, DESIGN, FIXED, CityFigures(), (ahead,))
    assert installed.reported_present([ahead], setting) == []
    assert part(ahead) is None


def test_the_newest_claim_comes_first_whatever_the_order():
    claims = [
        make("old", low=5, said="2019"),
        make("new", low=4),
        make("older", low=9, said="2015"),
    ]
    setting = Setting(DAY, DESIGN, FIXED, CityFigures(), ())
    for order in (claims, claims[::-1]):
        found = installed.newest_first(order, setting)
        assert [c.id for c in found] == ["new", "old", "older"]


def test_figures_for_all_cameras_are_no_figures_for_public_ones():
    together, public = make("all", low=500, scope="all"), make("public", low=100)
    assert installed.in_scope((together, public), "public") == ((public,), "public")
    assert installed.in_scope((together,), "public") == ((together,), "all")
    assert np.array_equal(part(public).draws, np.full(300, 100.0))


@pytest.mark.parametrize("unit", ["cameras", "sites"])
def test_up_to_a_number_in_a_part_of_the_city_is_at_least_one(unit):
    found = part(make(high=500, wording="up_to", unit=unit, place="a market"))
    assert found.draws.min() >= 1


def test_a_number_of_public_cameras_up_to_some_is_no_none_of_all():
    claims = (make(high=500, wording="up_to"),)
    setting = Setting(DAY, DESIGN, FIXED, CityFigures(), claims)
    assert installed.reported_part(claims, setting, "all").draws.min() >= 1


def test_a_density_however_small_is_that_of_a_camera():
    figures = CityFigures(street_km=np.full(DESIGN.n_draws, 100.0))
    claims = (make(low=0.0001, unit="cameras_per_km"),)
    setting = Setting(DAY, DESIGN, FIXED, figures, claims)
    assert installed.reported_part(claims, setting, "public").draws.min() >= 1
