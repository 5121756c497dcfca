"""The nearest street to a place."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_graph import grid

from toolkit.base.errors import InputDataError
from toolkit.routes.graph import street_graph
from toolkit.routes.spots import spot, spots, street_index


@pytest.fixture(scope="module")
def streets():
    found = grid(6)
    return street_index(street_graph(found.streets, found.lines, "foot"), found.lines)


def test_a_place_lies_on_both_arcs_of_the_nearest_street(streets):
    found = spot(streets, (70.0, 8.0))
    graph = streets.graph
    assert found.off_m == pytest.approx(8.0)
    assert found.xy_m.tolist() == pytest.approx([70.0, 0.0])
    assert len(found.arc) == 2
    tails = graph.xy_m[graph.tail[found.arc]]
    np.testing.assert_allclose(found.at_m, np.abs(tails[:, 0] - 70.0))


def test_several_places_are_those_one_by_one(streets):
    xy = np.random.default_rng(1).uniform(0.0, 300.0, (20, 2))
    for one, place in zip(spots(streets, xy), xy, strict=True):
        alone = spot(streets, place)
        assert one.arc.tolist() == alone.arc.tolist()
        assert one.off_m == alone.off_m == pytest.approx(np.hypot(*(one.xy_m - place)))


def test_a_place_away_from_streets_is_refused(streets):
    with pytest.raises(InputDataError, match="The start is more than 200 m from every street"):
        spot(streets, (5000.0, 0.0), what="The start")
