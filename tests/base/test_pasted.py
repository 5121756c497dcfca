"""Names as people paste them, and those of other machines in every form."""

from __future__ import annotations

import os
import pathlib
import sys
from pathlib import Path

import pytest

from toolkit.base import pasted
from toolkit.base.errors import InputDataError

ENDINGS = (".osm.pbf", ".zip")
on_posix = pytest.mark.skipif(sys.platform == "win32", reason="how names are written there")
HOSTILE = (
    "//host/share/a", "\\\\host\\share\\a", "\\\\?\\UNC\\host\\share\\a", "\\\\.\\pipe\\a",
    "smb://host/a", "/vsicurl/http://host/a", "con", "NUL.zip", "a/aux.x", "a\0b", "",
    "file:///home/a.zip", "FILE:/home/a.zip", "file://host/share/a.zip",
)  # fmt: skip


@pytest.fixture
def map_file(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(pasted.Path, "home", lambda: tmp_path)
    folder = tmp_path / "My maps"
    folder.mkdir()
    file = folder / "a.osm.pbf"
    file.write_bytes(b"12345")
    return file


@pytest.mark.parametrize(
    "form", ["{}", ' "{}" ', "'{}'", "“{}”", "\u202a{}", "{}\n", "  {}\u00a0", '" {} "']
)
def test_a_pasted_name_means_its_file(form, map_file):
    assert pasted.local_file(form.format(map_file), ENDINGS) == map_file


@on_posix
@pytest.mark.parametrize(
    "name", ["~/My maps/a.osm.pbf", r"~\My maps\a.osm.pbf", '"~/My maps/a.osm.pbf"']
)
def test_the_users_own_folder_is_known_by_its_sign(name, map_file):
    assert pasted.local_file(name, ENDINGS) == map_file


@on_posix
def test_backslashes_separate_where_no_file_has_them_in_its_name(map_file, monkeypatch):
    monkeypatch.chdir(map_file.parent.parent)
    assert pasted.local_file(r"My maps\a.osm.pbf", ENDINGS) == Path("My maps/a.osm.pbf")
    literal = map_file.parent.parent / r"My maps\a.osm.pbf"
    literal.write_bytes(b"")
    assert pasted.local_file(r"My maps\a.osm.pbf", ENDINGS).absolute() == literal


@on_posix
def test_a_name_with_quotes_of_its_own_means_itself(map_file):
    quoted = map_file.parent / "'a'"
    quoted.write_bytes(b"")
    assert pasted.local_file(str(quoted), ENDINGS) == quoted


def test_the_folder_of_another_user_is_not_looked_up(monkeypatch):
    monkeypatch.setattr(os.path, "expanduser", lambda _name: pytest.fail("it was looked up"))
    assert pasted.spellings("~other/a.zip") == ("~other/a.zip",)


def test_a_home_on_another_machine_is_refused(monkeypatch):
    monkeypatch.setattr(pasted.Path, "home", lambda: r"\\host\users\me")
    with pytest.raises(InputDataError, match="plain local file"):
        pasted.spellings("~/a.zip")


def test_a_folder_is_answered_with_what_is_in_it(map_file):
    with pytest.raises(InputDataError) as caught:
        pasted.local_file(str(map_file.parent), ENDINGS)
    assert "'My maps' is a folder. Name a file in it: 'a.osm.pbf' (0.0 MB)." in str(caught.value)
    map_file.unlink()
    with pytest.raises(InputDataError, match=r"no file of the kinds that are read: \.osm\.pbf"):
        pasted.local_file(str(map_file.parent), ENDINGS)


def test_a_long_folder_is_answered_in_a_line(map_file):
    for k in range(12):
        (map_file.parent / f"{k:02d}.zip").write_bytes(b"")
    with pytest.raises(InputDataError, match="and 3 more"):
        pasted.local_file(str(map_file.parent), ENDINGS)


def test_a_file_that_is_not_there_is_named_as_it_is_meant(tmp_path):
    with pytest.raises(InputDataError, match="There is no file") as caught:
        pasted.local_file(f'"{tmp_path / "none.zip"}"', ENDINGS)
    assert '"' not in str(caught.value)


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("form", ["{}", '"{}"', "'{}'", " {} ", "\u202a“{}”", "' {} '"])
def test_in_no_form_a_name_of_elsewhere_leads_to_a_look_at_the_disk(name, form, monkeypatch):
    def look(*_args, **_kwargs):
        pytest.fail("the disk was looked at")

    for asked in ("is_dir", "is_file", "exists", "stat", "lstat", "resolve", "is_symlink"):
        monkeypatch.setattr(pathlib.Path, asked, look)
    for asked in ("stat", "lstat", "scandir"):
        monkeypatch.setattr(os, asked, look)
    for named in (pasted.local_path, lambda text: pasted.local_file(text, ENDINGS)):
        with pytest.raises(InputDataError):
            named(form.format(name))
