"""Names and shapes of the background of the map."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from invented import HOSTILE

from toolkit.output import map_background as background


def layer(*rows: dict[str, Any]) -> gpd.GeoDataFrame:
    given = [
        {"osm_id": f"way/{k}", "rank": 0, "name": None, "name_en": None, "name_my": None, **row}
        for k, row in enumerate(rows)
    ]
    return gpd.GeoDataFrame(pd.DataFrame(given), geometry="geometry", crs=4326)


POINT = shapely.Point(96, 16)


def test_quarters_come_first_and_then_by_rank_and_size() -> None:
    small, large = shapely.box(96, 16, 96.001, 16.001), shapely.box(96, 16, 96.01, 16.01)
    rows, points = background.labels(
        layer(
            {"kind": "park", "name": "Small", "geometry": small},
            {"kind": "landmark", "rank": 1, "name": "Pagoda", "geometry": POINT},
            {"kind": "park", "name": "Large", "geometry": large},
            {"kind": "landmark", "name": "Station", "geometry": POINT},
            {"kind": "quarter", "rank": 2, "name_my": "အလုံ", "geometry": POINT},
            {"kind": "water", "geometry": large},
            {"kind": "railway", "name": "Circle line", "geometry": small.exterior},
        )
    )
    assert [row["names"] for row in rows] == [
        ["", "", "အလုံ"], ["Station", "", ""], ["Pagoda", "", ""], ["Large", "", ""],
        ["Small", "", ""],
    ]  # fmt: skip
    assert [row["m"] for row in rows[:3]] == [0, 0, 0]
    assert rows[3]["m"] == pytest.approx(1091, abs=3)  # the side of a square as large
    assert large.contains(points[3])


def test_a_river_in_pieces_has_one_name_on_its_longest() -> None:
    pieces = [shapely.LineString([(96, 16), (96, y)]) for y in (16.01, 16.05, 16.02)]
    river = [{"kind": "waterway", "name": "Hlaing", "geometry": piece} for piece in pieces]
    several = shapely.MultiLineString([[(97, 16), (97, 16.001)], [(97.5, 16), (97.5, 16.1)]])
    rows, points = background.labels(
        layer(*river, {"kind": "waterway", "name": "Bago", "geometry": several})
    )
    assert [row["names"][0] for row in rows] == ["Bago", "Hlaing"]
    assert shapely.get_coordinates(points).tolist() == [[97.5, 16.05], [96.0, 16.025]]


def test_names_are_plain_text() -> None:
    rows, _ = background.labels(layer({"kind": "quarter", "name": HOSTILE, "geometry": POINT}))
    assert "\u202e" not in rows[0]["names"][0]


def test_nothing_named_is_nothing() -> None:
    rows, points = background.labels(layer({"kind": "water", "geometry": POINT.buffer(0.01)}))
    assert (rows, len(points)) == ([], 0)


def test_a_place_that_is_a_landmark_too_is_named_once() -> None:
    places = gpd.GeoDataFrame(
        {"kind": ["market", "market", "bank"], "name": ["Bogyoke", "Bogyoke", None]},
        geometry=[POINT, shapely.Point(96.1, 16), POINT],
        crs=4326,
    )
    ground = layer(
        {"kind": "landmark", "name": "Bogyoke", "geometry": shapely.Point(96.001, 16)},
        {"kind": "landmark", "name_en": "Bank", "geometry": POINT},
    )
    found = background.without_repeated_names(places, ground)
    assert found["name"].isna().tolist() == [True, False, True]
    assert found["kind"].tolist() == places["kind"].tolist()
    assert places["name"].tolist()[0] == "Bogyoke"
    assert background.without_repeated_names(places, ground.iloc[:0]) is places
