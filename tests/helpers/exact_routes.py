"""The exact chance that a site's cameras have a route in view, integrated over their directions."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from toolkit.engine.views import per_site_prob

AXES = 960
"""Directions over which the common turn of a site's cameras is integrated; divisible by 1 to 6."""
STEPS = 256
"""Steps of bearing of a line of sight."""
SIDES = {"any": (True, True), "front": (True, False), "rear": (False, True)}


class Chances(NamedTuple):
    """That no camera of a site has a route, that exactly one has, and how many on average."""

    none: float
    one: float
    mean: float


def in_ring(city, drawn, site, kind, tier):
    """Return the lines of sight of a site to points in the ring of a type, by their rows."""
    pairs = city.pairs
    rows = np.arange(pairs.start[site], pairs.start[site + 1])
    metres = pairs.distance_cm[rows].astype(np.float32)
    near = np.nan_to_num(drawn.inner_m[0, tier, kind], nan=np.inf) * 100
    far = np.nan_to_num(drawn.outer_m[0, tier, kind], nan=0.0) * 100
    least = pairs.height_dm[rows]
    return rows[(near <= metres) & (metres < far) & (least <= drawn.height_m[0, kind] * 10)]


def shows(city, point, forward, bearing, rule, within_deg):
    """Return whether somebody at a point on a route shows the side that a rule asks for."""
    if rule == "any":
        return True
    clockwise = np.floor((0.25 - city.points.heading_rad[point] / (2 * np.pi)) * STEPS + 0.5)
    travel = (clockwise + (0 if forward else STEPS / 2)) % STEPS
    off = abs(travel - (int(bearing) + STEPS / 2) % STEPS)
    off = min(off, STEPS - off) * 360 / STEPS
    front, rear = off <= within_deg, 180 - off <= within_deg
    return {"front": front, "rear": rear, "front_or_rear": front or rear}[rule]


def axis_chance(city, drawn, route, site, tier, rule="any", within_deg=60.0):
    """Return the chance that one camera has a route, by its direction, shape (AXES,)."""
    passed = dict.fromkeys(route.point.tolist(), ())
    for p, f in zip(route.point.tolist(), route.forward.tolist(), strict=True):
        passed[p] = (*passed[p], f)
    first, end = city.pairs.start[site : site + 2]
    seen = [
        row
        for row in range(first, end)
        if any(
            shows(city, int(city.pairs.point[row]), f, city.pairs.bearing[row], rule, within_deg)
            for f in passed.get(int(city.pairs.point[row]), ())
        )
    ]
    found = np.zeros(AXES)
    for kind in range(drawn.share.shape[1]) if seen else ():
        half = drawn.hfov_deg[0, kind] / 2 / 360 * STEPS
        rows = np.intersect1d(seen, in_ring(city, drawn, site, kind, tier))
        bearings = set(city.pairs.bearing[rows].tolist())
        has = [covered(float(bearing), float(half)) for bearing in bearings]
        found += drawn.share[0, kind] * np.any([np.zeros(AXES, dtype=bool), *has], axis=0)
    return found * drawn.availability[0]


@cache
def covered(bearing, half):
    """Return the directions whose field has a bearing in it, shape (AXES,); in `STEPS`."""
    off = np.abs((np.arange(AXES) + 0.5) * STEPS / AXES - bearing)
    return np.minimum(off, STEPS - off) <= half


def chances(city, drawn, mean_per_site, route, site, tier, rule="any", within_deg=60.0):
    """Return the exact chances of a site that stands; its cameras are evenly spaced."""
    by_axis = axis_chance(city, drawn, route, site, tier, rule, within_deg)
    none = one = mean = 0.0
    for n, prob in enumerate(per_site_prob(np.array([mean_per_site]))[0], start=1):
        each = np.array([np.roll(by_axis, -k * AXES // n) for k in range(n)])
        miss = (1 - each).prod(axis=0)
        others = [np.delete(1 - each, k, axis=0).prod(axis=0) * each[k] for k in range(n)]
        none += prob * miss.mean()
        one += prob * np.sum(others, axis=0).mean()
        mean += prob * each.sum(axis=0).mean()
    return Chances(none, one, mean)
