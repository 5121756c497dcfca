"""The browsers of this computer, and how the tests start them."""

from __future__ import annotations

import os
import shutil

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
