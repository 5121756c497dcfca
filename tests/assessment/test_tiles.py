"""A city in tiles gives the numbers of the city in one piece."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import shapely

from toolkit.assessment import tiles
from toolkit.assessment.assess import assemble
from toolkit.assessment.inputs import make_inputs
from toolkit.assessment.on_streets import on_streets, outcome_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.sums import total
from toolkit.base.terms import TIERS

AS_OF = dt.date(2026, 11, 23)
TILE_KM = 0.7


@pytest.fixture(scope="module")
def both():
    inputs = make_inputs(Question("helsinki-centre", AS_OF, n_draws=20, count=(300, 600)).load())
    n_tiles = tiles.n_tiles(inputs.loaded.pack, TILE_KM)
    parts = [tiles.compute_tile(inputs, k, TILE_KM) for k in range(n_tiles)]
    return inputs, on_streets(inputs), parts


def test_streets_of_tiles_have_the_same_bits_as_those_of_one_piece(both):
    *_, whole, parts = both
    assert len(parts) > 4
    found = pd.concat([frame for _, frame in parts]).sort_index()
    pd.testing.assert_frame_equal(found, whole.layers.streets, check_exact=True)


def test_streets_near_a_border_see_sites_beyond_it(both):
    # Otherwise the comparison with one piece would hold without any halo.
    inputs, *_ = both
    city = tiles.open_city(inputs.loaded, TILE_KM)
    streets = np.flatnonzero(city.tile == 4)
    scene, point = tiles.tile_scene(city, streets, reach_m=80.0, person_height_m=1.7)
    assert (np.diff(point) > 0).all()
    seen = city.geometry.site_xy_m[np.flatnonzero(np.diff(scene.lines_of_sight.start))]
    inside = shapely.box(*shapely.total_bounds(scene.lines))
    beyond = ~shapely.contains_xy(inside, seen)
    assert beyond.sum() > 10


def test_totals_of_tiles_add_up_to_the_same_assessment(both):
    inputs, whole, parts = both
    city = tiles.open_city(inputs.loaded, TILE_KM)
    plan = plan_sites(inputs, city.pack, city.geometry)
    sums = total([part for part, _ in parts])
    added = outcome_of(inputs, city.pack, city.geometry, plan, sums, layers=None)
    np.testing.assert_allclose(added.expected_km, whole.expected_km, rtol=1e-9)
    np.testing.assert_allclose(added.realised_km, whole.realised_km, rtol=1e-9)
    one, other = (assemble(inputs, outcome).model_dump(mode="json") for outcome in (whole, added))
    assert _figures(one) == pytest.approx(_figures(other), rel=2e-6)
    # Which cameras are able is no matter of streets: every tile has the number of the city.
    for part, _ in parts:
        np.testing.assert_array_equal(part.n_able, sums.n_able)
    assert (sums.n_able[:, 0] > sums.n_able[:, TIERS.index("face")]).any()
    effective = sums.without_overlap(sums.expected_m)
    np.testing.assert_allclose(effective, whole.layers.detail.effective_cameras, rtol=1e-9)
    assert (effective <= sums.n_able).all()
    for t, tier in enumerate(TIERS):
        most = np.quantile(sums.n_able[:, t], 0.95)
        for figure in vars(whole.tiers[tier].effective_cameras).values():
            assert 0 < figure.high <= most * (1 + 1e-5)  # rounded


def _figures(value):
    if isinstance(value, dict):
        kept = sorted(value.keys() - {"trip", "trips", "trip_at_least_one"})  # these cross tiles
        return [x for key in kept for x in _figures(value[key])]
    if isinstance(value, list):
        return [x for item in value for x in _figures(item)]
    return [float(value)] if isinstance(value, int | float) else []


def test_each_street_is_in_the_tile_of_its_middle():
    lines = np.array(
        [
            shapely.LineString([(10, 10), (30, 10)]),
            shapely.LineString([(900, 10), (1200, 10)]),  # its middle is beyond the border
            shapely.LineString([(10, 2500), (20, 2500)]),
            shapely.LineString([(700, 10), (1200, 10)]),
        ]
    )
    assert tiles.tile_of_streets(lines, 1.0).tolist() == [0, 1, 2, 0]
    assert tiles.tile_of_streets(lines, 10.0).tolist() == [0, 0, 0, 0]
