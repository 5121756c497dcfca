"""Vehicles past plate readers."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city
from flows import by_networkx

from toolkit.base.terms import TIERS
from toolkit.output.threat_words import vehicle_lines
from toolkit.threats import scores, vehicles
from toolkit.threats.districts import District, parts_of, sample
from toolkit.threats.place import separate_ways


@pytest.fixture(scope="module")
def found():
    return vehicles.vehicles(
        threat_city.question(), districts=[District(threat_city.PLACE, 300.0)], with_planned=True
    )


def test_cars_and_motorcycles_are_apart(found):
    car, motorcycle = found.by_mode["car"], found.by_mode["motorcycle"]
    for kind in ("into", "out_of", "between"):
        one, other = getattr(car, kind), getattr(motorcycle, kind)
        assert one.trips > 50
        assert one.at_least_two_sites.mid <= one.at_least_one.mid
        # Small plates, at the rear only.
        assert other.at_least_one.mid < one.at_least_one.mid


def test_routes_out_are_an_aggregate(found):
    for part in found.by_mode.values():
        out = part.routes_out
        assert 0 <= out.unread.low <= out.unread.high <= out.of <= out.gates
        assert out.unread_share.high <= 1.0


def test_a_city_without_plans_is_said_to_be_one(found):
    assert "No further cameras are reported as planned" in found.planned_rule
    for lang, said in (("en", found.planned_rule), ("my", "စီစဉ်")):
        assert said in vehicle_lines(found, lang)[-1]


def test_interception_is_said_to_be_out_of_scope(found):
    assert "Whether a vehicle is stopped is not modelled" in found.warnings[0].text


def test_nothing_that_could_plan_cameras_is_in_the_answer(found):
    text = found.to_json()
    for word in ("lat", "lon", "coordinates", "street_id", "streets"):
        assert f'"{word}":' not in text


def test_reads_are_those_of_the_trips():
    city = threat_city.city(400)
    trips = sample(city, "car").into
    read = vehicles.read(city, {"into": trips, "out_of": None})
    assert read["out_of"] is None
    most = scores.AGGREGATE_ROUNDS * city.n_draws
    sites = scores.score(city, trips, along=False, most=most).sites[:, TIERS.index("plate")]
    assert read["into"].at_least_one.mid == pytest.approx((sites >= 1).mean(), abs=1e-4)
    assert read["into"].at_least_two_sites.mid == pytest.approx((sites >= 2).mean(), abs=1e-4)


def test_routes_out_equal_the_maximum_flow_of_networkx():
    city = threat_city.city(400)
    graph = city.graph("car")
    taken = vehicles.plates_read(city, graph, 5)
    source = (parts_of(graph) == 4) & ~graph.leads_on
    for row in taken:
        mine = separate_ways(graph, ~row, source, graph.leads_on)
        assert mine == by_networkx(graph, ~row, source, graph.leads_on)


def test_arcs_are_read_where_a_trip_along_them_is():
    city = threat_city.city(400)
    graph = city.graph("car")
    taken = vehicles.plates_read(city, graph, 100)
    from toolkit.routes.route import routes_of

    some = np.flatnonzero(taken.any(axis=0))[:40]
    routes = routes_of(graph, city.scene.points, [np.array([a]) for a in some])
    met = scores.score(city, routes, along=False, most=100).sites[:, TIERS.index("plate")] > 0
    np.testing.assert_array_equal(met, taken[:, some])


@pytest.mark.slow
def test_gates_agree_with_a_hundred_thousand_placements():
    share = []
    for n in (2_400, 100_000):
        city = threat_city.city(n, n_draws=200)
        trips = sample(city, "car").into.first(40)
        found = scores.score(city, trips, tiers=("plate",), along=False)
        share.append((found.sites[:, TIERS.index("plate")] >= 1).mean())
    assert share[0] == pytest.approx(share[1], abs=0.02)
