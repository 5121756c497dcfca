"""Operator profiles: what is believed of where an operator puts cameras, and how unsure it is.

A profile is a prior for a city not seen: means of the coefficients and the spread between
cities. A city is a mixture of profiles. Draws of both are what intervals come from.
"""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from scipy import stats

from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.arrays import FloatArray, IntArray
from toolkit.base.draws import Design
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.siting import design_matrix
from toolkit.siting.candidates import Candidates
from toolkit.siting.design_matrix import COLUMNS

SCHEMA: Final = "camera-exposure.siting-profiles/1"
DEFAULT_MIXTURE: Final = "default"
_MOST_LOG: Final = 40.0
_MEND: Final = "Remove your own copy, or copy the toolkit's data folder again."


@dataclass(frozen=True)
class Profile:
    """One kind of operator.

    Attributes
    ----------
    name, title
        Of the profile.
    beta
        Mean coefficients, log ratios, shape (K,).
    between_sd
        Spread between cities, shape (K,).
    cluster_size
        Size k of the gamma factor of a district of 1 km.
    """

    name: str
    title: str
    beta: FloatArray
    between_sd: FloatArray
    cluster_size: float


@dataclass(frozen=True)
class Mixture:
    """Shares of sites by profile, and how sure they are (Dirichlet concentration)."""

    share: dict[str, float]
    concentration: float
    reason: str


@dataclass(frozen=True)
class Prior:
    """What is believed before any city is seen, read from ``geodata/siting/prior.toml``."""

    between_sd: FloatArray
    mean: FloatArray
    settings: dict[str, float]
    profile: dict[str, dict[str, Any]]
    mixture: dict[str, Mixture]


@dataclass(frozen=True, eq=False)
class Profiles:
    """Fitted profiles, and what else a draw needs; a key of caches by identity.

    Attributes
    ----------
    profile
        By name.
    prior
        What they rest on.
    uniform
        Low, most likely and high share of sites that follow length alone.
    offset_m
        Quantiles of the distance from a camera to its street, one row a city, shape (N, Q).
    cover_ratio
        Street that the cameras of a site cover over a disc at its middle, shape (N,).
    sha256
        Of the files read.
    cities
        Names of the cities whose lists it was fitted to, as in the file, which may be a user's.
    """

    profile: dict[str, Profile]
    prior: Prior
    uniform: tuple[float, float, float]
    offset_m: FloatArray
    cover_ratio: FloatArray
    sha256: str
    cities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Operators:
    """Profiles, and the mixture of them that is believed of one city.

    Attributes
    ----------
    alone
        Name of the only profile asked for; None for the mixture of the city.
    """

    profiles: Profiles
    mixture: Mixture
    alone: str | None = None

    @property
    def cluster_factor(self) -> float:
        """Size of the district factor over that for a place of which nothing is known.

        The smaller, the more sites keep to some districts. Sizes of profiles are mixed as logs.
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
class Drawn:
    """Draws of what a metre of street of each class weighs.

    Attributes
    ----------
    weight
        Weight of a metre over the mean metre of the place, shape (D, C).
    uniform_share
        Shape (D,); already inside `weight`.
    cluster_size
        Size k of the district factor, shape (D,).
    """

    weight: FloatArray
    uniform_share: FloatArray
    cluster_size: FloatArray


def load_prior() -> Prior:
    """Read what is believed before any city is seen.

    Raises
    ------
    InputDataError
        If the file is missing or cannot be used.
    """
    return _prior(_read("prior.toml"))


@dataclass(frozen=True)
class KnownList:
    """A list of cameras that the model was fitted to.

    Attributes
    ----------
    source
        Whose it is, and its licence.
    beside
        File that knows more of its streets, as seen from the folder of the list; None if none does.
    beside_source
        What that file is, and its licence.
    """

    source: str
    beside: str | None = None
    beside_source: str = ""


def load_lists() -> dict[str, KnownList]:
    """Read whose the lists are that the model was fitted to, by name.

    Raises
    ------
    InputDataError
        If the file is missing or cannot be used.
    """
    try:
        raw = tomllib.loads(_read("lists.toml").decode())
        return {
            str(name): KnownList(
                f"{one['source']}; licence: {one['licence']}",
                str(one["beside"]) if "beside" in one else None,
                str(one["beside_source"]) if "beside" in one else "",
            )
            for name, one in raw.items()
        }
    except (KeyError, TypeError, ValueError) as error:
        msg = f"lists.toml cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error


def load_profiles() -> Profiles:
    """Read the fitted profiles.

    Raises
    ------
    InputDataError
        If a file is missing or cannot be used.
    """
    return _profiles_of(_read("prior.toml"), _read("profiles.json"))


@lru_cache(maxsize=2)
def _profiles_of(prior_bytes: bytes, fitted: bytes) -> Profiles:
    """Return the profiles in two files, the same value as long as these do not change."""
    try:
        found = json.loads(fitted)
    except ValueError as error:
        msg = f"profiles.json is damaged ({error}). {_MEND}"
        raise InputDataError(msg) from error
    return from_json(found, _prior(prior_bytes), store.sha256_bytes(prior_bytes + fitted))


def from_json(found: Any, prior: Prior, sha256: str = "") -> Profiles:  # noqa: ANN401
    """Return profiles from what `siting fit` writes.

    Raises
    ------
    InputDataError
        If it does not follow the schema.
    """
    try:
        if found["schema"] != SCHEMA or tuple(found["columns"]) != design_matrix.COLUMNS:
            msg = "the columns are of another version; run the command siting fit again"
            raise ValueError(msg)  # noqa: TRY301
        profile = {
            name: Profile(
                name,
                str(one["title"]),
                np.array(one["beta"], dtype=float),
                np.array(one["between_sd"], dtype=float),
                float(one["cluster_size"]),
            )
            for name, one in found["profiles"].items()
        }
        if not found["cities"]:
            msg = "it names no city that it was fitted to"
            raise ValueError(msg)  # noqa: TRY301
        low, mode, high = (float(v) for v in found["uniform_share"])
        ratio = np.array([one["cover_ratio"] for one in found["cities"].values()], dtype=float)
        offset = np.array([one["offset_m"] for one in found["cities"].values()], dtype=float)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"profiles.json cannot be used: {error}. {_MEND}"
        raise InputDataError(msg) from error
    cities = tuple(sorted(found["cities"]))
    return Profiles(profile, prior, (low, mode, high), offset, ratio, sha256, cities)


def mixture_of(profiles: Profiles, city: str | None) -> Mixture:
    """Return the mixture of a city, or the one for a place of which nothing is known."""
    known = profiles.prior.mixture
    return known.get((city or "").replace("-", "_"), known[DEFAULT_MIXTURE])


def only(profiles: Profiles, name: str) -> Mixture:
    """Return a mixture of one profile.

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
    """Return what is believed of the operators of a city.

    Parameters
    ----------
    city
        Id of the city.
    profile
        This profile alone, in place of the mixture of the city.
    fitted
        The profiles; read anew by default.

    Raises
    ------
    NotFoundError
        If there is no such profile.
    InputDataError
        If a file is missing or cannot be used.
    """
    profiles = fitted or load_profiles()
    mixture = mixture_of(profiles, city) if profile is None else only(profiles, profile)
    return Operators(profiles, mixture, profile)


def weights_of(
    operators: Operators, found: Candidates, values: AssumptionSet, design: Design
) -> FloatArray:
    """Draw the weight of a metre of street of each class of groups, shape (D, C), read-only.

    The last draws are kept: nothing here depends on the count or on the optics, and every reading
    of a report asks for the same.

    Parameters
    ----------
    operators
        What is believed of the operators of the city.
    found
        Candidate groups of the city.
    values
        Assumptions ``sites.uniform_share`` and ``sites.siting_spread``.
    design
        Draws.
    """
    # Designs of other kinds have columns of their own, or note which were asked for.
    drawn = _kept_weights if type(design) is Design else _kept_weights.__wrapped__
    return drawn(
        operators.profiles,
        tuple(operators.mixture.share.items()),
        operators.mixture.concentration,
        found.class_code.tobytes(),
        found.class_length_m().tobytes(),
        design,
        values.draw("sites.uniform_share", design).tobytes(),
        values.draw("sites.siting_spread", design).tobytes(),
    )


@lru_cache(maxsize=4)
def _kept_weights(
    profiles: Profiles,
    share: tuple[tuple[str, float], ...],
    concentration: float,
    code: bytes,
    length_m: bytes,
    design: Design,
    uniform_share: bytes,
    spread: bytes,
) -> FloatArray:
    """Return the weights of `draw`; the arguments are all that they depend on."""
    weight = draw(
        profiles,
        Mixture(dict(share), concentration, ""),
        np.frombuffer(code, dtype=np.int64),
        np.frombuffer(length_m),
        design,
        uniform_share=np.frombuffer(uniform_share),
        spread=np.frombuffer(spread),
    ).weight
    weight.flags.writeable = False
    return weight


def draw(
    profiles: Profiles,
    mixture: Mixture,
    code: IntArray,
    length_m: FloatArray,
    design: Design,
    *,
    uniform_share: FloatArray | None = None,
    spread: FloatArray | float = 1.0,
) -> Drawn:
    """Draw the weight of a metre of street of each class.

    Parameters
    ----------
    profiles, mixture
        What is believed of operators, and of this place.
    code
        Class indices that occur there, shape (C,), see `toolkit.siting.features`.
    length_m
        Street length of each class, shape (C,): profiles are mixed by shares of sites, for which
        each must add up to one over the place.
    design
        Draws; the columns of a profile do not change with the others.
    uniform_share
        Share of sites that follow length alone, shape (D,); by default drawn as fitted.
    spread
        Factor of the spread between cities.
    """
    x = design_matrix.design(code)
    # A column that is nothing here needs no draws.
    here = np.flatnonzero(x.any(axis=0))
    x = x[:, here]
    used = {n: s for n, s in mixture.share.items() if s > 0}
    share = _shares(used, mixture.concentration, design)
    weight = np.zeros((design.n_draws, len(code)))
    log_k = np.zeros(design.n_draws)
    for i, name in enumerate(used):
        one = profiles.profile[name]
        prob = [design.column(f"siting.spread.{name}.{COLUMNS[k]}") for k in here]
        z = stats.norm.ppf(np.array(prob).reshape(len(here), design.n_draws))
        z = z * one.between_sd[here][:, None] * spread
        log_weight = (one.beta[here][:, None] + z).T @ x.T
        lift = np.exp(np.maximum(log_weight - log_weight.max(axis=1, keepdims=True), -_MOST_LOG))
        lift /= (lift @ length_m / length_m.sum())[:, None]
        weight += share[:, i : i + 1] * lift
        log_k += share[:, i] * np.log(one.cluster_size)
    if uniform_share is None:
        low, mode, high = profiles.uniform
        uniform_share = np.asarray(
            stats.triang.ppf(
                design.column("siting.uniform_share"), (mode - low) / (high - low), low, high - low
            ),
            dtype=float,
        )
    mixed = uniform_share[:, None] + (1 - uniform_share)[:, None] * weight
    return Drawn(mixed, uniform_share, np.exp(log_k))


def _shares(share: Mapping[str, float], concentration: float, design: Design) -> FloatArray:
    """Draw shares of sites, shape (D, profiles): a Dirichlet as gammas over their sum."""
    if len(share) == 1:
        return np.ones((design.n_draws, 1))
    gamma = np.column_stack(
        [
            stats.gamma.ppf(design.column(f"siting.share.{name}"), concentration * value)
            for name, value in share.items()
        ]
    )
    return np.asarray(gamma / gamma.sum(axis=1, keepdims=True), dtype=float)


def _read(name: str) -> bytes:
    path = store.find(f"siting/{name}")
    if path is None:
        msg = f"There is no siting file {name}. Copy the toolkit's data folder again."
        raise InputDataError(msg)
    return path.read_bytes()


def _prior(data: bytes) -> Prior:
    try:
        raw = tomllib.loads(data.decode())
        sd = raw["between_sd"]
        default = {"": float(sd["other"])}
        for name in design_matrix.COLUMNS:
            feature = name.split(".")[0]
            default[name] = float(
                sd.get(name, sd.get(f"{feature}.level", sd.get(feature, sd["other"])))
                if "." in name
                else sd[name]
            )
        mixture = {
            name: Mixture(
                {p: float(v) for p, v in one["share"].items()},
                float(one["concentration"]),
                str(one["reason"]),
            )
            for name, one in raw["mixture"].items()
        }
        for name, one in mixture.items():
            if unknown := set(one.share) - set(raw["profile"]):
                msg = f"mixture {name} names unknown profiles {sorted(unknown)}"
                raise ValueError(msg)  # noqa: TRY301
        return Prior(
            design_matrix.vector({}, default),
            design_matrix.vector(raw["prior_mean"], {"": 0.0}),
            {key: float(value) for key, value in raw["settings"].items()},
            dict(raw["profile"]),
            mixture,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = f"prior.toml cannot be used: {error}. Mend that entry or remove your own copy."
        raise InputDataError(msg) from error
