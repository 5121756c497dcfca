"""Clients that are slow, silent or many, and uploads without end, against a running app."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import psutil
import pytest
from running import SLOW_S, Server, serving
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from toolkit.app import bounds, connections

PAGE_S = 8.0
"""How long the page may take on a busy machine: less than until clients are closed (`HEAD_S`);
without the clients it takes a few milliseconds."""
LATE_S = 60.0
"""How much later than stated a busy machine may close clients."""
N_IDLE = 300
N_SLOW = 60
UPLOAD_BYTES = 4 << 20
N_UPLOADS = 50
MB = 1 << 20
OWN_BYTES = 60 * MB
"""What taking in a file needs at one time: it is parsed, written to disk and read."""
SLOW_BODY = (
    "PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: {host}\r\nContent-Length: 20000000\r\n\r\nab"
)
SLOW_HEAD = "GET / HTTP/1.1\r\nHost: {host}\r\nX-A: "


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("slow")
    script = folder / "page.py"
    script.write_text("import streamlit\nstreamlit.file_uploader('a')\n", encoding="utf-8")
    with serving(folder, script=script) as server:
        yield server


def opened(server: Server, first: str = "") -> socket.socket:
    parts = urlsplit(server.url)
    made = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)
    made.sendall(first.format(host=parts.netloc).encode())
    return made


def page(server: Server) -> tuple[float, http.client.HTTPResponse, bytes]:
    """Return how long the page took, the answer and its body."""
    parts = urlsplit(server.url)
    begin = time.monotonic()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", "/")
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return time.monotonic() - begin, answer, body


def closed(one: socket.socket) -> bool:
    """Return whether the server has closed a connection; what it said before is read."""
    one.settimeout(0.01)
    try:
        while one.recv(1 << 16):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_idle_and_dripping_clients_do_not_keep_the_page_from_its_user(app: Server) -> None:
    clients = [opened(app) for _ in range(N_IDLE)]
    clients += [opened(app, SLOW_BODY) for _ in range(N_SLOW)]
    clients += [opened(app, SLOW_HEAD) for _ in range(N_SLOW)]
    dripping = threading.Event()

    def drip() -> None:
        while not dripping.wait(0.2):
            for one in clients[N_IDLE:]:
                with contextlib.suppress(OSError):
                    one.send(b"a")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        for _ in range(5):
            seconds, answer, body = page(app)
            assert answer.status == 200
            assert b"<title>Streamlit</title>" in body
            assert seconds < PAGE_S
        held = len(psutil.Process(app.process.pid).net_connections("tcp"))
        assert held <= connections.MOST_OPEN + 10
        deadline = time.monotonic() + connections.HEAD_S + LATE_S
        silent = clients[:N_IDLE] + clients[N_IDLE + N_SLOW :]
        while silent and time.monotonic() < deadline:
            silent = [one for one in silent if not closed(one)]
            time.sleep(0.1)
        assert silent == []
    finally:
        dripping.set()
        thread.join()
        for one in clients:
            one.close()


def cookies(server: Server) -> dict[str, str]:
    """Return the cookies that the app gives to a page, by name."""
    found = {}
    parts = urlsplit(server.url)
    for path in ("/", "/_stcore/health"):
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        for text in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = text.partition(";")[0].partition("=")
            found[name] = value
    return found


@contextlib.contextmanager
def page_of(server: Server, given: dict[str, str]) -> Iterator[str]:
    """Open the websocket of a page and give the id of its session."""
    url = server.url.replace("http", "ws") + "/_stcore/stream"
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in given.items())}
    with connect(
        url, origin=server.url, additional_headers=header, subprotocols=["streamlit"],
        max_size=None, proxy=None,
    ) as opened_page:  # fmt: skip
        message = BackMsg()
        message.rerun_script.query_string = ""
        opened_page.send(message.SerializeToString())
        session, kind = "", ""
        while kind != "script_finished":
            said = ForwardMsg()
            said.ParseFromString(opened_page.recv(timeout=SLOW_S))
            kind = said.WhichOneof("type") or ""
            if kind == "new_session":
                session = said.new_session.initialize.session_id
        yield session


def send_file(
    server: Server, given: dict[str, str], session: str, name: str, size: int, method: str = "PUT"
) -> int:
    parts = urlsplit(server.url)
    head = (
        '--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    body = head.encode() + bytes(size) + b"\r\n--x--\r\n"
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(
        method,
        f"/_stcore/upload_file/{session}/{name}",
        body,
        {
            "Content-Type": "multipart/form-data; boundary=x",
            "Cookie": "; ".join(f"{k}={v}" for k, v in given.items()),
            "X-Xsrftoken": given["_streamlit_xsrf"],
            "Origin": server.url,
        },
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_uploads_without_end_do_not_fill_the_memory(app: Server) -> None:
    given = cookies(app)
    process = psutil.Process(app.process.pid)
    with page_of(app, given) as session:
        assert send_file(app, given, session, "warm", UPLOAD_BYTES) == 204
        before = process.memory_info().rss
        for k in range(N_UPLOADS):
            assert send_file(app, given, session, f"f{k}", UPLOAD_BYTES) == 204
        grown = process.memory_info().rss - before
    kept = bounds.FILES_PER_SESSION * UPLOAD_BYTES
    assert grown < kept + OWN_BYTES
    assert kept + OWN_BYTES < N_UPLOADS * UPLOAD_BYTES / 2


def test_a_body_that_is_too_large_is_refused(app: Server) -> None:
    given = cookies(app)
    with page_of(app, given) as session, contextlib.suppress(ConnectionError):
        # The server may close while the body is still being sent: that is a refusal, too.
        assert send_file(app, given, session, "f", 22 * MB) == 413
    assert page(app)[1].status == 200


def test_so_many_pages_at_one_time(app: Server) -> None:
    given = cookies(app)
    with contextlib.ExitStack() as stack:
        refused = 0
        url = app.url.replace("http", "ws") + "/_stcore/stream"
        header = {"Cookie": "; ".join(f"{k}={v}" for k, v in given.items())}
        for _ in range(bounds.MOST_SOCKETS + 5):
            try:
                stack.enter_context(
                    connect(url, origin=app.url, additional_headers=header, proxy=None)
                )
            except (InvalidStatus, ConnectionClosed):
                refused += 1
        assert refused == 5
    with page_of(app, given) as session:
        assert session
