"""Layers that are made when they are asked for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from invented import layers_of

from toolkit.assessment.layers import LazyLayers


def test_they_are_made_once_for_all_sessions_and_progress_is_passed_on():
    made, told = [], []
    begun = threading.Event()

    def make(progress):
        begun.wait(10)
        made.append(threading.get_ident())
        progress(0.5)
        return layers_of()

    lazy = LazyLayers(make)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(lazy.get, told.append) for _ in range(4)]
        begun.set()
        found = {id(one.result(30)) for one in asked}
    assert len(made) == len(found) == 1
    assert told == [0.5]
    assert id(lazy.get()) in found


def test_what_failed_is_tried_again():
    tries = iter([ValueError("damaged"), layers_of()])

    def make(progress):
        del progress
        found = next(tries)
        if isinstance(found, ValueError):
            raise found
        return found

    lazy = LazyLayers(make)
    with pytest.raises(ValueError, match="damaged"):
        lazy.get()
    assert lazy.get().attribution
