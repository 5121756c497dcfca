"""The tasks of a batch and the files they write.

Each task writes its files whole or not at all, and last a record with the key of its inputs and the
hash of each file. A task with a matching record is finished and never computed again, however its
run ended. A city in tiles has a task for each tile and one that adds them up. Tasks depend neither
on one another's memory nor on the machine.
"""

from __future__ import annotations

import io
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

import geopandas as gpd
import numpy as np

from toolkit.assessment import tiles
from toolkit.assessment.assess import assemble, assess
from toolkit.assessment.inputs import Inputs, make_inputs
from toolkit.assessment.model import Assessment
from toolkit.assessment.on_streets import outcome_of
from toolkit.assessment.site_plan import plan_sites
from toolkit.assessment.sums import Sums, total
from toolkit.assumptions.sets import AssumptionSet
from toolkit.base import store
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.base.terms import ALLOCATIONS
from toolkit.engine import sight_cache
from toolkit.studies.batch.plan import Job, job_assumptions, job_key, job_question, job_settings

RECORD_FORMAT: Final = "camera-exposure.batch-record/2"
_OF: Final = "."
"""Between the name of a set of arrays and that of one of them."""
JOBS: Final = "jobs"
TILES: Final = "tiles"
SIGHT: Final = "sight"
STREETS: Final = "streets"
ASSESSMENTS: Final = "assessments"

Kind = Literal["whole", "tile", "finish"]


@dataclass(frozen=True)
class Task:
    """One piece of work in plain values, so that any process can do it.

    Attributes
    ----------
    job, key
        The job, and the hash of its inputs at the start of the run.
    kind
        ``whole`` for a job in one piece, ``tile`` for one tile of it, ``finish`` to add up the
        tiles.
    tile, n_tiles
        Index of the tile and number of tiles; 0 and 0 for one piece.
    shares
        Key of the lines of sight: tasks with the same key share them.
    out, home
        Folder of results and folder of the user's data.
    """

    job: Job
    key: str
    kind: Kind
    tile: int
    n_tiles: int
    shares: str
    out: str
    home: str

    @property
    def id(self) -> str:
        """Name of the task in messages."""
        part = f" tile {self.tile + 1} of {self.n_tiles}" if self.kind == "tile" else ""
        return f"{self.job.id}{part}"

    @cached_property
    def record(self) -> Path:
        """File that marks the task as finished."""
        if self.kind == "tile":
            return Path(self.out) / TILES / self.job.id / f"{self.tile:05d}.json"
        return Path(self.out) / JOBS / f"{self.job.id}.json"

    @property
    def part(self) -> Path:
        """GeoParquet file of the streets."""
        return Path(self.out) / STREETS / self.job.partition / f"part-{self.tile:05d}.parquet"

    @property
    def sums(self) -> Path:
        """File of the sums of a tile; removed once they have been added up."""
        return self.record.with_suffix(".npz")

    @property
    def sight(self) -> Path | None:
        """Folder of lines of sight that are removed after the run's last task with this key.

        None where they stay in the user's cache, or there are none.
        """
        if self.job.keep_sight or not self.shares:
            return None
        return Path(self.out) / TILES / SIGHT / store.sha256_bytes(self.shares.encode())[:32]

    @property
    def assessment(self) -> Path:
        """JSON file of the assessment."""
        return Path(self.out) / ASSESSMENTS / self.job.partition / "assessment.json"


def tasks_of(job: Job, out: Path, values: AssumptionSet | None = None) -> tuple[Task, ...]:
    """Return the tasks of a job; the last one finishes it.

    Parameters
    ----------
    job
        The job.
    out
        Folder of results.
    values
        Its assumption set; by default it is read.

    Raises
    ------
    InputDataError, NotFoundError, PackError
        If an input cannot be used.
    """
    question = job_question(job, values)
    loaded = question.load()
    key, pack = job_key(job, loaded), loaded.pack
    shares = question.part("scene") if pack else ""
    n = tiles.n_tiles(pack, job.tile_km) if pack and job.tile_km else 0

    whole = Task(job, key, "whole", 0, 0, shares, str(out), str(store.home_dir()))
    if n <= 1:
        return (whole,)
    finish = replace(whole, kind="finish", n_tiles=n, shares="")
    return (
        *(
            replace(finish, kind="tile", tile=k, shares=f"{shares} {job.tile_km} {k}")
            for k in range(n)
        ),
        finish,
    )


def all_tasks(jobs: Iterable[Job], out: Path) -> list[tuple[Task, ...]]:
    """Return the tasks of each job.

    Raises
    ------
    InputDataError
        If inputs cannot be used; all problems at once, before anything is computed.
    """
    found, problems = [], []
    sets: dict[tuple[str, str | None], AssumptionSet] = {}
    for job in jobs:
        named = (job.assumptions, job.assumptions_file)
        try:
            values = sets[named] = sets.get(named) or job_assumptions(job)
            found.append(tasks_of(job, out, values))
        except ToolkitError as error:
            if str(error) not in problems:
                problems.append(str(error))
    if problems:
        raise InputDataError("\n".join(problems))
    return found


def is_finished(task: Task) -> bool:
    """Return whether a task is finished with these inputs and all its files are intact."""
    return _is_whole(task.record, task.key, Path(task.out))


def _is_whole(record: Path, key: str, out: Path) -> bool:
    try:
        found = json.loads(record.read_bytes())
        files = dict(found["files"])
        return (
            found["format"] == RECORD_FORMAT
            and found["key"] == key
            and all(store.sha256_file(out / name) == digest for name, digest in files.items())
        )
    except (OSError, ValueError, TypeError, KeyError):
        return False


def run_task(task: Task) -> bool:
    """Run one task, in any process.

    Returns
    -------
    computed
        False if it was finished already.

    Raises
    ------
    InputDataError
        If the inputs of this machine are not those of the run.
    """
    # Workers of a cluster may lack this setting.
    os.environ[store.HOME_VARIABLE] = task.home
    if is_finished(task):
        return False
    with sight_cache.kept_in(task.sight):
        _compute(task)
    return True


def _compute(task: Task) -> None:
    loaded = job_question(task.job).load()
    if job_key(task.job, loaded) != task.key:
        msg = (
            f"{task.job.id}: the data have changed since the run began, or this worker has others. "
            "Start the run again with --resume, and give all workers the same toolkit and data."
        )
        raise InputDataError(msg)
    if task.kind == "whole":
        found = assess(loaded)
        files = {task.assessment: _json(found)}
        if found.layers is not None:
            files[task.part] = parquet_bytes(found.layers.streets)
        _write(task, files)
    elif task.kind == "tile":
        sums, streets = tiles.compute_tile(make_inputs(loaded), task.tile, task.job.tile_km or 0.0)
        _write(task, {task.part: parquet_bytes(streets), task.sums: sums_bytes(sums)})
    else:
        _finish(task, make_inputs(loaded))


def _finish(task: Task, inputs: Inputs) -> None:
    """Add up the tiles of a job; their streets become files of the job."""
    parts = [replace(task, kind="tile", tile=k) for k in range(task.n_tiles)]
    lost = [part.id for part in parts if not is_finished(part)]
    if lost:
        msg = f"{lost[0]} is not there any more. Start the run again with --resume."
        raise InputDataError(msg)
    sums = total([read_sums(part.sums.read_bytes()) for part in parts])
    city = tiles.open_city(inputs.loaded, task.job.tile_km or 0.0)
    plan = plan_sites(inputs, city.pack, city.geometry)
    outcome = outcome_of(inputs, city.pack, city.geometry, plan, sums, layers=None)
    _write(
        task,
        {task.assessment: _json(assemble(inputs, outcome))},
        also=[part.part for part in parts],
    )
    shutil.rmtree(parts[0].record.parent)


def _json(assessment: Assessment) -> bytes:
    return assessment.to_json().encode()


def _write(task: Task, files: dict[Path, bytes], also: Iterable[Path] = ()) -> None:
    """Write files and, when all are in place, the record that the task is finished."""
    out = Path(task.out)
    digests = {}
    for path, data in files.items():
        store.write_bytes(path, data)
        digests[path] = store.sha256_bytes(data)
    digests |= {path: store.sha256_file(path) for path in also}
    record = {
        "format": RECORD_FORMAT,
        "key": task.key,
        "job": job_settings(task.job),
        "files": {path.relative_to(out).as_posix(): d for path, d in digests.items()},
    }
    store.write_bytes(task.record, store.canonical_json(record))


def parquet_bytes(streets: gpd.GeoDataFrame) -> bytes:
    """Return streets as GeoParquet 1.1 with bounding boxes: the same bytes for the same rows."""
    stream = io.BytesIO()
    streets.to_parquet(
        stream,
        index=False,
        compression="zstd",
        schema_version="1.1.0",
        write_covering_bbox=True,
    )
    return stream.getvalue()


def sums_bytes(sums: Sums) -> bytes:
    """Return the sums of a tile as the bytes of an ``.npz`` file."""
    arrays: dict[str, Any] = {}
    for name, value in vars(sums).items():
        if isinstance(value, dict):
            arrays |= {f"{name}{_OF}{key}": one for key, one in value.items()}
        else:
            arrays[name] = value
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def read_sums(data: bytes) -> Sums:
    """Return the sums that `sums_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as found:
        arrays: dict[str, Any] = dict(found)
    parts: dict[str, dict[str, Any]] = {"cases_m": {}, "if_count_m": {}}
    for name in [name for name in arrays if _OF in name]:
        field, key = name.split(_OF)
        parts[field][key] = arrays.pop(name)
    arrays["sample_m"] = float(arrays["sample_m"])
    return Sums(
        **arrays,
        cases_m={case: parts["cases_m"][case] for case in ALLOCATIONS if case in parts["cases_m"]},
        if_count_m={int(n): parts["if_count_m"][n] for n in sorted(parts["if_count_m"], key=int)},
    )


def check_folder(out: Path, jobs: Iterable[Job], *, resume: bool) -> None:
    """Refuse a folder that would mix results.

    Raises
    ------
    InputDataError
        If it is not empty and the run is not resumed, or has results of jobs not in the plan.
    """
    if not out.exists():
        return
    if not out.is_dir():
        msg = f"{out.name!r} is a file. Name a folder."
        raise InputDataError(msg)
    if not resume:
        if any(out.iterdir()):
            msg = (
                f"The folder {out.name!r} is not empty. Give --resume to go on, or another folder."
            )
            raise InputDataError(msg)
        return
    known = {job.id for job in jobs}
    other = sorted(p.stem for p in (out / JOBS).glob("*.json") if p.stem not in known)
    if other:
        msg = (
            f"The folder {out.name!r} holds {len(other)} results that are not in the plan, such as "
            f"{other[0]}. Name another folder, or add them to the plan."
        )
        raise InputDataError(msg)


def tidy(tasks: Iterable[Task]) -> None:
    """Remove the leftovers of interrupted or earlier runs next to the files of finished jobs.

    No task may be running. Only files of a batch are touched.
    """
    for task in tasks:
        if task.sight is not None:
            shutil.rmtree(task.sight.parent, ignore_errors=True)
        if task.kind == "tile":
            continue
        folders = (task.part.parent, task.assessment.parent, task.record.parent)
        for folder in folders:
            for left in folder.glob(".*"):
                if left.name.startswith((".part-", ".assessment.json.", f".{task.record.name}.")):
                    left.unlink(missing_ok=True)
        if not is_finished(task):
            continue
        kept = {Path(name).name for name in json.loads(task.record.read_bytes())["files"]}
        for part in task.part.parent.glob("part-*.parquet"):
            if part.name not in kept:
                part.unlink()
        shutil.rmtree(Path(task.out) / TILES / task.job.id, ignore_errors=True)
