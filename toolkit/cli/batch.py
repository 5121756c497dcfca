"""`batch`: many cities, folders of evidence and assumption sets in one run."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from toolkit.cli.common import (
    BAD_DATA,
    OK,
    Commands,
    busy,
    local_path,
    messages,
    print_json,
    print_lines,
    printable,
    warn,
)
from toolkit.cli.report import add_forms, forms_of, matters_of

if TYPE_CHECKING:
    from toolkit.assessment.model import Assessment
    from toolkit.output.report import Edition
    from toolkit.studies.batch.run import Pool, Says
    from toolkit.studies.batch.tasks import Task

REPORTS: Final = "reports"
"""Folder of the reports among the results."""


def register(commands: Commands) -> None:
    """Add the command of this module."""
    batch = commands.add_parser(
        "batch", help="assess many cities, folders of evidence and assumption sets"
    )
    batch.add_argument(
        "plan", metavar="PLAN.toml", help="what to compute, see docs/reference/batch.md"
    )
    batch.add_argument("--out", metavar="DIR", required=True, type=local_path)
    batch.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="Dask scheduler to connect to, such as tcp://10.0.0.5:8786; by default nothing is "
        "contacted",
    )
    batch.add_argument("--resume", action="store_true", help="go on with what is in DIR")
    batch.add_argument(
        "--processes", metavar="N", type=int, help="processes of this machine; 4 at most by default"
    )
    batch.add_argument("--json", action="store_true", help="what became of each job as JSON")
    batch.add_argument(
        "--report", action="store_true", help="also write a report on each job, as report does"
    )
    add_forms(batch)
    batch.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    from toolkit.base import store
    from toolkit.studies.batch.plan import read_plan
    from toolkit.studies.batch.run import n_tasks, run_tasks
    from toolkit.studies.batch.tasks import all_tasks, check_folder, tidy

    languages, edition = forms_of(options)
    with busy("Reading the plan ..."):
        jobs = read_plan(options.plan)
    out = options.out.absolute()
    with store.alone_in(out):
        with busy("Looking at what is there ..."):
            check_folder(out, jobs, resume=options.resume)
            tasks = all_tasks(jobs, out)
            everything = [task for of_job in tasks for task in of_job]
            tidy(everything)
        try:
            with _pool(options) as pool, _progress(n_tasks(tasks)) as says:
                ended = run_tasks(tasks, pool, says)
        finally:
            # After a failure the workers of a cluster may still write.
            if not options.scheduler or sys.exc_info()[0] is None:
                tidy(everything)
        if options.report:
            done = [last for *_, last in tasks if last.job.id not in ended.failed]
            _reports(done, languages, edition, out / REPORTS)
            tidy(done)
    if options.json:
        print_json({"computed": ended.computed, "found": ended.found, "failed": ended.failed})
    else:
        print_lines(
            f"{len(ended.computed)} computed, {len(ended.found)} found finished, "
            f"{len(ended.failed)} failed, in {options.out}"
        )
    for job, why in ended.failed.items():
        warn(f"{job}: {why.splitlines()[0]}")
    return BAD_DATA if ended.failed else OK


def _reports(
    done: Sequence[Task], languages: tuple[str, ...], edition: Edition, folder: Path
) -> None:
    """Write the reports on finished jobs, and a page that leads to all of them."""
    from toolkit.output.report import write_index

    written: list[Path] = []
    made: dict[str, Assessment] = {}
    for task in done:
        found, paths = _report_on(task, languages, edition, folder)
        # The layers of a city are large, and the index needs its name only.
        made[found.city.id] = found.with_layers(None)
        written += paths
    if made:
        write_index(written, made, folder, numerals=edition.numerals)


def _report_on(
    task: Task, languages: tuple[str, ...], edition: Edition, folder: Path
) -> tuple[Assessment, tuple[Path, ...]]:
    """Write the report on a finished job, into a folder of its own.

    A map needs the streets with their figures, so a city on streets is assessed once more. One in
    tiles is too large for that and for a screening: its streets are read from the job's files.
    """
    from toolkit.assessment.assess import assess
    from toolkit.assessment.model import Assessment
    from toolkit.engine import sight_cache
    from toolkit.output.report import write_report
    from toolkit.studies.batch.finished import tiled_layers
    from toolkit.studies.batch.plan import job_question

    question = job_question(task.job)
    with busy(f"Writing on {task.job.id} ...") as progress:
        found = Assessment.from_json(task.assessment.read_bytes())
        tiled = task.kind == "finish"
        if found.basis == "streets":
            pack, _ = question.load().streets()
            with sight_cache.kept_in(task.sight):
                found = (
                    found.with_layers(tiled_layers(task, pack))
                    if tiled
                    else assess(question, progress=progress)
                )
        matters = None if tiled else matters_of(question, edition)
        paths = write_report(
            [found],
            folder / task.job.partition,
            assumptions=question.assumptions,
            langs=languages,
            edition=edition,
            claims_by_city={found.city.id: question.load().claims},
            sensitivities={found.city.id: matters} if matters else None,
        )
    return found, paths


@contextlib.contextmanager
def _pool(options: argparse.Namespace) -> Iterator[Pool]:
    """Open a pool of local processes, or of a Dask cluster."""
    from toolkit.studies.batch.run import LocalPool, check_processes, default_processes

    if options.scheduler:
        from toolkit.studies.batch.dask_pool import connect

        with connect(options.scheduler, announce=_in_one_line) as pool:
            yield pool
        return
    n = default_processes() if options.processes is None else check_processes(options.processes)
    with LocalPool(n) as local:
        yield local


def _in_one_line(text: str) -> None:
    messages.print(text, soft_wrap=True)


@contextlib.contextmanager
def _progress(n: int) -> Iterator[Says]:
    """Show the progress: a bar in a terminal, else a line for each task."""
    if messages.is_terminal and not messages.quiet:
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        with Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=messages,
        ) as bar:
            shown = bar.add_task("Starting ...", total=n)

            def advance(task: Task, became: str) -> None:
                del became
                bar.update(shown, advance=1, description=printable(task.id))

            yield advance
        return
    done = 0
    messages.print(f"{n} tasks ...")

    def line(task: Task, became: str) -> None:
        nonlocal done
        done += 1
        if became == "found":
            return
        messages.print(printable(f"{done} of {n}: {task.id}: {became.splitlines()[0]}"))

    yield line
