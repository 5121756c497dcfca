"""`siting`: score, predict, fit, and the option that picks one kind of operator."""

from __future__ import annotations

import json
import tomllib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import small_city
from drawn_city import CORNER_M, CRS, camera_frame, layers, main_crossings, street_frame

from toolkit.language import words

AS_OF = ("--as-of", "2026-11-23")


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Score with fewer draws than people do: they smooth the ends of the ranges only."""
    from toolkit.siting.validation import score

    defaults = {**score.score_pair.__kwdefaults__, "n_draws": 40}
    monkeypatch.setattr(score.score_pair, "__kwdefaults__", defaults)


@pytest.fixture
def files(tmp_path):
    streets, cameras = tmp_path / "town_streets.gpkg", tmp_path / "town_cameras.geojson"
    street_frame().to_file(streets, driver="GPKG")
    camera_frame(main_crossings() + 5.0).to_crs(4326).to_file(cameras, driver="GeoJSON")
    return streets, cameras


def test_score_gives_every_figure_with_its_interval(run, files):
    code, out, _ = run("siting", "score", *files, "--json")
    assert code == 0
    found = json.loads(out)
    names = {"mixture", "traffic_junctions", "plate_gates", "police_neighbourhood",
             "motorway_agency", "government_sites", "pedestrian_core"}  # fmt: skip
    assert set(found["scores"]) == names
    for one in found["scores"].values():
        every = [one["auc"], one["capture10"], one["log_score"]]
        every += [one["coverage"]["from_sites"], one["coverage"]["from_cameras"]]
        for figure in every:
            assert figure["low"] <= figure["mid"] <= figure["high"]
    assert any("no city in Myanmar" in text for text in found["limits"])
    # Cameras at all crossings of main streets: a road authority would put them there.
    assert found["scores"]["traffic_junctions"]["auc"]["mid"] > 0.8


def test_score_says_in_words_what_it_does_not_show(run, files):
    code, out, _ = run("siting", "score", *files)
    assert code == 0
    assert "no city in Myanmar" in out
    assert "9 cameras (left out: 0 farther than 60 m from a street, 0 without coordinates)" in out
    assert "few cameras" in out


def test_score_tells_rows_without_coordinates_from_far_ones(run, files, tmp_path):
    frame = camera_frame(np.vstack([main_crossings() + 5.0, np.array([CORNER_M]) - 5000.0])).to_crs(
        4326
    )
    shapes = [*frame.geometry, None, None]
    path = tmp_path / "c.gpkg"
    gpd.GeoDataFrame(geometry=shapes, crs=4326).to_file(path, driver="GPKG")
    code, out, _ = run("siting", "score", files[0], path, "--profile", "plate_gates", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["cameras"], found["cameras_left_out"]) == (9, 1)
    assert found["cameras_without_place"] == 2


@pytest.mark.slow
def test_score_reads_lights_and_places_and_says_so(run, files, tmp_path):
    bare = json.loads(run("siting", "score", *files, "--json")[1])
    assert not any(one["known"] for one in bare["layers"].values())
    assert bare["streets_left_out"] == 0
    lit = gpd.GeoDataFrame(
        {"highway": ["traffic_signals"] * 9},
        geometry=list(shapely.points(main_crossings())),
        crs=CRS,
    )
    lit.to_file(tmp_path / "lights.gpkg", driver="GPKG")
    places = ("--places", tmp_path / "lights.gpkg")
    found = json.loads(run("siting", "score", *files, *places, "--json")[1])
    # Corners of the grid are bends, where two ends meet, and no junctions.
    assert found["layers"]["traffic_lights"] == {"known": True, "count": 5}
    assert found["layers"]["places"]["count"] is None
    before, after = (one["scores"]["traffic_junctions"] for one in (bare, found))
    assert after["log_score"]["mid"] > before["log_score"]["mid"] + 0.1
    out = run("siting", "score", *files, *places)[1]
    assert "traffic lights 5 junctions" in out
    assert "Not known, so without weight: places, bridges." in out


def test_scores_without_other_layers_are_those_of_lines_and_classes(run, files):
    from toolkit.siting.profiles import load_profiles
    from toolkit.siting.validation.known_city import make_pair
    from toolkit.siting.validation.score import score_pair

    drawn = make_pair(layers(), main_crossings() + 5.0)
    asked = ("--profile", "plate_gates", "--json")
    found = json.loads(run("siting", "score", *files, *asked)[1])["scores"]["plate_gates"]
    plain = score_pair(drawn, load_profiles(), profile="plate_gates")["scores"]["plate_gates"]
    for name in ("auc", "capture10", "log_score"):
        assert found[name] == pytest.approx(plain[name], rel=1e-3)


@pytest.mark.parametrize("places", [np.repeat(main_crossings()[4:5], 2, axis=0), [[2e5, 1.86e6]]])
def test_score_of_one_site_has_all_its_figures(run, files, tmp_path, places):
    path = tmp_path / "few.gpkg"
    camera_frame(np.array(places)).to_file(path, driver="GPKG")
    code, out, _ = run("siting", "score", files[0], path, "--profile", "plate_gates", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["cameras"], found["sites"]) == (len(places), 1)
    one = found["scores"]["plate_gates"]
    assert 0 <= one["auc"]["low"] <= one["auc"]["mid"] <= one["auc"]["high"] <= 1
    assert np.isfinite(one["log_score"]["mid"])


def test_score_counts_lines_without_a_known_class(run, files, tmp_path):
    frame = street_frame()
    frame.loc[:1, "highway"] = "Main Road"
    frame.to_file(tmp_path / "odd.gpkg", driver="GPKG")
    asked = (tmp_path / "odd.gpkg", files[1], "--profile", "plate_gates")
    assert json.loads(run("siting", "score", *asked, "--json")[1])["streets_without_class"] == 2
    assert "2 lines without a known class count as minor" in run("siting", "score", *asked)[1]


@pytest.mark.slow
def test_the_cities_of_the_profiles_in_use_are_named(run, files, tmp_path, own_profiles):
    for command in (
        ("siting", "score", *files, "--profile", "plate_gates"),
        ("siting", "score", *files, "--profile", "plate_gates", "--json"),
        ("siting", "predict", "helsinki-centre", "--out", tmp_path / "c.gpkg", *AS_OF),
        ("assess", "dawei", *AS_OF),
        ("assess", "dawei", *AS_OF, "--json"),
        ("compare", "dawei@central", "dawei@central:planned", *AS_OF),
    ):
        code, out, err = run(*command)
        assert code == 0, err
        assert "Auckland" not in out + err
        assert all(name in out + err for name in own_profiles), command
        assert "\x1b" not in out + err
        assert "validates it for a city in Myanmar" in out + err


def test_score_counts_rows_of_streets_that_cannot_be_used(run, files, tmp_path):
    path = tmp_path / "broken.gpkg"
    more = gpd.GeoDataFrame({"highway": ["primary"] * 2}, geometry=[None, None], crs=CRS)
    pd.concat([street_frame(), more]).to_file(path, driver="GPKG")
    found = json.loads(run("siting", "score", path, files[1], "--json")[1])
    assert found["streets_left_out"] == 2
    assert found["streets_left_out_why"] == {"without_geometry": 2}
    out = run("siting", "score", path, files[1])[1]
    assert "2 rows of streets left out: without geometry 2." in out


def test_score_of_one_profile(run, files):
    code, out, _ = run("siting", "score", *files, "--profile", "plate_gates", "--json")
    assert code == 0
    assert set(json.loads(out)["scores"]) == {"plate_gates"}
    code, _, err = run("siting", "score", *files, "--profile", "\x1b[31mevil")
    assert code == 1
    assert "plate_gates" in err
    assert "\x1b" not in err


def test_score_refuses_a_seed_below_zero(run, files):
    code, out, err = run("siting", "score", *files, "--seed", "-4", "--json")
    assert (code, out) == (2, "")
    assert "--seed -4" in err


def test_score_refuses_a_missing_file_in_a_sentence(run, files, tmp_path):
    code, out, err = run("siting", "score", tmp_path / "none.gpkg", files[1], "--json")
    assert code == 1
    assert not out
    assert "none.gpkg" in err


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "parquet"])
def test_predict_writes_cells_with_what_they_cannot_say(run, tmp_path, suffix):
    path = tmp_path / f"cells.{suffix}"
    code, out, err = run("siting", "predict", "helsinki-centre", "--out", path, *AS_OF)
    assert code == 0
    assert out.strip() == str(path)
    assert "no city in Myanmar" in err
    frame = gpd.read_parquet(path) if suffix == "parquet" else gpd.read_file(path)
    assert len(frame) > 10
    assert {"cell", "street_km", "sites_per_km_low", "sites_per_km_high"} <= set(frame.columns)
    first = path.read_bytes()
    run("siting", "predict", "helsinki-centre", "--out", path, *AS_OF)
    assert path.read_bytes() == first


def test_predict_gives_its_metadata_as_json(run, tmp_path):
    path = tmp_path / "cells.geojson"
    code, out, err = run("siting", "predict", "helsinki-centre", "--out", path, "--json", *AS_OF)
    assert code == 0
    found = json.loads(out)
    assert found["profile"] is None
    assert sum(found["mixture"]["share"].values()) == pytest.approx(1)
    assert any("no city in Myanmar" in text for text in found["limits"]["en"])
    assert "no city in Myanmar" in err
    assert path.exists()


def test_predict_needs_streets_and_a_known_format(run, tmp_path):
    code, _, err = run("siting", "predict", "dawei", "--out", tmp_path / "c.gpkg", *AS_OF)
    assert code == 1
    assert "No streets are installed" in err
    code, _, err = run("siting", "predict", "dawei", "--out", tmp_path / "c.csv", *AS_OF)
    assert code == 2
    assert not list(tmp_path.iterdir())


def test_fit_writes_figures_and_no_position(run, files, tmp_path):
    code, out, _ = run("siting", "fit", files[0].parent, "--out", tmp_path / "out")
    assert code == 0
    path, bearings = tmp_path / "out" / "profiles.json", tmp_path / "out" / "bearings.toml"
    assert out.splitlines() == [str(path), str(bearings)]
    found = json.loads(path.read_text())
    assert set(found["cities"]) == {"town", "helsinki_centre"}
    assert "coordinates" not in path.read_text()


def test_fit_says_that_no_list_has_directions(run, files, tmp_path):
    code, _, err = run("siting", "fit", files[0].parent, "--out", tmp_path / "out")
    assert code == 0
    assert "No list has 30 cameras with a direction" in err
    assert tomllib.loads((tmp_path / "out" / "bearings.toml").read_text()) == {}


@pytest.mark.slow
def test_fit_gives_where_cameras_look_with_counts(run, tmp_path):
    street_frame().to_file(tmp_path / "town_streets.gpkg", driver="GPKG")
    # Beside the middles of streets to the north, looking along them; two look across.
    xy = np.array([(x * 150.0 + 4, y * 150.0 + 75) for x in range(8) for y in range(8)]) + CORNER_M
    frame = camera_frame(xy).to_crs(4326)
    frame["camera:direction"] = ["N", "180"] * 31 + ["90", "270"]
    frame.to_file(tmp_path / "town_cameras.geojson", driver="GeoJSON")
    code, _, err = run("siting", "fit", tmp_path, "--out", tmp_path / "out")
    assert code == 0
    assert "No list has" not in err
    text = (tmp_path / "out" / "bearings.toml").read_text()
    found = tomllib.loads(text)
    assert set(found) == {"town"}
    assert found["town"]["cameras"] == found["town"]["sites"] == 64
    assert found["town"]["along"] == pytest.approx(62 / 64, abs=0.02)
    assert found["town"]["along_low"] < found["town"]["along"] < found["town"]["along_high"] + 0.01
    assert found["town"]["farther"]["cameras"] == 64
    for digits in ("150.0", "60.1", "24.9"):
        assert digits not in text


def test_fit_says_what_it_read_and_what_it_does_not_validate(run, files, tmp_path):
    places = gpd.GeoDataFrame(
        {"amenity": ["police"]}, geometry=list(shapely.points(main_crossings()[4:5])), crs=CRS
    )
    places.to_parquet(files[0].parent / "town_places.parquet")
    street_frame().to_file(files[0].parent / "lone_streets.gpkg", driver="GPKG")
    code, _, err = run("siting", "fit", files[0].parent, "--out", tmp_path / "out")
    assert code == 0
    assert "lone_streets.gpkg is left out: there is no lone_cameras.*" in err
    assert "town: 9 cameras. Read beside lines and classes: places 1 (police 1)." in err
    limit = words.siting_limit("en", ["helsinki_centre", "town"])
    assert limit in err
    assert json.loads((tmp_path / "out" / "profiles.json").read_text())["limit"] == limit


def test_fit_leaves_out_the_lists_that_only_test_the_model(run, files, home):
    folder = files[0].parent
    (home / "siting").mkdir(parents=True)
    entry = '[town]\nsource = "a list"\nlicence = "none"\nfitted = false\n'
    (home / "siting" / "lists.toml").write_text(entry)
    code, _, err = run("siting", "fit", folder, "--out", folder / "out")
    assert code == 0
    assert "town is left out: it is kept to test the model." in err
    found = json.loads((folder / "out" / "profiles.json").read_text())
    assert set(found["cities"]) == {"helsinki_centre"}


@pytest.mark.slow
def test_fit_takes_what_the_known_lists_name_beside_them(run, files, home):
    folder = files[0].parent
    (home / "siting").mkdir(parents=True)
    entry = '[town]\nsource = "a list"\nlicence = "none"\nbeside = "beside/town.osm"\n'
    entry += 'beside_source = "an extract; ODbL"\n'
    (home / "siting" / "lists.toml").write_text(entry)
    code, _, err = run("siting", "fit", folder, "--out", folder / "out")
    assert code == 0
    assert "town: there is no beside/town.osm, which lists.toml names" in err
    assert "without weight: traffic lights, places, bridges" in err
    assert "lights and places" not in _source_of(folder / "out", "town")

    lon, lat = street_frame().to_crs(4326).geometry.iloc[0].coords[0]
    nodes = "".join(
        f'<node id="{k}" version="1" lon="{lon + k * 1e-3}" lat="{lat + 1e-3}"/>' for k in (1, 2)
    )
    (folder / "beside").mkdir()
    (folder / "beside" / "town.osm").write_text(
        f'<osm version="0.6">{nodes}<way id="9" version="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="primary"/></way></osm>'
    )
    code, _, err = run("siting", "fit", folder, "--out", folder / "out")
    assert code == 0
    assert "Read beside lines and classes: bridges 0." in err
    assert "a list; licence: none [" in _source_of(folder / "out", "town")
    assert "; lights and places: an extract; ODbL [" in _source_of(folder / "out", "town")

    # A file of that name beside the list comes before it.
    places = gpd.GeoDataFrame(
        {"amenity": ["police"]}, geometry=list(shapely.points(main_crossings()[4:5])), crs=CRS
    )
    places.to_parquet(folder / "town_places.parquet")
    code, _, err = run("siting", "fit", folder, "--out", folder / "out")
    assert "Read beside lines and classes: places 1 (police 1)." in err
    assert "; lights and places: a second file [" in _source_of(folder / "out", "town")


def test_an_extract_may_lie_beside_the_list(run, files):
    (files[0].parent / "town_places.osm.gz").write_bytes(b"nothing")
    code, _, err = run("siting", "fit", files[0].parent, "--out", files[0].parent / "out")
    assert code == 1
    assert "town (town_streets.gpkg, town_cameras.geojson, town_places.osm.gz): " in err


def _source_of(folder, name):
    return json.loads((folder / "profiles.json").read_text())["cities"][name]["source"]


def test_what_fit_writes_can_be_used_as_it_is(run, files, home):
    assert run("siting", "fit", files[0].parent, "--out", home / "siting")[0] == 0
    code, out, _ = run("siting", "score", *files, "--profile", "plate_gates")
    assert code == 0
    assert words.siting_limit("en", ["helsinki_centre", "town"]) in out


@pytest.mark.parametrize("broken", ["streets", "cameras", "apart"])
def test_fit_names_the_pair_that_cannot_be_used(run, files, tmp_path, broken):
    streets, cameras = files
    bad = streets.with_name("bad_streets.gpkg"), cameras.with_name("bad_cameras.geojson")
    for source, copy in zip(files, bad, strict=True):
        copy.write_bytes(source.read_bytes())
    if broken == "streets":
        bad[0].write_bytes(b"nothing")
    elif broken == "cameras":
        bad[1].write_text('{"type": "FeatureCollection", "features": []}')
    else:
        bad[1].unlink()
        camera_frame(main_crossings() + 9e4).to_crs(4326).to_file(bad[1], driver="GeoJSON")
    code, out, err = run("siting", "fit", streets.parent, "--out", tmp_path / "out")
    assert (code, out) == (1, "")
    assert "bad (bad_streets.gpkg, bad_cameras.geojson): " in err
    assert not (tmp_path / "out").exists()


def test_fit_refuses_two_files_of_one_name(run, files, tmp_path):
    street_frame().to_parquet(files[0].with_suffix(".parquet"))
    code, _, err = run("siting", "fit", files[0].parent, "--out", tmp_path / "out")
    assert code == 1
    assert "town_streets.gpkg and town_streets.parquet have one name" in err


def test_fit_refuses_a_folder_without_pairs(run, tmp_path):
    code, _, err = run("siting", "fit", tmp_path, "--out", tmp_path / "out")
    assert code == 1
    assert "NAME_streets" in err


def test_one_profile_alone_is_named_in_the_assessment(run, home):
    small_city.install(home)
    question = ("assess", small_city.PACK, "--count", "20:60", *AS_OF)
    code, out, _ = run(*question, "--json", "--profile", "plate_gates")
    assert code == 0
    alone = json.loads(out)
    assert alone["inputs"]["siting_profile"] == "plate_gates"
    code, out, _ = run(*question, "--json")
    mixed = json.loads(out)
    assert mixed["inputs"]["siting_profile"] is None
    assert mixed["inputs"]["siting_sha256"] != alone["inputs"]["siting_sha256"]
    assert mixed["tiers"]["seen"] != alone["tiers"]["seen"]
    code, _, err = run(*question, "--profile", "gangsters")
    assert code == 1
    assert "police_neighbourhood" in err
