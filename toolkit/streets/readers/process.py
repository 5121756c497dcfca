"""Files of strangers are read in a process of their own, so that none can take this one down.

osmium, GDAL, Arrow and SQLite are compiled code: a file made for it can end the process or eat the
machine. The process that reads is a plain one (`toolkit.streets.readers.serve`), is asked in lines
of JSON, and answers in them: progress, a result, or an error. It is stopped where it uses too much
memory or stands still; what it writes lies in a private folder, and is checked here before it is
used. It is no sandbox: it runs with the rights of the user.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import psutil

from toolkit.base import errors, store
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError, ToolkitError
from toolkit.base.terms import StepProgress, no_progress

STREETS: Final = "toolkit.streets.reader_jobs"
"""Module of the jobs on streets."""
STALLED_S: Final = 120.0
"""A reader that neither reports nor reads from the disk for so long is stopped. The longest step
without either is the sorting of a country's relations, about 20 s on an old laptop."""
MEMORY_SHARE: Final = 0.6
"""Most of the memory that is available at the start that a reader may use."""
LEAST_MEMORY_BYTES: Final = 1 << 30
"""It may always use so much: a country file needs 0.7 GB."""
_LOOK_EVERY_S: Final = 0.1
_MAX_LINE_BYTES: Final = 1 << 28
"""Longest answer: coordinates of `guard.MAX_ROWS` points."""
_MAX_WAITING_LINES: Final = 1000
_FOLDER: Final = ".reading-"
_FOLDER_NAME: Final = re.compile(r"\.reading-(\d{1,9})-.*", re.ASCII)
_ERRORS: Final[dict[str, type[ToolkitError]]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ToolkitError)
}
_ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass
class _Reader:
    """A running reader, and the lines that it has written; None after the last."""

    service: str
    process: subprocess.Popen[bytes]
    lines: queue.Queue[bytes | None]

    def ask(self, question: dict[str, Any]) -> None:
        """Send a question; a reader that has died is noticed when its answer is awaited."""
        if self.process.stdin is None:
            return
        with contextlib.suppress(OSError):
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()

    def end(self) -> None:
        """Kill the reader and wait until it is gone."""
        self.process.kill()
        self.process.wait()
        if self.process.stdin is not None:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def used(self) -> tuple[int, int]:
        """Return its resident memory and what it has read so far, in bytes; zeros once dead."""
        try:
            process = psutil.Process(self.process.pid)
            counters = getattr(process, "io_counters", None)
            read = 0 if counters is None else int(getattr(counters(), "read_chars", 0))
            return int(process.memory_info().rss), read
        except psutil.Error:
            return 0, 0


_idle: dict[str, _Reader] = {}
_lock = threading.Lock()


def ask(
    service: str,
    job: str,
    given: dict[str, Any],
    *,
    file: str | os.PathLike[str],
    progress: StepProgress | None = None,
    accept: Callable[[Any], bool] = lambda _: True,
) -> Any:  # noqa: ANN401 - whatever the job returns, as JSON
    """Let a reader do a job on files and return its result.

    A reader serves one file after the other until it dies or has had nothing to do for some
    minutes. An exception raised by `progress` ends it.

    Parameters
    ----------
    service
        Module with the jobs: a dictionary ``JOBS`` of functions of the arguments and of a
        `StepProgress`, which return something that JSON can hold.
    job
        Name of the job.
    given
        Its arguments, as JSON can hold them.
    file
        File that errors name.
    progress
        Called with each step and the share done, None where that is not known.
    accept
        Whether a result has the shape expected; what has not is treated as a reader that died.

    Raises
    ------
    ToolkitError
        As raised by the job.
    InputDataError
        If the reader dies, stands still or needs too much memory.
    """
    name = clean_text(Path(os.fspath(file)).name) or "The file"
    reader = _taken(service)
    try:
        reader.ask({"job": job, "given": given, "home": str(store.home_dir().absolute())})
        outcome = _answer(reader, name, progress or no_progress)
    except BaseException:
        reader.end()
        raise
    error = outcome.get("error")
    if error == MemoryError.__name__ or (error is None and not accept(outcome["result"])):
        reader.end()
    else:
        _give_back(reader)
    if error is not None:
        raise _as_error(name, outcome)
    if not accept(outcome["result"]):
        raise _died(name)
    return outcome["result"]


def prepare(service: str) -> None:
    """Start the reader that `ask` will need, to be ready while this process does other things."""
    _give_back(_taken(service))


@contextlib.contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """Make a folder for what a reader writes; remove it, and those of runs that were killed."""
    store.make_folder(parent)
    for left in parent.glob(f"{_FOLDER}*"):
        owner = _FOLDER_NAME.fullmatch(left.name)
        if owner and not psutil.pid_exists(int(owner[1])):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def end_all() -> None:
    """End the readers that wait for a job."""
    with _lock:
        readers = list(_idle.values())
        _idle.clear()
    for reader in readers:
        reader.end()


atexit.register(end_all)
if hasattr(os, "register_at_fork"):
    # A fork shares the pipes of its parent's readers: it must not use them.
    os.register_at_fork(after_in_child=_idle.clear)


# --- readers ----------------------------------------------------------------------------------


def _taken(service: str) -> _Reader:
    with _lock:
        reader = _idle.pop(service, None)
    if reader is not None:
        if reader.process.poll() is None:
            return reader
        reader.end()
    return _started(service)


def _give_back(reader: _Reader) -> None:
    """Keep one reader of a kind for the next file."""
    with _lock:
        spare = _idle.setdefault(reader.service, reader)
    if spare is not reader:
        reader.end()


def _started(service: str) -> _Reader:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    environment = {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # others reserve a gigabyte at their start
        "PYTHONPATH": path,  # found too where the toolkit runs from its folder, uninstalled
        "PYTHONSAFEPATH": "1",
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-P", "-m", "toolkit.streets.readers.serve"]
    try:
        process = subprocess.Popen(  # noqa: S603 - this Python, with constants
            [*command, str(_most_bytes()), service],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        msg = f"The process that reads files cannot be started ({error.strerror}). Make room."
        raise InputDataError(msg) from error
    reader = _Reader(service, process, queue.Queue(_MAX_WAITING_LINES))
    threading.Thread(target=_forward, args=(process.stdout, reader.lines), daemon=True).start()
    return reader


def _forward(stream: IO[bytes], lines: queue.Queue[bytes | None]) -> None:
    with stream:
        while (line := stream.readline(_MAX_LINE_BYTES)).endswith(b"\n"):
            lines.put(line)
    lines.put(None)


def _most_bytes() -> int:
    return max(LEAST_MEMORY_BYTES, int(MEMORY_SHARE * psutil.virtual_memory().available))


# --- answers ----------------------------------------------------------------------------------


def _answer(reader: _Reader, name: str, progress: StepProgress) -> dict[str, Any]:
    """Wait for the result of a job or its error, and watch the reader meanwhile."""
    most_bytes = _most_bytes()
    moved = looked = time.monotonic()
    had_read = -1
    while True:
        try:
            line = reader.lines.get(timeout=_LOOK_EVERY_S)
            moved = time.monotonic()
        except queue.Empty:
            line = b""
        now = time.monotonic()
        if now - looked >= _LOOK_EVERY_S:
            looked = now
            memory_bytes, read_bytes = reader.used()
            if memory_bytes > most_bytes:
                raise _too_large(name, most_bytes)
            if read_bytes != had_read:
                had_read, moved = read_bytes, now
            if now - moved > STALLED_S:
                msg = (
                    f"{name} was given up: reading it stood still for {STALLED_S:.0f} seconds. "
                    "Cut it to the city, or get it from its source again."
                )
                raise InputDataError(msg)
        if line == b"":
            continue
        message = None if line is None else _parsed(line)
        if message is None:
            raise _died(name)
        if "progress" not in message:
            return message
        share = message.get("share")
        progress(str(message["progress"]), share if isinstance(share, float) else None)


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(message, dict) and message.keys() & {"progress", "result", "error"}
    return message if known else None


def _died(name: str) -> InputDataError:
    msg = (
        f"{name} ended the process that read it. It is damaged, or made to do harm: do not open "
        "it with other programs. Get it from its source again. Nothing was changed."
    )
    return InputDataError(msg)


def _too_large(name: str, most_bytes: int) -> InputDataError:
    msg = (
        f"{name} needs more than {most_bytes / 1e9:.1f} GB of memory to be read. Cut it to the "
        "city, or end other programs. Nothing was changed."
    )
    return InputDataError(msg)


def _as_error(name: str, outcome: dict[str, Any]) -> ToolkitError:
    """Return the error that a reader states."""
    kind, text = _ERRORS.get(str(outcome["error"])), str(outcome.get("text"))
    if kind is not None:
        return kind(text)
    if outcome["error"] == MemoryError.__name__:
        return _too_large(name, _most_bytes())
    msg = (
        f"{name} cannot be read ({clean_text(str(outcome['error']))}). It may be damaged. If other "
        "programs open it, report this as a fault."
    )
    return InputDataError(msg)
