from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import osmium
import pytest
from drawn_osm import Drawing, street

from toolkit.base.errors import InputDataError
from toolkit.base.terms import no_progress
from toolkit.streets.readers.extract import Extract
from toolkit.streets.readers.osm import tidy
from toolkit.streets.readers.osm.file import read_osm
from toolkit.streets.schema import LAYERS

HEAD, TAIL = '<osm version="0.6">', "</osm>"


def town() -> Drawing:
    """Draw streets that meet, a building with a courtyard, a police post and a traffic light."""
    drawing = street(Drawing(bounds=False))
    drawing.node(1, 1, 0, highway="traffic_signals")
    drawing.node(2, 1, 1)
    drawing.way(1001, [1, 2], highway="footway")
    drawing.ways[1000] = drawing.ways[1000].replace('"900"/>', '"900"/><nd ref="1"/>')
    outer, inner = drawing.square(10, 1.2, 0.2, 0.6), drawing.square(20, 1.4, 0.4, 0.2)
    drawing.way(5, outer)
    drawing.way(6, inner)
    drawing.relation(7, [(5, "outer"), (6, "inner")], type="multipolygon", building="yes")
    drawing.way(8, drawing.square(30, 2.2, 0.2, 0.6), building="yes")
    drawing.node(40, 2, 0.1, amenity="police")
    return drawing


def objects(drawing: Drawing) -> list[str]:
    kinds = (drawing.nodes, drawing.ways, drawing.relations)
    return [kind[number] for kind in kinds for number in sorted(kind)]


def read(path: Path, parts: Iterable[str], head: str = HEAD) -> Extract:
    path.write_text(head + "\n".join(parts) + TAIL, encoding="utf-8")
    return read_osm(path)


def assert_same(one: Extract, other: Extract) -> None:
    assert one.counts == other.counts
    assert one.osm_timestamp == other.osm_timestamp
    for layer in LAYERS:
        assert getattr(one.layers, layer).equals(getattr(other.layers, layer)), layer


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_what_the_sorted_file_gives(tmp_path: Path, seed: int) -> None:
    parts = objects(town())
    as_sorted = read(tmp_path / "sorted.osm", parts)
    assert (len(as_sorted.layers.streets), len(as_sorted.layers.buildings)) == (3, 2)
    shuffled = [parts[k] for k in np.random.default_rng(seed).permutation(len(parts))]
    assert_same(read(tmp_path / "shuffled.osm", shuffled), as_sorted)


def test_relations_ways_nodes(tmp_path: Path) -> None:
    parts = objects(town())
    as_sorted = read(tmp_path / "sorted.osm", parts)
    assert_same(read(tmp_path / "backwards.osm", parts[::-1]), as_sorted)


@pytest.mark.parametrize("ending", ["osm.gz", "osm.bz2", "osm.pbf"])
def test_packed_files_are_sorted_too(tmp_path: Path, ending: str) -> None:
    parts = objects(town())
    as_sorted = read(tmp_path / "sorted.osm", parts)
    text = (HEAD + "\n".join(parts[::-1]) + TAIL).encode()
    path = tmp_path / f"a.{ending}"
    if ending == "osm.pbf":
        (tmp_path / "a.osm").write_bytes(text)
        with osmium.SimpleWriter(str(path)) as writer:
            osmium.apply(str(tmp_path / "a.osm"), writer)
    else:
        path.write_bytes((gzip if ending.endswith("gz") else bz2).compress(text))
    assert_same(read_osm(path), as_sorted)


def test_a_node_after_the_ways_is_noticed(tmp_path: Path) -> None:
    """Without this, the end of the street is lost without a word."""
    parts = objects(street())
    as_sorted = read(tmp_path / "sorted.osm", parts)
    assert_same(read(tmp_path / "late.osm", [parts[0], parts[2], parts[1]]), as_sorted)


def test_of_several_versions_the_newest_is_taken_wherever_it_comes(tmp_path: Path) -> None:
    parts = objects(street())
    old = parts[2].replace("residential", "primary")
    new = parts[2].replace('version="1"', 'version="3"').replace("residential", "tertiary")
    for name, ways in (("a.osm", [new, old, parts[2]]), ("b.osm", [old, parts[2], new])):
        found = read(tmp_path / name, [*parts[:2], *ways])
        assert found.layers.streets["highway"].tolist() == ["tertiary"]
        assert found.counts["duplicate_ids"] == 2


def test_of_one_version_that_with_most_tags_is_taken(tmp_path: Path) -> None:
    """A question that prints nodes with tags, then those of ways without, gives some twice."""
    parts = [p.replace(' version="1"', "") for p in objects(town())]
    bare = ['<node id="1" lon="96.001" lat="16.0"/>']
    as_sorted = read(tmp_path / "sorted.osm", parts)
    assert as_sorted.counts["signals"] == 1
    for name, ordered in (("a.osm", [*parts, *bare]), ("b.osm", [*bare, *parts[::-1]])):
        found = read(tmp_path / name, ordered)
        assert found.counts["duplicate_ids"] == 1
        assert found.layers.junctions.equals(as_sorted.layers.junctions)


JOSM = "<?xml version='1.0' encoding='UTF-8'?>\n<osm version='0.6' upload='false' generator='JOSM'>"


def test_what_an_editor_marks_as_deleted_is_no_street(tmp_path: Path) -> None:
    street = "<tag k='highway' v='residential'/></way>"
    text = [
        "<node id='-2' lat='16.001' lon='96.001'/>",
        "<node id='-1' action='modify' visible='true' lat='16.0' lon='96.002'/>",
        "<node id='1' timestamp='2024-02-03T04:05:06Z' version='2' lat='16' lon='96'/>",
        "<node id='2' visible='true' version='1' lat='16' lon='96.001'/>",
        f"<way id='-3' action='modify'><nd ref='2'/><nd ref='-1'/>{street}",
        f"<way id='7' version='1'><nd ref='1'/><nd ref='2'/><nd ref='-2'/>{street}",
        f"<way id='8' action='delete' version='4'><nd ref='1'/><nd ref='2'/>{street}",
        f"<way id='9' visible='false' version='4'><nd ref='1'/><nd ref='2'/>{street}",
    ]
    found = read(tmp_path / "a.osm", text, JOSM)
    streets = found.layers.streets
    assert streets["osm_way_id"].tolist() == [-3, 7, 7]
    assert streets["length_m"].round().tolist() == pytest.approx([107, 107, 111], abs=1)
    assert found.layers.junctions.set_index("node_id")["degree"].to_dict() == {
        1: 1, 2: 3, tidy.NEW_FROM + 1: 1, tidy.NEW_FROM + 2: 1,
    }  # fmt: skip
    assert found.counts["missing_node_refs"] == 0
    assert_same(read(tmp_path / "b.osm", text[::-1], JOSM), found)


def test_new_nodes_of_a_binary_file_are_found(tmp_path: Path) -> None:
    text = (
        JOSM
        + "<node id='-1' lat='16' lon='96'/><node id='-2' lat='16' lon='96.001'/>"
        + ("<way id='-3'><nd ref='-1'/><nd ref='-2'/><tag k='highway' v='path'/></way></osm>")
    )
    (tmp_path / "a.osm").write_text(text, encoding="utf-8")
    with osmium.SimpleWriter(str(tmp_path / "a.osm.pbf")) as writer:
        osmium.apply(str(tmp_path / "a.osm"), writer)
    assert_same(read_osm(tmp_path / "a.osm.pbf"), read_osm(tmp_path / "a.osm"))


def test_ways_may_state_coordinates_themselves(tmp_path: Path) -> None:
    """As Overpass does in XML when asked for the geometry."""
    way = (
        '<way id="7"><bounds minlat="16" minlon="96" maxlat="16" maxlon="96.001"/>'
        '<nd ref="1" lat="16.0" lon="96.0"/><nd ref="2" lat="16.0" lon="96.001"/>'
        '<tag k="highway" v="residential"/></way>'
    )
    streets = read(tmp_path / "a.osm", [way]).layers.streets
    assert streets[["u", "v"]].to_numpy().tolist() == [[1, 2]]
    assert streets["length_m"].tolist() == pytest.approx([107], abs=0.1)


@pytest.mark.parametrize("text", ["action='delete'", "visible='false'", "id='-1'"])
def test_marks_are_found_across_parts_that_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setattr(tidy, "_READ_BYTES", 20)
    path = tmp_path / "a.osm"
    path.write_text(f"<osm version='0.6'><node lon='1' lat='1' {text}/></osm>", encoding="utf-8")
    assert tidy.needs_tidying(path, "osm")
    path.write_text("<osm version='0.6'><node lon='1' lat='1'/></osm>", encoding="utf-8")
    assert not tidy.needs_tidying(path, "osm")


def test_a_file_too_large_to_be_sorted_is_refused_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tidy, "MAX_TEXT_BYTES", 100)
    parts = objects(street())
    assert len(read(tmp_path / "sorted.osm", parts).layers.streets) == 1
    with pytest.raises(InputDataError, match=r"big.osm is not sorted, .* osmium sort"):
        read(tmp_path / "big.osm", parts[::-1])


@pytest.mark.parametrize(
    "text",
    [
        "<node id='-1125899906842624' lat='16' lon='96'/>",
        "<node id='-1' action='delete' lat='16' lon='96'/>&a;",
        "<node id='-1' lat='16' lon='96'>",
    ],
)
def test_what_cannot_be_sorted_is_one_sentence(tmp_path: Path, text: str) -> None:
    head = "<!DOCTYPE osm [<!ENTITY a 'b'>]>" + JOSM[39:] if "&" in text else JOSM
    with pytest.raises(InputDataError, match=r"a\.osm cannot be read as OpenStreetMap data"):
        read(tmp_path / "a.osm", [text], head)


def test_a_copy_is_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "a.osm").write_text(HEAD + "".join(objects(town())[::-1]) + TAIL)
    made = []
    for name in ("b.osm.pbf", "c.osm.pbf"):
        target = tmp_path / name
        assert not tidy.tidy_copy(
            tmp_path / "a.osm", "osm", target, name="a.osm", progress=no_progress
        )
        made.append(target.read_bytes())
    assert made[0] == made[1]


def test_ids_are_compared_as_osmium_sorts_them() -> None:
    ids = [-1, -2, 1, 2]
    assert all(tidy.precedes(a, b) == (ids.index(a) < ids.index(b)) for a in ids for b in ids)
