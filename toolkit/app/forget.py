"""Forget everything: the sessions, what the browser keeps for this address, and one's own data.

The form is on the page What this cannot tell you; its answer is a page that needs no server.
"""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Final, Literal, get_args

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.routing import Route

from toolkit.app import markup
from toolkit.app.gate import FORGET
from toolkit.app.map import component
from toolkit.base import escape, store
from toolkit.base.errors import ToolkitError
from toolkit.base.lru_cache import LruCache
from toolkit.base.terms import LANGUAGES, Language
from toolkit.evidence import write
from toolkit.language import sentences
from toolkit.language.fonts import FONT_STACK, font_css
from toolkit.language.translate import ngettext, tr
from toolkit.streets import pack, pack_zip, stored_notes

if TYPE_CHECKING:
    from starlette.requests import Request

Kind = Literal["notes", "evidence", "streets", "caches"]
"""Data of the user's own that can be removed."""
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
_REMOVE: Final[dict[Kind, Callable[[], int]]] = {
    "notes": stored_notes.remove_all,
    "evidence": write.remove_all,
    "streets": pack_zip.remove_all,
    "caches": store.remove_caches,
}
_FOLDERS: Final[dict[Kind, str]] = {
    "notes": stored_notes.FOLDER,
    "evidence": write.FOLDER,
    "streets": pack.FOLDER,
    "caches": store.cache_dir().name,
}
"""Where they are, below the user's data."""
HEADERS: Final = {
    "Clear-Site-Data": '"cache", "cookies", "storage"',
    "Cache-Control": "no-store",
}
"""Clear Site Data (W3C). Chromium follows it on 127.0.0.1, which counts as trustworthy. Cookies
are those of all ports, so that other programs on this computer may ask for a password again."""
_SCRIPT_THREAD: Final = "ScriptRunner.scriptThread"
"""Name of the threads in which Streamlit runs pages."""
_LATE_THREAD: Final = "forget-late"
_PATIENCE_S: Final = 60.0
"""How long pages that were asked to end are waited for; each ends at the next thing it shows."""
_STYLE: Final = f"""
body{{font-family:{FONT_STACK};font-size:1.1rem;line-height:1.6;color:#1a1a1a;max-width:44em;
margin:1.5em auto;padding:0 1em}}
body:lang(my){{line-height:2}}
h1{{font-size:1.6rem}}h2{{font-size:1.2rem;margin-bottom:.2em}}ul{{margin-top:.2em}}
"""


def kind_name(kind: Kind, lang: Language) -> str:
    """Return what a kind of data is called."""
    names = {
        "notes": tr("Cameras you noted", lang),
        "evidence": tr("Reports and counts you added", lang),
        "streets": tr("Street maps you added", lang),
        "caches": tr("Intermediate results", lang),
    }
    return names[kind]


def show(lang: Language) -> None:
    """Show the form: what is also to be removed from this computer, and one button."""
    boxes = "".join(
        f'<label><input type="checkbox" autocomplete="off" name="remove-{kind}" value="yes"> '
        f"{markup.text(kind_name(kind, lang))}</label>"
        for kind in KINDS
    )
    what = tr(
        "This ends what you are doing here and deletes what the browser keeps for this address: "
        "your choices, numbers and searches, and the streets it has drawn.",
        lang,
    )
    question = tr("Remove these from this computer as well? That cannot be undone.", lang)
    form = (
        f'<form class="forget" method="post" action="{FORGET}" autocomplete="off">'
        f"<fieldset><legend>{markup.text(question)}</legend>{boxes}</fieldset>"
        f'<button type="submit" name="language" value="{lang}">'
        f"{markup.text(tr('Forget everything', lang))}</button></form>"
    )
    head = markup.tag("h2", tr("Forget everything", lang))
    markup.show(lang, head, markup.tag("p", what), form)


def routes() -> list[Route]:
    """Return the route to which the form is sent; the gate lets only pages of this run ask."""
    return [Route(FORGET, _answer, methods=["POST"])]


async def _answer(request: Request) -> HTMLResponse:
    # The form has plain words only, so that nothing needs to be decoded.
    asked = (await request.body()).decode("ascii", "replace").split("&")
    lang = next((one for one in LANGUAGES if f"language={one}" in asked), LANGUAGES[0])
    running = end_sessions()  # before anything is removed that a page still shows
    ended = await run_in_threadpool(forget_after, running)
    kinds = [kind for kind in KINDS if f"remove-{kind}=yes" in asked]
    removed, kept = await run_in_threadpool(remove, kinds)
    address = f"http://{request.headers['host']}"
    return HTMLResponse(page(removed, kept, address, lang, ended=ended), headers=HEADERS)


def end_sessions() -> list[threading.Thread]:
    """End all sessions, and keep nothing of them in memory. For the thread of the server only.

    Returns
    -------
    running
        Threads in which pages still compute something, see `forget_after`.
    """
    from streamlit import runtime

    if runtime.exists():
        running = runtime.get_instance()
        for info in running._session_mgr.list_sessions():  # noqa: SLF001 - there is no other way
            running.close_session(info.session.id)
    _forget_kept()
    return [one for one in threading.enumerate() if one.name == _SCRIPT_THREAD]


def forget_after(running: Collection[threading.Thread]) -> bool:
    """Wait for pages that still compute something, and keep nothing of that.

    Returns
    -------
    ended
        Whether all have ended; what the others compute is forgotten when they do.
    """
    until = time.monotonic() + _PATIENCE_S
    for one in running:
        one.join(max(until - time.monotonic(), 0.0))
    _forget_kept()
    late = [one for one in running if one.is_alive()]
    if late:
        threading.Thread(target=_forget_late, args=(late,), name=_LATE_THREAD, daemon=True).start()
    return not late


def _forget_late(running: Collection[threading.Thread]) -> None:
    for one in running:
        one.join()
        _forget_kept()


def _forget_kept() -> None:
    """Keep nothing in memory of what pages have computed."""
    st.cache_data.clear()
    st.cache_resource.clear()
    component.forget()
    for name, module in list(sys.modules.items()):
        if name.startswith("toolkit."):
            for value in list(vars(module).values()):
                _clear(value)
    gc.unfreeze()
    gc.collect()  # mapped files must be closed before Windows lets them be removed


def _clear(value: object) -> None:
    """Empty a cache of a module, of this package or of functools; anything else is left."""
    if isinstance(value, LruCache):
        value.clear()
    elif callable(getattr(value, "cache_info", None)):
        value.cache_clear()  # type: ignore[attr-defined]


def remove(kinds: Collection[Kind]) -> tuple[dict[Kind, int], dict[Kind, str]]:
    """Remove data of the user's own from this computer.

    Returns
    -------
    removed
        Number of files by kind.
    kept
        Why a kind, or part of it, could not be removed.
    """
    removed: dict[Kind, int] = {}
    kept: dict[Kind, str] = {}
    for kind in (kind for kind in KINDS if kind in kinds):
        try:
            removed[kind] = _REMOVE[kind]()
        except OSError as error:
            kept[kind] = error.strerror or type(error).__name__
        except ToolkitError as error:
            kept[kind] = str(error)
    return removed, kept


def page(
    removed: dict[Kind, int],
    kept: dict[Kind, str],
    address: str,
    lang: Language,
    *,
    ended: bool = True,
) -> str:
    """Return the page that says what was forgotten, and what could not be removed.

    Parameters
    ----------
    removed, kept
        From `remove`.
    address
        Address of the app.
    lang
        Language.
    ended
        From `forget_after`.
    """
    gone = [
        tr("What you chose, typed and looked at in the app, in all its windows.", lang),
        tr("What the browser kept for this address, the streets it has drawn included.", lang),
    ]
    gone += [
        ngettext("{what}: {n} file removed.", "{what}: {n} files removed.", n, lang).format(
            what=kind_name(kind, lang), n=n
        )
        for kind, n in removed.items()
    ]
    failed = [
        tr("{what}: not removed. {why}", lang).format(
            what=kind_name(kind, lang), why=sentences.or_english(why, lang)
        )
        for kind, why in kept.items()
    ]
    if not ended:
        failed.append(tr("What a page still works out, in memory until that ends.", lang))
    asked = removed.keys() | kept.keys()
    failed += [
        tr("{what}: kept, since that was not ticked.", lang).format(what=kind_name(kind, lang))
        for kind in KINDS
        if kind not in asked and _is_there(kind)
    ]
    others = other_data()
    if others:
        text = tr("Other files of your own, in the data folder of the toolkit: {names}.", lang)
        failed.append(text.format(names=", ".join(others)))
    body = (
        markup.tag("h1", tr("Forgotten", lang)),
        markup.listing(map(markup.text, gone)),
        markup.tag("h2", tr("Still there", lang)),
        markup.listing(map(markup.text, (*failed, *out_of_reach(lang)))),
        markup.tag("h2", tr("From here", lang)),
        markup.tag("p", tr("Close all other windows of the app, then this one.", lang)),
        markup.tag(
            "p",
            tr(
                "The app still runs. To end it, press Ctrl+C in the window in which it was "
                "started, or close that window. To use it again, open {address}.",
                lang,
            ).format(address=address),
        ),
    )
    title = escape.html(tr("Forgotten", lang))
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{font_css()}{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def out_of_reach(lang: Language) -> tuple[str, ...]:
    """Return what the app cannot remove, as sentences."""
    return (
        tr("Files that you saved, and sheets that you printed.", lang),
        tr(
            "The browser's history: that pages of the app were opened, when, and for which city. "
            "Delete it in the browser, or use a private window.",
            lang,
        ),
        tr("Backups of this computer, and copies on sticks and other computers.", lang),
        tr("Traces of removed files on the disk, which special programs can read.", lang),
        tr("This program.", lang),
    )


def other_data() -> list[str]:
    """Return the names of what else is in the folder of the user's data."""
    home = store.home_dir()
    known = set(_FOLDERS.values())
    if not home.is_dir():
        return []
    return sorted(path.name for path in home.iterdir() if path.name not in known)


def _is_there(kind: Kind) -> bool:
    """Return whether there are files of a kind; those of locks are empty."""
    files = (store.home_dir() / _FOLDERS[kind]).rglob("*")
    return any(path.is_file() and path.stat().st_size for path in files)
