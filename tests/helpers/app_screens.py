"""Run the app, or one of its pages alone, without a browser, and read what it shows."""

from __future__ import annotations

import datetime as dt
import json
import re
from html import unescape
from typing import Any

import numpy as np
from numpy.typing import NDArray
from running import SLOW_S
from streamlit.testing.v1 import AppTest

from toolkit.app import serve
from toolkit.app.map import route
from toolkit.base.terms import TIERS

AS_OF = dt.date(2026, 11, 1)


def opened(**chosen: object) -> AppTest:
    """Run the app with some choices made before; its first page is the map."""
    return _run(AppTest.from_file(str(serve.MAIN), default_timeout=SLOW_S), chosen)


def screen(name: str, lang: str = "en", **chosen: object) -> AppTest:
    """Run one page alone, with some choices made before."""
    return part(f"from toolkit.app.screens import {name}\n{name}.show({lang!r})\n", **chosen)


def part(script: str, **chosen: object) -> AppTest:
    """Run a script, with some choices made before."""
    return _run(AppTest.from_string(script, default_timeout=SLOW_S), chosen)


def _run(page: AppTest, chosen: dict[str, object]) -> AppTest:
    for key, value in {"as_of": AS_OF, **chosen}.items():
        page.session_state[key] = value
    return page.run()


def html_of(page: AppTest) -> str:
    """Return the HTML of the page."""
    return "\n".join(element.value for element in page.html)


def words_of(page: AppTest) -> str:
    """Return the text of the page without its elements and its style sheet."""
    bare = re.sub(r"<style>.*?</style>", "", html_of(page), flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", " ", bare)).replace("\xa0", " ")


def map_of(page: AppTest) -> dict[str, Any] | None:
    """Return what the map is given; None without one."""
    given = (json.loads(one.proto.json) for one in page.get("bidi_component"))
    return next((data for data in given if "figures" in data), None)


def figures_of(data: dict[str, Any]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return class and chance of each street at each tier that a map is given, shape (T, ...)."""
    kept = route._kept.get(data["figures"].rpartition("/")[2])
    assert kept is not None
    found = np.frombuffer(kept[0], np.uint8).reshape(4 * len(TIERS), -1)
    return found[: len(TIERS)], found[len(TIERS) :]


def panel_of(page: AppTest, tier: str) -> str:
    """Return the words of the panel of a tier, whether the map shows it or the page."""
    data = map_of(page)
    if data is None:
        panels = r'<div class="ct panel".*?(?:<details>|</div>)'
        (found,) = re.findall(panels, html_of(page), re.DOTALL)
        return unescape(re.sub(r"<[^>]*>", " ", found)).replace("\xa0", " ")
    shown = data["panel"]["tiers"][tier]
    one_line = (shown[name] for name in ("answer", "caption", "rests_on", "not_counted"))
    return " ".join((*one_line, *shown["conditions"])).replace("\xa0", " ")
