"""A folder with code in it next to the data: none of it runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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
        "import toolkit.__main__, subprocess, sys;"
        "print(subprocess.run([sys.executable, '-c', 'import sys; print(sys.flags.safe_path)'],"
        "capture_output=True, text=True).stdout)",
    )  # fmt: skip
    assert "True" in done.stdout
    assert marks(handed) == []
