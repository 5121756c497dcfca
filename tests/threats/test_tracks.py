"""Tracks as people bring them, and files that are none."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest

from toolkit.base.errors import InputDataError
from toolkit.threats import tracks


def gpx(points, kind="trkpt", head="<gpx>", times=None):
    """Return a GPX file of one line."""
    rows = []
    for k, (lon, lat) in enumerate(points):
        when = f"<time>{times[k]}</time>" if times else ""
        rows.append(f'<{kind} lat="{lat}" lon="{lon}">{when}</{kind}>')
    inner = "".join(rows)
    inner = f"<trk><trkseg>{inner}</trkseg></trk>" if kind == "trkpt" else f"<rte>{inner}</rte>"
    return f'<?xml version="1.0"?>{head}{inner}</gpx>'


LINE = [(96.15, 16.77), (96.151, 16.77), (96.152, 16.771)]


@pytest.mark.parametrize(
    "text",
    [
        gpx(LINE),
        gpx(LINE, "rtept"),
        gpx(LINE, head='<gpx xmlns="http://www.topografix.com/GPX/1/1">'),
        json.dumps({"type": "LineString", "coordinates": LINE}),
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": None,
                     "geometry": {"type": "MultiLineString", "coordinates": [LINE]}}
                ],
            }
        ),
    ],
    ids=["track", "route", "namespace", "geojson", "features"],
)  # fmt: skip
def test_a_track_is_read_as_it_was_drawn(text):
    found = tracks.parse_track(text)
    np.testing.assert_array_equal(np.concatenate(found.lines), LINE)
    assert found.counts == {}
    assert np.isnan(found.times_s[0]).all()


def test_times_are_read_and_those_out_of_order_are_counted():
    good = [f"2026-11-23T08:0{k}:00Z" for k in range(3)]
    found = tracks.parse_track(gpx(LINE, times=good))
    np.testing.assert_array_equal(np.diff(found.times_s[0]), 60.0)
    wrong = tracks.parse_track(gpx(LINE, times=good[::-1]))
    assert wrong.counts == {"times_out_of_order": 2}
    assert np.isnan(wrong.times_s[0]).all()
    np.testing.assert_array_equal(wrong.lines[0], LINE)


def test_gaps_and_points_without_a_position_are_counted():
    two = gpx(LINE).replace("</trk>", f"</trk>{gpx(LINE)[26:-6]}", 1)
    assert tracks.parse_track(two).counts == {"gaps": 1}
    bad = tracks.parse_track(gpx([*LINE, (200.0, 16.7), ("x", 16.7)]))
    assert bad.counts == {"points_without_position": 2}
    assert bad.n_points == len(LINE)


ENTITY = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (gpx([]), "has no points of a track or a route"),
        (gpx(LINE[:1] * 3), "no line of at least two different points"),
        (gpx(LINE).replace("<gpx>", f"{ENTITY}<gpx>"), "a document type or entities"),
        (gpx(LINE)[:-20], "is damaged at line 1"),
        ("<kml/>", "is XML, but not GPX"),
        ("lat,lon\n1,2", "neither GPX nor GeoJSON"),
        ('{"type": "Point", "coordinates": [1, 2]}', "has no line"),
        ('{"type": ', "not whole JSON"),
        ("{" * 100_000, "not whole JSON"),
    ],
    ids=["empty", "one place", "entities", "cut", "kml", "csv", "point", "half", "deep"],
)
def test_what_is_no_track_is_refused_in_a_sentence(text, sentence):
    with pytest.raises(InputDataError, match=sentence) as raised:
        tracks.parse_track(text)
    assert "96.15" not in str(raised.value)


@pytest.mark.parametrize("form", ["gpx", "geojson"])
def test_a_million_points_are_refused_at_once(form, tmp_path):
    if form == "gpx":
        points = '<trkpt lat="1" lon="1"/>' * 1_000_000
        text = f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>"
    else:
        places = ",".join(["[1,2]"] * 1_000_000)
        text = f'{{"type":"LineString","coordinates":[{places}]}}'
    path = tmp_path / f"a.{form}"
    path.write_text(text)
    with pytest.raises(InputDataError, match=r"larger than 20 MB|points; at most"):
        tracks.read_track(path)


def test_a_track_in_very_many_parts_is_refused():
    places = [[[1.0, 2.0 + k / 1e4], [1.1, 2.0]] for k in range(tracks.MOST_LINES + 1)]
    text = json.dumps({"type": "MultiLineString", "coordinates": places})
    with pytest.raises(InputDataError, match="The track has 101 parts; at most 100 are read"):
        tracks.parse_track(text)
    fewer = json.dumps({"type": "MultiLineString", "coordinates": places[1:]})
    assert tracks.parse_track(fewer).counts == {"gaps": tracks.MOST_LINES - 1}


def test_standard_input_is_read_for_a_dash(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(gpx(LINE).encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert tracks.read_track("-").n_points == len(LINE)


@pytest.mark.parametrize(("data", "sentence"), [(b"", "is empty"), (b"\xff\xfe<", "not UTF-8")])
def test_files_that_are_no_text_are_refused(data, sentence, tmp_path):
    path = tmp_path / "a.gpx"
    path.write_bytes(data)
    with pytest.raises(InputDataError, match=sentence):
        tracks.read_track(path)


def test_places_are_latitude_and_longitude():
    assert tracks.parse_place("16.7745,96.1588") == (96.1588, 16.7745)
    for text in ("97.1588", "91,2", "a,b", "1,2,3", "16,700"):
        with pytest.raises(InputDataError, match=r"The start must be latitude and longitude") as e:
            tracks.parse_place(text, "The start")
        assert text not in str(e.value)


def test_streets_are_names_in_order():
    assert tracks.parse_streets("A Street;\nB Road ; ") == ("A Street", "B Road")
    with pytest.raises(InputDataError, match="Name the streets"):
        tracks.parse_streets(" ; ")
