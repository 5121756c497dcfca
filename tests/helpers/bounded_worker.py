"""Reads files named on standard input and says what it took; run by tests/attacks/test_bounds.py.

Each line in is JSON ``{"what", "target"}``, each line out ``{"message", "counts", "peak_mb"}``. The
peak is what reading added to the resident memory of the process when it was idle.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import shapely

from toolkit.base.errors import ToolkitError
from toolkit.streets.boundary import read_polygon
from toolkit.streets.readers.field_notes.read import read_field_notes
from toolkit.streets.readers.tables import graphml, read

_STATUS = Path("/proc/self/status")
_KB_PER_MB = 1024


def _status_mb(field: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / _KB_PER_MB
    return 0.0


def _run(what: str, target: str) -> dict[str, Any]:
    if what == "notes":
        read_field_notes(target, as_of=dt.date(2026, 1, 1))
        return {}
    if what == "boundary":
        read_polygon(target)
        return {}
    if what == "clip":
        west, south = 96.0, 16.0005
        inside = shapely.box(west - 1, south - 1, west + 2, south)
        return dict(read.read_tables(target, boundary=inside).counts)
    reader = graphml.read_graphml if target.endswith(".graphml") else read.read_tables
    return dict(reader(target).counts)


def main() -> None:
    """Read what is asked for until the input ends."""
    _run("", sys.argv[1])
    idle_mb = _status_mb("VmRSS:")
    for line in sys.stdin:
        asked = json.loads(line)
        Path("/proc/self/clear_refs").write_text("5")
        message, counts = "", {}
        try:
            counts = _run(asked["what"], asked["target"])
        except ToolkitError as error:
            message = str(error)
        peak_mb = max(0.0, _status_mb("VmHWM:") - idle_mb)
        sys.stdout.write(
            json.dumps({"message": message, "counts": counts, "peak_mb": peak_mb}) + "\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
