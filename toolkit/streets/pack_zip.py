"""City packs as single zip files, to be carried on a stick, and removal of packs.

A zip holds exactly the files of one pack. Its entry names are never used as paths: the known parts
are read into memory, checked, and written anew.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Final

from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.streets import folder_swap, pack
from toolkit.streets.manifest import ID
from toolkit.streets.pack import MANIFEST_FILE
from toolkit.streets.readers import guard
from toolkit.streets.schema import LAYERS, OPTIONAL, PackLayers

SUFFIX: Final = ".zip"
RECEIVED: Final = ".received"
"""Folder of the parts as received, next to the pack that is written anew of them."""
_PARTS: Final = (MANIFEST_FILE, *(f"{layer}.parquet" for layer in LAYERS))
_OPTIONAL_PARTS: Final = tuple(f"{layer}.parquet" for layer in OPTIONAL)
_ENTRY: Final = re.compile(r"([a-z0-9-]{1,64})/([a-z]+\.(?:json|parquet))", re.ASCII)
_FIRST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE: Final = (stat.S_IFREG | 0o644) << 16
_UNIX: Final = 3
_MAX_BYTES: Final = 1 << 30
"""Most bytes of all parts together; a pack of 300,000 street pieces has about 30 MB."""
_MAX_LIST_BYTES: Final = 64 << 10


def export_pack(name: str, file: str | os.PathLike[str]) -> Path:
    """Write an installed pack to a zip file; equal packs give equal bytes.

    Parameters
    ----------
    name
        Id of the pack.
    file
        File to write; ``.zip`` is appended if it has no suffix.

    Returns
    -------
    path
        The file written.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    InputDataError
        If the pack is damaged or the file cannot be written.
    """
    folder = pack.pack_folder(name)
    problems = pack.folder_problems(folder)
    if problems:
        msg = f"Pack {name!r} is not exported: {problems[0]}"
        raise InputDataError(msg)
    path = Path(file)
    path = path if path.suffix else path.with_suffix(SUFFIX)
    try:
        with (
            store.replacing(path) as temporary,
            zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive,
        ):
            there = [part for part in _OPTIONAL_PARTS if (folder / part).exists()]
            for part in (*_PARTS, *there):
                entry = zipfile.ZipInfo(f"{name}/{part}", _FIRST_ZIP_DATE)
                entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
                archive.writestr(entry, (folder / part).read_bytes())
    except OSError as error:
        msg = f"{path.name} could not be written ({error.strerror}). Choose another place."
        raise InputDataError(msg) from error
    return path


def write_anew(file: str | os.PathLike[str], into: Path) -> tuple[str, str]:
    """Check a pack in a zip file written by `export_pack`, and write its layers anew.

    Runs in the process that reads files of strangers, see `toolkit.streets.install.import_pack`.

    Parameters
    ----------
    file
        The zip file.
    into
        Folder in which the folder of the pack is made.

    Returns
    -------
    name, sha256
        Id of the pack, and hash of its manifest as received.

    Raises
    ------
    InputDataError
        If it is not such a file, contains anything else, is too large unpacked, or the pack in
        it is damaged, foreign or of a newer version.
    """
    path = store.local_file(file)
    if path.stat().st_size > _MAX_BYTES + _MAX_LIST_BYTES:
        msg = f"{path.name} is larger than any city pack can be."
        raise InputDataError(msg)
    try:
        with guard.open_zip(path) as archive:
            name, parts = _parts_of(path, archive)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        msg = f"{path.name} is not a whole zip file of a city pack. Export and copy it again."
        raise InputDataError(msg) from error
    received = into / RECEIVED / name
    try:
        received.mkdir(parents=True)
        for part, data in parts.items():
            (received / part).write_bytes(data)
        problems = pack.folder_problems(received)
        if problems:
            msg = f"{path.name} is not installed: {problems[0]}"
            raise InputDataError(msg)
        opened = pack.open_folder(received)
        layers = PackLayers(**{layer: getattr(opened, layer) for layer in (*LAYERS, *OPTIONAL)})
        pack.write_pack(into / name, opened.manifest, layers)
    except OSError as error:
        raise pack.not_written(name, error) from error
    return name, opened.sha256


def is_pack_file(file: str | os.PathLike[str]) -> bool:
    """Return whether a local file looks like an exported pack: a zip with a manifest."""
    path = store.local_file(file)
    if path.suffix.lower() != SUFFIX:
        return False
    try:
        with guard.open_zip(path) as archive:
            return any(entry.filename.endswith(f"/{MANIFEST_FILE}") for entry in archive.filelist)
    except InputDataError:
        return False


def remove_pack(name: str) -> None:
    """Remove a pack of the user. A built-in pack of the same id is visible again afterwards.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    InputDataError
        If the pack is built in, or another holds the lock for longer than a minute.
    """
    with store.one_writer(pack.FOLDER):
        folder = own_folder(name)
        # Renamed first, so that an interrupted removal leaves no partial pack.
        gone = folder_swap.scratch_folder(folder)
        try:
            folder.rename(gone / name)
        finally:
            shutil.rmtree(gone)


def own_folder(name: str) -> Path:
    """Return the folder of a pack of the user, to be moved or removed by who holds its lock.

    Raises
    ------
    NotFoundError
        If there is no such pack.
    InputDataError
        If the pack is built in.
    """
    home = store.home_dir() / pack.FOLDER
    if ID.fullmatch(name):
        folder_swap.settle(home / name)
    folder = pack.pack_folder(name)
    if folder.parent != home:
        msg = f"Pack {name!r} comes with the toolkit and is not removed."
        raise InputDataError(msg)
    if folder.is_symlink():
        msg = f"Pack {name!r} is a link to another folder. Remove the link yourself."
        raise NotFoundError(msg)
    return folder


def remove_all() -> int:
    """Remove all packs of the user, also damaged ones, and return the number of files.

    Raises
    ------
    InputDataError
        See `store.remove_own`.
    """
    return store.remove_own(pack.FOLDER)


def _parts_of(path: Path, archive: zipfile.ZipFile) -> tuple[str, dict[str, bytes]]:
    """Read the parts of a pack from an untrusted zip file."""
    entries = archive.infolist()
    most = len(_PARTS) + len(_OPTIONAL_PARTS)
    matches = [_ENTRY.fullmatch(entry.filename) for entry in entries[: most + 1]]
    names = {match[1] for match in matches if match}
    found = sorted(match[2] for match in matches if match)
    known = sorted({*_PARTS, *(part for part in _OPTIONAL_PARTS if part in found)})
    if len(names) != 1 or found != known or len(entries) != len(known):
        msg = f"{path.name} does not hold the files of one city pack and no others."
        raise InputDataError(msg)
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or entry.flag_bits & 1:
            msg = f"{path.name} has a link or an encrypted part. Export the pack again."
            raise InputDataError(msg)
    if sum(entry.file_size for entry in entries) > _MAX_BYTES:
        msg = f"{path.name} unpacks to more than {_MAX_BYTES >> 20} MB. It is not read."
        raise InputDataError(msg)
    parts = {}
    for entry in entries:
        with archive.open(entry) as stream:
            data = stream.read(entry.file_size + 1)
        if len(data) != entry.file_size:
            msg = f"{path.name} unpacks to another size than it states. It is not read."
            raise InputDataError(msg)
        parts[entry.filename.partition("/")[2]] = data
    return names.pop(), parts
