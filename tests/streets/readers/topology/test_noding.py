from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.topology import noding, split

LON, LAT = 96.0, 16.0
M = 1 / 111_195
"""About a metre of latitude, in degrees."""


def joined(
    *lines: list[tuple[float, float]], levels: list[int] | None = None
) -> tuple[split.Pieces, dict[str, int]]:
    """Node lines given in metres east and north of a place, and cut them into pieces."""
    scale = np.array([M / np.cos(np.radians(LAT)), M])
    shapes = np.array(
        [shapely.LineString(np.array(x) * scale + (LON, LAT)) for x in lines], dtype=object
    )
    met, counts = noding.node_lines(
        "drawn", noding.vertices_of(shapes), np.array(levels or [0] * len(lines))
    )
    refs = noding.position_ids(met.x, met.y)
    pieces, _ = split.split_ways(split.WayNodes(met.offsets, refs, met.x, met.y))
    return pieces, counts


def degrees(pieces: split.Pieces) -> dict[int, int]:
    """Return how many nodes have how many street ends."""
    _, ends = np.unique(np.concatenate([pieces.u, pieces.v]), return_counts=True)
    return dict(zip(*(a.tolist() for a in np.unique(ends, return_counts=True)), strict=True))


def test_lines_that_cross_meet() -> None:
    pieces, counts = joined([(-50, 0), (50, 0)], [(0, -50), (0, 50)])
    assert degrees(pieces) == {1: 4, 4: 1}
    assert counts == {"crossings_noded": 1, "touches_noded": 0, "ends_joined": 0}
    assert split.lengths_m(pieces.lines) == pytest.approx(50, rel=5e-3)


def test_a_bridge_passes_over() -> None:
    pieces, counts = joined([(-50, 0), (50, 0)], [(0, -50), (0, 50)], levels=[0, 1])
    assert degrees(pieces) == {1: 4}
    assert not any(counts.values())


def test_a_bridge_meets_the_street_at_its_end() -> None:
    pieces, _ = joined([(-50, 0), (0, 0)], [(0, 0), (50, 0)], [(25, -9), (25, 9)], levels=[0, 1, 0])
    assert degrees(pieces) == {1: 4, 2: 1}


@pytest.mark.parametrize("gap_m", [0, 0.001, 0.3, 0.9])
def test_an_end_just_short_of_a_line_joins_it(gap_m: float) -> None:
    pieces, counts = joined([(-50, 0), (50, 0)], [(0.2, gap_m), (0, 50)])
    assert degrees(pieces) == {1: 3, 3: 1}
    assert counts["ends_joined"] == 1


def test_an_end_further_away_does_not() -> None:
    pieces, counts = joined([(-50, 0), (50, 0)], [(0, 1.2), (0, 50)])
    assert degrees(pieces) == {1: 4}
    assert counts["ends_joined"] == 0


@pytest.mark.parametrize("gap_m", [0.1, 0.8])
def test_ends_near_each_other_become_one(gap_m: float) -> None:
    pieces, counts = joined([(-50, 0), (0, 0)], [(gap_m, 0), (50, 0)], [(0, gap_m), (0, 50)])
    assert degrees(pieces) == {1: 3, 3: 1}
    assert counts["ends_joined"] == 2


def test_an_end_near_a_vertex_takes_its_place() -> None:
    pieces, _ = joined([(-50, 0), (0, 5), (50, 0)], [(0.3, 5.3), (0, 50)])
    assert degrees(pieces) == {1: 3, 3: 1}


def test_a_line_through_a_vertex_meets_there() -> None:
    pieces, counts = joined([(-50, 0), (0, 0), (50, 0)], [(0, -50), (0, 50)])
    assert degrees(pieces) == {1: 4, 4: 1}
    assert counts["touches_noded"] == 1


def test_lines_that_lie_on_one_another_become_pieces_with_equal_ends() -> None:
    pieces, _ = joined([(0, 0), (30, 0), (90, 0)], [(20, 0), (60, 0)])
    spans = sorted(
        tuple(np.round((shapely.get_coordinates(line)[[0, -1], 0] - LON) / M).tolist())
        for line in pieces.lines
    )
    middle = [span for span in spans if spans.count(span) == 2]
    assert len(middle) == 4
    assert len(pieces) == 6


def test_a_line_that_crosses_itself_is_cut_there() -> None:
    pieces, counts = joined([(-50, 0), (50, 0), (50, 50), (0, 50), (0, -50)])
    assert counts["crossings_noded"] == 1
    assert degrees(pieces) == {1: 2, 4: 1}


def test_against_shapely_on_random_lines() -> None:
    rng = np.random.default_rng(5)
    lines = rng.uniform(0, 1000, (40, 2, 2))
    pieces, counts = joined(*[[tuple(p) for p in line] for line in lines])
    whole = shapely.node(shapely.multilinestrings(list(shapely.linestrings(lines))))
    assert len(pieces) == pytest.approx(shapely.get_num_geometries(whole), abs=2)
    total = shapely.length(shapely.linestrings(lines)).sum()
    assert split.lengths_m(pieces.lines).sum() == pytest.approx(total, rel=5e-3)
    assert counts["crossings_noded"] > 100


def test_positions_have_ids_of_their_own() -> None:
    corners = np.array(
        [(-1_800_000_000, -900_000_000), (1_800_000_000, 900_000_000), (0, 0), (0, 1), (1, 0)]
    )
    ids = noding.position_ids(corners[:, 0], corners[:, 1])
    assert ids.min() == 1
    assert len(np.unique(ids)) == 5
    assert ids.max() < 2**63 - 1


def test_a_tangle_is_refused() -> None:
    rng = np.random.default_rng(6)
    tangle: list[Any] = [[tuple(p) for p in line] for line in rng.uniform(0, 900, (2000, 2, 2))]
    with pytest.raises(InputDataError, match="drawn: there are too many lines"):
        joined(*tangle)


def test_parallel_lines_are_measured_and_neighbours_at_a_node_are_not() -> None:
    scale = np.array([M / np.cos(np.radians(LAT)), M])
    drawn = [[(0, 0), (100, 0)], [(0, 5), (100, 5)], [(0, 50), (100, 50)], [(100, 0), (200, 1)]]
    lines = np.array([shapely.LineString(np.array(x) * scale + (LON, LAT)) for x in drawn])
    u, v = np.array([1, 3, 5, 2]), np.array([2, 4, 6, 7])
    beside = noding.parallel_m("drawn", lines, u, v)
    assert (beside > 0).tolist() == [True, True, False, False]
    assert beside[:2] == pytest.approx(100, rel=5e-3)
