"""One question to an Overpass server: the only module of the toolkit that asks another machine.

The question reads as osmnx would write it, and is sent as osmnx would send it, so that the server
cannot tell this toolkit from the many others who use osmnx. The answer goes to disk as it comes,
bounded in size and time.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

import requests
import shapely
import urllib3
from requests.adapters import HTTPAdapter

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


def question(tile: shapely.Polygon, wanted: Wanted, silence_s: int) -> str:
    """Return the question for what is wanted in a rectangle, letter for letter as osmnx asks it.

    Parameters
    ----------
    tile
        Rectangle in EPSG:4326.
    wanted
        What is asked for; keys and values are not escaped.
    silence_s
        Longest time the server may work on it, seconds.
    """
    corners = " ".join(f"{lat:.6f} {lon:.6f}" for lon, lat in tile.exterior.coords)
    filters = []
    for key, values in wanted.items():
        if isinstance(values, bool):
            filters.append(f"['{key}']")
        else:
            each = [values] if isinstance(values, str) else values
            filters += [f"['{key}'='{value}']" for value in each]
    statements = "".join(
        f"({kind}{tag}(poly:'{corners}');(._;>;););"
        for tag in filters
        for kind in ("node", "way", "relation")
    )
    return f"[out:json][timeout:{silence_s}];({statements});out;"


def ask(
    tile: shapely.Polygon,
    wanted: Wanted,
    answer: Path,
    *,
    server: Server,
    most_bytes: int,
    tell: Callable[[str], None],
) -> int:
    """Ask once for one rectangle and wait for the end, telling how it goes.

    Permission is the caller's business: `toolkit.streets.readers.overpass.fetch` is the only one.

    Parameters
    ----------
    tile
        Rectangle in EPSG:4326.
    wanted
        What is asked for.
    answer
        File to write: the answer as the server sent it, not looked into.
    server
        Whom to ask, and for how long.
    most_bytes
        Largest answer that is taken.
    tell
        Told each second.

    Returns
    -------
    received
        Size of the answer, bytes.

    Raises
    ------
    AskAgainError
        If the same question may be answered later.
    InputDataError
        If it will not.
    PermissionNotGivenError
        If this process may not reach beyond this machine.
    """
    tell("asking")
    host = host_of(server.endpoint)
    call = _Call(server, host, question(tile, wanted, server.silence_s), answer, most_bytes)
    ended: Future[None] = Future()

    def run() -> None:
        try:
            call.run()
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
            ended.set_exception(error)
        else:
            ended.set_result(None)

    # The question runs in a thread because nothing else bounds it: a server that sends the header
    # of its answer byte by byte never runs into a time limit of a socket.
    started = time.monotonic()
    threading.Thread(target=run, name="overpass", daemon=True).start()
    try:
        while not wait([ended], min(_TELL_EVERY_S, server.answer_s)).done:
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
    problem = ended.exception()
    if problem is not None:
        raise _meaning(problem, host) from problem
    return call.received


@dataclass
class _Call:
    """One question under way in a thread of its own."""

    server: Server
    host: str
    question: str
    answer: Path
    most_bytes: int
    received: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send the question to this server and to nobody else, and take its answer to disk."""
        request = requests.Request("POST", f"{self.server.endpoint.rstrip('/')}/interpreter")
        url = str(request.prepare().url)
        with requests.Session() as session:
            session.adapters.clear()
            session.mount(url, HTTPAdapter())  # no other address can be asked
            session.auth = _no_login
            session.headers.update({"User-Agent": USER_AGENT, "Accept-Language": "en"})
            with session.post(
                url,
                data={"data": self.question},
                timeout=self.server.silence_s,
                allow_redirects=False,
                stream=True,
            ) as response:
                _check_head(response, self.host)
                self._take(response)

    def _take(self, response: requests.Response) -> None:
        try:
            with self.answer.open("wb") as stream:
                while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
                    self.received += len(chunk)
                    if self.given_up.is_set():
                        reason = "given up"
                        raise AskAgainError(reason)
                    if self.received > self.most_bytes:
                        msg = (
                            f"{self.host} sends more than {self.most_bytes / _BYTES_PER_MB:,.0f} "
                            "MB, too much for such an area. Choose a smaller area, or import an "
                            "extract."
                        )
                        raise InputDataError(msg)
                    stream.write(chunk)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = "the connection was cut"
            raise AskAgainError(reason) from error


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from looking for a login in the user's .netrc file."""
    return request


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
