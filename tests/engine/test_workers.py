"""Compiled loops run in worker threads only: interruptions, threads, borders, the cache."""

from __future__ import annotations

import ast
import importlib
import inspect
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

from toolkit.base import store
from toolkit.engine import workers

HELPERS = Path(__file__).parents[1] / "helpers"
ROOT = Path(__file__).parents[2]
KERNELS = "toolkit.engine.kernels"
KERNEL_MODULES = {"exposure", "footprints", "fronts", "placement", "sight", "trips", "views"}
WORK = """
import sys
import numpy as np
from drawn_grid import cameras, town
from toolkit.base.draws import Design
from toolkit.engine import closed_form, placement, workers
from toolkit.engine.site_chance import SiteChance
from toolkit.engine.views import view_table

N_DRAWS = 8
TYPES = cameras(N_DRAWS, hfov=70.0, working=0.9)
PER_SITE = np.full(N_DRAWS, 2.0)

def work():
    pairs, rows, points, prob = town(N_DRAWS)
    n_sites = len(prob)
    chance = SiteChance.of_classes(
        np.full((1, N_DRAWS), 0.2), np.zeros(n_sites, np.int64), np.ones(n_sites),
        np.full(N_DRAWS, 0.2 * n_sites), district=np.arange(n_sites) // 40,
        cluster_size=np.full(N_DRAWS, 0.5),
    )
    table = view_table(TYPES, PER_SITE, reach_m=60.0)
    length = np.full(len(points.xy), 5.0)
    street = np.arange(len(length)) // 10
    summary = closed_form.summarise(rows, chance, table, length, street, int(street.max()) + 1)
    placed = [
        placement.simulate(
            pairs, chance, np.zeros(n_sites, np.int64), np.full(n_sites, np.nan), TYPES, PER_SITE,
            length, Design(N_DRAWS, 1), independent=independent,
        )
        for independent in (True, False)
    ]
    found = (
        pairs.start, pairs.point, pairs.height_dm, rows.site, table, summary.low, summary.mid,
        summary.high, summary.group_mean, closed_form.closed_form(rows, prob, table),
        closed_form.closed_form(rows, prob[:, :1], table[..., :1]),
        closed_form.covered_length(rows, chance, table, length), *(p.share for p in placed),
    )
    return b"".join(np.ascontiguousarray(a).tobytes() for a in found)

expected = work()
"""


def run(code, *, before="", **variables):
    """Run code after `WORK` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", before + WORK + code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HELPERS), str(ROOT))), **variables},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


def printed(code, **named):
    """Return what `run` prints."""
    done = run(code, **named)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


# --- interruptions --------------------------------------------------------------------------

FIFTY = """
import os, signal, threading, time

# A shell lets programs in the background ignore interruptions.
signal.signal(signal.SIGINT, signal.default_int_handler)
begun = time.perf_counter()
work()
once_s = time.perf_counter() - begun
caught = 0
for k in range(50):
    timer = threading.Timer(once_s * (k + 0.5) / 50, os.kill, (os.getpid(), signal.SIGINT))
    try:
        timer.start()
        while True:
            work()
    except KeyboardInterrupt:
        caught += 1
print(caught, work() == expected, flush=True)
os.kill(os.getpid(), signal.SIGINT)
while True:
    work()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a signal to itself ends a process there")
def test_fifty_interruptions_do_no_harm_and_the_last_ends_the_process():
    done = run(FIFTY)
    assert done.stdout.strip() == "50 True", done.stderr[-2000:]
    assert done.returncode == -signal.SIGINT
    assert done.stderr.strip().endswith("KeyboardInterrupt")


@pytest.fixture
def two_threads():
    before = workers.n_threads()
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    workers.set_threads(2)
    yield
    workers.set_threads(before)
    signal.signal(signal.SIGINT, handler)


@pytest.mark.usefixtures("two_threads")
@pytest.mark.skipif(sys.platform == "win32", reason="a signal to itself ends a process there")
def test_an_interruption_ends_running_chunks_and_begins_no_other():
    begun, ended, release = [], [], threading.Event()

    def chunk(first, _end):
        begun.append(first)
        if len(begun) == 2:
            os.kill(os.getpid(), signal.SIGINT)
            threading.Timer(0.3, release.set).start()
        release.wait(60)
        ended.append(first)

    with pytest.raises(KeyboardInterrupt):
        workers.over(chunk, range(101))
    assert sorted(begun) == sorted(ended) == [0, 1]


# --- the pool -------------------------------------------------------------------------------


def test_chunks_cover_everything_in_other_threads_than_the_caller():
    found, threads = [0] * 10, set()

    def chunk(first, end, add):
        threads.add(threading.current_thread())
        for k in range(first, end):
            found[k] += add

    workers.over(chunk, workers.even_borders(10, 4), 3)
    workers.over(chunk, workers.even_borders(0, 4), 3)
    assert found == [3] * 10
    assert threading.current_thread() not in threads
    assert workers.even_borders(10, 4) == [0, 4, 8, 10]
    assert workers.run(max, 3, 7) == 7


def test_an_error_is_raised_and_begins_no_other_chunk(two_threads):  # noqa: ARG001
    begun = []

    def chunk(first, _end):
        begun.append(first)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        workers.over(chunk, range(101))
    assert len(begun) <= 2
    assert workers.run(max, 3, 7) == 7


@pytest.mark.parametrize(("given", "expected"), [("3", 3), ("", None), ("0", None), ("x", None)])
def test_threads_are_those_of_the_variable_or_the_cores(monkeypatch, given, expected):
    monkeypatch.setenv(workers.THREADS_VARIABLE, given)
    if hasattr(os, "sched_getaffinity"):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 5})
        assert workers.default_threads() == (expected or 3)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert workers.default_threads() == (expected or 7)


def test_less_than_one_thread_is_refused():
    with pytest.raises(ValueError, match="from 1 up"):
        workers.set_threads(0)


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="no fork")
def test_a_forked_process_makes_its_own_pool():
    code = """
import os
child = os.fork()
if child:
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), work() == expected)
else:
    os._exit(0 if work() == expected else 1)
"""
    assert printed(code) == "0 True"


def test_any_number_of_threads_gives_the_same_bytes_and_so_do_four_callers_at_once():
    code = """
from concurrent.futures import ThreadPoolExecutor
print(workers.n_threads())
for n in (1, 2, 4):
    workers.set_threads(n)
    print(work() == expected)
with ThreadPoolExecutor(4) as callers:
    print(all(found == expected for found in callers.map(lambda _: work(), range(12))))
"""
    assert printed(code, NUMBA_NUM_THREADS="3").split() == ["3"] + 4 * ["True"]


# --- compiled functions ---------------------------------------------------------------------

COMPILED = """
from numba.core import event
listener = event.RecordingListener()
event.register("numba:compile", listener)
"""


def test_a_second_start_compiles_nothing():
    count = "print(sum(event.is_start for _, event in listener.buffer))"
    # Whatever the first start compiles is kept.
    assert "0" in (printed(count, before=COMPILED), printed(count, before=COMPILED))


def test_the_engine_is_imported_without_numba():
    code = "from toolkit.engine import closed_form, placement, sight"
    code = f"import sys; {code}; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def called_loose(source):
    """Return the kernels that code uses other than as first argument of a call of the pool.

    Tuples of the kernel modules, whose names begin with a capital letter, and constants are free.
    """
    tree = ast.parse(source)
    modules, names = set(), {}
    for node in ast.walk(tree):
        for name in getattr(node, "names", []) if isinstance(node, ast.ImportFrom) else []:
            if node.module == KERNELS:
                modules.add(name.asname or name.name)
            elif (node.module or "").rpartition(".")[0] == KERNELS:
                names[name.asname or name.name] = name.name
        if isinstance(node, ast.Import) and any(
            name.name.startswith(KERNELS) for name in node.names
        ):
            return ["import as a whole"]

    def kernel(node):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = node.attr if node.value.id in modules else ""
        else:
            name = names.get(node.id, "") if isinstance(node, ast.Name) else ""
        return name if name[:1].islower() else ""

    passed = {
        id(node.args[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args
        and ast.unparse(node.func) in {"workers.over", "workers.run"}
    }  # fmt: skip
    owners = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    found = [kernel(node) for node in ast.walk(tree) if kernel(node) and id(node) not in passed]
    # A module under another name, or passed on, could be called from anywhere.
    return found + [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in modules and id(node) not in owners
    ]


def test_compiled_functions_are_called_through_the_pool_only():
    folder = store.builtin_dir().parent / "toolkit"
    sources = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    kernels = folder / "engine" / "kernels"
    assert {path for path, source in sources.items() if "njit" in source} == {
        kernels / "__init__.py"
    }
    assert {path.stem for path in kernels.glob("*.py")} == {"__init__", *KERNEL_MODULES}
    assert not any("prange" in source or "parallel=" in source for source in sources.values())
    loose = {path.name: called_loose(s) for path, s in sources.items() if path.parent != kernels}
    assert {name: found for name, found in loose.items() if found} == {}


@pytest.mark.parametrize("module", sorted(KERNEL_MODULES))
def test_plain_code_names_only_compiled_functions_with_a_wrapper_which_are_kept(module):
    kernels = importlib.import_module(f"{KERNELS}.{module}")
    compiled = {k: v for k, v in vars(kernels).items() if isinstance(v, Dispatcher)}
    helpers = {k for k, v in compiled.items() if v.targetoptions.get("no_cpython_wrapper")}
    assert helpers
    kept = {k for k, v in compiled.items() if isinstance(v._cache, FunctionCache)}
    assert kept == set(compiled) - helpers
    folder = store.builtin_dir().parent / "toolkit"
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if path.parent.name != "kernels" and isinstance(node, ast.Attribute):
                assert not (ast.unparse(node.value) == "kernels" and node.attr in helpers)
    # Plain functions next to the compiled ones.
    for function in filter(inspect.isfunction, vars(kernels).values()):
        assert not helpers & set(function.__code__.co_names)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("kernels.sweep(x)", ["sweep"]),
        ("sweep(x)", ["sweep"]),
        ("renamed(x)", ["sweep"]),
        ("map(kernels.sweep, x)", ["sweep"]),
        ("workers.over(f, kernels.sweep)", ["sweep"]),
        ("workers.over(lambda a, b: kernels.sweep(a, b), x)", ["sweep"]),
        ("later = kernels", ["kernels"]),
        ("getattr(kernels, 'sweep')(x)", ["kernels"]),
        ("import toolkit.engine.kernels.sight", ["import as a whole"]),
        ("workers.over(kernels.sweep, x, kernels.Band(x))", []),
        ("workers.run(sweep, kernels.FINE_BINS)", []),
        ("other.sweep(x)", []),
    ],
)
def test_a_call_outside_the_pool_is_found(code, found):
    head = """
from toolkit.engine import workers
from toolkit.engine.kernels import sight as kernels
from toolkit.engine.kernels.sight import sweep
from toolkit.engine.kernels.sight import sweep as renamed
"""
    assert called_loose(head + code) == found


def test_functions_run_side_by_side_and_their_results_keep_the_order():
    names = []

    def work(k):
        names.append(threading.current_thread().name)
        return k

    assert workers.side_by_side(*(partial(work, k) for k in range(5))) == [0, 1, 2, 3, 4]
    assert workers.side_by_side() == []
    assert all(name.startswith("engine") for name in names)

    with pytest.raises(ZeroDivisionError):
        workers.side_by_side(lambda: 1 // 0)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_a_loop_within_a_worker_waits_for_no_other(n_threads):
    before = workers.n_threads()
    workers.set_threads(n_threads)
    done = []

    def outer(first, end):
        workers.over(lambda a, b: done.append((first, a, b)), [0, 2, 4])
        assert workers.run(lambda k: k + end, 1) == end + 1

    try:
        workers.over(outer, range(7))
    finally:
        workers.set_threads(before)
    assert sorted(done) == [(k, a, a + 2) for k in range(6) for a in (0, 2)]
