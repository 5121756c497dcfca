"""Measure the engine, and write figures beside their bounds to docs/generated/performance.md.

    python -m benchmarks.engine [--strict] [--only NAME ...]

Each measurement runs in a process of its own, so that peaks of memory are its own. With --strict
the exit code is 1 where a bound is missed. --only prints without writing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.engine import (
    command_measures,
    instead,
    measures,
    pack_measures,
    sight_measures,
    trip_measures,
)
from benchmarks.engine.report import BOUNDS, missed, table, write
from benchmarks.engine.timing import Figures

MEASURES: Final[dict[str, Callable[[], Figures]]] = {
    work.__name__: work
    for work in (
        sight_measures.lines_of_sight, sight_measures.near_band, sight_measures.far_band,
        measures.closed_form, measures.monte_carlo, measures.helsinki, trip_measures.trips_helsinki,
        trip_measures.trips_larger, command_measures.new_process, command_measures.sensitivity,
        command_measures.export, measures.fingerprint, pack_measures.sample_answer,
        pack_measures.large_pack, measures.sizes, measures.four_threads,
        instead.instead_trips, instead.instead_map,
    )
}  # fmt: skip


def run(name: str) -> Figures:
    """Measure one thing in a new process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.engine", "--measure", name],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    return {key: float(value) for key, value in json.loads(done.stdout.splitlines()[-1]).items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--only", nargs="+", choices=sorted(MEASURES), default=[])
    parser.add_argument("--measure", choices=sorted(MEASURES), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(MEASURES[options.measure]()))
        return 0
    found: dict[str, Figures] = {}
    for name in options.only or MEASURES:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found[name] = run(name)
        print(json.dumps({name: found[name]}), file=sys.stderr, flush=True)
    bounds = [bound for bound in BOUNDS if bound.measure in found]
    print(table(bounds, found))
    if not options.only:
        write(found)
    return int(options.strict and bool(missed(bounds, found)))


if __name__ == "__main__":
    sys.exit(main())
