"""Cities, assessments and reports, as a person meets them."""

from __future__ import annotations

import json

import pytest
import small_city

AS_OF = ("--as-of", "2026-11-23")


def test_cities_are_listed_in_both_languages(run):
    code, out, _ = run("cities")
    assert code == 0
    assert "Mawlamyine" in out
    assert "မော်လမြိုင်" in out
    code, out, _ = run("cities", "--json")
    rows = json.loads(out)
    assert len(rows) == 11
    assert {r["id"] for r in rows if r["pack"]} == {"helsinki-centre"}


def test_assess_prints_figures_with_ranges_sources_and_limits(run):
    code, out, err = run("assess", "Moulmein", *AS_OF)
    assert code == 0
    assert "Mawlamyine, 2026-11-23" in out
    assert "Reuters" in out
    assert "This covers only the camera system in the reports" in out
    assert " km (middle " in out
    assert "Estimating" in err


def test_trips_come_before_streets_and_are_said_at_night_too(run, home):
    small_city.install(home, "harbour-town")
    code, out, _ = run("assess", "harbour-town", "--night", "--count", "50:200", *AS_OF)
    assert code == 0
    lines = [line.strip() for line in out.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith("Seen (from"))
    streets = next(i for i, line in enumerate(lines) if line.startswith("street covered"))
    headline = next(i for i, line in enumerate(lines) if "inside this boundary" in line)
    assert start < headline < streets
    assert [line for line in lines if line.startswith("at night: of ") and "street" in line]


def test_quiet_says_nothing_but_data(run):
    code, out, err = run("--quiet", "assess", "hpa-an", "--json", *AS_OF)
    assert code == 0
    assert err == ""
    assert json.loads(out)["city"]["id"] == "hpa-an"


def test_options_reach_the_assessment(run):
    code, out, _ = run(
        "assess", "မော်လမြိုင်", "--json", *AS_OF, "--count", "300:600", "--seed", "7",
        "--set", "optics.height_m=6", "--set", "optics.availability=1", "--status", "planned",
    )  # fmt: skip
    assert code == 0
    found = json.loads(out)
    assert found["seed"] == 7
    assert found["status"] == "planned"
    assert found["assumptions"]["changed"] == {"optics.availability": 1.0, "optics.height_m": 6.0}
    assert found["cameras"]["installed"]["count"]["low"] == pytest.approx(300, rel=0.1)


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["assess", "atlantis"], 1, "atlantis"),
        (["assess", "Mawlamyinegyunn"], 1, "Mawlamyinegyunn"),
        (["assess", "dawei", "--count", "9:3"], 2, "--count '9:3'"),
        (["assess", "dawei", "--count", "many"], 2, "--count 'many'"),
        (["assess", "dawei", "--count", "0:5"], 2, "from 1 up"),
        (["assess", "dawei", "--count", "0:0"], 2, "nothing that anybody can know"),
        (["assess", "dawei", "--count", "1:inf"], 2, "--count"),
        (["assess", "dawei", "--as-of", "yesterday"], 2, "--as-of 'yesterday'"),
        (["assess", "dawei", "--set", "optics.height_m"], 2, "--set 'optics.height_m'"),
        (["assess", "dawei", "--set", "optics.height_m=nan"], 2, "--set"),
        (["assess", "dawei", "--set", "optics.height_m=99"], 1, "outside 3.5 to 8 m"),
        (["assess", "dawei", "--set", "no.such=1"], 1, "no such assumption"),
        (["assess", "dawei", "--assumptions", "/vsicurl/http://example.org/a.toml"], 1, "local"),
        (["assess", "dawei", "--assumptions", "nowhere"], 1, "no assumption set"),
        (["assess", "dawei", "--seed", "-1"], 2, "--seed -1"),
        (["assess", "dawei", "--seed", "x"], 2, "--seed"),
        (["report", "--out", "x"], 2, "Name the cities"),
        (["report", "dawei", "--all", "--out", "x"], 2, "Name the cities"),
        (["report", "dawei", "--out", "x", "--lang", "xx"], 2, "--lang 'xx'"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(run, arguments, code, sentence):
    found, out, err = run(*arguments)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err


def test_an_installed_pack_of_no_known_city_is_assessed_and_reported_by_its_name(
    run, home, tmp_path
):
    small_city.install(home, "harbour-town")
    count = ("--count", "50:200", "--as-of", "2026-11-23")
    code, out, _ = run("assess", "harbour-town", "--json", *count)
    assert code == 0
    assert json.loads(out)["city"]["id"] == "harbour-town"
    code, out, _ = run(
        "report",
        "harbour-town",
        "--out",
        tmp_path / "r",
        "--lang",
        "en",
        "--detail",
        "full",
        *count,
    )
    assert code == 0
    assert (tmp_path / "r" / "harbour-town-2026-11-23-en.html").is_file()
    code, out, _ = run("export", "harbour-town", "--out", tmp_path / "s.geojson", *count,
                       "--layer", "streets")  # fmt: skip
    assert code == 0
    code, out, _ = run("evidence", "list", "harbour-town", "--json")
    assert code == 0
