"""The gate of the server: who is let in, and who is not."""

from __future__ import annotations

import asyncio
import re

import pytest

from toolkit.app.gate import COOKIE, FORGET, MAP_FILES, UNUSED, Gate

PORT = 8501
OWN = f"127.0.0.1:{PORT}"


class Asked:
    """A gate in front of an application that answers everything."""

    def __init__(self):
        self.served = []
        self.gate = Gate(self._answer)

    async def _answer(self, scope, _receive, send):
        self.served.append(scope["path"])
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"page"})

    def ask(self, path="/", kind="http", method="GET", **headers):
        """Return the messages of one connection."""
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": f"{kind}.connect" if kind == "websocket" else "http.request"}

        listed = {"host": OWN, **{k.replace("_", "-"): v for k, v in headers.items()}}
        scope = {
            "type": kind, "method": method, "path": path, "server": ("127.0.0.1", PORT),
            "headers": [(k.encode(), v.encode()) for k, v in listed.items() if v is not None],
        }  # fmt: skip
        asyncio.run(self.gate(scope, receive, send))
        return sent

    def status(self, *args, **kwargs):
        first = self.ask(*args, **kwargs)[0]
        return first.get("status", first["type"])

    def cookie(self, **headers):
        """Return the cookie that a page is given, or None."""
        start = self.ask(**headers)[0]
        found = [v.decode() for k, v in start["headers"] if k == b"set-cookie"]
        return found[0].split(";")[0] if found else None


@pytest.fixture
def asked():
    return Asked()


def test_a_page_that_the_user_opens_is_given_a_secret(asked):
    start = asked.ask(sec_fetch_site="none", sec_fetch_mode="navigate")[0]
    (cookie,) = [v.decode() for k, v in start["headers"] if k == b"set-cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{40,}}; Path=/; HttpOnly; SameSite=Strict", cookie)
    assert Asked().cookie() != asked.cookie()


@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_page_that_another_page_opens_is_not(asked, site):
    assert asked.cookie(sec_fetch_site=site, sec_fetch_mode="navigate") is None


@pytest.mark.parametrize(
    "how",
    [{"sec_fetch_mode": "no-cors"}, {"sec_fetch_mode": "cors"}, {"sec_fetch_dest": "iframe"}],
)
def test_what_is_no_page_in_a_window_is_not(asked, how):
    assert asked.cookie(sec_fetch_site="same-origin", **how) is None


def test_the_websocket_and_uploads_need_it(asked):
    cookie = asked.cookie()
    origin = f"http://{OWN}"
    socket = {"path": "/_stcore/stream", "kind": "websocket", "origin": origin}
    assert asked.status(**socket, cookie=cookie) == "websocket.accept"
    assert asked.status(**socket, cookie=f"a=b; {cookie}; c=d") == "websocket.accept"
    for wrong in (None, f"{COOKIE}=guess", "=;;;", f"{COOKIE}="):
        assert asked.status(**socket, cookie=wrong) == "websocket.close"
    for method in ("POST", "PUT", "DELETE"):
        upload = {"path": "/_stcore/upload_file/a", "method": method, "origin": origin}
        assert asked.status(**upload, cookie=cookie) == 200
        assert asked.status(**upload) == 403


@pytest.mark.parametrize(
    "origin",
    ["http://127.0.0.1:9000", "http://localhost:8501", "https://127.0.0.1:8501", "null",
     "http://127.0.0.1", "http://evil.example", "http://127.0.0.1:8501.evil.example", None],
)  # fmt: skip
def test_a_websocket_of_another_origin_is_closed_even_with_the_secret(asked, origin):
    cookie = asked.cookie()
    opened = asked.ask("/_stcore/stream", kind="websocket", origin=origin, cookie=cookie)
    assert [m["type"] for m in opened] == ["websocket.close"]
    if origin is not None:
        assert asked.status("/_stcore/health", origin=origin, cookie=cookie) == 403
    assert "/_stcore/stream" not in asked.served


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8501", "127.0.0.1", "127.0.0.1:9000", "localhost",
     "0.0.0.0:8501", "[::1]:8501", "127.0.0.1:8501, evil.example", "", "LOCALHOST.:8501"],
)  # fmt: skip
def test_no_path_answers_to_a_foreign_name(asked, host):
    for path in ("/", "/_stcore/health", "/static/x.js", "/_stcore/stream", "/toolkit-fonts/a"):
        assert asked.status(path, host=host) == 421
        assert asked.status(path, kind="websocket", host=host) == "websocket.close"
    assert asked.served == []


def test_it_answers_by_both_names_of_this_machine(asked):
    assert asked.status(host="localhost:8501", origin="http://localhost:8501") == 200


@pytest.mark.parametrize("path", UNUSED)
def test_what_tells_of_the_inside_is_not_there(asked, path):
    assert asked.status(path) == asked.status(f"{path}/") == 404


def test_two_headers_of_one_name_fit_nothing(asked):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/", "server": ("127.0.0.1", PORT),
        "headers": [(b"host", OWN.encode()), (b"Host", b"evil.example")],
    }  # fmt: skip
    asyncio.run(asked.gate(scope, None, send))
    assert sent[0]["status"] == 421


def test_the_lifespan_passes():
    passed = []

    async def app(scope, _receive, _send):
        passed.append(scope["type"])

    asyncio.run(Gate(app)({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]


@pytest.mark.parametrize("path", [f"{MAP_FILES}/data/0", f"{MAP_FILES}/0/map.js"])
def test_the_geometry_of_the_map_needs_the_secret(asked, path):
    cookie = asked.cookie(sec_fetch_site="none", sec_fetch_mode="navigate")
    assert asked.status(path) == 403
    assert asked.status(path, cookie=f"{COOKIE}=guessed") == 403
    assert asked.status(path, cookie=cookie, origin="http://127.0.0.1:9") == 403
    assert path not in asked.served
    assert asked.status(path, cookie=cookie) == 200


def test_only_the_form_of_a_page_of_this_run_may_ask_to_forget(asked):
    cookie = asked.cookie()
    own = {"path": FORGET, "method": "POST", "origin": "null", "sec_fetch_site": "same-origin"}
    assert asked.status(**own, cookie=cookie) == 200
    # Not without the secret, for another page, or to another path.
    assert asked.status(**own) == 403
    for site in ("same-site", "cross-site", "none", None):
        assert asked.status(**{**own, "sec_fetch_site": site}, cookie=cookie) == 403
    assert asked.status(**{**own, "origin": "http://127.0.0.1:9"}, cookie=cookie) == 403
    assert asked.status(**{**own, "path": "/_stcore/upload_file/a"}, cookie=cookie) == 403
    # Its answer gives no new secret; the address of the app, opened again, does.
    start = asked.ask(**own, cookie=cookie)[0]
    assert [k for k, _ in start["headers"] if k == b"set-cookie"] == []
    assert asked.cookie(sec_fetch_site="none") == cookie
