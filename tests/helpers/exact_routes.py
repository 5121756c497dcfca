"""The exact chance that a site's cameras have a route in view, integrated over their directions."""

from __future__ import annotations

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
    axis = (np.arange(AXES) + 0.5) * STEPS / AXES
    found = np.zeros(AXES)
    for kind in range(drawn.share.shape[1]):
        has = np.zeros(AXES, dtype=bool)
        for row in in_ring(city, drawn, site, kind, tier):
            p, bearing = int(city.pairs.point[row]), city.pairs.bearing[row]
            ways = passed.get(p, ())
            if any(shows(city, p, f, bearing, rule, within_deg) for f in ways):
                off = np.abs(axis - float(bearing))
                off = np.minimum(off, STEPS - off)
                has |= off <= drawn.hfov_deg[0, kind] / 2 / 360 * STEPS
        found += drawn.share[0, kind] * has
    return found * drawn.availability[0]


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
