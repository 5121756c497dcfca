"""Compiled loops of `toolkit.engine.sight`.

For one site, the points in reach are sorted into angular bins; each wall then only meets the
points in the bins that it spans. The bins decide nothing: every pair of wall and point in them is
tested exactly, by three cross products relative to the site.
"""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

ANGULAR_BINS = 128
"""Angular bins around a site into which points are sorted."""
FINE_BINS = 8192
"""Steps of the diamond angle by which a bearing is looked up, each less than 0.06 degrees."""
FINE_PER_BIN = FINE_BINS // ANGULAR_BINS
CM_PER_BIN = 100
"""Rows are sorted by whole metres of distance."""
DM_PER_M = 10.0


class PointGrid(NamedTuple):
    """Street points sorted by grid cell, in metres from the local origin.

    `cell_start` has the first point of each cell, row by row; `number` is the index of the point
    before sorting, `building` that of the building it lies inside, or -1.
    """

    x: NDArray[np.float32]
    y: NDArray[np.float32]
    number: NDArray[np.int32]
    building: NDArray[np.int32]
    cell_start: NDArray[np.int64]
    x0: np.float32
    y0: np.float32
    n_columns: int
    n_rows: int
    cell_m: np.float32


class WallGrid(NamedTuple):
    """Walls from a to b by the grid cell of their middle, in metres from the local origin."""

    a_x: NDArray[np.float32]
    a_y: NDArray[np.float32]
    b_x: NDArray[np.float32]
    b_y: NDArray[np.float32]
    building: NDArray[np.int32]
    top_m: NDArray[np.float32]
    cell_start: NDArray[np.int64]
    x0: np.float32
    y0: np.float32
    n_columns: int
    n_rows: int
    cell_m: np.float32
    half_longest_m: np.float32


class Band(NamedTuple):
    """Limits of the pairs tested: distances and heights in metres."""

    beyond: np.float32
    reach: np.float32
    target: np.float32
    highest: np.float32


class Pairs(NamedTuple):
    """Pairs in view, as in `toolkit.engine.sight.Sight`."""

    point: NDArray[np.int32]
    distance_cm: NDArray[np.uint16]
    bearing: NDArray[np.uint8]
    height_dm: NDArray[np.uint8]


@helper
def diamond(dx, dy):
    """Return the diamond angle of a direction: 0 to 4, increasing with the angle."""
    total = abs(dx) + abs(dy)
    if total == 0.0:
        return np.float32(0.0)
    part = dx / total
    if dy >= 0.0:
        return np.float32(1.0) - part
    return np.float32(3.0) + part


@helper
def fine_bin(dx, dy):
    """Return the step of the diamond angle in which a direction lies."""
    return min(int(diamond(dx, dy) * np.float32(FINE_BINS / 4)), FINE_BINS - 1)


@helper
def angular_bin(dx, dy):
    """Return the angular bin of a direction."""
    return fine_bin(dx, dy) // FINE_PER_BIN


@helper
def cells_within(at, reach, low, cell_m, n_cells):
    """Return the first and last cell along one axis that the reach of a site touches."""
    first = max(math.floor((at - reach - low) / cell_m), 0)
    return first, min(math.floor((at + reach - low) / cell_m), n_cells - 1)


@helper
def gather(sx, sy, points, band, px, py, index, step_of, bin_start):
    """List the points in reach of a site and count them by angular bin; return their number."""
    x, y, cell_start, n_columns = points.x, points.y, points.cell_start, points.n_columns
    reach, beyond = band.reach, band.beyond
    i0, i1 = cells_within(sx, reach, points.x0, points.cell_m, n_columns)
    j0, j1 = cells_within(sy, reach, points.y0, points.cell_m, points.n_rows)
    for b in range(ANGULAR_BINS + 1):
        bin_start[b] = 0
    m = 0
    if i1 < i0:
        return m
    for j in range(j0, j1 + 1):
        # The cells of one row are contiguous, and so are their points.
        for k in range(cell_start[j * n_columns + i0], cell_start[j * n_columns + i1 + 1]):
            dx, dy = x[k] - sx, y[k] - sy
            square = dx * dx + dy * dy
            if square > reach * reach or (beyond > 0.0 and square <= beyond * beyond):
                continue
            px[m], py[m], index[m] = dx, dy, k
            step = fine_bin(dx, dy)
            step_of[m] = step
            bin_start[step // FINE_PER_BIN + 1] += 1
            m += 1
    return m


@helper
def sort_by_direction(
    m, points, px, py, index, step_of, bin_start, x, y, number, building, step, need
):
    """Sort the points in reach by angular bin (a counting sort), none hidden yet."""
    of_point, inside = points.number, points.building
    for b in range(ANGULAR_BINS):
        bin_start[b + 1] += bin_start[b]
    for k in range(m):
        b = step_of[k] // FINE_PER_BIN
        o = bin_start[b]
        bin_start[b] += 1
        x[o], y[o] = px[k], py[k]
        number[o], building[o] = of_point[index[k]], inside[index[k]]
        step[o] = step_of[k]
        need[o] = np.float32(0.0)
    # Each start now is the end of its bin, which is the start of the next: shift by one.
    for b in range(ANGULAR_BINS, 0, -1):
        bin_start[b] = bin_start[b - 1]
    bin_start[0] = 0


@helper
def hide(first, last, px, py, inside, need, ax, ay, bx, by, turn, building, top, target):
    """Raise the least camera height of the points that a wall from a to b hides.

    Coordinates are relative to the site. From it the wall runs counter-clockwise from a to b;
    `turn` is the cross product of a and b. A point is hidden if it lies between the directions of
    a and b, and beyond the wall.
    """
    # Branch-free, so that the compiler can vectorise the loop.
    ex, ey = bx - ax, by - ay
    for k in range(first, last):
        from_a = ax * py[k] - ay * px[k]
        to_b = px[k] * by - py[k] * bx
        along = ex * py[k] - ey * px[k]
        hit = (from_a >= 0.0) & (to_b >= 0.0) & (along + turn < 0.0) & (inside[k] != building)
        # The sight line meets the wall at this part of its length; similar triangles give the
        # camera height from which it just passes over the roof to the target.
        at = -turn / along
        over = (top - target * at) / (np.float32(1.0) - at)
        need[k] = max(need[k], over if hit else np.float32(0.0))


@helper
def hide_behind_walls(sx, sy, own, walls, band, m, bin_start, x, y, building, need):
    """Raise the least camera heights of a site's points by all walls in reach except its own."""
    a_x, a_y, b_x, b_y = walls.a_x, walls.a_y, walls.b_x, walls.b_y
    of, top, cell_start, n_columns = walls.building, walls.top_m, walls.cell_start, walls.n_columns
    target = band.target
    # A wall is in the cell of its middle, and extends half its length beyond it.
    ahead = band.reach + walls.half_longest_m
    i0, i1 = cells_within(sx, ahead, walls.x0, walls.cell_m, n_columns)
    j0, j1 = cells_within(sy, ahead, walls.y0, walls.cell_m, walls.n_rows)
    if i1 < i0:
        return
    for j in range(j0, j1 + 1):
        for w in range(cell_start[j * n_columns + i0], cell_start[j * n_columns + i1 + 1]):
            if of[w] == own:
                continue
            ax, ay = a_x[w] - sx, a_y[w] - sy
            bx, by = b_x[w] - sx, b_y[w] - sy
            turn = ax * by - ay * bx
            if turn < 0.0:
                ax, ay, bx, by, turn = bx, by, ax, ay, -turn
            if turn == 0.0:  # seen edge on: the adjoining walls decide
                continue
            a, b = angular_bin(ax, ay), angular_bin(bx, by)
            first, last = bin_start[a], bin_start[b + 1]
            if a > b:
                # The wall spans the direction of bin 0: first the part before it.
                hide(
                    first, m, x, y, building, need, ax, ay, bx, by, turn, of[w], top[w], target
                )  # fmt: skip
                first = 0
            if first < last:
                hide(
                    first, last, x, y, building, need, ax, ay, bx, by, turn, of[w], top[w], target
                )  # fmt: skip


@helper
def write_row(
    m, x, y, number, step, need, highest, bearing_of, metres, metre, word, row, out, begin
):
    """Write the points in view from `begin` on, sorted by whole metres; return their number.

    A counting sort of one word per pair, which is taken apart when all are in order. Hidden points
    are sorted behind all others: no branch depends on what is in view.
    """
    point, distance_cm, bearing, height_dm = (
        out.point, out.distance_cm, out.bearing, out.height_dm,
    )  # fmt: skip
    # 1. Put each pair into a word: 32 bits of the point, 8 left free for the bearing, 16 of the
    #    distance, 8 of the height. This loop and the last one are vectorised.
    behind = len(metres) - 2
    for k in range(m):
        far = math.sqrt(x[k] * x[k] + y[k] * y[k])
        far_cm = np.int32(far * np.float32(100.0) + np.float32(0.5))
        in_view = need[k] <= highest
        metre[k] = np.uint32(far_cm // np.int32(CM_PER_BIN) if in_view else behind)
        least = need[k] if in_view else np.float32(0.0)
        least_dm = np.uint32(math.ceil(least * np.float32(DM_PER_M)))
        low = np.uint32(far_cm) << np.uint32(8) | least_dm
        word[k] = np.uint64(number[k]) << np.uint64(32) | np.uint64(low)
    # 2. Count by metre, and sum up to the start of each metre.
    for k in range(len(metres)):
        metres[k] = 0
    for k in range(m):
        metres[metre[k] + np.uint32(1)] += 1
    for k in range(behind):
        metres[k + 1] += metres[k]
    seen = metres[behind]
    # 3. Place each word, with its bearing.
    for k in range(m):
        o = metres[metre[k]]
        metres[metre[k]] += 1
        row[o] = word[k] | np.uint64(np.uint32(bearing_of[step[k]]) << np.uint32(24))
    # 4. Take the words apart.
    for k in range(seen):
        point[begin + k] = np.int32(row[k] >> np.uint64(32))
        bearing[begin + k] = np.uint8(row[k] >> np.uint64(24))
        distance_cm[begin + k] = np.uint16(row[k] >> np.uint64(8))
        height_dm[begin + k] = np.uint8(row[k])
    return seen


@kernel
def sweep(
    first, end, sites, site_in, points, walls, band, room_start, bearing_of, keep, out, found
):
    """Find the points in view of the sites in ``range(first, end)``; without `keep` count only.

    Their rows are contiguous in the output from ``room_start[first]`` on; ``room_start`` leaves
    room for every point in the cells in reach.
    """
    room = 0
    for s in range(first, end):
        room = max(room, room_start[s + 1] - room_start[s])
    # Scratch for the points in reach of one site, first as found, then sorted by direction.
    metric = np.empty((5, room), np.float32)
    px, py, x, y, need = metric[0], metric[1], metric[2], metric[3], metric[4]
    whole = np.empty((5, room), np.int32)
    index, step_of, number, building, step = whole[0], whole[1], whole[2], whole[3], whole[4]
    metre = np.empty(room, np.uint32)
    words = np.empty((2, room), np.uint64)
    word, row = words[0], words[1]
    bin_start = np.empty(ANGULAR_BINS + 1, np.int32)
    # One for each whole metre that a rounded distance can have, one for hidden points, and the end.
    metres = np.empty(int(band.reach) + 4, np.int32)
    begin = room_start[first]
    for s in range(first, end):
        sx, sy = sites[s, 0], sites[s, 1]
        m = gather(sx, sy, points, band, px, py, index, step_of, bin_start)
        seen = 0
        if m > 0:
            sort_by_direction(
                m, points, px, py, index, step_of, bin_start, x, y, number, building, step, need
            )
            hide_behind_walls(
                sx, sy, site_in[s], walls, band, m, bin_start, x, y, building, need
            )  # fmt: skip
            if keep:
                seen = write_row(
                    m, x, y, number, step, need, band.highest, bearing_of, metres, metre, word,
                    row, out, begin,
                )  # fmt: skip
                begin += seen
            else:
                for k in range(m):
                    seen += need[k] <= band.highest
        found[s] = seen
