"""Gate of the app's server: only the page that the user opened may drive the app.

A browser shares what it keeps for 127.0.0.1 among all ports, so that a page on another local port
could open the websocket of the app, as could a name that is made to point here. So every request
must name this server by its own address, requests by scripts must come from exactly this origin,
and the websocket, uploads and the geometry of the map need a secret of this run, which only a page
opened by the user himself is given.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE: Final = "camera_exposure"
NAMES: Final = ("127.0.0.1", "localhost")
"""Names of this machine at which the app answers."""
MAP_FILES: Final = "/toolkit-map"
"""Where the files and the geometry of the map are: they, too, need the secret."""
FORGET: Final = "/forget"
"""Where the form is sent that asks to forget everything, see `toolkit.app.forget`."""
UNUSED: Final = ("/_stcore/metrics", "/_stcore/script-health-check", "/st-metrics", "/metrics")
"""Paths of Streamlit that the app has no use for: they tell what runs here."""
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_OPENED_BY_USER: Final = frozenset({"none", "same-origin"})
"""Values of ``Sec-Fetch-Site`` (Fetch Metadata, W3C) of an address typed or opened by a program,
and of this page itself."""
_CLOSED: Final = 1008
"""Code of a websocket that is closed for reasons of policy (RFC 6455)."""


class Gate:
    """ASGI middleware that refuses what did not come from the page of this run.

    Parameters
    ----------
    app
        The application to wrap.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._secret = secrets.token_urlsafe(32)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        refused = self._why_refused(scope, headers)
        if refused is not None:
            await _refuse(scope, receive, send, *refused)
            return
        await self._app(scope, receive, self._giving_secret(scope, headers, send))

    def _why_refused(self, scope: Scope, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Return status and reason of a refusal; None if the request is served."""
        port = (scope.get("server") or ("", 0))[1]
        own = {f"{name}:{port}" for name in NAMES}
        host = headers.get("host", "")
        if host not in own:
            return 421, "The app answers only at its own address on this machine."
        if scope.get("path", "").rstrip("/") in UNUSED:
            return 404, "There is no such page."
        origin, by_socket = headers.get("origin"), scope["type"] == "websocket"
        # A form of a page without referrer, as all are here, says "null" (Fetch, 3.1).
        is_form = scope.get("path") == FORGET and headers.get("sec-fetch-site") == "same-origin"
        if origin not in {None, f"http://{host}"} and not (is_form and origin == "null"):
            return 403, "Another page may not drive the app."
        if by_socket and origin is None:
            return 403, "A websocket must say which page opens it."
        private = scope.get("path", "").startswith(f"{MAP_FILES}/")
        if (by_socket or private or scope.get("method") in _WRITES) and not self._has_secret(
            headers
        ):
            return 403, "Open the address that the app has printed, in a window of its own."
        return None

    def _has_secret(self, headers: Mapping[str, str]) -> bool:
        kept = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return secrets.compare_digest(kept.encode(), self._secret.encode())

    def _giving_secret(self, scope: Scope, headers: Mapping[str, str], send: Send) -> Send:
        """Return a `send` that gives the secret to a page that the user opened."""
        opened = (
            scope["type"] == "http"
            and scope.get("method") == "GET"
            and headers.get("sec-fetch-site", "none") in _OPENED_BY_USER
            and headers.get("sec-fetch-mode", "navigate") == "navigate"
            and headers.get("sec-fetch-dest", "document") == "document"
        )
        if not opened or self._has_secret(headers):
            return send
        cookie = f"{COOKIE}={self._secret}; Path=/; HttpOnly; SameSite=Strict"

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = list(message.get("headers", ()))
                message = {**message, "headers": [*kept, (b"set-cookie", cookie.encode())]}
            await send(message)

        return send_with_cookie


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers by name; of one that is given twice, both, so that neither fits."""
    found: dict[str, str] = {}
    for raw, value in scope.get("headers", ()):
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        joint = "; " if name == "cookie" else ", "
        found[name] = f"{found[name]}{joint}{text}" if name in found else text
    return found


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, reason: str) -> None:
    if scope["type"] == "websocket":
        await receive()  # its opening
        await send({"type": "websocket.close", "code": _CLOSED, "reason": reason})
        return
    await PlainTextResponse(f"{reason}\n", status)(scope, receive, send)
