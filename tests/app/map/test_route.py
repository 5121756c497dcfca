"""Addresses of the map: they never change, and what is no longer kept is said to be gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from toolkit.app.gate import MAP_FILES
from toolkit.app.map import route


def ask(path: str) -> Response:
    """Ask the routes for a path, without a server."""
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "headers": []}
    for one in route.routes():
        assert isinstance(one, Route)
        match, found = one.matches(scope)
        if match is Match.FULL:
            return anyio.run(one.endpoint, Request({**scope, **found}))
    raise AssertionError(path)


def test_data_have_the_address_of_their_hash_for_ever() -> None:
    url = route.offer(b"streets", on_disk=True)
    assert url == route.offer(b"streets", on_disk=True)
    assert url != route.offer(b"other streets", on_disk=True)
    assert url.startswith(MAP_FILES + "/data/")
    answer = ask(url)
    assert answer.body == b"streets"
    assert "immutable" in answer.headers["cache-control"]
    assert "private" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "offer",
    [
        lambda: route.offer(b"computed"),
        lambda: route.offer_later("computed-later", lambda: b"computed"),
    ],
)
def test_what_is_computed_is_kept_on_no_disk(offer: Callable[[], str]) -> None:
    answer = ask(offer())
    assert answer.body == b"computed"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-encoding"] == "identity"  # nothing compresses it on its way


def test_zones_are_made_when_a_browser_asks() -> None:
    asked = []
    url = route.offer_later("zones-of-a-test", lambda: asked.append(1) or b"zones")  # type: ignore[func-returns-value]
    assert asked == []
    assert ask(url).body == b"zones"
    assert asked == [1]


def test_what_was_offered_long_ago_is_gone_with_a_sentence() -> None:
    first = route.offer(b"the first city")
    for k in range(route._MOST_KEPT - 1):
        route.offer(f"city {k}".encode())
    assert ask(first).status_code == 200
    assert route.offer(b"the first city") == first
    for k in range(route._MOST_KEPT):
        route.offer(f"later city {k}".encode())
    answer = ask(first)
    assert answer.status_code == 404
    assert b"Reload the page" in bytes(answer.body)


def test_every_file_has_its_kind_and_no_other_path_is_read() -> None:
    folder = route.SCRIPT.rpartition("/")[0]
    for name, kind in (("map.js", "javascript"), ("leaflet.js", "javascript"), ("map.css", "css")):
        answer = ask(f"{folder}/{name}")
        assert kind in answer.headers["content-type"]
        assert len(answer.body) > 500
    for path in (f"{folder}/route.py", f"{MAP_FILES}/0/map.js", f"{folder}/%2e%2e"):
        assert ask(path).status_code == 404
