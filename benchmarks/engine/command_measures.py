"""The measurements of commands, each in a new process with all caches filled."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks import startup
from benchmarks.engine.timing import Figures
from toolkit.assessment.assess import assess_layers
from toolkit.assessment.question import Question
from toolkit.output import exports

REPEATS: Final = 5
_DAY: Final = dt.date(2026, 1, 1)
_CITY: Final = "helsinki-centre"


def new_process() -> Figures:
    """Assess a city without streets."""
    return {"no_streets_cpu_s": _cpu_s(startup.COMMANDS["assess, no streets"])}


def sensitivity() -> Figures:
    """Find out which assumption matters in a city without streets."""
    return {"no_streets_cpu_s": _cpu_s(["-m", "toolkit", "sensitivity", "yangon", "--json"])}


def export() -> Figures:
    """Export the demonstration city with all layers as a GeoPackage; also step by step.

    The steps are those of a process in which everything is imported and opened.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.gpkg"
        question = Question(_CITY, _DAY)
        cell_m = question.assumptions.value(exports.CELL_M)
        found: Figures = {
            "whole_cpu_s": _cpu_s(["-m", "toolkit", "export", _CITY, "--out", str(path)]),
            "start_cpu_s": _cpu_s(["-c", _IMPORTS]),
        }
        # Once before, so that all is imported and compiled.
        exports.write_export(assess_layers(question), exports.LAYERS, path, cell_m=cell_m)
        begin = time.process_time()

        def step(name: str) -> None:
            nonlocal begin
            now = time.process_time()
            found[f"{name}_cpu_s"] = now - begin
            begin = now

        answer = assess_layers(question)
        layers = answer.layers
        step("streets")
        if layers is not None:
            exports.zones_of(layers)
        step("zones")
        exports.write_export(answer, exports.LAYERS, path, cell_m=cell_m)
        step("cells_and_file")
    return found


_IMPORTS: Final = (
    "from toolkit.assessment import assess, on_streets; from toolkit.output import exports; "
    "from toolkit.engine.kernels import exposure, placement, views"
)


def _cpu_s(command: list[str]) -> float:
    """Return the least processor time of a command in a new process, with all caches filled."""
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory() as folder:
        # The first run fills the caches.
        return min(startup.cpu_s(command, root, Path(folder)) for _ in range(1 + REPEATS))
