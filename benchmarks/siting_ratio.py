"""Street within reach of known sites against that of as many placed ones, and where they differ.

The ratio is the measure behind ``sites.coverage_log_ratio``. Its logarithm is a sum of parts, each
taken at one number of sites:

several cameras    all cameras of a list against one disc at the middle of each site
set-back           sites where they are against the nearest points of streets
kind of street     points at random on streets of the classes of the known sites
within a kind      the nearest points themselves against those
overlap            street that several discs hold
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from scipy.spatial import cKDTree

from toolkit.base.arrays import FloatArray
from toolkit.base.draws import Design
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.known_city import CityPair
from toolkit.siting.weights import WeightDraws

RADII_M: Final = (25.0, 50.0, 100.0)
PARTS: Final = ("several cameras", "set-back", "kind of street", "within a kind", "overlap")
T_95: Final = {4: 2.353, 8: 1.895}
"""95 % points of Student's t with one degree of freedom fewer than lists."""


class Discs:
    """Street around points: mean length within a radius, and the length of their union."""

    def __init__(self, xy_m: FloatArray, length_m: FloatArray, radius_m: float) -> None:
        self._tree, self._length, self._radius = cKDTree(xy_m), length_m, radius_m

    def each(self, site_m: FloatArray) -> FloatArray:
        """Return the street within the radius of each point, shape (S,)."""
        near = self._tree.query_ball_point(site_m, self._radius)
        return np.array([self._length[n].sum() for n in near])

    def union(self, site_m: FloatArray) -> float:
        """Return the street within the radius of any point."""
        seen = simulate.covered(np.asarray(self._tree.data), site_m, self._radius)
        return float(self._length[seen].sum())


def measure(
    pair: CityPair,
    ground: simulate.Ground,
    drawn: WeightDraws,
    offset_m: FloatArray,
    design: Design,
) -> dict[str, dict[str, float]]:
    """Return log ratio of known to placed sites, its parts and the spread of the placed, by radius.

    Parameters
    ----------
    pair
        Streets and cameras.
    ground, drawn, offset_m, design
        See `simulate.place_sites`; the number of sites is that of the list.
    """
    centre = regression.distinct_sites(pair.camera_xy_m)
    n_sites = len(centre)
    nearest = np.asarray(cKDTree(ground.xy_m).query(centre)[1])
    number = np.full(design.n_draws, float(n_sites))
    placed = list(simulate.place_sites(ground, drawn, number, offset_m, design))
    out = {}
    for radius_m in RADII_M:
        discs = Discs(ground.xy_m, ground.length_m, radius_m)
        around = discs.each(ground.xy_m)
        in_class = np.bincount(ground.class_of, weights=ground.length_m)
        of_class = np.bincount(ground.class_of, weights=ground.length_m * around) / in_class
        union = np.array([discs.union(xy) for xy, _ in placed])
        single = np.array([discs.each(xy).mean() for xy, _ in placed])
        street = np.array([around[chosen].mean() for _, chosen in placed])
        known, at = discs.each(centre).mean(), around[nearest].mean()
        kind = of_class[ground.class_of[nearest]].mean()
        sites, cameras = discs.union(centre), discs.union(pair.camera_xy_m)
        found = (
            cameras / sites,
            known / at / np.median(single / street),
            kind / np.median(street),
            at / kind,
            sites / (n_sites * known) / np.median(union / (n_sites * single)),
        )
        out[f"{radius_m:g}"] = {
            "log ratio": float(np.log(cameras / np.median(union))),
            "model sd": float(np.std(np.log(union))),
            **{name: float(np.log(v)) for name, v in zip(PARTS, found, strict=True)},
        }
    return out


def between(rows: Mapping[str, Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Return mean, spread between lists and 90 % prediction of the log ratio, by radius.

    What the model spreads already is taken off the spread of the lists. The prediction for one
    more city is that of a normal sample of unknown variance (Student's t).
    """
    out = {}
    for radius in next(iter(rows.values())):
        value = np.array([row[radius]["log ratio"] for row in rows.values()])
        within = np.mean([row[radius]["model sd"] ** 2 for row in rows.values()])
        n_lists = len(value)
        spread = float(np.sqrt(max(value.var(ddof=1) - within, 0.0)))
        half = T_95[n_lists] * spread * np.sqrt(1 + 1 / n_lists) if n_lists in T_95 else np.nan
        mean = float(value.mean())
        out[radius] = {
            "mean": mean,
            "spread": spread,
            "low": float(mean - half),
            "high": float(mean + half),
        }
    return out


def tables(
    rows: Mapping[str, Mapping[str, Mapping[str, float]]],
    spread: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> str:
    """Return the log ratios by list and radius with their parts, and what `between` found."""
    keys = ("log ratio", *PARTS)
    head = ("list", "radius m", *keys, "spread of the model")
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for name, one in rows.items():
        for radius, row in one.items():
            cells = " | ".join(f"{row[key]:+.3f}" for key in keys)
            lines.append(f"| {name} | {radius} | {cells} | {row['model sd']:.3f} |")
    for radius in next(iter(rows.values())):
        means = (np.mean([one[radius][key] for one in rows.values()]) for key in keys)
        lines.append(f"| mean | {radius} | {' | '.join(f'{v:+.3f}' for v in means)} | |")
    lines += ["", "| lists | radius m | mean | spread | 90 % of one more |", "|---" * 5 + "|"]
    for label, found in spread.items():
        for radius, row in found.items():
            lines.append(
                f"| {label} | {radius} | {row['mean']:+.3f} | {row['spread']:.3f} "
                f"| {row['low']:+.2f} to {row['high']:+.2f} |"
            )
    return "\n".join(lines) + "\n"
