"""OpenStreetMap files as given, and as osmium reads them: sorted, and unpacked from JSON."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import osmium

from toolkit.base import store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets.readers.osm import overpass_json, tidy
from toolkit.streets.readers.osm.tidy import UntidyError

FORMATS: Final = {
    ".osm.pbf": "pbf", ".pbf": "pbf", ".osm": "osm", ".osm.gz": "osm.gz", ".osm.bz2": "osm.bz2",
    ".osm.xml": "osm", ".osm.xml.gz": "osm.gz", ".osm.xml.bz2": "osm.bz2",
}  # fmt: skip
"""Format of a file by the end of its name, in the words of osmium."""
_IN_MEMORY: Final = ("sparse_mmap_array", "flex_mem")
"""Types of location index, best first: the first grows without copying, but only on Linux."""
_ON_DISK: Final = "sparse_file_array"
LARGE_BYTES: Final = 64_000_000
"""Size of a file from which the locations of its nodes lie on the disk: 16 bytes a node, as many
bytes as the file has, twice. The system may then drop them from memory."""
_DISK_PER_BYTE: Final = 4.0
"""Free bytes of the disk for each byte of the file, without which they stay in memory: a disk that
fills up while it is written to through memory ends the process."""
_DISORDER: Final = ("out of order", "twice in input")
"""Parts of osmium's messages about files that are not sorted."""


@dataclass
class OsmSource:
    """An OpenStreetMap file, and what is read in its place.

    Attributes
    ----------
    given
        The file.
    path, format
        What osmium reads: the file, or a copy of it; its format in the words of osmium.
    folder
        Folder for copies, None for that of the system.
    removal
        Removes the copies.
    duplicates
        Number of objects left out of the copy because another has their id.
    tidied
        Whether a sorted copy is read.
    """

    given: Path
    path: Path
    format: str
    folder: Path | None
    removal: contextlib.ExitStack
    duplicates: int = 0
    tidied: bool = False

    @property
    def name(self) -> str:
        """Name of the file, without folder."""
        return self.given.name

    @cached_property
    def sha256(self) -> str:
        """Hash of the file."""
        return store.sha256_file(self.given)

    def opened(self) -> Any:  # noqa: ANN401
        """Return the file to be read with its format, which osmium would guess by its suffix."""
        return osmium.io.File(str(self.path), self.format)

    def location_index(self) -> str:
        """Return the index that keeps the locations of nodes, in the words of osmium."""
        known = osmium.index.map_types()
        size = self.path.stat().st_size
        if size >= LARGE_BYTES and _ON_DISK in known:
            with contextlib.suppress(OSError):
                private = tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True)
                folder = self.removal.enter_context(private)
                file, free = str(Path(folder) / "nodes.idx"), shutil.disk_usage(folder).free
                # Osmium splits at commas, and on Windows opens names of other letters wrongly.
                plain = "," not in file and (os.name != "nt" or file.isascii())
                if plain and free >= _DISK_PER_BYTE * size:
                    return f"{_ON_DISK},{file}"
        return next(kind for kind in _IN_MEMORY if kind in known)

    def unpack(self) -> None:
        """Read the objects of a JSON file from now on."""
        with self._copy("raw.osm.pbf") as target:
            overpass_json.write_osm(self.given, target)
        self.path, self.format = target, "pbf"

    def tidy(self, progress: StepProgress) -> None:
        """Read a sorted copy from now on.

        Raises
        ------
        InputDataError
            If the file is too large to be sorted, or there is no room for the copy.
        """
        with self._copy("tidy.osm.pbf") as target, explained(self.name):
            self.duplicates = tidy.tidy_copy(
                self.path, self.format, target, name=self.name, progress=progress
            )
        self.path, self.format, self.tidied = target, "pbf", True

    @contextlib.contextmanager
    def _copy(self, name: str) -> Iterator[Path]:
        """Give the path of a new copy in a folder of its own; say it if there is no room."""
        try:
            private = tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True)
            yield Path(self.removal.enter_context(private)) / name
        except OSError as error:
            why = clean_text(error.strerror) or type(error).__name__
            msg = f"{self.name} must be sorted; the copy could not be written ({why}). Make room."
            raise InputDataError(msg) from error


def is_osm_file(file: Path) -> bool:
    """Return whether a file is OpenStreetMap data by its name, or is JSON of Overpass."""
    return file.name.lower().endswith(tuple(FORMATS)) or overpass_json.is_overpass_json(file)


@contextlib.contextmanager
def open_osm(
    path: str | os.PathLike[str] | OsmSource,
    progress: StepProgress | None = None,
    *,
    folder: Path | None = None,
) -> Iterator[OsmSource]:
    """Open an OpenStreetMap file; copies made of it are removed at the end.

    Parameters
    ----------
    path
        A local file, or one opened already.
    progress
        Called at each step.
    folder
        Folder for copies; None takes that of the system.

    Raises
    ------
    InputDataError
        If it is not a local file, or is not OpenStreetMap data.
    """
    if isinstance(path, OsmSource):
        yield path
        return
    file = store.local_file(path)
    say = progress or no_progress
    name = file.name.lower()
    suffix = max((s for s in FORMATS if name.endswith(s)), key=len, default="")
    with contextlib.ExitStack() as removal:
        source = OsmSource(file, file, FORMATS.get(suffix, ""), folder, removal)
        say(f"{file.name}: checking the file", None)
        if overpass_json.is_overpass_json(file):
            source.unpack()
            source.tidy(say)
        else:
            with explained(file.name):
                untidy = tidy.needs_tidying(file, source.format)
            if untidy:
                source.tidy(say)
        yield source


@contextlib.contextmanager
def explained(name: str, *, sortable: bool = False) -> Iterator[None]:
    """Turn exceptions of osmium into one sentence that names the file.

    Parameters
    ----------
    name
        Name of the file.
    sortable
        Whether those about the order of objects become an `UntidyError` instead.
    """
    try:
        yield
    except InputDataError:
        raise
    except UntidyError as error:
        if sortable:
            raise
        raise _unreadable(name, error) from error
    except (RuntimeError, ValueError, EOFError, osmium.InvalidLocationError) as error:
        if sortable and any(part in str(error) for part in _DISORDER):
            raise UntidyError(str(error)) from error
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> InputDataError:
    msg = (
        f"{name} cannot be read as OpenStreetMap data ({clean_text(str(error))}). It may be cut "
        "short or of another kind: fetch it again."
    )
    return InputDataError(msg)
