"""Commands that write, run in processes that are killed, or whose n-th write fails.

Each trial starts from the same folders, in a child that was forked after everything was loaded. Run
as a script it makes the trials of commands and prints their results as JSON:
``writing.py COMMAND,COMMAND MODE MOST FOLDER``.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import numpy as np
import shapely
import small_city
from batch_plans import HEAD, write_plan
from invented import layers_of
from made import claim_of, other_claim, report_on

from toolkit import cli
from toolkit.assumptions.sets import load_assumptions
from toolkit.base import store
from toolkit.base.errors import ToolkitError
from toolkit.engine import sight_cache
from toolkit.output import gis_files
from toolkit.output.report import write_report
from toolkit.streets import folder_swap, pack_zip
from toolkit.streets.readers import process
from toolkit.studies.batch.plan import read_plan
from toolkit.studies.batch.tasks import all_tasks, run_task

CITY = "mawlamyine"
SECONDS = 60.0
"""How long a trial may take; then it hangs."""
_FAILING = {"open", "os.mkdir", "os.rename", "fsync"}
"""What a full disk refuses."""
_CHANGING = _FAILING | {"os.remove", "os.rmdir", "os.chmod"}


@dataclass(frozen=True)
class Command:
    """Something that writes.

    Attributes
    ----------
    prepare
        Write what is there before, given the folder of a trial, which holds the user's data in
        ``home``.
    act
        Write, and return the exit code.
    again
        Exit codes of a second run after one that has succeeded.
    reads
        Whether a reader is started.
    """

    prepare: Callable[[Path], object]
    act: Callable[[Path], int]
    again: tuple[int, ...] = (0,)
    reads: bool = False


def _nothing(_folder: Path) -> None:
    pass


def _run(*words: object) -> int:
    return cli.main([str(word) for word in words])


def _install(folder: Path, rows: int) -> None:
    small_city.install_checked(folder / "home", rows)


def _pack_file(folder: Path) -> None:
    """Leave an exported pack, and another one of the same name that is installed."""
    _install(folder, 40)
    pack_zip.export_pack(small_city.PACK, folder / "pack.zip")
    _install(folder, 30)


def _installed(folder: Path) -> None:
    _install(folder, 40)


def _claim(number: int) -> int:
    return _run(
        "evidence", "add", CITY, "--status", "installed", "--publisher", "Own", "--source-date",
        "2026-01-01", "--title", "note", "--scope", "public", "--said", "2026-01-01", "--grade",
        "F6", "--reason", "seen", "--says", f"Place {number} has cameras.", "--id", f"own-{number}",
    )  # fmt: skip


def _notes(folder: Path) -> None:
    for number in (1, 2):
        text = f"lat,lon,seen_on\n16.49{number},97.6282,2026-03-31\n"
        (folder / f"notes-{number}.csv").write_text(text, encoding="utf-8")
    _run("cameras", "import", folder / "notes-1.csv", "--city", CITY)


def _sight(folder: Path) -> int:
    """Build lines of sight; a disk that refuses them is no failure, but their lack is."""
    rng = np.random.default_rng(5)
    found = sight_cache.cached_sight(
        {"pack": "a"},
        rng.uniform(0, 200, (10, 2)),
        rng.uniform(0, 200, (80, 2)),
        np.array([shapely.box(80, 80, 120, 120)], dtype=object),
        reach_m=80.0,
        cache_dir=folder / "out",
        top_m=np.array([4.0]),
    )
    return 0 if len(found.start) == 11 and found.start[-1] > 50 else 3


def _report(folder: Path) -> int:
    write_report(
        [report_on(layers_of(4))],
        folder / "out",
        assumptions=load_assumptions(),
        langs=("en", "my"),
        claims_by_city={"testville": (claim_of(), other_claim())},
    )
    return 0


def _export(suffix: str) -> Callable[[Path], int]:
    def act(folder: Path) -> int:
        metadata = {"as_of": "2026-01-01", "attribution": "invented"}
        frames = {"streets": layers_of(12).streets}
        gis_files.write_layers(frames, metadata, folder / f"out/streets{suffix}")
        return 0

    return act


def _plan(folder: Path) -> None:
    write_plan(folder, HEAD + 'cities = ["dawei", "bagan"]\n')


def _batch(folder: Path) -> int:
    """Run the tasks that are not finished, as a batch with ``--resume`` does."""
    for tasks in all_tasks(read_plan(folder / "plan.toml"), folder / "out"):
        for task in tasks:
            run_task(task)
    return 0


COMMANDS = {
    "pack-import": Command(
        _pack_file, lambda at: _run("streets", "import", at / "pack.zip"), reads=True
    ),
    "pack-export": Command(
        _installed, lambda at: _run("streets", "export", small_city.PACK, "--out", at / "out/p.zip")
    ),
    "pack-remove": Command(_installed, lambda _: _run("streets", "remove", small_city.PACK), (1,)),
    "evidence-add": Command(lambda _: _claim(1), lambda _: _claim(2)),
    "assumptions-new": Command(_nothing, lambda _: _run("assumptions", "new", "own"), (1,)),
    "cameras-add": Command(
        _notes,
        lambda at: _run("cameras", "import", at / "notes-2.csv", "--city", CITY, "--add"),
    ),
    "cameras-remove": Command(_notes, lambda _: _run("cameras", "remove", CITY), (1,)),
    "sight": Command(_nothing, _sight),
    "report": Command(_nothing, _report),
    "export-geojson": Command(_nothing, _export(".geojson")),
    "export-gpkg": Command(_nothing, _export(".gpkg")),
    "export-parquet": Command(_nothing, _export(".parquet")),
    "batch": Command(_plan, _batch),
}


@dataclass
class Ended:
    """How a child ended: exit code, or minus the signal, what it said, and how many writes."""

    code: int
    said: str
    writes: int


class _LentReader:
    """A reader that one child after the other uses, since each that is started loads much."""

    def __init__(self, tmp: Path) -> None:
        self._tmp = tmp
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, unless it runs; its answers are left to the children."""
        if self._process is None or self._process.poll() is not None:
            changed = {"TMPDIR": str(self._tmp)}
            with mock.patch.object(process, "_forward"), mock.patch.dict(os.environ, changed):
                self._process = process._started(process.STREETS).process

    def lend(self, service: str) -> process._Reader:
        """Return it in a child, as if it had been started there."""
        lent = self._process
        assert lent is not None
        assert service == process.STREETS
        lent.poll = lambda: None  # type: ignore[method-assign] # no child of this one
        lines: queue.Queue[bytes | None] = queue.Queue()
        threading.Thread(target=process._forward, args=(lent.stdout, lines), daemon=True).start()
        return process._Reader(service, lent, lines)

    def end(self) -> None:
        """End it, with whatever it was doing for a child that was killed."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _in_child(
    folder: Path,
    act: Callable[[Path], int],
    arm: Callable[[_Writes], None],
    reader: _LentReader | None = None,
) -> Ended:
    """Run something in a fork that uses the folders of a trial."""
    if reader is not None:
        reader.start()
    reading, writing = os.pipe()
    gc.freeze()  # a collection in the child would copy all that it shares with this process
    child = os.fork()
    if not child:
        code = 99
        said = io.StringIO()
        writes = _Writes(folder)
        try:
            os.close(reading)
            if reader is not None:
                process._started = reader.lend
            os.environ[store.HOME_VARIABLE] = str(folder / "home")
            os.environ["TMPDIR"] = str(folder / "tmp")
            signal.alarm(int(SECONDS))
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
                arm(writes)
                try:
                    code = act(folder)
                except (ToolkitError, OSError) as error:
                    code = cli.failed(error)
                except SystemExit as error:
                    code = int(error.code or 0)
        except BaseException:  # noqa: BLE001 - it is what the parent looks for
            traceback.print_exc(file=said)
        writes.limit = 0
        os.write(writing, json.dumps([said.getvalue(), writes.n]).encode()[:60_000])
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if reader is not None and not text:
        reader.end()
    said_of_it, n = json.loads(text) if text else ("", 0)
    return Ended(os.waitstatus_to_exitcode(status), said_of_it, n)


class _Writes:
    """The writes of a child below a folder, one of which ends it or fails."""

    def __init__(self, folder: Path) -> None:
        self.n = self.limit = 0
        self.what = _CHANGING
        self.strike: Callable[[], None] = lambda: None
        self._folder = str(folder)
        sys.addaudithook(self._hear)
        os_fsync = os.fsync

        def fsync(handle: int) -> None:
            self._count("fsync")
            os_fsync(handle)

        os.fsync = fsync

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event not in self.what or not isinstance(arguments[0], str | os.PathLike):
            return
        if not os.fspath(arguments[0]).startswith(self._folder):
            return
        if event == "open" and not int(arguments[2]) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        self._count(event)

    def _count(self, event: str) -> None:
        if event not in self.what:
            return
        self.n += 1
        if self.n == self.limit:
            self.strike()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _no_space() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _unarmed(_writes: _Writes) -> None:
    pass


def _killed_at(n: int) -> Callable[[_Writes], None]:
    def arm(writes: _Writes) -> None:
        writes.limit, writes.strike = n, _die

    return arm


def _failing_at(n: int) -> Callable[[_Writes], None]:
    def arm(writes: _Writes) -> None:
        writes.limit, writes.strike, writes.what = n, _no_space, _FAILING

    return arm


def _no_file_beyond(size: int) -> Callable[[_Writes], None]:
    def arm(_writes: _Writes) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return arm


def _killed_after(seconds: float) -> Callable[[_Writes], None]:
    def arm(_writes: _Writes) -> None:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGALRM, lambda *_: _die())
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-4))

    return arm


def _state(folder: Path) -> dict[str, str]:
    """Return the hash of every file that counts: no locks, no leftovers, nothing temporary."""
    found = {}
    for path in sorted(folder.rglob("*")):
        # Between two renames an old pack lies under another name, by which it is found.
        plain = path.parent.with_name(folder_swap.plain_name(path.parent)) / path.name
        parts = plain.relative_to(folder).parts
        if parts[0] not in {"home", "out"} or not path.is_file() or "locks" in parts:
            continue
        if not any(part.startswith(".") for part in parts) and (
            plain == path or not plain.exists()
        ):
            found["/".join(parts)] = store.sha256_file(path)
    return found


def _leftovers(folder: Path) -> list[str]:
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.name.startswith(".") or "tmp" in path.relative_to(folder).parts[:-1]
    )


def _aged(folder: Path) -> None:
    """Let everything be older than a write may take."""
    then = time.time() - 2 * store._STALE_S
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (then, then), follow_symlinks=False)


def _arms(mode: str, unharmed: Ended, seconds: float, most: int) -> list[Callable[[_Writes], None]]:
    """Return what happens in each trial, spread over the run if there are more than `most`."""
    if mode == "limit":
        return [_no_file_beyond(size) for size in (0, 1, 300, 3_000, 30_000)][:most]
    if mode == "time":
        return [_killed_after(seconds * (k + 0.5) / most) for k in range(most)]
    every = range(1, unharmed.writes + 1)
    picked = every if len(every) <= most else np.unique(np.linspace(1, len(every), most).round())
    return [(_killed_at if mode == "kill" else _failing_at)(int(n)) for n in picked]


def _load(command: Command, base: Path, folder: Path) -> None:
    """Run a command in this process, so that children need not load and compile what it takes."""
    shutil.copytree(base, folder)
    os.environ[store.HOME_VARIABLE] = str(folder / "home")
    with contextlib.redirect_stdout(io.StringIO()):
        assert command.act(folder) == 0


def trials(name: str, mode: str, most: int, at: Path) -> dict[str, object]:
    """Return the states before and after a command, and what each trial led to."""
    command = COMMANDS[name]
    base, trial = at / "base", at / "trial"
    for folder in ("home", "out", "tmp"):
        (base / folder).mkdir(parents=True)

    def prepare(folder: Path) -> int:
        command.prepare(folder)
        return 0

    # One whose files may not grow must be started by the command itself.
    reader = _LentReader(trial / "tmp") if command.reads and mode != "limit" else None

    def fresh() -> None:
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(base, trial)

    ended = _in_child(base, prepare, _unarmed)
    assert ended.code == 0, ended.said
    _load(command, base, at / "loaded")
    fresh()
    before = _state(trial)

    def count(writes: _Writes) -> None:
        writes.what = _FAILING if mode == "fail" else _CHANGING

    begin = time.monotonic()
    unharmed = _in_child(trial, command.act, count, reader)
    seconds = time.monotonic() - begin
    assert unharmed.code == 0, unharmed.said
    after = _state(trial)
    _in_child(trial, command.act, _unarmed, reader)
    twice = _state(trial)
    done = []
    for arm in _arms(mode, unharmed, seconds, most):
        fresh()
        ended = _in_child(trial, command.act, arm, reader)
        state, left = _state(trial), _leftovers(trial)
        _aged(trial)
        again = _in_child(trial, command.act, _unarmed, reader)
        done.append(
            {
                "code": ended.code,
                "said": ended.said,
                "state": state,
                "left": left,
                "again": [again.code, again.said],
                "then": _state(trial),
                "left_then": _leftovers(trial),
            }
        )
    if reader is not None:
        reader.end()
    return {
        "before": before, "after": after, "twice": twice, "writes": unharmed.writes, "trials": done,
        "again": command.again,
    }  # fmt: skip


if __name__ == "__main__":
    _names, _mode, _most, _at = sys.argv[1:]
    json.dump(
        {
            name: trials(name, _mode, int(_most), Path(_at) / name)
            for name in _names.split(",") or COMMANDS
        },
        sys.stdout,
    )
