"""Import of a street file or of a finished pack into the user's own data.

The file is read in a process of its own (`toolkit.streets.readers.process`), which writes packs
into a private folder. Here they are checked and put in place by renaming.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import StepProgress, no_progress
from toolkit.streets import boundary as boundaries
from toolkit.streets import folder_swap, pack
from toolkit.streets.boundary import BoundaryChoice
from toolkit.streets.cities import City
from toolkit.streets.manifest import ID, Manifest
from toolkit.streets.readers import process
from toolkit.streets.readers.extract import Extent


@dataclass(frozen=True)
class Installed:
    """Pack installed by an import.

    Attributes
    ----------
    pack
        Id of the pack.
    manifest
        Manifest as written.
    replaced
        Whether a pack of that id existed before.
    """

    pack: str
    manifest: Manifest
    replaced: bool


@dataclass(frozen=True)
class ImportReport:
    """Result of an import.

    Attributes
    ----------
    installed
        Packs, in the order of the cities.
    left_out
        Cities without a pack: id and the reason, one sentence.
    """

    installed: tuple[Installed, ...]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ImportedPack:
    """Finished pack installed from a zip file.

    Attributes
    ----------
    manifest
        Manifest as written anew.
    sha256
        Hash of the manifest as received, which identifies the pack that was handed over.
    """

    manifest: Manifest
    sha256: str


def import_file(
    path: str | os.PathLike[str],
    *,
    cities: Sequence[City] | None = None,
    boundary: BoundaryChoice | None = None,
    extent: Extent = "box",
    progress: StepProgress | None = None,
) -> ImportReport:
    """Make city packs from a street file and install them in the user's data.

    An OpenStreetMap file is read in one pass, whatever the number of cities. A pack of the same
    id is replaced once the new one is complete; a built-in one is shadowed.

    Parameters
    ----------
    path
        A local OpenStreetMap file (``.osm.pbf``, ``.osm``, ``.osm.gz``, ``.osm.bz2``; ``.json`` of
        Overpass), a ``.graphml`` file of OSMnx, or a GIS table (see
        `toolkit.streets.readers.tables.read`).
    cities
        Cities to make packs of. None takes every known city (except the demonstration) whose
        point lies inside the data; if there is none, or an empty list is given, one pack of the
        whole file, named after it.
    boundary
        Boundary of each city. None takes the built-up core, or a disc of 5 km where nothing is
        built up.
    extent
        Where an OpenStreetMap file ends that becomes one pack: at the box that it states, or
        with its streets (``data``).
    progress
        Called with each step and the share done from 0 to 1, None where that is not known. An
        exception that it raises ends the import; nothing is then changed.

    Returns
    -------
    report
        Packs written, and cities left out.

    Raises
    ------
    InputDataError
        If the file cannot be used, has no street in any of the cities, or ends the process that
        reads it.
    """
    file = store.local_file(path)
    say = progress or no_progress
    with _private_folder() as made:
        given = {
            "file": str(file.absolute()),
            "into": str(made.absolute()),
            "cities": None if cities is None else [c.model_dump(mode="json") for c in cities],
            "boundary": None if boundary is None else boundaries.to_json(boundary),
            "extent": extent,
        }
        found = process.ask(
            process.STREETS, "import", given, file=file, progress=say, accept=_names_packs
        )
        installed = []
        for k, name in enumerate(found["packs"]):
            say(f"{name}: checking the pack", k / len(found["packs"]))
            installed.append(_put_in_place(file, made / name))
    return ImportReport(tuple(installed), tuple((city, why) for city, why in found["left_out"]))


def import_pack(
    file: str | os.PathLike[str], *, progress: StepProgress | None = None
) -> ImportedPack:
    """Install a pack from a zip file written by `toolkit.streets.pack_zip.export_pack`.

    Everything is checked before it replaces a pack of the same id, and its layers are written
    anew: what is installed was written by this toolkit.

    Raises
    ------
    InputDataError
        If it is not such a file, contains anything else, is too large unpacked, or the pack in
        it is damaged, foreign or of a newer version.
    """
    path = store.local_file(file)
    with _private_folder() as made:
        given = {"file": str(path.absolute()), "into": str(made.absolute())}
        found = process.ask(
            process.STREETS, "pack", given, file=path, progress=progress,
            accept=_names_packs,
        )  # fmt: skip
        manifest = _put_in_place(path, made / found["packs"][0]).manifest
    return ImportedPack(manifest, str(found["sha256"]))


@contextlib.contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder for packs to be checked, on the disk where they shall lie."""
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(process.private_folder(store.home_dir() / pack.FOLDER))
        except OSError as error:
            msg = (
                f"The folder of your own data cannot be written to ({error.strerror}). Nothing "
                "was changed. Make room, or name another folder with --home."
            )
            raise InputDataError(msg) from error
        yield folder


def _names_packs(found: Any) -> bool:  # noqa: ANN401
    """Return whether a result has the ids of packs, and cities left out with a reason."""
    if not isinstance(found, dict):
        return False
    packs, left_out = found.get("packs"), found.get("left_out")
    return (
        isinstance(packs, list)
        and isinstance(left_out, list)
        and bool(packs)
        and all(isinstance(name, str) and ID.fullmatch(name) for name in packs)
        and all(isinstance(pair, list) and [*map(type, pair)] == [str, str] for pair in left_out)
    )


def _put_in_place(file: Path, made: Path) -> Installed:
    """Check a pack in the private folder and move it to its place, once other writers are done."""
    name = made.name
    problems = pack.folder_problems(made)
    if problems:
        msg = f"{file.name} is not installed: {problems[0]}"
        raise InputDataError(msg)
    folder = store.home_dir() / pack.FOLDER / name
    try:
        with store.one_writer(pack.FOLDER):
            replaced = folder.exists()
            folder_swap.put_in_place(made, folder)
            return Installed(name, pack.read_manifest(name), replaced)
    except OSError as error:
        raise pack.not_written(name, error) from error
