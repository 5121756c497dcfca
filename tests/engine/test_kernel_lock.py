"""Ctrl-C while a compiled loop runs; each runs within the lock and is compiled once."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
from textwrap import indent

import pytest
from compiled_calls import LOCK, Code
from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

from toolkit.base import store
from toolkit.engine import kernel_lock
from toolkit.engine.kernel_lock import KernelLock


def test_an_interruption_is_kept_back_until_the_end():
    lock, reached = KernelLock(), []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - where it is raised is the point
        with lock:
            signal.raise_signal(signal.SIGINT)
            reached.append("end of the loop")
        reached.append("after the lock")
    assert reached == ["end of the loop"]
    assert signal.getsignal(signal.SIGINT) is before
    with lock:
        reached.append("free again")
    assert reached[-1] == "free again"


def test_an_error_leaves_the_lock_free_and_the_handler_as_it_was():
    lock = KernelLock()
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is before
    with lock:
        pass


def test_other_threads_share_the_lock_and_touch_no_handler():
    lock, order = KernelLock(), []
    before = signal.getsignal(signal.SIGINT)

    def other():
        with lock:
            order.append(signal.getsignal(signal.SIGINT))

    with lock:
        thread = threading.Thread(target=other)
        thread.start()
        order.append("main")
    thread.join()
    assert order[0] == "main"
    assert signal.getsignal(signal.SIGINT) is before


_INTERRUPTED = """
import datetime as dt, os, signal, threading
import toolkit
from toolkit import exposure

real = exposure._exposure_kernels

class Kernels:
    def __getattr__(self, name):
        return getattr(real, name)

    def summarise(self, *given):
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        return real.summarise(*given)

exposure._exposure_kernels = Kernels()
try:
    while True:  # until an interruption falls into the loop
        toolkit.assess("helsinki-centre", as_of=dt.date(2026, 11, 23))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_an_interruption_in_a_compiled_loop_does_not_kill_the_process():
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED], capture_output=True, text=True, check=False,
        timeout=300,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "interrupted"), done.stderr[-500:]


def test_all_compiled_functions_are_called_within_the_lock():
    code = Code.of_folder(store.builtin_dir().parent / "toolkit")
    found = code.look()
    assert found.loose == []
    # What was found is all there is: each parallel loop is called somewhere, and by plain code.
    assert code.kernel_modules == {
        "toolkit.engine.kernels.exposure",
        "toolkit.engine.kernels.placement",
        "toolkit.engine.kernels.sight",
    }  # fmt: skip
    assert len(code.parallel) > 10
    assert code.parallel <= found.locked <= code.compiled
    assert f"{kernel_lock.__name__}.KERNEL_LOCK" == LOCK


KERNELS = """
import numba
from numba import njit as compiled, prange

@compiled(cache=True, parallel=True)
def loop(x):
    for k in prange(len(x)):
        x[k] = step(x[k])

@numba.njit
def step(x):
    return x + 1

def plain(x):
    return x

made: object = compiled(cache=True)(plain)
n_threads = numba.get_num_threads()
"""
HEAD = """
from contextlib import nullcontext
from toolkit import _kernels, kernel_lock, other
from toolkit import _kernels as short
from toolkit._kernels import loop, made, n_threads, plain, step as one
from toolkit.kernel_lock import KERNEL_LOCK
from toolkit.kernel_lock import KERNEL_LOCK as held
import toolkit._kernels

def caller(x, thread_lock):
"""


def loose(body):
    """Return the compiled functions that a function of this body calls outside the lock."""
    sources = {
        "toolkit._kernels": KERNELS,
        "toolkit.other": "from toolkit import _kernels as inner\n",
        "toolkit.user": HEAD + indent(body, "    "),
    }
    return [text.split()[1] for text in Code(sources).look().loose]


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("_kernels.loop(x)", "loop"),
        ("short.loop(x)", "loop"),
        ("loop(x)", "loop"),
        ("one(x)", "step"),
        ("made(x)", "made"),
        ("toolkit._kernels.loop(x)", "loop"),
        ("other.inner.loop(x)", "loop"),
        ("return [loop(k) for k in x]", "loop"),
        ("with thread_lock:\n    loop(x)", "loop"),
        ("with nullcontext(KERNEL_LOCK):\n    loop(x)", "loop"),
        ("with nullcontext(loop(x)), KERNEL_LOCK:\n    pass", "loop"),
        ("with KERNEL_LOCK:\n    pass\nloop(x)", "loop"),
        ("with KERNEL_LOCK:\n    later = lambda: loop(x)\nlater()", "loop"),
        ("with KERNEL_LOCK:\n    later = (loop(k) for k in x)\nnext(later)", "loop"),
        ("with KERNEL_LOCK:\n    def later():\n        loop(x)\nlater()", "loop"),
        ("with KERNEL_LOCK:\n    async def later():\n        loop(x)", "loop"),
        ("with KERNEL_LOCK:\n    later = loop\nlater(x)", "loop"),
        ("with KERNEL_LOCK:\n    loop.py_func(x)", "loop"),
        ("map(_kernels.loop, x)", "loop"),
        ("getattr(_kernels, 'loop')(x)", ""),
        ("kernels = _kernels\nkernels.loop(x)", ""),
    ],
)
def test_a_call_outside_the_lock_is_found(body, name):
    assert loose(body) == [f"toolkit._kernels.{name}".rstrip(".")]


@pytest.mark.parametrize(
    "body",
    [
        "with KERNEL_LOCK:\n    loop(x)",
        "with held:\n    short.loop(_kernels.step(x))",
        "with kernel_lock.KERNEL_LOCK, thread_lock:\n    if x:\n        made(x)",
        "with KERNEL_LOCK:\n    return [loop(k) for k in x]",
        "plain(_kernels.plain(n_threads))",
    ],
)
def test_a_call_within_the_lock_and_plain_code_are_not(body):
    assert loose(body) == []


def test_a_module_that_calls_its_own_loop_is_found():
    source = KERNELS + "\ntable = loop(n_threads)\n"
    assert Code({"toolkit._kernels": source}).look().loose == [
        f"toolkit._kernels:{source.count(chr(10))} toolkit._kernels.loop"
    ]


_KERNELS = ("_exposure_kernels", "_placement_kernels", "_sight_kernels")


@pytest.mark.parametrize("name", _KERNELS)
def test_every_compiled_loop_is_kept_for_the_next_start(name):
    module = importlib.import_module(f"toolkit.{name}")
    loops = [value for value in vars(module).values() if isinstance(value, Dispatcher)]
    assert loops
    assert all(isinstance(loop._cache, FunctionCache) for loop in loops)


def test_a_second_start_compiles_nothing(tmp_path):
    code = (
        "import numpy as np\n"
        "from toolkit.engine.kernels.placement import pick\n"
        "pick(np.array([0.5, 1.0]), 0.7)\n"
        "print(sum(pick.stats.cache_hits.values()), sum(pick.stats.cache_misses.values()))\n"
    )
    hits_and_misses = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for _ in range(2)
    ]
    assert hits_and_misses == [["0", "1"], ["1", "0"]]
