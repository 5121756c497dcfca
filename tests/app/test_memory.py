"""What the C library keeps: pools that are shared, and pages that are returned."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from toolkit.app import memory

_POOLS = """
import ctypes, pathlib, sys, threading
from toolkit.app import memory
shared = memory.share_pools() if sys.argv[1] == "shared" else None
together = threading.Barrier(12)
def work():
    kept = [bytes(4096) for _ in range(100)]
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for t in threads: t.start()
for t in threads: t.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
out = libc.fopen(sys.argv[2].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(out))
libc.fclose(ctypes.c_void_p(out))
print(pathlib.Path(sys.argv[2]).read_text().count("<heap nr="))
"""

_PAGES = """
import psutil
from toolkit.app import memory
def used_mb(): return psutil.Process().memory_info().rss / 1e6
kept = [bytes(4096) for _ in range(30_000)]
last = bytes(4096)
del kept
before = used_mb()
assert memory.return_unused()
print(before - used_mb())
"""


def _run(code: str, *arguments: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


@pytest.mark.skipif(memory._gnu() is None, reason="the allocator is not GNU's")
def test_threads_share_a_few_pools(tmp_path: Path) -> None:
    alone = _run(_POOLS, "alone", str(tmp_path / "alone.xml"))
    shared = _run(_POOLS, "shared", str(tmp_path / "shared.xml"))
    assert shared <= memory.MOST_POOLS < alone


@pytest.mark.skipif(memory._gnu() is None, reason="the allocator is not GNU's")
def test_free_pages_are_returned() -> None:
    assert _run(_PAGES) > 80


def test_nothing_is_changed_where_the_library_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert not memory.share_pools()
    assert not memory.return_unused()


def test_returning_ends_with_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[None] = []
    stop = threading.Event()

    def returned() -> bool:
        calls.append(None)
        if len(calls) == 2:
            stop.set()
        return True

    monkeypatch.setattr(memory, "EVERY_S", 0.001)
    monkeypatch.setattr(memory, "return_unused", returned)
    memory.keep_returning(stop)
    assert len(calls) == 2
