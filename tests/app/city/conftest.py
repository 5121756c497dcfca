"""Parts of the page of a city, shown into lists instead of a browser."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """Give what goes to the page: its HTML, and what the map is given."""
    import streamlit as st

    from toolkit.app.map import component

    found: dict[str, list[Any]] = {"html": [], "maps": [], "progress": []}

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
        component, "show", lambda *given, **named: found["maps"].append((*given, named))
    )
    monkeypatch.setattr(st, "progress", Bar)
    return found
