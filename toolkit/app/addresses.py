"""Pages at their own addresses, such as ``/hand-out``, as Streamlit serves them but for two things.

Streamlit's script would first look for a server below that address, which fails with an error in
the browser's console. So the page says where its server is. And it keeps quiet: see `_QUIET`.
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
    "route",
    "place",
    "vehicles",
    "reported",
    "teach",
    "compare",
    "cities",
    "analysts",
    "limits",
)
"""Addresses of the pages, in the order of the navigation."""
_SERVER_IS_HERE: Final = "<script>window.__streamlit={BACKEND_BASE_URL:location.origin}</script>"
_QUIET: Final = """<script>
(() => {
  const texts = "input:not([type=checkbox],[type=radio],[type=file]),textarea";
  const hush = (box) => {
    if (box.autocomplete !== "off") box.autocomplete = "off";
    if (box.matches(texts)) box.spellcheck = false;
  };
  const below = (node) => {
    if (node.nodeType !== 1) return;
    if (node.matches("input,textarea")) hush(node);
    for (const box of node.querySelectorAll("input,textarea")) hush(box);
  };
  new MutationObserver((changes) => {
    for (const change of changes) change.addedNodes.forEach(below);
  }).observe(document, { childList: true, subtree: true });
  addEventListener("keydown", (event) => {
    const at = event.composedPath()[0];
    const typing = at.isContentEditable || at.matches?.(texts);
    if (!typing && ["KeyR", "KeyC"].includes(event.code) && !event.ctrlKey && !event.metaKey)
      event.stopImmediatePropagation();
  }, true);
})();
</script>"""
"""What is typed is neither kept by the browser (Chromium stores it with an open tab, unless a box
has no autocomplete) nor given to a spelling service; and Streamlit's keys "r" and "c", which run
the page again and empty caches, do nothing: the map has keys of its own."""
_HEAD: Final = "<head>"


def routes() -> list[Route]:
    """Return a route for each page; the first is at the address of the app."""
    return [Route(f"/{path}", _page, methods=["GET"]) for path in ("", *PATHS[1:])]


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers={"Cache-Control": "no-cache"})


@cache
def _html() -> str:
    """Return the page that Streamlit serves, with the address of its server, kept quiet."""
    from streamlit import file_util

    text = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    return text.replace(_HEAD, f"{_HEAD}{_SERVER_IS_HERE}{_QUIET}", 1)
