"""Directions of the cameras of known cities: the basis of ``sites.bearing_*``.

Only angles between cameras and their streets are used, and only shares are published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.optics import facing
from toolkit.optics.facing import FacingShares
from toolkit.siting.features import FEATURES, JUNCTION_BINS_M, levels_of
from toolkit.siting.validation import regression
from toolkit.siting.validation.known_city import CityPair

MIN_CAMERAS: Final = 30
"""Fewest cameras with a direction from which three shares are estimated."""
N_RESAMPLES: Final = 400
NEAR_JUNCTION_M: Final = 30.0
_SEED: Final = 0
_INTERVAL: Final = (0.05, 0.95)


def fit_bearings(pair: CityPair) -> dict[str, Any] | None:
    """Fit the distribution of directions to the cameras of a city that have one.

    Returns
    -------
    found
        Shares and spread with their 5 and 95 % points over resampled sites, counts, and the same
        shares near junctions and elsewhere; None for fewer than `MIN_CAMERAS` cameras.
    """
    known = np.isfinite(pair.direction_deg)
    if known.sum() < MIN_CAMERAS:
        return None
    at = pair.nearest[known]
    # From a mathematical angle to a bearing clockwise from north.
    street = 90.0 - np.degrees(pair.points.heading_rad[at])
    folded = facing.angle_to_street_deg(pair.direction_deg[known], street)
    site = regression.site_of(pair.camera_xy_m[known])
    near = near_junction(pair.points.code[at])
    spread = _resampled(folded, site)
    best = facing.fit(folded)
    out: dict[str, Any] = {"cameras": int(known.sum()), "sites": int(site.max()) + 1}
    for name in ("along", "across", "spread_deg"):
        ends = np.quantile([getattr(one, name) for one in spread], _INTERVAL)
        out |= {
            name: _rounded(name, getattr(best, name)),
            f"{name}_low": _rounded(name, ends[0]),
            f"{name}_high": _rounded(name, ends[1]),
        }
    for name, part in (("near_a_junction", near), ("farther", ~near)):
        out[name] = {"cameras": int(part.sum())}
        if part.sum() >= MIN_CAMERAS:
            one = facing.fit(folded[part])
            out[name] |= {key: _rounded(key, getattr(one, key)) for key in ("along", "across")}
    return out


def near_junction(code: IntArray) -> NDArray[np.bool_]:
    """Return whether class indices are within `NEAR_JUNCTION_M` of a junction."""
    near = {f"{bin_m:g}" for bin_m in JUNCTION_BINS_M if bin_m <= NEAR_JUNCTION_M}
    is_near = [level.split("_")[-1] in near for level in FEATURES["junction"]]
    return np.array(is_near, dtype=np.bool_)[levels_of(code)["junction"]]


def _resampled(folded: FloatArray, site: IntArray) -> list[FacingShares]:
    """Fit to bootstrap samples of sites, since cameras of one site are not independent."""
    rng = Design(N_RESAMPLES, _SEED).generator("siting.bearings")
    n_sites = int(site.max()) + 1
    members = [np.flatnonzero(site == s) for s in range(n_sites)]
    return [
        facing.fit(
            folded[np.concatenate([members[s] for s in rng.integers(n_sites, size=n_sites)])]
        )
        for _ in range(N_RESAMPLES)
    ]


def _rounded(name: str, value: float) -> float:
    return round(float(value), 1 if name.endswith("_deg") else 2)


def as_toml(found: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str]) -> str:
    """Format the figures of cities as TOML.

    Parameters
    ----------
    found
        Result of `fit_bearings` by city.
    sources
        Publisher and licence of the list, by city.
    """
    import tomlkit

    lines = [
        "# Where cameras look, from lists with known directions: shares of cameras that look along",
        "# their street, across it (the rest anywhere), and the spread about both; low, high: 5,",
        f"# 95 % points over sites drawn again. A junction is near within {NEAR_JUNCTION_M:g} m.",
        "# Written by `siting fit`; the ranges in use are assumptions (sites.bearing_*).",
        "",
        tomlkit.dumps({name: {"source": sources[name], **one} for name, one in found.items()}),
    ]
    return "\n".join(lines)
