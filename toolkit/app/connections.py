"""Connections of the app's server: how many may be open, and how long each may take.

uvicorn waits for ever for a request that never comes, and its own limit of connections refuses the
newest, which is the user. Here one that keeps the server waiting is closed after a time, and when
too many are open, the one that has waited longest makes room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, TypeAlias

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

MOST_OPEN: Final = 128
"""Connections that wait for a request or an answer at one time. A browser opens six to one address
(Chromium, Firefox); the smallest usual limit of open files of a process is 256 (macOS)."""
HEAD_S: Final = 10.0
"""Seconds until the head of a request has come; on one machine it takes milliseconds."""
BODY_S: Final = 60.0
"""Seconds until the body of a request has come; 20 MB take less than one on one machine."""
READ_S: Final = 60.0
"""Seconds that a client may leave an answer unread."""
SOCKET_BYTES: Final = 1_000_000
"""Largest message that a page may send: choices and short texts; files are uploaded apart."""

_Waiting: TypeAlias = Literal["head", "body"] | None


class BoundedProtocol(H11Protocol):
    """HTTP/1.1 of uvicorn, with limits of time and number."""

    _open: ClassVar[dict[BoundedProtocol, None]] = {}
    """Open connections of this process, the oldest first."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self._waits_for: _Waiting = None
        self._limit: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the head; close another connection if too many are open."""
        super().connection_made(transport)
        self._open[self] = None
        if len(self._open) > MOST_OPEN:
            silent = (one for one in self._open if one._waits_for == "head")  # noqa: SLF001
            next(silent, next(iter(self._open))).drop()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes of a request."""
        super().data_received(data)
        if self in self._open:
            self._watch()

    def on_response_complete(self) -> None:
        """Begin to wait for the next head."""
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over; websockets are asked for a sign of life by uvicorn."""
        self._forget()
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._forget()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Begin to wait until the client reads."""
        super().pause_writing()
        self._unread = self.loop.call_later(READ_S, self.drop)

    def resume_writing(self) -> None:
        """Go on writing."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()

    def drop(self) -> None:
        """Close the connection at once."""
        self._forget()
        self.transport.abort()

    def _forget(self) -> None:
        self._open.pop(self, None)
        for timer in (self._limit, self._unread):
            if timer is not None:
                timer.cancel()

    def _watch(self) -> None:
        """Give what is waited for its time, once: bytes that drip do not prolong it."""
        state = self.conn.their_state
        waits_for: _Waiting = None
        if state is h11.IDLE:
            waits_for = "head"
        elif state is h11.SEND_BODY:
            waits_for = "body"
        if waits_for == self._waits_for:
            return
        self._waits_for = waits_for
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
        if waits_for is not None:
            seconds = HEAD_S if waits_for == "head" else BODY_S
            self._limit = self.loop.call_later(seconds, self.drop)


SETTINGS: Final[dict[str, Any]] = {
    "http": BoundedProtocol,
    "ws_max_size": SOCKET_BYTES,
    "proxy_headers": False,
    "server_header": False,
}
"""Settings of uvicorn that differ from those of Streamlit. There is no proxy whose word on who asks
could be taken."""


def bound() -> None:
    """Let Streamlit's server run with `SETTINGS`."""
    from streamlit.web.server.starlette import starlette_server

    usual = starlette_server._get_uvicorn_config_kwargs  # noqa: SLF001

    def settings() -> dict[str, Any]:
        return {**usual(), **SETTINGS}

    starlette_server._get_uvicorn_config_kwargs = settings  # noqa: SLF001
