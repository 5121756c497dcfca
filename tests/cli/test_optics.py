"""`optics` as a person meets it."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest


def test_without_a_camera_types_and_models_are_listed(run):
    code, out, _ = run("optics")
    assert code == 0
    assert "fixed_wide" in out
    assert "DS-2DE4425IW-DE" in out
    code, out, _ = run("optics", "--json")
    rows = {row["name"]: row for row in json.loads(out)}
    assert rows["IPC-HFW5442E-ZE"]["published_hfov_deg"] == 114
    assert rows["ptz"]["constant_px"] == 2288


def test_a_camera_is_told_in_full(run):
    code, out, _ = run("optics", "--camera", "fixed_wide", "--height-m", "6")
    assert code == 0
    for part in (
        "6 m high, 2.8 mm lens, aimed at 14 m, day",
        "1,470 pixels",
        "empty: the density",
        "Could cover",
        "OODPCVS",
        "Motorcycle plate, 219 mm",
        "Chance that the whole system",
        "This covers only the camera system in the reports",
    ):
        assert part in out, part


def test_options_change_the_camera_and_json_has_it_all(run):
    code, out, _ = run(
        "optics", "--camera", "plate", "--height-m", "6", "--focal-mm", "32", "--aim-m", "20",
        "--night", "--json",
    )  # fmt: skip
    assert code == 0
    found = json.loads(out)
    assert found["camera"]["focal_mm"] == 32
    assert found["night"]
    face = next(row for row in found["tiers"] if row["tier"] == "face")
    assert face["day"]["inner_m"] == pytest.approx(15.3, abs=0.05)
    assert face["day"]["outer_m"] == pytest.approx(28.5, abs=0.1)


def test_a_drawing_is_written_whole(run, tmp_path):
    path = tmp_path / "plan.svg"
    code, out, err = run("optics", "--camera", "ptz", "--out", str(path), "--json")
    assert code == 0
    assert json.loads(out)["camera"]["kind"] == "ptz"
    assert "plan.svg" in err.replace("\n", "")
    assert ET.parse(path).getroot().tag.endswith("svg")  # noqa: S314
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--camera", "ptzz"], 1, "Did you mean ptz"),
        (["--camera", "ptz", "--height-m", "1"], 1, "outside 2 to 60 m"),
        (["--camera", "ptz", "--height-m", "high"], 2, "invalid float"),
        (["--camera", "ptz", "--out", "plan.png"], 2, "ends in .svg"),
        (["--height-m", "4"], 2, "--height-m needs a camera"),
        (["--night"], 2, "--night needs a camera"),
        (["--camera", "ptz", "--assumptions", "nowhere"], 1, "nowhere"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(run, arguments, code, sentence):
    found, out, err = run("optics", *arguments)
    assert found == code
    assert out == ""
    assert sentence in err.replace("\n", " ")
