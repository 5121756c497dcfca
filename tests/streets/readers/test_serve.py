from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.base.errors import NotFoundError
from toolkit.streets.readers import serve

HELPERS = Path(__file__).resolve().parents[2] / "helpers"


def test_an_outcome_is_a_result_or_an_error_in_words() -> None:
    def missing(_: object, __: object) -> None:
        msg = "There is none."
        raise NotFoundError(msg)

    def broken(_: object, __: object) -> None:
        raise ZeroDivisionError

    say = lambda _sentence, _share: None  # noqa: E731
    assert serve.outcome_of(lambda given, _: given, {"a": 1}, say) == {"result": {"a": 1}}
    assert serve.outcome_of(missing, {}, say) == {
        "error": "NotFoundError", "text": "There is none.",
    }  # fmt: skip
    assert serve.outcome_of(broken, {}, say) == {"error": "ZeroDivisionError"}


def test_lines_are_answered_until_there_are_none(tmp_path: Path) -> None:
    question = {"job": "echo", "given": {"n": 1}, "home": str(tmp_path)}
    command = [sys.executable, "-P", "-m", "toolkit.streets.readers.serve", str(1 << 32)]
    with subprocess.Popen(
        [*command, "reader_tricks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(HELPERS), "HOME": str(tmp_path)},
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        for _ in range(2):
            reader.stdin.write(json.dumps(question).encode() + b"\n")
            reader.stdin.flush()
            lines = [json.loads(reader.stdout.readline()) for _ in range(3)]
            assert lines == [
                {"progress": "one step", "share": 0.5},
                {"progress": "another", "share": None},
                {"result": {"n": 1}},
            ]
        reader.stdin.close()
        assert reader.wait(20) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what is written to")
def test_memory_is_bounded_by_the_system_too() -> None:
    code = (
        "from toolkit.streets.readers import serve; serve.bound_memory(200 << 20)\n"
        "import resource; assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)\n"
        "try: bytearray(300 << 20)\nexcept MemoryError: print('refused')"
    )
    command = [sys.executable, "-P", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "refused\n", done.stderr
