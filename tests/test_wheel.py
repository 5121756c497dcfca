"""The wheel: complete, independent of the checkout, and with the same answers, without network."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

import toolkit

ROOT = Path(__file__).resolve().parent.parent
AS_OF = "2026-11-23"
CITIES = ("helsinki-centre", "yangon")
# Whatever touches a socket ends the process.
NO_NETWORK = """
import sys

def refuse(event, arguments):
    if event.startswith("socket."):
        raise SystemExit(f"{event} {arguments}")

sys.addaudithook(refuse)
"""
ASSESS = f"""
from toolkit.assessment import question
from toolkit.cli import main

question.N_DRAWS, question.N_DRAWS_CITY_LEVEL = 20, 100
for city in {CITIES}:
    assert main(["--quiet", "assess", city, "--json", "--as-of", "{AS_OF}"]) == 0
"""


def run(command, folder, **variables):
    """Run a program in a folder outside the checkout; return what it says on stdout."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(
        [*map(str, command)], cwd=folder, env=kept | variables,
        capture_output=True, check=False, timeout=1200,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Copy what a distribution is made of, so that building leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, folder)
    for name in ("toolkit", "geodata"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def wheel(source, tmp_path_factory):
    """Build the source distribution, and the wheel from it alone."""
    out = tmp_path_factory.mktemp("dist")
    build = f"from setuptools import build_meta; build_meta.build_sdist({str(out)!r})"
    run([sys.executable, "-c", build], source)
    (archive,) = out.glob("*.tar.gz")
    run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation",
         "--no-index", "--wheel-dir", out, archive],
        out,
    )  # fmt: skip
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Unpack the wheel next to the packages of the tests, in a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--no-compile", "--target", folder, wheel],
        folder,
    )  # fmt: skip
    return folder


def outside(installed, code, **variables):
    """Run code with the wheel's package, in a folder that is not the checkout."""
    command = [sys.executable, "-P", "-c", NO_NETWORK + code]
    return run(command, installed.parent, PYTHONPATH=str(installed), **variables)


def lend_compiled_loops(installed):
    """Give the wheel's package the loops that the checkout's has compiled: it takes a while."""
    package = Path(toolkit.__file__).parent
    for compiled in [*package.rglob("*.nbi"), *package.rglob("*.nbc")]:
        target = installed / "toolkit" / compiled.relative_to(package)
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(compiled, target)


def files_of(folder):
    """Return the names of all files of a folder."""
    return {str(p.relative_to(folder).as_posix()) for p in folder.rglob("*") if p.is_file()}


def test_everything_of_the_package_and_of_the_data_is_in_it(source, wheel):
    names = set(ZipFile(wheel).namelist())
    (info,) = {name.split("/")[0] for name in names} - {"toolkit"}
    licences = {n.partition("/licenses/")[2] for n in names if n.startswith(f"{info}/licenses/")}
    assert licences == {
        "LICENSE",
        "geodata/LICENSE.md",
        *(n for n in files_of(source) if n.endswith(("/LICENSE", "/OFL.txt"))),
    }
    data = {f"geodata/{name}" for name in files_of(source / "geodata")}
    assert {n.removeprefix("toolkit/") for n in names if n.startswith("toolkit/geodata/")} == data
    code = {f"toolkit/{name}" for name in files_of(source / "toolkit")}
    left_out = {n for n in code if n.endswith((".po", ".pot", ".md"))} | (code & licences)
    assert {n for n in names if n.startswith("toolkit/")} == (code - left_out) | {
        f"toolkit/{name}" for name in data
    }
    # Nor has building it left anything in the checkout.
    assert not [*ROOT.glob("*.egg-info"), *ROOT.glob("build/bdist*"), *ROOT.glob("dist")]


def test_the_package_comes_from_the_wheel_and_nothing_from_the_checkout(installed):
    code = "import toolkit; from importlib.util import find_spec as find\nprint(toolkit.__file__)\n"
    code += "print(find('geodata'), find('benchmarks'), find('scripts'), find('tests'))"
    package = installed / "toolkit" / "__init__.py"
    assert outside(installed, code).decode().splitlines() == [
        str(package), "None None None None",
    ]  # fmt: skip


def test_the_installed_command_is_the_module(installed):
    (command,) = (installed / "bin").iterdir()
    assert command.stem == "camera-exposure"
    variables = {"PYTHONPATH": str(installed), "COLUMNS": "100"}
    asked = run([command, "--help"], installed.parent, **variables).decode()
    module = [sys.executable, "-P", "-m", "toolkit", "--help"]
    by_module = run(module, installed.parent, **variables).decode()
    assert asked.startswith("usage: camera-exposure [-h]")
    assert asked.split("\n\n", 1)[1] == by_module.split("\n\n", 1)[1]


def test_these_tests_would_see_a_connection(installed):
    with pytest.raises(AssertionError, match=r"socket\.__new__"):
        outside(installed, "import socket; socket.socket().connect(('127.0.0.1', 9))")


def test_it_assesses_without_network_as_the_checkout_does(installed, tmp_path):
    here = run([sys.executable, "-c", ASSESS], ROOT)
    lend_compiled_loops(installed)
    assert outside(installed, ASSESS, CAMERA_TOOLKIT_HOME=str(tmp_path / "home")) == here
    assert here.count(b'"schema"') == len(CITIES)


def test_the_app_starts_from_it(installed, home):
    """Its script, fonts and settings are in the package; `app.py` is for the checkout."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "toolkit", "--quiet", "app", "--port", str(port)],
        cwd=home, env=os.environ | {"PYTHONPATH": str(installed)},
        stderr=subprocess.PIPE, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = ""
        while f"http://127.0.0.1:{port}" not in said:
            said += process.stderr.readline() or pytest.fail(said)
        font = next((installed / "toolkit").rglob("*.woff2"))
        for path, expected in (
            ("/", b"<title>"), (f"/toolkit-fonts/{font.name}", font.read_bytes()),
        ):  # fmt: skip
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            connection.request("GET", path)
            assert expected in connection.getresponse().read()
            connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.slow
def test_it_installs_with_the_pinned_packages_alone(wheel, tmp_path):
    """A new environment gets requirements.txt and the wheel, as a user's does."""
    folder = tmp_path / "a folder ကင်မရာ"
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [programs / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    pins = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r"]
    run([*pip, "install", *pins, ROOT / "requirements.txt"], tmp_path)
    run([*pip, "install", "--no-deps", "--no-index", wheel], tmp_path)
    run([*pip, "check"], tmp_path)
    for city in CITIES:
        asked = ["--quiet", "assess", city, "--json", "--as-of", AS_OF]
        here = run([sys.executable, "-m", "toolkit", *asked], ROOT)
        assert run([programs / "camera-exposure", *asked], tmp_path) == here
