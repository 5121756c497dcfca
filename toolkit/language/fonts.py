"""Bundled fonts, so that Burmese pages are readable without a network."""

from __future__ import annotations

import base64
import functools
from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).resolve().parents[1] / "base" / "assets"

FONT_FILES: Final = {  # by CSS font weight
    400: "fonts/noto-sans-myanmar-myanmar-400-normal.woff2",
    700: "fonts/noto-sans-myanmar-myanmar-700-normal.woff2",
}

PRINTED_FILES: Final = ("fonts/noto-sans-400.ttf", "fonts/noto-sans-myanmar-400.ttf")
"""Fonts of printed pages, each with a bold one; made by `scripts/printed_fonts.py`."""

FONT_FAMILY: Final = "Noto Sans Myanmar"

FONT_STACK: Final = f"system-ui, 'Segoe UI', sans-serif, '{FONT_FAMILY}'"


@functools.cache
def data_uri(name: str, kind: str) -> str:
    """Return a bundled file as a ``data:`` URI.

    Parameters
    ----------
    name
        Path below `ASSETS`.
    kind
        Media type.
    """
    data = base64.b64encode((ASSETS / name).read_bytes()).decode()
    return f"data:{kind};base64,{data}"


def font_css(*, bold: bool = True) -> str:
    """Return a style sheet with the bundled Burmese font embedded.

    Parameters
    ----------
    bold
        Whether its bold letters are in it, too; else browsers make them from the others.
    """
    return "".join(
        f"@font-face{{font-family:'{FONT_FAMILY}';font-weight:{weight};font-style:normal;"
        f"src:url({data_uri(name, 'font/woff2')}) format('woff2');"
        "unicode-range:U+1000-109F,U+A9E0-A9FF,U+AA60-AA7F,U+200B-200D,U+25CC}"
        for weight, name in FONT_FILES.items()
        if bold or weight == min(FONT_FILES)
    )
