from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from toolkit.base.errors import InputDataError, PackError, PermissionNotGivenError, UsageError
from toolkit.streets.readers import process

SERVICE = "reader_tricks"
HELPERS = Path(__file__).resolve().parents[2] / "helpers"


@pytest.fixture(scope="module", autouse=True)
def _tricks() -> Iterator[None]:
    """Let readers find the jobs; one serves test after test, unless a test ends it."""
    process.end_all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HELPERS))
        yield
    process.end_all()


def ask(job: str, given: dict[str, Any] | None = None, **options: Any) -> Any:
    return process.ask(SERVICE, job, given or {}, file="folder/town.osm", **options)


def children() -> set[int]:
    """Return the readers of this process, which may have started other programs, too."""
    found = psutil.Process().children()
    return {child.pid for child in found if child.is_running() and SERVICE in child.cmdline()}


def is_running(pid: int) -> bool:
    """Return whether a process goes on; one that nobody has asked about since its end does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_result_comes_back_with_each_step() -> None:
    said = []
    given = {"a": [1, None, "ရန်ကုန်"]}
    assert ask("echo", given, progress=lambda *step: said.append(step)) == given
    assert said == [("one step", 0.5), ("another", None)]


def test_one_reader_serves_many_files_of_many_homes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = ask("who")
    monkeypatch.setenv("CAMERA_TOOLKIT_HOME", str(Path("elsewhere").absolute()))
    second = ask("who")
    assert first["pid"] == second["pid"] != os.getpid()
    assert second["home"] == str(Path("elsewhere").absolute()) != first["home"]


def test_a_reader_may_start_before_it_is_asked() -> None:
    process.end_all()
    process.prepare(SERVICE)
    started = children()
    assert len(started) == 1
    process.prepare(SERVICE)
    assert children() == started == {ask("who")["pid"]}


def test_a_reader_takes_no_code_of_the_folder_it_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "psutil.py").write_text("raise SystemExit")
    (tmp_path / "reader_tricks.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    process.end_all()
    found = ask("who")
    assert found["safe"]
    assert not found["here"]


def test_a_reader_loads_neither_compiled_loops_nor_the_app() -> None:
    process.end_all()
    assert not {"numba", "streamlit", "osmium", "pyogrio", "requests"} & set(ask("who")["modules"])


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_the_death_of_a_reader_is_one_sentence(number: int) -> None:
    with pytest.raises(InputDataError, match=r"town\.osm ended the process that read it"):
        ask("die", {"signal": number})
    assert ask("echo", {"b": 1}) == {"b": 1}


def test_a_reader_that_eats_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_most_bytes", lambda: 400 << 20)
    with pytest.raises(InputDataError, match=r"more than 0\.4 GB"):
        ask("eat")
    assert children() == set()


def test_a_reader_that_stands_still_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "STALLED_S", 1.0)
    ask("who")  # the start, which reads many files, is over
    with pytest.raises(InputDataError, match="stood still for 1 seconds"):
        ask("sleep")
    assert children() == set()


def test_what_a_library_prints_is_no_answer() -> None:
    assert ask("print") == "returned"


def test_what_is_no_json_ends_the_reader() -> None:
    with pytest.raises(InputDataError, match="ended the process"):
        ask("garbage")
    assert children() == set()


def test_a_result_of_another_shape_is_not_used() -> None:
    with pytest.raises(InputDataError, match="ended the process"):
        ask("echo", {"packs": "../evil"}, accept=lambda found: "packs" not in found)
    assert children() == set()


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("pack", PackError, "^words$"),
        ("usage", UsageError, "^words$"),
        ("key", InputDataError, r"town\.osm cannot be read \(KeyError\)"),
        ("memory", InputDataError, r"town\.osm needs more than"),
    ],
)
def test_errors_arrive_as_what_they_are(kind: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        ask("fail", {"kind": kind})
    assert ask("who")["pid"] in children()  # an error is no reason to start another


def test_an_exception_of_the_progress_ends_the_reader() -> None:
    class Stop(BaseException):
        pass

    def stop(_sentence: str, _share: float | None) -> None:
        raise Stop

    with pytest.raises(Stop):
        ask("echo", progress=stop)
    assert children() == set()


def test_a_reader_connects_nowhere() -> None:
    with pytest.raises(PermissionNotGivenError, match="tried to reach beyond this machine"):
        ask("connect", {"port": 9})


def test_a_reader_ends_with_its_parent() -> None:
    """Even one that is busy, and a parent that is killed."""
    code = textwrap.dedent(
        """
        from toolkit.streets.readers import process
        print(process.ask("reader_tricks", "who", {}, file="a")["pid"], flush=True)
        process.ask("reader_tricks", "sleep", {}, file="a")
        """
    )
    command = [sys.executable, "-P", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(HELPERS)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    until = time.monotonic() + 120
    while is_running(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(pid)


def test_folders_of_killed_runs_are_removed(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left = tmp_path / f".reading-{gone.pid}-x"
    other = tmp_path / ".reading-notes"
    left.mkdir()
    other.mkdir()
    with process.private_folder(tmp_path) as folder:
        assert not left.exists()
        with process.private_folder(tmp_path):
            assert folder.exists()  # of a run that goes on
    assert [p.name for p in tmp_path.iterdir()] == [other.name]
