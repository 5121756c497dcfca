"""Paths, atomic writes, and names that are no plain local files."""

from __future__ import annotations

import os
import pathlib

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


HOSTILE = (
    "//host/share", "\\\\host\\share", "\\\\?\\UNC\\host\\share\\a", "\\\\.\\pipe\\a", "//./con",
    "smb://host/share", "file:///etc", "/vsicurl/http://host/a", "con", "NUL", "aux.txt",
    "folder/COM1", "folder\\lpt9.csv", "con .txt", "nul/child", "a\0b",
    "nul:", "C:nul", "com1 . .x", "aux.", "prn ", "a/con:/b", "\\??\\C:\\x", "CONIN$", "com¹",
)  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("named", [store.local_file, store.local_folder, store.checked_name])
def test_a_name_of_elsewhere_is_refused_before_a_look_at_the_disk(name, named, monkeypatch):
    def look(*_args, **_kwargs):
        pytest.fail("the disk was looked at")

    for asked in ("is_dir", "is_file", "exists", "stat", "lstat", "resolve", "is_symlink"):
        monkeypatch.setattr(pathlib.Path, asked, look)
    monkeypatch.setattr(os, "stat", look)
    with pytest.raises(InputDataError):
        named(name)


@pytest.mark.parametrize(
    "name", ["console", "nullable.csv", "auxiliary/a", "com10", "x.con", "comments.toml"]
)
def test_names_that_only_begin_like_a_device_are_fine(name):
    assert store.checked_name(name) == name


def test_a_path_of_windows_that_is_a_share_is_one_by_any_spelling():
    for text in (r"\\host\share\f", "//host/share/f", r"\\?\UNC\host\share\f"):
        assert pathlib.PureWindowsPath(text).drive.startswith("\\\\")
        with pytest.raises(InputDataError, match="plain local file"):
            store.checked_name(text)


def test_a_folder_is_one_that_is_there(tmp_path):
    assert store.local_folder(tmp_path) == tmp_path
    (tmp_path / "file").write_text("", encoding="utf-8")
    for name in ("file", "none"):
        with pytest.raises(InputDataError, match="There is no folder"):
            store.local_folder(tmp_path / name)


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


def test_a_folder_of_the_user_is_removed_whole_and_its_link_is_not_followed(tmp_path):
    for name in ("a/b.toml", "c.toml"):
        store.write_text(store.home_dir() / "evidence" / name, "x")
    left = store.home_dir() / f".evidence.left{store.PART}"
    store.write_text(left / "half.toml", "of a removal that was killed")
    assert store.remove_own("evidence") == 2
    assert [p.name for p in store.home_dir().iterdir()] == ["cache"]
    assert store.remove_own("evidence") == 0
    (tmp_path / "elsewhere").mkdir()
    (store.home_dir() / "evidence").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputDataError, match="is a link"):
        store.remove_own("evidence")
    assert (tmp_path / "elsewhere").is_dir()


def test_caches_are_removed_and_a_lock_still_holds():
    store.write_text(store.cache_dir() / "sight" / "a", "x")
    with store.alone_in(store.home_dir() / "packs"):
        assert store.remove_caches() == 1
        with (
            pytest.raises(InputDataError, match="Another run"),
            store.alone_in(store.home_dir() / "packs"),
        ):
            pass
    assert [p.name for p in store.cache_dir().iterdir()] == ["locks"]
    assert store.remove_caches() == 0
