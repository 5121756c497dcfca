"""All data on disk about one city, read together: what an answer follows from besides streets.

Files are read again only if one has changed. What is kept was read while none did.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from toolkit.base import store
from toolkit.base.errors import PackError, ToolkitError
from toolkit.base.lru_cache import LruCache
from toolkit.evidence.claim import Claim
from toolkit.evidence.load import (
    NATIONAL,
    built_in_claims,
    evidence_sha256,
    load_claims,
    load_observations,
    read_until,
)
from toolkit.evidence.observations import Observation
from toolkit.evidence.threats import Threat, load_threats
from toolkit.optics.catalogue import Catalogue, load_catalogue
from toolkit.siting import candidates, profiles
from toolkit.siting.named_places import FILE as NAMED_PLACES
from toolkit.siting.named_places import load_places
from toolkit.streets import map_data, reference_networks, reference_trips
from toolkit.streets.cities import City, find_city, load_cities
from toolkit.streets.manifest import Manifest
from toolkit.streets.pack import FOLDER as PACKS
from toolkit.streets.pack import (
    MANIFEST_FILE,
    find_pack_for,
    list_packs,
    open_once,
    pack_names,
    pack_sha256,
    read_manifest,
    verify_pack,
)
from toolkit.streets.stored_notes import cameras_sha256

if TYPE_CHECKING:
    from shapely import Point

_SHARED: Final = ("*.toml", "*.json")
"""Data of all cities. Evidence, cities, packs and siting have hashes of their own."""
_FOLDERS: Final = ("", "cameras", "evidence", "packs", "siting")
"""Folders that `Question.load` reads, below the built-in data and below the user's."""
_SETTLED_NS: Final = 2_000_000_000
"""A file changed within this time may change again with the same time: FAT keeps times to 2 s."""

_State: TypeAlias = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class CityData:
    """All data about one city except the layers of its streets.

    Attributes
    ----------
    claims, observations
        Reports about the city or about the country, and the user's stored counts.
    others
        Built-in claims about each of the other cities of the country.
    read_until
        Day until which reports were read.
    threats
        All reported uses of cameras.
    manifest
        Manifest of the installed streets; None where there are none.
    boundaries
        Manifests of all installed packs of the city, `manifest` first.
    model
        Geometry of candidate sites.
    networks, networks_sha256, trips
        Reference networks, the hash of their file, and how often trips there meet a camera.
    map_reference
        How completely reference areas are mapped.
    hashes
        Hashes and small values that determine the answer.
    unused_hashes
        Those of data read and checked, or used by studies, that do not change an answer.
    """

    city: City
    claims: tuple[Claim, ...]
    observations: tuple[Observation, ...]
    others: tuple[tuple[Claim, ...], ...]
    read_until: dt.date
    threats: tuple[Threat, ...]
    manifest: Manifest | None
    boundaries: tuple[Manifest, ...]
    catalogue: Catalogue
    model: candidates.SitingModel
    profiles: profiles.Profiles
    networks: tuple[reference_networks.ReferenceNetwork, ...]
    networks_sha256: str
    trips: reference_trips.ReferenceTrips
    map_reference: tuple[map_data.Area, ...]
    hashes: Mapping[str, Any]
    unused_hashes: Mapping[str, Any]

    @property
    def streets_sha256(self) -> str:
        """Hash of the streets and of the field notes on them."""
        return _sha256([self.hashes["pack_sha256"], self.hashes["cameras_sha256"]])


class ChangedError(Exception):
    """Files have changed while they were read: they are to be read again."""


def read_city(city: str, pack: str | None, evidence: Path | None) -> CityData:
    """Return all data about a city except the layers of its streets.

    Parameters
    ----------
    city, pack, evidence
        See `toolkit.assessment.question.Question`.

    Raises
    ------
    NotFoundError
        If the city or its streets are not known.
    InputDataError, PackError
        If data cannot be used.
    """
    while True:
        state = _state(evidence)
        settled = all(abs(time.time_ns() - changed) > _SETTLED_NS for _, _, changed, _ in state)
        read = partial(_read, city, pack, evidence, state)
        try:
            return _kept.get((city, pack, evidence, state), read) if settled else read()
        except ChangedError:
            continue
        except ToolkitError:
            if _state(evidence) == state:
                raise


def city_or_pack(name: str) -> City:
    """Return the city of a name, or one made from an installed pack of no known city.

    Raises
    ------
    NotFoundError
        If neither is known.
    InputDataError, PackError
        If the list of cities, or the pack, cannot be used.
    """
    if name not in pack_names():
        return find_city(name)
    manifest = next((m for m in list_packs() if m.id == name), None)
    if manifest is None:
        msg = f"The pack {name!r} cannot be used: {'; '.join(verify_pack(name))}"
        raise PackError(msg)
    own = {c.id: c for c in load_cities()}.get(manifest.city or name)
    if own is not None:
        return own
    # All of a pack is read for its middle, and kept for the question that follows.
    sha256 = pack_sha256(name)
    middle = middles.get(
        sha256, lambda: open_once(name, sha256).boundary.geometry.union_all().centroid
    )
    return City(
        id=name, name=manifest.name, lat=middle.y, lon=middle.x, admin="not known", pack=name
    )


middles: Final[LruCache[Point]] = LruCache(64)
_kept: Final[LruCache[CityData]] = LruCache(64)


def _read(city: str, pack: str | None, evidence: Path | None, state: _State) -> CityData:
    """Read the data about a city.

    Raises `ChangedError` if a file changes in the meantime.
    """
    found = city_or_pack(city)
    claims = load_claims(found.id, evidence)
    observations = load_observations(found.id, evidence)
    others, until = claims_of_others(found), read_until(evidence)
    pack_id = pack or found.pack or find_pack_for(found.id)
    manifest = read_manifest(pack_id) if pack_id else None
    boundaries = [m for m in list_packs() if m.id == pack_id or m.city == found.id]
    notes_id = (manifest.city or manifest.id) if manifest else found.id
    model, fitted = candidates.load_siting(), profiles.load_profiles()
    # Named places are those of the streets, and only for a question about their city.
    places = load_places(found.id if manifest and manifest.city == found.id else None)
    data = CityData(
        city=found,
        claims=claims,
        observations=observations,
        others=others,
        read_until=until,
        threats=load_threats(),
        manifest=manifest,
        boundaries=tuple(sorted(boundaries, key=lambda m: (m.id != pack_id, m.id))),
        catalogue=load_catalogue(),
        model=replace(model, named_places=places),
        profiles=fitted,
        networks=reference_networks.load_networks(),
        networks_sha256=reference_networks.networks_sha256(),
        trips=reference_trips.load_trips(),
        map_reference=map_data.load_reference(),
        hashes={
            "city_record": found.model_dump(mode="json"),
            "evidence_sha256": evidence_sha256(claims),
            "read_until": until.isoformat(),
            "others": [evidence_sha256(other) for other in others],
            "observations": [o.model_dump(mode="json") for o in observations],
            "pack_sha256": pack_sha256(pack_id) if pack_id else None,
            "cameras_sha256": cameras_sha256(notes_id),
            "siting_sha256": model.sha256,
            "named_places": [place.model_dump(mode="json") for place in places],
            "profiles_sha256": fitted.sha256,
            "data_sha256": _sha256(_files_sha256(_SHARED, but="cities.toml")),
        },
        unused_hashes={
            "boundaries": {m.id: pack_sha256(m.id) for m in boundaries},
            "files": _files_sha256((f"evidence/{NATIONAL}.toml", NAMED_PLACES)),
        },
    )
    if _state(evidence) != state:
        raise ChangedError
    return data


def claims_of_others(city: City) -> tuple[tuple[Claim, ...], ...]:
    """Return the built-in claims about each of the other cities of the country, by id."""
    if city.country is None:
        return ()
    names = sorted(
        c.id
        for c in load_cities()
        if c.country == city.country and c.id != city.id and not c.demonstration
    )
    return tuple(claims for claims in map(built_in_claims, names) if claims)


def _state(evidence: Path | None) -> _State:
    """Return path, size, modification time and inode of each file that may be read.

    A pack is represented by its manifest, which has the hash of each of its files; a damaged pack
    without a manifest is listed, too.
    """
    roots = (store.builtin_dir(), store.home_dir())
    folders = [
        (root / name, MANIFEST_FILE if name == PACKS else "") for root in roots for name in _FOLDERS
    ]
    found = []
    for folder, below in (*folders, (evidence, "")) if evidence else folders:
        for path in _entries(folder):
            try:
                stat = (path / below).stat()
            except OSError:
                found.append((str(path), 0, 0, 0))
                continue
            if S_ISREG(stat.st_mode):
                found.append((str(path), stat.st_size, stat.st_mtime_ns, stat.st_ino))
    return tuple(sorted(found))


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _files_sha256(patterns: tuple[str, ...], but: str = "") -> dict[str, str]:
    """Return the hash of each built-in file and of each of the user's own."""
    return {
        f"{owner}/{path.name}": store.sha256_file(path)
        for owner, root in (("built in", store.builtin_dir()), ("own", store.home_dir()))
        for pattern in patterns
        for path in sorted(root.glob(pattern))
        if path.name != but
    }


def _sha256(value: object) -> str:
    return store.sha256_bytes(store.canonical_json(value))
