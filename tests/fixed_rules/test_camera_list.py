"""Lists of cameras: what is read of them, and every wrong cell with its row."""

from __future__ import annotations

import json

import pytest

from toolkit.base.errors import InputDataError
from toolkit.fixed_rules.camera_list import ListedCamera, read_cameras


def write(folder, text, name="cams.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def geojson(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def point(lon, lat, **properties):
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def test_every_column_is_read(tmp_path):
    text = (
        "\ufefflat,LON,direction,height,radius,kind,note\r\n"
        "16.8,96.15,NE;180,5.5,30,dome,=cmd()\r\n"
        "16.8,96.16,,,,,\r\n"
        "-16.8,-96.16,-90,0,0.5,panning,\r\n"
    )
    found = read_cameras(write(tmp_path, text)).cameras
    assert found == (
        ListedCamera(1, 96.15, 16.8, (45.0, 180.0), 5.5, 30.0, "dome"),
        ListedCamera(2, 96.16, 16.8),
        ListedCamera(3, -96.16, -16.8, (270.0,), 0.0, 0.5, "panning"),
    )


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators_are_understood(tmp_path, sign):
    text = f"lat{sign}lon{sign}direction\n1{sign}2{sign}W\n"
    assert read_cameras(write(tmp_path, text)).cameras == (ListedCamera(1, 2.0, 1.0, (270.0,)),)


def test_geojson_and_csv_give_the_same_cameras(tmp_path):
    tags = {"camera:direction": "120", "camera:type": "fixed", "height": 6}
    data = geojson(point(96.1, 16.8, **tags), point(96.2, 16.9, name="<b>"))
    csv = 'latitude,longitude,camera:direction,height\n16.8,96.1,"120",6\n16.9,96.2,,\n'
    first = read_cameras(write(tmp_path, data, "a.geojson"))
    second = read_cameras(write(tmp_path, csv))
    assert first.cameras == second.cameras
    assert first.sha256 != second.sha256


def test_points_of_the_compass(tmp_path):
    names = "N;NNE;NE;ENE;E;ESE;SE;SSE;S;SSW;SW;WSW;W;WNW;NW;NNW"
    text = f"lat,lon,direction\n0,0,{names}\n"
    found = read_cameras(write(tmp_path, text)).cameras[0].directions_deg
    assert found == tuple(22.5 * point for point in range(16))


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("", "c.csv", "no column lat and lon"),
        ("lat,lon\n", "c.csv", "no camera"),
        ("lat,height\n1,2\n", "c.csv", "no column lon"),
        ("lat,lon,lat\n1,2,3\n", "c.csv", "has 'lat' twice"),
        ('lat,lon\n1,"2\n', "c.csv", "Mend the quotes"),
        (b"lat,lon\n\xff,2\n", "c.csv", "not UTF-8"),
        ("lat,lon\n91,2\n", "c.csv", "row 1, lat: it must be a number from -90 to 90"),
        ("lat,lon\n1,181\n", "c.csv", "row 1, lon"),
        ("lat,lon\n1,\n", "c.csv", "row 1, lon"),
        ("lat,lon\nnan,2\n", "c.csv", "row 1, lat"),
        ("lat,lon\n1,2\n1e999,2\n", "c.csv", "row 2, lat"),
        ("lat,lon,direction\n1,2,239-284\n", "c.csv", "for a range give its middle"),
        ("lat,lon,direction\n1,2,400\n", "c.csv", "direction"),
        ("lat,lon,direction\n1,2,forward\n", "c.csv", "point of the compass"),
        ("lat,lon,direction\n1,2," + "1;" * 17 + "\n", "c.csv", "1 to 16 directions"),
        ("lat,lon,height\n1,2,201\n", "c.csv", "height: it must be a number from 0 to 200 m"),
        ("lat,lon,height\n1,2,5 m\n", "c.csv", "height"),
        ("lat,lon,radius\n1,2,0\n", "c.csv", "above 0 m"),
        ("lat,lon,radius\n1,2,-5\n", "c.csv", "radius"),
        ("lat,lon,kind\n1,2,drone\n", "c.csv", "fixed, dome, panning"),
        ("{", "c.geojson", "not JSON"),
        ("[" * 100_000, "c.geojson", "not JSON"),
        ("[]", "c.json", "not a GeoJSON FeatureCollection"),
        (geojson(), "c.json", "no camera"),
        (geojson({"type": "Feature", "geometry": None}), "c.json", "row 1: it is no point"),
        (geojson(point(True, 1)), "c.json", "row 1, lon"),
        (geojson(point(1, 2, height=[1])), "c.json", "height"),
        (geojson(point(1, 2), crs={"name": "EPSG:32647"}), "c.json", "Save it in WGS84"),
        ("x", "c.txt", "neither .csv nor .geojson"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_used_says_where(tmp_path, text, name, expected):
    path = write(tmp_path, text, name)
    with pytest.raises(InputDataError) as caught:
        read_cameras(path)
    assert expected in str(caught.value)
    assert name in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_all_problems_come_at_once_up_to_a_number(tmp_path):
    path = write(tmp_path, "lat,lon,height\n" + "x,y,z\n" * 10)
    with pytest.raises(InputDataError) as caught:
        read_cameras(path)
    lines = str(caught.value).splitlines()
    assert len(lines) == 22
    assert lines[-1].endswith("and 10 more problems of this kind.")


def test_hostile_cells_are_shown_harmlessly(tmp_path):
    path = write(tmp_path, "lat,lon,kind\n1,2,\x1b[31m" + "x" * 500 + "\n")
    with pytest.raises(InputDataError) as caught:
        read_cameras(path)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", ["/vsicurl/x.csv", "https://example.org/x.csv", "none.csv"])
def test_only_plain_local_files_are_read(name):
    with pytest.raises(InputDataError):
        read_cameras(name)
