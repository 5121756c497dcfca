"""Operator profiles: priors on where kinds of operators site cameras.

A profile is the prior for a city without data: means of the coefficients and their spread between
cities. A city has a mixture of profiles. Intervals follow from draws of both.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.errors import InputDataError
from toolkit.siting import design_matrix

SCHEMA: Final = "camera-exposure.siting-profiles/1"
DEFAULT_MIXTURE: Final = "default"
_FIX: Final = "Remove your own copy, or copy the toolkit's data folder again."


@dataclass(frozen=True)
class Profile:
    """Prior of one kind of operator.

    Attributes
    ----------
    name, title
        Id and title of the profile.
    beta
        Mean coefficients (log ratios), shape (K,).
    between_sd
        Standard deviation between cities, shape (K,).
    cluster_size
        Shape k of the gamma factor of a district of 1 km.
    """

    name: str
    title: str
    beta: FloatArray
    between_sd: FloatArray
    cluster_size: float


@dataclass(frozen=True)
class Mixture:
    """Expected shares of sites by profile, with their Dirichlet concentration."""

    share: dict[str, float]
    concentration: float
    reason: str


@dataclass(frozen=True)
class Prior:
    """Prior before any city is seen, read from ``geodata/siting/prior.toml``."""

    between_sd: FloatArray
    mean: FloatArray
    settings: dict[str, float]
    profile: dict[str, dict[str, Any]]
    mixture: dict[str, Mixture]


@dataclass(frozen=True, eq=False)
class Profiles:
    """Fitted profiles and further parameters of draws. Hashed by identity, as a key of caches.

    Attributes
    ----------
    profile
        Profiles by name.
    prior
        Prior of the fit.
    uniform
        Low, mode and high of the share of sites proportional to street length alone.
    offset_m
        Quantiles of the distance from a camera to its street, one row per city, shape (N, Q).
    sha256
        Hash of the files read.
    cities
        Names of the cities fitted to, as in the file, which may be the user's own.
    """

    profile: dict[str, Profile]
    prior: Prior
    uniform: tuple[float, float, float]
    offset_m: FloatArray
    sha256: str
    cities: tuple[str, ...] = ()


def load_prior() -> Prior:
    """Read the prior.

    Raises
    ------
    InputDataError
        If the file is missing or cannot be used.
    """
    return _prior(_read("prior.toml"))


@dataclass(frozen=True)
class KnownList:
    """Published list of cameras.

    Attributes
    ----------
    source
        Publisher and licence.
    fitted
        Whether the model is fitted to it; otherwise it only tests the model.
    second_file
        Path, relative to the list, of a file with more layers of the same city, or None.
    second_source
        Publisher and licence of that file.
    """

    source: str
    fitted: bool = True
    second_file: str | None = None
    second_source: str = ""


def load_lists() -> dict[str, KnownList]:
    """Read the published lists to which the model was fitted or against which it is tested.

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
                bool(one.get("fitted", True)),
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
    """Parse the profiles, returning the identical object while the files do not change."""
    try:
        found = json.loads(fitted)
    except ValueError as error:
        msg = f"profiles.json is damaged ({error}). {_FIX}"
        raise InputDataError(msg) from error
    return from_json(found, _prior(prior_bytes), store.sha256_bytes(prior_bytes + fitted))


def from_json(found: Any, prior: Prior, sha256: str = "") -> Profiles:  # noqa: ANN401
    """Parse the output of `siting fit`.

    Raises
    ------
    InputDataError
        If it violates the schema.
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
        offset = np.array([one["offset_m"] for one in found["cities"].values()], dtype=float)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        msg = f"profiles.json cannot be used: {error}. {_FIX}"
        raise InputDataError(msg) from error
    cities = tuple(sorted(found["cities"]))
    return Profiles(profile, prior, (low, mode, high), offset, sha256, cities)


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
