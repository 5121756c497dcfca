"""Bodies, uploads at one time, websockets, and the uploaded files that are kept."""

from __future__ import annotations

import asyncio

import pytest
from streamlit.runtime import memory_uploaded_file_manager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from toolkit.app import bounds
from toolkit.app.bounds import Bounds, UploadedFiles

UPLOAD = "/_stcore/upload_file/session/file"


async def reading(_scope, receive, send):
    """Read a body to its end, and answer with its length."""
    n, more = 0, True
    while more:
        message = await receive()
        n += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(n).encode()})


def status(pieces, *, path="/", method="POST", stated=None, app=reading):
    """Return the status of a request whose body comes in pieces, and how many were read."""
    sent, left = [], list(pieces)

    async def receive():
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message):
        sent.append(message)

    headers = [] if stated is None else [(b"Content-Length", stated)]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    asyncio.run(Bounds(app)(scope, receive, send))
    return sent[0]["status"], len(pieces) - len(left)


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [("POST", "/", bounds.BODY_BYTES), ("PUT", UPLOAD, bounds.UPLOAD_BYTES),
     ("POST", UPLOAD, bounds.BODY_BYTES), ("GET", UPLOAD, bounds.BODY_BYTES)],
)  # fmt: skip
def test_a_body_has_a_limit_whatever_its_head_says(method, path, most):
    piece = b"x" * (most // 4)
    for stated in (None, b"1", str(most).encode()):
        asked = {"method": method, "path": path, "stated": stated}
        assert status([piece] * 4, **asked) == (200, 4)
        assert status([piece] * 100, **asked) == (413, 5)


@pytest.mark.parametrize("stated", [b"99999999999", b"-1", b"1e3", b"", b"x"])
def test_a_length_that_is_too_large_or_none_is_refused_unread(stated):
    assert status([b"x"], stated=stated) == (413, 0)


def test_an_answer_that_has_begun_is_not_answered_again():
    async def early(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await reading(scope, receive, send)

    assert status([b"x" * bounds.BODY_BYTES] * 2, app=early)[0] == 200


@pytest.mark.parametrize(
    ("kind", "most"), [("http", bounds.MOST_UPLOADS), ("websocket", bounds.MOST_SOCKETS)]
)
def test_so_many_at_one_time(kind, most):
    async def run():
        leave = asyncio.Event()

        async def app(_scope, _receive, send):
            await leave.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})

        served = Bounds(app)
        said = []

        async def ask():
            async def send(message):
                if not message["type"].endswith("body"):
                    said.append(message.get("status", message["type"]))

            async def receive():
                return {"type": f"{kind}.connect"}

            scope = {"type": kind, "method": "PUT", "path": UPLOAD, "headers": []}
            await served(scope, receive, send)

        waiting = [asyncio.create_task(ask()) for _ in range(most)]
        await asyncio.sleep(0)
        await ask()
        refused = said.pop()
        leave.set()
        await asyncio.gather(*waiting)
        await ask()
        return refused, said

    refused, served = asyncio.run(run())
    assert refused == (503 if kind == "http" else "websocket.close")
    assert served == [200] * (most + 1)


def test_the_lifespan_passes():
    passed = []

    async def app(scope, _receive, _send):
        passed.append(scope["type"])

    asyncio.run(Bounds(app)({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]


def files_of(kept, session):
    return list(kept.file_storage.get(session, {}))


def add(kept, session, name, size=10):
    kept.add_file(session, UploadedFileRec(name, "a.csv", "text/csv", bytes(size)))


def test_only_the_newest_files_of_a_session_are_kept():
    kept = UploadedFiles("/at")
    for k in range(bounds.FILES_PER_SESSION + 3):
        add(kept, "one", f"f{k}")
    add(kept, "two", "g")
    assert files_of(kept, "one") == [f"f{k}" for k in range(3, bounds.FILES_PER_SESSION + 3)]
    add(kept, "one", "f3")  # once more, so it is the newest
    add(kept, "one", "h")
    assert files_of(kept, "one") == ["f5", "f6", "f3", "h"]
    assert files_of(kept, "two") == ["g"]


def test_bytes_of_a_session_and_of_all_are_bounded(monkeypatch):
    monkeypatch.setattr(bounds, "BYTES_PER_SESSION", 100)
    monkeypatch.setattr(bounds, "BYTES_IN_ALL", 250)
    kept = UploadedFiles("/at")
    for name in "abc":
        add(kept, "one", name, 45)
    assert files_of(kept, "one") == ["b", "c"]
    for session in ("two", "three"):
        add(kept, session, "d", 90)
    assert files_of(kept, "one") == ["c"]
    assert kept._total_bytes == 45 + 180
    add(kept, "four", "e", 90)
    assert set(kept.file_storage) == {"three", "four"}


def test_files_of_a_closed_page_are_forgotten_after_a_while():
    kept = UploadedFiles("/at")
    for session in ("open", "closed", "back"):
        add(kept, session, "f")
    is_open = {"open": True, "closed": False, "back": False}
    kept.sweep(is_open.__getitem__, 0.0)
    is_open["back"] = True
    kept.sweep(is_open.__getitem__, 60.0)
    is_open["back"] = False
    kept.sweep(is_open.__getitem__, 119.0)
    assert set(kept.file_storage) == {"open", "closed", "back"}
    kept.sweep(is_open.__getitem__, 120.0)
    assert set(kept.file_storage) == {"open", "back"}
    kept.sweep(is_open.__getitem__, 119.0 + 120.0)
    assert set(kept.file_storage) == {"open"}


def test_the_server_of_streamlit_keeps_them_so(monkeypatch):
    module = memory_uploaded_file_manager
    monkeypatch.setattr(module, "MemoryUploadedFileManager", module.MemoryUploadedFileManager)
    bounds.bound()
    assert module.MemoryUploadedFileManager is UploadedFiles


def test_outside_a_page_there_is_nothing_to_forget():
    bounds.forget(None)
