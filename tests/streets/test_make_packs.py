from __future__ import annotations

import errno
from pathlib import Path

import pytest
from drawn_osm import Drawing
from drawn_towns import FAR, at, town, written

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets import make_packs
from toolkit.streets.cities import find_city
from toolkit.streets.readers.osm.file import read_regions


@pytest.fixture
def two_cities(tmp_path: Path) -> Path:
    drawing = Drawing(bounds=False)
    for k, name in enumerate(["mawlamyine", "taunggyi"]):
        town(drawing, at(find_city(name)), first=10_000 * (k + 1))
    return written(drawing, tmp_path / "country.osm")


def test_one_pass_makes_a_pack_of_every_known_city(
    two_cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passes = []
    read = read_regions
    monkeypatch.setattr(
        "toolkit.streets.readers.osm.file.read_regions",
        lambda *a, **k: passes.append(a) or read(*a, **k),
    )
    made = make_packs.make_packs(two_cities, tmp_path / "into")
    assert len(passes) == 1
    assert made.packs == ("mawlamyine", "taunggyi")
    assert made.left_out == ()
    assert sorted(p.name for p in (tmp_path / "into").iterdir()) == sorted(made.packs)


def test_a_full_disc_is_said(
    two_cities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "write_bytes", no_room)
    with pytest.raises(InputDataError, match=r"could not be written \(No space left.*installed"):
        make_packs.make_packs(two_cities, tmp_path / "into")


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("myanmar-latest.osm.pbf", "myanmar-latest"),
        ("A B__c.osm.gz", "a-b-c"),
        ("x.tar.gpkg", "x-tar"),
        ("-" * 70 + "a" * 70 + ".osm", "a" * 64),
    ],
)
def test_a_pack_is_named_after_its_file(name: str, pack: str) -> None:
    assert make_packs.pack_id_of(name) == pack


def test_a_name_without_latin_letters_gives_no_pack() -> None:
    with pytest.raises(InputDataError, match="Latin letters"):
        make_packs.pack_id_of("ရန်ကုန်.osm.pbf")


def test_a_file_too_large_for_one_pack_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("toolkit.streets.readers.osm.file._MAX_WHOLE_VERTICES", 100)
    file = written(town(Drawing(bounds=False), FAR, first=1), tmp_path / "a.osm")
    with pytest.raises(InputDataError, match="too large to become one pack"):
        make_packs.make_packs(file, tmp_path / "into")
