"""A route that somebody brings."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
import threat_city

from toolkit.base.errors import InputDataError, UsageError
from toolkit.base.terms import TIERS
from toolkit.routes.meetings import Facing, meet
from toolkit.threats import scores, tracks
from toolkit.threats.route import _ids_of, drawn, on_streets, route, routed
from toolkit.threats.travel import Travel

BETWEEN = [threat_city.START, threat_city.END]


def track_of(lines):
    return tracks.parse_track(
        json.dumps(
            {"type": "MultiLineString", "coordinates": [np.asarray(a).tolist() for a in lines]}
        )
    )


@pytest.fixture(scope="module")
def found():
    return route(threat_city.question(), between=BETWEEN, travel=Travel(trips=10))


def test_sites_are_those_of_the_placements_that_are_flipped_through():
    from toolkit.assessment.ten_placements import place_cameras

    found = routed(threat_city.question(), between=BETWEEN)
    city = threat_city.city(400)
    placed = place_cameras(city.inputs)
    asked = on_streets(city, "foot", between=BETWEEN)
    met, _ = meet(
        asked.routes, asked.routes.first(0), placed.scene.points, placed.scene.lines_of_sight,
        placed.placed, placed.cameras, Facing(city.facing.rule, city.facing.within_deg[:20]),
        width_deg=placed.scene.sites.width_deg, keep=False,
    )  # fmt: skip
    for t, tier in enumerate(TIERS):
        if tier in found.sites:
            np.testing.assert_array_equal(found.sites[tier], met.sites[:, t, 0])
    assert found.sites["seen"].min() > 0


def test_every_tier_of_the_mode_has_its_figures(found):
    assert list(found.tiers) == ["seen", "recognised", "identified", "face"]
    assert found.length_m > 1000
    assert found.placements >= 2400
    for part in found.tiers.values():
        assert 0 <= part.in_view_share.low <= part.in_view_share.high <= 1.0
        assert part.at_least_two_sites.mid <= part.at_least_one.mid
        assert part.longest_not_known_to_be_watched_m.high <= found.length_m + 0.1
        assert part.sections[0].from_m == 0
        assert part.sections[-1].to_m == pytest.approx(found.length_m, abs=0.2)
        worst = max(s.in_view.mid for s in part.sections)
        assert worst <= part.at_least_one.mid + 1e-6


def test_tiers_that_imply_others_never_exceed_them(found):
    for lower, upper in (("seen", "recognised"), ("recognised", "identified")):
        assert found.tiers[upper].at_least_one.mid <= found.tiers[lower].at_least_one.mid
        assert found.tiers[upper].in_view_m.high <= found.tiers[lower].in_view_m.high


def test_the_same_cameras_stand_there_on_every_trip(found):
    part = found.tiers["identified"]
    assert part.repeated.trips == 10
    assert part.repeated.at_least_one == part.at_least_one
    assert part.repeated.times_passed.high == pytest.approx(10 * part.cameras.high, rel=1e-4)
    naive = 1 - (1 - part.at_least_one.mid) ** 10
    assert part.repeated.at_least_one.mid < naive


def test_no_product_of_sections_is_the_chance_of_the_route(found):
    part = found.tiers["identified"]
    product = 1 - np.prod([1 - s.in_view.mid for s in part.sections])
    assert product > part.at_least_one.mid + 0.01


def test_a_mapped_site_names_the_cameras_that_were_joined_to_it_and_no_other(monkeypatch):
    city = threat_city.city()
    mapped, cameras = city.scene.mapped, city.loaded.counted_cameras()
    # Each row is named on its own, so that ids can be counted as cameras are.
    rows = cameras.assign(osm_id=[f"node/{k}" for k in range(len(cameras))])
    monkeypatch.setattr(type(city.loaded), "counted_cameras", lambda _: rows)
    found = _ids_of(city)
    assert [len(names) for names in found] == mapped.count.tolist()
    named = {int(name.removeprefix("node/")) for names in found for name in names}
    inside = cameras.geometry.to_crs(city.pack.manifest.crs)[~np.isin(range(len(rows)), [*named])]
    assert len(inside) == mapped.n_indoor > 0
    walls = shapely.boundary(city.scene.buildings)
    depth = [shapely.distance(walls, point).min() for point in inside]
    assert min(depth) > city.loaded.model.indoor_depth_m


def test_mapped_cameras_have_ids_and_chances(found):
    assert found.mapped
    for camera in found.mapped:
        assert all(name.startswith("node/") for name in camera.ids)
        assert 0 < camera.in_view["seen"].mid <= 1.0
        assert camera.in_view["seen"].mid <= found.tiers["seen"].at_least_one.mid + 1e-6


def test_the_answer_holds_nothing_of_where_it_is(found):
    text = found.to_json()
    for value in ("24.9364", "24.9520", "60.1659", "60.1715", "katu"):
        assert value not in text


@pytest.mark.parametrize("step_m", [4.0, 37.0])
def test_a_track_along_the_way_is_the_same_route_whatever_its_points(step_m):
    import shapely

    city = threat_city.city(2_400)
    way = on_streets(city, "foot", between=BETWEEN)
    (line,) = drawn(city, "foot", way.match)
    xy = shapely.LineString(city.xy_m(line))
    at = np.unique(np.concatenate([np.arange(0, xy.length, step_m), [xy.length]]))
    dense = shapely.get_coordinates(shapely.line_interpolate_point(xy, at))
    again = on_streets(city, "foot", track=track_of([city.lonlat(dense)]))
    assert again.match.unmatched_m == 0
    assert again.routes.length_m[0] == pytest.approx(way.routes.length_m[0], rel=0.01)
    one, other = (scores.score(city, r.routes) for r in (way, again))
    for tier in TIERS:
        first, second = (s.at_least(1, tier, 0).mean() for s in (one, other))
        assert first == pytest.approx(second, abs=0.02)


def test_a_street_by_its_name_is_a_route():
    found = route(threat_city.question(), along=["aleksanterinkatu"], travel=Travel(tier="seen"))
    assert 300 < found.length_m < 900
    assert list(found.tiers) == ["seen"]


class TestRefused:
    def test_a_track_outside_the_city(self):
        with pytest.raises(InputDataError, match="follows no street of this city"):
            route(threat_city.question(), track=track_of([[(25.9, 61.0), (25.91, 61.0)]]))

    def test_a_track_that_crosses_no_street(self):
        # Out in the harbour, inside the same degree.
        with pytest.raises(InputDataError, match="follows no street"):
            route(threat_city.question(), track=track_of([[(24.99, 60.12), (24.995, 60.121)]]))

    def test_a_track_to_and_fro_without_end(self):
        # 80 m there and 80 m back, 4,000 times: the noise of a phone that lies on a table.
        line = [(24.9414 + 0.0014 * (k % 2), 60.1699) for k in range(4_000)]
        with pytest.raises(InputDataError, match="at most 1,000 and 50 are followed"):
            route(threat_city.question(), track=track_of([line]))

    def test_a_track_across_the_world(self):
        line = [(24.9414, 60.1699), (24.9490, 60.1685), (-120.0, -40.0)]
        with pytest.raises(InputDataError, match="at most 1,000 and 50 are followed"):
            route(threat_city.question(), track=track_of([line]))

    def test_a_track_from_far_away_is_as_long_as_it_is_here(self):
        far = [(24.9414, 60.1699), (24.9490, 60.1685), (28.0, 61.5)]
        found = route(threat_city.question(), track=track_of([far]), travel=Travel(tier="seen"))
        assert found.length_m > 300.0

    def test_a_track_partly_outside_is_counted(self):
        city = threat_city.city(2_400)
        way = on_streets(city, "foot", between=BETWEEN)
        (line,) = drawn(city, "foot", way.match)
        out = np.vstack([line, [(24.99, 60.12)]])
        found = route(threat_city.question(), track=track_of([out]), travel=Travel(tier="seen"))
        assert found.off_streets_m > 1000
        assert "track_off_streets" in {note.id for note in found.warnings}

    @pytest.mark.parametrize(
        ("options", "sentence"),
        [
            ({}, "Give one route"),
            ({"between": BETWEEN, "along": ["a"]}, "Give one route"),
            ({"between": BETWEEN, "detour": 9.0}, "The detour must be"),
        ],
    )
    def test_wrong_usage(self, options, sentence):
        with pytest.raises(UsageError, match=sentence):
            route(threat_city.question(), **options)

    def test_a_place_out_of_reach(self):
        with pytest.raises(InputDataError, match="The end is more than 200 m") as raised:
            route(threat_city.question(), between=[threat_city.START, (25.5, 60.5)])
        assert "25.5" not in str(raised.value)


def test_lines_are_drawn_for_the_route_and_each_alternative():
    made = routed(threat_city.question(), between=BETWEEN, travel=Travel(tier="seen"), detour=1.5)
    assert len(made.lines) == 1 + len(made.answer.alternatives.ways)
    for (line,), way in zip(made.lines[1:], made.answer.alternatives.ways, strict=True):
        from pyproj import Geod

        assert Geod(ellps="WGS84").line_length(*line.T) == pytest.approx(way.length_m, rel=0.01)
        np.testing.assert_allclose(line[0], threat_city.START, atol=0.003)
