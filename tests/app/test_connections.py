"""Connections to a server in this process: how many, and for how long."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import uvicorn
from streamlit.web.server.starlette import starlette_server

from toolkit.app import connections
from toolkit.app.connections import SETTINGS, BoundedProtocol, bound

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
PUT = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
MANY = 8


async def app(scope, _receive, send):
    """Answer at once, without reading; ``/large`` with what no buffer of the system holds."""
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(400 if scope["path"] == "/large" else 0):
        await send({"type": "http.response.body", "body": b"x" * 100_000, "more_body": True})
    await send({"type": "http.response.body", "body": b"end"})


@contextlib.asynccontextmanager
async def served():
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off", **SETTINGS)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it has no event of its own
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = server.force_exit = True
        await task


async def ends(reader, within_s=5.0):
    """Return whether the server closes a connection within a time."""
    try:
        while await asyncio.wait_for(reader.read(1 << 20), within_s):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True


async def asked(port, words=GET):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(words)
    return reader, writer


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    for name in ("HEAD_S", "BODY_S", "READ_S"):
        monkeypatch.setattr(connections, name, 0.3)
    monkeypatch.setattr(connections, "MOST_OPEN", MANY)
    yield
    assert not BoundedProtocol._open


@pytest.mark.parametrize(
    "first", [b"", b"GET / HT", GET + b"GET / ", PUT, PUT + b"abc"],
    ids=["nothing", "half a head", "half a second head", "no body", "half a body"],
)  # fmt: skip
@pytest.mark.parametrize("drips", [False, True])
def test_who_does_not_finish_a_request_is_closed(first, drips):
    async def run():
        async with served() as port:
            reader, writer = await asked(port, first)

            async def drip():
                with contextlib.suppress(ConnectionError):
                    while True:
                        writer.write(b"a")
                        await asyncio.sleep(0.05)

            task = asyncio.create_task(drip()) if drips else None
            closed = await ends(reader)
            if task:
                task.cancel()
            writer.transport.abort()
            await asyncio.sleep(0)
            return closed

    assert asyncio.run(run())


def test_who_does_not_read_the_answer_is_closed():
    async def run():
        async with served() as port:
            _reader, writer = await asked(port, GET.replace(b"/ ", b"/large "))
            await asyncio.sleep(0.15)
            waiting = len(BoundedProtocol._open)
            for _ in range(100):
                await asyncio.sleep(0.05)
                if not BoundedProtocol._open:
                    break
            left = len(BoundedProtocol._open)
            writer.transport.abort()
            await asyncio.sleep(0)
            return waiting, left

    assert asyncio.run(run()) == (1, 0)


def test_who_reads_slowly_is_served_to_the_end():
    async def run():
        async with served() as port:
            reader, writer = await asked(
                port, GET.replace(b"/ ", b"/large ").replace(b"Host", b"Connection: close\r\nHost")
            )
            n = 0
            while piece := await reader.read(1 << 20):
                n += len(piece)
                await asyncio.sleep(0.02)
            writer.transport.abort()
            await asyncio.sleep(0)
            return n

    assert asyncio.run(run()) > 40_000_000


def test_the_one_that_waits_longest_makes_room(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_S", 30.0)

    async def run():
        async with served() as port:
            silent = [await asked(port, b"") for _ in range(3 * MANY)]
            await asyncio.sleep(0.1)
            n_open = len(BoundedProtocol._open)
            reader, writer = await asked(port, GET.replace(b"Host", b"Connection: close\r\nHost"))
            answer = await asyncio.wait_for(reader.read(), 5)
            first_closed = await ends(silent[0][0], 1)
            for _, one in [*silent, (None, writer)]:
                one.transport.abort()
            await asyncio.sleep(0.1)
            return n_open, answer[:15], first_closed

    assert asyncio.run(run()) == (MANY, b"HTTP/1.1 200 OK", True)


def test_a_connection_may_be_used_again(monkeypatch):
    monkeypatch.setattr(connections, "HEAD_S", 1.0)

    async def run():
        async with served() as port:
            reader, writer = await asked(port, b"")
            answers = 0
            for _ in range(5):
                writer.write(GET)
                await reader.readuntil(b"end\r\n0\r\n\r\n")
                answers += 1
                await asyncio.sleep(0.3)
            writer.transport.abort()
            await asyncio.sleep(0)
            await asyncio.sleep(0.1)
            return answers

    assert asyncio.run(run()) == 5


def test_the_server_of_streamlit_runs_with_them(monkeypatch):
    usual = starlette_server._get_uvicorn_config_kwargs
    monkeypatch.setattr(starlette_server, "_get_uvicorn_config_kwargs", usual)
    bound()
    settings = starlette_server._get_uvicorn_config_kwargs()
    assert {**usual(), **SETTINGS} == settings
    assert settings["ws_ping_interval"] > 0
    assert settings["ws_ping_timeout"] > 0
