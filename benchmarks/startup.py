"""Measure what the commands cost before they answer: processor time of new processes.

    python benchmarks/startup.py [--runs 5] [--vs CHECKOUT]

The median over some runs, user and system, once Python's own files and the compiled loops are
kept. With --vs another checkout is measured in turn, by the interpreter of its .venv where it has
one. Nothing is written into a checkout. Linux and macOS only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

COMMANDS: Final = {
    "import": ["-c", "from toolkit import assess"],
    "help": ["-m", "toolkit", "--help"],
    "cities": ["-m", "toolkit", "cities"],
    "assess, no streets": ["-m", "toolkit", "assess", "yangon", "--json"],
    "assess, streets": ["-m", "toolkit", "assess", "helsinki-centre", "--json"],
}


def cpu_s(command: list[str], checkout: Path, kept: Path) -> float:
    """Return the processor time of one command in a new process, with its caches in `kept`."""
    python = checkout / ".venv" / "bin" / "python"
    environment = {
        **os.environ,
        "CAMERA_TOOLKIT_HOME": str(kept / "home"),
        "NUMBA_CACHE_DIR": str(kept / "loops"),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(kept / "python"),
    }
    process = subprocess.Popen(
        [str(python) if python.exists() else sys.executable, *command],
        cwd=checkout, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        msg = f"{' '.join(command)} in {checkout} ended with {process.returncode}"
        raise SystemExit(msg)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure each command, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--vs", metavar="CHECKOUT", type=Path, help="another checkout to compare")
    options = parser.parse_args()
    checkouts = [Path(__file__).resolve().parents[1]]
    if options.vs:
        checkouts.append(options.vs.resolve())
    print("processor s".ljust(20), "here", "  there  ratio" if options.vs else "", sep="   ")
    with tempfile.TemporaryDirectory() as folder:
        for name, command in COMMANDS.items():
            found: list[list[float]] = [[] for _ in checkouts]
            # The first run fills the caches, and is not counted.
            for _ in range(options.runs + 1):
                for i, checkout in enumerate(checkouts):
                    found[i].append(cpu_s(command, checkout, Path(folder) / str(i)))
            medians = [statistics.median(seconds[1:]) for seconds in found]
            ratio = [f"{medians[0] / medians[1]:.2f}"] if options.vs else []
            print(name.ljust(20), *(f"{s:.2f}" for s in medians), *ratio, sep="   ", flush=True)


if __name__ == "__main__":
    main()
