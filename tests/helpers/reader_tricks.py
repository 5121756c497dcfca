"""Jobs of a reader that misbehaves, each in another way; see tests of `readers.process`."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from toolkit.base.errors import PackError, UsageError
from toolkit.base.store import home_dir

Say = Callable[[str, float | None], None]


def _echo(given: dict[str, Any], say: Say) -> Any:
    say("one step", 0.5)
    say("another", None)
    return given


def _die(given: dict[str, Any], _: Say) -> None:
    os.kill(os.getpid(), given["signal"])
    time.sleep(60)


def _eat(_: dict[str, Any], say: Say) -> int:
    held = []
    while True:
        held.append(bytearray(b"x" * (64 << 20)))
        say("eating", None)
        time.sleep(0.02)


def _sleep(_: dict[str, Any], __: Say) -> None:
    time.sleep(600)


def _print(_: dict[str, Any], __: Say) -> str:
    sys.stdout.write('{"result": "printed"}\n')
    sys.stdout.flush()
    os.write(1, b'{"result": "written"}\n')
    os.system('echo \'{"result": "of a program"}\'')  # noqa: S605
    return "returned"


def _garbage(_: dict[str, Any], __: Say) -> None:
    # The stream of answers is the only other one that leads to the parent.
    for number in range(3, 64):
        try:
            os.write(number, b"no JSON\n")
        except OSError:
            continue


def _fail(given: dict[str, Any], _: Say) -> None:
    kinds = {"pack": PackError, "usage": UsageError, "key": KeyError, "memory": MemoryError}
    said = "words"
    raise kinds[given["kind"]](said)


def _who(_: dict[str, Any], __: Say) -> dict[str, Any]:
    return {
        "pid": os.getpid(),
        "home": str(home_dir()),
        "safe": sys.flags.safe_path,
        "here": str(Path.cwd()) in sys.path,
        "modules": sorted({name.partition(".")[0] for name in sys.modules}),
    }


def _connect(given: dict[str, Any], _: Say) -> str:
    with socket.socket() as one:
        one.settimeout(2)
        one.connect(("192.0.2.1", given["port"]))
    return json.dumps("connected")


JOBS = {
    "echo": _echo, "die": _die, "eat": _eat, "sleep": _sleep, "print": _print, "garbage": _garbage,
    "fail": _fail, "who": _who, "connect": _connect,
}  # fmt: skip
