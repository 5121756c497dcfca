"""The measurements of trips."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.engine.timing import Figures, best_cpu, peak_gb
from benchmarks.scale import CAMERAS_PER_KM, PACK, copies
from toolkit.assessment import trips
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.on_streets import scene_of
from toolkit.assessment.question import Question
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.sums import add_up
from toolkit.base.terms import Mode

_DAY: Final = dt.date(2026, 1, 1)
_MODE: Final[Mode] = "foot"
COPIES: Final = 2
"""Copies of the centre of Helsinki in the larger city: as much street as Porto within 2 km."""
REPEATS: Final = 7
_MB_PER_GB: Final = 1e3


def trips_helsinki() -> Figures:
    """Count cameras on trips in the demonstration city, on top of an assessment."""
    return _measured(Question(PACK, _DAY, count=(300, 600)))


def trips_larger() -> Figures:
    """Count cameras on trips in a city of twice the size."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        name, km = copies(COPIES, Path(home))
        n = round(CAMERAS_PER_KM * km)
        return {"street_km": km} | _measured(Question(name, _DAY, count=(n, 2 * n)))


def _measured(question: Question) -> Figures:
    """Measure trips after everything else, with compiled loops and lines of sight in place.

    Memory is how much higher the peak of the process is than without trips.
    """
    inputs: Inputs = make_inputs(question.load())
    pack, scene = scene_of(inputs.loaded)
    plan = plan_sites(inputs, pack, scene)
    add_up(inputs, scene, plan, plan.sample)
    trips.capture_points(inputs, trips.place_all(inputs, scene, plan.chance))
    without_gb = peak_gb()
    start, processor = time.perf_counter(), time.process_time()
    by_mode = trips.sampled(inputs.loaded, pack, scene)
    sampling_s, sampling_cpu_s = time.perf_counter() - start, time.process_time() - processor
    trips.all_trips(inputs, pack, scene, plan.chance)
    more_gb = peak_gb() - without_gb
    one = {_MODE: by_mode[_MODE]}
    wall_s, cpu_s = best_cpu(lambda: trips.met_on_trips(inputs, scene, plan.chance, one), REPEATS)
    all_s, all_cpu_s = best_cpu(lambda: trips.all_trips(inputs, pack, scene, plan.chance), REPEATS)
    return {
        "trips": float(len(one[_MODE].trips)),
        "draws": float(inputs.design.n_draws),
        "one_mode_s": wall_s,
        "one_mode_cpu_s": cpu_s,
        "all_modes_s": all_s,
        "all_modes_cpu_s": all_cpu_s,
        "sampling_s": sampling_s,
        "sampling_cpu_s": sampling_cpu_s,
        "more_mb": more_gb * _MB_PER_GB,
    }
