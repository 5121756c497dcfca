from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from toolkit.siting.validation import known_city, reader_jobs, through_json


def test_the_files_of_a_city_arrive_as_they_were_read(tmp_path: Path) -> None:
    lines = shapely.linestrings([[[96.0, 17.0], [96.001, 17.0]], [[96.0, 17.0], [96.0, 17.001]]])
    frame = gpd.GeoDataFrame({"highway": ["primary", "road"]}, geometry=lines, crs=4326)
    frame.to_file(tmp_path / "streets.geojson")
    points = gpd.GeoDataFrame(
        {"direction": [90.0]}, geometry=shapely.points([[96.0, 17.0]]), crs=4326
    )
    points.to_file(tmp_path / "cameras.geojson")
    names = {
        "streets": str(tmp_path / "streets.geojson"),
        "cameras": str(tmp_path / "cameras.geojson"),
    }
    said: list[str] = []
    found = reader_jobs.JOBS["city"](
        {**names, "places": None}, lambda sentence, _share: said.append(sentence)
    )
    layers, xy, direction_deg = known_city.load_files(names["streets"], names["cameras"])
    found = json.loads(json.dumps(found))
    arrived = through_json.layers_of(found["layers"])
    assert shapely.equals_exact(arrived.lines, layers.lines).all()
    assert arrived.highway == list(layers.highway)
    np.testing.assert_array_equal(through_json.unpacked(found["xy"]), xy)
    np.testing.assert_array_equal(through_json.unpacked(found["direction_deg"]), direction_deg)
    assert said
