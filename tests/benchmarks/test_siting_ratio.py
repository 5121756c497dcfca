"""Street within reach of known and of placed sites, where the ratio can be computed."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from benchmarks import siting_ratio
from toolkit.base.draws import Design
from toolkit.siting.surroundings import StreetLayers
from toolkit.siting.validation import simulate
from toolkit.siting.validation.known_city import make_pair
from toolkit.siting.weights import WeightDraws

LENGTH_M = 60_000.0
N_SITES = 60
AT_THE_LINE = np.zeros((1, 10))


def measured(camera_xy_m):
    """Return the parts for cameras beside one long, straight street."""
    street = shapely.LineString([(0.0, 0.0), (LENGTH_M, 0.0)])
    layers = StreetLayers(np.array([street], dtype=object), ["residential"])
    pair = make_pair(layers, camera_xy_m)
    points = pair.points
    n = len(points.xy_m)
    ground = simulate.Ground(
        points.xy_m, points.heading_rad, points.length_m, np.zeros(n, np.int64),
        np.zeros(n, np.int64),
    )  # fmt: skip
    drawn = WeightDraws(np.ones((30, 1)), np.zeros(30), np.full(30, 1e6))
    return siting_ratio.measure(pair, ground, drawn, AT_THE_LINE, Design(30, 0))


@pytest.fixture(scope="module")
def places():
    """Return the middles of pieces of street, 1 km apart."""
    return np.column_stack([np.arange(N_SITES) * 1000.0 + 505.0, np.zeros(N_SITES)])


@pytest.mark.parametrize("back_m", [0.0, 15.0, 20.0])
def test_a_site_that_stands_back_loses_the_ends_of_its_chord(places, back_m):
    found = measured(places + np.array([0.0, back_m]))
    for radius_m in siting_ratio.RADII_M:
        row = found[f"{radius_m:g}"]
        # Pieces of 10 m, whose middles count.
        pieces = [2 * np.floor(np.sqrt(radius_m**2 - b**2) / 10) + 1 for b in (back_m, 0.0)]
        assert row["set-back"] == pytest.approx(np.log(pieces[0] / pieces[1]), abs=0.02)
        assert row["kind of street"] == pytest.approx(0.0, abs=0.02)
        assert row["within a kind"] == pytest.approx(0.0, abs=0.02)
        assert row["several cameras"] == 0.0


def test_sites_in_pairs_overlap(places):
    near = np.repeat(places[::2], 2, axis=0)
    near[1::2, 0] += 30.0
    row = measured(near)["50"]
    # 11 pieces each, 14 together; placed ones overlap by chance.
    by_chance = N_SITES * 110.0 / LENGTH_M
    placed = -np.expm1(-by_chance) / by_chance
    assert row["overlap"] == pytest.approx(np.log(14 / 22) - np.log(placed), abs=0.03)
    assert row["log ratio"] == pytest.approx(row["overlap"], abs=0.05)


def test_several_cameras_of_a_site_reach_farther_than_its_middle(places):
    both = np.repeat(places, 2, axis=0)
    both[1::2, 0] += 10.0
    row = measured(both)["25"]
    # Of 10 m apart, 6 pieces together; the middle between has 4 or 5.
    assert np.log(6 / 5) - 0.01 < row["several cameras"] < np.log(6 / 4) + 0.01


def test_the_prediction_of_one_more_list_is_that_of_students_t():
    value, model = np.array([0.1, -0.3, 0.0, -0.2]), 0.05
    rows = {
        str(i): {"25": {"log ratio": v, "model sd": model}} for i, v in enumerate(value.tolist())
    }
    found = siting_ratio.between(rows)["25"]
    spread = np.sqrt(value.var(ddof=1) - model**2)
    assert found["mean"] == pytest.approx(-0.1)
    assert found["spread"] == pytest.approx(spread)
    assert found["high"] - found["mean"] == pytest.approx(2.3534 * spread * np.sqrt(1.25), rel=1e-3)
    assert found["low"] + found["high"] == pytest.approx(2 * found["mean"])
