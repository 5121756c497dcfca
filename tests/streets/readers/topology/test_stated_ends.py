"""Lines that name the nodes at their ends, and lines that are there twice."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from drawn_tables import STEP, line

from toolkit.streets.readers.topology import stated_ends
from toolkit.streets.readers.topology.split import Pieces

SQUARE = [line((0, 0), (1, 0)), line((1, 0), (1, 1)), line((1, 1), (0, 1)), line((0, 1), (0, 0))]
ENDS = np.array([[1, 2], [2, 3], [3, 4], [4, 1]])


def objects(lines):
    made = np.empty(len(lines), dtype=object)
    made[:] = lines
    return made


def test_nodes_are_taken_as_they_are_stated():
    found = stated_ends.pieces_of(objects(SQUARE), ENDS)
    assert np.column_stack([found.u, found.v]).tolist() == ENDS.tolist()
    assert found.way.tolist() == [0, 1, 2, 3]
    assert found.ordinal.tolist() == [0] * 4


def test_a_line_may_run_from_its_second_node_to_its_first():
    turned = [SQUARE[0].reverse(), *SQUARE[1:]]
    found = stated_ends.pieces_of(objects(turned), ENDS)
    assert (found.u[0], found.v[0]) == (2, 1)
    assert found.lines[0].equals_exact(turned[0])


def test_a_single_line_and_a_dead_end_have_their_nodes():
    lines = [*SQUARE, line((0, 0), (-1, -1)), line((5, 5), (6, 6))]
    found = stated_ends.pieces_of(objects(lines), np.vstack([ENDS, [[9, 1]], [[20, 21]]]))
    assert (found.u[4], found.v[4]) == (1, 9)
    assert {found.u[5], found.v[5]} == {20, 21}


@pytest.mark.parametrize(("off", "fits"), [(0.005, True), (0.5, False)])
def test_lines_that_end_elsewhere_than_their_node_are_not_believed(off, fits):
    """Half a metre is a rounding, fifty metres are another place."""
    moved = [*SQUARE, line((0, 0), (0, -1)), line((off, 0), (0, -1))]
    ends = np.vstack([ENDS, [[1, 5], [1, 5]]])
    assert (stated_ends.pieces_of(objects(moved), ends) is not None) == fits
    assert off * STEP > 0


def made(lines):
    n = len(lines)
    return Pieces(np.arange(n), np.zeros(n, np.int64), np.arange(n), np.arange(n), objects(lines))


def test_a_line_drawn_each_way_is_one_in_both_directions():
    there = SQUARE[0]
    counts: Counter[str] = Counter()
    zero = np.zeros(4, np.int64)
    kept, both = stated_ends.without_duplicates(
        made([there, there.reverse(), SQUARE[1], SQUARE[1]]), zero, zero, counts
    )
    assert kept.way.tolist() == [0, 2]
    assert both.tolist() == [True, False]
    assert counts == {"double_lines": 2}


def test_another_level_or_way_is_another_street():
    counts: Counter[str] = Counter()
    three = made([SQUARE[0]] * 3)
    kept, both = stated_ends.without_duplicates(
        three, np.array([0, 1, 0]), np.array([7, 7, 8]), counts
    )
    assert len(kept) == 3
    assert not both.any()
    assert counts["double_lines"] == 0
