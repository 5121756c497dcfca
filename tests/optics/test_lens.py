"""Formulas against every published figure that follows from one, and against geometry by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toolkit.optics import lens

FACE_M, PLATE_M, HEAD_M = 1.6, 0.75, 1.7
EU_PLATE_M, CAR_PLATE_M = 0.52, 0.365
W_28, W_29, W_18, W_3 = 5.37, 5.12, 7.18, 4.8


def k(focal_mm, width_px, sensor_mm):
    return float(lens.pixel_constant(focal_mm, width_px, sensor_mm))


def tangent_deg(focal_mm, sensor_mm):
    return float(lens.field_of_view_deg(1000, k(focal_mm, 1000, sensor_mm), "rectilinear"))


def of_field(width_px, hfov_deg, projection="rectilinear"):
    return float(lens.pixel_constant_of_field(width_px, hfov_deg, projection))


def cap_m(height_m, cap_deg):
    bounds = lens.ring_bounds(
        1e6, 160, height_m, target_low_m=FACE_M, target_high_m=FACE_M,
        aim_m=None, vertical_fov_deg=60, tilt_cap_deg=cap_deg,
    )  # fmt: skip
    return float(bounds.cap_m)


def face_ring(constant, threshold, height, *, cap=90.0, aim=None, vfov=60.0):
    inner, outer = lens.ring_bounds(
        constant, threshold, height, target_low_m=FACE_M, target_high_m=FACE_M,
        aim_m=aim, vertical_fov_deg=vfov, tilt_cap_deg=cap,
    ).ends_m  # fmt: skip
    return float(inner), float(outer)


def vertical_deg(constant, height_px=1520):
    return float(lens.field_of_view_deg(height_px, constant, "rectilinear"))


# What is published, what the formula gives, and half a unit of the last digit published: thresholds
# and millimetres per pixel; lenses; ranges; faces; plates.
THRESHOLDS = [
    (f"{px_m:g} px/m in mm/px", mm, 1000 / px_m, tol)
    for px_m, mm, tol in [
        (12.5, 80, 0.5), (25, 40, 0.5), (62.5, 16, 0.5), (125, 8, 0.5), (250, 4, 0.5),
        (1000, 1, 0.5), (20, 50, 0.5), (40, 25, 0.5), (80, 12.5, 0.05), (500, 2, 0.5),
        (1500, 0.67, 0.005),
    ]
]  # fmt: skip

LENSES = [
    row
    for name, focal, width, sensor, hfov, pinhole, k_pitch, k_field, ratio in [
        ("DS-2CE76D0T 2.8", 2.8, 1920, W_28, 106.4, 88, 1001, 718, 1.39),
        ("DS-2CE76D0T 3.6", 3.6, 1920, W_28, 79.6, 73, 1287, 1152, 1.12),
        ("DS-2CE76D0T 6", 6.0, 1920, W_28, 51.9, 48, 2145, 1973, 1.09),
        ("HDW2441T 2.8", 2.8, 2688, W_29, 95, 85, 1470, 1232, 1.19),
        ("HDW2441T 3.6", 3.6, 2688, W_29, 78, 71, 1890, 1660, 1.14),
        ("HFW5442E 2.7", 2.7, 2688, W_18, 114, 106, 1011, 873, 1.16),
    ]
    for row in [
        (f"{name} pinhole field", pinhole, tangent_deg(focal, sensor), 0.51),
        (f"{name} K from pitch", k_pitch, k(focal, width, sensor), 0.5),
        (f"{name} K from tangent", k_field, of_field(width, hfov), 0.5),
        (f"{name} ratio", ratio, k(focal, width, sensor) / of_field(width, hfov), 0.0055),
    ]
]

_CONFIGS = {
    "2 MP 2.8": (2.8, 1920, W_28), "2 MP 6": (6, 1920, W_28), "4 MP 2.8": (2.8, 2688, W_29),
    "4 MP 3.6": (3.6, 2688, W_29), "4 MP 6": (6, 2688, W_29), "4 MP 13.5": (13.5, 2688, W_18),
    "4 MP 32": (32, 2688, W_18), "8 MP 2.8": (2.8, 3840, W_18), "8 MP 12": (12, 3840, W_18),
    "PTZ 4.8": (4.8, 2560, W_28), "PTZ 120": (120, 2560, W_28), "4 MP 12": (12, 2688, W_18),
}  # fmt: skip
_LEVELS = (25, 62.5, 125, 250, 500)
_RANGES = {
    "2 MP 2.8": (1001, 40, 16, 8, 4, 2),
    "2 MP 6": (2145, 86, 34, 17, 8.6, 4.3),
    "4 MP 2.8": (1470, 59, 24, 12, 5.9, 2.9),
    "4 MP 3.6": (1890, 76, 30, 15, 7.6, 3.8),
    "4 MP 6": (3150, 126, 50, 25, 12.6, 6.3),
    "4 MP 13.5": (5054, 202, 81, 40, 20, 10),
    "4 MP 32": (11980, 479, 192, 96, 48, 24),
    "8 MP 2.8": (1497, 60, 24, 12, 6, 3),
    "8 MP 12": (6418, 257, 103, 51, 26, 12.8),
    "PTZ 4.8": (2288, 92, 37, 18, 9, 4.6),
    "PTZ 120": (57207, 2288, 915, 458, 229, 114),
}


def half_unit(value):
    return 0.051 if value != int(value) else 0.51


RANGES = [
    row
    for name, (constant, *metres) in _RANGES.items()
    for row in [
        (f"{name} K", constant, k(*_CONFIGS[name]), 0.51),
        *(
            (f"{name} at {level:g}", m, k(*_CONFIGS[name]) / level, half_unit(m))
            for level, m in zip(_LEVELS, metres, strict=True)
        ),
    ]
]

FACES = [
    (f"{height:g} m at {cap} degrees", metres, cap_m(height, cap), 0.051)
    for height, row in {
        2.8: (5.2, 4.5, 3.3, 2.1, 1.7),
        3.5: (8.2, 7.1, 5.2, 3.3, 2.7),
        4.0: (10.4, 9.0, 6.6, 4.2, 3.4),
        5.0: (14.7, 12.7, 9.3, 5.9, 4.9),
        6.0: (19.1, 16.4, 12.1, 7.6, 6.3),
        8.0: (27.7, 23.9, 17.6, 11.1, 9.1),
    }.items()
    for cap, metres in zip((13, 15, 20, 30, 35), row, strict=True)
] + [
    (f"{name} at {level}", metres, k(*_CONFIGS[name]) / level, half_unit(metres))
    for name, row in {
        "4 MP 2.8": (9, 5, 3.2, 2.9),
        "4 MP 6": (20, 11, 6.9, 6.3),
        "4 MP 12": (28, 16, 9.8, 9.0),
        "8 MP 12": (40, 22, 14, 12.8),
        "4 MP 32": (75, 42, 26, 24),
        "PTZ 120": (358, 200, 125, 114),
    }.items()
    for level, metres in zip((160, 286, 457, 500), row, strict=True)
]

PLATES = [
    ("Milestone 170 px, EU", 327, 170 / EU_PLATE_M, 0.5),
    ("Milestone 280 px, EU", 538, 280 / EU_PLATE_M, 0.5),
    ("Milestone 170 px, Myanmar", 466, 170 / CAR_PLATE_M, 0.5),
    ("Milestone 280 px, Myanmar", 767, 280 / CAR_PLATE_M, 0.5),
    ("Milestone 2.7 px per stroke of 10 mm", 270, 2.7 / 0.01, 0.5),
    ("ABUS 130 px, EU", 250, 130 / EU_PLATE_M, 0.5),
    ("ABUS 130 px, Myanmar", 356, 130 / CAR_PLATE_M, 0.5),
    ("Axis 15 px on 75 mm", 200, 15 / 0.075, 0.5),
    ("Axis 15 px on 80 mm", 190, 15 / 0.080, 5),
    ("Axis 15 px on 50 mm", 300, 15 / 0.050, 0.5),
    ("Hikvision 16 px on 110 mm", 145, 16 / 0.110, 0.5),
    ("Hikvision 30 px on 110 mm", 273, 30 / 0.110, 0.5),
    ("Hikvision 16 px on 165 mm", 97, 16 / 0.165, 0.5),
    ("Hikvision 30 px on 165 mm", 182, 30 / 0.165, 0.5),
    ("wide lens at 500", 3, k(2.8, 2688, W_29) / 500, 0.5),
    ("wide lens at 180", 8, k(2.8, 2688, W_29) / 180, 0.5),
    ("32 mm at 500", 24, k(32, 2688, W_18) / 500, 0.5),
    ("32 mm at 180", 67, k(32, 2688, W_18) / 180, 0.5),
]


@pytest.mark.parametrize(
    ("name", "published", "found", "rounding"),
    [*THRESHOLDS, *LENSES, *RANGES, *FACES, *PLATES],
)
def test_published_figures(name, published, found, rounding):
    assert found == pytest.approx(published, abs=rounding), name


# Rings as published leave out the vertical field of view and measure the far edge along the line of
# sight. Beside each stand the ring on the ground, and the ring of a camera with a stated aim.
@pytest.mark.parametrize(
    ("config", "threshold", "cap_deg", "published", "ground", "aim_m", "aimed"),
    [
        ("4 MP 12", 160, 15, (16, 28), (16.4, 27.7), 20, (16.4, 27.7)),
        ("4 MP 12", 286, 30, (7.6, 16), (7.6, 15.1), 20, (10.9, 15.1)),
        ("4 MP 32", 500, 15, (16, 24), (16.4, 23.5), 20, (16.4, 23.5)),
        ("4 MP 32", 286, 30, (8, 42), (7.6, 41.7), 20, (15.3, 28.5)),
        ("4 MP 32", 286, 30, (8, 42), (7.6, 41.7), 12, (10.0, 14.85)),
        ("4 MP 2.8", 160, 30, (7.6, 9), (7.6, 8.1), 14, (7.6, 8.1)),
        ("PTZ 120", 500, 15, (16, 114), (16.4, 114.3), 40, (35.8, 45.2)),
        ("PTZ 120", 286, 15, (16, 200), (16.4, 200), 100, (77.7, 140.2)),
    ],
)
def test_published_face_rings_and_what_is_corrected(
    config, threshold, cap_deg, published, ground, aim_m, aimed
):
    constant = k(*_CONFIGS[config])
    could = face_ring(constant, threshold, 6.0, cap=cap_deg)
    assert could == (pytest.approx(ground[0], abs=0.06), pytest.approx(ground[1], abs=0.06))
    assert published[0] == pytest.approx(could[0], abs=0.5)
    assert published[1] == pytest.approx(math.hypot(could[1], 6.0 - FACE_M), abs=0.55)
    height_px = 1440 if config.startswith("PTZ") else 1520
    found = face_ring(
        constant, threshold, 6.0, cap=cap_deg, aim=aim_m, vfov=vertical_deg(constant, height_px)
    )
    assert found == (pytest.approx(aimed[0], abs=0.1), pytest.approx(aimed[1], abs=0.1))


def test_a_wide_lens_on_a_six_metre_pole_matches_no_face():
    constant = k(*_CONFIGS["4 MP 2.8"])
    for threshold in (286, 457, 500):
        for cap in (15, 30):
            assert np.isnan(face_ring(constant, threshold, 6.0, cap=cap)).all()
    assert np.isnan(face_ring(constant, 160, 6.0, cap=15)).all()


def test_density_of_the_common_check_case():
    # 1080p, 25 mm, 1/3 inch, 10 m: two public calculators give 998 and 1,000 px/m.
    assert 998 <= k(25.0, 1920, W_3) / 10 <= 1000


def test_horizontal_field_of_view():
    assert tangent_deg(2.8, W_3) == pytest.approx(81.2, abs=0.05)
    assert tangent_deg(120, W_28) == pytest.approx(2.6, abs=0.05)
    # At 120 mm the scene is about 4.5 m wide at 100 m.
    assert 2560 / (k(120, 2560, W_28) / 100) == pytest.approx(4.5, abs=0.05)


def test_the_angle_fits_wide_lenses_better_than_the_tangent():
    # Five of six published fields agree with the pitch within 10 % by angle, the sixth is 34 % off;
    # the tangent is 8 to 28 % low.
    published = [
        (2.8, 1920, W_28, 106.4), (3.6, 1920, W_28, 79.6), (6.0, 1920, W_28, 51.9),
        (2.8, 2688, W_29, 95), (3.6, 2688, W_29, 78), (2.7, 2688, W_18, 114),
    ]  # fmt: skip
    by_angle = [of_field(w, fov, "equidistant") / k(f, w, s) - 1 for f, w, s, fov in published]
    by_tangent = [of_field(w, fov) / k(f, w, s) - 1 for f, w, s, fov in published]
    assert sum(abs(off) < 0.105 for off in by_angle) == 5
    assert max(by_angle) == pytest.approx(0.34, abs=0.005)
    assert (min(by_tangent), max(by_tangent)) == (
        pytest.approx(-0.28, abs=0.005),
        pytest.approx(-0.08, abs=0.005),
    )


@given(width=st.floats(640, 8000), constant=st.floats(500, 60_000))
def test_constant_and_field_of_view_turn_each_other_round(width, constant):
    for projection in ("rectilinear", "equidistant"):
        field = lens.field_of_view_deg(width, constant, projection)
        assume(float(field) < 179)
        back = lens.pixel_constant_of_field(width, field, projection)
        assert float(back) == pytest.approx(constant, rel=1e-6)


def test_off_axis():
    assert float(lens.off_axis_ratio(45, "rectilinear")) == pytest.approx(2)
    assert float(lens.off_axis_ratio(45, "equidistant")) == 1
    # By hand: pixels per radian of a rectilinear lens are K / cos^2.
    step = 1e-6
    grown = math.tan(math.radians(30) + step) - math.tan(math.radians(30))
    assert float(lens.off_axis_ratio(30, "rectilinear")) == pytest.approx(grown / step, rel=1e-4)


def test_outer_radius_is_horizontal():
    # Height 6 m, face at 1.6 m: a slant reach of 9 m is 7.85 m on the ground, 5 m is 2.4 m.
    for slant, ground in ((9.0, 7.85), (5.0, 2.37)):
        assert face_ring(slant * 250, 250, 6.0)[1] == pytest.approx(ground, abs=0.01)


def test_a_ring_without_an_aim_is_marked_as_could_cover():
    def bounds(aim):
        return lens.ring_bounds(
            5000, 250, 6.0, target_low_m=FACE_M, target_high_m=FACE_M,
            aim_m=aim, vertical_fov_deg=10,
        )  # fmt: skip

    assert bounds(20).aimed
    assert not bounds(None).aimed
    assert float(bounds(None).picture_far_m) == math.inf


def test_night_reach():
    def night(**more):
        given_ = {"ir_claim_m": 30, "ir_claim_share": 0.7} | more
        return float(lens.night_slant_m(5000, 25, **given_))

    assert night() == pytest.approx(21)
    assert night(ir_claim_m=1000) == pytest.approx(200)
    assert night(kept_share=0.25) == pytest.approx(5.25)
    # A slant of 21 m from 6 m up is 20.5 m on the ground.
    assert float(lens.ground_m(21, 4.4)) == pytest.approx(20.53, abs=0.01)
    assert float(lens.ground_m(3, 4.4)) == 0


def ring(constant, level, height, *, span, aim, field, **limits):
    inner, outer = lens.ring_bounds(
        constant, level, height, target_low_m=span[0], target_high_m=span[1],
        aim_m=None if aim is None else lens.aim_at_height_m(aim, height, FACE_M, span[1]),
        vertical_fov_deg=field, **limits,
    ).ends_m  # fmt: skip
    return (math.inf, 0.0) if np.isnan(inner) else (float(inner), float(outer))


def within(small, large):
    return small[1] == 0 or (small[0] >= large[0] - 1e-9 and small[1] <= large[1] + 1e-9)


@given(
    constant=st.floats(300, 60_000),
    height=st.floats(2.5, 10),
    aim=st.one_of(st.none(), st.floats(5, 60)),
    field=st.floats(3, 90),
    threshold=st.floats(12, 800),
    step=st.floats(1, 300),
    lit=st.floats(3, 200),
    kept=st.floats(0, 1),
)
def test_rings_shrink_with_the_threshold_and_nest_by_day_and_night(
    constant, height, aim, field, threshold, step, lit, kept
):
    def made(level, low, high, **limits):
        return ring(constant, level, height, span=(low, high), aim=aim, field=field, **limits)

    def light(level, share=1.0):
        return float(
            lens.night_slant_m(
                constant, level, ir_claim_m=lit, ir_claim_share=0.7, kept_share=share
            )
        )

    hard = threshold + step
    seen, recognised = made(threshold, 0.0, HEAD_M), made(hard, 0.0, HEAD_M)
    face = made(hard + step, FACE_M, FACE_M, tilt_cap_deg=30)
    assert within(recognised, seen)
    assert within(face, recognised)
    dark = [
        made(threshold, 0.0, HEAD_M, slant_limit_m=light(threshold)),
        made(hard, 0.0, HEAD_M, slant_limit_m=light(hard)),
        made(hard + step, FACE_M, FACE_M, tilt_cap_deg=30, slant_limit_m=light(hard + step, kept)),
    ]
    assert within(dark[1], dark[0])
    assert within(dark[2], dark[1])
    for by_night, by_day in zip(dark, (seen, recognised, face), strict=True):
        assert within(by_night, by_day)


@given(
    focal=st.floats(2, 60),
    longer=st.floats(1.01, 4),
    height=st.floats(2.5, 10),
    higher=st.floats(0.1, 5),
    aim=st.floats(5, 60),
    threshold=st.floats(12, 800),
    cap=st.floats(10, 40),
)
def test_focal_length_and_height(focal, longer, height, higher, aim, threshold, cap):
    """Without an aim a longer lens never serves less and a higher one never more.

    With an aim neither holds: a longer lens sees a narrower strip of ground, and a higher one
    steeper. Then a longer lens moves both edges of the picture towards the aim.
    """
    short, long = k(focal, 2688, W_29), k(focal * longer, 2688, W_29)

    def could(constant, above):
        return ring(
            constant, threshold, above, span=(FACE_M, FACE_M), aim=None, field=60, tilt_cap_deg=cap
        )

    assert within(could(short, height), could(long, height))
    assert within(could(short, height + higher), could(short, height))

    def picture(constant):
        return lens.ring_bounds(
            constant, threshold, height, target_low_m=FACE_M, target_high_m=FACE_M,
            aim_m=aim, vertical_fov_deg=vertical_deg(constant),
        )  # fmt: skip

    wide, narrow = picture(short), picture(long)
    assert float(wide.picture_near_m) <= float(narrow.picture_near_m) + 1e-9 <= aim + 1e-6
    assert aim - 1e-6 <= float(narrow.picture_far_m) <= float(wide.picture_far_m) + 1e-9
