"""Whole streets, and the chance of a capture point anywhere along each."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely

from toolkit.assessment.assess import assess
from toolkit.assessment.street_captures import NEAR_M, joined_by_name
from toolkit.base.terms import SWITCHED_TIERS


def line(x, y, length=20.0):
    return shapely.LineString([(x, y), (x + length, y)])


def test_pieces_of_one_name_that_meet_or_lie_near_are_one_street():
    far = NEAR_M + 50.0
    lines = [
        line(0, 0), line(0, 30),  # two carriageways
        line(20, 0, 2000.0), line(2020, 0, 1000.0),  # long pieces, end to end
        line(0, far * 20),  # another street of that name
        line(0, 5), line(5, 5),  # another name, and none
        line(0, 6),
    ]  # fmt: skip
    name = np.array(["A", "A", "A", "A", "A", "B", "", ""])
    found = joined_by_name(name, lines)
    assert len(set(found[:4].tolist())) == 1
    assert len(set(found.tolist())) == 5
    assert found.min() == 0
    assert found.max() == 4


def test_no_street_at_all():
    assert joined_by_name(np.array([], dtype=str), []).tolist() == []
    assert joined_by_name(np.array(["", ""]), [line(0, 0), line(0, 1)]).tolist() == [0, 1]


@pytest.fixture(scope="module")
def layers():
    found = assess("helsinki-centre", as_of=dt.date(2026, 11, 1), n_draws=40).layers
    assert found is not None
    return found


def test_a_whole_street_has_one_chance_on_all_its_pieces(layers):
    found, streets = layers.captures(), layers.streets
    assert layers.captures() is found
    known = streets["face_class"].to_numpy() != "unknown"
    assert known.any()
    assert not known.all()
    for tier in SWITCHED_TIERS:
        low, mid, high = found.chance[tier].T
        assert np.isnan(mid[~known]).all()
        assert (low[known] <= mid[known]).all()
        assert (mid[known] <= high[known]).all()
        assert ((mid[known] >= 0) & (high[known] <= 1)).all()
        for whole in np.unique(found.whole)[:50]:
            values = mid[(found.whole == whole) & known]
            assert len(set(values.tolist())) <= 1
    names = streets["name"].to_numpy()[found.whole == found.whole[0]]
    assert len(set(names.tolist())) == 1


def test_anywhere_along_a_street_is_more_likely_than_at_one_of_its_points(layers):
    found, streets = layers.captures(), layers.streets
    known = streets["face_class"].to_numpy() != "unknown"
    for tier in SWITCHED_TIERS:
        anywhere = found.chance[tier][known, 1]
        at_a_point = streets[f"{tier}_mid"].to_numpy(float)[known]
        named = streets["name"].notna().to_numpy()[known]
        for some in (named, ~named):
            assert anywhere[some].mean() > at_a_point[some].mean()
        assert anywhere.mean() > 5 * at_a_point.mean()
