"""Streets on the command line: in from a file, out as a pack, never over the network unasked."""

from __future__ import annotations

import json
from pathlib import Path

import overpass_town
import pytest
from drawn_osm import Drawing, street
from overpass_server import serving

from toolkit import cli
from toolkit.base import store
from toolkit.cli import streets
from toolkit.streets import cities, pack
from toolkit.streets.pack_zip import export_pack
from toolkit.streets.readers.overpass.fetch import fetched_file

STREETS = """{"type": "FeatureCollection", "features": [
{"type": "Feature", "properties": {"highway": "primary", "name": "One"},
 "geometry": {"type": "LineString", "coordinates": [[98.19, 14.08], [98.20, 14.08]]}},
{"type": "Feature", "properties": {"highway": "residential", "name": "Two"},
 "geometry": {"type": "LineString", "coordinates": [[98.195, 14.075], [98.195, 14.085]]}}]}
"""


def test_a_file_becomes_a_pack_that_is_assessed_exported_and_removed(tmp_path, home, capsys):
    file = tmp_path / "roads.geojson"
    file.write_text(STREETS, encoding="utf-8")
    code = cli.main(
        ["streets", "import", str(file), "--city", "Dawei", "--boundary", "radius:3000"]
    )
    out = capsys.readouterr().out
    assert code == 0
    assert "dawei: " in out
    assert "Disc of 3 km" in out
    assert "  No buildings are known" in out
    assert cli.main(["assess", "dawei", "--as-of", "2026-11-23"]) == 0
    out = capsys.readouterr().out
    assert "No buildings are known" in out
    assert "inside the boundary" in out
    packed = tmp_path / "dawei.zip"
    assert cli.main(["streets", "export", "dawei", "--out", str(packed)]) == 0
    assert cli.main(["streets", "remove", "dawei"]) == 0
    assert not (home / "packs" / "dawei").exists()
    assert cli.main(["streets", "import", str(packed)]) == 0
    assert cli.main(["streets", "verify", "dawei"]) == 0
    assert capsys.readouterr().out.endswith("dawei: whole\n")


def test_a_name_may_be_pasted_in_quotes_and_a_folder_is_answered(tmp_path, capsys):
    packed = export_pack("helsinki-centre", tmp_path / "h.zip")
    assert cli.main(["streets", "import", f'"{packed}"']) == 0
    assert cli.main(["streets", "import", str(tmp_path)]) == 1
    assert "is a folder. Name a file in it: 'h.zip'" in capsys.readouterr().err


def test_what_is_built_in_cannot_be_removed(capsys):
    assert cli.main(["streets", "remove", "helsinki-centre"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_a_pack_has_its_city_already(tmp_path, capsys):
    packed = export_pack("helsinki-centre", tmp_path / "h.zip")
    assert cli.main(["streets", "import", str(packed), "--city", "dawei"]) == 2
    assert "leave --city" in capsys.readouterr().err


def test_a_file_may_end_at_its_box_or_with_its_streets(tmp_path, home, capsys):
    drawing = street(Drawing())
    drawing.node(1, 200, 0)
    drawing.way(1, [901, 1], highway="residential")
    file = tmp_path / "a.osm"
    file.write_text(drawing.text(), encoding="utf-8")
    assert cli.main(["streets", "import", str(file)]) == 0
    out = capsys.readouterr().out
    assert "50.0% of the street length in the file lies outside and was cut away" in out
    assert "No traffic lights are known" in out
    assert cli.main(["streets", "import", str(file), "--extent", "data"]) == 0
    assert "Everything in the file a.osm, not a city." in capsys.readouterr().out
    assert [p.name for p in (home / "packs").iterdir()] == ["a"]


@pytest.mark.usefixtures("home")
def test_nothing_is_fetched_without_permission_and_it_says_what_would_be(capsys):
    assert cli.main(["streets", "fetch", "dawei"]) == 2
    err = capsys.readouterr().err
    assert "overpass" in err
    assert "--allow-network" in err


def test_administrative_areas_are_not_fetched(capsys):
    assert cli.main(["streets", "fetch", "dawei", "--boundary", "admin", "--allow-network"]) == 2
    assert "not fetched" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["radius:-5", "radius:x", "nowhere", "radius:9000000"])
def test_a_boundary_that_cannot_be_is_a_sentence(text, tmp_path, capsys):
    file = tmp_path / "roads.geojson"
    file.write_text(STREETS, encoding="utf-8")
    code = cli.main(["streets", "import", str(file), "--boundary", text])
    assert code in (1, 2)
    assert "Traceback" not in capsys.readouterr().err
    assert not Path(tmp_path / "packs").exists()


def test_a_city_without_streets_in_the_file_does_not_stop_the_others(tmp_path, home, capsys):
    """The outline of the file covers Hpa-an as well; its streets are in two other cities."""
    roads = [
        [[98.19, 14.08], [98.20, 14.09]],  # Dawei
        [[97.39, 25.38], [97.40, 25.39]],  # Myitkyina
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"highway": "primary"},
            "geometry": {"type": "LineString", "coordinates": road},
        }
        for road in roads
    ]
    file = tmp_path / "two.geojson"
    file.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    assert cli.main(["streets", "import", str(file), "--boundary", "radius:3000"]) == 0
    out = capsys.readouterr().out
    assert {p.name for p in (home / "packs").iterdir()} == {"dawei", "myitkyina"}
    assert "hpa-an: left out" in out


AS_OF = ("--as-of", "2026-11-23")


def test_streets_are_listed_and_verified(run):
    code, out, _ = run("streets", "list", "--json")
    assert code == 0
    (pack,) = json.loads(out)
    assert pack["id"] == "helsinki-centre"
    assert pack["licence"] == "ODbL-1.0"
    code, out, _ = run("streets", "verify")
    assert (code, out.strip()) == (0, "helsinki-centre: whole")


@pytest.mark.usefixtures("no_open_city")
def test_a_damaged_pack_is_a_problem_and_not_a_traceback(run, home):
    built_in = store.builtin_dir() / "packs" / "helsinki-centre"
    mine = home / "packs" / "helsinki-centre"
    mine.mkdir(parents=True)
    for part in built_in.iterdir():
        data = part.read_bytes()
        flipped = data[:100] + bytes([data[100] ^ 1]) + data[101:]
        (mine / part.name).write_bytes(flipped if part.name == "streets.parquet" else data)
    code, out, err = run("assess", "helsinki-centre", *AS_OF)
    assert code == 1
    assert "streets.parquet" in err
    code, out, _ = run("streets", "verify")
    assert code == 1
    assert "streets.parquet" in out


def test_all_cities_are_fetched_one_after_the_other_and_what_failed_again(
    tmp_path, monkeypatch, capsys
):
    there = overpass_town.CITY
    nowhere = there.model_copy(update={"id": "nowhere", "lat": 10.0, "lon": 10.0})
    monkeypatch.setattr(cities, "load_cities", lambda: (nowhere, there))
    monkeypatch.setattr(streets, "_FETCH_RADIUS_M", overpass_town.RADIUS_M)
    with serving(overpass_town.town(tmp_path / "town.osm.pbf")) as server:
        defaults = fetched_file.__wrapped__.__kwdefaults__
        monkeypatch.setitem(defaults, "server", overpass_town.quick(server))
        assert cli.main(["streets", "fetch", "--all"]) == 2
        assert "then asked about: invented" in capsys.readouterr().err
        assert not server.asked
        again = ["streets", "fetch", "--all", "--allow-network"]
        assert cli.main(again) == 1
        told = capsys.readouterr()
        assert "Not fetched: nowhere." in told.out
        assert "City 2 of 2: invented" in told.err
        assert pack.find_pack_for("invented") == "invented"
        before = len(server.questions)
        assert cli.main(again) == 1
        assert "not fetched again: invented" in capsys.readouterr().err
        # The answers about the other one are kept.
        assert len(server.questions) == before


@pytest.mark.parametrize("words", [[], ["dawei", "--all"], ["--all", "--boundary", "admin"]])
def test_a_fetch_is_of_one_city_or_of_all(words):
    assert cli.main(["streets", "fetch", *words]) == 2
