"""Field notes: stored apart, merged by a rule, and gone when removed."""

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

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets import mapped_cameras
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


NOTES = "lat,lon,direction,seen_on,photo\n16.49051234,97.62824567,90,2026-01-01,IMG_7\n"


@pytest.fixture
def write(tmp_path):
    def writer(text, name="notes.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return writer


class TestStoring:
    def test_what_is_imported_is_listed(self, write, home):
        assert mapped_cameras.cameras_sha256("mawlamyine") is None
        assert len(mapped_cameras.list_cameras("mawlamyine")) == 0
        report = mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        assert (report.n_before, report.n_stored) == (0, 1)
        assert report.read.ignored_columns == ("photo",)
        rows = mapped_cameras.list_cameras("mawlamyine")
        pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(report.read.rows))
        (file,) = (home / "cameras").iterdir()
        assert file.name == "mawlamyine.parquet"
        assert store.sha256_file(file) == mapped_cameras.cameras_sha256("mawlamyine")
        assert not (home / "packs").exists()

    def test_the_stored_file_holds_rounded_positions_and_nothing_else(self, write, home):
        first = mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        file = home / "cameras" / "mawlamyine.parquet"
        data = file.read_bytes()
        for secret in (b"IMG_7", b"notes.csv", b"photo"):
            assert secret not in data
        place = mapped_cameras.list_cameras("mawlamyine").geometry[0]
        assert (place.x, place.y) == (97.62825, 16.49051)
        assert file.stat().st_mode & 0o077 == 0
        # Neither the day of import nor the name of the file changes a byte.
        later = dt.date(2027, 1, 1)
        mapped_cameras.import_cameras(write(NOTES, "other.csv"), "mawlamyine", as_of=later)
        assert file.read_bytes() == data
        assert len(first.read.rows) == 1

    def test_a_second_file_replaces_the_first_unless_it_is_to_be_added(self, write):
        mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        other = write("lat,lon\n16.5,97.6\n16.6,97.6\n", "other.csv")
        report = mapped_cameras.import_cameras(other, "mawlamyine", as_of=TODAY)
        assert (report.n_before, report.n_stored) == (1, 2)
        report = mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY, add=True)
        assert (report.n_before, report.n_stored) == (2, 3)
        ids = mapped_cameras.list_cameras("mawlamyine")["osm_id"]
        assert sorted(ids) == ["note/2", "note/3", "note/5"]

    def test_a_file_without_a_row_that_can_be_used_changes_nothing(self, write):
        mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        before = mapped_cameras.cameras_sha256("mawlamyine")
        with pytest.raises(InputDataError, match="Nothing was changed"):
            mapped_cameras.import_cameras(write("lat,lon\n97.6,16.5\n"), "mawlamyine", as_of=TODAY)
        assert mapped_cameras.cameras_sha256("mawlamyine") == before

    def test_checking_stores_nothing(self, write, home):
        read = mapped_cameras.check_cameras(write(NOTES), as_of=TODAY, city_id="mawlamyine")
        assert len(read.rows) == 1
        far = mapped_cameras.check_cameras(write(NOTES), as_of=TODAY, city_id="yangon")
        assert "km from the city" in far.problems[0].reason
        assert len(mapped_cameras.check_cameras(write(NOTES), as_of=TODAY).rows) == 1
        assert not (home / "cameras").exists()

    @pytest.mark.parametrize("city", ["nowhere", "../packs", "", "A", "a/b", "x" * 80])
    def test_only_known_cities(self, write, city):
        with pytest.raises(NotFoundError):
            mapped_cameras.import_cameras(write(NOTES), city, as_of=TODAY)

    def test_removed_notes_are_gone_and_so_are_lines_of_sight_made_of_them(self, write, home):
        with pytest.raises(NotFoundError, match="No field notes"):
            mapped_cameras.remove_cameras("mawlamyine")
        mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        sight = home / "cache" / "sight" / "abc"
        sight.mkdir(parents=True)
        assert mapped_cameras.remove_cameras("mawlamyine") == 1
        assert not sight.exists()
        assert list((home / "cameras").iterdir()) == []

    @pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 1000])
    def test_damaged_notes_are_named_and_can_be_removed_or_replaced(self, write, home, data):
        file = home / "cameras" / "mawlamyine.parquet"
        store.write_bytes(file, data)
        with pytest.raises(InputDataError, match="stored field notes of mawlamyine"):
            mapped_cameras.list_cameras("mawlamyine")
        with pytest.raises(InputDataError):
            mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY, add=True)
        assert file.read_bytes() == data
        assert mapped_cameras.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY).n_stored == 1
        store.write_bytes(file, data)
        assert mapped_cameras.remove_cameras("mawlamyine") == 0

    def test_a_part_of_a_pack_is_no_field_note(self, home):
        source = store.builtin_dir() / "packs" / "helsinki-centre" / "cameras.parquet"
        store.write_bytes(home / "cameras" / "mawlamyine.parquet", source.read_bytes())
        with pytest.raises(InputDataError, match="lacks the column"):
            mapped_cameras.list_cameras("mawlamyine")


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
        assert mapped_cameras.notes_id(pack) == "helsinki-centre"
        report = mapped_cameras.import_cameras(write(text), "helsinki-centre", as_of=TODAY)
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
        assert mapped_cameras.notes_id(replace(pack, manifest=named)) == "mawlamyine"

    def test_only_cameras_known_to_watch_private_ground_are_private(self):
        kinds = [None, "public", "outdoor", "indoor", "outdoor"]
        cameras = layer("node", *((9 * k, 0, {"surveillance": v}) for k, v in enumerate(kinds)))
        kept = mapped_cameras.without_private(cameras)
        assert sorted(kept["surveillance"].fillna("")) == ["", "public"]
        assert mapped_cameras.without_private(kept).equals(kept)
        assert mapped_cameras.without_private(empty_layer("cameras")).empty
