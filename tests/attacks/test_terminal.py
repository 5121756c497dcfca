"""What a name or a cell of a table says never controls the terminal."""

from __future__ import annotations

import ast
import json
import unicodedata
from pathlib import Path

import pytest

from toolkit.base.clean_text import NEEDED_FORMAT
from toolkit.cli import common

CLI = Path(common.__file__).parent
STEERING = "\x1b]0;title\x07\x1b[2J\u202eexe.\u2067\x9b31m\x85[red]"
"""Sets the title of the window, empties the screen, turns the direction, colours; and markup."""
WRITERS = {"common.py", "__init__.py"}


def steering(text):
    """Return the characters of a text that control, turn or hide it."""
    dropped = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {
        repr(c)
        for c in text
        if c != "\n" and c not in NEEDED_FORMAT and unicodedata.category(c) in dropped
    }


@pytest.mark.parametrize("file", sorted(CLI.glob("*.py")), ids=lambda f: f.stem)
def test_every_command_prints_through_the_functions_that_drop_them(file):
    if file.name in WRITERS:
        return
    calls = [n for n in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(n, ast.Call)]
    written = {ast.unparse(call.func) for call in calls}
    direct = {
        name
        for name in written
        if name == "print"
        or (
            name.startswith(("sys.stdout", "sys.stderr", "Console", "console."))
            and name != "sys.stdout.flush"
        )
    }
    assert not direct


COMMANDS = {
    "assess": ("assess", "{}"),
    "assumptions show": ("assumptions", "show", "{}"),
    "assumptions diff": ("assumptions", "diff", "central", "{}"),
    "assumptions new": ("assumptions", "new", "{}"),
    "assumptions new, from a file": ("assumptions", "new", "own", "--from", "{}.toml"),
    "--set": ("assess", "dawei", "--set", "{}=1"),
    "--count": ("assess", "dawei", "--count", "{}"),
    "--observed": ("assess", "dawei", "--observed", "{}"),
    "--profile": ("assess", "dawei", "--profile", "{}"),
    "--as-of": ("assess", "dawei", "--as-of", "{}"),
    "--scope": ("assess", "dawei", "--scope", "{}"),
    "--seed": ("assess", "dawei", "--seed", "{}"),
    "batch": ("batch", "{}.toml", "--out", "a"),
    "cameras check": ("cameras", "check", "{}.csv"),
    "cameras export": ("cameras", "export", "--city", "{}", "--out", "a.geojson"),
    "cameras list": ("cameras", "list", "--city", "{}"),
    "cameras remove": ("cameras", "remove", "--city", "{}"),
    "compare": ("compare", "{}", "{}.json"),
    "evidence add": ("evidence", "add", "dawei", "--says", "{}", "--status", "installed"),
    "evidence check": ("evidence", "check", "{}.toml"),
    "evidence import": ("evidence", "import", "{}.csv"),
    "evidence list": ("evidence", "list", "{}"),
    "export": ("export", "{}", "--out", "a.gpkg"),
    "export --layer": ("export", "dawei", "--layer", "{}", "--out", "a.gpkg"),
    "no such command": ("{}",),
    "no such option": ("assess", "dawei", "--{}"),
    "optics": ("optics", "--camera", "{}"),
    "report": ("report", "{}", "--out", "a"),
    "siting fit": ("siting", "fit", "{}", "--out", "a"),
    "siting score": ("siting", "score", "{}.geojson", "{}.csv"),
    "streets import": ("streets", "import", "{}.osm.pbf"),
    "streets import --boundary": ("streets", "import", "{plain}", "--boundary", "{}"),
    "streets import --city": ("streets", "import", "{plain}", "--city", "{}"),
    "streets verify": ("streets", "verify", "{}"),
    "too many": ("cities", "{}"),
    "zones": ("zones", "--cameras", "{}.csv", "--assumptions", "{}"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_typed_or_is_the_name_of_a_file_does_not_steer(name, run, tmp_path):
    plain = tmp_path / "streets.geojson"
    plain.write_text("{}", encoding="utf-8")
    code, out, err = run(*(word.format(STEERING, plain=plain) for word in COMMANDS[name]))
    assert code in {1, 2}
    assert (out + err).strip()
    assert steering(out + err) == set()


def test_files_of_a_folder_that_are_named_by_a_command_do_not_steer(run, tmp_path):
    folder = tmp_path / "lists"
    folder.mkdir()
    for name in ("a\x1b[2J\u202e_streets.geojson", "b_streets.geojson", "c\x9b_cameras.csv"):
        (folder / name).write_text("{}", encoding="utf-8")
    code, out, err = run("siting", "fit", folder, "--out", tmp_path / "out")
    assert code == 1
    assert "is left out" in err
    assert steering(out + err) == set()


def test_cells_of_field_notes_do_not_steer(run, tmp_path):
    file = tmp_path / f"notes{STEERING.replace('/', '')}.csv"
    row = f"16.49,97.63,2026-03-31,{STEERING},{STEERING}\n"
    file.write_text(f"lat,lon,seen_on,note,{STEERING}\n{row}{row}", encoding="utf-8")
    for words in (
        ("check", file, "--city", "mawlamyine"),
        ("import", file, "--city", "mawlamyine"),
    ):
        _code, out, err = run("cameras", *words)
        assert (out + err).strip()
        assert steering(out + err) == set()
    for more in ((), ("--json",)):
        _code, out, err = run("cameras", "list", "--city", "mawlamyine", *more)
        assert steering(out + err) == set()


def test_json_says_the_same_without_steering(capsys):
    value = {STEERING: [STEERING, "မော်လ\u200bမြိုင်", "a\u00a0b\u2028\ud800\x7f"]}
    common.print_json(value)
    out = capsys.readouterr().out
    assert json.loads(out) == value
    assert steering(out) == set()
    assert "မော်လ\u200bမြိုင်" in out


def test_messages_tables_and_warnings_do_not_steer(capsys, monkeypatch):
    messages = common._Messages(stderr=True, markup=False, emoji=False)
    assert steering(str(messages.status(STEERING).status)) == set()
    monkeypatch.setattr(common, "messages", messages)
    with common.busy(f"Reading {STEERING} ..."):
        common.warn(STEERING)
    common.print_table(STEERING, [STEERING], [[STEERING]])
    common.print_lines(STEERING)
    out, err = capsys.readouterr()
    assert "[red]" in out
    assert "[red]" in err
    assert steering(out + err) == set()
