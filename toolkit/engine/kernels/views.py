"""Compiled loops of the view table."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, C901, PLR0912
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

N_LANES = 40
"""Views that are averaged over rotations side by side. The order of a sum over rotations is kept,
so one sum alone would wait for itself at every step."""
UNROLLED = 8
"""Terms that are added before a sum is written to memory again."""
SUMS = 4
"""Sums of a row, over every fourth rotation, that are added at the end."""


class CameraTypes(NamedTuple):
    """Draws of camera types, the same for all tiers.

    `working` is the share that works in each of some cases, shape (V, D, Y), `all_working` and
    `all_turning` the sums over all types and over those that pan, shape (V, D); `turns` says which
    do, shape (D, Y). `field` is the part of each step of offset inside the field of each type,
    shape (D, Y, steps). ``order[d, begin[d, h] : begin[d, h + 1]]`` are the types of which h is the
    highest roof that they look over.
    """

    working: NDArray[np.float64]
    all_working: NDArray[np.float64]
    all_turning: NDArray[np.float64]
    turns: NDArray[np.bool_]
    field: NDArray[np.float64]
    order: NDArray[np.int64]
    begin: NDArray[np.int64]


class Rings(NamedTuple):
    """Radii of the rings of each type in metres, shape (D, T, Y), and the bins that they reach.

    `n_bins` is the number up to the longest, shape (D, T).
    """

    inner: NDArray[np.float64]
    outer: NDArray[np.float64]
    n_bins: NDArray[np.int64]
    bin_m: float


class Seen(NamedTuple):
    """What the cameras of some draws see at one tier, where it differs from the bin before.

    Row r of `cover` is the chance that one camera covers the point, by step of its offset from it;
    row r of `values` are the results wanted, of which the last two are the chance for a camera with
    the point in its field, and for one that pans. The rows of all cases follow one another, and
    those of draw i begin at ``begin[i]``. `at` is the first row by draw, bin and roof, -1 where a
    roof is as the next higher one, shape (n, bins, H), of the bins that `changed` names, shape
    (n, bins).
    """

    cover: NDArray[np.float64]
    values: NDArray[np.float32]
    begin: NDArray[np.int64]
    at: NDArray[np.int64]
    changed: NDArray[np.bool_]


class Wanted(NamedTuple):
    """What is wanted of each view: rows of weights, and sites of so many cameras.

    Of roof h, ``row[h, i]`` of the table is result ``what[h, i]``, for i below ``n[h]``: those of
    weights, of counts, with the point in the field, panning, and by step of offset.
    """

    weights: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    row: NDArray[np.int64]
    what: NDArray[np.int64]
    n: NDArray[np.int64]


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
            w, at = weights[k:], met[k:]
            for m in range(n_lanes):
                total[m] = (
                    total[m] + w[0] * at[0, m] + w[4] * at[4, m] + w[8] * at[8, m]
                    + w[12] * at[12, m] + w[16] * at[16, m] + w[20] * at[20, m]
                    + w[24] * at[24, m] + w[28] * at[28, m]
                )  # fmt: skip
    for m in range(n_lanes):
        sums[0, m] = (sums[0, m] + sums[1, m]) + (sums[2, m] + sums[3, m])


@helper
def mean_of_rotations(met, total):
    """Average some rotations in their order."""
    for m in range(len(total)):
        total[m] = 0.0
    for u in range(len(met)):
        row = met[u]
        for m in range(len(total)):
            total[m] += row[m]
    for m in range(len(total)):
        total[m] /= len(met)


@kernel
def see(first, end, t, types, rings, seen):
    """Collect what the cameras of the draws in ``range(first, end)`` see at tier t."""
    n_cases, _, n_types = types.working.shape
    n_heights, half = seen.at.shape[2], seen.cover.shape[1]
    in_field, bin_m = seen.values.shape[1] - 2, rings.bin_m
    cover, whole = np.empty((n_cases, half)), np.empty((n_cases, 2))
    parts, before = np.empty(n_types), np.empty(n_types)
    of_roof = np.empty(n_heights, np.int64)
    row = 0
    for i in range(end - first):
        d = first + i
        seen.begin[i] = row
        order, begin = types.order[d], types.begin[d]
        for y in range(n_types):
            before[y] = 0.0
        for h in range(n_heights):
            of_roof[h] = -1
        # 1. Bin by bin, up to the longest ring of the tier. Only bins at the edge of a ring
        # differ from the one before; in the last one no ring is left.
        for b in range(seen.at.shape[1]):
            top = -1
            if b <= rings.n_bins[d, t]:
                for y in range(n_types):
                    part = min((b + 1) * bin_m, rings.outer[d, t, y])
                    part -= max(b * bin_m, rings.inner[d, t, y])
                    parts[y] = max(part, 0.0) / bin_m
                top = highest_changed(order, begin, parts, before)
                parts, before = before, parts
            seen.changed[i, b] = top >= 0
            if top < 0:
                continue
            for v in range(n_cases):
                whole[v, 0] = whole[v, 1] = 0.0
                for k in range(half):
                    cover[v, k] = 0.0
            # 2. From the highest roof down, more and more cameras are high enough. Roofs over
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
                        if types.turns[d, y]:
                            more_turning += weight
                        for k in range(half):
                            cover[v, k] += weight * types.field[d, y, k]
                    whole[v, 0] += more
                    whole[v, 1] += more_turning
                if h <= top:
                    of_roof[h] = row if some else -1
                    for v in range(n_cases if some else 0):
                        for k in range(half):
                            seen.cover[row, k] = cover[v, k]
                        turning, turns = whole[v, 0], types.all_turning[v, d]
                        if turns > 0.0:
                            turning = whole[v, 1] * types.all_working[v, d] / turns
                        seen.values[row, in_field] = whole[v, 0]
                        seen.values[row, in_field + 1] = turning
                        row += 1
                seen.at[i, b, h] = of_roof[h]
    seen.begin[end - first] = row


@kernel
def average(n_some, weights, wanted, free, met, sums, seen):
    """Average what is seen over rotations, for each of some draws, into the results.

    Rows of `free`, `met` and `sums` are steps and rotations, columns are views that are averaged
    side by side: the chance that no camera of an offset covers the point, that any of n evenly
    spaced ones does, one block of rotations after another, and sums on the way.
    """
    n_most, (n_steps, n_lanes) = len(wanted.counts), free.shape
    total = sums[0]
    for i in range(n_some):
        for row in range(seen.begin[i], seen.begin[i + 1], n_lanes):
            n = min(n_lanes, seen.begin[i + 1] - row)
            for m in range(n):
                for k in range(n_steps // 2):
                    left = 1.0 - seen.cover[row + m, k]
                    free[k, m] = left
                    free[n_steps - 1 - k, m] = left
            met_at_rotations(n_most, free, met)
            for r in range(len(wanted.weights)):
                if wanted.weights[r]:
                    mix_rotations(weights[i, r], met, sums)
                    for m in range(n):
                        seen.values[row + m, r] = total[m]
            first = 0
            for k in range(n_most):
                half = n_steps // (k + 1) // 2
                if wanted.counts[k]:
                    mean_of_rotations(met[first : first + half], total)
                    for m in range(n):
                        seen.values[row + m, len(wanted.weights) + k] = total[m]
                first += half


@kernel
def write(first, t, n_bins, wanted, seen, views, tables):
    """Write the first bins of the draws from `first` on at tier t.

    `views` are those of a bin, shape (V, K, n). Neighbouring draws are contiguous in memory.
    """
    n_cases, n_rows, n_some = views.shape
    n_heights, n_results = len(wanted.n), seen.values.shape[1]
    for v in range(n_cases):
        for r in range(n_rows):
            for i in range(n_some):
                views[v, r, i] = 0.0
    for b in range(n_bins):
        for i in range(n_some):
            if not seen.changed[i, b]:
                continue
            for v in range(n_cases):
                for r in range(n_rows):
                    views[v, r, i] = 0.0
                now = -1
                for h in range(n_heights - 1, -1, -1):
                    now = seen.at[i, b, h] if seen.at[i, b, h] >= 0 else now
                    for k in range(wanted.n[h] if now >= 0 else 0):
                        what = wanted.what[h, k]
                        if what < n_results:
                            views[v, wanted.row[h, k], i] = seen.values[now + v, what]
                        else:
                            views[v, wanted.row[h, k], i] = seen.cover[now + v, what - n_results]
        for v in range(n_cases):
            for r in range(n_rows):
                for i in range(n_some):
                    tables[v, r, b, t, first + i] = views[v, r, i]


def fill_views(first, end, types, rings, weights, wanted, tables):
    """Fill the tables of all cases for the draws in ``range(first, end)``.

    In three loops, since one around all takes twice as long to compile.
    """
    n_some, n_heights, half_circle = end - first, len(wanted.n), types.field.shape[2]
    n_cases, n_rows, n_bins, n_tiers, _ = tables.shape
    n_found = n_cases * n_some * n_bins * n_heights
    seen = Seen(
        np.empty((n_found, half_circle)),
        np.empty((n_found, len(wanted.weights) + len(wanted.counts) + 2), np.float32),
        np.empty(n_some + 1, np.int64),
        np.empty((n_some, n_bins, n_heights), np.int64),
        np.empty((n_some, n_bins), np.bool_),
    )
    lanes = tuple(np.ones((n, N_LANES)) for n in (2 * half_circle, weights.shape[2], SUMS))
    views = np.empty((n_cases, n_rows, n_some), np.float32)
    for t in range(n_tiers):
        reached = int(rings.n_bins[first:end, t].max(initial=0))
        see(first, end, t, types, rings, seen)
        average(n_some, weights[first:end], wanted, *lanes, seen)
        write(first, t, reached, wanted, seen, views, tables)
