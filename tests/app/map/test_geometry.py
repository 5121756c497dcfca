"""Geometry of a pack as one binary, read back here as the browser reads it."""

from __future__ import annotations

import json
import struct
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from invented import HOSTILE, layers_of

from toolkit.app.map import geometry
from toolkit.assessment.layers import Layers
from toolkit.streets.schema import ROADS


def decoded(data: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray[Any, Any]]]:
    (size,) = struct.unpack_from("<I", data)
    header = json.loads(data[4 : 4 + size])
    arrays = {}
    for name, (kind, at, n) in header["arrays"].items():
        assert (4 + size + at) % 4 == 0
        arrays[name] = np.frombuffer(data, np.dtype(kind).newbyteorder("<"), n, 4 + size + at)
    return header, arrays


@pytest.fixture
def layers() -> Layers:
    made = layers_of(5)
    streets = made.streets.assign(
        name=["Kauppatori", None, "ဗိုလ်ချုပ်လမ်း", "Kauppatori", HOSTILE],
        name_en=["Market Square", None, "Bogyoke Road", "Market Square", None],
        name_my=[None, None, "ဗိုလ်ချုပ်လမ်း", None, None],
        highway=["primary", "footway", "service", "motorway", "odd"],
    )
    hole = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    where = gpd.GeoDataFrame(
        {"kind": ["market"], "name": ["ဈေး"]}, geometry=[shapely.Point(24.95, 60.165)], crs=4326
    )
    return Layers(**{
        **vars(made), "streets": streets, "places": where,
        "buildings": gpd.GeoDataFrame(geometry=[hole, None], crs=4326),
    })  # fmt: skip


def test_streets_come_back_within_a_step(layers: Layers) -> None:
    header, arrays = decoded(geometry.encode(layers))
    xy, index = shapely.get_coordinates(layers.streets.geometry.to_numpy(), return_index=True)
    assert arrays["streets.lens"].tolist() == np.bincount(index).tolist()
    np.testing.assert_allclose(
        arrays["streets.xy"].reshape(-1, 2) * geometry.STEP_DEG, xy, atol=geometry.STEP_DEG / 2
    )
    assert arrays["streets.length"].tolist() == [5500] * 5
    assert arrays["streets.whole"].tolist() == [0, 1, 2, 3, 4]
    last = len(ROADS)
    assert arrays["streets.rank"].tolist() == [
        ROADS.index("primary"), last, ROADS.index("service"), 0, last,
    ]  # fmt: skip
    np.testing.assert_allclose(header["bounds"], layers.boundary.total_bounds, atol=1e-6)


def test_names_are_kept_once_in_all_their_languages(layers: Layers) -> None:
    header, arrays = decoded(geometry.encode(layers))
    names = [header["names"][k] for k in arrays["streets.name"]]
    assert names[0] == names[3] == ["Kauppatori", "Market Square", ""]
    assert names[1] == ["", "", ""]
    assert names[2] == ["ဗိုလ်ချုပ်လမ်း", "Bogyoke Road", "ဗိုလ်ချုပ်လမ်း"]
    assert "\u202e" not in names[4][0]
    assert len(header["names"]) == 4


def test_a_hole_runs_the_other_way_round_than_what_it_is_in(layers: Layers) -> None:
    _, arrays = decoded(geometry.encode(layers))
    ends = np.cumsum(arrays["areas.buildings.lens"])
    rings = np.split(arrays["areas.buildings.xy"].reshape(-1, 2), ends[:-1])
    outer, inner = (shapely.LinearRing(ring) for ring in rings)
    assert outer.is_ccw != inner.is_ccw


def test_points_say_what_is_known_of_them(layers: Layers) -> None:
    header, arrays = decoded(geometry.encode(layers))
    assert header["places"] == [{"kind": "market", "name": "ဈေး"}]
    assert arrays["points.places.xy"].tolist() == [24_950_000, 60_165_000]
    # One of the invented cameras has no place.
    assert [sorted(one) for one in header["cameras"]] == [["kind", "osm_id"]]
    assert len(arrays["points.cameras.lens"]) == 1


def test_the_same_layers_give_the_same_bytes_and_others_not(layers: Layers) -> None:
    once = geometry.encode(layers)
    assert geometry.encode(layers) == once
    other = layers.streets.assign(name="x")
    assert geometry.encode(Layers(**{**vars(layers), "streets": other})) != once


def test_an_area_without_boundary_or_buildings_can_be_drawn() -> None:
    empty = gpd.GeoDataFrame(geometry=[], crs=4326)
    layers = Layers(**{**vars(layers_of(3)), "boundary": empty, "buildings": empty})
    header, arrays = decoded(geometry.encode(layers))
    assert len(arrays["areas.boundary.lens"]) == 0
    np.testing.assert_allclose(header["bounds"], layers.streets.total_bounds, atol=1e-6)


def test_a_background_is_sent_by_kind_and_without_one_nothing_is(layers: Layers) -> None:
    without, arrays = decoded(geometry.encode(layers))
    assert "labels" not in without
    assert not [name for name in arrays if "water" in name or "labels" in name]
    lake = shapely.box(24.95, 60.16, 24.96, 60.17).difference(
        shapely.box(24.952, 60.162, 24.954, 60.164)
    )
    rail = shapely.LineString([(24.95, 60.16), (24.96, 60.17)])
    ground = gpd.GeoDataFrame(
        {
            "osm_id": ["way/1", "way/2", "node/1"], "kind": ["water", "railway", "quarter"],
            "rank": [0, 0, 1], "name": ["Lake", "Line", HOSTILE], "name_en": [None] * 3,
            "name_my": [None, None, "ရပ်ကွက်"],
        },
        geometry=[lake, rail, shapely.Point(24.95, 60.165)],
        crs=4326,
    )  # fmt: skip
    header, arrays = decoded(geometry.encode(Layers(**{**vars(layers), "background": ground})))
    assert [(row["kind"], row["names"][2]) for row in header["labels"]] == [
        ("quarter", "ရပ်ကွက်"), ("water", ""),
    ]  # fmt: skip
    assert "\u202e" not in header["labels"][0]["names"][0]
    assert len(arrays["points.labels.lens"]) == 2
    assert arrays["areas.water.lens"].tolist() == [5, 5]
    assert arrays["areas.parks.lens"].tolist() == []
    assert arrays["lines.railways.lens"].tolist() == [2]
    assert arrays["lines.railways.xy"].tolist() == [24_950_000, 60_160_000, 24_960_000, 60_170_000]
