"""Compiled loops of placement, and the plain functions that run them on one chunk."""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

FULL_CIRCLE_DEG = 360.0
BEARING_STEPS = 256
CM_PER_M = 100
MOST_CM = 1 << 20
"""More than any distance of a line of sight."""
DRAWS_IN_BITS = 12
"""Draws of which the tiers, five each, fit into 64 bits."""

# SplitMix64 (Steele, Lea and Flood 2014), evaluated at any place of its sequence.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 2.0**53
_SLOTS = np.uint64(4096)
"""Random numbers reserved per site: existence, number of cameras, rotation, and two per camera."""
STANDS, CAMERAS, TURN, FIRST_CAMERA = 0, 1, 2, 3

_MOST_STEPS = 60
_SMALL_STEP = 1e-5
"""After a step of this part of the whole the error is about its square."""
_MOST_RATE = 500.0


class Candidates(NamedTuple):
    """Candidate sites, and their chances in each draw.

    `hazard` has shape (D, C), `gamma`, the factors of districts, (D, A), and `alone` (D, C);
    `site_class`, `size` and `district` are of each site.
    """

    keys: NDArray[np.uint64]
    hazard: NDArray[np.float64]
    gamma: NDArray[np.float64]
    alone: NDArray[np.bool_]
    site_class: NDArray[np.int32]
    size: NDArray[np.float64]
    district: NDArray[np.int32]


class ClassInDistrict(NamedTuple):
    """Total size and number of sites of each class in each district where it occurs."""

    site_class: NDArray[np.int64]
    district: NDArray[np.int64]
    size: NDArray[np.float64]
    n_sites: NDArray[np.float64]


class Chosen(NamedTuple):
    """Sites that exist, one row per draw, and the random key of each draw."""

    keys: NDArray[np.uint64]
    first: NDArray[np.int64]
    site: NDArray[np.int32]


class Fixed(NamedTuple):
    """Known cameras of each site; 0 or NaN where nothing is known."""

    n_cameras: NDArray[np.int64]
    axis_deg: NDArray[np.float64]
    turning: NDArray[np.bool_]
    street_deg: NDArray[np.float64]


class Equipment(NamedTuple):
    """Draws of cameras: cumulative shares by number, type and direction, and the share working."""

    per_site: NDArray[np.float64]
    working: NDArray[np.float64]
    share: NDArray[np.float64]
    share_turning: NDArray[np.float64]
    turns: NDArray[np.float64]


class Cameras(NamedTuple):
    """Working cameras, one row per draw; `width_deg` is NaN where it is that of the type."""

    first: NDArray[np.int64]
    site: NDArray[np.int32]
    kind: NDArray[np.int64]
    axis_deg: NDArray[np.float64]
    width_deg: NDArray[np.float64]


class Rings(NamedTuple):
    """Field, height and rings of each camera type: shapes (D, Y) and (D, T, Y)."""

    hfov_deg: NDArray[np.float64]
    height_dm: NDArray[np.float64]
    inner_cm: NDArray[np.float64]
    outer_cm: NDArray[np.float64]


class PairsBySite(NamedTuple):
    """The arrays of `toolkit.engine.sight.Sight`."""

    start: NDArray[np.int64]
    point: NDArray[np.int32]
    distance_cm: NDArray[np.uint16]
    bearing: NDArray[np.uint8]
    height_dm: NDArray[np.uint8]


@helper
def uniform(key, site, slot):
    """Return the random number in (0, 1) of a draw, a site and a use, whatever the order."""
    z = key + (np.uint64(site) * _SLOTS + np.uint64(slot) + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    z ^= z >> _S31
    return (np.float64(z >> _S11) + 0.5) * _UNIT


@helper
def pick(cumulative, u):
    """Return the first index whose cumulative share exceeds u."""
    k = 0
    while k < len(cumulative) - 1 and u >= cumulative[k]:
        k += 1
    return k


# --- sites that exist -----------------------------------------------------------------------


@kernel
def rates_of(d, candidates, cells, rate, count):
    """Fill the mean rate of each class in each district and the number of its sites, 0 for none.

    Return how many sites there are.
    """
    most = 0.0
    for k in range(len(rate)):
        c = cells.site_class[k]
        favour = 1.0 if candidates.alone[d, c] else candidates.gamma[d, cells.district[k]]
        rate[k] = candidates.hazard[d, c] * favour * cells.size[k] / cells.n_sites[k]
        count[k] = cells.n_sites[k] if rate[k] > 0.0 else 0.0
        most += count[k]
    return most


@kernel
def scale_to(wanted, rate, count):
    """Return s such that the chances 1 - exp(-s rate) of all sites sum to the number wanted."""
    total, square = 0.0, 0.0
    for k in range(len(rate)):
        total += rate[k] * count[k]
        square += rate[k] * rate[k] * count[k]
    # Start from the first two terms of 1 - exp(-x) = x - x^2 / 2 + ..., enough for small chances.
    under_root = total * total - 2.0 * square * wanted
    s = 2.0 * wanted / (total + math.sqrt(under_root)) if under_root > 0.0 else wanted / total
    for _ in range(_MOST_STEPS):
        found, slope = 0.0, 0.0
        for k in range(len(rate)):
            left = math.exp(-s * rate[k])
            found += count[k] * (1.0 - left)
            slope += count[k] * rate[k] * left
        # The sum is concave, so after the first step Newton's method converges from below, and
        # quadratically.
        step = (wanted - found) / slope if slope > 0.0 else 0.0
        s += step
        if abs(step) <= _SMALL_STEP * s:
            break
    return s


@kernel
def coming(d, candidates, scale, until, site, rank):
    """List the sites of a draw with a rank below a bound; return their number."""
    key, size = candidates.keys[d], candidates.size
    hazard, alone, gamma = candidates.hazard[d], candidates.alone[d], candidates.gamma[d]
    found = 0
    for g in range(len(size)):
        c = candidates.site_class[g]
        rate = hazard[c] * size[g] * scale
        if not alone[c]:
            rate *= gamma[candidates.district[g]]
        if rate <= 0.0:
            continue
        u = uniform(key, g, STANDS)
        # 1 - exp(-x) < x, so most sites are rejected without an exponential.
        if u >= rate * until:
            continue
        when = u / ((1.0 - u) * math.expm1(min(rate, _MOST_RATE)))
        if when < until:
            site[found], rank[found] = g, when
            found += 1
    return found


@kernel
def keep_apart(ordered, n, spacing_m, xy_m, out):
    """Take sites in order, except those too near one already taken; return their number."""
    taken = 0
    for g in ordered:
        near = False
        for j in range(taken):
            dx, dy = xy_m[out[j], 0] - xy_m[g, 0], xy_m[out[j], 1] - xy_m[g, 1]
            if dx * dx + dy * dy < spacing_m * spacing_m:
                near = True
                break
        if not near:
            out[taken] = g
            taken += 1
            if taken == n:
                break
    return taken


def choose(first, end, candidates, cells, wanted, spacing_m, xy_m, out_site, out_n):
    """Draw the candidates that exist: those of lowest rank, none nearer than the spacing."""
    site = np.empty(len(candidates.size), np.int32)
    rank = np.empty(len(candidates.size))
    rate, count = np.empty(len(cells.size)), np.empty(len(cells.size))
    for d in range(first, end):
        n = int(wanted[d])
        most = rates_of(d, candidates, cells, rate, count)
        if n == 0 or most == 0.0:
            continue
        scale = scale_to(min(float(n), most * (1.0 - 1e-6)), rate, count)
        # Only ranks below a bound are drawn: mostly enough sites; if not, the bound is raised.
        until = 1.5 + 4.0 / math.sqrt(n)
        while scale > 0.0:
            found = coming(d, candidates, scale, until, site, rank)
            everything = found >= most
            if found >= n or everything:
                chosen = site[np.argsort(rank[:found], kind="stable")]
                if spacing_m > 0.0:
                    apart = np.empty(n, np.int32)
                    chosen = apart[: keep_apart(chosen, n, spacing_m, xy_m, apart)]
                chosen = chosen[:n]
                if len(chosen) == n or everything:
                    out_n[d] = len(chosen)
                    out_site[d, : len(chosen)] = np.sort(chosen)
                    break
            until *= 4.0


@kernel
def choose_independently(first, end, keys, hazard, site_class, size, out_site, out_n):
    """Draw the candidates that exist, independently of one another."""
    for d in range(first, end):
        taken = 0
        for g in range(len(size)):
            rate = hazard[d, site_class[g]] * size[g]
            if uniform(keys[d], g, STANDS) < -math.expm1(-rate):
                out_site[d, taken] = g
                taken += 1
        out_n[d] = taken


# --- their cameras --------------------------------------------------------------------------


@helper
def turn_of(u, street_deg, turns):
    """Return the direction of a site's first camera in degrees, for a random number in (0, 1)."""
    if np.isnan(street_deg):
        return u * FULL_CIRCLE_DEG
    step = pick(turns, u)
    below = turns[step - 1] if step > 0 else 0.0
    part = (u - below) / max(turns[step] - below, 1e-12)
    return street_deg + (step + part) * FULL_CIRCLE_DEG / len(turns)


@kernel
def equip(
    first, end, chosen, fixed, equipment, keep, start, out_site, out_kind, out_axis, out_luck, n_out
):
    """Draw the cameras of each site and list the working ones; without `keep` count only.

    The cameras of draw d are written from ``start[d]`` on.
    """
    for d in range(first, end):
        key, working, n_working = chosen.keys[d], equipment.working[d], 0
        for i in range(chosen.first[d], chosen.first[d + 1]):
            s = chosen.site[i]
            n = fixed.n_cameras[s]
            if n <= 0:
                n = 1 + pick(equipment.per_site[d], uniform(key, s, CAMERAS))
            known = not np.isnan(fixed.axis_deg[s])
            axis = fixed.axis_deg[s]
            if keep and not known:
                axis = turn_of(uniform(key, s, TURN), fixed.street_deg[s], equipment.turns[d])
            shares = equipment.share_turning[d] if fixed.turning[s] else equipment.share[d]
            for c in range(n):
                luck = uniform(key, s, FIRST_CAMERA + 2 * c + 1)
                if luck >= working:
                    continue
                if keep:
                    o = start[d] + n_working
                    out_site[o], out_luck[o] = s, luck
                    out_kind[o] = pick(shares, uniform(key, s, FIRST_CAMERA + 2 * c))
                    # Cameras of a site are evenly spaced, unless their direction is mapped.
                    out_axis[o] = axis if known else axis + c * FULL_CIRCLE_DEG / n
                n_working += 1
        n_out[d] = n_working


# --- covered length -------------------------------------------------------------------------


@helper
def in_field(step, axis, half):
    """Return whether a step of bearing is within a field."""
    # As float: an unsigned difference would wrap and lose sectors across north.
    off = abs(np.float32(step & (BEARING_STEPS - 1)) - axis)
    return min(off, np.float32(BEARING_STEPS) - off) <= half


@helper
def field_of(axis, half):
    """Return the first step of bearing within a field, and how many more are; -1 for none."""
    if half >= np.float32(BEARING_STEPS // 2):
        return 0, BEARING_STEPS - 1
    behind = math.ceil(axis - BEARING_STEPS // 2)
    first = max(math.floor(axis - half) - 1, behind)
    last = min(math.ceil(axis + half) + 1, behind + BEARING_STEPS - 1)
    while first <= last and not in_field(first, axis, half):
        first += 1
    while last > first and not in_field(last, axis, half):
        last -= 1
    return first & (BEARING_STEPS - 1), last - first


def cover(first, end, cameras, rings, pairs, length_m, union, single):
    """Add up the covered length: of their union, and of each camera by itself.

    Camera by camera in the order of sites, whatever the draw: many draws have the same sites, and
    those near one another see the same points.
    """
    begin, last = cameras.first[first], cameras.first[end]
    draw = np.repeat(np.arange(first, end), np.diff(cameras.first[first : end + 1]))
    order = np.argsort(cameras.site[begin:last], kind="stable")
    # Rings in whole centimetres, as distances are. The single precision is that of distances.
    near, far = (
        np.minimum(np.ceil(edges[first:end].astype(np.float32)), MOST_CM).astype(np.int64)
        for edges in (rings.inner_cm, rings.outer_cm)
    )
    cover_draws(
        first, order + begin, draw[order], cameras, rings, near, far, np.sort(far, axis=1)[:, -2:],
        far.argmax(axis=1), pairs, length_m, union, single,
    )  # fmt: skip


@kernel
def cover_draws(
    first, order, draw, cameras, rings, near, far, ends, longest, pairs, length_m, union, single
):
    """Add up the covered length of at most `DRAWS_IN_BITS` draws from `first` on, see `cover`.

    `near` and `far` are the rings in centimetres, row 0 those of draw `first`, `longest` the tier
    of the longest ring of each type, and `ends` where the second longest and the longest end.
    """
    start, point, distance_cm = pairs.start, pairs.point, pairs.distance_cm
    bearing, least_dm = pairs.bearing, pairs.height_dm
    n_tiers, longest_row = union.shape[1], 0
    for s in range(len(start) - 1):
        longest_row = max(longest_row, start[s + 1] - start[s])
    seen = np.empty(longest_row + 1, np.int32)
    # One bit for each draw and tier in which a camera has the point.
    hit = np.zeros(len(length_m), np.uint64)
    for j in range(len(order)):
        c, d = order[j], draw[j]
        y, s, i = cameras.kind[c], cameras.site[c], d - first
        # 1. Rows are sorted by metres: from these distances on, no pair is in a ring.
        others_stop, stop = ends[i, 0, y] + CM_PER_M, ends[i, 1, y] + CM_PER_M
        # 2. Field of view in steps of bearing, the unit of the lines of sight.
        width = cameras.width_deg[c]
        if np.isnan(width):
            width = rings.hfov_deg[d, y]
        half = np.float32(width / 2.0 / FULL_CIRCLE_DEG * BEARING_STEPS)
        axis = np.float32(cameras.axis_deg[c] / FULL_CIRCLE_DEG * BEARING_STEPS % BEARING_STEPS)
        left, more = field_of(axis, half)
        highest = int(rings.height_dm[d, y])
        k, last = start[s], start[s + 1]
        of_draw = np.uint64(1) << np.uint64(n_tiers * i)
        # 3. Near the camera any tier may hold.
        while k < last and distance_cm[k] < others_stop:
            cm = np.int64(distance_cm[k])
            if (bearing[k] - left) & (BEARING_STEPS - 1) <= more and least_dm[k] <= highest:
                p = point[k]
                for t in range(n_tiers):
                    if near[i, t, y] <= cm < far[i, t, y]:
                        single[d, t] += length_m[p]
                        bit = of_draw << np.uint64(t)
                        if hit[p] & bit == 0:
                            hit[p] |= bit
                            union[d, t] += length_m[p]
            k += 1
        # 4. Farther away only the longest ring reaches. First the points within it, without a
        # branch that the processor would have to guess.
        t = longest[i, y]
        least, most, n_seen = near[i, t, y], far[i, t, y], 0
        while k < last and distance_cm[k] < stop:
            seen[n_seen] = point[k]
            within = (bearing[k] - left) & (BEARING_STEPS - 1) <= more
            within &= (least <= distance_cm[k]) & (distance_cm[k] < most)
            n_seen += within & (least_dm[k] <= highest)
            k += 1
        alone, together, bit = single[d, t], union[d, t], of_draw << np.uint64(t)
        for m in range(n_seen):
            p = seen[m]
            alone += length_m[p]
            if hit[p] & bit == 0:
                hit[p] |= bit
                together += length_m[p]
        single[d, t], union[d, t] = alone, together


@kernel
def captured(first, end, cameras, rings, pairs, hit):
    """Set ``hit[d, t, pair]`` where a camera of a site captures any point of the pair.

    `pairs.point` are pairs of street and site.
    """
    n_tiers = hit.shape[1]
    for d in range(first, end):
        for c in range(cameras.first[d], cameras.first[d + 1]):
            y, s = cameras.kind[c], cameras.site[c]
            last_cm = np.float32(0.0)
            for t in range(n_tiers):
                last_cm = max(last_cm, rings.outer_cm[d, t, y])
            width = cameras.width_deg[c]
            if np.isnan(width):
                width = rings.hfov_deg[d, y]
            half = np.float32(width / 2.0 / FULL_CIRCLE_DEG * BEARING_STEPS)
            axis = np.float32(cameras.axis_deg[c] / FULL_CIRCLE_DEG * BEARING_STEPS % BEARING_STEPS)
            highest = rings.height_dm[d, y]
            for k in range(pairs.start[s], pairs.start[s + 1]):
                distance = np.float32(pairs.distance_cm[k])
                if distance // CM_PER_M > last_cm // CM_PER_M:  # rows are sorted by metres
                    break
                off = abs(np.float32(pairs.bearing[k]) - axis)
                off = min(off, np.float32(BEARING_STEPS) - off)
                if off > half or pairs.height_dm[k] > highest:
                    continue
                for t in range(n_tiers):
                    if rings.inner_cm[d, t, y] <= distance < rings.outer_cm[d, t, y]:
                        hit[d, t, pairs.point[k]] = True
