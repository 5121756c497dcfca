"""The command line as a person meets it: data on stdout, sentences on stderr, exit codes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time

import pytest
import small_city

from toolkit import __version__
from toolkit.base import store
from toolkit.base.errors import InputDataError, UsageError
from toolkit.cli import assess

AS_OF = ("--as-of", "2026-11-23")


COMMANDS = (
    "cities", "assess", "report", "sensitivity", "evidence", "assumptions", "zones", "optics",
    "siting", "streets", "cameras", "batch", "app", "doctor", "export", "compare", "route",
    "place", "link", "vehicles",
)  # fmt: skip


def test_help_names_every_command(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert set(re.findall(r"^    ([a-z]+)\b", out, re.MULTILINE)) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_of_its_own(run, name):
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: camera-exposure {name} ")


def test_the_version_is_data(run):
    assert run("--version") == (0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "part"), [(["no-such-command"], "no-such-command"), ([], "COMMAND")]
)
def test_wrong_usage_ends_with_2(run, arguments, part):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert part in err


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputDataError("Two\nlines\x1b[2J."), 1, "Two\nlines[2J.\n"),
        (UsageError("Wrong."), 2, "Wrong.\n"),
        (KeyboardInterrupt(), 130, "Interrupted; nothing half-written is left.\n"),
        (OSError(28, "No space left", "a.json"), 1,
         "The system refuses 'a.json': No space left.\n"),
        (OSError("odd"), 1, "The system refuses: odd.\n"),
    ],
)  # fmt: skip
def test_each_end_has_its_code_and_a_sentence(run, monkeypatch, error, code, said):
    def fails(_):
        raise error

    monkeypatch.setattr(assess, "_cities", fails)
    assert run("cities") == (code, "", said)


@pytest.mark.usefixtures("no_open_city")
def test_home_can_be_named(run, tmp_path):
    small_city.install(tmp_path / "mine")
    asked = ("assess", small_city.PACK, "--count", "20:60", *AS_OF)
    code, _, _ = run("--home", str(tmp_path / "mine"), *asked)
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
        # Many times longer than the moment until it is interrupted, however busy the computer is.
        command("sensitivity", "helsinki-centre"), cwd=tmp_path, env=environment(home),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        # A shell lets programs in the background ignore interruptions.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    assert "Finding out" in process.stderr.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in err
    assert "Traceback" not in err
