"""start.py: which Python it takes, when it sets up again, what it tries, what it says."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
import yaml

import toolkit
from toolkit.base import store

ROOT = Path(__file__).resolve().parent.parent
MAKE_VENV = """
import pathlib, sys
venv = pathlib.Path(sys.argv[1])
python = venv / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
python.parent.mkdir(parents=True)
python.touch()
(venv / "pyvenv.cfg").write_text("home = " + str(pathlib.Path(sys.executable).parent))
"""
NOTE_INSTALL = """
import pathlib, sys
with open({log!r}, "a", encoding="utf-8") as stream:
    stream.write(" ".join(sys.argv[1:]) + "\\n")
"""


def load(folder: Path) -> ModuleType:
    """Load the start.py of a folder as a module of its own."""
    spec = importlib.util.spec_from_file_location("start_of_test", folder / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["start_of_test"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start(tmp_path):
    """Return the start.py of a small project in a folder with difficult letters."""
    folder = tmp_path / "a folder ကင်မရာ"
    folder.mkdir()
    shutil.copy(ROOT / "start.py", folder)
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (folder / name).write_text(name, encoding="utf-8")
    return load(folder)


class Fakes:
    """Ways to set up that install nothing and note what they were asked."""

    def __init__(self, start, log):
        self.start, self.log = start, log
        self.fail = [sys.executable, "-c", "raise SystemExit(3)"]
        self.make = [sys.executable, "-c", MAKE_VENV]
        self.note = [sys.executable, "-c", NOTE_INSTALL.format(log=str(log))]
        self.ways = [("first", self.make, self.note, True)]

    def __call__(self, venv):
        for name, create, install, last in self.ways:
            yield self.start.Way(name, [*create, str(venv)], install, last)

    def installed(self):
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


@pytest.fixture
def fakes(start, tmp_path, monkeypatch):
    made = Fakes(start, tmp_path / "log.txt")
    monkeypatch.setattr(start, "ways", made)
    return made


def stamp_of(start):
    return start.ROOT / ".venv" / ".stamp"


# --- which Python -----------------------------------------------------------------------------


def test_it_can_be_read_by_python_3_8():
    source = (ROOT / "start.py").read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 8))


def test_it_needs_only_the_standard_library():
    tree = ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert names
    assert names <= sys.stdlib_module_names


def test_the_versions_are_those_of_pyproject(start):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    first, last = start.PYTHONS[0], start.PYTHONS[-1]
    assert project["requires-python"] == f">={first[0]}.{first[1]},<{last[0]}.{last[1] + 1}"


def test_an_unsuitable_python_is_refused_in_one_sentence(start, fakes, monkeypatch, capfd):
    monkeypatch.setattr(start, "PYTHONS", ((2, 7),))
    assert start.main(["app"]) == 1
    said = capfd.readouterr()
    assert said.out == ""
    assert re.fullmatch(r"This needs Python 3\.11[^\n]* and this is CPython 3[^\n]*\.\n", said.err)
    assert not (start.ROOT / ".venv").exists()
    assert fakes.installed() == []


def test_another_implementation_is_refused(start, monkeypatch):
    monkeypatch.setattr(start.platform, "python_implementation", lambda: "PyPy")
    with pytest.raises(start.StartError, match="and this is PyPy"):
        start.check_python()


@pytest.mark.parametrize(
    ("system", "machine"), [("Darwin", "x86_64"), ("FreeBSD", "amd64"), ("Linux", "riscv64")]
)
def test_a_system_without_packages_is_refused(start, monkeypatch, system, machine):
    monkeypatch.setattr(start.platform, "system", lambda: system)
    monkeypatch.setattr(start.platform, "machine", lambda: machine)
    with pytest.raises(start.StartError, match=f"this is {system} on {machine}"):
        start.check_python()


def test_a_stick_for_another_python_is_refused(start):
    note = {"python": "3.10", "system": "Linux x86_64", "platform": "manylinux_2_28_x86_64"}
    start.STICK_NOTE.write_text(json.dumps(note), encoding="utf-8")
    with pytest.raises(start.StartError, match=r"This stick is for Python 3\.10 on Linux x86_64"):
        start.check_python()


# --- when it sets up again --------------------------------------------------------------------


def test_the_second_call_installs_nothing(start, fakes, capfd):
    python = start.set_up(dev=False)
    assert python == start.python_of(start.ROOT / ".venv")
    first = fakes.installed()
    assert [line.split()[-1] for line in first] == ["requirements.txt", "."]
    assert "--require-hashes" in first[0]
    assert "Setting up in" in capfd.readouterr().err
    assert start.set_up(dev=False) == python
    assert fakes.installed() == first
    assert capfd.readouterr().err == ""


def test_an_interrupted_set_up_is_done_again(start, fakes):
    start.set_up(dev=False)
    stamp_of(start).unlink()
    leftover = start.ROOT / ".venv" / "half"
    leftover.touch()
    start.set_up(dev=False)
    assert not leftover.exists()
    assert len(fakes.installed()) == 4


@pytest.mark.parametrize("stamp", ["", "[]", "{}", '{"python": 3}', "\0"])
def test_a_broken_stamp_is_no_stamp(start, fakes, stamp):
    start.set_up(dev=False)
    stamp_of(start).write_text(stamp, encoding="utf-8")
    start.set_up(dev=False)
    assert len(fakes.installed()) == 4


def test_changed_requirements_rebuild(start, fakes):
    start.set_up(dev=False)
    leftover = start.ROOT / ".venv" / "old-package"
    leftover.touch()
    start.REQUIREMENTS.write_text("other", encoding="utf-8")
    start.set_up(dev=False)
    assert not leftover.exists()
    assert len(fakes.installed()) == 4


def test_packages_for_tests_are_added_and_then_kept(start, fakes):
    start.set_up(dev=False)
    kept = start.ROOT / ".venv" / "kept"
    kept.touch()
    start.set_up(dev=True)
    assert kept.exists()
    assert fakes.installed()[2].endswith("-r requirements-dev.txt")
    start.set_up(dev=False)
    start.set_up(dev=True)
    assert len(fakes.installed()) == 4


def test_a_changed_project_file_links_again_without_rebuilding(start, fakes):
    start.set_up(dev=True)
    kept = start.ROOT / ".venv" / "kept"
    kept.touch()
    (start.ROOT / "pyproject.toml").write_text("other", encoding="utf-8")
    start.set_up(dev=False)
    assert kept.exists()
    assert fakes.installed()[2].endswith("-r requirements-dev.txt")
    assert json.loads(stamp_of(start).read_text(encoding="utf-8"))["dev"] is not None


def test_an_environment_of_another_computer_is_rebuilt(start, fakes):
    start.set_up(dev=False)
    config = start.ROOT / ".venv" / "pyvenv.cfg"
    config.write_text("home = /nowhere/bin\n", encoding="utf-8")
    start.set_up(dev=False)
    assert len(fakes.installed()) == 4


def test_a_file_in_the_place_of_the_environment_is_replaced(start, fakes):
    (start.ROOT / ".venv").write_text("?", encoding="utf-8")
    start.set_up(dev=False)
    assert stamp_of(start).is_file()
    assert len(fakes.installed()) == 2


# --- what it tries ----------------------------------------------------------------------------


def test_if_one_way_fails_the_next_is_tried(start, fakes):
    fakes.ways = [
        ("cannot create", fakes.fail, fakes.note, True),
        ("cannot install", fakes.make, fakes.fail, False),
        ("works", fakes.make, fakes.note, True),
    ]
    start.set_up(dev=False)
    assert stamp_of(start).is_file()
    assert len(fakes.installed()) == 2


@pytest.mark.usefixtures("fakes")
def test_one_answer_compiles_the_loops_and_the_set_up_holds_without_it(start, monkeypatch):
    ran, run_step = [], start.run_step

    def noted(command, **options):
        ran.append(command)
        run_step(command, **options)

    monkeypatch.setattr(start, "run_step", noted)
    start.set_up(dev=False)  # no toolkit is in this environment, so it fails
    assert ran[-1][1:4] == ["-P", "-m", "toolkit"]
    assert ran[-1][-2:] == ["assess", "helsinki-centre"]
    assert not Path(ran[-1][-3]).exists()
    assert stamp_of(start).is_file()


def test_a_program_that_cannot_be_started_is_only_a_failed_way(start, fakes):
    fakes.ways.insert(0, ("gone", [str(start.ROOT / "no-such-program")], fakes.note, True))
    start.set_up(dev=False)
    assert stamp_of(start).is_file()


def test_if_nothing_can_be_created_it_names_the_package(start, fakes, capfd):
    fakes.ways = [("venv", fakes.fail, fakes.note, True)]
    assert start.main(["setup"]) == 1
    last = capfd.readouterr().err.splitlines()[-1]
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert f"apt install python{here}-venv" in last
    assert not stamp_of(start).exists()


def test_if_nothing_can_be_installed_it_says_so_and_leaves_no_stamp(start, fakes, capfd):
    fakes.ways = [("venv", fakes.make, fakes.fail, True), ("other", fakes.make, fakes.note, True)]
    assert start.main(["setup"]) == 1
    assert "could not be installed" in capfd.readouterr().err.splitlines()[-1]
    assert not stamp_of(start).exists()
    assert fakes.installed() == []


def test_the_order_is_uv_then_venv_then_any_pip(start, monkeypatch):
    monkeypatch.setattr(start.shutil, "which", lambda name: "/bin/uv" if name == "uv" else None)
    monkeypatch.setattr(start, "find_pip", lambda: ["/bin/pip"])
    ways = list(start.ways(start.ROOT / ".venv"))
    assert [way.create[:2] for way in ways] == [
        ["/bin/uv", "venv"],
        [start.interpreter(), "-m"],
        [start.interpreter(), "-m"],
    ]
    assert "--compile-bytecode" in ways[0].install  # as pip does: or every start compiles
    assert "--without-pip" in ways[2].create
    assert ways[2].install[:2] == ["/bin/pip", "--python"]


@pytest.mark.parametrize(("version", "taken"), [("22.2.9", False), ("22.3", True), ("100.1", True)])
def test_a_pip_must_be_able_to_fill_another_environment(start, monkeypatch, version, taken):
    answer = subprocess.CompletedProcess([], 0, stdout=f"pip {version} from x".encode())
    monkeypatch.setattr(start.subprocess, "run", lambda *_args, **_kwargs: answer)
    assert (start.find_pip() is not None) is taken


def test_a_stick_uses_its_own_packages_and_no_settings_of_the_computer(start, monkeypatch):
    (start.WHEELS).mkdir()
    (start.WHEELS / "pip-26.3-py3-none-any.whl").touch()
    monkeypatch.setenv("PIP_FIND_LINKS", "/elsewhere")
    monkeypatch.setenv("UV_INDEX_URL", "elsewhere")
    (way,) = start.ways(start.ROOT / ".venv")
    assert way.install[-3:] == ["--no-index", "--find-links", str(start.WHEELS)]
    variables = start.setup_environment()
    assert "PIP_FIND_LINKS" not in variables
    assert "UV_INDEX_URL" not in variables
    with pytest.raises(start.StartError, match="no packages for tests"):
        start.set_up(dev=True)


def test_where_the_folder_cannot_hold_it_the_users_data_folder_does(start, fakes, monkeypatch):
    own = start.data_folder() / "venv"
    can_hold = start.can_hold
    monkeypatch.setattr(start, "can_hold", lambda folder: folder == own and can_hold(folder))
    assert start.set_up(dev=False) == start.python_of(own)
    assert not (start.ROOT / ".venv").exists()
    assert start.set_up(dev=False) == start.python_of(own)
    assert len(fakes.installed()) == 2


def test_where_nothing_can_hold_it_the_folders_are_named(start, fakes, monkeypatch, capfd):
    monkeypatch.setattr(start, "can_hold", lambda _folder: False)
    assert start.main(["setup"]) == 1
    assert str(start.ROOT / ".venv") in capfd.readouterr().err
    assert fakes.installed() == []


def test_a_folder_below_a_file_holds_nothing(start):
    assert start.can_hold(start.ROOT / ".venv")
    assert not start.can_hold(start.REQUIREMENTS / "x" / ".venv")


def test_the_data_folder_is_that_of_the_toolkit(start, home, monkeypatch):
    assert start.data_folder() == store.home_dir() == home
    monkeypatch.delenv(store.HOME_VARIABLE)
    assert start.data_folder() == store.home_dir()


# --- what it says and runs --------------------------------------------------------------------


def test_an_unknown_command_shows_the_commands(start, fakes, capfd):
    assert start.main(["fly"]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert "start.py app" in said.err
    assert start.main([]) == 0
    assert fakes.installed() == []


def test_no_error_shows_a_traceback(start, monkeypatch, capfd):
    def stop(**_options):
        raise PermissionError(13, "Permission denied", "x")

    monkeypatch.setattr(start, "set_up", stop)
    assert start.main(["app"]) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_several_programs_all_run_and_the_first_failure_counts(start, tmp_path):
    def program(code):
        return [sys.executable, "-c", f"open({str(tmp_path / str(code))!r}, 'w'); exit({code})"]

    assert start.run_all([program(0), program(5), program(7)], "test", None) == 5
    assert (tmp_path / "7").exists()


def test_the_app_asks_nothing_and_tells_nobody(start, monkeypatch):
    monkeypatch.setenv("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "true")
    variables = start.run_environment("app")
    assert variables["STREAMLIT_BROWSER_GATHER_USAGE_STATS"] == "false"
    assert variables["STREAMLIT_SERVER_SHOW_EMAIL_PROMPT"] == "false"


def test_make_the_hooks_and_the_hosted_runs_call_commands_that_exist(start):
    made = re.search(
        r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert made is not None
    targets = {*made[1].split()} - {"setup", "clean"}
    assert targets == start.COMMANDS.keys() - {"cli"}
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repo["repo"] for repo in hooks["repos"]] == ["local"]
    entries = [hook["entry"].split() for repo in hooks["repos"] for hook in repo["hooks"]]
    assert entries
    assert all(make == "make" and target in targets for make, target in entries)
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    run = [step["run"].split()[:3] for step in steps if "run" in step]
    assert {tuple(words[:2]) for words in run} == {("python", "start.py")}
    assert {words[2] for words in run} == {"report", "test", "test-oldest"}
    pythons = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert pythons == [".".join(map(str, start.PYTHONS[k])) for k in (0, -1)]


# --- the requirements -------------------------------------------------------------------------


def pins(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9._-]+)==(\S+)([^\n]*(?:\n +--hash=[^\n]+)+)", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_names_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and line[0] not in " #"]
    assert len(lines) == len(pins(name)) > 40
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)


def test_the_requirements_for_tests_contain_those_for_users():
    user = {(name, version) for name, version, _ in pins("requirements.txt")}
    dev = {(name, version) for name, version, _ in pins("requirements-dev.txt")}
    assert user < dev


def test_every_direct_dependency_is_pinned_and_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = project["dependency-groups"]
    explained = (ROOT / "docs" / "develop" / "dependencies.md").read_text(encoding="utf-8")
    for file, wanted in (
        ("requirements.txt", project["project"]["dependencies"] + groups["setup"]),
        ("requirements-dev.txt", groups["dev"]),
    ):
        pinned = {name for name, _, _ in pins(file)}
        for requirement in wanted:
            name = re.split(r"[<>=]", requirement)[0]
            assert name in pinned
            assert f"\n- {name}: " in explained


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert toolkit.__version__ == project["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {project['version']}\n" in citation


def test_an_environment_is_never_rebuilt_by_the_python_inside_it(tmp_path: Path) -> None:
    """Run from a virtual environment, it names the Python that this one was made with."""
    inside = tmp_path / "inside"
    base = Path(getattr(sys, "_base_executable", sys.executable))
    subprocess.run([str(base), "-m", "venv", "--without-pip", str(inside)], check=True, timeout=120)
    python = inside / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = subprocess.run(
        [str(python), "-c", "import start; print(start.interpreter())"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert not Path(done.stdout.strip()).is_relative_to(inside)
