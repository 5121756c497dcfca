from __future__ import annotations

import pytest

from toolkit.base.errors import InputDataError
from toolkit.optics.catalogue import load_catalogue
from toolkit.optics.one_camera import camera_of, constants_of


def made(name, **stated):
    catalogue = load_catalogue()
    return camera_of(catalogue, catalogue.find(name), **stated)


def test_a_type_stands_at_its_usual_values_unless_told_otherwise():
    camera = made("fixed_wide")
    assert (camera.height_m, camera.focal_mm, camera.aim_m) == (5.0, 2.8, 14.0)
    camera = made("fixed_wide", height_m=6, focal_mm=4, aim_m=20)
    assert (camera.height_m, camera.focal_mm, camera.aim_m) == (6, 4, 20)
    assert camera.constant_px == pytest.approx(2100)


def test_a_camera_that_turns_has_no_aim_unless_one_is_stated():
    assert made("ptz").aim_m is None
    assert made("ptz", aim_m=30).aim_m == 30


def test_constants_in_each_way():
    found = constants_of(made("IPC-HDW2441T-S"))
    assert found.pitch_px == pytest.approx(1470)
    assert found.pitch_hfov_deg == pytest.approx(84.87, abs=0.01)
    assert found.published_hfov_deg == 95
    assert found.radians_px == pytest.approx(1621, abs=1)
    assert found.tangent_px == pytest.approx(1232, abs=1)
    none = constants_of(made("IPC-HFW5442E-ZE", focal_mm=8))
    assert (none.published_hfov_deg, none.radians_px, none.tangent_px) == (None, None, None)


def test_a_panorama_is_worked_out_from_its_angle_alone():
    camera = made("panoramic")
    found = constants_of(camera)
    assert (found.pitch_px, found.tangent_px) == (None, None)
    assert camera.constant_px == pytest.approx(found.radians_px)
    assert camera.hfov_deg == pytest.approx(180)


def test_the_projection_of_a_model_is_the_one_nearer_to_its_data_sheet():
    assert made("DS-2CE76D0T-ITMFS").projection == "equidistant"  # 106.4 degrees at 2.8 mm
    assert made("DS-2DE4425IW-DE").projection == "rectilinear"  # 59.5 degrees at 4.8 mm


def test_a_model_without_a_published_light_gets_that_of_its_type():
    camera = made("IPC-HDW5442TM-ASE")
    assert camera.night_m == 30
    assert any(name == "night_m" for name, _ in camera.sources)


def test_all_that_cannot_be_is_told_at_once():
    with pytest.raises(InputDataError) as caught:
        made("DS-2DE4425IW-DE", height_m=1, aim_m=-3, focal_mm=200)
    assert "height 1 m is outside 2 to 60 m" in str(caught.value)
    assert "aim -3 m" in str(caught.value)
    assert "made with 4.8 to 120 mm" in str(caught.value)
    with pytest.raises(InputDataError, match=r"made with 2.8, 3.6 mm"):
        made("IPC-HDW2441T-S", focal_mm=3)
    with pytest.raises(InputDataError, match="no focal length to choose"):
        made("panoramic", focal_mm=4)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_numbers_that_are_none_are_refused(value):
    with pytest.raises(InputDataError, match="outside"):
        made("fixed_wide", height_m=value)
