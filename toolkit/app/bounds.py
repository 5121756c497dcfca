"""What the app takes in: bodies of requests, uploads and websockets, each bounded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from toolkit.base import egress

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

UPLOAD_MB: Final = int(egress.SAFE_OPTIONS["server.maxUploadSize"])
UPLOAD_BYTES: Final = (UPLOAD_MB + 1) << 20
"""Largest body of an upload: one file, and what the form puts around it."""
BODY_BYTES: Final = 1 << 16
"""Largest body of any other request; the pages send none."""
MOST_UPLOADS: Final = 4
"""Uploads taken in at one time; a page has two places for files."""
MOST_SOCKETS: Final = 32
"""Pages that are open at one time."""
FILES_PER_SESSION: Final = 4
BYTES_PER_SESSION: Final = 2 * UPLOAD_MB << 20
BYTES_IN_ALL: Final = 8 * UPLOAD_MB << 20
"""Uploaded files that are kept: one in each of the two places, of four sessions."""
KEPT_S: Final = 120.0
"""Seconds for which files outlive the page they came from, so that it can be connected again; as
long as Streamlit keeps a session."""
_EVERY_S: Final = 30.0
_UPLOADS_AT: Final = "/_stcore/upload_file/"
_TRY_AGAIN: Final = 1013
"""Code of a websocket that is closed because the server has too many (IANA registry)."""


class _TooLargeError(Exception):
    """A body exceeds its limit."""


class Bounds:
    """ASGI middleware that bounds bodies, uploads at one time and websockets.

    Parameters
    ----------
    app
        The application to wrap.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._n_sockets = self._n_uploads = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or refuse it."""
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["method"] == "PUT" and scope["path"].startswith(_UPLOADS_AT):
            await self._upload(scope, receive, send)
        else:
            await self._bounded(scope, receive, send, BODY_BYTES)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._n_sockets >= MOST_SOCKETS:
            await receive()  # its opening
            await send({"type": "websocket.close", "code": _TRY_AGAIN, "reason": "Too many pages."})
            return
        self._n_sockets += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._n_sockets -= 1

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._n_uploads >= MOST_UPLOADS:
            refusal = PlainTextResponse("Other files are being taken in. Try again.\n", 503)
            await refusal(scope, receive, send)
            return
        self._n_uploads += 1
        try:
            await self._bounded(scope, receive, send, UPLOAD_BYTES)
        finally:
            self._n_uploads -= 1

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """Serve a request whose body may have so many bytes, whatever its head says."""
        too_large = PlainTextResponse("The body of the request is too large.\n", 413)
        stated = [value for name, value in scope["headers"] if name.lower() == b"content-length"]
        if any(not value.isdigit() or int(value) > most for value in stated):
            await too_large(scope, receive, send)
            return
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise _TooLargeError
            return message

        async def noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, counted, noted)
        except _TooLargeError:
            if not begun:
                await too_large(scope, receive, send)


class UploadedFiles(MemoryUploadedFileManager):
    """Uploaded files in memory: only the newest, up to a number and a size."""

    def __init__(self, upload_endpoint: str) -> None:
        super().__init__(upload_endpoint)
        self._left_at: dict[str, float] = {}

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Add a file, and forget older ones beyond the bounds, first of the same session."""
        super().remove_file(session_id, file.file_id)
        super().add_file(session_id, file)
        own = list(self.file_storage[session_id].values())
        while len(own) > FILES_PER_SESSION or _size(own) > BYTES_PER_SESSION:
            self.remove_file(session_id, own.pop(0).file_id)
        others = [(s, f) for s, files in list(self.file_storage.items()) for f in files.values()]
        while _size([f for _, f in others]) > BYTES_IN_ALL:
            session, oldest = others.pop(0)
            self.remove_file(session, oldest.file_id)

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Forget a file, and the session if it was the last one."""
        super().remove_file(session_id, file_id)
        if not self.file_storage.get(session_id, True):
            self.remove_session_files(session_id)

    def sweep(self, is_open: Callable[[str], bool], now_s: float) -> None:
        """Forget the files of pages that have been closed for `KEPT_S`.

        Parameters
        ----------
        is_open
            Whether the page of a session is open.
        now_s
            Seconds of a clock that only goes forward.
        """
        closed = [session for session in list(self.file_storage) if not is_open(session)]
        self._left_at = {session: self._left_at.get(session, now_s) for session in closed}
        for session, left_s in self._left_at.items():
            if now_s - left_s >= KEPT_S:
                self.remove_session_files(session)


def _size(files: list[UploadedFileRec]) -> int:
    return sum(len(file.data) for file in files)


def bound() -> None:
    """Let Streamlit keep uploads in `UploadedFiles`."""
    from streamlit.runtime import memory_uploaded_file_manager

    memory_uploaded_file_manager.MemoryUploadedFileManager = UploadedFiles  # type: ignore[misc]


def sweep_uploads(stop: threading.Event) -> None:
    """Forget the files of closed pages until the server stops."""
    from streamlit import runtime

    while not stop.wait(_EVERY_S):
        running = runtime.get_instance()
        files = running.uploaded_file_mgr
        if isinstance(files, UploadedFiles):
            files.sweep(running.is_active_session, time.monotonic())


def forget(file: UploadedFile) -> None:
    """Give back the memory of an uploaded file that has been used."""
    context = get_script_run_ctx()
    if context is None:
        return
    files = context.uploaded_file_mgr
    if isinstance(files, MemoryUploadedFileManager):
        files.remove_file(context.session_id, file.file_id)
