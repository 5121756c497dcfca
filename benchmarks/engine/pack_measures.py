"""The measurements of large packs: opening one, a first answer, and the answer after a change."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import shapely

from benchmarks.engine.measures import SAMPLE_POINTS
from benchmarks.engine.timing import Figures, best_cpu, peak_gb
from benchmarks.scale import CAMERAS_PER_KM, PACK, copies
from toolkit import assess, open_pack
from toolkit.assessment import on_streets, question, trips
from toolkit.base import store
from toolkit.engine import pairs_by_point, scene, sight_cache, zones
from toolkit.streets import schema

COPIES: Final = 17
"""Copies of the centre of Helsinki side by side: about 80,000 streets between junctions."""
_DAY: Final = dt.date(2026, 1, 1)
_REPEATS: Final = 5
_FEWER_COPIES: Final = 9
_PARTS: Final = {
    "load": (question.Question, "load"),
    "geometry": (scene, "build_geometry"),
    "sight": (sight_cache, "cached_sight"),
    "by_point": (pairs_by_point, "point_rows"),
    "sample": (on_streets, "_sample_of"),
    "plan": (on_streets, "plan_sites"),
    "totals": (on_streets, "add_up_totals"),
    "ground": (zones, "street_area_m2"),
    "trips": (on_streets, "with_trips"),
}
"""Parts of a first answer, in the order in which they are done."""
_OPEN_PARTS: Final = {
    "open_checksums": (store, "sha256_bytes"),
    "open_texts": (schema, "_check_columns"),
    "open_geometry": (shapely, "from_wkb"),
    "open_checks": (schema, "_fits"),
}
"""Parts of opening a pack."""
_CHANGED_PARTS: Final = {
    "plan": (on_streets, "plan_sites"),
    "placing": (on_streets, "place_all"),
    "totals": (on_streets, "add_up_totals"),
    "figures": (on_streets, "outcome_of"),
    "trips": (trips, "all_trips"),
    "trips_if": (trips, "short_trips"),
}
"""The same after the number of cameras has changed."""


def large_pack() -> Figures:
    """Open a pack of about 80,000 streets, and answer from it for the first time.

    As the app does: totals on a sample of street points. Loops are compiled; there are no lines of
    sight yet.
    """
    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        assess(PACK, as_of=_DAY, sample_points=1_000)
        name, km = copies(COPIES, Path(home))
        n = round(CAMERAS_PER_KM * km)
        found: Figures = {"street_km": km, "streets": float(len(open_pack(name).streets))}
        found["open_s"], found["open_cpu_s"] = best_cpu(lambda: open_pack(name), _REPEATS)
        with _timed_parts(_OPEN_PARTS, found):
            open_pack(name)
        with _timed_parts(_PARTS, found):
            found["first_s"], found["first_cpu_s"] = best_cpu(
                lambda: assess(name, as_of=_DAY, count=(n, 2 * n), sample_points=SAMPLE_POINTS), 1
            )
        found["peak_gb"] = peak_gb()
    return found


def sample_answer() -> Figures:
    """Assess a large city on a sample of its points after its count has changed, as the app does.

    The city is copies of the centre of Helsinki side by side, at the full reach.
    """
    with tempfile.TemporaryDirectory() as home:
        os.environ["CAMERA_TOOLKIT_HOME"] = home
        name, km = copies(_FEWER_COPIES, Path(home))

        def run(low: int) -> None:
            assess(name, as_of=_DAY, count=(low, 2 * low), sample_points=SAMPLE_POINTS)

        run(2_000)
        times = [best_cpu(partial(run, low), 1) for low in range(2_001, 2_009)]
        found: Figures = {"street_km": km}
        found["changed_s"], found["changed_cpu_s"] = (min(one) for one in zip(*times, strict=True))
        with _timed_parts(_CHANGED_PARTS, found):
            run(2_009)
    return found


@contextmanager
def _timed_parts(parts: Mapping[str, tuple[Any, str]], found: Figures) -> Iterator[None]:
    """Add up the processor time of functions while the block runs; see `_timed`."""
    with ExitStack() as stack:
        for part, (where, what) in parts.items():
            stack.enter_context(_timed(where, what, f"{part}_cpu_s", found))
        yield


@contextmanager
def _timed(where: Any, what: str, key: str, found: Figures) -> Iterator[None]:  # noqa: ANN401
    """Add up the processor time of a function, with what it calls, while the block runs."""
    function: Callable[..., Any] = getattr(where, what)

    def timed(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        start = time.process_time()
        try:
            return function(*given, **named)
        finally:
            found[key] = found.get(key, 0.0) + time.process_time() - start

    with patch.object(where, what, timed):
        yield
