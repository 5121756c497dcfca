"""One pool of worker threads per process, in which all compiled loops run.

The main thread only waits. Ctrl-C is raised in the main thread, so it never falls into a compiled
call, whose wrapper does not expect one and would end the process with a memory fault. Compiled
loops give up Python's global lock, so the chunks of one loop, and loops of several sessions, run
side by side.

Chunk borders depend on the work alone, and each chunk writes to its own part of the output, so that
any number of threads gives the same bytes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from queue import Empty, SimpleQueue
from typing import Any, Final

THREADS_VARIABLE: Final = "NUMBA_NUM_THREADS"
"""Environment variable that sets the number of threads; numba's own, so that one is enough."""
_WAIT_S: Final = 0.1
"""Longest wait: Windows handles Ctrl-C only between waits."""


def default_threads() -> int:
    """Return the default number of threads: `THREADS_VARIABLE`, or the cores of the process."""
    given = os.environ.get(THREADS_VARIABLE, "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _Workers:
    """The pool, created at first use; a forked process creates its own."""

    def __init__(self) -> None:
        self.n_threads = 0
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    def submit(self, work: Callable[[], None], n_wanted: int) -> None:
        """Run work in up to `n_wanted` threads at once."""
        with self._lock:
            if self._pool is None or self._process != os.getpid():
                self.n_threads = self.n_threads or default_threads()
                self._pool = ThreadPoolExecutor(self.n_threads, thread_name_prefix="engine")
                self._process = os.getpid()
            try:
                for _ in range(min(n_wanted, self.n_threads)):
                    self._pool.submit(work)
            except BaseException:
                # Interrupted while a thread was started: that thread may not be known to its pool.
                self._leave()
                raise

    def resize(self, n_threads: int) -> None:
        """Use a new pool from now on; work in the old one runs to its end."""
        with self._lock:
            self._leave()
            self.n_threads = n_threads

    def _leave(self) -> None:
        if self._pool is not None and self._process == os.getpid():
            self._pool.shutdown(wait=False)
        self._pool = None


_WORKERS: Final = _Workers()
_THIS_THREAD: Final = threading.local()
"""Whether this thread is one of the workers: if one waited for the others, none might be left."""


def n_threads() -> int:
    """Return the number of threads in use."""
    return _WORKERS.n_threads or default_threads()


def set_threads(n_threads: int) -> None:
    """Set the number of threads of this process.

    Raises
    ------
    ValueError
        If it is less than one.
    """
    if n_threads < 1:
        msg = f"{n_threads} threads: give a number from 1 up."
        raise ValueError(msg)
    _WORKERS.resize(n_threads)


def even_borders(n: int, size: int) -> list[int]:
    """Return the borders of chunks of equal size over ``range(n)``; the last may be smaller.

    Examples
    --------
    >>> even_borders(10, 4)
    [0, 4, 8, 10]
    """
    return [*range(0, n, size), n]


def over(kernel: Callable[..., Any], borders: Sequence[int], *arguments: Any) -> None:  # noqa: ANN401
    """Call ``kernel(first, end, *arguments)`` for each chunk, in worker threads, and wait.

    Parameters
    ----------
    kernel
        A compiled function, or a plain one that calls compiled ones. It writes its results into
        its arguments; its return value is dropped.
    borders
        Start of each chunk, ascending, and the end of the last.
    *arguments
        Passed to every chunk.

    Notes
    -----
    Called in a worker thread, it goes through the chunks in that thread.

    An interruption is raised as soon as the running chunks have ended; no other is started. An
    error in a chunk is raised here, and no other is started either.
    """
    if getattr(_THIS_THREAD, "works", False):
        for chunk in pairwise(borders):
            kernel(*chunk, *arguments)
        return
    _Loop(kernel, pairwise(borders), arguments).run(len(borders) - 1)


def run(kernel: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401
    """Call ``kernel(*arguments)`` in a worker thread and return its result."""
    found: list[Any] = []
    over(lambda _first, _end: found.append(kernel(*arguments)), (0, 1))
    return found[0]


def side_by_side(*works: Callable[[], Any]) -> list[Any]:
    """Call functions in worker threads, and return their results."""
    found: list[Any] = [None] * len(works)

    def call(first: int, end: int) -> None:
        found[first:end] = [works[k]() for k in range(first, end)]

    over(call, range(len(works) + 1))
    return found


class _Loop:
    """The chunks of one loop, and the threads that work on them.

    The waiting thread takes no lock and keeps no count: an interruption in between would leave a
    worker waiting for ever, or the count wrong.
    """

    def __init__(
        self,
        kernel: Callable[..., Any],
        chunks: Iterator[tuple[int, int]],
        arguments: tuple[Any, ...],
    ) -> None:
        self._kernel, self._chunks, self._arguments = kernel, chunks, arguments
        self._lock = threading.Lock()
        self._n_working = 0
        self._stopped = False
        self._errors: list[BaseException] = []
        self._bell: SimpleQueue[None] = SimpleQueue()

    def run(self, n_chunks: int) -> None:
        """Work on all chunks, and raise the error of any."""
        try:
            _WORKERS.submit(self._work, n_chunks)
            while n_chunks and not self._stopped:
                self._wait()
        finally:
            # Threads that start from now on find nothing to do; the others finish their chunks.
            self._stopped = True
            while self._n_working:
                self._wait()
        for error in self._errors:
            raise error

    def _wait(self) -> None:
        with suppress(Empty):
            self._bell.get(timeout=_WAIT_S)

    def _work(self) -> None:
        """Take one chunk after another until none is left."""
        _THIS_THREAD.works = True
        with self._lock:
            self._n_working += 1
        try:
            while (chunk := self._take()) is not None:
                self._kernel(*chunk, *self._arguments)
        except BaseException as error:  # noqa: BLE001 - raised by the waiting thread
            self._errors.append(error)
        with self._lock:
            self._stopped = True
            self._n_working -= 1
        self._bell.put(None)

    def _take(self) -> tuple[int, int] | None:
        with self._lock:
            return None if self._stopped else next(self._chunks, None)
