from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import osmium
import pytest

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.overpass.answers import RetryLaterError, merge, write_answers

STAMP = "osmosis_replication_timestamp"
NODE = {"type": "node", "id": 5, "lat": 16.1234567, "lon": 96.7654321, "tags": {"name": "ရန်ကုန်"}}
WAY = {"type": "way", "id": 2, "nodes": [5, 6, 5], "tags": {"highway": "path"}}
RELATION = {
    "type": "relation",
    "id": 9,
    "members": [{"type": "way", "ref": 2, "role": "outer"}, {"type": "node", "ref": 5, "role": ""}],
}


def answer(folder: Path, *elements: Any, name: str = "a.json", **more: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({"elements": list(elements), **more}), encoding="utf-8")
    return path


def written(path: Path) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for item in osmium.FileProcessor(str(path)):
        tags = {tag.k: tag.v for tag in item.tags}
        if item.is_node():
            rows.append(("n", item.id, item.lat, item.lon, tags))
        elif item.is_way():
            rows.append(("w", item.id, [node.ref for node in item.nodes], tags))
        else:
            rows.append(("r", item.id, [(m.type, m.ref, m.role) for m in item.members], tags))
    return rows


def test_objects_are_written_sorted_and_once(tmp_path: Path) -> None:
    other = {"type": "node", "id": 1, "lat": -1, "lon": 0}
    first = answer(tmp_path, RELATION, WAY, NODE, name="a.json")
    second = answer(tmp_path, NODE, other, name="b.json")
    target = tmp_path / "x.osm.pbf"
    write_answers([first, second], target)
    assert written(target) == [
        ("n", 1, -1.0, 0.0, {}),
        ("n", 5, 16.1234567, 96.7654321, {"name": "ရန်ကုန်"}),
        ("w", 2, [5, 6, 5], {"highway": "path"}),
        ("r", 9, [("w", 2, "outer"), ("n", 5, "")], {}),
    ]


def header_of(path: Path) -> str:
    return osmium.FileProcessor(str(path)).header.get(STAMP)


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        ("2026-11-01T10:20:30Z", "2026-11-01T10:20:30Z"),
        ("2026-11-01T10:20:30", ""),
        ("2026-13-01T10:20:30Z", ""),
        ("yesterday\x1b[31m", ""),
        (5, ""),
        (None, ""),
    ],
)
def test_times_are_kept_only_if_they_are_times(tmp_path: Path, stamp: object, kept: str) -> None:
    path = answer(tmp_path, NODE, osm3s={"timestamp_osm_base": stamp})
    write_answers([path], tmp_path / "x.osm.pbf")
    assert header_of(tmp_path / "x.osm.pbf") == kept


def test_parts_are_merged_with_the_time_of_the_oldest(tmp_path: Path) -> None:
    parts = []
    for k, (elements, stamp) in enumerate(
        (
            ((NODE, WAY), "2026-11-02T00:00:00Z"),
            ((), "2026-11-01T00:00:00Z"),
            ((NODE, RELATION), None),
        )
    ):
        path = answer(tmp_path, *elements, osm3s={"timestamp_osm_base": stamp})
        parts.append(tmp_path / f"{k}.osm.pbf")
        write_answers([path], parts[-1])
    whole = tmp_path / "whole.osm.pbf"
    merge(parts, whole)
    assert [row[:2] for row in written(whole)] == [("n", 5), ("w", 2), ("r", 9)]
    assert header_of(whole) == "2026-11-01T00:00:00Z"


def test_a_damaged_part_is_told(tmp_path: Path) -> None:
    part = tmp_path / "0.osm.pbf"
    part.write_bytes(b"\0" * 50)
    with pytest.raises(RuntimeError):
        merge([part], tmp_path / "whole.osm.pbf")


@pytest.mark.parametrize("text", ["", "{", '{"elements": [', "[" * 100_000, "\xff", "nothing"])
def test_what_breaks_off_may_be_asked_again(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(RetryLaterError, match="breaks off"):
        write_answers([path], tmp_path / "x.osm.pbf")


def test_a_remark_means_not_finished(tmp_path: Path) -> None:
    path = answer(tmp_path, NODE, remark="runtime error:\n\x1b[31m out of memory")
    with pytest.raises(
        RetryLaterError, match=r"could not finish: runtime error: \[31m out of memory"
    ):
        write_answers([path], tmp_path / "x.osm.pbf")


HOSTILE: list[Any] = [
    None,
    7,
    [],
    {},
    {"type": "area", "id": 1},
    {"type": ["node"], "id": 1, "lat": 0, "lon": 0},
    {"type": "node", "id": "1", "lat": 0, "lon": 0},
    {"type": "node", "id": True, "lat": 0, "lon": 0},
    {"type": "node", "id": 0, "lat": 0, "lon": 0},
    {"type": "node", "id": -1, "lat": 0, "lon": 0},
    {"type": "node", "id": 1 << 63, "lat": 0, "lon": 0},
    {"type": "node", "id": 1},
    {"type": "node", "id": 1, "lat": "16", "lon": 0},
    {"type": "node", "id": 1, "lat": float("nan"), "lon": 0},
    {"type": "node", "id": 1, "lat": 0, "lon": float("inf")},
    {"type": "node", "id": 1, "lat": 91, "lon": 0},
    {"type": "node", "id": 1, "lat": 0, "lon": -181},
    {"type": "node", "id": 1, "lat": 0, "lon": 10**400},
    {**NODE, "tags": ["a"]},
    {**NODE, "tags": {"a": 1}},
    {**NODE, "tags": {"a": "x" * 70_000}},
    {**NODE, "tags": {"a": "\ud800"}},
    {**NODE, "tags": {"a": "b\0"}},
    {**WAY, "nodes": "5,6"},
    {**WAY, "nodes": [5, "6"]},
    {**WAY, "nodes": [5, 1 << 70]},
    {**RELATION, "members": 3},
    {**RELATION, "members": [3]},
    {**RELATION, "members": [{"type": "area", "ref": 1, "role": ""}]},
    {**RELATION, "members": [{"type": "way", "ref": "x", "role": ""}]},
    {**RELATION, "members": [{"type": "way", "ref": 1}]},
]


@pytest.mark.parametrize("element", HOSTILE)
def test_what_is_no_map_data_is_refused(tmp_path: Path, element: object) -> None:
    path = answer(tmp_path, element)
    with pytest.raises(InputDataError, match="not with OpenStreetMap data") as caught:
        write_answers([path], tmp_path / "x.osm.pbf")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("content", [[], "text", 1, {}, {"elements": {}}, {"elements": None}])
def test_what_has_no_elements_is_refused(tmp_path: Path, content: object) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content))
    with pytest.raises(InputDataError, match="no list of elements"):
        write_answers([path], tmp_path / "x.osm.pbf")
