"""Field notes: stored apart, and gone when removed."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets import stored_notes

TODAY = dt.date(2026, 11, 1)
NOTES = "lat,lon,direction,seen_on,photo\n16.49051234,97.62824567,90,2026-01-01,IMG_7\n"


class TestStoring:
    def test_what_is_imported_is_listed(self, write, home):
        assert stored_notes.cameras_sha256("mawlamyine") is None
        assert len(stored_notes.list_cameras("mawlamyine")) == 0
        report = stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        assert (report.n_before, report.n_stored) == (0, 1)
        assert report.read.ignored_columns == ("photo",)
        rows = stored_notes.list_cameras("mawlamyine")
        pd.testing.assert_frame_equal(pd.DataFrame(rows), pd.DataFrame(report.read.rows))
        (file,) = (home / "cameras").iterdir()
        assert file.name == "mawlamyine.parquet"
        assert store.sha256_file(file) == stored_notes.cameras_sha256("mawlamyine")
        assert not (home / "packs").exists()

    def test_the_stored_file_holds_rounded_positions_and_nothing_else(self, write, home):
        first = stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        file = home / "cameras" / "mawlamyine.parquet"
        data = file.read_bytes()
        for secret in (b"IMG_7", b"notes.csv", b"photo"):
            assert secret not in data
        place = stored_notes.list_cameras("mawlamyine").geometry[0]
        assert (place.x, place.y) == (97.62825, 16.49051)
        assert file.stat().st_mode & 0o077 == 0
        # Neither the day of import nor the name of the file changes a byte.
        later = dt.date(2027, 1, 1)
        stored_notes.import_cameras(write(NOTES, "other.csv"), "mawlamyine", as_of=later)
        assert file.read_bytes() == data
        assert len(first.read.rows) == 1

    def test_a_second_file_replaces_the_first_unless_it_is_to_be_added(self, write):
        stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        other = write("lat,lon\n16.5,97.6\n16.6,97.6\n", "other.csv")
        report = stored_notes.import_cameras(other, "mawlamyine", as_of=TODAY)
        assert (report.n_before, report.n_stored) == (1, 2)
        report = stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY, add=True)
        assert (report.n_before, report.n_stored) == (2, 3)
        ids = stored_notes.list_cameras("mawlamyine")["osm_id"]
        assert sorted(ids) == ["note/2", "note/3", "note/5"]

    def test_a_file_without_a_row_that_can_be_used_changes_nothing(self, write):
        stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        before = stored_notes.cameras_sha256("mawlamyine")
        with pytest.raises(InputDataError, match="Nothing was changed"):
            stored_notes.import_cameras(write("lat,lon\n97.6,16.5\n"), "mawlamyine", as_of=TODAY)
        assert stored_notes.cameras_sha256("mawlamyine") == before

    def test_checking_stores_nothing(self, write, home):
        read = stored_notes.check_cameras(write(NOTES), as_of=TODAY, city_id="mawlamyine")
        assert len(read.rows) == 1
        far = stored_notes.check_cameras(write(NOTES), as_of=TODAY, city_id="yangon")
        assert "km from the city" in far.problems[0].reason
        assert len(stored_notes.check_cameras(write(NOTES), as_of=TODAY).rows) == 1
        assert not (home / "cameras").exists()

    @pytest.mark.parametrize("city", ["nowhere", "../packs", "", "A", "a/b", "x" * 80])
    def test_only_known_cities(self, write, city):
        with pytest.raises(NotFoundError):
            stored_notes.import_cameras(write(NOTES), city, as_of=TODAY)

    def test_removed_notes_are_gone_and_so_are_lines_of_sight_made_of_them(self, write, home):
        with pytest.raises(NotFoundError, match="No field notes"):
            stored_notes.remove_cameras("mawlamyine")
        stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY)
        sight = home / "cache" / "sight" / "abc"
        sight.mkdir(parents=True)
        assert stored_notes.remove_cameras("mawlamyine") == 1
        assert not sight.exists()
        assert list((home / "cameras").iterdir()) == []

    @pytest.mark.parametrize("data", [b"", b"PAR1", b"x" * 1000])
    def test_damaged_notes_are_named_and_can_be_removed_or_replaced(self, write, home, data):
        file = home / "cameras" / "mawlamyine.parquet"
        store.write_bytes(file, data)
        with pytest.raises(InputDataError, match="stored field notes of mawlamyine"):
            stored_notes.list_cameras("mawlamyine")
        with pytest.raises(InputDataError):
            stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY, add=True)
        assert file.read_bytes() == data
        assert stored_notes.import_cameras(write(NOTES), "mawlamyine", as_of=TODAY).n_stored == 1
        store.write_bytes(file, data)
        assert stored_notes.remove_cameras("mawlamyine") == 0

    def test_a_part_of_a_pack_is_no_field_note(self, home):
        source = store.builtin_dir() / "packs" / "helsinki-centre" / "cameras.parquet"
        store.write_bytes(home / "cameras" / "mawlamyine.parquet", source.read_bytes())
        with pytest.raises(InputDataError, match="lacks the column"):
            stored_notes.list_cameras("mawlamyine")
