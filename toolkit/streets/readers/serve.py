"""The process in which files of strangers are read: ``python -P -m toolkit.streets.readers.serve``.

Started by `toolkit.streets.readers.process` with the most bytes of memory and the module that holds
the jobs. It answers lines of JSON on standard output, ends with its parent, or when it has had
nothing to do for some minutes.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from toolkit.base import egress
from toolkit.base.errors import ToolkitError
from toolkit.base.store import HOME_VARIABLE
from toolkit.base.terms import StepProgress

IDLE_S: Final = 300.0
"""A reader takes some 150 MB: it is not kept for longer without work."""

Job = Callable[[dict[str, Any], StepProgress], Any]


def bound_memory(most_bytes: int) -> None:
    """Let the system refuse more memory, and write no image of it to the disk if this dies.

    Only Linux counts what is really written to; elsewhere the parent alone watches.
    """
    if sys.platform != "linux":
        return
    import resource

    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most_bytes, most_bytes))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def outcome_of(job: Job, given: dict[str, Any], say: StepProgress) -> dict[str, Any]:
    """Do a job and return its result, or its error in words."""
    try:
        return {"result": job(given, say)}
    except ToolkitError as error:
        return {"error": type(error).__name__, "text": str(error)}
    except Exception as error:  # noqa: BLE001 - the parent says it in a sentence
        return {"error": type(error).__name__}


def _listen(questions: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        questions.put(line)
    # The parent has ended, or wants no more: whatever runs is of no use.
    os._exit(0)


def main(arguments: list[str]) -> None:
    """Answer questions until there are none."""
    most_bytes, service = arguments
    # The parent ends this process when the user interrupts it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # What a library prints is no answer.
    os.dup2(2, 1)
    bound_memory(int(most_bytes))
    egress.forbid_connections()
    questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(questions,), daemon=True).start()
    jobs: dict[str, Job] = importlib.import_module(service).JOBS

    def send(message: dict[str, Any]) -> None:
        data = memoryview(json.dumps(message).encode() + b"\n")
        while data:
            data = data[answers.write(data) or 0 :]

    def say(sentence: str, share: float | None) -> None:
        send({"progress": sentence, "share": None if share is None else float(share)})

    with suppress(queue.Empty):
        while line := questions.get(timeout=IDLE_S):
            question = json.loads(line)
            os.environ[HOME_VARIABLE] = question["home"]
            send(outcome_of(jobs[question["job"]], question["given"], say))


if __name__ == "__main__":
    main(sys.argv[1:])
