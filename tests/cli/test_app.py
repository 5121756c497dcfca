"""The command that opens the app."""

from __future__ import annotations

import pytest

from toolkit.app import serve
from toolkit.base.errors import UsageError


@pytest.fixture
def started(monkeypatch):
    """Note how the app would be started."""
    calls = []
    monkeypatch.setattr(serve, "start", lambda *given, **options: calls.append((given, options)))
    return calls


@pytest.mark.parametrize(("more", "port"), [((), None), (("--port", "8600"), 8600)])
def test_it_is_opened_in_the_browser_of_this_machine(run, started, more, port):
    assert run("app", *more) == (0, "", "Starting the app ...\n")
    assert started == [((port,), {"open_browser": True})]


def test_a_port_is_a_number(run, started):
    code, out, err = run("app", "--port", "http")
    assert (code, out, started) == (2, "", [])
    assert "--port" in err


def test_why_it_cannot_start_is_a_sentence(run, monkeypatch):
    def refuses(*_, **__):
        msg = "Port 8600 is in use."
        raise UsageError(msg)

    monkeypatch.setattr(serve, "start", refuses)
    code, out, err = run("app")
    assert (code, out) == (2, "")
    assert err.endswith("Port 8600 is in use.\n")
