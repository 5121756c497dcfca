"""Cells: the length mean of their points in each draw, and the interval over the draws."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from toolkit.assessment.assess import assess
from toolkit.base.terms import EXPOSURE_CLASSES, TIERS
from toolkit.engine import cells, pairs_by_point, site_chance
from toolkit.streets import street_points

AS_OF = dt.date(2026, 11, 23)
CRS = "EPSG:32635"


@pytest.fixture(scope="module")
def helsinki():
    return assess("helsinki-centre", as_of=AS_OF, n_draws=40)


def test_a_grid_starts_at_the_origin():
    found = cells.grid(np.array([[149.0, 20.0], [151.0, 20.0], [149.0, -1.0], [100.0, 99.9]]), 50.0)
    assert found.corner_m.tolist() == [[100, -50], [100, 0], [150, 0], [100, 50]]
    assert found.cell.tolist() == [1, 2, 0, 3]


def test_one_cell_of_everything_is_the_share_of_the_city(helsinki):
    frame = helsinki.layers.detail.cells(10_000_000.0)
    assert len(frame) == 1
    row = frame.iloc[0]
    assert row["street_m"] == pytest.approx(helsinki.city.boundary.length_km * 1000, rel=1e-3)
    assert row["unknown_share"] == pytest.approx(helsinki.tiers["seen"].unknown_share, abs=1e-5)
    for tier in TIERS:
        share = np.array(helsinki.draws.length_km[tier].expected) / helsinki.draws.counted_km
        low, high = np.quantile(share, (0.05, 0.95))
        assert row[f"{tier}_low"] == pytest.approx(low, rel=1e-3)
        assert row[f"{tier}_mid"] == pytest.approx(share.mean(), rel=1e-3)
        assert row[f"{tier}_high"] == pytest.approx(high, rel=1e-3)


@pytest.mark.parametrize("block", [1, 700])
def test_blocks_change_nothing(helsinki, monkeypatch, block):
    whole = helsinki.layers.detail.cells(200.0)
    monkeypatch.setattr(cells, "_BLOCK_POINTS", block)
    assert_geodataframe_equal(helsinki.layers.detail.cells(200.0), whole)


def test_cells_are_squares_that_do_not_overlap(helsinki):
    frame = helsinki.layers.detail.cells(100.0)
    assert frame.crs == "EPSG:4326"
    assert frame.is_valid.all()
    assert frame["cell_id"].is_unique
    assert (frame["cell_m"] == 100.0).all()
    metric = frame.to_crs(CRS)
    assert metric.area.to_numpy() == pytest.approx(10_000.0, rel=1e-4)
    assert shapely.area(shapely.union_all(metric.geometry.array)) == pytest.approx(
        metric.area.sum(), rel=1e-5
    )
    east = metric.geometry.bounds["minx"].round().astype(int).astype(str)
    assert (frame["cell_id"].str.split("E").str[-1] == east).all()
    assert frame["cell_id"].str.startswith("CRS32635RES100mN").all()


def scene(known, chances=((0.1, 0.3), (0.2, 0.5), (0.4, 0.4), (0.8, 0.8))):
    """Return four points in two cells of 100 m, each with one site of certain sight."""
    lines = np.array([shapely.LineString([(0, 10), (200, 10)])], dtype=object)
    points = street_points.cut(lines, 50.0)
    rows = pairs_by_point.PointRows(
        start=np.arange(5),
        site=np.arange(4, dtype=np.int32),
        bin=np.zeros(4, dtype=np.int16),
        view=np.zeros(4, dtype=np.int16),
        codes=np.array([0]),
    )
    chance = site_chance.SiteChance.of_table(np.array(chances, dtype=np.float32))
    views = np.ones((1, 3, len(TIERS), 2), dtype=np.float32)
    return cells.cell_frame(
        points, np.array(known), rows, chance, views, crs=CRS, size_m=100.0
    )  # fmt: skip


def test_a_cell_is_the_mean_of_its_points():
    frame = scene([True, True, True, True])
    assert frame["street_m"].tolist() == [100, 100]
    assert frame["unknown_share"].tolist() == [0, 0]
    for tier in TIERS:
        assert frame[f"{tier}_mid"].to_numpy() == pytest.approx([0.275, 0.6], abs=1e-4)
        low, high = np.quantile([0.15, 0.4], (0.05, 0.95))
        assert frame[f"{tier}_low"].to_numpy() == pytest.approx([low, 0.6], abs=1e-4)
        assert frame[f"{tier}_high"].to_numpy() == pytest.approx([high, 0.6], abs=1e-4)
        assert frame[f"{tier}_class"].tolist() == ["possible", "likely"]


def test_the_interval_is_that_of_the_mean_and_not_the_mean_of_intervals():
    # Where one point gains the other loses: each is uncertain, their mean is not.
    row = scene([True] * 4, ((0.1, 0.9), (0.9, 0.1), (0.5, 0.5), (0.5, 0.5))).iloc[0]
    assert [row["seen_low"], row["seen_mid"], row["seen_high"]] == pytest.approx([0.5] * 3)


def test_what_is_not_known_is_left_out_and_said():
    frame = scene([True, False, False, False])
    assert frame["unknown_share"].tolist() == [0.5, 1.0]
    assert frame["seen_mid"].iloc[0] == pytest.approx(0.2, abs=1e-4)
    assert np.isnan(frame["seen_mid"].iloc[1])
    assert frame["seen_class"].tolist() == ["possible", "unknown"]
    assert set(frame["seen_class"]) <= set(EXPOSURE_CLASSES)
