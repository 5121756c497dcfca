"""Whatever is handed to an import, it says what is wrong in a sentence, or counts it."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import malformed
import pytest
from malformed import ERROR, Case

from toolkit.base import store
from toolkit.streets.schema import LAYERS

HANG_S = 20.0
MAX_S, MAX_MB = 2.0, 200.0
GUARD_MB = 1500
"""Bound of the address space above a process that has imported the importer: threads of the
readers reserve much more than they use."""
WORKER = Path(__file__).parents[2] / "helpers" / "import_worker.py"
PACK_FILES = {"manifest.json", *(f"{layer}.parquet" for layer in LAYERS)}

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="devices, links and limits as on Linux"
)


class Worker:
    """A process that imports one file after the other, started again if it dies or hangs."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.process: subprocess.Popen[str] | None = None

    def _start(self) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            store.HOME_VARIABLE: str(self.home),
            "PYTHONPATH": str(WORKER.parents[2]),
            "MALLOC_ARENA_MAX": "2",
        }
        process = subprocess.Popen(
            [sys.executable, "-W", "error", str(WORKER), str(GUARD_MB)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=environment, cwd=self.home.parent,
        )  # fmt: skip
        self.lines: queue.Queue[str] = queue.Queue()
        assert process.stdout is not None
        source = process.stdout
        threading.Thread(
            target=lambda: [self.lines.put(line) for line in source] + [self.lines.put("")],
            daemon=True,
        ).start()
        return process

    def run(self, case: Case) -> dict[str, Any]:
        self.process = self.process or self._start()
        assert self.process.stdin is not None
        asked = json.dumps({"name": case.name, "target": case.target})
        try:
            self.process.stdin.write(asked + "\n")
            self.process.stdin.flush()
            line = self.lines.get(timeout=HANG_S + 40 * (self.lines.empty() and not self.warm))
        except (queue.Empty, BrokenPipeError):
            line = ""
        self.warm = True
        if line:
            return dict(json.loads(line))
        self.stop()
        return {"kind": "died or hung", "message": case.target, "counts": {}, "left": []}

    warm = False

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    stream.close()
        self.process, self.warm = None, False


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    folder = tmp_path_factory.mktemp("worker")
    made = Worker(folder / "home")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[Case]:
    return malformed.cases(tmp_path_factory.mktemp("bad") / "files")


@pytest.fixture(scope="module")
def outcomes(cases: list[Case], worker: Worker) -> dict[str, dict[str, Any]]:
    return {case.name: worker.run(case) for case in cases}


def problem(case: Case, outcome: dict[str, Any]) -> str | None:
    """Return what is wrong with how a case went, None if nothing is."""
    kind, message, left = outcome["kind"], outcome["message"], outcome["left"]
    if kind != ("error" if case.expected == ERROR else "import"):
        return f"{kind} instead: {message}{outcome['counts']}"
    if kind == "error":
        shown = message.endswith((".", "?")) and len(message) < 1000 and message.isprintable()
        return None if shown and not left else f"not a sentence, or {left} left: {message!r}"
    if case.expected and not outcome["counts"].get(case.expected):
        return f"{case.expected} is not counted: {outcome['counts']}"
    files = {Path(name).name for name in left if Path(name).suffix not in {"", ".lock"}}
    hidden = [name for name in left if "/." in name]
    return f"no whole pack: {left}" if files != PACK_FILES or hidden else None


def test_each_is_an_error_in_a_sentence_or_counted(
    cases: list[Case], outcomes: dict[str, dict[str, Any]]
) -> None:
    names = [case.name for case in cases]
    assert len(names) == len(set(names)) >= 300
    assert sum(name.startswith("name ") for name in names) >= 30
    wrong = {c.name: p for c in cases if (p := problem(c, outcomes[c.name]))}
    assert not wrong, "\n".join(f"{name}: {what[-700:]}" for name, what in wrong.items())


@pytest.mark.slow
def test_each_is_quick_and_small(cases: list[Case], outcomes: dict[str, dict[str, Any]]) -> None:
    """Processor time, so that another busy program is not counted, and resident memory."""
    rows = [(outcomes[c.name]["seconds"], outcomes[c.name]["peak_mb"], c.name) for c in cases]
    print()  # noqa: T201
    for seconds, peak_mb, name in [*sorted(rows)[-8:], *sorted(rows, key=lambda r: r[1])[-8:]]:
        print(f"{seconds:6.2f} s {peak_mb:6.0f} MB  {name}")  # noqa: T201
    assert not [row for row in rows if row[0] > MAX_S or row[1] > MAX_MB]
