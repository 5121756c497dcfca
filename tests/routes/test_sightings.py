"""Sightings one by one: as many as are counted, and the same as brute force."""

from __future__ import annotations

import numpy as np
import threat_city

from toolkit.base.terms import TIERS
from toolkit.routes.sightings import Passings, sightings
from toolkit.threats import scores
from toolkit.threats.route import on_streets


def test_sightings_are_what_is_counted():
    city = threat_city.city()
    routes = on_streets(city, "car", between=[threat_city.START, threat_city.END]).routes
    found = scores.score(city, routes)
    at = city.placed_at(city.sites_of(np.unique(routes.point)))
    key = np.unique(2 * routes.point + routes.forward)
    passings = Passings(key // 2, (key % 2).astype(bool))
    for t, tier in enumerate(TIERS):
        seen = sightings(
            passings, city.scene.points, at.sight, at.placed, at.cameras, at.facing, tier,
            width_deg=at.width_deg,
        )  # fmt: skip
        in_view = np.zeros((city.n_placements, len(key)), bool)
        in_view[at.placed.draw[seen.camera], seen.passing] = True
        np.testing.assert_array_equal(in_view, found.in_view[:, t])
        cameras = np.unique(seen.camera)
        total = np.bincount(at.placed.draw[cameras], at.weight[cameras], city.n_placements)
        np.testing.assert_allclose(total, found.cameras[:, t, 0], rtol=1e-5)
        assert len(np.unique(np.column_stack([seen.camera, seen.passing]), axis=0)) == len(
            seen.camera
        )
