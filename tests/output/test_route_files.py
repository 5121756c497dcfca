"""Files of a route, only where the user names one."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import threat_city

from toolkit.base.errors import UsageError
from toolkit.output import route_files
from toolkit.threats import tracks
from toolkit.threats.route import Credit, routed
from toolkit.threats.travel import Travel

GPX = "{http://www.topografix.com/GPX/1/1}"


def of_gpx(made, folder):
    """Return the metadata of a GPX file."""
    path = folder / "a.gpx"
    route_files.write_route(made, path)
    return ET.fromstring(path.read_bytes()).find(f"{GPX}metadata")  # noqa: S314 - a file of our own


@pytest.fixture(scope="module")
def made():
    return routed(
        threat_city.question(), between=[threat_city.START, threat_city.END],
        travel=Travel("car", tier="plate"), detour=1.5,
    )  # fmt: skip


def test_a_file_holds_the_route_and_its_alternatives(made, tmp_path):
    path = tmp_path / "a.geojson"
    route_files.write_route(made, path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert len(data["features"]) == len(made.lines)
    assert data["limits"][0].startswith("This covers only")
    one = data["features"][0]["properties"]
    low, mid, high = one["plate_at_least_one"]
    assert low <= mid <= high
    assert sum(data["features"][-1]["properties"]["fewer_same_more_of_10"]) == 10


def test_gpx_can_be_read_again(made, tmp_path):
    path = tmp_path / "a.gpx"
    route_files.write_route(made, path)
    found = tracks.read_track(path)
    assert len(found.lines) == sum(map(len, made.lines))
    np.testing.assert_allclose(found.lines[0], made.lines[0][0], atol=1e-6)


def test_geojson_says_whose_streets_these_are_and_what_it_cannot_say(made, tmp_path):
    path = tmp_path / "a.geojson"
    route_files.write_route(made, path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["attribution"] == "© OpenStreetMap contributors, ODbL"
    assert data["licence"] == "ODbL-1.0"
    assert data["city"]["id"] == threat_city.CITY
    assert data["as_of"] == "2026-11-23"
    assert data["demonstration"] is True


def test_gpx_says_the_same_in_its_metadata(made, tmp_path):
    metadata = of_gpx(made, tmp_path)
    assert [part.tag.removeprefix(GPX) for part in metadata] == ["desc", "copyright"]
    text = metadata.findtext(f"{GPX}desc")
    assert "on the streets of Helsinki" in text
    assert "2026-11-23" in text
    assert "a made-up report" in text
    assert made.answer.limits[0] in text
    owed = metadata.find(f"{GPX}copyright")
    assert owed.get("author") == "OpenStreetMap contributors"
    assert owed.findtext(f"{GPX}license") == "https://opendatacommons.org/licenses/odbl/1-0/"


def test_names_of_a_pack_cannot_break_the_file(made, tmp_path):
    name = "<b>\"Old\" & 'new'</b>"
    city = made.answer.city
    city = city.model_copy(update={"name": city.name.model_copy(update={"en": name})})
    answer = made.answer.model_copy(update={"city": city, "warnings": ()})
    credit = Credit(attribution=f"Streets: {name}", licence="Ask <its> owner & friends")
    metadata = of_gpx(replace(made, answer=answer, credit=credit), tmp_path)
    owed = metadata.find(f"{GPX}copyright")
    assert owed.get("author") == f"Streets: {name}"
    # Only the address of a licence is allowed there.
    assert owed.find(f"{GPX}license") is None
    text = metadata.findtext(f"{GPX}desc")
    assert f"streets of {name}," in text
    assert "Ask <its> owner & friends" in text
    assert "made-up" not in text


def test_a_track_of_ones_own_owes_nothing_to_a_map(made, tmp_path):
    answer = made.answer.model_copy(update={"city": None, "basis": "mapped_cameras"})
    own = replace(made, answer=answer, credit=None)
    metadata = of_gpx(own, tmp_path)
    assert [part.tag.removeprefix(GPX) for part in metadata] == ["desc"]
    assert "OpenStreetMap" not in metadata.findtext(f"{GPX}desc")
    assert "past a list of cameras" in metadata.findtext(f"{GPX}desc")
    path = tmp_path / "a.geojson"
    route_files.write_route(own, path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert (data["attribution"], data["licence"], data["city"]) == (None, None, None)


def test_other_formats_are_refused(made, tmp_path):
    with pytest.raises(UsageError, match=r"\.geojson, \.gpx"):
        route_files.write_route(made, tmp_path / "a.kml")
