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
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

from toolkit.base import store
from toolkit.base.arrays import FloatArray
from toolkit.base.terms import Progress
from toolkit.engine import workers
from toolkit.engine.sight import PAIR_ARRAYS, Block, Sight, sweep, sweep_arrays, swept

VERSION: Final = 3
"""Version of the arrays; raised when the same inputs give others, so that old caches are unused."""

_ARRAYS: Final = ("start", *PAIR_ARRAYS)
_CHECKSUM: Final = "checksum.json"
_HEADER_BYTES: Final = 128
"""Bytes of the header of each file: numpy fills it up to a multiple of 64 bytes."""
_CHUNK_BYTES: Final = 1 << 20
_SYNC_BYTES: Final = 1 << 26
"""Bytes after which what was written is sent to the disk, so that little is left at the end."""
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
    progress: Progress = lambda _: None,
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
    progress
        Called with the share of the sites that are done.

    Notes
    -----
    A cache that cannot be read is built again; if it cannot be written, the arrays are kept in
    memory. Blocks are written as they are found, so that a large city is never in memory as a
    whole.
    """
    band = {"reach_m": reach_m, "beyond_m": beyond_m, "target_m": target_m}
    key = store.sha256_bytes(store.canonical_json({**key_parts, **band, "version": VERSION}))[:32]
    folder = (cache_dir or _folder.get() or store.cache_dir()) / "sight" / key

    def stored() -> Sight | None:
        return _open_cached(folder, reach_m, len(site_xy_m), len(point_xy_m))

    ready = stored()
    if ready is not None:
        return ready
    if folder.exists():
        _log.warning("Stored lines of sight were damaged or incomplete: they are built again.")
    arrays = sweep_arrays(site_xy_m, point_xy_m, buildings, top_m, origin_m)
    blocks = sweep(arrays, reach_m=reach_m, beyond_m=beyond_m, target_m=target_m)
    with suppress(OSError):
        write_blocks(
            folder,
            blocks,
            lambda n: progress(n / len(site_xy_m)),
            is_whole=lambda: stored() is not None,
        )
    # Also after an error: another thread or process may have put the same there.
    return stored() or swept(arrays, **band)


def _open_cached(folder: Path, reach_m: float, n_sites: int, n_points: int) -> Sight | None:
    """Return the arrays of a folder, or None if they are missing or damaged."""
    if not folder.exists():
        return None
    try:
        start, *pairs = (
            np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in _ARRAYS
        )
        seen = _seen(folder)
        whole = seen in _checked or (_fit(start, pairs, n_sites, n_points) and _is_whole(folder))
    except (OSError, ValueError, EOFError):
        whole = False
    if not whole:
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


def _is_whole(folder: Path) -> bool:
    """Return whether the arrays of a folder are those of its checksum."""
    with (folder / _CHECKSUM).open("rb") as stream:
        found = json.loads(stream.read(_MOST_CHECKSUM_BYTES))
    if not isinstance(found, dict):
        return False
    if "sha256" in found:  # as earlier versions wrote
        return bool(found["sha256"] == _sha256(folder))
    return bool(found.get("crc32") == _checksum(folder))


def _checksum(folder: Path) -> dict[str, int]:
    """Return the CRC-32 of each array of a folder, without its header."""
    found = [0] * len(_ARRAYS)

    def add_up(first: int, end: int) -> None:
        for k in range(first, end):
            with (folder / f"{_ARRAYS[k]}.npy").open("rb") as stream:
                stream.seek(_HEADER_BYTES)
                while chunk := stream.read(_CHUNK_BYTES):
                    found[k] = zlib.crc32(chunk, found[k])

    workers.over(add_up, range(len(_ARRAYS) + 1))
    return dict(zip(_ARRAYS, found, strict=True))


def _sha256(folder: Path) -> str:
    """Return the hash of all files of a folder."""
    digest = hashlib.sha256()
    for name in _ARRAYS:
        with (folder / f"{name}.npy").open("rb") as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                digest.update(chunk)
    return digest.hexdigest()


def write_blocks(
    folder: Path,
    blocks: Iterable[Block],
    done: Callable[[int], object] = lambda _: None,
    *,
    is_whole: Callable[[], bool] = lambda: False,
) -> None:
    """Write the blocks of a sweep into a temporary folder, and rename it: no cache is incomplete.

    Parameters
    ----------
    folder
        Where they are to be.
    blocks
        The blocks.
    done
        Called with the number of sites that are done.
    is_whole
        Whether what is there by the end is the same, built by another: it stays.

    Raises
    ------
    OSError
        If they cannot be written; what was there before is unchanged.
    """
    store.make_folder(folder.parent)
    store.remove_leftovers(folder.parent)
    temporary = Path(tempfile.mkdtemp(prefix=".", suffix=store.PART, dir=folder.parent))
    try:
        counts = [np.zeros(1, np.int64)]
        with ExitStack() as stack:
            files = [
                _PairFile(stack.enter_context((temporary / f"{name}.npy").open("wb")), dtype)
                for name, dtype in PAIR_ARRAYS.items()
            ]
            # Blocks are written by a thread of their own while the next one is swept.
            thread = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="sight-files"))
            writing: Future[None] | None = None
            for block in blocks:
                counts.append(block.found)
                if writing:
                    writing.result()
                writing = thread.submit(_append, files, block[1:])
                done(sum(map(len, counts)) - 1)
            if writing:
                writing.result()
            start = np.concatenate(counts).cumsum()
            for file in files:
                file.finish(int(start[-1]))
        np.save(temporary / "start.npy", start, allow_pickle=False)
        sums = zip(_ARRAYS, (zlib.crc32(start.data), *(file.crc32 for file in files)), strict=True)
        store.write_bytes(temporary / _CHECKSUM, store.canonical_json({"crc32": dict(sums)}))
        for name in _ARRAYS:
            (temporary / f"{name}.npy").chmod(0o600)
            _to_disk(temporary / f"{name}.npy")
        _to_disk(temporary)
        if is_whole():
            return
        if folder.exists():
            shutil.rmtree(folder)
        temporary.rename(folder)
        # Added up as they were written: nothing to compare in this process.
        _checked.add(_seen(folder))
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


class _PairFile:
    """A .npy file of one axis that grows piece by piece, and the CRC-32 of what it holds."""

    def __init__(self, file: IO[bytes], dtype: type[np.generic]) -> None:
        self.crc32 = 0
        self._file, self._dtype, self._not_on_disk = file, dtype, 0
        _write_header(file, dtype, 0)

    def append(self, pieces: list[NDArray[Any]]) -> None:
        """Write pieces of the array; now and then wait until they are on the disk."""
        for piece in pieces:
            self.crc32 = zlib.crc32(piece.data, self.crc32)
            self._file.write(piece.data)
            self._not_on_disk += piece.nbytes
        if self._not_on_disk >= _SYNC_BYTES:
            self._not_on_disk = 0
            self._file.flush()
            with suppress(OSError):  # where the system cannot tell
                os.fsync(self._file.fileno())

    def finish(self, length: int) -> None:
        """Write the length of the whole array into the header."""
        self._file.seek(0)
        _write_header(self._file, self._dtype, length)


def _append(files: list[_PairFile], arrays: tuple[list[NDArray[Any]], ...]) -> None:
    """Append the pieces of each array of a block to its file."""
    for file, pieces in zip(files, arrays, strict=True):
        file.append(pieces)


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
