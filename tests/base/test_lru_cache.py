"""Values kept in memory: the ones used last, made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from toolkit.base.lru_cache import LruCache


class Slow:
    """A value whose making begins, and ends when it is let go on."""

    def __init__(self, value):
        self.value, self.n_made = value, 0
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self):
        self.n_made += 1
        self.begun.set()
        assert self.go_on.wait(30)
        return self.value


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
    slow = Slow("slow")

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(kept.get, "slow", slow)
        assert slow.begun.wait(30)
        assert kept.get("quick", lambda: "quick") == "quick"
        slow.go_on.set()
        assert waiting.result(30) == "slow"


def test_threads_that_want_the_same_value_may_wait_for_the_first():
    kept: LruCache[int] = LruCache(4, wait=True)
    slow = Slow(7)

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(kept.get, "slow", slow)
        assert slow.begun.wait(30)
        others = [pool.submit(kept.get, "slow", slow) for _ in range(2)]
        assert kept.get("quick", lambda: 1) == 1
        slow.go_on.set()
        assert [one.result(30) for one in (first, *others)] == [7, 7, 7]
    assert slow.n_made == 1
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


@pytest.mark.parametrize("wait", [False, True])
def test_what_was_being_computed_when_all_was_removed_is_not_kept(wait):
    kept: LruCache[str] = LruCache(4, wait=wait)
    slow = Slow("before")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(kept.get, "a", slow)
        assert slow.begun.wait(30)
        if wait:  # the second one waits, and was asked for before, too
            second = pool.submit(kept.get, "a", slow)
            while kept._turns["a"].n_threads < 2:
                pass
        kept.clear()
        slow.go_on.set()
        assert first.result(30) == "before"
        assert not wait or second.result(30) == "before"
    assert "a" not in kept
    assert kept.get("a", lambda: "after") == "after"
    assert "a" in kept
    assert slow.n_made == 1 + wait


def test_a_value_that_is_looked_up_counts_as_used():
    kept: LruCache[str] = LruCache(2)
    assert kept.kept("a") is None
    for key in "ab":
        kept.get(key, lambda key=key: key.upper())
    assert kept.kept("a") == "A"
    kept.get("c", lambda: "C")
    assert kept.kept("b") is None
    assert kept.kept("a") == "A"
