"""Compiled loops of the view table."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, C901, PLR0912
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

FULL_CIRCLE_DEG = 360.0


class ViewRows(NamedTuple):
    """First rows of the kinds of view, after the candidate (0) and sites of n cameras (n)."""

    by_offset: int
    in_field: int
    turning: int
    by_street: int


class CameraTypes(NamedTuple):
    """Draws of camera types: working share, height and field, shape (D, Y), and rings.

    `inner` and `outer` are the radii of rings in bins of distance, shape (D, T, Y); `per_site` is
    the chance of 1 to N cameras, shape (D, N); `facing` the chance of each step of direction by
    the angle of the street, shape (D, F, steps).
    """

    working: NDArray[np.float64]
    height_m: NDArray[np.float64]
    hfov_deg: NDArray[np.float64]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    per_site: NDArray[np.float64]
    facing: NDArray[np.float64]


@helper
def weigh_rotations(facing, per_site, weights):
    """Fill the weight of each rotation of sites of n cameras, one block of rotations after another.

    Row 0 is for any rotation, row 1 + f for the directions of fold f. Fields are symmetrical, so a
    rotation and its mirror image are one, and half of them suffice.
    """
    n_folds, n_steps = facing.shape
    for r in range(weights.shape[0]):
        for k in range(weights.shape[1]):
            weights[r, k] = 0.0
    first = 0
    for n in range(1, len(per_site) + 1):
        turn = n_steps // n
        for u in range(turn // 2):
            weights[0, first + u] = 2.0 * per_site[n - 1] / turn
        for f in range(n_folds):
            for k in range(n_steps):
                u = k % turn
                weights[1 + f, first + min(u, turn - 1 - u)] += per_site[n - 1] * facing[f, k]
        first += turn // 2


@helper
def add_types(types, d, parts, roof, h, field, cover):
    """Add the cover of the types that are just high enough for a roof, by step of offset.

    Return whether there are any, their share whatever the direction, and that of panning ones.
    """
    some, anywhere, turning = False, 0.0, 0.0
    for y in range(len(parts)):
        if parts[y] <= 0.0 or roof[y] != h:
            continue
        some = True
        weight = types.working[d, y] * parts[y]
        anywhere += weight
        if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
            turning += weight
        for k in range(len(cover)):
            cover[k] += weight * field[y, k]
    return some, anywhere, turning


@helper
def miss_of_rotations(cover, n_most, free, miss):
    """Fill the chance that none of n evenly spaced cameras covers the point, by rotation."""
    n_steps = len(free)
    for k in range(len(cover)):
        free[k] = 1.0 - cover[k]
        free[n_steps - 1 - k] = 1.0 - cover[k]
    first = 0
    for n in range(1, n_most + 1):
        turn = n_steps // n
        half = turn // 2
        block = miss[first : first + half]
        for u in range(half):
            block[u] = free[u]
        for j in range(1, n):
            ahead = free[j * turn : j * turn + half]
            for u in range(half):
                block[u] *= ahead[u]
        first += half


@helper
def mix_rotations(weights, miss, mixed):
    """Fill the chance that a site covers the point, for each row of weights.

    The length of a row is a multiple of four. Four sums side by side, since the order of a sum is
    kept, and one sum alone would wait for itself at every step.
    """
    for r in range(len(mixed)):
        a = b = c = e = 0.0
        row = weights[r]
        for k in range(0, len(row), 4):
            a += row[k] * (1.0 - miss[k])
            b += row[k + 1] * (1.0 - miss[k + 1])
            c += row[k + 2] * (1.0 - miss[k + 2])
            e += row[k + 3] * (1.0 - miss[k + 3])
        mixed[r] = (a + b) + (c + e)


@helper
def mean_by_count(miss, n_steps, by_count):
    """Fill the chance that a site of n cameras covers the point, whatever its rotation."""
    first = 0
    for n in range(1, len(by_count) + 1):
        half = n_steps // n // 2
        total = 0.0
        for u in range(half):
            total += 1.0 - miss[first + u]
        by_count[n - 1] = total / half
        first += half


@helper
def parts_as_before(types, d, t, near, far, bin_m, parts):
    """Update the part of a bin inside the ring of each type; return whether none changed."""
    as_before = True
    for y in range(len(parts)):
        part = max(min(far, types.outer[d, t, y]) - max(near, types.inner[d, t, y]), 0.0) / bin_m
        as_before &= part == parts[y]
        parts[y] = part
    return as_before


@helper
def write_views(values, row_of, rows, mixed, by_count, cover, anywhere, turning):
    """Write the views of one roof height into the rows wanted."""
    if row_of[0] >= 0:
        values[row_of[0]] = mixed[0]
    for n in range(len(by_count)):
        if row_of[1 + n] >= 0:
            values[row_of[1 + n]] = by_count[n]
    for k in range(rows.in_field - rows.by_offset):
        if row_of[rows.by_offset + k] >= 0:
            values[row_of[rows.by_offset + k]] = cover[k]
    if row_of[rows.in_field] >= 0:
        values[row_of[rows.in_field]] = anywhere
    if row_of[rows.turning] >= 0:
        values[row_of[rows.turning]] = turning
    for f in range(len(mixed) - 1):
        if row_of[rows.by_street + f] >= 0:
            values[row_of[rows.by_street + f]] = mixed[1 + f]


@kernel
def fill_views(first, end, types, least_m, row_of, rows, bin_m, table):
    """Fill the table for the draws in ``range(first, end)``; rows of -1 are not wanted.

    Neighbouring draws are contiguous in memory, so they are filled together.
    """
    n_some, n_types = end - first, types.working.shape[1]
    n_most, n_folds, n_steps = types.per_site.shape[1], types.facing.shape[1], types.facing.shape[2]
    n_tiers, n_heights, half = table.shape[2], len(least_m), n_steps // 2
    n_rotations = 0
    for n in range(1, n_most + 1):
        n_rotations += n_steps // n // 2
    n_rotations = (n_rotations + 3) // 4 * 4
    field = np.empty((n_some, n_types, half))
    weights = np.empty((n_some, 1 + n_folds, n_rotations))
    working, turns = np.zeros(n_some), np.zeros(n_some)
    roof = np.full((n_some, n_types), -1)
    parts = np.empty((n_some, n_types))
    views = np.empty((n_some, len(table)), np.float32)
    cover, free, miss = np.empty(half), np.empty(n_steps), np.ones(n_rotations)
    mixed, by_count = np.empty(1 + n_folds), np.empty(n_most)
    counted = np.zeros(n_heights, np.bool_)
    for h in range(n_heights):
        for n in range(1, n_most + 1):
            counted[h] |= row_of[h, n] >= 0
    for i in range(n_some):
        d = first + i
        weigh_rotations(types.facing[d], types.per_site[d], weights[i])
        # 1. Part of each step of offset inside the field of each type, the panning types, and the
        # highest roof that each looks over.
        for y in range(n_types):
            half_steps = types.hfov_deg[d, y] / 2.0 / 360.0 * n_steps
            for k in range(half):
                field[i, y, k] = min(max(half_steps - k, 0.0), 1.0)
            working[i] += types.working[d, y]
            if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                turns[i] += types.working[d, y]
            for h in range(n_heights):
                if types.height_m[d, y] >= least_m[h]:
                    roof[i, y] = h
    # 2. Bin by bin, up to the longest ring of the tier.
    for t in range(n_tiers):
        reached = 0.0
        for i in range(n_some):
            for y in range(n_types):
                parts[i, y] = 0.0
                reached = max(reached, types.outer[first + i, t, y])
            for r in range(len(table)):
                views[i, r] = 0.0
        for b in range(min(table.shape[1], math.ceil(reached / bin_m))):
            for i in range(n_some):
                d = first + i
                # Only bins at the edge of a ring differ from the one before.
                if parts_as_before(types, d, t, b * bin_m, (b + 1) * bin_m, bin_m, parts[i]):
                    continue
                for r in range(len(table)):
                    views[i, r] = 0.0
                for k in range(half):
                    cover[k] = 0.0
                found, anywhere, turning = False, 0.0, 0.0
                # 3. From the highest roof down, more and more cameras are high enough.
                for h in range(n_heights - 1, -1, -1):
                    more = add_types(types, d, parts[i], roof[i], h, field[i], cover)
                    if more[0]:
                        found, anywhere, turning = True, anywhere + more[1], turning + more[2]
                        miss_of_rotations(cover, n_most, free, miss)
                        mix_rotations(weights[i], miss, mixed)
                    if not found:
                        continue
                    if counted[h]:
                        mean_by_count(miss, n_steps, by_count)
                    write_views(
                        views[i], row_of[h], rows, mixed, by_count, cover, anywhere,
                        turning * working[i] / turns[i] if turns[i] > 0.0 else anywhere,
                    )  # fmt: skip
            for r in range(len(table)):
                for i in range(n_some):
                    table[r, b, t, first + i] = views[i, r]
