"""Folders as they are listed: only this machine's, one level, bounded, whatever the names are."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from toolkit.base import folders
from toolkit.base.errors import InputDataError

ENDINGS = (".osm.pbf", ".zip")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="names that Windows refuses")


def mounted(monkeypatch, *parts: tuple[str, str], options: str = "rw") -> None:
    found = [SimpleNamespace(mountpoint=m, fstype=t, opts=options, device=t) for m, t in parts]
    monkeypatch.setattr(folders.psutil, "disk_partitions", lambda **_: found)


def names(listing: folders.Listing) -> list[str]:
    return [one.path.name for one in listing.entries]


def test_files_of_the_kinds_come_before_folders_and_nothing_else_comes(tmp_path):
    for name in ("b.OSM.PBF", "a.zip", "notes.txt", ".hidden.zip"):
        (tmp_path / name).write_bytes(b"12345")
    for name in ("Maps", ".hidden"):
        (tmp_path / name).mkdir()
    found = folders.list_folder(tmp_path, ENDINGS)
    assert names(found) == ["a.zip", "b.OSM.PBF", "Maps"]
    assert [one.size_bytes for one in found.entries] == [5, 5, None]
    assert [one.is_folder for one in found.entries] == [False, False, True]
    assert (found.n_more, found.whole, found.readable) == (0, True, True)


@on_posix
def test_links_devices_and_names_that_are_no_text_are_left_out(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.zip").write_bytes(b"")
    home = tmp_path / "home"
    home.mkdir()
    (home / "link.zip").symlink_to(outside / "secret.zip")
    (home / "link").symlink_to(outside)
    (home / "aux").mkdir()
    (home / "con.zip").write_bytes(b"")
    os.mkfifo(home / "pipe.zip")
    (home / os.fsdecode(b"\xff.zip")).write_bytes(b"")
    assert names(folders.list_folder(home, ENDINGS)) == []
    with pytest.raises(InputDataError, match="leads out"):
        folders.list_folder(home / "link", ENDINGS, below=home)
    with pytest.raises(InputDataError, match="leads out"):
        folders.list_folder(home / "..", ENDINGS, below=home)


def test_a_long_folder_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "MOST_SHOWN", 3)
    for k in range(5):
        (tmp_path / f"{k}.zip").write_bytes(b"")
    found = folders.list_folder(tmp_path, ENDINGS)
    assert (len(found.entries), found.n_more, found.whole) == (3, 2, True)
    monkeypatch.setattr(folders, "MOST_READ", 4)
    found = folders.list_folder(tmp_path, ENDINGS)
    assert (found.n_more, found.whole) == (1, False)


def test_a_folder_that_cannot_be_read_is_said_to_be_so(tmp_path, monkeypatch):
    assert not folders.list_folder(tmp_path / "gone", ENDINGS).readable

    def refused(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folders.os, "scandir", refused)
    assert not folders.list_folder(tmp_path, ENDINGS).readable


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "autofs", "fuse.gvfsd-fuse"])
def test_a_share_is_neither_listed_nor_opened(kind, tmp_path, monkeypatch):
    share = tmp_path / "share"
    share.mkdir()
    mounted(monkeypatch, ("/", "ext4"), (str(share), kind))
    assert names(folders.list_folder(tmp_path, ENDINGS)) == []

    def look(*_args, **_kwargs):
        pytest.fail("the share was looked at")

    with monkeypatch.context() as watched:
        for asked in ("scandir", "stat", "lstat"):
            watched.setattr(folders.os, asked, look)
        for folder in (share, share / "below"):
            with pytest.raises(InputDataError, match="on another machine"):
                folders.list_folder(folder, ENDINGS)


@on_posix
def test_the_usual_folders_and_sticks_are_places_and_shares_are_not(tmp_path, monkeypatch):
    for name in ("home", "home/Downloads", "stick", "share"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr(folders.Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(
        folders.platformdirs, "user_downloads_dir", lambda: str(tmp_path / "home" / "Downloads")
    )
    monkeypatch.setattr(folders.platformdirs, "user_documents_dir", lambda: "//host/documents")
    monkeypatch.setattr(folders.platformdirs, "user_desktop_dir", lambda: str(tmp_path / "none"))
    monkeypatch.setattr(folders, "_MOUNTED", (str(tmp_path),))
    parts = (str(tmp_path / "stick"), "vfat"), (str(tmp_path / "share"), "nfs")
    mounted(monkeypatch, ("/", "ext4"), *parts)
    found = {place.kind: place.path for place in folders.places()}
    assert found == {
        "home": tmp_path / "home",
        "downloads": tmp_path / "home" / "Downloads",
        "drive": tmp_path / "stick",
    }


def test_without_a_list_of_disks_the_usual_folders_remain(monkeypatch):
    def refused(**_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(folders.psutil, "disk_partitions", refused)
    monkeypatch.setattr(folders.sys, "platform", "linux")
    assert "drive" not in {place.kind for place in folders.places()}


def test_where_nothing_is_known_windows_takes_a_drive_for_another_machine(monkeypatch):
    there = Path("/data/a")
    assert not folders.is_remote(there, {})
    monkeypatch.setattr(folders.sys, "platform", "win32")
    assert folders.is_remote(there, {})
    assert not folders.is_remote(there, {os.path.normcase("/"): False})
