"""The app, whose figures wait until there is a file, with the streets shown first in any city."""

from __future__ import annotations

import runpy
import time
from pathlib import Path
from typing import Any

from toolkit.app import kept_answers, serve
from toolkit.app.city import map_view

GO = Path.cwd() / "go"
assess = kept_answers.assess


def later(question: Any, **more: Any) -> Any:
    """Assess once the file is there."""
    while not GO.exists():
        time.sleep(0.05)
    return assess(question, **more)


if kept_answers.assess.__name__ != "later":
    kept_answers.assess = later
map_view.LONG_KM = 0.0  # type: ignore[misc]
runpy.run_path(str(serve.MAIN))
