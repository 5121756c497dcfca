from __future__ import annotations

import math
import re

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from invented import SOUTH, STEP_DEG, WEST, layers_of

from toolkit.assessment.layers import Layers
from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS
from toolkit.output import map_scale
from toolkit.output.report import map_frame, map_svg

GEOD = pyproj.Geod(ellps="WGS84")


def points(path: str) -> list[np.ndarray]:
    """Return the corners of each line of some path data."""
    found = []
    for start, rest in re.findall(r"M(-?\d+ -?\d+)((?:l[-\d ]+|h0|z)*)", path):
        x, y = (int(v) for v in start.split())
        steps = [int(v) for v in re.findall(r"-?\d+", rest.replace("h0", ""))]
        moves = np.array(steps, dtype=int).reshape(-1, 2)
        found.append(np.vstack([[x, y], np.array([x, y]) + np.cumsum(moves, axis=0)]))
    return found


def with_streets(streets: gpd.GeoDataFrame) -> Layers:
    return Layers(**{**vars(layers_of()), "streets": streets})


def test_a_path_is_whole_units_relative_to_the_last_point() -> None:
    path = map_frame._path(np.array([[1.4, 2.0], [1.2, 2.2], [4.0, -3.0], [4.0, 9.0]]))
    assert path == "M1 2l3-5 0 12"
    assert map_frame._path(np.array([[1.0, 1.0], [1.2, 1.1]])) == "M1 1h0"


@pytest.mark.parametrize(
    ("most", "length"), [(999.0, 500.0), (1000.0, 1000.0), (230.0, 200.0), (7.0, 5.0), (1.9, 1.0)]
)
def test_the_scale_bar_has_a_round_length(most: float, length: float) -> None:
    assert map_frame._round_length(most) == length


def test_distances_on_the_map_are_those_on_the_ground() -> None:
    drawing = map_svg.draw(layers_of())
    (ring,) = points(drawing.boundary)
    west, south, east, north = layers_of().boundary.total_bounds
    width_m = GEOD.line_length([west, east], [(south + north) / 2] * 2)
    height_m = GEOD.line_length([west] * 2, [south, north])
    unit_m = drawing.bar_m / drawing.bar
    assert np.ptp(ring[:, 0]) * unit_m == pytest.approx(width_m, rel=0.01)
    assert np.ptp(ring[:, 1]) * unit_m == pytest.approx(height_m, rel=0.01)


def test_north_is_up_and_all_lies_inside() -> None:
    drawing = map_svg.draw(layers_of())
    lines = [line for group in drawing.groups for line in points(group)]
    assert len(lines) == 12
    west_ends = sorted((line[np.argmin(line[:, 0])].tolist() for line in lines), key=lambda p: p[1])
    ys = [y for _, y in west_ends]
    assert np.allclose(np.diff(ys), np.mean(np.diff(ys)), atol=2)
    for line in lines:
        assert (line >= 0).all()
        assert (line <= [drawing.width, drawing.height]).all()
        first, last = line[np.argmin(line[:, 0])], line[np.argmax(line[:, 0])]
        assert last[1] < first[1], "the streets rise to the north-east"


def test_each_street_is_drawn_once_and_has_one_look_in_each_tier() -> None:
    layers = layers_of(40)
    layers.streets["face_class"] = "not_excluded"
    layers.streets["face_high"] = 0.05
    drawing = map_svg.draw(layers)
    assert sum(len(points(group)) for group in drawing.groups) == 40
    for tier in TIERS:
        members = [g for step in drawing.looks[tier] for g in step]
        assert sorted(members) == list(range(len(drawing.groups)))
        for step, groups in zip(map_scale.STEPS, drawing.looks[tier], strict=True):
            drawn = sum(len(points(drawing.groups[g])) for g in groups)
            assert drawn == len(map_scale.streets_of(step, layers.streets, tier))


def test_lengths_by_class_add_up() -> None:
    streets = layers_of(21).streets
    found = dict.fromkeys((step.cls for step in map_scale.STEPS), 0.0)
    for step, length_m in map_scale.lengths_m(streets, "seen").items():
        found[step.cls] += length_m / 1000.0
    by_class = streets.groupby("seen_class")["length_m"].sum() / 1000.0
    assert found == pytest.approx({cls: float(by_class.get(cls, 0.0)) for cls in found})
    assert sum(found.values()) == pytest.approx(21 * 0.55)


def test_lines_that_meet_end_to_end_are_joined() -> None:
    frame = layers_of(2).streets
    at = SOUTH + STEP_DEG
    frame = frame.iloc[[0, 0]].reset_index(drop=True)
    frame["geometry"] = [
        shapely.LineString([(WEST, at), (WEST + 0.004, at)]),
        shapely.LineString([(WEST + 0.004, at), (WEST + 0.008, at)]),
    ]
    drawing = map_svg.draw(with_streets(frame.set_crs(4326)))
    assert [len(points(group)) for group in drawing.groups] == [1]


def test_lines_get_thinner_in_a_large_city_but_keep_their_order() -> None:
    small = map_svg.draw(layers_of())
    layers = layers_of()
    wide = gpd.GeoDataFrame(geometry=[shapely.box(96.0, 16.6, 96.5, 17.0)], crs=4326)
    large = map_svg.draw(Layers(**{**vars(layers), "boundary": wide}))
    for drawing in (small, large):
        widths = [drawing.line_width(step) for step in map_scale.STEPS[:-1]]
        assert all(math.isfinite(width) and width > 0.5 for width in widths)
        assert sorted(set(widths), reverse=True) == widths
        dashes = [drawing.dashes(step) for step in map_scale.STEPS]
        assert [bool(d) for d in dashes] == [step.cls == "unknown" for step in map_scale.STEPS]
    assert large.line_width(map_scale.STEPS[0]) < small.line_width(map_scale.STEPS[0])
    assert large.thinning == map_frame._THINNEST


def test_no_camera_no_building_no_boundary() -> None:
    layers = layers_of()
    drawing = map_svg.draw(
        Layers(
            **{
                **vars(layers),
                "cameras": layers.cameras.iloc[:0],
                "buildings": layers.buildings.iloc[:0],
                "boundary": layers.boundary.iloc[:0],
            }
        )
    )
    assert (drawing.cameras, drawing.buildings, drawing.boundary) == ((), "", "")
    assert drawing.groups


def test_layers_without_extent_are_refused() -> None:
    layers = layers_of()
    empty = {"boundary": layers.boundary.iloc[:0], "streets": layers.streets.iloc[:0]}
    with pytest.raises(InputDataError, match="extent"):
        map_svg.draw(Layers(**{**vars(layers), **empty}))
