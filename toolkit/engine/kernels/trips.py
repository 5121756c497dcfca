"""Compiled loops over cameras and routes: which cameras have which route in view.

Each route is one bit in rows of 64-bit words, so that a camera takes many routes of a street point
at once. Of most words no point has any bit, and those are not kept.
"""

# Compiled code: numba takes the types from the arguments.
# ruff: noqa: ANN001, ANN201, PLR0913, PLR0917
# mypy: allow-untyped-defs, allow-untyped-calls, allow-untyped-decorators

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from toolkit.engine.kernels import helper, kernel

FULL_CIRCLE_DEG = 360.0
BEARING_STEPS = 256
HALF_STEPS = 128
CM_PER_M = 100
WORD_BITS = 64
TIER_BITS = 8
"""Bits for the tiers of a camera: more than there are."""

FORWARD, BACKWARD, EITHER = 0, 1, 2
"""Columns of a row: routes along the street, against it, and both."""
ANY_SIDE, FRONT, REAR, FRONT_OR_REAR = 0, 1, 2, 3
"""Which side of who passes a camera must have."""

_ONE = np.uint64(1)
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
"""Sequence of 64 bits in which any six that follow one another occur once (Leiserson, Prokop and
Randall 1998, "Using de Bruijn sequences to index a 1 in a computer word")."""
_TOP_SIX = np.uint64(58)
_POSITION = np.empty(64, np.uint8)
_POSITION[[(int(_DE_BRUIJN) << n) % 2**64 >> int(_TOP_SIX) for n in range(64)]] = range(64)
"""Position of a single bit, by the top six bits of its product with the sequence."""


class Routes(NamedTuple):
    """Routes by street point, of those points alone that any route passes.

    The routes of point r in column c are those of cell ``cell[3 r + c]``, which neighbours share:
    the `bits` of the words `word` from its `start` to that of the next. Of all `n_words` words the
    first `n_counted` are of routes that are counted, and the rest of those only met or not.
    `heading` is the direction of the street at each point in `BEARING_STEPS` clockwise from north.
    """

    cell: NDArray[np.int32]
    start: NDArray[np.int64]
    word: NDArray[np.int32]
    bits: NDArray[np.uint64]
    n_words: int
    n_counted: int
    heading: NDArray[np.uint8]


class Near(NamedTuple):
    """The routes that each site has in reach and sight, as bits in words of its own.

    Few of all routes pass a site, so that its words are few. Bit i of site s is the route
    ``route[route_start[s] + i]``, a bit of the rows of `Routes`. The words of its lines of sight
    follow one another from ``word_start[s]`` on: of those who go along the street and against it.
    `ahead` is the angle from the direction of the street to the camera, by line of sight. Arrays
    by line of sight or word are of some sites alone, from `first_pair` and `first_word` on.
    `most_words` and `most_pairs` are the largest numbers of words and lines of sight of a site.
    """

    route_start: NDArray[np.int64]
    route: NDArray[np.int32]
    word_start: NDArray[np.int64]
    along: NDArray[np.uint64]
    against: NDArray[np.uint64]
    ahead: NDArray[np.uint8]
    first_pair: int
    first_word: int
    most_words: int
    most_pairs: int


class Sides(NamedTuple):
    """The side that each tier needs, shape (T,), and the widest angle from it, shape (D,)."""

    rule: NDArray[np.int64]
    within_steps: NDArray[np.float64]


class Passed(NamedTuple):
    """Items that pass each point along its street and against it, and the street's direction.

    `item` is -1 for none, shape (P, 2); `heading` is as in `Routes`.
    """

    item: NDArray[np.int64]
    heading: NDArray[np.uint8]


class Met(NamedTuple):
    """Number of cameras and of sites that have each counted route in view, shape (D, T, K).

    `any_camera` has the bits of the other routes that any camera has in view, shape (D, T, words).
    """

    cameras: NDArray[np.float32]
    sites: NDArray[np.float32]
    any_camera: NDArray[np.uint64]


@helper
def position(bit):
    """Return the position of the one bit that is set."""
    return np.int64(_POSITION[(bit * _DE_BRUIJN) >> _TOP_SIX])


@helper
def shows(rule, off, within):
    """Return whether a camera this far from straight ahead has the side that a rule asks for."""
    front = (off <= within) & (rule != REAR)
    rear = (HALF_STEPS - off <= within) & (rule != FRONT)
    return front | rear


@helper
def add_bits(mask, weight, count):
    """Add a weight to the count of every bit that is set."""
    for w in range(len(mask)):
        left = mask[w]
        while left:
            low = left & (~left + _ONE)
            count[w * WORD_BITS + position(low)] += weight
            left ^= low


@helper
def side_column(rule, ahead, within):
    """Return the column whose routes show the side that a rule asks for, or -1.

    `ahead` is the angle from the direction of the street to the camera.
    """
    if rule == ANY_SIDE:
        return EITHER
    along = shows(rule, ahead, within)
    against = shows(rule, HALF_STEPS - ahead, within)
    if along and against:
        return EITHER
    if along:
        return FORWARD
    return BACKWARD if against else -1


@helper
def in_field(step, axis, half):
    """Return whether a step of bearing lies in a field of view."""
    off = abs(np.float32(step) - axis)
    return min(off, np.float32(BEARING_STEPS) - off) <= half


@helper
def field_of(width_deg, axis_deg):
    """Return the first step of bearing in a field of view, and how many follow it; -1 for none."""
    half = np.float32(width_deg / 2.0 / FULL_CIRCLE_DEG * BEARING_STEPS)
    axis = np.float32(axis_deg / FULL_CIRCLE_DEG * BEARING_STEPS % BEARING_STEPS)
    middle, more = np.int64(axis), np.int64(half)
    # The ends are tested, since their rounding counts.
    first, last = middle - more - 2, middle + more + 2
    if last - first >= BEARING_STEPS - 1:
        first, last = middle - HALF_STEPS, middle + HALF_STEPS - 1
    while first <= last and not in_field(first % BEARING_STEPS, axis, half):
        first += 1
    while first <= last and not in_field(last % BEARING_STEPS, axis, half):
        last -= 1
    return first, last - first


@helper
def list_in_field(d, c, cameras, rings, pairs, found):
    """List the lines of sight in the field of a camera and over the roofs; return how many.

    No branch rests on what is random: a wrong guess costs more than the tests.
    """
    y, s = cameras.kind[c], cameras.site[c]
    beyond_cm = 0
    for t in range(rings.outer_cm.shape[1]):
        beyond_cm = max(beyond_cm, (int(rings.outer_cm[d, t, y]) // CM_PER_M + 1) * CM_PER_M)
    width = cameras.width_deg[c]
    if np.isnan(width):
        width = rings.hfov_deg[d, y]
    first_step, n_steps = field_of(width, cameras.axis_deg[c])
    highest, n = rings.height_dm[d, y], 0
    for k in range(np.uint64(pairs.start[s]), np.uint64(pairs.start[s + 1])):
        if pairs.distance_cm[k] >= beyond_cm:  # rows are sorted by metres
            break
        found[n] = k
        inside = (np.int64(pairs.bearing[k]) - first_step) % BEARING_STEPS <= n_steps
        n += inside & (pairs.height_dm[k] <= highest)
    return n


@helper
def collect(d, c, cameras, rings, pairs, routes, sides, seen, some, found, done):
    """Collect the routes at any point in the ring and the field of view of a camera, by tier.

    `done` has the last camera of each cell, and the tiers at which its routes were collected.
    """
    y, within = cameras.kind[c], sides.within_steps[d]
    for f in range(list_in_field(d, c, cameras, rings, pairs, found)):
        k = np.uint64(found[f])
        distance = np.float32(pairs.distance_cm[k])
        # 1. From the direction of the street to the camera, which lies against the bearing.
        back, r = (np.int64(pairs.bearing[k]) + HALF_STEPS) % BEARING_STEPS, pairs.point[k]
        ahead = abs(np.int64(routes.heading[r]) - back)
        ahead = min(ahead, BEARING_STEPS - ahead)
        # 2. Routes that show the side that each tier needs, each cell of them once.
        for t in range(len(some)):
            if not rings.inner_cm[d, t, y] <= distance < rings.outer_cm[d, t, y]:
                continue
            column = side_column(sides.rule[t], ahead, within)
            if column < 0:
                continue
            cell = routes.cell[3 * r + column]
            so_far = max(done[cell], (c + 1) << TIER_BITS)  # cameras ascend
            if so_far >> t & 1:
                continue
            done[cell] = so_far | 1 << t
            row = seen[t]
            for i in range(np.uint64(routes.start[cell]), np.uint64(routes.start[cell + 1])):
                some[t] = True
                row[np.uint32(routes.word[i])] |= routes.bits[i]


@kernel
def list_in_view(
    first, end, cameras, works, rings, pairs, passed, sides, tier, keep, start,
    out_camera, out_item, n_out,
):  # fmt: skip
    """List what each working camera has in view at one tier; without `keep` count only.

    `passed` are the items at each point, along the street and against it, -1 for none, and the
    direction of the street. Those of draw d are written from ``start[d]`` on.
    """
    rule = sides.rule[tier]
    for d in range(first, end):
        found = 0
        for c in range(cameras.first[d], cameras.first[d + 1]):
            if not works[c]:
                continue
            y, s = cameras.kind[c], cameras.site[c]
            near, far = rings.inner_cm[d, tier, y], rings.outer_cm[d, tier, y]
            width = cameras.width_deg[c]
            if np.isnan(width):
                width = rings.hfov_deg[d, y]
            half = np.float32(width / 2.0 / FULL_CIRCLE_DEG * BEARING_STEPS)
            axis = np.float32(cameras.axis_deg[c] / FULL_CIRCLE_DEG * BEARING_STEPS % BEARING_STEPS)
            for k in range(pairs.start[s], pairs.start[s + 1]):
                distance = np.float32(pairs.distance_cm[k])
                if distance // CM_PER_M > far // CM_PER_M:  # rows are sorted by metres
                    break
                if not near <= distance < far or pairs.height_dm[k] > rings.height_dm[d, y]:
                    continue
                off = abs(np.float32(pairs.bearing[k]) - axis)
                if min(off, np.float32(BEARING_STEPS) - off) > half:
                    continue
                back = (np.int64(pairs.bearing[k]) + HALF_STEPS) % BEARING_STEPS
                r = pairs.point[k]
                ahead = abs(np.int64(passed.heading[r]) - back)
                ahead = min(ahead, BEARING_STEPS - ahead)
                column = side_column(rule, ahead, sides.within_steps[d])
                for direction in (FORWARD, BACKWARD):
                    item = passed.item[r, direction]
                    if item >= 0 and column in (direction, EITHER):
                        if keep:
                            out_camera[start[d] + found] = c
                            out_item[start[d] + found] = item
                        found += 1
        n_out[d] = found


@helper
def add_camera(seen, weight, n_counted, cameras, any_camera, of_site):
    """Count a camera for each route it has in view, and collect them for its site."""
    add_bits(seen[:n_counted], weight, cameras)
    for w in range(n_counted):
        of_site[w] |= seen[w]
    for w in range(n_counted, len(seen)):
        any_camera[w - n_counted] |= seen[w]


@helper
def add_site(of_site, some, sites):
    """Count a site for each route that it has in view, at every tier, and begin the next."""
    for t in range(len(some)):
        if some[t]:
            some[t] = False
            add_bits(of_site[t], np.float32(1.0), sites[t])
            for w in range(of_site.shape[1]):
                of_site[t, w] = np.uint64(0)


@kernel
def meet(
    first, end, cameras, works, weight, rings, pairs, n_most, routes, sides, met, met_if_all_work
):  # fmt: skip
    """Count the cameras and sites that have each route in view, for some draws.

    `pairs` are the lines of sight to points of `routes`, numbered as there, at most `n_most` of a
    site. The cameras of a site follow one another. `works` says which of them work; the others
    count in `met_if_all_work` only, which is left out if it has no draws. Each camera counts by its
    `weight`, each site as one.
    """
    n_tiers, n_words, n_counted = rings.inner_cm.shape[1], routes.n_words, routes.n_counted
    found = np.empty(n_most, np.int64)
    seen, some = np.zeros((n_tiers, n_words), np.uint64), np.zeros(n_tiers, np.bool_)
    of_site = np.zeros((2, n_tiers, n_counted), np.uint64)
    some_of_site = np.zeros((2, n_tiers), np.bool_)
    done = np.zeros(len(routes.start), np.int64)
    both, n_wanted = (met, met_if_all_work), 2 if len(met_if_all_work.cameras) else 1
    for d in range(first, end):
        for c in range(cameras.first[d], cameras.first[d + 1]):
            if works[c] or n_wanted > 1:
                collect(d, c, cameras, rings, pairs, routes, sides, seen, some, found, done)
            for t in range(n_tiers):
                if not some[t]:
                    continue
                some[t] = False
                for k in range(0 if works[c] else 1, n_wanted):
                    some_of_site[k, t] = True
                    of, any_camera = both[k].cameras[d, t], both[k].any_camera[d, t]
                    add_camera(seen[t], weight[c], n_counted, of, any_camera, of_site[k, t])
                for w in range(n_words):
                    seen[t, w] = np.uint64(0)
            if c + 1 == cameras.first[d + 1] or cameras.site[c + 1] != cameras.site[c]:
                for k in range(n_wanted):
                    add_site(of_site[k], some_of_site[k], both[k].sites[d])


@kernel
def find_near(first, end, pairs, routes, stands, keep, near, n_near):
    """Fill in `Near` for some of the sites that stand; without `keep` count their routes only."""
    last_site = np.full(routes.n_words * WORD_BITS, -1)
    bit = np.empty(routes.n_words * WORD_BITS, np.int64)
    for s in range(first, end):
        found, n_words = 0, words_of(n_near[s])
        for k in range(pairs.start[s], pairs.start[s + 1] if stands[s] else pairs.start[s]):
            row = near.word_start[s] + (k - pairs.start[s]) * n_words - near.first_word
            if keep:
                back = (np.int64(pairs.bearing[k]) + HALF_STEPS) % BEARING_STEPS
                ahead = abs(np.int64(routes.heading[pairs.point[k]]) - back)
                near.ahead[k - near.first_pair] = min(ahead, BEARING_STEPS - ahead)
            for column in (FORWARD, BACKWARD):
                words = near.along if column == FORWARD else near.against
                r = routes.cell[3 * pairs.point[k] + column]
                for i in range(routes.start[r], routes.start[r + 1]):
                    left = routes.bits[i]
                    while left:
                        low = left & (~left + _ONE)
                        left ^= low
                        route = routes.word[i] * WORD_BITS + position(low)
                        if last_site[route] != s:
                            last_site[route], bit[route] = s, found
                            if keep:
                                near.route[near.route_start[s] + found] = route
                            found += 1
                        if keep:
                            one = _ONE << np.uint64(bit[route] % WORD_BITS)
                            words[row + bit[route] // WORD_BITS] |= one
        n_near[s] = found


@helper
def words_of(n_routes):
    """Return the number of words that hold a bit for each route."""
    return (n_routes + WORD_BITS - 1) // WORD_BITS


@helper
def mask_of(holds):
    """Return a word of ones, or of zeros."""
    return np.uint64(0) - np.uint64(holds)


@helper
def collect_near(d, first, end, cameras, works, rings, pairs, near, sides, found, seen):
    """Collect the routes at any point in the ring and the field of view of some cameras of a draw.

    Cameras that do not work have none. `found` has room for the lines of sight of a site.
    """
    within = sides.within_steps[d]
    for c in range(first, end):
        y, s = cameras.kind[c], cameras.site[c]
        n_words = words_of(near.route_start[s + 1] - near.route_start[s])
        for t in range(seen.shape[1]):
            for w in range(n_words):
                seen[c - first, t, w] = np.uint64(0)
        if not works[c] or n_words == 0:
            continue
        first_pair, n = pairs.start[s], list_in_field(d, c, cameras, rings, pairs, found)
        # Routes in the ring of each tier that show the side that it needs.
        for t in range(seen.shape[1]):
            inner, outer = np.float32(rings.inner_cm[d, t, y]), np.float32(rings.outer_cm[d, t, y])
            if not inner < outer:
                continue
            # Distances are whole centimetres.
            least, most, rule = np.int64(np.ceil(inner)), np.int64(np.ceil(outer)), sides.rule[t]
            for i in range(n):
                k = found[i]
                along = (least <= pairs.distance_cm[k]) & (pairs.distance_cm[k] < most)
                against = along
                if rule != ANY_SIDE:
                    ahead = np.int64(near.ahead[k - near.first_pair])
                    along &= shows(rule, ahead, within)
                    against &= shows(rule, HALF_STEPS - ahead, within)
                row = near.word_start[s] + (k - first_pair) * n_words - near.first_word
                for w in range(n_words):
                    seen[c - first, t, w] |= (near.along[row + w] & mask_of(along)) | (
                        near.against[row + w] & mask_of(against)
                    )


@helper
def count_in_view(first, end, site, weight, near, n_counted, seen, cameras, sites, any_camera):
    """Count some cameras of a draw, and their sites, for each route that they have in view."""
    c = first
    while c < end:
        after = c + 1
        while after < end and site[after] == site[c]:
            after += 1
        begin = near.route_start[site[c]]
        n_words = words_of(near.route_start[site[c] + 1] - begin)
        for t in range(seen.shape[1]):
            for w in range(n_words):
                of_site = np.uint64(0)
                for i in range(c, after):
                    left = seen[i - first, t, w]
                    of_site |= left
                    while left:
                        low = left & (~left + _ONE)
                        left ^= low
                        route = near.route[begin + w * WORD_BITS + position(low)]
                        if route < n_counted:
                            cameras[t, route] += weight[i]
                        else:
                            bit = np.uint64((route - n_counted) % WORD_BITS)
                            any_camera[t, (route - n_counted) // WORD_BITS] |= _ONE << bit
                while of_site:
                    low = of_site & (~of_site + _ONE)
                    of_site ^= low
                    route = near.route[begin + w * WORD_BITS + position(low)]
                    if route < n_counted:
                        sites[t, route] += np.float32(1.0)
        c = after


@kernel
def meet_near(
    first, end, end_site, next_camera, cameras, works, weight, rings, pairs, near, sides, n_counted,
    met,
):  # fmt: skip
    """Count as `meet` does, some sites at a time, without those cameras that do not work.

    Cameras are taken from `next_camera` of each draw on, up to the sites from `end_site` on, and
    `next_camera` is moved; sites ascend within each draw. Of all bits the first `n_counted` are of
    routes that are counted. Best for few routes at each of many sites.
    """
    n_tiers = rings.inner_cm.shape[1]
    found = np.empty(near.most_pairs, np.int64)
    seen = np.empty((64, n_tiers, near.most_words), np.uint64)
    for d in range(first, end):
        begin = next_camera[d]
        after = begin
        while after < cameras.first[d + 1] and cameras.site[after] < end_site:
            after += 1
        next_camera[d] = after
        if after - begin > len(seen):
            seen = np.empty((2 * (after - begin), n_tiers, near.most_words), np.uint64)
        collect_near(d, begin, after, cameras, works, rings, pairs, near, sides, found, seen)
        count_in_view(
            begin, after, cameras.site, weight, near, n_counted, seen,
            met.cameras[d], met.sites[d], met.any_camera[d],
        )  # fmt: skip


@kernel
def along(first, end, in_view, passing, length_m, seen_m, longest_m):
    """Add up what is in view of a route, and find the longest stretch that is not, by placement.

    `passing` is the column of `in_view` of each point of the route in the order of travel.
    """
    for p in range(first, end):
        seen, out, longest = 0.0, 0.0, 0.0
        for i in range(len(passing)):
            if in_view[p, passing[i]]:
                seen += length_m[i]
                out = 0.0
            else:
                out += length_m[i]
                longest = max(longest, out)
        seen_m[p], longest_m[p] = seen, longest
