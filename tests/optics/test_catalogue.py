"""The catalogue: complete, extended by the user, refused with every problem in its place."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.optics.catalogue import Kind, Valued, load_catalogue

TYPES = 'format = "camera-exposure.camera-types/1"\n'
BRANDS = 'format = "camera-exposure.brands/1"\n'
MODELS = 'format = "camera-exposure.models/1"\n'


def value(number, source="x"):
    return f'{{ value = {number}, source = "{source}" }}'


def a_type(**changed):
    rows = {
        "id": '"own"',
        "kind": '"fixed"',
        "name": '{ en = "Own", my = "Own" }',
        "projection": '"rectilinear"',
        "projection_source": '"x"',
        "pans": "false",
        "width_px": value(1920),
        "height_px": value(1080),
        "sensor_width_mm": value(4.8),
        "focal_mm": value(4),
        "aim_m": value(10),
        "height_m": value(4),
        "night_m": value(30),
    } | changed
    return "[[type]]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items() if v is not None)


def a_model(**changed):
    rows = {
        "maker": '"Maker"',
        "model": '"Own-1"',
        "type": '"fixed_wide"',
        "width_px": "1920",
        "height_px": "1080",
        "sensor": '"1/3"',
        "focal_mm": "[2.8, 4.0]",
        "source": '"x"',
    } | changed
    return "[[model]]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items() if v is not None)


def a_mix(shares):
    return f'[mix.Own]\ntitle = "x"\nreason = "x"\nsource = "x"\nshares = {shares}\n'


def test_every_sort_of_camera_is_there_and_every_value_has_a_source():
    catalogue = load_catalogue()
    assert {t.kind for t in catalogue.types} == set(get_args(Kind))
    for camera in catalogue.types:
        values = [v for _, v in camera if isinstance(v, Valued)]
        assert len(values) >= 7
        assert all(v.source.strip() and v.low <= v.value <= v.high for v in values)
    assert all(model.source.strip() for model in catalogue.models)
    assert {m.type for m in catalogue.models} <= {t.id for t in catalogue.types}


def test_models_carry_the_published_rows():
    catalogue = load_catalogue()
    found = catalogue.find("ipc-hdw2441t-s")
    assert (found.maker, found.width_px, found.sensor) == ("Dahua", 2688, "1/2.9")
    assert found.published_hfov_deg(2.8) == 95
    assert found.published_hfov_deg(3.0) is None
    assert catalogue.find(" Hikvision  DS-2DE4425IW-DE ").night_m == 100
    assert catalogue.sensor_width_mm["1/1.8"] == 7.18


def test_a_camera_is_found_by_id_kind_or_model():
    catalogue = load_catalogue()
    assert catalogue.find("PTZ").kind == "ptz"
    assert catalogue.find("fixed").id == "fixed_wide"
    with pytest.raises(NotFoundError, match=r"Did you mean .*panoramic"):
        catalogue.find("panoramik")


def test_own_rows_replace_and_add(home):
    store.write_text(
        home / "camera_types.toml", TYPES + a_type() + a_type(id='"face"', kind='"face"')
    )
    store.write_text(home / "models.toml", MODELS + a_model(type='"own"'))
    store.write_text(home / "brands.toml", BRANDS + a_mix("{ own = 1.0 }"))
    catalogue = load_catalogue()
    assert catalogue.find("own").width_px.value == 1920
    assert catalogue.find("face").focal_mm.value == 4
    assert catalogue.find("ptz").pans
    assert catalogue.type_of(catalogue.find("Own-1")).id == "own"
    assert [t.id for t in catalogue.types_of(catalogue.mix("Own"))] == ["own"]


def test_a_range_is_a_triangle():
    ranged = Valued(low=2, value=3, high=6, source="x")
    np.testing.assert_allclose(ranged.quantile(np.array([0.0, 0.25, 1.0])), [2, 3, 6])
    assert (Valued(low=4, value=4, high=4, source="x").quantile(np.array([0.1, 0.9])) == 4).all()


BROKEN = [
    ("camera_types.toml", 'format = "other"\n', ["format: it must be"]),
    ("camera_types.toml", "[[type\n", ["is not TOML"]),
    ("camera_types.toml", TYPES + "[[types]]\n", ["Did you mean type"]),
    (
        "camera_types.toml",
        TYPES + a_type(focal_mm=None, aim_m=None),
        ["focal_mm: it is missing", "aim_m: it is missing"],
    ),
    ("camera_types.toml", TYPES + a_type(kind='"round"'), ["line 2, type 1 ('own'), kind"]),
    (
        "camera_types.toml",
        TYPES
        + a_type(focal_mm='{ low = 5, value = 4, high = 6, source = "x" }', night_m=value(-1)),
        ["focal_mm: low <= value <= high does not hold", "night_m"],
    ),
    (
        "camera_types.toml",
        TYPES + a_type(height_m="{ value = 4 }"),
        ["height_m.source: it is missing"],
    ),
    (
        "camera_types.toml",
        TYPES + a_type(tele_focal_mm=value(2)),
        ["must not be shorter", "only a camera that turns"],
    ),
    (
        "camera_types.toml",
        TYPES + a_type(hfov_deg=value(400)),
        ["a panorama, and nothing else", "cannot be above 360"],
    ),
    ("camera_types.toml", TYPES + a_type() + a_type(), ["line 16, type 2", "stands twice"]),
    ("camera_types.toml", TYPES + a_type(width_px=value("inf")), ["width_px.value"]),
    ("camera_types.toml", TYPES + a_type(colour='"red"'), ["colour: there is no such field"]),
    (
        "brands.toml",
        BRANDS + a_mix("{ fixed_wide = 0.5, ptzz = 0.5 }"),
        ["mix.Own, shares.ptzz", "Did you mean ptz"],
    ),
    ("brands.toml", BRANDS + a_mix("{ fixed_wide = 0.5 }"), ["add up to 0.5"]),
    ("brands.toml", BRANDS + a_mix("{ fixed_wide = 1.5, ptz = -0.5 }"), ["shares.ptz"]),
    ("brands.toml", BRANDS + "mix = 3\n", ["as a table, [mix.BRAND]"]),
    (
        "models.toml",
        MODELS + a_model(sensor='"1/9"', type='"fixd_wide"'),
        ["sensor: its width", "Did you mean fixed_wide"],
    ),
    ("models.toml", MODELS + a_model(focal_mm="[4.0, 2.8]"), ["must rise"]),
    ("models.toml", MODELS + a_model(focal_mm="[2.8]", zoom="true"), ["two focal lengths"]),
    (
        "models.toml",
        MODELS + a_model(fields="[{ focal_mm = 5, hfov_deg = 90 }]"),
        ["that focal_mm does not"],
    ),
    (
        "models.toml",
        MODELS + a_model(source=None, width_px="0"),
        ["source: it is missing", "width_px"],
    ),
    ("models.toml", MODELS + '[sensor_width_mm]\n"1/3" = -1\n', ["sensor_width_mm.1/3"]),
]


@pytest.mark.parametrize(("name", "text", "parts"), BROKEN)
def test_problems_come_all_at_once_with_their_place(home, name, text, parts):
    store.write_text(home / name, text)
    with pytest.raises(InputDataError) as caught:
        load_catalogue()
    message = str(caught.value)
    assert f"{name} (your own)" in message
    for part in parts:
        assert part in message
    assert str(home) not in message


def test_problems_of_all_three_files_come_together(home):
    store.write_text(home / "camera_types.toml", TYPES + a_type(kind='"x"'))
    store.write_text(home / "brands.toml", BRANDS + a_mix("{ nothing = 1.0 }"))
    store.write_text(home / "models.toml", MODELS + a_model(type='"nothing"'))
    with pytest.raises(InputDataError, match="3 problems") as caught:
        load_catalogue()
    for name in ("camera_types.toml", "brands.toml", "models.toml"):
        assert f"{name} (your own)" in str(caught.value)
