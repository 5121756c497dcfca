"""One question to a server: what is sent, what is refused, and how it ends."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import osmnx
import pytest
import requests
import shapely
from overpass_server import HOST, Server
from overpass_town import fetch, quick

from toolkit.base.errors import InputDataError
from toolkit.streets.readers.overpass import ask
from toolkit.streets.readers.overpass.fetch import _wanted


def test_only_the_interpreter_is_asked_with_plain_headers(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    login = tmp_path / "netrc"
    login.write_text(f"machine {HOST} login me password word\n")
    monkeypatch.setenv("NETRC", str(login))
    monkeypatch.chdir(tmp_path)
    fetch(server)
    assert {(a.method, a.path) for a in server.asked} == {("POST", "/api/interpreter")}
    headers = server.asked[0].headers
    assert headers.pop("Host") == f"{HOST}:{server.port}"
    assert headers.pop("User-Agent") == ask.USER_AGENT
    assert headers.pop("Accept-Language") == "en"
    assert set(headers) == {
        "Accept", "Accept-Encoding", "Connection", "Content-Length", "Content-Type",
    }  # fmt: skip
    assert {p.name for p in tmp_path.iterdir()} == {"netrc"}


def test_a_question_reads_as_osmnx_asks_it() -> None:
    """So that the server cannot tell who asks from others who use osmnx."""
    from osmnx import _overpass

    tile = shapely.box(96.05, 16.05, 96.1, 16.1)
    wanted = _wanted() | {"barrier": "gate"}
    (corners,) = _overpass._make_overpass_polygon_coord_strs(tile)
    theirs = _overpass._create_overpass_features_query(corners, wanted)
    assert ask.question(tile, wanted, osmnx.settings.requests_timeout) == theirs
    assert osmnx.settings.http_user_agent == ask.USER_AGENT


def test_a_question_given_up_is_not_taken_to_its_end(server: Server, tmp_path: Path) -> None:
    server.always = "slow_body"
    answer = tmp_path / "answer.json"
    with pytest.raises(InputDataError, match="still sending"):
        ask.ask(
            shapely.box(96, 16, 96.1, 16.1),
            {"highway": True},
            answer,
            server=quick(server, answer_s=0.1),
            max_bytes=1000,
            tell=lambda _text: None,
        )
    (asking,) = [t for t in threading.enumerate() if t.name == "overpass"] or [None]
    if asking:
        asking.join(30)
        assert not asking.is_alive()
    assert answer.stat().st_size < 1000
    assert len(server.asked) == 1


def test_no_other_address_can_be_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even if what is sent on were followed."""
    real = requests.Session.post

    def post(*arguments: Any, **options: Any) -> Any:
        return real(*arguments, **(options | {"allow_redirects": True}))

    monkeypatch.setattr(requests.Session, "post", post)
    server.always = "redirect"
    with pytest.raises(InputDataError, match="cannot be asked"):
        fetch(server)
    assert {a.path for a in server.asked} == {"/api/interpreter"}


def test_a_proxy_is_used_and_the_host_is_not_looked_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The watch of this module would refuse any look-up of another name than 127.0.0.1."""
    monkeypatch.setenv("http_proxy", f"http://{HOST}:{server.port}")
    told: list[str] = []
    fetch(server, endpoint="http://localhost:9/api", announce=told.append)
    assert f"through the proxy {HOST}:{server.port}" in told[0]
    assert len(server.questions) == 4
    assert server.asked[0].headers["Host"] == "localhost:9"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://overpass-api.de/api",
        "http://192.168.0.7/api",
        "ftp://127.0.0.1/api",
        "https://me:word@127.0.0.1/api",
        "https://127.0.0.1/api?x=1",
        "https:///api",
        "https://127.0.0.1:port/api",
        "https://exa mple.org/api",
        "https://bü.example/api",
        "file:///etc/passwd",
        "overpass-api.de",
        "",
    ],
)
def test_addresses_that_are_refused(server: Server, endpoint: str) -> None:
    with pytest.raises(InputDataError, match=r"address|encryption"):
        fetch(server, endpoint=endpoint)


@pytest.mark.parametrize(
    ("value", "wait_s"),
    [(None, None), ("", None), ("7", 7), ("soon", None), ("-3", None), ("9" * 5000, None)],
)
def test_how_long_a_server_asks_to_wait(value: str | None, wait_s: float | None) -> None:
    assert ask._wait_s(value) == wait_s


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (requests.exceptions.SSLError("x"), "certificate of example.org is not accepted"),
        (requests.exceptions.InvalidSchema("no SOCKS"), r"cannot be asked \(InvalidSchema\)"),
    ],
)
def test_errors_that_asking_again_does_not_mend(error: Exception, says: str) -> None:
    with pytest.raises(InputDataError, match=says):
        raise ask._meaning(error, "example.org")
