"""Several programs that write the same file, and who may read what is stored."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import tomllib
from concurrent.futures import ThreadPoolExecutor

import pytest
import small_city

from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.streets import install, pack, pack_zip
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


def test_streets_imported_and_removed_at_once_are_whole(home, tmp_path):
    small_city.install_checked(home, 60, "town")
    file = pack_zip.export_pack("town", tmp_path / "town.zip")
    done = at_once(
        *([["streets", "import", str(file)]] * 2), *([["streets", "remove", "town"]] * 2)
    )
    assert [code for _, code in done[:2]] == [0, 0], done
    for (_, said), code in done[2:]:
        assert code == 0 or "There is no city pack 'town'" in said, said
    if "town" in pack.pack_names():
        assert pack.verify_pack("town") == []
    assert {path.name for path in (home / "packs").iterdir()} <= {"town"}


@pytest.mark.parametrize("name", ["import", "remove", "write"])
def test_writers_of_streets_wait_for_one_another(name, home, tmp_path, monkeypatch):
    small_city.install_checked(home, 20, "town")
    file = pack_zip.export_pack("town", tmp_path / "town.zip")
    writers = {
        "import": lambda: install.import_pack(file),
        "remove": lambda: pack_zip.remove_pack("town"),
        "write": lambda: small_city.install(home, "town", rows=20),
    }
    before = pack.pack_sha256("town")
    monkeypatch.setattr(store, "_PATIENCE_S", 0.0)
    with (
        store.one_writer(pack.FOLDER),
        pytest.raises(InputDataError, match="Another run is working"),
    ):
        writers[name]()
    assert pack.pack_sha256("town") == before
    assert {path.name for path in (home / "packs").iterdir()} == {"town"}
    writers[name]()


def test_streets_put_in_place_by_threads_are_those_of_one(home, tmp_path):
    small_city.install_checked(home, 20, "town")
    kept, done = tmp_path / "kept" / "town", []
    shutil.copytree(home / "packs" / "town", kept)

    def again(n):
        for k in range(40):
            made = tmp_path / f"{n}-{k}" / "town"
            shutil.copytree(kept, made)
            done.append(install._put_in_place(tmp_path / "town.zip", made).pack)

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(again, n) for n in range(2)]:
            one.result(120)
    assert done == ["town"] * 80
    assert pack.verify_pack("town") == []


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
