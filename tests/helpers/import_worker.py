"""Reads files named on standard input and says how each went; run by test_bad_input.py.

It does what the process does that reads files of strangers, so that time and memory are its own.

Each line in is JSON ``{"name", "target"}``, each line out ``{"name", "kind", "message", "counts",
"packs", "seconds", "peak_mb"}``. The peak is what the case added to the resident memory of the
process as it was after importing the importer. The seconds are those of the processor. If that is
possible, the address space is bounded too.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
import time
import traceback
from pathlib import Path

from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.streets import make_packs, pack
from toolkit.streets.readers.tables import graphml, read

_STATUS = Path("/proc/self/status")
_KB_PER_MB = 1024
_PAGE_MB = 1 << 20


def _status_mb(field: str) -> float:
    """Return a figure of /proc/self/status in MB, 0 where there is none."""
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith(field):
                return int(line.split()[1]) / _KB_PER_MB
    return 0.0


def _bound_address_space(extra_mb: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        size_mb = _status_mb("VmSize:")
        if size_mb and extra_mb:
            limit = int((size_mb + extra_mb) * _PAGE_MB)
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def _run(target: str) -> dict[str, object]:
    try:
        made = make_packs.make_packs(target, store.home_dir() / pack.FOLDER)
    except ToolkitError as error:
        return {"kind": "error", "message": str(error), "counts": {}}
    except BaseException:  # noqa: BLE001
        return {"kind": "traceback", "message": traceback.format_exc(), "counts": {}}
    counts = pack.read_manifest(made.packs[0]).counts
    return {"kind": "import", "message": "", "counts": counts}


def main() -> None:
    """Import what is asked for until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    assert graphml
    assert read
    _bound_address_space(int(sys.argv[1]))
    base_mb = _status_mb("VmRSS:")
    home = store.home_dir()
    for line in sys.stdin:
        case = json.loads(line)
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        begin = time.process_time()
        outcome = _run(case["target"])
        outcome["seconds"] = time.process_time() - begin
        outcome["peak_mb"] = max(0.0, _status_mb("VmHWM:") - base_mb)
        # The folder for packs itself is made by the importer; nothing else may be left.
        left = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.parent != home)
        outcome["left"] = left
        shutil.rmtree(home, ignore_errors=True)
        answers.write(json.dumps({"name": case["name"], **outcome}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
