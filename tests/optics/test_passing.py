"""One passing of one camera: facing, turning, zooming."""

from __future__ import annotations

import json

import pytest

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import TIERS
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of
from toolkit.optics.passing import facing_share
from toolkit.optics.sheet import make_sheet
from toolkit.optics.thresholds import load_thresholds


def sheet_of(name, changes=None, **stated):
    catalogue = load_catalogue()
    camera = camera_of(catalogue, catalogue.find(name), **stated)
    return make_sheet(camera, load_assumptions(changes=changes), load_thresholds())


def tiers_of(sheet):
    return {row.tier: row for row in sheet.passing.tiers}


def test_facing():
    assert float(facing_share(30)) == pytest.approx(1 / 6)
    both = sheet_of("plate").passing
    front = sheet_of("plate", {"optics.plate_rear_counts": 0}).passing
    assert both.car_share.mid == pytest.approx(2 * front.car_share.mid, rel=1e-5)
    assert front.motorcycle_share.high == 0
    assert both.motorcycle_share.mid == pytest.approx(both.car_share.mid / 2, rel=1e-5)


def test_a_fixed_camera_has_everybody_in_its_ring_and_faces_that_look_at_it():
    tiers = tiers_of(sheet_of("face", {"optics.face_yaw_cap_deg": 45.0}))
    assert list(tiers) == list(TIERS)
    for tier in ("seen", "recognised", "identified"):
        assert tiers[tier].in_ring.low == tiers[tier].in_ring.high == 1.0
    assert tiers["face"].in_ring.mid == pytest.approx(0.25)
    assert all(row.zoomed is None for row in tiers.values())


def test_a_camera_that_zooms_sees_one_place_wide_or_far():
    changes = {"optics.ptz_tele_share": 0.2, "optics.face_yaw_cap_deg": 45.0}
    sheet = sheet_of("ptz", changes)
    tiers, hfov = tiers_of(sheet), sheet.passing.tele_hfov_deg
    wide = 0.8 * sheet.passing.moment_share
    assert tiers["seen"].in_ring.mid == pytest.approx(wide, rel=1e-5)
    assert tiers["face"].in_ring.mid == pytest.approx(wide / 4, rel=1e-5)
    assert tiers["seen"].zoomed.mid == pytest.approx(0.2 * hfov / 360, rel=1e-5)
    assert tiers["face"].zoomed.mid == pytest.approx(0.2 * hfov / 360 / 4, rel=1e-5)


def test_the_interval_of_a_product_is_narrower_than_that_of_its_ends():
    sheet = sheet_of("ptz")
    face, here = tiers_of(sheet)["face"].zoomed, sheet.passing.tele_here_share
    turned = sheet.passing.face_share
    assert here.low * turned.low < face.low < face.mid < face.high < here.high * turned.high


def test_the_json_has_it_next_to_the_rings():
    found = json.loads(json.dumps(sheet_of("ptz").to_dict()))["at_one_passing"]["tiers"]
    assert [row["tier"] for row in found] == list(TIERS)
    assert found[0]["zoomed_share"]["mid"] < found[0]["in_ring_share"]["mid"]
