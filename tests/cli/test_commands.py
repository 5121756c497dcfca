"""The command line as a person meets it: data on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from toolkit.assessment import on_streets, question
from toolkit.base import store
from toolkit.base.errors import UsageError
from toolkit.cli import common

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
    assert "Only the reported system is counted" in out
    assert " km (middle " in out
    assert "Estimating" in err


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
        (["streets", "verify", "nowhere"], 1, "nowhere"),
        (["no-such-command"], 2, "no-such-command"),
        ([], 2, "COMMAND"),
    ],
)
def test_mistakes_get_one_sentence_and_their_exit_code(run, arguments, code, sentence):
    found, out, err = run(*arguments)
    assert found == code
    assert sentence in err
    assert out == ""
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "expected"), [("200:600", (200, 600)), ("250", (250, 250)), ("1:1", (1, 1))]
)
def test_counts_are_ranges_or_one_number(text, expected):
    assert common.parse_count(text) == expected
    with pytest.raises(UsageError):
        common.parse_count("-" + text)


def test_streets_are_listed_and_verified(run):
    code, out, _ = run("streets", "list", "--json")
    assert code == 0
    (pack,) = json.loads(out)
    assert pack["id"] == "helsinki-centre"
    assert pack["licence"] == "ODbL-1.0"
    code, out, _ = run("streets", "verify")
    assert (code, out.strip()) == (0, "helsinki-centre: whole")


@pytest.fixture
def no_open_city():
    """Close the cities that earlier tests opened in this process."""
    question._open.cache_clear()
    on_streets.scenes.clear()


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


def test_doctor_finds_all_whole_and_names_what_could_leave(run):
    code, out, _ = run("doctor", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["problems"] == []
    assert found["tables"]["What could leave this machine"]
    assert str(store.home_dir()) not in out
    code, out, _ = run("doctor")
    assert code == 0
    assert "Versions" in out


def test_doctor_reports_a_damaged_file_of_the_user(run, home):
    store.write_text(home / "brands.toml", "type = 3")
    code, out, _ = run("doctor")
    assert code == 1
    assert "brands.toml" in out


@pytest.mark.usefixtures("no_open_city")
def test_home_can_be_named(run, tmp_path):
    code, _, _ = run("--home", str(tmp_path / "mine"), "assess", "helsinki-centre", *AS_OF)
    assert code == 0
    assert list((tmp_path / "mine" / "cache" / "sight").iterdir())


def test_hostile_names_do_not_steer_the_terminal(run):
    code, _, err = run("assess", "\x1b[2J\x1b]0;owned\x07")
    assert code == 1
    assert "\x1b" not in err


def command(*arguments):
    return [sys.executable, "-m", "toolkit", *arguments]


def environment(home):
    root = str(store.builtin_dir().parent)
    return {**os.environ, "PYTHONPATH": root, "CAMERA_TOOLKIT_HOME": str(home)}


def test_a_reader_that_goes_away_is_no_error(home, tmp_path):
    process = subprocess.Popen(
        command("cities", "--json"), cwd=tmp_path, env=environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    process.stdout.close()
    err = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert err == ""


@pytest.mark.skipif(os.name == "nt", reason="signals work differently on Windows")
def test_an_interrupt_ends_with_130_and_a_sentence(home, tmp_path):
    process = subprocess.Popen(
        command("assess", "helsinki-centre"), cwd=tmp_path, env=environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "Estimating" in process.stderr.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
