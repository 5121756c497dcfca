"""``python -m toolkit``, and the installed command ``camera-exposure``."""

from __future__ import annotations

import os
import sys

REFUSAL = (
    "Python takes code from this folder first, so that a file lying here could run in place of the "
    "toolkit. Use the command camera-exposure, or python -P -m toolkit."
)


def takes_code_from_here() -> bool:
    """Return whether modules in the current folder would be loaded before the toolkit's own.

    With ``-m`` Python looks there first. The folder of the toolkit itself is no danger.
    """
    if sys.flags.safe_path or not sys.path:
        return False
    here = os.path.realpath(os.getcwd())  # noqa: PTH109 - nothing more is imported before
    own = os.path.realpath(os.path.join(os.path.dirname(__file__), os.pardir))  # noqa: PTH118, PTH120
    return os.path.realpath(sys.path[0] or here) == here != own


if __name__ == "__main__" and takes_code_from_here():
    sys.stderr.write(f"{REFUSAL}\n")
    sys.exit(2)

# Processes that this one starts take no code from the current folder either.
os.environ["PYTHONSAFEPATH"] = "1"
# Loops of the toolkit share the processors themselves. The threads of OpenBLAS would wait for work
# in a busy loop, 0.3 s of processor time in a short run, and make sums depend on their number. It
# has to be set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import io  # noqa: E402 - a file of that name could lie in the current folder

from toolkit.cli import main  # noqa: E402


def run(prog: str = "camera-exposure") -> int:
    """Run the command line in UTF-8 and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page cannot write Burmese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return main(prog=prog)


if __name__ == "__main__":
    sys.exit(run("python -m toolkit"))
