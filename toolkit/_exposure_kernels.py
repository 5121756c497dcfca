"""Compiled loops of `toolkit.exposure`, and the steps of its tables."""

# Compiled code: numba takes the types from the arrays, and long argument lists are cheaper than
# objects there. The callers in toolkit/exposure.py document shapes and units.
# ruff: noqa: C901, ANN001, ANN202, PLR0912, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import numpy as np
from numba import njit, prange

from toolkit._sight_kernels import CM_PER_BIN

BIN_M = 1.0
"""Rings are tabulated in distance bins of this width; a bin counts by the part inside the ring."""
MAX_PER_SITE = 6
"""Cameras per site are cut off here (less than 1 in 100 sites at the highest assumed mean)."""
OFFSET_STEPS = 120
"""Steps of 3 degrees over which the rotation of a site is averaged; 1 to 6 divide it."""
HALF_CIRCLE = OFFSET_STEPS // 2
IN_FIELD = 1 + MAX_PER_SITE + HALF_CIRCLE
"""Row of the view table for one camera whose field is known to hold the point."""
TURNING = IN_FIELD + 1
"""Row for one camera that is known to turn: one of the types that do."""
N_VIEWS = TURNING + 1
"""Rows of the view table: a candidate, mapped sites of 1 to 6 cameras, offsets of one camera, one
camera whose field is known, and one that turns."""
FULL_CIRCLE_DEG = 360.0


@njit(cache=True, parallel=True)
def fill_views(weight, hfov_deg, inner, outer, per_site, n_bins):
    n_draws, n_types = weight.shape
    n_tiers = inner.shape[1]
    table = np.zeros((N_VIEWS, n_bins, n_tiers, n_draws), np.float32)
    for d in prange(n_draws):
        cover = np.empty(OFFSET_STEPS)
        field = np.empty((n_types, HALF_CIRCLE))
        # Part of each step of offset that lies inside the field of each type.
        for y in range(n_types):
            half_steps = hfov_deg[d, y] / 2.0 / 360.0 * OFFSET_STEPS
            for k in range(HALF_CIRCLE):
                field[y, k] = min(max(half_steps - k, 0.0), 1.0)
        working, turns = 0.0, 0.0
        for y in range(n_types):
            working += weight[d, y]
            if hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                turns += weight[d, y]
        for t in range(n_tiers):
            for b in range(n_bins):
                near, far = b * BIN_M, (b + 1) * BIN_M
                some = False
                cover[:] = 0.0
                anywhere, turning = 0.0, 0.0
                for y in range(n_types):
                    part = (min(far, outer[d, t, y]) - max(near, inner[d, t, y])) / BIN_M
                    if part <= 0.0:
                        continue
                    some = True
                    anywhere += weight[d, y] * part
                    if hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                        turning += weight[d, y] * part
                    for k in range(OFFSET_STEPS):
                        fold = min(k, OFFSET_STEPS - 1 - k)
                        cover[k] += weight[d, y] * part * field[y, fold]
                if not some:
                    continue
                mixed = 0.0
                for n in range(1, MAX_PER_SITE + 1):
                    turn = OFFSET_STEPS // n
                    total = 0.0
                    for u in range(turn):
                        miss = 1.0
                        for i in range(n):
                            miss *= 1.0 - cover[u + i * turn]
                        total += 1.0 - miss
                    table[n, b, t, d] = total / turn
                    mixed += per_site[d, n - 1] * total / turn
                table[0, b, t, d] = mixed
                for k in range(HALF_CIRCLE):
                    table[1 + MAX_PER_SITE + k, b, t, d] = cover[k]
                table[IN_FIELD, b, t, d] = anywhere
                table[TURNING, b, t, d] = turning * working / turns if turns > 0.0 else anywhere
    return table


@njit(cache=True, parallel=True, fastmath=True)
def closed_form(start, site, bins, view, site_prob, views, last):
    n_tiers, n_draws = views.shape[2], views.shape[3]
    out = np.empty((len(start) - 1, n_tiers, n_draws), np.float32)
    for p in prange(len(start) - 1):
        miss = np.ones((n_tiers, n_draws), np.float32)
        for k in range(start[p], start[p + 1]):
            b = bins[k]
            prob = site_prob[site[k]]
            for t in range(n_tiers):
                if b > last[t]:
                    continue
                v = views[view[k], b, t]
                row = miss[t]
                for d in range(n_draws):
                    row[d] *= np.float32(1.0) - prob[d] * v[d]
        out[p] = np.float32(1.0) - miss
    return out


@njit(cache=True, parallel=True)
def simulate(
    first, site, kind, axis_deg, width_deg, hfov_deg, inner_cm, outer_cm,
    start, point, distance_cm, bearing, length_m,
):  # fmt: skip
    n_draws, n_tiers = len(first) - 1, inner_cm.shape[1]
    share = np.zeros((n_draws, n_tiers))
    alone = np.zeros((n_draws, n_tiers))
    total = length_m.sum()
    for d in prange(n_draws):
        hit = np.zeros((n_tiers, len(length_m)), np.uint8)
        for c in range(first[d], first[d + 1]):
            y = kind[c]
            last_metre = int(outer_cm[d, :, y].max()) // CM_PER_BIN
            half = hfov_deg[d, y] / 2.0
            if not np.isnan(width_deg[c]):
                half = width_deg[c] / 2.0
            for k in range(start[site[c]], start[site[c] + 1]):
                distance = float(distance_cm[k])
                if distance_cm[k] // CM_PER_BIN > last_metre:  # rows are sorted by metres
                    break
                # float() first: an unsigned difference would wrap and lose sectors across north.
                off = float(bearing[k]) * (360.0 / 256.0) - axis_deg[c]
                off = abs((off + 180.0) % 360.0 - 180.0)
                if off > half:
                    continue
                for t in range(n_tiers):
                    if inner_cm[d, t, y] <= distance < outer_cm[d, t, y]:
                        hit[t, point[k]] = 1
                        alone[d, t] += length_m[point[k]]
        for t in range(n_tiers):
            covered = 0.0
            for p in range(len(length_m)):
                if hit[t, p]:
                    covered += length_m[p]
            share[d, t] = covered / total if total > 0 else 0.0
    return share, alone
