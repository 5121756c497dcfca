"""What could leave the machine, and what prevents it: the one module on that subject.

The app is served by Streamlit, whose default settings listen on every network interface, report
usage and look up the public address of the machine. This module holds the settings that prevent
this, the check that refuses to start with others, the headers that keep the browser from
contacting anyone else, and the guard that confines this process to this machine.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from toolkit.base.errors import InputDataError, PermissionNotGivenError, UsageError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
_LOCAL_NAMES: Final = ("localhost", LOOPBACK)

STRICT_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "browser.gatherUsageStats": False,
        "browser.serverAddress": LOOPBACK,
        "client.allowedOrigins": [],
        "global.developmentMode": False,
        "server.address": LOOPBACK,
        "server.allowedHosts": list(_LOCAL_NAMES),
        "server.baseUrlPath": "",
        "server.corsAllowedOrigins": [],
        "server.customComponentBaseUrlPath": "",
        "server.enableAgentApi": False,
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.trustedUserHeaders": {},
    }
)
"""Streamlit options that could let data leave the machine at any other value. The app does not
start if a file or a variable sets one of them differently (names of Streamlit 1.67)."""

SAFE_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **STRICT_OPTIONS,
        "client.showErrorDetails": "none",
        "client.showErrorLinks": False,
        "client.toolbarMode": "minimal",
        "logger.hideWelcomeMessage": True,
        "server.enableStaticServing": False,
        "server.fileWatcherType": "none",
        "server.maxUploadSize": 20,
        "server.showEmailPrompt": False,
    }
)
"""All Streamlit options that the app sets, whatever the user's configuration says."""

_CONTENT_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' blob: data:",
        "style-src 'self' 'unsafe-inline' data: blob:",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        f"connect-src 'self' ws://{LOOPBACK}:* ws://localhost:*",
        "frame-src 'self' blob: data:",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
        "frame-ancestors 'self'",
    )
)
"""Content Security Policy Level 3 (W3C). Streamlit, the map frame and the charts need inline and
evaluated scripts; no origin but this server is allowed."""

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": _CONTENT_POLICY,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-DNS-Prefetch-Control": "off",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=(), usb=(), payment=()",
    }
)
"""Headers of every response of the app's server."""

_ADDRESS = re.compile(r"(?i)(?:[a-z][a-z0-9+.-]*:)?//([^/\s'\"?#]*)")
_LOOK_UPS: Final = frozenset(
    {
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "socket.getnameinfo",
    }
)
_CONNECTING_EVENTS: Final = _LOOK_UPS | {
    "socket.bind",
    "socket.connect",
    "socket.sendto",
    "socket.sendmsg",
}


class HeadersMiddleware:
    """ASGI middleware that sets `HEADERS` on every response.

    Parameters
    ----------
    app
        The application to wrap.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._raw = [(k.lower().encode(), v.encode()) for k, v in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = {name for name, _ in self._raw}
                kept = [h for h in message.get("headers", ()) if h[0].lower() not in names]
                message = {**message, "headers": [*kept, *self._raw]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def is_local(host: object) -> bool:
    """Return whether a host name or address is that of this machine.

    Examples
    --------
    >>> is_local("[::1]"), is_local("192.0.2.7")
    (True, False)
    """
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    text = text.strip("[]").partition("%")[0].lower()
    if text == "localhost":
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)  # an IPv4 address written as an IPv6 one
    return (mapped or address).is_loopback


def unsafe_settings(*, only_set: bool) -> tuple[str, ...]:
    """Return the Streamlit settings that could let data leave the machine.

    Parameters
    ----------
    only_set
        Check only what a file, a variable or a flag has set contrary to `STRICT_OPTIONS`, as is
        right before the launcher adds `SAFE_OPTIONS`. If False, all of `SAFE_OPTIONS` must be
        in force.

    Returns
    -------
    tuple of str
        One "name = value (where it is set)" for each, sorted by name.
    """
    from streamlit import config

    required = STRICT_OPTIONS if only_set else SAFE_OPTIONS
    found = []
    for name, option in sorted(config.get_config_options().items()):
        where = option.where_defined
        is_set = where != type(option).DEFAULT_DEFINITION
        if name in required:
            wrong = _differs(option.value, required[name]) and (is_set or not only_set)
        else:
            wrong = is_set and _names_other_host(option.value)
        if wrong:
            found.append(f"{name} = {option.value!r} ({where})")
    return tuple(found)


def refuse_unsafe_settings(*, only_set: bool) -> None:
    """Refuse to start if a Streamlit setting could let data leave the machine.

    Parameters
    ----------
    only_set
        As for `unsafe_settings`.

    Raises
    ------
    PermissionNotGivenError
        If there is such a setting. The message names the first one and the remedy.
    """
    found = unsafe_settings(only_set=only_set)
    if not found:
        return
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    if only_set:
        remedy = "remove it there and start again"
    else:
        remedy = "start the app with: camera-exposure app"
    what = f"{found[0]}{more}"
    msg = f"The app does not start, because data could leave this machine: {what}; {remedy}."
    raise PermissionNotGivenError(msg)


def _differs(value: object, wanted: object) -> bool:
    """Return whether two option values differ; a single text equals a list of one."""
    if not wanted and wanted is not False:
        return bool(value)
    if isinstance(wanted, list):
        values = {value} if isinstance(value, str) else set(value)  # type: ignore[call-overload]
        return values != set(wanted)
    if wanted == LOOPBACK:
        return value not in _LOCAL_NAMES
    return type(value) is not type(wanted) or value != wanted


def _names_other_host(value: object) -> bool:
    """Return whether an option's value contains the address of another machine."""
    if isinstance(value, Mapping):
        return any(_names_other_host(v) for v in value.values())
    if isinstance(value, list | tuple):
        return any(_names_other_host(v) for v in value)
    if not isinstance(value, str):
        return False
    hosts = (match[1].rpartition("@")[2] for match in _ADDRESS.finditer(value))
    return any(not is_local(re.sub(r":\d*$", "", host)) for host in hosts)


def pin_addresses() -> None:
    """Set this machine's addresses in Streamlit, so that it never looks them up.

    Otherwise it asks a public service for the external address as soon as a page of another
    origin tries to open its WebSocket, although it then refuses that page.
    """
    from streamlit import net_util

    net_util._external_ip = LOOPBACK  # noqa: SLF001
    net_util._internal_ip = LOOPBACK  # noqa: SLF001


def forbid_connections(allowed_host: str | None = None) -> None:
    """Confine the sockets of this process to this machine, until it ends.

    An audit hook (PEP 578): it also stops libraries that use Python's sockets, but not code that
    opens sockets in C, such as GDAL. It cannot be undone.

    Parameters
    ----------
    allowed_host
        One more host, named by the user, that the process may connect to.

    Raises
    ------
    InputDataError
        If that host name cannot be resolved.
    """
    if allowed_host is None:
        sys.addaudithook(_refuse_connection)
        return
    try:
        found = socket.getaddrinfo(allowed_host, None)
    except OSError as error:
        msg = f"No machine is known as {allowed_host!r}. Check the address."
        raise InputDataError(msg) from error
    allowed = frozenset({allowed_host, *(str(entry[4][0]) for entry in found)})

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        _refuse_connection(event, arguments, allowed)

    sys.addaudithook(refuse)


@dataclass(frozen=True)
class Scheduler:
    """The Dask scheduler named by the user.

    Attributes
    ----------
    text
        Address, such as ``tcp://10.0.0.5:8786``.
    host
        Host name or IP address in it.
    """

    text: str
    host: str

    @property
    def announcement(self) -> str:
        """Text shown before it is contacted."""
        return (
            f"Connecting to the Dask scheduler at {self.text}, because you named it: it and its "
            "workers get the plan with the names of its cities and folders, and compute in them."
        )


_SCHEDULER = re.compile(
    r"(?:tcp|tls)://(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?):(\d{1,5})",
    re.ASCII,
)
_LAST_PORT: Final = 65535


def scheduler_address(text: str) -> Scheduler:
    """Parse the address of a Dask scheduler.

    Raises
    ------
    UsageError
        If it is not ``tcp://HOST:PORT`` or ``tls://HOST:PORT``.

    Examples
    --------
    >>> scheduler_address("tcp://10.0.0.5:8786").host
    '10.0.0.5'
    """
    match = _SCHEDULER.fullmatch(text)
    if not match or not 0 < int(match[2]) <= _LAST_PORT:
        msg = f"--scheduler {text[:80]!r}: give an address such as tcp://10.0.0.5:8786."
        raise UsageError(msg)
    return Scheduler(text, match[1].strip("[]"))


_guarded = threading.Event()


def declare_guarded() -> None:
    """Record that the launcher has confined this process to this machine."""
    _guarded.set()


def require_guard() -> None:
    """Refuse to show a page of a server that the launcher did not start.

    Raises
    ------
    PermissionNotGivenError
        If this process was started in another way, and so lacks headers and guard.
    """
    if not _guarded.is_set():
        msg = "This page was not started by its launcher. Start it with: camera-exposure app"
        raise PermissionNotGivenError(msg)


def _refuse_connection(
    event: str, arguments: tuple[Any, ...], allowed: frozenset[str] = frozenset()
) -> None:
    """Raise PermissionNotGivenError if an audited event concerns another machine."""
    if event not in _CONNECTING_EVENTS:
        return
    if event in _LOOK_UPS:
        target = arguments[0]
        if isinstance(target, tuple):  # of an address, as of getnameinfo
            target = target[0]
        if target in (None, "", b""):
            return
    else:
        if not isinstance(arguments[1], tuple):
            return  # a Unix socket, or one whose connection has been checked already
        target = arguments[1][0]
    if event != "socket.bind" and target in allowed:
        return
    if not is_local(target):
        msg = "Something in the app tried to reach beyond this machine, and was stopped."
        raise PermissionNotGivenError(msg)


@dataclass(frozen=True)
class Departure:
    """One way in which something could leave the machine.

    Attributes
    ----------
    id
        Stable identifier.
    what
        Data that would leave.
    where
        Recipient.
    state
        Safeguard, or who decides.
    """

    id: str
    what: str
    where: str
    state: str


DEPARTURES: Final[tuple[Departure, ...]] = (
    Departure(
        "app-server",
        "the pages of the app",
        "anyone who reaches the machine over a network",
        f"off: the server listens on {LOOPBACK} only, and answers only who asks for it by that "
        "address or as localhost",
    ),
    Departure(
        "usage-statistics",
        "which elements of the app are used, on which system",
        "the makers of Streamlit",
        "off: the setting is off, and the browser is told to let the pages connect nowhere else",
    ),
    Departure(
        "address-look-up",
        "that the app runs, and the public address of the machine",
        "a public address service",
        "off: the addresses are fixed at start, and Python code in the app may connect to this "
        "machine only",
    ),
    Departure(
        "map-files",
        "which place is looked at, and when",
        "servers of map pictures, fonts and scripts",
        "off: streets are the background; scripts and fonts are bundled",
    ),
    Departure(
        "files-named",
        "that a file is opened, where its name is an address",
        "the machine that the name means",
        "off for URLs, network shares and devices, which are refused by their names; a drive or "
        "folder that the system fetches from elsewhere looks like any other",
    ),
    Departure(
        "browser",
        "what the browser and the system themselves report to their makers",
        "the makers of the browser and of the system",
        "not in our hands: turn it off there, or take the machine off the network",
    ),
    Departure(
        "set-up",
        "which packages are installed",
        "the package index",
        "only at set-up, and not when installed from the stick",
    ),
    Departure(
        "streets-fetch",
        "which area's streets are asked for, when, and from which internet address",
        "the Overpass server that is named, and everyone on the way to it",
        "only with streets fetch --allow-network, each time; in the app after consent to each "
        "city, by a process of its own",
    ),
    Departure(
        "batch-scheduler",
        "the plan of a batch: names of cities, sets and folders, and on the workers their data",
        "the Dask scheduler that is named, its workers, and everyone on the way if it is tcp://",
        "only with batch --scheduler, each time; without it a batch runs on this machine",
    ),
)
"""Everything that could leave the machine, for `doctor` and the documents."""


def departures() -> tuple[Departure, ...]:
    """Return what could leave the machine and what prevents it.

    Streamlit settings found unsafe on this machine come before `DEPARTURES`.
    """
    found = tuple(
        Departure(
            "setting",
            setting,
            "see the fixed list",
            "the app refuses to start until this is removed",
        )
        for setting in unsafe_settings(only_set=True)
    )
    return found + DEPARTURES
