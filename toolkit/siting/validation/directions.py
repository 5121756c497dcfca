"""Where the cameras of known cities look: the figures behind ``sites.bearing_*``.

Only angles between cameras and their streets are used, and only shares of them come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.draws import Design
from toolkit.optics import facing
from toolkit.optics.facing import FacingShares
from toolkit.siting.features import FEATURES, JUNCTION_BINS_M, levels_of
from toolkit.siting.validation import regression
from toolkit.siting.validation.known_city import CityPair

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_CAMERAS: Final = 30
"""Fewer cameras with a direction say nothing of three shares."""
N_RESAMPLES: Final = 400
NEAR_JUNCTION_M: Final = 30.0
_SEED: Final = 0
_INTERVAL: Final = (0.05, 0.95)


def fit_bearings(pair: CityPair) -> dict[str, Any] | None:
    """Fit where cameras look from those of a city that have a direction.

    Returns
    -------
    found
        Shares and spread with their 5 and 95 % points over sites drawn again, counts, and the same
        shares near a junction and farther off; None for fewer than `LEAST_CAMERAS` cameras.
    """
    known = np.isfinite(pair.direction_deg)
    if known.sum() < LEAST_CAMERAS:
        return None
    at = pair.nearest[known]
    # A mathematical angle of the street to a bearing clockwise from north.
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
        if part.sum() >= LEAST_CAMERAS:
            one = facing.fit(folded[part])
            out[name] |= {key: _rounded(key, getattr(one, key)) for key in ("along", "across")}
    return out


def near_junction(code: IntArray) -> NDArray[np.bool_]:
    """Return which classes of street point lie within `NEAR_JUNCTION_M` of a junction."""
    near = {f"{bin_m:g}" for bin_m in JUNCTION_BINS_M if bin_m <= NEAR_JUNCTION_M}
    is_near = [level.split("_")[-1] in near for level in FEATURES["junction"]]
    return np.array(is_near, dtype=np.bool_)[levels_of(code)["junction"]]


def _resampled(folded: FloatArray, site: IntArray) -> list[FacingShares]:
    """Fit again to sites drawn with replacement: cameras of one site are not independent."""
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
    """Return figures of cities as TOML.

    Parameters
    ----------
    found
        By city, see `fit_bearings`.
    sources
        What each rests on, by city.
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
