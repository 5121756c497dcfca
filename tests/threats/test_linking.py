"""Linking two routes: one camera, or two in turn; against brute force in each placement."""

from __future__ import annotations

import numpy as np
import pytest
import threat_city

from toolkit.base.errors import InputDataError, UsageError
from toolkit.threats import linking
from toolkit.threats.linking import in_sequence, link, link_at, same_camera
from toolkit.threats.route import drawn, on_streets
from toolkit.threats.tracks import Track
from toolkit.threats.travel import Travel

OTHER = [(24.9366, 60.1708), (24.9520, 60.1650)]


def track(points, times=None):
    line = np.array(points, dtype=float)
    stamps = np.full(len(line), np.nan) if times is None else np.array(times, dtype=float)
    return Track((line,), (stamps,))


def timed(city, between, start_s=0.0):
    asked = on_streets(city, "foot", between=between)
    found = linking._untimed(city, asked, "foot")
    return linking._Timed(found.point, found.forward, found.time_s + start_s, has_times=False)


def brute_force(city, one, other, window_s, tier):
    """Return in which placements a camera records both, camera by camera and point by point."""
    from toolkit.routes.sightings import Passings, sightings

    hits = np.zeros(city.n_placements, bool)
    at = city.placed_at(city.sites_of(np.unique(np.concatenate([one.point, other.point]))))
    seen = {}
    for who, route in enumerate((one, other)):
        key = list(dict.fromkeys(zip(route.point.tolist(), route.forward.tolist(), strict=True)))
        found = sightings(
            Passings(np.array([k[0] for k in key]), np.array([k[1] for k in key])),
            city.scene.points, at.sight, at.placed, at.cameras, at.facing, tier,
            width_deg=at.width_deg,
        )  # fmt: skip
        times = {k: [] for k in key}
        for p, f, t in zip(route.point.tolist(), route.forward.tolist(), route.time_s, strict=True):
            times[p, f].append(t)
        for camera, passing in zip(found.camera.tolist(), found.passing.tolist(), strict=True):
            seen.setdefault(camera, ([], []))[who].extend(times[key[passing]])
    for camera, (a, b) in seen.items():
        if any(abs(x - y) <= window_s for x in a for y in b):
            hits[at.placed.draw[camera]] = True
    return hits


@pytest.mark.parametrize("window_s", [0.0, 60.0, 600.0])
@pytest.mark.parametrize("tier", ["recognised", "face"])
def test_one_camera_that_records_both_is_that_of_brute_force(window_s, tier):
    city = threat_city.city(200)
    both = [timed(city, [threat_city.START, threat_city.END]), timed(city, OTHER, 90.0)]
    found = same_camera(city, both, window_s, tier)
    np.testing.assert_array_equal(found, brute_force(city, *both, window_s, tier))


def test_a_wider_window_never_ties_less():
    city = threat_city.city(400)
    both = [timed(city, [threat_city.START, threat_city.END]), timed(city, OTHER)]
    share = [same_camera(city, both, w, "identified").mean() for w in (0.0, 120.0, 3600.0)]
    assert share == sorted(share)
    assert share[0] < share[-1]


def test_cameras_in_sequence_are_those_of_every_pair():
    rng = np.random.default_rng(0)
    first, second = rng.random((600, 7)) < 0.2, rng.random((600, 9)) < 0.2
    joins = rng.random((7, 9)) < 0.2
    expected = [
        any(joins[i, j] for i in np.flatnonzero(a) for j in np.flatnonzero(b))
        for a, b in zip(first, second, strict=True)
    ]
    np.testing.assert_array_equal(in_sequence(first, second, joins), expected)


def test_ways_between_records_have_the_length_of_the_streets():
    city = threat_city.city(400)
    one = timed(city, [threat_city.START, threat_city.END])
    way_m = linking._ways_m(city, "foot", one, one, 5_000.0)
    at_m = one.time_s * sum(linking.SPEEDS_KM_H["foot"]) / 2 / 3.6
    # On the shortest way itself, the way on from each point is the shortest.
    np.testing.assert_allclose(way_m[0, 1:], at_m[1:] - at_m[0], atol=5.0 * 2, rtol=0.01)


def test_two_people_far_apart_in_time_are_not_tied():
    question = threat_city.question()
    points = [threat_city.START, threat_city.END]
    city = threat_city.city(2_400)
    (line,) = drawn(city, "foot", on_streets(city, "foot", between=points).match)
    n = len(line)
    morning = track(line, np.linspace(0.0, 900.0, n))
    later = track(line, np.linspace(36_000.0, 36_900.0, n))
    soon = track(line, np.linspace(120.0, 1_020.0, n))
    travel = Travel(tier="recognised")
    apart = link(question, [morning, later], window_min=10.0, travel=travel)
    close = link(question, [morning, soon], window_min=10.0, travel=travel)
    assert apart.timed
    assert close.timed
    assert apart.tiers["recognised"].either.mid == 0.0
    part = close.tiers["recognised"]
    assert part.same_camera.mid > 0.5
    assert part.either.mid >= max(part.same_camera.mid, part.in_sequence.mid)
    swapped = link(question, [soon, morning], window_min=10.0, travel=travel)
    assert swapped.tiers["recognised"].either == part.either


def test_the_order_of_the_tracks_changes_nothing_and_no_tie_is_a_proof():
    found = link(
        threat_city.question(), [track([threat_city.START, threat_city.END]), track(OTHER)],
        window_min=15, travel=Travel(tier="face"),
    )  # fmt: skip
    assert not found.timed
    assert found.warnings[0].id == "link_no_proof"
    assert "24.9" not in found.to_json()


def test_two_people_at_a_place():
    found = link_at(
        threat_city.question(), threat_city.PLACE, 60.0, window_min=5, travel=Travel(tier="seen")
    )
    part = found.tiers["seen"]
    assert 0.3 < part.same_camera.mid <= 1.0
    with pytest.raises(InputDataError, match="within this distance"):
        link_at(threat_city.question(), (25.5, 60.5), 60.0, window_min=5)


def test_wrong_usage_is_refused():
    one = track([threat_city.START, threat_city.END])
    with pytest.raises(UsageError, match="Give two tracks"):
        link(threat_city.question(), [one], window_min=5)
    with pytest.raises(UsageError, match="The window must be"):
        link(threat_city.question(), [one, one], window_min=-1)


@pytest.mark.slow
def test_ties_agree_with_a_hundred_thousand_placements():
    share = []
    for n in (2_400, 100_000):
        city = threat_city.city(n, n_draws=200)
        both = [timed(city, [threat_city.START, threat_city.END]), timed(city, OTHER)]
        share.append(same_camera(city, both, 600.0, "identified").mean())
    assert share[0] == pytest.approx(share[1], abs=0.03)
