"""A track past cameras of a list, without any street network."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.errors import InputDataError, UsageError
from toolkit.threats import listed
from toolkit.threats.past_list import route_past
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

AS_OF = dt.date(2026, 11, 23)
POINTS = np.array([(96.150, 16.770), (96.153, 16.770), (96.155, 16.772), (96.155, 16.775)])
CAMERAS = np.array([(96.151, 16.7701), (96.1525, 16.7698), (96.1551, 16.7735)])


def cameras(lonlat=CAMERAS):
    unknown = np.full(len(lonlat), np.nan)
    return listed.CameraPoints(lonlat, unknown, unknown, unknown)


def past(points=POINTS, lonlat=CAMERAS, **options):
    track = Track((points,), (np.full(len(points), np.nan),))
    return route_past(
        cameras(lonlat), track, assumptions=load_assumptions(), as_of=AS_OF, **options
    )


@pytest.mark.parametrize("radius_m", [10.0, 50.0])
def test_shares_are_exact_whatever_the_sampling(radius_m):
    found = past(radius_m=radius_m)
    plane = listed.plane_of(np.concatenate([POINTS, CAMERAS]))
    line = shapely.LineString(np.column_stack(plane.transform(*POINTS.T)))
    discs = shapely.buffer(
        shapely.points(np.column_stack(plane.transform(*CAMERAS.T))), radius_m, quad_segs=2000
    )
    exact = line.intersection(shapely.union_all(discs)).length / line.length
    part = found.tiers["seen"]
    assert part.in_view_share.mid == pytest.approx(exact, abs=1e-4)
    assert part.in_view_share.low == part.in_view_share.high
    at = np.linspace(0, 1, 777)
    back = [plane.transform(*p.coords[0], direction="INVERSE")
            for p in shapely.line_interpolate_point(line, at, normalized=True)]  # fmt: skip
    corners = np.array(back + POINTS[1:-1].tolist())
    order = np.argsort([line.project(shapely.Point(*plane.transform(*p))) for p in corners])
    again = past(corners[order], radius_m=radius_m).tiers["seen"]
    assert again.in_view_share.mid == pytest.approx(part.in_view_share.mid, abs=1e-4)


def test_without_a_radius_the_cameras_are_of_the_assumed_mix():
    found = past(travel=Travel(trips=5))
    assert found.basis == "mapped_cameras"
    assert found.city is None
    seen, face = found.tiers["seen"], found.tiers["face"]
    assert seen.at_least_one.mid > 0.5 > face.at_least_one.mid
    assert seen.in_view_share.high <= 1.0
    assert 0 < seen.in_view_share.mid < 1
    assert found.mapped[0].ids == ("1",)
    assert found.warnings[0].id == "route_list_only"
    assert past(seed=1).tiers["seen"] != seen


def test_faces_are_matched_from_in_front():
    """A camera at the end that looks back along the track has who comes, not who goes."""
    track = np.array([(96.150, 16.770), (96.1535, 16.770)])
    there = past(track, track[1:], travel=Travel(tier="face"))
    back = past(track[::-1], track[1:], travel=Travel(tier="face"))
    assert there.tiers["face"].at_least_one.mid > 0
    assert back.tiers["face"].at_least_one.mid < there.tiers["face"].at_least_one.mid


def test_wrong_lists_and_radii_are_refused():
    with pytest.raises(InputDataError, match="The list has no camera"):
        past(lonlat=np.empty((0, 2)))
    with pytest.raises(UsageError, match="The radius must be above 0"):
        past(radius_m=0.0)


def test_many_points_on_little_ground_are_read():
    rng = np.random.default_rng(0)
    line = np.cumsum(rng.normal(0, 1e-5, (20_000, 2)), axis=0) + POINTS[0]
    some = line[rng.integers(0, len(line), 200)] + rng.normal(0, 1e-4, (200, 2))
    found = past(line, some, radius_m=50.0)
    assert found.tiers["seen"].in_view_share.mid > 0.3
