"""Compiled loop of `measure_trips`: the chance that a camera at a site has trips in view."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

STEPS = 256
"""Steps of bearing, as of lines of sight."""
ANY, EITHER = 0, 2
"""Sides of the traveller, see `toolkit.streets.reference_trips.SIDES`."""

_compiled: Any = njit  # its hints lack some options


@_compiled(cache=True)
def add_chances(
    trip, distance_m, bearing, ahead, axis_weight, half_steps, outer_m, inner_share, within_steps,
    edge_m, size, chance,
):  # fmt: skip
    """Add the chance that a camera at one site has each trip in view, by ring, side and width.

    Rows are the points of trips in view, those of a trip one after the other: `distance_m`,
    `bearing` from the site, and the angle `ahead` between the direction of travel and the camera,
    both in steps. `axis_weight` is the probability of each direction of the camera, by kind of
    axis. `size` weighs the site, which counts in rings no larger than its distance `edge_m` from
    the edge. `chance` has the shape (axes, sides, outer, inner, widths).
    """
    off = np.empty(STEPS, np.int64)
    start = 0
    while start < len(trip):
        stop = start
        while stop < len(trip) and trip[stop] == trip[start]:
            stop += 1
        for o in range(len(outer_m)):
            if edge_m < outer_m[o]:
                continue
            for i in range(len(inner_share)):
                for side in range(chance.shape[1]):
                    # 1. Directions in which some of the trip lies.
                    off[:] = STEPS
                    some = False
                    for k in range(start, stop):
                        if not inner_share[i] * outer_m[o] <= distance_m[k] < outer_m[o]:
                            continue
                        front = ahead[k] <= within_steps
                        rear = STEPS // 2 - ahead[k] <= within_steps
                        if side == ANY or front or (side == EITHER and rear):
                            off[bearing[k]] = 0
                            some = True
                    if not some:
                        continue
                    # 2. Steps from every direction to the nearest of them: twice around each way.
                    for way in (1, -1):
                        last = STEPS
                        for turn in range(2 * STEPS):
                            at = (turn * way) % STEPS
                            last = min(last + 1, off[at])
                            off[at] = last
                    # 3. Chance that any is within half the field of the axis.
                    for at in range(STEPS):
                        for w in range(len(half_steps)):
                            part = min(max(half_steps[w] - off[at] + 0.5, 0.0), 1.0)
                            if part > 0.0:
                                for a in range(chance.shape[0]):
                                    weight = part * axis_weight[a, at]
                                    chance[a, side, o, i, w] += size * weight
        start = stop
