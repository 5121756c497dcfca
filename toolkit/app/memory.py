"""Memory that the C library keeps for later: less of it, and returned to the system in time.

Streamlit runs each page in a new thread, and GNU's allocator gives threads pools of their own, each
of which keeps what it once needed: too much for a server of many hours on a machine that has
little. With other C libraries nothing is changed.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from typing import Final

MOST_POOLS: Final = 2
"""Pools of the allocator (`M_ARENA_MAX`): one for computing, one for the server."""
_ARENA_MAX: Final = -8
"""`M_ARENA_MAX` of mallopt(3)."""
EVERY_S: Final = 30.0
"""Seconds between two returns of what is unused."""


def share_pools() -> bool:
    """Let all threads share a few pools; called before there are many threads.

    Returns
    -------
    shared
        False where the allocator has no such setting.
    """
    library = _gnu()
    return library is not None and bool(library.mallopt(_ARENA_MAX, MOST_POOLS))


def return_unused() -> bool:
    """Return free pages of all pools to the system.

    Returns
    -------
    returned
        Whether there were any; False where it cannot be asked for.
    """
    library = _gnu()
    return library is not None and bool(library.malloc_trim(ctypes.c_size_t(0)))


def keep_returning(stop: threading.Event) -> None:
    """Return free pages every half a minute until the server stops."""
    while not stop.wait(EVERY_S):
        return_unused()


def _gnu() -> ctypes.CDLL | None:
    """Return the C library, if it is GNU's."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "mallopt") and hasattr(library, "malloc_trim") else None
