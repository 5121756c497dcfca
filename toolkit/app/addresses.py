"""Pages that are opened at their own address, such as ``/hand-out``.

Streamlit's script would first look for a server below that address, which fails with an error in
the browser's console. So the page says where its server is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request

PATHS: Final = (
    "map",
    "hand-out",
    "reported",
    "teach",
    "compare",
    "cities",
    "analysts",
    "limits",
)
"""Addresses of the pages, in the order of the navigation."""
_SERVER_IS_HERE: Final = "<script>window.__streamlit={BACKEND_BASE_URL:location.origin}</script>"
_HEAD: Final = "<head>"


def routes() -> list[Route]:
    """Return a route for each page but the first, which is at the address of the app."""
    return [Route(f"/{path}", _page, methods=["GET"]) for path in PATHS[1:]]


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@cache
def _html() -> str:
    """Return the page that Streamlit serves, with the address of its server."""
    from streamlit import file_util

    text = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    return text.replace(_HEAD, f"{_HEAD}{_SERVER_IS_HERE}", 1)
