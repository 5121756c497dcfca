"""A question to the toolkit, and all the data on disk that its answer follows from, read once.

A `Question` is a value: the same question and the same files give the same bytes. `Question.load`
reads the files; nothing computed from a `Loaded` reads data again. `Question.fingerprint`, the hash
of both, is the key of every cache of answers.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache, partial
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.errors import NotFoundError, PackError
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import Status, Where
from toolkit.base.version import __version__
from toolkit.evidence.claim import Claim
from toolkit.evidence.count import counted_scope
from toolkit.evidence.installed import Scope
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
from toolkit.language import notes
from toolkit.optics.catalogue import Catalogue, load_catalogue
from toolkit.siting import candidates, profiles, weights
from toolkit.siting.named_places import FILE as NAMED_PLACES
from toolkit.siting.named_places import load_places, places_in_use
from toolkit.streets import map_data, mapped_cameras, reference_networks, reference_trips
from toolkit.streets.cities import City, find_city, load_cities
from toolkit.streets.manifest import Manifest
from toolkit.streets.pack import FOLDER as PACKS
from toolkit.streets.pack import (
    MANIFEST_FILE,
    Pack,
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
    import geopandas as gpd
    from shapely import Point

N_DRAWS: Final = 200
"""Draws of the ignorance layer: ten of them lie below a 5 % point."""
N_DRAWS_CITY_LEVEL: Final = 2_000
"""The same without installed streets, where a draw costs little: the standard error of a 95 % point
is a third of that of 200 draws."""
SCENE_VALUES: Final = {
    "stretch_m": "sites.stretch_m",
    "reach_m": "optics.max_range_m",
    "level_height_m": "sites.level_height_m",
    "district_m": "sites.district_m",
    "person_height_m": "optics.person_height_m",
}
"""Assumptions that define a scene, by the argument of `toolkit.engine.scene.build_scene`."""

_SHARED: Final = ("*.toml", "*.json")
"""Data of all cities. Evidence, cities, packs and siting have hashes of their own."""
_FOLDERS: Final = ("", "cameras", "evidence", "packs", "siting")
"""Folders that `Question.load` reads, below the built-in data and below the user's."""
_SETTLED_NS: Final = 2_000_000_000
"""A file changed within this time may change again with the same time: FAT keeps times to 2 s."""

_State: TypeAlias = tuple[tuple[str, int, int, int], ...]
Part = Literal["answer", "scene", "sample"]


@dataclass(frozen=True)
class Question:
    """A question about one city.

    Attributes
    ----------
    city
        Id, alias, English or Burmese name of a city, or the id of a pack of no known city.
    as_of
        Date for which the answer holds. Older claims are aged to it; later ones are not used.
    assumptions
        The assumption set; the central one by default.
    status
        ``installed``, or ``planned`` for installed and planned together.
    scope
        ``public``, ``all``, or ``compelled_private`` cameras alone; by default as reported.
    count
        The user's own number of cameras, (low, high), instead of the reported one.
    profile
        Operator profile for all sites; by default the mixture of the city.
    seed
        Seed of all draws.
    n_draws
        Number of draws of the ignorance layer; by default `N_DRAWS`, and `N_DRAWS_CITY_LEVEL` where
        no streets are installed.
    sample_points
        Size of the stratified sample of street points for totals, if the city has more points, see
        `toolkit.engine.sample`; by default all are used. Layers always use all points.
    observations
        Counts along walked streets, in addition to those that the user has stored.
    evidence
        Folder of evidence instead of the user's own.
    pack
        Id of the installed streets; by default the first of the city.
    where
        Where the cameras of the whole city are taken to be; see `site_plan.share_inside`.
    night
        Whether figures at night are wanted next to those by day, see `toolkit.assessment.night`.

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
    n_draws: int | None = None
    sample_points: int | None = None
    observations: tuple[Observation, ...] = ()
    evidence: Path | None = None
    pack: str | None = None
    where: Where | None = None
    night: bool = False

    def load(self) -> Loaded:
        """Read all inputs of the answer.

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
            pack, mapped = streets.get(data.streets_sha256, partial(_open, data, data.manifest.id))
        operators = weights.operators_of(data.city.id, self.profile, data.profiles)
        named = places_in_use(data.model.named_places, self.assumptions)
        data = replace(data, model=replace(data.model, named_places=named))
        return Loaded(**vars(data), question=self, operators=operators, pack=pack, mapped=mapped)

    def fingerprint(self) -> str:
        """Return the hash of this question, of all that `load` reads, and of the toolkit's version.

        Raises as `load`. Files are read again only if they have changed.
        """
        return self.part("answer")

    def part(self, name: Part) -> str:
        """Return the hash of the inputs of one part of the work; see `CityData.part`."""
        return self._data().part(self, name)

    def contents(self) -> dict[str, Any]:
        """Return the inputs of the answer besides the settings, as hashes and small values."""
        return self._data().contents(self)

    def _data(self) -> CityData:
        state = _state(self.evidence)
        settled = all(abs(time.time_ns() - changed) > _SETTLED_NS for _, _, changed, _ in state)
        return (_kept if settled else _read)(self.city, self.pack, self.evidence, state)


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

    def n_draws(self, question: Question) -> int:
        """Return the number of draws behind the answer to a question."""
        if question.n_draws is not None:
            return question.n_draws
        return N_DRAWS if self.manifest else N_DRAWS_CITY_LEVEL

    @property
    def streets_sha256(self) -> str:
        """Hash of the streets and of the field notes on them."""
        return _sha256([self.hashes["pack_sha256"], self.hashes["cameras_sha256"]])

    def contents(self, question: Question) -> dict[str, Any]:
        """Return the inputs of the answer to a question besides its settings."""
        sha256 = question.assumptions.sha256
        return {"tool": __version__, "assumptions_sha256": sha256, **self.hashes}

    def part(self, question: Question, name: Part) -> str:
        """Return the hash of the inputs of one part of the work.

        Parameters
        ----------
        question
            The question.
        name
            ``answer`` for everything, ``scene`` for sites and lines of sight, ``sample`` for the
            sample of street points.
        """
        values = question.assumptions
        if name == "answer":
            # Names of the city, the set and the folders: their contents are hashed instead.
            kept = {f.name for f in fields(question)} - {"city", "assumptions", "evidence", "pack"}
            settings = {name: getattr(question, name) for name in kept}
            settings["as_of"] = question.as_of.isoformat()
            settings["observations"] = [o.model_dump(mode="json") for o in question.observations]
            settings["n_draws"] = self.n_draws(question)
            labels = (values.name, values.label, values.changed)
            return _sha256([settings, labels, self.contents(question), dict(self.unused_hashes)])
        named = places_in_use(self.model.named_places, values)
        places = [place.model_dump(mode="json") for place in named]
        scene = [__version__, self.streets_sha256, self.model.sha256, places]
        heights_and_lengths = [values.value(key) for key in SCENE_VALUES.values()]
        drawn = [question.sample_points, question.seed] if name == "sample" else []
        return _sha256([name, scene, heights_and_lengths, drawn])

    def counts_private(self, question: Question) -> bool:
        """Return whether mapped cameras that watch private ground count in the figures."""
        if question.assumptions.value("mapped.private_count") >= 0.5:  # noqa: PLR2004 - 0 or 1
            return True
        return counted_scope(self.claims, question.as_of, question.scope) != "public"


@dataclass(frozen=True)
class Loaded(CityData):
    """A question with all its inputs, read once.

    Attributes
    ----------
    operators
        Profiles of the operators of the cameras.
    pack
        The installed streets; None where there are none.
    mapped
        Mapped cameras and those of field notes, see `mapped_cameras.cameras_for`; None without
        streets.
    """

    question: Question
    operators: weights.Operators
    pack: Pack | None
    mapped: gpd.GeoDataFrame | None

    def streets(self) -> tuple[Pack, gpd.GeoDataFrame]:
        """Return the installed streets and the mapped cameras.

        Raises
        ------
        NotFoundError
            If no streets are installed for the city.
        """
        if self.pack is None or self.mapped is None:
            msg = f"{notes.text('no_streets')} See the command streets."
            raise NotFoundError(msg)
        return self.pack, self.mapped

    def counted_cameras(self) -> gpd.GeoDataFrame:
        """Return the mapped cameras that count in the figures.

        Raises
        ------
        NotFoundError
            If no streets are installed for the city.
        """
        _, mapped = self.streets()
        if self.counts_private(self.question):
            return mapped
        return mapped_cameras.without_private(mapped)

    def key(self, name: Part) -> str:
        """Return the hash of the inputs of one part of the work; see `CityData.part`."""
        found = self.part(self.question, name)
        all_count = self.mapped is None or len(self.counted_cameras()) == len(self.mapped)
        return found if all_count else _sha256([found, "without private"])


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


streets: Final[LruCache[tuple[Pack, gpd.GeoDataFrame]]] = LruCache(2)
middles: Final[LruCache[Point]] = LruCache(64)


def _open(data: CityData, pack_id: str) -> tuple[Pack, gpd.GeoDataFrame]:
    """Open the streets of a city with the cameras known there."""
    pack = open_once(pack_id, data.hashes["pack_sha256"])
    return pack, mapped_cameras.cameras_for(pack)


def _read(city: str, pack: str | None, evidence: Path | None, state: _State) -> CityData:
    """Read the data about a city, again if a file changes in the meantime."""
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
    now = _state(evidence)
    return data if now == state else _read(city, pack, evidence, now)


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


_kept = lru_cache(maxsize=64)(_read)


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
