"""Comparing the answers of two checkouts: what counts as a difference, and what is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import answer_cases
import answer_files
import answers_of_checkout
import geopandas as gpd
import numpy as np
import pytest
import same_answers
import shapely
from answer_sides import DIFFERENT, ROOT, SAME, USAGE, Runner, Side, worktree
from streamlit.testing.v1 import AppTest


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Side, Side]:
    made = tuple(Side(n, tmp_path / f"root-{n}", tmp_path / n) for n in ("base", "here"))
    for side in made:
        side.out("case").mkdir(parents=True)
    return made


def differences(sides: tuple[Side, Side]) -> list[str]:
    base, here = sides
    return answer_files.folder_differences(
        base.out("case"), here.out("case"), (base.normal, here.normal)
    )


def write(sides: tuple[Side, Side], name: str, *data: bytes) -> None:
    for side, one in zip(sides, data, strict=True):
        (side.out("case") / name).write_bytes(one)


def streets(second_m: float = 2.5, x: float = 24.94) -> gpd.GeoDataFrame:
    lines = [shapely.LineString([(24.9, 60.1), (x, 60.2)]), shapely.LineString([(1, 2), (3, 4)])]
    return gpd.GeoDataFrame(
        {"name": ["a", None], "length_m": [1.5, second_m]}, geometry=lines, crs=4326
    )


@pytest.mark.parametrize("name", ["1-assess.stdout", "page.html", "pack.zip", "start.npy"])
def test_one_byte_is_found(sides, name):
    if name.endswith(".npy"):
        for side, last in zip(sides, (7, 8), strict=True):
            np.save(side.out("case") / name, np.array([1, 2, last], np.uint16))
    else:
        write(sides, name, b'{"a": 10}\xff', b'{"a": 11}\xff')
    found = differences(sides)
    assert found[0] == f"{name}:"
    assert any(line.startswith("  -") for line in found)
    assert any(line.startswith("  +") for line in found)


def test_the_element_of_an_array_that_differs_is_named(sides):
    for side, middle in zip(sides, (1, 2), strict=True):
        array = np.zeros(2000, np.uint8)
        array[1000] = middle
        np.save(side.out("case") / "start.npy", array)
    assert differences(sides)[2:] == [
        "   999: 0",
        "  -1000: 1",
        "  +1000: 2",
        "   1001: 0",
        "  ...",
    ]


def test_the_same_is_no_difference(sides):
    write(sides, "a.stdout", b"x\n", b"x\n")
    assert differences(sides) == []


def test_missing_files_are_found(sides):
    base, here = sides
    (base.out("case") / "old").touch()
    (here.out("case") / "new").touch()
    assert differences(sides) == ["old: only in BASE", "new: only here"]


def test_spacing_of_json_counts_although_it_is_not_shown(sides):
    write(sides, "a.json", b'{"a":1}', b'{"a": 1}')
    assert differences(sides) == ["a.json:", "  the bytes differ, but not what they say"]


def test_a_long_line_is_shown_where_it_differs(sides):
    write(sides, "a.stdout", b"x" * 5000 + b"here", b"x" * 5000 + b"HERE")
    found = differences(sides)
    assert [line.lstrip("x -+") for line in found[-2:]] == ["here", "HERE"]
    assert max(map(len, found)) < 200


def test_a_diff_is_short(sides):
    write(sides, "a.stdout", b"a\n" * 5000, b"b\n" * 5000)
    found = differences(sides)
    assert len(found) == answer_files.SHOWN_LINES + 3
    assert found[-1] == "  ..."


def test_only_the_folders_of_a_side_are_taken_out(sides):
    base, here = sides
    texts = [f"{s.folder}/homes {s.root}/geodata".encode() for s in sides]
    write(sides, "a.stderr", *texts)
    assert differences(sides) == []
    write(sides, "a.stderr", texts[0], str(base.folder).encode() + b" " + str(here.root).encode())
    assert differences(sides)


@pytest.mark.parametrize("suffix", ["gpkg", "parquet"])
@pytest.mark.parametrize(
    "changed",
    [
        streets(second_m=np.nextafter(2.5, 3)),
        streets(x=np.nextafter(24.94, 25)),
        streets().iloc[::-1],
        streets().rename(columns={"name": "names"}),
        streets().astype({"length_m": "float32"}),
        streets().set_crs(3857, allow_override=True),
    ],
    ids=["value", "point", "order", "column", "type", "crs"],
)
def test_tables_are_compared_by_what_they_hold(sides, suffix, changed):
    files = [side.out("case") / f"streets.{suffix}" for side in sides]
    write_table(streets(), files[0])
    write_table(changed, files[1])
    assert differences(sides)
    if suffix == "gpkg":
        write_table(streets(), files[1], date="2001-01-01T00:00:00Z")
        assert files[0].read_bytes() != files[1].read_bytes()
        assert differences(sides) == []


def write_table(table: gpd.GeoDataFrame, path: Path, date: str = "2026-11-23T00:00:00Z") -> None:
    path.unlink(missing_ok=True)
    if path.suffix == ".parquet":
        table.reset_index(drop=True).to_parquet(path)
        return
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": date})
    try:
        table.to_file(path, layer="streets", driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_a_file_that_cannot_be_read_differs(sides):
    write(sides, "a.parquet", b"PAR1", b"PAR2")
    assert "cannot be read" in differences(sides)[1]


def test_caches_may_lie_under_other_keys_only_if_asked(sides):
    base, here = sides
    for side, key in zip(sides, ("0" * 32, "f" * 32), strict=True):
        folder = side.home("plain") / "cache" / "sight" / key
        folder.mkdir(parents=True)
        np.save(folder / "start.npy", np.arange(3))
    found = same_answers.home_differences(base, here, moved_keys=True)
    assert found == {"cache/plain": [], "files/plain": []}


@pytest.mark.parametrize("moved_keys", [False, True])
def test_cached_arrays_are_compared_bit_by_bit(sides, moved_keys):
    for side, last in zip(sides, (0.0, -0.0), strict=True):
        folder = side.home("plain") / "cache" / "sight" / ("0" * 32)
        folder.mkdir(parents=True)
        np.save(folder / "start.npy", np.array([1.0, last]))
    found = same_answers.home_differences(*sides, moved_keys=moved_keys)
    assert found["cache/plain"]
    assert not found["files/plain"]


def test_other_keys_are_a_difference_unless_asked(sides):
    for side, key in zip(sides, ("0" * 32, "f" * 32), strict=True):
        folder = side.home("plain") / "cache" / "sight" / key
        folder.mkdir(parents=True)
        np.save(folder / "start.npy", np.arange(3))
    found = same_answers.home_differences(*sides, moved_keys=False)
    assert len(found["cache/plain"]) == 2


def test_what_is_rewritten_in_the_home_of_base_is_said(sides):
    base, here = sides
    made = base.home("made") / "evidence"
    made.mkdir(parents=True)
    (made / "dawei.toml").write_text("a")
    (made / "kept.toml").write_text("a")
    (base.out("home/batch") / "run").mkdir(parents=True)
    for side in sides:
        (side.out("base-home/use")).mkdir(parents=True)
        before = same_answers.copy_home(base, side)
        if side is here:
            (side.home("of-base") / "evidence" / "dawei.toml").write_text("b")
        same_answers.write_rewritten(side, before)
    said = [(side.out("base-home/use") / "rewritten.txt").read_text() for side in sides]
    assert said == ["", "evidence/dawei.toml\n"]


def test_the_report_counts_what_is_listed_apart(capsys):
    found = {"help": ["a"], "assess/dawei": ["-1", "+2"], "cities": []}
    allowed = [("hel*", "renamed"), ("app", "old")]
    assert same_answers.report(found, allowed) == DIFFERENT
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "help: differs as listed: renamed",
        "assess/dawei: differs",
        "  -1",
        "  +2",
        "app: is listed, but nothing like it differs",
        "3 cases, 1 differ, 1 as listed",
    ]
    assert same_answers.report({"help": ["a"], "cities": []}, allowed[:1]) == SAME


def test_a_list_allows_no_failure_of_this_checkout(capsys):
    found = {"app": ["exit code 1"], "help": ["exit code 1"]}
    allowed = [("*", "all new")]
    assert same_answers.report(found, allowed, {"help"}) == DIFFERENT
    assert capsys.readouterr().out.splitlines() == [
        "app: differs as listed: all new",
        "help: fails",
        "  exit code 1",
        "2 cases, 1 differ, 1 as listed",
    ]


@pytest.mark.parametrize("text", ["differs = 1", '[[differs]]\ncase = "a"', "["])
def test_a_list_without_reasons_is_refused(tmp_path, text):
    path = tmp_path / "allow.toml"
    path.write_text(text)
    with pytest.raises(SystemExit) as ended:
        same_answers.read_allowed(path)
    assert ended.value.code == USAGE
    path.write_text('[[differs]]\ncase = "a"\nreason = "b"')
    assert same_answers.read_allowed(path) == [("a", "b")]


def failing(*steps: answer_cases.Step) -> answer_cases.Case:
    return answer_cases.Case("case", steps)


def test_a_command_that_fails_alike_on_both_sides_is_no_match(sides):
    case = failing(answer_cases.Step(("--no-such",)), answer_cases.Step(("--no-such",), code=2))
    sides = tuple(Side(side.name, ROOT, side.folder) for side in sides)
    for side in sides:
        (side.folder / "homes").mkdir()
    found = same_answers.run_phase(Runner(), sides, [case], 2)
    said = sorted((failure.side, failure.said.partition("\n")[0]) for failure in found["case"])
    assert said == [(side, f"--no-such: exit code 2 on {side}") for side in ("base", "here")]


def test_the_worktree_is_removed_after_a_failure(tmp_path):
    path = tmp_path / "checkout"
    there = False

    def fail() -> None:
        nonlocal there
        with worktree("HEAD", path):
            there = (path / "toolkit" / "__main__.py").is_file()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert there
    assert not path.exists()
    assert str(path) not in worktrees()


def worktrees() -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), "worktree", "list"], capture_output=True, text=True, check=True
    ).stdout


def test_an_unknown_revision_is_wrong_usage(tmp_path):
    with pytest.raises(SystemExit) as ended, worktree("no-such", tmp_path / "x"):
        pass
    assert ended.value.code == USAGE


def test_what_runs_is_stopped_with_its_children(sides):
    runner = Runner()
    base = Side("base", ROOT, sides[0].folder)
    pid = base.folder / "pid"
    child = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    thread = threading.Thread(
        target=runner.run,
        args=([sys.executable, "-c", parent], base.out("case"), base, "plain", "1"),
    )
    thread.start()
    while not (pid.exists() and pid.read_text()):
        time.sleep(0.02)
    runner.stop()
    thread.join(10)
    assert not thread.is_alive()
    assert not lives(int(pid.read_text()))
    with pytest.raises(KeyboardInterrupt):
        runner.run([sys.executable, "-c", ""], base.out("case"), base, "plain", "2")


def lives(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        state = Path(f"/proc/{pid}/stat")
        if state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        time.sleep(0.02)
    return True


def test_names_pick_cases_and_those_before_them():
    cases = answer_cases.all_cases(["dawei", "helsinki-centre"], None)
    assert len({case.name for case in cases}) == len(cases)
    names = {case.name for case in same_answers.chosen_cases(cases, ["assess", "hel*"])}
    assert names == {
        *(
            f"assess/{c}/{s}"
            for c in ("dawei", "helsinki-centre")
            for s in ("installed", "planned")
        ),
        "help",
    }
    names = {case.name for case in same_answers.chosen_cases(cases, ["base-home/use"])}
    assert {"home/make", "home/batch", "base-home/use"} <= names
    with pytest.raises(SystemExit):
        same_answers.chosen_cases(cases, ["no-such"])


def test_subcommands_are_found_in_a_help_text():
    text = (
        "usage: x [-h] ACTION ...\n\npositional arguments:\n  ACTION\n    list      list all\n"
        "    sensitivity\n              find out\n\noptions:\n  -h, --help  show\n"
    )
    assert answers_of_checkout.subcommands(text) == ["list", "sensitivity"]
    assert answers_of_checkout.subcommands("positional arguments:\n  CITY\n\noptions:\n") == []


def test_the_elements_of_a_page_are_laid_out_without_what_each_session_draws():
    page = """
import streamlit as st
st.html("<p>text</p>")
left, _ = st.columns(2)
left.number_input("Height", value=3)
st.sidebar.radio("Page", ["a", "b"], index=1)
st.download_button("Save", data=lambda: "x")
"""
    first, second = (
        list(answers_of_checkout.elements(AppTest.from_string(page).run()._tree)) for _ in range(2)
    )
    assert first == second
    assert {line.strip() for line in first} >= {
        "main", "body: <p>text</p>", "label: Height", "default: 3.0", "sidebar",
        "options: ['a', 'b']", "default: 1", "label: Save",
    }  # fmt: skip


def test_extracts_that_are_not_there_are_named(tmp_path, monkeypatch):
    monkeypatch.delenv(same_answers.DATA_VARIABLE, raising=False)
    assert same_answers.extracts_folder(None) is None
    assert len(answer_cases.absent_extracts(None)) == 3
    (tmp_path / "streets").mkdir()
    (tmp_path / "streets" / "liechtenstein.osm.pbf").touch()
    monkeypatch.setenv(same_answers.DATA_VARIABLE, str(tmp_path))
    folder = same_answers.extracts_folder(None)
    assert folder == tmp_path / "streets"
    assert len(answer_cases.absent_extracts(folder)) == 2
    names = [case.name for case in answer_cases.all_cases(["helsinki-centre"], folder)]
    assert sum(name.startswith("extract/") for name in names) == 3


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGTERM")
def test_nothing_is_left_after_an_interruption(tmp_path):
    command = [sys.executable, "scripts/same_answers.py", "HEAD", "--only", "help"]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, "TMPDIR": str(tmp_path)}, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    while b"help" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Interrupted" in said
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in worktrees()


@pytest.mark.slow
def test_a_commit_answers_as_itself():
    """The working copy may differ from HEAD in anything but these answers."""
    done = subprocess.run(
        [sys.executable, "scripts/same_answers.py", "HEAD", "--only", "cities", "optics",
         "assumptions", "assess/dawei"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == SAME, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(" cases, 0 differ, 0 as listed")
    assert "answers." not in worktrees()
