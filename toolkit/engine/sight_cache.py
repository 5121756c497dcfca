"""Lines of sight on disk: computed once per city, then memory-mapped.

A checksum, written last, shows damage. It is compared once per process, and no index that is read
leads out of the arrays: compiled loops do not look again. What is damaged is built again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.engine.sight import PAIR_ARRAYS, Sight, SweepArrays, sweep, sweep_arrays, swept

VERSION: Final = 3
"""Version of the arrays; raised when the same inputs give others, so that old caches are unused."""

_ARRAYS: Final = ("start", *PAIR_ARRAYS)
_CHECKSUM: Final = "checksum.json"
_CHUNK_BYTES: Final = 1 << 20
_MOST_CHECKSUM_BYTES: Final = 10_000
_log: Final = logging.getLogger(__name__)
_folder: Final[ContextVar[Path | None]] = ContextVar("folder of lines of sight", default=None)

_checked: set[tuple[Any, ...]] = set()
"""What identifies the arrays that this process has compared with their checksum."""


@contextmanager
def kept_in(folder: Path | None) -> Iterator[None]:
    """Keep what this thread builds meanwhile in another folder, which the caller removes.

    Parameters
    ----------
    folder
        The folder; None for that of the user's caches.
    """
    before = _folder.set(folder)
    try:
        yield
    finally:
        _folder.reset(before)


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
        Folder of caches; by default that of `kept_in`, else the user's.

    Notes
    -----
    A cache that cannot be read is built again; if it cannot be written, the arrays are kept in
    memory. Blocks are written as they are found, so that a large city is never in memory as a
    whole.
    """
    band = {"reach_m": reach_m, "beyond_m": beyond_m, "target_m": target_m}
    key = store.sha256_bytes(store.canonical_json({**key_parts, **band, "version": VERSION}))[:32]
    folder = (cache_dir or _folder.get() or store.cache_dir()) / "sight" / key
    sizes = len(site_xy_m), len(point_xy_m)
    ready = _open_cached(folder, reach_m, *sizes)
    if ready is not None:
        return ready
    arrays = sweep_arrays(site_xy_m, point_xy_m, buildings, top_m, origin_m)
    with suppress(OSError):
        _build_into(folder, arrays, **band)
        ready = _open_cached(folder, reach_m, *sizes)
    return ready or swept(arrays, **band)


def _open_cached(folder: Path, reach_m: float, n_sites: int, n_points: int) -> Sight | None:
    """Return the arrays of a folder, or None if they are missing or damaged."""
    if not folder.exists():
        return None
    try:
        start, *pairs = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        )
        seen = _seen(folder)
        whole = seen in _checked or (
            _fit(start, pairs, n_sites, n_points) and _read_checksum(folder) == _checksum(folder)
        )
    except (OSError, ValueError, EOFError):
        whole = False
    if not whole:
        _log.warning("Stored lines of sight were damaged or incomplete: they are built again.")
        return None
    _checked.add(seen)
    return Sight(start, **dict(zip(PAIR_ARRAYS, pairs, strict=True)), reach_m=reach_m)


def _fit(start: NDArray[Any], pairs: list[NDArray[Any]], n_sites: int, n_points: int) -> bool:
    """Return whether arrays have the types and lengths of `Sight`, and lead nowhere else."""
    if start.shape != (n_sites + 1,) or start.dtype != np.int64 or start[0] != 0:
        return False
    if not (np.diff(start) >= 0).all():
        return False
    for row, dtype in zip(pairs, PAIR_ARRAYS.values(), strict=True):
        if row.shape != (start[-1],) or row.dtype != dtype:
            return False
    point = pairs[0]
    return not len(point) or bool(point.min() >= 0 and point.max() < n_points)


def _seen(folder: Path) -> tuple[Any, ...]:
    """Return what changes when a file of a folder is written again."""
    found = [(folder / f"{name}.npy").stat() for name in _ARRAYS]
    return (str(folder), *((one.st_ino, one.st_size, one.st_mtime_ns) for one in found))


def _checksum(folder: Path) -> str:
    """Return the hash of all arrays of a folder."""
    digest = hashlib.sha256()
    for name in _ARRAYS:
        with (folder / f"{name}.npy").open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def _read_checksum(folder: Path) -> object:
    with (folder / _CHECKSUM).open("rb") as stream:
        found = json.loads(stream.read(_MOST_CHECKSUM_BYTES))
    return found.get("sha256") if isinstance(found, dict) else None


def _build_into(
    folder: Path, arrays: SweepArrays, *, reach_m: float, beyond_m: float, target_m: float
) -> None:
    """Sweep into a temporary folder and rename it, so that no cache is ever incomplete."""
    store.make_folder(folder.parent)
    store.remove_leftovers(folder.parent)
    temporary = Path(tempfile.mkdtemp(prefix=".", suffix=store.PART, dir=folder.parent))
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
        store.write_bytes(
            temporary / _CHECKSUM, store.canonical_json({"sha256": _checksum(temporary)})
        )
        for name in _ARRAYS:
            (temporary / f"{name}.npy").chmod(0o600)
            _to_disk(temporary / f"{name}.npy")
        _to_disk(temporary)
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _to_disk(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk, where the system can tell."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
