"""Compiled loops of `toolkit.engine.closed_form`, and the steps of its tables."""

# Compiled code: numba takes the types from the arrays, and long argument lists are cheaper than
# objects there. The callers in toolkit/engine/closed_form.py document shapes and units.
# ruff: noqa: C901, ANN001, ANN201, D103, PLR0912, PLR0913, PLR0915, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from toolkit.optics.facing import FOLDS

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
BY_STREET = TURNING + 1
"""First of the rows for a candidate whose street is known: points along it, aslant, across it."""
N_VIEWS = BY_STREET + FOLDS
"""Rows of the view table: a candidate, mapped sites of 1 to 6 cameras, offsets of one camera, one
camera whose field is known, one that turns, and candidates by the angle to their street."""
FULL_CIRCLE_DEG = 360.0
BEARING_STEPS = 256
TOGETHER = 16
"""Draws in one line of a processor's cache (64 bytes of 4)."""
SOME, ALL = 1, 2
"""Whether sites of a class exist whatever their district: in some draws, in all."""


@njit(cache=True, parallel=True)
def fill_views(
    weights, heights_m, hfov_deg, inner, outer, per_site, least_m, row_of, facing, table
):
    n_draws = len(weights)
    # Neighbouring draws are neighbours in memory, so they are filled by one thread and together.
    for block in prange((n_draws + TOGETHER - 1) // TOGETHER):
        fill_some_views(
            block * TOGETHER, min((block + 1) * TOGETHER, n_draws), weights, heights_m, hfov_deg,
            inner, outer, per_site, least_m, row_of, facing, table,
        )  # fmt: skip


@njit(cache=True)
def fill_some_views(
    first, end, weights, heights_m, hfov_deg, inner, outer, per_site, least_m, row_of, facing, table
):
    """Fill the table of the draws from `first` to before `end`."""
    n_some, n_types = end - first, weights.shape[1]
    n_bins, n_tiers = table.shape[1], table.shape[2]
    # A compiled loop is kept until this file changes, so the number is read from the array.
    n_folds = facing.shape[1]
    cover = np.empty(OFFSET_STEPS)
    by_count = np.empty(MAX_PER_SITE + 1)
    by_street = np.zeros(n_folds)
    field = np.empty((n_some, n_types, HALF_CIRCLE))
    # Of sites with n cameras, one of which always lies within a turn of the point.
    nearest = np.zeros((n_some, MAX_PER_SITE + 1, n_folds, OFFSET_STEPS))
    working, turns = np.zeros(n_some), np.zeros(n_some)
    same = np.zeros((n_some, len(least_m)), np.bool_)
    parts = np.empty((n_some, n_types))
    bin_views = np.empty((len(table), n_some), np.float32)
    for i in range(n_some):
        d = first + i
        for n in range(1, MAX_PER_SITE + 1):
            for f in range(n_folds):
                for k in range(OFFSET_STEPS):
                    nearest[i, n, f, k % (OFFSET_STEPS // n)] += facing[d, f, k]
        # Part of each step of offset that lies inside the field of each type.
        for y in range(n_types):
            half_steps = hfov_deg[d, y] / 2.0 / 360.0 * OFFSET_STEPS
            for k in range(HALF_CIRCLE):
                field[i, y, k] = min(max(half_steps - k, 0.0), 1.0)
            working[i] += weights[d, y]
            if hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                turns[i] += weights[d, y]
        # Over roofs only the cameras that are high enough count; mostly these are all or none.
        for h in range(1, len(least_m)):
            same[i, h] = True
            for y in range(n_types):
                if (heights_m[d, y] >= least_m[h]) != (heights_m[d, y] >= least_m[h - 1]):
                    same[i, h] = False
    for t in range(n_tiers):
        parts[:] = 0.0
        bin_views[:] = 0.0
        n_reached = min(n_bins, math.ceil(outer[first:end, t].max() / BIN_M))
        for b in range(n_reached):
            near, far = b * BIN_M, (b + 1) * BIN_M
            for i in range(n_some):
                d = first + i
                # Between the edges of rings a bin is as the one before it.
                as_before = True
                for y in range(n_types):
                    # NaN, which marks an empty ring, is an outer radius of nothing here.
                    part = max(min(far, outer[d, t, y]) - max(near, inner[d, t, y]), 0.0) / BIN_M
                    as_before &= part == parts[i, y]
                    parts[i, y] = part
                if as_before:
                    continue
                bin_views[:, i] = 0.0
                some, mixed, anywhere, turning = False, 0.0, 0.0, 0.0
                by_street[:] = 0.0
                for h in range(len(least_m)):
                    rows = row_of[h]
                    if not same[i, h]:
                        some, mixed, anywhere, turning = False, 0.0, 0.0, 0.0
                        cover[:] = 0.0
                        by_street[:] = 0.0
                        for y in range(n_types):
                            if parts[i, y] <= 0.0 or heights_m[d, y] < least_m[h]:
                                continue
                            some = True
                            weight = weights[d, y] * parts[i, y]
                            anywhere += weight
                            if hfov_deg[d, y] >= FULL_CIRCLE_DEG:
                                turning += weight
                            for k in range(OFFSET_STEPS):
                                cover[k] += weight * field[i, y, min(k, OFFSET_STEPS - 1 - k)]
                        if some:
                            for n in range(1, MAX_PER_SITE + 1):
                                turn = OFFSET_STEPS // n
                                total = 0.0
                                for u in range(turn):
                                    miss = 1.0
                                    for j in range(n):
                                        miss *= 1.0 - cover[u + j * turn]
                                    total += 1.0 - miss
                                    for f in range(n_folds):
                                        by_street[f] += (
                                            per_site[d, n - 1] * nearest[i, n, f, u] * (1.0 - miss)
                                        )
                                by_count[n] = total / turn
                                mixed += per_site[d, n - 1] * total / turn
                    if not some:
                        continue
                    if rows[0] >= 0:
                        bin_views[rows[0], i] = mixed
                    for n in range(1, MAX_PER_SITE + 1):
                        if rows[n] >= 0:
                            bin_views[rows[n], i] = by_count[n]
                    for k in range(HALF_CIRCLE):
                        if rows[1 + MAX_PER_SITE + k] >= 0:
                            bin_views[rows[1 + MAX_PER_SITE + k], i] = cover[k]
                    for f in range(n_folds):
                        if rows[BY_STREET + f] >= 0:
                            bin_views[rows[BY_STREET + f], i] = by_street[f]
                    if rows[IN_FIELD] >= 0:
                        bin_views[rows[IN_FIELD], i] = anywhere
                    if rows[TURNING] >= 0:
                        bin_views[rows[TURNING], i] = (
                            turning * working[i] / turns[i] if turns[i] > 0.0 else anywhere
                        )
            table[:, b, t, first:end] = bin_views


@njit(cache=True, parallel=True)
def code_pairs(start, bearing, height_dm, views, n_views, step_dm, codes, found):
    """Write the kind of view of each pair of a block of sites, -1 outside known fields."""
    for s in prange(len(start) - 1):
        for k in range(start[s], start[s + 1]):
            view = views[s, bearing[k]]
            if view < 0:
                codes[k] = -1
                continue
            height = np.int64(height_dm[k])
            code = view + n_views * (1 + height // step_dm if height > 0 else 0)
            codes[k] = code
            found[code] = True


@njit(cache=True)
def by_point(start, point, cm, codes, row, n_points, last_bin, cm_per_bin):
    """Sort pairs by point; sites stay in order within a point."""
    first = np.zeros(n_points + 1, np.int64)
    for k in range(len(point)):
        if codes[k] >= 0:
            first[point[k] + 1] += 1
    for p in range(n_points):
        first[p + 1] += first[p]
    at = first[:-1].copy()
    site = np.empty(first[-1], np.int32)
    bins, view = np.empty(first[-1], np.int16), np.empty(first[-1], np.int16)
    for s in range(len(start) - 1):
        for k in range(start[s], start[s + 1]):
            if codes[k] < 0:
                continue
            o = at[point[k]]
            at[point[k]] += 1
            site[o] = s
            bins[o] = min(int(cm[k] / cm_per_bin), last_bin)
            view[o] = row[codes[k]]
    return first, site, bins, view


@njit(cache=True)
def close_district(curve, touched, together, miss):
    """Multiply in the chance that no site of a district has the point in a ring."""
    n_tiers, n_draws = miss.shape
    one = np.float32(1.0)
    steps = np.float32(curve.shape[1] - 1)
    for t in range(n_tiers):
        if not touched >> t & 1:
            continue
        left, near = miss[t], together[t]
        for d in range(n_draws):
            near[d] = np.sqrt(np.sqrt(near[d])) * steps
        for d in range(n_draws):
            at = near[d]
            k = min(np.int32(at), np.int32(curve.shape[1] - 2))
            low = curve[d, k]
            left[d] *= low + (at - np.float32(k)) * (curve[d, k + 1] - low)
            near[d] = one


@njit(cache=True)
def miss_of_point(
    p, start, site, bins, view, factor, alone, lone, site_class, size, district, curve, views,
    last, together, miss,
):  # fmt: skip
    """Multiply up the chance that no site has point p in a ring, per tier and draw.

    The sites of a point come district by district.
    """
    n_tiers, n_draws = miss.shape
    one = np.float32(1.0)
    clustered = len(curve) > 0
    miss[:] = one
    together[:] = one
    here, touched = -1, 0
    for k in range(start[p], start[p + 1]):
        b = bins[k]
        wanted = False
        for t in range(n_tiers):
            wanted |= b <= last[t]
        if not wanted:
            continue
        s = site[k]
        c = site_class[s]
        row = factor[c]
        large = size[s]
        if clustered and lone[c] < ALL:
            if touched and district[s] != here:
                close_district(curve, touched, together, miss)
                touched = 0
            here = district[s]
            into = together
        else:
            into = miss
        for t in range(n_tiers):
            if b > last[t]:
                continue
            v = views[view[k], b, t]
            left = into[t]
            if clustered and lone[c] < ALL:
                touched |= 1 << t
            if clustered and lone[c] == SOME:
                by_itself = miss[t]
                apart = alone[c]
                for d in range(n_draws):
                    hidden = one - min(row[d] * large, one) * v[d]
                    by_itself[d] *= hidden if apart[d] else one
                    left[d] *= one if apart[d] else hidden
            else:
                for d in range(n_draws):
                    left[d] *= one - min(row[d] * large, one) * v[d]
    if touched:
        close_district(curve, touched, together, miss)


@njit(cache=True, parallel=True)
def closed_form(
    start, site, bins, view, factor, alone, lone, site_class, size, district, curve, views, last
):
    n_tiers, n_draws = views.shape[2], views.shape[3]
    out = np.empty((len(start) - 1, n_tiers, n_draws), np.float32)
    for p in prange(len(start) - 1):
        together = np.empty((n_tiers, n_draws), np.float32)
        miss_of_point(
            p, start, site, bins, view, factor, alone, lone, site_class, size, district, curve,
            views, last, together, out[p],
        )  # fmt: skip
        out[p] = np.float32(1.0) - out[p]
    return out


@njit(cache=True, parallel=True)
def covered_length(
    start, site, bins, view, factor, alone, lone, site_class, size, district, curve, views, last,
    length, n_together,
):  # fmt: skip
    """Add length times probability up, over so many points together; the parts in their order."""
    n_tiers, n_draws = views.shape[2], views.shape[3]
    n_points = len(start) - 1
    out = np.zeros(((n_points + n_together - 1) // n_together, n_tiers, n_draws))
    for part in prange(len(out)):
        together = np.empty((n_tiers, n_draws), np.float32)
        miss = np.empty((n_tiers, n_draws), np.float32)
        for p in range(part * n_together, min((part + 1) * n_together, n_points)):
            miss_of_point(
                p, start, site, bins, view, factor, alone, lone, site_class, size, district,
                curve, views, last, together, miss,
            )  # fmt: skip
            for t in range(n_tiers):
                row, into = miss[t], out[part, t]
                for d in range(n_draws):
                    into[d] += length[p] * (np.float32(1.0) - row[d])
    return out


@njit(cache=True, parallel=True)
def closed_form_once(start, site, bins, view, prob, district, curve, views, n_bins, last, out):
    """Evaluate one draw: `views` has the tiers of a view and bin side by side.

    The district of a site that exists whatever its district is -1.
    """
    one = np.float32(1.0)
    n_tiers = out.shape[1]
    clustered = len(curve) > 0
    steps = np.float32(curve.shape[1] - 1)
    for p in prange(len(start) - 1):
        a = b = c = e = one  # four tiers in registers: outside districts
        g = h = i = j = one  # and in the district at hand
        here = -1
        for k in range(start[p], start[p + 1]):
            if bins[k] > last:
                continue
            s = site[k]
            chance = prob[s]
            o = (np.int64(view[k]) * n_bins + bins[k]) * n_tiers
            where = district[s]
            if clustered and where >= 0:
                if where != here:
                    if here >= 0:
                        a *= joined(curve, steps, g)
                        b *= joined(curve, steps, h)
                        c *= joined(curve, steps, i)
                        e *= joined(curve, steps, j)
                        g = h = i = j = one
                    here = where
                g *= one - chance * views[o]
                h *= one - chance * views[o + 1]
                i *= one - chance * views[o + 2]
                j *= one - chance * views[o + 3]
            else:
                a *= one - chance * views[o]
                b *= one - chance * views[o + 1]
                c *= one - chance * views[o + 2]
                e *= one - chance * views[o + 3]
        if here >= 0:
            a *= joined(curve, steps, g)
            b *= joined(curve, steps, h)
            c *= joined(curve, steps, i)
            e *= joined(curve, steps, j)
        out[p, 0], out[p, 1], out[p, 2], out[p, 3] = one - a, one - b, one - c, one - e


@njit(cache=True)
def joined(curve, steps, near):
    """Return the chance that no site of a district has the point in a ring."""
    if near == np.float32(1.0):
        return near
    at = np.sqrt(np.sqrt(near)) * steps
    k = min(np.int32(at), np.int32(curve.shape[1] - 2))
    low = curve[0, k]
    return low + (at - np.float32(k)) * (curve[0, k + 1] - low)


@njit(cache=True)
def keep_least(value, kept, n_kept, room):
    """Insert a value into a sorted list of the `room` least ones; return how many there are."""
    if n_kept == room:
        if value >= kept[room - 1]:
            return n_kept
        n_kept -= 1
    k = n_kept
    while k > 0 and kept[k - 1] > value:
        kept[k] = kept[k - 1]
        k -= 1
    kept[k] = value
    return n_kept + 1


@njit(cache=True, parallel=True)
def summarise(
    first, start, site, bins, view, factor, alone, lone, site_class, size, district, curve, views,
    last, length, tail,
):  # fmt: skip
    """Summarise points over draws and average the points of each group, one group at a time.

    The quantiles are those of linear interpolation between order statistics.
    """
    n_tiers, n_draws = views.shape[2], views.shape[3]
    n_points = len(start) - 1
    low = np.zeros((n_points, n_tiers))
    mid = np.zeros((n_points, n_tiers))
    high = np.zeros((n_points, n_tiers))
    mean = np.zeros((len(first) - 1, n_tiers, n_draws), np.float32)
    place = tail * (n_draws - 1)
    below = int(place)
    part = place - below
    room = min(below + 2, n_draws)
    for g in prange(len(first) - 1):
        together = np.empty((n_tiers, n_draws), np.float32)
        miss = np.empty((n_tiers, n_draws), np.float32)
        least = np.empty(room, np.float32)
        most = np.empty(room, np.float32)
        total = 0.0
        for p in range(first[g], first[g + 1]):
            miss_of_point(
                p, start, site, bins, view, factor, alone, lone, site_class, size, district,
                curve, views, last, together, miss,
            )  # fmt: skip
            metres = np.float32(length[p])
            total += length[p]
            for t in range(n_tiers):
                row, into = miss[t], mean[g, t]
                amount = 0.0
                for d in range(n_draws):
                    exposed = np.float32(1.0) - row[d]
                    into[d] += exposed * metres
                    amount += exposed
                mid[p, t] = amount / n_draws
                n_least, n_most = 0, 0
                for d in range(n_draws):
                    n_most = keep_least(row[d], most, n_most, room)
                    n_least = keep_least(np.float32(1.0) - row[d], least, n_least, room)
                above = min(below + 1, room - 1)
                low[p, t] = (1.0 - part) * least[below] + part * least[above]
                high[p, t] = 1.0 - ((1.0 - part) * most[below] + part * most[above])
        if total > 0.0:
            mean[g] /= np.float32(total)
    return low, mid, high, mean
