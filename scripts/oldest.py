"""Run the quick tests with the oldest dependencies that pyproject.toml allows.

    make test-oldest [ARGS=tests/base]

The environment `.venv-oldest` is made anew each time: its packages are the lower bounds, and
whatever version of the others these ask for. A bound that fails here must be raised.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-oldest"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
UV = [sys.executable, "-m", "uv"]
INSTALL = [*UV, "pip", "install", "--python", str(PYTHON)]


def steps(tests: list[str]) -> list[list[str]]:
    """Return the programs that make the environment and run tests in it."""
    return [
        [*UV, "venv", "--clear", "--python", sys.executable, str(VENV)],
        [*INSTALL, "--resolution", "lowest-direct", "--only-binary", ":all:",
         "--requirement", "pyproject.toml", "--group", "setup", "--group", "dev"],
        [*INSTALL, "--no-deps", "--no-build-isolation", "--editable", "."],
        [str(PYTHON), "-m", "pytest", "-n", "2", *tests],
    ]  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run the steps until one fails; return its exit code."""
    for step in steps(arguments):
        code = subprocess.call(step, cwd=ROOT)
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
