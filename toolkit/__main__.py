"""``python -m toolkit``, and the installed command ``camera-exposure``."""

from __future__ import annotations

import io
import sys

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
