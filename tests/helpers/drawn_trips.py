"""Invented trips in reference networks."""

from __future__ import annotations

import numpy as np

from toolkit.base.terms import TIERS
from toolkit.streets.reference_trips import (
    AXES,
    KINDS,
    MEASURED_MODES,
    N_NODES,
    SIDES,
    WIDTH_DEG,
    ReferenceTrips,
)  # fmt: skip


def networks(*factors: float, left: tuple[float, ...] = (), uneven: float = 0.5) -> ReferenceTrips:
    """Networks in which a camera has its width's share of the trips near it in view.

    As many sites are near as `factors` say, whatever the ring; half of what is in view shows one
    side, and three quarters either. `left` is what buildings leave in the first of them.
    """
    n = len(factors)
    of_width = np.tile(np.array(WIDTH_DEG) / 360.0, N_NODES // len(WIDTH_DEG))
    rate = np.ones((n, len(MEASURED_MODES), len(SIDES), len(AXES), N_NODES)) * of_width
    rate *= np.array([1.0, 0.5, 0.75])[:, None, None]
    rate *= np.array(factors)[:, None, None, None, None]
    spread = np.full((n, len(MEASURED_MODES), len(TIERS), len(KINDS)), uneven)
    kinds = np.array([1.0, 1.0, 4.0])
    return ReferenceTrips(
        ids=tuple(f"n{k}" for k in range(n)),
        rate=rate,
        walled=tuple(range(len(left))),
        blocked_rate=rate[: len(left)] * np.array(left).reshape(-1, 1, 1, 1, 1),
        large=tuple(range(n)),
        ratio=np.broadcast_to(kinds, spread.shape),
        uneven=spread,
        by_district=spread * 0.0,
        placement=np.full(spread.shape[:3], 2.0),
        placement_by_district=np.zeros(spread.shape[:3]),
    )
