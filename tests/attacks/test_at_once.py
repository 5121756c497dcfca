"""Several programs that write the same file, and who may read what is stored."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tomllib

import pytest

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets.stored_notes import list_cameras

N = 4
NOTES = "lat,lon,seen_on\n{lat},97.6282,2026-03-31\n"


def at_once(*commands):
    """Run command lines of the toolkit at the same time; return their results."""
    running = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "toolkit", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for words in commands
    ]  # fmt: skip
    return [(one.communicate(timeout=120), one.returncode) for one in running]


def test_claims_added_at_once_are_all_kept():
    base = [
        "evidence", "add", "mawlamyine", "--status", "installed", "--publisher", "Own",
        "--source-date", "2026-01-01", "--title", "note", "--scope", "public", "--said",
        "2026-01-01", "--grade", "F6", "--reason", "seen",
    ]  # fmt: skip
    done = at_once(*([*base, "--says", f"Cameras stand at place {k}.", "--id", f"own-{k}"]
                     for k in range(N)))  # fmt: skip
    assert [code for _, code in done] == [0] * N, done
    path = store.home_dir() / "evidence" / "mawlamyine.toml"
    kept = tomllib.loads(path.read_text(encoding="utf-8"))["claim"]
    assert sorted(row["id"] for row in kept) == [f"own-{k}" for k in range(N)]


def test_notes_added_at_once_are_all_kept(tmp_path):
    files = []
    for k in range(N):
        file = tmp_path / f"notes-{k}.csv"
        file.write_text(NOTES.format(lat=16.49 + k / 1000), encoding="utf-8")
        files.append(file)
    done = at_once(*(["cameras", "import", str(f), "--city", "mawlamyine", "--add"] for f in files))
    assert [code for _, code in done] == [0] * N, done
    assert len(list_cameras("mawlamyine")) == N


def test_a_lock_is_waited_for_and_at_last_given_up(monkeypatch):
    monkeypatch.setattr(store, "_PATIENCE_S", 0.1)
    order = []
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with store.one_writer("evidence"):
            entered.set()
            leave.wait(10)
            order.append("first")

    holder = threading.Thread(target=hold)
    holder.start()
    entered.wait(10)
    with pytest.raises(InputDataError, match="Another run"), store.one_writer("evidence"):
        pass
    monkeypatch.setattr(store, "_PATIENCE_S", 10.0)
    threading.Timer(0.1, leave.set).start()
    with store.one_writer("evidence"):
        order.append("second")
    holder.join()
    assert order == ["first", "second"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_may_read_the_users_data(tmp_path):
    store.write_text(store.home_dir() / "evidence" / "dawei.toml", "x")
    with store.one_writer("evidence"):
        pass
    for path in store.home_dir().rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    store.write_text(tmp_path / "out" / "report.html", "x")
    assert (tmp_path / "out" / "report.html").stat().st_mode & 0o777 == 0o644
