"""Field notes as people write them: spreadsheets, phones, Burmese, and hostile files."""

from __future__ import annotations

import datetime as dt
import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.field_notes.read import Problem, read_field_notes

TODAY = dt.date(2026, 11, 1)
MAWLAMYINE = (16.49, 97.63)
NAN = math.nan


@pytest.fixture
def read(tmp_path):
    def reader(content, name="notes.csv", *, near=MAWLAMYINE, encoding="utf-8"):
        data = content if isinstance(content, bytes) else content.encode(encoding)
        path = tmp_path / name
        path.write_bytes(data)
        return read_field_notes(path, as_of=TODAY, near=near)

    return reader


def where(notes):
    return [(p.y, p.x) for p in notes.rows.geometry]


FULL = (
    "lat,lon,kind,direction,width,height,operator,brand,seen_on,status,note\n"
    '16.490512,97.628244,fixed,NE,60,4,police,Dahua,2026-03-31,present,"on the bank, left"\n'
)


def test_all_columns(read):
    notes = read(FULL)
    assert notes.problems == notes.ignored_columns == ()
    assert notes.n_notes == 1
    row = notes.rows.iloc[0]
    assert (row.geometry.y, row.geometry.x) == (16.49051, 97.62824)
    assert row["osm_id"] == "note/2"
    assert (row["kind"], row["surveillance_type"]) == ("fixed", "camera")
    assert (row["direction_deg"], row["width_deg"], row["height_m"]) == (45, 60, 4)
    assert (row["operator"], row["brand"]) == ("police", "Dahua")
    assert row["seen_on"] == row["check_date"] == "2026-03-31"
    assert (row["status"], row["note"]) == ("present", "on the bank, left")


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
    ],
)
@pytest.mark.parametrize(("sign", "named"), [(",", "comma"), (";", "semicolon"), ("\t", "tab")])
def test_encodings_and_separators(read, encoding, said, sign, named):
    text = sign.join(["lat", "lon", "note"]) + "\r\n" + sign.join(["16.5", "97.6", "စျေး"]) + "\r\n"
    notes = read(text, encoding=encoding)
    assert notes.read_as == f"CSV, {said}, {named}"
    assert notes.rows["note"].tolist() == ["စျေး"]


def test_what_is_not_utf_8_is_windows_1252(read):
    notes = read("lat;lon;note\n16,5;97,6;Café\n", encoding="cp1252")
    assert notes.rows["note"].tolist() == ["Café"]
    assert notes.read_as == "CSV, Windows-1252, semicolon"


def test_the_separator_may_be_named_in_the_first_line(read):
    notes = read("sep=;\nlat;lon\n16,5;97,6\n")
    assert where(notes) == [(16.5, 97.6)]
    assert notes.rows["osm_id"].tolist() == ["note/3"]


def test_headings_by_other_names_and_in_burmese(read):
    notes = read("LATITUDE;Lon ;Seen on;အမျိုးအစား;ဦးတည်ရာ\n၁၆.၅;၉၇,၆;၂၀၂၆-၁-၂;လှည့်;အရှေ့မြောက်ဘက်\n")
    row = notes.rows.iloc[0]
    assert (row.geometry.y, row.geometry.x) == (16.5, 97.6)
    assert (row["seen_on"], row["kind"], row["direction_deg"]) == ("2026-01-02", "panning", 45)


def test_the_own_name_of_a_column_goes_before_other_headings(read):
    notes = read("type,kind,lat,lon\nwaypoint,dome,16.5,97.6\n")
    assert notes.rows["kind"].tolist() == ["dome"]
    assert notes.ignored_columns == ("type",)


def test_unknown_columns_are_listed_and_their_content_is_nowhere(read):
    notes = read("lat,lon,photo,who,\n16.5,97.6,IMG_1.jpg,Aung,x\n")
    assert notes.ignored_columns == ("photo", "who")
    assert not any("Aung" in str(v) or "IMG" in str(v) for v in notes.rows.iloc[0])


def test_without_a_city_only_impossible_positions_are_refused(read):
    notes = read("lat,lon\n60.17,24.94\n97.6,16.5\n,\n", near=None)
    assert where(notes) == [(60.17, 24.94)]
    assert [p.row for p in notes.problems] == [3]
    assert "look swapped" in notes.problems[0].reason
    short = read("position\nFJRH+68 Mawlamyine\n", near=None)
    assert "short plus code" in short.problems[0].reason


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("kind", "PTZ", {"kind": "panning"}),
        ("kind", "Number-plate", {"kind": "unknown", "surveillance_type": "ALPR"}),
        ("kind", "", {"kind": "unknown"}),
        ("direction", "62,5", {"direction_deg": 62.5, "width_deg": NAN}),
        ("direction", "350-10", {"direction_deg": 0, "width_deg": 20}),
        ("direction", "၉၀", {"direction_deg": 90}),
        ("direction", "0-360", {"direction_deg": NAN, "width_deg": 360}),
        ("width", "360", {"direction_deg": NAN, "width_deg": 360}),
        ("height", "13 ft", {"height_m": 13 * 0.3048}),
        ("height", "4,5", {"height_m": 4.5}),
        ("height", "၄ m", {"height_m": 4}),
        ("seen_on", "2026-3-1", {"seen_on": "2026-03-01"}),
        ("seen_on", "31.3.2026", {"seen_on": "2026-03-31"}),
        ("seen_on", "31/3/2026", {"seen_on": "2026-03-31"}),
        ("seen_on", "3/31/2026", {"seen_on": "2026-03-31"}),
        ("seen_on", "5/5/2026", {"seen_on": "2026-05-05"}),
        ("seen_on", "2026-03-31T23:59:01Z", {"seen_on": "2026-03-31"}),
        ("seen_on", "", {"seen_on": None, "check_date": None}),
        ("status", "မရှိ", {"status": "gone"}),
        ("status", "?", {"status": "unsure"}),
        ("status", "", {"status": "present"}),
        ("note", '=HYPERLINK("http://x")', {"note": '=HYPERLINK("http://x")'}),
        ("note", "a\u202eb\x07\nc", {"note": "ab c"}),
        ("note", "x" * 5000, {"note": "x" * 120}),
    ],
)
def test_values(read, column, value, expected):
    quoted = value.replace('"', '""')
    notes = read(f'lat,lon,{column}\n16.5,97.6,"{quoted}"\n')
    assert notes.problems == ()
    row = notes.rows.iloc[0]
    for name, wanted in expected.items():
        assert row[name] == (pytest.approx(wanted, nan_ok=True) if name[-3:] == "deg" else wanted)


def test_a_list_of_directions_makes_a_row_for_each(read):
    notes = read('lat,lon,direction,width\n16.5,97.6,"10;190",60\n')
    assert notes.rows["direction_deg"].tolist() == [10, 190]
    assert notes.rows["width_deg"].tolist() == [60, 60]
    assert notes.rows["osm_id"].tolist() == ["note/2", "note/2"]


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("kind", "zoom", "none of fixed"),
        ("direction", "forward", "not a direction"),
        ("direction", "400", "not a direction"),
        ("direction", "90, 180", "not a direction"),
        ("width", "wide", "not a number"),
        ("width", "0", "above 0"),
        ("width", "-60", "above 0"),
        ("width", "60", "no direction"),
        ("width", "nan", "not a number"),
        ("height", "tall", "not a height"),
        ("height", "999", "not a height"),
        ("height", "=4", "not a height"),
        ("seen_on", "2026-11-02", "future"),
        ("seen_on", "2026-02-30", "no date of the calendar"),
        ("seen_on", "03/04/2026", "two ways"),
        ("seen_on", "last week", "not a date"),
        ("seen_on", "46112", "not a date"),
        ("status", "perhaps", "none of present"),
        ("note", "ျမန္မာႏိုင္ငံ", "old Zawgyi encoding"),
    ],
)
def test_a_value_that_cannot_be_read_spoils_its_row_and_no_other(read, column, value, reason):
    notes = read(f'lat,lon,{column}\n16.5,97.6,"{value}"\n16.6,97.6,\n')
    assert where(notes) == [(16.6, 97.6)]
    (problem,) = notes.problems
    assert problem.row == 2
    assert reason in problem.reason
    assert problem.column in {column, "direction"}


def test_all_that_is_wrong_with_a_row_is_listed_under_the_headings_of_the_file(read):
    notes = read("Latitude;Longitude;Make;Height m;Date\n95;97.6;x;tall;2999-01-01\n")
    assert [p.column for p in notes.problems] == ["Latitude", "Height m", "Date"]
    assert {p.row for p in notes.problems} == {2}


def test_a_width_that_contradicts_the_range_is_refused(read):
    notes = read("lat,lon,direction,width\n16.5,97.6,10-60,70\n16.5,97.6,10-60,50\n")
    assert [p.row for p in notes.problems] == [2]
    assert "gives a width of 50" in notes.problems[0].reason


def test_repeated_rows_are_used_once_and_empty_ones_not_counted(read):
    notes = read("lat,lon,note\n16.5,97.6,a\n,,\n16.5,97.6,a\n16.5,97.6,b\n\n")
    assert notes.rows["osm_id"].tolist() == ["note/2", "note/5"]
    assert notes.n_notes == 3
    assert notes.problems == (
        Problem(4, "", "repeats row 2. If these are two cameras, let the notes tell them apart."),
    )


def test_rows_with_too_many_cells_are_named(read):
    notes = read("lat,lon,note\n16.5,97.6,left, of the bank\n16,5,97,6\n16.5,97.6\n")
    assert [p.row for p in notes.problems] == [2, 3]
    assert "4 cells and the heading 3" in notes.problems[0].reason
    assert len(notes.rows) == 1


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.csv", "no columns 'lat' and 'lon'"),
        (b"a,b\n1,2\n", "a.csv", "Its first row has: a, b"),
        (b"lat,x\n1,2\n", "a.csv", "no columns"),
        (b'lat,lon\n"16.5,97.6\n', "a.csv", "quotation mark"),
        (b"lat,lon\n" + b"1" * 200_000, "a.csv", "row 2"),
        (b"PK\x03\x04rest", "a.csv", "save as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "a.csv", "old spreadsheet"),
        (b"\x81\x8d\x8f\x90", "a.csv", "not text"),
        (b"lat,lon\n\x001,2\n", "a.csv", "not text"),
        (b"\xff\xfea", "a.csv", "not text"),
        (b"lat,lon\n1,2\n", "a.xlsx", "neither .csv nor .geojson"),
        (b"{", "a.geojson", "whole JSON"),
        (b"[" * 100_000, "a.geojson", "whole JSON"),
        (b"[]", "a.geojson", "collection of features"),
        (b'{"type": "FeatureCollection"}', "a.geojson", "collection of features"),
        (b'{"type": "FeatureCollection", "features": [], "crs": "EPSG:32647"}', "a.json", "WGS84"),
    ],
)
def test_files_that_cannot_be_used_at_all(read, content, name, reason):
    with pytest.raises(InputDataError, match=reason):
        read(content, name)


def test_limits(read, monkeypatch):
    monkeypatch.setattr("toolkit.streets.readers.field_notes.read.MAX_ROWS", 2)
    assert len(read("lat,lon\n16.5,97.6\n16.6,97.6\n").rows) == 2
    with pytest.raises(InputDataError, match="more than 2 rows"):
        read("lat,lon\n16.5,97.6\n16.6,97.6\n16.7,97.6\n")
    monkeypatch.setattr("toolkit.streets.readers.field_notes.read.MAX_BYTES", 10)
    with pytest.raises(InputDataError, match="larger than"):
        read("lat,lon\n16.5,97.6\n")


def point(lon, lat, /, **properties):
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
    }


def collection(*features, **more):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def test_geojson(read):
    text = collection(
        point(97.628244, 16.490512, kind="dome", height=4, seen_on="2026-01-02", photo="x"),
        point(97.6, 16.5, direction=90.5, width=60, note=None, lat=1),
        crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}},
    )
    notes = read(text, "notes.geojson")
    assert notes.problems == ()
    assert notes.ignored_columns == ("photo", "lat")
    assert notes.rows["osm_id"].tolist() == ["note/1", "note/2"]
    assert where(notes) == [(16.49051, 97.62824), (16.5, 97.6)]
    assert notes.rows["height_m"][0] == 4
    assert notes.rows["direction_deg"][1] == 90.5


def test_features_that_cannot_be_read_are_named(read):
    line = {"type": "LineString", "coordinates": [[97.6, 16.5], [97.7, 16.5]]}
    text = collection(
        {**point(0, 0), "geometry": line},
        {**point(0, 0), "geometry": None},
        "no feature",
        point("97.6", 16.5),
        point(float("nan"), 16.5),
        point(16.5, 97.6),
        point(97.6, 16.5, kind=["dome"]),
        point(97.6, 16.5, height="tall"),
        point(97.6, True),
        {**point(97.6, 16.5), "properties": None},
    )
    notes = read(text, "notes.json")
    assert [p.row for p in notes.problems] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    assert where(notes) == [(16.5, 97.6)]
    assert "look swapped" in notes.problems[5].reason


def test_an_empty_collection_has_no_notes(read):
    notes = read(collection(), "notes.geojson")
    assert notes.n_notes == len(notes.rows) == 0
    assert list(notes.rows.columns[-4:]) == ["seen_on", "status", "note", "geometry"]


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["16.5", "97.6", "၁၆", "nan", "90", "N-E", "60", "2026-01-01", "gone", '"']),
)


@given(
    rows=st.lists(st.lists(_CELLS, min_size=1, max_size=8), max_size=4),
    sign=st.sampled_from(",;\t"),
    raw=st.one_of(st.none(), st.binary(max_size=60)),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_written_gives_rows_that_fit_or_a_named_error(tmp_path, rows, sign, raw):
    names = ["position", "kind", "direction", "width", "height", "seen_on", "status", "note"]
    head = sign.join(names)
    text = "\n".join([head, *(sign.join(row) for row in rows)])
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("utf-8", "replace") if raw is None else raw)
    try:
        notes = read_field_notes(path, as_of=TODAY, near=MAWLAMYINE)
    except InputDataError:
        return
    used = {int(name.removeprefix("note/")) for name in notes.rows["osm_id"]}
    assert used.isdisjoint(p.row for p in notes.problems)
    assert len(used) + len({p.row for p in notes.problems}) == notes.n_notes
    width = notes.rows["width_deg"].dropna()
    assert ((width > 0) & (width <= 360)).all()
    axis = notes.rows["direction_deg"].dropna()
    assert ((axis >= 0) & (axis < 360)).all()
