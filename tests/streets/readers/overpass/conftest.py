"""An invented town behind a server of this machine, and nobody else to be reached."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from overpass_server import HOST, Server, serving
from overpass_town import town

from toolkit.base import egress

_abroad: list[object] = []
_watching = threading.Event()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watching.is_set() or event not in egress._CONNECTING_EVENTS:
        return
    target = arguments[0] if event in egress._LOOK_UPS else arguments[1]
    host = target[0] if isinstance(target, tuple) else target
    if host not in (HOST, "", None):
        _abroad.append(host)
        msg = f"a test tried to reach {host!r}"
        raise OSError(msg)


sys.addaudithook(_watch)


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no test reach anybody but 127.0.0.1, and no proxy of the developer come in between."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    _abroad.clear()
    _watching.set()
    yield
    _watching.clear()
    assert _abroad == []


@pytest.fixture(scope="module")
def town_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town(tmp_path_factory.mktemp("town") / "town.osm.pbf")


@pytest.fixture
def server(town_file: Path) -> Iterator[Server]:
    with serving(town_file) as running:
        yield running
