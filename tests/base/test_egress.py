from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import pytest
from streamlit import config, net_util
from streamlit.config_option import ConfigOption

from toolkit.base import egress
from toolkit.base.errors import PermissionNotGivenError, UsageError


def options_with(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let Streamlit have its stock settings, but for some that a file has set."""
    made = {
        name: _Option(option.default_val, ConfigOption.DEFAULT_DEFINITION)
        for name, option in config._config_options_template.items()
    }
    for name, value in changed.items():
        made[name.replace("__", ".")] = _Option(value, "config.toml")
    monkeypatch.setattr(config, "get_config_options", lambda: made)


class _Option:
    DEFAULT_DEFINITION = ConfigOption.DEFAULT_DEFINITION

    def __init__(self, value: object, where_defined: str) -> None:
        self.value = value
        self.where_defined = where_defined


def test_all_options_exist_in_this_streamlit() -> None:
    assert set(egress.SAFE_OPTIONS) <= set(config._config_options_template)


def test_stock_settings_are_refused_where_all_must_be_in_force(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options_with(monkeypatch)
    assert egress.unsafe_settings(only_set=True) == ()
    named = [text.split(" = ")[0] for text in egress.unsafe_settings(only_set=False)]
    assert {"browser.gatherUsageStats", "server.address", "client.allowedOrigins"} <= set(named)


def test_the_settings_of_the_app_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    options_with(monkeypatch, **{k.replace(".", "__"): v for k, v in egress.SAFE_OPTIONS.items()})
    assert egress.unsafe_settings(only_set=False) == ()
    assert egress.unsafe_settings(only_set=True) == ()
    egress.refuse_unsafe_settings(only_set=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("browser.gatherUsageStats", True),
        ("browser.serverAddress", "app.example.org"),
        ("client.allowedOrigins", ["https://example.org"]),
        ("global.developmentMode", True),
        ("server.address", "0.0.0.0"),  # noqa: S104 - what must be refused
        ("server.address", "::"),
        ("server.address", ""),
        ("server.address", "192.168.1.2"),
        ("server.allowedHosts", []),
        ("server.allowedHosts", ["*"]),
        ("server.allowedHosts", ["127.0.0.1", "example.org"]),
        ("server.baseUrlPath", "x"),
        ("server.corsAllowedOrigins", ["https://example.org"]),
        ("server.customComponentBaseUrlPath", "https://example.org"),
        ("server.enableAgentApi", True),
        ("server.enableCORS", False),
        ("server.enableXsrfProtection", False),
        ("server.trustedUserHeaders", {"X-User": "name"}),
        ("theme.font", "Inter:https://fonts.example.org/css2?family=Inter"),
        ("theme.codeFont", "X://fonts.example.org/x.css"),
        ("theme.fontFaces", [{"family": "X", "url": "https://example.org/x.woff2"}]),
        ("theme.fontFaces", [{"family": "X", "url": "//example.org/x.woff2"}]),
        ("theme.base", "https://user:127.0.0.1@example.org/theme.toml"),
        ("theme.base", "https://127.0.0.1.example.org/theme.toml"),
    ],
)
def test_each_setting_that_could_send_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    options_with(monkeypatch, **{name.replace(".", "__"): value})
    with pytest.raises(PermissionNotGivenError) as caught:
        egress.refuse_unsafe_settings(only_set=True)
    assert str(caught.value).startswith("The app does not start")
    assert f"{name} = {value!r} (config.toml)" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server.address", "localhost"),
        ("server.allowedHosts", ["127.0.0.1", "localhost"]),
        ("server.fileWatcherType", "poll"),
        ("server.port", 8600),
        ("theme.base", "dark"),
        ("theme.fontFaces", [{"family": "X", "url": "app/static/x.woff2"}]),
        ("theme.base", "http://127.0.0.1:8000/theme.toml"),
        ("theme.base", "http://[::1]:8000/theme.toml"),
    ],
)
def test_settings_that_send_nothing_are_left_to_the_user(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    options_with(monkeypatch, **{name.replace(".", "__"): value})
    assert egress.unsafe_settings(only_set=True) == ()


def test_several_settings_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    options_with(
        monkeypatch, browser__gatherUsageStats=True, server__enableCORS=False, server__address="::"
    )
    with pytest.raises(PermissionNotGivenError) as caught:
        egress.refuse_unsafe_settings(only_set=True)
    assert "\n" not in str(caught.value)
    assert "and 2 more" in str(caught.value)
    first = egress.departures()[:3]
    assert [d.id for d in first] == ["setting"] * 3
    assert egress.departures()[3:] == egress.DEPARTURES


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST", True),
        (b"localhost", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False),  # noqa: S104 - an address to be refused
        ("::", False),
        ("", False),
        ("127.0.0.1.example.org", False),
        ("localhost.example.org", False),
        ("192.168.0.1", False),
        ("10.0.0.1", False),
        ("example.org", False),
        (None, False),
    ],
)
def test_what_is_local(host: object, local: bool) -> None:
    assert egress.is_local(host) is local


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('192.0.2.1', 9), 1)",
        "socket.create_connection(('2001:db8::1', 9), 1)",
        "socket.getaddrinfo('example.org', 80)",
        "socket.gethostbyname('example.org')",
        "socket.gethostbyaddr('192.0.2.1')",
        "socket.getnameinfo(('192.0.2.1', 9), 0)",
        "socket.getnameinfo(('2001:db8::1', 9, 0, 0), 0)",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "socket.socket(type=socket.SOCK_DGRAM).connect(('8.8.8.8', 1))",
        "socket.socket().bind(('0.0.0.0', 0))",
        "socket.socket().bind(('', 0))",
        "urllib.request.urlopen('http://192.0.2.1:9/', timeout=1)",
    ],
)
def test_a_guarded_process_reaches_only_itself(attempt: str) -> None:
    code = (
        "import socket, urllib.request, asyncio\n"
        "from toolkit.base import egress\n"
        "egress.forbid_connections()\n"
        "server = socket.create_server(('127.0.0.1', 0))\n"
        "socket.create_connection(server.getsockname()).close()\n"
        "socket.create_connection(('localhost', server.getsockname()[1])).close()\n"
        "asyncio.run(asyncio.sleep(0))\n"
        f"try: {attempt}\n"
        "except OSError as error: print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert "tried to reach beyond this machine, and was stopped" in ended.stdout, ended.stderr
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("tcp://10.0.0.5:8786", "10.0.0.5"),
        ("tls://node-1.cluster.example:8786", "node-1.cluster.example"),
        ("tcp://[2001:db8::1]:80", "2001:db8::1"),
        ("tcp://10.0.0.5", None),
        ("tcp://10.0.0.5:0", None),
        ("tcp://10.0.0.5:65536", None),
        ("http://10.0.0.5:8786", None),
        ("inproc://10.0.0.5:1", None),
        ("tcp://a b:8786", None),
        ("tcp://user@10.0.0.5:8786", None),
        ("tcp://10.0.0.5:8786/path", None),
        ("", None),
    ],
)
def test_addresses_of_schedulers(text: str, host: str | None) -> None:
    if host is None:
        with pytest.raises(UsageError, match="give an address such as"):
            egress.scheduler_address(text)
    else:
        found = egress.scheduler_address(text)
        assert (found.text, found.host) == (text, host)
        assert text in found.announcement


def test_the_machine_that_is_named_may_be_reached_and_no_other() -> None:
    named = frozenset({"192.0.2.7"})
    egress._refuse_connection("socket.connect", (None, ("192.0.2.7", 8786)), named)
    for event, target in (
        ("socket.connect", ("192.0.2.8", 8786)),
        ("socket.bind", ("192.0.2.7", 8786)),
        ("socket.bind", ("0.0.0.0", 0)),  # noqa: S104 - an address to be refused
    ):
        with pytest.raises(PermissionNotGivenError):
            egress._refuse_connection(event, (None, target), named)


def test_a_process_with_a_scheduler_is_guarded() -> None:
    code = (
        "import socket\n"
        "from toolkit.base import egress\n"
        "egress.forbid_connections(allowed_host='192.0.2.7')\n"
        "try: socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.7', 9))\n"
        "except PermissionError: raise SystemExit('the named machine is refused')\n"
        "except OSError: pass  # no network here\n"
        "try: socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.8', 9))\n"
        "except OSError as error: print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    assert "tried to reach beyond this machine, and was stopped" in ended.stdout, ended.stderr
    assert ended.returncode == 0, ended.stderr


def test_streamlit_never_looks_its_address_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda *a, **k: asked.append((a, k)))
    monkeypatch.setattr(net_util, "_external_ip", None)
    monkeypatch.setattr(net_util, "_internal_ip", None)
    net_util.get_external_ip()
    assert asked  # it would
    asked.clear()
    egress.pin_addresses()
    assert net_util.get_external_ip() == net_util.get_internal_ip() == "127.0.0.1"
    assert asked == []


def test_headers_replace_those_of_the_application() -> None:
    sent: list[dict[str, Any]] = []

    async def app(_scope: object, _receive: object, send: Any) -> None:
        headers = [(b"content-security-policy", b"default-src *"), (b"x-own", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(egress.HeadersMiddleware(app)({"type": "http"}, receive, send))
    headers = sent[0]["headers"]
    assert [v for k, v in headers if k == b"content-security-policy"] == [
        egress.HEADERS["Content-Security-Policy"].encode()
    ]
    assert (b"x-own", b"1") in headers
    assert sent[1] == {"type": "http.response.body", "body": b"x"}
