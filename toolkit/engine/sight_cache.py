"""Lines of sight on disk: computed once per city, then memory-mapped."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.engine.sight import PAIR_ARRAYS, Sight, SweepArrays, sweep, sweep_arrays, swept

VERSION: Final = 2
"""Version of the arrays; raised when the same inputs give others, so that old caches are unused."""

_ARRAYS: Final = ("start", *PAIR_ARRAYS)


def cached_sight(  # noqa: PLR0913
    key_parts: dict[str, str | float | int],
    site_xy_m: FloatArray,
    point_xy_m: FloatArray,
    buildings: NDArray[np.object_],
    *,
    reach_m: float,
    beyond_m: float = 0.0,
    top_m: FloatArray | None = None,
    target_m: float = 1.7,
    origin_m: FloatArray | None = None,
    cache_dir: Path | None = None,
) -> Sight:
    """Return the arrays of `build_sight`, kept on disk and opened memory-mapped.

    Parameters
    ----------
    key_parts
        Everything the inputs follow from, such as the hash of the pack: the cache key.
    site_xy_m, point_xy_m, buildings, reach_m, beyond_m, top_m, target_m, origin_m
        See `build_sight`.
    cache_dir
        Folder of caches; the user's by default.

    Notes
    -----
    A cache that cannot be read is built again; if it cannot be written, the arrays are kept in
    memory. Blocks are written as they are found, so that a large city is never in memory as a
    whole.
    """
    band = {"reach_m": reach_m, "beyond_m": beyond_m, "target_m": target_m}
    key = store.sha256_bytes(store.canonical_json({**key_parts, **band, "version": VERSION}))[:32]
    folder = (cache_dir or store.cache_dir()) / "sight" / key
    ready = _open_cached(folder, reach_m, len(site_xy_m))
    if ready is not None:
        return ready
    arrays = sweep_arrays(site_xy_m, point_xy_m, buildings, top_m, origin_m)
    with suppress(OSError):
        _build_into(folder, arrays, **band)
        ready = _open_cached(folder, reach_m, len(site_xy_m))
    return ready or swept(arrays, **band)


def _open_cached(folder: Path, reach_m: float, n_sites: int) -> Sight | None:
    """Return the arrays of a folder, or None if they are missing or inconsistent."""
    try:
        start, *pairs = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        )
    except (OSError, ValueError):
        return None
    fits = all(
        len(row) == start[-1] and row.dtype == dtype
        for row, dtype in zip(pairs, PAIR_ARRAYS.values(), strict=True)
    )
    if len(start) != n_sites + 1 or not fits:
        return None
    return Sight(start, **dict(zip(PAIR_ARRAYS, pairs, strict=True)), reach_m=reach_m)


def _build_into(
    folder: Path, arrays: SweepArrays, *, reach_m: float, beyond_m: float, target_m: float
) -> None:
    """Sweep into a temporary folder and rename it, so that no cache is ever incomplete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".building.", dir=folder.parent))
    try:
        counts = [np.zeros(1, np.int64)]
        with ExitStack() as stack:
            files = [
                stack.enter_context((temporary / f"{name}.npy").open("wb")) for name in PAIR_ARRAYS
            ]
            for file, dtype in zip(files, PAIR_ARRAYS.values(), strict=True):
                _write_header(file, dtype, 0)
            for found, *block in sweep(
                arrays, reach_m=reach_m, beyond_m=beyond_m, target_m=target_m
            ):
                counts.append(found)
                for file, array in zip(files, block, strict=True):
                    file.write(array.data)  # type: ignore[attr-defined]
            start = np.concatenate(counts).cumsum()
            for file, dtype in zip(files, PAIR_ARRAYS.values(), strict=True):
                file.seek(0)
                _write_header(file, dtype, int(start[-1]))
        np.save(temporary / "start.npy", start, allow_pickle=False)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write_header(file: IO[bytes], dtype: type[np.generic], length: int) -> None:
    """Write the header of a .npy file; it has the same number of bytes for every length."""
    np.lib.format.write_array_header_1_0(
        file,
        {
            "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
            "fortran_order": False,
            "shape": (length,),
        },
    )
