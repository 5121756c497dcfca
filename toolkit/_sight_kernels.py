"""Compiled loops of `toolkit.sight`."""

# Compiled code: numba takes the types from the arrays, and long argument lists are cheaper than
# objects there. The callers in toolkit/sight.py document shapes and units.
# ruff: noqa: ANN001, ANN202, C901, PLR0911, PLR0912, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange


@njit(cache=True)
def bin_segments(segments, x0, y0, nx, ny, cell):
    """List, for each cell, the segments whose bounding box touches it."""
    n = len(segments)
    counts = np.zeros(nx * ny + 1, np.int64)
    for fill in range(2):
        if fill == 1:
            start = np.zeros(nx * ny + 1, np.int64)
            for k in range(nx * ny):
                start[k + 1] = start[k] + counts[k]
            items = np.empty(start[nx * ny], np.int32)
            counts[:] = 0
        for k in range(n):
            ax, ay, bx, by = segments[k]
            i0 = min(max(int((min(ax, bx) - x0) / cell), 0), nx - 1)
            i1 = min(max(int((max(ax, bx) - x0) / cell), 0), nx - 1)
            j0 = min(max(int((min(ay, by) - y0) / cell), 0), ny - 1)
            j1 = min(max(int((max(ay, by) - y0) / cell), 0), ny - 1)
            for j in range(j0, j1 + 1):
                for i in range(i0, i1 + 1):
                    c = j * nx + i
                    if fill == 1:
                        items[start[c] + counts[c]] = k
                    counts[c] += 1
    return start, items


@njit(cache=True)
def crosses(px, py, qx, qy, ax, ay, bx, by):
    """Whether the segment p-q properly crosses the wall a-b (touching an end counts once)."""
    dx, dy = qx - px, qy - py
    ex, ey = bx - ax, by - ay
    denominator = dx * ey - dy * ex
    if denominator == 0.0:
        return False
    fx, fy = ax - px, ay - py
    t = (fx * ey - fy * ex) / denominator
    if t <= 0.0 or t >= 1.0:
        return False
    u = (fx * dy - fy * dx) / denominator
    return 0.0 <= u <= 1.0


@njit(cache=True)
def blocked(
    px,
    py,
    qx,
    qy,
    p_in,
    q_in,
    segments,
    building,
    start,
    items,
    x0,
    y0,
    nx,
    ny,
    cell,
):
    """Whether any wall, other than of the buildings `p_in` and `q_in`, crosses p-q."""
    # Clip the line to the grid: outside it there are no walls.
    t0, t1 = 0.0, 1.0
    dx, dy = qx - px, qy - py
    for axis in range(2):
        p = px - x0 if axis == 0 else py - y0
        d = dx if axis == 0 else dy
        top = (nx if axis == 0 else ny) * cell
        if d == 0.0:
            if p < 0.0 or p > top:
                return False
        else:
            a, b = -p / d, (top - p) / d
            if a > b:
                a, b = b, a
            t0, t1 = max(t0, a), min(t1, b)
    if t0 > t1:
        return False
    gx = (px + dx * t0 - x0) / cell
    gy = (py + dy * t0 - y0) / cell
    i = min(max(math.floor(gx), 0), nx - 1)
    j = min(max(math.floor(gy), 0), ny - 1)
    step_i = 1 if dx > 0 else -1
    step_j = 1 if dy > 0 else -1
    big = 1e30
    t_dx = cell / abs(dx) if dx != 0.0 else big
    t_dy = cell / abs(dy) if dy != 0.0 else big
    next_x = (x0 + (i + (1 if dx > 0 else 0)) * cell - px) / dx if dx != 0.0 else big
    next_y = (y0 + (j + (1 if dy > 0 else 0)) * cell - py) / dy if dy != 0.0 else big
    while True:
        c = j * nx + i
        for k in range(start[c], start[c + 1]):
            w = items[k]
            b_of = building[w]
            if (b_of == p_in and p_in >= 0) or (b_of == q_in and q_in >= 0):
                continue
            if crosses(
                px, py, qx, qy, segments[w, 0], segments[w, 1], segments[w, 2], segments[w, 3]
            ):
                return True
        if next_x < next_y:
            if next_x > t1:
                return False
            i += step_i
            if i < 0 or i >= nx:
                return False
            next_x += t_dx
        else:
            if next_y > t1:
                return False
            j += step_j
            if j < 0 or j >= ny:
                return False
            next_y += t_dy


@njit(cache=True, parallel=True)
def count_in_reach(sites, points, start, items, x0, y0, nx, ny, cell, reach):
    """Count the points in reach of each site."""
    out = np.zeros(len(sites), np.int64)
    for s in prange(len(sites)):
        sx, sy = sites[s, 0], sites[s, 1]
        i0 = max(math.floor((sx - reach - x0) / cell), 0)
        i1 = min(math.floor((sx + reach - x0) / cell), nx - 1)
        j0 = max(math.floor((sy - reach - y0) / cell), 0)
        j1 = min(math.floor((sy + reach - y0) / cell), ny - 1)
        n = 0
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                for k in range(start[j * nx + i], start[j * nx + i + 1]):
                    p = items[k]
                    dx, dy = points[p, 0] - sx, points[p, 1] - sy
                    if dx * dx + dy * dy <= reach * reach:
                        n += 1
        out[s] = n
    return out


@njit(cache=True, parallel=True)
def see_block(
    sites, site_in, points, point_in, start, items, x0, y0, nx, ny, cell, reach, row,
    segments, building, wall_start, wall_items, wx0, wy0, wnx, wny, wall_cell,
):  # fmt: skip
    """Fill each site's row with the points it sees, sorted by distance; return the counts."""
    found = np.zeros(len(sites), np.int64)
    out_point = np.empty(row[-1], np.int32)
    out_distance = np.empty(row[-1], np.uint16)
    out_bearing = np.empty(row[-1], np.uint8)
    for s in prange(len(sites)):
        sx, sy = sites[s, 0], sites[s, 1]
        capacity = row[s + 1] - row[s]
        which = np.empty(capacity, np.int32)
        distance = np.empty(capacity, np.float32)
        i0 = max(math.floor((sx - reach - x0) / cell), 0)
        i1 = min(math.floor((sx + reach - x0) / cell), nx - 1)
        j0 = max(math.floor((sy - reach - y0) / cell), 0)
        j1 = min(math.floor((sy + reach - y0) / cell), ny - 1)
        n = 0
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                for k in range(start[j * nx + i], start[j * nx + i + 1]):
                    p = items[k]
                    dx, dy = points[p, 0] - sx, points[p, 1] - sy
                    square = dx * dx + dy * dy
                    if square > reach * reach:
                        continue
                    if blocked(
                        sx, sy, points[p, 0], points[p, 1], site_in[s], point_in[p],
                        segments, building, wall_start, wall_items, wx0, wy0, wnx, wny, wall_cell,
                    ):  # fmt: skip
                        continue
                    which[n] = p
                    distance[n] = math.sqrt(square)
                    n += 1
        order = np.argsort(distance[:n], kind="mergesort")
        for k in range(n):
            p = which[order[k]]
            dx, dy = points[p, 0] - sx, points[p, 1] - sy
            out_point[row[s] + k] = p
            out_distance[row[s] + k] = np.uint16(min(distance[order[k]] * 100.0 + 0.5, 65535.0))
            step = math.floor(math.atan2(dx, dy) / (2 * math.pi) * 256.0 + 0.5) % 256
            out_bearing[row[s] + k] = np.uint8(step)
        found[s] = n
    return found, out_point, out_distance, out_bearing
