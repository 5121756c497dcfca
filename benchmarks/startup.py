"""Measure what the commands cost before they answer: processor time of new processes.

    python benchmarks/startup.py [--runs 5] [--vs CHECKOUT]
    python benchmarks/startup.py --parts [--out docs/generated/startup.md]

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


PARTS: Final = """
import sys, time
begin = time.process_time()
def part(name):
    global begin
    now = time.process_time()
    print(f"{name}\\t{now - begin}")
    begin = time.process_time()
import os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy, pydantic
part("import numpy, pydantic")
import scipy.special
part("import scipy.special")
import pandas, geopandas, shapely, pyproj
part("import pandas, geopandas, shapely, pyproj")
import numba
part("import numba")
import datetime
from toolkit.assessment import assess as module, on_streets
from toolkit.assessment.question import Question
part("import the toolkit")
question = Question("helsinki-centre", datetime.date(2026, 11, 23))
loaded = question.load()
part("read the pack and the evidence")
on_streets.scene_of(loaded)
part("sites, points and lines of sight, from the cache")
module.assess(question)
first = time.process_time() - begin
begin = time.process_time()
answer = module.assess(question)
second = time.process_time() - begin
print(f"load compiled loops and what is imported late\\t{first - second}")
print(f"the figures themselves\\t{second}")
begin = time.process_time()
answer.to_json()
part("write the JSON")
"""
"""An assessment step by step, in a process of its own."""


def parts(runs: int) -> dict[str, float]:
    """Return the median processor time of each step of a later `assess helsinki-centre`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "CAMERA_TOOLKIT_HOME": str(Path(folder) / "home"),
            "NUMBA_CACHE_DIR": str(Path(folder) / "loops"),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPYCACHEPREFIX": str(Path(folder) / "python"),
        }
        found: dict[str, list[float]] = {}
        for run in range(runs + 1):
            printed = subprocess.run(
                [sys.executable, "-c", PARTS],
                env=environment, cwd=Path(__file__).resolve().parents[1], check=True,
                capture_output=True, text=True,
            ).stdout  # fmt: skip
            for line in printed.splitlines() if run else ():
                name, seconds = line.split("\t")
                found.setdefault(name, []).append(float(seconds))
    return {name: statistics.median(seconds) for name, seconds in found.items()}


DOCUMENT: Final = """# What a short run costs

Written by `python benchmarks/startup.py --parts --out FILE`; do not edit. Processor time of a later
`assess helsinki-centre` in a new process, with all caches filled, on a machine with two cores.

| step | s |
|---|--:|
{rows}
| together | {total:.2f} |

Tried to shorten it: importing late what an answer may not need (scipy.stats, numba without streets,
osmnx, streamlit) and one thread for OpenBLAS, which are in; collecting garbage less often, which
saved 3 % and is not.
"""


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
    parser.add_argument("--parts", action="store_true", help="take one assessment apart")
    parser.add_argument("--out", metavar="FILE", type=Path, help="with --parts: a document")
    options = parser.parse_args()
    if options.parts:
        found = parts(options.runs)
        rows = "\n".join(f"| {name} | {seconds:.2f} |" for name, seconds in found.items())
        text = DOCUMENT.format(rows=rows, total=sum(found.values()))
        if options.out:
            options.out.write_text(text, encoding="utf-8")
        print(text)
        return
    checkouts = [Path(__file__).resolve().parents[1]]
    if options.vs:
        checkouts.append(options.vs.resolve())
    print("processor s".ljust(20), "here", "  there  ratio" if options.vs else "", sep="   ")
    with tempfile.TemporaryDirectory() as folder:
        for name, command in COMMANDS.items():
            runs: list[list[float]] = [[] for _ in checkouts]
            # The first run fills the caches, and is not counted.
            for _ in range(options.runs + 1):
                for i, checkout in enumerate(checkouts):
                    runs[i].append(cpu_s(command, checkout, Path(folder) / str(i)))
            medians = [statistics.median(seconds[1:]) for seconds in runs]
            ratio = [f"{medians[0] / medians[1]:.2f}"] if options.vs else []
            print(name.ljust(20), *(f"{s:.2f}" for s in medians), *ratio, sep="   ", flush=True)


if __name__ == "__main__":
    main()
