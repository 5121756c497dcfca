"""A folder with code in it next to the data: none of it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.machinery import all_suffixes
from pathlib import Path

import pytest

from toolkit.__main__ import holds_code

ROOT = Path(__file__).resolve().parents[2]
SHADOWS = ("rich", "numpy", "typing", "importlib", "pydantic", "json", "toolkit_extra", "argparse")
"""Modules that a run loads, in files of the handed folder."""


@pytest.fixture
def handed(tmp_path):
    """Return a folder with files named like modules, each of which leaves a mark if it runs."""
    for name in SHADOWS:
        mark = tmp_path / f"ran-{name}"
        text = f"open({str(mark)!r}, 'w').close()\nraise SystemExit(99)\n"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    return tmp_path


def run(folder, *command, **variables):
    env = {k: v for k, v in os.environ.items() if k not in {"PYTHONSAFEPATH", "PYTHONPATH"}}
    return subprocess.run(
        command, cwd=folder, env={**env, **variables}, capture_output=True, text=True, check=False
    )


def marks(folder):
    return sorted(path.name for path in folder.glob("ran-*"))


def test_the_command_runs_none_of_it(handed):
    command = Path(sys.executable).with_name("camera-exposure")
    if not command.exists():
        pytest.skip("the toolkit is not installed as a command here")
    done = run(handed, str(command), "cities", "--json")
    assert (done.returncode, marks(handed)) == (0, [])


def test_with_a_safe_path_it_runs_none_of_it(handed):
    done = run(handed, sys.executable, "-P", "-m", "toolkit", "cities", "--json")
    assert (done.returncode, marks(handed)) == (0, [])


def test_a_plain_module_run_is_refused_before_the_libraries_are_loaded(tmp_path):
    mark = tmp_path / "ran"
    text = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("rich", "numpy", "pydantic", "argparse", "io"):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    done = run(tmp_path, sys.executable, "-m", "toolkit", "cities")
    assert done.returncode == 2
    assert "camera-exposure" in done.stderr
    assert not mark.exists()


@pytest.mark.parametrize("name", ["rich/__init__.py", "numpy.so", "a.pyc", "typing.py"])
def test_any_code_is_enough_for_a_refusal(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("", encoding="utf-8")
    name = name.replace(".so", next(s for s in all_suffixes() if s.endswith((".so", ".pyd"))))
    (tmp_path / name).write_text("", encoding="utf-8")
    assert holds_code(str(tmp_path))


def test_in_a_folder_of_data_the_module_runs_without_it(tmp_path):
    (tmp_path / "streets.gpkg").write_bytes(b"x")
    (tmp_path / "reports").mkdir()
    code = "import runpy, sys; sys.argv = ['toolkit', '--version']\n"
    code += "try: runpy.run_module('toolkit', run_name='__main__', alter_sys=True)\n"
    code += "except SystemExit: print(sys.path[0])"
    assert run(tmp_path, sys.executable, "-m", "toolkit", "--version").returncode == 0
    shown = run(tmp_path, sys.executable, "-c", code).stdout.splitlines()[-1]
    assert Path(shown).resolve() != tmp_path.resolve()
    assert shown


def test_in_its_own_folder_the_module_runs():
    done = run(ROOT, sys.executable, "-m", "toolkit", "--version")
    assert done.returncode == 0


def test_start_runs_none_of_it():
    text = (ROOT / "start.py").read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if '"toolkit"' in line]
    assert commands
    assert all('"-P", "-m", "toolkit"' in line for line in commands)


def test_what_it_starts_takes_no_code_from_there_either(handed):
    done = run(
        handed, sys.executable, "-P", "-c",
        "import toolkit.__main__ as main, subprocess, sys; main.main = lambda **_: 0; main.run();"
        "print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.flags.safe_path)'],"
        "capture_output=True, text=True).stdout)",
    )  # fmt: skip
    assert "True" in done.stdout
    assert marks(handed) == []
