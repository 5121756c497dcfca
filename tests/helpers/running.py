"""Run the app in a process of its own, and note what its pages ask for."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from few_draws import N_DRAWS, N_DRAWS_CITY_LEVEL, N_PLACEMENTS
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
SLOW_S = 180
"""How long a page may take on a busy machine that compiles the loops first."""
SLOW_MS = 1000 * SLOW_S
ARTEFACTS = ROOT / "artefacts"
START_SECONDS = 60
LOCAL_SCHEMES = {"data", "blob", "about"}
# With fewer draws than users have, whose app is started by `app_journey`.
START = (
    "import sys; from toolkit.app import serve; from toolkit.base.errors import ToolkitError\n"
    "from toolkit.assessment import question; from toolkit.threats import city\n"
    f"question.N_DRAWS, question.N_DRAWS_CITY_LEVEL = {N_DRAWS}, {N_DRAWS_CITY_LEVEL}\n"
    f"city.open_city.__kwdefaults__['n_placements'] = {N_PLACEMENTS}\n"
    "from pathlib import Path\n"
    "script = Path(sys.argv[2]) if len(sys.argv) > 2 else None\n"
    "try: serve.start(int(sys.argv[1]), script=script)\n"
    "except ToolkitError as error: sys.exit(str(error))\n"
)


@dataclass
class Server:
    """A running app."""

    url: str
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)


def port() -> str:
    """Return a port that nobody listens to, another one for each worker of the tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the variables of a process that sees no settings of whoever runs the tests."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")}
    return {
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "CAMERA_TOOLKIT_HOME": str(home / "toolkit"),
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        **more,
    }


@contextlib.contextmanager
def serving(
    home: Path,
    *,
    script: Path | None = None,
    cwd: Path | None = None,
    paths: tuple[str, ...] = (),
    command: tuple[str, ...] | None = None,
) -> Iterator[Server]:
    """Start the app in a process, wait until it answers, and stop it afterwards."""
    if command is None:
        command = ("-c", START, port(), *([str(script)] if script else []))
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=cwd or home,
        env=environment(home, PYTHONPATH=os.pathsep.join((str(ROOT), *paths))),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
    )
    server = Server("", process)
    ready = threading.Event()

    def read() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            server.lines.append(line)
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                server.url = found[0]
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        assert ready.wait(START_SECONDS), "the app did not start"
        assert server.url, "".join(server.lines)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(START_SECONDS)
        if process.stderr is not None:
            process.stderr.close()


@dataclass
class Watched:
    """A page, and what it asked for. What the browser asks for itself is not in the list."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def outside(self) -> list[str]:
        """Return the addresses asked that are not of this machine."""
        return [
            url
            for url in self.asked
            if urlsplit(url).scheme not in LOCAL_SCHEMES and urlsplit(url).hostname != "127.0.0.1"
        ]
