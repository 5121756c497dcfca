"""One question to an Overpass server: the only module of the toolkit that asks another machine.

osmnx writes the question and sends it (its public `features_from_polygon`). Left alone it would
keep the whole answer as Python objects, store it in files that can be half written, retry for
ever, and look the server's name up a second time. So it runs in its ``cache_only_mode`` with its
own cache off, and a response hook of requests takes each answer to disk, bounded in size and
time, before osmnx sees it. osmnx's settings and the two functions of `socket` that it touches are
module globals: they are changed under a lock and put back after each question.
"""

from __future__ import annotations

import contextlib
import io
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import shapely
import urllib3

from toolkit.base import egress
from toolkit.base.clean_text import clean_text
from toolkit.base.errors import InputDataError, PermissionNotGivenError
from toolkit.streets.readers.overpass.answers import AskAgainError

Wanted = dict[str, bool | str | list[str]]
"""Tags that are asked for: every value of a key, or those listed."""

ENDPOINT: Final = "https://overpass-api.de/api"
"""The server that osmnx asks by default (osmnx 2.1)."""
USER_AGENT: Final = "OSMnx Python package (https://github.com/gboeing/osmnx)"
"""What osmnx calls itself by default: the same as from everybody else who uses it."""


@dataclass(frozen=True)
class Server:
    """An Overpass server, and how long and how often it is asked.

    Attributes
    ----------
    endpoint
        Address up to ``/api``. Must be https, except on this machine.
    silence_s
        Longest time without a byte, and longest time the server may work on a question, seconds.
    answer_s
        Longest time for a whole answer, seconds.
    tries
        How often one question is asked before giving up.
    first_pause_s, longest_pause_s
        Pause before the second try, doubled for each further one up to the longest, seconds. If
        the server asks for more than the longest, it is not asked again.
    between_s
        Pause between two questions, seconds.
    most_answer_bytes, most_bytes
        Largest answer, and largest sum of answers, unpacked.
    """

    endpoint: str = ENDPOINT
    silence_s: int = 180
    answer_s: float = 900
    tries: int = 4
    first_pause_s: float = 15
    longest_pause_s: float = 300
    between_s: float = 1
    most_answer_bytes: int = 200_000_000
    most_bytes: int = 1_000_000_000


PUBLIC_SERVER: Final = Server()

_TELL_EVERY_S: Final = 1.0
_BYTES_PER_MB: Final = 1e6
_CHUNK_BYTES: Final = 1 << 16
_BUSY: Final = frozenset({429, 502, 503, 504})
_WHOLE_EARTH_M2: Final = 1e15
"""A rectangle is asked for as it is: osmnx splits only what is larger than this."""

_one_question = threading.Lock()


def host_of(endpoint: str) -> str:
    """Return host and port of an address after checking that it can be asked."""
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    host = parts.hostname or ""
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    named = re.fullmatch(r"[a-z0-9.:-]+", host, re.ASCII) is not None
    if parts.scheme not in {"http", "https"} or not named or not plain:
        shown = clean_text(endpoint)
        msg = f"{shown!r} is not the address of an Overpass server, such as {ENDPOINT}."
        raise InputDataError(msg)
    if parts.scheme == "http" and not egress.is_local(host):
        msg = f"{host} would be asked without encryption. Give an address that begins with https."
        raise InputDataError(msg)
    return f"{host}:{port}" if port else host


def proxy_of(endpoint: str) -> str | None:
    """Return the proxy that this machine is set to use, without login, if there is one.

    Nothing is looked up; the settings may make exceptions that are not looked at here.
    """
    settings = getproxies()
    found = settings.get(urlsplit(endpoint).scheme) or settings.get("all")
    if not found:
        return None
    return clean_text(found.rpartition("@")[2].rpartition("://")[2].strip("/")) or "unnamed"


@dataclass
class _Call:
    """One question under way in a thread of its own, and what came of it."""

    server: Server
    host: str
    folder: Path
    most_bytes: int
    answers: list[Path] = field(default_factory=list)
    received: int = 0
    problem: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)


def ask(
    tile: shapely.Polygon,
    wanted: Wanted,
    folder: Path,
    *,
    server: Server,
    most_bytes: int,
    tell: Callable[[str], None],
) -> tuple[list[Path], int]:
    """Ask once for one rectangle and wait for the end, telling how it goes.

    Permission is the caller's business: `toolkit.streets.readers.overpass.fetch` is the only one.

    Parameters
    ----------
    tile
        Rectangle in EPSG:4326.
    wanted
        What is asked for.
    folder
        Where the answers go.
    server
        Whom to ask, and for how long.
    most_bytes
        Largest answer that is taken.
    tell
        Told each second.

    Returns
    -------
    answers
        Files as the server sent them, not looked into.
    received
        Their size, bytes.

    Raises
    ------
    AskAgainError
        If the same question may be answered later.
    InputDataError
        If it will not.
    PermissionNotGivenError
        If this process may not reach beyond this machine.
    """
    # The question runs in a thread because nothing else bounds it: a server that sends the header
    # of its answer byte by byte never runs into a time limit of a socket.
    tell("asking")
    import osmnx

    host = host_of(server.endpoint)
    call = _Call(server, host, folder, most_bytes)

    def run() -> None:
        try:
            with _only_this_server(osmnx.settings, call):
                if not call.given_up.is_set():
                    osmnx.features.features_from_polygon(tile, wanted)
        except InterruptedError:  # the end of osmnx's cache-only mode
            pass
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
            call.problem = error
        finally:
            call.done.set()

    started = time.monotonic()
    threading.Thread(target=run, name="overpass", daemon=True).start()
    try:
        while not call.done.wait(min(_TELL_EVERY_S, server.answer_s)):
            waited_s = time.monotonic() - started
            if waited_s >= server.answer_s:
                msg = (
                    f"{host} was still sending after {server.answer_s:.0f} s. What had come whole "
                    "before is kept: try again later."
                )
                raise InputDataError(msg)
            tell(f"{call.received / _BYTES_PER_MB:.1f} MB after {waited_s:.0f} s")
    finally:
        call.given_up.set()
    if call.problem is not None:
        raise _meaning(call.problem, host) from call.problem
    if not call.answers:
        msg = f"{host} was not asked: this version of osmnx works in another way."
        raise InputDataError(msg)
    return call.answers, call.received


@contextlib.contextmanager
def _only_this_server(settings: ModuleType, call: _Call) -> Iterator[None]:
    """Make osmnx ask this server and nobody else; put everything back afterwards.

    Entered by the thread that asks, and left only when that has ended: if it was given up while
    it hangs, it must not find osmnx's own settings, which name other hosts.
    """
    server, own_thread = call.server, threading.get_ident()

    def take(response: requests.Response, **_options: object) -> requests.Response:
        return _take(response, call)

    chosen = {
        "overpass_url": server.endpoint,
        "overpass_rate_limit": False,  # no question about its load; 429 says the same
        "overpass_memory": None,
        "overpass_settings": "[out:json][timeout:{timeout}]{maxsize}",
        "requests_timeout": server.silence_s,
        "requests_kwargs": {
            "allow_redirects": False,
            "auth": _no_login,
            "hooks": {"response": take},
            "stream": True,
        },
        "max_query_area_size": _WHOLE_EARTH_M2,
        "doh_url_template": None,
        "use_cache": False,
        "cache_only_mode": True,
        "http_user_agent": USER_AGENT,
        "http_referer": None,
        "http_accept_language": "en",
        "log_console": False,
        "log_file": False,
    }
    look_up, look_up_all = socket.gethostbyname, socket.getaddrinfo

    def no_look_up(name: str) -> str:
        # osmnx looks the host up to pin one address. Behind a proxy that would tell the name
        # service what the proxy hides; without the answer osmnx goes on by name.
        if threading.get_ident() == own_thread:
            raise socket.gaierror
        return look_up(name)

    with _one_question:
        before = {name: getattr(settings, name) for name in chosen}
        try:
            for name, value in chosen.items():
                setattr(settings, name, value)
            socket.gethostbyname = no_look_up
            yield
        finally:
            socket.gethostbyname, socket.getaddrinfo = look_up, look_up_all
            for name, value in before.items():
                setattr(settings, name, value)


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking for a login in the user's .netrc file."""
    return request


def _take(response: requests.Response, call: _Call) -> requests.Response:
    """Take an answer to disk and hand osmnx an empty one in its place."""
    path = call.folder / f"answer-{len(call.answers)}.json"
    try:
        _check_head(response, call.host)
        with path.open("wb") as stream:
            while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
                call.received += len(chunk)
                if call.given_up.is_set():
                    reason = "given up"
                    raise AskAgainError(reason)
                if call.received > call.most_bytes:
                    msg = (
                        f"{call.host} sends more than {call.most_bytes / _BYTES_PER_MB:,.0f} MB, "
                        "too much for such an area. Choose a smaller area, or import an extract."
                    )
                    raise InputDataError(msg)
                stream.write(chunk)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        reason = "the connection was cut"
        raise AskAgainError(reason) from error
    finally:
        response.close()
    call.answers.append(path)
    empty = requests.Response()
    empty.status_code, empty.url, empty.encoding = response.status_code, response.url, "utf-8"
    empty.raw = io.BytesIO(b'{"elements": []}')
    return empty


def _check_head(response: requests.Response, host: str) -> None:
    status = response.status_code
    if status in _BUSY:
        reason = f"it is busy, status {status}"
        raise AskAgainError(reason, _wait_s(response.headers.get("Retry-After")))
    if 300 <= status < 400:  # noqa: PLR2004 - the class of statuses that point elsewhere
        msg = f"{host} points to another address, which is not followed. Ask another server."
        raise InputDataError(msg)
    if status != 200:  # noqa: PLR2004 - the only status that brings an answer
        msg = f"{host} refused with status {status}. Ask another server, or import an extract."
        raise InputDataError(msg)
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        shown = clean_text(kind) or "nothing stated"
        msg = (
            f"{host} answered with {shown} instead of map data. A log-in page of the network, a "
            "filter or another service may be in between: import an extract, or ask another server."
        )
        raise InputDataError(msg)


def _wait_s(value: str | None) -> float | None:
    if not value:
        return None
    try:
        return urllib3.Retry().parse_retry_after(value)
    except (urllib3.exceptions.InvalidHeader, ValueError):
        return None


def _meaning(error: BaseException, host: str) -> BaseException:
    """Return what an error of a question means for the one who asked."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PermissionNotGivenError):
            msg = (
                "This process may not reach beyond this machine. Fetch in a terminal with "
                "python -m toolkit streets fetch, not in the app."
            )
            return PermissionNotGivenError(msg)
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, requests.exceptions.SSLError):
        msg = (
            f"The certificate of {host} is not accepted: somebody in between may open TLS. "
            "No question was sent. Use another network, or import an extract."
        )
        return InputDataError(msg)
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return AskAgainError("it cannot be reached")
    if isinstance(error, requests.RequestException):
        msg = f"{host} cannot be asked ({type(error).__name__}). Check address and proxy."
        return InputDataError(msg)
    return error
