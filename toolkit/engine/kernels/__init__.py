"""Compiled loops over plain arrays, called through `toolkit.engine.workers` only.

numba's cache on disk is valid until the file of a loop changes, so whatever is compiled into a loop
(tuples, constants) must be defined in the same file.
"""

from __future__ import annotations

from typing import Any, Final

from numba import njit

_compiled: Any = njit  # its hints lack two options
_OPTIONS: Final = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}

helper: Any = _compiled(**_OPTIONS, no_cpython_wrapper=True)
"""For functions called only by compiled ones, with which they are cached on disk. They have no
wrapper for Python, which saves a tenth of the compile time; a call from Python would crash."""
kernel: Any = _compiled(**_OPTIONS, cache=True)
"""For functions that are passed to `toolkit.engine.workers`."""
