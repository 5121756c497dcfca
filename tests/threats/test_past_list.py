"""A track past cameras of a list, without any street network."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, UsageError
from toolkit.fixed_rules.camera_list import ListedCamera
from toolkit.optics.camera_draws import draw_cameras
from toolkit.optics.catalogue import load_catalogue
from toolkit.threats import listed
from toolkit.threats.past_list import route_past
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

AS_OF = dt.date(2026, 11, 23)
POINTS = np.array([(96.150, 16.770), (96.153, 16.770), (96.155, 16.772), (96.155, 16.775)])
CAMERAS = np.array([(96.151, 16.7701), (96.1525, 16.7698), (96.1551, 16.7735)])


def rows(lonlat=CAMERAS, **stated):
    return [ListedCamera(k, *place, **stated) for k, place in enumerate(lonlat, start=1)]


def past(points=POINTS, lonlat=CAMERAS, **options):
    return past_rows(rows(lonlat), points, **options)


def past_rows(listed_rows, points=POINTS, **options):
    track = Track((points,), (np.full(len(points), np.nan),))
    return route_past(
        listed.of_rows(listed_rows), track, assumptions=load_assumptions(), as_of=AS_OF, **options
    )


EAST = np.array([(96.150, 16.770), (96.1515, 16.770)])
"""A track of 160 m to the east."""
ON_IT = [(96.1512, 16.770)]
"""A camera on it, 128 m from its start."""
NORTH_OF_IT = [(96.1507, 16.7701)]
"""A camera 11 m to the north of it."""


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


def test_every_direction_of_a_row_counts_in_whatever_order():
    both = past_rows(rows(ON_IT, directions_deg=(90.0, 270.0)), EAST)
    again = past_rows(rows(ON_IT, directions_deg=(270.0, 90.0)), EAST)
    assert both.to_json() == again.to_json()
    seen = both.tiers["seen"]
    for direction in (90.0, 270.0):
        one = past_rows(rows(ON_IT, directions_deg=(direction,)), EAST).tiers["seen"]
        assert seen.at_least_one.mid > one.at_least_one.mid
        assert seen.expected_cameras.mid > one.expected_cameras.mid
        assert seen.in_view_share.mid > one.in_view_share.mid
    # Two cameras at one place, which is one row.
    assert seen.cameras.high == 2
    assert seen.at_least_two_sites.mid == 0
    assert [camera.ids for camera in both.mapped] == [("1",)]
    assert both.mapped[0].in_view["seen"] == seen.at_least_one


def test_a_camera_that_pans_looks_everywhere_whatever_direction_is_stated():
    away = past_rows(rows(NORTH_OF_IT, directions_deg=(0.0, 10.0), kind="panning"), EAST)
    unknown = past_rows(rows(NORTH_OF_IT, kind="panning"), EAST)
    assert away.to_json() == unknown.to_json()
    # Nothing but a failure keeps it from seeing what passes 11 m away.
    working = draw_cameras(
        load_catalogue(), load_assumptions(), Design(200, 0), brand=None, named={}
    ).availability
    one = away.tiers["seen"].at_least_one
    assert one.mid == pytest.approx(working.mean(), abs=0.03)
    fixed = past_rows(rows(NORTH_OF_IT, directions_deg=(0.0,)), EAST).tiers["seen"]
    assert fixed.at_least_one.mid < one.mid / 3
    assert "wide_setting" in [note.id for note in away.warnings]


def test_a_low_camera_has_more_faces_than_a_high_one():
    chances = [
        past_rows(rows(ON_IT, height_m=height_m), EAST, travel=Travel(tier="face"))
        .tiers["face"]
        .at_least_one.mid
        for height_m in (2.5, 4.0, 6.0)
    ]
    assert chances[0] > chances[1] > chances[2] > 0
    # Other cameras of the list are not touched.
    among = past_rows([*rows(ON_IT), ListedCamera(2, 96.16, 16.78, height_m=2.5)], EAST)
    without = past_rows([*rows(ON_IT), ListedCamera(2, 96.16, 16.78)], EAST)
    assert among.tiers["face"] == without.tiers["face"]


def test_a_stated_radius_is_a_disc_of_the_camera_itself():
    own = past_rows(rows(ON_IT, radius_m=30.0, directions_deg=(0.0, 90.0)), EAST)
    assert [*own.tiers] == ["seen"]
    part = own.tiers["seen"]
    # From 30 m before the camera to the end of the track, 32 m behind it.
    assert part.in_view_m.mid == pytest.approx(60.0, abs=0.1)
    assert part.in_view_m.low == part.in_view_m.high
    assert part.cameras.mid == 1
    some = [*rows(ON_IT, radius_m=30.0), ListedCamera(2, 96.150, 16.770)]
    both = past_rows(some, EAST, radius_m=50.0).tiers["seen"]
    assert both.in_view_m.mid == pytest.approx(110.0, abs=0.1)


@pytest.mark.parametrize(
    ("stated", "options", "sentence"),
    [
        ((30.0, None), {}, "Row 2 of the list states no radius, and row 1 does"),
        ((30.0, 900.0), {}, "Row 2 of the list states a radius of 900 m; at most 500 m"),
        ((30.0, 40.0), {"travel": Travel(tier="face")}, "nothing of the tier face"),
        ((None, None), {"radius_m": 5.0, "travel": Travel(when="night")}, "nothing of the night"),
    ],
)
def test_ranges_that_cannot_be_used_are_refused(stated, options, sentence):
    some = [ListedCamera(k, *ON_IT[0], radius_m=r) for k, r in enumerate(stated, start=1)]
    with pytest.raises((InputDataError, UsageError), match=sentence):
        past_rows(some, EAST, **options)


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
