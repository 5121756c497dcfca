"""Routes along named streets."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city

from toolkit.base.errors import InputDataError
from toolkit.threats.along import route_along


def test_named_streets_are_followed_in_their_order():
    city = threat_city.city(400)
    graph = city.graph("foot")
    found = route_along(city, "foot", ["Mannerheimintie", "Aleksanterinkatu"])
    np.testing.assert_array_equal(graph.head[found.arcs[:-1]], graph.tail[found.arcs[1:]])
    names = city.pack.streets["name"].fillna("").to_numpy()[graph.street[found.arcs]]
    length = graph.length_m[found.arcs]
    on_named = np.isin(names, ["Mannerheimintie", "Aleksanterinkatu"])
    assert length[on_named].sum() / length.sum() > 0.6
    assert names[on_named][0] == "Mannerheimintie"
    assert names[on_named][-1] == "Aleksanterinkatu"
    back = route_along(city, "foot", ["Aleksanterinkatu", "Mannerheimintie"])
    assert graph.length_m[back.arcs].sum() == pytest.approx(length.sum(), rel=0.3)


def test_a_street_that_is_not_known_is_named_by_its_number_only():
    with pytest.raises(InputDataError, match="Street 2 of the route is not known") as raised:
        route_along(threat_city.city(400), "foot", ["Aleksanterinkatu", "No Such Street"])
    assert "No Such" not in str(raised.value)
