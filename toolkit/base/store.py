"""Where data are stored and how they are written: the only module that knows paths.

Built-in data are in ``geodata/`` (`builtin_dir`). A user's own data are in
``CAMERA_TOOLKIT_HOME`` if that is set, else in the user data folder of the system, and take
precedence. Every file is written under a temporary name and then renamed, so that a reader sees
the old file or the new one, never half of one.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import platformdirs

from toolkit.base.errors import InputDataError

HOME_VARIABLE = "CAMERA_TOOLKIT_HOME"
_APP_NAME = "camera-exposure-toolkit"
_CHUNK_BYTES = 1 << 20
_NAME_SHOWN = 200
_PRIVATE_FILE, _SHARED_FILE = 0o600, 0o644
_PRIVATE_FOLDER, _SHARED_FOLDER = 0o700, 0o777
"""Modes below the user's own data, and elsewhere (less the mask of the process)."""
PART = ".camera-exposure-part"
"""Ending of temporary names, by which what an interrupted write has left is known."""
_STALE_S = 3600.0
"""Age from which it counts as left: no single file takes as long to write."""
_PATIENCE_S = 60.0
_LOCK_WAIT_S = 0.02
_LOCKS = "locks"
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])[ .]*(?:[.:].*)?")
"""Names that Windows keeps for devices, whatever their ending ("Naming Files", Microsoft)."""
_DRIVE = re.compile(r"^[a-z]:")
"""Letter of a drive, which a name may follow without a separator."""
_PACKAGE = Path(__file__).resolve().parents[1]


def builtin_dir() -> Path:
    """Return the folder of the data that come with the toolkit.

    A wheel has it inside the package; in a checkout, also one installed in editable mode, it is
    next to the package.
    """
    inside = _PACKAGE / "geodata"
    return inside if inside.is_dir() else _PACKAGE.parent / "geodata"


def home_dir() -> Path:
    """Return the folder of the user's own data, which may not exist yet."""
    named = os.environ.get(HOME_VARIABLE)
    return Path(named).expanduser() if named else Path(platformdirs.user_data_dir(_APP_NAME))


def cache_dir() -> Path:
    """Return the folder of what can be recomputed at any time."""
    return home_dir() / "cache"


def find(relative: str) -> Path | None:
    """Return the user's own file or folder of a name, else the built-in one, else None.

    Raises
    ------
    InputDataError
        If it is no plain name, see `checked_name`.
    """
    checked_name(relative)
    for root in (home_dir(), builtin_dir()):
        path = root / relative
        if path.exists():
            return path
    return None


def shortened(name: str) -> str:
    """Return the end of a name that is too long for a message."""
    return name[-_NAME_SHOWN:]


def checked_name(name: str | os.PathLike[str]) -> str:
    """Return the name of a file or folder of this machine, without a look at the disk.

    A look can be too much: Windows sends the hash of the user's password to the machine of a
    network share as soon as it asks whether a folder is there.

    Raises
    ------
    InputDataError
        If it is a URL, a virtual file system, a network share or a device.
    """
    text = os.fspath(name)
    slashed = text.lower().replace("\\", "/")
    shown = text[:_NAME_SHOWN]
    if "://" in slashed or slashed.startswith(("/vsi", "//", "vsi", "/??/")) or "\0" in text:
        msg = f"{shown!r} is not a plain local file. Copy the file to this machine and name it."
        raise InputDataError(msg)
    if any(_DEVICE.fullmatch(part) for part in _DRIVE.sub("", slashed).split("/")):
        msg = f"{shown!r} is the name of a device on Windows. Rename the file or the folder."
        raise InputDataError(msg)
    return text


def local_folder(name: str | os.PathLike[str]) -> Path:
    """Return a path after checking that it names a folder of this machine.

    Raises
    ------
    InputDataError
        If there is no such folder, see `checked_name`.
    """
    path = Path(checked_name(name))
    try:
        there = path.is_dir()
    except (OSError, ValueError):
        there = False
    if not there:
        msg = f"There is no folder {shortened(os.fspath(name))!r}. Check the name."
        raise InputDataError(msg)
    return path


def local_file(name: str | os.PathLike[str]) -> Path:
    """Return a path after checking that it names a plain local file.

    URLs, GDAL virtual file systems, network shares and devices are refused, since opening them
    can contact another machine. So are symbolic links that lead out of their folder: in a folder
    made by somebody else, they could expose other files of this machine.

    Raises
    ------
    InputDataError
        If there is no plain local file of that name.
    """
    text = checked_name(name)
    path = Path(text)
    try:
        there = path.is_file()
        away = path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve())
    except (OSError, RuntimeError, ValueError):  # a name too long, a loop of links
        there = away = False
    if not there:
        msg = f"There is no file {shortened(text)!r}. Check the name and the folder."
        raise InputDataError(msg)
    if away:
        msg = f"{path.name!r} is a link that leads out of its folder. Name the file itself."
        raise InputDataError(msg)
    return path


def sha256_bytes(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def canonical_json(value: Any) -> bytes:  # noqa: ANN401
    """Return the canonical JSON of a value: sorted keys, UTF-8, no spaces.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": [2, None]})
    b'{"a":[2,null],"b":1}'
    """
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    ).encode()


def is_own(path: Path) -> bool:
    """Return whether a path lies in the folder of the user's own data."""
    return Path(os.path.abspath(path)).is_relative_to(os.path.abspath(home_dir()))  # noqa: PTH100


def make_folder(folder: Path) -> None:
    """Make a folder and those above it; below the user's own data nobody else may read them.

    What a user looks at is nobody else's business on a computer that several share.
    """
    if folder.is_dir():
        return
    if folder.parent != folder:
        make_folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=_PRIVATE_FOLDER if is_own(folder) else _SHARED_FOLDER)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path in the same folder; move it to `path` if the block succeeds.

    Raises
    ------
    InputDataError
        If its name is that of a device, see `checked_name`.
    """
    checked_name(path.name)
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a folder of that name is there", path.name)
    make_folder(path.parent)
    remove_leftovers(path.parent)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.chmod(_PRIVATE_FILE if is_own(path) else _SHARED_FILE)
        temporary.replace(path)
    except OSError as error:
        if error.errno is not None:
            error.filename = path.name  # not the temporary one, or none at all
        raise
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def scratch(folder: Path | None = None) -> Iterator[Path]:
    """Give a private folder for the block, in another one or in the user's own cache.

    In the temporary folder of the system, what a killed process leaves would stay for others.
    """
    place = cache_dir() / "scratch" if folder is None else folder
    make_folder(place)
    remove_leftovers(place)
    with tempfile.TemporaryDirectory(
        prefix=".", suffix=PART, dir=place, ignore_cleanup_errors=True
    ) as made:
        yield Path(made)


def remove_leftovers(folder: Path, *, older_than_s: float = _STALE_S) -> None:
    """Remove what interrupted writes have left in a folder; younger ones may still be going on."""
    until = time.time() - older_than_s
    for left in folder.glob(f".*{PART}"):
        with contextlib.suppress(OSError):
            if max(path.lstat().st_mtime for path in (left, *left.rglob("*"))) > until:
                continue
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink()


def remove_own(folder: str) -> int:
    """Remove a folder of the user's data, such as ``evidence``, and all that is in it.

    It gets another name first, so that a reader meets the whole folder or none.

    Returns
    -------
    n_files
        Files that were in it; 0 if there is no such folder.

    Raises
    ------
    InputDataError
        If it is a link, or another holds its lock for longer than a minute.
    """
    place = home_dir() / folder
    with one_writer(folder):
        return _remove_folder(place)


def remove_caches() -> int:
    """Remove what can be recomputed, and return the number of files.

    Locks stay: they are empty, and each is named by the hash of a path.
    """
    if not cache_dir().is_dir():
        return 0
    kept = {_LOCKS}
    return sum(_remove_folder(path) for path in cache_dir().iterdir() if path.name not in kept)


def _remove_folder(place: Path) -> int:
    for left in place.parent.glob(f".{place.name}.*{PART}"):
        shutil.rmtree(left)
    if place.is_symlink():
        msg = (
            f"The folder {place.name!r} is a link to another place. Remove what is there, and the "
            "link, yourself."
        )
        raise InputDataError(msg)
    if not place.is_dir():
        return 0
    n_files = sum(path.is_file() for path in place.rglob("*"))
    gone = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=PART, dir=place.parent))
    place.rename(gone / place.name)
    shutil.rmtree(gone)
    return n_files


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file atomically: a reader sees the old content or the new."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, as UTF-8 with line feeds."""
    write_bytes(path, text.encode())


@contextlib.contextmanager
def alone_in(folder: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Lock a folder against other processes and threads of this user while the block runs.

    The system releases the lock when the process ends, however it ends; nothing is written into
    the folder itself.

    Parameters
    ----------
    folder
        The folder, which need not exist.
    patience_s
        How long to wait for the lock.

    Raises
    ------
    InputDataError
        If another holds the lock for longer.
    """
    # One lock for a link and its target, and for spellings that a file system does not tell apart.
    name = sha256_bytes(os.path.normcase(folder.resolve()).encode("utf-8", "surrogatepass"))
    path = cache_dir() / _LOCKS / f"{name[:32]}.lock"
    make_folder(path.parent)
    until = time.monotonic() + patience_s
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE_FILE), "r+b") as stream:
        while True:
            try:
                _lock(stream)
                break
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
                    raise
                if time.monotonic() < until:
                    time.sleep(_LOCK_WAIT_S)
                    continue
                msg = (
                    f"Another run is working in the folder {folder.name!r}. Wait until it has "
                    "ended, or name another folder."
                )
                raise InputDataError(msg) from None
        yield


def one_writer(folder: str) -> contextlib.AbstractContextManager[None]:
    """Lock a folder of the user's data, such as ``evidence``, while it is read and written again.

    Raises
    ------
    InputDataError
        If another holds the lock for longer than a minute.
    """
    return alone_in(home_dir() / folder, patience_s=_PATIENCE_S)


def _lock(stream: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
