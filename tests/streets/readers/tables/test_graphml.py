from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.pack import open_pack
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.tables.build import build
from toolkit.streets.readers.tables.graphml import from_graph, load_graphml, read_graphml
from toolkit.streets.schema import LAYERS

GEOD = pyproj.Geod(ellps="WGS84")
LON, LAT, STEP = 96.0, 16.0, 0.001


def graph(**of_all: Any) -> Any:
    """Return a graph as OSMnx makes it: a two-way street, a one-way street and a loop."""
    made = nx.MultiDiGraph(crs="epsg:4326", **of_all)
    for node, (x, y) in {1: (0, 0), 2: (2, 0), 3: (2, 2), 4: (4, 0)}.items():
        made.add_node(node, x=LON + x * STEP, y=LAT + y * STEP)
    made.nodes[2]["highway"] = "traffic_signals"
    curve = shapely.LineString([(LON, LAT), (LON + STEP, LAT + STEP), (LON + 2 * STEP, LAT)])
    both = {"osmid": [11, 10], "highway": "residential", "oneway": False, "name": ["B", "A"]}
    made.add_edge(2, 1, **both, geometry=curve.reverse(), reversed=True)
    made.add_edge(1, 2, **both, geometry=curve, reversed=False)
    made.add_edge(2, 3, osmid=12, highway="primary", oneway=True, reversed=False)
    made.add_edge(2, 4, osmid=13, highway="service", oneway=False, reversed=False, bridge="yes")
    made.add_edge(4, 2, osmid=13, highway="service", oneway=False, reversed=True, bridge="yes")
    return made


def test_both_directions_of_a_street_are_one_street() -> None:
    e = from_graph(graph())
    s = e.layers.streets.set_index("osm_way_id")
    assert s["oneway"].to_dict() == {10: False, 12: True, 13: False}
    assert s["oneway_motorcycle"].equals(s["oneway"].rename("oneway_motorcycle"))
    assert not s["oneway_foot"].any()
    assert s["highway"].to_dict() == {10: "residential", 12: "primary", 13: "service"}
    assert s["name"].to_dict() == {10: "A; B", 12: None, 13: None}
    assert s["bridge"].to_dict() == {10: False, 12: False, 13: True}
    assert (s.loc[12, "u"], s.loc[12, "v"]) == (2, 3)
    # Of the two directions the one of drawing is kept.
    assert (s.loc[10, "u"], s.loc[10, "v"]) == (1, 2)
    assert len(shapely.get_coordinates(s.geometry[10])) == 3
    expected = GEOD.inv(LON + 2 * STEP, LAT, LON + 2 * STEP, LAT + 2 * STEP)[2]
    assert s.loc[12, "length_m"] == pytest.approx(expected, abs=0.001)
    j = e.layers.junctions.set_index("node_id")
    assert j["degree"].to_dict() == {1: 1, 2: 3, 3: 1, 4: 1}
    assert j["signals"].to_dict() == {1: False, 2: True, 3: False, 4: False}
    assert e.counts["double_lines"] == 2
    assert e.counts["values_mixed"] == 2
    assert e.counts["nodes_stated"] == 1


def test_what_is_not_there_is_stated() -> None:
    e = from_graph(graph())
    missing = {key for key in e.counts if key.startswith("missing_")}
    assert missing == {"missing_buildings", "missing_places", "missing_cameras"}
    made = graph()
    for _, _, data in made.edges(data=True):
        del data["highway"]
    del made.nodes[2]["highway"]
    e = from_graph(made)
    assert {"missing_classes", "missing_signals"} < set(e.counts)
    assert set(e.layers.streets["highway"]) == {"road"}


def test_without_oneway_the_edges_tell() -> None:
    made = graph()
    for _, _, data in made.edges(data=True):
        del data["oneway"]
    s = from_graph(made).layers.streets.set_index("osm_way_id")
    assert s["oneway"].to_dict() == {10: False, 12: True, 13: False}
    s = from_graph(made.to_undirected()).layers.streets
    assert not s["oneway"].any()


def test_a_projected_graph_comes_back_to_degrees() -> None:
    ox = pytest.importorskip("osmnx")
    plain, projected = from_graph(graph()), from_graph(ox.project_graph(graph()))
    a, b = plain.layers.streets, projected.layers.streets
    assert a["length_m"].to_numpy() == pytest.approx(b["length_m"].to_numpy(), abs=0.02)
    assert (a["u"].tolist(), a["v"].tolist()) == (b["u"].tolist(), b["v"].tolist())


def test_names_for_nodes_become_positions() -> None:
    named = nx.relabel_nodes(graph(), {1: "a", 2: "b", 3: "c", 4: "d"})
    e = from_graph(named)
    assert sorted(e.layers.junctions["degree"]) == [1, 1, 1, 3]
    assert e.layers.junctions["node_id"].min() > 10**18


def test_nodes_elsewhere_than_the_lines_end_are_not_believed() -> None:
    made = graph()
    made.nodes[3]["x"] = LON + 9 * STEP
    made.edges[2, 3, 0]["geometry"] = shapely.LineString(
        [(LON + 2 * STEP, LAT), (LON + 2 * STEP, LAT + 2 * STEP)]
    )
    made.add_edge(3, 4, osmid=14, highway="path", oneway=False)
    e = from_graph(made)
    assert e.counts["nodes_stated_wrongly"] == 1
    assert "nodes_stated" not in e.counts
    assert e.counts["junctions"] == 1


def test_the_graph_is_left_as_it_is() -> None:
    made = graph()
    from_graph(made)
    assert nx.utils.graphs_equal(made, graph())


@pytest.mark.parametrize("other", [None, 7, "graph.graphml", object()])
def test_what_is_no_graph_is_refused(other: object) -> None:
    with pytest.raises(InputDataError, match="no graph of streets"):
        from_graph(other)


def test_a_graph_without_a_coordinate_system_is_refused() -> None:
    made = graph()
    del made.graph["crs"]
    with pytest.raises(InputDataError, match="coordinate system"):
        from_graph(made)


def saved(tmp_path: Path, made: Any) -> Path:
    ox = pytest.importorskip("osmnx")
    path = tmp_path / "saved.graphml"
    ox.save_graphml(made, path)
    return path


def same(one: Extract, other: Extract) -> None:
    for layer in LAYERS:
        pd.testing.assert_frame_equal(
            pd.DataFrame(getattr(one.layers, layer)).drop(columns="geometry"),
            pd.DataFrame(getattr(other.layers, layer)).drop(columns="geometry"),
        )
    a, b = one.layers.streets.geometry, other.layers.streets.geometry
    assert a.geom_equals_exact(b, 1e-9).all()
    assert one.counts == other.counts


def test_the_file_says_the_same_as_the_graph(tmp_path: Path) -> None:
    same(read_graphml(saved(tmp_path, graph())), from_graph(graph()))


def test_streets_keep_their_ids_when_read_again(tmp_path: Path) -> None:
    first = read_graphml(saved(tmp_path, graph()))
    made = graph()
    shuffled = nx.MultiDiGraph(crs=made.graph["crs"])
    shuffled.add_nodes_from(reversed(list(made.nodes(data=True))))
    shuffled.add_edges_from(reversed(list(made.edges(keys=True, data=True))))
    again = from_graph(shuffled)
    assert set(first.layers.streets["street_id"]) == set(again.layers.streets["street_id"])


def test_one_reading_serves_several_places(tmp_path: Path) -> None:
    file = load_graphml(saved(tmp_path, graph()))
    west = shapely.box(LON - STEP, LAT - STEP, LON + STEP, LAT + 3 * STEP)
    e = build(file, boundary=west, kind="radius")
    assert e.layers.boundary["kind"].tolist() == ["radius"]
    assert e.layers.streets["osm_way_id"].tolist() == [10]
    assert e.layers.streets["v"][0] < 0
    whole = build(file)
    assert len(whole.layers.streets) == 3
    assert whole.layers.boundary["kind"].tolist() == ["extract"]


def test_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[str, float | None]] = []
    read_graphml(saved(tmp_path, graph()), progress=lambda text, share: told.append((text, share)))
    assert ("Reading saved.graphml", None) in told
    assert len(told) > 2


@pytest.mark.parametrize(
    "name",
    ["balikpapan_kota_drive", pytest.param("bengaluru_central_drive", marks=pytest.mark.slow)],
)
def test_osmnx_is_the_oracle_on_its_own_files(test_data_dir: Path, name: str) -> None:
    path = test_data_dir / "streets" / f"{name}.graphml"
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    ox = pytest.importorskip("osmnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = ox.load_graphml(path)
        graph_ = ox.convert.to_undirected(read)
        edges = ox.graph_to_gdfs(graph_, nodes=False)
    e = read_graphml(path)
    same(e, from_graph(read))
    s = e.layers.streets
    theirs = edges.geometry.map(GEOD.geometry_length)
    plain = edges["highway"].map(lambda v: v if isinstance(v, str) else "several")
    ours = s.groupby("highway")["length_m"].sum()
    for value, total in theirs.groupby(plain).sum().items():
        if value != "several":
            mixed = theirs[plain == "several"].sum()
            assert ours[value] >= total - 1
            assert ours[value] <= total + mixed + 1
    # osmnx takes two edges with the same ends and way for one, also if their lines differ.
    assert s["length_m"].sum() == pytest.approx(theirs.sum(), rel=1e-3)
    degree = pd.Series(dict(graph_.degree()))
    nodes = e.layers.junctions.set_index("node_id")["degree"]
    assert set(nodes.index) == set(degree.index)
    assert (nodes != degree.loc[nodes.index]).sum() <= 2


def test_helsinki_comes_back_from_a_graph(tmp_path: Path) -> None:
    pack = open_pack("helsinki-centre")
    made = nx.MultiDiGraph(crs="epsg:4326")
    for node, point in zip(pack.junctions["node_id"], pack.junctions.geometry, strict=True):
        made.add_node(node, x=point.x, y=point.y)
    wanted = ("highway", "name", "lanes", "oneway", "bridge", "tunnel", "layer", "cover")
    for row in pack.streets.to_dict("records"):
        values = {k: row[k] for k in wanted if row[k] is not None}
        made.add_edge(
            row["u"], row["v"], osmid=row["osm_way_id"], geometry=row["geometry"], **values
        )
    e = read_graphml(saved(tmp_path, made))
    before = pack.streets.groupby("highway")["length_m"].sum()
    after = e.layers.streets.groupby("highway")["length_m"].sum()
    assert (after / before).to_numpy() == pytest.approx(1, rel=1e-3)
    degrees = pack.junctions["degree"].to_numpy()
    assert e.counts["junctions"] == int((degrees >= 3).sum())
    assert np.array_equal(np.sort(e.layers.junctions["degree"]), np.sort(degrees))
