"""Folders and sticks of this computer, one level at a time, for somebody who looks for a file.

Network shares are left out before they are looked at, and so are links, hidden entries and files
that the system would first fetch from elsewhere. All names are text of strangers.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import platformdirs
import psutil

from toolkit.base import store
from toolkit.base.errors import InputDataError

MOST_SHOWN: Final = 100
"""Most entries of one folder that are given: more cannot be looked through on a page."""
MOST_READ: Final = 10_000
"""Most entries of one folder that are read: under a second on an old disk."""

PlaceKind = Literal["home", "downloads", "documents", "desktop", "drive"]

_REMOTE: Final = frozenset(
    {
        "9pnet", "afpfs", "afs", "autofs", "beegfs", "ceph", "cifs", "davfs", "glusterfs", "gpfs",
        "lustre", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs", "webdav",
    }
)  # fmt: skip
"""File systems of other machines, and the one that connects them at the first look."""
_LOCAL_FUSE: Final = frozenset({"fuse.exfat", "fuse.ntfs-3g", "fuse.veracrypt"})
"""The only file systems in user space that are taken for disks of this machine."""
_MOUNTED: Final = ("/media", "/run/media", "/mnt", "/Volumes")
"""Where systems other than Windows show sticks and drives."""
_AWAY: Final = 0x1000 | 0x40000 | 0x400000
"""Attributes of Windows: offline, recall on open, recall on access ("File Attribute Constants",
Microsoft). Opening such a file asks a cloud for it."""
_NOT_SHOWN: Final = stat.FILE_ATTRIBUTE_HIDDEN | stat.FILE_ATTRIBUTE_SYSTEM


@dataclass(frozen=True)
class Place:
    """Where a search can begin."""

    kind: PlaceKind
    path: Path


@dataclass(frozen=True)
class Entry:
    """A folder, or a file of a kind that is looked for, with its size."""

    path: Path
    size_bytes: int | None
    """None of a folder."""

    @property
    def is_folder(self) -> bool:
        """Return whether it is a folder."""
        return self.size_bytes is None


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes
    ----------
    entries
        Files of the kinds looked for, then folders, each by name.
    n_more
        How many more there are that are not given.
    whole
        Whether all of the folder was read; if not, there may be more.
    readable
        Whether it could be read at all.
    """

    entries: tuple[Entry, ...]
    n_more: int = 0
    whole: bool = True
    readable: bool = True


def places() -> tuple[Place, ...]:
    """Return the user's usual folders and the sticks and drives of this machine that are there."""
    mounts = _mounts()
    named: list[tuple[PlaceKind, str]] = []
    with contextlib.suppress(RuntimeError):
        named.append(("home", str(Path.home())))
    named += [
        ("downloads", platformdirs.user_downloads_dir()),
        ("documents", platformdirs.user_documents_dir()),
        ("desktop", platformdirs.user_desktop_dir()),
        *(("drive", path) for path in _drives()),
    ]
    found: dict[Path, Place] = {}
    for kind, text in named:
        with contextlib.suppress(InputDataError, OSError, ValueError):
            path = Path(store.checked_name(text))
            if not is_remote(path, mounts) and path.is_dir() and not path.is_symlink():
                found.setdefault(path, Place(kind, path))
    return tuple(found.values())


def list_folder(folder: Path, endings: Sequence[str], *, below: Path | None = None) -> Listing:
    """Return what is in a folder: folders, and files of some kinds.

    Parameters
    ----------
    folder
        The folder.
    endings
        Endings of the names of files that are looked for, in small letters.
    below
        Folder out of which no link may lead.

    Raises
    ------
    InputDataError
        If it is on another machine, or a link leads out of `below`.
    """
    path = Path(store.checked_name(folder))
    mounts = _mounts()
    if is_remote(path, mounts):
        msg = f"{path.name!r} is on another machine. Copy the file to this one."
        raise InputDataError(msg)
    try:
        if below is not None and not path.resolve().is_relative_to(below.resolve()):
            msg = f"{path.name!r} is a link that leads out of its folder. Name the folder itself."
            raise InputDataError(msg)
        with os.scandir(path) as opened:
            taken = list(itertools.islice(opened, MOST_READ))
            whole = next(opened, None) is None
    except (OSError, RuntimeError):  # no permission, gone, a loop of links
        return Listing((), readable=False)
    found = sorted(
        _shown(taken, tuple(endings), mounts),
        key=lambda e: (e.is_folder, e.path.name.casefold(), e.path.name),
    )
    return Listing(tuple(found[:MOST_SHOWN]), max(0, len(found) - MOST_SHOWN), whole)


def is_remote(path: Path, mounts: Mapping[str, bool]) -> bool:
    """Return whether a path is on another machine, without a look at it.

    Parameters
    ----------
    path
        An absolute path.
    mounts
        By mount point, whether it is on another machine.
    """
    known = (mounts.get(os.path.normcase(place)) for place in (path, *path.parents))
    return next((away for away in known if away is not None), sys.platform == "win32")


def _mounts() -> dict[str, bool]:
    """Return by mount point whether it is on another machine.

    On Windows only disks of this machine are listed: to ask about another would contact it.
    """
    try:
        parts = psutil.disk_partitions(all=sys.platform != "win32")
    except (OSError, psutil.Error):
        return {}
    return {os.path.normcase(p.mountpoint): _is_remote_type(p.fstype, p.opts) for p in parts}


def _is_remote_type(fstype: str, options: str) -> bool:
    kind = fstype.lower()
    in_user_space = kind.startswith("fuse.") and kind not in _LOCAL_FUSE
    return kind in _REMOTE or in_user_space or "remote" in options.split(",")


def _drives() -> Iterator[str]:
    """Yield where sticks and drives of this machine are mounted."""
    try:
        parts = psutil.disk_partitions(all=False)
    except (OSError, psutil.Error):
        return
    for part in parts:
        below = any(part.mountpoint.startswith(f"{place}/") for place in _MOUNTED)
        if sys.platform == "win32" or below:
            yield part.mountpoint


def _shown(
    found: Sequence[os.DirEntry[str]], endings: tuple[str, ...], mounts: Mapping[str, bool]
) -> Iterator[Entry]:
    for one in found:
        path = Path(one.path)
        try:
            one.name.encode()
            store.checked_name(one.name)
            state = one.stat(follow_symlinks=False)
        except (OSError, UnicodeEncodeError, InputDataError):
            continue  # gone, no text, or the name of a device
        attributes = getattr(state, "st_file_attributes", 0)
        hidden = one.name.startswith(".") or attributes & _NOT_SHOWN
        if hidden or attributes & _AWAY or getattr(state, "st_flags", 0) & stat.UF_HIDDEN:
            continue
        if stat.S_ISDIR(state.st_mode) and not _is_junction(state):
            if not mounts.get(os.path.normcase(path)):
                yield Entry(path, None)
        elif stat.S_ISREG(state.st_mode) and one.name.lower().endswith(endings):
            yield Entry(path, state.st_size)


def _is_junction(state: os.stat_result) -> bool:
    """Return whether a folder of Windows is a link to another one."""
    tag = getattr(state, "st_reparse_tag", 0)
    return tag == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
