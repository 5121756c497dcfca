"""Paths, atomic writes, and names that are no plain local files."""

from __future__ import annotations

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError


def test_the_users_file_comes_before_the_built_in_one():
    built_in = store.find("brands.toml")
    assert built_in == store.builtin_dir() / "brands.toml"
    store.write_text(store.home_dir() / "brands.toml", "x")
    assert store.find("brands.toml") == store.home_dir() / "brands.toml"


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "file.txt"
    store.write_text(path, "old")

    def fail():
        with store.replacing(path) as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "http://example.org/a.pbf",
        "/vsicurl/http://example.org/a",
        "/VSIZIP/a.zip",
        "//server/share/a",
        "\\\\server\\share\\a",
        "file:///etc/hostname",
        "a\0b",
        "no-such-file",
        ".",
    ],
)
def test_only_plain_local_files_are_opened(name):
    with pytest.raises(InputDataError):
        store.local_file(name)


def test_canonical_json_has_one_form():
    assert store.canonical_json({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()


def test_a_folder_in_the_place_of_a_file_is_named_as_such(tmp_path):
    (tmp_path / "a.gpkg").mkdir()
    with pytest.raises(IsADirectoryError, match=r"a folder of that name is there: 'a\.gpkg'"):
        store.write_bytes(tmp_path / "a.gpkg", b"x")
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_one_process_alone_works_in_a_folder(tmp_path, monkeypatch):
    monkeypatch.setenv(store.HOME_VARIABLE, str(tmp_path / "home"))
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "link").symlink_to(out)
    with store.alone_in(out):
        with (
            pytest.raises(InputDataError, match="Another run is working in the folder 'link'"),
            store.alone_in(tmp_path / "link"),
        ):
            pass
        with store.alone_in(tmp_path / "other"):
            pass
    with store.alone_in(out):
        assert not list(out.iterdir())
