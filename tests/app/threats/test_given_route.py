"""A route as it is given: drawn lines, files and names of streets."""

from __future__ import annotations

import json

import numpy as np
import pytest
from app_screens import part

from toolkit.app.threats import given_route

LINE = ((24.94, 60.17), (24.95, 60.17))
SCRIPT = """
import streamlit as st
from toolkit.app.threats import given_route
found = given_route.ask(given_route.choose_kind("en"), "en")
st.session_state["found"] = found
"""


def test_a_drawn_line_is_a_track_without_times() -> None:
    found = given_route.of_shapes((LINE,))
    assert found.whole
    assert found.track is not None
    np.testing.assert_array_equal(found.track.lines[0], LINE)
    assert np.isnan(found.track.times_s[0]).all()
    assert found.arguments()["along"] is None


@pytest.mark.parametrize("shapes", [(), (LINE[:1],), ((LINE[0], LINE[0]),)])
def test_what_has_no_length_is_no_route(shapes) -> None:
    assert not given_route.of_shapes(shapes).whole


def test_a_file_is_read_once_and_can_be_removed() -> None:
    page = part(SCRIPT, route_kind="file")
    text = json.dumps({"type": "LineString", "coordinates": LINE}).encode()
    page.file_uploader[0].upload("a.geojson", text, "application/json").run()
    assert page.session_state["found"].track.n_points == 2
    assert "2 points" in page.caption[0].value
    page.button(key="route_forget").click().run()
    assert not page.session_state["found"].whole


ENDS = """
import streamlit as st
from toolkit.app.threats import given_route
marks = st.session_state["marks"]
st.session_state["found"] = given_route.ask_ends(marks, "en")
"""


def test_ends_are_typed_or_taken_from_the_map_in_their_order() -> None:
    page = part(ENDS, marks=())
    assert not page.session_state["found"].whole
    page = part(ENDS, marks=(LINE[:1], LINE[1:]))
    assert page.session_state["found"].between == LINE
    page.text_input(key="route_from").set_value("60.18,24.93").run()
    assert page.session_state["found"].between == ((24.93, 60.18), LINE[0])
    page.text_input(key="route_to").set_value("60.19,24.92").run()
    assert page.session_state["found"].between == ((24.93, 60.18), (24.92, 60.19))


def test_an_end_that_is_no_place_is_said_and_not_taken_from_the_map() -> None:
    page = part(ENDS, marks=(LINE[:1], LINE[1:]), route_from="here")
    assert "The start must be latitude and longitude" in page.error[0].value
    assert not page.session_state["found"].whole


def test_only_separators_are_no_streets() -> None:
    page = part(SCRIPT, route_kind="streets", route_streets=" ; ")
    assert not page.session_state["found"].whole
    page.text_input(key="route_streets").set_value("A; B").run()
    assert page.session_state["found"].along == ("A", "B")
