"""Weights of candidate sites, drawn from the mixture of a city's operators."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design, triangular
from toolkit.base.errors import NotFoundError
from toolkit.siting import design_matrix
from toolkit.siting.candidates import Candidates
from toolkit.siting.design_matrix import COLUMNS
from toolkit.siting.features import in_named_place
from toolkit.siting.named_places import LOG_LIFT
from toolkit.siting.profiles import DEFAULT_MIXTURE, Mixture, Profiles, load_profiles

_MAX_LOG: Final = 40.0
"""Range of log weights below the largest; smaller weights are cut off there."""


@dataclass(frozen=True)
class Operators:
    """Profiles, and the prior mixture of one city.

    Attributes
    ----------
    alone
        Name of a single requested profile; None for the mixture of the city.
    """

    profiles: Profiles
    mixture: Mixture
    alone: str | None = None

    @property
    def cluster_factor(self) -> float:
        """Shape of the district factor relative to that of an unknown place.

        The smaller, the stronger the clustering. Shapes of profiles are averaged in logs.
        """
        unknown = self.profiles.prior.mixture[DEFAULT_MIXTURE].share
        return math.exp(
            math.fsum(
                (self.mixture.share.get(name, 0.0) - unknown.get(name, 0.0))
                * math.log(one.cluster_size)
                for name, one in self.profiles.profile.items()
            )
        )

    @property
    def sha256(self) -> str:
        """Hash of the fitted profiles and of the mixture."""
        mixture = [self.mixture.share, self.mixture.concentration]
        return store.sha256_bytes(store.canonical_json([self.profiles.sha256, mixture]))


@dataclass(frozen=True)
class WeightDraws:
    """Draws of the weight of a metre of street by class.

    Attributes
    ----------
    weight
        Weight of a metre relative to the mean metre of the place, shape (D, C).
    uniform_share
        Share of sites proportional to length alone, already included in `weight`, shape (D,).
    cluster_size
        Shape k of the district factor, shape (D,).
    """

    weight: FloatArray
    uniform_share: FloatArray
    cluster_size: FloatArray


def mixture_of(profiles: Profiles, city: str | None) -> Mixture:
    """Return the mixture of a city, or that of an unknown place.

    Examples
    --------
    >>> mixture = mixture_of(load_profiles(), "nowhere")
    >>> round(sum(mixture.share.values()), 9)
    1.0
    """
    known = profiles.prior.mixture
    return known.get((city or "").replace("-", "_"), known[DEFAULT_MIXTURE])


def single_profile(profiles: Profiles, name: str) -> Mixture:
    """Return the mixture of a single profile.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    """
    if name not in profiles.profile:
        msg = f"There is no profile {name[:40]!r}. Known: {', '.join(sorted(profiles.profile))}."
        raise NotFoundError(msg)
    return Mixture({name: 1.0}, 1.0, "asked for")


def operators_of(
    city: str | None, profile: str | None = None, fitted: Profiles | None = None
) -> Operators:
    """Return the operators of a city: its mixture of profiles.

    Parameters
    ----------
    city
        Id of the city, or None.
    profile
        Name of a single profile to use in place of the mixture of the city.
    fitted
        Profiles; read from the data folder by default.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    InputDataError
        If a file is missing or cannot be used.
    """
    profiles = fitted or load_profiles()
    mixture = mixture_of(profiles, city) if profile is None else single_profile(profiles, profile)
    return Operators(profiles, mixture, profile)


def weights_of(
    operators: Operators, found: Candidates, values: AssumptionSet, design: Design
) -> FloatArray:
    """Draw the weight of a metre of street by class of groups, shape (D, C), read-only.

    The last results are cached: weights depend neither on the count nor on the optics, and all
    figures of a report need the same.

    Parameters
    ----------
    operators
        Operators of the city.
    found
        Candidate groups of the city.
    values
        Assumptions ``sites.uniform_share`` and ``sites.siting_spread``; if a group is inside a
        named place, ``sites.named_places_log_lift``.
    design
        Draws.
    """
    named = in_named_place(found.class_code).any()
    key = _WeightsKey(
        profiles=operators.profiles,
        share=tuple(operators.mixture.share.items()),
        concentration=operators.mixture.concentration,
        code=found.class_code.tobytes(),
        length_m=found.class_length_m().tobytes(),
        design=design,
        uniform_share=values.draw("sites.uniform_share", design).tobytes(),
        spread=values.draw("sites.siting_spread", design).tobytes(),
        named_log_lift=values.draw(LOG_LIFT, design).tobytes() if named else None,
    )
    return _kept_weights(key) if design.keepable else _drawn_weights(key)


@dataclass(frozen=True)
class _WeightsKey:
    """Everything on which weights depend."""

    profiles: Profiles
    share: tuple[tuple[str, float], ...]
    concentration: float
    code: bytes
    length_m: bytes
    design: Design
    uniform_share: bytes
    spread: bytes
    named_log_lift: bytes | None


@lru_cache(maxsize=4)
def _kept_weights(key: _WeightsKey) -> FloatArray:
    return _drawn_weights(key)


def _drawn_weights(key: _WeightsKey) -> FloatArray:
    """Draw the weights of a key."""
    weight = draw(
        key.profiles,
        Mixture(dict(key.share), key.concentration, ""),
        np.frombuffer(key.code, dtype=np.int64),
        np.frombuffer(key.length_m),
        key.design,
        uniform_share=np.frombuffer(key.uniform_share),
        spread=np.frombuffer(key.spread),
        named_log_lift=None if key.named_log_lift is None else np.frombuffer(key.named_log_lift),
    ).weight
    weight.flags.writeable = False
    return weight


def draw(  # noqa: PLR0913
    profiles: Profiles,
    mixture: Mixture,
    code: IntArray,
    length_m: FloatArray,
    design: Design,
    *,
    uniform_share: FloatArray | None = None,
    spread: FloatArray | float = 1.0,
    cluster_size: FloatArray | None = None,
    named_log_lift: FloatArray | None = None,
) -> WeightDraws:
    """Draw the weight of a metre of street by class.

    Parameters
    ----------
    profiles, mixture
        Priors of operators, and their mixture in this place.
    code
        Class indices that occur in the place, shape (C,), see `toolkit.siting.features`.
    length_m
        Street length by class, shape (C,); profiles are mixed by shares of sites, so each is
        normalised over the place.
    design
        Draws; the variates of a profile do not depend on the others in the mixture.
    uniform_share
        Share of sites proportional to length alone, shape (D,); by default drawn as fitted.
    spread
        Factor on the spread between cities, shape (D,) or scalar.
    cluster_size
        Shape of the district factor, shape (D,); by default the mean of the profiles in logs.
    named_log_lift
        Log ratio of the weight of a metre inside a named place to that of an equal one elsewhere,
        the uniform share aside, shape (D,); by default 0.
    """
    from scipy import special

    x = design_matrix.design(code)
    # Columns that are zero throughout the place need no draws.
    here = np.flatnonzero(x.any(axis=0))
    x = x[:, here]
    used = {n: s for n, s in mixture.share.items() if s > 0}
    share = _shares(used, mixture.concentration, design)
    weight = np.zeros((design.n_draws, len(code)))
    log_k = np.zeros(design.n_draws)
    # Added to each profile before it is normalised, so that the mean metre still weighs one.
    lift_here = np.zeros(design.n_draws) if named_log_lift is None else named_log_lift
    named = lift_here[:, None] * in_named_place(code)
    for i, name in enumerate(used):
        one = profiles.profile[name]
        prob = [design.column(f"siting.spread.{name}.{COLUMNS[k]}") for k in here]
        z = special.ndtri(np.array(prob).reshape(len(here), design.n_draws))
        z = z * one.between_sd[here][:, None] * spread
        log_weight = (one.beta[here][:, None] + z).T @ x.T + named
        lift = np.exp(np.maximum(log_weight - log_weight.max(axis=1, keepdims=True), -_MAX_LOG))
        lift /= (lift @ length_m / length_m.sum())[:, None]
        weight += share[:, i : i + 1] * lift
        log_k += share[:, i] * np.log(one.cluster_size)
    if uniform_share is None:
        low, mode, high = profiles.uniform
        uniform_share = triangular(design.column("siting.uniform_share"), low, mode, high)
    mixed = uniform_share[:, None] + (1 - uniform_share)[:, None] * weight
    size = np.exp(log_k) if cluster_size is None else cluster_size
    return WeightDraws(mixed, uniform_share, size)


def _shares(share: Mapping[str, float], concentration: float, design: Design) -> FloatArray:
    """Draw shares of sites, shape (D, profiles): a Dirichlet as normalised gammas."""
    from scipy import special

    if len(share) == 1:
        return np.ones((design.n_draws, 1))
    gamma = np.column_stack(
        [
            special.gammaincinv(concentration * value, design.column(f"siting.share.{name}"))
            for name, value in share.items()
        ]
    )
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True), dtype=float)
