from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.assumptions.sets import load_assumptions
from toolkit.base.terms import TIERS
from toolkit.optics import words
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of
from toolkit.optics.sheet import ends, make_sheet
from toolkit.optics.thresholds import load_thresholds


def sheet_of(name, changes=None, **stated):
    catalogue = load_catalogue()
    camera = camera_of(catalogue, catalogue.find(name), **stated)
    return make_sheet(camera, load_assumptions(changes=changes), load_thresholds())


def row_of(sheet, tier):
    return sheet.tiers[TIERS.index(tier)]


def test_a_wide_lens_on_a_pole_matches_no_face_and_says_why():
    sheet = sheet_of("fixed_wide", {"optics.face_tilt_cap_deg": 30}, height_m=6)
    row = row_of(sheet, "face")
    why = row.why_empty(row.day)
    assert (why.begins, why.ends) == ("cap", "density")
    # By hand: 4.4 / tan 30 = 7.62; sqrt((1470 / 286)^2 - 4.4^2) = 2.66.
    assert why.begins_m == pytest.approx(7.62, abs=0.01)
    assert why.ends_m == pytest.approx(2.66, abs=0.01)
    assert "the density ends at 2.7 m, the tilt cap begins at 7.6 m" in words.why_text(
        why, "face", "en"
    )


def test_a_density_that_does_not_reach_down_is_told_as_such():
    row = row_of(sheet_of("fixed_wide", height_m=6), "plate")
    why = row.why_empty(row.day)
    assert (why.slant_m, why.drop_m) == (pytest.approx(4.9), pytest.approx(5.25))
    assert "4.9 m from the lens" in words.why_text(why, "plate", "en")
    dark = row_of(sheet_of("fixed_wide", height_m=6), "face")
    why = dark.why_empty(dark.night)
    assert why.ends == "light"
    assert "the light ends" in words.why_text(why, "face", "en")


def test_a_picture_that_begins_too_far_away_is_told_as_such():
    row = row_of(sheet_of("varifocal", height_m=6, focal_mm=13.5, aim_m=40), "plate")
    why = row.why_empty(row.day)
    assert (why.begins, why.ends) == ("picture", "density")


def test_could_cover_holds_every_aimed_ring():
    for name in ("fixed_medium", "varifocal", "face", "plate"):
        for row in sheet_of(name).tiers:
            aimed, could = ends(row.day), ends(row.could)
            assert row.day.aimed
            assert not row.could.aimed
            if aimed is not None:
                assert could[0] <= aimed[0] < aimed[1] <= could[1]


def test_a_camera_that_turns_counts_all_round_at_its_wide_setting():
    sheet = sheet_of("ptz")
    assert all(ends(row.day) == ends(row.could) for row in sheet.tiers)
    assert sheet.passing.moment_share == pytest.approx(58.44 / 360, abs=1e-4)
    assert sheet.passing.tele_hfov_deg == pytest.approx(2.56, abs=0.01)
    here = sheet.passing.tele_here_share
    assert here.mid == pytest.approx(sheet.passing.tele_share.mid * 2.564 / 360, rel=1e-3)
    # Zoomed in it could match a face far away: 57,207 px / 286 px/m is 200 m.
    tele_face = sheet.tele[TIERS.index("face")]
    assert ends(tele_face.day)[1] == pytest.approx(199.98, abs=0.05)
    assert ends(row_of(sheet, "face").day) is None


def test_a_fixed_camera_has_no_figures_of_one_that_turns():
    found = sheet_of("fixed_wide").passing
    assert (found.moment_share, found.tele_share) == (None, None)
    assert sheet_of("fixed_wide").tele == ()


def test_motorcycles_need_more_pixels_per_metre():
    sheet = sheet_of("plate")
    size, script = sheet.motorcycles
    assert size.threshold_px_m == pytest.approx(300 * 365 / 219)
    assert script.threshold_px_m == pytest.approx(300 * 365 / 219 * 1.25)
    car = row_of(sheet, "plate")
    assert ends(script.could)[1] < ends(size.could)[1] < ends(car.could)[1]


def test_editions_and_presets_are_all_there():
    sheet = sheet_of("fixed_medium")
    assert len(sheet.editions) == 2
    assert {name for _, names in sheet.levels for name in names if name} >= {
        "Detect", "Identify", "Outline", "Validate",
    }  # fmt: skip
    assert [row.threshold_px_m for row in sheet.presets] == [160, 286, 500, 750, 180, 300, 500]


def test_the_sheet_is_plain_json_that_names_what_it_rests_on():
    sheet = sheet_of("IPC-HFW5442E-ZE", {"optics.night": 1.0})
    found = json.loads(json.dumps(sheet.to_dict(), allow_nan=False))
    assert found["schema"] == "camera-exposure.optics/1"
    assert found["night"] is True
    assert found["assumptions"]["changed"] == {"optics.night": 1.0}
    assert found["pixel_constant"]["radians_px"] / found["pixel_constant"]["pitch_px"] == (
        pytest.approx(1.34, abs=0.005)
    )
    for row in (*found["tiers"], *found["presets"]):
        for light in ("day", "night", "could_cover"):
            ring = row[light]
            assert (ring["inner_m"] is None) == (ring["empty"] is not None)


@settings(max_examples=40)
@given(
    name=st.sampled_from(["fixed_wide", "varifocal", "ptz", "face", "plate", "dome", "panoramic"]),
    height=st.floats(2, 20),
    aim=st.floats(0.5, 200),
    night=st.booleans(),
)
def test_every_ring_is_told_and_tiers_nest(name, height, aim, night):
    sheet = sheet_of(name, {"optics.night": float(night)}, height_m=height, aim_m=aim)
    rings = [ends(row.at(night=night)) for row in sheet.tiers]
    for easy, hard in ((rings[0], rings[1]), (rings[1], rings[2])):
        if hard is not None:
            assert easy is not None
            assert easy[0] <= hard[0] + 1e-9
            assert hard[1] <= easy[1] + 1e-9
    for row in (*sheet.tiers, *(row for row, _ in sheet.levels), *sheet.presets):
        for bounds in (row.day, row.night, row.could):
            why = row.why_empty(bounds)
            assert (why is None) == (ends(bounds) is not None)
            if why is not None:
                assert why.begins_m >= why.ends_m
                assert math.isfinite(why.ends_m)
                assert words.why_text(why, row.tier, "en").startswith("empty: ")
