"""A sample of trips between parts of a city and over its gates."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city

from toolkit.base.errors import InputDataError
from toolkit.threats.districts import (
    District,
    all_of,
    between_districts,
    parse_district,
    parts_of,
    sample,
)


def test_trips_lead_between_parts_and_over_gates():
    city = threat_city.city(400)
    graph = city.graph("car")
    found = sample(city, "car")
    assert found.n_gates == graph.leads_on.sum() > 0
    assert found is sample(city, "car")
    gates = city.lonlat(graph.xy_m[graph.leads_on])
    assert len(gates) == found.n_gates
    for routes in (found.into, found.out_of, found.between):
        assert len(routes) > 50
        assert (routes.length_m > 0).all()
    near = np.hypot(
        *(city.scene.points.xy[found.out_of.point[found.out_of.start[1:] - 1]][:, None]
          - graph.xy_m[graph.leads_on][None]).transpose(2, 0, 1)
    ).min(axis=1)  # fmt: skip
    assert near.max() < 30.0


def test_the_parts_are_a_centre_and_four_around_it():
    graph = threat_city.city(400).graph("foot")
    part = parts_of(graph)
    assert set(part.tolist()) == {0, 1, 2, 3, 4}
    weight = graph.node_m
    assert weight[part == 4].sum() / weight.sum() == pytest.approx(1 / 3, abs=0.01)
    middle = np.average(graph.xy_m, axis=0, weights=weight)
    north = graph.xy_m[part == 0] - middle
    assert (north[:, 1] > np.abs(north[:, 0]) - 1e-6).all()


def test_trips_of_a_district_begin_or_end_in_it():
    city = threat_city.city(400)
    (routes,) = between_districts(city, "foot", [District(threat_city.PLACE, 250.0)])
    xy = city.xy_m(np.array([threat_city.PLACE]))[0]
    points = city.scene.points.xy
    first, last = routes.start[:-1], routes.start[1:] - 1
    ends = np.stack([points[routes.point[first]], points[routes.point[last]]], axis=1)
    away = np.hypot(*(ends - xy).transpose(2, 0, 1))
    # A route ends half a point's length from its node.
    assert (away.min(axis=1) < 260.0).all()
    assert (away.max(axis=1) > 240.0).all()


def test_a_district_without_streets_is_refused():
    with pytest.raises(InputDataError, match="District 1 holds no street"):
        between_districts(threat_city.city(400), "foot", [District((25.5, 60.5), 100.0)])


def test_nothing_of_nothing_is_none():
    assert all_of(None, None) is None


@pytest.mark.parametrize("text", ["", "16.78,96.15", "16.78,96.15,-5", "16.78,96.15,nan", "a,b,5"])
def test_what_is_no_district_is_refused(text):
    with pytest.raises(InputDataError, match="District 2 must be latitude"):
        parse_district(text, "District 2")
