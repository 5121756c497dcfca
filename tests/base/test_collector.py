"""The pause of the garbage collector ends when the last one who asked for it has finished."""

from __future__ import annotations

import gc
import threading

import pytest

from toolkit.base.collector import paused


def test_it_rests_until_the_last_pause_has_ended() -> None:
    assert gc.isenabled()
    with paused():
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_pauses_of_several_threads_overlap() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def rest() -> None:
        with paused():
            inside.set()
            go_on.wait()

    other = threading.Thread(target=rest)
    with paused():
        other.start()
        inside.wait()
    assert not gc.isenabled()
    go_on.set()
    other.join()
    assert gc.isenabled()


def test_it_runs_again_after_an_error() -> None:
    @paused()
    def fail() -> None:
        msg = "failed"
        raise ValueError(msg)

    for _ in range(2):
        with pytest.raises(ValueError, match="failed"):
            fail()
        assert gc.isenabled()


def test_who_had_switched_it_off_finds_it_off() -> None:
    gc.disable()
    try:
        with paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
