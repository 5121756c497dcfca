"""Files and data of the map, under addresses that hold a hash and never change.

The gate gives them to the browser of this run only: the streets of a city say where its user's
interest lies. The browser keeps files and streets on its disk, and nothing that is computed.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from toolkit.app.gate import MAP_FILES
from toolkit.language.fonts import ASSETS

_STATIC: Final = Path(__file__).resolve().parent / "static"
_FILES: Final = {
    name: folder / name
    for folder, names in (
        (_STATIC, ("map.js", "layer.js", "raster.js", "geometry.js", "panel.js", "map.css")),
        (_STATIC, ("draw.js", "guesses.js")),
        (ASSETS / "leaflet", ("leaflet.js", "leaflet.css")),
        (ASSETS / "geoman", ("leaflet-geoman.min.js", "leaflet-geoman.css")),
    )
    for name in names
}
_KINDS: Final = {".js": "text/javascript", ".css": "text/css"}
_FOR_EVER: Final = "private, max-age=31536000, immutable"
_HASH_DIGITS: Final = 32
_NEVER: Final = "no-store"
_MOST_KEPT: Final = 24
"""What is kept for browsers that ask: a few cities, each with geometry, figures and zones of five
tiers."""


@lru_cache(maxsize=8)
def _hashed(data: bytes) -> str:
    """Return the hash of data; kept, since the same objects are offered in each run of a page."""
    return hashlib.sha256(data).hexdigest()[:_HASH_DIGITS]


VERSION: Final = _hashed(b"".join(path.read_bytes() for path in _FILES.values()))
"""Hash of all files, and part of the address of each."""
SCRIPT: Final = f"{MAP_FILES}/{VERSION}/map.js"
"""Address of the script of the map."""


class _Kept:
    """What browsers may ask for: bytes, or what makes them at the first request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._made: dict[str, tuple[Callable[[], bytes], str]] = {}

    def offer(self, key: str, make: Callable[[], bytes], caching: str) -> None:
        with self._lock:
            # The most recently offered is last.
            self._made[key] = self._made.pop(key, (make, caching))
            while len(self._made) > _MOST_KEPT:
                del self._made[next(iter(self._made))]

    def get(self, key: str) -> tuple[bytes, str] | None:
        with self._lock:
            found = self._made.get(key)
        return None if found is None else (found[0](), found[1])

    def clear(self) -> None:
        with self._lock:
            self._made.clear()


_kept: Final = _Kept()


def offer(data: bytes, *, on_disk: bool = False) -> str:
    """Keep data for the browser and return their address, which follows from them.

    Parameters
    ----------
    data
        The data.
    on_disk
        Whether the browser may keep them on its disk: never what is computed, since a user's own
        number of cameras follows from it.
    """
    return _offer(_hashed(data), lambda: data, _FOR_EVER if on_disk else _NEVER)


def offer_later(key: str, make: Callable[[], bytes]) -> str:
    """Keep a function that makes data at a request, and return the address; not for a disk.

    Parameters
    ----------
    key
        Hash of all that the data depend on.
    make
        Returns the data; called again at each request, so it should keep them.
    """
    return _offer(key, make, _NEVER)


def _offer(key: str, make: Callable[[], bytes], caching: str) -> str:
    _kept.offer(key, make, caching)
    return f"{MAP_FILES}/data/{key}"


def forget() -> None:
    """Keep nothing that was offered."""
    _kept.clear()


async def _data(request: Request) -> Response:
    found = await run_in_threadpool(_kept.get, str(request.path_params["key"]))
    if found is None:
        return PlainTextResponse("The app no longer keeps this. Reload the page.\n", 404)
    data, caching = found
    # Between two processes of one computer compressing takes longer than it saves.
    headers = {"Cache-Control": caching, "Content-Encoding": "identity"}
    return Response(data, media_type="application/octet-stream", headers=headers)


async def _file(request: Request) -> Response:
    path = _FILES.get(str(request.path_params["name"]))
    if path is None or request.path_params["version"] != VERSION:
        return PlainTextResponse("There is no such file. Reload the page.\n", 404)
    return Response(
        path.read_bytes(),
        media_type=_KINDS[path.suffix],
        headers={"Cache-Control": _FOR_EVER},
    )


def routes() -> list[BaseRoute]:
    """Return the routes of the map, for `toolkit.app.serve`."""
    return [
        Route(f"{MAP_FILES}/data/{{key}}", _data),
        Route(f"{MAP_FILES}/{{version}}/{{name}}", _file),
    ]
