"""Maps of printed pages."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import shapely
from invented import layers_of
from pages import elements

from toolkit.output.map_scale import STEPS, step_name
from toolkit.output.report import map_print


def boundary(west: float, south: float, east: float, north: float) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=[shapely.box(west, south, east, north)], crs=4326)


def test_the_larger_of_both_layouts_is_taken() -> None:
    layers = layers_of(12)
    tall = replace(layers, boundary=boundary(24.94, 60.16, 24.95, 60.18))
    wide = replace(layers, boundary=boundary(24.90, 60.16, 25.00, 60.18))
    assert map_print.largest(tall, "seen", "en", "t")["tall"]
    assert not map_print.largest(wide, "seen", "en", "t")["tall"]
    lower = map_print.largest(tall, "seen", "en", "t", lower=150)
    assert lower["tall"]
    assert lower["height"] <= map_print.largest(tall, "seen", "en", "t")["height"] - 150


def test_a_blank_map_has_all_streets_and_says_nothing_of_them() -> None:
    layers = layers_of(12)
    drawn = elements(map_print.blank(layers, "en", "blank")["svg"])
    strokes = {one.attributes.get("stroke") for one in drawn if one.tag == "path"}
    assert not strokes & {step.color for step in STEPS if step.cls != "unknown"}
    assert not [one for one in drawn if one.tag == "circle"], "no camera is shown"
    shown = elements(map_print.largest(layers, "seen", "en", "t")["svg"])
    assert {step.color for step in STEPS} & {one.attributes.get("stroke") for one in shown}
    assert [one for one in shown if one.tag == "circle"]


def test_the_legend_has_each_step_camera_and_boundary() -> None:
    rows = map_print.legend(layers_of(12), "en")
    texts = [row["text"] for row in rows]
    assert texts[: len(STEPS)] == [step_name(step, "en") for step in STEPS]
    assert texts[-2:] == ["Mapped camera", "Boundary of the city in this estimate"]
