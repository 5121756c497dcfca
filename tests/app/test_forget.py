"""Forget everything: afterwards neither the home folder nor the browser's profile has anything."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

import own_evidence
import pytest
import small_city
from app_screens import html_of, screen
from banned_words import banned_words
from browsers import FLAGS
from playwright.sync_api import BrowserContext, Page, Playwright, expect
from running import SLOW_MS, SLOW_S, serving
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from toolkit.app import forget, kept_answers, markup
from toolkit.app.gate import FORGET
from toolkit.app.map import component, route
from toolkit.base import store
from toolkit.base.errors import InputDataError
from toolkit.base.terms import LANGUAGES, Language
from toolkit.streets import pack

CITY = "dawei"
TYPED = ("48731", "48,731", "58731", "58,731")
HISTORY = {
    "History", "History-journal", "Favicons", "Favicons-journal", "Top Sites", "Top Sites-journal",
    "Sessions", "segmentation_platform",
}  # fmt: skip
"""What Chromium keeps of the addresses that were opened, and no page can remove: its history, the
tabs to be opened again, and the pages most often opened. The page says so."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(store.HOME_VARIABLE, str(tmp_path / "toolkit"))
    return tmp_path / "toolkit"


def fill(home: Path, notes: Path) -> None:
    """Put all kinds of data of one's own into a home."""
    small_city.install(home, CITY, city=CITY)
    own_evidence.write_evidence(home / "evidence", CITY, own_evidence.CLAIM)
    small_city.move_city(home, CITY)
    small_city.note_a_camera(notes, CITY, CITY)
    (home / "cities.toml").unlink()
    store.write_bytes(store.cache_dir() / "sight" / "0" / "table", b"a line of sight")


def left(home: Path) -> list[str]:
    """Return the files that are left, but for empty locks."""
    return sorted(
        path.relative_to(home).as_posix()
        for path in home.rglob("*")
        if path.is_file() and path.stat().st_size
    )


def test_each_kind_is_removed_and_no_other(home: Path, tmp_path: Path) -> None:
    fill(home, tmp_path)
    before = left(home)
    n_parts = len([name for name in before if name.startswith(f"{pack.FOLDER}/")])
    assert forget.remove(["notes"]) == ({"notes": 1}, {})
    # Lines of sight show where the noted cameras are.
    gone = {f"cameras/{CITY}.parquet", "cache/sight/0/table"}
    assert set(left(home)) == set(before) - gone
    assert forget.remove(["streets", "evidence"])[0] == {"evidence": 1, "streets": n_parts}
    assert left(home) == []
    assert forget.remove(forget.KINDS) == (dict.fromkeys(forget.KINDS, 0), {})


def test_what_cannot_be_removed_is_told_and_the_rest_removed(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(home, tmp_path)

    def linked() -> int:
        msg = "The folder 'packs' is a link."
        raise InputDataError(msg)

    def in_use() -> int:
        raise PermissionError(13, "Permission denied", "table")

    monkeypatch.setitem(forget._REMOVE, "streets", linked)
    monkeypatch.setitem(forget._REMOVE, "caches", in_use)
    removed, kept = forget.remove(forget.KINDS)
    assert removed == {"notes": 1, "evidence": 1}
    assert kept == {"streets": "The folder 'packs' is a link.", "caches": "Permission denied"}
    page = forget.page(removed, kept, "http://127.0.0.1:1", "en")
    said = "Street maps you added: not removed. The folder 'packs' is a link."
    assert markup.text(said) in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_says_what_stays(home: Path, lang: Language) -> None:
    store.write_text(home / "assumptions" / "mine.toml", "a = 1\n")
    store.write_text(home / "evidence" / "yangon.toml", "a = 1\n")
    page = forget.page({"notes": 1}, {}, "http://127.0.0.1:8501", lang)
    plain = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page)
    for sentence in forget.out_of_reach(lang):
        assert markup.text(sentence) in page
    assert "assumptions" in plain
    assert "http://127.0.0.1:8501" in plain.replace("&#58;", ":")
    assert plain.count(forget.kind_name("evidence", lang)) == 1
    assert forget.kind_name("streets", lang) not in plain
    assert banned_words(plain) == []
    # It needs nothing more of the server, which may be ended at once.
    assert re.findall(r"(?:src|href|action)=", page) == []


def test_what_the_process_keeps_is_forgotten() -> None:
    key = route.offer(b"streets").rpartition("/")[2]
    assert route._kept.get(key) is not None
    forget.end_sessions()
    assert route._kept.get(key) is None
    assert pack.pack_names()


class Running:
    """A page that computes an answer, and another part once it is told to go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, name=forget._SCRIPT_THREAD)
        self.thread.start()
        assert self.begun.wait(30)

    def _run(self) -> None:
        kept_answers._made.get("running", self._make)
        component._figures.get("running", lambda: b"begun after all was forgotten")

    def _make(self) -> kept_answers.Estimate:
        self.begun.set()
        assert self.go_on.wait(30)
        made: kept_answers.Estimate = object()  # type: ignore[assignment]
        return made


def kept_of_page() -> bool:
    return "running" in kept_answers._made or "running" in component._figures


def test_what_a_page_still_computes_is_forgotten() -> None:
    page = Running()
    running = forget.end_sessions()
    assert page.thread in running
    page.go_on.set()
    page.thread.join()
    assert "running" not in kept_answers._made
    assert kept_of_page()
    assert forget.forget_after(running)
    assert not kept_of_page()


def test_a_page_that_does_not_end_is_told_and_forgotten_when_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(forget, "_PATIENCE_S", 0.0)
    page = Running()
    assert not forget.forget_after([page.thread])
    said = "What a page still works out, in memory until that ends."
    for ended in (True, False):
        shown = forget.page({}, {}, "http://127.0.0.1:1", "en", ended=ended)
        assert (markup.text(said) in shown) != ended
    (late,) = (one for one in threading.enumerate() if one.name == forget._LATE_THREAD)
    page.go_on.set()
    late.join(30)
    assert not kept_of_page()


def test_pages_run_in_threads_of_the_name_that_is_waited_for() -> None:
    names: list[str] = []

    def app(names: list[str]) -> None:
        import threading

        names.append(threading.current_thread().name)

    AppTest.from_function(app, args=(names,)).run(timeout=SLOW_S)
    assert names == [forget._SCRIPT_THREAD]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_clears_what_the_browser_keeps(home: Path, lang: Language) -> None:
    store.write_text(home / "evidence" / "yangon.toml", "a = 1\n")
    (asked,) = forget.routes()
    assert (asked.path, asked.methods) == (FORGET, {"POST"})
    body = f"remove-evidence=yes&language={lang}".encode()

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    head = [(b"host", b"127.0.0.1:1")]
    scope = {"type": "http", "method": "POST", "path": FORGET, "headers": head}
    answer = asyncio.run(forget._answer(Request(scope, receive)))
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert answer.headers["cache-control"] == "no-store"
    assert f'lang="{lang}"' in bytes(answer.body).decode()
    assert not (home / "evidence").exists()


def test_the_form_asks_for_each_kind_and_ticks_none() -> None:
    html = html_of(screen("limits"))
    assert re.findall(r'name="remove-(\w+)"', html) == list(forget.KINDS)
    assert "checked" not in html
    assert html.count("<button") == 1


@pytest.fixture
def profile(
    tmp_path: Path, whole_chromium: str, playwright: Playwright
) -> Callable[[], BrowserContext]:
    """Give a function that opens a browser which keeps what it keeps of a user."""
    return lambda: playwright.chromium.launch_persistent_context(
        tmp_path / "profile", executable_path=whole_chromium, args=list(FLAGS)
    )


def found(folder: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """Return in which files of a folder words are, as bytes of UTF-8 or UTF-16."""
    wanted = [(word, word.encode(code)) for word in words for code in ("utf-8", "utf-16-le")]
    result: dict[str, set[str]] = {}
    paths = [Path(at, name) for at, _, names in os.walk(folder) for name in names]
    for path in (path for path in paths if path.is_file()):
        # A running browser removes files of its own.
        with contextlib.suppress(FileNotFoundError):
            data = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            for word, coded in wanted:
                if coded in data or coded in name.encode():
                    result.setdefault(word, set()).add(name)
    return result


def use(page: Page, url: str) -> set[str]:
    """Look at a map, enter a number, search; return the hashes of what the map asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{url}/?city={CITY}&lang=en&tier=seen&as_of=2026-11-01")
    page.locator(".tk-map canvas").first.wait_for()
    page.get_by_role("button", name="Change").click()
    page.get_by_text("Enter my own number of cameras").click()
    for label, value in (("At least", TYPED[0]), ("At most", TYPED[2])):
        page.get_by_label(label).fill(value)
        page.get_by_label(label).press("Enter")
        expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    page.keyboard.press("Escape")
    expect(page.get_by_text("own number").first).to_be_attached()
    page.locator(".tk-map input[type=search]").fill("Street of nobody")
    return {url.rpartition("/")[2] for url in asked if "/toolkit-map/data/" in url}


@pytest.mark.browser
def test_a_search_of_home_and_profile_finds_nothing_afterwards(
    home: Path, tmp_path: Path, profile: Callable[[], BrowserContext]
) -> None:
    fill(home, tmp_path)
    (tmp_path / "notes.csv").unlink()
    own = {name for name in pack.open_pack(CITY).streets["name"].dropna() if len(name) > 6}
    with serving(tmp_path) as server:
        context = profile()
        context.set_default_timeout(SLOW_MS)
        page = context.pages[0]
        hashes = use(page, server.url)
        assert len(hashes) > 1
        kept = tmp_path / "profile"
        # Without this the search would show nothing: the browser does keep the streets, but no
        # figures of an answer.
        assert len(found(kept, hashes)) == 1
        page.get_by_role("link", name="What this cannot tell you").click()
        for kind in forget.KINDS:
            page.get_by_label(forget.kind_name(kind, "en")).check()
        page.get_by_role("button", name="Forget everything").click()
        expect(page.get_by_role("heading", name="Forgotten")).to_be_visible()
        assert context.cookies() == []
        assert page.url == f"{server.url}{FORGET}"
        # Back leads to a new session, which knows nothing.
        page.go_back()
        page.get_by_role("button", name="Forget everything").wait_for()
        assert not found(kept, hashes)
        context.close()
    assert left(home) == []
    secret = {*own, *TYPED, *hashes, "Street of nobody", "Mine"}
    assert found(home, {*secret, CITY}) == {}
    assert found(kept, secret - {"Mine"}) == {}
    address = found(kept, {CITY}).get(CITY, set())
    assert {one for one in address if not HISTORY & set(one.split("/"))} == set()
