"""The City page follows the files: whatever is added, the next run of the page shows it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from own_evidence import CLAIM, OBSERVATION, write_evidence
from running import SLOW_S
from small_city import N_ROWS, install, move_city, note_a_camera
from streamlit.testing.v1 import AppTest

from toolkit.app import kept_answers, serve
from toolkit.base import egress, store

CITY = "dawei"
AS_OF = dt.date(2026, 11, 1)


def write_profiles(home: Path) -> None:
    found = json.loads((store.builtin_dir() / "siting" / "profiles.json").read_bytes())
    found["uniform_share"] = [0.8, 0.9, 0.95]
    (home / "siting").mkdir()
    (home / "siting" / "profiles.json").write_text(json.dumps(found), encoding="utf-8")


ADDED: dict[str, Callable[[Path, Path], object]] = {
    "observation": lambda home, _: write_evidence(home / "evidence", CITY, OBSERVATION),
    "claim": lambda home, _: write_evidence(home / "evidence", CITY, CLAIM),
    "field note": lambda _, folder: note_a_camera(folder, CITY),
    "streets": lambda home, _: install(home, city=CITY, rows=N_ROWS + 50),
    "profiles": lambda home, _: write_profiles(home),
}


def opened() -> AppTest:
    page = AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S)
    page.session_state["as_of"] = AS_OF
    page.session_state["city"] = CITY
    page.run()
    assert not page.exception
    assert not page.error
    return page


def shown(page: AppTest) -> str:
    return "\n".join(element.value for element in page.html)


@pytest.mark.parametrize("name", ADDED)
def test_the_page_shows_what_has_been_added(
    name: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "require_guard", lambda: None)
    move_city(home, CITY)
    install(home, city=CITY)
    page = opened()
    before = shown(page)
    ADDED[name](home, tmp_path)
    after = shown(page.run())
    assert not page.error
    assert after != before
    kept_answers._estimate.clear()
    assert after == shown(opened())
