from __future__ import annotations

import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from drawn_tables import (
    CROSS,
    FORMATS,
    LAT,
    LON,
    STEP,
    frame,
    line,
    square,
    write_geojson,
    write_gpkg,
    write_parquet,
    write_shp,
)

from toolkit.base.errors import InputDataError
from toolkit.streets.pack import open_pack
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm import tags
from toolkit.streets.readers.tables import columns
from toolkit.streets.readers.tables.read import SUFFIXES, load_tables, read_tables
from toolkit.streets.schema import LAYERS

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture(params=FORMATS)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Path]:
    """Write a table in each of the formats."""
    return lambda table, name="a": FORMATS[request.param](table, tmp_path / name)


# --- every format ---------------------------------------------------------------------------


def test_a_cross_in_every_format(write: Callable[..., Path]) -> None:
    table = frame(
        CROSS, osm_id=[5, 6], highway=["primary", "residential"], name=["ဗိုလ်ချုပ်", "Straße"],
        lanes=[2, 1], oneway=["yes", None],
    )  # fmt: skip
    e = read_tables(write(table))
    s = e.layers.streets
    assert s["street_id"].str.rsplit("/", n=1).str[0].tolist() == ["5/0", "5/1", "6/0", "6/1"]
    assert s["highway"].tolist() == ["primary"] * 2 + ["residential"] * 2
    assert s["name"].tolist() == ["ဗိုလ်ချုပ်"] * 2 + ["Straße"] * 2
    assert s["lanes"].tolist() == [2, 2, 1, 1]
    assert s["oneway"].tolist() == [True, True, False, False]
    assert e.layers.junctions["degree"].tolist().count(4) == 1
    assert e.counts["junctions"] == 1
    assert e.counts["crossings_noded"] == 1
    assert e.metric_crs in {"EPSG:32646", "EPSG:32647"}
    assert e.osm_timestamp is None
    for layer, spec in LAYERS.items():
        assert list(getattr(e.layers, layer).columns) == [*spec.columns, "geometry"]


@pytest.mark.parametrize("epsg", [32647, 3857, 4240])
def test_other_coordinate_systems(write: Callable[..., Path], epsg: int) -> None:
    table = frame(CROSS, highway=["primary"] * 2)
    plain = read_tables(write(table)).layers.streets
    moved = read_tables(write(table.to_crs(epsg), "b")).layers.streets
    assert moved["length_m"].sum() == pytest.approx(plain["length_m"].sum(), abs=0.05)
    assert moved.total_bounds == pytest.approx(plain.total_bounds, abs=1e-6)


def test_heights_measures_and_several_parts(write: Callable[..., Path]) -> None:
    parts = shapely.MultiLineString([
        [(LON, LAT, 5.0), (LON + STEP, LAT, 7.0)],
        [(LON, LAT + STEP, 1.0), (LON + STEP, LAT + STEP, 1.0)],
    ])  # fmt: skip
    e = read_tables(write(frame([parts], highway=["path"], osm_id=[9])))
    s = e.layers.streets
    assert s["street_id"].str.rsplit("/", n=1).str[0].tolist() == ["9/0", "9/1"]
    assert not shapely.has_z(s.geometry.to_numpy()).any()


def test_a_table_without_anything_but_lines(write: Callable[..., Path]) -> None:
    e = read_tables(write(frame(CROSS, note=["a", "b"])))
    assert set(e.layers.streets["highway"]) == {"road"}
    assert e.layers.streets["drive"].all()
    missing = {key.removeprefix("missing_") for key in e.counts if key.startswith("missing_")}
    assert missing == {
        "buildings", "places", "signals", "cameras", "classes", "oneway", "bridges",
    }  # fmt: skip
    assert e.counts["lines_without_way_id"] == 2
    assert all(name.startswith("0/0/") for name in e.layers.streets["street_id"])


def test_helsinki_comes_back_from_every_format(write: Callable[..., Path]) -> None:
    pack = open_pack("helsinki-centre")
    wanted = ["u", "v", *(c for c in pack.streets if c in columns.WANTED), "geometry"]
    table = pack.streets[list(dict.fromkeys(wanted))].rename(columns={"osm_way_id": "osm_id"})
    e = read_tables(write(table, "helsinki"))
    s = e.layers.streets
    before = pack.streets.groupby("highway")["length_m"].sum()
    after = s.groupby("highway")["length_m"].sum()
    assert sorted(before.index) == sorted(after.index)
    assert (after / before).to_numpy() == pytest.approx(1, rel=1e-3)
    one_way = ("oneway", "oneway_motorcycle", "oneway_foot")
    for use in ("drive", "walk", "motorcycle", "tunnel", "bridge", *one_way):
        lengths = [f.loc[f[use], "length_m"].sum() for f in (pack.streets, s)]
        assert lengths[1] == pytest.approx(lengths[0], rel=1e-3), use
    degrees = np.sort(pack.junctions["degree"])
    assert e.counts["junctions"] == int((degrees >= 3).sum())
    assert np.array_equal(np.sort(e.layers.junctions["degree"]), degrees)
    assert e.counts["nodes_stated"] == 1


def test_helsinki_without_nodes_finds_them_again(read: Callable[..., Extract]) -> None:
    """Streets that cross without a node in the map, and broken ways, make the difference."""
    pack = open_pack("helsinki-centre")
    e = read(pack.streets[["osm_way_id", "highway", "bridge", "cover", "layer", "geometry"]])
    assert e.counts["street_km"] == pytest.approx(pack.manifest.counts["street_km"], rel=1e-3)
    most = e.counts["crossings_noded"] + e.counts["touches_noded"] + e.counts["ends_joined"]
    assert 0 < most < 120
    assert abs(e.counts["junctions"] - pack.manifest.counts["junctions"]) <= most


def test_streets_keep_their_ids_when_read_again(read: Callable[..., Extract]) -> None:
    table = frame([*CROSS, line((2, 0), (3, 0))], osm_id=[5, 6, None])
    first = set(read(table).layers.streets["street_id"])
    assert set(read(table.iloc[::-1]).layers.streets["street_id"]) == first
    more = pd.concat([table, frame([line((5, 5), (6, 6))])], ignore_index=True)
    assert first < set(read(more).layers.streets["street_id"])


# --- buildings, places, signals -------------------------------------------------------------


BUILDINGS = frame(
    [square(0.2, 0.2), square(0.5, 0.2), square(0.2, 0.5), square(90, 90)],
    building=["yes", "roof", "yes", "yes"], height=["12.5 m", None, None, None],
    levels=[None, None, 3, None], osm_id=[1, 2, 3, 4],
)  # fmt: skip
PLACES = frame(
    [shapely.Point(LON, LAT), shapely.Point(LON, LAT), shapely.Point(LON, LAT)],
    kind=["police", None, None], name=["Post", "Pagoda", None],
    amenity=[None, "place_of_worship", None], highway=[None, None, "traffic_signals"],
)  # fmt: skip


def beside(e: Extract) -> None:
    assert e.layers.buildings["osm_id"].tolist() == ["way/1", "way/3"]
    assert e.layers.buildings["height_m"].tolist()[0] == 12.5
    assert e.layers.buildings["levels"].tolist()[1] == 3
    assert e.counts["buildings_without_walls_left_out"] == 1
    kinds = dict(zip(e.layers.places["kind"], e.layers.places["name"], strict=True))
    assert kinds == {"police": "Post", "religious": "Pagoda"}
    assert e.counts["signalled_junctions"] == 1
    assert {k for k in e.counts if k.startswith("missing_")} == {
        "missing_cameras", "missing_oneway", "missing_bridges",
    }  # fmt: skip


def test_buildings_and_places_as_layers_of_one_file(tmp_path: Path) -> None:
    path = tmp_path / "all.gpkg"
    for name, table in (("roads", frame(CROSS, highway=["primary"] * 2)), ("buildings", BUILDINGS)):
        table.to_file(path, driver="GPKG", layer=name)
    PLACES.to_file(path, driver="GPKG", layer="places")
    beside(read_tables(path))


def test_buildings_and_places_as_files_of_their_own(tmp_path: Path) -> None:
    path = write_shp(frame(CROSS, highway=["primary"] * 2), tmp_path / "streets")
    houses = write_parquet(BUILDINGS, tmp_path / "houses")
    places = write_geojson(PLACES, tmp_path / "places")
    beside(read_tables(path, buildings=houses, places=places))


def test_everything_in_one_geojson(tmp_path: Path) -> None:
    whole = pd.concat([frame(CROSS, highway=["primary"] * 2), BUILDINGS, PLACES])
    beside(read_tables(write_geojson(whole, tmp_path / "all")))


def test_several_layers_of_lines_need_a_name(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for name in ("one", "two"):
        frame(CROSS, highway=["primary"] * 2).to_file(path, driver="GPKG", layer=name)
    with pytest.raises(InputDataError, match="its layers: 'one', 'two'"):
        read_tables(path)
    assert len(read_tables(path, layer="two").layers.streets) == 4


def test_nodes_and_edges_of_osmnx(tmp_path: Path) -> None:
    ox = pytest.importorskip("osmnx")
    import networkx as nx

    made = nx.MultiDiGraph(crs="epsg:4326")
    for node, x in ((1, 0), (2, 1), (3, 2)):
        made.add_node(node, x=LON + x * STEP, y=LAT, highway="traffic_signals" if x == 1 else "")
    for u, v, way in ((1, 2, 7), (2, 3, [8, 9])):
        made.add_edge(u, v, osmid=way, highway="primary", oneway=True, length=1.0)
    path = tmp_path / "osmnx.gpkg"
    ox.save_graph_geopackage(made, path, directed=True)
    e = read_tables(path)
    assert e.layers.streets["osm_way_id"].tolist() == [7, 8]
    assert e.layers.streets["oneway"].all()
    assert sorted(e.layers.junctions["node_id"]) == [1, 2, 3]
    assert e.counts["signals"] == 1


def test_nothing_is_written_beside_a_file(write: Callable[..., Path], tmp_path: Path) -> None:
    path = write(frame(CROSS))
    before = sorted(p.name for p in tmp_path.iterdir())
    read_tables(path)
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize("name", ["a.txt", "a.vrt", "a.kml", "a", "a.gpkg.zip.gz", "a.osm.pbf"])
def test_other_endings_are_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(InputDataError, match="none of the kinds"):
        read_tables(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "way_out"),
    [("a.kml", "GeoPackage"), ("a.gpx", "OpenStreetMap"), ("a.o5m", "osmium"), ("a.rar", "Unpack")],
)
def test_a_refusal_lists_all_kinds_and_the_way_out(tmp_path: Path, name: str, way_out: str) -> None:
    (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(InputDataError, match=way_out) as refused:
        read_tables(tmp_path / name)
    for kind in (*SUFFIXES, ".osm.pbf", ".osm.xml.gz", ".graphml"):
        assert kind in str(refused.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_content_must_fit_the_ending(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_text("<OGRVRTDataSource/>" * 20, encoding="utf-8")
    with pytest.raises(InputDataError, match=f"a{suffix}"):
        read_tables(tmp_path / f"a{suffix}")


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[str] = []
    path = write_gpkg(frame(CROSS), tmp_path / "told")
    read_tables(path, progress=lambda text, _: told.append(text))
    assert len(told) >= 3
    assert all(told)


# --- real files -----------------------------------------------------------------------------


def needed(path: Path) -> Path:
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def test_maubin_hand_drawn(test_data_dir: Path) -> None:
    e = read_tables(needed(test_data_dir / "streets" / "maubin.gpkg"))
    assert e.counts["ways"] == 50
    assert e.counts["street_km"] == pytest.approx(47.09, abs=0.05)
    assert e.counts["junctions"] > 100
    assert e.counts["missing_classes"] == 1
    assert "၆ လမ်း" in set(e.layers.streets["name_my"])
    assert "6th Street" in set(e.layers.streets["name_en"])


@pytest.mark.slow
def test_yangon_is_found_to_be_drawn_twice(test_data_dir: Path) -> None:
    e = read_tables(needed(test_data_dir / "streets" / "yangon-bus-roads.gpkg"))
    assert e.counts["street_km"] == pytest.approx(1629, abs=5)
    assert 0.4 < e.counts["parallel_km"] / e.counts["street_km"] < 0.7
    assert e.counts["ends_joined"] > 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        "aleppo_1133", "auckland_869", "bucaramanga_4617", "douala_809", "liege_1656",
        "slc_4881", "wuhan_8989",
    ],
)  # fmt: skip
def test_networks_of_neatnet(name: str) -> None:
    """The data folder of the source distribution of neatnet 0.1.6, named by NEATNET_DATA."""
    named = os.environ.get("NEATNET_DATA")
    if not named:
        pytest.skip("NEATNET_DATA names no folder")
    path = needed(Path(named) / name / "original.parquet")
    begin = time.perf_counter()
    e = read_tables(path)
    seconds = time.perf_counter() - begin
    table = gpd.read_parquet(path)
    table = table[table["highway"].isin(tags.HIGHWAYS)].to_crs(4326)
    # A line that is there twice counts once, and with the class that comes first.
    shapes = shapely.normalize(shapely.set_precision(table.geometry.to_numpy(), 1e-7))
    once = table[~pd.Series(shapely.to_wkb(shapes), index=table.index).duplicated()]
    before = once.geometry.map(GEOD.geometry_length).groupby(once["highway"]).sum()
    after = e.layers.streets.groupby("highway")["length_m"].sum()
    assert sorted(before.index) == sorted(after.index)
    assert (after / before).to_numpy() == pytest.approx(1, rel=1e-3)
    assert e.counts["nodes_stated"] == 1
    ends = pd.concat([table["u"], table["v"]]).value_counts()
    assert abs(e.counts["junctions"] - int((ends >= 3).sum())) <= 2 * e.counts["double_lines"]
    print(f"{name}: {len(table):,} edges, {before.sum() / 1000:,.0f} km, {seconds:.1f} s")  # noqa: T201


def test_gates_by_barrier_count_only_on_a_drivable_street(read: Callable[..., Extract]) -> None:
    table = frame(
        [
            *CROSS, line((-1, 1), (1, 1)), shapely.Point(LON, LAT),
            shapely.Point(LON + 0.5 * STEP, LAT + 0.5 * STEP),
            shapely.Point(LON, LAT + STEP), square(0, 0),
            shapely.Point(LON + 0.5 * STEP, LAT + 0.4 * STEP),
        ],
        highway=["primary", "residential", "footway", *[None] * 5],
        barrier=[*[None] * 3, *["gate"] * 4, None],
        kind=[*[None] * 7, "gate"],
    )  # fmt: skip
    # On a street, off every street, where a street and a footway meet, an area; stated as a place.
    found = read(table).layers.places.geometry
    assert sorted(found.y.round(7)) == [LAT, LAT + 0.4 * STEP, LAT + STEP]


def test_what_is_left_out_of_the_streets_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    lines = [*CROSS, None, shapely.LineString([(LON, LAT)] * 2)]
    frame(lines, highway=["primary"] * 4).to_file(path, layer="streets")
    frame([None, shapely.Point(LON, LAT)], kind=["bank"] * 2).to_file(path, layer="places")
    file = load_tables(path)
    assert file.street_counts["features_without_geometry"] == 1
    assert file.street_counts["lines_without_length"] == 1
    assert file.streets.counts["features_without_geometry"] == 2


# --- files as other tools write them --------------------------------------------------------


def zip_of(folder: Path, name: str, **tables: Any) -> Path:
    """Write shapefiles into a zip with a folder in it, as they are downloaded."""
    folder.mkdir()
    for stem, table in tables.items():
        write_shp(table, folder / stem)
    path = folder.parent / name
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(folder.iterdir()):
            archive.write(part, f"town-shp/shape/{part.name}")
    return path


POINTS = [shapely.Point(LON, LAT), shapely.Point(LON, LAT + STEP)]
SQUARES = [square(0.2, 0.2), square(0.5, 0.5)]


def check_town(e: Extract) -> None:
    """Compare with what every layout of the town below says."""
    streets = e.layers.streets.set_index("name")
    assert streets.loc["Main", "highway"].tolist() == ["primary"] * 2
    assert streets.loc["Back", "highway"].tolist() == ["residential"] * 2
    assert streets.loc["Main", "oneway"].all()
    assert not streets.loc["Back", "oneway"].any()
    assert streets.loc["Over", "bridge"]
    assert sorted(e.layers.places["kind"]) == ["police", "religious"]
    assert len(e.layers.buildings) == 2
    assert e.counts["signals"] == 1
    assert "unclassed_km" not in e.counts
    assert not {"missing_classes", "missing_oneway", "missing_bridges"} & set(e.counts)


ROADS = [*CROSS, line((-0.5, -1), (-0.5, 1))]
NAMES = ["Main", "Back", "Over"]
CLASSES = ["primary", "residential", "secondary"]


def test_the_layout_of_geofabrik(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "made", "town-latest-free.shp.zip",
        gis_osm_roads_free_1=frame(
            ROADS, osm_id=["1", "2", "3"], code=[5113, 5122, 5114], fclass=CLASSES, name=NAMES,
            ref=[None, None, "A1"], oneway=["F", "B", "B"], maxspeed=[50, 30, 0], layer=[0, 0, 1],
            bridge=["F", "F", "T"], tunnel=["F"] * 3,
        ),
        gis_osm_railways_free_1=frame([line((0, 2), (1, 2))], fclass=["rail"], layer=[0]),
        gis_osm_buildings_a_free_1=frame(
            SQUARES, osm_id=["7", "8"], fclass=["building"] * 2, name=[None] * 2,
            type=["house", "school"],
        ),
        gis_osm_traffic_free_1=frame(
            POINTS, osm_id=["9", "10"], fclass=["traffic_signals", "crossing"]
        ),
        gis_osm_pois_free_1=frame([POINTS[1]], osm_id=["11"], fclass=["police"], name=["Post"]),
        gis_osm_pofw_free_1=frame([POINTS[1]], osm_id=["12"], fclass=["buddhist"], name=["Pagoda"]),
    )  # fmt: skip
    check_town(read_tables(path))


def test_the_layout_of_bbbike(tmp_path: Path) -> None:
    path = zip_of(
        tmp_path / "made", "Town.osm.shp.zip",
        roads=frame(
            ROADS, osm_id=[1, 2, 3], name=NAMES, ref=[None] * 3, type=CLASSES, oneway=[1, 0, 0],
            bridge=[0, 0, 1], tunnel=[0] * 3, maxspeed=[50, 30, 0],
        ),
        railways=frame([line((0, 2), (1, 2))], osm_id=[4], type=["rail"]),
        waterways=frame([line((0, 2), (1, 2))], osm_id=[5], type=["river"]),
        buildings=frame(SQUARES, osm_id=[7, 8], name=[None] * 2, type=["house", "school"]),
        points=frame(
            [*POINTS, POINTS[1]], osm_id=[9, 10, 12], name=[None, "Post", "Pagoda"],
            type=["traffic_signals", "police", "place_of_worship"],
        ),
        places=frame([POINTS[1]], osm_id=[11], name=["Town"], type=["village"]),
    )  # fmt: skip
    check_town(read_tables(path))


def test_a_column_type_that_holds_no_classes_is_none(tmp_path: Path) -> None:
    path = write_gpkg(frame(CROSS, type=["asphalt", "gravel"]), tmp_path / "roads")
    e = read_tables(path)
    assert e.counts["missing_classes"] == 1
    assert e.counts["unclassed_km"] == e.counts["street_km"]


def test_layers_of_gdal_as_qgis_saves_them(tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    lines = frame(
        ROADS, osm_id=["1", "2", "3"], name=NAMES, highway=CLASSES, waterway=[None] * 3,
        barrier=[None] * 3, z_order=[7, 3, 16],
        other_tags=['"oneway"=>"yes","lanes"=>"2"', None, '"bridge"=>"yes","layer"=>"1"'],
    )  # fmt: skip
    lines.to_file(path, layer="lines")
    frame(
        [*POINTS, POINTS[1]], osm_id=["9", "10", "12"], name=[None, "Post", "Pagoda"],
        highway=["traffic_signals", None, None],
        other_tags=[None, '"amenity"=>"police"', '"amenity"=>"place_of_worship"'],
    ).to_file(path, layer="points")  # fmt: skip
    frame(
        SQUARES, osm_id=[None] * 2, osm_way_id=["7", "8"], type=[None] * 2, building=["yes"] * 2,
        other_tags=['"building:levels"=>"3"', '"height"=>"7.5"'],
    ).to_file(path, layer="multipolygons")  # fmt: skip
    e = read_tables(path)
    check_town(e)
    assert e.layers.buildings["levels"].dropna().tolist() == [3.0]
    assert e.layers.buildings["height_m"].dropna().tolist() == [7.5]


def test_layers_of_quickosm(tmp_path: Path) -> None:
    path = tmp_path / "town.gpkg"
    tags = {"oneway": ["yes", None, "no"], "bridge": [None, None, "yes"], "layer": [None] * 3}
    frame(
        ROADS, full_id=["w1", "w2", "w3"], osm_id=["1", "2", "3"], osm_type=["way"] * 3,
        highway=CLASSES, name=NAMES, **tags,
    ).to_file(path, layer="highway_town")  # fmt: skip
    frame(
        [*POINTS, POINTS[1]], full_id=["n9", "n10", "n12"], osm_type=["node"] * 3,
        highway=["traffic_signals", None, None], amenity=[None, "police", "place_of_worship"],
    ).to_file(path, layer="nodes_town")  # fmt: skip
    frame(SQUARES, full_id=["w7", "w8"], building=["yes", "school"]).to_file(
        path, layer="building_town"
    )
    e = read_tables(path)
    check_town(e)
    assert sorted(set(e.layers.streets["osm_way_id"])) == [1, 2, 3]
