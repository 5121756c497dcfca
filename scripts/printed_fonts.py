"""Make the font files of the printed pages, which take neither WOFF2 nor fonts of the system.

    python scripts/printed_fonts.py FOLDER_OF_NOTO_SANS

Latin, Greek and Cyrillic letters come from Noto Sans (`NotoSans-Regular.ttf`, `NotoSans-Bold.ttf`),
Burmese ones from the files that pages use. Needs `brotli` for the latter.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from fontTools import subset
from fontTools.ttLib import TTFont

ASSETS: Final = Path(__file__).resolve().parent.parent / "toolkit" / "base" / "assets" / "fonts"
NAMES: Final = {"Regular": "400", "Bold": "700"}
"""Styles of Noto Sans, and the weights by which the files of pages are named."""
_RANGES: Final = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B9, 0x2DD), (0x300, 0x328), (0x370, 0x3FF), (0x400, 0x4FF),
    (0x1E00, 0x1EFF), (0x2007, 0x2015), (0x2018, 0x2022), (0x2026, 0x2033), (0x2039, 0x203A),
    (0x2044, 0x2044), (0x2060, 0x2060), (0x200B, 0x200D), (0x20AC, 0x20AC), (0x2116, 0x2116),
    (0x2122, 0x2122), (0x25CC, 0x25CC), (0xFFFD, 0xFFFD),
)  # fmt: skip
"""Letters and signs of European languages, and the sign for a letter that no font has."""

_PACKING: Final = "fontTools.ttLib.tables.otBase:USE_HARFBUZZ_REPACKER"
"""Setting of a packing that would give other bytes where a certain package is installed."""


def latin(source: Path, target: Path) -> None:
    """Write the letters of `_RANGES` of a font."""
    options = subset.Options(hinting=False, notdef_outline=True, layout_features=["*"])
    font = subset.load_font(str(source), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=[code for a, b in _RANGES for code in range(a, b + 1)])
    chosen.subset(font)
    font.cfg[_PACKING] = False
    font.save(str(target))


def burmese(source: Path, target: Path) -> None:
    """Write a WOFF2 file as TrueType, all marks on the heights at which they are drawn.

    The font moves a few marks up or down by up to 0.036 of its size. Typst 0.15 begins a new piece
    of text there and says the whole syllable again, so that it would be copied out twice.
    """
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    font.cfg[_PACKING] = False
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for part in lookup.SubTable:
            _level(getattr(part, "ExtSubTable", part))
    font.save(target)


def _level(table: Any) -> None:  # noqa: ANN401 - tables of a font have no common type
    """Set the heights of all anchors and shifts in a table to nothing."""
    waiting = [table]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif hasattr(one, "__dict__"):
            for name in ("YCoordinate", "YPlacement"):
                if hasattr(one, name):
                    setattr(one, name, 0)
            waiting += vars(one).values()


def main() -> None:
    """Write the four files."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="with NotoSans-Regular.ttf and NotoSans-Bold.ttf")
    folder = parser.parse_args().folder
    for style, weight in NAMES.items():
        latin(folder / f"NotoSans-{style}.ttf", ASSETS / f"noto-sans-{weight}.ttf")
        page_font = ASSETS / f"noto-sans-myanmar-myanmar-{weight}-normal.woff2"
        burmese(page_font, ASSETS / f"noto-sans-myanmar-{weight}.ttf")


if __name__ == "__main__":
    main()
