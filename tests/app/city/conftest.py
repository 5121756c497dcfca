"""Parts of the page of a city, shown into lists instead of a browser."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Give what goes to the page: its HTML, and the pages inside it with their descriptions."""
    import streamlit as st

    found: dict[str, list[Any]] = {"html": [], "frames": [], "progress": []}

    class Bar:
        """A bar that notes how far it is."""

        def __init__(self, done: float) -> None:
            self.progress(done)

        def progress(self, done: float) -> None:
            found["progress"].append(done)

        def empty(self) -> None:
            found["progress"].append("gone")

    monkeypatch.setattr(st, "html", found["html"].append)
    monkeypatch.setattr(
        st, "iframe", lambda page, **options: found["frames"].append((page, options["alt"]))
    )
    monkeypatch.setattr(st, "progress", Bar)
    return found
