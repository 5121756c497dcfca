"""The pack that was removed last, kept until another one is removed or the app ends.

It is moved within the folder of the packs, where "forget everything" removes it too.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets import folder_swap, pack, pack_zip
from toolkit.streets.manifest import ID

FOLDER: Final = ".removed"
"""Folder in that of the packs; its name is not the id of a pack."""


def set_aside(name: str) -> None:
    """Remove a pack of the user so that `restore` can bring it back; forget the one before.

    Raises
    ------
    NotFoundError, InputDataError
        As `pack_zip.remove_pack`, or if another holds the lock for longer than a minute.
    """
    with store.one_writer(pack.FOLDER):
        folder = pack_zip.own_folder(name)
        _discard()
        store.make_folder(_place())
        folder.rename(_place() / name)


def last() -> str | None:
    """Return the id of the pack that can be brought back, or None."""
    names = [path.name for path in _place().glob("*") if ID.fullmatch(path.name)]
    return names[0] if len(names) == 1 else None


def restore(name: str) -> None:
    """Bring back the pack that was removed last.

    Raises
    ------
    InputDataError
        If it is no longer kept, or streets of that name were installed since.
    """
    with store.one_writer(pack.FOLDER):
        if not ID.fullmatch(name) or last() != name:
            msg = f"Pack {name!r} is no longer kept. Bring it in again from its file."
            raise InputDataError(msg)
        folder = store.home_dir() / pack.FOLDER / name
        folder_swap.settle(folder)
        if folder.exists():
            msg = f"Pack {name!r} was brought in again since. Remove that one first."
            raise InputDataError(msg)
        (_place() / name).rename(folder)


def discard() -> None:
    """Forget the pack that was removed last: from here on it cannot be brought back."""
    if _place().is_dir():
        with store.one_writer(pack.FOLDER):
            _discard()


def _discard() -> None:
    if _place().is_dir():
        shutil.rmtree(_place())


def _place() -> Path:
    return store.home_dir() / pack.FOLDER / FOLDER
