"""The plan of a batch: a TOML file, checked as a whole, and its jobs.

A job is one city under one assumption set, one folder of evidence and one status. Its key is the
hash of all its inputs, so that a finished job is recognised and one whose inputs have changed is
computed again.
"""

from __future__ import annotations

import datetime as dt
import itertools
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from toolkit.assessment.city_data import city_or_pack
from toolkit.assessment.model import SCHEMA
from toolkit.assessment.question import Loaded, Question
from toolkit.assumptions.sets import AssumptionSet, load_assumptions
from toolkit.base import store, toml_files
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.base.terms import Status
from toolkit.evidence.load import NATIONAL
from toolkit.streets.cities import load_cities

FORMAT: Final = "camera-exposure.batch/1"
OWN: Final = "own"
"""Name of the user's own evidence, which every other command uses."""
EVERY: Final = "all"
"""All known cities."""

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?", re.ASCII)
"""Names that can be part of a folder's name on every system."""

_Names = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=500)], ...],
    Field(min_length=1, max_length=10_000),
]


class PlanFile(BaseModel):
    """Content of a plan, as written.

    Attributes
    ----------
    as_of
        Date for which the answers hold.
    cities
        Ids, names or packs; or ``all``.
    assumptions
        Names of sets, or ``.toml`` files relative to the plan.
    evidence
        Folders of evidence relative to the plan, each instead of the user's own; or ``own``.
    status, scope, seed, draws
        See `Question`; scope ``reported`` is that of the report.
    tile_km
        Side of the tiles in which large cities are computed, in km; none by default.
    keep_lines_of_sight
        Whether lines of sight stay in the cache for later runs; if not, each piece's are removed
        as soon as no task of the run needs them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal["camera-exposure.batch/1"]
    as_of: dt.date
    cities: Literal["all"] | _Names
    assumptions: _Names = ("central",)
    evidence: _Names = (OWN,)
    status: Annotated[tuple[Status, ...], Field(min_length=1)] = ("installed",)
    scope: Literal["reported", "public", "all"] = "reported"
    seed: Annotated[int, Field(ge=0, strict=True)] = 0
    draws: Annotated[int, Field(ge=20, le=10_000, strict=True)] | None = None
    tile_km: Annotated[float, Field(ge=0.25, le=100)] | None = None
    keep_lines_of_sight: bool = True


@dataclass(frozen=True)
class Job:
    """One assessment to compute.

    Attributes
    ----------
    city
        Id of the city, or of a pack of no known city.
    assumptions, assumptions_file
        Name of the set, and its file if it is not installed.
    evidence, evidence_folder
        Name of the evidence, and its folder if it is not the user's own.
    scope
        None for that of the report.
    tile_km
        Side of tiles in km; None for a city in one piece.
    keep_sight
        Whether its lines of sight stay in the cache; no result depends on it.
    """

    city: str
    assumptions: str
    assumptions_file: str | None
    evidence: str
    evidence_folder: str | None
    status: Status
    scope: Literal["public", "all"] | None
    as_of: dt.date
    seed: int
    n_draws: int | None
    tile_km: float | None
    keep_sight: bool = True

    @property
    def id(self) -> str:
        """Name of the job, in file names and messages."""
        return f"{self.city}.{self.assumptions}.{self.evidence}.{self.status}"

    @property
    def partition(self) -> str:
        """Folder of its streets and its assessment, partitioned as in Hive."""
        named = f"city={self.city}/set={self.assumptions}"
        return f"{named}/evidence={self.evidence}/status={self.status}"

    @property
    def folder(self) -> Path | None:
        """Folder of evidence; None for the user's own."""
        return None if self.evidence_folder is None else Path(self.evidence_folder)


def read_plan(path: str | os.PathLike[str]) -> tuple[Job, ...]:
    """Read a plan and return its jobs, city by city, so that streets are opened once.

    Raises
    ------
    InputDataError
        If the plan, a set or a folder of evidence cannot be used; all problems at once.
    """
    file = store.local_file(path)
    table = toml_files.read_table(file, file.name)
    problems: list[str] = []
    plan = toml_files.parsed(PlanFile, table.data, table.shown, problems)
    if plan is None:
        toml_files.fail_if_any(problems, table.shown)
        raise AssertionError  # a problem was recorded
    cities = _cities(plan, table.shown, problems)
    sets = _sets(plan, file.parent, table.shown, problems)
    folders = _folders(plan, file.parent, table.shown, problems)
    if len(set(plan.status)) < len(plan.status):
        problems.append(f"{table.shown}, status: one stands twice. Leave it out.")
    toml_files.fail_if_any(problems, table.shown)
    return tuple(
        Job(
            city=city,
            assumptions=name,
            assumptions_file=source,
            evidence=label,
            evidence_folder=folder,
            status=status,
            scope=None if plan.scope == "reported" else plan.scope,
            as_of=plan.as_of,
            seed=plan.seed,
            n_draws=plan.draws,
            tile_km=plan.tile_km,
            keep_sight=plan.keep_lines_of_sight,
        )
        for city, (name, source), (label, folder), status in itertools.product(
            cities, sets.items(), folders.items(), plan.status
        )
    )


def _cities(plan: PlanFile, shown: str, problems: list[str]) -> list[str]:
    if plan.cities == EVERY:
        return [city.id for city in load_cities()]
    found: list[str] = []
    for name in plan.cities:
        try:
            city = city_or_pack(name).id
        except ToolkitError as error:
            problems.append(f"{shown}, cities: {error}")
            continue
        if city in found:
            problems.append(f"{shown}, cities: {name!r} is {city} once more. Leave it out.")
        found.append(city)
    return found


def _sets(
    plan: PlanFile, plan_folder: Path, shown: str, problems: list[str]
) -> dict[str, str | None]:
    """Return the file of each set by its name; None for installed ones."""
    found: dict[str, str | None] = {}
    for name in plan.assumptions:
        source = None
        try:
            if name.endswith(".toml"):
                # The name is checked before it is joined: it could name another machine.
                source = str((plan_folder / store.checked_name(name)).absolute())
            values = load_assumptions(source or name)
        except ToolkitError as error:
            problems.append(f"{shown}, assumptions: {error}")
            continue
        if values.name in found:
            problems.append(
                f"{shown}, assumptions: two sets are called {values.name}. Rename one of them."
            )
        if not _LABEL.fullmatch(values.name):
            problems.append(
                f"{shown}, assumptions: {toml_files.shown_value(values.name)} cannot name a "
                "folder. Use small letters, digits and hyphens."
            )
        found[values.name] = source
    return found


def _folders(
    plan: PlanFile, plan_folder: Path, shown: str, problems: list[str]
) -> dict[str, str | None]:
    """Return the folder of each evidence by its name; None for the user's own."""
    found: dict[str, str | None] = {}
    known = {city.id for city in load_cities()} | {NATIONAL}
    for name in plan.evidence:
        place = f"{shown}, evidence: {toml_files.shown_value(name)}"
        folder = None
        if name != OWN:
            try:
                folder = store.local_folder((plan_folder / store.checked_name(name)).absolute())
            except InputDataError:
                problems.append(f"{place} is no folder. Write its place as seen from the plan.")
                continue
        label = OWN if folder is None else folder.name.lower()
        if folder is not None:
            if not _LABEL.fullmatch(label):
                problems.append(f"{place}: name the folder in small letters, digits and hyphens.")
            files = sorted(folder.glob("*.toml"))
            if not files:
                problems.append(f"{place} has no file of evidence (CITY.toml).")
            problems += [
                f"{place}: {file.name} is about no known city. {toml_files.near(file.stem, known)}"
                for file in files
                if file.stem not in known
            ]
            for file in files:
                try:
                    store.local_file(file)
                except InputDataError as error:
                    problems.append(f"{place}: {error}")
        if label in found:
            problems.append(f"{place}: another folder is called {label}, too. Rename one.")
        found[label] = None if folder is None else str(folder)
    return found


def job_assumptions(job: Job) -> AssumptionSet:
    """Return the assumption set of a job."""
    return load_assumptions(job.assumptions_file or job.assumptions)


def job_question(job: Job, values: AssumptionSet | None = None) -> Question:
    """Return the question of a job.

    Parameters
    ----------
    job
        The job.
    values
        Its assumption set; by default it is read.

    Raises
    ------
    InputDataError, NotFoundError
        If the set cannot be used.
    """
    return Question(
        job.city,
        job.as_of,
        values or job_assumptions(job),
        status=job.status,
        scope=job.scope,
        seed=job.seed,
        n_draws=job.n_draws,
        evidence=job.folder,
    )


def job_settings(job: Job) -> dict[str, Any]:
    """Return what results depend on, in plain values: no folders of this machine, no caches."""
    settings: dict[str, Any] = asdict(job) | {"as_of": job.as_of.isoformat()}
    del settings["assumptions_file"], settings["evidence_folder"], settings["keep_sight"]
    return settings


def job_key(job: Job, question: Question | Loaded | None = None) -> str:
    """Return the hash of all inputs of a job.

    It is not `Question.fingerprint`, so that a run of an earlier version can be resumed.

    Parameters
    ----------
    job
        The job.
    question
        Its question, or what was loaded for it; by default the question is made.

    Raises
    ------
    InputDataError, NotFoundError, PackError
        If an input cannot be used.
    """
    # The contents of a set or folder matter, not its place.
    settings = job_settings(job)
    contents = (question or job_question(job)).contents()
    return store.sha256_bytes(
        store.canonical_json({**settings, "format": FORMAT, "schema": SCHEMA, **contents})
    )
