"""Files of a route, only where the user names one."""

from __future__ import annotations

import json

import numpy as np
import pytest
import threat_city

from toolkit.base.errors import UsageError
from toolkit.output import route_files
from toolkit.threats import tracks
from toolkit.threats.route import routed
from toolkit.threats.travel import Travel


@pytest.fixture(scope="module")
def made():
    return routed(
        threat_city.question(), between=[threat_city.START, threat_city.END],
        travel=Travel("car", tier="plate"), detour=1.5,
    )  # fmt: skip


def test_a_file_holds_the_route_and_its_alternatives(made, tmp_path):
    path = tmp_path / "a.geojson"
    route_files.write_route(made.answer, made.lines, path)
    data = json.loads(path.read_text(encoding="utf-8"))
    assert len(data["features"]) == len(made.lines)
    assert data["limits"][0].startswith("This covers only")
    one = data["features"][0]["properties"]
    low, mid, high = one["plate_at_least_one"]
    assert low <= mid <= high
    assert sum(data["features"][-1]["properties"]["fewer_same_more_of_10"]) == 10


def test_gpx_can_be_read_again(made, tmp_path):
    path = tmp_path / "a.gpx"
    route_files.write_route(made.answer, made.lines, path)
    found = tracks.read_track(path)
    assert len(found.lines) == sum(map(len, made.lines))
    np.testing.assert_allclose(found.lines[0], made.lines[0][0], atol=1e-6)


def test_other_formats_are_refused(made, tmp_path):
    with pytest.raises(UsageError, match=r"\.geojson, \.gpx"):
        route_files.write_route(made.answer, made.lines, tmp_path / "a.kml")
