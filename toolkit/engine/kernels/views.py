"""Compiled loops of the view table."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917
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
def mean_facing(facing, n, nearest):
    """Fill the chance that one of n evenly spaced cameras faces a step, by fold and step."""
    n_folds, n_steps = facing.shape
    for f in range(n_folds):
        for k in range(n_steps):
            nearest[f, k] = 0.0
        for k in range(n_steps):
            nearest[f, k % (n_steps // n)] += facing[f, k]


@helper
def mix_types(types, d, parts, least_m, field, cover):
    """Add up the cover of the types high enough for a roof, by step of offset.

    Return whether there are any, their share whatever the direction, and that of panning ones.
    """
    some, anywhere, turning = False, 0.0, 0.0
    n_steps = len(cover)
    for k in range(n_steps):
        cover[k] = 0.0
    for y in range(len(parts)):
        if parts[y] <= 0.0 or types.height_m[d, y] < least_m:
            continue
        some = True
        weight = types.working[d, y] * parts[y]
        anywhere += weight
        if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
            turning += weight
        for k in range(n_steps):
            cover[k] += weight * field[y, min(k, n_steps - 1 - k)]
    return some, anywhere, turning


@helper
def mix_counts(cover, per_site, nearest, by_count, by_street):
    """Average over the rotation of sites of n cameras, and over n; return the mix."""
    n_steps = len(cover)
    mixed = 0.0
    for f in range(len(by_street)):
        by_street[f] = 0.0
    for n in range(1, len(per_site) + 1):
        turn = n_steps // n
        total = 0.0
        for u in range(turn):
            miss = 1.0
            for j in range(n):
                miss *= 1.0 - cover[u + j * turn]
            total += 1.0 - miss
            for f in range(len(by_street)):
                by_street[f] += per_site[n - 1] * nearest[n - 1, f, u] * (1.0 - miss)
        by_count[n - 1] = total / turn
        mixed += per_site[n - 1] * total / turn
    return mixed


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
def write_views(values, row_of, rows, mixed, by_count, cover, anywhere, turning, by_street):
    """Write the views of one roof height into the rows wanted."""
    if row_of[0] >= 0:
        values[row_of[0]] = mixed
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
    for f in range(len(by_street)):
        if row_of[rows.by_street + f] >= 0:
            values[row_of[rows.by_street + f]] = by_street[f]


@kernel
def fill_views(first, end, types, least_m, row_of, rows, bin_m, table):
    """Fill the table for the draws in ``range(first, end)``; rows of -1 are not wanted.

    Neighbouring draws are contiguous in memory, so they are filled together.
    """
    n_some, n_types = end - first, types.working.shape[1]
    n_most, n_folds, n_steps = types.per_site.shape[1], types.facing.shape[1], types.facing.shape[2]
    n_tiers, n_heights, half = table.shape[2], len(least_m), n_steps // 2
    field = np.empty((n_some, n_types, half))
    nearest = np.empty((n_some, n_most, n_folds, n_steps))
    working, turns = np.zeros(n_some), np.zeros(n_some)
    same = np.zeros((n_some, n_heights), np.bool_)
    parts = np.empty((n_some, n_types))
    views = np.empty((n_some, len(table)), np.float32)
    cover, by_count, by_street = np.empty(n_steps), np.empty(n_most), np.empty(n_folds)
    for i in range(n_some):
        d = first + i
        for n in range(1, n_most + 1):
            mean_facing(types.facing[d], n, nearest[i, n - 1])
        # 1. Part of each step of offset inside the field of each type, and the panning types.
        for y in range(n_types):
            half_steps = types.hfov_deg[d, y] / 2.0 / 360.0 * n_steps
            for k in range(half):
                field[i, y, k] = min(max(half_steps - k, 0.0), 1.0)
            working[i] += types.working[d, y]
            if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                turns[i] += types.working[d, y]
        # 2. Over a roof only the cameras high enough count. Mostly these are the same as for the
        # next lower roof.
        for h in range(1, n_heights):
            same[i, h] = True
            for y in range(n_types):
                high = types.height_m[d, y]
                if (high >= least_m[h]) != (high >= least_m[h - 1]):
                    same[i, h] = False
    # 3. Bin by bin, up to the longest ring of the tier.
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
                some, anywhere, turning, mixed = False, 0.0, 0.0, 0.0
                for h in range(n_heights):
                    if not same[i, h]:
                        some, anywhere, turning = mix_types(
                            types, d, parts[i], least_m[h], field[i], cover
                        )
                        if some:
                            mixed = mix_counts(
                                cover, types.per_site[d], nearest[i], by_count, by_street
                            )
                    if some:
                        write_views(
                            views[i], row_of[h], rows, mixed, by_count, cover, anywhere,
                            turning * working[i] / turns[i] if turns[i] > 0.0 else anywhere,
                            by_street,
                        )  # fmt: skip
            for r in range(len(table)):
                for i in range(n_some):
                    table[r, b, t, first + i] = views[i, r]
