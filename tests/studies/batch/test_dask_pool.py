"""A batch on a real cluster of two worker processes, one of which is killed in mid-run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from batch_plans import TILED, times, tree, write_plan

from toolkit.studies.batch import tasks
from toolkit.studies.batch.plan import read_plan

WAIT_S = 120
posix = pytest.mark.skipif(os.name != "posix", reason="processes are killed with a POSIX signal")


def wait_for(condition, process):
    """Wait until a condition holds; fail if the process ends before."""
    end = time.monotonic() + WAIT_S
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """Give a plan, a home with its lines of sight, and the results of a run without accidents."""
    folder = tmp_path_factory.mktemp("undisturbed")
    home, out = folder / "home", folder / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CAMERA_TOOLKIT_HOME", str(home))
        plan = write_plan(folder, TILED)
        for job in read_plan(plan):
            for task in tasks.tasks_of(job, out):
                assert tasks.run_task(task)
    return plan, home, tree(out)


def start(plan, home, out, *more):
    return subprocess.Popen(
        [sys.executable, "-m", "toolkit", "--home", home, "batch", plan, "--out", out, *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(tasks.__file__).parents[3],
    )


@posix
@pytest.mark.slow
def test_a_killed_worker_loses_nothing_and_nothing_is_computed_twice(undisturbed, tmp_path):
    plan, home, right = undisturbed
    out = tmp_path / "out"
    cluster = subprocess.Popen(
        [sys.executable, "-W", "ignore", Path(__file__).parents[2] / "helpers" / "dask_cluster.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(tasks.__file__).parents[3],
    )
    with cluster:
        address = cluster.stdout.readline().strip()
        workers = [int(pid) for pid in cluster.stdout.readline().split()]
        assert len(workers) == 2
        run = start(plan, home, out, "--scheduler", address)
        wait_for(lambda: len(times(out, "0*.json")) >= 2, run)
        os.kill(workers[0], signal.SIGKILL)
        finished = times(out, "part-*.parquet")
        finished = {
            name: finished[name]
            for name in finished
            if any(Path(r).stem in name for r in times(out, "0*.json"))
        }
        said, told = run.communicate(timeout=WAIT_S)
        cluster.stdin.close()
    assert run.returncode == 0, told
    assert said.startswith("2 computed, 0 found finished, 0 failed")
    assert f"Connecting to the Dask scheduler at {address}, because you named it" in told
    assert finished
    assert finished.items() <= times(out, "part-*.parquet").items()
    assert tree(out) == right


@posix
@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(undisturbed, tmp_path):
    plan, home, right = undisturbed
    out = tmp_path / "out"
    run = start(plan, home, out, "--processes", "2")
    wait_for(lambda: len(times(out, "0*.json")) >= 3, run)
    children = children_of(run.pid)
    assert len(children) == 2
    run.kill()
    run.communicate()
    end = time.monotonic() + WAIT_S
    while any(map(is_running, children)):  # they must not go on without the one who asked
        assert time.monotonic() < end
        time.sleep(0.05)
    records = {Path(name).stem for name in times(out, "0*.json")}
    finished = {
        name: at
        for name, at in times(out, "part-*.parquet").items()
        if Path(name).stem.removeprefix("part-") in records
    }
    assert len(finished) >= 3
    again = start(plan, home, out, "--processes", "2", "--resume")
    wait_for(lambda: children_of(again.pid), again)
    os.kill(children_of(again.pid)[0], signal.SIGKILL)  # a process that dies is made up for
    said, told = again.communicate(timeout=WAIT_S)
    assert again.returncode == 0, told
    assert "0 failed" in said
    assert finished.items() <= times(out, "part-*.parquet").items()
    assert tree(out) == right


def children_of(pid):
    """Return the ids of the processes that compute for a run."""
    found = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=2) for line in found.stdout.splitlines()]
    return [
        int(child) for child, parent, args in rows if int(parent) == pid and "spawn_main" in args
    ]


def is_running(pid):
    """Return whether a process goes on; one that nobody has asked about since its end does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
