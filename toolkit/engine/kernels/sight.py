"""Compiled loops of `toolkit.engine.sight`.

For one site, the points in reach are sorted into angular bins; each wall then only meets the
points in the bins that it spans. The bins decide nothing: every pair of wall and point in them is
tested exactly, by three cross products relative to the site.
"""

# Compiled code: numba takes the types from the arrays, and long argument lists are cheaper than
# objects there. The callers in toolkit/engine/sight.py document shapes and units.
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

ANGULAR_BINS = 128
"""Bins of direction around a site into which points are sorted."""
FINE_BINS = 8192
"""Steps of the diamond angle from which a bearing is looked up (less than 0.06 degrees each)."""
CM_PER_BIN = 100
"""Rows are sorted by whole metres of distance."""
DM_PER_M = 10.0
_CHUNK_SITES = 64


@njit(cache=True, inline="always")
def diamond(dx, dy):
    """Return a number from 0 to 4 that grows with the angle of a direction."""
    total = abs(dx) + abs(dy)
    if total == 0.0:
        return np.float32(0.0)
    part = dx / total
    if dy >= 0.0:
        return np.float32(1.0) - part
    return np.float32(3.0) + part


@njit(cache=True, error_model="numpy")
def hide(first, last, px, py, inside, need, ax, ay, bx, by, turn, building, top, target):
    """Raise the least camera height of the points that a wall from a to b hides.

    The wall is seen from a to b counter-clockwise; `turn` is the cross product of a and b.
    """
    ex, ey = bx - ax, by - ay
    for k in range(first, last):
        from_a = ax * py[k] - ay * px[k]
        to_b = px[k] * by - py[k] * bx
        along = ex * py[k] - ey * px[k]
        hit = (from_a >= 0.0) & (to_b >= 0.0) & (along + turn < 0.0) & (inside[k] != building)
        at = -turn / along
        over = (top - target * at) / (np.float32(1.0) - at)
        need[k] = max(need[k], over if hit else np.float32(0.0))


@njit(cache=True, parallel=True, error_model="numpy")
def sweep(
    sites, site_in,
    point_x, point_y, point_id, point_in, point_start, px0, py0, pnx, pny, point_cell,
    wall_a_x, wall_a_y, wall_b_x, wall_b_y, wall_of, wall_top, wall_start,
    wx0, wy0, wnx, wny, wall_cell, half_wall,
    beyond, reach, target, highest, row, bearing_of, keep,
    out_point, out_cm, out_bearing, out_height, found,
):  # fmt: skip
    """Find what each site sees; with `keep` false only count it.

    Rows of the output begin at `row` and have room for every point in the cells in reach.
    """
    n = len(sites)
    zero = np.float32(0.0)
    scale = np.float32(ANGULAR_BINS / 4)
    for chunk in prange((n + _CHUNK_SITES - 1) // _CHUNK_SITES):
        first_site = chunk * _CHUNK_SITES
        last_site = min(first_site + _CHUNK_SITES, n)
        room = 0
        for s in range(first_site, last_site):
            room = max(room, row[s + 1] - row[s])
        px, py = np.empty(room, np.float32), np.empty(room, np.float32)
        ident, inside = np.empty(room, np.int32), np.empty(room, np.int32)
        bin_of = np.empty(room, np.int32)
        x, y = np.empty(room, np.float32), np.empty(room, np.float32)
        which, within = np.empty(room, np.int32), np.empty(room, np.int32)
        need = np.empty(room, np.float32)
        far_cm = np.empty(room, np.int32)
        edge = np.zeros(ANGULAR_BINS + 1, np.int32)
        metres = np.zeros(int(reach) + 3, np.int32)
        for s in range(first_site, last_site):
            sx, sy, own = sites[s, 0], sites[s, 1], site_in[s]
            i0 = max(math.floor((sx - reach - px0) / point_cell), 0)
            i1 = min(math.floor((sx + reach - px0) / point_cell), pnx - 1)
            j0 = max(math.floor((sy - reach - py0) / point_cell), 0)
            j1 = min(math.floor((sy + reach - py0) / point_cell), pny - 1)
            m = 0
            edge[:] = 0
            for j in range(j0, j1 + 1):
                if i1 < i0:
                    break
                for k in range(point_start[j * pnx + i0], point_start[j * pnx + i1 + 1]):
                    dx, dy = point_x[k] - sx, point_y[k] - sy
                    square = dx * dx + dy * dy
                    if square > reach * reach or (beyond > 0.0 and square <= beyond * beyond):
                        continue
                    px[m], py[m] = dx, dy
                    ident[m], inside[m] = point_id[k], point_in[k]
                    b = min(int(diamond(dx, dy) * scale), ANGULAR_BINS - 1)
                    bin_of[m] = b
                    edge[b + 1] += 1
                    m += 1
            found[s] = 0
            if m == 0:
                continue
            for b in range(ANGULAR_BINS):
                edge[b + 1] += edge[b]
            for k in range(m):
                b = bin_of[k]
                o = edge[b]
                edge[b] += 1
                x[o], y[o] = px[k], py[k]
                which[o], within[o] = ident[k], inside[k]
                need[o] = zero
            for b in range(ANGULAR_BINS, 0, -1):
                edge[b] = edge[b - 1]
            edge[0] = 0
            ahead = reach + half_wall
            i0 = max(math.floor((sx - ahead - wx0) / wall_cell), 0)
            i1 = min(math.floor((sx + ahead - wx0) / wall_cell), wnx - 1)
            j0 = max(math.floor((sy - ahead - wy0) / wall_cell), 0)
            j1 = min(math.floor((sy + ahead - wy0) / wall_cell), wny - 1)
            for j in range(j0, j1 + 1):
                if i1 < i0:
                    break
                for w in range(wall_start[j * wnx + i0], wall_start[j * wnx + i1 + 1]):
                    if wall_of[w] == own:
                        continue
                    ax, ay = wall_a_x[w] - sx, wall_a_y[w] - sy
                    bx, by = wall_b_x[w] - sx, wall_b_y[w] - sy
                    turn = ax * by - ay * bx
                    if turn < 0.0:
                        ax, ay, bx, by, turn = bx, by, ax, ay, -turn
                    if turn == 0.0:  # seen edge on: its neighbours decide
                        continue
                    a = min(int(diamond(ax, ay) * scale), ANGULAR_BINS - 1)
                    b = min(int(diamond(bx, by) * scale), ANGULAR_BINS - 1)
                    first, last = edge[a], edge[b + 1]
                    if a > b:
                        hide(
                            first, m, x, y, within, need,
                            ax, ay, bx, by, turn, wall_of[w], wall_top[w], target,
                        )  # fmt: skip
                        first = 0
                    if first < last:
                        hide(
                            first, last, x, y, within, need,
                            ax, ay, bx, by, turn, wall_of[w], wall_top[w], target,
                        )  # fmt: skip
            seen = 0
            if not keep:
                for k in range(m):
                    if need[k] <= highest:
                        seen += 1
                found[s] = seen
                continue
            metres[:] = 0
            for k in range(m):
                if need[k] <= highest:
                    far = math.sqrt(x[k] * x[k] + y[k] * y[k])
                    far_cm[k] = int(far * np.float32(100.0) + np.float32(0.5))
                    metres[far_cm[k] // CM_PER_BIN + 1] += 1
            for k in range(len(metres) - 1):
                metres[k + 1] += metres[k]
            for k in range(m):
                if need[k] <= highest:
                    o = row[s] + metres[far_cm[k] // CM_PER_BIN]
                    metres[far_cm[k] // CM_PER_BIN] += 1
                    out_point[o] = which[k]
                    out_cm[o] = far_cm[k]
                    fine = int(diamond(x[k], y[k]) * np.float32(FINE_BINS / 4))
                    out_bearing[o] = bearing_of[min(fine, FINE_BINS - 1)]
                    out_height[o] = np.uint8(math.ceil(need[k] * np.float32(DM_PER_M)))
                    seen += 1
            found[s] = seen


@njit(cache=True, parallel=True)
def room_in_reach(sites, point_start, x0, y0, nx, ny, cell, reach):
    """Count the points in the cells that a site's reach touches: the room that its row needs."""
    out = np.zeros(len(sites), np.int64)
    for s in prange(len(sites)):
        i0 = max(math.floor((sites[s, 0] - reach - x0) / cell), 0)
        i1 = min(math.floor((sites[s, 0] + reach - x0) / cell), nx - 1)
        j0 = max(math.floor((sites[s, 1] - reach - y0) / cell), 0)
        j1 = min(math.floor((sites[s, 1] + reach - y0) / cell), ny - 1)
        if i1 >= i0:
            for j in range(j0, j1 + 1):
                out[s] += point_start[j * nx + i1 + 1] - point_start[j * nx + i0]
    return out


@njit(cache=True, parallel=True)
def compact(row, start, found, point, cm, bearing, height, to_point, to_cm, to_bearing, to_height):
    """Close the gaps between rows."""
    for s in prange(len(found)):
        for k in range(found[s]):
            i, o = row[s] + k, start[s] + k
            to_point[o], to_cm[o] = point[i], cm[i]
            to_bearing[o], to_height[o] = bearing[i], height[i]
