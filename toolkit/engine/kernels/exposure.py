"""Compiled loops of the closed form, and the plain functions that run them on one chunk."""

# Compiled code: numba takes the types from the arguments; the layout of the view table is an
# argument, too.
# ruff: noqa: ANN001, ANN201, C901, PLR0912, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

SOME, ALL = 1, 2
"""Whether sites of a class exist whatever their district: in some draws, in all."""


class PairsByPoint(NamedTuple):
    """The arrays of `PointRows`; `kind` is the row of the view table."""

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    bin: NDArray[np.int16]
    kind: NDArray[np.int16]


class Chances(NamedTuple):
    """The arrays of `SiteChance`; `lone` is 0, `SOME` or `ALL` for each class."""

    factor: NDArray[np.float32]
    alone: NDArray[np.bool_]
    lone: NDArray[np.int64]
    site_class: NDArray[np.int32]
    size: NDArray[np.float32]
    district: NDArray[np.int32]
    curve: NDArray[np.float32]


# --- pairs by point -------------------------------------------------------------------------


@kernel
def code_pairs(first, end, start, bearing, height_dm, views, n_views, step_dm, codes, found):
    """Write the code of the view of each pair of some sites, -1 outside known fields.

    Row 0 of `views` is that of the first site of `start`.
    """
    for s in range(first, end):
        for k in range(start[s], start[s + 1]):
            view = views[s, bearing[k]]
            if view < 0:
                codes[k] = -1
                continue
            height = np.int64(height_dm[k])
            code = view + n_views * (1 + height // step_dm if height > 0 else 0)
            codes[k] = code
            found[code] = True


@kernel
def by_point(start, point, cm, codes, row, n_points, last_bin, cm_per_bin):
    """Sort pairs by point, sites ascending within a point (a counting sort)."""
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


# --- closed form, many draws ----------------------------------------------------------------


@helper
def close_district(curve, touched, together, miss):
    """Multiply in the chance that no site of a district has the point in its rings."""
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


@helper
def multiply_in_either(row, large, seen, apart, by_itself, left):
    """Multiply in the chance that a site does not have the point in its rings, per draw.

    In some draws the site exists whatever its district.
    """
    one = np.float32(1.0)
    for d in range(len(left)):
        hidden = one - min(row[d] * large, one) * seen[d]
        by_itself[d] *= hidden if apart[d] else one
        left[d] *= one if apart[d] else hidden


@kernel
def miss_of_points(first, end, pairs, chances, views, last, out):
    """Write the chance that no site has a point in its rings, by point, tier and draw.

    The sites of a point must be sorted by district. Row 0 of `out` is that of point `first`.
    """
    start, site, bins, view = pairs.start, pairs.site, pairs.bin, pairs.kind
    lone, size, curve = chances.lone, chances.size, chances.curve
    _, n_tiers, n_draws = out.shape
    one = np.float32(1.0)
    clustered = len(curve) > 0
    together = np.empty((n_tiers, n_draws), np.float32)
    # Rows of draws as parts of one line, with unsigned numbers: finding them costs least.
    factors, chances_seen = chances.factor.reshape(-1), views.reshape(-1)
    length, n_bins = np.uint64(n_draws), np.uint64(views.shape[1])
    farthest = -1
    for t in range(n_tiers):
        farthest = max(farthest, last[t])
        for d in range(n_draws):
            together[t, d] = one
    for p in range(first, end):
        miss = out[p - first]
        for t in range(n_tiers):
            for d in range(n_draws):
                miss[t, d] = one
        here, touched = -1, 0
        for k in range(np.uint64(start[p]), np.uint64(start[p + 1])):
            # 1. Skip pairs too far apart for every tier.
            b = bins[k]
            if b > farthest:
                continue
            s = np.uint32(site[k])
            c, large = np.uint32(chances.site_class[s]), size[s]
            alone = lone[c]
            within = clustered and alone < ALL
            if within:
                # 2. At the first site of the next district, close the one before.
                if touched and chances.district[s] != here:
                    close_district(curve, touched, together, miss)
                    touched = 0
                here = chances.district[s]
            # 3. Sites of a district are multiplied together first, all others directly.
            at = np.uint64(c) * length
            row = factors[at : at + length]
            of_view = (np.uint64(view[k]) * n_bins + np.uint64(b)) * np.uint64(n_tiers)
            for t in range(n_tiers):
                if b > last[t]:
                    continue
                at = (of_view + np.uint64(t)) * length
                seen = chances_seen[at : at + length]
                if within:
                    touched |= 1 << t
                    if alone == SOME:
                        apart = chances.alone[c]
                        multiply_in_either(row, large, seen, apart, miss[t], together[t])
                        continue
                    left = together[t]
                else:
                    left = miss[t]
                for d in range(n_draws):
                    left[d] *= one - min(row[d] * large, one) * seen[d]
        if touched:
            close_district(curve, touched, together, miss)


def exposed(first, end, pairs, chances, views, last, out):
    """Write the probability that points are exposed."""
    miss_of_points(first, end, pairs, chances, views, last, out[first:end])
    np.subtract(np.float32(1.0), out[first:end], out=out[first:end])


def covered_length(first, end, pairs, chances, views, last, length_m, out):
    """Sum length times probability; `out` has a row per chunk of `POINTS_TOGETHER` points."""
    miss = np.empty((end - first, *views.shape[2:]), np.float32)
    miss_of_points(first, end, pairs, chances, views, last, miss)
    # numpy adds in order along the first axis, so the rounding is always the same.
    part = (length_m[first:end, None, None] * (np.float32(1.0) - miss)).sum(axis=0)
    out[first // POINTS_TOGETHER] = part


POINTS_TOGETHER = 64
"""Points of a chunk of `covered_length`; another size would round its sums otherwise."""


@helper
def keep_least(values, kept):
    """Sort a value into each column of `kept`, whose last and greatest value then falls out.

    Two rows at a time, so that values go to memory half as often; columns side by side, since a
    list of its own for each takes branches that cannot be foreseen.
    """
    room = len(kept)
    for j in range(0, room - 1, 2):
        this, after = kept[j], kept[j + 1]
        for m in range(len(values)):
            old, new = this[m], values[m]
            this[m] = min(old, new)
            new, old = max(old, new), after[m]
            after[m] = min(old, new)
            values[m] = max(old, new)
    if room % 2:
        this = kept[room - 1]
        for m in range(len(values)):
            this[m] = min(this[m], values[m])


@helper
def summarise_rows(rows, tail, low, mid, high):
    """Fill the mean and two quantiles of the exposure of some rows of draws.

    Quantiles interpolate linearly between order statistics.
    """
    n_rows, n_draws = rows.shape
    one = np.float32(1.0)
    place = tail * (n_draws - 1)
    below = int(place)
    part = place - below
    room = min(below + 2, n_draws)
    above = min(below + 1, room - 1)
    missed, seen = np.empty(ROWS_TOGETHER, np.float32), np.empty(ROWS_TOGETHER, np.float32)
    least, most = (
        np.empty((room, ROWS_TOGETHER), np.float32),
        np.empty((room, ROWS_TOGETHER), np.float32),
    )
    amount = np.empty(ROWS_TOGETHER)
    for first in range(0, n_rows, ROWS_TOGETHER):
        some = rows[first : min(first + ROWS_TOGETHER, n_rows)]
        least[:], most[:], amount[:] = np.inf, np.inf, 0.0
        for d in range(n_draws):
            for m in range(len(some)):
                missed[m] = some[m, d]
            for m in range(len(some)):
                seen[m] = one - missed[m]
                amount[m] += seen[m]
            keep_least(seen, least)
            keep_least(missed, most)
        for m in range(len(some)):
            r = first + m
            mid[r] = amount[m] / n_draws
            low[r] = (1.0 - part) * least[below, m] + part * least[above, m]
            high[r] = 1.0 - ((1.0 - part) * most[below, m] + part * most[above, m])


ROWS_TOGETHER = 128
"""Rows of draws that are sorted side by side: what is kept of them fits into the first cache."""


@kernel
def summarise_streets(first, end, begin, miss, length, tail, low, mid, high, mean):
    """Summarise the points of some streets over draws, and average them along each street.

    The points of street s begin at ``begin[s]``; row 0 of `miss` is the first point of street
    `first`.
    """
    _, n_tiers, n_draws = miss.shape
    one = np.float32(1.0)
    p, q = begin[first], begin[end]
    summarise_rows(
        miss.reshape((len(miss) * n_tiers, n_draws)), tail,
        low[p:q].reshape(-1), mid[p:q].reshape(-1), high[p:q].reshape(-1),
    )  # fmt: skip
    for s in range(first, end):
        total = 0.0
        for p in range(begin[s], begin[s + 1]):
            metres = np.float32(length[p])
            total += length[p]
            for t in range(n_tiers):
                row, into = miss[p - begin[first], t], mean[s, t]
                for d in range(n_draws):
                    into[d] += (one - row[d]) * metres
        if total > 0.0:
            for t in range(n_tiers):
                for d in range(n_draws):
                    mean[s, t, d] /= np.float32(total)


def summarise(first, end, begin, pairs, chances, views, last, length_m, tail, found):
    """Evaluate the closed form on the points of some streets, see `summarise_streets`."""
    points = begin[first], begin[end]
    miss = np.empty((points[1] - points[0], *views.shape[2:]), np.float32)
    miss_of_points(*points, pairs, chances, views, last, miss)
    summarise_streets(first, end, begin, miss, length_m, tail, *found)


# --- closed form, one draw ------------------------------------------------------------------

_1, _2, _3, _4 = np.uint32(1), np.uint32(2), np.uint32(3), np.uint32(4)


@helper
def joined(curve, steps, near):
    """Return the chance that no site of a district has the point in its rings."""
    if near == np.float32(1.0):
        return near
    at = np.sqrt(np.sqrt(near)) * steps
    k = min(np.int32(at), np.int32(curve.shape[1] - 2))
    low = curve[0, k]
    return low + (at - np.float32(k)) * (curve[0, k + 1] - low)


@kernel
def exposed_once(first, end, pairs, prob, district, curve, views, n_bins, out):
    """Write the probability that points are exposed in a single draw.

    `views` has the tiers of a view and bin next to each other. The district is negative for a site
    that exists whatever its district.
    """
    start, site, bins, view = pairs.start, pairs.site, pairs.bin, pairs.kind
    one = np.float32(1.0)
    steps = np.float32(curve.shape[1] - 1)
    # Unsigned numbers: a signed one would be tested for counting from the end at each look-up,
    # which takes as long as all else.
    of_view, of_bin = np.uint32(n_bins), np.uint32(out.shape[1])
    for p in range(first, end):
        a = b = c = e = f = one  # five tiers in registers: sites of no district
        g = h = i = j = m = one  # and those of the current district
        here = np.int32(-2)
        for k in range(start[p], start[p + 1]):
            s = np.uint32(site[k])
            chance = prob[s]
            o = (np.uint32(np.uint16(view[k])) * of_view + np.uint32(np.uint16(bins[k]))) * of_bin
            where = district[s]
            if where != here:
                if where < 0:
                    a *= one - chance * views[o]
                    b *= one - chance * views[o + _1]
                    c *= one - chance * views[o + _2]
                    e *= one - chance * views[o + _3]
                    f *= one - chance * views[o + _4]
                    continue
                if here >= 0:
                    a *= joined(curve, steps, g)
                    b *= joined(curve, steps, h)
                    c *= joined(curve, steps, i)
                    e *= joined(curve, steps, j)
                    f *= joined(curve, steps, m)
                    g = h = i = j = m = one
                here = where
            g *= one - chance * views[o]
            h *= one - chance * views[o + _1]
            i *= one - chance * views[o + _2]
            j *= one - chance * views[o + _3]
            m *= one - chance * views[o + _4]
        if here >= 0:
            a *= joined(curve, steps, g)
            b *= joined(curve, steps, h)
            c *= joined(curve, steps, i)
            e *= joined(curve, steps, j)
            f *= joined(curve, steps, m)
        out[p, 0], out[p, 1], out[p, 2] = one - a, one - b, one - c
        out[p, 3], out[p, 4] = one - e, one - f
