from __future__ import annotations

import os
import shutil
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_city
from drawn_osm import street
from old_pack import make_version_1

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets import install, pack, pack_zip
from toolkit.streets.schema import LAYERS

BUILT_IN = "helsinki-centre"


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    return pack_zip.export_pack(BUILT_IN, tmp_path / "carried")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(store.HOME_VARIABLE, str(folder))
        small_city.install_checked(folder, 40)
        return pack_zip.export_pack(small_city.PACK, folder / "carried")


def installed(home: Path) -> list[str]:
    folder = home / "packs"
    return sorted(p.name for p in folder.iterdir()) if folder.exists() else []


def test_a_pack_goes_into_a_file_and_back(home: Path, packed: Path) -> None:
    assert packed.name == "carried.zip"
    assert pack_zip.is_pack_file(packed)
    made = install.import_pack(packed)
    assert made.manifest == pack.read_manifest(BUILT_IN)
    assert made.sha256 == pack.pack_sha256(BUILT_IN)
    assert installed(home) == [BUILT_IN]
    mine, theirs = home / "packs" / BUILT_IN, store.builtin_dir() / "packs" / BUILT_IN
    assert {p.name: p.read_bytes() for p in mine.iterdir()} == {
        p.name: p.read_bytes() for p in theirs.iterdir()
    }
    assert pack.verify_pack(BUILT_IN) == []


def test_a_pack_of_schema_1_is_written_anew_and_still_identified(
    home: Path, packed: Path, tmp_path: Path
) -> None:
    install.import_pack(packed)
    make_version_1(home / "packs" / BUILT_IN)
    handed, before = pack.pack_sha256(BUILT_IN), pack.open_pack(BUILT_IN)
    old = pack_zip.export_pack(BUILT_IN, tmp_path / "old.zip")
    pack_zip.remove_pack(BUILT_IN)
    made = install.import_pack(old)
    assert made.manifest.schema_ == "camera-exposure.pack/2"
    assert made.sha256 == handed != pack.pack_sha256(BUILT_IN)
    after = pack.open_pack(BUILT_IN)
    for layer in LAYERS:
        assert getattr(after, layer).equals(getattr(before, layer))


def test_the_same_pack_gives_the_same_bytes_without_names_of_this_machine(
    tmp_path: Path, packed: Path
) -> None:
    again = pack_zip.export_pack(BUILT_IN, tmp_path / "other.zip")
    assert again.read_bytes() == packed.read_bytes()
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    parts = (*pack_zip._PARTS, *pack_zip._OPTIONAL_PARTS)
    assert names == [f"{BUILT_IN}/{part}" for part in parts]
    assert str(tmp_path).encode() not in packed.read_bytes()


def test_a_damaged_pack_is_not_exported(home: Path, packed: Path, tmp_path: Path) -> None:
    install.import_pack(packed)
    (home / "packs" / BUILT_IN / "streets.parquet").write_bytes(b"x")
    with pytest.raises(InputDataError, match="damaged"):
        pack_zip.export_pack(BUILT_IN, tmp_path / "bad.zip")
    assert not (tmp_path / "bad.zip").exists()
    with pytest.raises(NotFoundError):
        pack_zip.export_pack("nowhere", tmp_path / "bad.zip")


def test_only_a_users_own_pack_is_removed(home: Path, packed: Path) -> None:
    with pytest.raises(InputDataError, match="comes with the toolkit"):
        pack_zip.remove_pack(BUILT_IN)
    install.import_pack(packed)
    pack_zip.remove_pack(BUILT_IN)
    assert installed(home) == []
    assert pack.verify_pack(BUILT_IN) == []  # the built-in one
    with pytest.raises(NotFoundError):
        pack_zip.remove_pack("nowhere")


def rewritten(packed: Path, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """Return a copy of a pack's file with other entries."""
    made = packed.with_name("changed.zip")
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            for entry, data in change(name, old.read(name)):
                new.writestr(entry, data)
    return made


CHANGES: dict[str, Callable[[str, bytes], list[tuple[str, bytes]]]] = {
    "climbs out": lambda n, d: [(n.replace(BUILT_IN, "../../evil"), d)],
    "absolute": lambda n, d: [(f"/{n}", d)],
    "backslash": lambda n, d: [(n.replace("/", "\\..\\"), d)],
    "one more": lambda n, d: [(n, d), *([(f"{BUILT_IN}/run.py", d)] if "places" in n else [])],
    "one fewer": lambda n, d: [] if "places" in n else [(n, d)],
    "two packs": lambda n, d: [(n.replace(BUILT_IN, "other") if "places" in n else n, d)],
    "flat": lambda n, d: [(n.partition("/")[2], d)],
    "deep": lambda n, d: [(f"a/{n}", d)],
    "damaged": lambda n, d: [(n, d[:-1] if "cameras" in n else d)],
    "other id": lambda n, d: [(n.replace(BUILT_IN, "other"), d)],
    "empty": lambda _n, _d: [],
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_what_is_no_whole_pack_is_refused_and_leaves_nothing(
    home: Path, packed: Path, name: str
) -> None:
    made = rewritten(packed, CHANGES[name])
    with pytest.raises(InputDataError, match=r"changed\.zip"):
        install.import_pack(made)
    assert installed(home) == []
    assert not list(home.parent.rglob("evil*"))


def test_links_are_refused(home: Path, packed: Path) -> None:
    made = packed.with_name("link.zip")
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            linked = zipfile.ZipInfo(entry.filename)
            linked.create_system = 3
            linked.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(linked, b"/etc/hostname")
    with pytest.raises(InputDataError, match="link"):
        install.import_pack(made)
    assert installed(home) == []


def test_a_bomb_is_refused_before_it_unpacks(
    home: Path, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = packed.with_name("bomb.zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in pack_zip._PARTS:
            archive.writestr(f"bomb/{part}", bytes(1 << 20))
    monkeypatch.setattr(pack_zip, "_MAX_BYTES", 1 << 20)
    with pytest.raises(InputDataError, match="unpacks to more than 1 MB"):
        pack_zip.write_anew(made, home / "new")
    assert installed(home) == []


def test_a_part_longer_than_stated_is_refused(home: Path, packed: Path) -> None:
    data = bytearray(packed.read_bytes())
    with zipfile.ZipFile(packed) as archive:
        entry = archive.getinfo(f"{BUILT_IN}/boundary.parquet")
    size = entry.file_size.to_bytes(4, "little")
    at = data.rindex(size + size, 0, data.rindex(f"{BUILT_IN}/boundary.parquet".encode()))
    data[at + 4 : at + 8] = (entry.file_size - 4).to_bytes(4, "little")
    made = packed.with_name("longer.zip")
    made.write_bytes(data)
    with pytest.raises(InputDataError, match=r"longer\.zip"):
        install.import_pack(made)
    assert installed(home) == []


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"noise" * 99])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert not pack_zip.is_pack_file(tmp_path / "a.zip")
    with pytest.raises(InputDataError, match=r"a\.zip"):
        install.import_pack(tmp_path / "a.zip")


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", range(4))
def test_an_import_or_a_removal_that_is_killed_leaves_a_whole_pack_or_none(
    home: Path, small: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    install.import_pack(small)
    steps = iter(range(100))

    def killing(do: Callable[..., Any]) -> Callable[..., Any]:
        def step_or_die(*args: Any, **kwargs: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return do(*args, **kwargs)

        return step_or_die

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_bytes", killing(store.write_bytes))
        patch.setattr(Path, "rename", killing(Path.rename))
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)
        try:
            install.import_pack(small)
            pack_zip.remove_pack(small_city.PACK)
        except Killed:
            pass
    assert pack.verify_pack(small_city.PACK) == []
    install.import_pack(small)
    # A reading folder is removed by the next run, once the process that made it is gone.
    left = [name for name in installed(home) if not name.startswith(f".reading-{os.getpid()}-")]
    assert left == [small_city.PACK]


def test_a_background_is_carried_along(home: Path, tmp_path: Path) -> None:
    drawing = street()
    drawing.way(1, drawing.square(11, 1, 1), leisure="park", name="ပန်းခြံ")
    file = tmp_path / "town.osm"
    file.write_text(drawing.text(), encoding="utf-8")
    install.import_file(file, cities=())
    before = pack.open_pack("town")
    packed = pack_zip.export_pack("town", tmp_path / "carried")
    pack_zip.remove_pack("town")
    made = install.import_pack(packed)
    assert made.sha256 == before.sha256
    assert installed(home) == ["town"]
    found = pack.open_pack("town").background
    assert found is not None
    assert found["name"].tolist() == ["ပန်းခြံ"]
    assert found.equals(before.background)


def test_all_packs_are_removed_also_damaged_ones(home: Path, packed: Path) -> None:
    install.import_pack(packed)
    assert installed(home) == [BUILT_IN]
    store.write_text(home / pack.FOLDER / "damaged" / "manifest.json", "{")
    assert pack_zip.remove_all() > 1
    assert not (home / pack.FOLDER).exists()
