"""Python's cyclic garbage collector, paused while geometries are made in bulk.

The collector looks for unused objects that refer to one another after every few hundred new ones,
and at times at all there are. A geometry of Shapely counts as one and refers to nothing, so that
reading a large city took twice as long for nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_pauses: list[bool] = []
"""For each pause that has not ended, in any thread, whether the collector ran before the first."""


@contextmanager
def paused() -> Iterator[None]:
    """Let the collector rest meanwhile, in all threads; also a decorator.

    It runs again when the last pause has ended, unless it did not before. What refers to nothing
    is given back at once all the same.

    Examples
    --------
    >>> with paused():
    ...     gc.isenabled()
    False
    """
    with _lock:
        _pauses.append(_pauses[0] if _pauses else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            if _pauses.pop() and not _pauses:
                gc.enable()
