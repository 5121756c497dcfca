from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely
from old_pack import make_version_1

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError, PackError
from toolkit.streets import pack as pack_module
from toolkit.streets.manifest import Manifest
from toolkit.streets.pack import (
    Pack,
    find_pack_for,
    list_packs,
    open_pack,
    pack_names,
    verify_pack,
    write_pack,
)
from toolkit.streets.schema import LAYERS, PackLayers, conform, to_parquet

BUILT_IN = "helsinki-centre"


@pytest.fixture(scope="module")
def helsinki() -> Pack:
    return open_pack(BUILT_IN)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a user's packs, with nothing in it."""
    monkeypatch.setenv(store.HOME_VARIABLE, str(tmp_path))
    packs = tmp_path / "packs"
    packs.mkdir()
    return packs


def layers_of(pack: Pack, *, rows: int | None = None) -> PackLayers:
    """Return the layers of a pack, or only the first rows of each, without the background."""
    layers = LAYERS if rows else (*LAYERS, "background")
    return PackLayers(**{layer: getattr(pack, layer).head(rows or 10**9) for layer in layers})


def installed(
    home: Path, pack: Pack, name: str = "other", *, rows: int | None = None, **changes: Any
) -> Path:
    """Install a copy of a pack, or of its first rows, under another id."""
    draft = pack.manifest.model_copy(update={"id": name, "parts": {}, **changes})
    write_pack(home / name, draft, layers_of(pack, rows=rows))
    return home / name


def elsewhere(problems: list[str], city: str) -> bool:
    """Return whether all that is wrong is that the streets are not those of the city."""
    return len(problems) == 1 and f"holds {city}, which lies" in problems[0]


def contents(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        str(p.relative_to(folder)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


# --- the built-in pack ----------------------------------------------------------------------


def test_the_built_in_pack_is_whole() -> None:
    assert verify_pack(BUILT_IN) == []


def test_the_built_in_pack_says_what_it_is(helsinki: Pack) -> None:
    m = helsinki.manifest
    assert m.demonstration
    assert m.city is None
    assert m.crs == "EPSG:32635"
    assert m.attribution == "© OpenStreetMap contributors, ODbL"
    assert m.licence == "ODbL-1.0"
    assert m.source.sha256 == "b73e9c2c82054d654209b0127f1c3287d5900d6780a6083bf3a45ead8ba3e5ee"
    assert m.source.osm_timestamp == "2019-04-21T09:50:14Z"
    assert m.banner is not None
    assert m.banner.en.startswith("Demonstration: real streets of Helsinki, a made-up report.")
    assert helsinki.sha256 == store.sha256_bytes(m.to_bytes())
    folder = store.builtin_dir() / "packs" / BUILT_IN
    assert m.to_bytes() == (folder / "manifest.json").read_bytes()
    assert sum(p.stat().st_size for p in folder.iterdir()) < 2_000_000


def test_the_figures_of_the_built_in_pack(helsinki: Pack) -> None:
    """Counted in the extract by hand; see docs/reference/city-packs.md."""
    counts = helsinki.manifest.counts
    assert counts["ways"] == 2530
    assert counts["street_km"] == pytest.approx(93.4, abs=0.05)
    assert counts["cameras"] == len(helsinki.cameras) == 221
    assert counts["cameras_with_direction"] == 0
    assert counts["signals"] == 135
    assert counts["ways_left_out_area"] == 75
    assert counts["ways_broken"] > 0
    assert counts["buildings"] == len(helsinki.buildings) == 470


def test_streets_agree_with_their_geometry(helsinki: Pack) -> None:
    s = helsinki.streets
    geod = pyproj.Geod(ellps="WGS84")
    lengths = [geod.geometry_length(line) for line in s.geometry]
    assert s["length_m"].to_numpy() == pytest.approx(lengths, abs=6e-4)
    nodes = helsinki.junctions.set_index("node_id").geometry
    for column, end in (("u", 0), ("v", -1)):
        at = shapely.get_point(s.geometry.to_numpy(), end)
        assert shapely.equals(at, nodes.loc[s[column]].to_numpy()).all()
    degree = helsinki.junctions.set_index("node_id")["degree"]
    assert degree.sum() == 2 * len(s)
    assert s["tunnel"].equals(s["cover"].notna())
    assert s.geometry.is_valid.all()
    assert helsinki.buildings.geometry.is_valid.all()
    assert helsinki.boundary.geometry[0].covers(shapely.union_all(s.geometry.to_numpy()))


def test_no_two_pieces_cross_or_touch_but_at_their_ends_on_the_same_level(helsinki: Pack) -> None:
    """Nodes that two ways share have been cut: no end lies inside another piece of its way."""
    s = helsinki.streets
    ends = set(s["u"]) | set(s["v"])
    inner = {tuple(c) for line in s.geometry for c in shapely.get_coordinates(line)[1:-1].tolist()}
    nodes = helsinki.junctions.query("degree > 2")
    at = {tuple(c) for c in shapely.get_coordinates(nodes.geometry.to_numpy()).tolist()}
    assert not at & inner
    assert ends == set(helsinki.junctions["node_id"])


# --- finding and writing --------------------------------------------------------------------


def test_a_written_pack_is_read_back_the_same(home: Path, helsinki: Pack) -> None:
    folder = installed(home, helsinki, city="hpa-an", demonstration=False)
    pack = open_pack("other")
    for layer in LAYERS:
        assert getattr(pack, layer).equals(getattr(helsinki, layer)), layer
    # Bytes differ between versions of pyarrow and pandas, which write their own into each file.
    rows = {name: part.rows for name, part in pack.manifest.parts.items()}
    assert rows == {name: part.rows for name, part in helsinki.manifest.parts.items()}
    assert pack.sha256 != helsinki.sha256
    assert elsewhere(verify_pack("other"), "Hpa-an")
    assert [m.id for m in list_packs()] == [BUILT_IN, "other"]
    assert pack_names() == (BUILT_IN, "other")
    assert find_pack_for("hpa-an") == "other"
    assert find_pack_for("bagan") is None
    assert sorted(p.name for p in home.iterdir()) == ["other"]
    before = contents(folder)
    installed(home, helsinki, city="hpa-an", demonstration=False)
    assert {k: v[0] for k, v in contents(folder).items()} == {k: v[0] for k, v in before.items()}


def test_the_users_pack_goes_before_the_built_in_one(home: Path, helsinki: Pack) -> None:
    installed(home, helsinki, BUILT_IN, city="dawei")
    assert open_pack(BUILT_IN).manifest.city == "dawei"
    assert [m.city for m in list_packs()] == ["dawei"]


def test_a_pack_of_schema_1_works_as_before_and_is_left_alone(home: Path, helsinki: Pack) -> None:
    folder = installed(home, helsinki, city="dawei")
    make_version_1(folder)
    assert "oneway_foot" not in pq.read_schema(folder / "streets.parquet").names
    before = contents(folder)
    pack = open_pack("other")
    for layer in LAYERS:
        assert getattr(pack, layer).equals(getattr(helsinki, layer)), layer
    assert pack.sha256 == store.sha256_file(folder / "manifest.json")
    assert pack.manifest.to_bytes() == (folder / "manifest.json").read_bytes()
    assert elsewhere(verify_pack("other"), "Dawei")
    assert find_pack_for("dawei") == "other"
    assert contents(folder) == before
    # What is written is of the newest schema, whatever was read.
    written = write_pack(folder, pack.manifest, layers_of(pack))
    assert written.schema_ == "camera-exposure.pack/2"
    assert open_pack("other").manifest == written


@pytest.mark.parametrize("name", ["nowhere", "", "..", "../packs", "a/b", "A", "x\0", "é", "-"])
def test_no_such_pack(home: Path, name: str) -> None:
    assert home.is_dir()
    for ask in (open_pack, verify_pack):
        with pytest.raises(NotFoundError, match="pack"):
            ask(name)


def test_the_folder_must_have_the_name_of_the_pack(home: Path, helsinki: Pack) -> None:
    with pytest.raises(InputDataError, match="of that name"):
        write_pack(home / "else", helsinki.manifest, layers_of(helsinki))
    assert list(home.iterdir()) == []


def test_layers_that_do_not_fit_are_not_written(home: Path, helsinki: Pack) -> None:
    draft = helsinki.manifest.model_copy(update={"id": "other"})
    bad = PackLayers(**{**layers_of(helsinki).__dict__, "streets": helsinki.junctions})
    with pytest.raises(InputDataError, match="lacks the column"):
        write_pack(home / "other", draft, bad)
    assert list(home.iterdir()) == []


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("step", range(10))
@pytest.mark.parametrize("existing", [True, False])
def test_a_write_that_is_killed_leaves_the_old_pack_or_the_new(
    home: Path, helsinki: Pack, monkeypatch: pytest.MonkeyPatch, step: int, *, existing: bool
) -> None:
    """Steps: six layers, the manifest, and one or two renames of the folder."""
    if existing:
        installed(home, helsinki, rows=9, city="old")
    steps = iter(range(100))

    def killing(do: Callable[..., Any]) -> Callable[..., Any]:
        def step_or_die(*args: Any) -> Any:
            if next(steps) == step:
                raise Killed
            return do(*args)

        return step_or_die

    with monkeypatch.context() as patch:
        patch.setattr(store, "write_bytes", killing(store.write_bytes))
        patch.setattr(Path, "rename", killing(Path.rename))
        patch.setattr(shutil, "rmtree", lambda *_, **__: None)  # a dead process cleans nothing
        try:
            installed(home, helsinki, rows=9, city="new")
            done = True
        except Killed:
            done = False
    assert done == (step >= (9 if existing else 8))
    if existing or done:
        assert open_pack("other").manifest.city == ("new" if done else "old")
        assert "other" in pack_names()
        assert find_pack_for("new" if done else "old") == "other"
    else:
        with pytest.raises(NotFoundError):
            open_pack("other")
    installed(home, helsinki, rows=9, city="again")
    assert open_pack("other").manifest.city == "again"
    assert [p.name for p in home.iterdir()] == ["other"]


# --- damaged, foreign, newer ----------------------------------------------------------------


def edit(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def forge(folder: Path, layer: str, data: bytes, rows: int) -> None:
    """Put another layer into a pack, with a manifest that agrees."""
    (folder / f"{layer}.parquet").write_bytes(data)
    part = {"sha256": store.sha256_bytes(data), "rows": rows}
    edit(folder, lambda m: m["parts"].update({f"{layer}.parquet": part}))


DAMAGE: dict[str, tuple[Callable[[Path], Any], str]] = {
    **{
        f"flipped {layer}": (lambda f, x=layer: flip(f / f"{x}.parquet"), "is damaged")
        for layer in LAYERS
    },
    "part missing": (lambda f: (f / "streets.parquet").unlink(), "streets.parquet is missing"),
    "part is a folder": (
        lambda f: ((f / "places.parquet").unlink(), (f / "places.parquet").mkdir()),
        "not a plain file",
    ),
    "part is a link": (
        lambda f: (
            (f / "places.parquet").rename(f.parent.parent / "p"),
            (f / "places.parquet").symlink_to(f.parent.parent / "p"),
        ),
        "not a plain file",
    ),
    "no manifest": (lambda f: (f / "manifest.json").unlink(), "manifest.json is missing"),
    "empty manifest": (lambda f: (f / "manifest.json").write_bytes(b""), "not whole JSON"),
    "cut manifest": (
        lambda f: (f / "manifest.json").write_bytes((f / "manifest.json").read_bytes()[:900]),
        "not whole JSON",
    ),
    "manifest without end": (
        lambda f: (f / "manifest.json").write_bytes(b"[" * 100_000),
        "not whole JSON",
    ),
    "huge manifest": (lambda f: (f / "manifest.json").write_bytes(b" " * 2**21), "larger than"),
    "not UTF-8": (lambda f: (f / "manifest.json").write_bytes(b'{"schema": "\xff"}'), "JSON"),
    "a list": (lambda f: (f / "manifest.json").write_bytes(b"[]"), "not a city pack"),
    "foreign": (lambda f: edit(f, lambda m: m.update(schema="else/1")), "not a city pack"),
    "newer": (
        lambda f: edit(f, lambda m: m.update(schema="camera-exposure.pack/3", more=1)),
        "newer version of the toolkit",
    ),
    "of schema 1, said to be 2": (
        lambda f: (
            make_version_1(f),
            edit(f, lambda m: m.update(schema="camera-exposure.pack/2")),
        ),
        "layer streets lacks the column oneway_motorcycle",
    ),
    "of schema 1, unwhole": (
        lambda f: (make_version_1(f), flip(f / "streets.parquet")),
        "is damaged",
    ),
    "unknown field": (lambda f: edit(f, lambda m: m.update(more=1)), "more"),
    "field missing": (lambda f: edit(f, lambda m: m.pop("licence")), "licence"),
    "wrong id": (lambda f: edit(f, lambda m: m.update(id="else")), "belongs to the pack 'else'"),
    "hash of another": (
        lambda f: edit(f, lambda m: m["parts"]["places.parquet"].update(sha256="0" * 64)),
        "places.parquet is not the file",
    ),
    "other rows": (
        lambda f: edit(f, lambda m: m["parts"]["places.parquet"].update(rows=3)),
        "does not have 3 rows",
    ),
    "part left out": (lambda f: edit(f, lambda m: m["parts"].popitem()), "does not name the parts"),
    "part elsewhere": (
        lambda f: edit(f, lambda m: m["parts"].update({"../x": m["parts"]["places.parquet"]})),
        "does not name the parts",
    ),
    "forged layer": (lambda f: forge(f, "places", b"PAR1", 9), "not a whole GeoParquet file"),
    "layer of another kind": (
        lambda f: forge(f, "places", (f / "cameras.parquet").read_bytes(), 9),
        "layer places lacks the column name",
    ),
}


@pytest.mark.parametrize("name", list(DAMAGE))
def test_a_damaged_pack_is_refused_and_left_alone(home: Path, helsinki: Pack, name: str) -> None:
    damage, message = DAMAGE[name]
    folder = installed(home, helsinki, rows=9)
    damage(folder)
    before = contents(home)
    with pytest.raises(PackError, match=message):
        open_pack("other")
    problems = verify_pack("other")
    assert problems
    assert message in problems[0]
    assert BUILT_IN in [m.id for m in list_packs()]
    assert pack_names() == (BUILT_IN, "other")
    assert contents(home) == before


def test_verify_finds_what_disagrees(home: Path, helsinki: Pack) -> None:
    folder = installed(home, helsinki, boundary=helsinki.manifest.boundary.model_copy(
        update={"length_km": 106.0}
    ))  # fmt: skip
    fewer = conform("junctions", helsinki.junctions.iloc[1:])
    forge(folder, "junctions", to_parquet("junctions", fewer), len(fewer))
    edit(folder, lambda m: m["counts"].update(cameras=1))
    (folder / "notes.txt").write_text("x")
    problems = " ".join(verify_pack("other"))
    for part in ("notes.txt", "106.0", "counts.cameras is 1", "not among the junctions"):
        assert part in problems
    assert open_pack("other").manifest.counts["cameras"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../x"},
        {"id": "a" * 65},
        {"city": "Hpa-An"},
        {"crs": "EPSG:4326; DROP"},
        {"licence": ""},
        {"counts": {"street_km": float("nan")}},
        {"source": {"name": "x", "sha256": "0", "osm_timestamp": None, "origin": "x"}},
    ],
)
def test_a_manifest_with_such_values_cannot_be_made(helsinki: Pack, change: dict[str, Any]) -> None:
    data = helsinki.manifest.model_dump(by_alias=True)
    Manifest.model_validate(data)
    with pytest.raises(ValueError, match="validation error"):
        Manifest.model_validate({**data, **change})


def with_background(layers: PackLayers) -> PackLayers:
    spot = layers.boundary.geometry.iloc[0].representative_point()
    rows = gpd.GeoDataFrame(
        {
            "osm_id": ["node/1"], "kind": ["quarter"], "rank": [1], "name": ["A"],
            "name_en": [None], "name_my": ["အလုံ"],
        },
        geometry=[spot], crs=4326,
    )  # fmt: skip
    return dataclasses.replace(layers, background=conform("background", rows))


def test_a_pack_may_have_a_background(home: Path, helsinki: Pack) -> None:
    bare = {name: n for name, n in helsinki.manifest.counts.items() if name != "background"}
    counts = {**bare, "background": 1}
    draft = helsinki.manifest.model_copy(update={"id": "other", "parts": {}, "counts": counts})
    layers = with_background(layers_of(helsinki))
    written = write_pack(home / "other", draft, layers)
    assert written.schema_ == helsinki.manifest.schema_
    assert written.parts["background.parquet"].rows == 1
    pack = open_pack("other")
    assert pack.background is not None
    assert pack.background.equals(layers.background)
    assert verify_pack("other") == []
    part = home / "other" / "background.parquet"
    part.write_bytes(part.read_bytes()[:-1])
    assert "background.parquet is not the file" in verify_pack("other")[0]
    part.unlink()
    with pytest.raises(PackError, match=r"background\.parquet is missing"):
        open_pack("other")
    # Without it the same pack is whole again.
    without = dataclasses.replace(layers_of(helsinki), background=None)
    write_pack(home / "other", draft.model_copy(update={"counts": bare}), without)
    assert open_pack("other").background is None
    assert verify_pack("other") == []


def test_a_part_of_another_name_is_refused(home: Path, helsinki: Pack) -> None:
    folder = installed(home, helsinki, rows=2)
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["parts"]["foreground.parquet"] = manifest["parts"]["places.parquet"]
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(PackError, match="does not name the parts"):
        open_pack("other")


def test_a_pack_is_opened_once_while_it_stays_the_same(monkeypatch):
    sha256 = pack_module.pack_sha256("helsinki-centre")
    pack_module.packs.clear()
    first = pack_module.open_once("helsinki-centre", sha256)
    monkeypatch.setattr(pack_module, "open_pack", lambda _: pytest.fail("opened again"))
    assert pack_module.open_once("helsinki-centre", sha256) is first
    monkeypatch.setattr(pack_module, "open_pack", lambda _: first)
    for _ in range(2):  # what was opened for another one is not kept for it
        with pytest.raises(PackError, match="was replaced while it was read"):
            pack_module.open_once("helsinki-centre", "f" * 64)
