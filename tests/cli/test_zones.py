"""`zones` as a person meets it."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest

from toolkit.base import store
from toolkit.fixed_rules.sets import load_rules

AS_OF = ("--as-of", "2026-11-23")


@pytest.fixture
def cameras(tmp_path):
    path = tmp_path / "cams.csv"
    path.write_text("lat,lon,direction\n60.169,24.94,90\n60.169,24.94,\n", encoding="utf-8")
    return str(path)


def test_figures_come_as_text_as_json_and_as_a_file(run, cameras, tmp_path):
    target = tmp_path / "out.geojson"
    base = ("zones", "--cameras", cameras, "--assumptions", "amnesty-120m", *AS_OF)
    code, out, err = run(*base, "--city", "helsinki-centre", "--out", str(target), "--json")
    assert code == 0
    figures = json.loads(out)
    assert figures["schema"] == "camera-exposure.zones/1"
    assert figures["assumptions"]["sha256"] == load_rules("amnesty-120m").sha256
    assert figures["inputs"]["cameras_sha256"] == store.sha256_file(tmp_path / "cams.csv")
    # Two cameras at one place count as one.
    assert figures["zones"][0]["effective_cameras"]["value"] == pytest.approx(0.9995431, abs=5e-8)
    assert figures["city"]["cameras_inside"] == {"value": 2}
    assert len(gpd.read_file(target)) == 3
    assert "cameras cover" in err
    code, out, _ = run(*base, "--city", "helsinki-centre")
    assert code == 0
    assert "effective cameras: 0.9995431" in out
    assert "This covers only the camera system in the reports" in out
    assert "© OpenStreetMap contributors" in out
    assert f"Assumptions amnesty-120m {load_rules('amnesty-120m').sha256[:12]}" in out


def test_without_a_city_that_is_said(run, cameras):
    code, out, _ = run("zones", "--cameras", cameras, "--assumptions", "kamerafrei", *AS_OF)
    assert code == 0
    assert "No city is named: there are no streets" in out
    assert "Buildings do not block views." in out
    code, out, _ = run(
        "zones", "--cameras", cameras, "--assumptions", "kamerafrei", "--city", "dawei", *AS_OF
    )
    assert code == 0
    assert "no streets are installed" in out


@pytest.mark.parametrize(
    ("more", "code", "sentence"),
    [
        (["--assumptions", "central"], 1, "set of ranges for estimates"),
        (["--assumptions", "nowhere"], 1, "no assumption set"),
        (["--assumptions", "deflock", "--city", "atlantis"], 1, "atlantis"),
        (["--assumptions", "deflock", "--out", "x.shp"], 2, ".geojson, .gpkg, .parquet"),
        (["--assumptions", "deflock", "--as-of", "soon"], 2, "--as-of 'soon'"),
        ([], 2, "--assumptions"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(run, cameras, more, code, sentence):
    found, out, err = run("zones", "--cameras", cameras, *more)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err


def test_a_bad_list_is_refused_before_anything_is_written(run, tmp_path):
    bad, target = tmp_path / "bad.csv", tmp_path / "out.gpkg"
    bad.write_text("lat,lon\n95,0\nx,0\n", encoding="utf-8")
    code, out, err = run(
        "zones", "--cameras", str(bad), "--assumptions", "deflock", "--out", str(target), *AS_OF
    )
    assert (code, out) == (1, "")
    assert "row 1, lat" in err
    assert "row 2, lat" in err
    assert not target.exists()
