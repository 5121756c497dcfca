"""Trips measured on a drawn grid, and what the loop says of single points."""

from __future__ import annotations

import json
from pathlib import Path

import fabric_networks
import measure_trips
import numpy as np
import pytest
import trip_kernel
import trip_networks
from drawn_streets import grid

from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.draws import Design
from toolkit.base.terms import TIERS
from toolkit.optics.camera_draws import CameraDraws
from toolkit.optics.facing import turn_prob
from toolkit.routes.meetings import Facing
from toolkit.siting import candidates
from toolkit.streets import reference_trips

ROOT = Path(__file__).resolve().parents[2]
VALUES = load_assumptions()
EVEN = np.full((1, trip_kernel.STEPS), 1.0 / trip_kernel.STEPS)


def chance(bearing, *, distance_m=10.0, ahead=0, width_deg=(64 * 360 / 256,), axis=EVEN, trip=None):
    """Return the chance by side and width that a camera has points of one trip in view."""
    n = len(bearing)
    found = np.zeros((len(axis), 3, 1, 1, len(width_deg)))
    trip_kernel.add_chances(
        np.zeros(n, np.int64) if trip is None else np.array(trip),
        np.full(n, distance_m), np.array(bearing), np.full(n, ahead), axis,
        np.array(width_deg) / 360 * trip_kernel.STEPS / 2, np.array([20.0]), np.array([0.25]),
        60 / 360 * trip_kernel.STEPS, 100.0, 1.0, found,
    )  # fmt: skip
    return found[:, :, 0, 0]


def test_fields_that_overlap_count_once():
    quarter = 0.25
    assert chance([7])[0, 0, 0] == pytest.approx(quarter)
    assert chance([7, 7])[0, 0, 0] == pytest.approx(quarter)
    assert chance([0, 128])[0, 0, 0] == pytest.approx(2 * quarter)
    assert chance([250, 26])[0, 0, 0] == pytest.approx(quarter + 32 / 256)
    assert chance([0, 128], trip=[3, 4])[0, 0, 0] == pytest.approx(2 * quarter)
    assert chance(range(0, 256, 32))[0, 0, 0] == pytest.approx(1.0)
    assert chance([9], width_deg=(360.0,))[0, 0, 0] == pytest.approx(1.0, abs=1 / 256)


def test_points_outside_the_ring_are_not_in_view():
    assert not chance([7], distance_m=4.9).any()
    assert not chance([7], distance_m=20.0).any()


@pytest.mark.parametrize(("ahead", "sides"), [(0, (1, 1, 1)), (64, (1, 0, 0)), (128, (1, 0, 1))])
def test_the_side_in_view(ahead, sides):
    assert (chance([7], ahead=ahead)[0, :, 0] > 0).tolist() == [bool(s) for s in sides]


def test_a_camera_that_looks_elsewhere_sees_nothing():
    axis = np.zeros((2, 256))
    axis[0, 0] = axis[1, 100] = 1.0
    assert chance([10], axis=axis)[:, 0, 0].tolist() == [1.0, 0.0]


def test_directions_of_cameras_are_those_of_the_model():
    weight = measure_trips.axis_weights(VALUES)
    assert weight.sum(axis=1) == pytest.approx([1.0, 1.0])
    # Along the street, either way; otherwise across it more often than not.
    assert weight[0, [0, 128]] == pytest.approx(weight[0].max())
    assert weight[0, [64, 192]].max() < 1e-6
    assert weight[1, 64] > 3 * weight[1, 32]


@pytest.fixture(scope="module")
def region():
    network = fabric_networks.make_network(grid(2000, 100))
    return trip_networks.make_region(network, VALUES, candidates.load_siting(), n_homes=100)


def test_the_densest_part_of_a_network_is_taken():
    lines = fabric_networks.make_network(grid(2000, 100)).lines
    near = trip_networks.densest_disc(lines, 600.0)
    assert 0.1 < near.mean() < 0.5
    assert trip_networks.densest_disc(lines).all()


def test_sites_at_junctions_are_as_many_as_asked(region):
    groups = region.groups
    size = trip_networks.mixed_size(groups, 0.4)
    assert size.sum() == pytest.approx(groups.size_m.sum())
    assert size[groups.at_junction].sum() == pytest.approx(0.4 * size.sum())


def alike(n_draws, outer_m, width_deg):
    """Cameras of one type whose rings are measured ones, all of which work."""
    ends = np.full((n_draws, len(TIERS), 1), outer_m)
    along = np.full(n_draws, VALUES.value("sites.bearing_along"))
    across = (1 - along) * VALUES.value("sites.bearing_across")
    return CameraDraws(
        share=np.ones((n_draws, 1)), hfov_deg=np.full((n_draws, 1), width_deg),
        height_m=np.full((n_draws, 1), 5.0), inner_m=0.5 * ends, outer_m=ends,
        availability=np.ones(n_draws), type_ids=("one",),
        turns=turn_prob(along, across, np.full(n_draws, VALUES.value("sites.bearing_spread_deg"))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("outer_m", "width_deg"),
    [(38.0, 50.0), pytest.param(18.0, 100.0, marks=pytest.mark.slow)],
)
def test_rates_against_cameras_placed_at_random(region, outer_m, width_deg):
    mode, n_draws = "foot", 300
    rate = measure_trips.rates(region, mode, VALUES, "grid", most=4000).reshape(
        len(reference_trips.SIDES), len(reference_trips.AXES), -1,
        len(reference_trips.INNER_SHARE), len(reference_trips.WIDTH_DEG),
    )  # fmt: skip
    at = (
        reference_trips.OUTER_M.index(outer_m), 2, reference_trips.WIDTH_DEG.index(width_deg),
    )  # fmt: skip
    along = VALUES.value("sites.bearing_along")
    counted = trip_networks.count_met(
        region, mode, alike(n_draws, outer_m, width_deg),
        Facing({"face": "front", "plate": "front_or_rear"}, np.full(n_draws, 60.0)),
        Design(n_draws, 3),
        trip_networks.Placing(
            sites_per_km=np.full(n_draws, 2.0), per_site=np.ones(n_draws),
            junction_share=VALUES.value("city.junction_site_share"),
            cluster_size=np.full(n_draws, np.inf),
        ),
    )  # fmt: skip
    trip_km = region.trips[mode].trips.length_m.mean() / 1000
    met = counted.cameras.mean(axis=(0, 2)) / (2.0 * trip_km)
    for side, tier in enumerate(("seen", "face", "plate")):
        looks = rate[side][(slice(None), *at)]
        expected = along * looks[0] + (1 - along) * looks[1]
        assert met[TIERS.index(tier)] == pytest.approx(expected, rel=0.06)
    assert (counted.able_sites == np.round(2.0 * region.street_km)).all()
    assert (counted.sites["week"].mean(axis=(0, 2)) > counted.sites["trip"].mean(axis=(0, 2))).all()


def test_a_spread_is_found_again():
    rng = np.random.default_rng(1)
    mean = np.repeat([0.2, 1.0, 3.0], 100)
    sites = rng.poisson(mean[:, None] * rng.gamma(2.0, 0.5, (300, 2000)))
    found = measure_trips.uneven(mean, (sites == 0).mean(axis=1))
    assert found == pytest.approx(0.5, rel=0.05)
    even = rng.poisson(mean[:, None], (300, 2000))
    assert measure_trips.uneven(mean, (even == 0).mean(axis=1)) == pytest.approx(0.0, abs=0.02)
    assert measure_trips.uneven(np.zeros(3), np.ones(3)) == 0.0


def rows() -> list:
    return json.loads((store.builtin_dir() / reference_trips.FILE).read_bytes())["networks"]


def test_the_committed_file_and_document_are_what_the_script_writes():
    text = (store.builtin_dir() / reference_trips.FILE).read_text(encoding="utf-8")
    assert measure_trips.to_json(rows()) == text
    assert measure_trips.document(rows()) == measure_trips.DOCUMENT.read_text(encoding="utf-8")


def test_the_networks_are_those_of_the_other_file():
    fabrics = json.loads((store.builtin_dir() / "fabrics.json").read_bytes())["fabrics"]
    assert {r["id"]: r["sha256"] for r in rows()} == {r["id"]: r["sha256"] for r in fabrics}


def test_networks_whose_file_is_not_given_are_kept(monkeypatch, tmp_path):
    source = fabric_networks.Source("grid", "Grid", "Nowhere", "osm", "grid.osm")
    other = fabric_networks.Source("other", "Other", "Nowhere", "osm", "other.osm")
    monkeypatch.setattr(measure_trips, "SOURCES", (source, other))
    kept = [{"id": "grid", "street_km": 1.0}, {"id": "gone", "street_km": 2.0}]
    assert measure_trips.measure_all({"neatnet": tmp_path}, kept) == kept[:1]
