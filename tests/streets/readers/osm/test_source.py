from __future__ import annotations

import errno
import json
import shutil
from pathlib import Path

import pytest
from drawn_osm import Drawing, street

from toolkit.base.errors import InputDataError
from toolkit.base.store import sha256_file
from toolkit.base.terms import no_progress
from toolkit.streets.readers.osm import source as sources
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.readers.osm.source import explained, is_osm_file, open_osm
from toolkit.streets.readers.osm.tidy import UntidyError


@pytest.fixture
def unsorted(tmp_path: Path) -> Path:
    drawing = street(Drawing(bounds=False))
    path = tmp_path / "a.osm"
    parts = [*drawing.ways.values(), *drawing.nodes.values()]
    path.write_text(f'<osm version="0.6">{"".join(parts)}</osm>', encoding="utf-8")
    return path


def test_a_sorted_file_is_read_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(street().text(), encoding="utf-8")
    with open_osm(path, folder=tmp_path) as source:
        assert (source.path, source.format, source.tidied) == (path, "osm", False)
        assert list(tmp_path.iterdir()) == [path]


def test_copies_are_removed_and_the_hash_is_that_of_the_file(
    tmp_path: Path, unsorted: Path
) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    with open_osm(unsorted, folder=folder) as source:
        source.tidy(no_progress)
        assert source.path.is_relative_to(folder)
        assert (source.format, source.tidied) == ("pbf", True)
        assert (source.name, source.sha256) == ("a.osm", sha256_file(unsorted))
        with open_osm(source) as again:
            assert again is source
    assert list(folder.iterdir()) == []


def test_copies_are_removed_after_an_error(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    bad = {"version": 0.6, "elements": [{"type": "node", "id": "x"}]}
    (tmp_path / "a.json").write_text(json.dumps(bad))
    with (
        pytest.raises(InputDataError, match=r"a\.json"),
        open_osm(tmp_path / "a.json", folder=tmp_path / "copies"),
    ):
        pass
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_full_disk_is_said(unsorted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(sources.tidy, "tidy_copy", no_room)
    with (
        open_osm(unsorted) as source,
        pytest.raises(InputDataError, match=r"a\.osm must be sorted.*No space left.*Make room"),
    ):
        source.tidy(no_progress)


def test_errors_about_the_order_can_be_told_from_others() -> None:
    for said in ("Way IDs out of order: 3", "Node ID twice in input. Maybe"):
        with pytest.raises(UntidyError, match=said), explained("a.osm", sortable=True):
            raise RuntimeError(said)
        with pytest.raises(InputDataError, match=r"a\.osm cannot be read"), explained("a.osm"):
            raise RuntimeError(said)
    with pytest.raises(InputDataError), explained("a.osm", sortable=True):
        raise RuntimeError
    with pytest.raises(InputDataError), explained("a.osm"):
        raise UntidyError


def test_files_are_recognised_by_name_or_content(tmp_path: Path, unsorted: Path) -> None:
    assert is_osm_file(unsorted)
    shutil.copy(unsorted, tmp_path / "a.xml")
    assert not is_osm_file(tmp_path / "a.xml")
    for name, content, expected in (
        ("a.json", {"version": 0.6, "osm3s": {}, "elements": []}, True),
        ("b.json", {"type": "FeatureCollection", "features": []}, False),
    ):
        (tmp_path / name).write_text(json.dumps(content))
        assert is_osm_file(tmp_path / name) == expected


class TestLocations:
    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        path = tmp_path / "a.osm"
        path.write_text(street().text(), encoding="utf-8")
        return path

    def test_those_of_a_large_file_lie_on_the_disk_and_give_the_same_streets(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        small = read_osm(path)
        with open_osm(path) as source:
            assert "," not in source.location_index()
        monkeypatch.setattr(sources, "LARGE_BYTES", 0)
        folder = path.parent / "copies"
        folder.mkdir()
        with open_osm(path, folder=folder) as source:
            kind, _, file = source.location_index().partition(",")
            assert kind == "sparse_file_array"
            assert Path(file).is_relative_to(folder)
            large = read_osm(source)
        assert list(folder.iterdir()) == []
        assert large.layers.streets.equals(small.layers.streets)
        assert large.counts == small.counts

    @pytest.mark.parametrize("why", ["full", "unwritable", "comma"])
    def test_they_stay_in_memory_where_the_disk_cannot_take_them(
        self, path: Path, why: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sources, "LARGE_BYTES", 0)
        folder = path.parent / ("a,b" if why == "comma" else "copies")
        if why != "unwritable":
            folder.mkdir()
        usage = shutil.disk_usage(path.parent)
        if why == "full":
            monkeypatch.setattr(
                sources.shutil, "disk_usage", lambda _: usage._replace(free=path.stat().st_size)
            )
        with open_osm(path, folder=folder) as source:
            assert "," not in source.location_index()
            assert len(read_osm(source).layers.streets) > 0
