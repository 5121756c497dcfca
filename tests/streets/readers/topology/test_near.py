"""Pairs that lie near each other, in portions and no more than a street map has."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.topology import near


def pairs(found):
    """Return all pairs of all portions, in order."""
    return sorted((int(a), int(b)) for asked, hit in found for a, b in zip(asked, hit, strict=True))


def test_portions_together_are_the_answer_of_the_tree(monkeypatch):
    rng = np.random.default_rng(0)
    shapes, asked = (shapely.points(rng.uniform(0, 10, (n, 2))) for n in (400, 300))
    tree = shapely.STRtree(shapes)
    expected = tree.query(asked, predicate="dwithin", distance=0.5)
    monkeypatch.setattr(near, "_AT_ONCE", 4000)
    portions = list(
        near.near_pairs("a", tree, asked, max_each=50, predicate="dwithin", distance=0.5)
    )
    assert len(portions) > 3
    assert pairs(portions) == sorted(zip(*expected.tolist(), strict=True))


def test_nothing_asked_and_nothing_to_find():
    none, some = np.empty(0, dtype=object), shapely.points([[0.0, 0.0]])
    assert list(near.near_pairs("a", shapely.STRtree(some), none, max_each=1)) == []
    assert pairs(near.near_pairs("a", shapely.STRtree(none), np.array(some), max_each=1)) == []


def test_lines_on_top_of_one_another_are_refused_early(monkeypatch):
    monkeypatch.setattr(near, "_FREE", 1000)
    monkeypatch.setattr(near, "_AT_ONCE", 2000)
    heap = shapely.points(np.zeros((500, 2)))
    found = near.near_pairs(
        "roads.gpkg", shapely.STRtree(heap), heap, max_each=5, predicate="intersects"
    )
    with pytest.raises(InputDataError, match=r"roads\.gpkg: there are too many lines on top"):
        list(found)


def scattered(corners):
    return shapely.Polygon(np.random.default_rng(corners).uniform(0, 1, (corners, 2)))


def test_outlines_as_mappers_slip_are_no_tangle():
    bow_tie = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    wall = [(1, k / 100) for k in range(101)]
    halves = [shapely.Polygon([(x, 0), *wall, (x, 1)]) for x in (0, 2)]
    islands = shapely.MultiPolygon([shapely.box(k, 0, k + 0.5, 1) for k in range(3000)])
    for shape in (bow_tie, scattered(9), shapely.MultiPolygon(halves), islands):
        assert not near.is_tangled(shape)
    assert not near.is_tangled(np.array(halves))


@pytest.mark.parametrize(
    "shape",
    [
        scattered(40),
        scattered(1900),
        shapely.Polygon([(0, 0), (1, 0)] * 5000 + [(0, 1)]),
        shapely.MultiPolygon([shapely.box(-k, -k, k, k) for k in range(1, 500)]),
        shapely.Polygon(shapely.box(0, 0, 9, 9).exterior, [[(1, 1), (2, 1), (2, 2)]] * 500),
    ],
    ids=["small", "large", "back and forth", "within one another", "one hole many times"],
)
def test_outlines_that_cross_more_often_than_any_drawn_one_are(shape):
    assert near.is_tangled(shape)
