"""From lines with values to the layers of a pack."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from drawn_tables import CROSS, LAT, LON, STEP, frame, line

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.extract import Extract


def test_bridges_tunnels_and_layers_stay_apart(read: Callable[..., Extract]) -> None:
    for values in ({"bridge": [True, False]}, {"tunnel": ["no", "yes"]}, {"layer": [0, 1]}):
        e = read(frame(CROSS, highway=["primary"] * 2, **values))
        assert e.counts["junctions"] == 0
        assert "missing_bridges" not in e.counts
    assert read(frame(CROSS, bridge=[True, True])).counts["junctions"] == 1


def test_a_street_drawn_in_both_directions_is_one(read: Callable[..., Extract]) -> None:
    there = line((0, 0), (1, 0))
    e = read(frame([there, there.reverse()], oneway=[True, True]))
    assert e.layers.streets["oneway"].tolist() == [False]
    assert e.layers.streets["oneway_motorcycle"].tolist() == [False]
    assert e.counts["double_lines"] == 1
    e = read(frame([there, there], oneway=[True, True]))
    assert e.layers.streets["oneway"].tolist() == [True]
    assert e.layers.streets["oneway_motorcycle"].tolist() == [True]


def test_without_a_column_motorcycles_go_as_cars_and_people_as_they_like(
    read: Callable[..., Extract],
) -> None:
    lines = [line((0, k), (1, k)) for k in range(3)]
    s = read(frame(lines, osm_id=[1, 2, 3], oneway=["yes", "-1", "no"])).layers.streets
    assert s["oneway_motorcycle"].tolist() == s["oneway"].tolist() == [True, True, False]
    assert not s["oneway_foot"].any()
    columns = {"oneway:motorcycle": ["no", "yes", None], "oneway_foot": [True, False, None]}
    e = read(frame(lines, osm_id=[1, 2, 3], oneway=["yes", "-1", "no"], **columns))
    s = e.layers.streets
    assert s["oneway_motorcycle"].tolist() == [False, False, False]
    assert s["oneway_foot"].tolist() == [True, False, False]
    assert e.counts["oneway_other_way"] == 1


def test_rivers_and_platforms_are_no_streets(read: Callable[..., Extract]) -> None:
    lines = [line((0, k), (1, k)) for k in range(4)]
    e = read(
        frame(
            lines, highway=["primary", None, "platform", None],
            waterway=[None, "river", None, None],
        )
    )  # fmt: skip
    assert sorted(e.layers.streets["highway"]) == ["primary", "road"]
    assert e.counts["lines_of_other_things"] == 1
    assert e.counts["ways_left_out_platform"] == 1
    assert e.counts["classes_missing"] == 1
    assert "missing_classes" not in e.counts


def test_parallel_traces_are_measured_where_there_are_no_classes(
    read: Callable[..., Extract],
) -> None:
    lines = [line((0, 0), (5, 0)), line((0, 0.03), (5, 0.03)), line((0, 3), (5, 3))]
    e = read(frame(lines))
    assert e.counts["parallel_km"] == pytest.approx(e.counts["street_km"] * 2 / 3, abs=0.002)
    assert "parallel_km" not in read(frame(lines, highway=["primary"] * 3)).counts


def test_a_boundary_cuts_and_is_named(read: Callable[..., Extract]) -> None:
    table = frame([line((-3, 0), (3, 0)), line((50, 50), (51, 50))], highway=["primary"] * 2)
    e = read(table, boundary=shapely.box(LON, LAT - STEP, LON + STEP, LAT + STEP))
    assert e.layers.boundary["kind"].tolist() == ["given"]
    assert len(e.layers.streets) == 1
    assert e.layers.streets.total_bounds[[0, 2]] == pytest.approx([LON, LON + STEP])
    assert e.layers.streets[["u", "v"]].max().max() < 0
    with pytest.raises(InputDataError, match="no streets inside the boundary"):
        read(table, boundary=shapely.box(0, 0, 1, 1))
