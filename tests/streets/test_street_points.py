"""Pieces add up to the lines they were cut from."""

from __future__ import annotations

import numpy as np
import shapely

from toolkit.streets import street_points


def test_pieces_add_up_and_lie_on_their_line():
    lines = np.array(
        [
            shapely.LineString([(0, 0), (103, 0)]),
            shapely.LineString([(0, 0), (0, 1.5)]),
            shapely.LineString([(0, 0), (30, 40), (30, 90)]),
        ],
        dtype=object,
    )
    found = street_points.cut(lines, 5.0)
    np.testing.assert_allclose(np.bincount(found.line, weights=found.length), shapely.length(lines))
    assert found.ordinal[found.line == 1].tolist() == [0]
    distance = shapely.distance(shapely.points(found.xy), lines[found.line])
    assert distance.max() < 1e-9
    np.testing.assert_allclose(found.xy[found.line == 0][:, 0], (np.arange(21) + 0.5) * 103 / 21)
    np.testing.assert_allclose(found.heading_rad[found.line == 1], np.pi / 2)
