"""Names of files as people paste them: in quotes, with ``~``, with backslashes, or of a folder.

`toolkit.base.store.local_file` is strict. Here a name is first brought into its form, and whatever
form it has, names of other machines and of devices are refused before any look at the disk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.folders import Listing, list_folder

_QUOTES: Final = ('""', "''", "“”", "‘’")
_AROUND: Final = " \t\r\n\u00a0\u200e\u200f\u202a\u202c\ufeff"
"""White space, and the marks of direction that windows of Windows put in front of a path."""
_MOST_NAMED: Final = 10
"""Files of a folder that a message names."""
_BYTES_PER_MB: Final = 1e6


def spellings(text: str) -> tuple[str, ...]:
    r"""Return what a pasted name can mean, the most literal first. Nothing is looked up.

    Raises
    ------
    InputDataError
        If it is empty, an address, a network share or a device, in any of these forms.

    Examples
    --------
    >>> spellings('"C:/maps/a.osm.pbf" ')
    ('"C:/maps/a.osm.pbf"', 'C:/maps/a.osm.pbf')
    """
    trimmed = text.strip(_AROUND)
    bare = _without_quotes(trimmed)
    if not bare:
        msg = "No file is named. Name one with its folder."
        raise InputDataError(msg)
    if bare.lower().startswith("file:"):
        msg = (
            f"{store.shortened(bare)!r} is an address as browsers show it. Leave out file:// and "
            "name the file with its folder."
        )
        raise InputDataError(msg)
    forms = [trimmed, bare]
    if os.sep == "/" and "\\" in bare and "/" not in bare:
        # A name may hold a backslash here: it is tried as it stands first.
        forms.append(bare.replace("\\", "/"))
    found: dict[str, None] = {}
    for form in forms:
        store.checked_name(form)
        found[store.checked_name(_at_home(form))] = None
    return tuple(found)


def local_path(text: str) -> Path:
    """Return the file or folder that a pasted name means; the most literal one if there is none.

    Raises
    ------
    InputDataError
        See `spellings`.
    """
    names = spellings(text)
    paths = [Path(name) for name in names]
    return next((path for path in paths if _is_there(path)), Path(names[-1]))


def local_file(text: str, endings: Sequence[str]) -> Path:
    """Return the file that a pasted name means, as strict as `store.local_file` from there on.

    Parameters
    ----------
    text
        The name as typed or pasted.
    endings
        Endings of the files that are read, which are named if a folder is given.

    Raises
    ------
    InputDataError
        If there is no such file, or it is a folder: then with what is in it.
    """
    path = local_path(text)
    if _is_folder(path):
        raise InputDataError(_holds(path, list_folder(path.absolute(), endings), endings))
    return store.local_file(path)


def _without_quotes(text: str) -> str:
    for opening, closing in _QUOTES:
        if len(text) > 1 and text[0] == opening and text[-1] == closing:
            return text[1:-1].strip(_AROUND)
    return text


def _at_home(name: str) -> str:
    """Return a name with the user's own folder for ``~``; those of others would be looked up."""
    if name != "~" and name[:2] not in {"~/", "~\\"}:
        return name
    try:
        home = str(Path.home())
    except RuntimeError as error:
        msg = "It is not known which folder is yours. Write the whole name in place of ~."
        raise InputDataError(msg) from error
    return f"{home}{os.sep}{name[2:]}" if name[2:] else home


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _holds(folder: Path, found: Listing, endings: Sequence[str]) -> str:
    name = store.shortened(folder.name or str(folder))
    if not found.readable:
        return f"{name!r} is a folder that cannot be read. Name a file."
    files = [one for one in found.entries if one.size_bytes is not None]
    if not files:
        kinds = ", ".join(endings)
        return f"{name!r} is a folder with no file of the kinds that are read: {kinds}."
    shown = ", ".join(
        f"{store.shortened(one.path.name)!r} ({(one.size_bytes or 0) / _BYTES_PER_MB:,.1f} MB)"
        for one in files[:_MOST_NAMED]
    )
    more = len(files) - _MOST_NAMED
    others = f" and {more} more" if more > 0 else ""
    return f"{name!r} is a folder. Name a file in it: {shown}{others}."
