"""One query to an Overpass server: the only module of the toolkit that contacts another machine.

The query is worded and sent exactly as by osmnx, so that the server cannot distinguish this toolkit
from the many users of osmnx. The response is streamed to disk, bounded in size and time.
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
from toolkit.streets.readers.overpass.answers import RetryLaterError

TagFilter = dict[str, bool | str | list[str]]
"""Requested tags: every value of a key, or those listed."""

ENDPOINT: Final = "https://overpass-api.de/api"
"""Default server of osmnx (2.1)."""
USER_AGENT: Final = "OSMnx Python package (https://github.com/gboeing/osmnx)"
"""Default user agent of osmnx (2.1), the same for all its users."""


@dataclass(frozen=True)
class Server:
    """Overpass server, with limits of time, size and number of tries.

    Attributes
    ----------
    endpoint
        URL up to ``/api``. Must be https, except on this machine.
    silence_s
        Maximum time without a byte, and maximum time the server may work on a query, seconds.
    answer_s
        Maximum time for a complete response, seconds.
    tries
        Number of tries per query.
    first_pause_s, max_pause_s
        Pause before the second try, doubled for each further one up to the maximum, seconds. If
        the server asks for a longer pause, the query is given up.
    between_s
        Pause between two queries, seconds.
    max_answer_bytes, max_bytes
        Maximum size of a response, and of all responses together, unpacked.
    """

    endpoint: str = ENDPOINT
    silence_s: int = 180
    answer_s: float = 900
    tries: int = 4
    first_pause_s: float = 15
    max_pause_s: float = 300
    between_s: float = 1
    max_answer_bytes: int = 200_000_000
    max_bytes: int = 1_000_000_000


PUBLIC_SERVER: Final = Server()

_TELL_EVERY_S: Final = 1.0
_BYTES_PER_MB: Final = 1e6
_CHUNK_BYTES: Final = 1 << 16
_BUSY: Final = frozenset({429, 502, 503, 504})


def host_of(endpoint: str) -> str:
    """Return host and port of an endpoint after checking it.

    Raises
    ------
    InputDataError
        If it is not an http(s) URL, or unencrypted and not on this machine.
    """
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
    """Return the proxy in the settings of this machine, without login, or None.

    No name is resolved; exceptions in the settings are not considered.
    """
    settings = getproxies()
    found = settings.get(urlsplit(endpoint).scheme) or settings.get("all")
    if not found:
        return None
    return clean_text(found.rpartition("@")[2].rpartition("://")[2].strip("/")) or "unnamed"


def question(tile: shapely.Polygon, wanted: TagFilter, silence_s: int) -> str:
    """Return the query for objects in a rectangle, character by character as osmnx writes it.

    Parameters
    ----------
    tile
        Rectangle in EPSG:4326.
    wanted
        Requested tags; keys and values are not escaped.
    silence_s
        Maximum time the server may work on it, seconds.
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
    wanted: TagFilter,
    answer: Path,
    *,
    server: Server,
    max_bytes: int,
    tell: Callable[[str], None],
) -> int:
    """Send the query for one rectangle and wait for the response, reporting progress.

    The caller is responsible for the user's permission; the only caller is
    `toolkit.streets.readers.overpass.fetch`.

    Parameters
    ----------
    tile
        Rectangle in EPSG:4326.
    wanted
        Requested tags.
    answer
        File to write: the response as received, unparsed.
    server
        Server and limits.
    max_bytes
        Maximum size of the response.
    tell
        Called each second with a sentence.

    Returns
    -------
    received
        Size of the response, bytes.

    Raises
    ------
    RetryLaterError
        If the same query may succeed later.
    InputDataError
        If it will not.
    PermissionNotGivenError
        If this process may not reach beyond this machine.
    """
    tell("asking")
    host = host_of(server.endpoint)
    call = _Request(server, host, question(tile, wanted, server.silence_s), answer, max_bytes)
    ended: Future[None] = Future()

    def run() -> None:
        try:
            call.run()
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread
            ended.set_exception(error)
        else:
            ended.set_result(None)

    # A thread is the only way to bound the total time: a server that sends its header byte by byte
    # never exceeds the timeout of a socket.
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
class _Request:
    """Query in progress in a thread of its own."""

    server: Server
    host: str
    question: str
    answer: Path
    max_bytes: int
    received: int = 0
    given_up: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Send the query to this server and no other, and stream the response to disk."""
        request = requests.Request("POST", f"{self.server.endpoint.rstrip('/')}/interpreter")
        url = str(request.prepare().url)
        with requests.Session() as session:
            session.adapters.clear()
            session.mount(url, HTTPAdapter())  # no other URL can be requested
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
                        raise RetryLaterError(reason)
                    if self.received > self.max_bytes:
                        msg = (
                            f"{self.host} sends more than {self.max_bytes / _BYTES_PER_MB:,.0f} "
                            "MB, too much for such an area. Choose a smaller area, or import an "
                            "extract."
                        )
                        raise InputDataError(msg)
                    stream.write(chunk)
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = "the connection was cut"
            raise RetryLaterError(reason) from error


def _no_login(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep requests from searching the user's .netrc for a login."""
    return request


def _check_head(response: requests.Response, host: str) -> None:
    status = response.status_code
    if status in _BUSY:
        reason = f"it is busy, status {status}"
        raise RetryLaterError(reason, _wait_s(response.headers.get("Retry-After")))
    if 300 <= status < 400:  # noqa: PLR2004 - redirects
        msg = f"{host} points to another address, which is not followed. Ask another server."
        raise InputDataError(msg)
    if status != 200:  # noqa: PLR2004 - OK
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
    """Return the error to raise for an exception of a query."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, PermissionNotGivenError):
            msg = (
                "This process may not reach beyond this machine. Fetch in a terminal with "
                "camera-exposure streets fetch, not in the app."
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
        return RetryLaterError("it cannot be reached")
    if isinstance(error, requests.RequestException):
        msg = f"{host} cannot be asked ({type(error).__name__}). Check address and proxy."
        return InputDataError(msg)
    return error
