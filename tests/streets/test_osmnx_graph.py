"""A pack as a graph of OSMnx: what users of OSMnx expect works on it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import osmnx as ox
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.base.terms import TIERS, exposure_class
from toolkit.streets.pack import Pack, open_pack
from toolkit.streets.readers.tables.graphml import from_graph

PARTS = ("low", "mid", "high", "class")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return open_pack("helsinki-centre")


@pytest.fixture(scope="module")
def few(pack: Pack) -> Pack:
    """Some streets of the pack, with their nodes."""
    some = pack.streets.head(400)
    ends = {*some["u"], *some["v"]}
    return replace(
        pack, streets=some, junctions=pack.junctions[pack.junctions["node_id"].isin(ends)]
    )


@pytest.fixture(scope="module")
def graph(pack: Pack) -> Any:
    return pack.to_osmnx()


@pytest.fixture(scope="module")
def exposure(pack: Pack) -> gpd.GeoDataFrame:
    """A layer as an assessment gives it, in another order, with streets without an answer."""
    layer = pack.streets[["street_id", "name", "highway", "length_m", "geometry"]].copy()
    rng = np.random.default_rng(0)
    for tier in TIERS:
        low, mid, high = np.sort(rng.random((3, len(layer))), axis=0)
        low[::7] = mid[::7] = high[::7] = np.nan
        layer[f"{tier}_low"], layer[f"{tier}_mid"], layer[f"{tier}_high"] = low, mid, high
        layer[f"{tier}_class"] = [exposure_class(a, b) for a, b in zip(low, high, strict=True)]
    return layer.sample(frac=1, random_state=0)


def test_streets_meet_as_in_the_pack(pack: Pack, graph: Any) -> None:
    ox.convert.validate_graph(graph)
    assert graph.graph["crs"] == "epsg:4326"
    assert graph.graph["attribution"] == pack.manifest.attribution
    assert set(graph.nodes) == set(pack.junctions["node_id"])
    there = Counter(zip(pack.streets["u"], pack.streets["v"], strict=True))
    both = pack.streets[~pack.streets["oneway"]]
    there.update(zip(both["v"], both["u"], strict=True))
    assert Counter((u, v) for u, v, _ in graph.edges(keys=True)) == there
    counted = ox.stats.count_streets_per_node(graph)
    other = [n for n, count in graph.nodes(data="street_count") if count != counted[n]]
    assert len(other) < 10
    for node in other:  # OSMnx takes two one-way streets that run against each other for one
        assert any(
            e["oneway"] and any(b["oneway"] for b in (graph.get_edge_data(v, node) or {}).values())
            for _, v, e in graph.out_edges(node, data=True)
        )
    for node, x, y in zip(
        pack.junctions["node_id"], pack.junctions.geometry.x, pack.junctions.geometry.y,
        strict=True,
    ):  # fmt: skip
        assert (graph.nodes[node]["x"], graph.nodes[node]["y"]) == (x, y)


def test_every_edge_runs_from_its_node_to_the_other(graph: Any) -> None:
    for u, v, edge in graph.edges(data=True):
        ends = shapely.get_coordinates(edge["geometry"])[[0, -1]]
        assert ends.tolist() == [[graph.nodes[n]["x"], graph.nodes[n]["y"]] for n in (u, v)]
        assert None not in edge.values()


def test_one_way_streets_are_there_once_and_others_twice(pack: Pack, graph: Any) -> None:
    times = Counter(street for _, _, street in graph.edges(data="street_id"))
    oneway = pack.streets.set_index("street_id")["oneway"]
    assert 0 < oneway.sum() < len(oneway)
    assert times == {street: 1 if one else 2 for street, one in oneway.items()}
    assert not any(e["reversed"] for _, _, e in graph.edges(data=True) if e["oneway"])


def test_lengths_and_attributes_are_those_of_the_pack(pack: Pack, graph: Any) -> None:
    _, edges = ox.graph_to_gdfs(graph)
    ahead = edges[~edges["reversed"]].set_index("street_id").loc[pack.streets["street_id"]]
    assert ahead["length"].sum() == pytest.approx(pack.streets["length_m"].sum(), rel=1e-12)
    renamed = {"osm_way_id": "osmid", "length_m": "length"}
    for name in ("osm_way_id", "highway", "oneway", "length_m"):
        assert ahead[renamed.get(name, name)].tolist() == pack.streets[name].tolist()
    assert ahead["name"].fillna("").tolist() == pack.streets["name"].fillna("").tolist()
    assert (ahead.geometry.to_numpy() == pack.streets.geometry.to_numpy()).all()


def test_osmnx_works_on_it(pack: Pack, graph: Any) -> None:
    nodes, edges = ox.graph_to_gdfs(graph)
    assert edges.crs == "EPSG:4326"
    again = ox.graph_from_gdfs(nodes, edges, graph_attrs=graph.graph)
    assert nx.utils.edges_equal(graph.edges(keys=True), again.edges(keys=True), directed=True)
    stats = ox.basic_stats(graph)
    assert stats["n"] == len(pack.junctions)
    assert stats["m"] == graph.number_of_edges()
    assert stats["street_segment_count"] == len(pack.streets)
    assert stats["street_length_total"] == pytest.approx(pack.streets["length_m"].sum())
    largest = ox.truncate.largest_component(graph, strongly=True)
    start, *_, end = largest.nodes
    route = ox.shortest_path(graph, start, end, weight="length")
    assert route is not None
    assert (route[0], route[-1]) == (start, end)
    assert len(ox.project_graph(graph).edges) == len(graph.edges)
    on_foot = ox.convert.to_undirected(graph)
    assert on_foot.number_of_edges() == len(pack.streets)


def test_it_is_drawn(few: Pack) -> None:
    import matplotlib.pyplot as plt

    figure, axes = ox.plot_graph(few.to_osmnx(), show=False, close=False)
    assert axes.collections
    plt.close(figure)


def test_a_file_of_osmnx_gives_it_back(
    few: Pack, exposure: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    graph = few.to_osmnx(exposure[exposure["street_id"].isin(few.streets["street_id"])])
    path = tmp_path / "city.graphml"
    ox.save_graphml(graph, path)
    numbers = {f"{tier}_{part}": float for tier in TIERS for part in PARTS[:3]}
    again = ox.load_graphml(path, edge_dtypes=numbers)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    for u, v, key, edge in graph.edges(keys=True, data=True):
        assert again.edges[u, v, key] == edge


def test_exposure_is_that_of_the_layer(pack: Pack, exposure: gpd.GeoDataFrame) -> None:
    by_street = exposure.set_index("street_id")
    _, edges = ox.graph_to_gdfs(pack.to_osmnx(exposure))
    for tier in TIERS:
        for part in PARTS:
            name = f"{tier}_{part}"
            expected = by_street.loc[edges["street_id"], name]
            np.testing.assert_array_equal(edges[name].to_numpy(), expected.to_numpy())
    some = pack.to_osmnx(exposure.head(10))
    with_class = {e["street_id"] for _, _, e in some.edges(data=True) if "seen_class" in e}
    assert with_class == set(exposure["street_id"].head(10))


@pytest.mark.parametrize(
    "change",
    [
        lambda layer: layer.drop(columns="street_id"),
        lambda layer: layer[["street_id", "geometry"]],
        lambda layer: layer.assign(street_id=layer["street_id"] + "x"),
        lambda layer: layer.iloc[[0, 0]],
    ],
)
def test_a_layer_of_other_streets_is_refused(
    pack: Pack, exposure: gpd.GeoDataFrame, change: Any
) -> None:
    with pytest.raises(InputDataError, match="no layer of exposure of the streets of helsinki"):
        pack.to_osmnx(change(exposure))


def test_a_pack_made_of_the_graph_has_the_same_streets(pack: Pack, graph: Any) -> None:
    """The way out and the way in agree: lengths by class and the number of junctions."""
    made = from_graph(graph).layers
    mine, theirs = (
        layer.groupby("highway")["length_m"].sum() for layer in (pack.streets, made.streets)
    )
    assert mine.to_dict() == pytest.approx(theirs.to_dict(), rel=1e-6)
    assert (made.junctions["degree"] >= 3).sum() == (pack.junctions["degree"] >= 3).sum()
