"""A small cache of values that are slow to compute, by the hash of their inputs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Turn:
    """A lock held while one value is computed, and how many threads hold or want it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.n_threads = 0


class LruCache(Generic[T]):
    """Cache of the most recently used values, shared by threads.

    Unlike with `functools.lru_cache` the key is stated, not derived from arguments.

    Parameters
    ----------
    max_size
        Maximum number of values.
    wait
        Whether threads that want the same value wait for the first of them, rather than compute it
        several times.
    """

    def __init__(self, max_size: int, *, wait: bool = False) -> None:
        self._max_size = max_size
        self._values: dict[Hashable, T] = {}
        self._lock = threading.Lock()
        self._wait = wait
        self._turns: dict[Hashable, _Turn] = {}
        self._n_cleared = 0

    def __contains__(self, key: Hashable) -> bool:
        """Return whether a key has a value; that does not count as a use of it."""
        with self._lock:
            return key in self._values

    def kept(self, key: Hashable) -> T | None:
        """Return the value of a key, which is then the last used; None if it has none."""
        with self._lock:
            if key not in self._values:
                return None
            found = self._values[key] = self._values.pop(key)
            return found

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, computed by `make` if it is not cached.

        What was asked for before `clear` is returned and not kept.
        """
        with self._lock:
            n_cleared = self._n_cleared
            # Without waiting, nobody else knows the turn.
            turn = self._turns.setdefault(key, _Turn()) if self._wait else _Turn()
            turn.n_threads += 1
        try:
            with turn.lock:
                return self._get(key, make, n_cleared)
        finally:
            with self._lock:
                turn.n_threads -= 1
                if not turn.n_threads:
                    self._turns.pop(key, None)

    def _get(self, key: Hashable, make: Callable[[], T], n_cleared: int) -> T:
        with self._lock:
            if key in self._values:
                found = self._values[key] = self._values.pop(key)  # the last used is last
                return found
        # Outside the lock, so that no other value waits for it.
        value = make()
        with self._lock:
            if n_cleared == self._n_cleared:
                self._values[key] = value
            while len(self._values) > self._max_size:
                del self._values[next(iter(self._values))]
        return value

    def clear(self) -> None:
        """Remove all values, also those that are being computed."""
        with self._lock:
            self._n_cleared += 1
            self._values.clear()
