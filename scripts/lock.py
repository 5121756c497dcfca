"""Compile the pinned requirements from pyproject.toml and check them for every platform.

Needs `uv`. Prints what moved; fails, and leaves the old files, if any of the systems in
`PLATFORMS` would be left without a ready-made package.

    make lock                 keep the pins that still fit
    make lock UPGRADE=1       take the newest versions
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (
    "x86_64-manylinux_2_28",
    "aarch64-manylinux_2_28",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
)
# The oldest macOS for which every package comes ready-made (pyproj sets it).
MACOS_VERSION = "14.0"
HEADER = """\
# Pinned with hashes from pyproject.toml, for Linux, macOS and Windows and Python {first} to {last}.
# Do not edit: change pyproject.toml and run `make lock`.
"""
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)


def uv_program() -> str:
    """Return the path of `uv`.

    Raises
    ------
    SystemExit
        If there is none.
    """
    sibling = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
    found = str(sibling) if sibling.exists() else shutil.which("uv")
    if found is None:
        sys.exit("Compiling the requirements needs uv: install it with `pip install uv`.")
    return found


def compile_pins(uv: str, out: Path, *, upgrade: bool, more: list[str]) -> None:
    """Write the pinned requirements for all systems at once to `out`."""
    subprocess.run(
        [uv, "pip", "compile", "pyproject.toml", "--output-file", str(out), "--quiet",
         "--universal", "--python-version", PYTHONS[0], "--fork-strategy", "fewest",
         "--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate",
         "--no-emit-index-url", "--group", "setup", *more,
         *(["--upgrade"] if upgrade else [])],
        cwd=ROOT, check=True,
    )  # fmt: skip


def check_wheels(uv: str, pins: Path) -> list[str]:
    """Return one line for each system and Python on which a pin has no ready-made package."""
    problems = []
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": MACOS_VERSION}
    for platform in PLATFORMS:
        for python in PYTHONS:
            with tempfile.TemporaryDirectory() as empty:
                done = subprocess.run(
                    [uv, "pip", "install", "--dry-run", "--no-deps", "--require-hashes",
                     "--only-binary", ":all:", "--target", empty, "--python-platform", platform,
                     "--python-version", python, "--requirement", str(pins)],
                    env=environment, capture_output=True, text=True, check=False,
                )  # fmt: skip
            if done.returncode:
                problems.append(f"{pins.name}, {platform}, Python {python}:\n{done.stderr.strip()}")
    return problems


def moved(old: str, new: str) -> list[str]:
    """Return the pins that differ between two requirement files, one line each."""
    before, after = dict(_PIN.findall(old)), dict(_PIN.findall(new))
    return [
        f"  {name}: {before.get(name, 'new')} -> {after.get(name, 'gone')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def main() -> int:
    """Compile both files in a temporary folder, check them, and replace the old ones."""
    parser = argparse.ArgumentParser(description="Compile and check the pinned requirements.")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    upgrade = parser.parse_args().upgrade
    uv = uv_program()
    user, dev = ROOT / "requirements.txt", ROOT / "requirements-dev.txt"
    with tempfile.TemporaryDirectory() as folder:
        new_user, new_dev = Path(folder, user.name), Path(folder, dev.name)
        for old, new in ((user, new_user), (dev, new_dev)):
            if old.exists():
                shutil.copy(old, new)
        print("Compiling the requirements ...", flush=True)
        compile_pins(uv, new_user, upgrade=upgrade, more=[])
        compile_pins(
            uv, new_dev, upgrade=upgrade, more=["--group", "dev", "--constraint", str(new_user)]
        )
        print("Checking that every system has ready-made packages ...", flush=True)
        problems = check_wheels(uv, new_user) + check_wheels(uv, new_dev)
        if problems:
            print("\n".join(problems), file=sys.stderr)
            return 1
        header = HEADER.format(first=PYTHONS[0], last=PYTHONS[-1])
        for old, new in ((user, new_user), (dev, new_dev)):
            before = old.read_text(encoding="utf-8") if old.exists() else ""
            after = header + new.read_text(encoding="utf-8")
            print(old.name, *(moved(before, after) or ["  unchanged"]), sep="\n")
            old.write_text(after, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
