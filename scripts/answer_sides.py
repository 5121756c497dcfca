"""The two checkouts that `same_answers.py` compares, and how programs run in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

ROOT: Final = Path(__file__).resolve().parent.parent
SAME, DIFFERENT, USAGE = 0, 1, 2
"""Exit codes."""
_RUN_S: Final = 1800
"""How long one command may take."""
_KEPT_VARIABLES: Final = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")

console = Console(stderr=True, highlight=False, markup=False)


@dataclass(frozen=True)
class Side:
    """One of the two checkouts.

    Attributes
    ----------
    name
        "base" or "here": of the same length, so that what is laid out by width stays alike.
    root
        Root of the checkout.
    folder
        Where its homes and answers lie.
    """

    name: str
    root: Path
    folder: Path

    def home(self, name: str) -> Path:
        """Return the home of that name."""
        return self.folder / "homes" / name

    def out(self, case: str) -> Path:
        """Return the folder of the answers of a case."""
        return self.folder / "out" / case

    def environment(self, home: str) -> dict[str, str]:
        """Return all variables of a run."""
        user = self.folder / "user"
        return {
            **{name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            "HOME": str(user),
            "USERPROFILE": str(user),
            "CAMERA_TOOLKIT_HOME": str(self.home(home)),
            "PYTHONPATH": str(self.root),
            "PYTHONHASHSEED": "0",
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            "COLUMNS": "160",
            "NO_COLOR": "1",
        }

    def normal(self, text: bytes) -> bytes:
        """Return a text without the names of this side's folders."""
        text = text.replace(str(self.folder).encode(), b"(folder)")
        return text.replace(str(self.root).encode(), b"(checkout)")


class Runner:
    """Runs programs, and stops them all when asked to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    def run(self, command: Sequence[str], folder: Path, side: Side, home: str, name: str) -> int:
        """Run a program in a folder, keep what it says there, and return its exit code."""
        with (
            (folder / f"{name}.stdout").open("wb") as out,
            (folder / f"{name}.stderr").open("wb") as err,
        ):
            with self._lock:
                if self._stopped:
                    raise KeyboardInterrupt
                # In a session of its own, so that its children can be stopped with it.
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=side.environment(home),
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=err,
                    start_new_session=True,
                )
                self._running.add(process)
            try:
                return process.wait(_RUN_S)
            finally:
                _kill(process)
                with self._lock:
                    self._running.discard(process)

    def stop(self) -> None:
        """Stop what runs, and start nothing more."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


@contextlib.contextmanager
def worktree(revision: str, path: Path) -> Iterator[Path]:
    """Check a revision out into a folder, and remove it afterwards whatever happens.

    Raises
    ------
    SystemExit
        If there is no such revision.
    """
    git = ("git", "-C", str(ROOT), "worktree")
    try:
        done = subprocess.run(
            [*git, "add", "--detach", "--quiet", str(path), f"{revision}^{{commit}}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            console.print(f"{revision!r} cannot be checked out: {done.stderr.strip()}")
            raise SystemExit(USAGE)
        yield path
    finally:
        subprocess.run([*git, "remove", "--force", str(path)], capture_output=True, check=False)
        shutil.rmtree(path, ignore_errors=True)
        subprocess.run([*git, "prune"], capture_output=True, check=False)


def check_side(side: Side) -> None:
    """Check that a side answers with its own checkout.

    Raises
    ------
    SystemExit
        If it is another one's package that is imported.
    """
    for name in ("user", "homes", "out"):
        (side.folder / name).mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-c", "import toolkit; print(toolkit.__file__)"],
        cwd=side.folder,
        env=side.environment("plain"),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode or not Path(done.stdout.strip()).is_relative_to(side.root):
        console.print(f"The toolkit of {side.root} is not what is imported: {done.stderr}")
        raise SystemExit(USAGE)
