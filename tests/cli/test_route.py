"""`route` as a person meets it; nothing of a route is kept anywhere."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path

import geopandas as gpd
import jsonschema
import pytest
from banned_words import banned_words
from private_values import kept_in, open_files

from toolkit.threats import model

CITY = "helsinki-centre"
AS_OF = ("--as-of", "2026-11-23")
START, END = "60.1659,24.9364", "60.1715,24.9520"
FROM_TO = ("--from", START, "--to", END)
VALUES = [b"60.1659", b"24.9364", b"60.1715", b"24.9520", b"Mannerheimintie"]
VALUES += [b"60.16871", b"60.16902", b"24.94141", b"24.94902", b"one-way", b"other-way"]


@pytest.fixture
def few_placements(monkeypatch):
    """Place the cameras less often."""
    from toolkit.threats import city

    monkeypatch.setattr(city.open_city, "__kwdefaults__", {
        **city.open_city.__kwdefaults__, "n_placements": 400,
    })  # fmt: skip


@pytest.mark.usefixtures("few_placements")
def test_the_answer_in_words_promises_nothing(run):
    code, out, err = run("route", CITY, *FROM_TO, "--trips", "10", "--alternatives", *AS_OF)
    assert code == 0
    assert banned_words(out) == []
    for words in ("unwatched", "least possible", "recommend"):
        assert words not in out
    assert "longest stretch not known to be watched" in out
    assert "the same cameras stand there each time" in out
    assert "of 10 possible placements" in out
    assert "Best found" in out or "No way found is materially better" in out
    assert "Demonstration" in out
    assert "60.16" not in out + err


@pytest.mark.usefixtures("few_placements")
def test_the_json_follows_the_schema(run):
    code, out, _ = run("route", CITY, *FROM_TO, "--tier", "face", "--json", *AS_OF)
    assert code == 0
    jsonschema.validate(json.loads(out), model.RouteAnswer.model_json_schema(by_alias=True))
    again = run("route", CITY, *FROM_TO, "--tier", "face", "--json", *AS_OF)[1]
    assert again == out


@pytest.mark.usefixtures("few_placements")
@pytest.mark.parametrize("suffix", ["geojson", "gpx"])
def test_a_route_is_written_where_asked_and_read_again(run, tmp_path, suffix):
    target = tmp_path / f"out.{suffix}"
    more = ("--tier", "seen", "--mode", "car")
    code, _, err = run("route", CITY, *FROM_TO, *more, "--alternatives", "--out", target, *AS_OF)
    assert code == 0
    assert "The file holds the route" in err
    layer = {"layer": "tracks"} if suffix == "gpx" else {}
    frame = gpd.read_file(target, **layer)
    assert len(frame) >= 2
    code, out, _ = run("route", CITY, "--track", target, *more, "--json", *AS_OF)
    assert code == 0
    assert json.loads(out)["off_streets_m"] < 1.0


def test_a_list_of_cameras_needs_no_city(run, tmp_path):
    cameras = tmp_path / "cameras.csv"
    cameras.write_text("lat,lon\n16.7701,96.151\n")
    track = tmp_path / "way.geojson"
    line = {"type": "LineString", "coordinates": [[96.150, 16.77], [96.153, 16.77]]}
    track.write_text(json.dumps(line))
    asked = ("route", "--cameras", cameras, "--track", track, "--radius-m", "50", *AS_OF)
    code, out, _ = run(*asked)
    assert code == 0
    assert "30 %" in out or "31 %" in out
    assert json.loads(run(*asked, "--json")[1])["basis"] == "mapped_cameras"


@pytest.fixture
def past(run, tmp_path):
    """Ask about a track past a list; the list is the text of a table."""
    track = tmp_path / "way.geojson"
    line = {"type": "LineString", "coordinates": [[96.150, 16.77], [96.1515, 16.77]]}
    track.write_text(json.dumps(line))

    def ask(table, *more):
        cameras = tmp_path / "cameras.csv"
        cameras.write_text(table)
        return run("route", "--cameras", cameras, "--track", track, *more, *AS_OF)

    return ask


def test_every_column_of_a_list_counts_or_is_refused(past):
    def seen(table):
        code, out, _ = past(f"lat,lon,{table}", "--tier", "seen", "--json")
        assert code == 0
        return json.loads(out)["tiers"]["seen"]

    both = seen("direction\n16.77,96.1512,90;270\n")
    assert both == seen("direction\n16.77,96.1512,270;90\n")
    assert both["at_least_one"]["mid"] > 0.8
    pans = seen("direction,kind\n16.7701,96.1507,0,panning\n")
    assert pans == seen("direction,kind\n16.7701,96.1507,,panning\n")
    assert seen("radius\n16.77,96.1512,30\n")["in_view_m"]["mid"] == pytest.approx(60, abs=0.1)
    code, out, err = past("lat,lon,radius\n16.77,96.1512,30\n16.77,96.15,\n")
    assert (code, out) == (1, "")
    assert "Row 2 of the list states no radius" in err


@pytest.mark.parametrize(
    "option",
    [
        ("--status", "planned"), ("--scope", "all"), ("--count", "200:600"),
        ("--observed", "5:3"), ("--profile", "x"), ("--alternatives",), ("--detour", "2"),
    ],
)  # fmt: skip
def test_what_has_no_effect_on_a_list_is_refused(past, option):
    code, out, err = past("lat,lon\n16.77,96.1512\n", *option)
    assert (code, out) == (2, "")
    assert f"{option[0]}: no effect here, since a list of cameras has no report" in err


@pytest.mark.parametrize(
    ("table", "option", "sentence"),
    [
        ("lat,lon\n16.77,96.1512\n", ("--radius-m", "50", "--set", "optics.height_m=4"), "--set"),
        ("lat,lon,radius\n16.77,96.1512,9\n", ("--assumptions", "cautious"), "--assumptions"),
        ("lat,lon\n16.77,96.1512\n", ("--radius-m", "50", "--tier", "face"), "the tier face"),
        ("lat,lon\n16.77,96.1512\n", ("--radius-m", "50", "--when", "night"), "the night"),
    ],
)
def test_what_has_no_effect_on_a_stated_range_is_refused(past, table, option, sentence):
    code, out, err = past(table, *option)
    assert (code, out) == (2, "")
    assert sentence in err


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ((), 2, "Name a city, or give a list"),
        ((CITY,), 2, "Give one route"),
        ((CITY, "--from", START), 2, "Give both --from and --to"),
        ((CITY, *FROM_TO, "--radius-m", "50"), 2, "--radius-m is the range of cameras of a list"),
        ((CITY, *FROM_TO, "--tier", "plate"), 2, "does not concern"),
        ((CITY, *FROM_TO, "--out", "a.txt"), 2, "end the name of the file with one of"),
        ((CITY, "--from", "x", "--to", END), 1, "The start must be latitude and longitude"),
        ((CITY, "--along", "No Such Street"), 1, "Street 1 of the route is not known"),
        (("mandalay", *FROM_TO), 1, "No streets are installed"),
        ((CITY, "--track", "no.gpx"), 1, "no.gpx"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(run, arguments, code, sentence):
    found, out, err = run("route", *arguments, *AS_OF)
    assert (found, out) == (code, "")
    assert sentence in err
    assert "Traceback" not in err


def test_the_help_says_what_a_shell_keeps(run):
    for command in ("route", "place", "link", "vehicles"):
        code, out, _ = run(command, "--help")
        assert code == 0
        text = " ".join(out.split())
        assert "A shell keeps what is typed in its history" in text
        assert "other programs of this machine can see it" in text


@pytest.mark.usefixtures("few_placements")
def test_nothing_of_a_route_is_stored_logged_or_left_open(run, home, tmp_path, monkeypatch):
    """The disk, the caches and the process's own files are searched for every value given."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(scratch)
    given = []
    for name, north in (("one", 60.16871), ("other", 60.16902)):
        given.append(tmp_path / f"{name}-way.geojson")
        line = [[24.94141, north], [24.94902, north]]
        given[-1].write_text(json.dumps({"type": "LineString", "coordinates": line}))
    tracks = [option for path in given for option in ("--track", path)]
    before = set(open_files())
    monkeypatch.setattr(
        "sys.stdin", io.TextIOWrapper(io.BytesIO(f"{START}\n{END}\n".encode()), "utf-8")
    )
    outputs = [run("route", CITY, "--from", "-", "--to", "-", "--alternatives", *AS_OF)]
    outputs += [
        run("route", CITY, "--along", "Mannerheimintie", "--tier", "seen", *AS_OF),
        run("place", CITY, "--at", START, "--radius-m", "100", "--tier", "seen", *AS_OF),
        run("link", CITY, "--at", END, "--window-min", "5", "--tier", "seen", *AS_OF),
        run("vehicles", CITY, "--district", f"{START},400", *AS_OF),
        run("route", CITY, *tracks[:2], "--tier", "seen", *AS_OF),
        run("link", CITY, *tracks, "--window-min", "5", "--tier", "seen", *AS_OF),
        run("route", CITY, "--from", START, "--to", "1,1", *AS_OF),
    ]
    assert [code for code, _, _ in outputs] == [0, 0, 0, 0, 0, 0, 0, 1]
    for _, out, err in outputs:
        assert [v for v in VALUES if v.decode() in out + err] == []
    assert kept_in([home, scratch], VALUES) == []
    # numba, fonts and everything else that keeps a cache does so outside the data folder.
    caches = [p for p in (Path.home() / ".cache",) if p.is_dir()]
    recent = [p for c in caches for p in c.iterdir() if "camera" in p.name or "toolkit" in p.name]
    assert kept_in([p for p in recent if p.is_dir()], VALUES) == []
    for name in set(open_files()) - before:
        assert not any(value.decode() in name for value in VALUES)
