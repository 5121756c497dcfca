"""Parts of a map: what is put in stays data, whatever it says."""

from __future__ import annotations

import json
import re

import folium
import pytest
from invented import HOSTILE

from toolkit.base import escape
from toolkit.output import leaflet


@pytest.fixture
def script():
    """Return a function that gives the script of a map with one part."""

    def render(part):
        drawn = folium.Map(location=[0, 0], tiles=None)
        part.add_to(drawn)
        drawn.get_root().render()
        return drawn.get_root().script.render(), drawn.get_name()

    return render


def test_many_polygons_are_one_shape_of_the_map(script):
    rings = [[[[16.0, 96.0], [16.0, 96.1], [16.1, 96.1]]], [[[17.0, 96.0], [17.0, 97.0]]]]
    text, name = script(leaflet.Polygons(rings, {"color": "#123456"}))
    (given,) = re.findall(r"L\.polygon\(\s*(\[.*?\]), (\{.*?\})\s*\)\.addTo\((\w+)\)", text)
    assert (json.loads(given[0]), json.loads(given[1])) == (rings, {"color": "#123456"})
    assert given[2] == name


def test_the_rectangle_of_the_view_is_the_one_given(script):
    text, _ = script(leaflet.Fit([[16.0, 96.0], [16.1, 96.2]]))
    (bounds,) = re.findall(r"map\.fitBounds\((\[.*?\]), map", text)
    assert json.loads(bounds) == [[16.0, 96.0], [16.1, 96.2]]
    assert f"x < {leaflet.NARROW_PX}" in text


def test_the_scale_has_metres_only(script):
    assert "imperial: false" in script(leaflet.Scale())[0]


def test_a_frame_says_what_it_was_given_and_cannot_end_its_script(script):
    content = f"<p>{escape.html(HOSTILE)}</p>"
    text, _ = script(leaflet.Frame("topleft", content, "my"))
    assert "</" not in text
    (shown,) = re.findall(r'box\.innerHTML = ("(?:[^"\\]|\\.)*");', text)
    assert json.loads(shown) == content
    assert 'box.lang = "my";' in text
    assert ': "topleft"' in text


def test_a_style_goes_into_the_head():
    drawn = folium.Map(location=[0, 0], tiles=None)
    leaflet.Style(".toolkit-frame{color:red}").add_to(drawn)
    drawn.get_root().render()
    assert "<style>.toolkit-frame{color:red}</style>" in drawn.get_root().header.render()
