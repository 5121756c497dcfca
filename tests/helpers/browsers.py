"""The browsers of this computer, and how the tests start them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_HEADLESS_NAMES = ("chromium-headless-shell", "chrome-headless-shell")


def _first(names: tuple[str, ...]) -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


WHOLE = _first(_NAMES + _HEADLESS_NAMES)
"""Chromium as users have it, for tests of what it keeps and of what it refuses."""
CHROMIUM = _first(_HEADLESS_NAMES + _NAMES)
"""The same engine, without windows of its own if there is such a build: half the work a page."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "no Chromium is installed (Debian: apt-get install chromium; the variable CHROMIUM names one)"
)

_loops: list[asyncio.AbstractEventLoop] = []


@contextlib.contextmanager
def playing() -> Iterator[Playwright]:
    """Start Playwright for all tests of a process; see `show_loop`."""
    with sync_playwright() as playwright:
        _loops.append(asyncio.get_running_loop())
        try:
            yield playwright
        finally:
            show_loop(shown=True)
            _loops.clear()


def show_loop(*, shown: bool) -> None:
    """Say whether the event loop of Playwright counts as running.

    It goes on running between its calls, but only calls of Playwright need to find it: tests
    without a browser start loops of their own.
    """
    asyncio._set_running_loop(_loops[0] if shown and _loops else None)  # type: ignore[arg-type]
