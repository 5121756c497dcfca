"""The tag grammar of cameras, value by value, and against hostile text."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.streets.readers.osm import camera_tags as tags

NAN = math.nan


def same(a, b):
    return len(a) == len(b) and all(
        x == pytest.approx(y, nan_ok=True) for x, y in zip(a, b, strict=True)
    )


@pytest.mark.parametrize(
    ("value", "views", "lost"),
    [
        ("90", ((90, NAN),), 0),
        (" 90.5 ° ", ((90.5, NAN),), 0),
        ("90 degrees", ((90, NAN),), 0),
        ("360", ((0, NAN),), 0),
        ("-45", ((315, NAN),), 0),
        ("-360", ((0, NAN),), 0),
        ("NE", ((45, NAN),), 0),
        ("wnw", ((292.5, NAN),), 0),
        ("South", ((180, NAN),), 0),
        ("north-east", ((45, NAN),), 0),
        ("North East", ((45, NAN),), 0),
        ("north-northwest", ((337.5, NAN),), 0),
        ("north-north-west", ((337.5, NAN),), 0),
        ("239-284", ((261.5, 45),), 0),
        ("239 – 284", ((261.5, 45),), 0),
        ("239°-284°", ((261.5, 45),), 0),
        ("350-10", ((0, 20),), 0),
        ("-45-10", ((342.5, 55),), 0),
        ("284-239", ((81.5, 315),), 0),
        ("NW-NE", ((0, 90),), 0),
        ("n-ne", ((22.5, 45),), 0),
        ("north-south", ((90, 180),), 0),
        ("10-north-east", ((27.5, 35),), 0),
        ("NE-90.5", ((67.75, 45.5),), 0),
        ("0-360", ((NAN, 360),), 0),
        ("90-90", ((90, NAN),), 0),
        ("10;190", ((10, NAN), (190, NAN)), 0),
        ("10; 10 ;190", ((10, NAN), (190, NAN)), 0),
        ("10;239-284;E", ((10, NAN), (261.5, 45), (90, NAN)), 0),
        ("10;up", ((10, NAN),), 1),
        ("nan", (), 1),
        ("inf", (), 1),
        ("400", (), 1),
        ("-400", (), 1),
        ("10-400", (), 1),
        ("10--20", (), 1),
        ("10,20", (), 1),
        ("north-", (), 1),
        ("-n", (), 1),
        ("-", (), 1),
        ("1e2", (), 1),
        ("٤٥", (), 1),
        ("9" * 100_000, (), 1),
        ("-" * 100_000, (), 1),
        (";;", (), 0),
        ("", (), 0),
    ],
)
def test_directions(value, views, lost):
    got = tags.directions({"camera:direction": value})
    assert same(got.views, views)
    assert (got.unreadable, got.relative) == (lost, 0)


@pytest.mark.parametrize("value", ["forward", "Backward", "both"])
def test_a_direction_along_a_street_is_counted_and_is_no_bearing(value):
    got = tags.directions({"direction": f"{value};NE"})
    assert same(got.views, ((45, NAN),))
    assert (got.relative, got.unreadable) == (1, 0)


def test_camera_direction_goes_before_direction_if_it_can_be_read():
    assert tags.directions({"camera:direction": "1", "direction": "2"}).views[0][0] == 1
    got = tags.directions({"camera:direction": "up", "direction": "2"})
    assert got.views[0][0] == 2
    assert got.unreadable == 1


def test_a_list_without_end_is_cut_and_counted():
    got = tags.directions({"direction": ";".join(str(i % 360) for i in range(10_000))})
    assert len(got.views) == 16
    assert got.unreadable == 10_000 - 16


_PARTS = st.one_of(
    st.floats(-400, 400).map(lambda v: f"{v:.3f}"),
    st.integers(-400, 400).map(str),
    st.sampled_from(["N", "nne", "south-west", "West", "forward", "-", "–", ";", " ", "°", "٣"]),
)


@given(st.one_of(st.text(max_size=40), st.lists(_PARTS, max_size=8).map("".join)))
def test_no_text_breaks_the_grammar(text):
    keys = (
        "camera:direction", "direction", "camera:type", "camera:angle", "height", "surveillance",
        "surveillance:type", "surveillance:zone", "check_date", "survey:date", "fixme", "brand",
        "indoor",
    )  # fmt: skip
    assert tags.read_camera(dict.fromkeys(keys, text)).counts
    got = tags.parse_directions(text)
    for middle, width in got.views:
        assert math.isnan(middle) or 0 <= middle < 360
        assert math.isnan(width) or 0 < width <= 360
        assert not (math.isnan(middle) and width != 360)
    items = [item for item in text.split(";") if item.strip()]
    assert len(got.views) + got.unreadable + got.relative <= len(items)
    assert got.views or got.unreadable + got.relative == len(items)
    for height in (tags.height_m(text),):
        assert math.isnan(height) or 0 < height <= tags.MAX_CAMERA_HEIGHT_M
    tilt = tags.tilt_deg({"camera:angle": text})
    assert math.isnan(tilt) or 0 <= tilt <= 90


@given(start=st.integers(0, 360), width=st.integers(1, 359))
def test_a_range_keeps_its_width_and_middle_wherever_north_lies(start, width):
    end = (start + width) % 360
    ((middle, found),) = tags.parse_directions(f"{start}-{end}").views
    assert found == width
    assert middle == pytest.approx((start + width / 2) % 360)


@pytest.mark.parametrize(
    ("value", "metres"),
    [
        ("5", 5),
        ("5.5 m", 5.5),
        ("5 metres", 5),
        ("16'", 16 * 0.3048),
        ("16'6\"", 16.5 * 0.3048),
        ("16 ft", 16 * 0.3048),
        ("16 ft 6 in", 16.5 * 0.3048),
        ("0", NAN),
        ("-5", NAN),
        ("1000", NAN),
        ("about 5", NAN),
        ("4,5", NAN),
        ("nan", NAN),
        ("9" * 400, NAN),
        ("٥", NAN),
        (None, NAN),
    ],
)
def test_height(value, metres):
    assert tags.height_m(value) == pytest.approx(metres, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "tilt"),
    [("15", 15), ("-15", 15), ("+15°", 15), ("0", 0), ("91", NAN), ("down", NAN), ("", NAN)],
)
def test_tilt_below_the_horizon_by_either_sign(value, tilt):
    assert tags.tilt_deg({"camera:angle": value}) == pytest.approx(tilt, nan_ok=True)


@pytest.mark.parametrize(
    ("given_tags", "kind"),
    [
        ({"camera:type": "fixed"}, "fixed"),
        ({"camera:type": "Dome; fixed"}, "dome"),
        ({"camera:type": "thermal;fixed"}, "fixed"),
        ({"camera:type": "PTZ"}, "panning"),
        ({"camera:type": "panning"}, "panning"),
        ({"camera:type": "thermal"}, "unknown"),
        ({"revolving": "yes"}, "panning"),
        ({"camera:type": "fixed", "revolving": "yes"}, "fixed"),
        ({}, "unknown"),
    ],
)
def test_camera_kind(given_tags, kind):
    assert tags.camera_kind(given_tags) == kind


@pytest.mark.parametrize(
    ("value", "device"),
    [
        (None, "camera"),
        ("", "camera"),
        ("camera", "camera"),
        ("CCTV", "camera"),
        ("ALPR", "ALPR"),
        ("camera;anpr", "ALPR"),
        ("license plate reader", "ALPR"),
        ("guard;camera", "camera"),
        ("guard", "guard"),
        ("gunshot_detector", "gunshot_detector"),
        ("ShotSpotter", "gunshot_detector"),
        ("audio", "microphone"),
        ("Wi-Fi", "radio"),
        ("crystal ball", "unknown"),
    ],
)
def test_surveillance_type(value, device):
    assert tags.surveillance_type({} if value is None else {"surveillance:type": value}) == device


@pytest.mark.parametrize(
    ("given_tags", "where"),
    [
        ({"surveillance": "Public"}, "public"),
        ({"surveillance": "indoor;outdoor"}, "outdoor"),
        ({"surveillance": "indoor;public"}, "public"),
        ({"surveillance": "traffic"}, "public"),
        ({"surveillance": "indoor"}, "indoor"),
        ({"indoor": "yes"}, "indoor"),
        ({"indoor": "no"}, None),
        ({"location": "indoor"}, "indoor"),
        ({"surveillance": "outdoor", "indoor": "yes"}, "outdoor"),
        ({"surveillance": "yes"}, None),
        ({}, None),
    ],
)
def test_where_a_camera_looks(given_tags, where):
    assert tags.camera_surveillance(given_tags) == where


@pytest.mark.parametrize(
    ("given_tags", "kept"),
    [
        ({"check_date": "2024"}, "2024"),
        ({"check_date": "2024-05"}, "2024-05"),
        ({"check_date": "2024-05-31"}, "2024-05-31"),
        ({"survey:date": "2023-01-01"}, "2023-01-01"),
        ({"survey:date": "2025-01", "check_date": "2024-05-31"}, "2025-01"),
        ({"check_date": "2024-13-01"}, None),
        ({"check_date": "2023-02-29"}, None),
        ({"check_date": "31.05.2024"}, None),
        ({"check_date": "2024-05-31<b>"}, None),
        ({"check_date": "0000"}, None),
    ],
)
def test_check_date(given_tags, kept):
    assert tags.check_date(given_tags) == kept


def test_a_whole_camera():
    got = tags.read_camera({
        "man_made": "surveillance", "camera:type": "dome", "camera:mount": "wall", "height": "4",
        "camera:direction": "239-284;forward", "camera:angle": "-15", "surveillance": "traffic",
        "operator": "Town\nhall", "brand": "Make", "manufacturer": "Maker", "model": "M\u202e1",
        "check_date": "2024-05", "fixme": "still there?",
    })  # fmt: skip
    (row,) = got.rows
    assert got.counts == {"camera_directions_relative": 1, "camera_directions_unreadable": 0}
    assert row == {
        "kind": "dome", "surveillance": "public", "surveillance_type": "camera",
        "zone": "traffic", "mount": "wall", "height_m": 4, "tilt_deg": 15,
        "direction_deg": 261.5, "width_deg": 45, "operator": "Town hall", "brand": "Make",
        "manufacturer": "Maker", "model": "M1", "check_date": "2024-05", "fixme": "still there?",
    }  # fmt: skip


def test_the_maker_is_the_brand_where_there_is_no_other():
    assert tags.read_camera({"manufacturer": "Maker"}).rows[0]["brand"] == "Maker"


@pytest.mark.parametrize(
    ("given_tags", "counts"),
    [
        ({"surveillance": "indoor"}, {"cameras_indoor_dropped": 1}),
        (
            {"surveillance:type": "guard"},
            {"cameras_other_dropped": 1, "cameras_other_dropped_guard": 1},
        ),
        (
            {"surveillance:type": "x", "surveillance": "indoor"},
            {"cameras_other_dropped": 1, "cameras_other_dropped_unknown": 1},
        ),
    ],
)
def test_what_is_left_out_is_counted_by_its_kind(given_tags, counts):
    got = tags.read_camera(given_tags)
    assert got.rows == ()
    assert got.counts == counts


def test_only_what_is_tagged_as_surveillance_is_a_camera():
    speed = {"highway": "speed_camera"}
    assert tags.read_object(speed) == tags.CameraReading((), {"speed_cameras_left_out": 1})
    assert len(tags.read_object({**speed, "man_made": "surveillance"}).rows) == 1
    assert tags.read_object({"highway": "traffic_signals"}) is None
