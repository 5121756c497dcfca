"""A process of its own that asks a map server for one city: the app's process connects nowhere.

It runs ``camera-exposure streets fetch CITY --allow-network``, whose messages are the progress.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import re
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

from toolkit.base import store
from toolkit.base.clean_text import LINE_LIMIT, clean_text
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.base.terms import StepProgress
from toolkit.streets.manifest import ID

HOST: Final = "overpass-api.de"
"""Server that is asked: that of `toolkit.streets.readers.overpass.ask.PUBLIC_SERVER`."""
RADIUS_KM: Final = 8
"""Distance from the centre of a town to which it is asked for, as on the command line."""
MOST_MB: Final = 1000
"""Most that is taken in for one city: `max_bytes` of that server."""

_PROGRESS: Final = re.compile(r" {0,2}(\d{1,3})%  (.+)")
_TICK_S: Final = 0.3
"""How often progress is repeated, so that a click on the page is noticed."""
_END_S: Final = 5.0
_MAX_LINE_BYTES: Final = 1 << 16
_MOST_LINES: Final = 1000
_ROOT: Final = Path(__file__).resolve().parents[3]
_COMMAND: Final = (sys.executable, "-P", "-m", "toolkit")

_running: set[subprocess.Popen[bytes]] = set()


def fetch(city_id: str, progress: StepProgress, *, command: Sequence[str] = _COMMAND) -> None:
    """Let a process fetch and install the streets of a city; what has arrived is kept.

    An exception raised by `progress` ends it. Asked again, it goes on with what is missing.

    Parameters
    ----------
    city_id
        Id of a known city.
    progress
        Called with each message, again and again while there is no new one.
    command
        Program and its first arguments.

    Raises
    ------
    NotFoundError
        If that is no id.
    InputDataError
        If it cannot be started or fails.
    """
    if not ID.fullmatch(city_id):
        msg = f"{city_id[:80]!r} is not the id of a city."
        raise NotFoundError(msg)
    process = _started([*command, "streets", "fetch", city_id, "--allow-network"])
    try:
        said = _follow(process, progress)
        code = process.wait()
    finally:
        _end(process)
    if code:
        msg = said or f"The process that asks the server ended with code {code}. Ask again."
        raise InputDataError(msg)


def end_all() -> None:
    """End all such processes: none outlives the app."""
    for process in tuple(_running):
        _end(process)


atexit.register(end_all)


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    environment = {
        **os.environ,
        "COLUMNS": str(LINE_LIMIT * 2),  # each message on a line of its own
        "PYTHONPATH": path,  # found too where the toolkit runs from its folder, uninstalled
        "PYTHONSAFEPATH": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        store.HOME_VARIABLE: str(store.home_dir().absolute()),
    }
    try:
        process = subprocess.Popen(  # noqa: S603 - this Python, with constants and an id
            list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        msg = f"The process that asks the server cannot be started ({error.strerror}). Make room."
        raise InputDataError(msg) from error
    _running.add(process)
    return process


def _follow(process: subprocess.Popen[bytes], progress: StepProgress) -> str:
    """Report what a process says until it ends; return its last words."""
    lines: queue.Queue[bytes | None] = queue.Queue(_MOST_LINES)
    threading.Thread(target=_forward, args=(process.stderr, lines), daemon=True).start()
    last, share = "", None
    while True:
        with contextlib.suppress(queue.Empty):
            line = lines.get(timeout=_TICK_S)
            if line is None:
                return last
            text = line.decode("utf-8", "replace").rstrip()
            found = _PROGRESS.fullmatch(text)
            if found:
                share, text = min(int(found[1]), 100) / 100, found[2]
            last = clean_line(text) or last
        progress(last, share)


def clean_line(text: str) -> str:
    """Return a message without signs that control a page, part by part as long as it may be."""
    words = [clean_text(part) or "" for part in text[:LINE_LIMIT].split()]
    return " ".join(filter(None, words))


def _forward(stream: IO[bytes] | None, lines: queue.Queue[bytes | None]) -> None:
    if stream is not None:
        with stream:
            while line := stream.readline(_MAX_LINE_BYTES):
                lines.put(line)
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, if it still runs, and wait until it is gone."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    _running.discard(process)
