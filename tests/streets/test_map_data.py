"""How completely a pack is mapped: against counting by hand, and the reference areas."""

from __future__ import annotations

from dataclasses import replace

import pytest

from toolkit.streets import map_data as module
from toolkit.streets.map_data import load_reference, main_road_share, map_data, reference_range
from toolkit.streets.pack import open_pack


@pytest.fixture(scope="module")
def helsinki():
    return open_pack("helsinki-centre")


def test_the_built_in_pack_is_one_of_the_reference_areas(helsinki):
    area = next(a for a in load_reference() if a.name.startswith("Helsinki"))
    found = map_data(helsinki)
    assert found.buildings_near == pytest.approx(area.buildings_near, abs=5e-4)
    assert found.classes_known == area.classes_known
    assert found.lights_per_100_junctions == pytest.approx(area.lights_per_100_junctions, rel=5e-3)


def test_near_is_within_thirty_metres_of_the_middle_of_a_street(helsinki):
    crs = helsinki.manifest.crs
    streets = helsinki.streets.iloc[:40]
    walls = helsinki.buildings.to_crs(crs).geometry
    expected = [
        walls.distance(line.interpolate(0.5, normalized=True)).min() <= module.NEAR_M
        for line in streets.to_crs(crs).geometry
    ]
    part = replace(helsinki, streets=streets)
    length = streets["length_m"].to_numpy()
    share = length[expected].sum() / length.sum()
    assert 0 < share < 1
    assert map_data(part).buildings_near == pytest.approx(share)


def test_one_building_in_a_city_counts_for_its_own_streets_only(helsinki):
    alone = replace(helsinki, buildings=helsinki.buildings.iloc[:1])
    assert 0 < map_data(alone).buildings_near < 0.05
    assert map_data(replace(helsinki, buildings=helsinki.buildings.iloc[:0])).buildings_near == 0.0


def test_streets_without_a_class_and_a_city_without_junctions(helsinki):
    streets = helsinki.streets.copy()
    streets.loc[streets.index[: len(streets) // 2], "highway"] = "road"
    junctions = helsinki.junctions.assign(drive_degree=2)
    found = map_data(replace(helsinki, streets=streets, junctions=junctions))
    assert 0.1 < found.classes_known < 0.9
    assert found.lights_per_100_junctions is None


def test_reference_values_are_shares_of_what_is_mapped():
    for field, most in (("buildings_near", 1), ("classes_known", 1),
                        ("lights_per_100_junctions", 100)):  # fmt: skip
        low, high = reference_range(load_reference(), field)
        assert 0 < low <= high <= most


def test_main_roads_are_those_above_side_streets(helsinki):
    streets = helsinki.streets.iloc[:4].assign(
        highway=["tertiary_link", "unclassified", "residential", "trunk"],
        length_m=[1.0, 2.0, 4.0, 8.0],
    )
    share = main_road_share(streets)
    assert share == pytest.approx(9 / 15)
