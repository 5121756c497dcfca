"""Measure what compiling each kernel costs at the first assessment on a new machine.

    python -m benchmarks.compile_times [--out FILE]

`assess helsinki-centre` runs with an empty home and an empty cache of numba. Seconds are processor
time of the thread that compiles, with the helper functions that a kernel is the first to call.
--out writes the table in Markdown.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CITY = "helsinki-centre"
NOTHING = "numba itself, with an empty function"
HEAD = """# What each kernel costs to compile

Written by `python -m benchmarks.compile_times --out FILE`; do not edit. Seconds of one processor,
on a machine with two cores, with an empty cache.

"""


def measure() -> tuple[dict[str, float], float]:
    """Return seconds by kernel, and processor time of the whole assessment in this process."""
    from numba import njit
    from numba.core import event

    seconds: defaultdict[str, float] = defaultdict(float)
    begun = threading.local()

    class Compiling(event.Listener):
        """Add up the time of kernels, which compile what they call before they end."""

        def on_start(self, _: event.Event) -> None:
            begun.at = [*getattr(begun, "at", []), time.thread_time()]

        def on_end(self, event: event.Event) -> None:
            *begun.at, at = begun.at
            if not begun.at:
                function = event.data["dispatcher"].py_func
                name = f"{function.__module__}.{function.__name__}"
                own = function.__module__ != __name__
                seconds[name if own else NOTHING] += time.thread_time() - at

    event.register("numba:compile", Compiling())  # type: ignore[no-untyped-call]
    empty: Any = njit(lambda: None)
    empty()
    before = time.process_time()

    from toolkit import assess

    assess(CITY, as_of=dt.date(2026, 11, 23))
    return seconds, time.process_time() - before


def table(seconds: dict[str, float], whole_s: float) -> str:
    """Return the seconds of each kernel in Markdown, the dearest first."""
    rows = sorted(seconds.items(), key=lambda row: -row[1])
    rows.append(("all kernels", sum(seconds.values())))
    rows.append((f"first `assess {CITY}` in the library, compiling included", whole_s))
    return "\n".join(
        ["| what | s |", "|---|---|", *(f"| {name} | {value:.2f} |" for name, value in rows)]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Compile times of kernels.")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "CAMERA_TOOLKIT_HOME": f"{folder}/home",
            "NUMBA_CACHE_DIR": f"{folder}/numba",
        }
        found = table(*measure())
    print(found)
    if options.out:
        options.out.write_text(HEAD + found + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
