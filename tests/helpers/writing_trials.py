"""Run the trials of `writing` in a process of their own, and check what each has left."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HELPERS = Path(__file__).resolve().parent
ALL = (
    "pack-import", "pack-export", "pack-remove", "evidence-add", "assumptions-new", "cameras-add",
    "cameras-remove", "sight", "report", "export-geojson", "export-gpkg", "export-parquet", "batch",
)  # fmt: skip
SEVERAL_FILES = {"report", "batch"}
"""These write several files, of which some may be new and others not yet there."""


def trials(names, mode, most, folder):
    """Return what became of a number of trials of each command."""
    done = subprocess.run(
        [sys.executable, "-P", str(HELPERS / "writing.py"), ",".join(names), mode, str(most),
         str(folder)],
        capture_output=True, text=True, check=False, env={"PYTHONPATH": str(HELPERS), "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_states(name, found, trial):
    """Check that a trial has left the old files or the new, and that the next run ends well."""
    before, after, state = found["before"], found["after"], trial["state"]
    if name in SEVERAL_FILES:
        assert all(hashed in (before.get(file), after.get(file)) for file, hashed in state.items())
    else:
        assert state in (before, after)
    code, said = trial["again"]
    assert code in ([0] if state != after else found["again"]), said
    assert "Traceback" not in said
    # A note that is added again is there twice, as without a kill.
    assert trial["then"] in ([after] if state != after else [after, found["twice"]])
    assert trial["left_then"] == []
