"""The check of trips on reference networks, on a drawn grid."""

from __future__ import annotations

from dataclasses import replace

import fabric_networks
import numpy as np
import pytest
import trip_networks
from drawn_streets import grid
from drawn_trips import networks

from benchmarks.calibration import reference_trips as calibrate
from toolkit.base.terms import TIERS
from toolkit.siting import candidates

VALUES = calibrate.assumptions_used()


@pytest.fixture(scope="module")
def some():
    network = fabric_networks.make_network(grid(2000, 100))
    region = trip_networks.make_region(network, VALUES, candidates.load_siting(), n_homes=40)
    others = networks(0.8, 1.0, 1.2, 1.5)
    return calibrate.outcomes("grid", region, others, calibrate.cities(VALUES, 3))


def test_each_city_has_its_outcomes(some):
    assert {o.network for o in some} == {"grid"}
    assert {o.sites_per_km for o in some} == set(calibrate.SITES_PER_KM)
    assert {TIERS[o.tier] for o in some if o.mode == "foot"} == set(TIERS) - {"plate"}
    for o in some:
        assert (o.low <= o.high).all()
        assert o.truth.shape == (len(calibrate.FIGURES),)
        # The share of trips that meet two sites is no larger than of those that meet one.
        assert o.truth[2] <= o.truth[1] <= 1


def test_what_is_held_and_missed(some):
    one = some[0]
    n = len(calibrate.FIGURES)
    inside = replace(one, truth=(one.low + one.high) / 2)
    below = replace(one, low=one.truth + 1.0, high=one.truth + 2.0)
    above = replace(one, low=one.truth - 2.0, high=one.truth - 1.0)
    assert calibrate.held_share([inside, below, above]) == pytest.approx(np.full(n, 1 / 3))
    assert "| all | 3 |" + " 33 (33/33) |" * n in calibrate.document([inside, below, above])


def test_only_networks_of_known_density_are_checked(tmp_path):
    found = calibrate.known_sources({"osm": tmp_path, "graphml": tmp_path, "neatnet": tmp_path}, [])
    assert {source.id for source, _ in found} == calibrate.known_densities()
    assert [s.id for s, _ in calibrate.known_sources({"neatnet": tmp_path}, ["wuhan"])] == ["wuhan"]
