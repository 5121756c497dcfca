"""The lock around compiled loops: one call at a time in a process, and no interruption within.

Numba's work queue aborts the process when two threads call parallel loops at once. And what a
compiled loop returns is made into Python objects by code that does not expect Ctrl-C: an
interruption that waited for the end of the loop would end the process with a memory fault.

So plain code calls a compiled function, parallel or not, only within ``with KERNEL_LOCK``, and
keeps no other name for one. A test reads the source of all modules for that.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final


class KernelLock:
    """A lock that keeps Ctrl-C back until it is given up; it is heeded then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._before: Callable[[int, FrameType | None], Any] | None = None
        self._interrupted = False

    def __enter__(self) -> None:
        """Keep interruptions back, then wait for the lock."""
        # Python interrupts the main thread only, and lets only that one set a handler.
        if threading.current_thread() is threading.main_thread():
            before = signal.getsignal(signal.SIGINT)
            if callable(before):
                self._interrupted = False
                self._before = before
                signal.signal(signal.SIGINT, self._note)
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        """Give the lock up, then heed an interruption that came meanwhile."""
        self._lock.release()
        if self._before is None or threading.current_thread() is not threading.main_thread():
            return
        signal.signal(signal.SIGINT, self._before)
        self._before = None
        if self._interrupted:
            signal.raise_signal(signal.SIGINT)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._interrupted = True


KERNEL_LOCK: Final = KernelLock()
"""The one lock of this process."""
