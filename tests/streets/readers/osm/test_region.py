from __future__ import annotations

import numpy as np
import pytest

from toolkit.streets.readers.osm.region import Region, TagTable, counted, drive_segments, ways_near
from toolkit.streets.readers.topology.split import MISSING

DEGREE = 10_000_000


def region(limits: tuple[int, int, int, int] | None = None) -> Region:
    return Region(limits=limits, table=TagTable())


def add_way(to: Region, number: int, points: list[tuple[int, int]], **tags: str) -> None:
    x, y = zip(*points, strict=True)
    to.ways.add(number, x, y)
    to.refs.extend(range(number * 10, number * 10 + len(points)))
    to.kinds.append(to.table.number({"highway": "residential", **tags}))


def test_equal_tags_are_kept_once() -> None:
    table = TagTable()
    first = table.number({"highway": "path", "name": "A", "surface": "mud"})
    assert table.number({"name": "A", "highway": "path", "surface": "sand"}) == first
    assert table.number({"highway": "path"}) != first
    assert table.rows[first] == {"highway": "path", "name": "A"}


@pytest.mark.parametrize(
    ("box", "met"),
    [
        ((0, 0, 10, 10), True),
        ((20, 20, 30, 30), True),
        ((21, 0, 30, 30), False),
        ((0, 0, 9, 9), False),
        ((5, 21, 30, 40), False),
    ],
)
def test_limits_are_met_by_boxes_that_touch(box: tuple[int, int, int, int], met: bool) -> None:
    assert region((10, 10, 20, 20)).meets(*box) is met
    assert region().meets(*box)


def test_ways_near_a_box_are_found_by_their_known_nodes() -> None:
    r = region()
    add_way(r, 1, [(0, 0), (5, 5)])
    add_way(r, 2, [(MISSING, MISSING), (50, 50), (60, 40)])
    add_way(r, 3, [(-90, 45), (90, 45)])
    near = ways_near(r, (40, 40, 52, 55))
    assert near.ids.tolist() == [2, 3]
    assert near.nodes.offsets.tolist() == [0, 3, 5]
    assert near.nodes.refs.tolist() == [20, 21, 22, 30, 31]
    assert near.nodes.x.tolist() == [MISSING, 50, 60, -90, 90]
    assert len(ways_near(r, None)) == 3
    assert len(ways_near(r, (1000, 1000, 2000, 2000))) == 0
    assert len(ways_near(region(), (0, 0, 1, 1))) == 0


def test_segments_are_those_of_open_through_streets() -> None:
    r = region()
    add_way(r, 1, [(0, 0), (DEGREE, 0), (DEGREE, DEGREE)])
    add_way(r, 2, [(0, 0), (MISSING, MISSING), (DEGREE, 0), (2 * DEGREE, 0)], highway="primary")
    for highway in ("service", "track", "footway"):
        add_way(r, 3, [(0, 0), (DEGREE, 0)], highway=highway)
    add_way(r, 4, [(0, 0), (DEGREE, 0)], access="private")
    add_way(r, 5, [(0, 0), (DEGREE, 0)], tunnel="yes")
    assert drive_segments(r).tolist() == [[0, 0, 1, 0], [1, 0, 1, 1], [1, 0, 2, 0]]
    assert drive_segments(region()).shape == (0, 4)


def test_what_was_left_out_is_counted_where_it_lies() -> None:
    r = region()
    r.counts["duplicate_ids"] = 2
    for k in range(5):
        r.note("ways_left_out_platform", k, 0)
    r.note("camera_directions_unreadable", 3, 3, times=4)
    r.note("nothing", 0, 0, times=0)
    assert counted(r, None) == {
        "duplicate_ids": 2, "ways_left_out_platform": 5, "camera_directions_unreadable": 4,
        "nothing": 0,
    }  # fmt: skip
    inside = counted(r, (2, 0, 9, 2))
    assert (inside["ways_left_out_platform"], inside["camera_directions_unreadable"]) == (3, 0)
    assert np.array(r.noted["ways_left_out_platform"][0]).tolist() == [0, 1, 2, 3, 4]
