"""``python -m toolkit``, and the installed command ``camera-exposure``."""

from __future__ import annotations

import io
import os
import sys

# Loops of the toolkit share the processors themselves. The threads of OpenBLAS would wait for work
# in a busy loop, 0.3 s of processor time in a short run, and make sums depend on their number. It
# has to be set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from toolkit.cli import main


def run(prog: str = "camera-exposure") -> int:
    """Run the command line in UTF-8 and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page cannot write Burmese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return main(prog=prog)


if __name__ == "__main__":
    sys.exit(run("python -m toolkit"))
