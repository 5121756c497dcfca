"""A question to the toolkit, and all the data on disk that its answer follows from, read once.

A `Question` is a value: the same question and the same files give the same bytes. `Question.load`
reads the files; nothing computed from a `Loaded` reads data again. The fingerprint, the hash
of both, is the key of every cache of answers; `kept_or_made` takes that of the data loaded.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from toolkit.assessment.city_data import ChangedError, CityData, read_city
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store
from toolkit.base.errors import NotFoundError, ToolkitError
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import Status, Where
from toolkit.base.version import __version__
from toolkit.evidence.count import counted_scope
from toolkit.evidence.installed import Scope
from toolkit.evidence.observations import Observation
from toolkit.language import notes
from toolkit.siting import weights
from toolkit.siting.named_places import places_in_use
from toolkit.streets import mapped_cameras, stored_notes
from toolkit.streets.pack import Pack, open_once

if TYPE_CHECKING:
    import geopandas as gpd

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

_OF_THE_DATA: Final = ("city", "assumptions", "evidence", "pack")
"""Fields that name data, of which the contents are hashed instead of the names."""

Part = Literal["answer", "scene", "sample"]
T = TypeVar("T")


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
        while True:
            data = self._data()
            pack = mapped = None
            try:
                if data.manifest is not None:
                    opened = partial(_open, data, data.manifest.id)
                    pack, mapped = streets.get(data.streets_sha256, opened)
                break
            except ChangedError:
                continue
            except ToolkitError:
                # Streets that are replaced in the meantime are no error.
                if self._data().streets_sha256 == data.streets_sha256:
                    raise
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
        """Return the hash of the inputs of one part of the work.

        Parameters
        ----------
        name
            ``answer`` for everything, ``scene`` for sites and lines of sight, ``sample`` for the
            sample of street points.
        """
        return _part(self, self._data(), name)

    def contents(self) -> dict[str, Any]:
        """Return the inputs of the answer besides the settings, as hashes and small values."""
        return _contents(self, self._data())

    def _data(self) -> CityData:
        return read_city(self.city, self.pack, self.evidence)


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

    def ask(self, **changes: Any) -> Loaded:  # noqa: ANN401
        """Return the same data for a question that differs in some fields.

        Raises
        ------
        ValueError
            If other data would have to be read for it.
        """
        if not {*_OF_THE_DATA, "profile"}.isdisjoint(changes):
            msg = f"Other data are to be loaded for {', '.join(changes)}."
            raise ValueError(msg)
        return replace(self, question=replace(self.question, **changes))

    def fingerprint(self) -> str:
        """Return the hash of `Question.fingerprint`, of the data that were loaded."""
        return _part(self.question, self, "answer")

    def contents(self) -> dict[str, Any]:
        """Return what `Question.contents` returns, of the data that were loaded."""
        return _contents(self.question, self)

    def n_draws(self) -> int:
        """Return the number of draws behind the answer."""
        return _n_draws(self.question, self)

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
        values, asked = self.question.assumptions, self.question
        if values.value("mapped.private_count") >= 0.5:  # noqa: PLR2004 - 0 or 1
            return mapped
        if counted_scope(self.claims, asked.as_of, asked.scope) != "public":
            return mapped
        return mapped_cameras.without_private(mapped)

    def key(self, name: Part) -> str:
        """Return the hash of the inputs of one part of the work; see `Question.part`."""
        found = _part(self.question, self, name)
        all_count = self.mapped is None or len(self.counted_cameras()) == len(self.mapped)
        return found if all_count else _sha256([found, "without private"])


def kept_or_made(
    cache: LruCache[T], asked: Question | Loaded, make: Callable[[Loaded], T], more: str = ""
) -> T:
    """Return what follows from a question and its data, from a cache.

    It is kept under the hash of the data of which it was made, whatever changes meanwhile.

    Parameters
    ----------
    cache
        The cache.
    asked
        The question, or one with its data; they are loaded if the cache does not have it.
    make
        Makes it, reading no data.
    more
        What else it follows from.

    Raises
    ------
    ToolkitError
        As `Question.load` and `make`.
    """
    if isinstance(asked, Question):
        found = cache.kept(asked.fingerprint() + more)
        if found is not None:
            return found
        asked = asked.load()
    loaded = asked
    return cache.get(loaded.fingerprint() + more, lambda: make(loaded))


def _n_draws(question: Question, data: CityData) -> int:
    if question.n_draws is not None:
        return question.n_draws
    return N_DRAWS if data.manifest else N_DRAWS_CITY_LEVEL


def _contents(question: Question, data: CityData) -> dict[str, Any]:
    sha256 = question.assumptions.sha256
    return {"tool": __version__, "assumptions_sha256": sha256, **data.hashes}


def _part(question: Question, data: CityData, name: Part) -> str:
    """Return the hash of the inputs of one part of the work; see `Question.part`."""
    values = question.assumptions
    if name == "answer":
        kept = {f.name for f in fields(question)}.difference(_OF_THE_DATA)
        settings = {name: getattr(question, name) for name in kept}
        settings["as_of"] = question.as_of.isoformat()
        settings["observations"] = [o.model_dump(mode="json") for o in question.observations]
        settings["n_draws"] = _n_draws(question, data)
        labels = (values.name, values.label, values.changed)
        return _sha256([settings, labels, _contents(question, data), dict(data.unused_hashes)])
    named = places_in_use(data.model.named_places, values)
    places = [place.model_dump(mode="json") for place in named]
    scene = [__version__, data.streets_sha256, data.model.sha256, places]
    heights_and_lengths = [values.value(key) for key in SCENE_VALUES.values()]
    drawn = [question.sample_points, question.seed] if name == "sample" else []
    return _sha256([name, scene, heights_and_lengths, drawn])


streets: Final[LruCache[tuple[Pack, gpd.GeoDataFrame]]] = LruCache(2, wait=True)


def _open(data: CityData, pack_id: str) -> tuple[Pack, gpd.GeoDataFrame]:
    """Open the streets of a city with the cameras known there.

    Raises `ChangedError` if field notes are no longer those of the data.
    """
    pack = open_once(pack_id, data.hashes["pack_sha256"])
    noted, sha256 = stored_notes.cameras_and_sha256(stored_notes.notes_id(pack))
    if sha256 != data.hashes["cameras_sha256"]:
        raise ChangedError
    return pack, mapped_cameras.cameras_for(pack, noted)


def _sha256(value: object) -> str:
    return store.sha256_bytes(store.canonical_json(value))
