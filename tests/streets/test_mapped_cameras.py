"""Mapped cameras and field notes, merged by a rule."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.streets import mapped_cameras, stored_notes
from toolkit.streets.pack import open_pack
from toolkit.streets.schema import FIELD_NOTES, LAYERS, conform, empty_layer

NAN = math.nan
TODAY = dt.date(2026, 11, 1)
UTM = "EPSG:32647"
EAST, NORTH = 567_000.0, 1_824_000.0
_TO_DEGREES = pyproj.Transformer.from_crs(UTM, "EPSG:4326", always_xy=True)


def at(x, y):
    return shapely.Point(*_TO_DEGREES.transform(EAST + x, NORTH + y))


def layer(name, *rows):
    """Return a layer of rows given as (x, y, what is known)."""
    columns = LAYERS["cameras"].columns
    full = [
        {
            **{c: NAN if kind == "float" else None for c, kind in columns.items()},
            "kind": "unknown", "surveillance_type": "camera", "in_building": False,
            "osm_id": f"{name}/{k}", "status": "present", "seen_on": None, "note": None,
            "geometry": at(x, y), **known,
        }
        for k, (x, y, known) in enumerate(rows)
    ]  # fmt: skip
    schema = FIELD_NOTES if name == "note" else "cameras"
    if not full:
        return empty_layer(schema)
    return conform(schema, gpd.GeoDataFrame(full, geometry="geometry", crs="EPSG:4326"))


def merged(mapped, notes):
    frame = mapped_cameras.merge_cameras(layer("node", *mapped), layer("note", *notes), UTM)
    assert list(frame.columns) == [*LAYERS["cameras"].columns, "geometry", "source"]
    return frame


def positions(frame):
    xy = shapely.get_coordinates(frame.geometry.to_crs(UTM).to_numpy()) - (EAST, NORTH)
    return sorted(map(tuple, np.round(xy).astype(int).tolist()))


class TestMerging:
    def test_nothing_and_nothing(self):
        assert len(merged([], [])) == 0

    def test_far_ones_are_different_cameras(self):
        frame = merged([(0, 0, {})], [(10.5, 0, {})])
        assert sorted(frame["source"]) == ["field", "osm"]
        assert positions(frame) == [(0, 0), (10, 0)] or positions(frame) == [(0, 0), (11, 0)]

    def test_a_near_one_is_counted_once_and_the_note_wins(self):
        frame = merged(
            [(0, 0, {"operator": "town", "height_m": 3.0})], [(9.5, 0, {"height_m": 5.0})]
        )
        assert frame["source"].tolist() == ["field"]
        assert frame["osm_id"].tolist() == ["node/0"]
        assert frame["operator"].tolist() == ["town"]  # the note says nothing of it
        assert frame["height_m"].tolist() == [5.0]
        assert positions(frame) in ([(9, 0)], [(10, 0)])

    def test_the_newer_date_wins_and_the_older_fills_its_gaps(self):
        frame = merged(
            [(0, 0, {"check_date": "2026-05", "height_m": 3.0})],
            [(5, 0, {"seen_on": "2025-12-31", "height_m": 5.0, "brand": "Make"})],
        )
        row = frame.iloc[0]
        assert (row["source"], row["height_m"], row["brand"]) == ("osm", 3.0, "Make")
        assert row["check_date"] == "2026-05"
        assert positions(frame) == [(0, 0)]

    @pytest.mark.parametrize(
        ("camera", "note", "number"),
        [
            ({"kind": "fixed"}, {"kind": "fixed"}, 1),
            ({"kind": "fixed"}, {}, 1),
            ({"kind": "fixed"}, {"kind": "dome"}, 2),
            ({"direction_deg": 350.0}, {"direction_deg": 30.0}, 1),
            ({"direction_deg": 350.0}, {"direction_deg": 36.0}, 2),
            ({"direction_deg": 350.0}, {}, 1),
            ({"direction_deg": 350.0}, {"width_deg": 360.0}, 1),
        ],
    )
    def test_kind_and_direction_must_go_together(self, camera, note, number):
        assert len(merged([(0, 0, camera)], [(1, 1, note)])) == number

    def test_what_the_note_leaves_open_is_taken_from_the_map(self):
        frame = merged(
            [(0, 0, {"kind": "dome", "direction_deg": 261.5, "width_deg": 45.0,
                     "surveillance_type": "ALPR"})],
            [(1, 0, {}), (1, 0, {"seen_on": "2026-01-01", "direction_deg": 270.0})],
        )  # fmt: skip
        row = frame.iloc[0]
        assert len(frame) == 1
        assert (row["kind"], row["surveillance_type"]) == ("dome", "ALPR")
        assert (row["direction_deg"], row["width_deg"]) == (270.0, 45.0)

    def test_an_all_round_camera_has_no_direction_left(self):
        frame = merged([(0, 0, {"direction_deg": 90.0})], [(0, 0, {"width_deg": 360.0})])
        assert frame["width_deg"].tolist() == [360.0]
        assert frame["direction_deg"].isna().all()
        back = merged([(0, 0, {"width_deg": 360.0})], [(0, 0, {"direction_deg": 90.0})])
        assert back["direction_deg"].tolist() == [90.0]
        assert back["width_deg"].isna().all()

    def test_cameras_of_one_visit_are_different_ones(self):
        frame = merged([(0, 0, {})], [(0, 0, {}), (1, 0, {}), (2, 0, {})])
        assert len(frame) == 3
        assert set(frame["source"]) == {"field"}

    def test_a_second_visit_sees_the_same_cameras(self):
        first = [(x, 0, {"seen_on": "2026-01-01"}) for x in (0, 1)]
        second = [(x, 3, {"seen_on": "2026-02-01"}) for x in (0, 1, 2)]
        frame = merged([], first + second)
        assert frame["check_date"].tolist() == ["2026-02-01"] * 3

    def test_directions_pair_before_distance(self):
        frame = merged(
            [(0, 0, {"osm_id": "node/9", "direction_deg": 90.0}),
             (0, 0, {"osm_id": "node/9", "direction_deg": 270.0})],
            [(1, 0, {"height_m": 4.0}), (6, 0, {"direction_deg": 80.0})],
        )  # fmt: skip
        assert sorted(frame["direction_deg"]) == [80.0, 270.0]
        assert frame.set_index("direction_deg")["height_m"][270.0] == 4.0

    def test_gone_removes_what_is_on_the_map(self):
        frame = merged([(0, 0, {}), (50, 0, {})], [(5, 0, {"status": "gone"})])
        assert positions(frame) == [(50, 0)]

    def test_gone_without_a_direction_removes_all_directions_with_one_only_that(self):
        node = [(0, 0, {"osm_id": "node/9", "direction_deg": d}) for d in (90.0, 270.0)]
        assert len(merged(node, [(1, 0, {"status": "gone"})])) == 0
        left = merged(node, [(1, 0, {"status": "gone", "direction_deg": 90.0})])
        assert left["direction_deg"].tolist() == [270.0]

    def test_gone_says_nothing_about_what_was_seen_later(self):
        mapped = [(0, 0, {"check_date": "2026"})]
        gone = {"status": "gone"}
        assert len(merged(mapped, [(0, 0, gone)])) == 1
        assert len(merged(mapped, [(0, 0, {**gone, "seen_on": "2025-12-31"})])) == 1
        assert len(merged(mapped, [(0, 0, {**gone, "seen_on": "2026-01-02"})])) == 0

    def test_a_camera_replaced_on_the_same_day_stays_one(self):
        frame = merged(
            [(0, 0, {"operator": "old"})],
            [(0, 0, {"seen_on": "2026-01-01", "status": "gone"}),
             (1, 0, {"seen_on": "2026-01-01"})],
        )  # fmt: skip
        assert frame["osm_id"].tolist() == ["note/1"]
        assert frame["operator"].isna().all()

    def test_unsure_changes_nothing(self):
        frame = merged([(0, 0, {})], [(1, 0, {"status": "unsure"}), (90, 0, {"status": "unsure"})])
        assert frame["source"].tolist() == ["osm"]
        assert positions(frame) == [(0, 0)]

    def test_the_order_of_rows_does_not_matter(self):
        mapped = [(x, 0, {"direction_deg": 10.0 * x}) for x in range(12)]
        notes = [(x + 0.4, 2, {"seen_on": f"2026-01-{d:02}", "height_m": float(d)})
                 for x in range(12) for d in (1, 2)]  # fmt: skip
        one = mapped_cameras.merge_cameras(layer("node", *mapped), layer("note", *notes), UTM)
        other = mapped_cameras.merge_cameras(
            layer("node", *mapped).iloc[::-1], layer("note", *notes).iloc[::-1], UTM
        )
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other))


PLACES = st.tuples(st.integers(0, 3).map(lambda k: 6.0 * k), st.sampled_from([0.0, 4.0]))
_KNOWN = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["unknown", "fixed", "dome"]),
        "direction_deg": st.sampled_from([NAN, 0.0, 90.0, 120.0]),
        "seen_on": st.sampled_from([None, "2025-01-01", "2026-01-01"]),
        "check_date": st.sampled_from([None, "2025", "2025-06-01"]),
    }
)


@given(
    mapped=st.lists(st.tuples(PLACES, _KNOWN), max_size=5),
    notes=st.lists(st.tuples(PLACES, _KNOWN), max_size=6),
)
@settings(max_examples=40)
def test_no_camera_is_lost_and_none_is_made_up(mapped, notes):
    rows = [(x, y, known) for (x, y), known in notes]
    frame = merged([(x, y, known) for (x, y), known in mapped], rows)
    assert len(mapped) <= len(frame) <= len(mapped) + len(notes)
    days = Counter(known["seen_on"] for _, known in notes)
    assert len(frame) >= max(days.values(), default=0)  # notes of one day are different cameras
    assert len(set(frame["osm_id"])) == len(frame)
    last = max(filter(None, days), default=None)
    there = np.array(positions(frame)).reshape(-1, 2)
    for x, y, known in rows:
        if known["seen_on"] == last == "2026-01-01":  # newer than anything on the map
            assert np.hypot(there[:, 0] - x, there[:, 1] - y).min() <= 1


class TestWithAPack:
    def test_without_notes_the_cameras_of_the_pack(self):
        pack = open_pack("helsinki-centre")
        found = mapped_cameras.cameras_for(pack)
        assert set(found["source"]) == {"osm"}
        pd.testing.assert_frame_equal(
            pd.DataFrame(found.drop(columns="source")), pd.DataFrame(pack.cameras)
        )

    def test_notes_of_the_city_are_added_inside_the_boundary(self, write):
        pack = open_pack("helsinki-centre")
        house = pack.buildings.geometry.iloc[0].representative_point()
        text = (
            f"lat,lon,note\n{house.y},{house.x},in a house\n60.1699,24.9384,x\n60.3,25.1,outside\n"
        )
        before = len(pack.cameras)
        assert stored_notes.notes_id(pack) == "helsinki-centre"
        report = stored_notes.import_cameras(write(text), "helsinki-centre", as_of=TODAY)
        assert report.n_stored == 3
        found = mapped_cameras.cameras_for(pack)
        own = found[found["source"] == "field"]
        assert len(own) == 2
        assert before <= len(found) <= before + 2
        assert own["in_building"].tolist().count(True) == 1
        assert len(pack.cameras) == before

    def test_notes_belong_to_the_city_of_the_pack_if_it_has_one(self):
        pack = open_pack("helsinki-centre")
        named = pack.manifest.model_copy(update={"city": "mawlamyine", "id": "mawlamyine-core"})
        assert stored_notes.notes_id(replace(pack, manifest=named)) == "mawlamyine"

    def test_only_cameras_known_to_watch_private_ground_are_private(self):
        kinds = [None, "public", "outdoor", "indoor", "outdoor"]
        cameras = layer("node", *((9 * k, 0, {"surveillance": v}) for k, v in enumerate(kinds)))
        kept = mapped_cameras.without_private(cameras)
        assert sorted(kept["surveillance"].fillna("")) == ["", "public"]
        assert mapped_cameras.without_private(kept).equals(kept)
        assert mapped_cameras.without_private(empty_layer("cameras")).empty
