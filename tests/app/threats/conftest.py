"""Stand in for the launcher, which guards the process of the app."""

from __future__ import annotations

import pytest

from toolkit.base import egress


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(egress, "require_guard", lambda: None)
