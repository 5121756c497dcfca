"""Criteria of the search: expected metres are those of placements, cameras are an upper bound."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city

from toolkit.base.terms import TIERS
from toolkit.routes.criteria import criteria, first_draws
from toolkit.routes.route import routes_of
from toolkit.threats import scores


@pytest.mark.parametrize("tier", ["identified", "face", "plate"])
def test_expected_metres_of_streets_are_those_of_placements(tier):
    city = threat_city.city()
    n = city.n_draws
    chance, cameras = first_draws(city.plan.chance, city.inputs.cameras, n)
    found = criteria(city.scene, chance, cameras, city.inputs.per_site[:n], city.facing, tier)
    graph = city.graph("car")
    metres, sites = found.of_arcs(graph)
    rng = np.random.default_rng(2)
    some = rng.choice(len(graph.tail), 150, replace=False)
    routes = routes_of(graph, city.scene.points, [np.array([a]) for a in some])
    scored = scores.score(city, routes, tiers=(tier,))
    t = TIERS.index(tier)
    seen = np.array(
        [(v @ length).mean() for v, length in (scored.along(tier, k) for k in range(150))]
    )
    assert metres[some].sum() == pytest.approx(seen.sum(), rel=0.15)
    assert np.corrcoef(metres[some], seen)[0, 1] > 0.8
    met = scored.sites[:, t].mean(axis=0)
    assert sites[some].sum() == pytest.approx(met.sum(), rel=0.4)
    assert np.corrcoef(sites[some], met)[0, 1] > 0.8


def test_faces_depend_on_the_direction_of_travel_and_being_seen_does_not():
    city = threat_city.city()
    chance, cameras = first_draws(city.plan.chance, city.inputs.cameras, 5)
    asked = (city.scene, chance, cameras, city.inputs.per_site[:5], city.facing)
    seen, face = (criteria(*asked, tier) for tier in ("seen", "face"))
    np.testing.assert_array_equal(seen.metres[:, 0], seen.metres[:, 1])
    assert not np.allclose(face.metres[:, 0], face.metres[:, 1])
    assert face.metres.sum() < seen.metres.sum()
