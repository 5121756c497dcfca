"""`export` as a person meets it."""

from __future__ import annotations

import json

import geopandas as gpd
import pyogrio
import pytest
import small_city

AS_OF = ("--as-of", "2026-11-23")
CITY = "helsinki-centre"


def test_an_empty_list_of_layers_is_refused(run, tmp_path):
    code, out, err = run("export", "helsinki-centre", "--out", tmp_path / "a.gpkg", "--layer", "")
    assert (code, out) == (2, "")
    assert "Name some of streets" in err


@pytest.mark.slow
def test_a_geopackage_holds_every_layer(run, tmp_path):
    target = tmp_path / "all.gpkg"
    code, out, err = run("export", CITY, "--out", target, *AS_OF)
    assert code == 0
    names = ["streets", "cells", "zones", "cameras", "sites"]
    assert [line.rsplit(": ", 1)[1].split(",")[0] for line in out.splitlines()] == names
    # And how a program for maps draws them.
    assert pyogrio.list_layers(target)[:, 0].tolist() == [*names, "layer_styles"]
    assert "Writing streets, cells" in err


def test_options_reach_the_file(run, tmp_path, home):
    small_city.install(home)
    target = tmp_path / "cells.parquet"
    more = ("--layer", "cells", "--set", "export.cell_m=250", "--seed", "3", "--json")
    asked = ("export", small_city.PACK, "--count", "20:60", "--out", target)
    code, out, _ = run(*asked, *AS_OF, *more)
    assert code == 0
    data = json.loads(out)
    frame = gpd.read_parquet(target)
    assert data["rows"] == {"cells": len(frame)}
    assert data["seed"] == 3
    assert data["assumptions"]["changed"] == {"export.cell_m": 250.0}
    assert set(frame["cell_m"]) == {250.0}


def test_one_layer_is_written_by_default_where_the_format_holds_one(run, tmp_path, home):
    small_city.install(home)
    small_city.note_a_camera(tmp_path, small_city.PACK)
    target = tmp_path / "out.geojson"
    code, out, err = run("export", small_city.PACK, "--count", "20:60", "--out", target, *AS_OF)
    assert code == 0
    assert f"streets, {small_city.N_ROWS} rows" in out
    assert "Your field notes count in the figures." in err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((CITY, "--out", "x.shp"), 2, ".geojson, .gpkg, .parquet"),
        ((CITY, "--out", "x.geojson", "--layer", "streets,zones"), 2, "holds one layer"),
        ((CITY, "--out", "x.gpkg", "--layer", "candidates"), 2, "no layer 'candidates'"),
        ((CITY, "--out", "x.gpkg", "--set", "export.cell_m=1"), 1, "export.cell_m"),
        (("yangon", "--out", "x.gpkg"), 1, "No streets are installed for Yangon"),
        (("atlantis", "--out", "x.gpkg"), 1, "atlantis"),
        ((CITY,), 2, "--out"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(
    run, tmp_path, monkeypatch, arguments, code, sentence
):
    monkeypatch.chdir(tmp_path)
    found, out, err = run("export", *arguments, *AS_OF)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err
    assert not list(tmp_path.iterdir())
