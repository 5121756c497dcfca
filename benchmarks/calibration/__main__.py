"""Run the calibrations of counts, of streets and totals, and of trips without streets.

`python -m benchmarks.calibration`; the last one checks the networks that can be downloaded.
"""

from __future__ import annotations

import sys

from benchmarks.calibration import counts, engine, reference_trips

if __name__ == "__main__":
    sys.exit(counts.main([]) or engine.main([]) or reference_trips.main([]))
