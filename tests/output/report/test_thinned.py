"""Maps inside a page stay small, and keep the streets that people look for."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from invented import layers_of

from toolkit.assessment.layers import Layers
from toolkit.output.report.live_map import REPORT_BYTES, SHEET_BYTES, live_map
from toolkit.output.report.thinned import thinned

MANY = 12_000


def many_layers(n: int) -> Layers:
    """Return some streets over and over, of all kinds, two thirds with a name."""
    layers = layers_of(60)
    streets = gpd.GeoDataFrame(
        pd.concat([layers.streets] * -(-n // 60), ignore_index=True).iloc[:n], crs=4326
    )
    kinds = np.array(["primary", "residential", "footway", "service"])[np.arange(n) % 4]
    names = [None if k % 3 == 0 else f"Street {k}" for k in range(n)]
    return replace(layers, streets=streets.assign(highway=kinds, name=names))


def test_a_small_city_keeps_all_its_streets() -> None:
    layers = layers_of(60)
    found = thinned(layers, SHEET_BYTES)
    assert found.left_out == 0.0
    assert found.layers is layers


@pytest.mark.parametrize("most", [100_000, 300_000])
def test_a_large_city_fits_into_the_bytes_and_says_what_it_lacks(most: int) -> None:
    layers = many_layers(MANY)
    found = thinned(layers, most)
    kept = found.layers.streets
    assert 0 < len(kept) < MANY
    assert kept.index.is_monotonic_increasing
    length_m = layers.streets["length_m"].sum()
    assert found.left_out == pytest.approx(1 - kept["length_m"].sum() / length_m)
    empty = replace(layers, streets=layers.streets.iloc[:0])
    around = len(live_map(replace(found, layers=empty), "seen", "en").data.encode())
    size = len(live_map(found, "seen", "en").data.encode()) - around
    assert 0.5 * most < size <= most


def test_main_streets_stay_first_then_those_with_a_name() -> None:
    kept = thinned(many_layers(MANY), 200_000).layers.streets
    kinds = kept["highway"].value_counts()
    assert kinds["primary"] == MANY // 4
    assert "footway" not in kinds
    side = kept[kept["highway"] == "residential"]
    assert 0 < len(side) < MANY // 4
    assert side["name"].notna().all()


def test_what_the_model_says_makes_no_difference() -> None:
    layers = many_layers(MANY)
    changed = layers.streets.assign(seen_high=layers.streets["seen_high"].to_numpy()[::-1])
    one, other = (
        thinned(of, 200_000).layers.streets["street_id"].index
        for of in (layers, replace(layers, streets=changed))
    )
    assert one.equals(other)


def test_a_full_report_holds_more_than_a_sheet() -> None:
    layers = many_layers(MANY)
    assert thinned(layers, REPORT_BYTES).left_out == 0.0
    assert REPORT_BYTES > SHEET_BYTES
