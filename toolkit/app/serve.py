"""Server of the app, for this machine only."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, Final

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from toolkit.app import addresses, bounds, connections, forget, memory
from toolkit.app.gate import Gate
from toolkit.app.map import route
from toolkit.base import egress
from toolkit.base.errors import ToolkitError, UsageError
from toolkit.language.fonts import ASSETS, FONT_FAMILY, FONT_FILES, FONT_STACK

MAIN: Final = Path(__file__).resolve().parent / "main.py"
"""Script of the pages."""

FIRST_PORT: Final = 8501
_PORTS_TRIED: Final = 50
_HIGHEST_PORT: Final = 65535
_FONTS_AT: Final = "/toolkit-fonts"

_THEME: Final[dict[str, Any]] = {
    "theme.base": "light",
    "theme.primaryColor": "#0b5cad",
    "theme.font": FONT_STACK,
    "theme.headingFont": FONT_STACK,
    "theme.fontFaces": [
        {
            "family": FONT_FAMILY,
            "url": f"{_FONTS_AT}/{Path(name).name}",
            "weight": weight,
            "style": "normal",
            "unicodeRange": "U+1000-109F, U+A9E0-A9FF, U+AA60-AA7F, U+200B-200D, U+25CC",
        }
        for weight, name in FONT_FILES.items()
    ],
}


def middleware() -> list[Middleware]:
    """Return the middleware of the server, the outermost first.

    Headers that keep the browser from other machines, the gate that keeps other pages out, and
    bounds on what the pages send.
    """
    return [
        Middleware(egress.HeadersMiddleware),
        Middleware(Gate),
        Middleware(bounds.Bounds),
    ]


def routes() -> list[BaseRoute]:
    """Return the routes: fonts, what the map asks for, the pages' addresses, and forgetting."""
    fonts = Mount(_FONTS_AT, StaticFiles(directory=ASSETS / "fonts"))
    return [fonts, *route.routes(), *addresses.routes(), *forget.routes()]


def options(port: int) -> dict[str, Any]:
    """Return the Streamlit options of a run, which override files and variables.

    Parameters
    ----------
    port
        Port of the server.
    """
    return {
        **egress.SAFE_OPTIONS,
        **_THEME,
        "server.headless": True,
        "server.port": port,
        "logger.level": "warning",
    }


def free_port(wanted: int | None) -> int:
    """Return a free port.

    Parameters
    ----------
    wanted
        The port to take; None for the first free one from `FIRST_PORT` on.

    Raises
    ------
    UsageError
        If the wanted port does not exist or is in use, or if no port is free.
    """
    if wanted is not None and not 1 <= wanted <= _HIGHEST_PORT:
        msg = f"Port {wanted} does not exist; choose one from 1024 to {_HIGHEST_PORT}."
        raise UsageError(msg)
    tried = [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + _PORTS_TRIED)
    for port in tried:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            if os.name != "nt":  # on Windows this option allows a port that is in use
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((egress.LOOPBACK, port))
                return port
    msg = (
        f"Port {tried[0]} cannot be used, perhaps because the app already runs there; "
        "choose another one with --port."
    )
    raise UsageError(msg)


def start(
    port: int | None = None, *, open_browser: bool = False, script: Path | None = None
) -> None:
    """Serve the app until it is stopped from the keyboard.

    Parameters
    ----------
    port
        Port to listen on; None for the first free one from `FIRST_PORT` on.
    open_browser
        Open the page in the user's browser, where there is a screen.
    script
        Script of the pages; `MAIN` by default.

    Raises
    ------
    PermissionNotGivenError
        If a settings file or a variable sets what could let data leave the machine.
    UsageError
        If the port cannot be used.
    """
    memory.share_pools()
    # Late: Streamlit takes a while to import.
    from streamlit import config
    from streamlit.starlette import App

    shown = (script or MAIN).resolve()
    config._main_script_path = str(shown)  # noqa: SLF001 - settings next to it count, too
    logging.disable(logging.WARNING)  # Streamlit warns at length of what is refused below
    try:
        config.get_config_options(force_reparse=True)
    finally:
        logging.disable(logging.NOTSET)
    egress.refuse_unsafe_settings(only_set=True)
    config._config_options = None  # noqa: SLF001 - else it warns that server options changed
    chosen = free_port(port)
    guard()
    bounds.bound()
    connections.bound()
    app = App(
        shown,
        middleware=middleware(),
        routes=routes(),
        lifespan=announcing(open_browser=open_browser),
    )
    sys.argv = [str(shown)]
    app.run(config=options(chosen))


def announcing(*, open_browser: bool) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """Return the lifespan of the server, which announces its address.

    Parameters
    ----------
    open_browser
        Open the page in the user's browser, where there is a screen.
    """

    @contextlib.asynccontextmanager
    async def life(_app: object) -> AsyncIterator[None]:
        from streamlit import config

        url = f"http://{egress.LOOPBACK}:{config.get_option('server.port')}"
        sys.stderr.write(f"The app is at {url} - for this machine only. Ctrl+C stops it.\n")
        if open_browser and _has_screen():
            threading.Thread(target=_open, args=(url,), daemon=True).start()
        stop = threading.Event()
        for swept in (bounds.sweep_uploads, memory.keep_returning):
            threading.Thread(target=swept, args=(stop,), daemon=True).start()
        _discard_removed()
        yield
        stop.set()
        _discard_removed()

    return life


def _discard_removed() -> None:
    """Forget streets whose removal could be undone until now; another run may be at it."""
    from toolkit.streets import removed

    with contextlib.suppress(OSError, ToolkitError):
        removed.discard()


def guard() -> None:
    """Forbid this process other machines before anything is served. It cannot be undone."""
    egress.pin_addresses()
    egress.forbid_connections()
    egress.declare_guarded()


def _has_screen() -> bool:
    """Return whether a browser with a window can be opened."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(url: str) -> None:
    """Open the page in the user's browser."""
    from streamlit import cli_util

    cli_util.open_browser(url)
