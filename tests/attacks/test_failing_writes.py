"""A disk that refuses: the n-th write, for every n, and files beyond a size."""

from __future__ import annotations

import sys

import pytest
from writing_trials import ALL, check_states, trials

KEPT_IN_MEMORY = {"sight"}
"""What can do without the disk."""
EVERY = 1000
FEW = tuple(name for name in ALL if name not in {"pack-import", "batch"})
"""Commands with so few writes that each can fail in every run of the tests."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks processes")


def check(names, mode, most, folder):
    for name, found in trials(names, mode, most, folder).items():
        if mode == "fail" and most == EVERY:
            assert len(found["trials"]) == found["writes"]
        failed = 0
        for trial in found["trials"]:
            assert "Traceback" not in trial["said"]
            assert trial["code"] in {0, 1}
            if trial["code"]:
                failed += 1
                last = trial["said"].strip().splitlines()[-1]
                assert last[0].isupper() or last.startswith("p.zip")
                assert last.endswith((".", "?"))
                assert not any(".camera-exposure-part" in line for line in (last,))
            if name not in KEPT_IN_MEMORY and name != "batch":
                assert trial["left"] == []
            check_states(name, found, trial)
        assert (failed > 0) == (name not in KEPT_IN_MEMORY)


def test_whichever_write_fails_is_one_sentence_and_leaves_nothing(tmp_path):
    check(FEW, "fail", EVERY, tmp_path)


@pytest.mark.slow
def test_whichever_write_of_a_pack_or_a_batch_fails(tmp_path):
    check(("pack-import", "batch"), "fail", EVERY, tmp_path)


@pytest.mark.slow
def test_a_file_that_grows_beyond_what_is_free(tmp_path):
    check(ALL[:2] + ALL[3:6] + ALL[7:], "limit", 5, tmp_path)
