"""Compiled loops over plain arrays, called through `toolkit.engine.workers` only.

What numba keeps on disk is valid until the file of the loop changes, so that whatever is compiled
into a loop (tuples, constants) is defined in the same file.
"""

from __future__ import annotations

from typing import Any, Final

from numba import njit

_compiled: Any = njit  # its hints lack two options
_OPTIONS: Final = {"nogil": True, "error_model": "numpy", "no_cfunc_wrapper": True}

helper: Any = _compiled(**_OPTIONS, no_cpython_wrapper=True)
"""For functions that only compiled ones call, with which they are kept on disk: a tenth of the time
to compile is saved by the wrappers they lack, and a call from Python would end the process."""
kernel: Any = _compiled(**_OPTIONS, cache=True)
"""For functions that plain code passes to `toolkit.engine.workers`."""
