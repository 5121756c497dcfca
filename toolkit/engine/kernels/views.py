"""Compiled loops of the view table."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0915
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

FULL_CIRCLE_DEG = 360.0
N_LANES = 40
"""Views that are averaged over rotations side by side. The order of a sum over rotations is kept,
so one sum alone would wait for itself at every step."""
UNROLLED = 8
"""Terms that are added before a sum is written to memory again."""
SUMS = 4
"""Sums of a row, over every fourth rotation, that are added at the end."""


class ViewRows(NamedTuple):
    """First rows of the kinds of view, after the candidate (0) and sites of n cameras (n)."""

    by_offset: int
    in_field: int
    turning: int
    by_street: int


class CameraTypes(NamedTuple):
    """Draws of camera types: working share, height and field, shape (D, Y), and rings.

    `working` is the share that works in each of some cases, shape (V, D, Y). `inner` and `outer`
    are the radii of rings in bins of distance, shape (D, T, Y); `per_site` is the chance of 1 to N
    cameras, shape (D, N); `facing` the chance of each step of direction by the angle of the street,
    shape (D, F, steps).
    """

    working: NDArray[np.float64]
    height_m: NDArray[np.float64]
    hfov_deg: NDArray[np.float64]
    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    per_site: NDArray[np.float64]
    facing: NDArray[np.float64]


class Lanes(NamedTuple):
    """Views that are averaged side by side; rows are steps and rotations, columns are views.

    `free` is the chance that no camera of an offset covers the point, `met` that any of n evenly
    spaced ones does, by rotation, one block after another; `sums` are sums on the way. `into` says
    where the results go.
    """

    free: NDArray[np.float64]
    met: NDArray[np.float64]
    sums: NDArray[np.float64]
    into: NDArray[np.int64]


class Wanted(NamedTuple):
    """What is wanted of each view: rows of weights, and sites of so many cameras.

    Of roof h, ``row[h, i]`` of the table is result ``what[h, i]``, for i below ``n[h]``.
    """

    weights: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    row: NDArray[np.int64]
    what: NDArray[np.int64]
    n: NDArray[np.int64]


@helper
def wanted_rows(row_of, rows, n_most, n_folds):
    """Return what is wanted of each view; results are weights, counts, field, turning, offsets."""
    n_heights = len(row_of)
    weights, counts = np.zeros(1 + n_folds, np.bool_), np.zeros(n_most, np.bool_)
    row, what = np.empty(row_of.shape, np.int64), np.empty(row_of.shape, np.int64)
    n = np.zeros(n_heights, np.int64)
    n_values = 1 + n_folds + n_most
    for h in range(n_heights):
        for v in range(row_of.shape[1]):
            if row_of[h, v] < 0:
                continue
            if v == 0:
                result = 0
            elif v < rows.by_offset:
                result = n_folds + v
                counts[v - 1] = True
            elif v < rows.in_field:
                result = n_values + 2 + v - rows.by_offset
            elif v < rows.by_street:
                result = n_values + v - rows.in_field
            else:
                result = 1 + v - rows.by_street
            if result <= n_folds:
                weights[result] = True
            row[h, n[h]], what[h, n[h]] = row_of[h, v], result
            n[h] += 1
    return Wanted(weights, counts, row, what, n)


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
def sort_by_roof(height_m, least_m, order, begin):
    """Sort types by the highest roof that they look over; those of roof h begin at ``begin[h]``."""
    found = 0
    for h in range(len(least_m)):
        begin[h] = found
        for y in range(len(height_m)):
            above = h + 1 < len(least_m) and height_m[y] >= least_m[h + 1]
            if height_m[y] >= least_m[h] and not above:
                order[found] = y
                found += 1
    begin[len(least_m)] = found


@helper
def parts_of_bin(inner, outer, near, far, bin_m, parts):
    """Fill the part of a bin inside the ring of each type."""
    for y in range(len(parts)):
        parts[y] = max(min(far, outer[y]) - max(near, inner[y]), 0.0) / bin_m


@helper
def highest_changed(order, begin, parts, before):
    """Return the highest roof of a type of which another part is inside its ring, -1 for none."""
    same = True
    for y in range(len(parts)):
        same &= parts[y] == before[y]
    if same:
        return -1
    for h in range(len(begin) - 2, -1, -1):
        for i in range(begin[h], begin[h + 1]):
            if parts[order[i]] != before[order[i]]:
                return h
    return -1


@helper
def put_into_lane(cover, free, lane):
    """Write the chance that no camera of an offset covers the point, by step of offset."""
    n_steps = len(free)
    for k in range(len(cover)):
        left = 1.0 - cover[k]
        free[k, lane] = left
        free[n_steps - 1 - k, lane] = left


@helper
def met_at_rotations(n_most, free, met):
    """Fill the chance that any of n evenly spaced cameras covers the point, by rotation."""
    n_steps, n_lanes = free.shape
    free_, met_ = free.reshape(-1), met.reshape(-1)
    first = 0
    for n in range(1, n_most + 1):
        turn = n_steps // n * n_lanes
        half = n_steps // n // 2 * n_lanes
        block = met_[first : first + half]
        for u in range(half):
            block[u] = free_[u]
        for j in range(1, n):
            ahead = free_[j * turn : j * turn + half]
            for u in range(half):
                block[u] *= ahead[u]
        for u in range(half):
            block[u] = 1.0 - block[u]
        first += half


@helper
def mix_rotations(weights, met, sums):
    """Add up weighted rotations into row 0 of `sums`, in the same order for every lane.

    The number of rotations is a multiple of `SUMS` times `UNROLLED`.
    """
    n_lanes = met.shape[1]
    for j in range(SUMS):
        total = sums[j]
        for m in range(n_lanes):
            total[m] = 0.0
        for k in range(j, len(met), SUMS * UNROLLED):
            a, b, c, d = weights[k], weights[k + 4], weights[k + 8], weights[k + 12]
            e, f, g, h = weights[k + 16], weights[k + 20], weights[k + 24], weights[k + 28]
            at_a, at_b, at_c, at_d = met[k], met[k + 4], met[k + 8], met[k + 12]
            at_e, at_f, at_g, at_h = met[k + 16], met[k + 20], met[k + 24], met[k + 28]
            for m in range(n_lanes):
                total[m] = (
                    total[m] + a * at_a[m] + b * at_b[m] + c * at_c[m] + d * at_d[m]
                    + e * at_e[m] + f * at_f[m] + g * at_g[m] + h * at_h[m]
                )  # fmt: skip
    for m in range(n_lanes):
        sums[0, m] = (sums[0, m] + sums[1, m]) + (sums[2, m] + sums[3, m])


@helper
def mean_of_rotations(met, first, half, total):
    """Average the rotations of sites of n cameras, which begin at `first`, in their order."""
    for m in range(len(total)):
        total[m] = 0.0
    for u in range(first, first + half):
        row = met[u]
        for m in range(len(total)):
            total[m] += row[m]
    for m in range(len(total)):
        total[m] /= half


@helper
def average_lanes(n, lanes, weights, wanted, values):
    """Average the first n lanes over rotations, and write the results where they belong."""
    n_most, n_steps = len(wanted.counts), len(lanes.free)
    met_at_rotations(n_most, lanes.free, lanes.met)
    total = lanes.sums[0]
    for r in range(len(weights)):
        if wanted.weights[r]:
            mix_rotations(weights[r], lanes.met, lanes.sums)
            for m in range(n):
                values[lanes.into[0, m], lanes.into[1, m], r] = total[m]
    first = 0
    for k in range(1, n_most + 1):
        half = n_steps // k // 2
        if wanted.counts[k - 1]:
            mean_of_rotations(lanes.met, first, half, total)
            for m in range(n):
                values[lanes.into[0, m], lanes.into[1, m], len(weights) + k - 1] = total[m]
        first += half


@kernel
def fill_views(first, end, types, least_m, row_of, rows, bin_m, tables):
    """Fill the tables of all cases for the draws in ``range(first, end)``; -1 is not wanted.

    Neighbouring draws are contiguous in memory, so they are filled together.
    """
    n_some, (n_cases, _, n_types) = end - first, types.working.shape
    n_most, n_folds, n_steps = types.per_site.shape[1], types.facing.shape[1], types.facing.shape[2]
    n_rows, n_tiers, n_heights = tables.shape[1], tables.shape[3], len(least_m)
    half, n_rotations = n_steps // 2, 0
    for n in range(1, n_most + 1):
        n_rotations += n_steps // n // 2
    n_rotations = -(-n_rotations // (SUMS * UNROLLED)) * (SUMS * UNROLLED)
    wanted = wanted_rows(row_of, rows, n_most, n_folds)
    n_values = 1 + n_folds + n_most
    offsets = False
    for h in range(n_heights):
        for i in range(wanted.n[h]):
            offsets |= wanted.what[h, i] >= n_values + 2
    # 1. Of each draw: weights of rotations, types by the highest roof that each looks over, and the
    # part of each step of offset inside the field of each.
    field, weights = np.empty((n_types, half)), np.empty((n_some, 1 + n_folds, n_rotations))
    order = np.empty(n_types, np.int64)
    begin = np.zeros(n_heights + 1, np.int64)
    parts, before = np.empty(n_types), np.empty(n_types)
    cover, anywhere, turning = np.empty((n_cases, half)), np.empty(n_cases), np.empty(n_cases)
    working, turns = np.empty(n_cases), np.empty(n_cases)
    lanes = Lanes(
        np.ones((n_steps, N_LANES)), np.zeros((n_rotations, N_LANES)), np.empty((SUMS, N_LANES)),
        np.zeros((2, N_LANES), np.int64),
    )  # fmt: skip
    n_bins = tables.shape[2]
    values = np.empty(
        (n_cases, n_some * n_bins * n_heights, n_values + 2 + (half if offsets else 0)), np.float32
    )
    views = np.empty((n_cases, n_rows, n_some), np.float32)
    changed, of_roof = np.empty((n_some, n_bins), np.bool_), np.empty(n_heights, np.int64)
    at = np.empty((n_some, n_bins, n_heights), np.int64)
    for i in range(n_some):
        weigh_rotations(types.facing[first + i], types.per_site[first + i], weights[i])
    for t in range(n_tiers):
        reached, n_found = 0, 0
        for i in range(n_some):
            d = first + i
            farthest = 0.0
            for y in range(n_types):
                farthest = max(farthest, types.outer[d, t, y])
                before[y] = 0.0
                half_steps = types.hfov_deg[d, y] / 2.0 / 360.0 * n_steps
                for k in range(half):
                    field[y, k] = min(max(half_steps - k, 0.0), 1.0)
            sort_by_roof(types.height_m[d], least_m, order, begin)
            for v in range(n_cases):
                working[v] = turns[v] = 0.0
                for y in range(n_types):
                    working[v] += types.working[v, d, y]
                    if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                        turns[v] += types.working[v, d, y]
            n_near = min(n_bins, math.ceil(farthest / bin_m))
            reached = max(reached, n_near)
            for b in range(n_bins):
                changed[i, b] = False
            for h in range(n_heights):
                of_roof[h] = -1
            n_in_lanes = 0
            # 2. Bin by bin, up to the longest ring of the tier. Only bins at the edge of a ring
            # differ from the one before; in the last one no ring is left.
            for b in range(min(n_near + 1, n_bins)):
                parts_of_bin(
                    types.inner[d, t], types.outer[d, t], b * bin_m, (b + 1) * bin_m, bin_m, parts
                )
                top = highest_changed(order, begin, parts, before)
                parts, before = before, parts
                if top < 0:
                    continue
                changed[i, b] = True
                for v in range(n_cases):
                    anywhere[v] = turning[v] = 0.0
                    for k in range(half):
                        cover[v, k] = 0.0
                # 3. From the highest roof down, more and more cameras are high enough. Roofs over
                # which only types look of which nothing changed stay as they are.
                for h in range(n_heights - 1, -1, -1):
                    some = False
                    for v in range(n_cases):
                        more, more_turning = 0.0, 0.0
                        for j in range(begin[h], begin[h + 1]):
                            y = order[j]
                            if before[y] <= 0.0:
                                continue
                            some = True
                            weight = types.working[v, d, y] * before[y]
                            more += weight
                            if types.hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                                more_turning += weight
                            for k in range(half):
                                cover[v, k] += weight * field[y, k]
                        anywhere[v] += more
                        turning[v] += more_turning
                    if h > top:
                        continue
                    of_roof[h] = n_found if some else -1
                    if not some:
                        continue
                    for v in range(n_cases):
                        value = values[v, n_found]
                        value[n_values] = anywhere[v]
                        value[n_values + 1] = anywhere[v]
                        if turns[v] > 0.0:
                            value[n_values + 1] = turning[v] * working[v] / turns[v]
                        if offsets:
                            for k in range(half):
                                value[n_values + 2 + k] = cover[v, k]
                        put_into_lane(cover[v], lanes.free, n_in_lanes)
                        lanes.into[0, n_in_lanes], lanes.into[1, n_in_lanes] = v, n_found
                        n_in_lanes += 1
                        if n_in_lanes == N_LANES:
                            average_lanes(n_in_lanes, lanes, weights[i], wanted, values)
                            n_in_lanes = 0
                    n_found += 1
                for h in range(n_heights):
                    at[i, b, h] = of_roof[h]
            if n_in_lanes:
                average_lanes(n_in_lanes, lanes, weights[i], wanted, values)
        # 4. Write the views of all draws, bin by bin.
        for v in range(n_cases):
            for r in range(n_rows):
                for i in range(n_some):
                    views[v, r, i] = 0.0
        for b in range(reached):
            for i in range(n_some):
                if not changed[i, b]:
                    continue
                for v in range(n_cases):
                    for r in range(n_rows):
                        views[v, r, i] = 0.0
                    now = -1
                    for h in range(n_heights - 1, -1, -1):
                        now = at[i, b, h] if at[i, b, h] >= 0 else now
                        for k in range(wanted.n[h] if now >= 0 else 0):
                            views[v, wanted.row[h, k], i] = values[v, now, wanted.what[h, k]]
            for v in range(n_cases):
                for r in range(n_rows):
                    for i in range(n_some):
                        tables[v, r, b, t, first + i] = views[v, r, i]
