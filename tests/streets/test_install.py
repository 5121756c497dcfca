from __future__ import annotations

import contextlib
import errno
import gzip
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import shapely
from drawn_osm import LAT, LON, STEP, Drawing
from drawn_towns import FAR, at, town, written

from toolkit.base import store
from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import Names
from toolkit.streets import boundary, install
from toolkit.streets.boundary import BoundaryChoice
from toolkit.streets.cities import City, find_city, load_cities
from toolkit.streets.pack import find_pack_for, open_pack, pack_sha256, verify_pack
from toolkit.streets.readers import extract
from toolkit.streets.readers.osm.file import read_osm


@pytest.fixture(scope="module")
def two_cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the streets of two known cities, and of a place between them."""
    drawing = Drawing(bounds=False)
    town(drawing, at(find_city("mawlamyine")), first=10_000)
    town(drawing, at(find_city("taunggyi")), first=20_000, size=9)
    town(drawing, FAR, first=30_000)
    return written(drawing, tmp_path_factory.mktemp("file") / "country.osm")


SMALL = boundary.parse_boundary("radius:900")


@pytest.fixture(scope="module")
def small_packs(two_cities: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a pack of the middle of either city."""
    folder = tmp_path_factory.mktemp("small")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(store.HOME_VARIABLE, str(folder))
        install.import_file(two_cities, boundary=SMALL)
    return folder


def packs(home: Path) -> list[str]:
    """Return the packs; a reading folder of this process is what a killed one leaves."""
    folder = home / "packs"
    found = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
    return [name for name in found if not name.startswith(f".reading-{os.getpid()}-")]


# --- which packs ----------------------------------------------------------------------------


def test_a_pack_is_made_of_every_known_city(home: Path, two_cities: Path) -> None:
    said: list[tuple[str, float | None]] = []
    report = install.import_file(two_cities, progress=lambda *given: said.append(given))
    assert [made.pack for made in report.installed] == ["mawlamyine", "taunggyi"]
    assert report.left_out == ()
    assert packs(home) == ["mawlamyine", "taunggyi"]
    assert {share for _, share in said} > {None, 0.0}
    for made in report.installed:
        assert verify_pack(made.pack) == []
        assert not made.replaced
        pack = open_pack(made.pack)
        city = find_city(made.pack)
        assert (pack.manifest.city, pack.manifest.name) == (city.id, city.name)
        assert not pack.manifest.demonstration
        assert pack.manifest.boundary.kind == "core"
        assert pack.manifest.boundary.note.startswith("Built-up core: ")
        assert pack.boundary["kind"].tolist() == ["core"]
        assert pack.boundary.geometry[0].covers(shapely.Point(city.lon, city.lat))
        assert pack.places["kind"].tolist() == ["police"]
        assert pack.manifest.counts["missing_node_refs"] == 0
        assert pack.manifest.source.name == "country.osm"
        assert find_pack_for(city.id) == city.id


def test_the_packs_are_those_of_each_city_alone(home: Path, two_cities: Path) -> None:
    together = install.import_file(two_cities, boundary=boundary.parse_boundary("radius:900"))
    city = find_city("taunggyi")
    alone = read_osm(two_cities, boundary=extract.disc(city.lon, city.lat, 900))
    made = open_pack("taunggyi")
    assert together.installed[1].manifest.boundary.kind == "radius"
    for layer in ("streets", "junctions", "buildings", "places", "cameras"):
        assert getattr(made, layer).equals(getattr(alone.layers, layer)), layer
    differing = {
        key for key, value in alone.counts.items() if made.manifest.counts.get(key) != value
    }
    assert differing == set()
    assert packs(home) == ["mawlamyine", "taunggyi"]


def test_without_a_known_city_the_file_becomes_a_pack_of_its_name(
    home: Path, tmp_path: Path
) -> None:
    file = written(town(Drawing(bounds=False), FAR, first=1), tmp_path / "Übung Süd.2024.osm")
    report = install.import_file(file)
    assert packs(home) == ["ubung-sud-2024"]
    manifest = report.installed[0].manifest
    assert manifest.city is None
    assert manifest.name.en == "Übung Süd.2024.osm"
    assert manifest.boundary.kind == "extract"
    assert manifest.boundary.note == "Everything in the file Übung Süd.2024.osm, not a city."


def test_the_header_says_which_cities_a_file_covers(home: Path, tmp_path: Path) -> None:
    """The drawing's box, 95.9 to 96.1 east and 15.9 to 16.1 north, holds no known city."""
    drawing = town(Drawing(), (0, 0), first=1)
    written(drawing, tmp_path / "a.osm")
    install.import_file(tmp_path / "a.osm")
    assert packs(home) == ["a"]


def test_a_city_that_is_named_must_be_there(home: Path, two_cities: Path) -> None:
    with pytest.raises(InputDataError, match=r"Nothing was imported.*dawei: the file has no str"):
        install.import_file(two_cities, cities=[find_city("dawei")])
    assert packs(home) == []
    report = install.import_file(two_cities, cities=[find_city("dawei"), find_city("taunggyi")])
    assert packs(home) == ["taunggyi"]
    assert report.left_out == (("dawei", "the file has no streets there."),)


def test_the_demonstration_is_replaced_only_by_name(home: Path, tmp_path: Path) -> None:
    city = next(c for c in load_cities() if c.demonstration)
    drawing = town(Drawing(bounds=False), at(city), first=1)
    file = written(drawing, tmp_path / "north.osm")
    assert [made.pack for made in install.import_file(file).installed] == ["north"]
    made = install.import_file(file, cities=[city]).installed[0]
    assert (made.pack, made.manifest.demonstration) == (city.id, True)
    assert packs(home) == sorted(["north", city.id])


# --- boundaries -----------------------------------------------------------------------------


def test_a_polygon_decides_which_city_it_is(two_cities: Path) -> None:
    city = find_city("taunggyi")
    box = shapely.box(city.lon - 0.005, city.lat - 0.005, city.lon + 0.005, city.lat + 0.005)
    report = install.import_file(
        two_cities, boundary=BoundaryChoice("polygon", polygon=box, name="mine.geojson")
    )
    assert [made.pack for made in report.installed] == ["taunggyi"]
    manifest = report.installed[0].manifest
    assert manifest.boundary.kind == "polygon"
    assert manifest.boundary.note == "Polygon given in the file mine.geojson."
    assert open_pack("taunggyi").boundary.geometry[0].equals(box)
    around = BoundaryChoice("polygon", polygon=shapely.box(90, 10, 105, 30), name="all.geojson")
    with pytest.raises(InputDataError, match=r"several cities .*mawlamyine.*Name one"):
        install.import_file(two_cities, boundary=around)
    x, y = LON + FAR[0] * STEP, LAT + FAR[1] * STEP
    elsewhere = BoundaryChoice(
        "polygon", polygon=shapely.box(x - 0.005, y - 0.005, x + 0.005, y + 0.005), name="b.json"
    )
    made = install.import_file(two_cities, boundary=elsewhere).installed[0]
    assert (made.pack, made.manifest.boundary.kind) == ("country", "polygon")


@pytest.mark.parametrize("text", ["core", "radius:500", "admin"])
def test_other_boundaries_need_a_city(home: Path, tmp_path: Path, text: str) -> None:
    file = written(town(Drawing(bounds=False), FAR, first=1), tmp_path / "a.osm")
    with pytest.raises(InputDataError, match="none of the known cities"):
        install.import_file(file, boundary=boundary.parse_boundary(text))
    assert packs(home) == []


def with_township(drawing: Drawing, city: City, half: float, level: str = "6") -> Drawing:
    """Add a square township around a city, as a relation of two ways."""
    x, y = at(city)
    corners = [(-half, -half), (half, -half), (half, half), (-half, half)]
    for k, (a, b) in enumerate(corners):
        drawing.node(90_000 + k, x + a, y + b)
    drawing.way(90_000, [90_000, 90_001, 90_002])
    drawing.way(90_001, [90_002, 90_003, 90_000])
    drawing.relation(
        90_000, [(90_000, "outer"), (90_001, "outer")],
        type="boundary", boundary="administrative", admin_level=level, name="Township",
    )  # fmt: skip
    return drawing


@pytest.mark.parametrize("half", [5.0, 900.0])
def test_an_administrative_area_is_taken_from_the_file(
    home: Path, tmp_path: Path, half: float
) -> None:
    """The larger one, 100 km to each side, reaches beyond what the first pass collects."""
    city = find_city("taunggyi")
    drawing = with_township(town(Drawing(bounds=False), at(city), first=10_000), city, half)
    x, y = at(city)
    town(drawing, (x + 850, y), first=20_000)
    file = written(drawing, tmp_path / "a.osm")
    made = install.import_file(file, boundary=boundary.parse_boundary("admin")).installed[0]
    assert made.manifest.boundary.kind == "admin"
    assert "Township (admin_level 6" in made.manifest.boundary.note
    assert verify_pack(city.id) == []
    ways = set(open_pack(city.id).streets["osm_way_id"])
    assert (20_000 in ways) == (half > 850)
    with pytest.raises(InputDataError, match=r"level 8 .*Township \(level 6\)"):
        install.import_file(file, boundary=boundary.parse_boundary("admin:8"))
    assert packs(home) == [city.id]


def test_a_street_that_only_passes_through_is_not_lost(tmp_path: Path) -> None:
    """Its ends lie 60 km away on both sides of the disc."""
    city = find_city("taunggyi")
    x, y = at(city)
    drawing = town(Drawing(bounds=False), (x, y), first=10_000)
    for k in range(13):
        drawing.node(50_000 + k, x - 600 + 100 * k, y + 0.5)
    drawing.way(50_000, range(50_000, 50_013), highway="trunk")
    file = written(drawing, tmp_path / "a.osm")
    install.import_file(file, boundary=boundary.parse_boundary("radius:2000"))
    trunk = open_pack(city.id).streets.query("highway == 'trunk'")
    assert trunk["length_m"].sum() == pytest.approx(4000, rel=2e-3)


# --- again, and again -----------------------------------------------------------------------


def test_street_ids_survive_a_re_import(home: Path, two_cities: Path, tmp_path: Path) -> None:
    """Another extract, another boundary and one new street: all else keeps its id."""
    install.import_file(two_cities)
    first = open_pack("taunggyi")
    city = find_city("taunggyi")
    drawing = town(Drawing(bounds=False), at(city), first=20_000, size=9)
    x, y = at(city)
    drawing.node(29_000, x + 30, y)
    drawing.way(29_000, [20_000, 29_000], highway="path")
    packed = tmp_path / "later.osm.gz"
    packed.write_bytes(gzip.compress(drawing.text().encode()))
    report = install.import_file(packed, boundary=boundary.parse_boundary("radius:9000"))
    assert report.installed[0].replaced
    second = open_pack("taunggyi").streets
    inside = first.boundary.geometry[0].buffer(-1e-6)
    whole = first.streets[first.streets.within(inside)]
    assert len(whole) > 100
    assert set(whole["street_id"]) <= set(second["street_id"])
    assert (second["osm_way_id"] == 29_000).sum() == 1
    assert packs(home) == ["mawlamyine", "taunggyi"]


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", range(5))
def test_an_import_that_is_killed_leaves_whole_packs(
    home: Path, two_cities: Path, small_packs: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Both packs are there already; two renames put each in its place."""
    shutil.copytree(small_packs / "packs", home / "packs")
    old = {name: pack_sha256(name) for name in packs(home)}
    steps = iter(range(100))
    rename = Path.rename

    def rename_or_die(*args: Any) -> Any:
        if next(steps) == step:
            raise Killed
        return rename(*args)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename_or_die)
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # a dead process cleans nothing
        with contextlib.suppress(Killed):
            install.import_file(two_cities)
    new = {name: pack_sha256(name) for name in old}
    assert [new[name] == old[name] for name in sorted(old)] == [step < 2, step < 4]
    assert [verify_pack(name) for name in old] == [[], []]
    install.import_file(two_cities, boundary=SMALL)
    assert {name: pack_sha256(name) for name in packs(home)} == old


def test_a_full_disc_leaves_the_old_pack(
    home: Path, two_cities: Path, small_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(small_packs / "packs", home / "packs")

    def files() -> dict[Path, bytes]:
        return {p: p.read_bytes() for p in home.rglob("*") if p.is_file() and p.suffix != ".lock"}

    before = files()

    def no_room(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device")

    for name, said in [("rename", r"No space left.*unchang"), ("mkdir", "written to")]:
        with monkeypatch.context() as patch:
            patch.setattr(
                *{"rename": (Path, "rename"), "mkdir": (tempfile, "mkdtemp")}[name], no_room
            )
            with pytest.raises(InputDataError, match=said):
                install.import_file(two_cities)
        assert files() == before


def test_a_cancelled_import_leaves_nothing(home: Path, two_cities: Path) -> None:
    def cancel(sentence: str, _share: float | None) -> None:
        if "writing" in sentence or "making" in sentence:
            raise Killed

    with pytest.raises(Killed):
        install.import_file(two_cities, progress=cancel)
    assert packs(home) == []
    assert not list(home.rglob(".reading-*"))


# --- files of other kinds -------------------------------------------------------------------


def test_a_table_of_streets_becomes_a_pack(two_cities: Path, tmp_path: Path) -> None:
    city = find_city("taunggyi")
    install.import_file(two_cities, cities=[city])
    drawn = open_pack(city.id).streets
    gpd.GeoDataFrame(drawn[["highway", "name"]], geometry=drawn.geometry, crs=drawn.crs).to_file(
        tmp_path / "streets.gpkg"
    )
    report = install.import_file(
        tmp_path / "streets.gpkg", boundary=boundary.parse_boundary("radius:700")
    )
    made = report.installed[0]
    assert (made.pack, made.replaced, made.manifest.boundary.kind) == (city.id, True, "radius")
    assert made.manifest.licence.startswith("Not stated")
    assert verify_pack(city.id) == []
    core = install.import_file(tmp_path / "streets.gpkg").installed[0]
    assert core.manifest.boundary.kind == "core"
    with pytest.raises(InputDataError, match="OpenStreetMap files only"):
        install.import_file(tmp_path / "streets.gpkg", boundary=boundary.parse_boundary("admin"))


@pytest.mark.parametrize(
    "name", ["http://h/a.osm.pbf", "/vsizip/a.zip/a.osm", "//host/share/a.osm", "gone.osm.pbf"]
)
def test_only_local_files_are_imported(home: Path, name: str) -> None:
    with pytest.raises((InputDataError, UsageError), match="file"):
        install.import_file(name)
    assert packs(home) == []


def test_a_pack_for_a_city_of_ones_own(home: Path, two_cities: Path) -> None:
    x, y = LON + FAR[0] * STEP, LAT + FAR[1] * STEP
    city = City(id="mine", name=Names(en="Mine", my="ကိုယ်ပိုင်"), lon=x, lat=y, admin="none")
    install.import_file(two_cities, cities=[city])
    assert packs(home) == ["mine"]
    assert open_pack("mine").manifest.name == city.name
