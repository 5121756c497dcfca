"""Ctrl-C while a compiled loop runs."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest

from toolkit.kernel_lock import KernelLock


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
