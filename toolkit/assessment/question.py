"""What is asked of the toolkit, and everything on disk that the answer follows from, read once.

A `Question` is a value: the same question and the same files give the same bytes. `Question.load`
reads the files; what is computed from a `Loaded` looks at no file of data again. The hash of both,
`Question.fingerprint`, names an answer wherever one is kept.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.errors import NotFoundError, PackError
from toolkit.base.terms import Status
from toolkit.base.version import __version__
from toolkit.evidence.claim import Claim
from toolkit.evidence.count import Scope
from toolkit.evidence.load import NATIONAL, evidence_sha256, load_claims, load_observations
from toolkit.evidence.observations import Observation
from toolkit.language import notes
from toolkit.optics.catalogue import Catalogue, load_catalogue
from toolkit.siting import candidates, profiles, weights
from toolkit.streets import mapped_cameras, reference_networks
from toolkit.streets.cities import City, find_city, load_cities
from toolkit.streets.pack import FOLDER as PACKS
from toolkit.streets.pack import (
    MANIFEST_FILE,
    Manifest,
    Pack,
    find_pack_for,
    list_packs,
    open_pack,
    pack_names,
    pack_sha256,
    read_manifest,
    verify_pack,
)

if TYPE_CHECKING:
    import geopandas as gpd

N_DRAWS: Final = 200
"""Draws of the ignorance layer: a 5 % point rests on ten of them."""
SCENE_VALUES: Final = {
    "stretch_m": "sites.stretch_m",
    "reach_m": "optics.max_range_m",
    "level_height_m": "sites.level_height_m",
    "district_m": "sites.district_m",
    "person_height_m": "optics.person_height_m",
}
"""Assumptions that a scene is built with, by the argument of `toolkit.engine.scene.build_scene`."""

_SHARED: Final = ("*.toml", "*.json")
"""Data of all cities. Evidence, cities, packs and siting are hashed for themselves."""
_CITIES_FILE: Final = "cities.toml"
_FOLDERS: Final = ("", "cameras", "evidence", "packs", "siting")
"""Where `Question.load` reads, in either folder of data."""
_SETTLED_NS: Final = 2_000_000_000
"""A file changed so lately may change again without another time: FAT keeps times to 2 s."""

_State: TypeAlias = tuple[tuple[str, int, int, int], ...]
Part = Literal["answer", "scene", "sample"]


@dataclass(frozen=True)
class Question:
    """What is asked about one city.

    Attributes
    ----------
    city
        Id, alias, English or Burmese name; or the id of a pack that stands for itself.
    as_of
        The date for which the answer holds. Claims age towards it; later ones are not used.
    assumptions
        The assumption set; the central one by default.
    status
        ``installed``, or ``planned`` for installed and planned together.
    scope
        ``public`` or ``all``; by default as the report says.
    count
        The user's own number of cameras, (low, high), instead of the reported one.
    profile
        Sites as of this operator profile alone; by default the mixture of the city.
    seed
        Seed of every draw.
    n_draws
        Draws of the ignorance layer.
    sample_points
        Take totals on a stratified sample of so many street points where the city has more, see
        `toolkit.engine.sample`; by default on all. Layers are made of all points, once asked for.
    observations
        Counts along ways, used in addition to those that the user has stored.
    evidence
        Folder of evidence in place of the user's own.
    pack
        Installed streets in place of the first ones of the city.

    Examples
    --------
    >>> import datetime as dt
    >>> from dataclasses import replace
    >>> import toolkit
    >>> question = toolkit.Question("Moulmein", dt.date(2026, 11, 23), n_draws=50)
    >>> answer = toolkit.assess(question)
    >>> answer.city.id
    'mawlamyine'
    >>> question.fingerprint() == replace(question, city="Mawlamyine").fingerprint()
    True
    >>> question.fingerprint() == replace(question, seed=1).fingerprint()
    False
    """

    city: str
    as_of: dt.date
    assumptions: AssumptionSet = field(default_factory=load_assumptions)
    status: Status = "installed"
    scope: Scope | None = None
    count: tuple[float, float] | None = None
    profile: str | None = None
    seed: int = 0
    n_draws: int = N_DRAWS
    sample_points: int | None = None
    observations: tuple[Observation, ...] = ()
    evidence: Path | None = None
    pack: str | None = None

    def load(self) -> Loaded:
        """Read all that the answer follows from.

        Raises
        ------
        NotFoundError
            If the city, its streets or the profile is not known.
        InputDataError, PackError
            If evidence, field notes, streets or other data cannot be used.
        """
        data = self._data()
        pack = mapped = None
        if data.manifest is not None:
            pack, mapped = _open(data.manifest.id, data.streets_sha256)
        operators = weights.operators_of(data.city.id, self.profile, data.profiles)
        return Loaded(**vars(data), question=self, operators=operators, pack=pack, mapped=mapped)

    def fingerprint(self) -> str:
        """Return the hash of this question, of all that `load` reads, and of the version.

        Errors as of `load`. Files are read again only if they have changed.
        """
        return self.part("answer")

    def part(self, name: Part) -> str:
        """Return the hash of what a part of the work follows from; see `CityData.part`."""
        return self._data().part(self, name)

    def contents(self) -> dict[str, Any]:
        """Return what an answer follows from besides the settings, as hashes and small values."""
        return self._data().contents(self)

    def _data(self) -> CityData:
        state = _state(self.evidence)
        now = time.time_ns()
        settled = all(abs(now - changed) > _SETTLED_NS for _, _, changed, _ in state)
        read = _kept if settled else _read
        return read(self.city, self.pack, self.evidence, state)


@dataclass(frozen=True)
class CityData:
    """All data about one city but the layers of its streets.

    Attributes
    ----------
    claims, observations
        What is reported, and what the user has stored as counted.
    manifest
        Of the installed streets; None where there are none.
    boundaries
        Manifests of all installed streets of the city, those of `manifest` first.
    model
        Geometry of siting.
    networks, networks_sha256
        Reference networks, and the hash of their file.
    hashes
        What an answer follows from.
    unused_hashes
        What is read and checked, or used by studies, and moves no answer.
    """

    city: City
    claims: tuple[Claim, ...]
    observations: tuple[Observation, ...]
    manifest: Manifest | None
    boundaries: tuple[Manifest, ...]
    catalogue: Catalogue
    model: candidates.SitingModel
    profiles: profiles.Profiles
    networks: tuple[reference_networks.ReferenceNetwork, ...]
    networks_sha256: str
    hashes: Mapping[str, Any]
    unused_hashes: Mapping[str, Any]

    @property
    def streets_sha256(self) -> str:
        """Hash of the streets and the field notes on them."""
        return _sha256([self.hashes["pack_sha256"], self.hashes["cameras_sha256"]])

    def contents(self, question: Question) -> dict[str, Any]:
        """Return what the answer to a question follows from besides its settings."""
        values = question.assumptions
        return {"tool": __version__, "assumptions_sha256": values.sha256, **self.hashes}

    def part(self, question: Question, name: Part) -> str:
        """Return the hash of what a part of the work follows from.

        Parameters
        ----------
        question
            What is asked.
        name
            ``answer`` for everything, ``scene`` for sites and lines of sight, ``sample`` for the
            street points that stand for all.
        """
        values = question.assumptions
        if name == "answer":
            settings = {f.name: getattr(question, f.name) for f in fields(question)}
            # The name of the city, the set and the folders: their contents are there already.
            for replaced in ("city", "assumptions", "evidence", "pack"):
                del settings[replaced]
            settings["as_of"] = question.as_of.isoformat()
            settings["observations"] = [o.model_dump(mode="json") for o in question.observations]
            labels = (values.name, values.label, values.changed)
            return _sha256([settings, labels, self.contents(question), dict(self.unused_hashes)])
        scene = [__version__, self.streets_sha256, self.model.sha256]
        heights_and_lengths = [values.value(key) for key in SCENE_VALUES.values()]
        drawn = [question.sample_points, question.seed] if name == "sample" else []
        return _sha256([name, scene, heights_and_lengths, drawn])


@dataclass(frozen=True)
class Loaded(CityData):
    """A question with all that its answer follows from, read once.

    Attributes
    ----------
    operators
        What is believed of the operators of the cameras.
    pack
        The installed streets; None where there are none.
    mapped
        Cameras known one by one, mapped ones and field notes, see `mapped_cameras.cameras_for`;
        None without streets.
    """

    question: Question
    operators: weights.Operators
    pack: Pack | None
    mapped: gpd.GeoDataFrame | None

    def streets(self) -> tuple[Pack, gpd.GeoDataFrame]:
        """Return the installed streets and the cameras known one by one.

        Raises
        ------
        NotFoundError
            If no streets are installed for the city.
        """
        if self.pack is None or self.mapped is None:
            msg = f"{notes.text('no_streets')} See the command streets."
            raise NotFoundError(msg)
        return self.pack, self.mapped

    def key(self, name: Part) -> str:
        """Return the hash of what a part of the work follows from; see `CityData.part`."""
        return self.part(self.question, name)


def city_or_pack(name: str) -> City:
    """Return the city of that name, or one made of an installed pack that is no known city's.

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
    middle = _middle(name, pack_sha256(name))
    return City(
        id=name, name=manifest.name, lat=middle[1], lon=middle[0], admin="not known", pack=name
    )


@lru_cache(maxsize=64)
def _middle(pack_id: str, sha256: str) -> tuple[float, float]:
    """Return longitude and latitude of the middle of a pack, for which all of it is read."""
    del sha256  # part of the key only
    middle = open_pack(pack_id).boundary.geometry.union_all().centroid
    return float(middle.x), float(middle.y)


@lru_cache(maxsize=2)
def _open(pack_id: str, sha256: str) -> tuple[Pack, gpd.GeoDataFrame]:
    """Return the streets of a pack and the cameras known there; the last two are kept."""
    del sha256  # part of the key only
    pack = open_pack(pack_id)
    return pack, mapped_cameras.cameras_for(pack)


def _read(city: str, pack: str | None, evidence: Path | None, state: _State) -> CityData:
    """Read the data about a city; once more if a file has changed in the meantime."""
    found = city_or_pack(city)
    claims = load_claims(found.id, evidence)
    observations = load_observations(found.id, evidence)
    pack_id = pack or found.pack or find_pack_for(found.id)
    manifest = read_manifest(pack_id) if pack_id else None
    boundaries = [m for m in list_packs() if m.id == pack_id or m.city == found.id]
    notes_id = (manifest.city or manifest.id) if manifest else found.id
    model, fitted = candidates.load_siting(), profiles.load_profiles()
    data = CityData(
        city=found,
        claims=claims,
        observations=observations,
        manifest=manifest,
        boundaries=tuple(sorted(boundaries, key=lambda m: (m.id != pack_id, m.id))),
        catalogue=load_catalogue(),
        model=model,
        profiles=fitted,
        networks=reference_networks.load_reference_networks(),
        networks_sha256=reference_networks.networks_sha256(),
        hashes={
            "city_record": found.model_dump(mode="json"),
            "evidence_sha256": evidence_sha256(claims),
            "observations": [o.model_dump(mode="json") for o in observations],
            "pack_sha256": pack_sha256(pack_id) if pack_id else None,
            "cameras_sha256": mapped_cameras.cameras_sha256(notes_id),
            "siting_sha256": model.sha256,
            "profiles_sha256": fitted.sha256,
            "data_sha256": _sha256(_files_sha256(_SHARED, but=_CITIES_FILE)),
        },
        unused_hashes={
            "boundaries": {m.id: pack_sha256(m.id) for m in boundaries},
            "national": _files_sha256((f"evidence/{NATIONAL}.toml",)),
        },
    )
    now = _state(evidence)
    return data if now == state else _read(city, pack, evidence, now)


_kept = lru_cache(maxsize=64)(_read)


def _state(evidence: Path | None) -> _State:
    """Return path, size, time of change and number of each file that may be read.

    A pack is known by its manifest, which names the hash of each of its files; one without a
    manifest is damaged, and listed too.
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
    """Return the hash of each built-in file and each of the user's own, whatever is in it."""
    return {
        f"{owner}/{path.name}": store.sha256_file(path)
        for owner, root in (("built in", store.builtin_dir()), ("own", store.home_dir()))
        for pattern in patterns
        for path in sorted(root.glob(pattern))
        if path.name != but
    }


def _sha256(value: object) -> str:
    return store.sha256_bytes(store.canonical_json(value))
