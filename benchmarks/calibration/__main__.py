"""Run both calibrations, of counts and of streets: ``python -m benchmarks.calibration``."""

from __future__ import annotations

import sys

from benchmarks.calibration import counts, engine

if __name__ == "__main__":
    sys.exit(counts.main([]) or engine.main([]))
