"""Replacement of a folder as a whole: a reader meets the old folder or the new one, never a mix.

The new folder is filled under a scratch name next to its place. Two renames put it there; between
them, the old folder is under the name of `replaced_path`, from which the next write restores it.
Writers of one folder hold a lock, see `toolkit.base.store.one_writer`: without, they would take the
folders of one another for those of interrupted writes.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Final

from toolkit.base import store

_REPLACED: Final = ".replaced"


def scratch_folder(folder: Path) -> Path:
    """Create an empty folder next to the place of a folder, to be filled and put in place.

    Scratch folders left by interrupted writes of the same folder are removed.
    """
    store.make_folder(folder.parent)
    settle(folder)
    return Path(tempfile.mkdtemp(prefix=f".{folder.name}.new-", dir=folder.parent))


def put_in_place(made: Path, folder: Path) -> None:
    """Move a finished folder to its place, replacing any folder there."""
    if not store.is_own(folder):
        made.chmod(0o755)
    _restore(folder)
    if folder.exists():
        folder.rename(replaced_path(folder))
    try:
        made.rename(folder)
    finally:
        settle(folder)


def replaced_path(folder: Path) -> Path:
    """Return the path of the old folder while a new one is put in its place."""
    return folder.with_name(f".{folder.name}{_REPLACED}")


def plain_name(folder: Path) -> str:
    """Return the name of a folder, whether or not it is at its `replaced_path`."""
    if folder.name.startswith(".") and folder.name.endswith(_REPLACED):
        return folder.name.removeprefix(".").removesuffix(_REPLACED)
    return folder.name


def settle(folder: Path) -> None:
    """Clean up after finished and interrupted writes: one folder remains, under its own name."""
    _restore(folder)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        shutil.rmtree(left, ignore_errors=True)


def _restore(folder: Path) -> None:
    """Remove the old folder if the new one is in its place, else put the old one back."""
    old = replaced_path(folder)
    if old.exists():
        if folder.exists():
            shutil.rmtree(old)
        else:
            old.rename(folder)
