"""Place of a map on a page."""

from __future__ import annotations

import shapely
from invented import layers_of

from toolkit.output.report.map_frame import MOST, Frame


def test_a_map_fills_the_room_it_has_and_no_more() -> None:
    layers = layers_of(30)
    for most in (MOST, (1855, 1500), (400, 400)):
        frame = Frame.around(layers, most)
        assert frame.width <= most[0] + 1
        assert frame.height <= most[1] + 1
        assert frame.width >= most[0] - 1 or frame.height >= most[1] - 1
        assert 0 < frame.bar < frame.width
        assert abs(frame.bar * frame.unit_m - frame.bar_m) <= frame.unit_m


def test_places_are_in_units_with_y_downwards() -> None:
    layers = layers_of(30)
    frame = Frame.around(layers)
    west, south, east, north = layers.boundary.total_bounds
    ends = frame.coordinates(shapely.points([[west, north], [east, south]])).tolist()
    assert ends[0][1] < ends[1][1]
    assert frame.holds(*ends[0])
    assert frame.holds(*ends[1])
    assert not frame.holds(-1, 0)
