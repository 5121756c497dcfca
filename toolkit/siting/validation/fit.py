"""Fit of operator profiles to cities with known cameras, for the command ``siting fit``.

The result holds only figures (coefficients, spreads, errors, quantiles of distances) and no
position of a camera.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base.arrays import FloatArray
from toolkit.language import words
from toolkit.siting import design_matrix, profiles
from toolkit.siting.profiles import Prior
from toolkit.siting.validation import regression, simulate
from toolkit.siting.validation.known_city import CityPair
from toolkit.siting.validation.regression import FitCity, Fitted

OFFSET_SHARES: Final = np.round(np.linspace(0.05, 0.95, 10), 2)
_DIGITS: Final = 4
_SEVERAL: Final = 2
"""Fewest cities in which a column must vary to be fitted."""
_HELD_SD: Final = 1e-3
"""Prior standard deviation of columns that are held at their prior mean."""


@dataclass(frozen=True)
class KnownCity:
    """City with known cameras, prepared for the fit."""

    fit: FitCity
    offset_m: FloatArray
    n_cameras: int
    cover_ratio: float
    """Street length covered by all cameras over that covered by one disc per site."""


def prepare_city(name: str, pair: CityPair) -> KnownCity:
    """Prepare a city for the fit."""
    return KnownCity(
        regression.fit_city(name, pair.points, pair.camera_xy_m),
        np.quantile(pair.offset_m, OFFSET_SHARES),
        len(pair.camera_xy_m),
        _cover_ratio(pair),
    )


def _cover_ratio(pair: CityPair) -> float:
    """Return the street length covered by all cameras relative to one disc per site."""
    by_what = (pair.camera_xy_m, regression.distinct_sites(pair.camera_xy_m))
    every, middles = (
        float(pair.points.length_m[simulate.covered(pair.points.xy_m, xy)].sum()) for xy in by_what
    )
    return every / middles if middles > 0 else 1.0


def fit_profiles(
    cities: Sequence[KnownCity], prior: Prior, licences: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Fit what cities share, then each city, then each profile; return the profiles as JSON.

    Parameters
    ----------
    cities
        In any order; the result does not depend on it.
    prior
        Prior.
    licences
        Publisher and licence of each list, by city.
    """
    cities = sorted(cities, key=lambda one: one.fit.name)
    settings = prior.settings
    shared = fit_shared([one.fit for one in cities], prior)
    own = {
        one.fit.name: regression.fit([one.fit], prior_mean=shared.beta, prior_sd=prior.between_sd)
        for one in cities
    }
    varies = {one.fit.name: _varies(one.fit) for one in cities}
    low, high = settings["uniform_low"], settings["uniform_high"]
    return {
        "schema": profiles.SCHEMA,
        "columns": list(design_matrix.COLUMNS),
        "unit": "natural log of sites per metre over a metre of plain street",
        "licence": "CC0-1.0 for the coefficients; they are statistics of the lists named here",
        "limit": words.siting_limit("en", [one.fit.name for one in cities]),
        "shared": _rounded(shared.beta),
        "uniform_share": [low, _left_out_uniform(cities, prior, low, high), high],
        "cities": {
            one.fit.name: {
                "beta": _rounded(own[one.fit.name].beta),
                "se_block": _rounded(own[one.fit.name].se),
                "cameras": one.n_cameras,
                "sites": int(one.fit.sites.sum()),
                "street_km": round(float(one.fit.length_m.sum()) / 1e3, 1),
                "cluster_size": _cluster_size(one.fit, own[one.fit.name]),
                "cover_ratio": round(one.cover_ratio, 3),
                "offset_m": _rounded(one.offset_m, 2),
                "source": (licences or {}).get(one.fit.name, "a list given to siting fit"),
            }
            for one in cities
        },
        "profiles": {
            name: {
                "title": one["title"],
                "reason": one["reason"],
                "cities": [c for c in one["cities"] if c in own],
                "beta": _rounded(_profile(one, prior, shared, own, varies)),
                "between_sd": _rounded(prior.between_sd),
                "cluster_size": float(one["cluster_size"]),
            }
            for name, one in prior.profile.items()
        },
    }


def fit_shared(cities: Sequence[FitCity], prior: Prior) -> Fitted:
    """Fit the coefficients shared by all cities.

    Columns that vary in one city only (lights and places, which few lists have) stay at the prior
    mean: a single city does not show what cities share.
    """
    in_several = np.sum([_varies(one) for one in cities], axis=0) >= _SEVERAL
    spread = prior.between_sd * prior.settings["pooled_sd_factor"]
    return regression.fit(
        cities,
        prior_mean=prior.mean,
        prior_sd=np.where(in_several, spread, _HELD_SD),
        equal=True,
    )


def _varies(city: FitCity) -> NDArray[np.bool_]:
    """Return which columns vary in a city and so can be fitted, shape (K,)."""
    return np.asarray(np.ptp(design_matrix.design(np.unique(city.code)), axis=0) > 0)


def _profile(
    one: Mapping[str, Any],
    prior: Prior,
    shared: Fitted,
    own: Mapping[str, Fitted],
    varies: Mapping[str, NDArray[np.bool_]],
) -> FloatArray:
    """Shrink the coefficients of an operator's cities towards those shared by all cities.

    Findings from lists are transferred to an unseen city in part (``transfer``) only; evidence
    from other sources is used as it is. On lights, places and bridges, on which operators differ,
    lists of other operators do not outweigh reports on this one (``shift``): nine lights in ten
    had cameras in Yangon, and no list with lights is of a road authority.
    """
    share = prior.settings["profile_share"]
    shift = design_matrix.vector(one.get("shift", {}), {"": 0.0})
    heard = np.any([varies[name] for name in one["cities"] if name in own], axis=0)
    reported = design_matrix.OF_LAYERS & (shift != 0.0) & ~heard
    learnt = np.where(reported, 0.0, shared.beta - prior.mean)
    fitted = [own[name].beta - shared.beta for name in one["cities"] if name in own]
    # The mean over n cities of an operator has the weight n / (n + (1 - share) / share).
    if fitted:
        pull = len(fitted) / (len(fitted) + (1 - share) / share)
        learnt = learnt + pull * np.mean(fitted, axis=0)
    return np.asarray(prior.mean + shift + prior.settings["transfer"] * learnt, dtype=float)


def _left_out_uniform(cities: Sequence[KnownCity], prior: Prior, low: float, high: float) -> float:
    """Return the uniform share that fits best in leave-one-city-out predictions, on average."""
    found = []
    for one in cities:
        others = [c.fit for c in cities if c is not one]
        if not others:
            continue
        shared = fit_shared(others, prior)
        lift = np.exp(regression.log_lift(shared.beta, one.fit.code, one.fit.length_m))
        found.append(regression.uniform_share(lift, one.fit.sites.astype(float)))
    middle = float(np.mean(found)) if found else (low + high) / 2
    return round(float(np.clip(middle, low, high)), 2)


def _cluster_size(city: FitCity, fitted: Fitted) -> float | None:
    """Return the shape k of block factors given the fit, None without excess clustering."""
    lift = np.exp(regression.log_lift(fitted.beta, city.code, city.length_m))
    expected = np.bincount(city.block, weights=lift * city.length_m).astype(float)
    expected *= city.sites.sum() / expected.sum()
    found = np.bincount(city.block, weights=city.sites.astype(float)).astype(float)
    size = regression.cluster_size(expected, found)
    return round(size, 2) if np.isfinite(size) else None


def _rounded(values: FloatArray, digits: int = _DIGITS) -> list[float]:
    # Adding zero turns -0.0 into 0.0.
    return [round(float(v), digits) + 0.0 for v in values]
