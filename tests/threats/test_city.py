"""Placing the cameras of a city many times."""

from __future__ import annotations

import numpy as np
import threat_city
from own_evidence import CLAIM, write_evidence

from toolkit.assessment.question import Question
from toolkit.assessment.trips import place_all
from toolkit.threats.city import PlacedCity, cities, open_city


def test_the_first_round_is_the_placement_of_the_assessment():
    city = threat_city.city()
    n_sites = len(city.scene.site_xy_m)
    at = city.placed_at(np.arange(n_sites), city.n_draws)
    placed, weight = place_all(city.inputs, city.scene, city.plan.chance)
    working = placed.luck < city.inputs.cameras.availability[placed.draw]
    assert 0 < working.sum() < len(working)
    np.testing.assert_array_equal(at.placed.draw, placed.draw[working])
    for name in ("site", "kind", "axis_deg", "luck"):
        np.testing.assert_array_equal(getattr(at.placed, name), getattr(placed, name)[working])
    np.testing.assert_allclose(at.weight, weight[working])


def test_each_round_places_anew_and_in_equal_numbers():
    city = threat_city.city()
    every, n = city.standing_at(np.arange(len(city.scene.site_xy_m))), city.n_draws
    first = every.first
    count = np.diff(first).reshape(-1, n)
    assert city.n_placements == 400
    # The number is fixed by the draw; only its rounding is drawn again.
    assert np.ptp(count, axis=0).max() <= 1
    sites = [set(every.site[first[k] : first[k + 1]].tolist()) for k in (0, n, 2 * n)]
    assert sites[0] != sites[1] != sites[2]


def test_some_sites_have_the_cameras_that_they_have_among_all():
    city = threat_city.city()
    some = np.arange(50, len(city.scene.site_xy_m), 7)
    few, every = city.placed_at(some), city.placed_at(np.arange(len(city.scene.site_xy_m)))
    among = np.isin(every.placed.site, some)
    np.testing.assert_array_equal(some[few.placed.site], every.placed.site[among])
    np.testing.assert_array_equal(few.placed.axis_deg, every.placed.axis_deg[among])
    np.testing.assert_array_equal(few.placed.draw, every.placed.draw[among])
    row = few.sight.start[3], few.sight.start[4]
    whole = city.scene.lines_of_sight
    np.testing.assert_array_equal(
        few.sight.point[slice(*row)],
        whole.point[whole.start[some[3]] : whole.start[some[3] + 1]],
    )


def test_sites_of_points_are_all_that_see_any():
    city = threat_city.city()
    points = np.array([5, 6, 900])
    rows = city.scene.rows
    expected = {int(s) for p in points for s in rows.site[rows.start[p] : rows.start[p + 1]]}
    assert city.sites_of(points).tolist() == sorted(expected)


def test_night_and_small_plates_change_the_cameras_and_not_their_places():
    question = threat_city.question()
    day, night, small = (
        open_city(question, n_placements=40, **options)
        for options in ({}, {"when": "night"}, {"small_plates": True})
    )
    for other in (night, small):
        for one, another in zip(day.rounds, other.rounds, strict=True):
            np.testing.assert_array_equal(one.draw, another.draw)
    seen, plate = 0, 4
    assert np.nanmax(night.cameras.outer_m[:, seen]) < np.nanmax(day.cameras.outer_m[:, seen])
    both = np.isfinite(small.cameras.outer_m[:, plate]) & np.isfinite(day.cameras.outer_m[:, plate])
    assert (small.cameras.outer_m[:, plate] <= day.cameras.outer_m[:, plate])[both].all()
    assert small.facing.rule["plate"] == "rear"
    np.testing.assert_array_equal(small.cameras.outer_m[:, seen], day.cameras.outer_m[:, seen])


def test_what_is_kept_follows_from_the_city():
    city = threat_city.city()
    assert city.graph("foot") is city.graph("foot")
    assert isinstance(city, PlacedCity)


def test_positions_go_to_metres_and_back():
    city = threat_city.city()
    lonlat = np.array([threat_city.START, threat_city.END])
    np.testing.assert_allclose(city.lonlat(city.xy_m(lonlat)), lonlat, atol=1e-9)


def test_a_city_is_kept_for_the_data_of_which_it_was_made(home, monkeypatch):
    question, load = threat_city.question(), Question.load
    cities.clear()

    def added_meanwhile(asked):
        write_evidence(home / "evidence", threat_city.CITY, CLAIM)
        return load(asked)

    def own(city):
        return [claim.id for claim in city.inputs.loaded.claims if claim.id == "mine"]

    with monkeypatch.context() as patch:
        patch.setattr(Question, "load", added_meanwhile)
        with_claim = open_city(question, n_placements=20)
    assert own(with_claim) == ["mine"]
    assert open_city(question, n_placements=20) is with_claim
    (home / "evidence" / f"{threat_city.CITY}.toml").unlink()
    assert own(open_city(question, n_placements=20)) == []
    assert open_city(with_claim.inputs.loaded, n_placements=20) is with_claim
