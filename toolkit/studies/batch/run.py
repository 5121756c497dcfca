"""Hand the tasks of a batch to processes, and deal with those that die.

One loop serves both pools: processes of this machine, and the workers of a Dask cluster
(`toolkit.studies.batch.dask_pool`). It submits few tasks ahead, so that a shrinking pool holds few.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

from toolkit.base.errors import ToolkitError, UsageError
from toolkit.engine import workers
from toolkit.studies.batch.tasks import Task, is_finished, run_task

MOST_PROCESSES: Final = 4
"""Default limit: each process holds a city, which may take 2 GB."""
_MOST_DEATHS: Final = 3
"""Deaths of its process after which a task is given up."""
_AHEAD: Final = 2
"""Tasks submitted per place in the pool."""
_WAIT_S: Final = 1.0

Says = Callable[[Task, str], None]
"""Called for each task that has ended: ``computed``, ``found``, or why it failed."""


class Pool(Protocol):
    """Executor of tasks, on this machine or on others."""

    def room(self) -> int:
        """Return the number of tasks that can run at once now."""

    def executor(self) -> Executor:
        """Return the executor; a new one if the last one broke."""

    def broken(self, error: BaseException) -> bool:
        """Return whether a failure is the death of a worker, not the fault of the task."""


@dataclass
class Ended:
    """Results of a run.

    Attributes
    ----------
    computed, found
        Ids of the jobs computed now, and of those finished before.
    failed
        Reason of each failure, by the id of the job.
    """

    computed: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)


def run_tasks(jobs: Sequence[Sequence[Task]], pool: Pool, says: Says) -> Ended:
    """Run the tasks of jobs; a job that fails does not stop the others.

    Parameters
    ----------
    jobs
        Tasks of each job, as from `tasks_of`: the last one needs the others.
    pool
        Executor of the tasks.
    says
        Called for each task that has ended.
    """
    return _Run(pool, says).all(jobs)


class _Run:
    """The state of one run: tasks waiting and running, and which lines of sight they need."""

    def __init__(self, pool: Pool, says: Says) -> None:
        self._pool = pool
        self._says = says
        self._ended = Ended()
        self._waiting: list[Task] = []
        self._left: dict[str, int] = {}
        self._deaths: dict[str, int] = {}
        self._running: dict[Future[bool], Task] = {}
        self._sights: set[str] = set()
        self._needed: Counter[str] = Counter()

    def all(self, jobs: Sequence[Sequence[Task]]) -> Ended:
        for tasks in jobs:
            self._begin(tasks)
        while self._waiting or self._running:
            self._hand_out()
            done, _ = wait(self._running, timeout=_WAIT_S, return_when=FIRST_COMPLETED)
            for future in done:
                self._take_back(future, self._running.pop(future))
        return self._ended

    def _begin(self, tasks: Sequence[Task]) -> None:
        job = tasks[-1].job.id
        if is_finished(tasks[-1]):
            self._ended.found.append(job)
            for task in tasks:
                self._says(task, "found")
            return
        self._left[job] = len(tasks) - 1
        self._waiting += tasks
        self._needed.update(task.shares for task in tasks)

    def _hand_out(self) -> None:
        # Two tasks that share lines of sight would both compute them: the second waits until the
        # first has cached them.
        busy = {task.shares for task in self._running.values()} - self._sights - {""}
        room = self._pool.room() * _AHEAD - len(self._running)
        kept: list[Task] = []
        for task in self._waiting:
            ready = task.kind != "finish" or not self._left[task.job.id]
            if room > 0 and ready and task.shares not in busy:
                if self._submit(task):
                    room -= 1
                    busy |= {task.shares} - self._sights - {""}
                    continue
                room = 0
            kept.append(task)
        self._waiting = kept

    def _submit(self, task: Task) -> bool:
        try:
            self._running[self._pool.executor().submit(run_task, task)] = task
        except (BrokenProcessPool, RuntimeError):
            return False  # the next round opens a new executor
        return True

    def _take_back(self, future: Future[bool], task: Task) -> None:
        job = task.job.id
        try:
            computed = future.result()
        except ToolkitError as error:
            self._fail(task, str(error))
        except (Exception, CancelledError) as error:  # noqa: BLE001 - one job must not stop others
            deaths = self._deaths[task.id] = self._deaths.get(task.id, 0) + 1
            if self._pool.broken(error) and deaths < _MOST_DEATHS:
                self._waiting.insert(0, task)
            else:
                self._fail(task, _why(error))
        else:
            self._sights.add(task.shares)
            self._left[job] -= task.kind == "tile"
            self._has_ended(task)
            self._says(task, "computed" if computed else "found")
            if task.kind != "tile":
                self._ended.computed.append(job)

    def _fail(self, task: Task, why: str) -> None:
        """Give up a job: its other tasks are not started."""
        job = task.job.id
        if job not in self._ended.failed:
            self._ended.failed[job] = why
            for other in self._waiting:
                if other.job.id == job:
                    self._has_ended(other)
                    self._says(other, "not begun")
        self._waiting = [t for t in self._waiting if t.job.id != job]
        self._has_ended(task)
        self._says(task, why)

    def _has_ended(self, task: Task) -> None:
        """Remove the lines of sight that no other task needs, where they are not to be kept."""
        self._needed[task.shares] -= 1
        if task.sight is not None and not self._needed[task.shares]:
            shutil.rmtree(task.sight, ignore_errors=True)


def _why(error: BaseException) -> str:
    """Return why a task was given up, in a sentence."""
    if isinstance(error, MemoryError):
        return "The memory is not enough. Give fewer --processes, or a smaller tile_km."
    if isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker":
        return (
            "The process that computed it was ended several times, which most often means too "
            "little memory. Give fewer --processes, or a smaller tile_km, and --resume."
        )
    if isinstance(error, CancelledError):
        return "The connection to the scheduler was lost. Start the run again with --resume."
    if isinstance(error, OSError):
        name = f" {str(error.filename)!r}" if error.filename else ""
        return f"The system refuses{name}: {error.strerror or error}. Mend that, and --resume."
    return f"{type(error).__name__}: {error}"


class _Processes(ProcessPoolExecutor):
    """Processes that ignore Ctrl-C: the main process ends them."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:  # noqa: ANN401
        """Submit a task; a process started for it inherits Ctrl-C blocked."""
        if sys.platform == "win32":
            return super().submit(fn, *args, **more)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return super().submit(fn, *args, **more)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class LocalPool:
    """Processes of this machine, each started afresh (spawn).

    Parameters
    ----------
    n_processes
        Number of processes.
    """

    def __init__(self, n_processes: int) -> None:
        self._n = n_processes
        self._pool: ProcessPoolExecutor | None = None
        self._broke = False

    def __enter__(self) -> Self:
        """Start nothing yet: processes start with the first task."""
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Wait for the processes to end; if there was an error, end them now."""
        if self._pool is None:
            return
        if kind is not None:
            for process in multiprocessing.active_children():
                process.terminate()  # it holds nothing that is not on disk
        self._pool.shutdown(wait=True, cancel_futures=kind is not None)

    def room(self) -> int:
        """Return the number of processes."""
        return self._n

    def executor(self) -> Executor:
        """Return the pool of processes; a new one after a process has died."""
        if self._pool is None or self._broke:
            if self._pool is not None:
                self._pool.shutdown(wait=True)
            self._broke = False
            threads = max(1, (os.cpu_count() or 1) // self._n)
            self._pool = _Processes(
                self._n,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start_worker,
                initargs=(threads,),
            )
        return self._pool

    def broken(self, error: BaseException) -> bool:
        """Return whether a process died; all are then started again."""
        died = isinstance(error, BrokenProcessPool)
        self._broke |= died
        return died


def default_processes() -> int:
    """Return the default number of processes on this machine."""
    return min(os.cpu_count() or 1, MOST_PROCESSES)


def check_processes(n: int) -> int:
    """Return a valid number of processes.

    Raises
    ------
    UsageError
        If it is less than one.
    """
    if n < 1:
        msg = f"--processes {n}: give a number from 1 up."
        raise UsageError(msg)
    return n


def _start_worker(threads: int) -> None:
    """Divide the cores among the processes, and end this one with its parent."""
    workers.set_threads(min(threads, workers.n_threads()))
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """End this process at once when its parent ends: everything it has is on disk."""
    from multiprocessing.connection import wait as wait_for

    wait_for([sentinel])
    os._exit(1)


def n_tasks(jobs: Iterable[Sequence[Task]]) -> int:
    """Return the number of tasks of all jobs."""
    return sum(len(tasks) for tasks in jobs)
