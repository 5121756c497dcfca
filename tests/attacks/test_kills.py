"""Processes that write, killed at any moment: the old state or the new, and the next run works."""

from __future__ import annotations

import sys

import pytest
from writing_trials import ALL, check_states, trials

FEW, MANY = 2, 20
"""Kills of each command, in every run of the tests and in the slow ones."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks processes")


def check_kills(names, mode, most, folder):
    n = 0
    for name, found in trials(names, mode, most, folder).items():
        for trial in found["trials"]:
            n += trial["code"] == -9
            assert trial["code"] in ({-9} if mode == "kill" else {-9, 0})
            check_states(name, found, trial)
    return n


def test_killed_at_a_write(tmp_path):
    assert check_kills(ALL, "kill", FEW, tmp_path) >= 20


@pytest.mark.slow
def test_killed_at_every_write(tmp_path):
    assert check_kills(ALL, "kill", MANY, tmp_path) >= 100


@pytest.mark.slow
def test_killed_at_any_time(tmp_path):
    assert check_kills(ALL, "time", MANY, tmp_path) > 0
