"""Rings against published figures and against geometry worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import optics, store
from toolkit._errors import InputDataError
from toolkit.assumptions import load_assumptions
from toolkit.draws import Design
from toolkit.results import TIERS

FACE_M = 1.6


@pytest.mark.parametrize(
    ("focal_mm", "width_px", "sensor_mm", "expected"),
    [
        (2.8, 1920, 5.37, 1001),
        (6.0, 1920, 5.37, 2145),
        (2.8, 2688, 5.12, 1470),
        (3.6, 2688, 5.12, 1890),
        (13.5, 2688, 7.18, 5054),
        (32.0, 2688, 7.18, 11980),
        (120.0, 2560, 5.37, 57207),
    ],
)
def test_pixel_constant_of_published_lenses(focal_mm, width_px, sensor_mm, expected):
    assert optics.pixel_constant(focal_mm, width_px, sensor_mm) == pytest.approx(expected, abs=1)


def test_density_of_the_common_check_case():
    # 1080p, 25 mm, 1/3 inch, 10 m: two public calculators give 998 and 1,000 px/m.
    assert optics.pixel_constant(25.0, 1920, 4.8) / 10 == pytest.approx(1000)


def test_horizontal_field_of_view():
    constant = optics.pixel_constant(2.8, 1920, 4.8)
    assert optics.field_of_view_deg(1920, constant, "rectilinear") == pytest.approx(81.2, abs=0.05)
    wide = optics.pixel_constant(2.8, 2688, 5.12)
    rectilinear = optics.field_of_view_deg(2688, wide, "rectilinear")
    equidistant = optics.field_of_view_deg(2688, wide, "equidistant")
    assert rectilinear < 95 < equidistant  # the data sheet says 95 degrees


@pytest.mark.parametrize(("aim_m", "inner", "outer"), [(20, 15.3, 28.5), (12, 10.0, 14.85)])
def test_face_ring_of_a_tele_lens_follows_its_aim(aim_m, inner, outer):
    constant = optics.pixel_constant(32.0, 2688, 7.18)
    field = optics.field_of_view_deg(1520, constant, "rectilinear")
    found = optics.ring_m(
        constant, 286, 6.0,
        target_low_m=FACE_M, target_high_m=FACE_M, aim_m=aim_m, vertical_fov_deg=field,
    )  # fmt: skip
    assert found == (pytest.approx(inner, abs=0.1), pytest.approx(outer, abs=0.1))


@pytest.mark.parametrize(
    ("height_m", "cap_deg", "expected"),
    [(2.8, 13, 5.2), (3.5, 15, 7.1), (4, 20, 6.6), (5, 30, 5.9), (6, 35, 6.3), (8, 15, 23.9)],
)
def test_near_edge_from_the_tilt_cap(height_m, cap_deg, expected):
    inner, _ = optics.ring_m(
        1e6, 160, height_m, target_low_m=FACE_M, target_high_m=FACE_M,
        aim_m=None, vertical_fov_deg=60, tilt_cap_deg=cap_deg,
    )  # fmt: skip
    assert inner == pytest.approx(expected, abs=0.051)


def test_a_wide_lens_on_a_six_metre_pole_matches_no_face():
    def ring(threshold, cap):
        return optics.ring_m(
            1470, threshold, 6.0, target_low_m=FACE_M, target_high_m=FACE_M,
            aim_m=None, vertical_fov_deg=60, tilt_cap_deg=cap,
        )  # fmt: skip

    for threshold in (286, 457, 500):
        assert np.isnan(ring(threshold, 15)).all()
        assert np.isnan(ring(threshold, 30)).all()
    assert ring(160, 30) == (pytest.approx(7.62, abs=0.01), pytest.approx(8.07, abs=0.01))


def test_outer_radius_is_horizontal():
    # Height 6 m, face at 1.6 m: a slant reach of 9 m is 7.85 m on the ground, 5 m is 2.4 m.
    for slant, ground in ((9.0, 7.85), (5.0, 2.37)):
        _, outer = optics.ring_m(
            slant * 250, 250, 6.0, target_low_m=FACE_M, target_high_m=FACE_M,
            aim_m=None, vertical_fov_deg=60,
        )  # fmt: skip
        assert outer == pytest.approx(ground, abs=0.01)


@given(
    constant=st.floats(300, 60_000),
    height=st.floats(2.5, 10),
    aim=st.floats(5, 60),
    field=st.floats(3, 90),
    threshold=st.floats(12, 800),
    step=st.floats(1, 300),
)
def test_rings_shrink_with_the_threshold_and_nest(constant, height, aim, field, threshold, step):
    def ring(level, low, high):
        inner, outer = optics.ring_m(
            constant, level, height, target_low_m=low, target_high_m=high,
            aim_m=aim * (height - high) / (height - FACE_M), vertical_fov_deg=field,
        )  # fmt: skip
        return (math.inf, 0.0) if np.isnan(inner) else (float(inner), float(outer))

    easy, hard = ring(threshold, 0.0, 1.7), ring(threshold + step, 0.0, 1.7)
    assert hard[0] >= easy[0]
    assert hard[1] <= easy[1]
    face = ring(threshold + step, FACE_M, FACE_M)
    if face[1] > 0:
        assert face[0] >= easy[0] - 1e-9
        assert face[1] <= easy[1] + 1e-9


def test_draws_are_nested_and_shares_add_up():
    cameras = optics.draw_cameras(
        optics.load_catalogue(), load_assumptions(), Design(64, 3), brand="Dahua"
    )
    np.testing.assert_allclose(cameras.share.sum(axis=1), 1)
    outer = np.nan_to_num(cameras.outer_m, nan=0.0)
    inner = np.nan_to_num(cameras.inner_m, nan=np.inf)
    for tier in (1, 2):
        assert (outer[:, tier] <= outer[:, tier - 1]).all()
        assert (inner[:, tier] >= inner[:, tier - 1]).all()
    able = cameras.able_share()
    assert able.shape == (64, len(TIERS))
    np.testing.assert_allclose(able[:, 0], 1)
    assert able[:, TIERS.index("face")].mean() < 1


def test_a_brand_that_is_not_listed_gets_the_mix_for_brands_not_stated():
    catalogue = optics.load_catalogue()
    assert catalogue.mix("No such maker") is catalogue.mix(None)


def test_a_catalogue_with_a_missing_share_is_refused():
    text = (store.builtin_dir() / "brands.toml").read_text(encoding="utf-8")
    user = store.home_dir() / "brands.toml"
    store.write_text(user, text.replace(", plate = 0.05 }", " }", 1))
    with pytest.raises(InputDataError, match="each mix must give a share"):
        optics.load_catalogue()
