"""Run the calibrations of counts, and of streets and totals: `python -m benchmarks.calibration`."""

from __future__ import annotations

import sys

from benchmarks.calibration import counts, engine

if __name__ == "__main__":
    sys.exit(counts.main([]) or engine.main([]))
