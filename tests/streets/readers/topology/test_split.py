from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from toolkit.streets.readers.topology import split
from toolkit.streets.readers.topology.split import MISSING, Pieces, WayNodes
from toolkit.streets.schema import BEYOND

UNIT = split.UNITS_PER_DEGREE


def way_nodes(ways: list[list[int]], missing: frozenset[int] = frozenset()) -> WayNodes:
    """Node k stands at (k, k % 3) times 0.001 degrees; missing ones have no place."""
    refs = np.array([ref for way in ways for ref in way], dtype=np.int64)
    gone = np.isin(refs, list(missing))
    return WayNodes(
        offsets=np.cumsum([0, *map(len, ways)]),
        refs=refs,
        x=np.where(gone, MISSING, refs * 10_000),
        y=np.where(gone, MISSING, refs % 3 * 10_000),
    )


def nodes_of(line: shapely.LineString) -> list[int]:
    return np.round(shapely.get_coordinates(line)[:, 0] * UNIT / 10_000).astype(int).tolist()


def slowly(ways: list[list[int]], missing: frozenset[int]) -> list[tuple[int, int, list[int]]]:
    """Cut ways with plain loops: (way, ordinal, nodes of the piece)."""
    once = [[r for i, r in enumerate(w) if i == 0 or r != w[i - 1]] for w in ways]
    flat = [ref for way in once for ref in way]
    pieces = []
    for number, way in enumerate(once):
        ordinal, run = 0, []
        for place, ref in enumerate([*way, None]):
            gone = ref is None or ref in missing
            if not gone:
                run.append(ref)
            if len(run) > 1 and (gone or flat.count(ref) > 1 or place == len(way) - 1):
                pieces.append((number, ordinal, run))
                ordinal, run = ordinal + 1, [ref] if not gone else []
            elif gone:
                run = []
    return pieces


@given(
    st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=9), min_size=1, max_size=6),
    st.frozensets(st.integers(1, 12), max_size=4),
)
def test_pieces_are_those_of_plain_loops(ways: list[list[int]], missing: frozenset[int]) -> None:
    pieces, counts = split.split_ways(way_nodes(ways, missing))
    got = [
        (int(w), int(o), nodes_of(line))
        for w, o, line in zip(pieces.way, pieces.ordinal, pieces.lines, strict=True)
    ]
    assert got == slowly(ways, missing)
    assert counts["ways_broken"] == sum(bool(set(w) & missing) for w in ways)


def test_shared_node_splits_and_keeps_its_id() -> None:
    pieces, _ = split.split_ways(way_nodes([[1, 2, 3], [4, 2, 5]]))
    assert list(zip(pieces.u, pieces.v, strict=True)) == [(1, 2), (2, 3), (4, 2), (2, 5)]
    assert pieces.ordinal.tolist() == [0, 1, 0, 1]


def test_a_missing_node_breaks_the_way_and_its_ends_are_no_dead_ends() -> None:
    pieces, counts = split.split_ways(way_nodes([[1, 2, 3, 4, 5, 6, 7]], frozenset({3, 7})))
    assert [nodes_of(line) for line in pieces.lines] == [[1, 2], [4, 5, 6]]
    assert pieces.u[0] == 1
    assert (pieces.v[0], pieces.u[1], pieces.v[1]) == tuple(BEYOND - n for n in (2, 4, 6))
    assert counts == {"missing_node_refs": 2, "ways_broken": 1, "pieces_dropped": 0}


def test_a_shared_node_at_a_break_keeps_its_id() -> None:
    pieces, _ = split.split_ways(way_nodes([[1, 2, 3], [2, 5]], frozenset({3})))
    assert list(zip(pieces.u, pieces.v, strict=True)) == [(1, 2), (2, 5)]


def test_a_node_alone_between_missing_ones_is_counted() -> None:
    pieces, counts = split.split_ways(way_nodes([[1, 2, 3, 4]], frozenset({1, 3})))
    assert len(pieces) == 0
    assert counts["pieces_dropped"] == 2


def test_a_piece_without_length_is_dropped_and_counted() -> None:
    nodes = WayNodes(
        offsets=np.array([0, 2]), refs=np.array([1, 2]), x=np.array([5, 5]), y=np.array([7, 7])
    )
    pieces, counts = split.split_ways(nodes)
    assert len(pieces) == 0
    assert counts["pieces_dropped"] == 1


def one_line(coordinates: list[tuple[float, float]]) -> Pieces:
    lines = np.empty(1, dtype=object)
    lines[0] = shapely.LineString(coordinates)
    return Pieces(
        way=np.array([0]), ordinal=np.array([3]), u=np.array([10]), v=np.array([11]), lines=lines
    )


def test_clipping_keeps_direction_ordinal_and_true_ends() -> None:
    zigzag = one_line([(0.5, 0.5), (1.5, 0.5), (1.5, 0.7), (-0.5, 0.7)])
    cut = split.clip_pieces(zigzag, shapely.box(0, 0, 1, 1))
    assert [shapely.get_coordinates(x).tolist() for x in cut.lines] == [
        [[0.5, 0.5], [1.0, 0.5]],
        [[1.0, 0.7], [0.0, 0.7]],
    ]
    assert cut.ordinal.tolist() == [3, 3]
    assert cut.u[0] == 10
    ends = [cut.v[0], cut.u[1], cut.v[1]]
    assert len(set(ends)) == 3
    assert all(end <= BEYOND for end in ends)
    ids = split.street_ids(cut, np.array([77, 77]))
    assert len(set(ids)) == 2
    assert all(i.startswith("77/3/") for i in ids)


def test_clipping_leaves_what_is_inside_and_drops_what_is_outside_or_only_touches() -> None:
    inside = one_line([(0.1, 0.1), (0.9, 0.9)])
    assert split.clip_pieces(inside, shapely.box(0, 0, 1, 1)).lines[0] is inside.lines[0]
    for far in ([(2, 2), (3, 3)], [(1, 1), (2, 2)]):
        assert len(split.clip_pieces(one_line(far), shapely.box(0, 0, 1, 1))) == 0


def test_ids_depend_on_shape_alone() -> None:
    ways = way_nodes([[1, 2, 3]])
    ids = split.street_ids(split.split_ways(ways)[0], np.array([5]))
    moved = WayNodes(ways.offsets, ways.refs, ways.x + 1, ways.y)
    assert ids == split.street_ids(split.split_ways(ways)[0], np.array([5]))
    assert ids != split.street_ids(split.split_ways(moved)[0], np.array([5]))
    assert ids[0].startswith("5/0/")
    assert len(ids[0]) == len("5/0/") + 8


def test_length_is_geodesic() -> None:
    lines = np.array(
        [shapely.LineString([(0, 0), (1, 0)]), shapely.LineString([(0, 0), (0, 1), (0, 0)])]
    )
    # One degree of the equator, and the first degree of a meridian twice, on WGS84.
    equator = math.pi / 180 * 6378137.0
    assert split.lengths_m(lines) == pytest.approx([equator, 2 * 110574.39], abs=0.1)
    assert len(split.lengths_m(np.empty(0, dtype=object))) == 0


def test_degrees_and_loops() -> None:
    streets = gpd.GeoDataFrame(
        {"u": [1, 1, 1], "v": [2, 3, 1], "drive": [True, False, True]},
        geometry=[
            shapely.LineString([(0, 0), (1, 0)]),
            shapely.LineString([(0, 0), (0, 1)]),
            shapely.LineString([(0, 0), (1, 1), (0, 0)]),
        ],
        crs="EPSG:4326",
    )
    nodes = split.junctions_of(streets).set_index("node_id")
    assert nodes["degree"].to_dict() == {1: 4, 2: 1, 3: 1}
    assert nodes["drive_degree"].to_dict() == {1: 3, 2: 1, 3: 0}


def junctions(*rows: tuple[float, int, int]) -> gpd.GeoDataFrame:
    """Rows of (metres east, degree, drive degree) at the equator."""
    metres = 180 / math.pi / 6378137.0
    return gpd.GeoDataFrame(
        {
            "node_id": range(len(rows)),
            "degree": [r[1] for r in rows],
            "drive_degree": [r[2] for r in rows],
        },
        geometry=[shapely.Point(3 + r[0] * metres, 0) for r in rows],
        crs="EPSG:4326",
    )


@pytest.mark.parametrize(
    ("nodes", "flags", "unplaced"),
    [
        ([(20, 4, 4), (-24, 4, 4)], [True, False], 0),
        ([(2, 4, 2), (20, 4, 4)], [False, True], 0),
        ([(2, 4, 2), (30, 4, 4)], [True, False], 0),
        ([(0, 2, 2), (26, 4, 4)], [False, False], 1),
        ([(10, 4, 4), (-10, 4, 4)], [True, False], 0),
        ([(10, 1, 1)], [False], 1),
    ],
)
def test_signals_go_to_one_junction(
    nodes: list[tuple[float, int, int]], flags: list[bool], unplaced: int
) -> None:
    signal = gpd.GeoSeries([shapely.Point(3, 0)], crs="EPSG:4326")
    got, left = split.assign_signals(junctions(*nodes), signal, "EPSG:32631")
    assert got.tolist() == flags
    assert left == unplaced


def beside(highways: list[tuple[str, bool, str | None, float]]) -> list[str | None]:
    """Give the carriageways of parallel streets of 100 m: class, drive, cover, metres north."""
    metres = 1 / 111_000
    lines = [
        shapely.LineString([(96, 16 + north * metres), (96 + 100 * metres, 16 + north * metres)])
        for *_, north in highways
    ]
    frame = gpd.GeoDataFrame(
        {
            "highway": [row[0] for row in highways],
            "drive": [row[1] for row in highways],
            "cover": pd.Series([row[2] for row in highways], dtype=object),
        },
        geometry=lines,
        crs="EPSG:4326",
    )
    return split.carriageways(frame, "EPSG:32647").tolist()


def test_a_pavement_has_the_class_of_the_highest_road_near_it() -> None:
    rows = [
        ("footway", False, None, 0.0),
        ("residential", True, None, 10.0),
        ("primary", True, None, 20.0),
        ("footway", False, None, 60.0),
    ]
    assert beside(rows) == ["primary", "primary", "primary", None]


def test_a_road_counts_within_25_m_and_not_beyond() -> None:
    far = [("steps", False, None, 0.0), ("trunk", True, None, 26.0)]
    assert beside(far) == [None, "trunk"]
    near = [("steps", False, None, 0.0), ("trunk", True, None, 24.0)]
    assert beside(near) == ["trunk", "trunk"]


def test_roads_below_ground_or_closed_to_cars_lend_no_class() -> None:
    rows = [
        ("footway", False, None, 0.0),
        ("motorway", True, "tunnel", 5.0),
        ("primary", False, None, 5.0),
        ("tertiary", True, "covered", 10.0),
    ]
    assert beside(rows) == ["tertiary", "motorway", "tertiary", "tertiary"]


def test_a_link_ranks_below_through_roads() -> None:
    rows = [("footway", False, None, 0.0), ("motorway_link", True, None, 3.0),
            ("tertiary", True, None, 6.0)]  # fmt: skip
    assert beside(rows)[0] == "tertiary"
