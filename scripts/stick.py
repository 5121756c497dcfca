"""Write a stick: a folder from which the toolkit installs and starts without network.

    python start.py stick --platform win_amd64 --python 3.12 --out stick [--with-packs]

The folder holds the start file and `project/` with the tracked files of the project, and in
`project/wheels/` every package of requirements.txt for that system and Python, checked against
its hash. `start.py` finds them there and asks no network. With ``--with-packs`` the streets of this
computer's user are in `maps/`, a file for each city, to be chosen on the page My cities.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
NOTE_NAME = "stick.json"
MAPS = "maps"
# The older names of some manylinux tags, by the minor version of glibc.
_LEGACY_MANYLINUX = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
_OLDEST_GLIBC = 5
# From macOS 11 on a package's tag has the minor version 0; before that, the major was 10.
_FIRST_MACOS = 11
_LAST_MACOS_10 = 16
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis",
    "artefacts", "report", "stick", "stick.part", "build", "wheels", NOTE_NAME,
)  # fmt: skip

WINDOWS_START = """\
@echo off
rem Sets the toolkit up on this computer, without network, and opens it in the browser.
cd /d "%~dp0project"
set "RUN="
py -{python} -c "" >nul 2>nul && set "RUN=py -{python}"
if not defined RUN python -c "{test}" >nul 2>nul && set "RUN=python"
if not defined RUN (
  echo This needs Python {python}, 64 bit: install it on this computer, then open this file again.
  pause
  exit /b 1
)
if "%~1"=="" (%RUN% start.py app) else (%RUN% start.py %*)
if errorlevel 1 pause
"""
POSIX_START = """\
#!/bin/sh
# Sets the toolkit up on this computer, without network, and opens it in the browser.
cd "$(dirname "$0")/project" || exit 1
[ $# -gt 0 ] || set -- app
for python in python{python} python3; do
  if "$python" -c '{test}' 2>/dev/null; then
    exec "$python" start.py "$@"
  fi
done
echo "This needs Python {python}, 64 bit: install it on this computer, then start this again." >&2
exit 1
"""


class StickError(Exception):
    """Reason why no stick can be made, in one sentence."""


def platform_tags(platform: str) -> list[str]:
    """Return the tags of the packages that run on a system, newest first.

    A system that takes packages for glibc 2.28 takes those for 2.17 too, and a newer macOS those
    for older ones and for both processors at once.

    Raises
    ------
    StickError
        If the name is not one that a stick can be made for.
    """
    if platform == "win_amd64":
        return [platform]
    linux = re.fullmatch(r"manylinux_2_(\d+)_(x86_64|aarch64)", platform)
    if linux:
        newest, machine = int(linux[1]), linux[2]
        tags = []
        for minor in range(newest, _OLDEST_GLIBC - 1, -1):
            tags.append(f"manylinux_2_{minor}_{machine}")
            if minor in _LEGACY_MANYLINUX:
                tags.append(f"{_LEGACY_MANYLINUX[minor]}_{machine}")
        return tags
    macos = re.fullmatch(r"macosx_(\d+)_0_arm64", platform)
    if macos and int(macos[1]) >= _FIRST_MACOS:
        tags = [
            f"macosx_{major}_0_{kind}"
            for major in range(int(macos[1]), _FIRST_MACOS - 1, -1)
            for kind in ("arm64", "universal2")
        ]
        return tags + [f"macosx_10_{minor}_universal2" for minor in range(_LAST_MACOS_10, 3, -1)]
    msg = (
        f"A stick cannot be made for {platform!r}: name win_amd64, macosx_14_0_arm64, "
        "manylinux_2_28_x86_64 or manylinux_2_28_aarch64 (or another version of these)."
    )
    raise StickError(msg)


def marker_environment(platform: str, python: str) -> dict[str, str]:
    """Return the marker variables (PEP 508) of the stick's computer."""
    windows, macos = platform.startswith("win"), platform.startswith("macosx")
    machine = "AMD64" if windows else platform.rpartition("_2_")[2].partition("_")[2]
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "platform_python_implementation": "CPython",
        "os_name": "nt" if windows else "posix",
        "sys_platform": "win32" if windows else "darwin" if macos else "linux",
        "platform_system": "Windows" if windows else "Darwin" if macos else "Linux",
        "platform_machine": "arm64" if macos else machine,
        "platform_release": "",
        "platform_version": "",
    }


def pins_for(text: str, environment: dict[str, str]) -> str:
    """Return the pins of a requirements file that hold in an environment, without markers.

    pip compares markers with the computer it runs on, not with the one it downloads for.
    """
    kept = []
    for block in re.split(r"(?<!\\)\n", text):
        if not block.strip() or block.lstrip().startswith("#"):
            continue
        first, *hashes = block.replace("\\\n", "\n").split("\n")
        pin = Requirement(first.strip())
        if pin.marker is None or pin.marker.evaluate(environment):
            kept.append(" ".join([f"{pin.name}{pin.specifier}", *(h.strip() for h in hashes)]))
    return "\n".join(kept) + "\n"


def download(platform: str, python: str, out: Path) -> None:
    """Download every package for a system and Python into a folder, checked by hash.

    Raises
    ------
    StickError
        If one of them is not available.
    """
    pins = pins_for(
        (ROOT / "requirements.txt").read_text(encoding="utf-8"),
        marker_environment(platform, python),
    )
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder, "pins.txt")
        listed.write_text(pins, encoding="utf-8")
        tags = [word for tag in platform_tags(platform) for word in ("--platform", tag)]
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--disable-pip-version-check",
             "--only-binary", ":all:", "--require-hashes", "--no-deps", "--dest", str(out),
             "--implementation", "cp", "--python-version", python, *tags, "-r", str(listed)],
            stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False,
        )  # fmt: skip
    if done.returncode:
        msg = "The packages could not be downloaded (the lines above say why)."
        raise StickError(msg)
    missing = len(pins.splitlines()) - len(list(out.glob("*.whl")))
    if missing:
        msg = f"{missing} packages are missing in {out}."
        raise StickError(msg)


def copy_project(out: Path) -> None:
    """Copy the tracked files of the project; without git all but generated ones."""
    listed = b""
    if (ROOT / ".git").exists() and shutil.which("git"):
        listed = subprocess.run(
            ["git", "-c", "core.quotepath=off", "ls-files", "-z"],  # noqa: S607
            cwd=ROOT, capture_output=True, check=False,
        ).stdout  # fmt: skip
    names = [os.fsdecode(name) for name in listed.split(b"\0") if name]
    if not names:
        shutil.copytree(ROOT, out, ignore=_outside(out), dirs_exist_ok=True)
        return
    for name in names:
        source, target = ROOT / name, out / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _outside(out: Path) -> Callable[[str, list[str]], set[str]]:
    """Return a filter for `shutil.copytree` that also leaves out the folder being written."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        here = {name for name in names if Path(folder, name) in (out, *out.parents)}
        return _NOT_COPIED(folder, names) | here

    return ignore


def write_start_file(platform: str, python: str, out: Path) -> Path:
    """Write the file that a user opens; return its path."""
    major, minor = python.split(".")
    test = f"import sys; sys.exit(sys.version_info[:2] != ({major}, {minor}))"
    windows = platform.startswith("win")
    name = "start.bat" if windows else f"start.{'command' if 'macosx' in platform else 'sh'}"
    text = (WINDOWS_START if windows else POSIX_START).format(python=python, test=test)
    path = out / name
    path.write_text(text, encoding="ascii", newline="\r\n" if windows else "\n")
    path.chmod(0o755)
    return path


def copy_packs(out: Path) -> list[Path]:
    """Write each pack of the user's own as one file, and return the files.

    Raises
    ------
    StickError
        If there is none, or one is damaged.
    """
    from toolkit.base import store
    from toolkit.base.errors import ToolkitError
    from toolkit.streets import pack, pack_zip

    own = store.home_dir() / pack.FOLDER
    try:
        files = [
            pack_zip.export_pack(name, out / f"{name}.zip")
            for name in pack.pack_names()
            if pack.pack_folder(name).parent == own
        ]
    except ToolkitError as error:
        raise StickError(str(error)) from error
    if not files:
        msg = "no streets of your own are installed here: import some, or leave out --with-packs."
        raise StickError(msg)
    return files


def make_stick(platform: str, python: str, out: Path, *, with_packs: bool = False) -> Path:
    """Write a stick; an older one in the same place is replaced when the new one is whole.

    Returns
    -------
    start
        The path of the start file.

    Raises
    ------
    StickError
        If it cannot be made.
    """
    platform_tags(platform)
    if out.exists() and any(out.iterdir()) and not (out / "project" / NOTE_NAME).is_file():
        msg = f"{out} exists and is not a stick: name another folder."
        raise StickError(msg)
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    project = part / "project"
    project.mkdir(parents=True)
    if with_packs:
        copy_packs(part / MAPS)
    copy_project(project)
    download(platform, python, project / "wheels")
    environment = marker_environment(platform, python)
    system = f"{environment['platform_system']} {environment['platform_machine']}"
    note = {"platform": platform, "python": python, "system": system}
    (project / NOTE_NAME).write_text(json.dumps(note, indent=1) + "\n", encoding="utf-8")
    start = write_start_file(platform, python, part)
    if out.exists():
        shutil.rmtree(out)
    part.rename(out)
    return out / start.name


def main() -> int:
    """Read the arguments, write the stick and say what is in it."""
    parser = argparse.ArgumentParser(prog="start.py stick", description="Write a stick.")
    parser.add_argument("--platform", required=True, help="for example win_amd64")
    parser.add_argument("--python", required=True, choices=PYTHONS)
    parser.add_argument("--out", type=Path, default=Path("stick"))
    parser.add_argument("--with-packs", action="store_true", help="with the streets in use here")
    given = parser.parse_args()
    out = given.out.resolve()
    try:
        start = make_stick(given.platform, given.python, out, with_packs=given.with_packs)
    except (StickError, OSError) as error:
        print(f"No stick was made: {error}", file=sys.stderr)
        return 1
    wheels = list((out / "project" / "wheels").glob("*.whl"))
    size_mb = sum(wheel.stat().st_size for wheel in wheels) / 1e6
    print(f"{len(wheels)} packages, {size_mb:.0f} MB. Copy {out} to the stick; open {start.name}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
