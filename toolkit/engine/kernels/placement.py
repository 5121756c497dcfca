"""Compiled loops of `toolkit.engine.placement`."""

# Compiled code: numba takes the types from the arrays, and long argument lists are cheaper than
# objects there. The callers in toolkit/engine/placement.py document shapes and units.
# ruff: noqa: C901, ANN001, ANN201, D103, PLR0912, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

import math

import numpy as np
from numba import njit, prange

from toolkit.engine.kernels.exposure import BEARING_STEPS, FULL_CIRCLE_DEG
from toolkit.engine.kernels.sight import CM_PER_BIN

# SplitMix64 (Steele, Lea and Flood 2014) read at any place of its sequence.
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S11 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(11)
_UNIT = 1.0 / 2.0**53
_SLOTS = np.uint64(4096)
"""Numbers kept for each site: whether it stands, its cameras, its turn, and two for each camera."""
STANDS, CAMERAS, TURN, FIRST_CAMERA = 0, 1, 2, 3


@njit(cache=True)
def uniform(key, site, slot):
    """Return the number in (0, 1) that belongs to a draw, a site and a use, whatever the order."""
    z = key + (np.uint64(site) * _SLOTS + np.uint64(slot) + np.uint64(1)) * _GOLDEN
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    z ^= z >> _S31
    return (np.float64(z >> _S11) + 0.5) * _UNIT


@njit(cache=True)
def pick(cumulative, u):
    """Return the first index whose cumulative share exceeds u."""
    k = 0
    while k < len(cumulative) - 1 and u >= cumulative[k]:
        k += 1
    return k


@njit(cache=True)
def scale_to(wanted, rate, count):
    """Return s so that the chances 1 - exp(-s rate) of all sites add up to the number wanted."""
    total, square = 0.0, 0.0
    for k in range(len(rate)):
        total += rate[k] * count[k]
        square += rate[k] * rate[k] * count[k]
    # Of 1 - exp(-x) = x - x^2 / 2 + ..., which is all there is to it where chances are small.
    under_root = total * total - 2.0 * square * wanted
    s = 2.0 * wanted / (total + math.sqrt(under_root)) if under_root > 0.0 else wanted / total
    for _ in range(_MOST_STEPS):
        found, slope = 0.0, 0.0
        for k in range(len(rate)):
            left = math.exp(-s * rate[k])
            found += count[k] * (1.0 - left)
            slope += count[k] * rate[k] * left
        # The sum is concave: after one step Newton's come from below, and each squares the error.
        step = (wanted - found) / slope if slope > 0.0 else 0.0
        s += step
        if abs(step) <= _SMALL_STEP * s:
            break
    return s


_MOST_STEPS = 60
_SMALL_STEP = 1e-5
"""After a step of this part of the whole the error is about its square."""


@njit(cache=True)
def coming(key, hazard, gamma, alone, site_class, size, district, scale, until, site, rank):
    """List the sites whose rank is below a bound; return how many."""
    found = 0
    for g in range(len(size)):
        c = site_class[g]
        rate = hazard[c] * size[g] * scale
        if not alone[c]:
            rate *= gamma[district[g]]
        if rate <= 0.0:
            continue
        u = uniform(key, g, STANDS)
        # The chance 1 - exp(-x) is below x: most sites are done with here.
        if u >= rate * until:
            continue
        when = u / ((1.0 - u) * math.expm1(min(rate, _MOST_RATE)))
        if when < until:
            site[found], rank[found] = g, when
            found += 1
    return found


_MOST_RATE = 500.0


@njit(cache=True, parallel=True)
def choose(
    keys, wanted, hazard, gamma, alone, site_class, size, district, cell_size, cell_count,
    spacing_m, xy_m, out_site, out_n,
):  # fmt: skip
    """Draw which candidates stand: those of lowest rank, none nearer than the spacing."""
    n_sites = len(size)
    n_classes, n_districts = cell_size.shape
    n_cells = 0
    for c in range(n_classes):
        for a in range(n_districts):
            if cell_count[c, a] > 0.0:
                n_cells += 1
    for d in prange(len(keys)):
        n = int(wanted[d])
        out_n[d] = 0
        if n == 0:
            continue
        # Classes are many and most are in few districts: only what occurs is gone through.
        rate, count = np.zeros(n_cells), np.zeros(n_cells)
        k = -1
        most = 0.0
        for c in range(n_classes):
            for a in range(n_districts):
                if cell_count[c, a] > 0.0:
                    k += 1
                    favour = 1.0 if alone[d, c] else gamma[d, a]
                    rate[k] = hazard[d, c] * favour * cell_size[c, a] / cell_count[c, a]
                    if rate[k] > 0.0:
                        count[k] = cell_count[c, a]
                        most += count[k]
        scale = scale_to(min(float(n), most * (1.0 - 1e-6)), rate, count) if most > 0.0 else 0.0
        site = np.empty(n_sites, np.int32)
        rank = np.empty(n_sites)
        until = 1.5 + 4.0 / math.sqrt(n)
        while scale > 0.0:
            found = coming(
                keys[d], hazard[d], gamma[d], alone[d], site_class, size, district, scale,
                until, site, rank,
            )  # fmt: skip
            everything = found >= most
            if found < n and not everything:
                until *= 4.0
                continue
            taken = 0
            for k in np.argsort(rank[:found], kind="mergesort"):
                g = site[k]
                near = False
                if spacing_m > 0.0:
                    for j in range(taken):
                        o = out_site[d, j]
                        dx, dy = xy_m[o, 0] - xy_m[g, 0], xy_m[o, 1] - xy_m[g, 1]
                        if dx * dx + dy * dy < spacing_m * spacing_m:
                            near = True
                            break
                if near:
                    continue
                out_site[d, taken] = g
                taken += 1
                if taken == n:
                    break
            if taken == n or everything:
                out_n[d] = taken
                out_site[d, :taken] = np.sort(out_site[d, :taken])
                break
            until *= 4.0


@njit(cache=True, parallel=True)
def choose_independently(keys, hazard, site_class, size, out_site, out_n):
    """Draw which candidates stand, each by itself."""
    for d in prange(len(keys)):
        taken = 0
        for g in range(len(size)):
            rate = hazard[d, site_class[g]] * size[g]
            if uniform(keys[d], g, STANDS) < -math.expm1(-rate):
                out_site[d, taken] = g
                taken += 1
        out_n[d] = taken


@njit(cache=True)
def cameras_at(key, site, fixed, per_site):
    """Return the number of cameras of a site that stands."""
    if fixed > 0:
        return fixed
    return 1 + pick(per_site, uniform(key, site, CAMERAS))


@njit(cache=True, parallel=True)
def count_working(keys, first, site, fixed, per_site, working, out):
    """Count the cameras that work, per draw."""
    for d in prange(len(keys)):
        n = 0
        for k in range(first[d], first[d + 1]):
            s = site[k]
            for c in range(cameras_at(keys[d], s, fixed[s], per_site[d])):
                n += uniform(keys[d], s, FIRST_CAMERA + 2 * c + 1) < working[d]
        out[d] = n


@njit(cache=True, parallel=True)
def equip(
    keys, first, site, fixed, axis_deg, turning, per_site, working, share, share_turning,
    street_deg, turns, start, out_site, out_kind, out_axis,
):  # fmt: skip
    """Give each standing site its cameras, and list those that work."""
    for d in prange(len(keys)):
        o = start[d]
        key = keys[d]
        for k in range(first[d], first[d + 1]):
            s = site[k]
            n = cameras_at(key, s, fixed[s], per_site[d])
            u = uniform(key, s, TURN)
            turn = u * FULL_CIRCLE_DEG
            if not np.isnan(street_deg[s]):
                step = pick(turns[d], u)
                below = turns[d, step - 1] if step > 0 else 0.0
                part = (u - below) / max(turns[d, step] - below, 1e-12)
                turn = street_deg[s] + (step + part) * FULL_CIRCLE_DEG / turns.shape[1]
            if not np.isnan(axis_deg[s]):
                turn = axis_deg[s]
            for c in range(n):
                if uniform(key, s, FIRST_CAMERA + 2 * c + 1) >= working[d]:
                    continue
                u = uniform(key, s, FIRST_CAMERA + 2 * c)
                out_site[o] = s
                out_kind[o] = pick(share_turning[d] if turning[s] else share[d], u)
                out_axis[o] = turn
                if np.isnan(axis_deg[s]):
                    out_axis[o] += c * FULL_CIRCLE_DEG / n
                o += 1


@njit(cache=True, parallel=True)
def cover(
    first, site, kind, axis_deg, width_deg, hfov_deg, height_dm, inner_cm, outer_cm,
    start, point, distance_cm, bearing, least_dm, length_m,
):  # fmt: skip
    n_draws, n_tiers = len(first) - 1, inner_cm.shape[1]
    covered = np.zeros((n_draws, n_tiers))
    alone = np.zeros((n_draws, n_tiers))
    for d in prange(n_draws):
        hit = np.zeros(len(length_m), np.uint8)
        union, single = np.zeros(n_tiers), np.zeros(n_tiers)
        near, far = np.empty(n_tiers, np.float32), np.empty(n_tiers, np.float32)
        for c in range(first[d], first[d + 1]):
            y = kind[c]
            last_metre = -1
            for t in range(n_tiers):
                near[t], far[t] = inner_cm[d, t, y], outer_cm[d, t, y]
                last_metre = max(last_metre, int(outer_cm[d, t, y]) // CM_PER_BIN)
            width = hfov_deg[d, y] if np.isnan(width_deg[c]) else width_deg[c]
            half = np.float32(width / 2.0 / FULL_CIRCLE_DEG * BEARING_STEPS)
            axis = np.float32(axis_deg[c] / FULL_CIRCLE_DEG * BEARING_STEPS % BEARING_STEPS)
            for k in range(start[site[c]], start[site[c] + 1]):
                if distance_cm[k] // CM_PER_BIN > last_metre:  # rows are sorted by metres
                    break
                # Turned into a float first: an unsigned difference would wrap and lose sectors
                # across north.
                off = abs(np.float32(bearing[k]) - axis)
                off = min(off, np.float32(BEARING_STEPS) - off)
                if off > half or least_dm[k] > height_dm[d, y]:
                    continue
                distance = np.float32(distance_cm[k])
                p = point[k]
                for t in range(n_tiers):
                    if near[t] <= distance < far[t]:
                        single[t] += length_m[p]
                        bit = np.uint8(1 << t)
                        if hit[p] & bit == 0:
                            hit[p] |= bit
                            union[t] += length_m[p]
        covered[d], alone[d] = union, single
    return covered / max(length_m.sum(), 1e-9), alone
