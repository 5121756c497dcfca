"""``python -m toolkit``, and the installed command ``camera-exposure``."""

# Paths as texts: nothing more is imported before the current folder is known to hold no code.
# ruff: noqa: PTH109, PTH118, PTH120

from __future__ import annotations

import os
import sys
from importlib.machinery import all_suffixes

REFUSAL = (
    "Python takes code from this folder first, and it holds code that could run in place of the "
    "toolkit. Use the command camera-exposure, or python -P -m toolkit."
)


def comes_first(here: str) -> bool:
    """Return whether Python looks in a folder before it looks among its own modules.

    With ``-m`` it does so in the current one. The folder of the toolkit itself is no danger.
    """
    own = os.path.realpath(os.path.join(os.path.dirname(__file__), os.pardir))
    first = os.path.realpath(sys.path[0] or here) if sys.path else ""
    return not sys.flags.safe_path and first == os.path.realpath(here) != own


def holds_code(folder: str) -> bool:
    """Return whether anything in a folder could be imported."""
    endings = tuple(all_suffixes())
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(endings):
                return True
            begin = os.path.join(entry.path, "__init__")
            if entry.is_dir() and any(os.path.lexists(begin + ending) for ending in endings):
                return True
    return False


if __name__ == "__main__" and comes_first(os.getcwd()):
    if holds_code(os.getcwd()):
        sys.stderr.write(f"{REFUSAL}\n")
        sys.exit(2)
    # It holds none now; nor shall what is put there while this runs.
    del sys.path[0]

# Loops of the toolkit share the processors themselves. The threads of OpenBLAS would wait for work
# in a busy loop, 0.3 s of processor time in a short run, and make sums depend on their number. It
# has to be set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import io  # noqa: E402 - a file of that name could lie in the current folder

from toolkit.cli import main  # noqa: E402


def run() -> int:
    """Run the command line in UTF-8 and return its exit code."""
    # Processes that this one starts take no code from the current folder either.
    os.environ["PYTHONSAFEPATH"] = "1"
    for stream in (sys.stdout, sys.stderr):
        # A Windows console of another code page cannot write Burmese.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    return main()


if __name__ == "__main__":
    sys.exit(run())
