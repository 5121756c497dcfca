"""Values that take long to make, kept in memory under the hash of what they follow from."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The values that were used last, by key; threads share them.

    Parameters
    ----------
    most
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[str, T] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        """Return the value of a key, made now if it is not kept."""
        with self._lock:
            if key in self._values:
                self._values[key] = self._values.pop(key)  # the last in use
                return self._values[key]
        # Made outside the lock: two threads may make the same value, and neither waits.
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                del self._values[next(iter(self._values))]
        return value

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()
