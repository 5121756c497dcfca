"""Values kept in memory: the ones used last, made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit.base.lru_cache import LruCache


def test_those_used_last_are_kept():
    kept: LruCache[str] = LruCache(2)
    made = []

    def get(key):
        return kept.get(key, lambda: made.append(key) or key.upper())

    assert [get(k) for k in "ab"] == ["A", "B"]
    assert get("a") == "A"  # used again, so that b goes first
    get("c")
    get("a")
    assert made == ["a", "b", "c"]
    get("b")
    assert made == ["a", "b", "c", "b"]
    kept.clear()
    get("b")
    assert made[-2:] == ["b", "b"]


def test_none_is_a_value_and_a_failure_is_not():
    kept: LruCache[int | None] = LruCache(2)

    def fails():
        msg = "not now"
        raise ValueError(msg)

    assert kept.get("a", lambda: None) is None
    assert kept.get("a", fails) is None
    with pytest.raises(ValueError, match="not now"):
        kept.get("b", fails)
    assert kept.get("b", lambda: 1) == 1


def test_no_thread_waits_for_the_value_of_another():
    kept: LruCache[str] = LruCache(4)
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert go_on.wait(30)
        return "slow"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.get, "slow", slow)
        assert begun.wait(30)
        assert kept.get("quick", lambda: "quick") == "quick"
        go_on.set()
        assert waiting.result(30) == "slow"


def test_threads_that_want_the_same_value_may_wait_for_the_first():
    kept: LruCache[int] = LruCache(4, wait=True)
    begun, go_on, made = threading.Event(), threading.Event(), []

    def slow():
        made.append(1)
        begun.set()
        assert go_on.wait(30)
        return 7

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, "slow", slow)
        assert begun.wait(30)
        others = [pool.submit(kept.get, "slow", slow) for _ in range(2)]
        assert kept.get("quick", lambda: 1) == 1
        go_on.set()
        assert [one.result(30) for one in (first, *others)] == [7, 7, 7]
    assert made == [1]
    assert kept._turns == {}


def test_after_a_failure_the_next_that_waits_tries():
    kept: LruCache[int] = LruCache(4, wait=True)

    def fails():
        msg = "not now"
        raise ValueError(msg)

    with pytest.raises(ValueError, match="not now"):
        kept.get("a", fails)
    assert kept.get("a", lambda: 2) == 2
    assert kept._turns == {}
