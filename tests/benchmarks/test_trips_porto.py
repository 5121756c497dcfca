"""Shares of trips in Porto that pass a camera, against those of another program."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from benchmarks import trips_porto as porto

WITHIN = 0.03
"""The other program's own seeds differ by up to 0.02."""


@pytest.fixture(scope="module")
def grid():
    """Return streets of a grid of 3 km, all main roads, and their lines."""
    side, step = 7, 500.0
    node = {(i, j): i * side + j for i in range(side) for j in range(side)}
    ends = [(a, (a[0] + 1, a[1])) for a in node if a[0] + 1 < side]
    ends += [(a, (a[0], a[1] + 1)) for a in node if a[1] + 1 < side]
    lines = np.array([shapely.LineString(np.array(e) * step) for e in ends], dtype=object)
    columns = {
        "u": [node[a] for a, _ in ends],
        "v": [node[b] for _, b in ends],
        "highway": "primary",
        "drive": True,
        "oneway": False,
        "length_m": shapely.length(lines),
    }
    return gpd.GeoDataFrame(columns, geometry=list(lines)), lines


def test_trips_join_nodes_as_far_apart_as_asked(grid):
    network = porto.network_of(*grid)
    assert len(network.trips) == porto.N_TRIPS
    assert network.length_m == pytest.approx(2 * 7 * 3_000.0)
    # In a grid the way is at most the square root of two times the straight line.
    assert network.trips.length_m.min() >= porto.APART_M[0]
    assert network.trips.length_m.max() <= np.sqrt(2.0) * porto.APART_M[1] + 1e-6


def test_a_camera_covers_its_ring_and_is_passed_on_its_street(grid):
    network = porto.network_of(*grid)
    face = porto.SETUPS[0]
    found = porto.share_of(network, face)
    deep_m = face.ring_m[1] - face.ring_m[0]
    assert found.street == pytest.approx(face.n * deep_m / network.length_m, rel=0.1)
    # A trip passes one of N cameras if it runs on the street of one: about by its length.
    share = network.trips.length_m.mean() / network.length_m
    assert found.trips == pytest.approx(1 - (1 - share) ** face.n, abs=0.1)


@pytest.mark.slow
def test_shares_of_trips_are_those_of_the_other_program(test_data_dir):
    if not (test_data_dir / porto.FILE).exists():
        pytest.skip(f"{porto.FILE} is not among the test data")
    network = porto.network_of(*porto.read(test_data_dir))
    assert network.trips.length_m.mean() / 1e3 == pytest.approx(porto.FOUND_TRIP_KM, abs=0.1)
    for setup in porto.SETUPS:
        found = porto.share_of(network, setup)
        street, trips = porto.FOUND[setup.name]
        assert found.trips == pytest.approx(trips, abs=WITHIN)
        assert found.street == pytest.approx(street, rel=0.1)
