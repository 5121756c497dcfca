from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import small_city
from playwright.sync_api import Page, expect
from running import ROOT, SLOW_S, START, START_SECONDS, Server, Watched, environment, port, serving
from streamlit.testing.v1 import AppTest

from toolkit.app import serve
from toolkit.app.city.panel import not_counted
from toolkit.app.map import route
from toolkit.base import egress
from toolkit.base.errors import PermissionNotGivenError, UsageError
from toolkit.language.translate import tr
from toolkit.streets import removed
from toolkit.streets.cities import load_cities

HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def refusal(folder: Path, *, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Start the app in a folder where it must refuse, and return how it ended."""
    return subprocess.run(
        [sys.executable, "-c", START, port()],
        cwd=folder,
        env=environment(home, **variables),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=START_SECONDS,
        check=False,
    )


def answer(
    server: Server, path: str, headers: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """Ask the server for something and return the answer, read to its end."""
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request("GET", path, headers=headers or {})
    response = connection.getresponse()
    if response.status != 101:
        response.read()
    connection.close()
    return response


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["en", "my"])
def test_the_page_asks_no_other_machine(
    app_server: Server,
    watched: Callable[[], Watched],
    screenshot: Callable[[Page, str], Path],
    lang: str,
) -> None:
    seen = watched()
    seen.page.goto(app_server.url)
    seen.page.get_by_text("မြန်မာ", exact=True).wait_for()
    if lang == "my":
        seen.page.get_by_text("မြန်မာ", exact=True).click()
    practise = tr("Practise with made-up cameras ({city})", lang).partition("(")[0].strip()
    seen.page.get_by_role("button", name=re.compile(re.escape(practise))).click()
    expect(seen.page.get_by_text(not_counted(lang)).first).to_be_visible()
    expect(seen.page.locator("canvas.tk-streets")).to_be_visible()
    seen.page.locator(".st-key-bar").get_by_role("combobox").first.click()
    for city in load_cities():
        option = seen.page.get_by_role("option").filter(has_text=city.name.in_language(lang))
        expect(option.first).to_be_visible()
    seen.page.keyboard.press("Escape")
    screenshot(seen.page, f"first-page-{lang}")
    assert seen.outside() == []
    assert len(seen.asked) > 5
    assert seen.complaints == []
    if lang == "my":
        assert seen.page.evaluate("document.fonts.check('16px \"Noto Sans Myanmar\"', 'မြို့')")
        assert any("noto-sans-myanmar" in url for url in seen.asked)


@pytest.mark.browser
def test_the_browser_stops_what_a_page_would_ask_elsewhere(
    app_server: Server, watched: Callable[[], Watched]
) -> None:
    seen = watched()
    seen.page.goto(app_server.url)
    seen.page.get_by_text("မြန်မာ", exact=True).wait_for()
    stopped = seen.page.evaluate(
        """async () => {
            const at = "http://127.0.0.2:9/";
            const wait = make => new Promise(done => {
                const node = make(); node.onload = () => done("loaded");
                node.onerror = () => done("stopped"); document.body.append(node);
            });
            const make = (tag, set) => () => Object.assign(document.createElement(tag), set);
            const results = [
                await wait(make("img", {src: at + "i.png"})),
                await wait(make("script", {src: at + "s.js"})),
                await wait(make("link", {rel: "stylesheet", href: at + "c.css"})),
                await fetch(at, {mode: "no-cors"}).then(() => "loaded", () => "stopped"),
            ];
            results.push(navigator.sendBeacon(at, "x") ? "tried" : "stopped");
            try { new WebSocket("ws://127.0.0.2:9/"); results.push("tried"); }
            catch (error) { results.push("stopped"); }
            return results;
        }"""
    )
    assert stopped[:4] == ["stopped"] * 4
    policies = [text for text in seen.complaints if "Content Security Policy" in text]
    assert len(policies) >= 5


@pytest.mark.parametrize("path", [route.SCRIPT, "/toolkit-map/data/0"])
def test_the_map_gives_its_files_to_the_browser_of_this_run_only(
    app_server: Server, path: str
) -> None:
    cookie = str(answer(app_server, "/").headers["Set-Cookie"]).partition(";")[0]
    assert answer(app_server, path).status == 403
    wanted = 200 if path == route.SCRIPT else 404
    assert answer(app_server, path, {"Cookie": cookie}).status == wanted


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/host-config", "/no-such"])
def test_every_answer_has_the_headers(app_server: Server, path: str) -> None:
    response = answer(app_server, path)
    for name, value in egress.HEADERS.items():
        assert response.getheader(name) == value
    assert response.getheader("Access-Control-Allow-Origin") is None


def test_the_policy_names_no_other_machine() -> None:
    policy = egress.HEADERS["Content-Security-Policy"]
    words = {word for part in policy.split(";") for word in part.split()[1:]}
    assert not {word for word in words if word in {"*", "https:", "http:"}}
    hosts = {word for word in words if "://" in word}
    assert hosts == {"ws://127.0.0.1:*", "ws://localhost:*"}
    assert policy.startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("origin", "host", "status"),
    [
        ("http://127.0.0.1:{port}", "127.0.0.1:{port}", 101),
        ("http://127.0.0.1:9", "127.0.0.1:{port}", 403),
        ("http://example.org", "127.0.0.1:{port}", 403),
        ("http://example.org", "example.org", 403),
        ("http://127.0.0.1:{port}", "rebound.example.org", 403),
    ],
)
def test_pages_of_others_cannot_open_the_socket(
    app_server: Server, origin: str, host: str, status: int
) -> None:
    port = urlsplit(app_server.url).port
    headers = {
        **HANDSHAKE,
        "Origin": origin.format(port=port),
        "Host": host.format(port=port),
        # That of the page, which a browser sends from every port of this machine.
        "Cookie": str(answer(app_server, "/").headers["Set-Cookie"]).partition(";")[0],
    }
    assert answer(app_server, "/_stcore/stream", headers).status == status
    assert app_server.process.poll() is None


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks at Linux's list of sockets")
def test_it_listens_on_this_machine_only(app_server: Server) -> None:
    port = urlsplit(app_server.url).port or 0
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == port
    ]
    assert [entry.partition(":")[0] for entry in listening] == ["0100007F"]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ("[browser]\ngatherUsageStats = true\n", "browser.gatherUsageStats"),
        ('[server]\naddress = "0.0.0.0"\n', "server.address"),
        ("[server]\nenableCORS = false\n", "server.enableCORS"),
        (
            '[[theme.fontFaces]]\nfamily = "X"\nurl = "https://fonts.example.org/x.woff2"\n',
            "theme.fontFaces",
        ),
    ],
)
def test_a_setting_that_would_send_is_refused_in_one_sentence(
    tmp_path: Path, settings: str, named: str
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(settings, encoding="utf-8")
    ended = refusal(tmp_path, home=tmp_path / "home")
    assert ended.returncode == 1
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert line.startswith("The app does not start, because data could leave this machine: ")
    assert named in line
    assert "config.toml" in line


def test_harmless_settings_of_the_user_do_not_stop_it(tmp_path: Path) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text(
        '[theme]\nbase = "dark"\n[server]\nfileWatcherType = "poll"\nrunOnSave = true\n',
        encoding="utf-8",
    )
    with serving(tmp_path / "home", cwd=tmp_path) as server:
        assert answer(server, "/_stcore/health").status == 200


@pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0,
    reason="needs a network namespace (Linux, unshare)",
)
def test_it_starts_where_there_is_no_network(tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, urllib.request\n"
        f"process = subprocess.Popen([sys.executable, '-c', {START!r}, '8501'], "
        "stderr=subprocess.PIPE, text=True)\n"
        "line = process.stderr.readline()\n"
        "url = next(word for word in line.split() if word.startswith('http'))\n"
        "body = urllib.request.urlopen(url + '/_stcore/health', timeout=30).read()\n"
        "process.terminate(); process.communicate()\n"
        "print(body.decode())\n"
    )
    ended = subprocess.run(
        [
            "unshare", "-rn", "sh", "-c", 'ip link set lo up && exec "$0" -c "$1"',
            sys.executable, script,
        ],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=2 * START_SECONDS,
        check=False,
    )  # fmt: skip
    assert ended.stdout == "ok\n", ended.stderr


def test_a_port_in_use_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {number} .*--port"):
            serve.free_port(number)
        assert serve.free_port(None) != number


@pytest.mark.parametrize("number", [0, -1, 65536])
def test_a_port_that_does_not_exist_is_named(number: int) -> None:
    with pytest.raises(UsageError, match=f"Port {number} does not exist"):
        serve.free_port(number)


def test_the_settings_file_and_the_launcher_agree() -> None:
    text = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    written = {
        f"{section}.{name}": value
        for section, names in tomllib.loads(text).items()
        for name, value in names.items()
    }
    wanted = serve.options(0)
    for only_here in ("server.port", "server.trustedUserHeaders", "logger.level"):
        del wanted[only_here]
    assert written == wanted


@pytest.mark.parametrize(
    ("flags", "variables"),
    [
        (("--browser.gatherUsageStats", "true"), {}),
        ((), {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}),
    ],
)
def test_the_usual_way_to_start_a_streamlit_app_is_guarded_too(
    tmp_path: Path, flags: tuple[str, ...], variables: dict[str, str]
) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *flags],
        cwd=tmp_path,
        env=environment(tmp_path, **variables),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    assert ended.returncode != 0
    assert "data could leave this machine: browser.gatherUsageStats" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_usual_way_to_start_a_streamlit_app_works(tmp_path: Path) -> None:
    command = ("-m", "streamlit", "run", str(ROOT / "app.py"), "--server.port", port())
    with serving(tmp_path, command=command) as server:
        response = answer(server, "/")
        assert response.status == 200
        for name, value in egress.HEADERS.items():
            assert response.getheader(name) == value


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the launcher in a test that runs a page without a server."""
    monkeypatch.setattr(egress, "require_guard", lambda: None)


@pytest.mark.usefixtures("guarded")
@pytest.mark.parametrize("lang", ["en", "my"])
def test_the_page_shows_cities_and_limits(lang: str) -> None:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    page.session_state["lang"] = lang
    page.session_state["city"] = "dawei"
    page.run()
    assert not page.exception
    shown = "\n".join(element.value for element in page.html)
    assert not_counted(lang) in shown
    for city in load_cities():
        assert any(city.name.in_language(lang) in option for option in page.selectbox[0].options)


def test_a_page_that_the_launcher_did_not_start_refuses() -> None:
    assert not egress._guarded.is_set()
    with pytest.raises(PermissionNotGivenError, match="camera-exposure app"):
        egress.require_guard()
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S).run()
    assert len(page.exception) == 1
    assert not page.title


def test_what_was_removed_cannot_be_brought_back_in_the_next_run(home: Path) -> None:
    small_city.install(home, rows=20)
    removed.set_aside("small")
    serve._discard_removed()
    assert removed.last() is None


def test_no_file_is_left_in_the_home_of_the_user(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert answer(server, "/").status == 200
    assert [os.fspath(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()] == []
