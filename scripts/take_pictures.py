"""Take the pictures of the documents from the running app.

    python scripts/take_pictures.py

Needs Playwright and a Chromium. The pictures show the practice city only.
"""

from __future__ import annotations

import datetime as dt
import io
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.app_map import chromium, serving  # noqa: E402

PICTURES: Final = ROOT / "docs" / "pictures"
AS_OF: Final = dt.date(2026, 11, 1)
SIZE: Final = {"width": 1366, "height": 768}
COLOURS: Final = 128
"""Colours that are kept of a picture: a few hundred kB instead of a megabyte."""
SHOWN: Final = {"helsinki-centre": f"?city=helsinki-centre&tier=seen&lang=en&as_of={AS_OF}"}
"""Pictures by name, and the address of each."""


def main() -> int:
    """Take all pictures."""
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), None) as (url, _),
        sync_playwright() as p,
    ):
        browser = p.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]
        for name, address in SHOWN.items():
            page.goto(f"{url}/{address}")
            page.wait_for_function("globalThis.toolkitMap?.drawn > 0", timeout=180_000)
            page.wait_for_timeout(1000)
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            taken.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)
            print(PICTURES / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
