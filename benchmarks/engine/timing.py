"""Time and memory of a measurement."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from typing import Any, Final

Figures = dict[str, float]

REPEATS: Final = 3
GB: Final = 1e9
_KIB: Final = 1024 if sys.platform != "darwin" else 1


def best(work: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the shortest of some runs in seconds: what the work costs, not the neighbours."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_gb() -> float:
    """Return the highest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB / GB


def best_cpu(work: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, float]:
    """Return the shortest of some runs in seconds, and the least processor time of all threads."""
    walls, processors = [], []
    for _ in range(repeats):
        start, processor = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - start)
        processors.append(time.process_time() - processor)
    return min(walls), min(processors)
