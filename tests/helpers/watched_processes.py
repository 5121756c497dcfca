"""What processes ask of the network: noted by Python in each of them, or by the system (strace)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_HOOK = """
import json, os, sys
EVENTS = {{
    "socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.getnameinfo": 0,
}}
folder, events, dumps = {folder!r}, EVENTS, json.dumps
# Opened and written without a name looked up later: a process may end at any time.
notes = os.open(
    os.path.join(folder, f"{{os.getpid()}}.jsonl"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
os.write(notes, (dumps({{"command": sys.orig_argv[1:]}}) + "\\n").encode())
def plain(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else repr(value)
def note(
    event, arguments, write=os.write, notes=notes, events=events, dumps=dumps, plain=plain
):
    at = events.get(event)
    if at is not None and arguments[at] is not None:
        line = dumps({{"event": event, "of": arguments[at]}}, default=plain)
        write(notes, (line + "\\n").encode())
sys.addaudithook(note)
"""
"""Python runs it at its start, in every process that has its folder in PYTHONPATH."""


@dataclass
class Process:
    """A process, and the addresses or names that it asked the network for."""

    command: list[str] = field(default_factory=list)
    asked: list[object] = field(default_factory=list)


def prepare(folder: Path) -> Path:
    """Return a folder for PYTHONPATH: each Python process with it notes what it asks."""
    folder.mkdir(parents=True, exist_ok=True)
    hook = folder / "sitecustomize.py"
    hook.write_text(_HOOK.format(folder=str(folder)), encoding="utf-8")
    return folder


def noted(folder: Path) -> dict[int, Process]:
    """Return what was noted in a prepared folder, by the number of the process."""
    found = {}
    for path in folder.glob("*.jsonl"):
        first, *rest = [json.loads(line) for line in path.read_text().splitlines()]
        asked = [tuple(of) if isinstance(of := one["of"], list) else of for one in rest]
        found[int(path.stem)] = Process(first["command"], asked)
    return found


# --- strace -----------------------------------------------------------------------------------

_CALLS = "%network,%process"
_LINE = re.compile(r"(\d+) +(?:<\.\.\. )?(\w+)(?: resumed>|\()(.*)")
_INET = re.compile(
    r"sa_family=AF_INET6?, sin6?_port=htons\((\d+)\).*?"
    r'(?:inet_addr\("([^"]*)"\)|inet_pton\(AF_INET6, "([^"]*)")'
)
_NEW = re.compile(r"= (\d+)$")
_TRIES, _PAUSE_S = 100, 0.1
_SENDS = frozenset({"connect", "sendto", "sendmsg", "sendmmsg"})


def strace_reason() -> str | None:
    """Return why the system calls of a process cannot be seen here; None where they can."""
    if shutil.which("strace") is None:
        return "strace is not installed (Debian: apt-get install strace)"
    try:
        tried = ["strace", "-f", "-D", "-qq", "-e", f"trace={_CALLS}", "-o", os.devnull, "true"]
        done = subprocess.run(tried, capture_output=True, timeout=20, check=False)
    except subprocess.TimeoutExpired:
        return "strace does not answer"
    return None if done.returncode == 0 else f"strace is not permitted here: {done.stderr!r}"


def under_strace(command: tuple[str, ...], out: Path) -> tuple[str, ...]:
    """Return arguments of Python that run Python with a command under strace.

    The tracer is a process apart (``-D``), so that the number of the process stays, and what ends
    it ends the command.
    """
    words = ["strace", "-f", "-D", "-q", "-s", "256", "-e", f"trace={_CALLS}", "-o", str(out)]
    start = "import os, sys; w = sys.argv[1:]; os.execvp(w[0], [*w])"
    return ("-c", start, *words, sys.executable, *command)


def traced(out: Path, *, ended: int) -> dict[int, Process]:
    """Return the addresses that each process asked for, as the system saw it.

    It waits until the end of the process of the number `ended` is written. Threads count with
    their process. Addresses are host and port, or the text of any other kind of address; what is
    sent through a connection that is there already has none.
    """
    owner: dict[int, int] = {}
    begun: dict[tuple[int, str], str] = {}
    found: dict[int, Process] = defaultdict(Process)
    waiting: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for line in _whole(out, ended).splitlines():
        parts = _LINE.match(line)
        if parts is None:
            continue
        number, call, rest = int(parts[1]), parts[2], parts[3]
        if rest.endswith("<unfinished ...>"):
            begun[number, call] = rest
            continue
        rest = begun.pop((number, call), "") + rest
        new = _NEW.search(rest)
        if call in {"clone", "clone3", "fork", "vfork"}:
            if new:
                child = int(new[1])
                owner[child] = owner.get(number, number) if "CLONE_THREAD" in rest else child
        else:
            waiting[number].append((call, rest))
    for number, calls in waiting.items():
        process = found[owner.get(number, number)]
        for call, rest in calls:
            if call == "execve" and "= 0" in rest:
                process.command = re.findall(r'"((?:[^"\\]|\\.)*)"', rest)
            elif call in _SENDS:
                process.asked += _addresses(rest)
    return dict(found)


def _whole(out: Path, ended: int) -> str:
    """Wait until the tracer, a process apart, has written the end of a process."""
    for _ in range(_TRIES):
        text = out.read_text(errors="replace")
        if re.search(rf"^{ended} +\+\+\+ ", text, re.MULTILINE):
            break
        time.sleep(_PAUSE_S)
    return text


def _addresses(text: str) -> list[object]:
    """Return the addresses in the arguments of a call."""
    inet = [(host or host6, int(port)) for port, host, host6 in _INET.findall(text)]
    if inet:
        return list(inet)
    return [text] if "sa_family=" in text and "AF_NETLINK" not in text else []
