"""A city over the network: a process of its own asks, and the app's connects nowhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import watched_processes
from app_journey import write_child, write_city
from overpass_server import HOST, Server, serving
from overpass_town import CITY, town
from running import ROOT

from toolkit.app.my_cities import fetch_process
from toolkit.base import store
from toolkit.base.errors import InputDataError, NotFoundError
from toolkit.cli.streets import _FETCH_RADIUS_M
from toolkit.streets import pack
from toolkit.streets.readers.overpass import ask

APP = """
import json, sys
from toolkit.app import serve
serve.guard()
from toolkit.app.my_cities import fetch_process
told = []
fetch_process.fetch({city!r}, lambda text, share: told.append([text, share]), command={command!r})
print(json.dumps(told))
"""
"""The app's process: guarded."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(town(tmp_path_factory.mktemp("town") / "town.osm.pbf")) as found:
        yield found


@pytest.fixture
def command(server: Server, home: Path, tmp_path: Path) -> list[str]:
    """Return the command of a process that asks the server of this test for an invented town."""
    write_city(home)
    server.asked.clear()
    return [sys.executable, "-P", str(write_child(tmp_path, server))]


def test_only_the_process_of_its_own_connects_and_to_the_named_server_alone(
    command: list[str], server: Server, tmp_path: Path
) -> None:
    notes = watched_processes.prepare(tmp_path / "processes")
    server.faults.append("cut")
    app = subprocess.Popen(
        [sys.executable, "-P", "-c", APP.format(city=CITY.id, command=command)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(notes), str(ROOT)))},
    )
    said, _ = app.communicate(timeout=120)
    assert app.returncode == 0
    processes = list(watched_processes.noted(notes).values())
    asking = [one for one in processes if one.command[1:2] == command[2:]]
    assert [set(one.asked) for one in asking] == [{(HOST, server.port), HOST}]
    # The app, and the one that reads what came.
    others = [one for one in processes if one not in asking]
    assert sum("serve.guard()" in "".join(one.command) for one in others) == 1
    assert len(others) > 1
    assert not any(one.asked for one in others)
    assert not server.faults
    assert len(server.questions) > len(set(server.questions))  # what was cut is asked again
    assert pack.find_pack_for(CITY.id) == CITY.id
    told = json.loads(said)
    shares = [share for _, share in told if share is not None]
    assert {0.25, 0.5} <= set(shares) <= {k / 100 for k in range(101)}
    assert any(HOST in text for text, _ in told)


def test_a_stopped_fetch_is_ended_and_goes_on_where_it_was(
    command: list[str], server: Server
) -> None:
    def stop(text: str, _share: float | None) -> None:
        if "2 of" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_process.fetch(CITY.id, stop, command=command)
    assert not fetch_process._running
    assert pack.find_pack_for(CITY.id) is None
    before = len(server.questions)
    assert before
    fetch_process.fetch(CITY.id, lambda *_: None, command=command)
    assert pack.find_pack_for(CITY.id) == CITY.id
    assert len(set(server.questions)) == 4
    assert len(server.questions) < before + 4


def test_a_failure_is_its_last_words(home: Path) -> None:
    script = (
        "import sys; sys.stderr.write(' 50%  half\\n\\x1b[31mIt failed.\\u202e\\n'); sys.exit(1)"
    )
    told: list[tuple[str, float | None]] = []
    with pytest.raises(InputDataError, match=r"^\[31mIt failed\.$"):
        fetch_process.fetch(
            "dawei", lambda *now: told.append(now), command=[sys.executable, "-c", script]
        )
    assert told[0] == ("half", 0.5)
    with pytest.raises(InputDataError, match="cannot be started"):
        fetch_process.fetch("dawei", lambda *_: None, command=[str(home / "none")])
    quiet = [sys.executable, "-c", "import sys; sys.exit(3)"]
    with pytest.raises(InputDataError, match="ended with code 3"):
        fetch_process.fetch("dawei", lambda *_: None, command=quiet)


@pytest.mark.parametrize("name", ["--help", "", "a b", "-x", "../a"])
def test_only_an_id_becomes_a_word_of_the_command(name: str) -> None:
    with pytest.raises(NotFoundError):
        fetch_process.fetch(name, lambda *_: None, command=["none"])


def test_what_the_page_says_is_what_the_command_does() -> None:
    assert ask.host_of(ask.PUBLIC_SERVER.endpoint) == fetch_process.HOST
    assert ask.PUBLIC_SERVER.max_bytes == fetch_process.MOST_MB * 1e6
    assert fetch_process.RADIUS_KM * 1000 == _FETCH_RADIUS_M
    assert store.home_dir().exists()
