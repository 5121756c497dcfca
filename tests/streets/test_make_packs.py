from __future__ import annotations

import errno
import json
from pathlib import Path

import osmium
import overpass_town
import pytest
from drawn_osm import LAT, LON, STEP, Drawing
from drawn_towns import FAR, at, town, written

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets import boundary, make_packs, pack
from toolkit.streets.cities import find_city
from toolkit.streets.manifest import Manifest
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


def test_a_core_that_is_cut_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert boundary.READ_M >= boundary.REACH_M + 2 * boundary.CELL_M
    monkeypatch.setattr(boundary, "REACH_M", 1000.0)
    monkeypatch.setattr(boundary, "READ_M", 1000.0 + 2 * boundary.CELL_M)
    passes = []
    read = read_regions
    monkeypatch.setattr(
        "toolkit.streets.readers.osm.file.read_regions",
        lambda *a, **k: passes.append(a) or read(*a, **k),
    )
    file = overpass_town.town(tmp_path / "town.osm.pbf")
    made = make_packs.make_packs(file, tmp_path / "into", cities=[overpass_town.CITY])
    manifest = pack._read_manifest(tmp_path / "into" / made.packs[0])[0]
    assert "It is cut 1 km" in manifest.boundary.note
    assert len(passes) == 1


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


# --- the box that a file states -------------------------------------------------------------


def read_manifest(folder: Path) -> Manifest:
    return Manifest.model_validate_json((folder / "manifest.json").read_bytes())


def boxed(path: Path, box: tuple[float, float, float, float], *, cities: int = 0) -> Path:
    """Write a town far from the known cities, or in some of them, in a file with a box."""
    drawing = Drawing(bounds=False)
    if not cities:
        town(drawing, FAR, first=1)
    for k in range(cities):
        town(drawing, at(find_city(("mawlamyine", "taunggyi")[k])), first=10_000 * (k + 1))
    west, south, east, north = box
    stated = f'<bounds minlon="{west}" minlat="{south}" maxlon="{east}" maxlat="{north}"/>'
    path.write_text(drawing.text().replace('"0.6">', f'"0.6">{stated}'), encoding="utf-8")
    return path


WRONG = [(0, 0, 180, 90), (-180, -90, 180, 90), (10, 50, 11, 51)]


@pytest.mark.parametrize("box", WRONG)
def test_a_wrong_box_is_neither_boundary_nor_list_of_cities(
    tmp_path: Path, box: tuple[float, float, float, float]
) -> None:
    into = tmp_path / "into"
    made = make_packs.make_packs(boxed(tmp_path / "a.osm", box), into)
    assert (made.packs, made.left_out) == (("a",), ())
    manifest = read_manifest(into / "a")
    assert manifest.boundary.area_km2 == pytest.approx(6.8, abs=0.2)
    assert "does not fit its streets and was not used" in manifest.boundary.note
    assert manifest.counts["file_box_not_used"] == 1


@pytest.mark.parametrize("box", WRONG)
def test_a_wrong_box_hides_no_city(tmp_path: Path, box: tuple[float, float, float, float]) -> None:
    file = boxed(tmp_path / "a.osm", box, cities=2)
    made = make_packs.make_packs(file, tmp_path / "into")
    assert (made.packs, made.left_out) == (("mawlamyine", "taunggyi"), ())


def test_what_a_box_cuts_away_is_said_by_share_of_length(tmp_path: Path) -> None:
    west, south = LON + (FAR[0] - 12) * STEP, LAT + (FAR[1] - 12) * STEP
    box = (west - STEP, south - STEP, west + 18 * STEP, south + 25 * STEP)
    file = boxed(tmp_path / "a.osm", box)
    made = {}
    for extent in ("box", "data"):
        make_packs.make_packs(file, tmp_path / extent, extent=extent)
        made[extent] = read_manifest(tmp_path / extent / "a")
    cut, whole = made["box"], made["data"]
    share = 1 - cut.counts["street_km"] / whole.counts["street_km"]
    assert 0.2 < share < 0.3
    assert cut.counts["cut_by_file_box_share"] == pytest.approx(share, abs=1e-3)
    assert f"{share:.1%} of the street length in the file lies outside" in cut.boundary.note
    assert whole.boundary.note == "Everything in the file a.osm, not a city."
    assert "cut_by_file_box_share" not in whole.counts


def test_an_unsorted_file_gives_the_packs_of_the_sorted_one(
    two_cities: Path, tmp_path: Path
) -> None:
    head, *lines, tail = two_cities.read_text(encoding="utf-8").splitlines()
    (tmp_path / "country.osm").write_text("\n".join([head, *lines[::-1], tail]), encoding="utf-8")
    made = []
    for file, into in ((two_cities, "a"), (tmp_path / "country.osm", "b")):
        assert make_packs.make_packs(file, tmp_path / into).packs == ("mawlamyine", "taunggyi")
        made.append([read_manifest(tmp_path / into / name) for name in ("mawlamyine", "taunggyi")])
    for one, other in zip(*made, strict=True):
        assert (one.parts, one.counts, one.boundary) == (other.parts, other.counts, other.boundary)
    assert sorted(p.name for p in (tmp_path / "b").iterdir()) == ["mawlamyine", "taunggyi"]


@pytest.mark.parametrize(
    "name",
    [pytest.param("liechtenstein.osm.pbf", marks=pytest.mark.slow), "baltimore.osm.pbf"],
)
def test_a_real_extract_backwards_gives_the_same_pack(
    test_data_dir: Path, tmp_path: Path, name: str
) -> None:
    """Relations come first, then ways, then nodes."""
    source, turned = test_data_dir / "streets" / name, tmp_path / name
    kinds = (osmium.osm.RELATION, osmium.osm.WAY, osmium.osm.NODE)
    with (
        osmium.io.Reader(str(source)) as reader,
        osmium.SimpleWriter(str(turned), header=reader.header()) as writer,
    ):
        for kind in kinds:
            osmium.apply(osmium.io.Reader(str(source), kind), writer)
    pack = name.split(".", maxsplit=1)[0]
    made = []
    for file, into in ((source, "a"), (turned, "b")):
        assert make_packs.make_packs(file, tmp_path / into, cities=()).packs == (pack,)
        made.append(read_manifest(tmp_path / into / pack))
    assert made[0].parts == made[1].parts
    assert made[0].counts == made[1].counts
    assert made[0].counts["cut_by_file_box_share"] > 0.001


def test_an_answer_of_overpass_becomes_a_pack(tmp_path: Path) -> None:
    drawing = town(Drawing(bounds=False), FAR, first=1)
    (tmp_path / "a.osm").write_text(drawing.text(), encoding="utf-8")
    elements = []
    for item in osmium.FileProcessor(str(tmp_path / "a.osm")):
        values = {"id": item.id, "tags": {tag.k: tag.v for tag in item.tags}}
        if item.is_node():
            elements.append({"type": "node", "lat": item.lat, "lon": item.lon, **values})
        else:
            elements.insert(
                0, {"type": "way", "nodes": [node.ref for node in item.nodes], **values}
            )
    content = {"version": 0.6, "osm3s": {}, "elements": elements}
    (tmp_path / "export.json").write_text(json.dumps(content), encoding="utf-8")
    assert make_packs.make_packs(tmp_path / "export.json", tmp_path / "into").packs == ("export",)
    found, drawn = read_manifest(tmp_path / "into" / "export"), tmp_path / "drawn"
    make_packs.make_packs(tmp_path / "a.osm", drawn)
    expected = read_manifest(drawn / "a")
    assert found.parts == expected.parts
    assert found.licence == expected.licence


def test_each_city_of_a_country_has_its_own_background(tmp_path: Path) -> None:
    drawing = Drawing(bounds=False)
    for k, name in enumerate(["mawlamyine", "taunggyi"]):
        first, (column, row) = 10_000 * (k + 1), at(find_city(name))
        town(drawing, (column, row), first=first)
        drawing.node(first + 901, column, row, place="suburb", name=name, name__my="ရပ်ကွက်")
        drawing.way(first + 900, drawing.square(first + 910, column, row, 3), natural="water")
        drawing.relation(first, [(first + 900, "outer")], type="multipolygon", landuse="forest")
    made = make_packs.make_packs(written(drawing, tmp_path / "country.osm"), tmp_path / "into")
    for name in made.packs:
        found = pack.open_folder(tmp_path / "into" / name).background
        assert found is not None
        assert found["kind"].tolist() == ["park", "quarter", "water"]
        assert found["name"].tolist() == [None, name, None]
        assert pack.folder_problems(tmp_path / "into" / name) == []
    assert made.packs == ("mawlamyine", "taunggyi")
