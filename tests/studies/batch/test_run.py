"""The loop that hands tasks out, with pools that fail as real ones do."""

from __future__ import annotations

import datetime as dt
import errno
from concurrent.futures import CancelledError, Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from toolkit.base.errors import InputDataError, UsageError
from toolkit.studies.batch.plan import Job
from toolkit.studies.batch.run import (
    MOST_PROCESSES,
    _Run,
    check_processes,
    default_processes,
    run_tasks,
)
from toolkit.studies.batch.tasks import Task


def job(city, tmp_path, n_tiles=0, shares=""):
    made = Job(
        city=city, assumptions="central", assumptions_file=None, evidence="own",
        evidence_folder=None, status="installed", scope=None, as_of=dt.date(2026, 11, 23),
        seed=0, n_draws=20, tile_km=None,
    )  # fmt: skip
    end = Task(made, "k", "finish" if n_tiles else "whole", 0, n_tiles, shares, str(tmp_path), "")
    tiles = [
        Task(made, "k", "tile", k, n_tiles, f"{shares} {k}", str(tmp_path), "")
        for k in range(n_tiles)
    ]
    return [*tiles, end]


class Fake:
    """A pool of two that runs a task when the loop waits, in the order given."""

    def __init__(self, outcomes=None):
        self.outcomes = outcomes or {}
        self.begun = []
        self.at_once = []
        self.open = 0

    def room(self):
        return 2

    def executor(self):
        return self

    def broken(self, error):
        return isinstance(error, BrokenProcessPool)

    def submit(self, _function, task):
        self.begun.append(task.id)
        future = Future()
        left = self.outcomes.get(task.id, [])
        outcome = left.pop(0) if left else True
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
        return future


def run(jobs, pool):
    said = []
    ended = run_tasks(jobs, pool, lambda task, became: said.append((task.id, became)))
    return ended, said


def test_a_job_is_finished_after_all_its_tiles(tmp_path):
    pool = Fake()
    ended, said = run([job("a", tmp_path, n_tiles=7), job("b", tmp_path)], pool)
    assert sorted(ended.computed) == ["a.central.own.installed", "b.central.own.installed"]
    tiles = [k for k, name in enumerate(pool.begun) if name.startswith("a.") and "tile" in name]
    assert pool.begun.index("a.central.own.installed") > max(tiles)
    assert len(said) == len(pool.begun) == 9


def test_a_job_that_fails_does_not_stop_the_others(tmp_path):
    pool = Fake({"a.central.own.installed tile 1 of 9": [InputDataError("Mend it.")]})
    ended, said = run([job("a", tmp_path, n_tiles=9), job("b", tmp_path)], pool)
    assert ended.failed == {"a.central.own.installed": "Mend it."}
    assert ended.computed == ["b.central.own.installed"]
    assert "a.central.own.installed" not in pool.begun
    assert len(said) == 11


def test_a_task_whose_process_died_is_given_out_again_but_not_for_ever(tmp_path):
    died = BrokenProcessPool("gone")
    once, always = "a.central.own.installed", "b.central.own.installed"
    pool = Fake({once: [died], always: [died] * 9})
    ended, _ = run([job("a", tmp_path), job("b", tmp_path)], pool)
    assert ended.computed == [once]
    assert "memory" in ended.failed[always]
    assert (pool.begun.count(once), pool.begun.count(always)) == (2, 3)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "memory"),
        (CancelledError(), "--resume"),
        (ZeroDivisionError("division"), "ZeroDivisionError: division"),
    ],
)
def test_every_failure_is_said(tmp_path, error, said):
    ended, _ = run([job("a", tmp_path)], Fake({"a.central.own.installed": [error]}))
    assert said in ended.failed["a.central.own.installed"]


class Slow(Fake):
    """A pool whose tasks end only when the loop has nothing else to hand out."""

    def submit(self, function, task):
        future = super().submit(function, task)
        self.open += 1
        self.at_once.append(task.id)
        return future


def test_lines_of_sight_are_made_once_before_others_use_them(tmp_path):
    # Both pools end at once, so what is looked at is the first round.
    pool = Slow()
    first = [job(name, tmp_path, shares="x") for name in "abcd"]
    loop = _Run(pool, lambda *_: None)
    for tasks in first:
        loop._begin(tasks)
    loop._hand_out()
    assert pool.at_once == ["a.central.own.installed"]
    loop._take_back(*next(iter(loop._running.items())))
    loop._running.clear()
    loop._hand_out()
    assert len(pool.at_once) == 4


def test_processes_are_counted_from_one():
    assert check_processes(2) == 2
    assert 1 <= default_processes() <= MOST_PROCESSES
    with pytest.raises(UsageError, match="from 1 up"):
        check_processes(0)


def test_a_refusal_of_the_system_is_told_in_a_sentence(tmp_path):
    no_space = OSError(errno.ENOSPC, "No space left on device", "streets/part-00000.parquet")
    task = job("a", tmp_path)
    ended = run_tasks([task], Fake({task[0].id: [no_space]}), lambda *_: None)
    (why,) = ended.failed.values()
    assert why == (
        "The system refuses 'streets/part-00000.parquet': No space left on device. "
        "Mend that, and --resume."
    )
